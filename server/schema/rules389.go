package schema

import (
	"bytes"
	"unicode/utf8"
)

// make389 gives a built-in rule the meaning that 389's syntax plug-ins give it:
// letters are compared in lower case without further folding, times and the
// lines of addresses as text.
func make389(r *MatchingRule) {
	r.Loose = true
	switch r.Names[0] {
	case "caseIgnoreMatch", "caseIgnoreOrderingMatch", "caseIgnoreListMatch", "generalizedTimeOrderingMatch":
		r.Normalize = lower389
	case "generalizedTimeMatch":
		r.Normalize, r.canon = lower389, nil
	case "caseIgnoreSubstringsMatch", "caseIgnoreListSubstringsMatch":
		r.Normalize = lower389
		r.Substring = func(v []byte, p SubPlace) ([]byte, error) { return prepareLower(v, placeMode(p)) }
	}
}

func lower389(v []byte) ([]byte, error) { return prepareLower(v, trimBoth) }

func prepareLower(v []byte, mode spaceMode) ([]byte, error) {
	for _, c := range v {
		if c >= utf8.RuneSelf {
			return prepare(bytes.ToLower(v), false, mode)
		}
	}
	return prepare(v, true, mode)
}

// nameSubstrings is what 389 compares pieces of names with: the text of the
// normal form. No RFC has such a rule, so it has no OID and is not published. It lets a
// filter find all names below one: (member=*ou=people,dc=example,dc=com).
func nameSubstrings(key normalizer, syntax *Syntax) *MatchingRule {
	return &MatchingRule{Names: []string{"nameSubstrings"}, Use: UseSubstrings, Syntax: syntax,
		Normalize: func(v []byte) ([]byte, error) {
			if k, err := key(v); err == nil {
				return k, nil
			}
			return bytes.ToLower(v), nil
		},
		Substring: func(piece []byte, _ SubPlace) ([]byte, error) {
			// A piece that is a whole name has a normal form; others are text.
			if k, err := key(piece); err == nil {
				return k, nil
			}
			return bytes.ToLower(piece), nil
		}}
}
