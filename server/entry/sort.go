package entry

import (
	"bytes"
	"slices"

	"libslapi/server/schema"
)

// SortValues puts the values of t in the order of their normal forms, short ones
// first, as slapd's sortvals does.
func (e *Entry) SortValues(t *schema.AttributeType) {
	for a := range e.Matching(t) {
		if len(a.Values) < 2 {
			continue
		}
		type item struct{ key, value []byte }
		list := make([]item, len(a.Values))
		for i, v := range a.Values {
			key, err := a.Type.EqualityKey(v)
			if err != nil {
				key = v
			}
			list[i] = item{key, v}
		}
		slices.SortStableFunc(list, func(x, y item) int {
			if len(x.key) != len(y.key) {
				return len(x.key) - len(y.key)
			}
			return bytes.Compare(x.key, y.key)
		})
		values := make([][]byte, len(list))
		for i := range list {
			values[i] = list[i].value
		}
		a.Values = values
	}
}
