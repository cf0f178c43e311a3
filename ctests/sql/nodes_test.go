//go:build sqltest

// Package sql tests several whole servers that share one database sql.
package sql

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"libslapi/internal/postgres"
	"libslapi/syncrepl"
)

var (
	changes = flag.Int("changes", 120, "changes that each worker makes")
	seed    = flag.Int64("seed", time.Now().UnixNano()%100000, "of the random changes")
)

const (
	suffix = "dc=example,dc=com"
	rootDN = "cn=admin," + suffix
	// patience is how long something is waited for that must come.
	patience = 90 * time.Second
)

// node is one slapid.
type node struct {
	t    *testing.T
	id   int
	dir  string
	port int
	db   string
	cmd  *exec.Cmd
	done chan struct{}
}

func newNode(t *testing.T, id int, db string) *node {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &node{t: t, id: id, dir: t.TempDir(), port: l.Addr().(*net.TCPAddr).Port, db: db}
	l.Close()
	n.start()
	t.Cleanup(func() {
		n.stop(syscall.SIGTERM)
		if b, _ := os.ReadFile(filepath.Join(n.dir, "log")); t.Failed() {
			t.Logf("log of node %d:\n%s", id, b[max(0, len(b)-4000):])
		}
	})
	return n
}

func (n *node) url() string { return fmt.Sprintf("ldap://127.0.0.1:%d", n.port) }

func (n *node) start() {
	n.t.Helper()
	conf := filepath.Join(n.dir, "slapd.conf")
	text := fmt.Sprintf("include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\ninclude /etc/ldap/schema/nis.schema\ninclude /etc/ldap/schema/inetorgperson.schema\n"+
		"pidfile %s/pid\nsizelimit unlimited\nserverID %d\ndatabase sql\nsuffix %s\nrootdn %s\nrootpw secret\ndburi \"%s\"\noverlay syncprov\n",
		n.dir, n.id, suffix, rootDN, n.db)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		n.t.Fatal(err)
	}
	log, err := os.OpenFile(filepath.Join(n.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		n.t.Fatal(err)
	}
	defer log.Close()
	n.cmd = exec.Command(os.Getenv("SLAPID"), "-f", conf, "-h", n.url()+"/", "-d", "none")
	n.cmd.Stdout, n.cmd.Stderr = log, log
	n.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := n.cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	n.done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) { cmd.Wait(); close(done) }(n.cmd, n.done)
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		c, err := n.dial()
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(end) {
			n.t.Fatalf("node %d does not answer: %v", n.id, err)
		}
		select {
		case <-n.done:
			b, _ := os.ReadFile(filepath.Join(n.dir, "log"))
			n.t.Fatalf("node %d ended: %s", n.id, b)
		default:
		}
	}
}

func (n *node) stop(sig syscall.Signal) {
	n.cmd.Process.Signal(sig)
	<-n.done
}

