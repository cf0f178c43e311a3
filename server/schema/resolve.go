package schema

import (
	"errors"
	"fmt"
	"strings"
)

// Errors of adding an element.
var (
	ErrDuplicate = errors.New("already defined")
	ErrUnknown   = errors.New("not defined")
)

// AddAttributeType adds the type of an RFC 4512 AttributeTypeDescription. A
// definition with the OID of a built-in type is skipped without an error; any
// other OID or name that is taken gives ErrDuplicate, a reference to something
// that is not there ErrUnknown (both wrapped).
func (s *Schema) AddAttributeType(def string) error {
	d, err := parseDefinition(def, attributeElement)
	if err != nil {
		return err
	}
	if err := s.addType(d); err != nil {
		return err
	}
	s.share()
	return nil
}

func (s *Schema) addType(d *definition) error {
	if err := s.expand(&d.oid); err != nil {
		return err
	}
	skip, err := taken(s.types, d, func(t *AttributeType) (string, bool) { return t.OID, t.def != nil && t.def.builtin })
	if skip || err != nil {
		return err
	}
	t, err := s.resolveType(d, true)
	if err != nil {
		return err
	}
	s.putType(t)
	return nil
}

// AddObjectClass adds the class of an RFC 4512 ObjectClassDescription, under
// the same conditions as AddAttributeType.
func (s *Schema) AddObjectClass(def string) error {
	d, err := parseDefinition(def, classElement)
	if err != nil {
		return err
	}
	if err := s.addClass(d); err != nil {
		return err
	}
	s.share()
	return nil
}

func (s *Schema) addClass(d *definition) error {
	if err := s.expand(&d.oid); err != nil {
		return err
	}
	skip, err := taken(s.classes, d, func(c *ObjectClass) (string, bool) { return c.OID, c.def != nil && c.def.builtin })
	if skip || err != nil {
		return err
	}
	c, err := s.resolveClass(d)
	if err != nil {
		return err
	}
	s.putClass(c)
	return nil
}

// taken looks for an element with d's OID or one of its names. skip: d repeats
// a built-in one.
func taken[T any](m map[string]*T, d *definition, info func(*T) (oid string, builtin bool)) (skip bool, err error) {
	if v := lookup(m, d.oid); v != nil {
		oid, builtin := info(v)
		if builtin && strings.EqualFold(oid, d.oid) {
			return true, nil
		}
		return false, fmt.Errorf("OID %s: %w", d.oid, ErrDuplicate)
	}
	for _, n := range d.names {
		if lookup(m, n) != nil {
			return false, fmt.Errorf("name %s: %w", n, ErrDuplicate)
		}
	}
	return false, nil
}

// AddSyntax adds the syntax of an RFC 4512 SyntaxDescription. Its values are
// checked as those of the syntax that X-SUBST names, else not at all. The OID of
// a built-in syntax is skipped.
func (s *Schema) AddSyntax(def string) error {
	d, err := parseDefinition(def, syntaxElement)
	if err != nil {
		return err
	}
	return s.addSyntax(d)
}

func (s *Schema) addSyntax(d *definition) error {
	if err := s.expand(&d.oid); err != nil {
		return err
	}
	if x := s.Syntax(d.oid); x != nil {
		if x.builtin {
			return nil
		}
		return fmt.Errorf("syntax %s: %w", d.oid, ErrDuplicate)
	}
	x := &Syntax{OID: d.oid, Desc: d.desc, Extensions: d.extensions}
	for _, e := range d.extensions {
		if !strings.EqualFold(e.Name, "X-SUBST") || len(e.Values) != 1 {
			continue
		}
		oid := e.Values[0]
		if err := s.expand(&oid); err != nil {
			return err
		}
		like := s.Syntax(oid)
		if like == nil {
			return fmt.Errorf("syntax %s: %w", oid, ErrUnknown)
		}
		x.Validate, x.Binary = like.Validate, like.Binary
	}
	s.putSyntax(x)
	return nil
}

// AddObjectIdentifier gives an OID, or the beginning of OIDs, a name for later
// definitions: "name" and "name:1.2" may then stand where an OID does. oid may
// itself be of that form.
func (s *Schema) AddObjectIdentifier(name, oid string) error {
	if !isDescr(name) {
		return fmt.Errorf("%q is not a name", name)
	}
	if err := s.expand(&oid); err != nil {
		return err
	}
	if !IsNumericOID(oid) {
		return fmt.Errorf("%q is not an OID", oid)
	}
	key := strings.ToLower(name)
	if old, ok := s.macros[key]; ok {
		if old == oid {
			return nil
		}
		return fmt.Errorf("object identifier %s: %w", name, ErrDuplicate)
	}
	s.macros[key] = oid
	s.macroList = append(s.macroList, name)
	return nil
}

