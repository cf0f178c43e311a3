package frontend

import (
	"bufio"
	"context"
	"net"
	"testing"

	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// quickHandler answers every search with one entry.
type quickHandler struct{}

var quickEntry = plugin.EntryMessage{DN: "uid=user12345,ou=people,dc=example,dc=com", Attrs: []wire.Attribute{
	{Type: "cn", Values: [][]byte{[]byte("User 12345")}}, {Type: "mail", Values: [][]byte{[]byte("user12345@example.com")}}}}

func (quickHandler) OpenConn(*plugin.Conn)  {}
func (quickHandler) CloseConn(*plugin.Conn) {}
func (quickHandler) NewOperation(ctx context.Context, conn *plugin.Conn, msg *wire.Message, resp plugin.Responder) *plugin.Operation {
	return &plugin.Operation{Ctx: ctx, Conn: conn, MsgID: msg.ID, Responder: resp}
}
func (quickHandler) Handle(op *plugin.Operation) {
	op.Responder.SendEntry(op, &quickEntry)
	op.Responder.SendResult(op)
}

func benchServer(b *testing.B) (net.Conn, *bufio.Reader) {
	s := New(Options{Handler: quickHandler{}})
	ls, err := s.Listen("ldap://127.0.0.1:0/")
	if err != nil {
		b.Fatal(err)
	}
	go s.Serve()
	nc, err := net.Dial("tcp", ls[0].Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { nc.Close(); s.Shutdown(context.Background()) })
	return nc, bufio.NewReaderSize(nc, 64<<10)
}

// BenchmarkSearch is one search after the other on one connection: mostly the
// system's part.
func BenchmarkSearch(b *testing.B) {
	nc, r := benchServer(b)
	pdu := searchPDU(1, "dc=example,dc=com")
	b.ReportAllocs()
	for b.Loop() {
		nc.Write(pdu)
		for range 2 {
			if _, err := wire.ReadPDU(r, 1<<20); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkPipelined sends searches in batches of 50.
func BenchmarkPipelined(b *testing.B) {
	nc, r := benchServer(b)
	const batch = 50
	var pdus []byte
	for i := range int32(batch) {
		pdus = append(pdus, searchPDU(i+1, "dc=example,dc=com")...)
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if n%batch == 0 {
			nc.Write(pdus)
		}
		n++
		for range 2 {
			if _, err := wire.ReadPDU(r, 1<<20); err != nil {
				b.Fatal(err)
			}
		}
	}
}
