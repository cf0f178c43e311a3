package operation

import (
	"bytes"
	"fmt"
	"testing"

	"libslapi/server/ber"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// plainClient takes entries as messages only.
type plainClient struct{ c *client }

func (p plainClient) SendEntry(op *plugin.Operation, m *plugin.EntryMessage) error {
	n := &plugin.EntryMessage{DN: m.DN, Controls: m.Controls}
	for _, a := range m.Attrs {
		b := wire.Attribute{Type: a.Type}
		for _, v := range a.Values {
			b.Values = append(b.Values, append([]byte{}, v...))
		}
		n.Attrs = append(n.Attrs, b)
	}
	return p.c.SendEntry(op, n)
}
func (p plainClient) SendReference(op *plugin.Operation, urls []string, ctls []wire.Control) error {
	return p.c.SendReference(op, urls, ctls)
}
func (p plainClient) SendIntermediate(op *plugin.Operation, oid string, v []byte, has bool, ctls []wire.Control) error {
	return p.c.SendIntermediate(op, oid, v, has, ctls)
}
func (p plainClient) SendResult(op *plugin.Operation) error { return p.c.SendResult(op) }

// encodedClient takes entries encoded, too.
type encodedClient struct {
	plainClient
	encoded int
}

// SendEncoded takes the entries that the pipeline encodes as it reads them.
func (c *encodedClient) SendEncoded(op *plugin.Operation, name string, encoded []byte, controls []wire.Control) error {
	m := &plugin.EntryMessage{Controls: controls}
	top := ber.NewCursor(bytes.Clone(encoded))
	body := top.Enter(wire.TagSearchResultEntry)
	m.DN = string(body.OctetString())
	list := body.Enter(ber.TagSequence)
	for list.More() {
		one := list.Enter(ber.TagSequence)
		a := wire.Attribute{Type: string(one.OctetString())}
		set := one.Enter(ber.TagSet)
		for set.More() {
			a.Values = append(a.Values, set.OctetString())
		}
		one.Leave(&set)
		list.Leave(&one)
		m.Attrs = append(m.Attrs, a)
	}
	body.Leave(&list)
	top.Leave(&body)
	if top.Err() != nil || m.DN != name {
		return fmt.Errorf("entry %q encoded wrongly: %v", name, top.Err())
	}
	c.encoded++
	return c.SendEntry(op, m)
}

// Entries encoded as they are read say what messages say, whatever is asked for
// and whoever asks.
func TestEncodedAsRead(t *testing.T) {
	for _, compat := range []Compat{OpenLDAP, DS389} {
		e := newEnv(t, compat, func(o *Options, d *Database) {
			d.ACL = mustACL(t, o.Schema, "to attrs=userPassword by self read by * none", "to attrs=mail val.regex=^robert by * none",
				"to dn.base=cn=staff,ou=groups,dc=example,dc=com by users read", "to * by * read")
		})
		e.s.SetHost(plugin.NoHost{})
		direct := 0
		for _, who := range [][2]string{{root, "secret"}, {"uid=alice,ou=people,dc=example,dc=com", "alicepw"}, {"", ""}} {
			e.as(who[0], who[1])
			for _, attrs := range [][]string{nil, {"*"}, {"+"}, {"*", "+"}, {"1.1"}, {"mail"}, {"MAIL", "cn"}, {"hasSubordinates", "userPassword"},
				{"*", "entryDN"}, {"@person"}, {"name"}, {"cn;lang-de", "nothing"}} {
				for _, types := range []bool{false, true} {
					req := func() *wire.SearchRequest {
						return &wire.SearchRequest{Base: "dc=example,dc=com", Scope: wire.ScopeSub, TypesOnly: types, Attributes: attrs}
					}
					a, b := &client{}, &client{}
					through := &encodedClient{plainClient: plainClient{a}}
					e.via = through
					e.find(req(), "(objectClass=*)", ctl(ControlManageDsaIT))
					e.via = plainClient{b}
					e.find(req(), "(objectClass=*)", ctl(ControlManageDsaIT))
					e.via = nil
					direct += through.encoded
					if len(a.entries) != len(b.entries) || len(a.entries) == 0 && compat == OpenLDAP {
						t.Fatalf("%v %v: %d entries and %d", who, attrs, len(a.entries), len(b.entries))
					}
					for i := range a.entries {
						if x, y := dump(a.entries[i]), dump(b.entries[i]); x != y {
							t.Errorf("%v %v:\n%s\nas message\n%s", who, attrs, x, y)
						}
					}
				}
			}
		}
		if direct < 100 {
			t.Errorf("%d entries were encoded as they were read", direct)
		}
	}
}

func dump(m *plugin.EntryMessage) string {
	s := m.DN
	for _, a := range m.Attrs {
		s += fmt.Sprintf("\n%s: %q", a.Type, a.Values)
	}
	return s
}
