// Package mariadb runs a MariaDB server for tests: with data of its own in a
// temporary folder, reached by a socket there, gone with the test.
package mariadb

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Server is a running MariaDB with an empty database "directory".
type Server struct {
	dir    string
	cmd    *exec.Cmd
	log    bytes.Buffer
	exited chan struct{}
}

// Find tells whether MariaDB is installed.
func Find() bool {
	_, err := exec.LookPath("mariadbd")
	return err == nil
}

// Start makes the data and runs a server.
func Start() (*Server, error) {
	dir, err := os.MkdirTemp("", "mariadb")
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir}
	args := []string{"--no-defaults", "--datadir=" + s.data(), "--skip-test-db", "--auth-root-authentication-method=normal"}
	if os.Getuid() == 0 {
		args = append(args, "--user=root")
	}
	if out, err := exec.Command("mariadb-install-db", args...).CombinedOutput(); err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("mariadb-install-db: %w: %s", err, out)
	}
	if err := s.Run(); err != nil {
		s.Remove()
		return nil, err
	}
	if _, err := s.SQL("CREATE DATABASE directory CHARACTER SET utf8mb4"); err != nil {
		s.Remove()
		return nil, err
	}
	return s, nil
}

func (s *Server) data() string   { return filepath.Join(s.dir, "data") }
func (s *Server) Socket() string { return filepath.Join(s.dir, "socket") }

// Run starts a server that was stopped; it returns when it can be asked.
func (s *Server) Run() error {
	args := []string{"--no-defaults", "--datadir=" + s.data(), "--socket=" + s.Socket(), "--skip-networking", "--pid-file=" + filepath.Join(s.dir, "pid"),
		"--innodb-flush-log-at-trx-commit=2", "--max-allowed-packet=64M"}
	if os.Getuid() == 0 {
		args = append(args, "--user=root")
	}
	s.cmd = exec.Command("mariadbd", args...)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	s.cmd.Stderr = &s.log
	s.exited = make(chan struct{})
	if err := s.cmd.Start(); err != nil {
		return err
	}
	go func(c *exec.Cmd, done chan struct{}) { c.Wait(); close(done) }(s.cmd, s.exited)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		if _, err := s.SQL("SELECT 1"); err == nil {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("mariadbd ended: %s", s.log.String())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return fmt.Errorf("mariadbd did not come up")
}

// Stop kills the server.
func (s *Server) Stop() {
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Kill()
	<-s.exited
	s.cmd = nil
}

// Remove stops the server and deletes its data.
func (s *Server) Remove() {
	s.Stop()
	os.RemoveAll(s.dir)
}

// SQL runs statements with the client and gives its output.
func (s *Server) SQL(text string) (string, error) {
	out, err := exec.Command("mariadb", "--no-defaults", "-u", "root", "-S", s.Socket(), "-N", "-B", "-e", text).CombinedOutput()
	return string(bytes.TrimSpace(out)), err
}
