package store

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

const childVar = "LIBSLAPI_STORE_FULL_DISK"

// A disk that is full, played by a limit on the size of files in a process of
// its own: the writers of the group all get the error, nothing of theirs
// stays, and the store works on once there is room.
func TestFullDisk(t *testing.T) {
	if os.Getenv(childVar) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
		cmd.Env = append(os.Environ(), childVar+"=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	signal.Ignore(syscall.SIGXFSZ)
	path := filepath.Join(t.TempDir(), "data.db")
	s, err := OpenBolt(path, Options{GroupAge: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	w := write(t, s)
	put(t, w, "a", "1")
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	var old syscall.Rlimit
	syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old)
	info, _ := os.Stat(path)
	limit := old
	limit.Cur = uint64(info.Size())
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	first := write(t, s)
	big := make([]byte, 32<<20)
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			w, err := s.Write()
			if err != nil {
				t.Error(err)
				return
			}
			w.Put(tab, []byte(fmt.Sprint("big", i)), big)
			if err := w.Commit(); !errors.Is(err, ErrNoSpace) || errors.Is(err, ErrFailed) {
				t.Errorf("commit on a full disk: %v", err)
			}
		}()
	}
	waitQueue(t, s, 3)
	put(t, first, "b", "1")
	if err := first.Commit(); !errors.Is(err, ErrNoSpace) {
		t.Errorf("commit on a full disk: %v", err)
	}
	wg.Wait()
	want(t, committed(t, s), "a=1 ")
	// Small changes still find room in freed pages, or fail clearly.
	w = write(t, s)
	put(t, w, "c", "1")
	small := w.Commit() == nil
	syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old)
	w = write(t, s)
	put(t, w, "d", "1")
	if err := w.Commit(); err != nil {
		t.Fatalf("after the disk has room again: %v", err)
	}
	state := "a=1 c=1 d=1 "
	if !small {
		state = "a=1 d=1 "
	}
	want(t, committed(t, s), state)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	checkFile(t, path)
	s, err = OpenBolt(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want(t, committed(t, s), state)
	s.Close()
}

// checkFile has the engine check its pages.
func checkFile(t testing.TB, path string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.View(func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			t.Error(err)
		}
		return nil
	})
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := OpenBolt(filepath.Join(dir, "no", "data.db"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	junk := filepath.Join(dir, "junk")
	os.WriteFile(junk, []byte("this is no database"), 0o600)
	if _, err := OpenBolt(junk, Options{}); err == nil {
		t.Error("junk was opened")
	}
	big := make([]byte, 64<<10)
	for i := range big {
		big[i] = byte(i)
	}
	os.WriteFile(junk, big, 0o600)
	if _, err := OpenBolt(junk, Options{}); err == nil {
		t.Error("junk was opened")
	}
}

func TestNoSpace(t *testing.T) {
	for _, err := range []error{
		&os.PathError{Op: "write", Path: "data.db", Err: syscall.ENOSPC},
		&os.PathError{Op: "write", Path: "data.db", Err: syscall.EDQUOT},
		fmt.Errorf("file resize error: %s", &os.PathError{Op: "truncate", Path: "data.db", Err: syscall.ENOSPC}), // so the engine
	} {
		if got := noted(err); !errors.Is(got, ErrNoSpace) || !errors.Is(got, err) {
			t.Errorf("%v becomes %v", err, got)
		}
	}
	if err := error(&os.PathError{Op: "write", Path: "data.db", Err: syscall.EIO}); noted(err) != err {
		t.Error("an error of the disk is taken for a full one")
	}
}
