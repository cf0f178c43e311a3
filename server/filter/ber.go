package filter

import (
	"libslapi/server/ber"
	"libslapi/server/wire"
)

// Context tags inside SubstringFilter and MatchingRuleAssertion (RFC 4511
// section 4.5.1).
const (
	tagInitial = 0x80
	tagAny     = 0x81
	tagFinal   = 0x82

	tagRule    = 0x81
	tagType    = 0x82
	tagValue   = 0x83
	tagDNAttrs = 0x84
)

// Decode reads a Filter element, its header included. Values are sub-slices of
// raw. The error is a *wire.Error with protocolError, for malformed BER and for
// a filter beyond the limits.
func Decode(raw []byte) (*Node, error) {
	c := ber.NewCursor(raw)
	d := decoder{}
	n, err := d.node(&c, 0)
	if err == nil && c.More() {
		c.Fail("octets behind the filter")
	}
	if err == nil {
		err = c.Err()
	}
	if err != nil {
		return nil, wire.Errorf(wire.ProtocolError, "bad search filter: %v", err)
	}
	return n, nil
}

type decoder struct{ nodes int }

func (d *decoder) node(c *ber.Cursor, depth int) (*Node, error) {
	if depth > MaxDepth {
		return nil, ErrTooDeep
	}
	if d.nodes++; d.nodes > MaxNodes {
		return nil, ErrTooLarge
	}
	n := &Node{Kind: Kind(c.Tag())}
	switch n.Kind {
	case And, Or, Not:
		return n, d.set(n, c, depth)
	case Equality, GreaterOrEqual, LessOrEqual, Approx:
		in := c.Enter(int(n.Kind))
		n.Attr = in.String()
		n.Value = in.OctetString()
		c.Leave(&in)
	case Present:
		n.Attr = string(c.Octets(int(Present)))
	case Substrings:
		d.substrings(n, c)
	case Extensible:
		extensible(n, c)
	default:
		c.Fail("no such filter choice")
	}
	return n, c.Err()
}

func (d *decoder) set(n *Node, c *ber.Cursor, depth int) error {
	in := c.Enter(int(n.Kind))
	if n.Kind != Not {
		if count := in.Count(); count > 0 {
			n.Kids = make([]*Node, 0, min(count, MaxNodes))
		}
	}
	for in.More() {
		k, err := d.node(&in, depth+1)
		if err != nil {
			return err
		}
		n.Kids = append(n.Kids, k)
	}
	if n.Kind == Not && len(n.Kids) != 1 {
		in.Fail("not of other than one filter")
	}
	c.Leave(&in)
	return c.Err()
}

func (d *decoder) substrings(n *Node, c *ber.Cursor) {
	in := c.Enter(int(Substrings))
	n.Attr = in.String()
	seq := in.Enter(ber.TagSequence)
	if !seq.More() {
		seq.Fail("substrings without a piece")
	}
	for seq.More() {
		if d.nodes++; d.nodes > MaxNodes {
			seq.Fail(ErrTooLarge.Error())
			break
		}
		tag := seq.Tag()
		piece := seq.Octets(tag)
		switch {
		case n.Final != nil:
			seq.Fail("piece behind the final one")
		case len(piece) == 0:
			seq.Fail("empty piece")
		case tag == tagInitial && n.Initial == nil && n.Any == nil:
			n.Initial = piece
		case tag == tagAny:
			n.Any = append(n.Any, piece)
		case tag == tagFinal:
			n.Final = piece
		default:
			seq.Fail("piece out of place")
		}
	}
	in.Leave(&seq)
	c.Leave(&in)
}

func extensible(n *Node, c *ber.Cursor) {
	in := c.Enter(int(Extensible))
	if in.Tag() == tagRule {
		n.Rule = string(in.Octets(tagRule))
	}
	if in.Tag() == tagType {
		n.Attr = string(in.Octets(tagType))
	}
	n.Value = in.Octets(tagValue)
	if in.Tag() == tagDNAttrs {
		n.DNAttrs = in.Boolean(tagDNAttrs)
	}
	if n.Rule == "" && n.Attr == "" {
		in.Fail("neither a rule nor an attribute")
	}
	c.Leave(&in)
}

// Append appends the BER form of n to dst.
func (n *Node) Append(dst []byte) []byte {
	b := ber.NewBuilder(dst)
	n.build(&b)
	return b.Bytes()
}

func (n *Node) build(b *ber.Builder) {
	if n.Kind == Present {
		b.String(int(Present), n.Attr)
		return
	}
	m := b.Begin(int(n.Kind))
	switch n.Kind {
	case And, Or, Not:
		for _, k := range n.Kids {
			k.build(b)
		}
	case Substrings:
		b.String(ber.TagOctetString, n.Attr)
		seq := b.Begin(ber.TagSequence)
		if n.Initial != nil {
			b.OctetString(tagInitial, n.Initial)
		}
		for _, p := range n.Any {
			b.OctetString(tagAny, p)
		}
		if n.Final != nil {
			b.OctetString(tagFinal, n.Final)
		}
		b.End(seq)
	case Extensible:
		if n.Rule != "" {
			b.String(tagRule, n.Rule)
		}
		if n.Attr != "" {
			b.String(tagType, n.Attr)
		}
		b.OctetString(tagValue, n.Value)
		if n.DNAttrs {
			b.Bool(tagDNAttrs, true)
		}
	default:
		b.String(ber.TagOctetString, n.Attr)
		b.OctetString(ber.TagOctetString, n.Value)
	}
	b.End(m)
}
