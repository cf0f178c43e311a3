package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"libslapi/server/schema"
)

// scope is where a directive may stand.
type scope int

const (
	scopeAny      scope = iota // before the databases (for all of them) or in one
	scopeGlobal                // not inside a database
	scopeDatabase              // inside a database only
	scopeBuiltIn               // inside a database of the built-in engine
	scopeEntries               // inside a database that holds entries
	scopeSQL                   // inside a database sql
	scopeBackend               // inside a backend section, or where scopeBuiltIn is
	scopeSection               // opens a section, or is global wherever it stands
	scopeOverlay               // behind the line of its overlay
)

// directive is one keyword of slapd.conf.
type directive struct {
	scope    scope
	min, max int    // number of arguments; max -1 sets none
	args     string // for the usage message
	attr     string // the attribute of cn=config that shows it, "" none
	overlay  string // of scopeOverlay: which
	multi    bool   // each line is a value
	ordered  bool   // the order of the values counts: shown with {n}
	raw      bool   // the value is the text as written, quotes included
	run      func(p *parser, l *line) error
}

func (d *directive) usage(name string) string {
	return "usage: " + name + " " + d.args
}

// directives are filled by the init functions of the files of this package, by
// lower-case name.
var directives = map[string]*directive{}

func define(name string, d directive) { directives[strings.ToLower(name)] = &d }

// ignored defines a directive that is accepted, kept, and has no effect here.
func ignored(s scope, min, max int, attr string, names ...string) {
	for _, n := range names {
		define(n, directive{scope: s, min: min, max: max, args: "<value>", attr: attr,
			run: func(*parser, *line) error { return nil }})
	}
}

func setInt(at func(p *parser) *int, min, max int) func(*parser, *line) error {
	return func(p *parser, l *line) error {
		n, err := strconv.ParseInt(l.words[1], 0, 64)
		if err != nil {
			return fmt.Errorf("unable to parse %q as an integer", l.words[1])
		}
		if n < int64(min) || n > int64(max) {
			return fmt.Errorf("value %d out of range (%d to %d)", n, min, max)
		}
		*at(p) = int(n)
		return nil
	}
}

func setString(at func(p *parser) *string) func(*parser, *line) error {
	return func(p *parser, l *line) error {
		*at(p) = l.words[1]
		return nil
	}
}

func setBool(at func(p *parser) *bool) func(*parser, *line) error {
	return func(p *parser, l *line) error {
		b, err := parseBool(l.words[1])
		if err != nil {
			return err
		}
		*at(p) = b
		return nil
	}
}

func parseBool(w string) (bool, error) {
	switch strings.ToLower(w) {
	case "on", "yes", "true", "1":
		return true, nil
	case "off", "no", "false", "0":
		return false, nil
	}
	return false, fmt.Errorf("invalid value %q, must be on or off", w)
}

// wordSet reads words that must be from a list.
func wordSet(what string, known ...string) func(words []string) ([]string, error) {
	return func(words []string) ([]string, error) {
		var out []string
		for i, w := range words {
			ok := false
			for _, k := range known {
				if strings.EqualFold(k, w) {
					out = append(out, k)
					ok = true
				}
			}
			if !ok {
				return nil, fmt.Errorf("unknown %s #%d %q", what, i, w)
			}
		}
		return out, nil
	}
}

var (
	allowWords    = wordSet("feature", "bind_v2", "bind_anon_cred", "bind_anon_dn", "update_anon", "proxy_authz_anon", "none")
	disallowWords = wordSet("feature", "bind_anon", "bind_simple", "tls_2_anon", "tls_authc", "proxy_authz_non_critical", "dontusecopy_non_critical", "none")
)

