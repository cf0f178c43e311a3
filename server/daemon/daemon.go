package daemon

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"libslapi/server/auth"
	"libslapi/server/backend"
	"libslapi/server/config"
	"libslapi/server/dn"
	"libslapi/server/frontend"
	"libslapi/server/ldif"
	"libslapi/server/operation"
	"libslapi/server/overlay"
	"libslapi/server/plugin"
	"libslapi/server/sasl"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// shutdownTime is how long operations under way may take at an orderly stop.
const shutdownTime = 10 * time.Second

// Daemon is one running server.
type Daemon struct {
	opt    Options
	cfg    *config.Config
	log    *logger
	slog   *slog.Logger
	tree   *config.Tree
	server *operation.Server
	sasl   *sasl.Server
	svc    *services // server, as plug-ins see it
	gate   *gate     // server, as clients see it
	front  *frontend.Server
	host   HostController // nil: no plug-ins
	chain  *overlay.Chain // the overlays, before host
	reg    *auth.Registry
	plog   *pluginLog
	reload func() error // TLS files

	mu        sync.Mutex
	databases map[string]backend.Backend
	providers map[string]*csn.Provider // of the databases, by name
	consumers consumers
	serverID  int
	opened    []backend.Backend // in the order of opening
	copies    map[string]*snapshots
	ending    map[string]chan struct{} // databases being closed, by directory
	begun     time.Time

	metrics     *http.Server
	metricsAddr string
	listeners   []net.Listener
	serving     sync.WaitGroup
	stopped     atomic.Bool
	done        chan struct{}
}

// Options say how a Daemon is started.
type Options struct {
	Config *config.Config
	// File keeps the changes of cn=config; "" keeps none. Whole: it is the whole
	// configuration (-F).
	File  string
	Whole bool
	// Activated are listeners that the service manager has opened, served as
	// ActivatedURLs in place of URLs.
	Activated     []net.Listener
	ActivatedURLs []string

	URLs  []string // listeners; none is possible (operations in process only)
	Hooks Hooks
	// Debug is where -d output goes, nil without -d; DebugLevel its levels.
	Debug      io.Writer
	DebugLevel int
	// SystemLevel, when set, replaces loglevel for syslog (-s). Facility is -l's.
	SystemLevel *int
	Facility    string
	Name        string   // of the service
	Argv        []string // command line
	// Privileges is called when the listeners are open, before anything is
	// read or written (-r, -u, -g); may be nil.
	Privileges func() error
	// Test stops after loading plug-ins (slaptest).
	Test bool
}

// New assembles a server: configuration tree, schema, plug-ins (init functions),
// databases, listeners, start functions, in this order. Nothing is served
// before Run. After an error all is closed again.
func New(opt Options) (*Daemon, error) {
	if opt.Name == "" {
		opt.Name = "slapid"
	}
	d := &Daemon{opt: opt, cfg: opt.Config, databases: map[string]backend.Backend{}, done: make(chan struct{}), begun: time.Now()}
	if err := d.assemble(); err != nil {
		d.Stop()
		return nil, err
	}
	return d, nil
}

func (d *Daemon) assemble() (err error) {
	opt := d.opt
	d.log = newLogger(opt.Debug, opt.DebugLevel)
	d.slog = d.log.slog()
	d.reg = auth.NewRegistry()
	if opt.Hooks.Crypt != nil {
		d.reg.SetCrypt(opt.Hooks.Crypt)
	}
	d.plog = &pluginLog{log: d.log, file: opt.Config.Global.PluginLog}
	if d.tree, err = config.NewTree(d.cfg, config.TreeOptions{Log: d.slog, Schemes: d.schemes, Hash: d.reg.Hash, File: opt.File, Whole: opt.Whole}); err != nil {
		return err
	}
	d.opened = append(d.opened, d.tree)
	d.cfg = d.tree.Config()
	for _, w := range d.cfg.Warnings {
		d.slog.Warn(w)
	}
	if !opt.Test {
		level := d.cfg.Global.LogLevel
		if opt.SystemLevel != nil {
			level = *opt.SystemLevel
		}
		if opt.Debug == nil || d.cfg.Global.LogFile != "" {
			if err = d.log.attachSystem(d.cfg.Global.LogFile, opt.Name, opt.Facility, level); err != nil {
				return err
			}
		}
	}
	if err = d.newServer(); err != nil {
		return err
	}
	if err = d.newFrontend(); err != nil {
		return err
	}
	if !opt.Test {
		if err = d.listen(); err != nil {
			return err
		}
		if opt.Privileges != nil {
			if err = opt.Privileges(); err != nil {
				return err
			}
		}
	}
	if err = d.loadPlugins(); err != nil {
		return err
	}
	if opt.Test {
		return nil
	}
	if err = d.openDatabases(); err != nil {
		return err
	}
	if err = d.useOverlays(); err != nil {
		return err
	}
	d.tree.SetLive((*live)(d))
	if err = d.listenMetrics(); err != nil {
		return err
	}
	if d.host != nil {
		if err = d.host.Start(d.svc); err != nil {
			return err
		}
	}
	return nil
}

