package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"libslapi/server/acl"
	"libslapi/server/dn"
	"libslapi/server/overlay"
	"libslapi/server/plugin"
)

var (
	requireWords = wordSet("feature", "none", "bind", "LDAPv3", "authc", "SASL", "strong")
	overlayNames = words(`accesslog addpartial adremap allop allowed auditlog authzid autoca autogroup chain cloak collect
		constraint datamorph dds denyop deref dsaschema dupent dyngroup dynlist glue homedir lastbind lastmod memberof
		nestgroup nopassword noopsrch nops nssov otp pcache ppm ppolicy proxycache refint remoteauth retcode rwm seqmod
		smbk5pwd slapi sssvlv syncprov trace translucent unique usn valsort variant vc`)
	unservedTypes = words(`asyncmeta dnssrv ldap meta ndb null passwd perl relay shell sock`)
)

func words(text string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(text) {
		m[w] = true
	}
	return m
}

func init() {
	define("database", directive{scope: scopeSection, min: 1, max: 1, args: "<type>", run: runDatabase})
	define("backend", directive{scope: scopeSection, min: 1, max: 1, args: "<type>", run: runBackend})
	define("overlay", directive{scope: scopeAny, min: 1, max: 1, args: "<name>", run: runOverlay})
	define("dbname", directive{scope: scopeDatabase, min: 1, max: 1, args: "<name>", attr: "slapidDatabaseName",
		run: func(p *parser, l *line) error { p.db.Name = l.words[1]; return nil }})
	define("suffix", directive{scope: scopeDatabase, min: 1, max: 1, args: "<dn>", attr: "olcSuffix", multi: true, run: runSuffix})
	define("rootdn", directive{scope: scopeAny, min: 1, max: 1, args: "<dn>", attr: "olcRootDN", run: runRootDN})
	define("rootpw", directive{scope: scopeAny, min: 1, max: 1, args: "<password>", attr: "olcRootPW", run: runRootPW})
	define("access", directive{scope: scopeAny, min: 1, max: -1, args: "to <what> [by <who> <level>]...", attr: "olcAccess",
		multi: true, ordered: true, raw: true,
		run: func(p *parser, l *line) error {
			if !strings.EqualFold(l.words[1], "to") {
				return fmt.Errorf(`expecting "to" got %q`, l.words[1])
			}
			where := l.where()
			if p.entryMode {
				where = ""
			}
			r, err := acl.Parse(l.words, where)
			if err == nil {
				// the names in it, too, must be known here
				_, err = acl.NewSet(p.cfg.Schema, []*acl.Rule{r}, nil)
			}
			if err != nil {
				return &LineError{l.file, l.num, strings.TrimPrefix(err.Error(), where+": ")}
			}
			t := p.target()
			t.Access = append(t.Access, r)
			return nil
		}})
	define("limits", directive{scope: scopeAny, min: 2, max: -1, args: "<selector> <limit>...", attr: "olcLimits",
		multi: true, ordered: true,
		run: func(p *parser, l *line) error {
			r, err := parseLimitsLine(l.words[1:], p.target().Limits, p.cfg.Schema)
			if err != nil {
				return err
			}
			p.target().LimitRules = append(p.target().LimitRules, r)
			return nil
		}})
	define("sizelimit", directive{scope: scopeAny, min: 1, max: -1, args: "<limit>...", attr: "olcSizeLimit", run: runLimit("size")})
	define("timelimit", directive{scope: scopeAny, min: 1, max: -1, args: "<limit>...", attr: "olcTimeLimit", run: runLimit("time")})
	define("readonly", directive{scope: scopeAny, min: 1, max: 1, args: "on | off", attr: "olcReadOnly",
		run: setBool(func(p *parser) *bool { return &p.target().ReadOnly })})
	define("lastmod", directive{scope: scopeAny, min: 1, max: 1, args: "on | off", attr: "olcLastMod",
		run: setBool(func(p *parser) *bool { return &p.target().LastMod })})
	define("hidden", directive{scope: scopeDatabase, min: 1, max: 1, args: "on | off", attr: "olcHidden",
		run: setBool(func(p *parser) *bool { return &p.db.Hidden })})
	define("add_content_acl", directive{scope: scopeAny, min: 1, max: 1, args: "on | off", attr: "olcAddContentAcl",
		run: setBool(func(p *parser) *bool { return &p.target().AddACL })})
	define("maxderefdepth", directive{scope: scopeAny, min: 1, max: 1, args: "<n>", attr: "olcMaxDerefDepth",
		run: setInt(func(p *parser) *int { return &p.target().MaxDeref }, 0, 1<<16)})
	define("updatedn", directive{scope: scopeDatabase, min: 1, max: 1, args: "<dn>", attr: "olcUpdateDN",
		run: func(p *parser, l *line) (err error) { p.db.UpdateDN, err = p.name(l.words[1]); return err }})
	define("updateref", directive{scope: scopeDatabase, min: 1, max: 1, args: "<url>", attr: "olcUpdateRef", multi: true,
		run: func(p *parser, l *line) error {
			if !strings.Contains(l.words[1], "://") {
				return fmt.Errorf("invalid URL (%s)", l.words[1])
			}
			p.db.UpdateRef = append(p.db.UpdateRef, l.words[1])
			return nil
		}})
	define("require", directive{scope: scopeAny, min: 1, max: -1, args: "<condition>...", attr: "olcRequires",
		run: func(p *parser, l *line) (err error) { p.target().Require, err = requireWords(l.words[1:]); return err }})
	define("security", directive{scope: scopeAny, min: 1, max: -1, args: "<factor>=<n>...", attr: "olcSecurity", run: runSecurity})
	define("restrict", directive{scope: scopeAny, min: 1, max: -1, args: "<operation>...", attr: "olcRestrict", run: runRestrict})
	ignored(scopeDatabase, 1, 1, "olcMonitoring", "monitoring")
	ignored(scopeAny, 1, -1, "olcExtraAttrs", "extra_attrs")
	define("lastbind", directive{scope: scopeDatabase, min: 1, max: 1, args: "on | off", attr: "olcLastBind",
		run: setBool(func(p *parser) *bool { return &p.db.LastBind })})
	for _, n := range []string{"multiprovider", "mirrormode"} {
		define(n, directive{scope: scopeBuiltIn, min: 1, max: 1, args: "on | off", attr: "olcMultiProvider",
			run: func(p *parser, l *line) (err error) {
				if p.db.Multi, err = parseBool(l.words[1]); err == nil && p.db.Multi && p.db.Type == "sql" {
					err = errors.New("a database that servers share needs no other providers")
				}
				return err
			}})
	}
	define("subordinate", directive{scope: scopeDatabase, min: 0, max: 1, args: "[TRUE | FALSE | advertise]", attr: "olcSubordinate",
		run: func(p *parser, l *line) (err error) {
			p.db.Subordinate, p.db.Advertise = true, false
			if len(l.words) > 1 {
				if p.db.Advertise = strings.EqualFold(l.words[1], "advertise"); !p.db.Advertise {
					p.db.Subordinate, err = parseBool(l.words[1])
				}
			}
			return err
		}})
	define("sync_use_subentry", directive{scope: scopeDatabase, min: 0, max: -1, run: func(p *parser, l *line) error {
		return fmt.Errorf("is not supported yet")
	}})

	define("dboption", directive{scope: scopeDatabase, min: 1, max: -1, args: "<directive> [<argument>...]", attr: "slapidDatabaseOption",
		multi: true, ordered: true, raw: true,
		run: func(p *parser, l *line) error {
			if !p.db.Foreign {
				return fmt.Errorf("is for a database that a plug-in serves")
			}
			p.db.Lines = append(p.db.Lines, plugin.DatabaseLine{Number: l.num, Words: append([]string(nil), l.words[1:]...)})
			return nil
		}})

	// the built-in engine
	define("directory", directive{scope: scopeBuiltIn, min: 1, max: 1, args: "<folder>", attr: "olcDbDirectory",
		run: setString(func(p *parser) *string { return &p.target().Directory })})
	define("index", directive{scope: scopeBuiltIn, min: 1, max: 2, args: "<attr,...> [<kind,...>]", attr: "olcDbIndex", multi: true,
		run: func(p *parser, l *line) error {
			return p.target().indexes.add(l.words[1:], func(a string) bool {
				return p.cfg.Global.Compat == Compat389 || p.cfg.Schema.AttributeType(a) != nil
			})
		}})
	define("maxsize", directive{scope: scopeBuiltIn, min: 1, max: 1, args: "<bytes>", attr: "olcDbMaxSize",
		run: func(p *parser, l *line) (err error) {
			if p.target().MaxSize, err = strconv.ParseInt(l.words[1], 0, 64); err != nil || p.target().MaxSize < 0 {
				return fmt.Errorf("unable to parse %q as a size", l.words[1])
			}
			return nil
		}})
	for _, n := range []string{"dbnosync", "nosync"} {
		define(n, directive{scope: scopeBuiltIn, min: 0, max: 1, args: "[on | off]", attr: "olcDbNoSync",
			run: func(p *parser, l *line) (err error) {
				p.target().NoSync = true
				if len(l.words) > 1 {
					p.target().NoSync, err = parseBool(l.words[1])
				}
				return err
			}})
	}
	define("checkpoint", directive{scope: scopeBuiltIn, min: 2, max: 2, args: "<kbyte> <min>", attr: "olcDbCheckpoint",
		run: func(p *parser, l *line) error {
			for _, w := range l.words[1:] {
				if _, err := strconv.ParseUint(w, 10, 32); err != nil {
					return fmt.Errorf("unable to parse %q as an integer", w)
				}
			}
			p.target().Checkpoint = l.words[1] + " " + l.words[2]
			return nil
		}})
	define("mode", directive{scope: scopeBuiltIn, min: 1, max: 1, args: "<mode>", attr: "olcDbMode",
		run: func(p *parser, l *line) error {
			n, err := strconv.ParseUint(l.words[1], 8, 16)
			if err != nil || n > 0o777 {
				return fmt.Errorf("unable to parse mode %q", l.words[1])
			}
			p.target().Mode = uint32(n)
			return nil
		}})
	ignored(scopeBuiltIn, 1, -1, "olcDbEnvFlags", "envflags")
	ignored(scopeBuiltIn, 1, 1, "olcDbMaxReaders", "maxreaders")
	ignored(scopeBuiltIn, 1, 1, "olcDbMaxEntrySize", "maxentrysize")
	ignored(scopeBuiltIn, 1, 1, "olcDbSearchStack", "searchstack")
	ignored(scopeBuiltIn, 1, 1, "olcDbRtxnSize", "rtxnsize")
	ignored(scopeBackend, 1, 1, "olcBkMdbIdlExp", "idlexp")
	ignored(scopeBuiltIn, 1, 2, "olcDbMultival", "multival")
	ignored(scopeBuiltIn, 1, 1, "olcDbCacheSize", "cachesize")
	ignored(scopeBuiltIn, 1, 1, "olcDbIDLcacheSize", "idlcachesize")
	ignored(scopeBuiltIn, 1, 1, "olcDbDNcacheSize", "dncachesize")
	ignored(scopeBuiltIn, 1, 1, "olcDbCacheFree", "cachefree")
	ignored(scopeBuiltIn, 1, -1, "olcDbConfig", "dbconfig")
	ignored(scopeBuiltIn, 0, 1, "olcDbDirtyRead", "dirtyread")
	ignored(scopeBuiltIn, 0, 1, "olcDbLinearIndex", "linearindex")
	ignored(scopeBuiltIn, 1, 1, "olcDbLockDetect", "lockdetect")
	ignored(scopeBuiltIn, 1, 1, "olcDbShmKey", "shm_key")
}

