package dn

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
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

// stringValue reads an unquoted value up to an unescaped separator. Blanks
// before the separator are not of the value unless they are escaped.
func (p *parser) stringValue() ([]byte, error) {
	// Fast path: a run of plain characters that ends the value.
	start, end := p.i, p.i
	for ; p.i < len(p.s); p.i++ {
		switch c := p.s[p.i]; c {
		case ',', ';', '+':
			return p.slice(start, end), nil
		case '\\':
			return p.escapedValue(start)
		case '"', '<', '>', 0:
			return nil, p.fail("character must be escaped")
		case ' ', '\n', '\r', '\t':
		default:
			end = p.i + 1
		}
	}
	return p.slice(start, end), nil
}

// escapedValue is the rest of stringValue for a value that has a backslash at p.i.
func (p *parser) escapedValue(start int) ([]byte, error) {
	v := append(make([]byte, 0, p.i-start+16), p.s[start:p.i]...)
	keep := len(v) // blanks behind here may be trailing ones
	for keep > 0 && isBlank(v[keep-1]) {
		keep--
	}
	for p.i < len(p.s) {
		switch c := p.s[p.i]; c {
		case ',', ';', '+':
			return v[:keep], nil
		case '\\':
			b, err := p.escape()
			if err != nil {
				return nil, err
			}
			v = append(v, b)
			keep = len(v)
			continue
		case '"', '<', '>', 0:
			return nil, p.fail("character must be escaped")
		case ' ', '\n', '\r', '\t':
			v = append(v, c)
		default:
			v = append(v, c)
			keep = len(v)
		}
		p.i++
	}
	return v[:keep], nil
}

// escape reads "\" and what follows: a special character or two hex digits.
func (p *parser) escape() (byte, error) {
	at := p.i
	p.i++
	if p.i == len(p.s) {
		p.i = at
		return 0, p.fail("name ends in an escape")
	}
	c := p.s[p.i]
	switch c {
	case ' ', '"', '#', '+', ',', ';', '<', '=', '>', '\\':
		p.i++
		return c, nil
	}
	hi, ok := unhex(c)
	if ok && p.i+1 < len(p.s) {
		if lo, ok := unhex(p.s[p.i+1]); ok {
			p.i += 2
			return hi<<4 | lo, nil
		}
	}
	p.i = at
	return 0, p.fail("bad escape")
}

func (p *parser) quotedValue() ([]byte, error) {
	p.i++
	v := make([]byte, 0, 16)
	for p.i < len(p.s) {
		switch c := p.s[p.i]; c {
		case '"':
			p.i++
			p.blanks()
			if p.i < len(p.s) && p.s[p.i] != ',' && p.s[p.i] != ';' && p.s[p.i] != '+' {
				return nil, p.fail("text after a quoted value")
			}
			return v, nil
		case '\\':
			b, err := p.escape()
			if err != nil {
				return nil, err
			}
			v = append(v, b)
		case 0:
			return nil, p.fail("character must be escaped")
		default:
			v = append(v, c)
			p.i++
		}
	}
	return nil, p.fail("missing closing quote")
}

// hexValue reads #hexpairs, the BER encoding of a value.
func (p *parser) hexValue() ([]byte, error) {
	at := p.i
	p.i++
	var raw []byte
	for p.i+1 < len(p.s) {
		hi, ok := unhex(p.s[p.i])
		if !ok {
			break
		}
		lo, ok := unhex(p.s[p.i+1])
		if !ok {
			p.i++
			return nil, p.fail("odd number of hex digits")
		}
		raw = append(raw, hi<<4|lo)
		p.i += 2
	}
	p.blanks()
	if p.i < len(p.s) && p.s[p.i] != ',' && p.s[p.i] != ';' && p.s[p.i] != '+' {
		return nil, p.fail("expected a hex digit")
	}
	v, err := berValue(raw)
	if err != nil {
		p.i = at
		return nil, p.fail(err.Error())
	}
	return v, nil
}

var errBER = errors.New("#value is not one BER element")

// berValue gives the value inside a BER encoding: the content of a string type
// (OCTET STRING and the ASN.1 character strings that hold bytes as they are),
// any other element whole.
func berValue(raw []byte) ([]byte, error) {
	if len(raw) < 2 || raw[0]&0x1f == 0x1f {
		return nil, errBER
	}
	n, head := int(raw[1]), 2
	if n&0x80 != 0 {
		k := n & 0x7f
		if k == 0 || k > 4 || len(raw) < 2+k {
			return nil, errBER
		}
		n = 0
		for _, b := range raw[2 : 2+k] {
			n = n<<8 | int(b)
		}
		head += k
	}
	if n != len(raw)-head {
		return nil, errBER
	}
	switch raw[0] {
	case 0x04, 0x0c, 0x12, 0x13, 0x16, 0x1a, 0x1b: // octet, UTF8, numeric, printable, IA5, visible, general
		return raw[head:], nil
	case 0x14: // TeletexString, in practice ISO 8859-1
		v := make([]byte, 0, n)
		for _, b := range raw[head:] {
			v = utf8.AppendRune(v, rune(b))
		}
		return v, nil
	}
	return raw, nil
}

func unhex(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}
