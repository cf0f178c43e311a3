package daemon

import (
	"errors"
	"io"
	"os"
	"strconv"
	"syscall"
)

// The start in the background: the program runs itself again in a session of
// its own and waits for one line on a pipe.
const (
	detachedEnv = "SLAPID_DETACHED_FD"
	ready       = "ready\n"
)

// detachedPipe is the pipe to the waiting parent when this is the child.
func detachedPipe() *os.File {
	n, err := strconv.Atoi(os.Getenv(detachedEnv))
	if err != nil || n < 3 {
		return nil
	}
	os.Unsetenv(detachedEnv)
	syscall.CloseOnExec(n)
	return os.NewFile(uintptr(n), "parent")
}

// detach starts the child and returns when it serves (0) or has failed (1, its
// message printed).
func (c *command) detach() int {
	self, err := os.Executable()
	if err != nil {
		return c.fail("%v", err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return c.fail("%v", err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return c.fail("%v", err)
	}
	argv := append([]string{c.argv[0]}, c.argv[1:]...)
	p, err := os.StartProcess(self, argv, &os.ProcAttr{
		Env:   append(os.Environ(), detachedEnv+"=3"),
		Files: []*os.File{null, null, null, w},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	})
	w.Close()
	null.Close()
	if err != nil {
		return c.fail("%v", err)
	}
	text, err := io.ReadAll(io.LimitReader(r, 64<<10))
	if err == nil && string(text) == ready {
		p.Release()
		return 0
	}
	if len(text) == 0 {
		if st, err := p.Wait(); err == nil {
			return c.fail("the server ended: %v", st)
		}
		err = errors.New("the server ended without a word")
		return c.fail("%v", err)
	}
	c.stderr.Write(text)
	p.Wait()
	return 1
}
