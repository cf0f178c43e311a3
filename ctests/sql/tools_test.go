//go:build sqltest

package sql

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"libslapi/internal/postgres"
)

// The tools work on a database sql, beside a running server too.
func TestTools(t *testing.T) {
	if postgres.Find() == "" && os.Getenv(postgres.Required) == "" {
		t.Skip("PostgreSQL is not installed")
	}
	db, err := postgres.Start("fsync=off")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Remove)
	n := newNode(t, 1, db.URL())
	conf := filepath.Join(n.dir, "slapd.conf")
	tool := func(name string, args ...string) (string, string, error) {
		c := exec.Command(filepath.Join(filepath.Dir(os.Getenv("SLAPID")), name), append([]string{"-f", conf}, args...)...)
		var out, errs bytes.Buffer
		c.Stdout, c.Stderr = &out, &errs
		err := c.Run()
		return out.String(), errs.String(), err
	}
	var ldif strings.Builder
	fmt.Fprintf(&ldif, "dn: %s\nobjectClass: domain\ndc: example\n\n", suffix)
	fmt.Fprintf(&ldif, "dn: uid=early,ou=people,%s\nobjectClass: account\nuid: early\n\n", suffix) // before its parent
	fmt.Fprintf(&ldif, "dn: ou=people,%s\nobjectClass: organizationalUnit\nou: people\n\n", suffix)
	for i := range 1500 {
		fmt.Fprintf(&ldif, "dn: uid=u%d,ou=people,%s\nobjectClass: account\nuid: u%d\ndescription: number %d\n\n", i, suffix, i, i)
	}
	file := filepath.Join(n.dir, "in.ldif")
	if err := os.WriteFile(file, []byte(ldif.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, errs, err := tool("slapadd", "-l", file); err != nil {
		t.Fatalf("slapadd: %v %s %s", err, out, errs)
	}
	if _, errs, err := tool("slapadd", "-l", file); err == nil || !strings.Contains(errs, suffix) {
		t.Errorf("slapadd of what is there: %v %q", err, errs)
	}
	first, errs, err := tool("slapcat")
	if err != nil || strings.Count(first, "\ndn: ")+1 != 1503 {
		t.Fatalf("slapcat: %v %s: %d entries", err, errs, strings.Count(first, "\ndn: ")+1)
	}
	if out, errs, err := tool("slapindex"); err != nil {
		t.Errorf("slapindex: %v %s %s", err, out, errs)
	}
	if out, errs, err := tool("slapschema"); err != nil || out != "" {
		t.Errorf("slapschema: %v %s %s", err, out, errs)
	}
	if out, errs, err := tool("slapacl", "-b", "ou=people,"+suffix, "-D", rootDN, "ou/write"); err != nil || !strings.Contains(out+errs, "ALLOWED") {
		t.Errorf("slapacl: %v %s %s", err, out, errs)
	}
	got, err := n.content() // the server sees it at once
	if err != nil || len(got) != 1503 {
		t.Errorf("the server has %d entries: %v", len(got), err)
	}
}
