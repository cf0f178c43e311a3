//go:build synctest

package sync

import (
	"fmt"
	"math/rand"
	"os"
	"sort"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// multi are servers that all take changes and follow each other.
type multi struct {
	t       *testing.T
	servers []*server
}

// newMulti starts servers; from tells whom server i follows.
func newMulti(t *testing.T, slapid []bool, mode string, from func(i int) []int) *multi {
	m := &multi{t: t}
	for _, is := range slapid {
		m.servers = append(m.servers, &server{t: t, slapid: is, port: freePort(t)})
	}
	for i, s := range m.servers {
		s.global = []string{fmt.Sprintf("serverID %d", i+1)}
		s.extra = []string{}
		for n, p := range from(i) {
			line := strings.Replace(syncreplLine(m.servers[p], mode, everything), "rid=001", fmt.Sprintf("rid=%03d", n+1), 1)
			s.extra = append(s.extra, line+` keepalive=60:3:10 timeout=10 network-timeout=5`)
		}
		s.extra = append(s.extra, "multiprovider on", "overlay syncprov", "syncprov-sessionlog 1000")
		s.begin()
	}
	return m
}

func ring(n int) func(int) []int { return func(i int) []int { return []int{(i + n - 1) % n} } }
func mesh(n int) func(int) []int {
	return func(i int) (list []int) {
		for j := range n {
			if j != i {
				list = append(list, j)
			}
		}
		return list
	}
}

// writer makes random changes on one server. The others do so at the same time, so
// it looks what there is, and many a change fails.
type writer struct {
	r    *rand.Rand
	s    *server
	c    *ldap.Conn
	no   int
	own  bool // names of its own, no renames of what others made, no deletes
	next int
	made map[string]int
}

func (w *writer) names(class string) []string {
	res, err := w.c.Search(ldap.NewSearchRequest(suffix, ldap.ScopeWholeSubtree, 0, 0, 0, false, "(objectClass="+class+")", []string{"1.1"}, nil))
	if err != nil {
		return nil
	}
	var list []string
	for _, e := range res.Entries {
		list = append(list, e.DN)
	}
	return list
}

// mine keeps the names of entries that this writer made.
func (w *writer) mine(list []string) []string {
	if !w.own {
		return list
	}
	var out []string
	for _, n := range list {
		if strings.Contains(strings.SplitN(n, ",", 2)[0], fmt.Sprintf("s%d", w.no)) {
			out = append(out, n)
		}
	}
	return out
}

func (w *writer) name(kind string) string {
	w.next++
	if w.own {
		return fmt.Sprintf("%ss%dn%d", kind, w.no, w.next)
	}
	return fmt.Sprintf("%s%d", kind, w.r.Intn(40)) // others take the same
}

func pick(r *rand.Rand, list []string) string { return list[r.Intn(len(list))] }

func (w *writer) step() error {
	ous, users := w.names("organizationalUnit"), w.names("inetOrgPerson")
	if len(ous) == 0 {
		return nil
	}
	n := w.r.Intn(100)
	rdn := func(dn string) string { return strings.SplitN(dn, ",", 2)[0] }
	mine, mineOU := w.mine(users), w.mine(ous)
	switch {
	case n < 30 || len(users) < 4:
		id := w.name("u")
		a := ldap.NewAddRequest("uid="+id+","+pick(w.r, ous), nil)
		a.Attribute("objectClass", []string{"inetOrgPerson"})
		a.Attribute("cn", []string{fmt.Sprintf("made by %d", w.no)})
		a.Attribute("sn", []string{"S"})
		return w.c.Add(a)
	case n < 36 && len(ous) < 12:
		id := w.name("o")
		a := ldap.NewAddRequest("ou="+id+","+pick(w.r, append(ous, suffix)), nil)
		a.Attribute("objectClass", []string{"organizationalUnit"})
		return w.c.Add(a)
	case n < 60:
		w.next++
		m := ldap.NewModifyRequest(pick(w.r, users), nil)
		m.Replace([]string{"title", "description", "mail"}[w.r.Intn(3)], []string{fmt.Sprintf("%d of %d", w.next, w.no)})
		return w.c.Modify(m)
	case n < 75:
		if len(mine) > 0 && !w.own {
			return w.c.Del(ldap.NewDelRequest(pick(w.r, mine), nil))
		}
	case n < 84:
		if len(mine) > 0 {
			return w.c.ModifyDN(ldap.NewModifyDNRequest(pick(w.r, mine), "uid="+w.name("u"), true, ""))
		}
	case n < 91:
		if len(mine) > 0 {
			u := pick(w.r, mine)
			return w.c.ModifyDN(ldap.NewModifyDNRequest(u, rdn(u), true, pick(w.r, ous)))
		}
	case w.own:
	case n < 94:
		return w.c.Del(ldap.NewDelRequest(pick(w.r, mineOU), nil))
	case n < 97:
		return w.c.ModifyDN(ldap.NewModifyDNRequest(pick(w.r, mineOU), "ou="+w.name("o"), true, ""))
	default:
		o := pick(w.r, mineOU)
		return w.c.ModifyDN(ldap.NewModifyDNRequest(o, rdn(o), true, pick(w.r, append(ous, suffix))))
	}
	return nil
}

// storm has all servers that run changed at once.
func (m *multi) storm(round, steps int, own bool, only ...int) {
	var wg sync.WaitGroup
	for i, s := range m.servers {
		if !s.running || len(only) > 0 && only[0] != i {
			continue
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			c, err := ldap.DialURL(s.url())
			if err == nil {
				defer c.Close()
				err = c.Bind(rootDN, "secret")
			}
			if err != nil {
				m.t.Error(err)
				return
			}
			w := &writer{r: rand.New(rand.NewSource(*seed + int64(100*round+i))), s: s, c: c, no: i + 1, own: own, next: 1000 * round}
			for range steps {
				if err := w.step(); err != nil && ldap.IsErrorWithCode(err, ldap.ErrorNetwork) {
					m.t.Error(s.name(), err)
					return
				}
			}
		}()
	}
	wg.Wait()
}

// awaitAll waits until all have the same.
func (m *multi) awaitAll() {
	m.t.Helper()
	var diff string
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		diff = ""
		first, err := content(m.servers[0], everything)
		if err != nil {
			m.t.Fatal(err)
		}
		for _, s := range m.servers[1:] {
			got, err := content(s, everything)
			if err != nil {
				m.t.Fatal(err)
			}
			if d := difference(first, got); d != "" {
				diff += s.name() + " unlike " + m.servers[0].name() + ":\n" + d + "\n"
			}
		}
		if diff == "" {
			return
		}
	}
	if dir := os.Getenv("KEEP"); dir != "" {
		for _, s := range m.servers {
			all, _ := content(s, everything)
			var lines []string
			for dn, e := range all {
				lines = append(lines, dn+" "+strings.ReplaceAll(stamps(e), "\n", " "))
			}
			sort.Strings(lines)
			os.WriteFile(fmt.Sprintf("%s/%s.content", dir, s.name()), []byte(strings.Join(lines, "\n")), 0o600)
		}
	}
	m.t.Fatalf("the servers do not become equal:\n%s", diff)
}

