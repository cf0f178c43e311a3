package sqldb

import (
	"bytes"
	"crypto/sha256"
	"strconv"
	"strings"

	"libslapi/server/backend"
	"libslapi/server/filter"
	"libslapi/server/schema"
)

// condition writes what a filter says as SQL: a query for the ids of a set of
// entries that has every one for which the filter is true, and maybe others.
type condition struct {
	schema *schema.Schema
	env    filter.Env
	value  string // the table
	args   []any
}

// weight tells how few entries a condition is expected to leave, from its form
// alone: the smaller the fewer.
type weight int

const (
	weightNone  weight = iota // no entry
	weightEqual               // one value
	weightSome                // the beginning of a value, a range
	weightClass
	weightPresent
	weightAll // says nothing
)

// maxSet bounds the parts of one query; a larger filter is tested here alone.
const maxSet = 200

func (c *condition) arg(v any) string {
	c.args = append(c.args, v)
	return "$" + strconv.Itoa(len(c.args))
}

// stored tells whether a type has all its values in the database.
func (c *condition) stored(t *schema.AttributeType) bool {
	if t == nil {
		return false
	}
	if e, ok := c.env.(backend.Computing); ok {
		return !e.Computes(t)
	}
	return c.env == nil
}

// types gives the names in the table of a type and its subtypes, apart by
// whether their rows have the keys of a rule.
func (c *condition) types(t *schema.AttributeType, rule *schema.MatchingRule) (same, other []string) {
	add := func(u *schema.AttributeType) {
		if (keyed(u) || u.Unknown) && rule != nil && u.Equality != nil && u.Equality.OID == rule.OID {
			same = append(same, typeName(u))
		} else {
			other = append(other, typeName(u))
		}
	}
	if t.Unknown || c.schema.AttributeType(t.Name()) == nil {
		add(t)
		return same, other
	}
	for _, u := range c.schema.AttributeTypes() {
		if u.Is(t) {
			add(u)
		}
	}
	return same, other
}

// weigh tells what to expect of a filter.
func (c *condition) weigh(n *filter.Node) weight {
	switch n.Kind {
	case filter.And:
		if len(n.Kids) > maxSet {
			return weightAll
		}
		best := weightAll
		for _, k := range n.Kids {
			best = min(best, c.weigh(k))
		}
		return best
	case filter.Or:
		if len(n.Kids) > maxSet {
			return weightAll
		}
		worst := weightNone
		for _, k := range n.Kids {
			worst = max(worst, c.weigh(k))
		}
		return worst
	case filter.Not:
		return weightAll
	}
	if n.Undefined() {
		return weightNone
	}
	if n.Kind == filter.Extensible && n.DNAttrs || !c.stored(n.Desc.Type) {
		return weightAll
	}
	switch n.Kind {
	case filter.Equality, filter.Extensible:
		if n.Class() != nil {
			return weightClass
		}
		return weightEqual
	case filter.GreaterOrEqual, filter.LessOrEqual:
		return weightSome
	case filter.Present, filter.Approx, filter.Substrings:
		if oc := c.schema.AttributeType("objectClass"); oc != nil && n.Desc.Type.Is(oc) {
			return weightAll // every entry has one
		}
		return weightPresent
	}
	return weightAll
}

// leaf writes the condition of one item, which says something, on a row of the
// table value.
func (c *condition) leaf(n *filter.Node, alias string) string {
	t := n.Desc.Type
	rule := n.MatchingRule()
	present := func() string {
		same, other := c.types(t, nil)
		return alias + ".attr = ANY(" + c.arg(append(same, other...)) + ")"
	}
	either := func(test string, same, other []string) string {
		text := "(" + alias + ".attr = ANY(" + c.arg(same) + ") AND " + test + ")"
		if len(other) > 0 {
			text = "(" + text + " OR " + alias + ".attr = ANY(" + c.arg(other) + "))"
		}
		return text
	}
	switch n.Kind {
	case filter.Present, filter.Approx, filter.Substrings:
		return present()
	case filter.Equality, filter.Extensible:
		if n.Kind == filter.Extensible && n.Rule != "" && (t.Equality == nil || rule == nil || rule.OID != t.Equality.OID) {
			return present()
		}
		if rule == nil || rule.Match != nil || len(n.Keys()) != 1 {
			return present()
		}
		key := n.Keys()[0]
		if oc := n.Class(); oc != nil {
			k, err := t.EqualityKey([]byte(oc.Name()))
			if err != nil {
				return present()
			}
			key = k
		}
		same, other := c.types(t, rule)
		if len(same) == 0 {
			return present()
		}
		return either(alias+".key = "+c.arg(bounded(key)), same, other)
	case filter.GreaterOrEqual, filter.LessOrEqual:
		if rule == nil || rule.Match != nil || len(n.Keys()) != 1 || t.Equality == nil || backend.OrderingOf(t.Equality) != rule.OID {
			return present()
		}
		same, other := c.types(t, t.Equality)
		if len(same) == 0 {
			return present()
		}
		key := n.Keys()[0]
		cut, sign := key[:min(len(key), longKey)], " >= "
		if n.Kind == filter.LessOrEqual {
			sign = " <= "
			if len(key) > longKey {
				// What is cut off hides the order: all that begin so may be meant.
				cut = append(bytes.Clone(cut), bytes.Repeat([]byte{0xff}, sha256.Size+1)...)
			}
		}
		test := alias + ".key" + sign + c.arg(cut)
		return either(test, same, other)
	}
	return ""
}

// set writes the query; "" means every entry.
func (c *condition) set(n *filter.Node) string {
	switch w := c.weigh(n); {
	case w == weightAll:
		return ""
	case w == weightNone:
		return "SELECT 0::bigint WHERE false"
	}
	switch n.Kind {
	case filter.Or:
		var parts []string
		for _, k := range n.Kids {
			if c.weigh(k) != weightNone {
				parts = append(parts, c.set(k))
			}
		}
		return "(" + strings.Join(parts, " UNION ") + ")"
	case filter.And:
		return c.and(n.Kids)
	}
	return "SELECT v.entry FROM " + c.value + " v WHERE " + c.leaf(n, "v")
}

// and begins with what promises to leave the fewest and has the others looked
// up row by row.
func (c *condition) and(kids []*filter.Node) string {
	first := 0
	for i := range kids {
		if c.weigh(kids[i]) < c.weigh(kids[first]) {
			first = i
		}
	}
	set := c.set(kids[first])
	var more []string
	for i, k := range kids {
		if i == first || k.Kind == filter.And || k.Kind == filter.Or || c.weigh(k) > weightPresent {
			continue
		}
		more = append(more, "EXISTS (SELECT 1 FROM "+c.value+" w WHERE w.entry = s.entry AND "+c.leaf(k, "w")+")")
	}
	if len(more) == 0 {
		return set
	}
	return "SELECT s.entry FROM (" + set + ") AS s(entry) WHERE " + strings.Join(more, " AND ")
}
