package frontend

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"

	"libslapi/server/wire"
)

// safeBuffer is a Writer for several goroutines.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// await returns what was written once text is in it, or when patience ends.
func (s *safeBuffer) await(text string) (got string) {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if got = s.String(); strings.Contains(got, text) {
			break
		}
	}
	return got
}

var (
	stamp  = regexp.MustCompile(`(?m)^[0-9a-f]{8}\.[0-9a-f]{8} `)
	varies = regexp.MustCompile(`fd=\d+|127\.0\.0\.1:\d+|\d+\.\d{6}`)
)

// The lines are those that slapd 2.5 -d stats wrote for the same dialogue.
func TestAccessLog(t *testing.T) {
	var out safeBuffer
	h := newFake()
	h.entries = 1
	_, addr := start(t, h, func(o *Options) { o.AccessLog = NewAccessLog(&out, func() int { return LogStats | LogStats2 }) })
	l, err := ldap.DialURL("ldap://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	check(l.Bind("cn=admin", "secret"))
	_, err = l.Search(ldap.NewSearchRequest("many", ldap.ScopeWholeSubtree, 0, 0, 0, false, "(&(uid=a\\2a)(cn=b*))", []string{"cn", "sn"}, nil))
	check(err)
	m := ldap.NewModifyRequest("uid=bob", nil)
	m.Replace("sn", []string{"x"})
	m.Add("mail", []string{"y"})
	check(l.Modify(m))
	a := ldap.NewAddRequest("uid=z", nil)
	a.Attribute("sn", []string{"a"})
	check(l.Add(a))
	check(l.ModifyDN(ldap.NewModifyDNRequest("uid=z", "uid=y", true, "")))
	check(l.Del(ldap.NewDelRequest("uid=y\nconn=1", nil)))
	_, err = l.Compare("uid=alice", "sn", "Able")
	check(err)
	_, err = l.WhoAmI(nil)
	check(err)
	check(l.Unbind())
	l.Close()
	h.await(t, "close")
	// One log serves both connections: the first has to end before the second begins.
	out.await(" closed\n")
	// A dialogue that a library would not lead.
	c := dial(t, addr)
	bad := searchPDU(1, "")
	bad[11] = 9
	c.send(bad)
	c.expect(1, wire.TagSearchResultDone, wire.ProtocolError)
	c.send(abandonPDU(2, 1), []byte("x"))
	c.expect(0, wire.TagExtendedResponse, wire.ProtocolError)
	c.expectEnd()
	want := `conn=1000 FD ACCEPT from IP=ADDR (IP=ADDR)
conn=1000 op=0 BIND dn="cn=admin" method=128
conn=1000 op=0 BIND dn="cn=admin" mech=SIMPLE bind_ssf=0 ssf=0
conn=1000 op=0 RESULT tag=97 err=0 qtime=T etime=T text=
conn=1000 op=1 SRCH base="many" scope=2 deref=0 filter="(&(uid=a\2A)(cn=b*))"
conn=1000 op=1 SRCH attr=cn sn
conn=1000 op=1 ENTRY dn="cn=e"
conn=1000 op=1 SEARCH RESULT tag=101 err=0 qtime=T etime=T nentries=1 text=
conn=1000 op=2 MOD dn="uid=bob"
conn=1000 op=2 MOD attr=sn mail
conn=1000 op=2 RESULT tag=103 err=0 qtime=T etime=T text=
conn=1000 op=3 ADD dn="uid=z"
conn=1000 op=3 RESULT tag=105 err=0 qtime=T etime=T text=
conn=1000 op=4 MODRDN dn="uid=z"
conn=1000 op=4 RESULT tag=109 err=0 qtime=T etime=T text=
conn=1000 op=5 DEL dn="uid=y\0aconn=1"
conn=1000 op=5 RESULT tag=107 err=0 qtime=T etime=T text=
conn=1000 op=6 CMP dn="uid=alice" attr="sn"
conn=1000 op=6 RESULT tag=111 err=6 qtime=T etime=T text=
conn=1000 op=7 EXT oid=1.3.6.1.4.1.4203.1.11.3
conn=1000 op=7 RESULT oid= err=0 qtime=T etime=T text=
conn=1000 op=8 UNBIND
conn=1000 FD closed
conn=1001 FD ACCEPT from IP=ADDR (IP=ADDR)
conn=1001 op=0 SEARCH RESULT tag=101 err=2 qtime=T etime=T nentries=0 text=invalid scope
conn=1001 op=1 ABANDON msg=1
conn=1001 op=2 DISCONNECT tag=120 err=2 text=no LDAP message: first octet 0x78
conn=1001 FD closed (protocol error)
`
	got := out.await("(protocol error)")
	if n := strings.Count(got, "\n"); len(stamp.FindAllString(got, -1)) != n {
		t.Errorf("not every line has a time: %s", got)
	}
	got = varies.ReplaceAllStringFunc(stamp.ReplaceAllString(got, ""), func(s string) string {
		switch {
		case strings.HasPrefix(s, "fd="):
			return "FD"
		case strings.Contains(s, ":"):
			return "ADDR"
		}
		return "T"
	})
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestSeconds(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0.000000", 1500 * time.Nanosecond: "0.000001", time.Second + 20*time.Microsecond: "1.000020", 61*time.Second + 999999*time.Microsecond: "61.999999", -5: "0.000000"} {
		if got := new(line).seconds("", d); string(got.b) != want {
			t.Errorf("%v: %s", d, got.b)
		}
	}
}
