package daemon

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"libslapi/server/backend"
	"libslapi/server/config"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/frontend"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// monitor is the database cn=Monitor: entries made of the server's figures
// whenever somebody looks. OpenLDAP's names, and with compat 389ds ns-slapd's
// figures on the uppermost entry besides.
type monitor struct {
	d  *Daemon
	cd *config.Database
}

var _ backend.Backend = (*monitor)(nil)

func (m *monitor) Name() string        { return m.cd.Name }
func (m *monitor) Type() string        { return "monitor" }
func (m *monitor) Suffixes() []dn.Name { return m.cd.Suffixes }
func (m *monitor) Close() error        { return nil }

// View shows the figures of this moment.
func (m *monitor) View(ctx context.Context) (backend.View, error) {
	b := &monitorBuilder{d: m.d}
	b.build()
	if b.err != nil {
		return nil, b.err
	}
	return config.NewFixed(m.cd.Name, "monitor", b.list).View(ctx)
}

// Begin refuses changes.
func (m *monitor) Begin(context.Context) (backend.Txn, error) {
	return nil, wire.Errorf(wire.UnwillingToPerform, "cn=Monitor is read only")
}

const monitorBase = "cn=Monitor"

type monitorBuilder struct {
	d    *Daemon
	list []*entry.Entry
	err  error
}

// add puts an entry below another ("" for the uppermost) from attribute, value
// pairs; empty values are left out.
func (b *monitorBuilder) add(class, cn, below string, attrs ...string) *entry.Entry {
	name := "cn=" + cn
	if cn == "Monitor" && below == "" {
		name = monitorBase
	} else if below == "" {
		name += "," + monitorBase
	} else {
		name += "," + below + "," + monitorBase
	}
	s := b.d.server.Schema()
	n, err := dn.NewName(name, s)
	if err != nil {
		b.err = err
		return nil
	}
	e := entry.New(n)
	b.put(e, "objectClass", class)
	if !b.d.is389() {
		b.put(e, "structuralObjectClass", class)
	}
	b.put(e, "cn", cn)
	for i := 0; i+1 < len(attrs); i += 2 {
		b.put(e, attrs[i], attrs[i+1])
	}
	stamp := generalized(b.d.begun)
	b.put(e, "createTimestamp", stamp)
	b.put(e, "modifyTimestamp", stamp)
	b.list = append(b.list, e)
	return e
}

func (b *monitorBuilder) put(e *entry.Entry, attr, value string) {
	if value == "" {
		return
	}
	if t := b.d.server.Schema().AttributeType(attr); t == nil && !b.d.is389() {
		return // a schema without labeledURI or seeAlso
	}
	if err := e.Add(b.d.server.Schema(), attr, []byte(value)); err != nil && b.err == nil {
		b.err = fmt.Errorf("cn=Monitor: %s: %w", attr, err)
	}
}

func (d *Daemon) is389() bool { return d.cfg.Global.Compat == config.Compat389 }

func generalized(t time.Time) string { return t.UTC().Format("20060102150405Z") }

func number[T int | int64 | uint64](n T) string { return strconv.FormatInt(int64(n), 10) }

func truth(b bool) string {
	if b {
		return "TRUE"
	}
	return "FALSE"
}

// monitorOps are the operations under OpenLDAP's names, in its order.
var monitorOps = []struct {
	name string
	kind plugin.Kind
}{
	{"Bind", plugin.KindBind}, {"Unbind", plugin.KindUnbind}, {"Search", plugin.KindSearch}, {"Compare", plugin.KindCompare},
	{"Modify", plugin.KindModify}, {"Modrdn", plugin.KindModDN}, {"Add", plugin.KindAdd}, {"Delete", plugin.KindDelete},
	{"Abandon", plugin.KindAbandon}, {"Extended", plugin.KindExtended},
}

func sum(m map[plugin.Kind]uint64) (n uint64) {
	for _, v := range m {
		n += v
	}
	return n
}

// descriptors is how many files the process may open.
func descriptors() uint64 {
	var r syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r) != nil {
		return 0
	}
	return r.Cur
}

