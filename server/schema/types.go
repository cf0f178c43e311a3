// Package schema holds attribute types, object classes, syntaxes and matching
// rules (RFC 4512, RFC 4517, RFC 4518), reads them from OpenLDAP .schema files
// and from LDIF schema files, and checks names and values against them.
package schema

// Usage of an attribute type (RFC 4512 section 4.1.2).
type Usage int

const (
	UserApplications Usage = iota
	DirectoryOperation
	DistributedOperation
	DSAOperation
)

// Kind of an object class.
type Kind int

const (
	Structural Kind = iota
	Abstract
	Auxiliary
)

// Extension is one X- item of a definition, in the order of its text.
type Extension struct {
	Name   string
	Values []string
}

// Syntax is an LDAP syntax. Validate returns nil for a value of the syntax;
// it is nil for a syntax that is known by name only, whose values all pass.
type Syntax struct {
	OID        string
	Desc       string
	Binary     bool // values are not text: shown in base 64, transferred with ;binary where RFC 4523 wants it
	Validate   func(value []byte) error
	Extensions []Extension

	builtin bool
}

// MatchingRule prepares values so that comparing bytes compares values.
type MatchingRule struct {
	OID      string
	Names    []string
	Desc     string
	Syntax   *Syntax // of the assertion
	Obsolete bool
	Use      MatchUse
	// Normalize gives the key of an attribute value: values are equal under an
	// equality rule exactly when their keys are, and sorted under an ordering
	// rule as bytes.Compare sorts their keys. err when the value cannot be one.
	Normalize func(value []byte) ([]byte, error)
	// Assertion gives the key of an assertion value; nil means Normalize.
	Assertion func(value []byte) ([]byte, error)
	// Substring prepares one piece of a substring assertion; pieces are then
	// looked for in the Normalize form of a value. Only for UseSubstrings.
	Substring func(piece []byte, place SubPlace) ([]byte, error)
	// Match, when not nil, replaces comparing keys (bit rules, first-component
	// rules whose key is not the whole value). It gets the attribute value as
	// stored and the assertion as sent.
	Match func(value, assertion []byte) (bool, error)

	// Loose: an assertion is not held against the syntax, and the rule tests
	// equality also where it is an ordering rule and an extensible filter names
	// it. 389's rules are so.
	Loose bool

	Extensions []Extension

	// canon gives the text that stands in a name's normal form; nil: Normalize.
	canon   func(value []byte) ([]byte, error)
	builtin bool
}

// MatchUse says for which kind of filter a rule serves.
type MatchUse int

const (
	UseEquality MatchUse = iota
	UseOrdering
	UseSubstrings
)

// SubPlace is where a piece of a substring assertion stands.
type SubPlace int

const (
	SubInitial SubPlace = iota
	SubAny
	SubFinal
)

// AttributeType is one attribute type. Equality, Ordering, Substr and Syntax
// are already inherited from Sup; rules may be nil, Syntax never is.
type AttributeType struct {
	OID                string
	Names              []string
	Desc               string
	Obsolete           bool
	Sup                *AttributeType
	Equality           *MatchingRule
	Ordering           *MatchingRule
	Substr             *MatchingRule
	Syntax             *Syntax
	Length             int // the {n} behind the syntax OID, 0 without one
	SingleValue        bool
	Collective         bool
	NoUserModification bool
	Usage              Usage
	Extensions         []Extension
	Unknown            bool // made up for a description that the schema lacks

	def   *definition // what its text said
	lower string      // Name in lower case
}

// Name is the first name, or the OID of a type without one.
func (a *AttributeType) Name() string {
	if len(a.Names) > 0 {
		return a.Names[0]
	}
	return a.OID
}

// Operational tells whether the type is not for user applications.
func (a *AttributeType) Operational() bool { return a.Usage != UserApplications }

// Is tells whether a is b or a subtype of b.
func (a *AttributeType) Is(b *AttributeType) bool {
	for t := a; t != nil; t = t.Sup {
		if t == b || (t.OID != "" && t.OID == b.OID) {
			return true
		}
	}
	return false
}

// ObjectClass is one object class. Must and May are its own lists, without
// those of the superclasses.
type ObjectClass struct {
	OID        string
	Names      []string
	Desc       string
	Obsolete   bool
	Sups       []*ObjectClass
	Kind       Kind
	Must       []*AttributeType
	May        []*AttributeType
	Extensions []Extension

	def *definition // what its text said
}

// Name is the first name, or the OID of a class without one.
func (o *ObjectClass) Name() string {
	if len(o.Names) > 0 {
		return o.Names[0]
	}
	return o.OID
}

// Is tells whether o is p or has it among its superclasses.
func (o *ObjectClass) Is(p *ObjectClass) bool {
	if o == p || (o.OID != "" && o.OID == p.OID) {
		return true
	}
	for _, s := range o.Sups {
		if s.Is(p) {
			return true
		}
	}
	return false
}

// Description is a parsed attribute description: a type and its options
// (RFC 4512 section 2.5), options in lower case, sorted, without repeats.
type Description struct {
	Type    *AttributeType
	Options []string
}
