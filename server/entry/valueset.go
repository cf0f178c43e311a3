package entry

import (
	"bytes"

	"libslapi/server/schema"
)

// valueSet finds values of one attribute while several are added or removed.
// A few look-ups compare value by value; more of them build a table of keys,
// so that adding n members to a group of m costs n+m and not n*m.
type valueSet struct {
	a    *Attr
	keys map[string]int // equality key -> index into a.Values; nil: look through
}

// hashFrom is the number of look-ups from which a table pays: it prepares every
// value, which a look-up by Probe hardly does.
const hashFrom = 16

// fewValues are compared pair by pair.
const fewValues = 4

func newValueSet(a *Attr, lookups int) *valueSet {
	s := &valueSet{a: a}
	if lookups >= hashFrom && a.Type.Equality != nil {
		s.index()
	}
	return s
}

func (s *valueSet) index() {
	s.keys = make(map[string]int, len(s.a.Values)+hashFrom)
	for i, v := range s.a.Values {
		s.keys[setKey(s.a.Type, v)] = i
	}
}

// setKey is the equality key, or the value itself when it has none.
func setKey(t *schema.AttributeType, v []byte) string {
	if k, err := t.EqualityKey(v); err == nil {
		return string(k)
	}
	return string(v)
}

// find returns the index of a value equal to v, -1 without one.
func (s *valueSet) find(v []byte) (int, error) {
	if s.keys == nil {
		return s.a.index(v)
	}
	key, err := s.a.Type.EqualityKey(v)
	if err != nil {
		key = v
	}
	if i, ok := s.keys[string(key)]; ok {
		return i, nil
	}
	return -1, err
}

// add appends v, which find did not find.
func (s *valueSet) add(v []byte) {
	if s.keys != nil {
		s.keys[setKey(s.a.Type, v)] = len(s.a.Values)
	}
	s.a.Values = append(s.a.Values, v)
}

// duplicate looks for a value that equals an earlier one and returns the index
// of the earlier one; -1 when all differ.
func duplicate(t *schema.AttributeType, values [][]byte) int {
	if len(values) < 2 {
		return -1
	}
	if len(values) < fewValues {
		var keys [fewValues][]byte
		for i, v := range values {
			k, err := t.EqualityKey(v)
			if err != nil {
				k = v
			}
			for j, before := range keys[:i] {
				if bytes.Equal(before, k) {
					return j
				}
			}
			keys[i] = k
		}
		return -1
	}
	seen := make(map[string]int, len(values))
	for i, v := range values {
		k := setKey(t, v)
		if j, ok := seen[k]; ok {
			return j
		}
		seen[k] = i
	}
	return -1
}