func (n *node) dial() (*ldap.Conn, error) {
	c, err := ldap.DialURL(n.url())
	if err != nil {
		return nil, err
	}
	c.SetTimeout(patience)
	if err := c.Bind(rootDN, "secret"); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// content is everything that a node shows, by name.
func (n *node) content() (map[string]string, error) {
	c, err := n.dial()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	res, err := c.Search(ldap.NewSearchRequest(suffix, ldap.ScopeWholeSubtree, 0, 0, 0, false, "(objectClass=*)", []string{"*", "+"}, nil))
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, e := range res.Entries {
		var lines []string
		for _, a := range e.Attributes {
			for _, v := range a.Values {
				lines = append(lines, a.Name+": "+v)
			}
		}
		sort.Strings(lines)
		out[strings.ToLower(e.DN)] = strings.Join(lines, "\n")
	}
	return out, nil
}

// ledger is what has been acknowledged.
type ledger struct {
	mu      sync.Mutex
	there   map[string]bool // name: must be there, or must not
	unsure  map[string]bool // the answer never came
	counted int64           // acknowledged increments
	maybe   int64           // increments whose answer never came
	won     map[string]int  // contested names: how many were told that they made it
	open    map[string]int  // contested names: answers that never came
}

// worker makes random changes on one node, which may be away for a while.
type worker struct {
	t     *testing.T
	n     *node
	no    int
	r     *rand.Rand
	l     *ledger
	c     *ldap.Conn
	mine  []string
	next  int
	away  atomic.Int32
	codes map[uint16]int
}

// answered tells whether an answer with a result came: anything else leaves open
// what has become of the change.
func answered(err error) bool {
	var e *ldap.Error
	return err == nil || errors.As(err, &e) && e.ResultCode < 200
}

func (w *worker) conn() *ldap.Conn {
	for end := time.Now().Add(patience); w.c == nil; time.Sleep(10 * time.Millisecond) {
		c, err := w.n.dial()
		if err == nil {
			w.c = c
		} else if time.Now().After(end) {
			w.t.Errorf("worker %d: no connection: %v", w.no, err)
			return nil
		}
	}
	return w.c
}

// do makes one change. gone: no answer came.
func (w *worker) do(f func(c *ldap.Conn) error) (done, gone bool) {
	c := w.conn()
	if c == nil {
		return false, true
	}
	err := f(c)
	if err == nil {
		return true, false
	}
	if !answered(err) {
		w.c.Close()
		w.c = nil
		return false, true
	}
	var e *ldap.Error
	errors.As(err, &e)
	w.codes[e.ResultCode]++
	switch e.ResultCode {
	case ldap.LDAPResultUnavailable, ldap.LDAPResultBusy, ldap.LDAPResultEntryAlreadyExists:
		if e.ResultCode == ldap.LDAPResultUnavailable {
			// The commit may have been on its way when the database went.
			return false, true
		}
	default:
		w.t.Errorf("worker %d: %v", w.no, err)
	}
	return false, false
}

func (w *worker) note(name string, there, done, gone bool) {
	w.l.mu.Lock()
	defer w.l.mu.Unlock()
	switch {
	case done:
		w.l.there[name] = there
		delete(w.l.unsure, name)
	case gone:
		w.l.unsure[name] = true
	}
}

func (w *worker) add(name, id string) (done, gone bool) {
	return w.do(func(c *ldap.Conn) error {
		a := ldap.NewAddRequest(name, nil)
		a.Attribute("objectClass", []string{"inetOrgPerson"})
		a.Attribute("uid", []string{id})
		a.Attribute("cn", []string{"Person " + id})
		a.Attribute("sn", []string{fmt.Sprint("S", w.r.Intn(10))})
		return c.Add(a)
	})
}

func (w *worker) step() {
	switch k := w.r.Intn(10); {
	case k < 4 || len(w.mine) == 0:
		w.next++
		id := fmt.Sprintf("w%d-%d", w.no, w.next)
		name := "uid=" + id + ",ou=people," + suffix
		done, gone := w.add(name, id)
		w.note(name, true, done, gone)
		if done {
			w.mine = append(w.mine, name)
		}
	case k < 6:
		name := w.mine[w.r.Intn(len(w.mine))]
		w.do(func(c *ldap.Conn) error {
			m := ldap.NewModifyRequest(name, nil)
			m.Replace("description", []string{fmt.Sprint("changed ", w.r.Int())})
			return c.Modify(m)
		})
	case k < 7:
		i := w.r.Intn(len(w.mine))
		name := w.mine[i]
		w.mine = append(w.mine[:i], w.mine[i+1:]...)
		done, gone := w.do(func(c *ldap.Conn) error { return c.Del(ldap.NewDelRequest(name, nil)) })
		w.note(name, false, done, gone)
		if !done && !gone {
			w.mine = append(w.mine, name)
		}
	case k < 8:
		i := w.r.Intn(len(w.mine))
		from := w.mine[i]
		w.next++
		rdn := fmt.Sprintf("uid=w%d-%d", w.no, w.next)
		to := rdn + ",ou=people," + suffix
		done, gone := w.do(func(c *ldap.Conn) error { return c.ModifyDN(ldap.NewModifyDNRequest(from, rdn, true, "")) })
		if done || gone {
			w.mine = append(w.mine[:i], w.mine[i+1:]...)
			w.note(from, false, done, gone)
			w.note(to, true, done, gone)
		}
		if done {
			w.mine = append(w.mine, to)
		}
	case k < 9:
		// All workers of all nodes count in one entry.
		done, gone := w.do(func(c *ldap.Conn) error {
			m := ldap.NewModifyRequest("uid=counter,ou=people,"+suffix, nil)
			m.Increment("uidNumber", "1")
			return c.Modify(m)
		})
		w.l.mu.Lock()
		if done {
			w.l.counted++
		} else if gone {
			w.l.maybe++
		}
		w.l.mu.Unlock()
	default:
		// Names that all workers want: one gets each.
		id := fmt.Sprintf("contested%d", w.r.Intn(*changes/4+1))
		name := "uid=" + id + ",ou=people," + suffix
		done, gone := w.add(name, id)
		w.l.mu.Lock()
		if done {
			w.l.won[name]++
		} else if gone {
			w.l.open[name]++
		}
		w.l.mu.Unlock()
	}
}

// follower keeps a copy through one node.
type follower struct {
	c   *syncrepl.Client
	end chan error
}

func follow(t *testing.T, ctx context.Context, n *node) *follower {
	f := &follower{end: make(chan error, 1)}
	var err error
	f.c, err = syncrepl.New(syncrepl.Config{URL: n.url() + "/" + suffix + "?*,entryUUID?sub?(objectClass=*)", Bind: syncrepl.Simple{DN: rootDN, Password: "secret"},
		Mode: syncrepl.RefreshAndPersist, Guard: &syncrepl.NoGuard}, nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() { f.end <- f.c.Run(ctx) }()
	return f
}

func TestThreeNodes(t *testing.T) {
	t.Logf("seed %d", *seed)
	if postgres.Find() == "" && os.Getenv(postgres.Required) == "" {
		t.Skip("PostgreSQL is not installed")
	}
	db, err := postgres.Start("max_connections=200")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Remove)
	var nodes []*node
	for id := 1; id <= 3; id++ {
		nodes = append(nodes, newNode(t, id, db.URL()))
	}
	c, err := nodes[0].dial()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range [][]string{
		{suffix, "objectClass", "domain", "dc", "example"},
		{"ou=people," + suffix, "objectClass", "organizationalUnit", "ou", "people"},
		{"uid=counter,ou=people," + suffix, "objectClass", "account", "objectClass", "posixAccount", "uid", "counter", "cn", "counter", "uidNumber", "0", "gidNumber", "0", "homeDirectory", "/"},
	} {
		a := ldap.NewAddRequest(e[0], nil)
		values := map[string][]string{}
		for i := 1; i < len(e); i += 2 {
			values[e[i]] = append(values[e[i]], e[i+1])
		}
		for k, v := range values {
			a.Attribute(k, v)
		}
		if err := c.Add(a); err != nil {
			t.Fatal(err)
		}
	}
	c.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var followers []*follower
	for _, n := range nodes {
		followers = append(followers, follow(t, ctx, n))
	}

	l := &ledger{there: map[string]bool{}, unsure: map[string]bool{}, won: map[string]int{}, open: map[string]int{}}
	var wg sync.WaitGroup
	var steps atomic.Int64
	var workers []*worker
	for i := range 6 {
		w := &worker{t: t, n: nodes[i%3], no: i, r: rand.New(rand.NewSource(*seed + int64(i))), l: l, codes: map[uint16]int{}}
		workers = append(workers, w)
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range *changes {
				w.step()
				steps.Add(1)
			}
		}()
	}
	total := int64(6 * *changes)
	await := func(share float64) {
		for end := time.Now().Add(3 * patience); float64(steps.Load()) < share*float64(total); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the changes do not go on: %d of %d", steps.Load(), total)
			}
		}
	}
	await(0.25)
	nodes[1].stop(syscall.SIGKILL)
	await(0.4)
	nodes[1].start()
	await(0.6)
	db.Stop(true)
	if err := db.Run(); err != nil {
		t.Fatal(err)
	}
	await(0.8)
	nodes[2].stop(syscall.SIGTERM) // a node leaves in good order and comes back
	nodes[2].start()
	wg.Wait()

	want, err := nodes[0].content()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range nodes[1:] {
		got, err := n.content()
		if err != nil {
			t.Fatal(err)
		}
		if d := difference(want, got); d != "" {
			t.Errorf("node %d answers otherwise:\n%s", n.id, d)
		}
	}
	for name, there := range l.there {
		if _, is := want[strings.ToLower(name)]; is != there && !l.unsure[name] {
			t.Errorf("%s: acknowledged as there: %v, is there: %v", name, there, is)
		}
	}
	for name, n := range l.won {
		_, is := want[strings.ToLower(name)]
		if n > 1 || !is {
			t.Errorf("%s: %d workers were told that they made it; there: %v", name, n, is)
		}
	}
	var count int64
	for _, line := range strings.Split(want["uid=counter,ou=people,"+suffix], "\n") {
		fmt.Sscanf(line, "uidNumber: %d", &count)
	}
	if count < l.counted || count > l.counted+l.maybe {
		t.Errorf("the counter is at %d; acknowledged %d, without an answer %d", count, l.counted, l.maybe)
	}
	uuids, csns := map[string]string{}, map[string]string{}
	for name, text := range want {
		for _, line := range strings.Split(text, "\n") {
			for prefix, seen := range map[string]map[string]string{"entryUUID: ": uuids, "entryCSN: ": csns} {
				if v, ok := strings.CutPrefix(line, prefix); ok {
					if other, twice := seen[v]; twice {
						t.Errorf("%s%s: both %s and %s", prefix, v, other, name)
					}
					seen[v] = name
				}
			}
		}
	}
	for i, f := range followers {
		var d string
		for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if d = copyDiffers(ctx, f, want); d == "" {
				break
			}
		}
		if d != "" {
			t.Errorf("the follower of node %d has another content:\n%s", nodes[i].id, d)
		}
	}
	codes := map[uint16]int{}
	for _, w := range workers {
		for k, v := range w.codes {
			codes[k] += v
		}
	}
	t.Logf("%d changes, %d entries at the end, counter %d, results other than success %v", total, len(want), count, codes)
}

