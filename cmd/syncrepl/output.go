package main

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"libslapi/syncrepl"
)

// change is what a sink gets: one line of JSON.
type change struct {
	Event      string            `json:"event"`
	Time       string            `json:"time,omitempty"`
	UUID       string            `json:"uuid,omitempty"`
	DN         string            `json:"dn,omitempty"`
	OldDN      string            `json:"old_dn,omitempty"`
	Attributes json.RawMessage   `json:"attributes,omitempty"` // as they are now; of a delete, as they were
	Changes    []attributeChange `json:"changes,omitempty"`
	Cookie     string            `json:"cookie,omitempty"`
	Entries    *int              `json:"entries,omitempty"`
	Reason     string            `json:"reason,omitempty"`
	Pause      string            `json:"pause,omitempty"`
	entry      *syncrepl.Entry   // for LDIF
	diffs      []syncrepl.Diff   // for LDIF
}

type attributeChange struct {
	Attribute string            `json:"attribute"`
	Added     []json.RawMessage `json:"added,omitempty"`
	Removed   []json.RawMessage `json:"removed,omitempty"`
}

// sink turns changes into messages and delivers them, one by one. What it has
// delivered without an error has left the program.
type sink interface {
	message(*change) ([]byte, error) // empty: nothing to deliver
	deliver([]byte) error
}

type nothing struct{}

func (nothing) message(*change) ([]byte, error) { return nil, nil }
func (nothing) deliver([]byte) error            { return nil }

// jsonWriter writes each change as a line, in one call, so that a reader at the
// other end of a pipe never waits for the rest of it.
type jsonWriter struct{ w io.Writer }

func (j *jsonWriter) message(c *change) ([]byte, error) {
	b, err := json.Marshal(c)
	return append(b, '\n'), err
}

func (j *jsonWriter) deliver(line []byte) error {
	_, err := j.w.Write(line)
	return err
}

// handler turns callbacks into changes. They go through the outbox, so that a
// reader hears what the copy knows, also when the program is killed.
type handler struct {
	syncrepl.Base
	syncrepl.Outbox
	client *syncrepl.Client
	sink   sink
	all    bool
	bar    *progress
}

// attributesOf is the JSON object of the attributes alone.
func attributesOf(e *syncrepl.Entry) (json.RawMessage, error) {
	b, err := e.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var parts struct {
		Attributes json.RawMessage `json:"attributes"`
	}
	err = json.Unmarshal(b, &parts)
	return parts.Attributes, err
}

// valuesOf is the JSON of values, written as an entry's are.
func valuesOf(values [][]byte) ([]json.RawMessage, error) {
	if len(values) == 0 {
		return nil, nil
	}
	raw, err := attributesOf(&syncrepl.Entry{Attributes: []syncrepl.Attribute{{Name: "x", Values: values}}})
	if err != nil {
		return nil, err
	}
	var out struct {
		X []json.RawMessage `json:"x"`
	}
	err = json.Unmarshal(raw, &out)
	return out.X, err
}

func (h *handler) tell(tx syncrepl.Tx, c *change, e *syncrepl.Entry) error {
	c.Time = time.Now().UTC().Format(time.RFC3339Nano)
	if e != nil {
		raw, err := attributesOf(e)
		if err != nil {
			return err
		}
		c.UUID, c.DN, c.Attributes, c.entry = e.UUID.String(), e.DN, raw, e
	}
	m, err := h.sink.message(c)
	if err != nil || len(m) == 0 {
		return err
	}
	if tx == nil {
		return h.take(nil, m)
	}
	return h.Put(tx, m)
}

// take delivers a message.
func (h *handler) take(_ context.Context, m []byte) error {
	h.bar.pause()
	return h.sink.deliver(m)
}

func (h *handler) Add(tx syncrepl.Tx, e *syncrepl.Entry) error {
	return h.tell(tx, &change{Event: "add"}, e)
}

func (h *handler) Delete(tx syncrepl.Tx, e *syncrepl.Entry) error {
	return h.tell(tx, &change{Event: "delete"}, e)
}

func (h *handler) Rename(tx syncrepl.Tx, oldDN string, e *syncrepl.Entry) error {
	return h.tell(tx, &change{Event: "rename", OldDN: oldDN}, e)
}

func (h *handler) Change(tx syncrepl.Tx, old, new *syncrepl.Entry) error {
	c := &change{Event: "change", diffs: h.client.Comparer().Diff(old, new)}
	for _, d := range c.diffs {
		a := attributeChange{Attribute: d.Name}
		var err error
		if a.Added, err = valuesOf(d.Added); err != nil {
			return err
		}
		if a.Removed, err = valuesOf(d.Removed); err != nil {
			return err
		}
		c.Changes = append(c.Changes, a)
	}
	return h.tell(tx, c, new)
}

func (h *handler) CookieChanged(tx syncrepl.Tx, cookie string) error {
	if !h.all {
		return nil
	}
	return h.tell(tx, &change{Event: "cookie", Cookie: cookie}, nil)
}

func (h *handler) RefreshDone(tx syncrepl.Tx) error {
	if !h.all {
		return nil
	}
	n, err := tx.Len()
	if err != nil {
		return err
	}
	return h.tell(tx, &change{Event: "refresh-done", Entries: &n}, nil)
}

func (h *handler) RefreshRequired(_ context.Context, reason syncrepl.Reason) error {
	if !h.all {
		return nil
	}
	return h.tell(nil, &change{Event: "refresh-required", Reason: string(reason)}, nil)
}

func (h *handler) Disconnected(_ context.Context, r syncrepl.Retry) {
	if h.all {
		// A sink that fails will be noticed at the next change.
		_ = h.tell(nil, &change{Event: "disconnected", Reason: describe(r.Err), Pause: r.Pause.String()}, nil)
	}
}

func (h *handler) Progress(p syncrepl.Progress) { h.bar.show(p) }

// dump writes the stored copy as additions.
func (h *handler) dump(tx syncrepl.Tx) error {
	for e, err := range tx.Entries() {
		if err != nil {
			return err
		}
		raw, err := attributesOf(e)
		if err != nil {
			return err
		}
		m, err := h.sink.message(&change{Event: "add", UUID: e.UUID.String(), DN: e.DN, Attributes: raw, entry: e})
		if err != nil {
			return err
		}
		if err := h.sink.deliver(m); err != nil {
			return err
		}
	}
	return nil
}
