package config

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/ldif"
	"libslapi/server/plugin"
	"libslapi/server/schema"
)

// Attributes of a plug-in's entry that are ours.
const (
	attrDialect   = "slapidPluginDialect"
	attrOnFailure = "slapidPluginOnFailure"
	attrDatabase  = "slapidPluginDatabase"
)

const pluginsBase = "cn=plugins,cn=config"

// runPluginLDIF reads entries of cn=config as 389 writes them: those with a
// library and an init function become plug-ins, all others are kept.
func runPluginLDIF(p *parser, l *line) error {
	if p.entryMode {
		return fmt.Errorf("is not possible here")
	}
	o := p.takeOptions()
	f, err := os.Open(l.words[1])
	if err != nil {
		return err
	}
	defer f.Close()
	list, where, err := readEntries(f, l.words[1], p.cfg.Schema)
	if err != nil {
		return l.errorf("%v", err)
	}
	for i, e := range list {
		if !dn.IsSuffix(e.Name.Norm, "cn=config") {
			return l.errorf("%s: entry %q is not below cn=config", where[i], e.Name.Pretty)
		}
		if isPluginEntry(e) {
			s, err := p.cfg.specOf(e, where[i])
			if err != nil {
				return l.errorf("%v", err)
			}
			if o.set {
				if s.Dialect == plugin.DialectAuto {
					s.Dialect = o.dialect
				}
				if s.OnFailure == plugin.Required {
					s.OnFailure = o.onFailure
				}
				s.Enabled = s.Enabled && o.enabled
			}
			p.addPlugin(s, nil)
		}
		p.cfg.Entries = append(p.cfg.Entries, e)
	}
	return nil
}

// isPluginEntry tells whether an entry below cn=plugins,cn=config describes a
// library to load.
func isPluginEntry(e *entry.Entry) bool {
	return dn.IsSuffix(e.Name.Norm, pluginsBase) && e.Has("nsslapd-pluginPath") && e.Has("nsslapd-pluginInitfunc")
}

// readEntries reads content records. Attribute names are kept as written; a
// type that the schema lacks gets an unknown one.
func readEntries(r *os.File, file string, s *schema.Schema) (list []*entry.Entry, where []string, err error) {
	in := ldif.NewReader(r, file)
	for {
		rec, err := in.Next()
		if isEOF(err) {
			return list, where, nil
		}
		if err != nil {
			return nil, nil, err
		}
		at := fmt.Sprintf("%s:%d", file, rec.Line)
		if rec.ChangeType != "" && rec.ChangeType != "add" {
			return nil, nil, fmt.Errorf("%s: a change record is not possible here", at)
		}
		n, err := dn.NewName(rec.DN, s)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: invalid DN %q: %v", at, rec.DN, err)
		}
		e := entry.New(n)
		for _, a := range rec.Attrs {
			if err := e.Add(s, a.Type, a.Values...); err != nil {
				return nil, nil, fmt.Errorf("%s: attribute %s: %v", at, a.Type, err)
			}
		}
		list, where = append(list, e), append(where, at)
	}
}

// specOf makes a plug-in's Spec from its entry.
func (c *Config) specOf(e *entry.Entry, where string) (plugin.Spec, error) {
	s := plugin.Spec{
		Name: e.First("cn"), Type: strings.ToLower(e.First("nsslapd-pluginType")), Init: e.First("nsslapd-pluginInitfunc"),
		Entry: e, From389: true, Where: where, Precedence: 50, Database: e.First(attrDatabase),
	}
	fail := func(format string, args ...any) (plugin.Spec, error) {
		return s, fmt.Errorf("%s: plug-in %q: %s", where, e.Name.Pretty, fmt.Sprintf(format, args...))
	}
	if s.Name == "" {
		rdn, _ := dn.SplitPretty(e.Name.Pretty)
		_, s.Name, _ = strings.Cut(rdn, "=")
	}
	if s.Type == "" {
		return fail("has no nsslapd-pluginType")
	}
	if !pluginTypes[s.Type] {
		return fail("unknown nsslapd-pluginType %q", s.Type)
	}
	path := e.First("nsslapd-pluginPath")
	if path == "" || s.Init == "" {
		return fail("nsslapd-pluginPath or nsslapd-pluginInitfunc is empty")
	}
	s.Path = c.findLibrary(path, true)
	var err error
	if s.Enabled, err = parseBool(orElse(e.First("nsslapd-pluginEnabled"), "off")); err != nil {
		return fail("nsslapd-pluginEnabled: %v", err)
	}
	if v := e.First("nsslapd-pluginPrecedence"); v != "" {
		if s.Precedence, err = strconv.Atoi(v); err != nil || s.Precedence < 1 || s.Precedence > 99 {
			return fail("nsslapd-pluginPrecedence %q must be 1 to 99", v)
		}
	}
	if s.Dialect, err = ParseDialect(e.First(attrDialect)); err != nil {
		return fail("%s: %v", attrDialect, err)
	}
	if s.OnFailure, err = ParseOnFailure(e.First(attrOnFailure)); err != nil {
		return fail("%s: %v", attrOnFailure, err)
	}
	s.DependsOnType = texts(e.Values("nsslapd-plugin-depends-on-type"))
	s.DependsOnNamed = texts(e.Values("nsslapd-plugin-depends-on-named"))
	s.LoadNow, _ = parseBool(e.First("nsslapd-pluginLoadNow"))
	s.LoadGlobal, _ = parseBool(e.First("nsslapd-pluginLoadGlobal"))
	s.Args = pluginArgs(e)
	return s, nil
}

// pluginArgs collects nsslapd-pluginarg0, 1, ... of an entry: in the order of
// their numbers, several values of one number after each other, until more than
// ten numbers in a row are missing.
func pluginArgs(e *entry.Entry) []string {
	const prefix = "nsslapd-pluginarg"
	byNumber := map[int][]string{}
	var numbers []int
	for i := range e.Attrs {
		name := strings.ToLower(e.Attrs[i].Desc)
		if !strings.HasPrefix(name, prefix) {
			continue
		}
		n, err := strconv.Atoi(name[len(prefix):])
		if err != nil || n < 0 {
			continue
		}
		if byNumber[n] == nil {
			numbers = append(numbers, n)
		}
		byNumber[n] = append(byNumber[n], texts(e.Attrs[i].Values)...)
	}
	sort.Ints(numbers)
	var args []string
	last := -1
	for _, n := range numbers {
		if n-last > 11 {
			break
		}
		last = n
		args = append(args, byNumber[n]...)
	}
	return args
}

func texts(values [][]byte) []string {
	var out []string
	for _, v := range values {
		out = append(out, string(v))
	}
	return out
}

func orElse(v, other string) string {
	if v == "" {
		return other
	}
	return v
}
