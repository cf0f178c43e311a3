package daemon

import (
	"context"
	"net"
	"strings"
	"sync"
	"time"

	"libslapi/server/plugin"
)

// How long a host name is believed, how long finding one may take, how many are
// kept.
const (
	domainAge  = 5 * time.Minute
	domainWait = 3 * time.Second
	domainMax  = 10000
)

// domains makes the function that finds the host name of a client, as
// "by domain=" asks for it; nil without reverse-lookup on. Names are looked up
// when an access line asks, and kept for a while.
func domains(on bool) func(*plugin.Conn) string {
	if !on {
		return nil
	}
	type known struct {
		name string
		at   time.Time
	}
	var mu sync.Mutex
	names := map[string]known{}
	return func(c *plugin.Conn) string {
		a, ok := c.Remote.(*net.TCPAddr)
		if !ok {
			return ""
		}
		ip := a.IP.String()
		mu.Lock()
		k, ok := names[ip]
		mu.Unlock()
		if ok && time.Since(k.at) < domainAge {
			return k.name
		}
		ctx, cancel := context.WithTimeout(context.Background(), domainWait)
		defer cancel()
		k = known{at: time.Now()}
		if list, err := net.DefaultResolver.LookupAddr(ctx, ip); err == nil && len(list) > 0 {
			k.name = strings.TrimSuffix(list[0], ".")
		}
		mu.Lock()
		defer mu.Unlock()
		if len(names) >= domainMax {
			clear(names)
		}
		names[ip] = k
		return k.name
	}
}
