package daemon

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test binary stand in for the program.
func TestMain(m *testing.M) {
	if os.Getenv("SLAPID_TEST_PROGRAM") != "" {
		os.Exit(Main(os.Args, Hooks{Crypt: fakeCrypt}))
	}
	os.Exit(m.Run())
}

// fakeCrypt stands in for crypt(3).
func fakeCrypt(key, setting string) string {
	if setting == "" || setting[0] == '*' {
		return ""
	}
	if i := strings.LastIndexByte(setting, '='); i >= 0 {
		setting = setting[:i]
	}
	return setting + "=" + strconv.Itoa(len(key))
}

// run runs a command line in process.
func run(t *testing.T, stdin string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	c := &command{argv: args, stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs, hooks: Hooks{Crypt: fakeCrypt}}
	status = c.dispatch()
	return status, out.String(), errs.String()
}

const schemaText = `
attributetype ( 2.5.4.11 NAME 'ou' SUP name )
attributetype ( 0.9.2342.19200300.100.1.25 NAME 'dc' EQUALITY caseIgnoreIA5Match SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 SINGLE-VALUE )
objectclass ( 9.9.2 NAME 'place' SUP top STRUCTURAL MUST ou MAY ( description $ cn ) )
`

const seed = `dn: dc=example,dc=com
objectClass: domain
dc: example
description: a text that is long enough to be folded by the writer, so that the width matters

dn: ou=one,dc=example,dc=com
objectClass: place
ou: one
entryUUID: 00000000-0000-4000-8000-000000000002

dn: ou=two,ou=one,dc=example,dc=com
objectClass: place
ou: two
cn: x
`

// conf writes a configuration and gives its path.
func conf(t *testing.T, more string) string {
	t.Helper()
	dir := t.TempDir()
	text := schemaText + `objectclass ( 0.9.2342.19200300.100.4.13 NAME 'domain' SUP top STRUCTURAL MUST dc MAY description )
pidfile DIR/pid
argsfile DIR/args
MORE
database config
rootdn cn=admin,cn=config
rootpw secret
database mdb
suffix "dc=example,dc=com"
rootdn "cn=admin,dc=example,dc=com"
rootpw secret
directory DIR/db
dbnosync
index cn,ou eq
`
	text = strings.ReplaceAll(strings.ReplaceAll(text, "MORE", more), "DIR", dir)
	path := filepath.Join(dir, "slapd.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestGetopt(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []option
		rest []string
		err  string
	}{
		{[]string{"-v", "-f", "x", "-lfile", "a", "-v"}, []option{{'v', ""}, {'f', "x"}, {'l', "file"}}, []string{"a", "-v"}, ""},
		{[]string{"-vcf", "x"}, []option{{'v', ""}, {'c', ""}, {'f', "x"}}, nil, ""},
		{[]string{"-v", "--", "-f"}, []option{{'v', ""}}, []string{"-f"}, ""},
		{[]string{"--help"}, []option{{'?', ""}}, nil, ""},
		{[]string{"-"}, nil, []string{"-"}, ""},
		{[]string{"-f"}, nil, nil, "option requires an argument -- 'f'"},
		{[]string{"-Z"}, nil, nil, "invalid option -- 'Z'"},
		{[]string{"-:"}, nil, nil, "invalid option -- ':'"},
	} {
		list, rest, err := getopt(c.args, "vcf:l:")
		if c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%q: %v, want %q", c.args, err, c.err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(list, c.want) || !reflect.DeepEqual(rest, c.rest) {
			t.Errorf("%q: %v %q %v", c.args, list, rest, err)
		}
	}
}

