package dn

import (
	"errors"
	"unicode/utf8"
)

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
