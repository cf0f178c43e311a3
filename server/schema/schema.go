package schema

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Schema is a set of schema elements that refer to each other. It is not
// changed once it is in use: Clone it, add to the clone, publish the clone.
// All lookups may then run at the same time.
type Schema struct {
	opt options

	syntaxes   map[string]*Syntax
	syntaxList []*Syntax
	rules      map[string]*MatchingRule
	ruleList   []*MatchingRule
	types      map[string]*AttributeType
	typeList   []*AttributeType
	classes    map[string]*ObjectClass
	classList  []*ObjectClass
	macros     map[string]string
	macroList  []string // names in the order of their definition

	contentRules   []*ContentRule
	contentByOID   map[string]*ContentRule
	nameForms      []*NameForm
	structureRules []*StructureRule
	ruleUses       []*definition

	sets  *classCache
	names *nameTable
}

type options struct {
	noBitRules bool
	compat389  bool
}

// Option changes what New builds.
type Option func(*options)

// WithoutBitRules leaves integerBitAndMatch and integerBitOrMatch out, for a
// server whose plug-in serves them.
func WithoutBitRules() Option { return func(o *options) { o.noBitRules = true } }

// Compat389 makes the schema behave as 389 Directory Server's: a type whose
// definition names no matching rules gets those natural to its syntax, normal
// forms of names are lower case whatever the rule, values in names are not held
// against their syntax, and an entry needs no single structural class chain.
func Compat389() Option { return func(o *options) { o.compat389 = true } }

// New gives a schema with the built-in syntaxes, matching rules, operational
// attribute types and object classes. The caller may add to it before it is used.
func New(opts ...Option) *Schema {
	var o options
	for _, f := range opts {
		f(&o)
	}
	s := newBase(o)
	s.share()
	return s
}

// share shows the schema's elements to the rules that look names up. Called
// when an addition is complete; it leaves s's own maps private.
func (s *Schema) share() {
	s.sets = &classCache{}
	s.names.state.Store(&nameState{
		types: maps.Clone(s.types), classes: maps.Clone(s.classes), rules: maps.Clone(s.rules), lower: s.opt.compat389,
	})
}

func newBase(o options) *Schema {
	s := &Schema{
		opt:          o,
		syntaxes:     map[string]*Syntax{},
		rules:        map[string]*MatchingRule{},
		types:        map[string]*AttributeType{},
		classes:      map[string]*ObjectClass{},
		macros:       map[string]string{},
		contentByOID: map[string]*ContentRule{},
		sets:         &classCache{},
		names:        &nameTable{},
	}
	for _, x := range builtinSyntaxes() {
		s.putSyntax(x)
	}
	for _, r := range builtinRules(s) {
		if o.noBitRules && (r.OID == oidBitAnd || r.OID == oidBitOr) {
			continue
		}
		if o.compat389 {
			make389(r)
		}
		s.putRule(r)
	}
	must := func(text string, err error) {
		if err != nil {
			panic(fmt.Sprintf("built-in schema: %v in %s", err, text))
		}
	}
	for _, text := range builtinTypes {
		d, err := parseDefinition(text, attributeElement)
		must(text, err)
		d.builtin = true
		t, err := s.resolveType(d, true)
		must(text, err)
		s.putType(t)
	}
	for _, text := range builtinClasses {
		d, err := parseDefinition(text, classElement)
		must(text, err)
		d.builtin = true
		c, err := s.resolveClass(d)
		must(text, err)
		s.putClass(c)
	}
	return s
}

// Clone gives a schema to which elements can be added without s changing.
func (s *Schema) Clone() *Schema {
	c := *s
	c.syntaxes = maps.Clone(s.syntaxes)
	c.syntaxList = slices.Clone(s.syntaxList)
	c.rules = maps.Clone(s.rules)
	c.ruleList = slices.Clone(s.ruleList)
	c.types = maps.Clone(s.types)
	c.typeList = slices.Clone(s.typeList)
	c.classes = maps.Clone(s.classes)
	c.classList = slices.Clone(s.classList)
	c.macros = maps.Clone(s.macros)
	c.macroList = slices.Clone(s.macroList)
	c.contentRules = slices.Clone(s.contentRules)
	c.contentByOID = maps.Clone(s.contentByOID)
	c.nameForms = slices.Clone(s.nameForms)
	c.structureRules = slices.Clone(s.structureRules)
	c.ruleUses = slices.Clone(s.ruleUses)
	c.sets = &classCache{}
	return &c
}

