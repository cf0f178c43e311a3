package main

import (
	"fmt"
	"log/slog"
	"runtime/debug"
)

// guard is deferred by every function that C calls: no panic may cross into C.
// It logs and has the failure answer set.
func guard(what string, failed func()) {
	p := recover()
	if p == nil {
		return
	}
	log := slog.Default()
	if h := theHost.Load(); h != nil {
		log = h.log
	}
	log.Error("internal error in a call from a plug-in", "call", what, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if failed != nil {
		failed()
	}
}
