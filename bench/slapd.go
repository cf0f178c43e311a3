package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"libslapi/internal/postgres"
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

database %[6]s
suffix "%[4]s"
rootdn "cn=admin,%[4]s"
rootpw %[5]s
%[7]saccess to attrs=userPassword by self write by anonymous auth
access to * by * read
`

// mdbLines are those of a database mdb.
const mdbLines = `directory %s/db
maxsize %d
index objectClass eq
index uid,cn,sn,mail eq
index entryUUID,entryCSN eq
`

// slapdFamily is a server that takes slapd's configuration and command line.
// add names its slapadd as a command.
func slapdFamily(name, serve string, add []string, schema, modules string) *server {
	s := &server{name: name, rootDN: "cn=admin," + suffix}
	conf := func() string { return filepath.Join(s.dir, "slapd.conf") }
	s.configure = func(n int) error {
		size := max(1<<30, int64(n)*16<<10)
		return os.WriteFile(conf(), fmt.Appendf(nil, slapdConf, schema, s.dir, modules, suffix, rootPW, "mdb", fmt.Sprintf(mdbLines, s.dir, size)), 0o600)
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

// newSlapidSQL is our server with its entries in a PostgreSQL of the benchmark's
// own, whose commits are durable. gone has to be called at the end.
func newSlapidSQL(path, schema string) (s *server, gone func(), err error) {
	if s, err = newSlapid(path, schema); err != nil {
		return nil, nil, err
	}
	db, err := postgres.Start("shared_buffers=512MB", "max_wal_size=4GB")
	if err != nil {
		return nil, nil, err
	}
	s.name = "sql"
	s.configure = func(int) error {
		return os.WriteFile(filepath.Join(s.dir, "slapd.conf"),
			fmt.Appendf(nil, slapdConf, schema, s.dir, "", suffix, rootPW, "sql", "dburi \""+db.URL()+"\"\n"), 0o600)
	}
	s.empty = func() error {
		_, err := db.SQL("DROP SCHEMA IF EXISTS ldap CASCADE")
		return err
	}
	s.imported = func() error {
		_, err := db.SQL("VACUUM ANALYZE")
		return err
	}
	return s, db.Remove, nil
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
