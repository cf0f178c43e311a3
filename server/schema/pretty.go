package schema

import (
	"slices"
	"strings"

	"libslapi/server/dn"
)

// PrettyName implements dn.Pretty. As OpenLDAP shows names, attribute types
// have the schema's spelling and the values of a relative name the order of
// their types; with Compat389 a name is shown as it was written.
func (s *Schema) PrettyName(d dn.DN) dn.DN {
	if s.opt.compat389 {
		return d
	}
	var out dn.DN
	for i, r := range d {
		if s.spelled(r) {
			continue
		}
		if out == nil {
			out = slices.Clone(d)
		}
		r = slices.Clone(r)
		for j, a := range r {
			if t := s.AttributeType(a.Type); t != nil {
				r[j].Type = t.Name()
			}
		}
		slices.SortStableFunc(r, func(a, b dn.AVA) int {
			return strings.Compare(strings.ToLower(a.Type), strings.ToLower(b.Type))
		})
		out[i] = r
	}
	if out == nil {
		return d
	}
	return out
}

// spelled tells whether r is shown as it is. A relative name of several values
// is always looked at closely.
func (s *Schema) spelled(r dn.RDN) bool {
	if len(r) > 1 {
		return false
	}
	t := s.AttributeType(r[0].Type)
	return t == nil || t.Name() == r[0].Type
}
