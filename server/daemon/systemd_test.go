package daemon

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// A service manager opens the socket, is told when the server serves, reloads
// and stops.
func TestServiceManager(t *testing.T) {
	path := conf(t, "")
	dir := filepath.Dir(path)
	notes, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer notes.Close()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/bin/sh", "-c", `LISTEN_PID=$$ exec "$0" "$@"`, self, "-f", path)
	cmd.Env = append(os.Environ(), "SLAPID_TEST_PROGRAM=1", "NOTIFY_SOCKET="+filepath.Join(dir, "notify"), "LISTEN_FDS=1", "LISTEN_FDNAMES=slapid-ldap")
	cmd.ExtraFiles = []*os.File{f}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	expect := func(want string) string {
		t.Helper()
		b := make([]byte, 4096)
		notes.SetReadDeadline(time.Now().Add(20 * time.Second))
		n, err := notes.Read(b)
		if err != nil || !strings.Contains(string(b[:n]), want) {
			t.Fatalf("%q %v, want %s", b[:n], err, want)
		}
		return string(b[:n])
	}
	if text := expect("READY=1"); !strings.Contains(text, l.Addr().String()) {
		t.Errorf("%q", text)
	}
	c, err := ldap.DialURL("ldap://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Bind(configRoot, "secret"); err != nil {
		t.Error(err)
	}
	c.Close()
	cmd.Process.Signal(syscall.SIGHUP)
	expect("RELOADING=1")
	expect("READY=1")
	cmd.Process.Signal(syscall.SIGTERM)
	expect("STOPPING=1")
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestActivatedURL(t *testing.T) {
	tcp := func(port int) net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port} }
	for _, c := range []struct {
		name string
		a    net.Addr
		want string
	}{
		{"", tcp(389), "ldap://127.0.0.1:389/"},
		{"", tcp(636), "ldaps://127.0.0.1:636/"},
		{"slapid-ldaps.socket", tcp(6360), "ldaps://127.0.0.1:6360/"},
		{"ldap", tcp(636), "ldap://127.0.0.1:636/"},
		{"x", &net.UnixAddr{Name: "/run/ldapi", Net: "unix"}, "ldapi://%2Frun%2Fldapi/"},
	} {
		if got := activatedURL(c.name, c.a); got != c.want {
			t.Errorf("%s %v: %s", c.name, c.a, got)
		}
	}
}