// ObjectIdentifiers gives the names of AddObjectIdentifier as "name oid", in order.
func (s *Schema) ObjectIdentifiers() []string {
	out := make([]string, len(s.macroList))
	for i, n := range s.macroList {
		out[i] = n + " " + s.macros[strings.ToLower(n)]
	}
	return out
}

// expand replaces a macro by its OID. Other words stay as they are.
func (s *Schema) expand(oid *string) error {
	if *oid == "" || isDigit((*oid)[0]) {
		return nil
	}
	name, rest, suffixed := strings.Cut(*oid, ":")
	v, ok := s.macros[strings.ToLower(name)]
	if !ok {
		if suffixed {
			return fmt.Errorf("object identifier %s: %w", name, ErrUnknown)
		}
		return nil
	}
	if suffixed {
		v += "." + rest
	}
	*oid = v
	return nil
}

// resolveType turns names into elements. strict refuses unknown matching rules
// and syntaxes, as OpenLDAP does; otherwise an unknown rule is left out and an
// unknown syntax is taken up by its name, as LDIF schema files want it.
func (s *Schema) resolveType(d *definition, strict bool) (*AttributeType, error) {
	t := &AttributeType{
		OID: d.oid, Names: d.names, Desc: d.desc, Obsolete: d.obsolete,
		SingleValue: d.single, Collective: d.collective, NoUserModification: d.noUserMod,
		Usage: d.usage, Extensions: d.extensions, Length: d.length, def: d,
	}
	if len(d.sups) > 0 {
		sup := d.sups[0]
		if err := s.expand(&sup); err != nil {
			return nil, err
		}
		if t.Sup = s.AttributeType(sup); t.Sup == nil {
			return nil, fmt.Errorf("supertype %s: %w", sup, ErrUnknown)
		}
		t.Equality, t.Ordering, t.Substr, t.Syntax = t.Sup.Equality, t.Sup.Ordering, t.Sup.Substr, t.Sup.Syntax
		if d.syntax == "" {
			t.Length = t.Sup.Length
		}
	}
	for _, r := range []struct {
		name string
		to   **MatchingRule
	}{{d.equality, &t.Equality}, {d.ordering, &t.Ordering}, {d.substr, &t.Substr}} {
		if r.name == "" {
			continue
		}
		name := r.name
		if err := s.expand(&name); err != nil {
			return nil, err
		}
		rule := s.MatchingRule(name)
		if rule == nil && strict {
			return nil, fmt.Errorf("matching rule %s: %w", r.name, ErrUnknown)
		}
		if rule != nil {
			*r.to = rule
		}
	}
	if d.syntax != "" {
		oid := d.syntax
		if err := s.expand(&oid); err != nil {
			return nil, err
		}
		x := s.Syntax(oid)
		if x == nil {
			if strict {
				return nil, fmt.Errorf("syntax %s: %w", d.syntax, ErrUnknown)
			}
			x = &Syntax{OID: oid, Desc: oid}
			s.putSyntax(x)
		}
		t.Syntax = x
	}
	if t.Syntax == nil {
		if strict {
			return nil, errors.New("neither a syntax nor a supertype")
		}
		t.Syntax = s.Syntax(oidDirectoryString)
	}
	if s.opt.compat389 {
		s.naturalRules(t)
	}
	return t, nil
}

// resolveClass turns names into elements.
func (s *Schema) resolveClass(d *definition) (*ObjectClass, error) {
	c := &ObjectClass{
		OID: d.oid, Names: d.names, Desc: d.desc, Obsolete: d.obsolete,
		Kind: d.kind, Extensions: d.extensions, def: d,
	}
	for _, n := range d.sups {
		if err := s.expand(&n); err != nil {
			return nil, err
		}
		sup := s.ObjectClass(n)
		if sup == nil {
			return nil, fmt.Errorf("superclass %s: %w", n, ErrUnknown)
		}
		c.Sups = append(c.Sups, sup)
	}
	var err error
	if c.Must, err = s.resolveTypes(d.must); err != nil {
		return nil, err
	}
	c.May, err = s.resolveTypes(d.may)
	return c, err
}

func (s *Schema) resolveTypes(names []string) ([]*AttributeType, error) {
	if len(names) == 0 {
		return nil, nil
	}
	out := make([]*AttributeType, 0, len(names))
	for _, n := range names {
		if err := s.expand(&n); err != nil {
			return nil, err
		}
		t := s.AttributeType(n)
		if t == nil {
			return nil, fmt.Errorf("attribute type %s: %w", n, ErrUnknown)
		}
		out = append(out, t)
	}
	return out, nil
}
