package backend

import (
	"bytes"
	"fmt"
	"strings"

	"libslapi/server/filter"
	"libslapi/server/schema"
)

// Computing is implemented by a filter.Env that can name the attribute types
// for which it supplies values: an index, which has stored values only, is not
// used for those.
type Computing interface {
	Computes(t *schema.AttributeType) bool
}

// orderOf gives, by OID, the ordering rules whose keys are the keys of an
// equality rule: an index of equality keys in order serves them too.
var orderOf = map[string]string{
	"2.5.13.2":                    "2.5.13.3",                    // caseIgnore
	"2.5.13.5":                    "2.5.13.6",                    // caseExact
	"2.5.13.8":                    "2.5.13.9",                    // numericString
	"2.5.13.14":                   "2.5.13.15",                   // integer
	"2.5.13.17":                   "2.5.13.18",                   // octetString
	"2.5.13.27":                   "2.5.13.28",                   // generalizedTime
	"1.3.6.1.4.1.1466.109.114.1":  "2.5.13.6",                    // caseExactIA5
	"1.3.6.1.4.1.1466.109.114.2":  "2.5.13.3",                    // caseIgnoreIA5
	"1.3.6.1.1.16.2":              "1.3.6.1.1.16.3",              // UUID
	"1.3.6.1.4.1.4203.666.11.2.2": "1.3.6.1.4.1.4203.666.11.2.3", // CSN
}

// OrderingOf gives the OID of the ordering rule whose keys are the keys of an
// equality rule; "" when there is none.
func OrderingOf(equality *schema.MatchingRule) string { return orderOf[equality.OID] }

func sameRule(a, b *schema.MatchingRule) bool {
	return a != nil && b != nil && (a == b || a.OID == b.OID)
}

// rank tells how few entries a kind of filter is expected to leave, from its
// form alone: the smaller the fewer. none: no index serves it.
type rank int

const (
	rankEmpty rank = iota // no entry can match
	rankEq
	rankSub
	rankClass
	rankRange
	rankPres
	rankNone
)

// planner finds candidates for a filter: a set that has every entry for which
// the filter is true, and maybe others.
type planner struct {
	v    *view
	env  filter.Env
	text *strings.Builder // explains, when not nil
}

// few is a number of candidates that is not worth narrowing down further.
const few = 8

// usable gives the index of a type when kind k of it can serve.
func (p *planner) usable(t *schema.AttributeType, k kind) *typedIndex {
	if t == nil {
		return nil
	}
	ti := p.v.ix.exact(t)
	if ti == nil || !ti.ready[k] {
		return nil
	}
	if p.env != nil {
		if c, ok := p.env.(Computing); ok && c.Computes(t) {
			return nil
		}
	}
	return ti
}

// exactIndex gives the index for a filter that compares for equality, or for
// sound.
func (p *planner) exactIndex(n *filter.Node) *typedIndex {
	r := n.MatchingRule()
	if r == nil || r.Match != nil || len(n.Keys()) != 1 {
		return nil
	}
	k := kindEq
	if n.Kind == filter.Approx {
		k = kindApprox
	}
	if ti := p.usable(n.Desc.Type, k); ti != nil && sameRule(r, ti.t.Equality) {
		return ti
	}
	return nil
}

// orderIndex gives the index for >= and <=.
func (p *planner) orderIndex(n *filter.Node) *typedIndex {
	r := n.MatchingRule()
	if r == nil || r.Match != nil || len(n.Keys()) != 1 {
		return nil
	}
	ti := p.usable(n.Desc.Type, kindEq)
	if ti == nil || ti.class || ti.t.Equality == nil || OrderingOf(ti.t.Equality) != r.OID {
		return nil
	}
	return ti
}

// gramsOf gives what a substring index can be asked for: runs that must be
// there, or beginnings of such runs.
func gramsOf(n *filter.Node) (grams, prefixes [][]byte) {
	keys := n.Keys()
	if n.Initial != nil && len(keys) > 0 {
		if g := pieceGrams(keys[0], true, false); len(g) > 0 {
			grams = append(grams, g...)
		} else if len(keys[0]) == 1 {
			prefixes = append(prefixes, []byte{markBegin, keys[0][0]})
		}
		keys = keys[1:]
	}
	var last []byte
	if n.Final != nil && len(keys) > 0 {
		last, keys = keys[len(keys)-1], keys[:len(keys)-1]
	}
	for _, k := range keys {
		g := pieceGrams(k, false, false)
		grams = append(grams, g...)
		if len(g) == 0 && len(k) == 2 {
			prefixes = append(prefixes, k)
		}
	}
	if last != nil {
		grams = append(grams, pieceGrams(last, false, true)...)
	}
	return grams, prefixes
}