func difference(want, got map[string]string) string {
	var out []string
	for dn, w := range want {
		if g, ok := got[dn]; !ok {
			out = append(out, "missing "+dn)
		} else if g != w {
			out = append(out, fmt.Sprintf("differs %s:\n%s\n-- and\n%s", dn, w, g))
		}
	}
	for dn := range got {
		if _, ok := want[dn]; !ok {
			out = append(out, "too many "+dn)
		}
	}
	sort.Strings(out)
	return strings.Join(out[:min(len(out), 6)], "\n")
}

// copyDiffers compares a follower's copy with a content.
func copyDiffers(ctx context.Context, f *follower, want map[string]string) string {
	got := map[string]string{}
	err := f.c.View(ctx, func(tx syncrepl.Tx) error {
		for e, err := range tx.Entries() {
			if err != nil {
				return err
			}
			var lines []string
			for _, a := range e.Attributes {
				for _, v := range a.Values {
					lines = append(lines, a.Name+": "+string(v))
				}
			}
			sort.Strings(lines)
			got[strings.ToLower(e.DN)] = strings.Join(lines, "\n")
		}
		return nil
	})
	if err != nil {
		return err.Error()
	}
	user := map[string]string{}
	for dn, text := range want {
		var lines []string
		for _, line := range strings.Split(text, "\n") {
			switch name, _, _ := strings.Cut(line, ":"); name {
			case "objectClass", "uid", "cn", "sn", "description", "entryUUID", "uidNumber", "gidNumber", "homeDirectory", "ou", "dc":
				lines = append(lines, line)
			}
		}
		user[dn] = strings.Join(lines, "\n")
	}
	return difference(user, got)
}
