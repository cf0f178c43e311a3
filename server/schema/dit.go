package schema

import (
	"fmt"
	"strconv"
	"strings"
)

// ContentRule is a DIT content rule (RFC 4512 section 4.1.6): what entries of
// one structural class may hold beyond, or instead of, what their classes say.
type ContentRule struct {
	OID            string // of the structural class
	Names          []string
	Desc           string
	Obsolete       bool
	Aux            []*ObjectClass
	Must, May, Not []*AttributeType
	Extensions     []Extension

	def *definition
}

// Name is the first name, or the OID.
func (r *ContentRule) Name() string {
	if len(r.Names) > 0 {
		return r.Names[0]
	}
	return r.OID
}

// NameForm is a name form (RFC 4512 section 4.1.7.2).
type NameForm struct {
	OID        string
	Names      []string
	Desc       string
	Obsolete   bool
	Class      *ObjectClass
	Must, May  []*AttributeType
	Extensions []Extension

	def *definition
}

// StructureRule is a DIT structure rule (RFC 4512 section 4.1.7.1).
type StructureRule struct {
	ID         int
	Names      []string
	Desc       string
	Obsolete   bool
	Form       *NameForm
	Sups       []int
	Extensions []Extension
}

// AddContentRule adds a DITContentRuleDescription. Entries are held against it
// by Classes.
func (s *Schema) AddContentRule(def string) error {
	d, err := parseDefinition(def, contentRuleElement)
	if err != nil {
		return err
	}
	if err := s.addContentRule(d); err != nil {
		return err
	}
	s.share()
	return nil
}

func (s *Schema) addContentRule(d *definition) error {
	r, err := s.resolveContentRule(d)
	if err != nil {
		return err
	}
	key := strings.ToLower(r.OID)
	if s.contentByOID[key] != nil {
		return fmt.Errorf("content rule %s: %w", r.OID, ErrDuplicate)
	}
	s.contentByOID[key] = r
	s.contentRules = append(s.contentRules, r)
	return nil
}

func (s *Schema) resolveContentRule(d *definition) (*ContentRule, error) {
	if err := s.expand(&d.oid); err != nil {
		return nil, err
	}
	class := s.ObjectClass(d.oid)
	if class == nil {
		return nil, fmt.Errorf("object class %s: %w", d.oid, ErrUnknown)
	}
	if class.Kind != Structural {
		return nil, fmt.Errorf("object class %s is not structural", d.oid)
	}
	r := &ContentRule{OID: class.OID, Names: d.names, Desc: d.desc, Obsolete: d.obsolete, Extensions: d.extensions, def: d}
	for _, n := range d.aux {
		if err := s.expand(&n); err != nil {
			return nil, err
		}
		c := s.ObjectClass(n)
		if c == nil {
			return nil, fmt.Errorf("object class %s: %w", n, ErrUnknown)
		}
		if c.Kind != Auxiliary {
			return nil, fmt.Errorf("object class %s is not auxiliary", n)
		}
		r.Aux = append(r.Aux, c)
	}
	var err error
	if r.Must, err = s.resolveTypes(d.must); err != nil {
		return nil, err
	}
	if r.May, err = s.resolveTypes(d.may); err != nil {
		return nil, err
	}
	r.Not, err = s.resolveTypes(d.not)
	return r, err
}

// AddNameForm adds a NameFormDescription, for the subschema entry.
func (s *Schema) AddNameForm(def string) error {
	d, err := parseDefinition(def, nameFormElement)
	if err != nil {
		return err
	}
	return s.addNameForm(d)
}

func (s *Schema) addNameForm(d *definition) error {
	if err := s.expand(&d.oid); err != nil {
		return err
	}
	for _, f := range s.nameForms {
		if strings.EqualFold(f.OID, d.oid) {
			return fmt.Errorf("name form %s: %w", d.oid, ErrDuplicate)
		}
	}
	f := &NameForm{OID: d.oid, Names: d.names, Desc: d.desc, Obsolete: d.obsolete, Extensions: d.extensions, def: d}
	if f.Class = s.ObjectClass(d.oc); f.Class == nil {
		return fmt.Errorf("object class %s: %w", d.oc, ErrUnknown)
	}
	var err error
	if f.Must, err = s.resolveTypes(d.must); err != nil {
		return err
	}
	if f.May, err = s.resolveTypes(d.may); err != nil {
		return err
	}
	s.nameForms = append(s.nameForms, f)
	return nil
}

// AddStructureRule adds a DITStructureRuleDescription, for the subschema entry.
func (s *Schema) AddStructureRule(def string) error {
	d, err := parseDefinition(def, structureRuleElement)
	if err != nil {
		return err
	}
	return s.addStructureRule(d)
}

func (s *Schema) addStructureRule(d *definition) error {
	r := &StructureRule{ID: d.ruleid, Names: d.names, Desc: d.desc, Obsolete: d.obsolete, Extensions: d.extensions}
	for _, o := range s.structureRules {
		if o.ID == r.ID {
			return fmt.Errorf("structure rule %d: %w", r.ID, ErrDuplicate)
		}
	}
	for _, f := range s.nameForms {
		for _, n := range append([]string{f.OID}, f.Names...) {
			if strings.EqualFold(n, d.form) {
				r.Form = f
			}
		}
	}
	if r.Form == nil {
		return fmt.Errorf("name form %s: %w", d.form, ErrUnknown)
	}
	for _, n := range d.sups {
		id, err := strconv.Atoi(n)
		if err != nil {
			return fmt.Errorf("%q is not a rule number", n)
		}
		r.Sups = append(r.Sups, id)
	}
	s.structureRules = append(s.structureRules, r)
	return nil
}

// AddMatchingRuleUse keeps a MatchingRuleUseDescription. What rules apply to is
// worked out from the attribute types (see MatchingRuleUses); the definition is
// only checked.
func (s *Schema) AddMatchingRuleUse(def string) error {
	d, err := parseDefinition(def, ruleUseElement)
	if err != nil {
		return err
	}
	s.ruleUses = append(s.ruleUses, d)
	return nil
}

// AddMatchingRule adds a rule that the server carries out, as a plug-in may
// bring one. A name or OID that is taken gives ErrDuplicate.
func (s *Schema) AddMatchingRule(r *MatchingRule) error {
	for _, n := range append([]string{r.OID}, r.Names...) {
		if s.MatchingRule(n) != nil {
			return fmt.Errorf("matching rule %s: %w", n, ErrDuplicate)
		}
	}
	s.putRule(r)
	s.share()
	return nil
}