func (p *planner) subIndex(n *filter.Node) *typedIndex {
	ti := p.usable(n.Desc.Type, kindSub)
	if ti == nil || !sameRule(n.MatchingRule(), ti.t.Substr) || len(n.Keys()) == 0 {
		return nil
	}
	if g, pre := gramsOf(n); len(g)+len(pre) == 0 {
		return nil
	}
	return ti
}

// rank tells what to expect of a filter, without reading anything.
func (p *planner) rank(n *filter.Node) rank {
	switch n.Kind {
	case filter.And:
		best := rankNone
		for _, k := range n.Kids {
			best = min(best, p.rank(k))
		}
		return best
	case filter.Or:
		worst := rankEmpty
		for _, k := range n.Kids {
			worst = max(worst, p.rank(k))
		}
		return worst
	case filter.Not:
		return rankNone
	}
	if n.Undefined() {
		return rankEmpty
	}
	switch n.Kind {
	case filter.Equality, filter.Approx, filter.Extensible:
		if n.Kind == filter.Extensible && (n.DNAttrs || n.Desc.Type == nil) {
			return rankNone
		}
		if ti := p.exactIndex(n); ti != nil {
			if ti.class {
				return rankClass
			}
			return rankEq
		}
	case filter.Substrings:
		if p.subIndex(n) != nil {
			return rankSub
		}
	case filter.GreaterOrEqual, filter.LessOrEqual:
		if p.orderIndex(n) != nil {
			return rankRange
		}
	case filter.Present:
		if ti := p.usable(n.Desc.Type, kindPres); ti != nil && !ti.class {
			return rankPres
		}
	}
	return rankNone
}

// find gives the candidates of a filter; nil means every entry.
func (p *planner) find(n *filter.Node) (*idset, error) {
	if p.rank(n) == rankNone {
		return nil, nil
	}
	switch n.Kind {
	case filter.And:
		return p.and(n.Kids)
	case filter.Or:
		out := &idset{}
		for _, k := range n.Kids {
			s, err := p.find(k)
			if s == nil || err != nil {
				return nil, err
			}
			out.or(s)
		}
		return out, nil
	}
	if n.Undefined() {
		p.explain("undefined", n, &idset{})
		return &idset{}, nil
	}
	var s *idset
	var err error
	var how string
	switch n.Kind {
	case filter.Approx:
		how = "index approx"
		s, err = p.approx(p.exactIndex(n), n)
	case filter.Equality, filter.Extensible:
		how = "index eq"
		ti := p.exactIndex(n)
		key := n.Keys()[0]
		if oc := n.Class(); oc != nil && ti.class {
			if key, err = ti.t.EqualityKey([]byte(oc.Name())); err != nil {
				return nil, nil
			}
		}
		s, err = p.v.postings(ti.table[kindEq], appendKey(nil, key))
	case filter.Substrings:
		how = "index sub"
		s, err = p.substrings(p.subIndex(n), n)
	case filter.GreaterOrEqual:
		how = "index eq from"
		s, err = p.v.between(p.orderIndex(n).table[kindEq], appendLow(nil, n.Keys()[0]), nil)
	case filter.LessOrEqual:
		how = "index eq to"
		s, err = p.v.between(p.orderIndex(n).table[kindEq], nil, appendHigh(nil, n.Keys()[0]))
	case filter.Present:
		how = "index pres"
		s, err = p.v.postings(p.usable(n.Desc.Type, kindPres).table[kindPres], nil)
	}
	if err == nil {
		p.explain(how, n, s)
	}
	return s, err
}

