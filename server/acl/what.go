package acl

import (
	"fmt"
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

func (w *what) add(s *schema.Schema, name string) error {
	switch {
	case strings.EqualFold(name, AttrEntry):
		w.entry = true
		return nil
	case strings.EqualFold(name, AttrChildren):
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
	if all != not { // all of them, or all that no class lists
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

// has tells whether the attribute asked about is among those named.
func (w *what) has(req *Request) bool {
	if w.all {
		return true
	}
	if req.Type == nil {
		return req.Pseudo == AttrEntry && w.entry || req.Pseudo == AttrChildren && w.child
	}
	for i, t := range w.types {
		if req.Type.Is(t) && holdsOptions(req.Options, w.options[i]) {
			return true
		}
	}
	for _, c := range w.classes {
		if c.has(req.Type) {
			return true
		}
	}
	return false
}

func holdsOptions(have, want []string) bool {
next:
	for _, o := range want {
		for _, h := range have {
			if h == o {
				continue next
			}
		}
		return false
	}
	return true
}

// matches tells whether a directive is about what is asked.
func (r *Rule) matches(req *Request) bool {
	if r.dn != nil && !r.dn.matchesEntry(req.Entry.Name.Norm) {
		return false
	}
	if !r.what.has(req) {
		return false
	}
	if r.val != nil && (req.Value == nil || !r.matchesValue(req)) {
		return false
	}
	if r.what.filter != nil {
		truth, err := r.what.filter.Match(req.Entry, nil)
		return err == nil && truth == filter.True
	}
	return true
}

func (p *pattern) matchesEntry(norm string) bool {
	if p.style == regex {
		return p.re.MatchString(norm)
	}
	return matchName(p.style, p.level, norm, p.norm)
}

func (r *Rule) matchesValue(req *Request) bool {
	p := r.val
	switch p.style {
	case regex:
		return p.re.Match(req.Value)
	case exact:
		key, err := r.valueKey(req.Type, req.Value)
		return err == nil && string(key) == p.norm
	}
	name, err := dn.NewName(string(req.Value), req.Schema)
	return err == nil && matchName(p.style, p.level, name.Norm, p.norm)
}

// valueKey is the normal form of a value by the directive's matching rule, or
// by its attribute's.
func (r *Rule) valueKey(t *schema.AttributeType, v []byte) ([]byte, error) {
	if r.valRule != nil {
		return r.valRule.Normalize(v)
	}
	return t.EqualityKey(v)
}

// resolveValue prepares val=.
func (r *Rule) resolveValue(s *schema.Schema) error {
	p := *r.val
	r.val = &p
	desc, err := s.Describe(r.attrs[0])
	if err != nil || desc.Type.Unknown {
		return fmt.Errorf("unknown attribute %q", r.attrs[0])
	}
	if r.valMatch != "" {
		if r.valRule = s.MatchingRule(r.valMatch); r.valRule == nil {
			return fmt.Errorf("unknown matching rule %q", r.valMatch)
		}
		if r.valRule.Use != schema.UseEquality || r.valRule != desc.Type.Equality && r.valRule.Syntax != desc.Type.Syntax {
			return fmt.Errorf("matching rule %q does not go with attribute %q", r.valMatch, r.attrs[0])
		}
	}
	switch p.style {
	case regex:
		return p.compile()
	case exact:
		key, err := r.valueKey(desc.Type, []byte(p.text))
		if err != nil {
			return fmt.Errorf("val %q: %w", p.text, err)
		}
		p.norm = string(key)
		return nil
	}
	if !holdsNames(desc.Type) {
		return fmt.Errorf("val: the style needs an attribute that holds names, %q does not", r.attrs[0])
	}
	name, err := dn.NewName(p.text, s)
	if err != nil {
		return fmt.Errorf("val %q: %w", p.text, err)
	}
	p.norm = name.Norm
	return nil
}
