package entry

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// Style says whose rules and words a check follows where the two peers differ.
type Style int

const (
	// OpenLDAP wants one chain of structural classes (RFC 4512 section 2.4.2)
	// and knows every class and type.
	OpenLDAP Style = iota
	// DS389 lets structural classes be mixed; what is unknown violates the classes.
	DS389
)

// CheckSchema checks the entry against the schema as an add must: nil, or
// objectClassViolation naming class and attribute, undefinedAttributeType,
// invalidAttributeSyntax, constraintViolation for a second value of a
// single-valued type. Values that are known to be well-formed are not looked at
// again. The style is DS389 with a schema of schema.Compat389, else OpenLDAP.
func (e *Entry) CheckSchema(s *schema.Schema) *wire.Error {
	if s.Compat389() {
		return e.check389(s)
	}
	return e.checkOpenLDAP(s)
}

// CheckSchemaAs is CheckSchema in a given style.
func (e *Entry) CheckSchemaAs(s *schema.Schema, style Style) *wire.Error {
	if style == DS389 {
		return e.check389(s)
	}
	return e.checkOpenLDAP(s)
}

func (e *Entry) checkOpenLDAP(s *schema.Schema) *wire.Error {
	if err := e.checkTypes(s); err != nil {
		return err
	}
	for i := range e.Attrs {
		if a := &e.Attrs[i]; a.Type.SingleValue && len(a.Values) > 1 {
			return wire.Errorf(wire.ConstraintViolation, "attribute '%s' cannot have multiple values", a.Canonical())
		}
	}
	set, err := s.Classes(e.Values("objectClass"))
	if err != nil {
		var ce *schema.ClassError
		if errors.As(err, &ce) && ce.Problem == schema.UnknownClass {
			return wire.Errorf(wire.InvalidAttributeSyntax, "objectClass: value #%d invalid per syntax", ce.Index)
		}
		return wire.Errorf(wire.ObjectClassViolation, "%v", err)
	}
	for _, oc := range set.Classes {
		if oc.Obsolete {
			return wire.Errorf(wire.ObjectClassViolation, "objectClass '%s' is OBSOLETE", oc.Name())
		}
	}
	return e.checkContent(set, "object class '%s' requires attribute '%s'", "attribute '%s' not allowed")
}

// checkTypes checks what each attribute is by itself: a known type, values of
// its syntax, no value twice.
func (e *Entry) checkTypes(s *schema.Schema) *wire.Error {
	for i := range e.Attrs {
		a := &e.Attrs[i]
		if a.valid {
			continue
		}
		if a.Type.Unknown {
			return wire.Errorf(wire.UndefinedAttributeType, "%s: attribute type undefined", a.Desc)
		}
		name := a.Canonical()
		if err := checkSyntax(a.Type, name, a.Values); err != nil {
			return err
		}
		if a.Type.SingleValue && len(a.Values) > 1 {
			return wire.Errorf(wire.ConstraintViolation, "%s: multiple values provided", name)
		}
		if j := duplicate(a.Type, a.Values); j >= 0 {
			return wire.Errorf(wire.AttributeOrValueExists, "%s: value #%d provided more than once", name, j)
		}
	}
	return nil
}

// checkContent checks that every required attribute is there and that every
// user attribute is allowed. missing gets the class and the attribute, extra
// the attribute.
func (e *Entry) checkContent(set *schema.ClassSet, missing, extra string) *wire.Error {
	for _, t := range set.Required() {
		if !e.present(t) {
			return wire.Errorf(wire.ObjectClassViolation, missing, requirer(set, t), t.Name())
		}
	}
	for i := range e.Attrs {
		if a := &e.Attrs[i]; !set.Allowed(a.Type) {
			return wire.Errorf(wire.ObjectClassViolation, extra, a.Canonical())
		}
	}
	return nil
}

func (e *Entry) present(t *schema.AttributeType) bool {
	for i := range e.Attrs {
		if sameType(e.Attrs[i].Type, t) {
			return true
		}
	}
	return false
}

// requirer names the first of the classes named that wants t, itself or
// through a superclass.
func requirer(set *schema.ClassSet, t *schema.AttributeType) string {
	for _, oc := range set.Classes {
		if wants(oc, t) {
			return oc.Name()
		}
	}
	if set.Structural != nil { // the content rule wants it
		return set.Structural.Name()
	}
	return ""
}

func wants(oc *schema.ObjectClass, t *schema.AttributeType) bool {
	for _, m := range oc.Must {
		if sameType(m, t) {
			return true
		}
	}
	for _, sup := range oc.Sups {
		if wants(sup, t) {
			return true
		}
	}
	return false
}

// CheckContent389 is ns-slapd's check of an entry against its object classes
// alone: the values may be anything (slapi_entry_schema_check).
func (e *Entry) CheckContent389(s *schema.Schema) *wire.Error { return e.checkAs389(s, false) }

// check389 is CheckSchema as ns-slapd does it.
func (e *Entry) check389(s *schema.Schema) *wire.Error { return e.checkAs389(s, true) }

