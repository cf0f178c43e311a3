// Package config is the configuration of a server: the reader of slapd.conf
// files and of slapd.d folders, and the live tree cn=config that is made from
// them, which clients and plug-ins search and change while the server runs.
//
// A directive and the attribute of cn=config that shows it are one thing here:
// the table of directives names the attribute, an entry of the tree holds the
// text of the lines, and a change of an entry is checked by running its
// attributes through the directives again.
package config

import (
	"fmt"

	"libslapi/server/acl"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/replica"
	"libslapi/server/sasl"
	"libslapi/server/schema"
)

// Compat says which peer's habits the server follows where they differ.
type Compat int

const (
	CompatOpenLDAP Compat = iota
	Compat389
)

func (c Compat) String() string {
	if c == Compat389 {
		return "389ds"
	}
	return "openldap"
}

// Config is a whole configuration.
type Config struct {
	File   string // the slapd.conf file, "" when it came from a folder
	Dir    string // the -F folder, "" without one
	Schema *schema.Schema
	Global Global
	// Frontend is what lines before the first database, and those of
	// "database frontend", set for all databases.
	Frontend *Database
	// Databases in the order of the file, the configuration database first.
	Databases []*Database
	// Plugins are those of plugin lines and of 389 entries, in the order of the file.
	Plugins []plugin.Spec
	// Entries are the entries of pluginldif files that are no plug-ins, and
	// those below plug-ins, parents first.
	Entries []*entry.Entry
	// SchemaFiles names the files that schema came from.
	SchemaFiles []string
	// SchemaGroups tell which of the schema's elements came from which file.
	SchemaGroups []SchemaGroup
	Warnings     []string
	schemaUsed   bool // Schema was added to or a name was parsed with it
}

// Global are the settings of the whole server.
type Global struct {
	Compat            Compat
	PIDFile, ArgsFile string
	LogLevel          int
	LogFile           string
	PluginLog         string
	PluginDirs        []string
	ModulePath        []string
	PasswordHash      []string // "{SSHA}"
	CryptSalt         string
	IdleTimeout       int // seconds, 0 none
	WriteTimeout      int
	Threads           int
	MaxPDU            int // of anonymous connections
	MaxPDUAuth        int
	MaxPending        int
	MaxPendingAuth    int
	MaxFilterDepth    int
	AttributeOptions  []string // nil: the default
	SortVals          []string
	Allow, Disallow   []string
	ServerID          int
	ServerIDs         []ServerID // with URLs: the one of a listener's counts
	Referrals         []string
	RootDSE           []string // files
	DefaultBase       string
	GentleHUP         bool
	ReverseLookup     bool
	Metrics           string // URL at which figures are served, "" for none
	MetricsPublic     bool   // not only to this machine
	LocalSSF          int
	SASL              sasl.Settings
	TLS               TLS
	// RootDN and RootPW are the server-wide root of 389's kind.
	RootDN dn.Name
	RootPW string
	Values Values
}

// ServerID is a server id of the server that listens on a URL.
type ServerID struct {
	ID  int
	URL string
}

// TLS are the TLS* directives.
type TLS struct {
	CertFile, KeyFile, CAFile, CAPath string
	CipherSuite, ProtocolMin          string
	VerifyClient                      string
	CRLFile, CRLCheck, DHParam, Curve string
}

