package filter

import (
	"bytes"
	"errors"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/schema"
)

// Match tests an entry. n must have been resolved; env may be nil. The error is
// one of a Matcher. An entry is selected when the outcome is True.
func (n *Node) Match(e *entry.Entry, env Env) (Truth, error) {
	switch n.Kind {
	case And:
		return n.matchSet(e, env, False)
	case Or:
		return n.matchSet(e, env, True)
	case Not:
		t, err := n.Kids[0].Match(e, env)
		return negate(t), err
	}
	if n.undef {
		return n.unknown, nil
	}
	if n.matcher != nil {
		ok, err := n.matcher.Match(e)
		if errors.Is(err, ErrUndefined) {
			return Undefined, nil
		}
		return truth(ok), err
	}
	if n.Kind == Extensible && n.Desc.Type == nil {
		return truth(n.matchAnyAttr(e, env) || n.DNAttrs && n.matchName(e)), nil
	}
	ok, known := n.matchAttr(e, env)
	if !ok && n.DNAttrs {
		ok = n.matchName(e)
	}
	if !ok && !known && n.Desc.Type.Unknown {
		return n.unknown, nil // nothing is known of such a type
	}
	return truth(ok), nil
}

// matchSet evaluates an and (end False) or an or (end True): the first kid with
// the truth end decides; otherwise an Undefined kid makes the set Undefined.
func (n *Node) matchSet(e *entry.Entry, env Env, end Truth) (Truth, error) {
	out := negate(end)
	for _, k := range n.Kids {
		t, err := k.Match(e, env)
		if err != nil {
			return Undefined, err
		}
		if t == end {
			return end, nil
		}
		if t == Undefined {
			out = Undefined
		}
	}
	return out, nil
}

func truth(b bool) Truth {
	if b {
		return True
	}
	return False
}

func negate(t Truth) Truth {
	switch t {
	case True:
		return False
	case False:
		return True
	}
	return Undefined
}

// matchAttr tests the values of the attributes that the description names: its
// type and subtypes, with at least its options. known tells whether the entry
// has such an attribute.
func (n *Node) matchAttr(e *entry.Entry, env Env) (ok, known bool) {
	t := n.Desc.Type
	if o, is := env.(Overriding); is && len(n.Desc.Options) == 0 {
		if values, ok := o.Override(e, t); ok {
			return n.Kind == Present && len(values) > 0 || n.Kind != Present && n.testValues(values), true
		}
	}
	for i := range e.Attrs {
		a := &e.Attrs[i]
		if a.Type != t && !a.Type.Is(t) {
			continue
		}
		if len(n.Desc.Options) > 0 && !n.Desc.Includes(schema.Description{Type: a.Type, Options: a.Options}) {
			continue
		}
		if known = true; n.Kind == Present || n.testValues(a.Values) {
			return true, true
		}
	}
	if env == nil || len(n.Desc.Options) > 0 {
		return false, known
	}
	values := env.Computed(e, t)
	if len(values) == 0 {
		return false, known
	}
	return n.Kind == Present || n.testValues(values), true
}

// matchAnyAttr tests all attributes to which the rule of an extensible filter
// applies.
func (n *Node) matchAnyAttr(e *entry.Entry, env Env) bool {
	for i := range e.Attrs {
		if a := &e.Attrs[i]; applies(n.rule, a.Type) && n.testValues(a.Values) {
			return true
		}
	}
	return false
}

// matchName tests the naming values of the entry's DN (":dn").
func (n *Node) matchName(e *entry.Entry) bool {
	name, err := dn.Parse(e.Name.Pretty)
	if err != nil || len(n.Desc.Options) > 0 {
		return false
	}
	for _, rdn := range name {
		for _, ava := range rdn {
			t := n.schema.AttributeType(ava.Type)
			if t == nil {
				if n.Desc.Type == nil {
					continue
				}
				t = n.schema.UnknownType(ava.Type)
			}
			if n.Desc.Type != nil && !t.Is(n.Desc.Type) || n.Desc.Type == nil && !applies(n.rule, t) {
				continue
			}
			if n.test(ava.Value) {
				return true
			}
		}
	}
	return false
}

const oidSubstringAssertion = "1.3.6.1.4.1.1466.115.121.1.58"

// stringSyntaxes are those to whose values the directory string rules apply.
var stringSyntaxes = map[string]bool{
	oidDirectoryString:              true,
	"1.3.6.1.4.1.1466.115.121.1.11": true, // country string
	"1.3.6.1.4.1.1466.115.121.1.26": true, // IA5 string
	"1.3.6.1.4.1.1466.115.121.1.36": true, // numeric string
	"1.3.6.1.4.1.1466.115.121.1.44": true, // printable string
	"1.3.6.1.4.1.1466.115.121.1.50": true, // telephone number
}

