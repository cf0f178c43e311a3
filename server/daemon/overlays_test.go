package daemon

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// TestOverlaysAsPeer runs operations on databases with overlays and compares
// the results, and the entries afterwards, with what slapd's overlays did.
// SLAPD=/usr/sbin/slapd records that.
//
// testdata/overlays.txt: "config" and indented lines; "? OPERATION" as the root
// DN; "= ANSWER".
func TestOverlaysAsPeer(t *testing.T) {
	const file = "testdata/overlays.txt"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	peer := os.Getenv("SLAPD")
	var out bytes.Buffer
	var s *opsServer
	var conf []string
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "= ") {
			continue
		}
		fmt.Fprintln(&out, line)
		switch {
		case line == "config":
			conf = nil
			s.stop()
			s = nil
		case strings.HasPrefix(line, "  "):
			conf = append(conf, strings.TrimSpace(line))
		case strings.HasPrefix(line, "? "):
			if s == nil {
				s = startOps(t, peer, conf)
			}
			got := s.change(t, strings.Fields(line)[1:], peer != "")
			fmt.Fprintln(&out, "= "+got)
			if peer == "" && (i+1 == len(lines) || "= "+got != lines[i+1]) {
				want := ""
				if i+1 < len(lines) {
					want = lines[i+1]
				}
				t.Errorf("%s\n%s\n  %s\nslapd %s", strings.Join(conf, "\n"), line, got, want)
			}
		}
	}
	s.stop()
	if peer != "" {
		if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// change runs one operation as the root DN.
func (s *opsServer) change(t *testing.T, w []string, peer bool) string {
	t.Helper()
	c, err := ldap.DialURL(s.url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Bind("cn=admin,dc=example,dc=com", "secret"); err != nil {
		t.Fatal(err)
	}
	switch w[0] {
	case "show": // attributes of all entries that have them
		if peer {
			time.Sleep(300 * time.Millisecond) // slapd's refint works later
		}
		r, err := c.Search(ldap.NewSearchRequest("dc=example,dc=com", 2, 0, 0, 0, false, "(objectClass=*)", w[1:], nil))
		if err != nil {
			return answer(err)
		}
		var list []string
		for _, e := range r.Entries {
			for _, a := range e.Attributes {
				for _, v := range a.Values {
					list = append(list, strings.TrimSuffix(e.DN, ",dc=example,dc=com")+" "+a.Name+" "+strings.TrimSuffix(v, ",dc=example,dc=com"))
				}
			}
		}
		slices.Sort(list)
		return strings.Join(list, " | ")
	case "add":
		r := ldap.NewAddRequest(w[1], nil)
		values := map[string][]string{}
		for _, av := range w[2:] {
			a, v, _ := strings.Cut(av, "=")
			if values[a] == nil {
				r.Attribute(a, nil)
			}
			values[a] = append(values[a], v)
		}
		for i := range r.Attributes {
			r.Attributes[i].Vals = values[r.Attributes[i].Type]
		}
		return answer(c.Add(r))
	case "delete":
		return answer(c.Del(ldap.NewDelRequest(w[1], nil)))
	case "modify":
		r := ldap.NewModifyRequest(w[1], nil)
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
			}
		}
		return answer(c.Modify(r))
	case "rename":
		up := ""
		if len(w) > 4 {
			up = w[4]
		}
		return answer(c.ModifyDN(ldap.NewModifyDNRequest(w[1], w[2], w[3] == "1", up)))
	}
	t.Fatalf("%q", w)
	return ""
}
