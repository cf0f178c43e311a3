package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// slapdConf is the configuration of slapd and of slapid. Writes are durable:
// that is the default of both.
const slapdConf = `include %[1]s/core.schema
include %[1]s/cosine.schema
include %[1]s/nis.schema
include %[1]s/inetorgperson.schema
pidfile %[2]s/server.pid
%[3]sloglevel 0
sizelimit unlimited
timelimit unlimited
tool-threads 2

database mdb
suffix "%[4]s"
rootdn "cn=admin,%[4]s"
rootpw %[5]s
directory %[2]s/db
maxsize %[6]d
index objectClass eq
index uid,cn,sn,mail eq
index entryUUID,entryCSN eq
access to attrs=userPassword by self write by anonymous auth
access to * by * read
`

// slapdFamily is a server that takes slapd's configuration and command line.
// add names its slapadd as a command.
func slapdFamily(name, serve string, add []string, schema, modules string) *server {
	s := &server{name: name, rootDN: "cn=admin," + suffix}
	conf := func() string { return filepath.Join(s.dir, "slapd.conf") }
	s.configure = func(n int) error {
		size := max(1<<30, int64(n)*16<<10)
		return os.WriteFile(conf(), fmt.Appendf(nil, slapdConf, schema, s.dir, modules, suffix, rootPW, size), 0o600)
	}
	s.empty = func() error {
		db := filepath.Join(s.dir, "db")
		if err := os.RemoveAll(db); err != nil {
			return err
		}
		return os.Mkdir(db, 0o700)
	}
	s.importer = func(ldif string) *exec.Cmd {
		args := append(add[1:len(add):len(add)], "-q", "-f", conf(), "-b", suffix, "-l", ldif)
		return exec.Command(add[0], args...)
	}
	s.serve = func() *exec.Cmd {
		return exec.Command(serve, "-f", conf(), "-h", "ldap://"+s.addr+"/", "-d", "0")
	}
	return s
}

// newSlapd is Debian's slapd with back-mdb.
func newSlapd() (*server, error) {
	path, err := exec.LookPath("slapd")
	if err != nil {
		path = "/usr/sbin/slapd"
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("slapd is not installed: %w", err)
	}
	s := slapdFamily("slapd", path, []string{filepath.Join(filepath.Dir(path), "slapadd")}, "/etc/ldap/schema",
		"modulepath /usr/lib/ldap\nmoduleload back_mdb.so\n")
	out, _ := exec.Command(path, "-VV").CombinedOutput()
	s.version = firstLine(out, "OpenLDAP")
	return s, nil
}

// newSlapid is our server.
func newSlapid(path, schema string) (*server, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%w (make server, or name another one with SLAPID)", err)
	}
	s := slapdFamily("slapid", path, []string{path, "-Tadd"}, schema, "")
	out, _ := exec.Command(path, "-VV").CombinedOutput()
	s.version = firstLine(out, "libslapi")
	return s, nil
}

// firstLine is the first line that holds word.
func firstLine(out []byte, word string) string {
	for l := range bytes.Lines(out) {
		if bytes.Contains(l, []byte(word)) {
			return strings.Trim(string(l), " \t\r\n@#$")
		}
	}
	return ""
}

func hasPair(e *entry, p pair) bool {
	for name, values := range e.attrs {
		if strings.EqualFold(name, p.name) {
			for _, v := range values {
				if v == p.value {
					return true
				}
			}
		}
	}
	return false
}