// Compat389 tells whether the schema was built with that option.
func (s *Schema) Compat389() bool { return s.opt.compat389 }

// AttributeType finds a type by any of its names or its OID, case ignored,
// without options; nil when the schema lacks it.
func (s *Schema) AttributeType(name string) *AttributeType { return lookup(s.types, name) }

// ObjectClass finds a class by any of its names or its OID; nil when unknown.
func (s *Schema) ObjectClass(name string) *ObjectClass { return lookup(s.classes, name) }

// MatchingRule finds a rule by any of its names or its OID; nil when unknown.
func (s *Schema) MatchingRule(name string) *MatchingRule { return lookup(s.rules, name) }

// Syntax finds a syntax by its OID; nil when unknown.
func (s *Schema) Syntax(oid string) *Syntax { return lookup(s.syntaxes, oid) }

// AttributeTypes gives all types in the order of their definition. The slice
// is the schema's own; so are those of the functions below.
func (s *Schema) AttributeTypes() []*AttributeType { return s.typeList }

// ObjectClasses gives all classes in the order of their definition.
func (s *Schema) ObjectClasses() []*ObjectClass { return s.classList }

// Syntaxes gives all syntaxes in the order of their definition.
func (s *Schema) Syntaxes() []*Syntax { return s.syntaxList }

// MatchingRules gives all rules in the order of their definition.
func (s *Schema) MatchingRules() []*MatchingRule { return s.ruleList }

// ContentRules gives the DIT content rules.
func (s *Schema) ContentRules() []*ContentRule { return s.contentRules }

// NameForms gives the name forms.
func (s *Schema) NameForms() []*NameForm { return s.nameForms }

// StructureRules gives the DIT structure rules.
func (s *Schema) StructureRules() []*StructureRule { return s.structureRules }

// lookup finds name whatever its case. It does not allocate for ASCII names of
// usual length.
func lookup[T any](m map[string]*T, name string) *T {
	if v, ok := m[name]; ok {
		return v
	}
	var buf [64]byte
	if len(name) > len(buf) {
		return m[strings.ToLower(name)]
	}
	lower := buf[:len(name)]
	changed := false
	for i := 0; i < len(name); i++ {
		c := name[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
			changed = true
		} else if c >= 0x80 {
			return nil // no element has such a name
		}
		lower[i] = c
	}
	if !changed {
		return nil
	}
	return m[string(lower)]
}

// put files an element under its names and OID. The spelling of the definition
// is a key of its own, so that the usual lookup is one probe.
func put[T any](m map[string]*T, v *T, oid string, names []string) {
	for _, n := range append([]string{oid}, names...) {
		if n == "" {
			continue
		}
		m[n] = v
		m[strings.ToLower(n)] = v
	}
}

func (s *Schema) putSyntax(x *Syntax) {
	put(s.syntaxes, x, x.OID, nil)
	s.syntaxList = append(s.syntaxList, x)
}

func (s *Schema) putRule(r *MatchingRule) {
	put(s.rules, r, r.OID, r.Names)
	s.ruleList = append(s.ruleList, r)
}

// fileType makes t findable; putType also lists it.
func (s *Schema) fileType(t *AttributeType) {
	t.lower = strings.ToLower(t.Name())
	put(s.types, t, t.OID, t.Names)
}

func (s *Schema) putType(t *AttributeType) {
	s.fileType(t)
	s.typeList = append(s.typeList, t)
}

func (s *Schema) putClass(c *ObjectClass) {
	put(s.classes, c, c.OID, c.Names)
	s.classList = append(s.classList, c)
}