func TestListenerURLs(t *testing.T) {
	for _, c := range []struct {
		list, family, want string
	}{
		{"ldap:/// ldapi://%2Fx/", "", "ldap:/// ldapi://%2Fx/"},
		{"ldap:///", "4", "ldap://0.0.0.0/"},
		{"ldap:///", "6", "ldap://[::]/"},
		{"ldap://:3389/ ldapi://%2Fx/", "4", "ldap://0.0.0.0:3389/ ldapi://%2Fx/"},
		{"ldap://[::1]:3389/", "6", "ldap://[::1]:3389/"},
		{"ldap://127.0.0.1:1/", "6", "error"},
		{"nonsense", "", "error"},
	} {
		got, err := listenerURLs(c.list, c.family)
		text := strings.Join(got, " ")
		if err != nil {
			text = "error"
		}
		if text != c.want {
			t.Errorf("%q -%s: %q %v, want %q", c.list, c.family, text, err, c.want)
		}
	}
}

func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		args   []string
		status int
		stream string // substring of standard output and error
	}{
		{[]string{"slapid", "-VV"}, 0, "slapid " + Version},
		{[]string{"slapid", "-d", "?"}, 0, "Stats                          (256, 0x100)"},
		{[]string{"slapid", "-d", "foo"}, 1, `unrecognized log level "foo"`},
		{[]string{"slapid", "--help"}, 0, "usage: slapid options"},
		{[]string{"slapid", "-?"}, 0, "usage: slapid options"},
		{[]string{"slapid", "-Z"}, 1, "slapid: invalid option -- 'Z'"},
		{[]string{"slapid", "-T"}, 1, "option requires an argument -- 'T'"},
		{[]string{"slapid", "-T", "foo"}, 1, `program name "slapfoo" unrecognized`},
		{[]string{"slapid", "-Tt", "-Z"}, 1, "slaptest: invalid option"},
		{[]string{"slapid", "-l", "FOO", "-d0"}, 1, `unrecognized syslog facility "FOO"`},
		{[]string{"slapid", "-o", "foo=1"}, 1, "unrecognized option"},
		{[]string{"slapid", "-d0", "-f", "/nosuch"}, 1, `could not open config file "/nosuch"`},
		{[]string{"slapid", "-d0", "-u", "no-such-user", "-f", "/nosuch"}, 1, "no-such-user"},
		{[]string{"slapadd", "-n", "1", "-b", "dc=x"}, 1, "exclude each other"},
		{[]string{"slapadd", "-f", "/nosuch"}, 1, "slapadd: bad configuration file!"},
		{[]string{"slapadd", "-S", "5000"}, 1, "illegal server ID 5000"},
		{[]string{"slapadd", "-q", "-o", "value-check=yes"}, 1, "incompatible with -q"},
		{[]string{"/usr/sbin/slapcat", "-x"}, 1, "usage: slapcat"},
		{[]string{"slapcat", "-o", "ldif_wrap=x"}, 1, "ldif_wrap"},
		{[]string{"slapindex", "-x"}, 1, "usage: slapindex"},
		{[]string{"slaptest", "-h"}, 1, "usage: slaptest"},
		{[]string{"slaptest", "-Q", "-f", "/nosuch"}, 1, ""},
	} {
		status, out, errs := run(t, "", c.args...)
		if status != c.status || !strings.Contains(out+errs, c.stream) || c.stream == "" && out+errs != "" {
			t.Errorf("%q: status %d, want %d; output %q lacks %q", c.args, status, c.status, out+errs, c.stream)
		}
	}
}