// applies tells whether a rule may be used on values of t (RFC 4512 section
// 4.1.4): t's own rules, and rules over t's syntax or one that contains it.
func applies(r *schema.MatchingRule, t *schema.AttributeType) bool {
	if r == t.Equality || r == t.Ordering || r == t.Substr {
		return true
	}
	if r.Syntax == nil || t.Syntax == nil {
		return false
	}
	over := r.Syntax.OID
	if over == oidSubstringAssertion {
		over = oidDirectoryString
	}
	return over == t.Syntax.OID || over == oidDirectoryString && stringSyntaxes[t.Syntax.OID]
}

func (n *Node) testValues(values [][]byte) bool {
	if n.probe != nil && n.class == nil && (n.Kind == Equality || n.Kind == Extensible && n.rule.Use == schema.UseEquality) {
		return n.probe.Find(values) >= 0
	}
	for _, v := range values {
		if n.test(v) {
			return true
		}
	}
	return false
}

// test tests one value. A value that its rule cannot prepare matches nothing.
func (n *Node) test(v []byte) bool {
	switch n.Kind {
	case Substrings:
		return n.testSubstrings(v)
	case GreaterOrEqual:
		k, err := n.rule.Normalize(v)
		return err == nil && bytes.Compare(k, n.keys[0]) >= 0
	case LessOrEqual:
		k, err := n.rule.Normalize(v)
		return err == nil && bytes.Compare(k, n.keys[0]) <= 0
	case Approx:
		return n.testEqual(v) || n.testApprox(v)
	case Extensible:
		switch {
		case n.rule.Use == schema.UseSubstrings:
			return n.testSubstrings(v)
		case n.rule.Use == schema.UseOrdering && !n.rule.Loose: // RFC 4517: true when the value comes before the assertion
			k, err := n.rule.Normalize(v)
			return err == nil && bytes.Compare(k, n.keys[0]) < 0
		}
	}
	return n.testEqual(v)
}

func (n *Node) testEqual(v []byte) bool {
	r := n.rule
	if r.Match != nil {
		ok, err := r.Match(v, n.Value)
		return err == nil && ok
	}
	if n.class != nil {
		return n.testClass(v)
	}
	if n.probe != nil {
		return n.probe.Equal(v)
	}
	k, err := r.Normalize(v)
	return err == nil && bytes.Equal(k, n.keys[0])
}

// testClass tells whether v names the class asserted or a subclass of it: an
// entry belongs to the superclasses of its classes without listing them
// (RFC 4512 section 3.3).
func (n *Node) testClass(v []byte) bool {
	if n.classNames != nil {
		return isOneOf(v, n.classNames)
	}
	if entry.EqualFold(v, n.Value) {
		return true
	}
	oc := n.schema.ObjectClass(string(v))
	return oc != nil && oc.Is(n.class)
}

// maxFast limits the values that are searched letter by letter: its cost is
// the product of the lengths, which a client can choose.
const maxFast = 1024

// testSubstrings looks for the pieces in their order, without overlap.
func (n *Node) testSubstrings(v []byte) bool {
	index, prefix, suffix := bytes.Index, bytes.HasPrefix, bytes.HasSuffix
	if n.simple != prepared && len(v) <= maxFast && entry.Plain(v) {
		if n.simple == caseFold {
			index, prefix, suffix = indexFold, hasPrefixFold, hasSuffixFold
		}
		return find(v, n.Initial, n.Any, n.Final, index, prefix, suffix)
	}
	k, err := n.rule.Normalize(v)
	if err != nil {
		return false
	}
	var initial, final []byte
	any := n.keys
	if n.Initial != nil {
		initial, any = any[0], any[1:]
	}
	if n.Final != nil {
		final, any = any[len(any)-1], any[:len(any)-1]
	}
	return find(k, initial, any, final, index, prefix, suffix)
}

func find(v, initial []byte, any [][]byte, final []byte, index func(s, sep []byte) int, prefix, suffix func(s, p []byte) bool) bool {
	if !prefix(v, initial) {
		return false
	}
	v = v[len(initial):]
	for _, p := range any {
		i := index(v, p)
		if i < 0 {
			return false
		}
		v = v[i+len(p):]
	}
	return suffix(v, final)
}

func hasPrefixFold(s, p []byte) bool { return len(s) >= len(p) && entry.EqualFold(s[:len(p)], p) }
func hasSuffixFold(s, p []byte) bool {
	return len(s) >= len(p) && entry.EqualFold(s[len(s)-len(p):], p)
}

func indexFold(s, p []byte) int {
	for i := 0; i+len(p) <= len(s); i++ {
		if entry.EqualFold(s[i:i+len(p)], p) {
			return i
		}
	}
	return -1
}
