package frontend

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"libslapi/server/ber"
	"libslapi/server/dn"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 10 * time.Second

// fakeHandler answers by the target's name: "wait" until release or the
// context ends, "panic", "silent" without a result, "many" with entries.
type fakeHandler struct {
	mu      sync.Mutex
	events  []string
	changed chan struct{}
	release chan struct{}
	open    int
	entries int
	size    int
	onStart func(op *plugin.Operation)
	// startTLS is the server's hook.
	startTLS func(op *plugin.Operation) *wire.Error
}

func newFake() *fakeHandler {
	return &fakeHandler{changed: make(chan struct{}, 1000), release: make(chan struct{})}
}

func (h *fakeHandler) note(s string) {
	h.mu.Lock()
	h.events = append(h.events, s)
	h.mu.Unlock()
	select {
	case h.changed <- struct{}{}:
	default:
	}
}

func (h *fakeHandler) log() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.events...)
}

// await waits until an event has been noted.
func (h *fakeHandler) await(t *testing.T, event string) {
	t.Helper()
	end := time.After(patience)
	for {
		for _, e := range h.log() {
			if e == event {
				return
			}
		}
		select {
		case <-h.changed:
		case <-end:
			t.Fatalf("%q did not happen: %q", event, h.log())
		}
	}
}

func (h *fakeHandler) OpenConn(*plugin.Conn)  { h.note("open") }
func (h *fakeHandler) CloseConn(*plugin.Conn) { h.note("close") }

func (h *fakeHandler) NewOperation(ctx context.Context, conn *plugin.Conn, msg *wire.Message, resp plugin.Responder) *plugin.Operation {
	op := &plugin.Operation{Ctx: ctx, MsgID: msg.ID, Conn: conn, Controls: msg.Controls, Responder: resp, Requestor: conn.AuthDN}
	switch r := msg.Op.(type) {
	case *wire.BindRequest:
		op.Kind, op.RawTarget = plugin.KindBind, r.Name
		op.Bind = &plugin.BindPart{Method: r.Method, Password: r.Password}
		op.Target = dn.Name{Pretty: r.Name, Norm: r.Name}
	case *wire.UnbindRequest:
		op.Kind = plugin.KindUnbind
	case *wire.SearchRequest:
		op.Kind, op.RawTarget = plugin.KindSearch, r.Base
		op.Search = &plugin.SearchPart{RawFilter: r.Filter}
	case *wire.ModifyRequest:
		op.Kind, op.RawTarget = plugin.KindModify, r.DN
	case *wire.AddRequest:
		op.Kind, op.RawTarget = plugin.KindAdd, r.DN
	case *wire.DelRequest:
		op.Kind, op.RawTarget = plugin.KindDelete, r.DN
	case *wire.ModifyDNRequest:
		op.Kind, op.RawTarget = plugin.KindModDN, r.DN
	case *wire.CompareRequest:
		op.Kind, op.RawTarget = plugin.KindCompare, r.DN
	case *wire.AbandonRequest:
		op.Kind, op.Abandon = plugin.KindAbandon, &plugin.AbandonPart{MsgID: r.MessageID}
	case *wire.ExtendedRequest:
		op.Kind, op.Extended = plugin.KindExtended, &plugin.ExtendedPart{OID: r.OID, Value: r.Value, HasValue: r.HasValue}
	}
	return op
}

func (h *fakeHandler) Handle(op *plugin.Operation) {
	name := op.Kind.String() + " " + op.RawTarget
	h.note("begin " + name)
	defer h.note("end " + name)
	if h.onStart != nil {
		h.onStart(op)
	}
	word, _, _ := strings.Cut(op.RawTarget, ":")
	switch word {
	case "wait then persist": // once something waits for it
		r := op.Responder.(*request)
		for waiting := false; !waiting; time.Sleep(time.Millisecond) {
			r.c.mu.Lock()
			waiting = len(r.c.queue) > 0
			r.c.mu.Unlock()
		}
		r.Detach()
		<-op.Ctx.Done()
		h.note("abandoned " + name)
		return
	case "wait", "persist":
		if word == "persist" {
			op.Responder.(interface{ Detach() }).Detach()
			op.Responder.SendEntry(op, &plugin.EntryMessage{DN: "cn=first"})
		}
		select {
		case <-h.release:
		case <-op.Ctx.Done():
			if op.Abandoned.Load() {
				h.note("abandoned " + name)
				op.Result.Code = wire.Other
			}
		}
	case "panic":
		panic("on purpose")
	case "silent":
		return
	case "stubborn": // cannot be stopped
		<-h.release
	case "many":
		value := bytes.Repeat([]byte("x"), h.size)
		for range h.entries {
			if err := op.Responder.SendEntry(op, &plugin.EntryMessage{DN: "cn=e", Attrs: []wire.Attribute{{Type: "d", Values: [][]byte{value}}}}); err != nil {
				h.note("send error")
				return
			}
		}
	}
	switch op.Kind {
	case plugin.KindUnbind, plugin.KindAbandon:
		return
	case plugin.KindBind:
		op.Conn.AuthDN = dn.Name{Pretty: op.RawTarget, Norm: op.RawTarget}
	case plugin.KindExtended:
		if id, ok := strings.CutPrefix(op.Extended.OID, "cancel:"); ok {
			n, _ := strconv.Atoi(id)
			op.Result.Code = op.Responder.(interface{ Cancel(int32) wire.ResultCode }).Cancel(int32(n))
		}
		if op.Extended.OID == startTLSOID && h.startTLS != nil {
			if err := h.startTLS(op); err != nil {
				op.Result = err.Result
			}
			op.Responder.SendResult(op)
			return
		}
		op.Extended.ResponseValue, op.Extended.HasResponseValue = []byte("v"), true
	case plugin.KindCompare:
		op.Result.Code = wire.CompareTrue
	}
	op.Responder.SendResult(op)
}

