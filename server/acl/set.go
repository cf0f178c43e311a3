package acl

import (
	"fmt"

	"libslapi/server/schema"
)

// Set is the access list of a database: its own directives, then the global
// ones. It is immutable and may be used by any goroutine.
type Set struct {
	rules []*Rule
	empty bool // no directive at all: everybody may read
}

// NewSet prepares directives for use with a schema. Directives are shared by
// several sets freely: a Set works on copies. An error names the directive's
// place.
func NewSet(s *schema.Schema, own, global []*Rule) (*Set, error) {
	set := &Set{}
	for _, list := range [2][]*Rule{own, global} {
		for _, r := range list {
			c := *r
			if err := c.resolve(s); err != nil {
				if r.where != "" {
					return nil, fmt.Errorf("%s: access: %w", r.where, err)
				}
				return nil, fmt.Errorf("access: %w", err)
			}
			set.rules = append(set.rules, &c)
		}
	}
	set.empty = len(set.rules) == 0
	return set, nil
}

// ReadAll tells whether the set grants everybody to read everything, so that
// entries need no looking at.
func (s *Set) ReadAll() bool { return s == nil || s.empty }

func (r *Rule) resolve(s *schema.Schema) error {
	if r.dn != nil {
		p := *r.dn
		var err error
		if p.style == regex {
			err = p.compile()
		} else {
			err = p.resolve(s)
		}
		if err != nil {
			return err
		}
		r.dn = &p
	}
	if r.val != nil {
		if err := r.resolveValue(s); err != nil {
			return err
		}
	}
	w := what{all: r.attrs == nil}
	if r.filter != nil {
		w.filter = r.filter.Clone()
		if err := w.filter.Resolve(s, nil); err != nil {
			return fmt.Errorf("filter %s: %w", r.filter, err)
		}
	}
	for _, name := range r.attrs {
		if err := w.add(s, name); err != nil {
			return err
		}
	}
	r.what = w
	r.clauses = append([]clause(nil), r.clauses...)
	for i := range r.clauses {
		c := &r.clauses[i]
		c.whos = append([]who(nil), c.whos...)
		for j := range c.whos {
			if err := c.whos[j].resolve(s); err != nil {
				return err
			}
		}
	}
	return nil
}
