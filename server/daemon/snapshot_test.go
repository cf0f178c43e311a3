package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-ldap/ldap/v3"
)

// A running server gives tools a consistent copy while clients write.
func TestToolsBesideServer(t *testing.T) {
	path := conf(t, "")
	if status, _, errs := run(t, seed, "slapadd", "-f", path); status != 0 {
		t.Fatal(errs)
	}
	d := serve(t, options(t, path, Hooks{}))
	sock := filepath.Join(filepath.Dir(path), "db", socketName)
	st, err := os.Stat(sock)
	if err != nil || st.Mode().Perm() != 0o600 || st.Mode()&os.ModeSocket == 0 {
		t.Fatalf("%v %v", st, err)
	}
	// Every transaction adds a child before its sibling, in pairs: an even
	// number of a copy's entries were there at one moment.
	c := dial(t, d, root)
	var stop atomic.Bool
	ended := make(chan error)
	var added atomic.Int64
	go func() {
		var err error
		for i := 0; !stop.Load() && err == nil; i++ {
			a := ldap.NewAddRequest(fmt.Sprintf("ou=n%d,dc=example,dc=com", i), nil)
			a.Attribute("objectClass", []string{"place"})
			a.Attribute("ou", []string{fmt.Sprintf("n%d", i)})
			a.Attribute("description", []string{strings.Repeat("x", 500)})
			err = c.Add(a)
			added.Add(1)
		}
		ended <- err
	}()
	for range 3 {
		before := added.Load()
		status, out, errs := run(t, "", "slapcat", "-f", path)
		if status != 0 {
			t.Fatal(errs)
		}
		for i := int64(0); i < before; i++ {
			if !strings.Contains(out, fmt.Sprintf("dn: ou=n%d,dc=example", i)) {
				t.Fatalf("entry %d of %d is missing", i, before)
			}
		}
		if n := strings.Count(out, "objectClass: place"); n < int(before)+2 || n != strings.Count(out, "\ndn: ou=") {
			t.Errorf("%d entries after %d additions", n, before)
		}
	}
	file := filepath.Join(t.TempDir(), "copy.db")
	if status, _, errs := run(t, "", "slapid", "-Tbackup", "-f", path, "-l", file); status != 0 {
		t.Fatal(errs)
	}
	stop.Store(true)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"slapadd", "-f", path, "-l", os.DevNull},
		{"slapindex", "-f", path},
	} {
		status, _, errs := run(t, "", args...)
		if status != 1 || !strings.Contains(errs, fmt.Sprintf("the running server (process %d) has it in use", os.Getpid())) {
			t.Errorf("%s: %d %s", args[0], status, errs)
		}
	}
	if status, _, errs := run(t, "", "slaptest", "-f", path); status != 0 {
		t.Error(errs)
	}
	d.Stop()
	if _, err := os.Stat(sock); err == nil {
		t.Error("the socket stays")
	}
	// the copy in the place of the data
	if err := os.Rename(file, filepath.Join(filepath.Dir(sock), "data.db")); err != nil {
		t.Fatal(err)
	}
	status, out, errs := run(t, "", "slapcat", "-f", path)
	if status != 0 || !strings.Contains(out, "dn: ou=n0,") {
		t.Error(errs, out)
	}
	if status, _, errs := run(t, "", "slapbackup", "-f", path, "-l", file); status != 0 {
		t.Error(errs)
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "slapid-copy-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// An orphan of a killed server is no server.
func TestSnapshotOrphan(t *testing.T) {
	path := conf(t, "")
	if status, _, errs := run(t, seed, "slapadd", "-f", path); status != 0 {
		t.Fatal(errs)
	}
	dir := filepath.Join(filepath.Dir(path), "db")
	if err := os.WriteFile(filepath.Join(dir, socketName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, errs := run(t, "", "slapcat", "-f", path); status != 0 {
		t.Fatal(errs)
	}
	serve(t, options(t, path, Hooks{}))
	if serverOf(dir) != os.Getpid() {
		t.Error("not served")
	}
}
