package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"libslapi/server/overlay"
	"libslapi/server/plugin"
)

// pluginOptions are those of a plugin-options line; they count for the next
// plugin or pluginldif line.
type pluginOptions struct {
	set        bool
	at         *line
	dialect    plugin.Dialect
	onFailure  plugin.OnFailure
	precedence int
	loadNow    bool
	loadGlobal bool
	enabled    bool
	name       string
	dependsOn  []string
}

// pluginTypes are the types of plug-ins that there are, of both dialects.
var pluginTypes = words(`preoperation postoperation extendedop object audit
	preextendedop bepreoperation bepostoperation betxnpreoperation betxnpostoperation betxnextendedop
	internalpreoperation internalpostoperation entry entrystore entryfetch ldbmentryfetchstore
	syntax matchingrule accesscontrol acl database index replication
	pwdstoragescheme reverpwdstoragescheme vattrsp pwpolicy`)

// moduleNames are the modules of the peer; what they bring is built in here, or
// is refused where it is used.
var moduleNames = words(`back_mdb back_hdb back_bdb back_ldif back_monitor back_config back_ldap back_meta back_asyncmeta
	back_null back_passwd back_perl back_relay back_shell back_sock back_sql back_dnssrv back_ndb back_wt
	lloadd argon2 pw-argon2 pw-pbkdf2 pw-sha2 pw-apr1 pw-kerberos pw-netscape pw-radius pw-totp pw-crypt dsaschema`)

func init() {
	define("plugin", directive{scope: scopeAny, min: 0, max: -1, args: "<type> <library> <init> [<argument>...]", attr: "olcPlugin",
		multi: true, ordered: true, run: runPlugin})
	define("plugin-options", directive{scope: scopeAny, min: 1, max: -1, args: "<name>=<value>...", run: runPluginOptions})
	define("pluginldif", directive{scope: scopeSection, min: 1, max: 1, args: "<file>", run: runPluginLDIF})
	define("plugindir", directive{scope: scopeGlobal, min: 1, max: 1, args: "<folder>[:<folder>...]", attr: "slapidPluginDir",
		run: func(p *parser, l *line) error {
			p.cfg.Global.PluginDirs = filepath.SplitList(l.words[1])
			return nil
		}})
	define("pluginlog", directive{scope: scopeGlobal, min: 1, max: 1, args: "<file>", attr: "olcPluginLogFile",
		run: setString(func(p *parser) *string { return &p.cfg.Global.PluginLog })})
	define("modulepath", directive{scope: scopeGlobal, min: 1, max: 1, args: "<folder>[:<folder>...]", attr: "olcModulePath",
		run: func(p *parser, l *line) error {
			p.cfg.Global.ModulePath = filepath.SplitList(l.words[1])
			return nil
		}})
	define("moduleload", directive{scope: scopeGlobal, min: 1, max: -1, args: "<module> [<argument>...]", attr: "olcModuleLoad",
		multi: true, run: runModuleLoad})
}

// moduleName is the name of a module without path and ending.
func moduleName(path string) string {
	name := filepath.Base(path)
	if i := strings.IndexByte(name, '}'); strings.HasPrefix(name, "{") && i > 0 {
		name = name[i+1:]
	}
	name, _, _ = strings.Cut(name, " ")
	for _, end := range []string{".so", ".la"} {
		name = strings.TrimSuffix(name, end)
	}
	return name
}

func runModuleLoad(p *parser, l *line) error {
	name := moduleName(l.words[1])
	if !moduleNames[name] && !overlayNames[name] {
		return fmt.Errorf("unknown module %q", l.words[1])
	}
	return overlay.Schema(name, p.cfg.Schema)
}

func runPluginOptions(p *parser, l *line) error {
	o := pluginOptions{set: true, at: l, enabled: true}
	for _, w := range l.words[1:] {
		name, value, ok := strings.Cut(w, "=")
		if !ok {
			return fmt.Errorf("%q is not <name>=<value>", w)
		}
		var err error
		switch strings.ToLower(name) {
		case "dialect":
			o.dialect, err = ParseDialect(value)
		case "onfailure":
			o.onFailure, err = ParseOnFailure(value)
		case "precedence":
			if o.precedence, err = strconv.Atoi(value); err != nil || o.precedence < 1 || o.precedence > 99 {
				err = fmt.Errorf("precedence %q must be 1 to 99", value)
			}
		case "loadnow":
			o.loadNow, err = parseBool(value)
		case "loadglobal":
			o.loadGlobal, err = parseBool(value)
		case "enabled":
			o.enabled, err = parseBool(value)
		case "name":
			o.name = value
		case "depends-on":
			o.dependsOn = append(o.dependsOn, value)
		default:
			err = fmt.Errorf("unknown option %q", name)
		}
		if err != nil {
			return err
		}
	}
	p.next = o
	return nil
}

