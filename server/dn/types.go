// Package dn parses, prints and compares distinguished names (RFC 4514).
//
// A name has two textual forms. The pretty form is what clients see: RFC 4514
// text with the values as they were written and attribute types as written,
// blanks around separators removed. The normal form is what names are
// compared, indexed and hashed by: attribute types as the schema's Canon
// gives them in lower case, values prepared by their equality rule, the AVAs
// of a multi-valued RDN sorted, special characters escaped as RFC 4514 \XX
// (lower-case hex), so that a suffix test is a string suffix test at a comma.
package dn

// AVA is one attribute type and value, unescaped.
type AVA struct {
	Type  string
	Value []byte
}

// RDN is a relative name: one or more AVAs in the order in which they were written.
type RDN []AVA

// DN is a distinguished name, leaf first. The empty DN (length 0) is the root.
type DN []RDN

// Canon supplies what a schema knows about a naming attribute. CanonAVA gives
// the lower-case canonical type name and the value prepared by the type's
// equality rule; an unknown type keeps its lower-cased name and gets
// case-ignore preparation. err is not nil only when the value breaks the
// type's syntax.
type Canon interface {
	CanonAVA(typ string, value []byte) (canonType string, canonValue []byte, err error)
}

// Pretty is what a Canon may also be: it says how names are shown. Without it
// they are shown as they were written.
type Pretty interface {
	// PrettyName gives d as it is shown: the same name, d itself not changed.
	PrettyName(d DN) DN
}

// Name is a DN in its two forms. The zero Name is the root DN.
type Name struct {
	Pretty string
	Norm   string
}
