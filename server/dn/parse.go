package dn

import (
	"fmt"
	"strings"
)

// Limits on what Parse takes. A longer name is refused before it is looked at.
const (
	MaxLength = 64 << 10 // bytes of text
	MaxRDNs   = 1024     // relative names in one name
	MaxAVAs   = 64       // attribute values in one relative name
)

// ParseError says where a text stops being a name.
type ParseError struct {
	Text   string // the whole text
	Offset int    // byte offset of the offending character
	Reason string
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("invalid DN at offset %d: %s", e.Offset, e.Reason)
}

// Parse reads a distinguished name in the form of RFC 4514, with what RFC 2253
// section 4 asks readers to take from LDAPv2 clients: blanks around separators,
// semicolons between relative names, values in double quotes, the prefix "OID."
// before a numeric type. A value given as #hex is the BER encoding of the value;
// a string type is taken out of its encoding. The empty text is the root. The
// error is a *ParseError.
func Parse(s string) (DN, error) {
	p := parser{s: s}
	if len(s) > MaxLength {
		return nil, &ParseError{Text: s[:64], Offset: MaxLength, Reason: "name too long"}
	}
	p.blanks()
	if p.i == len(s) {
		return nil, nil
	}
	n := countSeparators(s) + 1
	d := make(DN, 0, n)
	p.avas = make([]AVA, 0, n)
	for {
		if len(d) == MaxRDNs {
			return nil, p.fail("too many relative names")
		}
		r, err := p.rdn()
		if err != nil {
			return nil, err
		}
		d = append(d, r)
		if p.i == len(s) {
			return d, nil
		}
		if c := s[p.i]; c != ',' && c != ';' {
			return nil, p.fail("expected ',' or '+'")
		}
		p.i++
		p.blanks()
		if p.i == len(s) {
			return nil, p.fail("name ends after a separator")
		}
	}
}

// ParseRDN reads one relative name. The error is a *ParseError.
func ParseRDN(s string) (RDN, error) {
	if len(s) > MaxLength {
		return nil, &ParseError{Text: s[:64], Offset: MaxLength, Reason: "name too long"}
	}
	p := parser{s: s}
	p.blanks()
	r, err := p.rdn()
	if err != nil {
		return nil, err
	}
	if p.i != len(s) {
		return nil, p.fail("more than one relative name")
	}
	return r, nil
}

func countSeparators(s string) int {
	n := strings.Count(s, ",")
	if n >= MaxRDNs {
		n = MaxRDNs - 1
	}
	return n
}

type parser struct {
	s    string
	i    int
	b    []byte // the text again, for values to be slices of; made when first needed
	avas []AVA  // of all relative names, which are slices of it
}

// slice gives a part of the text as a value.
func (p *parser) slice(start, end int) []byte {
	if p.b == nil {
		p.b = []byte(p.s)
	}
	return p.b[start:end:end]
}

func (p *parser) fail(reason string) error {
	return &ParseError{Text: p.s, Offset: p.i, Reason: reason}
}

func (p *parser) blanks() {
	for p.i < len(p.s) && isBlank(p.s[p.i]) {
		p.i++
	}
}

// isBlank: LDAPv2 names may be folded over lines.
func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// rdn reads AVAs up to a separator or the end; the separator is left.
func (p *parser) rdn() (RDN, error) {
	first := len(p.avas)
	for {
		if len(p.avas)-first == MaxAVAs {
			return nil, p.fail("too many values in a relative name")
		}
		a, err := p.ava()
		if err != nil {
			return nil, err
		}
		p.avas = append(p.avas, a)
		if p.i == len(p.s) || p.s[p.i] != '+' {
			return RDN(p.avas[first:len(p.avas):len(p.avas)]), nil
		}
		p.i++
		p.blanks()
	}
}

func (p *parser) ava() (AVA, error) {
	typ, err := p.attributeType()
	if err != nil {
		return AVA{}, err
	}
	p.blanks()
	if p.i == len(p.s) || p.s[p.i] != '=' {
		return AVA{}, p.fail("expected '='")
	}
	p.i++
	p.blanks()
	var v []byte
	switch {
	case p.i == len(p.s):
		v = []byte{}
	case p.s[p.i] == '#':
		v, err = p.hexValue()
	case p.s[p.i] == '"':
		v, err = p.quotedValue()
	default:
		v, err = p.stringValue()
	}
	if err != nil {
		return AVA{}, err
	}
	p.blanks()
	return AVA{Type: typ, Value: v}, nil
}

// attributeType reads a descr or a numericoid (RFC 4512 section 1.4). An
// underscore passes in a descr: both peers have such types in use.
func (p *parser) attributeType() (string, error) {
	start := p.i
	if p.i == len(p.s) {
		return "", p.fail("expected an attribute type")
	}
	if len(p.s)-p.i > 4 && strings.EqualFold(p.s[p.i:p.i+4], "oid.") {
		p.i += 4
		start = p.i
		if p.i == len(p.s) || !isDigit(p.s[p.i]) {
			return "", p.fail("expected a numeric OID")
		}
	}
	switch c := p.s[p.i]; {
	case isDigit(c):
		for {
			first := p.i
			for p.i < len(p.s) && isDigit(p.s[p.i]) {
				p.i++
			}
			if p.i == first {
				return "", p.fail("expected a digit of a numeric OID")
			}
			if p.s[first] == '0' && p.i-first > 1 {
				p.i = first
				return "", p.fail("leading zero in a numeric OID")
			}
			if p.i == len(p.s) || p.s[p.i] != '.' {
				return p.s[start:p.i], nil
			}
			p.i++
		}
	case isAlpha(c):
		for p.i < len(p.s) && isKeyChar(p.s[p.i]) {
			p.i++
		}
		return p.s[start:p.i], nil
	}
	return "", p.fail("expected an attribute type")
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isKeyChar(c byte) bool {
	return isAlpha(c) || isDigit(c) || c == '-' || c == '_'
}