func TestPasswd(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "pw")
	os.WriteFile(secret, []byte("abc"), 0o600)
	for _, c := range []struct {
		args   []string
		stdin  string
		status int
		prefix string // of standard output
		errors string
	}{
		{[]string{"-s", "abc"}, "", 0, "{SSHA}", ""},
		{[]string{"-s", "abc", "-h", "{SHA}"}, "", 0, "{SHA}qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\n", ""},
		{[]string{"-n", "-s", "abc", "-h", "{MD5}"}, "", 0, "{MD5}kAFQmDzST7DWlj99KOF/cg==", ""},
		{[]string{"-T", secret, "-h", "{SHA}"}, "", 0, "{SHA}qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\n", ""},
		{[]string{"-h", "{SHA}"}, "abc\nabc\n", 0, "{SHA}qZk+NkcGgWq6PiVxeFDCbJzQ2J0=\n", "New password: "},
		{[]string{"-h", "{SHA}"}, "abc\nabd\n", 1, "", "do not match"},
		{[]string{}, "abc\n", 1, "", "no password was given"},
		{[]string{"-s", "abc", "-h", "{CRYPT}", "-c", "$6$%.8s"}, "", 0, "{CRYPT}$6$", ""},
		{[]string{"-s", "abc", "-h", "{CRYPT}", "-c", "$6$"}, "", 1, "", "bad salt format"},
		{[]string{"-s", "abc", "-h", "{FOO}"}, "", 1, "", "Password generation failed for scheme {FOO}: scheme not recognized"},
		{[]string{"-s", "abc", "-h", "SHA"}, "", 1, "", "scheme not recognized"},
		{[]string{"-s", "abc", "-g"}, "", 1, "", "New password already provided"},
		{[]string{"-g", "-h", "{SHA}"}, "", 1, "", "mutually exclusive"},
		{[]string{"-T", "/nosuch"}, "", 1, "", "/nosuch: no such file"},
	} {
		status, out, errs := run(t, c.stdin, append([]string{"slappasswd"}, c.args...)...)
		if status != c.status || !strings.HasPrefix(out, c.prefix) || !strings.Contains(errs, c.errors) {
			t.Errorf("%q: %d %q %q", c.args, status, out, errs)
		}
	}
	if _, out, _ := run(t, "", "slappasswd", "-g"); len(out) != 9 {
		t.Errorf("-g: %q", out)
	}
}

// What slapcat writes, slapadd takes, and the outcome is the same.
func TestToolsRoundTrip(t *testing.T) {
	path := conf(t, "")
	if status, _, errs := run(t, seed, "slapadd", "-f", path, "-w", "-S", "5"); status != 0 {
		t.Fatal(errs)
	}
	status, first, errs := run(t, "", "slapcat", "-f", path)
	if status != 0 {
		t.Fatal(errs)
	}
	if !strings.Contains(first, "dn: ou=one,dc=example,dc=com\nobjectClass: place\nou: one\nentryUUID: 00000000-0000-4000-8000-000000000002\n"+
		"structuralObjectClass: place\ncreatorsName: cn=admin,dc=example,dc=com\ncreateTimestamp: ") {
		t.Errorf("operational attributes are not where they should be:\n%s", first)
	}
	if !strings.Contains(first, "#005#000000\ncontextCSN: ") && !strings.Contains(first, "\ncontextCSN: ") {
		t.Errorf("no contextCSN:\n%s", first)
	}
	again := conf(t, "")
	// slapadd takes its own output, parents after children too
	parts := strings.Split(strings.TrimSpace(first), "\n\n")
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	if status, _, errs := run(t, strings.Join(parts, "\n\n")+"\n", "slapadd", "-f", again); status != 0 {
		t.Fatal(errs)
	}
	_, second, _ := run(t, "", "slapcat", "-f", again)
	if first != second {
		t.Errorf("first:\n%s\nsecond:\n%s", first, second)
	}
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"-a", "(ou=two)"}, 1},
		{[]string{"-s", "ou=one,dc=example,dc=com"}, 2},
		{[]string{"-H", "ldap:///ou=one,dc=example,dc=com??one?(cn=x)"}, 1},
		{[]string{"-b", "dc=example,dc=com", "-a", "(objectClass=place)"}, 2},
		{[]string{"-n", "1"}, 3},
	} {
		_, out, errs := run(t, "", append([]string{"slapcat", "-f", path}, c.args...)...)
		if got := strings.Count(out, "dn: "); got != c.want {
			t.Errorf("%q: %d entries, want %d (%s)", c.args, got, c.want, errs)
		}
	}
	_, out, _ := run(t, "", "slapcat", "-f", path, "-o", "ldif_wrap=no")
	if strings.Contains(out, "\n ") || !strings.Contains(out, "so that the width matters\n") {
		t.Errorf("ldif_wrap=no:\n%s", out)
	}
	_, out, _ = run(t, "", "slapcat", "-f", path, "-o", "ldif_wrap=20")
	for _, l := range strings.Split(out, "\n") {
		if len(l) > 20 {
			t.Errorf("ldif_wrap=20: %q", l)
		}
	}
	if status, out, errs := run(t, "", "slapindex", "-v", "-f", path, "cn"); status != 0 {
		t.Error(out, errs)
	}
	file := filepath.Join(t.TempDir(), "out.ldif")
	if status, _, errs := run(t, "", "slapcat", "-f", path, "-l", file); status != 0 {
		t.Error(errs)
	}
	if b, _ := os.ReadFile(file); string(b) != first {
		t.Error("-l writes something else")
	}
	// the configuration, too, goes out and comes in
	_, tree, _ := run(t, "", "slapcat", "-n", "0", "-f", path)
	dir := t.TempDir()
	if status, _, errs := run(t, tree, "slapadd", "-n", "0", "-F", dir); status != 0 {
		t.Fatal(errs)
	}
	if status, _, errs := run(t, "", "slaptest", "-u", "-F", dir); status != 0 {
		t.Error(errs)
	}
	if _, out, errs := run(t, "", "slapcat", "-F", dir); out != first {
		t.Errorf("with the folder: %s%s", out, errs)
	}
}

