// Package operation is the pipeline of one operation: limits, plug-ins, access
// control, schema, the databases, the result. It serves clients (Handle) and
// the plug-ins' internal operations (Run), and implements plugin.Services.
package operation

import (
	"log/slog"
	"sync"
	"sync/atomic"

	"libslapi/server/acl"
	"libslapi/server/auth"
	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// Compat says which peer's habits the server has where the peers differ.
type Compat int

const (
	OpenLDAP Compat = iota
	DS389
)

// Limits bound searches. 0 takes the server's default, -1 is no limit.
type Limits struct {
	Size          int // entries when the client asked for no limit
	SizeHard      int // the most that a client may ask for; 0: Size
	Time          int // seconds, likewise
	TimeHard      int
	MaxCandidates int // entries that the indexes may leave to look at; NoSearch: no search at all
}

// NoSearch as Limits.MaxCandidates refuses all searches (size.unchecked=disabled).
const NoSearch = -2

// Database is one database as the pipeline sees it. It is not changed once the
// server has it; UpdateDatabase puts a changed copy in its place.
type Database struct {
	Backend  backend.Backend
	RootDN   dn.Name
	RootPW   string // clear or hashed; "": the root DN has no password here
	ReadOnly bool
	ACL      *acl.Set // nil: the server's default
	Limits   Limits
	// LimitsFor gives the limits of the requestor of a search where those
	// differ from Limits ("limits" lines); nil: nobody has others.
	LimitsFor func(op *plugin.Operation) (Limits, bool)
	// NoLastmod leaves out the operational attributes of changes.
	NoLastmod bool
	// UpdateDN alone may write to a replica; everybody else gets UpdateRef.
	UpdateDN  *dn.Name
	UpdateRef []string
	// Replica: a consumer writes here; nobody else but UpdateDN, unless Multi.
	Replica, Multi bool
	// Hidden keeps the suffixes out of namingContexts. Private databases (the
	// configuration) are no user data: plug-ins are told, lastmod and unique ids
	// are left out, and only the root may touch them without an ACL.
	Hidden  bool
	Private bool
	// MaxDeref bounds how many aliases one name may lead through; 0: the default.
	MaxDeref int
	// Subordinate: searches of the database above go on here. Unlisted keeps the
	// suffixes out of namingContexts.
	Subordinate, Unlisted bool
	// Unrouted databases are not found by their suffixes; Disabled ones are,
	// and answer operationsError.
	Unrouted, Disabled bool
	// Open lets everybody read a Private database without an ACL, with
	// OpenLDAP's habits.
	Open bool
	// AddContentACL asks for the add right on the values of new entries, too.
	AddContentACL bool
	// RequireSchema false stores entries unchecked.
	NoSchemaCheck bool
	// Sync serves those who follow the database; nil: nobody can.
	Sync *csn.Provider
}

// Name is the name of the backend.
func (d *Database) Name() string { return d.Backend.Name() }

// Options are the settings of a Server.
type Options struct {
	Schema    *schema.Schema
	Databases []*Database
	Host      plugin.Host    // nil: no plug-ins; SetHost gives it later
	Registry  *auth.Registry // nil: the built-in schemes
	Log       *slog.Logger
	Compat    Compat
	ServerID  int
	Limits    Limits   // the default: 500 entries, 3600 seconds
	GlobalACL *acl.Set // for entries of no database, and databases without a set
	// RootDN of the whole server (389's Directory Manager): root in every
	// database, besides the databases' own.
	RootDN dn.Name
	RootPW string
	// PasswordHash are the schemes for new passwords; the first one is used.
	PasswordHash []string
	// HashCleartext hashes clear-text passwords of add and modify too. Always
	// done in 389 mode.
	HashCleartext bool
	// Disallow and Allow take the words of slapd.conf's directives:
	// bind_anon, bind_simple, tls_authc...; bind_v2, bind_anon_cred,
	// bind_anon_dn, update_anon, proxy_authz_anon. Require: bind, LDAPv3, authc,
	// SASL, strong, none.
	Disallow, Allow, Require []string
	// AttributeOptions are the options that attributes of new values may have, one
	// with a "-" at its end all that begin so; nil: language tags. With ns-slapd's
	// habits any is taken.
	AttributeOptions []string
	// SortVals are attributes whose values are stored in order.
	SortVals []string
	// Referral are the URLs for names that no database holds.
	Referral []string
	// RootDSE are more attributes of the root DSE.
	RootDSE []wire.Attribute
	// ConfigContext is the DN that the root DSE shows as configContext.
	ConfigContext string
	// VendorName and VendorVersion of the root DSE.
	VendorName, VendorVersion string
	// Setting reads an attribute of cn=config; nil: none.
	Setting func(attr string) string
	// PluginLog takes a plug-in's log line, PluginLogEnabled tells whether a
	// SLAPI_LOG_* level is logged at all; nil: Log takes it at a level that fits.
	PluginLog        func(level int, subsystem, message string)
	PluginLogEnabled func(level int, dialect plugin.Dialect) bool
	// Domain finds the host name of a connection's client, for access lines
	// with domain=; nil: it is not looked for.
	Domain func(c *plugin.Conn) string
	// SASL serves SASL binds; nil: authMethodNotSupported.
	SASL SASL
	// StartTLS starts TLS on the connection of an operation once its result
	// was sent; nil: not offered.
	StartTLS func(op *plugin.Operation) *wire.Error
}

// SASL does the server side of SASL binds.
type SASL interface {
	// Mechanisms are the ones that a connection may use now.
	Mechanisms(c *plugin.Conn) []string
	// Step takes the client's credentials of op.Bind and sets
	// op.Bind.ServerCreds. who is set when the bind is complete. A nil who
	// and a nil error mean that another step follows.
	Step(op *plugin.Operation) (who *dn.Name, err *wire.Error)
	// AuthzName is the name that an authorization identity stands for ("dn:NAME",
	// "u:USER", "" for nobody); Authorized tells whether authc may act as it.
	AuthzName(op *plugin.Operation, id string) (name dn.Name, ok bool)
	Authorized(op *plugin.Operation, authc, authz dn.Name) bool
}

// Server runs operations.
type Server struct {
	cur      atomic.Pointer[settings]
	log      *slog.Logger
	schema   atomic.Pointer[schema.Schema]
	dbs      atomic.Pointer[databases]
	host     atomic.Pointer[plugin.Host]
	registry *auth.Registry
	csn      *csn.Generator
	closing  atomic.Bool
	locks    lockTable
	// offersSync: the Sync Request control is the pipeline's own.
	offersSync atomic.Bool
	paged      pagedTable
	clientTxns clientTxns
	names      names
	referrals  atomic.Pointer[filter.Node] // finds referral objects; nil: not asked for yet

	mu       sync.Mutex // guards what follows, and changes of dbs
	controls map[string]plugin.Kind
	order    []string // of controls, as registered
	// fromPlugins are the controls that plug-ins registered.
	fromPlugins map[string]bool
	saslNames   []string
	callbacks   atomic.Pointer[[]*plugin.ConfigCallback]
	rootDSE     *dseBackend
	subschema   *dseBackend
}

var _ plugin.Services = (*Server)(nil)

// NewServer makes a Server. It holds the root DSE and the subschema entry by
// itself; all other databases come with the options or later.
func NewServer(opt Options) *Server {
	if opt.Schema == nil {
		opt.Schema = schema.New()
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Registry == nil {
		opt.Registry = auth.NewRegistry()
	}
	if opt.Limits.Size == 0 {
		opt.Limits.Size = 500
	}
	if opt.Limits.Time == 0 {
		opt.Limits.Time = 3600
	}
	if opt.VendorName == "" {
		opt.VendorName = "libslapi"
	}
	s := &Server{log: opt.Log, registry: opt.Registry, csn: csn.NewGenerator(opt.ServerID), controls: map[string]plugin.Kind{}, fromPlugins: map[string]bool{}}
	s.cur.Store(newSettings(opt))
	s.schema.Store(opt.Schema)
	s.SetHost(opt.Host)
	s.callbacks.Store(&[]*plugin.ConfigCallback{})
	s.registerBuiltin()
	s.rootDSE = newRootDSE(s)
	s.subschema = newSubschema(s)
	s.SetDatabases(opt.Databases)
	return s
}

// settings are the options in force, immutable once stored.
type settings struct {
	Options
	words map[string]bool // "disallow bind_anon", "require authc", ...
}

func newSettings(opt Options) *settings {
	n := &settings{Options: opt, words: map[string]bool{}}
	for set, list := range map[string][]string{"disallow ": opt.Disallow, "allow ": opt.Allow, "require ": opt.Require} {
		for _, w := range list {
			n.words[set+w] = true
		}
	}
	return n
}

func (s *Server) opts() *settings { return s.cur.Load() }

// Configure changes options of a running server: limits, access, root DN and
// password, hash schemes, the disallow, allow and require lists, referrals, the
// root DSE. The schema, the databases and the host have setters of their own;
// Compat, ServerID, Registry and Log are for good.
func (s *Server) Configure(change func(*Options)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	opt := s.opts().Options
	change(&opt)
	s.cur.Store(newSettings(opt))
}

// SetHost puts the plug-in host in place; nil takes it away.
func (s *Server) SetHost(h plugin.Host) {
	if h == nil {
		h = plugin.NoHost{}
	}
	s.host.Store(&h)
}

func (s *Server) plugins() plugin.Host { return *s.host.Load() }

// Schema is the schema in force.
func (s *Server) Schema() *schema.Schema { return s.schema.Load() }

// SetSchema puts another schema in force, for operations that begin from now on.
func (s *Server) SetSchema(n *schema.Schema) { s.schema.Store(n) }

// Compat is the server's mode.
func (s *Server) Compat() Compat { return s.opts().Compat }

func (s *Server) is389() bool { return s.opts().Compat == DS389 }

// CSN is the generator of change numbers, for those who observe stored ones.
func (s *Server) CSN() *csn.Generator { return s.csn }

// Shutdown makes ShuttingDown true.
func (s *Server) Shutdown() { s.closing.Store(true) }

// databases is an immutable list with its suffixes.
type databases struct {
	list     []*Database
	bySuffix map[string]*Database
	byName   map[string]*Database
}

// SetDatabases replaces all databases but the two of the server's own.
func (s *Server) SetDatabases(list []*Database) {
	s.followShared(list...)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.storeDatabases(list)
}

func (s *Server) storeDatabases(list []*Database) {
	d := &databases{list: list, bySuffix: map[string]*Database{}, byName: map[string]*Database{}}
	own := []*Database{s.subschema.db, s.rootDSE.db}
	for _, db := range append(append([]*Database{}, list...), own...) {
		if _, twice := d.byName[db.Name()]; !twice {
			d.byName[db.Name()] = db
		}
		for _, suffix := range db.Backend.Suffixes() {
			if db.Unrouted {
				break
			}
			if _, taken := d.bySuffix[suffix.Norm]; !taken {
				d.bySuffix[suffix.Norm] = db
			}
		}
	}
	s.dbs.Store(d)
	s.offerSync(list)
}

// followShared has the providers of databases that other servers change too hear
// of all changes.
func (s *Server) followShared(list ...*Database) {
	for _, db := range list {
		if b, ok := db.Backend.(backend.Shared); ok && db.Sync != nil {
			db.Sync.Share(b, s.Schema)
		}
	}
}

// AddDatabase brings one more database into service.
func (s *Server) AddDatabase(db *Database) {
	s.followShared(db)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.storeDatabases(append(append([]*Database{}, s.dbs.Load().list...), db))
}

// RemoveDatabase takes one out of service; operations on it go on to their end.
func (s *Server) RemoveDatabase(name string) *Database {
	s.mu.Lock()
	defer s.mu.Unlock()
	var gone *Database
	var list []*Database
	for _, db := range s.dbs.Load().list {
		if db.Name() == name {
			gone = db
		} else {
			list = append(list, db)
		}
	}
	s.storeDatabases(list)
	return gone
}

// UpdateDatabase changes a copy of the settings of a database and puts it in
// place. It tells whether there is such a database.
func (s *Server) UpdateDatabase(name string, change func(*Database)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := false
	list := append([]*Database{}, s.dbs.Load().list...)
	for i, db := range list {
		if db.Name() == name {
			c := *db
			change(&c)
			list[i], found = &c, true
		}
	}
	s.storeDatabases(list)
	return found
}

// database finds the database that holds a name; nil when none does. The root
// DSE holds the empty name alone.
func (s *Server) database(norm string) *Database {
	d := s.dbs.Load()
	if norm == "" {
		return d.bySuffix[""]
	}
	for n := norm; n != ""; n = dn.ParentNorm(n) {
		if db := d.bySuffix[n]; db != nil {
			return db
		}
	}
	if db := d.bySuffix[""]; db != nil && db != s.rootDSE.db {
		return db
	}
	return nil
}

func (s *Server) databaseNamed(name string) *Database {
	if name == "" {
		return nil
	}
	return s.dbs.Load().byName[name]
}

// databaseFor finds the database of the target of op.
func (s *Server) databaseFor(op *plugin.Operation) *Database {
	if op.TargetErr != nil {
		return nil
	}
	db := s.database(op.Target.Norm)
	if db == s.rootDSE.db && op.Kind == plugin.KindSearch && op.Search.Scope != wire.ScopeBase {
		return nil
	}
	return db
}

// isRoot tells whether a name is the root of a database, or of the server.
func (s *Server) isRoot(who dn.Name, db *Database) bool {
	if who.Norm == "" {
		return false
	}
	return who.Norm == s.opts().RootDN.Norm || db != nil && who.Norm == db.RootDN.Norm
}