func runDatabase(p *parser, l *line) error {
	if p.entryMode {
		return errors.New("is not possible here")
	}
	if p.next.set {
		return p.next.at.errorf("plugin-options without a plugin line behind it")
	}
	typ, foreign := strings.ToLower(l.words[1]), false
	p.backend, p.overlay = "", ""
	if i := strings.IndexByte(typ, '}'); strings.HasPrefix(typ, "{") && i > 0 {
		typ = typ[i+1:]
	}
	switch {
	case typ == "frontend":
		p.db = p.cfg.Frontend
		return nil
	case typ == "config":
		if p.cfg.ConfigDB() != nil {
			return errors.New("there is one database config only")
		}
	case typ == "monitor", typ == "sql", builtInTypes[typ]:
	case unservedTypes[typ]:
		return fmt.Errorf("database type %s is not supported yet", typ)
	case !plainWord(typ):
		return fmt.Errorf("unrecognized database type (%s)", l.words[1])
	default:
		foreign = true // finish looks for its plug-in
	}
	d := newDatabase(typ, l.file, l.num)
	d.Foreign = foreign
	d.Limits, d.ReadOnly, d.LastMod = p.cfg.Frontend.Limits, p.cfg.Frontend.ReadOnly, p.cfg.Frontend.LastMod
	d.MaxDeref, d.AddACL = p.cfg.Frontend.MaxDeref, p.cfg.Frontend.AddACL
	switch typ {
	case "config":
		d.Name = "config"
	case "monitor":
		d.Suffixes = []dn.Name{{Pretty: "cn=Monitor", Norm: "cn=monitor"}}
		if err := addMonitorSchema(p.cfg.Schema); err != nil { // access lines may name its attributes
			return err
		}
	}
	p.cfg.Databases = append(p.cfg.Databases, d)
	p.db = d
	return nil
}

