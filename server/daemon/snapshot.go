package daemon

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"libslapi/server/backend"
	"libslapi/server/config"
)

// The data file of a database can be open in one process that writes. Tools
// beside a running server therefore ask it for a copy: it listens on a socket
// in the database's directory and streams the data file as it is at one moment.
//
// The client sends one line, "libslapi 1 WORD\n" with WORD "snapshot" or
// "info". The answer is a line "ok PID\n", and for a snapshot frames: four
// octets of length, that many of data; a length of 0 ends the copy, one of
// snapshotFailed says that a text with the reason follows to the end.
const (
	socketName     = "data.sock"
	snapshotHello  = "libslapi 1 "
	snapshotFailed = 0xffffffff
	snapshotFrame  = 256 << 10
	snapshotMax    = 4                // copies made at a time, for one database
	snapshotWait   = 30 * time.Second // without progress
)

// errNoServer is returned when no server serves a database.
var errNoServer = errors.New("no running server serves this database")

// snapshots serves the copies of one database.
type snapshots struct {
	db    *backend.DB
	l     *net.UnixListener
	path  string
	slots chan struct{}
	fail  func(error)
	done  sync.WaitGroup
	mu    sync.Mutex
	conns map[net.Conn]bool // nil once closed
}

// shortPath is a name of a file in dir that fits into a socket address however
// long dir is, and a function that must be called when it is no longer needed.
func shortPath(dir, name string) (string, func(), error) {
	full := filepath.Join(dir, name)
	if len(full) < 104 {
		return full, func() {}, nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", d.Fd(), name), func() { d.Close() }, nil
}

// serveSnapshots begins to serve the copies of a database. The caller has the
// data file open for writing, so a socket that is there already is an orphan.
func serveSnapshots(db *backend.DB, dir string, fail func(error)) (*snapshots, error) {
	path, release, err := shortPath(dir, socketName)
	if err != nil {
		return nil, err
	}
	defer release()
	full := filepath.Join(dir, socketName)
	if err := os.Remove(full); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	// The umask is the process's, so the mode is set under a name that nobody
	// knows before the socket gets its own.
	temp := fmt.Sprintf(".%s.%d", socketName, os.Getpid())
	os.Remove(filepath.Join(dir, temp))
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: strings.TrimSuffix(path, socketName) + temp, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false)
	if err = os.Chmod(filepath.Join(dir, temp), 0o600); err == nil {
		err = os.Rename(filepath.Join(dir, temp), full)
	}
	if err != nil {
		l.Close()
		os.Remove(filepath.Join(dir, temp))
		return nil, err
	}
	s := &snapshots{db: db, l: l, path: full, slots: make(chan struct{}, snapshotMax), fail: fail, conns: map[net.Conn]bool{}}
	s.done.Add(1)
	go s.accept()
	return s, nil
}

func (s *snapshots) accept() {
	defer s.done.Done()
	for {
		c, err := s.l.AcceptUnix()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(50 * time.Millisecond) // out of descriptors
			continue
		}
		s.mu.Lock()
		if s.conns == nil || len(s.conns) >= 4*snapshotMax {
			s.mu.Unlock()
			c.Close()
			continue
		}
		s.conns[c] = true
		s.done.Add(1)
		s.mu.Unlock()
		go func() {
			defer s.done.Done()
			defer func() {
				s.mu.Lock()
				delete(s.conns, c)
				s.mu.Unlock()
				c.Close()
			}()
			if err := s.serve(c); err != nil && s.fail != nil {
				s.fail(err)
			}
		}()
	}
}

// sameUser tells whether the peer of a socket is who this process is, or root.
func sameUser(c *net.UnixConn) bool {
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	var cred *syscall.Ucred
	var failed error
	if err := raw.Control(func(fd uintptr) {
		cred, failed = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
	}); err != nil || failed != nil {
		return false
	}
	return cred.Uid == 0 || int(cred.Uid) == os.Geteuid()
}

func (s *snapshots) serve(c *net.UnixConn) error {
	if !sameUser(c) {
		return errors.New("a copy of the data was asked for by another user")
	}
	c.SetDeadline(time.Now().Add(snapshotWait))
	line, err := bufio.NewReaderSize(io.LimitReader(c, 64), 64).ReadString('\n')
	word, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), snapshotHello)
	if err != nil || !ok {
		return nil
	}
	switch word {
	case "info":
		_, err = fmt.Fprintf(c, "ok %d\n", os.Getpid())
		return err
	case "snapshot":
	default:
		return nil
	}
	// Who waits for a turn waits without a transaction open.
	c.SetDeadline(time.Time{})
	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	c.SetDeadline(time.Now().Add(snapshotWait))
	if _, err = fmt.Fprintf(c, "ok %d\n", os.Getpid()); err != nil {
		return err
	}
	out := &frameWriter{c: c}
	if err = s.db.Backup(out); err == nil {
		err = out.end()
	}
	if err != nil && !out.broken {
		text := err.Error()
		c.Write(append(binary.BigEndian.AppendUint32(nil, snapshotFailed), text...))
	}
	return err
}

