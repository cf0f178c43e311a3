package operation

import (
	"strings"

	"libslapi/server/entry"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// mayHaveOptions refuses an attribute description with an option that is not
// declared (the attributeoptions directive).
func (s *Server) mayHaveOptions(text string, d schema.Description) *wire.Error {
	if len(d.Options) == 0 || s.is389() {
		return nil
	}
	known := s.opts().AttributeOptions
	if known == nil {
		known = []string{"lang-"}
	}
next:
	for _, o := range d.Options {
		if o == "binary" {
			continue
		}
		for _, k := range known {
			if strings.EqualFold(o, k) || strings.HasSuffix(k, "-") && len(o) > len(k) && strings.EqualFold(o[:len(k)], k) {
				continue next
			}
		}
		return wire.Errorf(wire.UndefinedAttributeType, "%s: unrecognized option", text)
	}
	return nil
}

// sortValues puts the values of the attributes of sortvals in order.
func (s *Server) sortValues(e *entry.Entry) {
	for _, name := range s.opts().SortVals {
		if t := s.Schema().AttributeType(name); t != nil {
			e.SortValues(t)
		}
	}
}
