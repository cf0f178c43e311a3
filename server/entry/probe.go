package entry

import (
	"bytes"

	"libslapi/server/schema"
)

// Probe is a value prepared to be compared with many others under one equality
// rule. Most comparisons are decided on the values as they stand; only what
// that leaves open is prepared (RFC 4518). A group of ten thousand members is
// searched for one of them in well under a millisecond.
type Probe struct {
	rule  *schema.MatchingRule
	value []byte
	key   []byte
	how   shortcut
	// For a name: the type and value of its first RDN as written, when they
	// can be compared so; empty else.
	rdnType, rdnValue []byte
}

// shortcut tells how values can be compared that preparation would not change
// but for the case of ASCII letters.
type shortcut int8

const (
	none shortcut = iota
	exact
	fold
	name
)

// shortcuts are the rules that leave plain ASCII as it is or only fold its
// case, and those on names.
var shortcuts = map[string]shortcut{
	"2.5.13.2":                   fold,  // caseIgnoreMatch
	"2.5.13.5":                   exact, // caseExactMatch
	"1.3.6.1.4.1.1466.109.114.1": exact, // caseExactIA5Match
	"1.3.6.1.4.1.1466.109.114.2": fold,  // caseIgnoreIA5Match
	"2.5.13.1":                   name,  // distinguishedNameMatch
	"2.5.13.23":                  name,  // uniqueMemberMatch
}

// NewProbe prepares value. The rule must be one that compares normal forms (no
// Match, no Assertion of its own). err tells that value breaks the rule's syntax.
func NewProbe(rule *schema.MatchingRule, value []byte) (Probe, error) {
	p := Probe{rule: rule, value: value}
	var err error
	if p.key, err = rule.Normalize(value); err != nil {
		return p, err
	}
	switch how := shortcuts[rule.OID]; {
	case how == name:
		if p.rdnType, p.rdnValue = firstRDN(value); p.rdnType != nil {
			p.how = name
		}
	case Plain(value):
		p.how = how
	}
	return p, nil
}

// Key is the normal form of the value.
func (p *Probe) Key() []byte { return p.key }

// Equal tells whether v equals the value. A v that breaks the syntax does not.
func (p *Probe) Equal(v []byte) bool {
	if bytes.Equal(v, p.value) {
		return true
	}
	switch p.how {
	case fold:
		if EqualFold(v, p.value) {
			return true
		}
		if Plain(v) {
			return false
		}
	case exact:
		if Plain(v) {
			return false
		}
	case name:
		if p.otherRDN(v) {
			return false
		}
	}
	k, err := p.rule.Normalize(v)
	return err == nil && bytes.Equal(k, p.key)
}

// Find returns the index of the first of values that has the same octets, else
// of the first that is equal; -1 when there is none.
func (p *Probe) Find(values [][]byte) int {
	if i := findExact(values, p.value); i >= 0 {
		return i
	}
	for i, v := range values {
		if p.Equal(v) {
			return i
		}
	}
	return -1
}

func findExact(values [][]byte, v []byte) int {
	for i, have := range values {
		if bytes.Equal(have, v) {
			return i
		}
	}
	return -1
}

// foldTypes are naming attributes whose values are compared with case ignored
// and nothing else (RFC 4519).
var foldTypes = map[string]bool{"cn": true, "uid": true, "ou": true, "o": true, "dc": true, "l": true, "sn": true, "st": true, "mail": true}

// firstRDN takes the type and value from the front of a name, when the RDN has
// one of foldTypes and a value in plain ASCII without escapes; nil else.
func firstRDN(v []byte) (typ, value []byte) {
	eq := bytes.IndexByte(v, '=')
	if eq < 1 || eq > 4 {
		return nil, nil
	}
	var buf [4]byte
	low := buf[:eq]
	for i, c := range v[:eq] {
		low[i] = lower(c)
	}
	if !foldTypes[string(low)] {
		return nil, nil
	}
	rest := v[eq+1:]
	end := len(rest)
	for i, c := range rest {
		if c == ',' {
			end = i
			break
		}
		if rdnStop[c] {
			return nil, nil
		}
	}
	if !Plain(rest[:end]) {
		return nil, nil
	}
	return v[:eq], rest[:end]
}

// otherRDN tells whether v certainly has another first RDN: the same type and
// another value, which is plain as well.
func (p *Probe) otherRDN(v []byte) bool {
	n := len(p.rdnType)
	if len(v) <= n || v[n] != '=' || !EqualFold(v[:n], p.rdnType) {
		return false
	}
	v = v[n+1:]
	differs, i := false, 0
	for ; i < len(v) && v[i] != ','; i++ {
		c := v[i]
		if rdnStop[c] || c == ' ' && (i == 0 || v[i-1] == ' ') {
			return false
		}
		if i >= len(p.rdnValue) || lower(c) != lower(p.rdnValue[i]) {
			differs = true
		}
	}
	return i > 0 && v[i-1] != ' ' && (differs || i != len(p.rdnValue))
}

// rdnStop marks the octets that need a parser to be understood in a name.
var rdnStop = func() (t [256]bool) {
	for c := range t {
		t[c] = c < 0x20 || c > 0x7e
	}
	for _, c := range "\\\"+;#<>" {
		t[c] = true
	}
	return t
}()

// Plain tells whether v is printable ASCII without blanks at its ends and
// without two blanks in a row: text that string preparation leaves as it is,
// but for its case.
func Plain(v []byte) bool {
	if len(v) == 0 || v[0] == ' ' || v[len(v)-1] == ' ' {
		return false
	}
	for i, c := range v {
		if c < 0x20 || c > 0x7e || (c == ' ' && v[i-1] == ' ') {
			return false
		}
	}
	return true
}

// lower is an ASCII letter in lower case.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// EqualFold compares with the case of ASCII letters ignored.
func EqualFold(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i, c := range a {
		if c != b[i] && lower(c) != lower(b[i]) {
			return false
		}
	}
	return true
}