func TestToolErrors(t *testing.T) {
	path := conf(t, "")
	if status, _, errs := run(t, seed, "slapadd", "-f", path); status != 0 {
		t.Fatal(errs)
	}
	entry := func(dn, more string) string { return "dn: " + dn + "\nobjectClass: place\nou: q\n" + more + "\n" }
	for _, c := range []struct {
		args   []string
		stdin  string
		status int
		errors string
	}{
		{[]string{"slapadd"}, seed, 1, `could not add entry dn="dc=example,dc=com" (line=1): the entry exists already`},
		{[]string{"slapadd"}, entry("ou=q,dc=other", ""), 1, `line 1: database #1 (dc=example,dc=com) not configured to hold "ou=q,dc=other"`},
		{[]string{"slapadd"}, entry("ou=q,dc=example,dc=com", "foo: bar\n"), 1, "could not parse entry (line=1)"},
		{[]string{"slapadd"}, entry("ou=q,dc=example,dc=com", "dc: x\n"), 1, `(line=1): (65) attribute 'dc' not allowed`},
		{[]string{"slapadd"}, entry("ou=q,ou=z,dc=example,dc=com", ""), 1, "Error, entries missing!\n  entry ou=z,dc=example,dc=com\n"},
		{[]string{"slapadd"}, entry("nonsense", ""), 1, `invalid DN "nonsense"`},
		{[]string{"slapadd"}, "dn: ou=q,dc=example,dc=com\nchangetype: delete\n\n", 1, "change records are not possible"},
		{[]string{"slapadd", "-u", "-v"}, entry("ou=q,dc=example,dc=com", ""), 0, `added: "ou=q,dc=example,dc=com"` + "\n"},
		{[]string{"slapadd", "-s"}, entry("ou=extra,dc=example,dc=com", "dc: x\nou: extra\n"), 0, ""},
		{[]string{"slapadd", "-c", "-v"}, entry("ou=q,dc=other", "") + entry("ou=q,dc=example,dc=com", ""), 1, `added: "ou=q,dc=example,dc=com"`},
		{[]string{"slapadd", "-j", "5", "-v"}, entry("ou=q,dc=other", "") + entry("ou=r,dc=example,dc=com", "ou: r\n"), 0, `added: "ou=r,dc=example,dc=com"`},
		{[]string{"slapadd", "-l", "/nosuch"}, "", 1, "/nosuch: no such file or directory"},
		{[]string{"slapcat", "-n", "9"}, "", 1, "Must be in the range 0 to 1"},
		{[]string{"slapcat", "-b", "dc=other"}, "", 1, `slap_init no backend for "dc=other"`},
		{[]string{"slapcat", "-a", "(x"}, "", 1, "Invalid filter '(x'"},
		{[]string{"slapcat", "-H", "http://x"}, "", 1, "unable to parse URL"},
		{[]string{"slapindex", "dc"}, "", 1, "no index configured for dc"},
		{[]string{"slapindex", "nosuch"}, "", 1, `attribute type "nosuch" is undefined`},
		{[]string{"slapindex", "-n", "0"}, "", 1, "database config doesn't support necessary operations"},
		{[]string{"slaptest"}, "", 0, "config file testing succeeded"},
	} {
		args := append([]string{c.args[0], "-f", path}, c.args[1:]...)
		status, _, errs := run(t, c.stdin, args...)
		if status != c.status || !strings.Contains(errs, c.errors) {
			t.Errorf("%q: status %d, want %d; %q lacks %q", c.args, status, c.status, errs, c.errors)
		}
	}
	bad := conf(t, "nonsense")
	status, _, errs := run(t, "", "slaptest", "-f", bad)
	if status != 1 || !strings.HasPrefix(errs, bad+":8: unknown directive <nonsense>\nslaptest: bad configuration file!") {
		t.Errorf("slaptest of a bad file: %d %q", status, errs)
	}
}

