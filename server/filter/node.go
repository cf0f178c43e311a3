package filter

import (
	"slices"

	"libslapi/server/schema"
)

// Clone returns a deep copy that is not resolved. Values are shared.
func (n *Node) Clone() *Node {
	c := &Node{
		Kind: n.Kind, Attr: n.Attr, Value: n.Value, Initial: n.Initial, Any: slices.Clone(n.Any),
		Final: n.Final, Rule: n.Rule, DNAttrs: n.DNAttrs,
	}
	if n.Kids != nil {
		c.Kids = make([]*Node, len(n.Kids))
		for i, k := range n.Kids {
			c.Kids[i] = k.Clone()
		}
	}
	return c
}

// Walk calls f for n and everything below it, outer nodes first, until f
// returns false.
func (n *Node) Walk(f func(*Node) bool) bool {
	if !f(n) {
		return false
	}
	for _, k := range n.Kids {
		if !k.Walk(f) {
			return false
		}
	}
	return true
}

// MatchingRule is the rule that Resolve chose; nil for a set, for present and
// for what evaluates to Undefined. An index may serve the node only when it
// was built with this rule's normal forms.
func (n *Node) MatchingRule() *schema.MatchingRule { return n.rule }

// Keys are the prepared assertion: one key, or for Substrings the initial,
// any and final pieces in this order without those that are absent. nil when
// there is no rule. Not to be changed.
func (n *Node) Keys() [][]byte { return n.keys }

// Undefined tells whether n evaluates to Undefined whatever the entry (with a
// schema of schema.Compat389, to False).
func (n *Node) Undefined() bool { return n.undef }

// Class is, for an equality or approximate filter on objectClass (or
// structuralObjectClass), the class asserted: entries match that list it or a
// subclass of it. nil for every other filter.
func (n *Node) Class() *schema.ObjectClass { return n.class }

// Release frees the matchers of n and below. The node must be resolved again
// before it is used again.
func (n *Node) Release() {
	for _, k := range n.Kids {
		k.Release()
	}
	if n.matcher != nil {
		n.matcher.Release()
		n.matcher = nil
	}
}

// UnknownRule names the first rule of an extensible filter, in n or below,
// that neither the schema nor a plug-in knows; "" when there is none.
func (n *Node) UnknownRule() string {
	name := ""
	n.Walk(func(k *Node) bool {
		if k.noRule {
			name = k.Rule
		}
		return !k.noRule
	})
	return name
}
