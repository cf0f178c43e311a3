package syncrepl

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// fake is an LDAP server that binds everybody, answers other searches with what
// it is told, and plays a script for each sync search, one after the other. After
// the last script the last is played again.
type fake struct {
	t       testing.TB
	ln      net.Listener
	tls     *tls.Config // for StartTLS
	bind    func(req *ber.Packet) (code int, creds string)
	schema  []string // attributeTypes
	mu      sync.Mutex
	scripts []func(*fakeSearch)
	played  int
	binds   int
	conns   map[net.Conn]bool
	wg      sync.WaitGroup
}

// fakeSearch is a sync search as the server sees it.
type fakeSearch struct {
	f          *fake
	conn       net.Conn
	id         int64
	n          int // counted from 0
	base       string
	scope      int64
	deref      int64
	filter     string
	attrs      []string
	mode       int64
	cookie     string
	hasCookie  bool
	reloadHint bool
	manage     bool
	critical   bool
	canceled   chan int64 // message id of the Cancel
	gone       chan struct{}
}

func newFake(t testing.TB, scripts ...func(*fakeSearch)) *fake {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return newFakeOn(t, ln, scripts...)
}

func newFakeOn(t testing.TB, ln net.Listener, scripts ...func(*fakeSearch)) *fake {
	f := &fake{t: t, ln: ln, scripts: scripts, conns: map[net.Conn]bool{}}
	f.wg.Add(1)
	go f.accept()
	t.Cleanup(f.close)
	return f
}

func (f *fake) url() string { return "ldap://" + f.ln.Addr().String() }

func (f *fake) close() {
	f.ln.Close()
	f.mu.Lock()
	for c := range f.conns {
		c.Close()
	}
	f.mu.Unlock()
	f.wg.Wait()
}

func (f *fake) accept() {
	defer f.wg.Done()
	for {
		c, err := f.ln.Accept()
		if err != nil {
			return
		}
		f.mu.Lock()
		f.conns[c] = true
		f.mu.Unlock()
		f.wg.Add(1)
		go func() {
			defer f.wg.Done()
			f.serve(c)
			c.Close()
		}()
	}
}

func (f *fake) serve(conn net.Conn) {
	var wg sync.WaitGroup
	defer wg.Wait()
	gone := make(chan struct{})
	defer close(gone)
	defer conn.Close()
	searches := map[int64]*fakeSearch{}
	r := bufio.NewReader(conn)
	for {
		p, err := ber.ReadPacket(r)
		if err != nil || len(p.Children) < 2 {
			return
		}
		id := p.Children[0].Value.(int64)
		op := p.Children[1]
		switch op.Tag {
		case ldap.ApplicationBindRequest:
			f.mu.Lock()
			f.binds++
			f.mu.Unlock()
			code, creds := 0, ""
			if f.bind != nil {
				code, creds = f.bind(op)
			}
			res := result(ldap.ApplicationBindResponse, code, "")
			if creds != "" || code == ldap.LDAPResultSaslBindInProgress {
				res.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 7, creds, ""))
			}
			conn.Write(sequence(integer(id), res).Bytes())
		case ldap.ApplicationUnbindRequest:
			return
		case ldap.ApplicationExtendedRequest:
			oid := ber.DecodeString(op.Children[0].Data.Bytes())
			switch oid {
			case oidCancel:
				v, _ := ber.DecodePacketErr(op.Children[1].Data.Bytes())
				if s := searches[v.Children[0].Value.(int64)]; s != nil {
					s.canceled <- id
				}
			case "1.3.6.1.4.1.1466.20037":
				if f.tls == nil {
					conn.Write(sequence(integer(id), result(ldap.ApplicationExtendedResponse, ldap.LDAPResultUnavailable, "no TLS here")).Bytes())
					continue
				}
				conn.Write(sequence(integer(id), result(ldap.ApplicationExtendedResponse, 0, "")).Bytes())
				tc := tls.Server(conn, f.tls)
				if tc.Handshake() != nil {
					return
				}
				conn, r = tc, bufio.NewReader(tc)
			}
		case ldap.ApplicationSearchRequest:
			s := f.parse(p, conn, id)
			if s == nil {
				f.plain(conn, id, op)
				continue
			}
			s.gone = gone
			searches[id] = s
			f.mu.Lock()
			n := min(f.played, len(f.scripts)-1)
			s.n = f.played
			f.played++
			script := f.scripts[n]
			f.mu.Unlock()
			wg.Add(1)
			go func() {
				defer wg.Done()
				script(s)
			}()
		}
	}
}

