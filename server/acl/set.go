package acl

import (
	"fmt"
	"regexp"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/filter"
	"libslapi/server/schema"
)

// what is the prepared <what> part of a Rule.
type what struct {
	filter  *filter.Node
	types   []*schema.AttributeType // with their subtypes
	options [][]string              // of types, same index
	classes []classSel
	entry   bool // the pseudo attributes named
	child   bool
	all     bool
}

// classSel stands for the attributes of an object class, or for all others.
type classSel struct {
	class *schema.ObjectClass
	not   bool
	all   bool // extensibleObject
}

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
	var err error
	if r.dn != nil {
		p := *r.dn
		if err = p.resolve(s); err != nil {
			return err
		}
		r.dn = &p
	}
	if r.val != nil {
		p := *r.val
		if err = p.resolveValue(s, r.attrs[0]); err != nil {
			return err
		}
		r.val = &p
	}
	w := what{all: r.attrs == nil}
	if r.filter != nil {
		w.filter = r.filter.Clone()
		if err = w.filter.Resolve(s, nil); err != nil {
			return fmt.Errorf("filter %s: %w", r.filter, err)
		}
	}
	for _, name := range r.attrs {
		if err = w.add(s, name); err != nil {
			return err
		}
	}
	r.what = w
	r.clauses = append([]clause(nil), r.clauses...)
	for i := range r.clauses {
		c := &r.clauses[i]
		c.whos = append([]who(nil), c.whos...)
		for j := range c.whos {
			if err = c.whos[j].resolve(s); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *what) add(s *schema.Schema, name string) error {
	switch {
	case strings.EqualFold(name, "entry"):
		w.entry = true
		return nil
	case strings.EqualFold(name, "children"):
		w.child = true
		return nil
	case name != "" && (name[0] == '@' || name[0] == '!'):
		class := s.ObjectClass(name[1:])
		if class == nil {
			return fmt.Errorf("unknown object class %q", name[1:])
		}
		w.addClass(class, name[0] == '!')
		return nil
	}
	desc, err := s.Describe(name)
	if err == nil && !desc.Type.Unknown {
		w.types = append(w.types, desc.Type)
		w.options = append(w.options, desc.Options)
		return nil
	}
	if class := s.ObjectClass(name); class != nil {
		w.addClass(class, false)
		return nil
	}
	return fmt.Errorf("unknown attribute or object class %q", name)
}

func (w *what) addClass(class *schema.ObjectClass, not bool) {
	all := strings.EqualFold(class.Name(), "extensibleObject")
	if all && !not {
		w.entry, w.child = true, true
	}
	w.classes = append(w.classes, classSel{class: class, not: not, all: all})
}

func (c classSel) has(t *schema.AttributeType) bool {
	return (c.all || classLists(c.class, t)) != c.not
}

// classLists tells whether a class requires or allows t itself, superclasses
// included.
func classLists(c *schema.ObjectClass, t *schema.AttributeType) bool {
	for _, list := range [2][]*schema.AttributeType{c.Must, c.May} {
		for _, a := range list {
			if t.Is(a) {
				return true
			}
		}
	}
	for _, sup := range c.Sups {
		if classLists(sup, t) {
			return true
		}
	}
	return false
}

func (w *who) resolve(s *schema.Schema) error {
	switch w.kind {
	case "dn":
		return w.pat.resolve(s)
	case "group":
		if s.ObjectClass(w.class) == nil {
			return fmt.Errorf("unknown object class %q", w.class)
		}
		if s.AttributeType(w.attr) == nil {
			return fmt.Errorf("unknown attribute %q", w.attr)
		}
		return w.pat.resolve(s)
	case "dnattr":
		if s.AttributeType(w.attr) == nil {
			return fmt.Errorf("unknown attribute %q", w.attr)
		}
	case "peername", "sockname", "sockurl":
		if w.pat.style == regex {
			return w.pat.compile()
		}
	}
	return nil
}

func (p *pattern) resolve(s *schema.Schema) error {
	if p.style == regex {
		if strings.Contains(p.text, "$") && expandable.MatchString(p.text) {
			p.expand = true // submatches of <what> come in before it is compiled
			return nil
		}
		return p.compile()
	}
	if p.expand {
		return nil
	}
	name, err := dn.NewName(p.text, s)
	if err != nil {
		return fmt.Errorf("dn %q: %w", p.text, err)
	}
	p.norm = name.Norm
	return nil
}

// expandable finds references to submatches; "$$" is a plain "$".
var expandable = regexp.MustCompile(`\$(\d|\{[dv]?\d+\}|\$)`)

func (p *pattern) compile() error {
	re, err := compile(p.text)
	if err != nil {
		return fmt.Errorf("regular expression %q: %w", p.text, err)
	}
	p.re = re
	return nil
}

func compile(text string) (*regexp.Regexp, error) { return regexp.Compile("(?i)" + text) }

func (p *pattern) resolveValue(s *schema.Schema, attr string) error {
	if p.style == regex {
		return p.compile()
	}
	t := s.AttributeType(attr)
	if t == nil {
		return fmt.Errorf("unknown attribute %q", attr)
	}
	if p.style != exact {
		name, err := dn.NewName(p.text, s)
		if err != nil {
			return fmt.Errorf("val %q: %w", p.text, err)
		}
		p.norm = name.Norm
		return nil
	}
	key, err := t.EqualityKey([]byte(p.text))
	if err != nil {
		return fmt.Errorf("val %q: %w", p.text, err)
	}
	p.norm = string(key)
	return nil
}
