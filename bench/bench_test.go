package main

import (
	"bytes"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"libslapi/server/wire"
)

// Every template is a request that our own decoder takes, with the numbers in
// their places.
func TestTemplates(t *testing.T) {
	for _, r := range newRows(1000, &server{rootDN: "cn=admin," + suffix}) {
		pdu := r.shape.request.append(nil, firstID+5, 42, 77)
		m, err := wire.Decode(pdu)
		if err != nil {
			t.Errorf("%s: %v", r.name, err)
			continue
		}
		if m.ID != firstID+5 {
			t.Errorf("%s: message ID %d", r.name, m.ID)
		}
		name := ""
		switch q := m.Op.(type) {
		case *wire.BindRequest:
			name = q.Name
			if string(q.Password) != passwordOf(42) {
				t.Errorf("%s: password %q", r.name, q.Password)
			}
		case *wire.CompareRequest:
			name = q.DN
		case *wire.ModifyRequest:
			name = q.DN
		case *wire.AddRequest:
			if q.DN != addedDN("000000077") {
				t.Errorf("%s: DN %q", r.name, q.DN)
			}
			continue
		case *wire.SearchRequest:
			if q.Scope != wire.ScopeBase {
				continue
			}
			name = q.Base
		}
		if name != dnOf(42) {
			t.Errorf("%s: DN %q", r.name, name)
		}
	}
}

func TestNextMessage(t *testing.T) {
	long := wire.AppendSearchEntry(nil, 7, dnOf(3), []wire.Attribute{{Type: "cn", Values: [][]byte{bytes.Repeat([]byte("x"), 300)}}}, nil)
	short := wire.AppendResult(nil, firstID, tagModifyResponse, &wire.Result{Code: 32, Text: "gone"}, nil)
	for n := range long {
		if _, size, err := nextMessage(long[:n]); size != 0 || err != nil {
			t.Fatalf("%d octets of %d: size %d, %v", n, len(long), size, err)
		}
	}
	m, size, err := nextMessage(append(bytes.Clone(long), short...))
	if err != nil || size != len(long) || m.id != 7 || m.tag != tagSearchEntry || !isPerson(m.name(), 3) || isPerson(m.name(), 4) {
		t.Fatalf("%+v, %d, %v", m, size, err)
	}
	m, _, err = nextMessage(short)
	if err != nil || m.id != firstID || m.code() != 32 || m.diagnostic() != "gone" {
		t.Fatalf("%+v, %v", m, err)
	}
	for _, bad := range []string{"\x31\x03\x02\x01\x01", "\x30\x80\x02\x01", "\x30\x03\x04\x01\x01", "\x30\x03\x02\x01\x01"} {
		if _, _, err := nextMessage([]byte(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

// A server whose answers are wrong must not get a figure.
func TestWrongAnswersAreFound(t *testing.T) {
	entry := func(i int) []wire.Attribute {
		var list []wire.Attribute
		for _, p := range person(i) {
			list = append(list, wire.Attribute{Type: p.name, Values: [][]byte{[]byte(p.value)}})
		}
		return list
	}
	done := func(b []byte, id int32, code wire.ResultCode) []byte {
		return wire.AppendResult(b, id, tagSearchDone, &wire.Result{Code: code}, nil)
	}
	cases := []struct {
		name   string
		answer func(id int32) []byte
		err    string // "" right
	}{
		{"right", func(id int32) []byte { return done(wire.AppendSearchEntry(nil, id, dnOf(0), entry(0), nil), id, 0) }, ""},
		{"no entry", func(id int32) []byte { return done(nil, id, 0) }, "0 entries"},
		{"result code", func(id int32) []byte { return done(nil, id, 32) }, "result 32"},
		{"another entry", func(id int32) []byte { return done(wire.AppendSearchEntry(nil, id, dnOf(1), entry(1), nil), id, 0) }, "came for person 0"},
		{"hollow entry", func(id int32) []byte { return done(wire.AppendSearchEntry(nil, id, dnOf(0), nil, nil), id, 0) }, "octets"},
		{"message ID", func(id int32) []byte { return done(nil, id+1, 0) }, "not sent"},
		{"kind", func(id int32) []byte { return wire.AppendResult(nil, id, tagAddResponse, &wire.Result{}, nil) }, "tag"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			go answerAll(l, c.answer)
			rows := newRows(1, &server{})
			for _, r := range rows {
				if r.name != "equality-pipe" {
					continue
				}
				ld := load{shape: r.shape, addr: l.Addr().String(), conns: r.conns, window: r.window, people: 1, seconds: 0.02, serial: new(atomic.Int64)}
				out, err := ld.run()
				switch {
				case c.err == "" && err != nil:
					t.Fatal(err)
				case c.err == "" && (out.ops == 0 || out.hist.TotalCount() != out.ops):
					t.Fatalf("%d operations, %d latencies", out.ops, out.hist.TotalCount())
				case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
					t.Fatalf("error %v, want one with %q", err, c.err)
				}
			}
		})
	}
}

func answerAll(l net.Listener, answer func(id int32) []byte) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			var in []byte
			buf := make([]byte, 4096)
			for {
				n, err := c.Read(buf)
				if err != nil {
					return
				}
				in = append(in, buf[:n]...)
				for {
					m, size, err := nextMessage(in)
					if err != nil || size == 0 {
						break
					}
					in = in[size:]
					c.Write(answer(int32(m.id)))
				}
			}
		}()
	}
}

func TestLDIFHasEveryPersonOnce(t *testing.T) {
	var b bytes.Buffer
	if err := writeLDIF(&b, 500); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\ndn: uid=user"); n != 500 {
		t.Fatalf("%d people", n)
	}
	if !strings.Contains(b.String(), "\nmail: user0000499@example.com\n") {
		t.Fatal("the last one has no mail")
	}
}

func TestCPUTime(t *testing.T) {
	d, err := cpuTime(os.Getpid())
	if err != nil || d < 0 || d > ownCPU()+2e7 {
		t.Fatalf("%v, %v; by getrusage %v", d, err, ownCPU())
	}
	if _, err := cpuTime(1 << 30); err == nil {
		t.Fatal("no error for no process")
	}
}

// The configuration of 389 keeps the system's indexes and the four of ours.
func TestTune389(t *testing.T) {
	const ix = ",cn=default indexes,cn=config,cn=ldbm database,cn=plugins,cn=config"
	index := func(attr, system string) *dsEntry {
		return &dsEntry{dn: "cn=" + attr + ix, lines: []string{"dn: cn=" + attr + ix, "nssystemindex: " + system, "nsindextype: eq", "nsindextype: sub"}}
	}
	text := string(tune389([]*dsEntry{index("parentid", "true"), index("uid", "false"), index("owner", "false")}, 100))
	if !strings.Contains(text, "cn=parentid") || !strings.Contains(text, "cn=uid") || strings.Contains(text, "cn=owner") {
		t.Errorf("indexes kept:\n%s", text)
	}
	if strings.Count(text, "nsindextype: sub") != 1 {
		t.Errorf("kinds of index:\n%s", text)
	}
}
