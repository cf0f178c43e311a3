package daemon

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// TestOperationsAsPeer runs operations by several identities under many access
// lists and compares codes, matched names and what is seen with what slapd
// answered. SLAPD=/usr/sbin/slapd records that.
//
// testdata/accessops.txt: "access" and indented directives; "as NAME" or "as" for
// nobody; "? OPERATION"; "= ANSWER". The data is the same before each question.
func TestOperationsAsPeer(t *testing.T) {
	const file = "testdata/accessops.txt"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	peer := os.Getenv("SLAPD")
	var out bytes.Buffer
	var s *opsServer
	who := ""
	var access []string
	asked, wrong := 0, 0
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if strings.HasPrefix(line, "= ") {
			continue
		}
		fmt.Fprintln(&out, line)
		switch {
		case line == "access":
			access = nil
			s.stop()
			s = nil
		case strings.HasPrefix(line, "  "):
			l := strings.TrimSpace(line)
			if !strings.HasPrefix(l, "add_content_acl") {
				l = "access " + l
			}
			access = append(access, l)
		case strings.HasPrefix(line, "as"):
			who = strings.TrimSpace(line[2:])
		case strings.HasPrefix(line, "? "):
			if s == nil {
				s = startOps(t, peer, access)
			}
			got := s.ask(t, who, strings.TrimPrefix(line, "? "))
			fmt.Fprintln(&out, "= "+got)
			asked++
			want := ""
			if i+1 < len(lines) {
				want = strings.TrimPrefix(lines[i+1], "= ")
			}
			if peer == "" && !agree(strings.Fields(line)[1], got, want) {
				wrong++
				t.Errorf("%s\n  as %q %s\n  %s\nslapd: %s", strings.Join(access, "\n"), who, line, got, want)
			}
		}
	}
	s.stop()
	if peer != "" {
		if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d of %d answers differ", wrong, asked)
}

// agree compares an answer with slapd's, but for two wanted differences: slapd
// names an entry above a missing one in answers to updates even to who may not
// know of it, and asks no right on the values that a rename adds.
func agree(op, got, slapd string) bool {
	switch op {
	case "add", "modify", "delete":
		if got == "32" && strings.HasPrefix(slapd, "32 matched ") {
			return true
		}
	case "rename":
		if got == "50" && slapd == "0" {
			return true
		}
	}
	return got == slapd
}

// opsServer is slapd or ours.
type opsServer struct {
	url  string
	halt func()
}

func (s *opsServer) stop() {
	if s != nil {
		s.halt()
	}
}

