// Package postgres runs a PostgreSQL server for tests: a cluster of its own in
// a temporary folder, reached by a socket there, gone with the test.
package postgres

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Server is a running cluster.
type Server struct {
	dir, bin string
	options  []string
	attr     *syscall.SysProcAttr
	cmd      *exec.Cmd
	log      bytes.Buffer
	exited   chan struct{}
}

// Required says that a missing PostgreSQL fails a test instead of leaving it
// out: make test-databases sets it.
const Required = "LIBSLAPI_TEST_DATABASES"

// Find gives the folder of PostgreSQL's programs; "" when it is not installed.
func Find() string {
	list, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.Sort(list)
	if len(list) > 0 {
		return filepath.Dir(list[len(list)-1])
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p)
	}
	return ""
}

// Start makes a cluster and runs it. options are settings ("fsync=off").
func Start(options ...string) (*Server, error) {
	s := &Server{bin: Find(), options: options}
	if s.bin == "" {
		return nil, fmt.Errorf("PostgreSQL is not installed")
	}
	var err error
	if s.dir, err = os.MkdirTemp("", "pg"); err != nil {
		return nil, err
	}
	// The server refuses to run as root.
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		s.attr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, Pdeathsig: syscall.SIGKILL}
		if err := os.Chown(s.dir, uid, gid); err != nil {
			return nil, err
		}
	} else {
		s.attr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	}
	c := s.command("initdb", "-D", filepath.Join(s.dir, "data"), "-A", "trust", "-U", "test", "-E", "UTF8", "--locale=C", "-N")
	if out, err := c.CombinedOutput(); err != nil {
		s.Remove()
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	if err := s.Run(); err != nil {
		s.Remove()
		return nil, err
	}
	return s, nil
}

func (s *Server) command(name string, args ...string) *exec.Cmd {
	c := exec.Command(filepath.Join(s.bin, name), args...)
	c.SysProcAttr = s.attr
	c.Dir = s.dir
	c.Env = append(os.Environ(), "LC_ALL=C", "PGHOST="+s.dir, "PGUSER=test")
	return c
}

// Run starts a cluster that was stopped; it returns when it can be asked.
func (s *Server) Run() error {
	args := []string{"-D", filepath.Join(s.dir, "data"), "-k", s.dir, "-c", "listen_addresses=", "-c", "unix_socket_permissions=0777"}
	for _, o := range s.options {
		args = append(args, "-c", o)
	}
	if err := os.Chmod(s.dir, 0o755); err != nil {
		return err
	}
	s.cmd = s.command("postgres", args...)
	s.cmd.Stderr = &s.log
	s.exited = make(chan struct{})
	if err := s.cmd.Start(); err != nil {
		return err
	}
	go func() { s.cmd.Wait(); close(s.exited) }()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if s.command("pg_isready", "-q", "-d", "postgres").Run() == nil {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("postgres ended: %s", s.log.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	return fmt.Errorf("postgres did not come up")
}

// URL is the connection string of the database postgres.
func (s *Server) URL() string { return "host=" + s.dir + " user=test dbname=postgres" }

// Dir is where the socket is.
func (s *Server) Dir() string { return s.dir }

// Stop ends the server: at once (as after a crash), or by closing connections.
func (s *Server) Stop(crash bool) {
	if s.cmd == nil {
		return
	}
	sig := syscall.SIGINT
	if crash {
		sig = syscall.SIGQUIT
	}
	s.cmd.Process.Signal(sig)
	<-s.exited
	s.cmd = nil
}

// Remove stops the server and deletes the cluster.
func (s *Server) Remove() {
	s.Stop(true)
	os.RemoveAll(s.dir)
}

// SQL runs statements with psql and gives its output.
func (s *Server) SQL(text string) (string, error) {
	out, err := s.command("psql", "-X", "-q", "-A", "-t", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-c", text).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}
