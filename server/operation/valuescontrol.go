package operation

import (
	"libslapi/server/ber"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// Matched values (RFC 3876): of the attributes of an entry only the values go out
// that match one of the items of the control.

// maxValueFilters bounds the items of one control.
const maxValueFilters = 100

func readMatchedValues(s *Server, _ *plugin.Operation, c *controls, ctl *wire.Control) *wire.Error {
	bad := wire.Errorf(wire.ProtocolError, "valuesReturnFilter control: decoding error")
	cur := ber.NewCursor(ctl.Value)
	seq := cur.Enter(ber.TagSequence)
	c.values = []*filter.Node{}
	for seq.More() {
		if len(c.values) == maxValueFilters {
			return wire.Errorf(wire.AdminLimitExceeded, "valuesReturnFilter control: too many items")
		}
		f, err := filter.Decode(seq.Raw())
		if err != nil || seq.Err() != nil {
			return bad
		}
		switch f.Kind {
		case filter.And, filter.Or, filter.Not:
			return bad
		case filter.Extensible:
			if f.DNAttrs {
				return bad
			}
		}
		if err := f.Resolve(s.Schema(), s.plugins()); err != nil {
			return asError(err)
		}
		c.values = append(c.values, f)
	}
	if seq.Err() != nil || cur.Err() != nil || len(c.values) == 0 {
		return bad
	}
	return nil
}

// matching are those of the values that one of the filters wants.
func matching(filters []*filter.Node, t *schema.AttributeType, options []string, desc string, values [][]byte) [][]byte {
	var out [][]byte
	one := entry.Entry{Attrs: []entry.Attr{{Type: t, Options: options, Desc: desc}}}
	for i, v := range values {
		one.Attrs[0].Values = values[i : i+1 : i+1]
		for _, f := range filters {
			if ok, err := f.Match(&one, nil); err == nil && ok == filter.True {
				out = append(out, v)
				break
			}
		}
	}
	return out
}