// schemes lists the password storage schemes that there are now.
func (d *Daemon) schemes() []string {
	var list []string
	if d.host != nil {
		list = append(list, d.host.PasswordSchemes()...)
	}
	return append(list, d.reg.Names()...)
}

func (d *Daemon) newServer() error {
	c, g := d.cfg, &d.cfg.Global
	if d.serverID = g.ServerID; len(g.ServerIDs) > 0 && !d.opt.Test {
		var err error
		if d.serverID, err = serverID(g, d.opt.URLs); err != nil {
			return err
		}
	}
	global, err := accessSet(c.Schema, nil, c.Frontend.Access)
	if err != nil {
		return err
	}
	dse, err := readRootDSE(g.RootDSE)
	if err != nil {
		return err
	}
	for _, h := range g.PasswordHash {
		if d.reg.Lookup(strings.Trim(h, "{}")) == nil {
			return fmt.Errorf("<password-hash> scheme not available (%s)", h)
		}
	}
	d.server = operation.NewServer(operation.Options{
		Schema: c.Schema, Registry: d.reg, Log: d.slog, Compat: compat(g.Compat), ServerID: d.serverID,
		Limits: limits(c.Frontend.Limits), GlobalACL: global, RootDN: g.RootDN, RootPW: g.RootPW,
		PasswordHash: g.PasswordHash, Disallow: g.Disallow, Allow: g.Allow, Require: c.Frontend.Require,
		Referral: g.Referrals, RootDSE: dse, ConfigContext: "cn=config", Setting: d.tree.Setting,
		Domain:   domains(g.ReverseLookup),
		SortVals: g.SortVals, AttributeOptions: g.AttributeOptions,
		PluginLog: d.plog.write, PluginLogEnabled: d.plog.enabled,
		StartTLS: func(op *plugin.Operation) *wire.Error { return d.front.StartTLS(op) },
	})
	d.sasl = sasl.New(d.server, saslSettings(g))
	d.server.Configure(func(o *operation.Options) { o.SASL = d.sasl })
	if d.svc, err = newServices(d.server, d.tree); err != nil {
		return err
	}
	d.gate = &gate{Server: d.server}
	d.gate.configure(c)
	d.setPluginLogLevel()
	cdb := c.ConfigDB()
	odb := &operation.Database{Backend: d.tree}
	if err := d.fill(odb, cdb, c); err != nil {
		return err
	}
	d.server.AddDatabase(odb)
	return nil
}

func (d *Daemon) setPluginLogLevel() {
	if n, err := strconv.ParseInt(d.tree.Setting("nsslapd-errorlog-level"), 10, 64); err == nil {
		d.plog.level.Store(n)
	}
}

// readRootDSE reads the attributes of the rootDSE files.
func readRootDSE(files []string) ([]wire.Attribute, error) {
	var list []wire.Attribute
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		rec, err := ldif.NewReader(f, name).Next()
		f.Close()
		if errors.Is(err, io.EOF) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if rec.DN != "" {
			return nil, fmt.Errorf("%s: the root DSE has an empty DN, not %q", name, rec.DN)
		}
		list = append(list, rec.Attrs...)
	}
	return list, nil
}