// Database is one database.
type Database struct {
	Index      int    // {n} of olcDatabase={n}type; -1 the frontend, 0 the configuration
	Type       string // lower case, as written: mdb, hdb, ldif, config, monitor, frontend
	Name       string // unique: userRoot, config, ...
	Suffixes   []dn.Name
	RootDN     dn.Name
	HasRootDN  bool
	RootPW     string
	Directory  string
	Mode       uint32
	MaxSize    int64
	NoSync     bool
	Checkpoint string
	Limits     Limits
	LimitRules []*LimitRule
	Access     []*acl.Rule // in order
	ReadOnly   bool
	LastMod    bool
	LastBind   bool // pwdLastSuccess is kept
	// Subordinate glues the database to the one above: searches there go on here,
	// and only Advertise shows its suffix as a naming context.
	Subordinate, Advertise bool
	Hidden                 bool
	UpdateDN               dn.Name
	UpdateRef              []string
	Require                []string
	Security               map[string]int
	Restrict               []string
	MaxDeref               int
	AddACL                 bool      // add_content_acl
	Syncprov               *Syncprov // overlay syncprov; nil without one
	Overlays               []*Overlay
	Syncrepl               []*replica.Settings
	Route                  Route
	Multi                  bool // multiprovider: clients may write beside the consumers
	// Foreign: a plug-in of type database serves it, which gets Lines.
	Foreign bool
	Lines   []plugin.DatabaseLine
	SQL     SQL // of a database sql
	File    string
	Line    int
	Values  Values

	indexes indexSet
	pwAt    *line // the rootpw line
}

// BuiltIn tells whether the built-in engine serves the database.
func (d *Database) BuiltIn() bool { return builtInTypes[d.Type] }

// HoldsEntries tells whether the database is one of entries: the built-in
// engine's, a plug-in's, or one in SQL.
func (d *Database) HoldsEntries() bool { return d.BuiltIn() || d.Foreign || d.Type == "sql" }

// entryNorm is the normal name of the database's entry in cn=config.
func (d *Database) entryNorm() string {
	return fmt.Sprintf("olcdatabase={%d}%s,cn=config", d.Index, d.Type)
}

// Indexes are the indexes to keep, in the order of the file.
func (d *Database) Indexes() []Index { return d.indexes.list }

var builtInTypes = map[string]bool{"mdb": true, "hdb": true, "bdb": true, "ldif": true, "wt": true}

// Value is one directive as an attribute of cn=config shows it.
type Value struct {
	Attr, Text string
	// ours tells that Attr holds several values whose order counts ({n}).
	ordered bool
}

// Values are the directives of one entry in the order of the file.
type Values []Value

func (v *Values) set(attr, text string) {
	for i := range *v {
		if (*v)[i].Attr == attr {
			(*v)[i].Text = text
			return
		}
	}
	*v = append(*v, Value{Attr: attr, Text: text})
}

func newDatabase(typ, file string, num int) *Database {
	return &Database{Type: typ, LastMod: true, Limits: DefaultLimits(), MaxDeref: 15, Mode: 0o600, File: file, Line: num}
}

// New is the configuration that an empty file makes.
func New() *Config {
	c := &Config{Schema: schema.New(), Frontend: newDatabase("frontend", "", 0)}
	c.Frontend.Index = -1
	c.Frontend.Name = "frontend"
	c.Global = Global{
		LogLevel: LogStats, PasswordHash: []string{"{SSHA}"}, CryptSalt: "%s", Threads: 16,
		PluginDirs: []string{DefaultPluginDir}, MaxPDU: 262143, MaxPDUAuth: 4194303,
		MaxPending: 100, MaxPendingAuth: 1000, MaxFilterDepth: 1000, LocalSSF: 71, SASL: sasl.DefaultSettings(),
	}
	return c
}

// DefaultPluginDir is where Debian's 389 packages put plug-ins.
const DefaultPluginDir = "/usr/lib/x86_64-linux-gnu/dirsrv/plugins"

// ConfigDB is the configuration database; never nil after ParseFile.
func (c *Config) ConfigDB() *Database {
	for _, d := range c.Databases {
		if d.Type == "config" {
			return d
		}
	}
	return nil
}

// Database finds a database by name.
func (c *Config) Database(name string) *Database {
	for _, d := range c.Databases {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// Glued are the databases that are glued to d, whose suffixes lie below its own.
func (c *Config) Glued(d *Database) []*Database {
	var list []*Database
	for _, o := range c.Databases {
		if o == d || !o.Subordinate || !o.HoldsEntries() || len(o.Suffixes) == 0 {
			continue
		}
		for _, s := range d.Suffixes {
			if dn.IsSuffix(o.Suffixes[0].Norm, s.Norm) && o.Suffixes[0].Norm != s.Norm {
				list = append(list, o)
				break
			}
		}
	}
	return list
}
