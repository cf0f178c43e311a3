// Command bench runs slapid beside Debian's slapd and 389's ns-slapd on the
// same machine with the same data and prints what each does in a second and
// what it costs. See docs/benchmarks.md for the method and the variables.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// settings come from the environment, as "make bench" has no arguments.
type settings struct {
	entries int
	seconds float64
	rounds  int
	servers []string
	rows    []string // empty: all
	slapid  string
	schema  string
	json    string
	timeout time.Duration
	keep    bool
}

func readSettings() (*settings, error) {
	var errs []error
	env := func(name, def string) string {
		if v := os.Getenv(name); v != "" {
			return v
		}
		return def
	}
	number := func(name, def string, low, high float64) float64 {
		v, err := strconv.ParseFloat(env(name, def), 64)
		if err != nil || v < low || v > high {
			errs = append(errs, fmt.Errorf("%s: want a number from %g to %g", name, low, high))
		}
		return v
	}
	list := func(name, def string) []string {
		return strings.FieldsFunc(env(name, def), func(r rune) bool { return r == ' ' || r == ',' })
	}
	s := &settings{
		entries: int(number("BENCH_ENTRIES", "100000", 100, maximum)),
		seconds: number("BENCH_SECONDS", "5", 0.1, 600),
		rounds:  int(number("BENCH_ROUNDS", "3", 1, 100)),
		timeout: time.Duration(number("BENCH_TIMEOUT", "3600", 1, 1e6) * float64(time.Second)),
		servers: list("BENCH_SERVERS", "slapid slapd 389"),
		rows:    list("BENCH_ROWS", ""),
		slapid:  env("SLAPID", "build/bin/slapid"),
		schema:  env("BENCH_SCHEMA", "schema"),
		json:    env("BENCH_JSON", "build/bench.json"),
		keep:    os.Getenv("BENCH_KEEP") != "",
	}
	names := rowNames()
	for _, r := range s.rows {
		if !slices.Contains(names, r) {
			errs = append(errs, fmt.Errorf("BENCH_ROWS: no row %q; there are %s", r, strings.Join(names, " ")))
		}
	}
	var err error
	for _, p := range []*string{&s.slapid, &s.schema, &s.json} {
		if *p, err = filepath.Abs(*p); err != nil {
			errs = append(errs, err)
		}
	}
	return s, errors.Join(errs...)
}

func (s *settings) wants(row string) bool { return len(s.rows) == 0 || slices.Contains(s.rows, row) }

func main() {
	status := 0
	if err := bench(); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		status = 1
	}
	os.Exit(status)
}

// cleanup is what has to be undone whatever ends the program, last first.
type cleanup struct {
	sync.Mutex
	list []func()
}

func (c *cleanup) add(f func()) {
	c.Lock()
	defer c.Unlock()
	c.list = append(c.list, f)
}

func (c *cleanup) run() {
	c.Lock()
	defer c.Unlock()
	for i := len(c.list) - 1; i >= 0; i-- {
		c.list[i]()
	}
	c.list = nil
}

func bench() error {
	set, err := readSettings()
	if err != nil {
		return err
	}
	var undo cleanup
	defer undo.run()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case s := <-signals:
			fmt.Fprintf(os.Stderr, "bench: %v\n", s)
		case <-time.After(set.timeout):
			fmt.Fprintf(os.Stderr, "bench: not done after %v (BENCH_TIMEOUT)\n", set.timeout)
		}
		undo.run()
		os.Exit(1)
	}()
	dir, err := os.MkdirTemp("", "slapid-bench-")
	if err != nil {
		return err
	}
	os.Chmod(dir, 0o755) // ns-slapd changes to another user
	undo.add(func() {
		if set.keep {
			fmt.Fprintf(os.Stderr, "bench: data and logs are in %s\n", dir)
			return
		}
		os.RemoveAll(dir)
	})
	return compare(set, dir, &undo)
}