func (d *Daemon) newFrontend() error {
	g := &d.cfg.Global
	t, reload, err := serverTLS(&g.TLS)
	if err != nil {
		return err
	}
	d.reload = reload
	d.front = frontend.New(frontend.Options{
		Handler: d.gate, TLS: t, MaxPDU: g.MaxPDU, MaxPDUAuth: g.MaxPDUAuth, MaxPending: g.MaxPendingAuth, MaxPendingAnon: g.MaxPending, LocalSSF: localSSF(g),
		IdleTimeout: time.Duration(g.IdleTimeout) * time.Second, WriteTimeout: time.Duration(g.WriteTimeout) * time.Second,
		Log: d.slog, AccessLog: d.log,
	})
	return nil
}

// listen opens the listeners and notes their addresses in the log and in
// cn=config.
func (d *Daemon) listen() error {
	for i, l := range d.opt.Activated {
		url := d.opt.ActivatedURLs[i]
		if err := d.front.Adopt(l, url); err != nil {
			return err
		}
		d.listeners = append(d.listeners, l)
		d.log.status("listening on " + listenerURL(url, l.Addr()))
	}
	if len(d.opt.Activated) > 0 {
		d.opt.URLs = d.opt.ActivatedURLs // in place of those of the command line
		return nil
	}
	for _, url := range d.opt.URLs {
		ls, err := d.front.Listen(url)
		if err != nil {
			return err
		}
		for _, l := range ls {
			d.listeners = append(d.listeners, l)
			d.log.status("listening on " + listenerURL(url, l.Addr()))
			tcp, ok := l.Addr().(*net.TCPAddr)
			switch {
			case ok && strings.HasPrefix(strings.ToLower(url), "ldaps:"):
				d.tree.Set("nsslapd-secureport", strconv.Itoa(tcp.Port))
			case ok:
				d.tree.Set("nsslapd-port", strconv.Itoa(tcp.Port))
			default:
				d.tree.Set("nsslapd-ldapifilepath", l.Addr().String())
				d.tree.Set("nsslapd-ldapilisten", "on")
			}
		}
	}
	return nil
}

func listenerURL(url string, a net.Addr) string {
	if t, ok := a.(*net.TCPAddr); ok {
		scheme, _, _ := strings.Cut(url, ":")
		return strings.ToLower(scheme) + "://" + t.String() + "/"
	}
	return url
}

// URLs are the listeners with the ports in use.
func (d *Daemon) URLs() []string {
	var list []string
	for i, l := range d.listeners {
		url := "ldapi"
		if i < len(d.opt.URLs) {
			url = d.opt.URLs[i]
		}
		list = append(list, listenerURL(url, l.Addr()))
	}
	return list
}

// Server is the pipeline, for operations in process.
func (d *Daemon) Server() *operation.Server { return d.server }

// Tree is cn=config.
func (d *Daemon) Tree() *config.Tree { return d.tree }

// Host is the plug-in host, nil without one.
func (d *Daemon) Host() HostController { return d.host }

// Logger is the error log.
func (d *Daemon) Logger() *slog.Logger { return d.slog }

// loadPlugins makes the host and calls the init functions.
func (d *Daemon) loadPlugins() error {
	specs := d.cfg.Plugins
	wanted := 0
	for _, s := range specs {
		if s.Enabled && s.OnFailure != plugin.Off {
			wanted++
		}
	}
	if d.opt.Hooks.NewHost == nil {
		if wanted > 0 {
			return fmt.Errorf("%s: plug-in %q: this server was built without a plug-in host", specs[0].Where, specs[0].Name)
		}
		return nil
	}
	if _, err := plugin.Order(specs); err != nil {
		return err
	}
	def := plugin.DialectOpenLDAP
	if d.cfg.Global.Compat == config.Compat389 {
		def = plugin.Dialect389
	}
	dir := d.cfg.Dir
	if dir == "" {
		dir = filepath.Dir(d.cfg.File)
	}
	host, err := d.opt.Hooks.NewHost(HostOptions{
		Log: d.slog, Services: d.svc, PluginLog: d.cfg.Global.PluginLog, Schema: d.server.Schema, Default: def,
		ConfigDir: dir, PluginDirs: d.cfg.Global.PluginDirs, Argv: d.opt.Argv, Test: d.opt.Test,
	})
	if err != nil {
		return err
	}
	d.host = host
	d.server.SetHost(host)
	d.reg.SetFallback(func(name string) auth.Scheme {
		if s := host.PasswordScheme(name); s != nil {
			return s
		}
		return nil
	})
	return host.Load(loadOrder(specs))
}

