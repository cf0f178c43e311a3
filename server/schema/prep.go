package schema

import (
	"errors"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// String preparation (RFC 4518) for the matching rules on character strings.
//
// Steps: map (drop what is not seen, make every white space a SPACE, fold case
// for case-ignore rules), normalise to form KC, handle insignificant spaces.
// As both peers do, outer spaces go and inner runs become one space, where the
// RFC keeps one outside and two inside; the outcome of a comparison is the same,
// but a piece of a substring assertion does not match a space beyond the end of
// a value. Code points that the RFC prohibits only because Unicode 3.2 did not
// know them pass.

var errUTF8 = errors.New("not UTF-8")

// spaceMode says what happens to the outer spaces of a string.
type spaceMode uint8

const (
	trimBoth  spaceMode = 0
	keepLeft  spaceMode = 1 // a run on the left becomes one space
	keepRight spaceMode = 2
)

func placeMode(p SubPlace) spaceMode {
	switch p {
	case SubInitial:
		return keepRight
	case SubFinal:
		return keepLeft
	}
	return keepLeft | keepRight
}

// prepare gives the prepared form of v. The result may be v itself. A string of
// nothing but spaces, or of nothing, is one space.
func prepare(v []byte, ignoreCase bool, mode spaceMode) ([]byte, error) {
	if clean(v, ignoreCase) {
		return v, nil
	}
	for _, c := range v {
		if c >= utf8.RuneSelf {
			return prepareUnicode(v, ignoreCase, mode)
		}
	}
	out := make([]byte, 0, len(v))
	space := false // a run of spaces is pending
	for _, c := range v {
		switch {
		case c == ' ' || '\t' <= c && c <= '\r':
			space = true
			continue
		case c < ' ' || c == 0x7f:
			continue
		case ignoreCase && 'A' <= c && c <= 'Z':
			c |= 0x20
		}
		if space && (len(out) > 0 || mode&keepLeft != 0) {
			out = append(out, ' ')
		}
		space = false
		out = append(out, c)
	}
	return finish(out, space, mode), nil
}

func finish(out []byte, space bool, mode spaceMode) []byte {
	if len(out) == 0 || space && mode&keepRight != 0 {
		out = append(out, ' ')
	}
	return out
}

// clean tells whether ASCII preparation would leave v as it is.
func clean(v []byte, ignoreCase bool) bool {
	if len(v) == 0 || v[0] == ' ' || v[len(v)-1] == ' ' {
		return false
	}
	var last byte
	for _, c := range v {
		if c < ' ' || c >= 0x7f || c == ' ' && last == ' ' || ignoreCase && 'A' <= c && c <= 'Z' {
			return false
		}
		last = c
	}
	return true
}

func prepareUnicode(v []byte, ignoreCase bool, mode spaceMode) ([]byte, error) {
	if !utf8.Valid(v) {
		return nil, errUTF8
	}
	b := mapRunes(v)
	// Form KC can give upper-case letters and folding can undo form KC, so the
	// two run until nothing changes: twice for nearly all text.
	for range 4 {
		next := b
		if ignoreCase {
			next = cases.Fold().Bytes(next)
		}
		next = mapRunes(norm.NFKC.Bytes(next))
		if string(next) == string(b) {
			break
		}
		b = next
	}
	out := make([]byte, 0, len(b))
	space := false
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == ' ' && !combining(b[i+n:]) {
			space = true
			i += n
			continue
		}
		if space && (len(out) > 0 || mode&keepLeft != 0) {
			out = append(out, ' ')
		}
		space = false
		out = append(out, b[i:i+n]...)
		i += n
	}
	return finish(out, space, mode), nil
}

// combining tells whether b begins with a combining mark: a space before one
// carries it and is not insignificant (RFC 4518 section 2.6).
func combining(b []byte) bool {
	r, _ := utf8.DecodeRune(b)
	return r >= 0x300 && unicode.Is(unicode.M, r)
}

// mapRunes is the Map step (RFC 4518 section 2.2) without case folding.
func mapRunes(v []byte) []byte {
	out := make([]byte, 0, len(v))
	for i := 0; i < len(v); {
		r, n := utf8.DecodeRune(v[i:])
		switch {
		case toNothing(r):
		case toSpace(r):
			out = append(out, ' ')
		default:
			out = append(out, v[i:i+n]...)
		}
		i += n
	}
	return out
}

func toSpace(r rune) bool {
	switch {
	case r < 0x80:
		return r == ' ' || '\t' <= r && r <= '\r'
	case 0x2000 <= r && r <= 0x200A:
		return true
	}
	switch r {
	case 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
		return true
	}
	return false
}

func toNothing(r rune) bool {
	switch {
	case r < 0x80:
		return r < ' ' && (r < '\t' || r > '\r') || r == 0x7f
	case r < 0xA0:
		return r != 0x85
	case r == 0xAD, r == 0x34F, r == 0x6DD, r == 0x70F, 0x1806 <= r && r <= 0x1806,
		0x180B <= r && r <= 0x180E, 0x200B <= r && r <= 0x200F, 0x202A <= r && r <= 0x202E,
		0x2060 <= r && r <= 0x2063, 0x206A <= r && r <= 0x206F, 0xFE00 <= r && r <= 0xFE0F,
		r == 0xFEFF, 0xFFF9 <= r && r <= 0xFFFC, 0x1D173 <= r && r <= 0x1D17A,
		r == 0xE0001, 0xE0020 <= r && r <= 0xE007F:
		return true
	}
	return false
}

// without prepares v and then drops the characters that drop names: the rules
// for telephone numbers and numeric strings (RFC 4518 sections 2.6.2, 2.6.3).
// Nothing left becomes one space.
func without(v []byte, drop func(rune) bool) ([]byte, error) {
	p, err := prepare(v, true, trimBoth)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(p))
	for i := 0; i < len(p); {
		r, n := utf8.DecodeRune(p[i:])
		if !drop(r) {
			out = append(out, p[i:i+n]...)
		}
		i += n
	}
	if len(out) == 0 {
		out = append(out, ' ')
	}
	return out, nil
}

func isHyphenOrSpace(r rune) bool {
	switch r {
	case ' ', '-', 0x58A, 0x2010, 0x2011, 0x2212, 0xFE63, 0xFF0D:
		return true
	}
	return false
}