func startOps(t *testing.T, peer string, access []string) *opsServer {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	if peer == "" {
		path := accessConf(t, dir, append([]string{"dbnosync"}, access...))
		if status, _, errs := run(t, "", "slapadd", "-q", "-f", path, "-l", "testdata/access.ldif"); status != 0 {
			t.Fatal(errs)
		}
		d, err := New(options(t, path, Hooks{}))
		if err != nil {
			t.Fatal(err)
		}
		go d.Run()
		return &opsServer{url: strings.TrimSuffix(d.URLs()[0], "/"), halt: d.Stop}
	}
	os.Setenv("SLAPACL", "1") // the peer's modules
	path := accessConf(t, dir, access)
	if out, err := exec.Command(filepath.Join(filepath.Dir(peer), "slapadd"), "-q", "-f", path, "-l", "testdata/access.ldif").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "ldap://" + l.Addr().String()
	l.Close()
	cmd := exec.Command(peer, "-f", path, "-h", url, "-d", "0")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		if c, err := ldap.DialURL(url); err == nil {
			c.Close()
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return &opsServer{url: url, halt: func() { cmd.Process.Signal(os.Interrupt); cmd.Wait() }}
}

// ask runs one operation and undoes what it did, as the root DN.
func (s *opsServer) ask(t *testing.T, who, op string) string {
	t.Helper()
	c, err := ldap.DialURL(s.url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if who != "" {
		if _, err := c.SimpleBind(&ldap.SimpleBindRequest{Username: who, Password: "secret"}); err != nil {
			return "bind: " + answer(err)
		}
	}
	root, err := ldap.DialURL(s.url)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := root.Bind("cn=admin,dc=example,dc=com", "secret"); err != nil {
		t.Fatal(err)
	}
	w := strings.Fields(op)
	target := w[1]
	switch w[0] {
	case "bind":
		_, err := c.SimpleBind(&ldap.SimpleBindRequest{Username: target, Password: w[2]})
		return answer(err)
	case "search": // base scope filter attrs...
		scope := map[string]int{"base": 0, "one": 1, "sub": 2}[w[2]]
		r, err := c.Search(ldap.NewSearchRequest(target, scope, 0, 0, 0, false, w[3], w[4:], nil))
		if err != nil {
			return answer(err)
		}
		var b strings.Builder
		b.WriteString("0")
		for _, e := range r.Entries {
			fmt.Fprintf(&b, " | %s", e.DN)
			slices.SortFunc(e.Attributes, func(x, y *ldap.EntryAttribute) int { return strings.Compare(x.Name, y.Name) })
			for _, a := range e.Attributes {
				if a.Name == "entryUUID" || strings.HasSuffix(a.Name, "Timestamp") || a.Name == "entryCSN" {
					a.Values = []string{"*"}
				}
				fmt.Fprintf(&b, " %s=%s", a.Name, strings.Join(a.Values, "&"))
			}
		}
		return b.String()
	case "types":
		r, err := c.Search(ldap.NewSearchRequest(target, 0, 0, 0, 0, true, "(objectClass=*)", w[2:], nil))
		if err != nil {
			return answer(err)
		}
		var names []string
		for _, e := range r.Entries {
			for _, a := range e.Attributes {
				names = append(names, a.Name)
			}
		}
		slices.Sort(names)
		return "0 " + strings.Join(names, " ")
	case "compare":
		ok, err := c.Compare(target, w[2], w[3])
		if err == nil {
			return fmt.Sprint(ok)
		}
		return answer(err)
	case "add": // dn attr=value...
		r := ldap.NewAddRequest(target, nil)
		for _, av := range w[2:] {
			a, v, _ := strings.Cut(av, "=")
			r.Attribute(a, []string{v})
		}
		err := c.Add(r)
		if err == nil {
			root.Del(ldap.NewDelRequest(target, nil))
		}
		return answer(err)
	case "delete":
		before, serr := root.Search(ldap.NewSearchRequest(target, 0, 0, 0, 0, false, "(objectClass=*)", []string{"*"}, nil))
		err := c.Del(ldap.NewDelRequest(target, nil))
		if err == nil && serr == nil {
			r := ldap.NewAddRequest(target, nil)
			for _, a := range before.Entries[0].Attributes {
				r.Attribute(a.Name, a.Values)
			}
			if err := root.Add(r); err != nil {
				t.Fatal(err)
			}
		}
		return answer(err)
	case "modify": // dn op:attr:value...
		before, serr := root.Search(ldap.NewSearchRequest(target, 0, 0, 0, 0, false, "(objectClass=*)", []string{"*"}, nil))
		r := ldap.NewModifyRequest(target, nil)
		for _, ch := range w[2:] {
			p := strings.SplitN(ch, ":", 3)
			var vals []string
			if len(p) > 2 {
				vals = strings.Split(p[2], "&")
			}
			switch p[0] {
			case "add":
				r.Add(p[1], vals)
			case "delete":
				r.Delete(p[1], vals)
			case "replace":
				r.Replace(p[1], vals)
			case "increment":
				r.Increment(p[1], vals[0])
			}
		}
		err := c.Modify(r)
		if err == nil && serr == nil {
			undo := ldap.NewModifyRequest(target, nil)
			for _, ch := range w[2:] {
				p := strings.SplitN(ch, ":", 3)
				undo.Replace(p[1], before.Entries[0].GetAttributeValues(p[1]))
			}
			if err := root.Modify(undo); err != nil {
				t.Fatal(op, err)
			}
		}
		return answer(err)
	case "rename": // dn newrdn deleteold [superior]
		up := ""
		if len(w) > 4 {
			up = w[4]
		}
		err := c.ModifyDN(ldap.NewModifyDNRequest(target, w[2], w[3] == "1", up))
		if err == nil {
			old, parent, _ := strings.Cut(target, ",")
			now := parent
			if up != "" {
				now = up
			}
			if err := root.ModifyDN(ldap.NewModifyDNRequest(w[2]+","+now, old, true, parent)); err != nil {
				t.Fatal(op, err)
			}
			if w[3] == "0" || w[2] == old {
				return answer(nil)
			}
		}
		return answer(err)
	case "passwd":
		_, err := c.PasswordModify(ldap.NewPasswordModifyRequest(target, w[2], w[3]))
		if err == nil {
			undo := ldap.NewModifyRequest(target, nil)
			undo.Replace("userPassword", []string{"secret"})
			if err := root.Modify(undo); err != nil {
				t.Fatal(err)
			}
		}
		return answer(err)
	}
	t.Fatalf("%q", op)
	return ""
}

// answer is a result as the file has it: code and matched name.
func answer(err error) string {
	if err == nil {
		return "0"
	}
	le, ok := err.(*ldap.Error)
	if !ok {
		return err.Error()
	}
	s := fmt.Sprint(le.ResultCode)
	if le.MatchedDN != "" {
		s += " matched " + le.MatchedDN
	}
	return s
}
