package sync

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"libslapi/server/backend"
)

// The session log: the last changes of a database, kept in its store and
// written in the transactions of the changes.
//
//	sync  'l', number -> kind, id, UUID, CSN   one per change
//	sync  'm', id -> CSN                       the last rename of an entry with a subtree
//	sync  's' -> state                         numbers, what the log does not reach back to
const (
	logTable = "sync"
	logState = "s"
)

// Kinds of records.
const (
	logAdd     = 'a'
	logModify  = 'm'
	logDelete  = 'd'
	logRename  = 'r'
	logSubtree = 'R'
)

// State is where the log stands.
type State struct {
	First, Next uint64 // numbers of the oldest record, and of the next one
	// Floor is the state of the content before the oldest record: a consumer
	// that has it all can be served from the log.
	Floor Vector
	// Head is the context CSN after the newest record. When it is not the
	// database's, changes were made beside the log.
	Head Vector
	// Broken: changes were made of which the context CSN tells nothing (by a
	// consumer in its refresh). The log begins anew with the next context CSN.
	Broken bool
}

func (st *State) encode() []byte {
	version := "1"
	if st.Broken {
		version = "b"
	}
	return fmt.Appendf([]byte(version), "\n%d\n%d\n%s\n%s", st.First, st.Next, st.Floor, st.Head)
}

func decodeState(b []byte) (st State, ok bool) {
	p := strings.Split(string(b), "\n")
	if len(p) != 5 || p[0] != "1" && p[0] != "b" {
		return st, false
	}
	st.Broken = p[0] == "b"
	var err [4]error
	st.First, err[0] = strconv.ParseUint(p[1], 10, 64)
	st.Next, err[1] = strconv.ParseUint(p[2], 10, 64)
	st.Floor, err[2] = ParseVector(p[3])
	st.Head, err[3] = ParseVector(p[4])
	for _, e := range err {
		if e != nil {
			return State{}, false
		}
	}
	return st, st.First <= st.Next
}

// Record is one change of the log.
type Record struct {
	Kind byte
	ID   uint64
	UUID UUID
	CSN  CSN
}

func recordKey(n uint64) []byte { return binary.BigEndian.AppendUint64([]byte{'l'}, n) }
func movedKey(id uint64) []byte { return binary.BigEndian.AppendUint64([]byte{'m'}, id) }

func (r *Record) encode() []byte {
	b := append(make([]byte, 0, 72), r.Kind)
	b = binary.BigEndian.AppendUint64(b, r.ID)
	b = append(b, r.UUID[:]...)
	return append(b, r.CSN.String()...)
}

func decodeRecord(b []byte) (r Record, ok bool) {
	if len(b) < 25 {
		return r, false
	}
	r.Kind, r.ID = b[0], binary.BigEndian.Uint64(b[1:])
	copy(r.UUID[:], b[9:])
	var err error
	r.CSN, err = ParseCSN(string(b[25:]))
	return r, err == nil
}

// trimStep bounds how many old records one transaction removes, so that a log
// that was made shorter does not hold one up.
const trimStep = 64

// readContext reads the context CSNs of a database.
func readContext(m backend.MetaView) (Vector, error) {
	b, err := m.Meta(ContextKey)
	if err != nil {
		return nil, err
	}
	return ParseVector(string(b))
}

// ReadContext gives the context CSNs of a view; nil for a database that keeps
// none.
func ReadContext(v backend.View) (Vector, error) {
	m, ok := v.(backend.MetaView)
	if !ok {
		return nil, nil
	}
	return readContext(m)
}

// WriteContext merges changes into the context CSNs of a database, in the
// transaction of the changes. It gives the state before and after.
func WriteContext(tx backend.Txn, csns ...CSN) (before, after Vector, err error) {
	m, ok := tx.(backend.MetaTxn)
	if !ok {
		return nil, nil, nil
	}
	if before, err = readContext(m); err != nil {
		return nil, nil, err
	}
	after = before
	for _, c := range csns {
		after = after.Merge(c)
	}
	if after.Equal(before) {
		return before, after, nil
	}
	return before, after, m.SetMeta(ContextKey, []byte(after.String()))
}