// plainWord tells whether a database type can be the name of a plug-in's.
func plainWord(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; !(c >= 'a' && c <= 'z' || i > 0 && (c >= '0' && c <= '9' || c == '-' || c == '_')) {
			return false
		}
	}
	return s != "" && len(s) < 64
}

func runBackend(p *parser, l *line) error {
	typ := strings.ToLower(l.words[1])
	if !builtInTypes[typ] && typ != "monitor" && typ != "config" {
		if unservedTypes[typ] {
			return fmt.Errorf("database type %s is not supported yet", typ)
		}
		return fmt.Errorf("unrecognized database type (%s)", l.words[1])
	}
	p.backend, p.db = typ, nil
	return nil
}

func runOverlay(p *parser, l *line) error {
	name := strings.ToLower(l.words[1])
	if i := strings.IndexByte(name, '}'); strings.HasPrefix(name, "{") && i > 0 {
		name = name[i+1:]
	}
	if name == "syncprov" {
		return p.beginSyncprov()
	}
	if overlay.Known(name) {
		return p.beginOverlay(name)
	}
	if overlayNames[name] {
		return l.errorf("overlay %s is not supported yet", name)
	}
	return l.errorf("unknown overlay <%s>", l.words[1])
}

func runSuffix(p *parser, l *line) error {
	if p.db.Type == "config" || p.db.Type == "monitor" || p.db == p.cfg.Frontend {
		return fmt.Errorf("database %s has a suffix of its own", p.db.Type)
	}
	n, err := p.name(l.words[1])
	if err != nil {
		return err
	}
	for _, d := range p.cfg.Databases {
		if d.Hidden {
			continue
		}
		for _, s := range d.Suffixes {
			if s.Norm == n.Norm && d == p.db {
				return fmt.Errorf("suffix %q is given twice", n.Pretty)
			}
			if s.Norm == n.Norm || (d != p.db && dn.IsSuffix(n.Norm, s.Norm)) {
				return fmt.Errorf("namingContext %q already served by a preceding %s database serving namingContext %q", n.Pretty, d.Type, s.Pretty)
			}
		}
	}
	p.db.Suffixes = append(p.db.Suffixes, n)
	return nil
}

