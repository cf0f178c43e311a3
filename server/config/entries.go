package config

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
)

// attrSet lists the directives' attributes that an olcModuleList entry holds.
var moduleAttrs = map[string]bool{"olcModulePath": true, "olcModuleLoad": true}

// builder makes the entries of the tree from a configuration.
type builder struct {
	cfg  *Config
	list []*entry.Entry
	at   map[string]*entry.Entry
	err  error
}

// add makes an entry unless there is one of that name; attrs are name, value, ...
func (b *builder) add(name string, attrs ...string) *entry.Entry {
	n, err := dn.NewName(name, b.cfg.Schema)
	if err != nil {
		b.fail(fmt.Errorf("%q: %v", name, err))
		return entry.New(dn.Name{})
	}
	if e := b.at[n.Norm]; e != nil {
		return e
	}
	e := entry.New(n)
	b.fill(e, attrs...)
	b.put(e)
	return e
}

func (b *builder) put(e *entry.Entry) {
	b.at[e.Name.Norm] = e
	b.list = append(b.list, e)
}

func (b *builder) fill(e *entry.Entry, attrs ...string) {
	for i := 0; i+1 < len(attrs); i += 2 {
		if err := e.Add(b.cfg.Schema, attrs[i], []byte(attrs[i+1])); err != nil {
			b.fail(fmt.Errorf("%q: %s: %v", e.Name.Pretty, attrs[i], err))
		}
	}
}

func (b *builder) fail(err error) {
	if b.err == nil && err != nil {
		b.err = err
	}
}

// values puts directives into an entry; ordered ones get their {n}.
func (b *builder) values(e *entry.Entry, list Values, only func(attr string) bool) {
	count := map[string]int{}
	for _, v := range list {
		if only != nil && !only(v.Attr) {
			continue
		}
		text := v.Text
		if v.ordered {
			text = fmt.Sprintf("{%d}%s", count[v.Attr], text)
			count[v.Attr]++
		}
		if b.cfg.boolAttr(v.Attr) {
			text = boolToOLC(boolToNS(text))
		}
		b.fill(e, v.Attr, text)
	}
}

var boolAttrs = words(strings.ToLower(`olcReadOnly olcLastMod olcHidden olcSpNoPresent olcSpReloadHint olcAddContentAcl olcGentleHUP olcDbNoSync
	olcUniqueStrict olcLastBindForwardUpdates olcPPolicyHashCleartext olcPPolicyForwardUpdates olcPPolicyUseLockout olcPPolicySendNetscapeControls olcMemberOfRefInt olcAccessLogSuccess olcMonitoring olcReverseLookup olcLastBind olcMultiProvider olcIndexHash64 olcDbLinearIndex olcDbDirtyRead`))

func (c *Config) boolAttr(attr string) bool { return boolAttrs[strings.ToLower(attr)] }

// Entries makes the tree that a configuration stands for: OpenLDAP's entries,
// 389's, one for every plug-in, and those of pluginldif files, which replace
// entries of the same name. Parents come before children.
func (c *Config) entries() ([]*entry.Entry, error) {
	b := &builder{cfg: c, at: map[string]*entry.Entry{}}
	given := map[string]*entry.Entry{}
	for _, e := range c.Entries {
		given[e.Name.Norm] = e
	}
	b.global()
	b.schemaEntries()
	b.database(c.Frontend)
	for _, d := range c.Databases {
		b.database(d)
	}
	b.containers()
	for _, d := range c.Databases {
		if d.BuiltIn() {
			b.userDatabase(d)
		}
	}
	for i := range c.Plugins {
		if !c.Plugins[i].From389 {
			b.plugin(&c.Plugins[i])
		}
	}
	for i, e := range b.list {
		if g := given[e.Name.Norm]; g != nil {
			if e.Name.Norm == "cn=config" {
				// settings of a given cn=config go over the ones made
				for _, a := range g.Attrs {
					if !strings.EqualFold(a.Desc, "cn") && !strings.EqualFold(a.Desc, "objectClass") {
						e.Put(c.Schema, a.Desc, a.Values...)
					}
				}
			} else {
				b.list[i], b.at[e.Name.Norm] = g.Clone(), g
			}
		}
	}
	for _, e := range c.Entries {
		if b.at[e.Name.Norm] == nil {
			if b.at[dn.ParentNorm(e.Name.Norm)] == nil {
				return nil, fmt.Errorf("entry %q of a pluginldif file has no parent", e.Name.Pretty)
			}
			b.put(e.Clone())
		}
	}
	return b.list, b.err
}

