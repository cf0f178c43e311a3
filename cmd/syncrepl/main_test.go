package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"
)

// TestMain makes the test binary the command itself when it is asked to.
func TestMain(m *testing.M) {
	if os.Getenv("SYNCREPL_TEST_COMMAND") != "" {
		main()
	}
	os.Exit(m.Run())
}

const suffix = "dc=example,dc=com"

// slapd starts Debian's slapd with syncprov and returns its URL and a connection.
func slapd(t *testing.T) (string, *ldap.Conn) {
	t.Helper()
	const path = "/usr/sbin/slapd"
	if _, err := os.Stat(path); err != nil {
		t.Skip("no ", path, ": the test needs Debian's package slapd")
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(dir, "slapd.conf")
	text := fmt.Sprintf(`include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb.so
moduleload syncprov.so
database mdb
suffix "%s"
rootdn "cn=admin,%[1]s"
rootpw secret
directory %s/db
dbnosync
index objectClass,entryUUID,entryCSN eq
access to attrs=userPassword by anonymous auth by * none
access to * by * read
overlay syncprov
syncprov-sessionlog 1000
`, suffix, dir)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url := "ldap://" + l.Addr().String()
	l.Close()
	cmd := exec.Command(path, "-f", conf, "-h", url+"/", "-d", "0")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Signal(os.Interrupt); cmd.Wait() })
	for end := time.Now().Add(15 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c, err := ldap.DialURL(url)
		if err == nil {
			if err = c.Bind("cn=admin,"+suffix, "secret"); err == nil {
				t.Cleanup(func() { c.Close() })
				add(t, c, suffix, "objectClass", "dcObject", "objectClass", "organization", "o", "Example", "dc", "example")
				return url, c
			}
		}
		if time.Now().After(end) {
			t.Fatal("slapd does not answer: ", err)
		}
	}
}

func add(t *testing.T, c *ldap.Conn, dn string, pairs ...string) {
	t.Helper()
	values := map[string][]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = append(values[pairs[i]], pairs[i+1])
	}
	r := ldap.NewAddRequest(dn, nil)
	for k, v := range values {
		r.Attribute(k, v)
	}
	if err := c.Add(r); err != nil {
		t.Fatal(err)
	}
}

func person(t *testing.T, c *ldap.Conn, uid string, more ...string) string {
	dn := "uid=" + uid + "," + suffix
	add(t, c, dn, append([]string{"objectClass", "inetOrgPerson", "uid", uid, "cn", uid, "sn", uid}, more...)...)
	return dn
}

func modify(t *testing.T, c *ldap.Conn, dn, attr string, values ...string) {
	t.Helper()
	r := ldap.NewModifyRequest(dn, nil)
	r.Replace(attr, values)
	if err := c.Modify(r); err != nil {
		t.Fatal(err)
	}
}

