package operation

import (
	"slices"
	"strings"

	"libslapi/server/acl"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// addComputed adds to the message of an entry what plug-ins compute: each
// attribute that was asked for by name, and what comes with "*" when no list was
// given. What an evaluator puts out beside that is left out, and the requestor
// needs the right to read it, as with stored ones.
func (s *Server) addComputed(op *plugin.Operation, e *entry.Entry, ask *asker, msg *plugin.EntryMessage, sel *selection, typesOnly bool) {
	h, ok := plugin.As[plugin.ComputeHost](s.plugins())
	if !ok || op.Internal || op.Search == nil || !h.Computes() {
		return
	}
	names := op.Search.Attrs
	if len(names) == 0 {
		names = []string{"*"}
	}
	for _, name := range names {
		if name == "+" || name == "1.1" {
			continue
		}
		for _, a := range h.Compute(op, e, name) {
			if d, err := s.Schema().Describe(a.Type); err == nil {
				if _, asked := sel.takes(d); !asked && !strings.EqualFold(a.Type, name) || !ask.attr(e, d.Type, d.Options, nil, acl.PrivRead) {
					continue
				}
			}
			if typesOnly {
				a.Values = nil
			}
			at := slices.IndexFunc(msg.Attrs, func(b wire.Attribute) bool { return strings.EqualFold(a.Type, b.Type) })
			if at < 0 {
				msg.Attrs = append(msg.Attrs, a)
			} else {
				msg.Attrs[at].Values = append(msg.Attrs[at].Values[:len(msg.Attrs[at].Values):len(msg.Attrs[at].Values)], a.Values...)
			}
		}
	}
}