func (b *builder) global() {
	g := &b.cfg.Global
	e := b.add("cn=config", "objectClass", "top", "objectClass", "olcGlobal", "objectClass", "extensibleObject",
		"objectClass", "nsslapdConfig", "cn", "config")
	if b.cfg.File != "" {
		b.fill(e, "olcConfigFile", b.cfg.File)
	}
	if b.cfg.Dir != "" {
		b.fill(e, "olcConfigDir", b.cfg.Dir)
	}
	b.values(e, g.Values, func(a string) bool { return !moduleAttrs[a] })
	if !e.Has("olcLogLevel") {
		b.fill(e, "olcLogLevel", "stats")
	}
	front := b.cfg.Frontend
	for _, v := range front.Values {
		if v.Attr == "olcSizeLimit" || v.Attr == "olcTimeLimit" || v.Attr == "olcReadOnly" {
			text := v.Text
			if b.cfg.boolAttr(v.Attr) {
				text = boolToOLC(boolToNS(text))
			}
			b.fill(e, v.Attr, text)
		}
	}
	for _, s := range settings {
		value := s.def
		if s.olc != "" {
			if olc := e.First(s.olc); olc != "" {
				value = s.nsValue(olc)
			}
		}
		switch s.name {
		case "nsslapd-sizelimit":
			value = strconv.Itoa(front.Limits.Size.Soft)
		case "nsslapd-timelimit":
			value = strconv.Itoa(front.Limits.Time.Soft)
		case "nsslapd-rootdn":
			value = g.RootDN.Pretty
		case "nsslapd-localhost":
			value = hostName()
		case "nsslapd-localuser":
			value = os.Getenv("USER")
		case "nsslapd-versionstring":
			value = "libslapi"
		case "passwordStorageScheme":
			if g.Compat != Compat389 && len(g.PasswordHash) > 0 {
				value = strings.Trim(g.PasswordHash[0], "{}")
			}
		}
		if value != "" {
			b.fill(e, s.name, value)
		}
	}
	mods := b.add("cn=module{0},cn=config", "objectClass", "olcModuleList", "cn", "module{0}")
	b.values(mods, g.Values, func(a string) bool { return moduleAttrs[a] })
	if !mods.Has("olcModuleLoad") {
		b.list = b.list[:len(b.list)-1]
		delete(b.at, mods.Name.Norm)
	}
}

func hostName() string {
	if h, err := os.Hostname(); err == nil && h != "" {
		return h
	}
	return "localhost"
}

func (b *builder) database(d *Database) {
	class := "olcDatabaseConfig"
	if d.Index < 0 {
		e := b.add("olcDatabase={-1}frontend,cn=config", "objectClass", "olcDatabaseConfig", "objectClass", "olcFrontendConfig",
			"olcDatabase", "{-1}frontend")
		b.values(e, d.Values, nil)
		b.overlays(e, d)
		return
	}
	rdn := fmt.Sprintf("{%d}%s", d.Index, d.Type)
	e := b.add("olcDatabase="+rdn+",cn=config", "objectClass", class, "olcDatabase", rdn)
	if d.HoldsEntries() {
		b.fill(e, "objectClass", "olc"+strings.ToUpper(d.Type[:1])+d.Type[1:]+"Config")
	}
	b.values(e, d.Values, nil)
	if d.Type == "config" && !e.Has("olcRootDN") {
		b.fill(e, "olcRootDN", d.RootDN.Pretty)
	}
	if !e.Has("slapidDatabaseName") {
		b.fill(e, "slapidDatabaseName", d.Name)
	}
	if o := d.Syncprov; o != nil {
		e := b.add("olcOverlay={0}syncprov,"+e.Name.Pretty, "objectClass", "olcOverlayConfig", "objectClass", "olcSyncProvConfig",
			"olcOverlay", "{0}syncprov")
		b.values(e, o.Values, nil)
	}
	b.overlays(e, d)
}

