package daemon

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// accessConf writes a configuration with the data of testdata/access.ldif for
// slapd (in folder peer) and for us, which differ in the folder of the data.
func accessConf(t *testing.T, dir string, lines []string) string {
	t.Helper()
	schemas, err := filepath.Abs("../../schema")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, s := range []string{"core", "cosine", "inetorgperson"} {
		fmt.Fprintf(&b, "include %s/%s.schema\n", schemas, s)
	}
	b.WriteString(`attributetype ( 2.16.840.1.113730.3.1.198 NAME 'memberURL' SUP labeledURI )
objectclass ( 2.16.840.1.113730.3.2.33 NAME 'groupOfURLs' SUP top STRUCTURAL MUST cn MAY memberURL )
`)
	if os.Getenv("SLAPACL") != "" {
		b.WriteString("modulepath /usr/lib/ldap\nmoduleload back_mdb\nmoduleload unique\nmoduleload refint\nmoduleload memberof\nmoduleload constraint\nmoduleload auditlog\n")
	}
	fmt.Fprintf(&b, `database mdb
suffix "dc=example,dc=com"
rootdn "cn=admin,dc=example,dc=com"
rootpw secret
directory %s
`, filepath.Join(dir, "db"))
	for _, l := range lines {
		b.WriteString(l + "\n")
	}
	path := filepath.Join(dir, "slapd.conf")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// askOpen runs slapacl with a server that stays open from one question to the
// next.
func askOpen(t *testing.T, off *offline, args []string) string {
	t.Helper()
	var errs bytes.Buffer
	c := &command{name: "slapacl", args: args, stdout: &errs, stderr: &errs}
	if a, rest, _ := c.parseACL(); a != nil {
		off.c = c
		c.answerAccess(off, a, rest)
	}
	return errs.String()
}

// TestAccessAsPeer puts many directives to slapacl and compares what it says
// with what slapd's says. SLAPACL=/usr/sbin/slapacl records that.
func TestAccessAsPeer(t *testing.T) {
	const file = "testdata/slapacl.txt"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	path := accessConf(t, dir, nil)
	peer := os.Getenv("SLAPACL")
	if peer != "" {
		if out, err := exec.Command(filepath.Join(filepath.Dir(peer), "slapadd"), "-f", path, "-l", "testdata/access.ldif").CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
	} else if status, _, errs := run(t, "", "slapadd", "-f", path, "-l", "testdata/access.ldif"); status != 0 {
		t.Fatal(errs)
	}
	var access []string
	var out bytes.Buffer
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	asked, wrong := 0, 0
	c := &command{name: "slapacl", stderr: io.Discard}
	var off *offline
	changed := true
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		q, question := strings.CutPrefix(line, "? ")
		switch {
		case line == "access":
			access, changed = nil, true
		case strings.HasPrefix(line, "  "):
			access = append(access, "access "+strings.TrimSpace(line))
		}
		if !strings.HasPrefix(line, "= ") || peer == "" {
			if peer == "" || !strings.HasPrefix(line, "= ") {
				fmt.Fprintln(&out, line)
			}
		}
		if !question {
			continue
		}
		if changed || peer != "" {
			accessConf(t, dir, access)
			changed = false
			if peer == "" {
				src, err := loadConfig(path, "", true)
				if err != nil {
					t.Fatal(err)
				}
				fresh, err := c.newOffline(src.cfg, &toolArgs{})
				if err != nil {
					t.Fatal(err)
				}
				if off != nil {
					fresh.opened = off.opened
				}
				off = fresh
			}
		}
		args := append([]string{"-f", path}, strings.Fields(q)...)
		if peer != "" {
			b, err := exec.Command(peer, args...).CombinedOutput()
			var ee *exec.ExitError
			if err != nil && !errors.As(err, &ee) {
				t.Fatal(err)
			}
			for _, l := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
				fmt.Fprintln(&out, "= "+l)
			}
			continue
		}
		var want []string
		for i+1 < len(lines) && strings.HasPrefix(lines[i+1], "= ") {
			i++
			want = append(want, strings.TrimPrefix(lines[i], "= "))
		}
		got := strings.TrimSuffix(askOpen(t, off, strings.Fields(q)), "\n")
		asked++
		if got != strings.Join(want, "\n") {
			wrong++
			t.Errorf("%s\n  slapacl %s\n%s\nslapd says\n%s", strings.Join(access, "\n"), q, got, strings.Join(want, "\n"))
		}
	}
	if peer != "" {
		if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if asked < 100 {
		t.Errorf("only %d questions", asked)
	}
	if wrong > 0 {
		t.Logf("%d of %d answers differ", wrong, asked)
	}
}
