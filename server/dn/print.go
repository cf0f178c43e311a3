package dn

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	upperHex = "0123456789ABCDEF"
	lowerHex = "0123456789abcdef"
)

// String is the pretty form: types and values as they were written, special
// characters as \XX, nothing around the separators. Parse of it gives d again.
func (d DN) String() string {
	switch len(d) {
	case 0:
		return ""
	case 1:
		return d[0].String()
	}
	b := make([]byte, 0, 64)
	for i, r := range d {
		if i > 0 {
			b = append(b, ',')
		}
		b = r.appendPretty(b)
	}
	return string(b)
}

// String is the pretty form of one relative name.
func (r RDN) String() string { return string(r.appendPretty(make([]byte, 0, 32))) }

func (r RDN) appendPretty(b []byte) []byte {
	for i, a := range r {
		if i > 0 {
			b = append(b, '+')
		}
		b = append(b, a.Type...)
		b = append(b, '=')
		b = appendEscaped(b, a.Value, upperHex)
	}
	return b
}

// SortAVAs returns d with the values of every multi-valued relative name in the
// order of their types (case ignored), as OpenLDAP shows names. d is not
// changed; it is returned itself when there is nothing to sort.
func (d DN) SortAVAs() DN {
	var out DN
	for i, r := range d {
		if len(r) < 2 || slices.IsSortedFunc(r, byType) {
			continue
		}
		if out == nil {
			out = slices.Clone(d)
		}
		out[i] = slices.Clone(r)
		slices.SortStableFunc(out[i], byType)
	}
	if out == nil {
		return d
	}
	return out
}

func byType(a, b AVA) int {
	return strings.Compare(strings.ToLower(a.Type), strings.ToLower(b.Type))
}

// Escape gives the RFC 4514 text of a value: what may not stand for itself
// (separators, quotes, a leading '#', outer blanks, control characters, octets
// that are not UTF-8) is written as \XX in upper-case hex.
func Escape(value []byte) string {
	if plain(value) {
		return string(value)
	}
	return string(appendEscaped(make([]byte, 0, len(value)+16), value, upperHex))
}

// special marks the octets that are always escaped.
var special = func() (t [256]bool) {
	for c := 0; c < 0x20; c++ {
		t[c] = true
	}
	for _, c := range []byte("\"+,;<=>\\\x7f") {
		t[c] = true
	}
	return t
}()

func plain(v []byte) bool {
	if len(v) == 0 {
		return true
	}
	if v[0] == '#' || v[0] == ' ' || v[len(v)-1] == ' ' {
		return false
	}
	for _, c := range v {
		if special[c] || c >= 0x80 {
			return false
		}
	}
	return true
}

func appendEscaped(b, v []byte, hex string) []byte {
	if plain(v) {
		return append(b, v...)
	}
	for i := 0; i < len(v); {
		c := v[i]
		if c >= 0x80 {
			r, n := utf8.DecodeRune(v[i:])
			if r == utf8.RuneError && n == 1 {
				b = append(b, '\\', hex[c>>4], hex[c&15])
			} else {
				b = append(b, v[i:i+n]...)
			}
			i += n
			continue
		}
		if special[c] || c == ' ' && (i == 0 || i == len(v)-1) || c == '#' && i == 0 {
			b = append(b, '\\', hex[c>>4], hex[c&15])
		} else {
			b = append(b, c)
		}
		i++
	}
	return b
}