// early are the types whose plug-ins are loaded before all others, as the
// others' init functions and the configuration may need them.
var earlyTypes = map[string]bool{"syntax": true, "matchingrule": true, "pwdstoragescheme": true, "reverpwdstoragescheme": true}

// loadOrder is the order of the init functions: syntaxes, matching rules and
// password schemes first, else by precedence and as configured.
func loadOrder(specs []plugin.Spec) []plugin.Spec {
	list := plugin.CallOrder(specs)
	out := make([]plugin.Spec, 0, len(list))
	for _, first := range []bool{true, false} {
		for _, s := range list {
			if earlyTypes[strings.ToLower(s.Type)] == first {
				out = append(out, s)
			}
		}
	}
	return out
}

func (d *Daemon) openDatabases() error {
	for _, cd := range d.cfg.Databases {
		if cd.Type == "config" {
			continue
		}
		if err := d.openOne(cd, d.cfg); err != nil {
			return err
		}
	}
	return d.monitor389()
}

// monitor389 brings cn=monitor into service where ns-slapd's habits are wanted
// and no line makes it: ns-slapd has it always.
func (d *Daemon) monitor389() error {
	for _, cd := range d.cfg.Databases {
		if cd.Type == "monitor" || !d.is389() {
			return nil
		}
	}
	if !d.is389() {
		return nil
	}
	cd := &config.Database{Type: "monitor", Name: "monitor", Suffixes: []dn.Name{{Pretty: monitorBase, Norm: "cn=monitor"}}}
	odb := &operation.Database{Backend: &monitor{d: d, cd: cd}}
	if err := d.fill(odb, cd, d.cfg); err != nil {
		return err
	}
	d.server.AddDatabase(odb)
	return nil
}

// Run serves until Stop.
func (d *Daemon) Run() {
	d.serving.Add(1)
	defer d.serving.Done()
	if d.opt.Hooks.Started != nil {
		d.opt.Hooks.Started(d)
	}
	d.log.status(d.opt.Name + " starting")
	d.startConsumers()
	d.front.Serve()
}

// Stop ends the server in good order: no new connections, operations under way
// come to their end, plug-ins are closed, databases are flushed and closed. It
// may be called more than once and returns when all is done.
func (d *Daemon) Stop() {
	if d.stopped.Swap(true) {
		<-d.done
		return
	}
	defer close(d.done)
	if d.opt.Hooks.Stopping != nil && d.front != nil {
		d.opt.Hooks.Stopping(d)
	}
	d.stopConsumers()
	if d.server != nil {
		d.server.Shutdown()
	}
	if d.front != nil {
		ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
		if err := d.front.Shutdown(ctx); err != nil {
			d.slog.Warn("shutdown: operations were cut off", "error", err)
		}
		cancel()
	}
	if d.chain != nil {
		d.chain.Stop()
	}
	if d.host != nil {
		d.host.Close()
	}
	d.stopMetrics()
	for _, s := range d.copies {
		s.Close()
	}
	for i := len(d.opened) - 1; i >= 0; i-- {
		if err := d.opened[i].Close(); err != nil {
			d.slog.Error("closing a database failed", "database", d.opened[i].Name(), "error", err)
		}
	}
	if d.log != nil && d.server != nil && !d.opt.Test {
		d.log.status(d.opt.Name + " stopped")
	}
}

// Reload reads the TLS files again (SIGHUP).
func (d *Daemon) Reload() {
	if err := d.reload(); err != nil {
		d.slog.Error("TLS files could not be read again, the old ones stay", "error", err)
	}
}
