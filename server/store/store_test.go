package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// engines are the stores that must all behave alike.
func engines(t *testing.T, f func(t *testing.T, s Store)) {
	for name, open := range map[string]func(t testing.TB) Store{
		"bolt":   func(t testing.TB) Store { return openTemp(t, Options{}) },
		"memory": func(testing.TB) Store { return OpenMemory() },
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			defer s.Close()
			f(t, s)
		})
	}
}

func openTemp(t testing.TB, opt Options) Store {
	t.Helper()
	s, err := OpenBolt(filepath.Join(t.TempDir(), "data.db"), opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var tab = []byte("t")

func write(t testing.TB, s Store) Txn {
	t.Helper()
	w, err := s.Write()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func read(t testing.TB, s Store) Reader {
	t.Helper()
	r, err := s.Read()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func put(t testing.TB, w Txn, kv ...string) {
	t.Helper()
	for i := 0; i < len(kv); i += 2 {
		if err := w.Put(tab, []byte(kv[i]), []byte(kv[i+1])); err != nil {
			t.Fatal(err)
		}
	}
}

// dump shows a table as k=v words.
func dump(t testing.TB, r Reader, start string) string {
	t.Helper()
	var b bytes.Buffer
	err := r.Scan(tab, []byte(start), func(k, v []byte) bool {
		fmt.Fprintf(&b, "%s=%.10s ", k, v)
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func committed(t testing.TB, s Store) string {
	t.Helper()
	r := read(t, s)
	defer r.Close()
	return dump(t, r, "")
}

func want(t testing.TB, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestBasics(t *testing.T) {
	engines(t, func(t *testing.T, s Store) {
		want(t, committed(t, s), "")
		w := write(t, s)
		put(t, w, "b", "2", "a", "1", "c", "")
		if v, err := w.Get(tab, []byte("b")); err != nil || string(v) != "2" {
			t.Errorf("own change: %q %v", v, err)
		}
		want(t, dump(t, w, ""), "a=1 b=2 c= ")
		want(t, committed(t, s), "") // not seen before the commit
		if err := w.Commit(); err != nil {
			t.Fatal(err)
		}
		want(t, committed(t, s), "a=1 b=2 c= ")
		r := read(t, s)
		defer r.Close()
		want(t, dump(t, r, "b"), "b=2 c= ")
		if v, _ := r.Get(tab, []byte("c")); v == nil {
			t.Error("an empty value is not an absent key")
		}
		if v, _ := r.Get(tab, []byte("x")); v != nil {
			t.Error("absent key has a value")
		}
		if v, err := r.Get([]byte("no table"), []byte("x")); v != nil || err != nil {
			t.Error("absent table", v, err)
		}
		n := 0
		r.Scan(tab, nil, func(k, v []byte) bool { n++; return n < 2 })
		if n != 2 {
			t.Error("scan did not stop:", n)
		}
	})
}

func TestSnapshotStays(t *testing.T) {
	engines(t, func(t *testing.T, s Store) {
		w := write(t, s)
		put(t, w, "a", "1")
		w.Commit()
		r := read(t, s)
		defer r.Close()
		g := r.Generation()
		w = write(t, s)
		if w.Generation() != g+1 {
			t.Errorf("generation %d after %d", w.Generation(), g)
		}
		put(t, w, "a", "2", "b", "1")
		w.Commit()
		want(t, dump(t, r, ""), "a=1 ")
		want(t, committed(t, s), "a=2 b=1 ")
		r2 := read(t, s)
		defer r2.Close()
		if r2.Generation() != g+1 {
			t.Errorf("generation %d after commit of %d", r2.Generation(), g+1)
		}
	})
}

func TestSavepoints(t *testing.T) {
	engines(t, func(t *testing.T, s Store) {
		w := write(t, s)
		put(t, w, "a", "1", "b", "1")
		w.Commit()
		w = write(t, s)
		put(t, w, "a", "2")
		outer := w.Savepoint()
		w.Delete(tab, []byte("b"))
		put(t, w, "c", "3")
		inner := w.Savepoint()
		put(t, w, "c", "4", "d", "4")
		if err := w.RollbackTo(inner); err != nil {
			t.Fatal(err)
		}
		want(t, dump(t, w, ""), "a=2 c=3 ")
		if err := w.RollbackTo(outer); err != nil {
			t.Fatal(err)
		}
		want(t, dump(t, w, ""), "a=2 b=1 ")
		if err := w.RollbackTo(inner); err == nil {
			t.Error("a mark that was rolled back over is still good")
		}
		put(t, w, "e", "5")
		if err := w.Commit(); err != nil {
			t.Fatal(err)
		}
		want(t, committed(t, s), "a=2 b=1 e=5 ")
	})
}

func TestAbort(t *testing.T) {
	engines(t, func(t *testing.T, s Store) {
		w := write(t, s)
		put(t, w, "a", "1")
		w.Abort()
		w.Abort()
		if err := w.Commit(); !errors.Is(err, ErrClosed) {
			t.Error("commit after abort:", err)
		}
		if err := w.Put(tab, []byte("k"), nil); !errors.Is(err, ErrClosed) {
			t.Error("put after abort:", err)
		}
		want(t, committed(t, s), "")
		w = write(t, s)
		put(t, w, "a", "1")
		w.Close()
		want(t, committed(t, s), "")
	})
}

func TestBulk(t *testing.T) {
	engines(t, func(t *testing.T, s Store) {
		w := write(t, s)
		if !w.(BulkWriter).Bulk() {
			t.Fatal("refused")
		}
		put(t, w, "a", "1")
		mark := w.Savepoint()
		put(t, w, "b", "1")
		if err := w.RollbackTo(mark); err == nil {
			t.Error("rolled back without a journal")
		}
		w.Delete(tab, []byte("a"))
		if err := w.Commit(); err != nil {
			t.Fatal(err)
		}
		want(t, committed(t, s), "b=1 ")
		w = write(t, s)
		w.(BulkWriter).Bulk()
		put(t, w, "c", "1")
		w.Abort()
		want(t, committed(t, s), "b=1 ")
		w = write(t, s)
		put(t, w, "d", "1")
		if w.(BulkWriter).Bulk() {
			t.Error("after a change")
		}
		w.Abort()
		want(t, committed(t, s), "b=1 ")
	})
}

// A writer that aborts in the middle of a group takes nothing of the others.
func TestAbortWithinGroup(t *testing.T) {
	engines(t, func(t *testing.T, s Store) {
		first := write(t, s)
		var wg sync.WaitGroup
		turn := make(chan int, 3)
		for i := range 3 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				w, err := s.Write()
				if err != nil {
					t.Error(err)
					return
				}
				v, _ := w.Get(tab, []byte("n"))
				w.Put(tab, []byte("n"), append(v[:len(v):len(v)], byte('a'+i)))
				w.Put(tab, []byte{byte('a' + i)}, nil)
				turn <- i
				if i == 1 {
					w.Abort()
				} else if err := w.Commit(); err != nil {
					t.Error(err)
				}
			}()
		}
		waitQueue(t, s, 3)
		put(t, first, "n", "_")
		if err := first.Commit(); err != nil {
			t.Fatal(err)
		}
		wg.Wait()
		close(turn)
		n, keys := "_", ""
		for i := range turn {
			if i != 1 {
				n += string(rune('a' + i))
			}
		}
		for _, k := range []string{"a", "c"} {
			keys += k + "= "
		}
		want(t, committed(t, s), keys+"n="+n+" ")
	})
}

// waitQueue waits until n writers wait for their turn.
func waitQueue(t testing.TB, s Store, n int) {
	t.Helper()
	q := &s.(*bolt).q
	for range 10000 {
		q.mu.Lock()
		have := len(q.waiters)
		q.mu.Unlock()
		if have >= n {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("the writers did not come")
}

// The last member of a group that aborts must not leave the others unflushed.
func TestLastAborts(t *testing.T) {
	engines(t, func(t *testing.T, s Store) {
		w := write(t, s)
		done := make(chan error)
		go func() {
			w2, err := s.Write()
			if err == nil {
				w2.Put(tab, []byte("x"), nil)
				w2.Abort()
			}
			done <- err
		}()
		waitQueue(t, s, 1)
		put(t, w, "a", "1")
		if err := w.Commit(); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		want(t, committed(t, s), "a=1 ")
	})
}

func TestGroupSharesOneFlush(t *testing.T) {
	s := openTemp(t, Options{GroupAge: time.Minute})
	defer s.Close()
	first := write(t, s)
	g := first.Generation()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			w := write(t, s)
			w.Put(tab, []byte{byte(i)}, nil)
			if err := w.Commit(); err != nil {
				t.Error(err)
			}
		}()
	}
	waitQueue(t, s, 20)
	put(t, first, "a", "1")
	if err := first.Commit(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	r := read(t, s)
	defer r.Close()
	if r.Generation() != g {
		t.Errorf("21 writers took %d flushes", r.Generation()-g+1)
	}
}

func TestClose(t *testing.T) {
	engines(t, func(t *testing.T, s Store) {
		r := read(t, s)
		w := write(t, s)
		put(t, w, "a", "1")
		closed := make(chan struct{})
		go func() { s.Close(); close(closed) }()
		// Close refuses newcomers and waits for those who are in.
		for {
			r, err := s.Read()
			if errors.Is(err, ErrClosed) {
				break
			}
			if err == nil {
				r.Close()
			}
		}
		if _, err := s.Write(); !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
		select {
		case <-closed:
			t.Fatal("closed below a transaction")
		default:
		}
		if err := w.Commit(); err != nil {
			t.Error(err)
		}
		r.Close()
		r.Close()
		<-closed
		if _, err := r.Get(tab, tab); !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestWriteContext(t *testing.T) {
	s := OpenMemory()
	defer s.Close()
	w := write(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() {
		_, err := s.(ContextWriter).WriteContext(ctx)
		done <- err
	}()
	waitQueue(t, s, 1)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	w.Abort()
	write(t, s).Abort() // the turn is not lost
}

func TestReopenAndReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.db")
	s, err := OpenBolt(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := write(t, s)
	put(t, w, "a", "1")
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenBolt(path, Options{LockWait: 10 * time.Millisecond}); !errors.Is(err, ErrLocked) {
		t.Error("second opener:", err)
	}
	s.Close()
	s, err = OpenBolt(path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	want(t, committed(t, s), "a=1 ")
	if _, err := s.Write(); !errors.Is(err, ErrReadOnly) {
		t.Error(err)
	}
	second, err := OpenBolt(path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal("two readers:", err)
	}
	second.Close()
}

func TestCopy(t *testing.T) {
	engines(t, func(t *testing.T, s Store) {
		w := write(t, s)
		put(t, w, "a", "1")
		w.Commit()
		open := write(t, s) // a copy does not wait for writers
		defer open.Abort()
		put(t, open, "b", "1")
		path := filepath.Join(t.TempDir(), "copy.db")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.(Copier).CopyTo(f); err != nil {
			t.Fatal(err)
		}
		f.Close()
		c, err := OpenBolt(path, Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		want(t, committed(t, c), "a=1 ")
	})
}

// A key that the engine refuses leaves the transaction as it was.
func TestRefusedKey(t *testing.T) {
	engines(t, func(t *testing.T, s Store) {
		w := write(t, s)
		put(t, w, "a", "1")
		if err := w.Put(tab, nil, []byte("v")); err == nil {
			t.Error("an empty key was taken")
		}
		if err := w.Put(tab, make([]byte, 1<<16), []byte("v")); err == nil {
			t.Error("a huge key was taken")
		}
		if err := w.Commit(); err != nil {
			t.Fatal(err)
		}
		want(t, committed(t, s), "a=1 ")
	})
}

// Random changes, savepoints and aborts against a map.
func TestModel(t *testing.T) {
	engines(t, func(t *testing.T, s Store) {
		model := map[string]string{}
		clear := func() {
			w := write(t, s)
			for k := range model {
				w.Delete(tab, []byte(k))
			}
			w.Commit()
			model = map[string]string{}
		}
		rapid.Check(t, func(rt *rapid.T) {
			defer clear()
			for range rapid.IntRange(1, 5).Draw(rt, "txns") {
				w := write(t, s)
				now := clone(model)
				type mark struct {
					n  int
					at map[string]string
				}
				var marks []mark
				for range rapid.IntRange(0, 40).Draw(rt, "steps") {
					k := fmt.Sprint("k", rapid.IntRange(0, 20).Draw(rt, "key"))
					switch rapid.IntRange(0, 6).Draw(rt, "op") {
					case 0, 1, 2:
						v := rapid.StringN(0, 20, -1).Draw(rt, "value")
						put(t, w, k, v)
						now[k] = v
					case 3:
						w.Delete(tab, []byte(k))
						delete(now, k)
					case 6:
						w.Update(tab, []byte(k), func(old []byte) ([]byte, bool, error) {
							if have, ok := now[k]; ok != (old != nil) || have != string(old) {
								rt.Fatalf("update of %s sees %q, want %q", k, old, have)
							}
							switch {
							case len(old) > 30:
								delete(now, k)
								return nil, true, nil
							case len(old) == 7:
								return []byte("not stored"), false, nil
							}
							now[k] += "+more"
							return append(old[:len(old):len(old)], "+more"...), true, nil
						})
					case 4:
						marks = append(marks, mark{w.Savepoint(), clone(now)})
					case 5:
						if len(marks) == 0 {
							continue
						}
						i := rapid.IntRange(0, len(marks)-1).Draw(rt, "mark")
						if err := w.RollbackTo(marks[i].n); err != nil {
							rt.Fatal(err)
						}
						now = clone(marks[i].at)
						marks = marks[:i+1]
					}
				}
				same(rt, w, now)
				if rapid.Bool().Draw(rt, "commit") {
					if err := w.Commit(); err != nil {
						rt.Fatal(err)
					}
					model = now
				} else {
					w.Abort()
				}
				r := read(t, s)
				same(rt, r, model)
				r.Close()
			}
		})
	})
}

func clone(m map[string]string) map[string]string {
	c := make(map[string]string, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

func same(t *rapid.T, r Reader, want map[string]string) {
	n := 0
	r.Scan(tab, nil, func(k, v []byte) bool {
		n++
		if w, ok := want[string(k)]; !ok || w != string(v) {
			t.Fatalf("%s is %q, want %q (%v)", k, v, w, ok)
		}
		return true
	})
	if n != len(want) {
		t.Fatalf("%d keys, want %d", n, len(want))
	}
}
