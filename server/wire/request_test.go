package wire

import (
	"encoding/hex"
	"strings"
	"testing"

	"libslapi/server/ber"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// appendRequest encodes a request: the inverse of Decode, for tests alone.
func appendRequest(dst []byte, m *Message) []byte {
	const oct = ber.TagOctetString
	b := ber.NewBuilder(dst)
	msg := b.Begin(ber.TagSequence)
	b.Int(ber.TagInteger, int64(m.ID))
	values := func(v [][]byte) {
		s := b.Begin(ber.TagSet)
		for _, x := range v {
			b.OctetString(oct, x)
		}
		b.End(s)
	}
	switch r := m.Op.(type) {
	case *BindRequest:
		o := b.Begin(TagBindRequest)
		b.Int(ber.TagInteger, int64(r.Version))
		b.String(oct, r.Name)
		if r.Method == AuthSimple {
			b.OctetString(AuthSimple, r.Password)
		} else {
			s := b.Begin(AuthSASL)
			b.String(oct, r.Mechanism)
			if r.HasCredentials {
				b.OctetString(oct, r.Credentials)
			}
			b.End(s)
		}
		b.End(o)
	case *UnbindRequest:
		b.Null(TagUnbindRequest)
	case *SearchRequest:
		o := b.Begin(TagSearchRequest)
		b.String(oct, r.Base)
		b.Enum(ber.TagEnumerated, int64(r.Scope))
		b.Enum(ber.TagEnumerated, int64(r.Deref))
		b.Int(ber.TagInteger, int64(r.SizeLimit))
		b.Int(ber.TagInteger, int64(r.TimeLimit))
		b.Bool(ber.TagBoolean, r.TypesOnly)
		b.Raw(r.Filter)
		s := b.Begin(ber.TagSequence)
		for _, a := range r.Attributes {
			b.String(oct, a)
		}
		b.End(s)
		b.End(o)
	case *ModifyRequest:
		o := b.Begin(TagModifyRequest)
		b.String(oct, r.DN)
		s := b.Begin(ber.TagSequence)
		for _, ch := range r.Changes {
			one := b.Begin(ber.TagSequence)
			b.Enum(ber.TagEnumerated, int64(ch.Op))
			attr := b.Begin(ber.TagSequence)
			b.String(oct, ch.Type)
			values(ch.Values)
			b.End(attr)
			b.End(one)
		}
		b.End(s)
		b.End(o)
	case *AddRequest:
		o := b.Begin(TagAddRequest)
		b.String(oct, r.DN)
		s := b.Begin(ber.TagSequence)
		for _, a := range r.Attributes {
			attr := b.Begin(ber.TagSequence)
			b.String(oct, a.Type)
			values(a.Values)
			b.End(attr)
		}
		b.End(s)
		b.End(o)
	case *DelRequest:
		b.String(TagDelRequest, r.DN)
	case *ModifyDNRequest:
		o := b.Begin(TagModifyDNRequest)
		b.String(oct, r.DN)
		b.String(oct, r.NewRDN)
		b.Bool(ber.TagBoolean, r.DeleteOldRDN)
		if r.HasNewSuperior {
			b.String(0x80, r.NewSuperior)
		}
		b.End(o)
	case *CompareRequest:
		o := b.Begin(TagCompareRequest)
		b.String(oct, r.DN)
		s := b.Begin(ber.TagSequence)
		b.String(oct, r.Type)
		b.OctetString(oct, r.Value)
		b.End(s)
		b.End(o)
	case *AbandonRequest:
		b.Int(TagAbandonRequest, int64(r.MessageID))
	case *ExtendedRequest:
		o := b.Begin(TagExtendedRequest)
		b.String(0x80, r.OID)
		if r.HasValue {
			b.OctetString(0x81, r.Value)
		}
		b.End(o)
	}
	if len(m.Controls) > 0 {
		appendControls(&b, m.Controls)
	}
	b.End(msg)
	return b.Bytes()
}

// samples has one message or more of each kind.
func samples() []*Message {
	present := append([]byte{0x87, 11}, "objectClass"...)
	return []*Message{
		{ID: 1, Op: &BindRequest{Version: 3, Name: "cn=a", Method: AuthSimple, Password: []byte("pw")}},
		{ID: 2, Op: &BindRequest{Version: 3, Method: AuthSASL, Mechanism: "EXTERNAL"}},
		{ID: 2, Op: &BindRequest{Version: 3, Method: AuthSASL, Mechanism: "PLAIN", HasCredentials: true, Credentials: []byte("\x00u\x00p")}},
		{ID: 3, Op: &UnbindRequest{}},
		{ID: 4, Op: &SearchRequest{Base: "dc=x", Scope: ScopeSub, Deref: DerefAlways, SizeLimit: 10, TimeLimit: 20, TypesOnly: true, Filter: present, Attributes: []string{"cn", "sn;lang-de", "+", "*", "1.1", "a", "b", "c"}},
			Controls: []Control{{OID: "1.2.3", Critical: true}, {OID: "1.2.840.113556.1.4.319", HasValue: true, Value: []byte{0x30, 0}}}},
		{ID: 4, Op: &SearchRequest{Filter: present}},
		{ID: 5, Op: &ModifyRequest{DN: "cn=a", Changes: []Change{{Op: ModAdd, Type: "mail", Values: [][]byte{[]byte("a@b"), []byte("c@d")}}, {Op: ModDelete, Type: "sn"}, {Op: ModIncrement, Type: "n", Values: [][]byte{[]byte("1")}}}}},
		{ID: 6, Op: &AddRequest{DN: "cn=a", Attributes: []Attribute{{Type: "objectClass", Values: [][]byte{[]byte("top"), []byte("person")}}, {Type: "cn", Values: [][]byte{{}}}}}},
		{ID: 7, Op: &DelRequest{DN: "cn=a"}},
		{ID: 8, Op: &ModifyDNRequest{DN: "cn=a", NewRDN: "cn=b", DeleteOldRDN: true}},
		{ID: 8, Op: &ModifyDNRequest{DN: "cn=a", NewRDN: "cn=b", HasNewSuperior: true}},
		{ID: 9, Op: &CompareRequest{DN: "cn=a", Type: "sn", Value: []byte("x")}},
		{ID: 10, Op: &AbandonRequest{MessageID: 4}},
		{ID: 1<<31 - 1, Op: &ExtendedRequest{OID: "1.3.6.1.4.1.4203.1.11.3"}},
		{ID: 12, Op: &ExtendedRequest{OID: "1.2", HasValue: true, Value: []byte{}}},
	}
}
