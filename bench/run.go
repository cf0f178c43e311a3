package main

import (
	"fmt"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// tally is the sum over the rounds of one server in one row.
type tally struct {
	count             int64
	elapsed, cpu, own time.Duration
	hist              *hdrhistogram.Histogram
	fig               *figure
}

// warmUp is how long every server runs a row before the first round of it, so
// that caches, memory and threads are as in a server that has run for a while.
const warmUp = 0.3

// runRows runs every wanted row: in each round the servers one after the other.
func runRows(set *settings, rep *report, servers []*server) {
	perServer := make([][]row, len(servers))
	for i, s := range servers {
		perServer[i] = newRows(set.entries, s)
	}
	for k, r := range perServer[0] {
		if !set.wants(r.name) {
			continue
		}
		progress("%s", r.title)
		out := rep.row(r.name, r.title)
		sums := map[*server]*tally{}
		rows := map[*server]*row{}
		for i, s := range servers {
			f := &figure{Unit: "operations"}
			if r.perEntry {
				f.Unit = "entries"
			}
			out.Servers[s.name] = f
			sums[s] = &tally{hist: newHistogram(), fig: f}
			rows[s] = &perServer[i][k]
		}
		for round := range set.rounds {
			for _, s := range rotated(servers, round) {
				t := sums[s]
				if t.fig.Error != "" {
					continue
				}
				if round == 0 {
					if _, err := s.measure(set, rows[s], nil, warmUp, 1000); err != nil {
						t.fig.Error = err.Error()
						continue
					}
				}
				if _, err := s.measure(set, rows[s], t, set.seconds/float64(set.rounds), uint64(round)); err != nil {
					t.fig.Error = err.Error()
				}
			}
		}
		for _, t := range sums {
			t.finish()
		}
	}
}

// measure runs a row once and adds what it took to t.
func (s *server) measure(set *settings, r *row, t *tally, seconds float64, seed uint64) (*outcome, error) {
	if err := s.alive(); err != nil {
		return nil, err
	}
	l := &load{
		shape: r.shape, addr: s.addr, conns: r.conns, window: r.window, people: set.entries,
		seed: seed + 1, seconds: seconds, serial: &s.serial,
	}
	pid := s.pid()
	resetPeak(pid)
	before, err := cpuTime(pid)
	if err != nil {
		return nil, err
	}
	own := ownCPU()
	out, err := l.run()
	if err != nil {
		if dead := s.alive(); dead != nil {
			err = fmt.Errorf("%w; %w", err, dead)
		}
		return nil, err
	}
	own = ownCPU() - own
	after, err := cpuTime(pid)
	if err != nil {
		return nil, err
	}
	peak, anon := memory(pid)
	if r.verify != nil {
		if err := r.verify(s, out); err != nil {
			return nil, err
		}
	}
	if t == nil {
		return out, nil
	}
	n := out.ops
	if r.perEntry {
		n *= int64(set.entries + 2)
	}
	t.count += n
	t.elapsed += out.elapsed
	t.cpu += after - before
	t.own += own
	t.hist.Merge(out.hist)
	t.fig.Rounds = append(t.fig.Rounds, float64(n)/out.elapsed.Seconds())
	t.fig.PeakKiB, t.fig.AnonKiB = max(t.fig.PeakKiB, peak), max(t.fig.AnonKiB, anon)
	return out, nil
}

func (t *tally) finish() {
	f := t.fig
	if t.count == 0 {
		return
	}
	f.Count, f.Seconds = t.count, t.elapsed.Seconds()
	f.Rate = float64(t.count) / f.Seconds
	f.P50 = us(time.Duration(t.hist.ValueAtQuantile(50)))
	f.P99 = us(time.Duration(t.hist.ValueAtQuantile(99)))
	f.CPU = us(t.cpu) / float64(t.count)
	f.ClientCPU = us(t.own) / float64(t.count)
}