// start runs a server on a free port and shuts it down at the test's end.
func start(t *testing.T, h Handler, change func(*Options)) (*Server, string) {
	t.Helper()
	opt := Options{Handler: h}
	if change != nil {
		change(&opt)
	}
	s := New(opt)
	ls, err := s.Listen("ldap://127.0.0.1:0/")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() { s.Serve(); close(served) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		<-served
	})
	return s, ls[0].Addr().String()
}

// client is a raw LDAP client.
type client struct {
	t  *testing.T
	nc net.Conn
	r  *bufio.Reader
}

func dial(t *testing.T, addr string) *client {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(patience))
	return &client{t, nc, bufio.NewReader(nc)}
}

func (c *client) send(pdus ...[]byte) {
	c.t.Helper()
	if _, err := c.nc.Write(bytes.Join(pdus, nil)); err != nil {
		c.t.Fatal(err)
	}
}

// response is what the client sees of a message.
type response struct {
	id   int32
	tag  int
	code int64
	text string
	oid  string
}

func (c *client) next() (response, error) {
	pdu, err := wire.ReadPDU(c.r, 1<<24)
	if err != nil {
		return response{}, err
	}
	top := ber.NewCursor(pdu)
	m := top.Enter(ber.TagSequence)
	r := response{id: int32(m.Int()), tag: m.Tag()}
	op := m.Enter(r.tag)
	if r.tag != wire.TagSearchResultEntry {
		r.code = op.Enum()
		op.Skip()
		r.text = op.String()
		if op.Tag() == 0x8a {
			r.oid = string(op.Octets(0x8a))
		}
	}
	if op.Err() != nil {
		c.t.Errorf("response %x: %v", pdu, op.Err())
	}
	return r, nil
}

// expect reads one response and checks it.
func (c *client) expect(id int32, tag int, code wire.ResultCode) response {
	c.t.Helper()
	r, err := c.next()
	if err != nil {
		c.t.Fatalf("waiting for message %d: %v", id, err)
	}
	if r.id != id || r.tag != tag || r.code != int64(code) {
		c.t.Fatalf("got %+v, want message %d tag %#x code %d", r, id, tag, code)
	}
	return r
}

// expectEnd checks that the server has closed.
func (c *client) expectEnd() {
	c.t.Helper()
	if r, err := c.next(); err != io.EOF {
		c.t.Fatalf("got %+v, %v, want the end", r, err)
	}
}

func request1(id int32, build func(b *ber.Builder)) []byte {
	var b ber.Builder
	m := b.Begin(ber.TagSequence)
	b.Int(ber.TagInteger, int64(id))
	build(&b)
	b.End(m)
	return b.Bytes()
}

func bindPDU(id int32, name string) []byte {
	return request1(id, func(b *ber.Builder) {
		o := b.Begin(wire.TagBindRequest)
		b.Int(ber.TagInteger, 3)
		b.String(ber.TagOctetString, name)
		b.String(wire.AuthSimple, "pw")
		b.End(o)
	})
}

func searchPDU(id int32, base string) []byte {
	return request1(id, func(b *ber.Builder) {
		o := b.Begin(wire.TagSearchRequest)
		b.String(ber.TagOctetString, base)
		b.Enum(ber.TagEnumerated, 2)
		b.Enum(ber.TagEnumerated, 0)
		b.Int(ber.TagInteger, 0)
		b.Int(ber.TagInteger, 0)
		b.Bool(ber.TagBoolean, false)
		b.String(0x87, "objectClass")
		l := b.Begin(ber.TagSequence)
		b.String(ber.TagOctetString, "cn")
		b.String(ber.TagOctetString, "sn")
		b.End(l)
		b.End(o)
	})
}

func delPDU(id int32, name string) []byte {
	return request1(id, func(b *ber.Builder) { b.String(wire.TagDelRequest, name) })
}

func abandonPDU(id, target int32) []byte {
	return request1(id, func(b *ber.Builder) { b.Int(wire.TagAbandonRequest, int64(target)) })
}

func unbindPDU(id int32) []byte {
	return request1(id, func(b *ber.Builder) { b.Null(wire.TagUnbindRequest) })
}

func extendedPDU(id int32, oid string) []byte {
	return request1(id, func(b *ber.Builder) {
		o := b.Begin(wire.TagExtendedRequest)
		b.String(0x80, oid)
		b.End(o)
	})
}
