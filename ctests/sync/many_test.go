//go:build synctest

package sync

import (
	"context"
	"fmt"
	"math/rand"
	"net"
	"os"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	csn "libslapi/server/sync"
)

// Many persistent searches hear of each change, and share its work.
func TestManyWatchers(t *testing.T) {
	const watchers, changes = 500, 20
	p := newServer(t, true, "overlay syncprov")
	x := &tree{t: t, r: rand.New(rand.NewSource(1)), s: p, c: p.dial(), taken: map[string]bool{}}
	x.setup()
	x.addUser()
	heard := make(chan time.Time, watchers*changes)
	ready := make(chan error, watchers)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for range watchers {
		go func() {
			c, err := ldap.DialURL(p.url())
			if err == nil {
				defer c.Close()
				err = c.Bind(rootDN, "secret")
			}
			if err != nil {
				ready <- err
				return
			}
			req := ldap.NewSearchRequest(suffix, ldap.ScopeWholeSubtree, 0, 0, 0, false, everything, []string{"title"}, nil)
			res := c.Syncrepl(ctx, req, 16, ldap.SyncRequestModeRefreshAndPersist, nil, false)
			persist := false
			for res.Next() {
				if res.Entry() != nil && persist {
					heard <- time.Now()
				} else if res.Entry() == nil && !persist {
					persist = true
					ready <- nil
				}
			}
		}()
	}
	for range watchers {
		if err := <-ready; err != nil {
			t.Fatal(err)
		}
	}
	if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid)); err == nil {
		for _, l := range strings.Split(string(b), "\n") {
			if strings.HasPrefix(l, "VmRSS") {
				t.Logf("%d watchers: %s", watchers, l)
			}
		}
	}
	var took []time.Duration
	for i := range changes {
		m := ldap.NewModifyRequest(x.users[0], nil)
		m.Replace("title", []string{fmt.Sprint("change ", i)})
		begun := time.Now()
		x.must(x.c.Modify(m))
		for range watchers {
			select {
			case at := <-heard:
				took = append(took, at.Sub(begun))
			case <-time.After(10 * time.Second):
				t.Fatalf("change %d: %d notifications are missing", i, watchers*(i+1)-len(took))
			}
		}
	}
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	t.Logf("change to notification: p50 %v, p99 %v", took[len(took)/2], took[len(took)*99/100])
}

// A consumer that reads nothing holds up nobody: others hear of every change,
// and the server's memory stays bounded (RFC 4533 section 3.7: it is cut off with busy).
func TestSlowConsumer(t *testing.T) {
	p := newServer(t, true, "overlay syncprov")
	x := &tree{t: t, r: rand.New(rand.NewSource(1)), s: p, c: p.dial(), taken: map[string]bool{}}
	x.setup()
	x.addUser()
	slow, err := net.Dial("tcp", strings.TrimPrefix(p.url(), "ldap://"))
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	slow.(*net.TCPConn).SetReadBuffer(32 << 10)
	// A search of everything, anonymous, refreshAndPersist; nothing is read.
	request := func() []byte {
		req := csn.EncodeRequest(csn.Request{Mode: csn.RefreshAndPersist})
		tlv := func(tag byte, body ...[]byte) []byte {
			var all []byte
			for _, b := range body {
				all = append(all, b...)
			}
			return append([]byte{tag, 0x82, byte(len(all) >> 8), byte(len(all))}, all...)
		}
		search := tlv(0x63, tlv(4, []byte(suffix)), []byte{10, 1, 2, 10, 1, 0, 2, 1, 0, 2, 1, 0, 1, 1, 0}, tlv(0x87, []byte("objectClass")), tlv(0x30))
		ctl := tlv(0xa0, tlv(0x30, tlv(4, []byte(csn.ControlSyncRequest)), []byte{1, 1, 0xff}, tlv(4, req)))
		return tlv(0x30, []byte{2, 1, 1}, search, ctl)
	}()
	if _, err := slow.Write(request); err != nil {
		t.Fatal(err)
	}
	big := strings.Repeat("x", 20000)
	for i := range 2500 {
		m := ldap.NewModifyRequest(x.users[0], nil)
		m.Replace("description", []string{fmt.Sprint(big, i)})
		x.must(x.c.Modify(m))
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		t.Skip(err)
	}
	for _, l := range strings.Split(string(b), "\n") {
		var kb int
		if n, _ := fmt.Sscanf(l, "VmRSS: %d kB", &kb); n == 1 && kb > 400<<10 {
			t.Errorf("%d kB are in use", kb)
		} else if n == 1 {
			t.Logf("%d kB are in use", kb)
		}
	}
	// It finds, when it reads at last, an end that lets it resume.
	slow.(*net.TCPConn).SetReadBuffer(1 << 20)
	slow.SetReadDeadline(time.Now().Add(30 * time.Second))
	buf, seen := make([]byte, 1<<16), ""
	for {
		n, err := slow.Read(buf)
		seen += string(buf[:n])
		if len(seen) > 4096 {
			seen = seen[len(seen)-4096:]
		}
		if err != nil {
			t.Log(err)
		}
		if err != nil || strings.Contains(seen, csn.ControlSyncDone) {
			break
		}
	}
	if !strings.Contains(seen, csn.ControlSyncDone) || !strings.Contains(seen, "csn=") {
		t.Errorf("it is not told how to resume: %q", seen[max(0, len(seen)-300):])
	}
}
