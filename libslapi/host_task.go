package main

/*
#include <stdlib.h>
#include "dispatch.h"
#include "host_goside.h"
#include "host_task.h"
*/
import "C"

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
	"unsafe"

	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

const tasksBase = "cn=tasks,cn=config"

// How long an ended task's entry stays when it names no ttl, and at most.
const (
	taskTTL    = time.Hour
	taskTTLMax = 24 * time.Hour
)

// hostTask shows a task of a plug-in in its entry. What changes is written by
// one goroutine, so that a plug-in never waits for it, and several changes
// become one.
type hostTask struct {
	host   *cHost
	c      *C.Slapi_Task
	dn     string
	mu     sync.Mutex
	busy   bool // the goroutine runs
	stale  bool // there is something to write
	ended  bool
	gone   bool
	handle uintptr
}

// taskList is what the host knows of tasks.
type taskList struct {
	mu       sync.Mutex
	handlers []*taskHandler
	live     map[*hostTask]bool
}

type taskHandler struct {
	name   string
	fn     unsafe.Pointer
	remove func()
}

//export slapiGoTaskHandler
func slapiGoTaskHandler(name *C.char, fn unsafe.Pointer, pb *C.Slapi_PBlock) (rc C.int) {
	defer guard("slapi_plugin_task_register_handler", func() { rc = -1 })
	h, s := theHost.Load(), services()
	if h == nil || s == nil {
		return -1
	}
	n := C.GoString(name)
	base := "cn=" + escapeValue(n) + "," + tasksBase
	if err := h.addTaskContainer(s, n, base); err != nil {
		h.log.Error("task handler not registered", "task", n, "error", err.Error())
		return -1
	}
	remove, err := h.config.register(h, s, &dseCallback{ops: plugin.KindAdd, before: true, base: base, scope: wire.ScopeOne, fn: fn,
		plugin: callbackPlugin(pb)})
	if err != nil {
		return -1
	}
	cancel, err := s.ConfigCallback(&plugin.ConfigCallback{Ops: plugin.KindModify, Base: normOf(base), Scope: wire.ScopeOne,
		Call: func(_ *plugin.Operation, _, after *entry.Entry) (int, wire.ResultCode, string) {
			if after != nil && strings.EqualFold(after.First("nsTaskCancel"), "true") {
				h.cancelTask(after.Name.Norm)
			}
			return 1, 0, ""
		}})
	if err != nil {
		remove()
		return -1
	}
	h.taskDB.mu.Lock()
	defer h.taskDB.mu.Unlock()
	h.taskDB.handlers = append(h.taskDB.handlers, &taskHandler{n, fn, func() { remove(); cancel() }})
	return 0
}

//export slapiGoTaskNoHandler
func slapiGoTaskNoHandler(name *C.char, fn unsafe.Pointer) (rc C.int) {
	defer guard("slapi_plugin_task_unregister_handler", func() { rc = -1 })
	h := theHost.Load()
	if h == nil {
		return -1
	}
	n := C.GoString(name)
	h.taskDB.mu.Lock()
	defer h.taskDB.mu.Unlock()
	for i, t := range h.taskDB.handlers {
		if strings.EqualFold(t.name, n) && t.fn == fn {
			t.remove()
			h.taskDB.handlers = append(h.taskDB.handlers[:i], h.taskDB.handlers[i+1:]...)
			return 0
		}
	}
	return -1
}

// addTaskContainer makes the entry below which tasks of one kind are added.
func (h *cHost) addTaskContainer(s plugin.Services, name, base string) error {
	n, err := newName(base)
	if err != nil {
		return err
	}
	e := entry.New(n)
	if err := fillEntry(e, s.Schema(), "objectClass", "top", "objectClass", "extensibleObject", "cn", name); err != nil {
		return err
	}
	op := &plugin.Operation{Kind: plugin.KindAdd, Internal: true, RawTarget: base, Target: n, Add: &plugin.AddPart{Entry: e}}
	s.Run(op)
	if c := op.Result.Code; c != wire.Success && c != wire.EntryAlreadyExists {
		return fmt.Errorf("%s could not be added: result %d %s", base, c, op.Result.Text)
	}
	return nil
}

// fillEntry adds pairs of a name and a value.
func fillEntry(e *entry.Entry, s *schema.Schema, pairs ...string) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := e.Add(s, pairs[i], []byte(pairs[i+1])); err != nil {
			return err
		}
	}
	return nil
}

//export slapiGoTaskNew
func slapiGoTaskNew(c *C.Slapi_Task) {
	defer guard("slapi_new_task", nil)
	h := theHost.Load()
	if h == nil {
		return
	}
	t := &hostTask{host: h, c: c, dn: C.GoString(c.dn)}
	t.handle = tasks.put(t)
	c.handle = C.uintptr_t(t.handle)
	h.taskDB.mu.Lock()
	if h.taskDB.live == nil {
		h.taskDB.live = map[*hostTask]bool{}
	}
	h.taskDB.live[t] = true
	h.taskDB.mu.Unlock()
}

//export slapiGoTaskChanged
func slapiGoTaskChanged(c *C.Slapi_Task) {
	defer guard("task", nil)
	if t, ok := tasks.get(uintptr(c.handle)); ok {
		t.changed(false)
	}
}

//export slapiGoTaskEnded
func slapiGoTaskEnded(c *C.Slapi_Task) {
	defer guard("task", nil)
	if t, ok := tasks.get(uintptr(c.handle)); ok {
		t.changed(true)
	}
}

