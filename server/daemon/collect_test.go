package daemon

import (
	"runtime/debug"
	"testing"
)

func TestCollectorPercent(t *testing.T) {
	for live, want := range map[uint64]int{0: 500, 1 << 20: 500, 10 << 20: 400, 40 << 20: 100, 400 << 20: 100} {
		if got := collectorPercent(live); got != want {
			t.Errorf("%d alive: %d, want %d", live, got, want)
		}
	}
	old := debug.SetGCPercent(100)
	defer debug.SetGCPercent(old)
	c := &collectorTuner{percent: 100}
	held := make([]byte, 1<<20)
	c.tune()
	if now := debug.SetGCPercent(100); now != c.percent {
		t.Errorf("set to %d, chosen %d", now, c.percent)
	}
	_ = held
}
