package config

import (
	"context"
	"strconv"
	"strings"
	"time"

	"libslapi/server/dn"
)

// defaultTaskTTL is how long the entry of a finished task stays.
const defaultTaskTTL = time.Hour

// watchTasks removes the entries of finished tasks (those with an
// nsTaskExitCode) when their ttl has passed.
func (t *Tree) watchTasks(changes []change) {
	for _, c := range changes {
		e := c.after
		if e == nil || !transient(e.Name.Norm) || !e.Has("nsTaskExitCode") {
			continue
		}
		ttl := defaultTaskTTL
		if n, err := strconv.Atoi(strings.TrimSpace(e.First("ttl"))); err == nil && n >= 0 {
			ttl = time.Duration(n) * time.Second
		}
		norm := e.Name.Norm
		t.mu.Lock()
		if t.closed {
			t.mu.Unlock()
			return
		}
		if old := t.timers[norm]; old != nil {
			old.Stop()
		}
		t.timers[norm] = time.AfterFunc(ttl, func() { t.dropTask(norm) })
		t.mu.Unlock()
	}
}

func (t *Tree) dropTask(norm string) {
	t.mu.Lock()
	delete(t.timers, norm)
	t.mu.Unlock()
	x, err := t.Begin(context.Background())
	if err != nil {
		return
	}
	defer x.Close()
	e, _ := x.Lookup(norm)
	if e == nil || !e.Has("nsTaskExitCode") {
		return
	}
	if err := x.Delete(e); err == nil {
		err = x.Commit()
		if err != nil {
			t.log.Warn("a finished task could not be removed", "task", e.Name.Pretty, "error", err)
		}
	}
}

// TaskCategory is the normal name of the category that a name below
// cn=tasks,cn=config is in, "" for any other name. Whether a plug-in serves the
// category is the question of the pipeline, which has the callbacks.
func TaskCategory(norm string) string {
	if !transient(norm) {
		return ""
	}
	for {
		parent := dn.ParentNorm(norm)
		if parent == TasksBase {
			return norm
		}
		norm = parent
	}
}