// containers are the entries that 389's plug-ins and tools take for granted.
func (b *builder) containers() {
	container := func(name string) {
		_, cn, _ := strings.Cut(strings.SplitN(name, ",", 2)[0], "=")
		b.add(name, "objectClass", "top", "objectClass", "extensibleObject", "cn", cn)
	}
	container("cn=plugins,cn=config")
	container("cn=Password Storage Schemes,cn=plugins,cn=config")
	container("cn=tasks,cn=config")
	container(mappingBase)
	container("cn=features,cn=config")
	b.add("oid=1.3.6.1.4.1.42.2.27.9.5.8,cn=features,cn=config", "objectClass", "top", "objectClass", "directoryServerFeature",
		"oid", "1.3.6.1.4.1.42.2.27.9.5.8", "cn", "Account Usable Request Control")
	b.add("oid=1.3.6.1.4.1.4203.1.9.1.1,cn=features,cn=config", "objectClass", "top", "objectClass", "directoryServerFeature",
		"oid", "1.3.6.1.4.1.4203.1.9.1.1", "cn", "Sync Request Control",
		"aci", `(targetattr != "aci")(version 3.0; acl "Sync Request Control"; allow(read, search) userdn = "ldap:///all";)`)
	for _, n := range []string{"encryption", "replication", "sasl", "rewriters", "auto_bind", "SNMP", "uniqueid generator"} {
		container("cn=" + n + ",cn=config")
	}
	container("cn=mapping,cn=sasl,cn=config")
	b.add("cn=ldbm database,cn=plugins,cn=config", "objectClass", "top", "objectClass", "nsSlapdPlugin", "objectClass", "extensibleObject",
		"cn", "ldbm database", "nsslapd-pluginType", "database", "nsslapd-pluginEnabled", "on", "nsslapd-pluginId", "ldbm-backend",
		"nsslapd-pluginVendor", "libslapi", "nsslapd-pluginDescription", "the built-in database")
	b.add("cn=config,cn=ldbm database,cn=plugins,cn=config", "objectClass", "top", "objectClass", "extensibleObject", "cn", "config",
		"nsslapd-lookthroughlimit", "5000", "nsslapd-idlistscanlimit", "4000", "nsslapd-mode", "600",
		"nsslapd-pagedlookthroughlimit", "0", "nsslapd-rangelookthroughlimit", "5000")
	b.defaultIndexes()
}

// defaultIndexes are the indexes of a database that is added as 389's instance.
func (b *builder) defaultIndexes() {
	base := "cn=default indexes,cn=config," + ldbmBase
	b.add(base, "objectClass", "top", "objectClass", "extensibleObject", "cn", "default indexes")
	if !b.cfg.Schema.Compat389() {
		return
	}
	for _, set := range []struct{ kinds, attrs string }{
		{"eq", "entryusn gidNumber mailAlternateAddress mailHost member memberOf memberUid nsUniqueId nsCertSubjectDN objectClass owner seeAlso uid uidNumber ntUniqueId ntUserDomainId uniqueMember nsTombstoneCSN targetUniqueId"},
		{"pres", "aci"},
		{"pres eq sub", "cn givenName mail sn telephoneNumber"},
	} {
		for _, attr := range strings.Fields(set.attrs) {
			e := b.add("cn="+attr+","+base, "objectClass", "top", "objectClass", "nsIndex", "cn", attr, "nsSystemIndex", "false")
			for _, kind := range strings.Fields(set.kinds) {
				b.fill(e, "nsIndexType", kind)
			}
		}
	}
}

