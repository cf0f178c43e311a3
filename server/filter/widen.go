package filter

// Widen gives a filter that matches all that n does and can be tested without
// the items that unknown names: in their place stands what lets every entry
// pass. It is n itself when there are none, else new and not resolved.
func (n *Node) Widen(unknown func(item *Node) bool) *Node {
	found := !n.Walk(func(k *Node) bool { return k.Kind == And || k.Kind == Or || k.Kind == Not || !unknown(k) })
	if !found {
		return n
	}
	return n.widen(unknown, true)
}

func (n *Node) widen(unknown func(*Node) bool, pass bool) *Node {
	switch n.Kind {
	case And, Or, Not:
		c := &Node{Kind: n.Kind}
		for _, k := range n.Kids {
			c.Kids = append(c.Kids, k.widen(unknown, pass != (n.Kind == Not)))
		}
		return c
	}
	if !unknown(n) {
		return n.Clone()
	}
	all := &Node{Kind: Present, Attr: "objectClass"}
	if pass {
		return all
	}
	return &Node{Kind: Not, Kids: []*Node{all}}
}