// ParseDialect reads a dialect's name: auto, openldap, 389ds, ibm.
func ParseDialect(text string) (plugin.Dialect, error) {
	switch strings.ToLower(text) {
	case "auto", "":
		return plugin.DialectAuto, nil
	case "openldap":
		return plugin.DialectOpenLDAP, nil
	case "389ds", "389":
		return plugin.Dialect389, nil
	case "ibm":
		return plugin.DialectIBM, nil
	}
	return 0, fmt.Errorf("unknown dialect %q, must be auto, openldap, 389ds or ibm", text)
}

// ParseOnFailure reads required, optional or off.
func ParseOnFailure(text string) (plugin.OnFailure, error) {
	switch strings.ToLower(text) {
	case "required", "":
		return plugin.Required, nil
	case "optional":
		return plugin.Optional, nil
	case "off":
		return plugin.Off, nil
	}
	return 0, fmt.Errorf("unknown value %q, must be required, optional or off", text)
}

func dialectName(d plugin.Dialect) string {
	return [...]string{"auto", "openldap", "389ds", "ibm"}[d]
}

func onFailureName(f plugin.OnFailure) string {
	return [...]string{"required", "optional", "off"}[f]
}

// takeOptions gives the options for a plug-in and forgets them.
func (p *parser) takeOptions() pluginOptions {
	o := p.next
	p.next = pluginOptions{}
	if !o.set {
		o.enabled = true
	}
	return o
}

func runPlugin(p *parser, l *line) error {
	if len(l.words) < 4 {
		return errors.New("missing arguments in \"plugin <plugin_type> <lib_path> <init_function> [<arguments>]\" line")
	}
	typ := strings.ToLower(l.words[1])
	if !pluginTypes[typ] {
		return l.errorf("invalid plugin type %q", l.words[1])
	}
	o := p.takeOptions()
	s := plugin.Spec{
		Name: o.name, Type: typ, Path: p.cfg.findLibrary(l.words[2], false), Init: l.words[3],
		Args: append([]string(nil), l.words[4:]...), Dialect: o.dialect, OnFailure: o.onFailure,
		Enabled: o.enabled, Precedence: o.precedence, LoadNow: o.loadNow, LoadGlobal: o.loadGlobal,
		DependsOnNamed: o.dependsOn, Where: l.where(),
	}
	if s.Name == "" {
		s.Name = typ + ":" + filepath.Base(s.Path) + ":" + s.Init
	}
	if s.Precedence == 0 {
		s.Precedence = 50
	}
	p.addPlugin(s, p.db)
	return nil
}

func (p *parser) addPlugin(s plugin.Spec, db *Database) {
	if db == p.cfg.Frontend {
		db = nil
	}
	p.cfg.Plugins = append(p.cfg.Plugins, s)
	p.pluginDB = append(p.pluginDB, db)
}

// findLibrary resolves the path of a plug-in: an absolute path stays, a bare
// name is looked for in the plug-in folders (and, for a plugin line, in the
// module path), with ".so" added when there is no such file. What is found
// nowhere gets the first folder, so that the message of the failed load names a
// path; a plugin line's name is then left to the system's search.
func (c *Config) findLibrary(path string, from389 bool) string {
	exists := func(f string) string {
		if st, err := os.Stat(f); err == nil && !st.IsDir() {
			return f
		}
		if st, err := os.Stat(f + ".so"); err == nil && !st.IsDir() {
			return f + ".so"
		}
		return ""
	}
	if filepath.IsAbs(path) {
		if f := exists(path); f != "" {
			return f
		}
		if from389 && !strings.HasSuffix(path, ".so") {
			return path + ".so"
		}
		return path
	}
	dirs := c.Global.PluginDirs
	if !from389 {
		if strings.Contains(path, "/") {
			if f := exists(path); f != "" {
				if abs, err := filepath.Abs(f); err == nil {
					return abs
				}
			}
			return path
		}
		dirs = append(append([]string(nil), c.Global.ModulePath...), dirs...)
	}
	for _, d := range dirs {
		if f := exists(filepath.Join(d, path)); f != "" {
			return f
		}
	}
	if from389 {
		if !strings.HasSuffix(path, ".so") {
			path += ".so"
		}
		if len(dirs) > 0 {
			return filepath.Join(dirs[0], path)
		}
	}
	return path
}
