package filter

import (
	"bytes"

	"libslapi/server/entry"
	"libslapi/server/schema"
)

const (
	oidObjectClass     = "2.5.4.0"
	oidStructural      = "2.5.21.9"
	oidDirectoryString = "1.3.6.1.4.1.1466.115.121.1.15"
)

// Schema is the one that n was resolved with, nil before that.
func (n *Node) Schema() *schema.Schema { return n.schema }

// Resolve looks up types and rules and prepares the assertions, so that Match
// has little to do. What cannot be evaluated (an unknown rule, a value against
// the syntax, no rule of the kind) makes a node Undefined and is no error;
// errors come from rules alone. rules may be nil. On an error, matchers made
// so far stay until Release. With a schema of schema.Compat389 there is no
// Undefined: as in ns-slapd, what cannot be evaluated is False.
func (n *Node) Resolve(s *schema.Schema, rules Rules) error {
	if n.matcher != nil {
		n.matcher.Release()
		n.matcher = nil
	}
	n.rule, n.keys, n.undef, n.noRule, n.class, n.classNames, n.schema, n.probe = nil, nil, false, false, nil, nil, s, nil
	n.simple, n.unknown = prepared, Undefined
	if s.Compat389() {
		n.unknown = False
	}
	n.Desc = schema.Description{}
	for _, k := range n.Kids {
		if err := k.Resolve(s, rules); err != nil {
			return err
		}
	}
	if n.Attr != "" {
		d, err := s.Describe(n.Attr)
		if err != nil {
			n.undef = true
			return nil
		}
		n.Desc = d
	}
	switch n.Kind {
	case And, Or, Not:
	case Present:
		n.undef = n.Desc.Type == nil
	case Extensible:
		return n.resolveExtensible(s, rules)
	default:
		n.resolveItem(s)
	}
	return nil
}

func (n *Node) resolveItem(s *schema.Schema) {
	t := n.Desc.Type
	if t == nil {
		n.undef = true
		return
	}
	switch n.Kind {
	case Substrings:
		n.rule = t.Substr
	case GreaterOrEqual, LessOrEqual:
		n.rule = t.Ordering
	default:
		n.rule = t.Equality
	}
	if n.rule == nil {
		n.undef = true
		return
	}
	if n.Kind == Substrings {
		n.undef = !n.prepareSubstrings()
	} else {
		n.undef = !n.prepareValue()
	}
	if n.Kind == Equality || n.Kind == Approx {
		n.resolveClass(s)
	}
}

// resolveClass looks up the class that an equality filter asserts. An unknown
// one is no value of the type.
func (n *Node) resolveClass(s *schema.Schema) {
	if t := n.Desc.Type; t.OID != oidObjectClass && t.OID != oidStructural {
		return
	}
	n.class = s.ObjectClass(string(n.Value))
	n.undef = n.class == nil && (n.undef || !s.Compat389())
	if n.class != nil {
		n.classNames = namesBelow(s, n.class)
	}
}

// prepareValue makes the key of a whole-value assertion.
func (n *Node) prepareValue() bool {
	r := n.rule
	if !r.Loose && r.Syntax != nil && r.Syntax.Validate != nil && r.Syntax.Validate(n.Value) != nil {
		return false
	}
	if r.Match != nil && r.Normalize == nil {
		return true
	}
	if r.Match == nil && r.Assertion == nil {
		p, err := entry.NewProbe(r, n.Value)
		if err != nil {
			return false
		}
		n.probe, n.keys = &p, [][]byte{p.Key()}
		return true
	}
	key, err := assertionKey(r, n.Value)
	if err != nil {
		return false
	}
	n.keys = [][]byte{key}
	return true
}

func assertionKey(r *schema.MatchingRule, v []byte) ([]byte, error) {
	if r.Assertion != nil {
		return r.Assertion(v)
	}
	return r.Normalize(v)
}

// prepareSubstrings makes the keys of the pieces.
func (n *Node) prepareSubstrings() bool {
	r := n.rule
	if r.Substring == nil || r.Normalize == nil {
		return false
	}
	n.simple = simplicityOf(r, n.Initial, n.Final)
	for _, p := range n.Any {
		n.simple = min(n.simple, simplicityOf(r, p))
	}
	add := func(piece []byte, place schema.SubPlace) bool {
		if piece == nil {
			return true
		}
		k, err := r.Substring(piece, place)
		if err != nil {
			return false
		}
		n.keys = append(n.keys, k)
		return true
	}
	ok := add(n.Initial, schema.SubInitial)
	for _, p := range n.Any {
		ok = ok && add(p, schema.SubAny)
	}
	return ok && add(n.Final, schema.SubFinal) && len(n.keys) > 0
}

// resolveExtensible finds the rule of an extensible filter: the schema's, else
// a plug-in's; without a rule the equality rule of the type (RFC 4511 section
// 4.5.1.7.7).
func (n *Node) resolveExtensible(s *schema.Schema, rules Rules) error {
	if n.Rule == "" {
		if n.Desc.Type == nil || n.Desc.Type.Equality == nil {
			n.undef = true
			return nil
		}
		n.rule = n.Desc.Type.Equality
		n.undef = !n.prepareValue()
		n.resolveClass(s)
		return nil
	}
	r := s.MatchingRule(n.Rule)
	if r == nil || (r.Normalize == nil && r.Match == nil) {
		if rules != nil {
			m, err := rules.Matcher(n.Rule, n.Attr, n.Value, n.DNAttrs)
			if err != nil {
				return err
			}
			n.matcher = m
		}
		n.undef = n.matcher == nil
		n.noRule = n.undef
		return nil
	}
	n.rule = r
	if t := n.Desc.Type; t != nil && !t.Unknown && !applies(r, t) && !s.Compat389() {
		n.undef = true
		return nil
	}
	if r.Use != schema.UseSubstrings {
		n.undef = !n.prepareValue()
		return nil
	}
	// The assertion of a substrings rule is the text of a substring assertion
	// (RFC 4517 section 3.3.30).
	var sub Node
	if bytes.IndexByte(n.Value, '*') < 0 || !sub.pieces(string(n.Value)) {
		n.undef = true
		return nil
	}
	n.Initial, n.Any, n.Final = sub.Initial, sub.Any, sub.Final
	n.undef = !n.prepareSubstrings()
	return nil
}

// simplicity tells how far the pieces of a substring assertion, and values, can
// be compared as they stand, because their preparation would change nothing
// but the case of ASCII letters. The order matters: min of two is what holds
// for both.
type simplicity int8

const (
	prepared  simplicity = iota // compare normal forms
	caseExact                   // compare octets
	caseFold                    // compare octets, ASCII case ignored
)

// simpleRules are the substring rules whose preparation (RFC 4518) leaves plain
// ASCII without idle blanks as it is, or only folds its case.
var simpleRules = map[string]simplicity{
	"2.5.13.4":                   caseFold,  // caseIgnoreSubstringsMatch
	"2.5.13.7":                   caseExact, // caseExactSubstringsMatch
	"1.3.6.1.4.1.1466.109.114.3": caseFold,  // caseIgnoreIA5SubstringsMatch
	"1.3.6.1.4.1.4203.1.2.1":     caseExact, // caseExactIA5SubstringsMatch
}

func simplicityOf(r *schema.MatchingRule, pieces ...[]byte) simplicity {
	for _, v := range pieces {
		if v != nil && !entry.Plain(v) {
			return prepared
		}
	}
	return simpleRules[r.OID]
}