// The server in the background: the parent waits until it listens, or tells why
// it does not.
func TestDetach(t *testing.T) {
	path := conf(t, "")
	program := func(args ...string) *exec.Cmd {
		c := exec.Command(os.Args[0], args...)
		c.Env = append(os.Environ(), "SLAPID_TEST_PROGRAM=1")
		return c
	}
	out, err := program("-f", path, "-h", "ldap://127.0.0.1:0/").CombinedOutput()
	if err != nil || len(out) != 0 {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(path), "pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	if args, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "args")); !strings.Contains(string(args), "-h ldap://127.0.0.1:0/") {
		t.Errorf("argsfile %q", args)
	}
	// another process reads a copy, and cannot write
	if status, _, errs := run(t, "", "slapcat", "-f", path); status != 0 {
		t.Errorf("slapcat beside the server: %d %q", status, errs)
	}
	if status, _, errs := run(t, "", "slapadd", "-f", path); status != 1 || !strings.Contains(errs, fmt.Sprintf("(process %d)", pid)) {
		t.Errorf("slapadd beside the server: %d %q", status, errs)
	}
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), "pid")); errors.Is(err, os.ErrNotExist) {
			break
		}
		if time.Now().After(deadline) {
			syscall.Kill(pid, syscall.SIGKILL)
			t.Fatal("the server does not stop")
		}
	}
	bad := conf(t, "nonsense")
	out, err = program("-f", bad, "-h", "ldap://127.0.0.1:0/").CombinedOutput()
	var ee *exec.ExitError
	if !errors.As(err, &ee) || ee.ExitCode() != 1 || !strings.Contains(string(out), bad+":8: unknown directive <nonsense>") {
		t.Errorf("a bad file: %v %s", err, out)
	}
	out, err = program("-f", path, "-h", "ldap://127.0.0.1:99999/").CombinedOutput()
	if !errors.As(err, &ee) || ee.ExitCode() != 1 || !strings.Contains(string(out), "99999") {
		t.Errorf("a bad port: %v %s", err, out)
	}
}

func TestLogger(t *testing.T) {
	var b bytes.Buffer
	l := newLogger(&b, 0x100)
	s := l.slog()
	s.Debug("hidden")
	s.Info("seen", "a", 1, "b", "two words")
	s.With("c", fmt.Errorf("x")).Warn("more")
	l.Line([]byte("conn=1 op=0"))
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	want := []string{`seen a=1 b="two words"`, "more c=x", "conn=1 op=0"}
	if len(lines) != len(want) {
		t.Fatalf("%q", lines)
	}
	for i := range want {
		stamp, text, _ := strings.Cut(lines[i], " ")
		if text != want[i] || len(stamp) != 17 {
			t.Errorf("line %q, want %q", lines[i], want[i])
		}
	}
	if l.Enabled(0x200) || !l.Enabled(0x100) {
		t.Error("levels")
	}
}