// plain answers the searches for the schema.
func (f *fake) plain(conn net.Conn, id int64, op *ber.Packet) {
	base := op.Children[0].Value.(string)
	if len(f.schema) > 0 {
		attrs := []any{"subschemaSubentry", "cn=schema"}
		if base == "cn=schema" {
			attrs = nil
			for _, d := range f.schema {
				attrs = append(attrs, "attributeTypes", d)
			}
		}
		conn.Write(sequence(integer(id), entryOp(base, attrs...)).Bytes())
	}
	conn.Write(sequence(integer(id), result(ldap.ApplicationSearchResultDone, 0, "")).Bytes())
}

func (f *fake) parse(p *ber.Packet, conn net.Conn, id int64) *fakeSearch {
	if len(p.Children) < 3 {
		return nil
	}
	op := p.Children[1]
	s := &fakeSearch{f: f, conn: conn, id: id, canceled: make(chan int64, 8)}
	s.base = op.Children[0].Value.(string)
	s.scope = op.Children[1].Value.(int64)
	s.deref = op.Children[2].Value.(int64)
	s.filter, _ = ldap.DecompileFilter(op.Children[6])
	for _, a := range op.Children[7].Children {
		s.attrs = append(s.attrs, a.Value.(string))
	}
	found := false
	for _, c := range p.Children[2].Children {
		switch c.Children[0].Value.(string) {
		case oidManageDsaIT:
			s.manage = true
		case oidSyncRequest:
			found = true
			s.critical = c.Children[1].Value.(bool)
			v, err := ber.DecodePacketErr(c.Children[len(c.Children)-1].Data.Bytes())
			if err != nil {
				f.t.Error(err)
				return nil
			}
			for _, x := range v.Children {
				switch x.Tag {
				case ber.TagEnumerated:
					s.mode = x.Value.(int64)
				case ber.TagOctetString:
					s.cookie, s.hasCookie = x.Value.(string), true
				case ber.TagBoolean:
					s.reloadHint = x.Value.(bool)
				}
			}
		}
	}
	if !found {
		return nil
	}
	return s
}

func result(tag ber.Tag, code int, text string) *ber.Packet {
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, tag, nil, "")
	op.AppendChild(enumerated(code))
	op.AppendChild(octets(""))
	op.AppendChild(octets(text))
	return op
}

// entryOp makes a SearchResultEntry of names and values, a name before each value.
// asn1-ber takes the octets of a child when it is appended, so inner parts come
// first.
func entryOp(dn string, attrs ...any) *ber.Packet {
	sets := map[string]*ber.Packet{}
	var names []string
	for i := 0; i+1 < len(attrs); i += 2 {
		name := attrs[i].(string)
		if sets[name] == nil {
			sets[name] = ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
			names = append(names, name)
		}
		sets[name].AppendChild(octets(attrs[i+1].(string)))
	}
	list := sequence()
	for _, name := range names {
		list.AppendChild(sequence(octets(name), sets[name]))
	}
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationSearchResultEntry, nil, "")
	op.AppendChild(octets(dn))
	op.AppendChild(list)
	return op
}

func wrapControls(list ...*ber.Packet) *ber.Packet {
	c := ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
	for _, x := range list {
		c.AppendChild(x)
	}
	return c
}

func (s *fakeSearch) send(parts ...*ber.Packet) {
	s.conn.Write(sequence(append([]*ber.Packet{integer(s.id)}, parts...)...).Bytes())
}

// id makes a UUID of a small number.
func id(n int) UUID { return UUID{0: 0xaa, 14: byte(n >> 8), 15: byte(n)} }

func stateControl(state syncState, u []byte, cookie string) *ber.Packet {
	v := sequence(enumerated(int(state)), octets(u))
	if cookie != "" {
		v.AppendChild(octets(cookie))
	}
	return control(oidSyncState, false, v)
}

func (s *fakeSearch) entry(state syncState, n int, cookie, dn string, attrs ...any) {
	u := id(n)
	s.send(entryOp(dn, attrs...), wrapControls(stateControl(state, u[:], cookie)))
}

func (s *fakeSearch) add(n int, dn string, attrs ...any) { s.entry(stateAdd, n, "", dn, attrs...) }

func (s *fakeSearch) info(tag ber.Tag, cookie string, flag, dflt bool, ids ...int) {
	v := ber.Encode(ber.ClassContext, ber.TypeConstructed, tag, nil, "")
	if cookie != "" {
		v.AppendChild(octets(cookie))
	}
	if flag != dflt {
		v.AppendChild(boolean(flag))
	}
	if tag == 3 {
		set := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSet, nil, "")
		for _, n := range ids {
			u := id(n)
			set.AppendChild(octets(u[:]))
		}
		v.AppendChild(set)
	}
	s.infoValue(v.Bytes())
}

