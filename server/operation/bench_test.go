package operation

import (
	"context"
	"fmt"
	"testing"

	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

type sink struct{ discard }

func benchEnv(b *testing.B) *env {
	e := newEnv(b, OpenLDAP)
	e.s.SetHost(nil)
	return e
}

func (e *env) run(b *testing.B, req wire.Request) {
	op := e.s.NewOperation(context.Background(), e.conn, &wire.Message{ID: 1, Op: req}, sink{})
	e.s.Handle(op)
	if op.Result.Code != 0 {
		b.Fatalf("%+v", op.Result)
	}
}

// One entry by its name, for an ordinary client.
func BenchmarkSearchBase(b *testing.B) {
	e := benchEnv(b)
	e.conn = &plugin.Conn{ID: 9}
	f, _ := filter.Parse("(objectClass=*)")
	raw := f.Append(nil)
	b.ReportAllocs()
	for b.Loop() {
		e.run(b, &wire.SearchRequest{Base: alice, Filter: raw, Attributes: []string{"cn", "mail"}})
	}
}

// One entry of the subtree by an equality filter, no index beyond objectClass.
func BenchmarkSearchEquality(b *testing.B) {
	e := benchEnv(b)
	f, _ := filter.Parse("(uid=alice)")
	raw := f.Append(nil)
	b.ReportAllocs()
	for b.Loop() {
		e.run(b, &wire.SearchRequest{Base: "dc=example,dc=com", Scope: wire.ScopeSub, Filter: raw})
	}
}

func BenchmarkModify(b *testing.B) {
	e := benchEnv(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i++
		e.run(b, &wire.ModifyRequest{DN: alice, Changes: []wire.Change{{Op: wire.ModReplace, Type: "description", Values: [][]byte{fmt.Append(nil, i)}}}})
	}
}

func BenchmarkAddDelete(b *testing.B) {
	e := benchEnv(b)
	b.ReportAllocs()
	one := func(t, v string) wire.Attribute { return wire.Attribute{Type: t, Values: [][]byte{[]byte(v)}} }
	for b.Loop() {
		e.run(b, &wire.AddRequest{DN: "uid=c,ou=people,dc=example,dc=com", Attributes: []wire.Attribute{one("objectClass", "inetOrgPerson"), one("cn", "c"), one("sn", "c"), one("uid", "c")}})
		e.run(b, &wire.DelRequest{DN: "uid=c,ou=people,dc=example,dc=com"})
	}
}
