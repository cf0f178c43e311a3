package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"
)

// server is one of the servers compared. The commands stay in the foreground:
// their process is the server.
type server struct {
	name    string
	version string
	dir     string
	addr    string
	rootDN  string

	configure func(n int) error // writes the configuration for n entries
	empty     func() error      // makes an empty data folder
	importer  func(ldif string) *exec.Cmd
	imported  func() error // after an import; may be nil
	serve     func() *exec.Cmd
	ready     func(c *client) error // once, as rootDN; may be nil

	cmd    *exec.Cmd
	exited chan error
	serial atomic.Int64
}

// freeAddr is an address on the loopback that nobody listens on.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// setUp makes the folders and the configuration.
func (s *server) setUp(dir string, n int) (err error) {
	s.dir = dir
	if s.addr, err = freeAddr(); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return s.configure(n)
}

// importTime is what one import cost.
type importTime struct {
	wall, cpu time.Duration
	peakKiB   int64
}

// load imports the file into an empty database.
func (s *server) load(ldif string) (t importTime, err error) {
	if err := s.empty(); err != nil {
		return t, err
	}
	cmd := s.importer(ldif)
	if err := s.output(cmd, "import.log"); err != nil {
		return t, err
	}
	begin := time.Now()
	err = cmd.Run()
	t.wall = time.Since(begin)
	if err != nil {
		return t, fmt.Errorf("import: %w\n%s", err, s.tail("import.log"))
	}
	t.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		t.peakKiB = u.Maxrss
	}
	if s.imported != nil {
		err = s.imported()
	}
	return t, err
}

// output sends what a command prints to a file of the server's folder.
func (s *server) output(cmd *exec.Cmd, file string) error {
	f, err := os.OpenFile(filepath.Join(s.dir, file), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr, cmd.Dir = f, f, s.dir
	return nil
}

func (s *server) tail(file string) string {
	b, _ := os.ReadFile(filepath.Join(s.dir, file))
	return string(b[max(0, len(b)-800):])
}

// start runs the server and waits until it answers its administrator.
func (s *server) start() error {
	s.cmd = s.serve()
	if err := s.output(s.cmd, "server.log"); err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	s.exited = make(chan error, 1)
	go func(cmd *exec.Cmd, c chan<- error) { c <- cmd.Wait() }(s.cmd, s.exited)
	var err error
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); {
		select {
		case err := <-s.exited:
			s.cmd = nil
			return fmt.Errorf("%s ended at its start: %v\n%s", s.name, err, s.tail("server.log"))
		case <-time.After(50 * time.Millisecond):
		}
		if err = s.greet(); err == nil {
			return nil
		}
	}
	s.stop()
	return fmt.Errorf("%s does not answer: %w", s.name, err)
}

func (s *server) greet() error {
	c, err := dial(s.addr)
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.bind(s.rootDN, rootPW); err != nil {
		return err
	}
	if s.ready == nil {
		return nil
	}
	if err := s.ready(c); err != nil {
		return err
	}
	s.ready = nil
	return nil
}

func (s *server) pid() int { return s.cmd.Process.Pid }

// alive is an error when the server's process is no more.
func (s *server) alive() error {
	if s.cmd == nil {
		return errors.New("the server is not running")
	}
	select {
	case err := <-s.exited:
		s.cmd = nil
		return fmt.Errorf("the server ended: %v\n%s", err, s.tail("server.log"))
	default:
		return nil
	}
}

// stop ends the server by its pid, politely first.
func (s *server) stop() {
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(30 * time.Second):
		fmt.Fprintf(os.Stderr, "bench: %s does not stop, killing it\n", s.name)
		s.cmd.Process.Kill()
		<-s.exited
	}
	s.cmd = nil
}

// check compares some people with what the LDIF file had.
func (s *server) check(n int) error {
	c, err := dial(s.addr)
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.bind(s.rootDN, rootPW); err != nil {
		return err
	}
	for i := 0; i < n; i += max(1, n/20) {
		e, err := c.read(dnOf(i))
		if err != nil || e == nil {
			return fmt.Errorf("%s is not there (%v)", dnOf(i), err)
		}
		for _, p := range person(i) {
			if !hasPair(e, p) {
				return fmt.Errorf("%s has no %s: %s", e.dn, p.name, p.value)
			}
		}
	}
	return nil
}
