package operation

import (
	"strings"
	"testing"

	"libslapi/server/ber"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

func (e *env) startTxn() wire.Control {
	e.t.Helper()
	a := e.do(&wire.ExtendedRequest{OID: ExtTxnStart})
	expect(e.t, "start", a, wire.Success, "")
	return wire.Control{OID: ControlTransaction, Critical: true, HasValue: true, Value: a.value}
}

func (e *env) endTxn(commit bool, id wire.Control) answer {
	e.t.Helper()
	b := ber.NewBuilder(nil)
	m := b.Begin(ber.TagSequence)
	if !commit {
		b.Bool(ber.TagBoolean, false)
	}
	b.OctetString(ber.TagOctetString, id.Value)
	b.End(m)
	return e.do(&wire.ExtendedRequest{OID: ExtTxnEnd, HasValue: true, Value: b.Bytes()})
}

func TestClientTransaction(t *testing.T) {
	e := newEnv(t, OpenLDAP)
	alice := "uid=alice," + people
	title := func(v string) string {
		return "dn: " + alice + "\nchangetype: modify\nreplace: title\ntitle: " + v + "\n"
	}
	post := build(ControlPostRead, func(b *ber.Builder) { b.String(ber.TagOctetString, "title") })
	has := func(what string) {
		t.Helper()
		got := ""
		for _, a := range e.get(alice).Attrs {
			if a.Type == "title" {
				got = string(a.Values[0])
			}
		}
		if got != what {
			t.Errorf("title %q, want %q", got, what)
		}
	}

	id := e.startTxn()
	e.host.calls = nil
	expect(t, "first", e.modify(title("one"), id, post), wire.Success, "")
	expect(t, "second", e.add("dn: cn=x,"+people+"\nobjectClass: person\ncn: x\nsn: x\n", id), wire.Success, "")
	expect(t, "third sees the second", e.do(&wire.DelRequest{DN: "cn=x," + people}, id), wire.Success, "")
	if calls := e.host.took(); calls != "" {
		t.Errorf("hooks before the end: %s", calls)
	}
	has("")
	expect(t, "a second transaction", e.do(&wire.ExtendedRequest{OID: ExtTxnStart}), wire.Busy, "")
	a := e.endTxn(true, id)
	expect(t, "commit", a, wire.Success, "")
	has("one")
	if !strings.Contains(string(a.value), ControlPostRead) || !strings.Contains(string(a.value), "one") {
		t.Errorf("response %q lacks the control of the update", a.value)
	}
	if n := strings.Count(e.host.took(), "BE_TXN_POST_"); n != 3 {
		t.Errorf("%d changes were seen", n)
	}
	expect(t, "committed twice", e.endTxn(true, id), txnIDInvalid, "")
	expect(t, "an update too late", e.modify(title("late"), id), txnIDInvalid, "")

	id = e.startTxn()
	e.modify(title("two"), id)
	expect(t, "abort", e.endTxn(false, id), wire.Success, "")
	has("one")

	id = e.startTxn()
	e.modify(title("three"), id)
	e.do(&wire.DelRequest{DN: "cn=nobody," + people}, id)
	a = e.endTxn(true, id)
	expect(t, "one fails", a, wire.NoSuchObject, "")
	cur := ber.NewCursor(a.value)
	seq := cur.Enter(ber.TagSequence)
	if seq.Int() != 7 {
		t.Errorf("message ID in %q", a.value)
	}
	has("one")

	// A plug-in that refuses one refuses all.
	id = e.startTxn()
	e.modify(title("four"), id)
	e.do(&wire.DelRequest{DN: "uid=bob," + people}, id)
	e.host.hook("BE_TXN_POST_DELETE", func(op *plugin.Operation) plugin.Outcome {
		op.Result.Code = wire.ConstraintViolation
		return plugin.Outcome{Stop: true}
	})
	expect(t, "refused", e.endTxn(true, id), wire.ConstraintViolation, "")
	e.host.on = nil
	has("one")

	// The rights are those of the client at the time.
	id = e.startTxn()
	e.modify(title("five"), id)
	e.as(root, "secret")
	expect(t, "a bind ends it", e.endTxn(true, id), txnIDInvalid, "")
	has("one")

	expect(t, "no such transaction", e.endTxn(true, wire.Control{Value: []byte("x")}), txnIDInvalid, "")
	expect(t, "at a search", e.names(id), wire.UnavailableCriticalExtension, "")
	id.Critical = false
	expect(t, "not critical", e.modify(title("x"), id), wire.ProtocolError, "critical")
	expect(t, "another database", e.modify("dn: cn=config\nchangetype: modify\nreplace: title\ntitle: x\n", e.startTxn()), wire.UnwillingToPerform, "")
	e.do(&wire.BindRequest{Version: 3, Method: wire.AuthSimple})
	expect(t, "anonymous", e.do(&wire.ExtendedRequest{OID: ExtTxnStart}), wire.StrongerAuthRequired, "")
	expect(t, "turn", e.do(&wire.ExtendedRequest{OID: ExtTurn}), wire.UnwillingToPerform, "")
	if n := len(e.s.clientTxns.open); n != 0 {
		t.Errorf("%d transactions are left", n)
	}
}