// Close ends the service and waits for copies under way, which are cut.
func (s *snapshots) Close() {
	if s == nil {
		return
	}
	s.l.Close()
	os.Remove(s.path)
	s.mu.Lock()
	for c := range s.conns {
		c.Close()
	}
	s.conns = nil
	s.mu.Unlock()
	s.done.Wait()
}

// frameWriter cuts what is written into frames. A reader that stands still is
// given up, as its copy keeps pages of the data file from being used again.
type frameWriter struct {
	c      net.Conn
	buf    []byte
	broken bool
}

func (w *frameWriter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		k := min(len(p), snapshotFrame)
		w.buf = append(binary.BigEndian.AppendUint32(w.buf[:0], uint32(k)), p[:k]...)
		w.c.SetWriteDeadline(time.Now().Add(snapshotWait))
		if _, err := w.c.Write(w.buf); err != nil {
			w.broken = true
			return 0, err
		}
		p = p[k:]
	}
	return n, nil
}

func (w *frameWriter) end() error {
	_, err := w.c.Write([]byte{0, 0, 0, 0})
	w.broken = w.broken || err != nil
	return err
}

// askServer connects to the server that serves the database in dir and sends
// it a word. errNoServer: there is none.
func askServer(dir, word string) (net.Conn, *bufio.Reader, int, error) {
	path, release, err := shortPath(dir, socketName)
	if err != nil {
		return nil, nil, 0, errNoServer
	}
	defer release()
	c, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: path, Net: "unix"})
	switch {
	case errors.Is(err, os.ErrPermission):
		return nil, nil, 0, fmt.Errorf("the running server gives copies to its own user only: %w", err)
	case err != nil:
		return nil, nil, 0, errNoServer
	}
	if !sameUser(c) && os.Geteuid() != 0 {
		c.Close()
		return nil, nil, 0, errors.New("the socket is another user's")
	}
	c.SetDeadline(time.Now().Add(10 * snapshotWait))
	if _, err = io.WriteString(c, snapshotHello+word+"\n"); err != nil {
		c.Close()
		return nil, nil, 0, err
	}
	r := bufio.NewReaderSize(c, 64<<10)
	line, err := r.ReadString('\n')
	pid, perr := strconv.Atoi(strings.TrimPrefix(strings.TrimSuffix(line, "\n"), "ok "))
	if err != nil || perr != nil {
		c.Close()
		return nil, nil, 0, errors.New("the running server gave no answer")
	}
	return c, r, pid, nil
}

// serverOf is the process that serves the database in dir, 0 for none.
func serverOf(dir string) int {
	c, _, pid, err := askServer(dir, "info")
	if err != nil {
		return 0
	}
	c.Close()
	return pid
}

// copySnapshot writes the data file of a served database to w.
func copySnapshot(dir string, w io.Writer) error {
	c, r, _, err := askServer(dir, "snapshot")
	if err != nil {
		return err
	}
	defer c.Close()
	var head [4]byte
	for {
		c.SetReadDeadline(time.Now().Add(2 * snapshotWait))
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return fmt.Errorf("the running server ended the copy: %w", err)
		}
		n := binary.BigEndian.Uint32(head[:])
		switch {
		case n == 0:
			return nil
		case n == snapshotFailed:
			text, _ := io.ReadAll(io.LimitReader(r, 1<<10))
			return fmt.Errorf("the running server made no copy: %s", text)
		case n > snapshotFrame:
			return errors.New("the running server sent something that is no copy")
		}
		if _, err := io.CopyN(w, r, int64(n)); err != nil {
			return err
		}
	}
}

// snapshotDir copies a served database into a new folder, which the function
// returned removes.
func snapshotDir(cd *config.Database) (string, func(), error) {
	dir, err := os.MkdirTemp("", "slapid-copy-")
	if err != nil {
		return "", nil, err
	}
	remove := func() { os.RemoveAll(dir) }
	f, err := os.OpenFile(filepath.Join(dir, "data.db"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err == nil {
		err = copySnapshot(cd.Directory, f)
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}
	if err != nil {
		remove()
		return "", nil, err
	}
	return dir, remove, nil
}