// here runs the command in this process.
func here(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = run(args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestOnce(t *testing.T) {
	url, c := slapd(t)
	target := url + "/" + suffix + "?*?sub"
	state := filepath.Join(t.TempDir(), "state")
	dn := person(t, c, "ada", "mail", "ada@example.com", "userPassword", "lovelace")
	code, out, errs := here("-once", "-state", state, target)
	if code != 0 || strings.Count(out, "\n") != 2 || !strings.Contains(out, `"event":"add"`) {
		t.Fatalf("%d %s %s", code, out, errs)
	}
	if code, out, errs := here("-once", "-state", state, target); code != 0 || out != "" {
		t.Errorf("again: %d %s %s", code, out, errs)
	}
	modify(t, c, dn, "mail", "countess@example.com", "a@b")
	modify(t, c, dn, "description", " grüße")
	c.ModifyDN(ldap.NewModifyDNRequest(dn, "uid=lovelace", true, ""))
	const ldif = `version: 1

# entryUUID U
dn: uid=ada,dc=example,dc=com
changetype: modrdn
newrdn: uid=lovelace
deleteoldrdn: 1

# entryUUID U
dn: uid=lovelace,dc=example,dc=com
changetype: modify
replace: mail
mail: countess@example.com
mail: a@b
-
replace: description
description:: IGdyw7zDn2U=
-
replace: uid
uid: lovelace
-

`
	anon := func(s string) string {
		lines := strings.Split(s, "\n")
		for i := range lines {
			if strings.HasPrefix(lines[i], "# entryUUID ") {
				lines[i] = "# entryUUID U"
			}
		}
		return strings.Join(lines, "\n")
	}
	// -n leaves the state as it is, so the same is told again.
	for range 2 {
		code, out, errs = here("-once", "-n", "-state", state, "-o", "ldif", target)
		if d := cmp.Diff(ldif, anon(out)); d != "" || code != 0 {
			t.Errorf("%d %s\n%s", code, errs, d)
		}
	}
	code, out, _ = here("-once", "-state", state, "-exec", `read -r line; echo "$SYNCREPL_EVENT $SYNCREPL_OLD_DN>$SYNCREPL_DN ${#line}" | sed "s/ [0-9]*$/ line/"`, target)
	if want := "rename " + dn + ">uid=lovelace," + suffix + " line\nchange >uid=lovelace," + suffix + " line\n"; code != 0 || out != want {
		t.Errorf("%d %q", code, out)
	}
	if code, out, _ := here("-dump", "-state", state, "-o", "ldif"); code != 0 || !strings.Contains(out, "\nuid: lovelace\n") {
		t.Errorf("dump: %d %s", code, out)
	}
	if code, out, _ := here("-cookie", "-state", state); code != 0 || !strings.HasPrefix(out, "rid=000,csn=") {
		t.Errorf("cookie: %d %s", code, out)
	}
	if code, out, _ := here("-once", "-all", "-state", state, target); code != 0 || !strings.Contains(out, `"event":"refresh-done"`) || !strings.Contains(out, `"entries":2`) {
		t.Errorf("all: %d %s", code, out)
	}

	pw := filepath.Join(t.TempDir(), "pw")
	os.WriteFile(pw, []byte("lovelace\n"), 0o600)
	for _, x := range []struct {
		code int
		args []string
	}{
		{0, []string{"-once", "-D", "uid=lovelace," + suffix, "-y", pw, target}},
		{0, []string{"-once", target + "?(uid=x)?bindname=uid=lovelace%2C" + strings.ReplaceAll(suffix, ",", "%2C") + ",X-BINDPW=lovelace"}},
		{exitBind, []string{"-once", "-D", "uid=lovelace," + suffix, "-w", "geheim", target}},
		{exitConnection, []string{"-once", "ldap://127.0.0.1:1/dc=x"}},
		{exitConnection, []string{"-once", "-Z", target}},
		{exitSearch, []string{"-once", url + "/ou=nowhere," + suffix}},
		{exitOutput, []string{"-once", "-exec", "exit 3", target}},
		{exitMassDelete, []string{"-once", "-state", state, "-max-delete", "1", "-f", "(uid=nobody)", target}},
		{exitStore, []string{"-once", "-state", state, "-same-search", "-f", "(uid=nobody)", target}},
		{exitStore, []string{"-once", "-state", "/dev/null/x", target}},
		{exitUsage, []string{"-once", "http://x/"}},
		{exitUsage, []string{"-once", "ldap://x/?a?b?c"}},
		{exitUsage, []string{"-o", "xml", target}},
		{exitUsage, []string{"-D", "cn=x", target}},
		{exitUsage, []string{"-max-delete", "-3", target}},
		{exitUsage, []string{}},
		{exitUsage, []string{"-nonsense"}},
		{0, []string{"-V"}},
		{0, []string{"-help"}},
	} {
		code, out, errs := here(x.args...)
		if code != x.code || code != 0 && errs == "" {
			t.Errorf("%q: %d, not %d: %s %s", x.args, code, x.code, out, errs)
		}
		if strings.Contains(errs, "geheim") {
			t.Errorf("%q shows the password: %s", x.args, errs)
		}
	}
}

func TestParseGuard(t *testing.T) {
	for s, ok := range map[string]bool{"50%": true, "0.5%": true, "100%": true, "10": true, "none": true, "": false, "0": false, "101%": false, "0%": false, "x%": false, "-1": false} {
		if _, err := parseGuard(s); (err == nil) != ok {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestLDIFLine(t *testing.T) {
	long := strings.Repeat("0123456789", 20)
	for in, want := range map[string]string{
		"a": "cn: a\n", " a": "cn:: IGE=\n", "a ": "cn:: YSA=\n", ":a": "cn:: OmE=\n", "<a": "cn:: PGE=\n", "ä": "cn:: w6Q=\n", "a\nb": "cn:: YQpi\n", "": "cn: \n",
		long: "cn: " + long[:72] + "\n " + long[72:147] + "\n " + long[147:] + "\n",
	} {
		var b bytes.Buffer
		ldifLine(&b, "cn", []byte(in))
		if b.String() != want {
			t.Errorf("%q: %q", in, b.String())
		}
	}
}

// The command is killed again and again at random moments while the directory
// changes. What its output says, repeats and all, is the directory in the end.
func TestKill(t *testing.T) {
	url, c := slapd(t)
	rnd := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 3))
	state := filepath.Join(t.TempDir(), "state")
	output := filepath.Join(t.TempDir(), "out")
	start := func() *exec.Cmd {
		f, err := os.OpenFile(output, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		cmd := exec.Command(os.Args[0], "-q", "-state", state, "-max-delete", "none", url+"/"+suffix+"?*")
		cmd.Env = append(os.Environ(), "SYNCREPL_TEST_COMMAND=1")
		cmd.Stdout, cmd.Stderr = f, os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	var people []string
	n := 0
	change := func() {
		n++
		switch k := rnd.IntN(4); {
		case k < 2 || len(people) < 3:
			people = append(people, person(t, c, fmt.Sprint("p", n)))
		case k == 2:
			i := rnd.IntN(len(people))
			if err := c.Del(ldap.NewDelRequest(people[i], nil)); err != nil {
				t.Fatal(err)
			}
			people = slices.Delete(people, i, i+1)
		default:
			modify(t, c, people[rnd.IntN(len(people))], "description", fmt.Sprint(n))
		}
	}
	loops := 20
	if testing.Short() {
		loops = 5
	}
	for range loops {
		cmd := start()
		for end := time.Now().Add(time.Duration(20+rnd.IntN(150)) * time.Millisecond); time.Now().Before(end); {
			change()
			time.Sleep(time.Duration(rnd.IntN(5)) * time.Millisecond)
		}
		cmd.Process.Kill()
		cmd.Wait()
	}
	// The last one ends by itself once it has caught up.
	cmd := start()
	var truth []string
	for _, dn := range people {
		r, err := c.Search(ldap.NewSearchRequest(dn, 0, 0, 0, 0, false, "(objectClass=*)", []string{"description"}, nil))
		if err != nil {
			t.Fatal(err)
		}
		truth = append(truth, dn+" "+r.Entries[0].GetAttributeValue("description"))
	}
	truth = append(truth, suffix+" ")
	slices.Sort(truth)
	var got []string
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if got = replay(t, output); slices.Equal(got, truth) {
			break
		}
	}
	if d := cmp.Diff(truth, got); d != "" {
		t.Errorf("the output does not lead to the directory (-server +output):\n%s", d)
	}
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}

// replay is the directory that the lines lead to.
func replay(t *testing.T, file string) []string {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	entries := map[string]string{}
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var ch struct {
			Event, UUID, DN string
			Attributes      map[string][]string
		}
		line := in.Bytes()
		// A killed writer may leave half a line, with the next one behind it.
		if i := bytes.LastIndex(line, []byte(`{"event"`)); i > 0 {
			line = line[i:]
		}
		if json.Unmarshal(line, &ch) != nil {
			continue
		}
		if ch.Event == "delete" {
			delete(entries, ch.UUID)
			continue
		}
		description := ""
		if d := ch.Attributes["description"]; len(d) > 0 {
			description = d[0]
		}
		entries[ch.UUID] = ch.DN + " " + description
	}
	var out []string
	for _, e := range entries {
		out = append(out, e)
	}
	slices.Sort(out)
	return out
}
