package daemon

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// garbage is how much may be allocated between two collections: what lives
// long is little, the caches being bounded, and most of what is allocated ends
// with its operation. Collecting less often costs that much memory and saves a
// quarter of the processor time and of the long waits.
const garbage = 40 << 20

// tuneCollector chooses after each collection when the next one comes, unless
// the environment variable GOGC has done so.
func tuneCollector() {
	if os.Getenv("GOGC") != "" {
		return
	}
	t := &collectorTuner{percent: 100}
	t.tune()
	t.arm()
}

type collectorTuner struct{ percent int }

// arm has tune called after the next collection.
func (t *collectorTuner) arm() {
	type sentinel struct{ self *collectorTuner }
	runtime.SetFinalizer(&sentinel{t}, func(s *sentinel) {
		s.self.tune()
		s.self.arm()
	})
}

func (t *collectorTuner) tune() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"}}
	metrics.Read(live)
	total := uint64(0)
	for _, s := range live {
		if s.Value.Kind() == metrics.KindUint64 {
			total += s.Value.Uint64()
		}
	}
	// Setting it stops everything for a moment: small differences do not matter.
	if want := collectorPercent(total); want > t.percent+t.percent/8 || want < t.percent-t.percent/8 {
		t.percent = want
		debug.SetGCPercent(want)
	}
}

// collectorPercent is the share (GOGC) that allows for the garbage beside so
// much that is alive: as much again where that is more.
func collectorPercent(live uint64) int {
	return int(min(max(garbage*100/max(live, 1), 100), 500))
}