func init() {
	global := func(p *parser) *Global { return &p.cfg.Global }
	define("include", directive{scope: scopeSection, min: 1, max: 1, args: "<file>", run: runInclude})
	define("schemadir", directive{scope: scopeSection, min: 1, max: 1, args: "<folder>", run: runSchemaDir})
	define("compat", directive{scope: scopeGlobal, min: 1, max: 1, args: "openldap | 389ds", attr: "slapidCompat", run: runCompat})
	define("pidfile", directive{scope: scopeGlobal, min: 1, max: 1, args: "<file>", attr: "olcPidFile",
		run: setString(func(p *parser) *string { return &global(p).PIDFile })})
	define("argsfile", directive{scope: scopeGlobal, min: 1, max: 1, args: "<file>", attr: "olcArgsFile",
		run: setString(func(p *parser) *string { return &global(p).ArgsFile })})
	define("logfile", directive{scope: scopeGlobal, min: 1, max: 1, args: "<file>", attr: "olcLogFile",
		run: setString(func(p *parser) *string { return &global(p).LogFile })})
	define("loglevel", directive{scope: scopeGlobal, min: 1, max: -1, args: "<level>...", attr: "olcLogLevel", run: runLogLevel})
	define("idletimeout", directive{scope: scopeGlobal, min: 1, max: 1, args: "<seconds>", attr: "olcIdleTimeout",
		run: setInt(func(p *parser) *int { return &global(p).IdleTimeout }, 0, 1<<31-1)})
	define("writetimeout", directive{scope: scopeGlobal, min: 1, max: 1, args: "<seconds>", attr: "olcWriteTimeout",
		run: setInt(func(p *parser) *int { return &global(p).WriteTimeout }, 0, 1<<31-1)})
	define("threads", directive{scope: scopeGlobal, min: 1, max: 1, args: "<n>", attr: "olcThreads",
		run: setInt(func(p *parser) *int { return &global(p).Threads }, 1, 1<<16)})
	define("sockbuf_max_incoming", directive{scope: scopeGlobal, min: 1, max: 1, args: "<bytes>", attr: "olcSockbufMaxIncoming",
		run: setInt(func(p *parser) *int { return &global(p).MaxPDU }, 1, 1<<31-1)})
	define("sockbuf_max_incoming_auth", directive{scope: scopeGlobal, min: 1, max: 1, args: "<bytes>", attr: "olcSockbufMaxIncomingAuth",
		run: setInt(func(p *parser) *int { return &global(p).MaxPDUAuth }, 1, 1<<31-1)})
	define("conn_max_pending", directive{scope: scopeGlobal, min: 1, max: 1, args: "<n>", attr: "olcConnMaxPending",
		run: setInt(func(p *parser) *int { return &global(p).MaxPending }, 0, 1<<31-1)})
	define("conn_max_pending_auth", directive{scope: scopeGlobal, min: 1, max: 1, args: "<n>", attr: "olcConnMaxPendingAuth",
		run: setInt(func(p *parser) *int { return &global(p).MaxPendingAuth }, 0, 1<<31-1)})
	define("maxfilterdepth", directive{scope: scopeGlobal, min: 1, max: 1, args: "<n>", attr: "olcMaxFilterDepth",
		run: setInt(func(p *parser) *int { return &global(p).MaxFilterDepth }, 1, 1<<20)})
	define("localssf", directive{scope: scopeGlobal, min: 1, max: 1, args: "<n>", attr: "olcLocalSSF",
		run: setInt(func(p *parser) *int { return &global(p).LocalSSF }, 0, 1<<31-1)})
	define("gentlehup", directive{scope: scopeGlobal, min: 1, max: 1, args: "on | off", attr: "olcGentleHUP",
		run: setBool(func(p *parser) *bool { return &global(p).GentleHUP })})
	define("defaultsearchbase", directive{scope: scopeGlobal, min: 1, max: 1, args: "<dn>", attr: "olcDefaultSearchBase",
		run: func(p *parser, l *line) error {
			n, err := p.name(l.words[1])
			global(p).DefaultBase = n.Pretty
			return err
		}})
	define("rootdse", directive{scope: scopeGlobal, min: 1, max: 1, args: "<file>", attr: "olcRootDSE", multi: true,
		run: func(p *parser, l *line) error {
			if _, err := os.Stat(l.words[1]); err != nil {
				return err
			}
			global(p).RootDSE = append(global(p).RootDSE, l.words[1])
			return nil
		}})
	define("password-hash", directive{scope: scopeAny, min: 1, max: -1, args: "<hash>...", attr: "olcPasswordHash", run: runPasswordHash})
	define("password-crypt-salt-format", directive{scope: scopeGlobal, min: 1, max: 1, args: "<format>", attr: "olcPasswordCryptSaltFormat",
		run: func(p *parser, l *line) error {
			if strings.Count(l.words[1], "%") != 1 || !strings.HasSuffix(l.words[1], "s") && !strings.Contains(l.words[1], "s") {
				return fmt.Errorf("format %q must hold one %%s", l.words[1])
			}
			global(p).CryptSalt = l.words[1]
			return nil
		}})
	define("allow", directive{scope: scopeGlobal, min: 1, max: -1, args: "<feature>...", attr: "olcAllows",
		run: func(p *parser, l *line) (err error) { global(p).Allow, err = allowWords(l.words[1:]); return err }})
	define("disallow", directive{scope: scopeGlobal, min: 1, max: -1, args: "<feature>...", attr: "olcDisallows",
		run: func(p *parser, l *line) (err error) {
			global(p).Disallow, err = disallowWords(l.words[1:])
			return err
		}})
	define("serverID", directive{scope: scopeGlobal, min: 1, max: 2, args: "<id> [<url>]", attr: "olcServerID", multi: true, run: runServerID})
	define("referral", directive{scope: scopeGlobal, min: 1, max: 1, args: "<url>", attr: "olcReferral", multi: true,
		run: func(p *parser, l *line) error {
			if !strings.Contains(l.words[1], "://") {
				return fmt.Errorf("invalid URL (%s)", l.words[1])
			}
			global(p).Referrals = append(global(p).Referrals, l.words[1])
			return nil
		}})
	ignored(scopeGlobal, 1, 1, "olcConcurrency", "concurrency")
	ignored(scopeGlobal, 1, 1, "olcListenerThreads", "listener-threads")
	define("metrics", directive{scope: scopeGlobal, min: 1, max: 2, args: "http://<address>:<port>/<path> [public]", attr: "slapidMetrics",
		run: func(p *parser, l *line) error {
			if len(l.words) > 2 && !strings.EqualFold(l.words[2], "public") {
				return fmt.Errorf("unknown word %q", l.words[2])
			}
			if !strings.HasPrefix(l.words[1], "http://") {
				return fmt.Errorf("%q is not http://<address>:<port>/<path>", l.words[1])
			}
			global(p).Metrics, global(p).MetricsPublic = l.words[1], len(l.words) > 2
			return nil
		}})
	define("reverse-lookup", directive{scope: scopeGlobal, min: 1, max: 1, args: "on | off", attr: "olcReverseLookup",
		run: setBool(func(p *parser) *bool { return &global(p).ReverseLookup })})
	ignored(scopeGlobal, 1, 1, "olcToolThreads", "tool-threads")
	ignored(scopeGlobal, 1, 1, "olcIndexHash64", "index_hash64")
	ignored(scopeGlobal, 1, 1, "olcIndexIntLen", "index_intlen")
	ignored(scopeGlobal, 1, 1, "olcIndexSubstrIfMaxLen", "index_substr_if_maxlen")
	ignored(scopeGlobal, 1, 1, "olcIndexSubstrIfMinLen", "index_substr_if_minlen")
	ignored(scopeGlobal, 1, 1, "olcIndexSubstrAnyLen", "index_substr_any_len")
	ignored(scopeGlobal, 1, 1, "olcIndexSubstrAnyStep", "index_substr_any_step")
	ignored(scopeGlobal, 1, 1, "olcThreadQueues", "threadqueues")
	define("attributeoptions", directive{scope: scopeGlobal, min: 1, max: -1, args: "<option>...", attr: "olcAttributeOptions", multi: true,
		run: func(p *parser, l *line) error {
			p.cfg.Global.AttributeOptions = append(p.cfg.Global.AttributeOptions, l.words[1:]...)
			return nil
		}})
	ignored(scopeGlobal, 1, 2, "", "sockbuf_max_incoming_size")
	define("sortvals", directive{scope: scopeGlobal, min: 1, max: -1, args: "<attr>...", attr: "olcSortVals",
		run: func(p *parser, l *line) error {
			for _, a := range l.words[1:] {
				if p.cfg.Schema.AttributeType(a) == nil {
					return fmt.Errorf("unknown attribute %q", a)
				}
				p.cfg.Global.SortVals = append(p.cfg.Global.SortVals, a)
			}
			return nil
		}})
	define("schemadn", directive{scope: scopeGlobal, min: 1, max: 1, args: "<dn>", attr: "olcSchemaDN",
		run: func(p *parser, l *line) error {
			n, err := p.name(l.words[1])
			if err == nil && n.Norm != "cn=subschema" {
				err = errors.New("only cn=Subschema is served")
			}
			return err
		}})
}