//export slapiGoTaskFree
func slapiGoTaskFree(c *C.Slapi_Task) {
	defer guard("slapi_destroy_task", nil)
	if t, ok := tasks.get(uintptr(c.handle)); ok {
		t.free()
	}
}

// changed has the entry written, by the goroutine that runs or by a new one.
func (t *hostTask) changed(ended bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stale = true
	t.ended = t.ended || ended
	if !t.busy && !t.gone {
		t.busy = true
		go t.write()
	}
}

// write brings the entry up to date until there is nothing more to write.
func (t *hostTask) write() {
	defer guard("task", nil)
	for {
		t.mu.Lock()
		if !t.stale || t.gone {
			t.busy = false
			over := t.ended && !t.gone
			t.mu.Unlock()
			if over {
				t.removeLater()
			}
			return
		}
		t.stale = false
		ended := t.ended
		changes := t.view(ended)
		t.mu.Unlock()
		if !t.modify(changes) {
			t.mu.Lock()
			t.busy = false
			t.mu.Unlock()
			return
		}
	}
}

// view makes the modification that shows the task's state.
func (t *hostTask) view(ended bool) []wire.Change {
	var v C.struct_cshim_task_view
	C.cshim_task_look(t.c, &v)
	status, log := takeString(v.status), takeString(v.log)
	replace := func(attr, value string) wire.Change {
		c := wire.Change{Op: wire.ModReplace, Type: attr}
		if value != "" {
			c.Values = [][]byte{[]byte(value)}
		}
		return c
	}
	changes := []wire.Change{
		replace("nsTaskLog", log),
		replace("nsTaskStatus", status),
		replace("nsTaskCurrentItem", strconv.Itoa(int(v.progress))),
		replace("nsTaskTotalItems", strconv.Itoa(int(v.work))),
	}
	if v.warning != 0 {
		changes = append(changes, replace("nsTaskWarning", strconv.Itoa(int(v.warning))))
	}
	if ended {
		changes = append(changes, replace("nsTaskExitCode", strconv.Itoa(int(v.exit_code))))
	}
	return changes
}

// modify writes to the task's entry. The task may begin before the add of the
// entry has ended: then it waits a little for the entry.
func (t *hostTask) modify(changes []wire.Change) bool {
	for wait := 5 * time.Millisecond; ; wait *= 2 {
		s := services()
		if s == nil || s.ShuttingDown() {
			return false
		}
		op := &plugin.Operation{Kind: plugin.KindModify, Internal: true, RawTarget: t.dn, Modify: &plugin.ModifyPart{Changes: changes}}
		op.Target, op.TargetErr = newName(t.dn)
		onThread(func() bool { s.Run(op); return true })
		switch {
		case op.Result.Code == wire.Success:
			return true
		case op.Result.Code != wire.NoSuchObject || wait > 5*time.Second:
			t.host.log.Warn("task entry could not be changed", "task", t.dn, "result", int(op.Result.Code), "text", op.Result.Text)
			return false
		}
		time.Sleep(wait)
	}
}

// removeLater removes the entry and the task ttl after the end.
func (t *hostTask) removeLater() {
	time.AfterFunc(t.ttl(), func() {
		defer guard("task", nil)
		s := services()
		if s == nil || s.ShuttingDown() {
			return
		}
		op := &plugin.Operation{Kind: plugin.KindDelete, Internal: true, RawTarget: t.dn}
		op.Target, op.TargetErr = newName(t.dn)
		onThread(func() bool { s.Run(op); return true })
		if C.slapi_task_get_refcount(t.c) > 0 {
			return // the plug-in still holds it
		}
		t.free()
	})
}

// ttl reads how long the entry is to stay after the end, in seconds.
func (t *hostTask) ttl() time.Duration {
	s := services()
	if s == nil {
		return taskTTL
	}
	sink := &internalSink{}
	f, err := parseFilter("(objectClass=*)")
	if err != nil {
		return taskTTL
	}
	op := &plugin.Operation{Kind: plugin.KindSearch, Internal: true, RawTarget: t.dn, Responder: sink,
		Search: &plugin.SearchPart{Scope: wire.ScopeBase, Filter: f}}
	op.Target, op.TargetErr = newName(t.dn)
	s.Run(op)
	if len(sink.entries) == 0 {
		return taskTTL
	}
	text := ""
	if e := sink.entries[0].e; e != nil {
		text = e.First("ttl")
	} else {
		for _, a := range sink.entries[0].msg.Attrs {
			if strings.EqualFold(a.Type, "ttl") && len(a.Values) > 0 {
				text = string(a.Values[0])
			}
		}
	}
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n <= 0 {
		return taskTTL
	}
	return min(time.Duration(n)*time.Second, taskTTLMax)
}

// free ends the C task, once.
func (t *hostTask) free() {
	t.mu.Lock()
	was := t.gone
	t.gone = true
	t.mu.Unlock()
	if was {
		return
	}
	tasks.drop(t.handle)
	db := &t.host.taskDB
	db.mu.Lock()
	delete(db.live, t)
	db.mu.Unlock()
	onThread(func() bool { C.cshim_task_free(t.c); return true })
}

// cancelTask asks the plug-in of the task with this entry to stop.
func (h *cHost) cancelTask(norm string) {
	h.taskDB.mu.Lock()
	var found *hostTask
	for t := range h.taskDB.live {
		if normOf(t.dn) == norm {
			found = t
		}
	}
	h.taskDB.mu.Unlock()
	if found != nil {
		C.cshim_task_cancel(found.c)
	}
}
