//go:build synctest

// Package sync tests replication between whole servers.
package sync

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

const (
	suffix = "dc=example,dc=com"
	rootDN = "cn=admin," + suffix
)

// server is a slapd or slapid of its own in a folder.
type server struct {
	t       *testing.T
	slapid  bool
	dir     string
	port    int
	cmd     *exec.Cmd
	done    chan struct{}
	global  []string // lines before it
	extra   []string // lines of the database section
	module  string
	running bool
}

func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// newServer starts a server; lines end its database section.
func newServer(t *testing.T, slapid bool, lines ...string) *server {
	s := &server{t: t, slapid: slapid, port: freePort(t), extra: lines}
	s.begin()
	return s
}

// begin makes the server's folder and starts it.
func (s *server) begin() {
	t := s.t
	s.dir = t.TempDir()
	if err := os.Mkdir(filepath.Join(s.dir, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	s.start()
	t.Cleanup(func() {
		s.stop(syscall.SIGTERM)
		if t.Failed() {
			b, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			if dir := os.Getenv("KEEP"); dir != "" {
				os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s.log", s.name())), b, 0o600)
			}
			if len(b) > 6000 {
				b = b[len(b)-6000:]
			}
			t.Logf("log of %s:\n%s", s.name(), b)
		}
	})
}

func (s *server) name() string {
	if s.slapid {
		return fmt.Sprintf("slapid %d", s.port)
	}
	return fmt.Sprintf("slapd %d", s.port)
}

func (s *server) url() string { return fmt.Sprintf("ldap://127.0.0.1:%d", s.port) }

func (s *server) conf() string {
	var b strings.Builder
	for _, n := range []string{"core", "cosine", "inetorgperson"} {
		fmt.Fprintf(&b, "include /etc/ldap/schema/%s.schema\n", n)
	}
	if !s.slapid {
		b.WriteString("modulepath /usr/lib/ldap\nmoduleload back_mdb\nmoduleload syncprov\n")
	}
	fmt.Fprintf(&b, "pidfile %s/pid\nsizelimit unlimited\n", s.dir)
	for _, l := range s.global {
		b.WriteString(l + "\n")
	}
	fmt.Fprintf(&b, "database mdb\nsuffix %s\nrootdn %s\nrootpw secret\ndirectory %s/db\n", suffix, rootDN, s.dir)
	b.WriteString("index objectClass,entryUUID,entryCSN eq\n")
	if !s.slapid {
		b.WriteString("maxsize 1073741824\n")
	}
	for _, l := range s.extra {
		b.WriteString(l + "\n")
	}
	return b.String()
}

func (s *server) start() {
	conf := filepath.Join(s.dir, "slapd.conf")
	if err := os.WriteFile(conf, []byte(s.conf()), 0o600); err != nil {
		s.t.Fatal(err)
	}
	bin, level := "/usr/sbin/slapd", "sync"
	if s.slapid {
		bin, level = os.Getenv("SLAPID"), "stats"
	}
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer log.Close()
	s.cmd = exec.Command(bin, "-f", conf, "-h", s.url()+"/", "-d", level)
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) { cmd.Wait(); close(done) }(s.cmd, s.done)
	s.running = true
	for end := time.Now().Add(15 * time.Second); ; {
		c, err := ldap.DialURL(s.url())
		if err == nil {
			_, err = c.Search(ldap.NewSearchRequest("", ldap.ScopeBaseObject, 0, 0, 0, false, "(objectClass=*)", []string{"1.1"}, nil))
			c.Close()
			if err == nil {
				return
			}
		}
		select {
		case <-s.done:
			b, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			s.t.Fatalf("%s died:\n%s", s.name(), b)
		default:
		}
		if time.Now().After(end) {
			s.t.Fatalf("%s does not answer: %v", s.name(), err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (s *server) stop(sig syscall.Signal) {
	if !s.running {
		return
	}
	s.running = false
	s.cmd.Process.Signal(sig)
	select {
	case <-s.done:
	case <-time.After(10 * time.Second):
		s.cmd.Process.Kill()
		<-s.done
		if sig != syscall.SIGKILL {
			s.t.Errorf("%s did not end", s.name())
		}
	}
}

// restart stops the server with a signal and starts it on the same data.
func (s *server) restart(sig syscall.Signal) {
	s.stop(sig)
	s.start()
}

func (s *server) dial() *ldap.Conn {
	c, err := ldap.DialURL(s.url())
	if err != nil {
		s.t.Fatal(err)
	}
	if err := c.Bind(rootDN, "secret"); err != nil {
		s.t.Fatal(err)
	}
	return c
}

// replicated are attributes that say how a server stores, not what.
var ownAttrs = map[string]bool{"contextcsn": true, "subschemasubentry": true, "hassubordinates": true, "entrydn": true, "structuralobjectclass": true}

// content is what a search gives, one text per entry.
func content(s *server, filter string) (map[string]string, error) {
	c, err := ldap.DialURL(s.url())
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if err := c.Bind(rootDN, "secret"); err != nil {
		return nil, err
	}
	res, err := c.Search(ldap.NewSearchRequest(suffix, ldap.ScopeWholeSubtree, 0, 0, 0, false, filter, []string{"*", "+"},
		[]ldap.Control{ldap.NewControlManageDsaIT(true)}))
	if ldap.IsErrorWithCode(err, ldap.LDAPResultNoSuchObject) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, e := range res.Entries {
		var lines []string
		for _, a := range e.Attributes {
			if ownAttrs[strings.ToLower(a.Name)] {
				continue
			}
			for _, v := range a.Values {
				lines = append(lines, strings.ToLower(a.Name)+": "+v)
			}
		}
		sort.Strings(lines)
		dn := strings.ToLower(e.DN)
		out[dn] = strings.Join(lines, "\n")
	}
	return out, nil
}

// stamps are the lines that tell which version of an entry it is.
func stamps(e string) string {
	var out []string
	for _, l := range strings.Split(e, "\n") {
		if strings.HasPrefix(l, "entrycsn") || strings.HasPrefix(l, "entryuuid") || l == "objectclass: glue" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// difference tells in words how two contents differ; "" when they do not.
func difference(want, got map[string]string) string {
	var out []string
	for dn, w := range want {
		if g, ok := got[dn]; !ok {
			out = append(out, "missing "+dn+"\n"+stamps(w))
		} else if g != w {
			out = append(out, fmt.Sprintf("differs %s:\n-- want\n%s\n-- got\n%s", dn, w, g))
		}
	}
	for dn, g := range got {
		if _, ok := want[dn]; !ok {
			out = append(out, "too many "+dn+"\n"+stamps(g))
		}
	}
	sort.Strings(out)
	if len(out) > 6 {
		out = append(out[:6], fmt.Sprintf("... %d differences", len(out)))
	}
	return strings.Join(out, "\n")
}

// awaitEqual waits until the consumer has what the provider has.
func awaitEqual(t *testing.T, provider, consumer *server, filter string) {
	t.Helper()
	var diff string
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		want, err := content(provider, filter)
		if err != nil {
			t.Fatal(err)
		}
		got, err := content(consumer, filter)
		if err != nil {
			t.Fatal(err)
		}
		if diff = difference(want, got); diff == "" {
			return
		}
	}
	t.Fatalf("the consumer does not become equal:\n%s", diff)
}
