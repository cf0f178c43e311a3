//go:build conformance

package conformance

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"net"

	"github.com/go-ldap/ldap/v3"

	"libslapi/internal/mariadb"
	"libslapi/internal/postgres"
)

var update = flag.Bool("update", false, "record testdata/dialogue.txt from slapd")

// subject is a database to test: what its section of slapd.conf says. It is
// left out when ready says why it cannot run here.
type subject struct {
	name  string
	slapd bool
	lines func(t *testing.T, dir string) []string
}

var subjects = []subject{
	{name: "slapd", slapd: true, lines: builtIn},
	{name: "built-in", lines: builtIn},
	{name: "memdb", lines: memdb()},
	{name: "memdb-next", lines: memdb("next")},
	{name: "memdb-plain", lines: memdb("plain")},
	{name: "sql", lines: sql},
	{name: "odbc-sqlite", lines: odbcSQLite},
	{name: "odbc-postgresql", lines: odbcPostgreSQL},
	{name: "odbc-mariadb", lines: odbcMariaDB},
	{name: "memdb-next-plain", lines: memdb("next", "plain")},
}

func builtIn(t *testing.T, dir string) []string {
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	return []string{"database mdb", "directory " + dir + "/db", "index objectClass,uid,entryUUID eq", "index cn,sn,description eq,sub"}
}

// sql is a database on a PostgreSQL server of the test's own.
func sql(t *testing.T, dir string) []string {
	if postgres.Find() == "" && os.Getenv(postgres.Required) == "" {
		t.Skip("PostgreSQL is not installed")
	}
	s, err := postgres.Start("fsync=off")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Remove)
	return []string{"database sql", `dburi "` + s.URL() + `"`}
}

func memdb(args ...string) func(*testing.T, string) []string {
	return func(*testing.T, string) []string {
		return []string{"database memdb", "plugin database memdb.so memdb_init " + strings.Join(args, " ")}
	}
}

func odbc(connect string, lines ...string) []string {
	return append([]string{"database odbc", "plugin database odbc.so odbc_init", `odbc-connect "` + connect + `"`}, lines...)
}

func odbcSQLite(t *testing.T, dir string) []string {
	return odbc("Driver=SQLite3;Database=" + dir + "/directory.sqlite")
}

func odbcPostgreSQL(t *testing.T, dir string) []string {
	return odbcTo(startPostgreSQL(t))
}

func odbcTo(s *postgres.Server, lines ...string) []string {
	return odbc("Driver=PostgreSQL ANSI;Servername="+s.Dir()+";Port=5432;Database=postgres;UID=test", lines...)
}

func startPostgreSQL(t *testing.T) *postgres.Server {
	if postgres.Find() == "" && os.Getenv(postgres.Required) == "" {
		t.Skip("PostgreSQL is not installed")
	}
	s, err := postgres.Start("fsync=off")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Remove)
	return s
}

func odbcMariaDB(t *testing.T, dir string) []string {
	if !mariadb.Find() && os.Getenv(postgres.Required) == "" {
		t.Skip("MariaDB is not installed")
	}
	s, err := mariadb.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Remove)
	return odbc("Driver=MariaDB Unicode;Socket=" + s.Socket() + ";Database=directory;CHARSET=utf8mb4;UID=root")
}

// TestDialogue runs the suite against the subjects that SUBJECTS names (all
// without it).
func TestDialogue(t *testing.T) {
	want, err := os.ReadFile("testdata/dialogue.txt")
	if err != nil && !*update {
		t.Fatal(err)
	}
	wanted := map[string]bool{}
	for _, n := range strings.Fields(os.Getenv("SUBJECTS")) {
		wanted[n] = true
	}
	for _, x := range subjects {
		if len(wanted) > 0 && !wanted[x.name] {
			continue
		}
		t.Run(x.name, func(t *testing.T) {
			url := start(t, x)
			got, err := Dialogue(url)
			if err != nil {
				t.Fatal(err)
			}
			if *update && x.slapd {
				if err := os.WriteFile("testdata/dialogue.txt", []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				want = []byte(got)
			}
			if d := difference(string(want), got); d != "" {
				t.Errorf("another dialogue than slapd's:\n%s", d)
			}
		})
	}
}

// difference shows the lines in which two dialogues differ, with the request
// that they belong to.
func difference(want, got string) string {
	if want == got {
		return ""
	}
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	dir, err := os.MkdirTemp("", "conformance")
	if err != nil {
		return err.Error()
	}
	defer os.RemoveAll(dir)
	os.WriteFile(filepath.Join(dir, "want"), []byte(want), 0o600)
	os.WriteFile(filepath.Join(dir, "got"), []byte(got), 0o600)
	out, _ := exec.Command("diff", "-U3", filepath.Join(dir, "want"), filepath.Join(dir, "got")).Output()
	if len(out) > 12000 {
		out = out[:12000]
	}
	return fmt.Sprintf("%d and %d lines\n%s", len(a), len(b), out)
}

// start runs a server with the subject as its database.
func start(t *testing.T, x subject) string { return startIn(t, x, t.TempDir()) }

// startIn is start with a folder, where the server's log is.
func startIn(t *testing.T, x subject, dir string) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	url := fmt.Sprintf("ldap://127.0.0.1:%d", port)
	var b strings.Builder
	for _, n := range []string{"core", "cosine", "nis", "inetorgperson"} {
		fmt.Fprintf(&b, "include /etc/ldap/schema/%s.schema\n", n)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	bin := os.Getenv("SLAPID")
	if x.slapd {
		bin = "/usr/sbin/slapd"
		b.WriteString("modulepath /usr/lib/ldap\nmoduleload back_mdb\nmoduleload sssvlv\n")
	} else {
		fmt.Fprintf(&b, "plugindir %s\n", filepath.Join(root, "build/plugins"))
	}
	fmt.Fprintf(&b, "pidfile %s/pid\nsizelimit unlimited\n", dir)
	lines := x.lines(t, dir)
	fmt.Fprintf(&b, "%s\nsuffix %s\nrootdn %s\nrootpw %s\n%s\naccess to * by * read\n", lines[0], Suffix, RootDN, RootPW, strings.Join(lines[1:], "\n"))
	if x.slapd {
		b.WriteString("maxsize 1073741824\noverlay sssvlv\n")
	}
	conf := filepath.Join(dir, "slapd.conf")
	if err := os.WriteFile(conf, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "-f", conf, "-h", url+"/", "-d", "stats")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	log.Close()
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(60 * time.Second):
			cmd.Process.Kill()
			<-ended
			t.Error("the server did not end")
		}
		if t.Failed() {
			b, _ := os.ReadFile(filepath.Join(dir, "log"))
			if len(b) > 4000 {
				b = b[len(b)-4000:]
			}
			t.Logf("log:\n%s", b)
		}
	})
	for end := time.Now().Add(2 * time.Minute); ; {
		c, err := ldap.DialURL(url)
		if err == nil {
			_, err = c.Search(ldap.NewSearchRequest("", ldap.ScopeBaseObject, 0, 0, 0, false, "(objectClass=*)", []string{"1.1"}, nil))
			c.Close()
			if err == nil {
				return url
			}
		}
		select {
		case <-ended:
			b, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Fatalf("the server died:\n%s", b)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(end) {
			t.Fatalf("no answer: %v", err)
		}
	}
}