func runRootDN(p *parser, l *line) error {
	n, err := p.name(l.words[1])
	if err != nil {
		return err
	}
	if p.db == nil {
		if p.cfg.Global.Compat != Compat389 {
			return errors.New("only allowed within database declaration")
		}
		p.cfg.Global.RootDN = n
		return nil
	}
	p.db.RootDN, p.db.HasRootDN = n, true
	return nil
}

func runRootPW(p *parser, l *line) error {
	if p.db == nil {
		if p.cfg.Global.Compat != Compat389 {
			return errors.New("only allowed within database declaration")
		}
		p.cfg.Global.RootPW = l.words[1]
		return nil
	}
	p.db.RootPW, p.db.pwAt = l.words[1], l
	return nil
}

func runLimit(kind string) func(p *parser, l *line) error {
	return func(p *parser, l *line) error {
		lim := p.target().Limits
		for _, w := range l.words[1:] {
			if err := parseLimit(&lim, w, kind); err != nil {
				return err
			}
		}
		p.target().Limits = lim
		return nil
	}
}

func runSecurity(p *parser, l *line) error {
	known := words("ssf transport tls sasl update_ssf update_transport update_tls update_sasl simple_bind")
	t := p.target()
	m := map[string]int{}
	for _, w := range l.words[1:] {
		name, v, ok := strings.Cut(w, "=")
		n, err := strconv.Atoi(v)
		if !ok || err != nil || n < 0 || !known[strings.ToLower(name)] {
			return fmt.Errorf("unknown factor %q", w)
		}
		m[strings.ToLower(name)] = n
	}
	t.Security = m
	return nil
}

func runRestrict(p *parser, l *line) error {
	known := words("add bind compare delete extended modify modrdn rename search read write all")
	var list []string
	for _, w := range l.words[1:] {
		name, _, _ := strings.Cut(strings.ToLower(w), "=")
		if !known[name] {
			return fmt.Errorf("unknown operation %q", w)
		}
		list = append(list, strings.ToLower(w))
	}
	p.target().Restrict = list
	return nil
}

// refuseOn takes a switch that may only be off.
func refuseOn(name string) func(p *parser, l *line) error {
	return func(p *parser, l *line) error {
		on, err := parseBool(l.words[1])
		if err == nil && on {
			err = errors.New("is not supported yet")
		}
		return err
	}
}