// compare sets the servers up and runs the rows.
func compare(set *settings, dir string, undo *cleanup) error {
	servers, err := openServers(set, undo)
	if err != nil {
		return err
	}
	rep := &report{
		Date: time.Now().UTC().Format(time.RFC3339), Entries: set.entries, Seconds: set.seconds, Rounds: set.rounds,
		CPUs: runtime.NumCPU(), Versions: map[string]string{},
	}
	rep.Load[0] = loadAverage()
	for _, s := range servers {
		rep.Versions[s.name] = s.version
		if err := s.setUp(filepath.Join(dir, s.name), set.entries); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	file := filepath.Join(dir, "people.ldif")
	progress("writing %d entries as LDIF", set.entries)
	if err := writeLDIFFile(file, set.entries); err != nil {
		return err
	}
	if err := os.Chmod(file, 0o644); err != nil {
		return err
	}
	if err := importAll(set, rep, servers, file); err != nil {
		return err
	}
	if set.needServers() {
		for _, s := range servers {
			progress("starting %s", s.name)
			undo.add(s.stop)
			if err := s.start(); err != nil {
				return err
			}
			if err := s.check(set.entries); err != nil {
				return fmt.Errorf("%s after its import: %w", s.name, err)
			}
		}
		runRows(set, rep, servers)
	}
	rep.Load[1] = loadAverage()
	var names []string
	for _, s := range servers {
		names = append(names, s.name)
	}
	rep.print(os.Stdout, names)
	if err := os.MkdirAll(filepath.Dir(set.json), 0o755); err != nil {
		return err
	}
	if err := rep.writeJSON(set.json); err != nil {
		return err
	}
	if rep.failed() {
		return errors.New("not every row was answered rightly")
	}
	return nil
}

// needServers tells whether a row other than the import is wanted.
func (s *settings) needServers() bool {
	return len(s.rows) == 0 || slices.ContainsFunc(s.rows, func(r string) bool { return r != importRow })
}

// openServers finds the servers asked for. Ours must be there; a peer that is
// not installed is left out with a word.
func openServers(set *settings, undo *cleanup) (list []*server, err error) {
	for _, name := range set.servers {
		var s *server
		var err error
		switch name {
		case "slapid":
			if s, err = newSlapid(set.slapid, set.schema); err != nil {
				return nil, err
			}
		case "slapd":
			s, err = newSlapd()
		case "sql":
			var gone func()
			if s, gone, err = newSlapidSQL(set.slapid, set.schema); err == nil {
				undo.add(gone)
			}
		case "389":
			s, err = newDS389()
		default:
			return nil, fmt.Errorf("BENCH_SERVERS: %q is %w", name, errUnknownServer)
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "bench: %s is left out: %v\n", name, err)
			continue
		}
		list = append(list, s)
	}
	if len(list) == 0 {
		return nil, errors.New("no server to measure")
	}
	return list, nil
}

// importAll imports the file into every server, once, or once a round when the
// import is one of the rows.
func importAll(set *settings, rep *report, servers []*server, file string) error {
	rounds := 1
	if set.wants(importRow) {
		rounds = set.rounds
	}
	for round := range rounds {
		for _, s := range rotated(servers, round) {
			progress("import into %s", s.name)
			t, err := s.load(file)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			if !set.wants(importRow) {
				continue
			}
			row := rep.row(importRow, "import")
			f := row.Servers[s.name]
			if f == nil {
				f = &figure{Unit: "entries"}
				row.Servers[s.name] = f
			}
			n := float64(set.entries + 2)
			f.Count += int64(n)
			f.Seconds += t.wall.Seconds()
			f.Rate = float64(f.Count) / f.Seconds
			f.CPU += (us(t.cpu)/n - f.CPU) / float64(round+1)
			f.P50 = f.Seconds * 1e6 / float64(round+1)
			f.P99 = max(f.P99, us(t.wall))
			f.PeakKiB = max(f.PeakKiB, t.peakKiB)
			f.Rounds = append(f.Rounds, n/t.wall.Seconds())
		}
	}
	return nil
}

// rotated is the list started at another place each round, so that none always
// comes after the same other.
func rotated(list []*server, by int) []*server {
	k := by % len(list)
	return slices.Concat(list[k:], list[:k])
}

func us(d time.Duration) float64 { return float64(d) / 1e3 }

func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...)
}