func runInclude(p *parser, l *line) error {
	if p.entryMode {
		return errors.New("is not possible here")
	}
	return p.file(l.words[1], l)
}

// runSchemaDir reads all LDIF files of a folder as one set, sorted by name.
func runSchemaDir(p *parser, l *line) error {
	dir := l.words[1]
	paths, err := filepath.Glob(filepath.Join(dir, "*.ldif"))
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		if _, err := os.Stat(dir); err != nil {
			return err
		}
		return fmt.Errorf("folder %q holds no .ldif file", dir)
	}
	sort.Strings(paths)
	p.cfg.schemaUsed = true
	p.cfg.SchemaFiles = append(p.cfg.SchemaFiles, paths...)
	return p.cfg.Schema.LoadLDIFFiles(paths)
}

func runCompat(p *parser, l *line) error {
	switch strings.ToLower(l.words[1]) {
	case "openldap":
		p.cfg.Global.Compat = CompatOpenLDAP
	case "389ds", "389":
		if p.cfg.Global.Compat == Compat389 {
			return nil
		}
		if p.cfg.schemaUsed {
			return errors.New("389ds must stand before all schema lines and names")
		}
		p.cfg.Global.Compat = Compat389
		p.cfg.Frontend.Limits.Size.Soft = 2000 // 389's default
		p.cfg.Schema = schema.New(schema.Compat389(), schema.WithoutBitRules())
	default:
		return fmt.Errorf("unknown peer %q, must be openldap or 389ds", l.words[1])
	}
	return nil
}

