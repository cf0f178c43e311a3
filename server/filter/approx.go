package filter

import (
	"bytes"
	"unicode"
)

// Approximate matching compares words by their sound: every word of the
// assertion must be in the value, in the same order, other words may stand
// between. An equal value matches too. An index of another kind than one over
// ApproxWords does not know all entries that match.

// testApprox tells whether v sounds like the assertion.
func (n *Node) testApprox(v []byte) bool {
	t := n.Desc.Type
	if t == nil || t.Syntax == nil || !(stringSyntaxes[t.Syntax.OID] || t.Unknown) {
		return false
	}
	want := ApproxWords(n.Value)
	if len(want) == 0 {
		return false
	}
	for _, w := range ApproxWords(v) {
		if w == want[0] {
			if want = want[1:]; len(want) == 0 {
				return true
			}
		}
	}
	return false
}

// ApproxWords gives the sound of each word of a text, in order: a Soundex code
// (the first letter and up to five digits) of a word of ASCII letters, other
// words in lower case as they are.
func ApproxWords(text []byte) []string {
	var out []string
	for _, w := range bytes.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		out = append(out, sound(bytes.ToLower(w)))
	}
	return out
}

// soundClass groups the consonants that sound alike; '0' are vowels, which
// part equal neighbours (the silent h and w do not).
const soundClass = "01230120022455012623010202"

func sound(w []byte) string {
	for _, c := range w {
		if c < 'a' || c > 'z' {
			return string(w)
		}
	}
	code := make([]byte, 1, 6)
	code[0] = w[0]
	last := soundClass[w[0]-'a']
	for _, c := range w[1:] {
		d := soundClass[c-'a']
		if c == 'h' || c == 'w' {
			continue
		}
		if d != '0' && d != last {
			if code = append(code, d); len(code) == cap(code) {
				break
			}
		}
		last = d
	}
	return string(code)
}