func (b *monitorBuilder) build() {
	d := b.d
	st := d.front.Stats()
	now := time.Now()
	version := "libslapi: " + d.opt.Name + " " + Version
	top := b.add("monitorServer", "Monitor", "", "description", "Figures of this server; most are operational attributes.", "monitoredInfo", version)
	conns := d.front.ConnectionStats()
	sort.Slice(conns, func(i, j int) bool { return conns[i].ID < conns[j].ID })
	b.backends()
	b.connections(&st, conns)
	b.databases()
	b.listeners()
	b.logs()
	b.operations(&st)
	b.add("monitorContainer", "Overlays", "", "description", "Overlays")
	b.add("monitorContainer", "SASL", "", "description", "SASL")
	b.statistics(&st)
	b.threads(&st)
	b.add("monitorContainer", "Time", "", "description", "Time")
	b.add("monitoredObject", "Start", "cn=Time", "monitorTimestamp", generalized(d.begun))
	b.add("monitoredObject", "Current", "cn=Time", "monitorTimestamp", generalized(now))
	b.add("monitoredObject", "Uptime", "cn=Time", "monitoredInfo", number(int64(now.Sub(d.begun).Seconds())))
	b.add("monitorContainer", "TLS", "", "description", "TLS")
	b.add("monitorContainer", "Waiters", "", "description", "Connections that something waits on")
	reading := 0
	for i := range conns {
		if conns[i].Reading {
			reading++
		}
	}
	b.add("monitorCounterObject", "Read", "cn=Waiters", "monitorCounter", number(reading))
	b.add("monitorCounterObject", "Write", "cn=Waiters", "monitorCounter", number(st.WriteWaiters))
	if d.is389() && top != nil {
		b.figures389(top, &st, conns, now)
	}
}

// backends lists the kinds of databases.
func (b *monitorBuilder) backends() {
	top := b.add("monitorContainer", "Backends", "", "description", "Kinds of databases")
	for i, typ := range b.types() {
		b.put(top, "monitoredInfo", typ)
		e := b.add("monitoredObject", "Backend "+strconv.Itoa(i), "cn=Backends", "monitoredInfo", typ, "monitorRuntimeConfig", "TRUE")
		for n, cd := range b.d.tree.Config().Databases {
			if cd.Type == typ {
				b.put(e, "seeAlso", "cn=Database "+strconv.Itoa(n)+",cn=Databases,"+monitorBase)
			}
		}
	}
}

func (b *monitorBuilder) types() []string {
	var list []string
	seen := map[string]bool{}
	for _, cd := range b.d.tree.Config().Databases {
		if !seen[cd.Type] {
			seen[cd.Type] = true
			list = append(list, cd.Type)
		}
	}
	return list
}

func (b *monitorBuilder) connections(st *frontend.Stats, conns []frontend.ConnStats) {
	const below = "cn=Connections"
	b.add("monitorContainer", "Connections", "", "description", "Connections")
	for i := range conns {
		c := &conns[i]
		mask := ""
		for _, f := range []struct {
			on     bool
			letter string
		}{{c.Reading, "r"}, {c.Writing, "w"}, {c.Executes, "x"}, {c.Pending > 0, "p"}} {
			if f.on {
				mask += f.letter
			}
		}
		b.add("monitorConnection", "Connection "+number(c.ID), below,
			"monitorConnectionNumber", number(c.ID), "monitorConnectionProtocol", number(c.Protocol),
			"monitorConnectionOpsReceived", number(c.Received), "monitorConnectionOpsExecuting", number(c.Executing),
			"monitorConnectionOpsPending", number(c.Pending), "monitorConnectionOpsCompleted", number(c.Completed),
			"monitorConnectionOpsAsync", "0", "monitorConnectionGet", number(c.Received), "monitorConnectionRead", number(c.Received),
			"monitorConnectionWrite", "0", "monitorConnectionMask", mask, "monitorConnectionAuthzDN", c.AuthDN,
			"monitorConnectionListener", c.ListenURL, "monitorConnectionPeerDomain", "unknown",
			"monitorConnectionPeerAddress", c.Peer, "monitorConnectionLocalAddress", c.Local,
			"monitorConnectionStartTime", generalized(c.Opened), "monitorConnectionActivityTime", generalized(c.Active))
	}
	b.add("monitorCounterObject", "Max File Descriptors", below, "monitorCounter", number(int64(min(descriptors(), 1<<62))))
	b.add("monitorCounterObject", "Total", below, "monitorCounter", number(st.Connections))
	b.add("monitorCounterObject", "Current", below, "monitorCounter", number(st.Current))
}

