package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
)

// report is the whole result; its JSON form is for comparing runs.
type report struct {
	Date     string            `json:"date"`
	Entries  int               `json:"entries"`
	Seconds  float64           `json:"seconds"`
	Rounds   int               `json:"rounds"`
	CPUs     int               `json:"cpus"`
	Load     [2]string         `json:"loadAverage"` // at the start and at the end
	Versions map[string]string `json:"versions"`
	Rows     []*rowResult      `json:"rows"`
}

type rowResult struct {
	Name    string             `json:"name"`
	Title   string             `json:"title"`
	Servers map[string]*figure `json:"servers"`
}

// figure is what one server did in one row.
type figure struct {
	Unit      string    `json:"unit"` // what is counted: operations or entries
	Count     int64     `json:"count"`
	Seconds   float64   `json:"seconds"`
	Rate      float64   `json:"rate"` // a second
	P50       float64   `json:"p50us"`
	P99       float64   `json:"p99us"`
	CPU       float64   `json:"cpuUs"`       // of the server, for one counted thing
	ClientCPU float64   `json:"clientCpuUs"` // of this program
	PeakKiB   int64     `json:"peakKiB"`
	AnonKiB   int64     `json:"anonKiB,omitempty"`
	Rounds    []float64 `json:"rounds"` // rates of the rounds
	Error     string    `json:"error,omitempty"`
}

func (r *report) row(name, title string) *rowResult {
	for _, x := range r.Rows {
		if x.Name == name {
			return x
		}
	}
	x := &rowResult{Name: name, Title: title, Servers: map[string]*figure{}}
	r.Rows = append(r.Rows, x)
	return x
}

func (r *report) failed() bool {
	for _, x := range r.Rows {
		for _, f := range x.Servers {
			if f.Error != "" {
				return true
			}
		}
	}
	return false
}

func (r *report) writeJSON(file string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(b, '\n'), 0o644)
}

// reference is the server that the ratios are to.
const reference = "slapd"

// print writes the table. A ratio above 1 in the rate, and below 1 in the
// latency, the CPU and the memory, is better than slapd.
func (r *report) print(w io.Writer, servers []string) {
	fmt.Fprintf(w, "\n%d entries, %g s a row and server in %d interleaved rounds, %d CPUs, load average %s to %s\n",
		r.Entries, r.Seconds, r.Rounds, r.CPUs, r.Load[0], r.Load[1])
	for _, s := range servers {
		fmt.Fprintf(w, "%-7s %s\n", s, r.Versions[s])
	}
	fmt.Fprintln(w)
	const line = "%-20s %-7s %10s %6s %9s %6s %9s %6s %8s %6s %8s %6s\n"
	fmt.Fprintf(w, line, "row", "server", "per second", "ratio", "p50 us", "ratio", "p99 us", "ratio", "CPU us", "ratio", "peak MiB", "ratio")
	for _, x := range r.Rows {
		ref := x.Servers[reference]
		title := x.Title
		for _, s := range servers {
			f := x.Servers[s]
			if f == nil {
				continue
			}
			if f.Error != "" {
				fmt.Fprintf(w, "%-20s %-7s %10s\n", title, s, "FAILED")
				title = ""
				continue
			}
			cells := []any{title, s}
			for _, of := range []func(*figure) float64{
				func(f *figure) float64 { return f.Rate },
				func(f *figure) float64 { return f.P50 },
				func(f *figure) float64 { return f.P99 },
				func(f *figure) float64 { return f.CPU },
				func(f *figure) float64 { return float64(f.PeakKiB) / 1024 },
			} {
				ratio := "-"
				if ref != nil && ref.Error == "" && of(ref) != 0 {
					ratio = fmt.Sprintf("%.2f", of(f)/of(ref))
				}
				cells = append(cells, number(of(f)), ratio)
			}
			fmt.Fprintf(w, line, cells...)
			title = ""
		}
	}
	fmt.Fprintln(w, "\nCounted are operations; in the rows scan, unindexed and import entries, with p50 and p99 of the whole operation.")
	for _, x := range r.Rows {
		for _, s := range servers {
			if f := x.Servers[s]; f != nil && f.Error != "" {
				fmt.Fprintf(w, "FAILED %s, %s: %s\n", s, x.Title, f.Error)
			}
		}
	}
	r.verdict(w, servers)
}

// verdict names the rows in which our server is behind.
func (r *report) verdict(w io.Writer, servers []string) {
	if !slices.Contains(servers, "slapid") || !slices.Contains(servers, reference) {
		return
	}
	ahead, total := 0, 0
	for _, x := range r.Rows {
		a, b := x.Servers["slapid"], x.Servers[reference]
		if a == nil || b == nil || b.Error != "" {
			continue
		}
		total++
		switch {
		case a.Error != "":
		case a.Rate < b.Rate:
			fmt.Fprintf(w, "behind %s: %s, %.2f of its rate\n", reference, x.Title, a.Rate/b.Rate)
		case a.CPU > b.CPU:
			fmt.Fprintf(w, "more CPU than %s: %s, %.2f times\n", reference, x.Title, a.CPU/b.CPU)
			ahead++
		default:
			ahead++
		}
	}
	fmt.Fprintf(w, "slapid is ahead of %s in %d of %d rows.\n", reference, ahead, total)
}

// number prints about three digits.
func number(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}
