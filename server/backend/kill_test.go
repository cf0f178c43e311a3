package backend_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"libslapi/server/backend"
	"libslapi/server/backend/backendtest"
)

const (
	killDir   = "LIBSLAPI_KILL_DIR"   // set in the child: its database
	killRound = "LIBSLAPI_KILL_ROUND" // and which round it is
	killLoops = "LIBSLAPI_KILL_LOOPS" // how many rounds the test makes
)

// TestKill kills a process that writes from several goroutines, at random
// moments, again and again over the same database. Whatever it reported as
// done before must be there, whole, and the indexes must agree.
func TestKill(t *testing.T) {
	if dir := os.Getenv(killDir); dir != "" {
		killChild(t, dir)
		return
	}
	loops := 10
	if n, err := strconv.Atoi(os.Getenv(killLoops)); err == nil {
		loops = n
	} else if testing.Short() {
		loops = 2
	}
	dir := t.TempDir()
	acked := map[string]string{} // name -> last value that was reported
	for round := range loops {
		for _, line := range killOnce(t, dir, round) {
			f := strings.Fields(line)
			if len(f) != 3 {
				t.Fatalf("report %q", line)
			}
			switch f[0] {
			case "set":
				acked[f[1]] = f[2]
			case "del":
				acked[f[1]] = ""
			}
		}
		checkAcked(t, dir, acked)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	if len(acked) == 0 {
		t.Error("no change was ever reported")
	}
	t.Logf("%d names checked", len(acked))
}

// killOnce runs the child, kills it, and gives what it had reported.
func killOnce(t *testing.T, dir string, round int) []string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKill$")
	cmd.Env = append(os.Environ(), killDir+"="+dir, fmt.Sprintf("%s=%d", killRound, round))
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	var lines []string
	done := make(chan struct{})
	started := make(chan struct{})
	go func() {
		defer close(done)
		in := bufio.NewScanner(r)
		for in.Scan() {
			if in.Text() == "start" {
				close(started)
				continue
			}
			lines = append(lines, in.Text())
		}
	}()
	select {
	case <-started:
	case <-done:
		t.Fatalf("the child ended early: %v", cmd.Wait())
	}
	time.Sleep(time.Duration(rand.IntN(150)) * time.Millisecond) // the random moment
	cmd.Process.Kill()
	cmd.Wait()
	<-done
	return lines
}

// checkAcked reopens the database. A name may have a later value than was
// reported (done, but killed before the report), never an earlier one.
func checkAcked(t *testing.T, dir string, acked map[string]string) {
	t.Helper()
	db := open(t, backend.DBOptions{Dir: dir, Indexes: allIndexes})
	defer db.Close()
	if err := db.WaitIndexes(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := db.Verify(); err != nil {
		t.Error(err)
	}
	v := backendtest.View(t, db)
	defer v.Close()
	for cn, want := range acked {
		e := backendtest.Lookup(t, v, "cn="+cn+","+backendtest.Suffix)
		switch {
		case e == nil && want != "":
			// It may have been deleted after the report of its value, by a
			// change that was not reported any more: then a later value was due.
			if !lastStep(want) {
				t.Errorf("%s is gone, had %s", cn, want)
			}
		case e != nil && want == "":
			t.Errorf("%s is back with %s", cn, e.First("description"))
		case e != nil:
			if have := e.First("description"); step(have) < step(want) {
				t.Errorf("%s has %s, %s was reported", cn, have, want)
			} else if have != e.First("sn") {
				t.Errorf("%s is half-changed: %s %s", cn, have, e.First("sn"))
			}
		}
	}
	if m, err := v.(backend.MetaView).Meta("contextCSN"); err != nil || len(m) == 0 && len(acked) > 0 {
		t.Error("no meta value", err)
	}
}

// A name lives through killSteps values, numbered, then half of them are
// deleted.
const killSteps = 4

func step(v string) int {
	n, _ := strconv.Atoi(v)
	return n
}

func lastStep(v string) bool { return step(v) == killSteps-1 }

func killChild(t *testing.T, dir string) {
	out := os.NewFile(3, "report")
	var mu sync.Mutex
	report := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(out, format+"\n", args...)
	}
	if _, err := os.Stat(filepath.Join(dir, "data.db")); err != nil {
		db := open(t, backend.DBOptions{Dir: dir, Indexes: allIndexes})
		backendtest.Update(t, db, func(x backend.Txn) {
			backendtest.Must(t, x.Add(backendtest.Entry(t, backendtest.Suffix, "dc", "example")))
			backendtest.Must(t, x.(backend.MetaTxn).SetMeta("contextCSN", []byte("first")))
		})
		backendtest.Must(t, db.Close())
	}
	db := open(t, backend.DBOptions{Dir: dir, Indexes: allIndexes})
	report("start")
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 10000 {
				cn := fmt.Sprintf("r%s-%d-%d", os.Getenv(killRound), w, i)
				if err := killName(t, db, cn, i, report); err != nil {
					t.Error(err)
					return
				}
			}
		}()
	}
	wg.Wait()
}

// killName takes one name through its life, one transaction a step.
func killName(t *testing.T, db *backend.DB, cn string, i int, report func(string, ...any)) error {
	name := "cn=" + cn + "," + backendtest.Suffix
	for s := range killSteps {
		x, err := db.Begin(context.Background())
		if err != nil {
			return err
		}
		val := strconv.Itoa(s)
		e := backendtest.Entry(t, name, "objectClass", "person", "cn", cn, "description", val, "sn", val)
		if s == 0 {
			err = x.Add(e)
		} else {
			// A part that is undone, then the change.
			old := backendtest.Lookup(t, x, name)
			mark := x.Savepoint()
			if err = x.Delete(old); err == nil {
				err = x.RollbackTo(mark)
			}
			if err == nil {
				err = x.Replace(old, e)
			}
		}
		if err == nil {
			err = x.(backend.MetaTxn).SetMeta("contextCSN", []byte(cn+val))
		}
		if err != nil {
			x.Abort()
			return err
		}
		if err := x.Commit(); err != nil {
			return err
		}
		report("set %s %d", cn, s)
	}
	if i%2 == 0 {
		return nil
	}
	x, err := db.Begin(context.Background())
	if err != nil {
		return err
	}
	defer x.Close()
	if err := x.Delete(backendtest.Lookup(t, x, name)); err != nil {
		return err
	}
	if err := x.Commit(); err != nil {
		return err
	}
	report("del %s -", cn)
	return nil
}