func (b *monitorBuilder) databases() {
	const below = "cn=Databases"
	cfg := b.d.tree.Config()
	top := b.add("monitorContainer", "Databases", "", "description", "Databases", "readOnly", truth(cfg.Frontend.ReadOnly))
	b.add("monitoredObject", "Frontend", below, "monitoredInfo", "frontend", "monitorIsShadow", "FALSE", "readOnly", truth(cfg.Frontend.ReadOnly))
	types := b.types()
	for i, cd := range cfg.Databases {
		e := b.add("monitoredObject", "Database "+strconv.Itoa(i), below, "monitoredInfo", cd.Type,
			"monitorIsShadow", truth(!cd.UpdateDN.IsRoot()), "readOnly", truth(cd.ReadOnly || cfg.Frontend.ReadOnly))
		attr := "namingContexts"
		if cd.Type == "monitor" {
			attr = "monitorContext"
		}
		for _, s := range cd.Suffixes {
			b.put(e, attr, s.Pretty)
			b.put(top, attr, s.Pretty)
		}
		for _, u := range cd.UpdateRef {
			b.put(e, "monitorUpdateRef", u)
			break
		}
		for n, typ := range types {
			if typ == cd.Type {
				b.put(e, "seeAlso", "cn=Backend "+strconv.Itoa(n)+",cn=Backends,"+monitorBase)
			}
		}
		if n, bytes, ok := b.d.databaseSize(cd); ok {
			b.put(e, "olmMDBEntries", number(n))
			b.put(e, "monitoredInfo", fmt.Sprintf("entries=%d bytes=%d", n, bytes))
		}
		if cd.BuiltIn() {
			b.put(e, "olmDbDirectory", cd.Directory)
		}
		b.consumers(cd, "cn=Database "+strconv.Itoa(i)+","+below)
		if bytes, ok := b.d.foreignSize(cd.Name); ok {
			b.put(e, "monitoredInfo", fmt.Sprintf("bytes=%d", bytes))
		}
	}
}

// foreignSize is what the plug-in that serves a database tells of its size.
func (d *Daemon) foreignSize(name string) (bytes int64, ok bool) {
	d.mu.Lock()
	list := append([]backend.Backend(nil), d.opened...)
	d.mu.Unlock()
	for _, b := range list {
		if s, is := b.(interface{ Size() (int64, bool) }); is && b.Name() == name {
			return s.Size()
		}
	}
	return 0, false
}

// consumers shows what the consumers of a database do, below its entry.
func (b *monitorBuilder) consumers(cd *config.Database, below string) {
	for _, c := range b.d.consumersOf(cd.Name) {
		e := b.add("monitoredObject", fmt.Sprintf("Consumer %03d", c.Set.RID), below)
		put := func(name, value string) {
			if value != "" {
				b.put(e, "monitoredInfo", name+"="+value)
			}
		}
		at := func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return generalized(t)
		}
		put("provider", c.Set.Provider)
		put("searchbase", c.Set.Base)
		put("phase", c.Phase)
		put("received", number(c.Received))
		put("refreshes", number(c.Refreshes))
		put("refreshed", number(c.Refreshed))
		put("lag", strconv.FormatFloat(c.Lag().Seconds(), 'f', 0, 64))
		put("delay", strconv.FormatFloat(c.Delay.Seconds(), 'f', 3, 64))
		put("lastConnect", at(c.LastConnect))
		put("nextConnect", at(c.NextConnect))
		put("lastContact", at(c.LastContact))
		put("inSync", at(c.InSync))
		put("cookieSent", c.Sent)
		put("cookieReceived", c.Cookie)
		put("error", c.Error)
	}
}

// databaseSize is how many entries a database has and how large its file is.
func (d *Daemon) databaseSize(cd *config.Database) (entries int, bytes int64, ok bool) {
	d.mu.Lock()
	db := d.databases[cd.Name]
	d.mu.Unlock()
	c, ok := db.(interface{ Count() (int, error) })
	if !ok {
		return 0, 0, false
	}
	n, err := c.Count()
	if err != nil {
		return 0, 0, false
	}
	if st, err := os.Stat(cd.Directory + "/data.db"); err == nil {
		bytes = st.Size()
	}
	return n, bytes, true
}

func (b *monitorBuilder) listeners() {
	b.add("monitorContainer", "Listeners", "", "description", "Listeners")
	for i, l := range b.d.listeners {
		local := "IP=" + l.Addr().String()
		if l.Addr().Network() == "unix" {
			local = "PATH=" + l.Addr().String()
		}
		url := ""
		if urls := b.d.URLs(); i < len(urls) {
			url = urls[i]
		}
		b.add("monitoredObject", "Listener "+strconv.Itoa(i), "cn=Listeners", "monitorConnectionLocalAddress", local, "labeledURI", url)
	}
}