func runLogLevel(p *parser, l *line) error {
	level := 0
	for _, w := range l.words[1:] {
		n, err := ParseLogLevel(w)
		if err != nil {
			return err
		}
		level |= n
	}
	p.cfg.Global.LogLevel = level
	return nil
}

func runPasswordHash(p *parser, l *line) error {
	var list []string
	for _, w := range l.words[1:] {
		if !strings.HasPrefix(w, "{") || !strings.HasSuffix(w, "}") {
			return fmt.Errorf("scheme not available (%s)", w)
		}
		list = append(list, strings.ToUpper(w))
	}
	p.cfg.Global.PasswordHash = list
	return nil
}

func runServerID(p *parser, l *line) error {
	n, err := strconv.ParseInt(l.words[1], 0, 32)
	if err != nil || n < 0 || n > 4095 {
		return fmt.Errorf("illegal server ID %s", l.words[1])
	}
	if len(l.words) == 2 {
		p.cfg.Global.ServerID = int(n)
		return nil
	}
	if _, err := url.Parse(l.words[2]); err != nil || !strings.Contains(l.words[2], "://") {
		return fmt.Errorf("illegal URL %s", l.words[2])
	}
	p.cfg.Global.ServerIDs = append(p.cfg.Global.ServerIDs, ServerID{int(n), l.words[2]})
	return nil
}
