package main

import (
	"sync"

	"libslapi/server/plugin"
)

// handleTable gives numbers to Go values that C must hold. A number is never
// used for two values: it carries the generation of its slot, so that a stale
// one finds nothing.
type handleTable[T any] struct {
	mu    sync.RWMutex
	slots []handleSlot[T]
	free  []uint32
}

type handleSlot[T any] struct {
	value      T
	generation uint32
	used       bool
}

// put stores v and gives its handle, which is not 0.
func (t *handleTable[T]) put(v T) uintptr {
	t.mu.Lock()
	defer t.mu.Unlock()
	var i uint32
	if n := len(t.free); n > 0 {
		i = t.free[n-1]
		t.free = t.free[:n-1]
	} else {
		i = uint32(len(t.slots))
		t.slots = append(t.slots, handleSlot[T]{})
	}
	s := &t.slots[i]
	s.generation++
	s.value, s.used = v, true
	return uintptr(s.generation)<<32 | uintptr(i+1)
}

// get finds the value of a handle.
func (t *handleTable[T]) get(h uintptr) (v T, ok bool) {
	i := uint32(h) - 1
	t.mu.RLock()
	defer t.mu.RUnlock()
	if uint32(h) == 0 || int(i) >= len(t.slots) {
		return v, false
	}
	s := &t.slots[i]
	if !s.used || s.generation != uint32(h>>32) {
		return v, false
	}
	return s.value, true
}

// find gives the first value that is wanted; the zero value when none is.
func (t *handleTable[T]) find(want func(T) bool) (none T) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for i := range t.slots {
		if s := &t.slots[i]; s.used && want(s.value) {
			return s.value
		}
	}
	return none
}

// drop forgets a handle; ok is false when it was none.
func (t *handleTable[T]) drop(h uintptr) (v T, ok bool) {
	i := uint32(h) - 1
	t.mu.Lock()
	defer t.mu.Unlock()
	if uint32(h) == 0 || int(i) >= len(t.slots) {
		return v, false
	}
	s := &t.slots[i]
	if !s.used || s.generation != uint32(h>>32) {
		return v, false
	}
	var none T
	v, s.value, s.used = s.value, none, false
	t.free = append(t.free, i)
	return v, true
}

// Values that C holds numbers of.
var (
	operations  handleTable[*opState]
	connections handleTable[*plugin.Conn]
	pluginsOf   handleTable[*hostPlugin]
	filters     handleTable[*heldFilter]
	tasks       handleTable[*hostTask]
)
