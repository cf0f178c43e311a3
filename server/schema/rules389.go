package schema

import "bytes"

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