// logs shows the log levels in force by their names.
func (b *monitorBuilder) logs() {
	e := b.add("monitorContainer", "Log", "", "description", "Log levels; they are changed as olcLogLevel of cn=config")
	level := b.d.tree.Config().Global.LogLevel
	for _, l := range config.LogLevelNames {
		if l.Bit > 0 && l.Bit&(l.Bit-1) == 0 && level&l.Bit != 0 {
			b.put(e, "managedInfo", l.Name)
		}
	}
}

func (b *monitorBuilder) operations(st *frontend.Stats) {
	b.add("monitorContainer", "Operations", "", "description", "Operations",
		"monitorOpInitiated", number(sum(st.Initiated)), "monitorOpCompleted", number(sum(st.Completed)))
	for _, o := range monitorOps {
		b.add("monitorOperation", o.name, "cn=Operations",
			"monitorOpInitiated", number(st.Initiated[o.kind]), "monitorOpCompleted", number(st.Completed[o.kind]))
	}
}

func (b *monitorBuilder) statistics(st *frontend.Stats) {
	b.add("monitorContainer", "Statistics", "", "description", "What was sent")
	for _, c := range []struct {
		name string
		n    uint64
	}{{"Bytes", st.Bytes}, {"PDU", st.PDUs}, {"Entries", st.Entries}, {"Referrals", st.Referrals}} {
		b.add("monitorCounterObject", c.name, "cn=Statistics", "monitorCounter", number(c.n))
	}
}

func (b *monitorBuilder) threads(st *frontend.Stats) {
	const below = "cn=Threads"
	b.add("monitorContainer", "Threads", "", "description", "Goroutines and operations")
	for _, t := range []struct {
		name, text string
		n          int
	}{
		{"Max", "Operations of one connection that run at a time at most", st.Maximum},
		{"Max Pending", "Operations of one connection that may wait", b.d.tree.Config().Global.MaxPendingAuth},
		{"Open", "Goroutines", runtime.NumGoroutine()},
		{"Starting", "Always 0 here", 0},
		{"Active", "Operations under way", st.Running},
		{"Pending", "Operations that wait for their turn", st.Waiting},
		{"Backload", "Operations under way and waiting", st.Running + st.Waiting},
	} {
		b.add("monitoredObject", t.name, below, "monitoredInfo", number(t.n), "description", t.text)
	}
	b.add("monitoredObject", "State", below, "monitoredInfo", "running", "description", "State")
}

// figures389 puts ns-slapd's figures on cn=monitor.
func (b *monitorBuilder) figures389(top *entry.Entry, st *frontend.Stats, conns []frontend.ConnStats, now time.Time) {
	var write int
	nobody := 0
	for i := range conns {
		c := &conns[i]
		if c.Writing {
			write++
		}
		who := strings.ToLower(c.AuthDN)
		if who == "" {
			who = "NULLDN"
			nobody++
		}
		b.put(top, "connection", fmt.Sprintf("%d:%s:%d:%d:-:%s:%d:%d:%d:ip=%s", i, generalized(c.Opened), c.Received, c.Completed,
			who, 0, 0, c.Executing, strings.TrimPrefix(strings.TrimPrefix(c.Peer, "IP="), "PATH=")))
	}
	for _, f := range []struct {
		name, value string
	}{
		{"version", "libslapi/" + Version}, {"threads", number(st.Maximum)}, {"currentConnections", number(st.Current)},
		{"totalConnections", number(st.Connections)}, {"currentConnectionsAtMaxThreads", "0"}, {"maxThreadsPerConnHits", "0"},
		{"dTableSize", number(int64(min(descriptors(), 1<<62)))}, {"readWaiters", number(st.Current - st.Running)},
		{"opsInitiated", number(sum(st.Initiated))}, {"opsCompleted", number(sum(st.Completed))},
		{"entriesSent", number(st.Entries)}, {"bytesSent", number(st.Bytes)},
		{"currentTime", generalized(now)}, {"startTime", generalized(b.d.begun)}, {"nBackEnds", number(len(b.d.databases))},
	} {
		b.put(top, f.name, f.value)
	}
	for _, cd := range b.d.tree.Config().Databases {
		if cd.BuiltIn() {
			b.put(top, "backendMonitorDN", "cn=monitor,cn="+dn.Escape([]byte(cd.Name))+",cn=ldbm database,cn=plugins,cn=config")
		}
	}
}
