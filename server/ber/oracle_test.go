package ber

import (
	"bytes"
	"testing"

	asn1 "github.com/go-asn1-ber/asn1-ber"
	"pgregory.net/rapid"
)

// node is a BER element of the kinds that LDAP uses.
type node struct {
	tag  int
	kids []node // constructed
	data []byte // octet string, context primitive
	num  int64
	yes  bool
}

func drawNode(t *rapid.T, depth int) node {
	kinds := []int{TagBoolean, TagInteger, TagEnumerated, TagOctetString, 0x80, 0x87, 0x4a}
	if depth < 5 {
		kinds = append(kinds, TagSequence, TagSet, 0xa0, 0xa3, 0x63)
	}
	n := node{tag: rapid.SampledFrom(kinds).Draw(t, "tag")}
	switch {
	case n.tag&0x20 != 0:
		for range rapid.IntRange(0, 4).Draw(t, "kids") {
			n.kids = append(n.kids, drawNode(t, depth+1))
		}
	case n.tag == TagBoolean:
		n.yes = rapid.Bool().Draw(t, "bool")
	case n.tag == TagInteger || n.tag == TagEnumerated:
		n.num = rapid.Int64().Draw(t, "int")
	default:
		n.data = rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "data")
	}
	return n
}

func (n *node) packet() *asn1.Packet {
	class, typ, tag := asn1.Class(n.tag&0xc0), asn1.Type(n.tag&0x20), asn1.Tag(n.tag&0x1f)
	switch {
	case n.tag&0x20 != 0:
		p := asn1.Encode(class, typ, tag, nil, "")
		for i := range n.kids {
			p.AppendChild(n.kids[i].packet())
		}
		return p
	case n.tag == TagBoolean:
		p := asn1.NewBoolean(class, typ, tag, n.yes, "")
		if n.yes { // asn1-ber writes 01, RFC 4511 section 5.1 wants ff
			p.Data.Reset()
			p.Data.WriteByte(0xff)
		}
		return p
	case n.tag == TagInteger || n.tag == TagEnumerated:
		return asn1.NewInteger(class, typ, tag, n.num, "")
	}
	return asn1.NewString(class, typ, tag, string(n.data), "")
}

func (n *node) build(b *Builder) {
	switch {
	case n.tag&0x20 != 0:
		m := b.Begin(n.tag)
		for i := range n.kids {
			n.kids[i].build(b)
		}
		b.End(m)
	case n.tag == TagBoolean:
		b.Bool(n.tag, n.yes)
	case n.tag == TagInteger || n.tag == TagEnumerated:
		b.Int(n.tag, n.num)
	default:
		b.OctetString(n.tag, n.data)
	}
}

func (n *node) check(t *rapid.T, c *Cursor) {
	if c.Tag() != n.tag {
		t.Fatalf("tag %#x, want %#x", c.Tag(), n.tag)
	}
	switch {
	case n.tag&0x20 != 0:
		in := c.Enter(n.tag)
		if in.Count() != len(n.kids) {
			t.Fatalf("count %d, want %d", in.Count(), len(n.kids))
		}
		for i := range n.kids {
			n.kids[i].check(t, &in)
		}
		c.Leave(&in)
	case n.tag == TagBoolean:
		if c.Bool() != n.yes {
			t.Fatal("boolean differs")
		}
	case n.tag == TagInteger || n.tag == TagEnumerated:
		if got := c.Integer(n.tag); got != n.num {
			t.Fatalf("%d, want %d", got, n.num)
		}
	default:
		if got := c.Octets(n.tag); !bytes.Equal(got, n.data) {
			t.Fatalf("%x, want %x", got, n.data)
		}
	}
	if c.Err() != nil {
		t.Fatal(c.Err())
	}
}

// TestOracle: what asn1-ber writes the Cursor reads, and the Builder writes
// the same octets.
func TestOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawNode(t, 0)
		want := n.packet().Bytes()
		c := NewCursor(want)
		n.check(t, &c)
		if c.More() {
			t.Fatal("octets left")
		}
		var b Builder
		n.build(&b)
		if !bytes.Equal(b.Bytes(), want) {
			t.Fatalf("built %x, want %x", b.Bytes(), want)
		}
	})
}