// appendLog writes changes to the log, in their transaction, and trims it to
// limit records. before and after are the context CSNs around the transaction.
func appendLog(t backend.TableTxn, changes []Change, before, after Vector, limit int) error {
	raw, err := t.GetTable(logTable, []byte(logState))
	if err != nil {
		return err
	}
	st, ok := decodeState(raw)
	if !ok || !st.Head.Equal(before) {
		// A new log, or changes were made while nobody kept it: it begins here.
		st.First, st.Floor = st.Next, before
		if err := clearRecords(t); err != nil {
			return err
		}
	}
	for i := range changes {
		c := &changes[i]
		old := before.Has(c.CSN)
		if old || !after.Has(c.CSN) {
			st.Broken = true
		}
		if c.Subtree && !old {
			if err := t.PutTable(logTable, movedKey(c.ID), []byte(c.CSN.String())); err != nil {
				return err
			}
		}
		if old && c.After != nil {
			// Its CSN does not tell that it is new here: a mark that no state has.
			if err := t.PutTable(logTable, movedKey(c.ID), []byte("-")); err != nil {
				return err
			}
		}
	}
	if st.Broken {
		if err := clearRecords(t); err != nil {
			return err
		}
		st.First = st.Next
		if !after.Equal(before) {
			st.Broken, st.Floor = false, after
		}
		changes = nil
	}
	for i := range changes {
		c := &changes[i]
		r := Record{Kind: kindOf(c), ID: c.ID, UUID: c.UUID, CSN: c.CSN}
		if err := t.PutTable(logTable, recordKey(st.Next), r.encode()); err != nil {
			return err
		}
		st.Next++
	}
	if err := st.trim(t, limit); err != nil {
		return err
	}
	st.Head = after
	return t.PutTable(logTable, []byte(logState), st.encode())
}

func kindOf(c *Change) byte {
	switch {
	case c.Before == nil:
		return logAdd
	case c.After == nil:
		return logDelete
	case c.Subtree:
		return logSubtree
	case c.Renamed():
		return logRename
	}
	return logModify
}

// trim removes the oldest records, some at a time: where the store is far away
// each time costs a question.
func (st *State) trim(t backend.TableTxn, limit int) error {
	over := int64(st.Next-st.First) - int64(max(limit, 0))
	if over <= 0 || limit > 4*trimStep && over < trimStep {
		return nil
	}
	end := st.First + uint64(min(over, 2*trimStep))
	var keys [][]byte
	err := t.ScanTable(logTable, recordKey(st.First), func(k, raw []byte) bool {
		if len(k) != 9 || k[0] != 'l' || bytes.Compare(k, recordKey(end)) >= 0 {
			return false
		}
		if r, ok := decodeRecord(raw); ok {
			st.Floor = st.Floor.Merge(r.CSN)
		}
		keys = append(keys, bytes.Clone(k))
		return true
	})
	for _, k := range keys {
		if err == nil {
			err = t.DeleteTable(logTable, k)
		}
	}
	st.First = end
	return err
}

// ForgetLog makes the log begin anew with the next change: for who writes
// entries beside the pipeline.
func ForgetLog(tx backend.Txn) error {
	if t, ok := tx.(backend.TableTxn); ok {
		return t.DeleteTable(logTable, []byte(logState))
	}
	return nil
}

// clearRecords removes all records.
func clearRecords(t backend.TableTxn) error {
	var keys [][]byte
	err := t.ScanTable(logTable, recordKey(0), func(k, _ []byte) bool {
		if len(k) != 9 || k[0] != 'l' {
			return false
		}
		keys = append(keys, append([]byte(nil), k...))
		return true
	})
	for _, k := range keys {
		if err == nil {
			err = t.DeleteTable(logTable, k)
		}
	}
	return err
}

// ReadLog gives the changes after a state, oldest first. ok is false when the
// log does not reach back to it.
func ReadLog(v backend.View, from, context Vector) (list []Record, ok bool, err error) {
	t, is := v.(backend.TableView)
	if !is {
		return nil, false, nil
	}
	raw, err := t.GetTable(logTable, []byte(logState))
	if err != nil {
		return nil, false, err
	}
	st, is := decodeState(raw)
	if !is || st.Broken || !st.Head.Equal(context) || !from.Covers(st.Floor) {
		return nil, false, nil
	}
	ok = true
	err = t.ScanTable(logTable, recordKey(st.First), func(k, value []byte) bool {
		if len(k) != 9 || k[0] != 'l' {
			return false
		}
		r, good := decodeRecord(value)
		if !good {
			ok = false
			return false
		}
		if !from.Has(r.CSN) {
			list = append(list, r)
		}
		return true
	})
	return list, ok && err == nil, err
}

// ReadMoved gives the entries that were renamed together with a subtree after
// a state.
func ReadMoved(v backend.View, from Vector) ([]uint64, error) {
	t, ok := v.(backend.TableView)
	if !ok {
		return nil, nil
	}
	var ids []uint64
	err := t.ScanTable(logTable, movedKey(0), func(k, value []byte) bool {
		if len(k) != 9 || k[0] != 'm' {
			return false
		}
		if c, err := ParseCSN(string(value)); err != nil || !from.Has(c) {
			ids = append(ids, binary.BigEndian.Uint64(k[1:]))
		}
		return true
	})
	return ids, err
}

// Adds tells whether the record is of a new entry.
func (r *Record) Adds() bool { return r.Kind == logAdd }

// Deletes tells whether the change was the entry's end.
func (r *Record) Deletes() bool { return r.Kind == logDelete }

// Names tells whether the change gave the entry a name.
func (r *Record) Names() bool {
	return r.Kind == logAdd || r.Kind == logRename || r.Kind == logSubtree
}

// Subtree tells whether the change moved entries below along.
func (r *Record) Subtree() bool { return r.Kind == logSubtree }