func (m *multi) run(own bool) {
	m.t.Logf("seed %d", *seed)
	x := &tree{t: m.t, r: rand.New(rand.NewSource(*seed)), s: m.servers[0], c: m.servers[0].dial(), taken: map[string]bool{}}
	x.setup()
	for range 20 {
		x.addUser()
	}
	x.c.Close()
	m.awaitAll()
	for round := range *rounds {
		down := -1
		switch x.r.Intn(3) {
		case 0: // it goes on alone, and comes back
			down = x.r.Intn(len(m.servers))
			m.servers[down].stop([]syscall.Signal{syscall.SIGTERM, syscall.SIGKILL}[x.r.Intn(2)])
		case 1:
			m.servers[x.r.Intn(len(m.servers))].restart(syscall.SIGKILL)
		}
		m.storm(round, 30, own)
		if down >= 0 {
			m.servers[down].start()
		}
		m.storm(1000+round, 10, own)
		m.awaitAll()
	}
}

// Three servers that all take changes, in a ring and each from both others:
// conflicts of every kind, restarts and kill -9; all come to the same.
func TestMultiProvider(t *testing.T) {
	three := []bool{true, true, true}
	for _, mode := range modes {
		t.Run(mode+"/ring", func(t *testing.T) { newMulti(t, three, mode, ring(3)).run(false) })
		t.Run(mode+"/mesh", func(t *testing.T) { newMulti(t, three, mode, mesh(3)).run(false) })
	}
}

// Two of ours and OpenLDAP's slapd, which all take changes, one after another: slapd
// loses changes that it relays while others are made.
func TestMixedRing(t *testing.T) {
	t.Logf("seed %d", *seed)
	m := newMulti(t, []bool{true, true, false}, "refreshAndPersist", mesh(3))
	x := &tree{t: t, r: rand.New(rand.NewSource(*seed)), s: m.servers[0], c: m.servers[0].dial(), taken: map[string]bool{}}
	x.setup()
	for range 20 {
		x.addUser()
	}
	x.c.Close()
	m.awaitAll()
	for round := range *rounds {
		for i := range m.servers {
			m.storm(10*round+i, 12, true, i)
			m.awaitAll()
		}
		m.servers[x.r.Intn(2)].restart(syscall.SIGKILL)
		m.awaitAll()
	}
}
