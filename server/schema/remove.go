package schema

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrInUse tells that something else refers to the element to be removed.
var ErrInUse = errors.New("in use")

// RemoveAttributeType takes out the type of a name or OID. A built-in type and
// one that a subtype, a class or a rule refers to stay (ErrInUse).
func (s *Schema) RemoveAttributeType(name string) error {
	t := s.AttributeType(name)
	if t == nil {
		return fmt.Errorf("attribute type %s: %w", name, ErrUnknown)
	}
	if t.def != nil && t.def.builtin {
		return fmt.Errorf("attribute type %s is built in: %w", name, ErrInUse)
	}
	for _, o := range s.typeList {
		if o.Sup == t {
			return fmt.Errorf("attribute type %s, by its subtype %s: %w", name, o.Name(), ErrInUse)
		}
	}
	for _, c := range s.classList {
		if slices.Contains(c.Must, t) || slices.Contains(c.May, t) {
			return fmt.Errorf("attribute type %s, by object class %s: %w", name, c.Name(), ErrInUse)
		}
	}
	for _, r := range s.contentRules {
		if slices.Contains(r.Must, t) || slices.Contains(r.May, t) || slices.Contains(r.Not, t) {
			return fmt.Errorf("attribute type %s, by content rule %s: %w", name, r.Name(), ErrInUse)
		}
	}
	for _, f := range s.nameForms {
		if slices.Contains(f.Must, t) || slices.Contains(f.May, t) {
			return fmt.Errorf("attribute type %s, by name form %s: %w", name, f.OID, ErrInUse)
		}
	}
	s.typeList = slices.DeleteFunc(s.typeList, func(o *AttributeType) bool { return o == t })
	unfile(s.types, t)
	s.share()
	return nil
}

// RemoveObjectClass takes out the class of a name or OID. A built-in class and
// one that a subclass or a rule refers to stay (ErrInUse).
func (s *Schema) RemoveObjectClass(name string) error {
	c := s.ObjectClass(name)
	if c == nil {
		return fmt.Errorf("object class %s: %w", name, ErrUnknown)
	}
	if c.def != nil && c.def.builtin {
		return fmt.Errorf("object class %s is built in: %w", name, ErrInUse)
	}
	for _, o := range s.classList {
		if slices.Contains(o.Sups, c) {
			return fmt.Errorf("object class %s, by its subclass %s: %w", name, o.Name(), ErrInUse)
		}
	}
	for _, r := range s.contentRules {
		if strings.EqualFold(r.OID, c.OID) || slices.Contains(r.Aux, c) {
			return fmt.Errorf("object class %s, by content rule %s: %w", name, r.Name(), ErrInUse)
		}
	}
	for _, f := range s.nameForms {
		if f.Class == c {
			return fmt.Errorf("object class %s, by name form %s: %w", name, f.OID, ErrInUse)
		}
	}
	s.classList = slices.DeleteFunc(s.classList, func(o *ObjectClass) bool { return o == c })
	unfile(s.classes, c)
	s.share()
	return nil
}

func unfile[T any](m map[string]*T, v *T) {
	for k, o := range m {
		if o == v {
			delete(m, k)
		}
	}
}

// Define adds or replaces one element of a subschema attribute (attributeTypes,
// objectClasses, ldapSyntaxes, dITContentRules, nameForms, dITStructureRules),
// under the rules of LoadLDIF: how a client changes the schema through the
// subschema entry.
func (s *Schema) Define(attribute, definition string) error {
	set := &ldifSet{}
	if err := set.add(attribute, definition, ""); err != nil {
		return err
	}
	if len(set.types)+len(set.classes)+len(set.syntaxes)+len(set.content)+len(set.forms)+len(set.structure) == 0 {
		return fmt.Errorf("no schema elements in attribute %s", attribute)
	}
	// What only is added leaves everybody else's pointers as they are.
	for _, d := range set.types {
		if s.AttributeType(d.oid) == nil && s.free(d.names) {
			return s.AddAttributeType(definition)
		}
	}
	for _, d := range set.classes {
		if s.ObjectClass(d.oid) == nil && !slices.ContainsFunc(d.names, func(n string) bool { return s.ObjectClass(n) != nil }) {
			return s.AddObjectClass(definition)
		}
	}
	return s.apply(set)
}

func (s *Schema) free(names []string) bool {
	return !slices.ContainsFunc(names, func(n string) bool { return s.AttributeType(n) != nil })
}
