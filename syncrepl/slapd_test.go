package syncrepl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"
)

const slapdPath = "/usr/sbin/slapd"

// directory is a server to follow: slapd, or in another file ns-slapd.
type directory struct {
	t       testing.TB
	url     string
	admin   string
	pw      string
	restart func() // nil if it cannot
	conn    *ldap.Conn
}

const slapdSuffix = "dc=example,dc=com"

func freePort(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// startSlapd starts Debian's slapd with the overlay syncprov and the lines given.
func startSlapd(t testing.TB, lines ...string) *directory {
	t.Helper()
	if _, err := os.Stat(slapdPath); err != nil {
		t.Skip("no ", slapdPath, ": the integration tests need Debian's package slapd")
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	conf := fmt.Sprintf(`include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb.so
moduleload syncprov.so
allow update_anon
database mdb
suffix "%s"
rootdn "cn=admin,%[1]s"
rootpw secret
directory %s/db
maxsize 104857600
dbnosync
index objectClass,uid,entryUUID,entryCSN eq
access to attrs=userPassword by anonymous auth by * none
access to * by * read
limits * size=unlimited
overlay syncprov
%s
`, slapdSuffix, dir, strings.Join(lines, "\n"))
	file := filepath.Join(dir, "slapd.conf")
	if err := os.WriteFile(file, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	d := &directory{t: t, admin: "cn=admin," + slapdSuffix, pw: "secret"}
	d.url = fmt.Sprintf("ldap://127.0.0.1:%d", freePort(t))
	var cmd *exec.Cmd
	start := func() {
		cmd = exec.Command(slapdPath, "-f", file, "-h", d.url+"/", "-d", "0")
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(15 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			c, err := ldap.DialURL(d.url)
			if err == nil {
				if err = c.Bind(d.admin, d.pw); err == nil {
					d.conn = c
					return
				}
				c.Close()
			}
			if time.Now().After(end) {
				t.Fatalf("slapd does not answer: %v\n%s", err, out.String())
			}
		}
	}
	stop := func() {
		d.conn.Close()
		cmd.Process.Signal(os.Interrupt)
		cmd.Wait()
	}
	start()
	d.restart = func() { stop(); start() }
	t.Cleanup(stop)
	d.add(slapdSuffix, "objectClass", "dcObject", "objectClass", "organization", "o", "Example", "dc", "example")
	return d
}

func (d *directory) check(err error) {
	if err != nil {
		d.t.Helper()
		d.t.Fatal(err)
	}
}

func (d *directory) add(dn string, pairs ...string) {
	d.t.Helper()
	req := ldap.NewAddRequest(dn, nil)
	values := map[string][]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = append(values[pairs[i]], pairs[i+1])
	}
	for k, v := range values {
		req.Attribute(k, v)
	}
	d.check(d.conn.Add(req))
}

func (d *directory) ou(dn string) {
	name := strings.TrimPrefix(splitDN(dn)[0], "ou=")
	d.add(dn, "objectClass", "organizationalUnit", "ou", name)
}

func (d *directory) person(dn string, more ...string) {
	name := strings.TrimPrefix(splitDN(dn)[0], "uid=")
	d.add(dn, append([]string{"objectClass", "inetOrgPerson", "uid", name, "cn", name, "sn", name}, more...)...)
}

func (d *directory) replace(dn, attr string, values ...string) {
	req := ldap.NewModifyRequest(dn, nil)
	req.Replace(attr, values)
	d.check(d.conn.Modify(req))
}

func (d *directory) del(dn string) { d.check(d.conn.Del(ldap.NewDelRequest(dn, nil))) }

func (d *directory) rename(dn, rdn, superior string) {
	d.check(d.conn.ModifyDN(ldap.NewModifyDNRequest(dn, rdn, true, superior)))
}

// content is what a search gives, in the form of contents.
func (d *directory) content(s Search) []string {
	d.t.Helper()
	r, err := d.conn.Search(ldap.NewSearchRequest(s.Base, s.Scope.wire(), ldap.NeverDerefAliases, 0, 0, false, s.filter(), s.Attributes, nil))
	d.check(err)
	var out []string
	for _, e := range r.Entries {
		out = append(out, showLDAP(e))
	}
	slices.Sort(out)
	return out
}

func showLDAP(e *ldap.Entry) string {
	x := &Entry{DN: e.DN}
	for _, a := range e.Attributes {
		x.Attributes = append(x.Attributes, Attribute{Name: a.Name, Values: a.ByteValues})
	}
	return showSorted(x)
}

// showSorted is show with attributes and values in order.
func showSorted(e *Entry) string {
	var parts []string
	for _, a := range e.Attributes {
		for _, v := range a.Values {
			parts = append(parts, fmt.Sprintf("%s=%s", strings.ToLower(a.Name), v))
		}
	}
	slices.Sort(parts)
	return e.DN + "{" + strings.Join(parts, " ") + "}"
}

// mirror keeps a copy by nothing but the callbacks.
type mirror struct {
	Base
	t       testing.TB
	entries map[UUID]*Entry
}

func newMirror(t testing.TB) *mirror { return &mirror{t: t, entries: map[UUID]*Entry{}} }

func (m *mirror) Add(_ Tx, e *Entry) error {
	if old := m.entries[e.UUID]; old != nil {
		m.t.Errorf("%s added twice", e.DN)
	}
	m.entries[e.UUID] = e
	return nil
}

func (m *mirror) Delete(_ Tx, e *Entry) error {
	if old := m.entries[e.UUID]; old == nil || old.DN != e.DN {
		m.t.Errorf("%s deleted, not there: %v", e.DN, old)
	}
	delete(m.entries, e.UUID)
	return nil
}

func (m *mirror) Rename(_ Tx, oldDN string, e *Entry) error {
	if old := m.entries[e.UUID]; old == nil || old.DN != oldDN {
		m.t.Errorf("%s renamed to %s, not there: %v", oldDN, e.DN, old)
	}
	c := *m.entries[e.UUID]
	c.DN = e.DN
	m.entries[e.UUID] = &c
	return nil
}

func (m *mirror) Change(_ Tx, old, new *Entry) error {
	if have := m.entries[new.UUID]; have == nil || showSorted(have) != showSorted(old) {
		m.t.Errorf("change of %s: old is not what was told", new.DN)
	}
	m.entries[new.UUID] = new
	return nil
}

func (m *mirror) lines() []string {
	var out []string
	for _, e := range m.entries {
		out = append(out, showSorted(e))
	}
	slices.Sort(out)
	return out
}

func copyLines(t testing.TB, c *Client) []string {
	t.Helper()
	var out []string
	err := c.View(context.Background(), func(tx Tx) error {
		for e, err := range tx.Entries() {
			if err != nil {
				return err
			}
			out = append(out, showSorted(e))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

// randomChanges drives a directory; it knows what is there by asking.
type randomChanges struct {
	d    *directory
	rnd  *rand.Rand
	base string
	n    int
}

func (r *randomChanges) dns(filter string) []string {
	res, err := r.d.conn.Search(ldap.NewSearchRequest(r.base, ldap.ScopeWholeSubtree, 0, 0, 0, false, filter, []string{"1.1"}, nil))
	r.d.check(err)
	var out []string
	for _, e := range res.Entries {
		out = append(out, e.DN)
	}
	slices.Sort(out)
	return out
}

// testSeed is that of SYNCREPL_SEED, for a run to be repeated, or a new one.
func testSeed(t testing.TB) uint64 {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("SYNCREPL_SEED"); s != "" {
		fmt.Sscan(s, &seed)
	}
	t.Logf("SYNCREPL_SEED=%d", seed)
	return seed
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// step makes one change. People have title "in" or "out", for filters to cross.
func (r *randomChanges) step() {
	people, ous := r.dns("(objectClass=person)"), r.dns("(objectClass=organizationalUnit)")
	parent := r.base
	if len(ous) > 0 && r.rnd.IntN(4) > 0 {
		parent = pick(r.rnd, ous)
	}
	r.n++
	switch k := r.rnd.IntN(20); {
	case k < 6 || len(people) < 5:
		r.d.person(fmt.Sprintf("uid=p%d,%s", r.n, parent), "title", pick(r.rnd, []string{"in", "out"}))
	case k < 8:
		r.d.replace(pick(r.rnd, people), "description", fmt.Sprintf("change %d", r.n))
	case k < 11:
		r.d.replace(pick(r.rnd, people), "title", pick(r.rnd, []string{"in", "out"}))
	case k < 14:
		r.d.del(pick(r.rnd, people))
	case k < 16:
		dn := pick(r.rnd, people)
		r.d.rename(dn, fmt.Sprintf("uid=r%d", r.n), pick(r.rnd, []string{"", parent}))
	case k < 17:
		if len(ous) < 6 {
			r.d.ou(fmt.Sprintf("ou=o%d,%s", r.n, parent))
		}
	case k < 18 && len(ous) > 1: // rename of a subtree, or a move that is no loop
		dn := pick(r.rnd, ous)
		if DNKey(dn) == DNKey(r.base) {
			break
		}
		superior := ""
		if to := pick(r.rnd, ous); !strings.HasPrefix(DNKey(to), DNKey(dn)) {
			superior = to
		}
		r.d.rename(dn, fmt.Sprintf("ou=m%d", r.n), superior)
	case k < 19: // deleted and made again under the same name
		dn := pick(r.rnd, people)
		r.d.del(dn)
		r.d.person(dn, "title", "in")
	default:
		dn := pick(r.rnd, people)
		r.d.replace(dn, "description", "first")
		r.d.replace(dn, "description", "second")
	}
}

// Random changes, polls at random moments, restarts of client and server; after
// each poll the copy, and what the callbacks made of it, equal the content.
func TestSlapdRandomRefreshOnly(t *testing.T) {
	for name, lines := range map[string][]string{
		"plain": nil, "session log": {"syncprov-sessionlog 1000"}, "short session log": {"syncprov-sessionlog 5"},
		"reload hint": {"syncprov-sessionlog 5", "syncprov-reloadhint TRUE"},
	} {
		for _, filter := range []string{"", "(|(objectClass=organizationalUnit)(title=in))"} {
			t.Run(name+filter, func(t *testing.T) {
				d := startSlapd(t, lines...)
				seed := testSeed(t)
				r := &randomChanges{d: d, rnd: rand.New(rand.NewPCG(seed, 1)), base: "ou=top," + slapdSuffix}
				d.ou(r.base)
				search := Search{Base: r.base, Filter: filter, Attributes: []string{"*"}}
				m := newMirror(t)
				path := filepath.Join(t.TempDir(), "db")
				open := func() *Client {
					store, err := OpenFile(path, &FileOptions{NoSync: true})
					if err != nil {
						t.Fatal(err)
					}
					return newClient(t, Config{Server: d.url, Search: search, Store: store, Guard: &NoGuard, Backoff: quick, BatchMessages: 20}, m)
				}
				c := open()
				for round := range 12 {
					for range r.rnd.IntN(25) {
						r.step()
					}
					switch r.rnd.IntN(6) {
					case 0:
						d.restart()
					case 1:
						c.Unbind()
						c = open()
					}
					if err := c.Run(ctxT(t)); err != nil {
						t.Fatal(err)
					}
					truth := d.content(search)
					if diff := cmp.Diff(truth, copyLines(t, c)); diff != "" {
						t.Fatalf("round %d: the copy differs (-server +copy):\n%s", round, diff)
					}
					if diff := cmp.Diff(truth, m.lines()); diff != "" {
						t.Fatalf("round %d: the callbacks say otherwise (-server +heard):\n%s", round, diff)
					}
				}
			})
		}
	}
}

// The same in refreshAndPersist mode, with the server going away now and then.
func TestSlapdRandomPersist(t *testing.T) {
	for name, lines := range map[string][]string{"plain": nil, "session log": {"syncprov-sessionlog 1000"}} {
		for _, filter := range []string{"", "(|(objectClass=organizationalUnit)(title=in))"} {
			t.Run(name+filter, func(t *testing.T) {
				d := startSlapd(t, lines...)
				seed := testSeed(t)
				r := &randomChanges{d: d, rnd: rand.New(rand.NewPCG(seed, 2)), base: "ou=top," + slapdSuffix}
				d.ou(r.base)
				search := Search{Base: r.base, Filter: filter, Attributes: []string{"*"}}
				m := newMirror(t)
				c := newClient(t, Config{Server: d.url, Search: search, Mode: RefreshAndPersist, Guard: &NoGuard, PollWait: 20 * time.Millisecond,
					Backoff: &Backoff{First: 20 * time.Millisecond, Factor: 1}}, m)
				ran := make(chan error, 1)
				go func() { ran <- c.Run(ctxT(t)) }()
				for round := range 8 {
					for range r.rnd.IntN(30) {
						r.step()
					}
					if r.rnd.IntN(3) == 0 {
						d.restart()
					}
					truth := d.content(search)
					equal := func() bool { return slices.Equal(truth, copyLines(t, c)) }
					for end := time.Now().Add(8 * time.Second); !equal(); time.Sleep(5 * time.Millisecond) {
						select {
						case err := <-ran:
							t.Fatal("Run ended: ", err)
						default:
						}
						if time.Now().After(end) {
							t.Fatalf("round %d: the copy differs (-server +copy):\n%s", round, cmp.Diff(truth, copyLines(t, c)))
						}
					}
				}
				c.PleaseStop()
				if err := <-ran; err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(d.content(search), m.lines()); diff != "" {
					t.Fatalf("the callbacks say otherwise (-server +heard):\n%s", diff)
				}
			})
		}
	}
}

// Password binds, the who-am-I check in BindDone, and what fails.
func TestSlapdBind(t *testing.T) {
	d := startSlapd(t)
	d.person("uid=ada,"+slapdSuffix, "userPassword", "lovelace")
	who := ""
	h := &Funcs{OnBindDone: func(_ context.Context, conn *ldap.Conn) error {
		r, err := conn.WhoAmI(nil)
		if err == nil {
			who = r.AuthzID
		}
		return err
	}}
	run := func(cfg Config) error {
		cfg.Server = d.url
		if cfg.Search.Base == "" {
			cfg.Search.Base = slapdSuffix
		}
		cfg.Backoff = quick
		return newClient(t, cfg, h).Run(ctxT(t))
	}
	if err := run(Config{Bind: Simple{DN: "uid=ada," + slapdSuffix, Password: "lovelace"}}); err != nil || who != "dn:uid=ada,"+slapdSuffix {
		t.Errorf("%q %v", who, err)
	}
	asked := 0
	err := run(Config{Bind: Simple{DN: "uid=ada," + slapdSuffix, PasswordFunc: func() (string, error) { asked++; return "wrong-secret", nil }}})
	var be *BindError
	if !errors.As(err, &be) || !ldap.IsErrorWithCode(err, ldap.LDAPResultInvalidCredentials) || asked != 1 || strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("asked %d times: %v", asked, err)
	}
	if err := run(Config{Search: Search{Base: "ou=nowhere," + slapdSuffix}}); !ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject) {
		t.Errorf("missing base: %v", err)
	}
	var ce *ConnectError
	if err := run(Config{StartTLS: true}); !errors.As(err, &ce) || ce.Op != "StartTLS" {
		t.Errorf("StartTLS: %v", err)
	}
	if err := run(Config{Bind: External{}}); !errors.As(err, &be) || be.Method != "EXTERNAL" {
		t.Errorf("EXTERNAL: %v", err)
	}
	// Referral objects are not content, and are no reason to load all again.
	d.add("cn=ref,"+slapdSuffix, "objectClass", "referral", "objectClass", "extensibleObject", "cn", "ref", "ref", "ldap://127.0.0.1:1/dc=elsewhere")
	rec := newRecorder()
	c := newClient(t, Config{Server: d.url, Search: Search{Base: slapdSuffix, Attributes: []string{"title"}}}, rec)
	for i := range 3 {
		if err := c.Run(ctxT(t)); err != nil {
			t.Fatal(err)
		}
		for _, e := range rec.take() {
			if strings.HasPrefix(e, "reload") {
				t.Error(e)
			}
		}
		d.replace("uid=ada,"+slapdSuffix, "title", fmt.Sprint(i))
	}
}