func (e *Entry) checkAs389(s *schema.Schema, values bool) *wire.Error {
	classes := e.Values("objectClass")
	if len(classes) == 0 {
		return wire.Errorf(wire.ObjectClassViolation, "missing required attribute \"objectclass\"")
	}
	for i := range e.Attrs {
		if a := &e.Attrs[i]; !a.valid && duplicate(a.Type, a.Values) >= 0 {
			return wire.Errorf(wire.AttributeOrValueExists, "")
		}
	}
	set, err := s.Classes(classes)
	var ce *schema.ClassError
	if errors.As(err, &ce) && ce.Problem == schema.UnknownClass {
		return wire.Errorf(wire.ObjectClassViolation, "%v", err)
	}
	const missing = "missing attribute \"%[2]s\" required by object class \"%[1]s\""
	for _, oc := range set.Classes {
		if t := e.lacks389(oc); t != nil {
			return wire.Errorf(wire.ObjectClassViolation, missing, oc.Name(), t.Name())
		}
	}
	if err := e.checkContent(set, missing, "attribute \"%s\" not allowed"); err != nil {
		return err
	}
	for i := range e.Attrs {
		a := &e.Attrs[i]
		if a.Type.SingleValue && len(a.Values) > 1 {
			return wire.Errorf(wire.ObjectClassViolation, "single-valued attribute \"%s\" has multiple values", a.Canonical())
		}
		if a.valid || !values {
			continue
		}
		if err := checkSyntax(a.Type, a.Canonical(), a.Values); err != nil {
			return err
		}
	}
	return nil
}

// lacks389 finds a required attribute of a class that the entry lacks: ns-slapd
// looks at them from the last to the first.
func (e *Entry) lacks389(oc *schema.ObjectClass) *schema.AttributeType {
	for i := len(oc.Must) - 1; i >= 0; i-- {
		if !e.present(oc.Must[i]) {
			return oc.Must[i]
		}
	}
	for _, sup := range oc.Sups {
		if t := e.lacks389(sup); t != nil {
			return t
		}
	}
	return nil
}

// StructuralClass is the structural object class of the entry: the one of which
// its other structural classes are superclasses. nil when there is none.
func (e *Entry) StructuralClass(s *schema.Schema) *schema.ObjectClass {
	set, _ := s.Classes(e.Values("objectClass"))
	return set.Structural
}

// CheckStructural refuses (objectClassModsProhibited) a structural class other
// than the one that the entry had before, as RFC 4512 section 2.4.2 wants it.
func (e *Entry) CheckStructural(s *schema.Schema, before *Entry) *wire.Error {
	was, is := before.StructuralClass(s), e.StructuralClass(s)
	if was == nil || is == nil || was == is || was.OID == is.OID || s.Compat389() {
		return nil
	}
	return wire.Errorf(wire.ObjectClassModsProhibited, "structural object class modification from '%s' to '%s' not allowed", was.Name(), is.Name())
}

// CheckNaming checks the entry against its RDN (RFC 4512 section 2.3): every
// naming attribute is a user attribute with an equality rule, and its value is
// in the entry. With add, values that are missing are added. namingViolation
// tells what is wrong.
func (e *Entry) CheckNaming(s *schema.Schema, add bool) *wire.Error {
	if e.Name.IsRoot() {
		return nil
	}
	first, _ := dn.SplitPretty(e.Name.Pretty)
	rdn, err := dn.ParseRDN(first)
	if err != nil {
		return wire.Errorf(wire.InvalidDNSyntax, "invalid DN")
	}
	for _, ava := range rdn {
		d, err := s.Describe(ava.Type)
		if err != nil || len(d.Options) > 0 {
			return wire.Errorf(wire.InvalidDNSyntax, "invalid DN")
		}
		name := d.Type.Name()
		switch {
		case d.Type.Operational():
			return wire.Errorf(wire.NamingViolation, "naming attribute '%s' is operational", name)
		case d.Type.Collective:
			return wire.Errorf(wire.NamingViolation, "naming attribute '%s' is collective", name)
		case d.Type.Obsolete:
			return wire.Errorf(wire.NamingViolation, "naming attribute '%s' is obsolete", name)
		case d.Type.Equality == nil:
			return wire.Errorf(wire.NamingViolation, "naming attribute '%s' has no equality matching rule", name)
		}
		a := e.Get(d)
		if a != nil {
			if ok, _ := a.Has(ava.Value); ok {
				continue
			}
		}
		switch {
		case add && (a == nil || !d.Type.SingleValue):
			if err := e.Add(s, ava.Type, bytes.Clone(ava.Value)); err != nil {
				return wire.Errorf(wire.NamingViolation, "naming attribute '%s' cannot be added", name)
			}
		case a == nil:
			return wire.Errorf(wire.NamingViolation, "naming attribute '%s' is not present in entry", name)
		default:
			return wire.Errorf(wire.NamingViolation, "value of naming attribute '%s' is not present in entry", name)
		}
	}
	return nil
}

// AddSuperclasses adds to objectClass the superclasses of the classes listed,
// as 389 does when an entry is added. Unknown classes are left as they are.
func (e *Entry) AddSuperclasses(s *schema.Schema) {
	a := e.Find("objectClass")
	if a == nil {
		return
	}
	have := map[string]bool{}
	for _, v := range a.Values {
		have[strings.ToLower(string(v))] = true
	}
	values := a.Values[:len(a.Values):len(a.Values)]
	var walk func(oc *schema.ObjectClass)
	walk = func(oc *schema.ObjectClass) {
		for _, sup := range oc.Sups {
			known := false
			for _, n := range slices.Concat(sup.Names, []string{sup.OID}) {
				known = known || have[strings.ToLower(n)]
			}
			if !known {
				have[strings.ToLower(sup.Name())] = true
				values = append(values, []byte(sup.Name()))
			}
			walk(sup)
		}
	}
	for _, v := range a.Values {
		if oc := s.ObjectClass(string(v)); oc != nil {
			walk(oc)
		}
	}
	a.Values = values
}

// CanonicalNames gives every attribute its description in the schema's
// spelling, options in lower case, as both peers store them.
func (e *Entry) CanonicalNames() {
	for i := range e.Attrs {
		e.Attrs[i].Desc = e.Attrs[i].Canonical()
	}
}
