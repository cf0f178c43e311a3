// Package filter holds search filters: RFC 4511 BER and RFC 4515 text in and
// out, and the matching of an entry.
package filter

import (
	"errors"

	"libslapi/server/entry"
	"libslapi/server/schema"
)

// Kind of a filter node; the numbers are the BER identifier octets, which are
// also SLAPI's LDAP_FILTER_* values.
type Kind int

const (
	And            Kind = 0xa0
	Or             Kind = 0xa1
	Not            Kind = 0xa2
	Equality       Kind = 0xa3
	Substrings     Kind = 0xa4
	GreaterOrEqual Kind = 0xa5
	LessOrEqual    Kind = 0xa6
	Present        Kind = 0x87
	Approx         Kind = 0xa8
	Extensible     Kind = 0xa9
)

// Node is one filter item or set. Value, Initial, Any, Final are the assertion
// as the client sent it. A Node is not changed once it has been resolved.
type Node struct {
	Kind    Kind
	Kids    []*Node            // And, Or (any number), Not (one)
	Attr    string             // attribute description as sent; "" in an extensible filter without one
	Desc    schema.Description // Attr resolved; Type is nil without Attr, Unknown for a type that the schema lacks
	Value   []byte             // Equality, GreaterOrEqual, LessOrEqual, Approx, Extensible
	Initial []byte             // Substrings; nil when absent, likewise Final
	Any     [][]byte
	Final   []byte
	Rule    string // Extensible: the rule's name or OID, "" when absent
	DNAttrs bool   // Extensible: ":dn"

	// What Resolve worked out, so that matching an entry prepares nothing:
	rule    *schema.MatchingRule
	keys    [][]byte // the assertion's key; for Substrings: initial, any..., final
	matcher Matcher  // a rule that the host serves
	undef   bool     // evaluates to Undefined whatever the entry
	noRule  bool     // undef because nobody knows Rule
	unknown Truth    // what Undefined comes to: False in 389's manner
	simple  simplicity
	probe   *entry.Probe        // the assertion, where values are compared by normal forms
	class   *schema.ObjectClass // the class asserted of objectClass
	schema  *schema.Schema
	// classNames are the names of class and of the classes below it; nil when
	// they are many.
	classNames [][]byte
}

// Truth is the three-valued outcome of a filter (RFC 4511 section 4.5.1.7).
type Truth int8

const (
	False Truth = iota
	True
	Undefined
)

// Matcher matches entries for an extensible filter whose rule a plug-in serves.
type Matcher interface {
	// Match tests an entry. ErrUndefined makes the item Undefined; any other
	// error ends the search with it (a *wire.Error keeps its code).
	Match(e *entry.Entry) (bool, error)
	// Release frees the matcher when the search ends. Called once.
	Release()
}

// ErrUndefined is what a Matcher returns when it cannot tell.
var ErrUndefined = errors.New("undefined")

// Rules finds matchers for rules that the schema does not have. nil, nil: unknown.
type Rules interface {
	Matcher(rule, attr string, value []byte, dnAttrs bool) (Matcher, error)
}

// Env supplies attribute values that an entry does not store itself
// (operational attributes worked out on demand, virtual attributes).
type Env interface {
	// Computed gives the values of t, and of its subtypes, on e beyond those
	// that e stores.
	Computed(e *entry.Entry, t *schema.AttributeType) [][]byte
}

// Overriding is an Env that has values which take the place of an entry's own.
type Overriding interface {
	Env
	// Override gives the values of t that count instead of those that e stores;
	// ok false: those that e stores count.
	Override(e *entry.Entry, t *schema.AttributeType) (values [][]byte, ok bool)
}
