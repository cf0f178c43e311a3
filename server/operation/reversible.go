package operation

import (
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// reversible is the host that encodes attributes; nil when none are.
func (s *Server) reversible() plugin.ReversibleHost {
	if h, ok := plugin.As[plugin.ReversibleHost](s.plugins()); ok && len(h.ReversibleAttrs()) > 0 {
		return h
	}
	return nil
}

func encodeValues(h plugin.ReversibleHost, attr string, values [][]byte) [][]byte {
	out := make([][]byte, len(values))
	for i, v := range values {
		out[i] = v
		if stored, ok := h.EncodeReversible(attr, string(v)); ok {
			out[i] = []byte(stored)
		}
	}
	return out
}

// encodeEntry encodes the secrets of an entry to be added, in any database:
// cn=config has most of them.
func (s *Server) encodeEntry(e *entry.Entry) {
	h := s.reversible()
	if h == nil {
		return
	}
	for _, attr := range h.ReversibleAttrs() {
		if d, err := s.Schema().Describe(attr); err == nil {
			if a := e.Get(d); a != nil {
				a.Values = encodeValues(h, attr, a.Values)
			}
		}
	}
}

// encodeChanges encodes the secrets among the values that changes bring.
func (s *Server) encodeChanges(changes []wire.Change) []wire.Change {
	h := s.reversible()
	if h == nil {
		return changes
	}
	var out []wire.Change
	for i := range changes {
		if changes[i].Op == wire.ModDelete || len(changes[i].Values) == 0 {
			continue
		}
		d, err := s.Schema().Describe(changes[i].Type)
		if err != nil {
			continue
		}
		for _, attr := range h.ReversibleAttrs() {
			if a, err := s.Schema().Describe(attr); err == nil && a.Type.Name() == d.Type.Name() {
				if out == nil {
					out = append(out, changes...)
				}
				out[i].Values = encodeValues(h, attr, changes[i].Values)
			}
		}
	}
	if out == nil {
		return changes
	}
	return out
}
