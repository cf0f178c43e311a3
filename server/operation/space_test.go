package operation

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

const fullDiskVar = "LIBSLAPI_OPERATION_FULL_DISK"

// A full disk, played by a limit on the size of files in a process of its own:
// clients get a clear refusal, what was there stays and is served, and updates
// succeed once there is room.
func TestFullDisk(t *testing.T) {
	if os.Getenv(fullDiskVar) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
		cmd.Env = append(os.Environ(), fullDiskVar+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	dir := t.TempDir()
	e := newEnv(t, OpenLDAP, func(o *Options, d *Database) {
		db, err := openFolder(dir, o.Schema)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		d.Backend = db
	})
	var old syscall.Rlimit
	syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old)
	info, err := os.Stat(filepath.Join(dir, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	limit := old
	limit.Cur = uint64(info.Size())
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	const suffix = ",ou=people,dc=example,dc=com"
	person := func(i int) string {
		return fmt.Sprintf("dn: uid=n%d%s\nobjectClass: inetOrgPerson\nuid: n%d\ncn: n\nsn: n\ndescription: %s\n", i, suffix, i, strings.Repeat("x", 8<<10))
	}
	taken := 0 // some may find room in what the file has
	for {
		res := e.add(person(taken)).final
		if res.Code == wire.Success {
			if taken++; taken > 100000 {
				t.Fatal("the disk does not become full")
			}
			continue
		}
		if res.Code != wire.UnwillingToPerform || res.Text != "no space left on the database's file system" {
			t.Fatalf("add on a full disk: %+v", res)
		}
		break
	}
	big := fmt.Sprintf("dn: uid=alice%s\nchangetype: modify\nreplace: description\ndescription: %s\n", suffix, strings.Repeat("y", 1<<20))
	if res := e.modify(big).final; res.Code != wire.UnwillingToPerform {
		t.Errorf("modify on a full disk: %+v", res)
	}
	if !strings.Contains(e.log.String(), "commit failed") {
		t.Error("the log says nothing of it")
	}
	there := func(wanted int) {
		t.Helper()
		a := e.search("dc=example,dc=com", wire.ScopeSub, "(|(uid=n*)(uid=alice))", "description")
		if a.final.Code != wire.Success || len(a.entries) != wanted+1 {
			t.Errorf("%d entries, wanted %d: %+v", len(a.entries), wanted+1, a.final)
		}
	}
	there(taken)
	syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old)
	if res := e.add(person(taken)).final; res.Code != wire.Success {
		t.Errorf("add after there is room: %+v", res)
	}
	if res := e.modify(big).final; res.Code != wire.Success {
		t.Errorf("modify after there is room: %+v", res)
	}
	there(taken + 1)
}

// openFolder opens a built-in database in a folder.
func openFolder(dir string, sch *schema.Schema) (backend.Backend, error) {
	suffix, err := dn.NewName("dc=example,dc=com", sch)
	if err != nil {
		return nil, err
	}
	return backend.Open(backend.DBOptions{Name: "userRoot", Suffixes: []dn.Name{suffix}, Schema: func() *schema.Schema { return sch }, Dir: dir})
}