// and intersects, what promises to be smallest first; once few are left it
// stops, since testing them costs less than reading more.
func (p *planner) and(kids []*filter.Node) (*idset, error) {
	var out *idset
	for r := rankEmpty; r < rankNone; r++ {
		for _, k := range kids {
			if p.rank(k) != r {
				continue
			}
			s, err := p.find(k)
			if err != nil {
				return nil, err
			}
			if s == nil {
				continue
			}
			if out == nil {
				out = s
			} else {
				out.and(s)
			}
			if out.len() <= few {
				return out, nil
			}
		}
	}
	return out, nil
}

// approx finds the entries with an equal value or with all words by sound.
func (p *planner) approx(ti *typedIndex, n *filter.Node) (*idset, error) {
	table := ti.table[kindApprox]
	out, err := p.v.postings(table, appendApprox(nil, approxWhole, n.Keys()[0]))
	if err != nil {
		return nil, err
	}
	var sound *idset
	for _, w := range filter.ApproxWords(n.Value) {
		s, err := p.v.postings(table, appendApprox(nil, approxWord, []byte(w)))
		if err != nil {
			return nil, err
		}
		if sound == nil {
			sound = s
		} else {
			sound.and(s)
		}
	}
	if sound != nil {
		out.or(sound)
	}
	return out, nil
}

func (p *planner) substrings(ti *typedIndex, n *filter.Node) (*idset, error) {
	var out *idset
	grams, prefixes := gramsOf(n)
	for _, g := range grams {
		s, err := p.v.postings(ti.table[kindSub], g)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = s
		} else {
			out.and(s)
		}
		if out.len() <= few {
			return out, nil
		}
	}
	if len(grams) > 0 {
		return out, nil
	}
	for _, pre := range prefixes {
		high := bytes.Clone(pre)
		high[len(high)-1]++
		if high[len(high)-1] == 0 {
			high = nil // no value of text has an octet 0xff
		}
		s, err := p.v.between(ti.table[kindSub], pre, high)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = s
		} else {
			out.and(s)
		}
	}
	return out, nil
}

func (p *planner) explain(how string, n *filter.Node, s *idset) {
	if p.text == nil {
		return
	}
	if p.text.Len() > 0 {
		p.text.WriteString("; ")
	}
	c := s.len()
	plural := "s"
	if c == 1 {
		plural = ""
	}
	fmt.Fprintf(p.text, "%s %s -> %d candidate%s", how, n.Attr, c, plural)
}

// lack is a filter that matches nothing in one state of the database.
type lack struct {
	n   *filter.Node
	ix  *bound
	gen uint64
}

// Lacks implements Lacker.
func (v *view) Lacks(n *filter.Node) bool {
	if v.own != nil {
		return false
	}
	if l := v.db.lacks.Load(); l != nil && l.n == n && l.gen == v.gen && l.ix == v.ix {
		return true
	}
	p := planner{v: v}
	if n.Kind != filter.Equality || n.Undefined() || p.exactIndex(n) == nil {
		return false
	}
	set, err := p.find(n)
	if err != nil || set == nil || set.len() > 0 {
		return false
	}
	v.db.lacks.Store(&lack{n: n, ix: v.ix, gen: v.gen})
	return true
}

// postings reads the set of ids under one index key.
func (v *view) postings(table, key []byte) (*idset, error) {
	s := &idset{}
	bad := false
	err := v.r.Scan(table, key, func(k, val []byte) bool {
		if len(k) != len(key)+chunkNoLen || !bytes.HasPrefix(k, key) {
			// With keys that are no beginning of others this is the end.
			return false
		}
		bad = !s.at(chunkNo(k)).read(val)
		return !bad
	})
	if bad {
		err = damagedIndex(table)
	}
	return s, err
}

// between reads the union of the sets under the keys from low on and below
// high; nil means no bound.
func (v *view) between(table, low, high []byte) (*idset, error) {
	chunks := map[uint64]*chunk{}
	bad := false
	err := v.r.Scan(table, low, func(k, val []byte) bool {
		if high != nil && bytes.Compare(k, high) >= 0 {
			return false
		}
		no := chunkNo(k)
		c := chunks[no]
		if c == nil {
			c = &chunk{no: no}
			chunks[no] = c
		}
		bad = !c.read(val)
		return !bad
	})
	if bad {
		err = damagedIndex(table)
	}
	return collect(chunks), err
}