func (s *fakeSearch) infoValue(v []byte) {
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationIntermediateResponse, nil, "")
	op.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, oidSyncInfo, ""))
	op.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 1, string(v), ""))
	s.send(op)
}

func (s *fakeSearch) newCookie(cookie string) {
	s.infoValue(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, cookie, "").Bytes())
}

func (s *fakeSearch) refreshDelete(cookie string, done bool)  { s.info(1, cookie, done, true) }
func (s *fakeSearch) refreshPresent(cookie string, done bool) { s.info(2, cookie, done, true) }

func (s *fakeSearch) idSet(deletes bool, cookie string, ids ...int) {
	s.info(3, cookie, deletes, false, ids...)
}

func doneControl(cookie string, deletes bool) *ber.Packet {
	v := sequence()
	if cookie != "" {
		v.AppendChild(octets(cookie))
	}
	if deletes {
		v.AppendChild(boolean(true))
	}
	return control(oidSyncDone, false, v)
}

func (s *fakeSearch) done(cookie string, deletes bool) {
	s.send(result(ldap.ApplicationSearchResultDone, 0, ""), wrapControls(doneControl(cookie, deletes)))
}

func (s *fakeSearch) fail(code int, text string) {
	s.send(result(ldap.ApplicationSearchResultDone, code, text))
}

func (s *fakeSearch) reference(urls ...string) {
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationSearchResultReference, nil, "")
	for _, u := range urls {
		op.AppendChild(octets(u))
	}
	u := id(999)
	s.send(op, wrapControls(stateControl(stateAdd, u[:], "")))
}

// hold keeps the search open until the client cancels it or goes.
func (s *fakeSearch) hold() {
	select {
	case id := <-s.canceled:
		s.fail(codeCanceled, "")
		s.conn.Write(sequence(integer(id), result(ldap.ApplicationExtendedResponse, 0, "")).Bytes())
	case <-s.gone:
	}
}

// recorder is a Handler that writes down what it hears.
type recorder struct {
	Funcs
	mu     sync.Mutex
	events []string
	fail   map[string]error // by event
	notify func(event string)
}

func newRecorder() *recorder {
	r := &recorder{}
	r.Funcs = Funcs{
		OnRefreshDone:   func(Tx) error { return r.note("refreshed") },
		OnCookieChanged: func(_ Tx, cookie string) error { return r.note("cookie " + cookie) },
		OnAdd:           func(_ Tx, e *Entry) error { return r.note("add " + show(e)) },
		OnDelete:        func(_ Tx, e *Entry) error { return r.note("delete " + e.DN) },
		OnRename:        func(_ Tx, old string, e *Entry) error { return r.note("rename " + old + " to " + e.DN) },
		OnChange: func(_ Tx, old, new *Entry) error {
			return r.note("change " + show(old) + " to " + show(new))
		},
		OnReferral:        func(_ context.Context, urls []string) error { return r.note("referral " + strings.Join(urls, " ")) },
		OnRefreshRequired: func(_ context.Context, reason Reason) error { return r.note("reload: " + string(reason)) },
	}
	return r
}

func (r *recorder) note(s string) error {
	r.mu.Lock()
	r.events = append(r.events, s)
	err := r.fail[s]
	r.mu.Unlock()
	if r.notify != nil {
		r.notify(s)
	}
	return err
}

// take returns what was heard since the last take.
func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.events
	r.events = nil
	return out
}

// await waits until the event is heard.
func (r *recorder) await(t testing.TB, event string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		r.mu.Lock()
		ok := slices.Contains(r.events, event)
		r.mu.Unlock()
		if ok {
			return
		}
	}
	t.Fatalf("%q was not heard, but %q", event, r.take())
}

func show(e *Entry) string {
	var parts []string
	for _, a := range e.Attributes {
		for _, v := range a.Values {
			parts = append(parts, fmt.Sprintf("%s=%s", a.Name, v))
		}
	}
	return e.DN + "{" + strings.Join(parts, " ") + "}"
}

// contents is the copy, one line per entry, sorted.
func contents(t testing.TB, c *Client) []string {
	t.Helper()
	var out []string
	err := c.View(context.Background(), func(tx Tx) error {
		n, err := tx.Len()
		if err != nil {
			return err
		}
		for e, err := range tx.Entries() {
			if err != nil {
				return err
			}
			out = append(out, show(e))
		}
		if n != len(out) {
			t.Errorf("Len says %d, there are %d", n, len(out))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}
