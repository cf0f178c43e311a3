//go:build synctest

package sync

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

var (
	rounds = flag.Int("rounds", 3, "rounds of changes per test")
	seed   = flag.Int64("seed", time.Now().UnixNano()%100000, "of the random changes")
)

// tree is what the changes know of the provider's content.
type tree struct {
	t     *testing.T
	r     *rand.Rand
	s     *server
	c     *ldap.Conn
	next  int
	users []string // RDN,parent
	ous   []string
	taken map[string]bool // ous that something was moved into
	// gentle: spare slapd what it gets wrong.
	gentle bool
}

func (x *tree) must(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

func (x *tree) pick(list []string) int { return x.r.Intn(len(list)) }

func (x *tree) setup() {
	a := ldap.NewAddRequest(suffix, nil)
	a.Attribute("objectClass", []string{"organization", "dcObject"})
	a.Attribute("o", []string{"x"})
	a.Attribute("dc", []string{"example"})
	x.must(x.c.Add(a))
	x.addOU(suffix)
	x.addOU(suffix)
}

func (x *tree) addOU(parent string) {
	x.next++
	dn := fmt.Sprintf("ou=o%d,%s", x.next, parent)
	a := ldap.NewAddRequest(dn, nil)
	a.Attribute("objectClass", []string{"organizationalUnit"})
	a.Attribute("ou", []string{fmt.Sprintf("o%d", x.next)})
	x.must(x.c.Add(a))
	x.ous = append(x.ous, dn)
}

func (x *tree) addUser() {
	x.next++
	dn := fmt.Sprintf("uid=u%d,%s", x.next, x.ous[x.pick(x.ous)])
	a := ldap.NewAddRequest(dn, nil)
	a.Attribute("objectClass", []string{"inetOrgPerson"})
	a.Attribute("cn", []string{fmt.Sprintf("User %d", x.next)})
	a.Attribute("sn", []string{"S"})
	a.Attribute("employeeType", []string{[]string{"in", "out"}[x.r.Intn(2)]})
	x.must(x.c.Add(a))
	x.users = append(x.users, dn)
}

// step makes one random change.
func (x *tree) step() {
	n := x.r.Intn(100)
	if len(x.users) < 3 {
		n = 0
	}
	switch {
	case n < 30:
		x.addUser()
	case n < 35 && len(x.ous) < 12:
		x.addOU(x.ous[x.pick(x.ous)])
	case n < 55:
		m := ldap.NewModifyRequest(x.users[x.pick(x.users)], nil)
		x.next++
		m.Replace("title", []string{fmt.Sprint("t", x.next)})
		x.must(x.c.Modify(m))
	case n < 70: // into the filter, or out of it
		m := ldap.NewModifyRequest(x.users[x.pick(x.users)], nil)
		m.Replace("employeeType", []string{[]string{"in", "out"}[x.r.Intn(2)]})
		x.must(x.c.Modify(m))
	case n < 80:
		i := x.pick(x.users)
		x.must(x.c.Del(ldap.NewDelRequest(x.users[i], nil)))
		x.users = append(x.users[:i], x.users[i+1:]...)
	case n < 88: // rename; slapd 2.5.13 as a consumer loses an old naming value that stays
		i := x.pick(x.users)
		x.next++
		rdn := fmt.Sprintf("uid=u%d", x.next)
		_, up, _ := strings.Cut(x.users[i], ",")
		x.must(x.c.ModifyDN(ldap.NewModifyDNRequest(x.users[i], rdn, x.r.Intn(2) == 0 || x.gentle, "")))
		x.users[i] = rdn + "," + up
	case n < 94: // move
		i, to := x.pick(x.users), x.ous[x.pick(x.ous)]
		rdn, up, _ := strings.Cut(x.users[i], ",")
		if up == to && !x.s.slapid {
			return // slapd does not announce a move to where the entry is
		}
		x.must(x.c.ModifyDN(ldap.NewModifyDNRequest(x.users[i], rdn, true, to)))
		x.users[i] = rdn + "," + to
		x.taken[to] = true
	default:
		x.renameTree()
	}
}

// renameTree renames an ou with all below it. slapd 2.5.13 cannot rename an
// entry that another was moved into (it answers 80), so these stay.
func (x *tree) renameTree() {
	from := x.ous[x.pick(x.ous)]
	for ou := range x.taken {
		if !x.gentle && x.s.slapid {
			break
		}
		if ou == from || strings.HasSuffix(ou, ","+from) {
			return
		}
	}
	x.next++
	_, up, _ := strings.Cut(from, ",")
	rdn := fmt.Sprintf("ou=o%d", x.next)
	x.must(x.c.ModifyDN(ldap.NewModifyDNRequest(from, rdn, true, "")))
	to := rdn + "," + up
	for _, list := range [][]string{x.users, x.ous} {
		for i := range list {
			if list[i] == from {
				list[i] = to
			} else if strings.HasSuffix(list[i], ","+from) {
				list[i] = strings.TrimSuffix(list[i], from) + to
			}
		}
	}
}

func syncreplLine(p *server, typ, filter string) string {
	return fmt.Sprintf(`syncrepl rid=001 provider=%s type=%s interval=00:00:00:01 retry="1 +" searchbase="%s" filter="%s" scope=sub attrs="*,+" bindmethod=simple binddn="%s" credentials=secret`,
		p.url(), typ, suffix, filter, rootDN)
}

// replicate changes the provider, restarts and kills either side, and compares.
func replicate(t *testing.T, providerIsSlapid, consumerIsSlapid bool, typ, filter string, log string) {
	t.Logf("seed %d", *seed)
	p := newServer(t, providerIsSlapid, "overlay syncprov", log)
	x := &tree{t: t, r: rand.New(rand.NewSource(*seed)), s: p, c: p.dial(), taken: map[string]bool{}, gentle: !consumerIsSlapid || !providerIsSlapid}
	x.setup()
	for range 60 {
		x.step()
	}
	c := newServer(t, consumerIsSlapid, syncreplLine(p, typ, filter))
	awaitEqual(t, p, c, filter)
	for round := range *rounds {
		down := x.r.Intn(3) == 0
		if down {
			c.stop([]syscall.Signal{syscall.SIGTERM, syscall.SIGKILL}[x.r.Intn(2)])
		}
		for range 10 + x.r.Intn(60) {
			x.step()
		}
		if down {
			c.start()
		}
		if x.r.Intn(3) == 0 {
			x.c.Close()
			p.restart([]syscall.Signal{syscall.SIGTERM, syscall.SIGKILL}[x.r.Intn(2)])
			x.c = p.dial()
		}
		for range x.r.Intn(10) {
			x.step()
		}
		if round%2 == 1 || round == *rounds-1 {
			awaitEqual(t, p, c, filter)
		}
	}
	x.c.Close()
}

const (
	everything = "(objectClass=*)"
	someOf     = "(|(objectClass=organization)(objectClass=organizationalUnit)(employeeType=in))"
)

var modes = []string{"refreshOnly", "refreshAndPersist"}

// OpenLDAP's slapd follows slapid: with the session log, with one that is too
// short, and without.
func TestSlapdOfSlapid(t *testing.T) {
	for _, mode := range modes {
		for _, log := range []string{"syncprov-sessionlog 10000", "syncprov-sessionlog 20", "syncprov-sessionlog 0"} {
			for name, filter := range map[string]string{"all": everything, "some": someOf} {
				t.Run(mode+"/"+strings.Fields(log)[1]+"/"+name, func(t *testing.T) { replicate(t, true, false, mode, filter, log) })
			}
		}
	}
}

// python-ldap's SyncreplConsumer, when it is installed. It also cancels a search
// (RFC 4533 section 3.7).
func TestPythonConsumer(t *testing.T) {
	if err := exec.Command("/usr/bin/python3", "-c", "import ldap.syncrepl").Run(); err != nil {
		t.Skip("python3-ldap is not installed")
	}
	p := newServer(t, true, "overlay syncprov")
	x := &tree{t: t, r: rand.New(rand.NewSource(1)), s: p, c: p.dial(), taken: map[string]bool{}}
	x.setup()
	cmd := exec.Command("/usr/bin/python3", "pyldap_consumer.py")
	cmd.Env = append(os.Environ(), "PROVIDER_URI="+p.url())
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if n := strings.Count(string(out), "mirror equals the directory"); n < 6 || strings.Contains(string(out), "DIFFERS") {
		t.Errorf("%s", out)
	}
}

// slapid follows OpenLDAP's slapd. Renames, moves and names that are used again: the
// copy is right only when entries are known by their entryUUID (RFC 4533 section 3.6).
func TestSlapidOfSlapd(t *testing.T) {
	for _, mode := range modes {
		for _, log := range []string{"syncprov-sessionlog 10000", "syncprov-sessionlog 0"} {
			for name, filter := range map[string]string{"all": everything, "some": someOf} {
				t.Run(mode+"/"+strings.Fields(log)[1]+"/"+name, func(t *testing.T) { replicate(t, false, true, mode, filter, log) })
			}
		}
	}
}

// slapid follows slapid.
func TestSlapidOfSlapid(t *testing.T) {
	for _, mode := range modes {
		for _, log := range []string{"syncprov-sessionlog 10000", "syncprov-sessionlog 20", "syncprov-sessionlog 0"} {
			for name, filter := range map[string]string{"all": everything, "some": someOf} {
				t.Run(mode+"/"+strings.Fields(log)[1]+"/"+name, func(t *testing.T) { replicate(t, true, true, mode, filter, log) })
			}
		}
	}
}

// A copy of a copy: slapid in the middle, slapid and slapd at the end.
func TestCascade(t *testing.T) {
	for _, mode := range modes {
		for _, log := range []string{"syncprov-sessionlog 10000", "syncprov-sessionlog 0"} {
			t.Run(mode+"/"+strings.Fields(log)[1], func(t *testing.T) {
				t.Logf("seed %d", *seed)
				p := newServer(t, true, "overlay syncprov", log)
				x := &tree{t: t, r: rand.New(rand.NewSource(*seed)), s: p, c: p.dial(), taken: map[string]bool{}, gentle: true}
				defer func() { x.c.Close() }()
				x.setup()
				for range 30 {
					x.step()
				}
				middle := newServer(t, true, syncreplLine(p, mode, everything), "overlay syncprov", log)
				ends := []*server{newServer(t, true, syncreplLine(middle, mode, everything)), newServer(t, false, syncreplLine(middle, mode, everything))}
				for range *rounds {
					for range 40 {
						x.step()
					}
					switch x.r.Intn(3) {
					case 0:
						middle.restart(syscall.SIGKILL)
					case 1:
						ends[x.r.Intn(2)].restart(syscall.SIGKILL)
					}
					awaitEqual(t, p, middle, everything)
					for _, e := range ends {
						awaitEqual(t, p, e, everything)
					}
				}
			})
		}
	}
}