// userDatabase shows a database as 389 does: its instance, indexes and suffix.
func (b *builder) userDatabase(d *Database) {
	base := "cn=" + dn.Escape([]byte(d.Name)) + ",cn=ldbm database,cn=plugins,cn=config"
	e := b.add(base, "objectClass", "top", "objectClass", "extensibleObject", "objectClass", "nsBackendInstance", "cn", d.Name,
		"nsslapd-readonly", boolToNS(map[bool]string{true: "on", false: "off"}[d.ReadOnly]),
		"nsslapd-require-index", "off", "nsslapd-directory", d.Directory)
	for _, s := range d.Suffixes {
		b.fill(e, "nsslapd-suffix", s.Pretty)
		if s.Pretty == "" {
			continue
		}
		b.add("cn="+dn.Escape([]byte(s.Pretty))+",cn=mapping tree,cn=config", "objectClass", "top", "objectClass", "extensibleObject",
			"objectClass", "nsMappingTree", "cn", s.Pretty, "cn", `"`+s.Pretty+`"`, "nsslapd-state", "backend", "nsslapd-backend", d.Name)
	}
	b.parts(base, d)
}

// parts are the entries below the instance of a database.
func (b *builder) parts(base string, d *Database) {
	for _, cn := range []string{"monitor", "index", "encrypted attributes", "encrypted attribute keys"} {
		b.add("cn="+cn+","+base, "objectClass", "top", "objectClass", "extensibleObject", "cn", cn)
	}
	for _, ix := range d.Indexes() {
		b.add("cn="+dn.Escape([]byte(ix.Attr))+",cn=index,"+base, indexAttrs(ix)...)
	}
}

func indexAttrs(ix Index) []string {
	attrs := []string{"objectClass", "top", "objectClass", "nsIndex", "cn", ix.Attr, "nsSystemIndex", "false"}
	for _, k := range []struct {
		on   bool
		name string
	}{{ix.Pres, "pres"}, {ix.Eq, "eq"}, {ix.Sub, "sub"}, {ix.Approx, "approx"}} {
		if k.on {
			attrs = append(attrs, "nsIndexType", k.name)
		}
	}
	return attrs
}

// plugin is the entry of a plugin line.
func (b *builder) plugin(s *plugin.Spec) {
	on := "off"
	if s.Enabled {
		on = "on"
	}
	e := b.add("cn="+dn.Escape([]byte(s.Name))+","+pluginsBase, "objectClass", "top", "objectClass", "nsSlapdPlugin",
		"objectClass", "extensibleObject", "cn", s.Name, "nsslapd-pluginPath", s.Path, "nsslapd-pluginInitfunc", s.Init,
		"nsslapd-pluginType", s.Type, "nsslapd-pluginEnabled", on, "nsslapd-pluginPrecedence", strconv.Itoa(s.Precedence),
		attrDialect, dialectName(s.Dialect), attrOnFailure, onFailureName(s.OnFailure))
	if s.Database != "" {
		b.fill(e, attrDatabase, s.Database)
	}
	if s.LoadNow {
		b.fill(e, "nsslapd-pluginLoadNow", "true")
	}
	if s.LoadGlobal {
		b.fill(e, "nsslapd-pluginLoadGlobal", "true")
	}
	for _, n := range s.DependsOnNamed {
		b.fill(e, "nsslapd-plugin-depends-on-named", n)
	}
	for i, a := range s.Args {
		if a != "" {
			b.fill(e, fmt.Sprintf("nsslapd-pluginarg%d", i), a)
		}
	}
	s.Entry = e
}
