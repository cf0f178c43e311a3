package config

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/overlay"
	"libslapi/server/wire"
)

// Overlay is one overlay line of a database with the lines behind it, of the
// overlays in package overlay.
type Overlay struct {
	Name   string
	Lines  [][]string // directive and words
	Values Values     // its directives, for its entry in cn=config
}

// overlayDirectives are the directives of the overlays of package overlay, with
// the attribute of cn=config that shows each.
var overlayDirectives = []struct {
	overlay, name, attr string
	min, max            int
	multi               bool
}{
	{"unique", "unique_uri", "olcUniqueURI", 1, -1, true}, {"unique", "unique_base", "olcUniqueBase", 1, 1, false},
	{"unique", "unique_ignore", "olcUniqueIgnore", 1, -1, true}, {"unique", "unique_attributes", "olcUniqueAttribute", 1, -1, true},
	{"unique", "unique_strict", "olcUniqueStrict", 1, 1, false},
	{"refint", "refint_attributes", "olcRefintAttribute", 1, -1, true}, {"refint", "refint_nothing", "olcRefintNothing", 1, 1, false},
	{"refint", "refint_modifiersname", "olcRefintModifiersName", 1, 1, false},
	{"memberof", "memberof-group-oc", "olcMemberOfGroupOC", 1, 1, false}, {"memberof", "memberof-member-ad", "olcMemberOfMemberAD", 1, 1, false},
	{"memberof", "memberof-memberof-ad", "olcMemberOfMemberOfAD", 1, 1, false}, {"memberof", "memberof-dn", "olcMemberOfDN", 1, 1, false},
	{"memberof", "memberof-dangling", "olcMemberOfDangling", 1, 1, false}, {"memberof", "memberof-dangling-error", "olcMemberOfDanglingError", 1, 1, false},
	{"memberof", "memberof-refint", "olcMemberOfRefInt", 1, 1, false},
	{"auditlog", "auditlog", "olcAuditlogFile", 1, 1, false},
	{"constraint", "constraint_attribute", "olcConstraintAttribute", 1, -1, true},
	{"accesslog", "logdb", "olcAccessLogDB", 1, 1, false}, {"accesslog", "logops", "olcAccessLogOps", 1, -1, true},
	{"accesslog", "logpurge", "olcAccessLogPurge", 2, 2, false}, {"accesslog", "logsuccess", "olcAccessLogSuccess", 1, 1, false},
	{"accesslog", "logold", "olcAccessLogOld", 1, 1, false}, {"accesslog", "logoldattr", "olcAccessLogOldAttr", 1, -1, true},
	{"accesslog", "logbase", "olcAccessLogBase", 2, 2, true},
	{"valsort", "valsort-attr", "olcValSortAttr", 3, 4, true}, {"collect", "collectinfo", "olcCollectInfo", 2, 2, true},
	{"dynlist", "dynlist-attrset", "olcDynListAttrSet", 2, -1, true}, {"dynlist", "dynlist-attrpair", "", 2, -1, true},
	{"dds", "dds-state", "olcDDSstate", 1, 1, false}, {"dds", "dds-max-ttl", "olcDDSmaxTtl", 1, 1, false},
	{"dds", "dds-min-ttl", "olcDDSminTtl", 1, 1, false}, {"dds", "dds-default-ttl", "olcDDSdefaultTtl", 1, 1, false},
	{"dds", "dds-interval", "olcDDSinterval", 1, 1, false}, {"dds", "dds-tolerance", "olcDDStolerance", 1, 1, false},
	{"dds", "dds-max-dynamicobjects", "olcDDSmaxDynamicObjects", 1, 1, false},
	{"retcode", "retcode-parent", "olcRetcodeParent", 1, 1, false}, {"retcode", "retcode-item", "olcRetcodeItem", 2, -1, true},
	{"retcode", "retcode-sleep", "olcRetcodeSleep", 1, 1, false}, {"retcode", "retcode-indir", "olcRetcodeInDir", 0, 1, false},
	{"sssvlv", "sssvlv-max", "olcSssVlvMax", 1, 1, false}, {"sssvlv", "sssvlv-maxkeys", "olcSssVlvMaxKeys", 1, 1, false},
	{"sssvlv", "sssvlv-maxperconn", "olcSssVlvMaxPerConn", 1, 1, false},
	{"lastbind", "lastbind-precision", "olcLastBindPrecision", 1, 1, false}, {"lastbind", "lastbind_forward_updates", "olcLastBindForwardUpdates", 1, 1, false},
	{"ppolicy", "ppolicy_default", "olcPPolicyDefault", 1, 1, false}, {"ppolicy", "ppolicy_hash_cleartext", "olcPPolicyHashCleartext", 0, 1, false},
	{"ppolicy", "ppolicy_use_lockout", "olcPPolicyUseLockout", 0, 1, false},
	{"ppolicy", "ppolicy_forward_updates", "olcPPolicyForwardUpdates", 0, 1, false},
	{"ppolicy", "ppolicy_send_netscape_controls", "olcPPolicySendNetscapeControls", 0, 1, false},
}

func init() {
	for _, d := range overlayDirectives {
		define(d.name, directive{scope: scopeOverlay, overlay: d.overlay, min: d.min, max: d.max, args: "<value>", attr: d.attr, multi: d.multi,
			run: func(p *parser, l *line) error {
				o := p.lastOverlay()
				o.Lines = append(o.Lines, l.words)
				return nil
			}})
	}
}

// beginOverlay runs the line "overlay NAME".
func (p *parser) beginOverlay(name string) error {
	if p.entryMode {
		return errors.New("is not possible here")
	}
	if p.db == nil {
		p.db = p.cfg.Frontend // before the first database: for all of them
		defer func() { p.db = nil }()
	}
	if !p.db.HoldsEntries() && !(p.db == p.cfg.Frontend && overlay.Global(name)) {
		return fmt.Errorf("overlay %s is for a database of entries only", name)
	}
	if err := overlay.Schema(name, p.cfg.Schema); err != nil {
		return err
	}
	p.db.Overlays, p.overlay = append(p.db.Overlays, &Overlay{Name: name}), name
	return nil
}

// lastOverlay is the overlay that a line belongs to.
func (p *parser) lastOverlay() *Overlay {
	t := p.target()
	return t.Overlays[len(t.Overlays)-1]
}

// NewOverlays makes the overlays of a database, and so checks their lines.
func (c *Config) NewOverlays(d *Database, env overlay.Env) ([]overlay.Overlay, error) {
	env.Schema, env.RootDN, env.Replica = c.Schema, d.RootDN, len(d.Syncrepl) > 0
	if len(d.Suffixes) > 0 {
		env.Suffix = d.Suffixes[0]
	}
	var list []overlay.Overlay
	for _, o := range d.Overlays {
		e := env
		x, err := overlay.New(o.Name, &e, o.Lines)
		if err != nil {
			return nil, fmt.Errorf("overlay %s: %w", o.Name, err)
		}
		list = append(list, x)
	}
	if d.LastBind {
		e := env
		if e.Log == nil {
			e.Log = slog.New(slog.DiscardHandler)
		}
		list = append(list, overlay.NewLastSuccess(&e))
	}
	return list, nil
}

// overlayClasses are the object classes of the overlays' entries.
var overlayClasses = map[string]string{"unique": "olcUniqueConfig", "refint": "olcRefintConfig", "memberof": "olcMemberOfConfig",
	"auditlog": "olcAuditlogConfig", "constraint": "olcConstraintConfig", "accesslog": "olcAccessLogConfig", "ppolicy": "olcPPolicyConfig", "lastbind": "olcLastBindConfig",
	"valsort": "olcValSortConfig", "collect": "olcCollectConfig", "dynlist": "olcDynListConfig", "dds": "olcDDSConfig", "retcode": "olcRetcodeConfig",
	"deref": "olcOverlayConfig", "sssvlv": "olcSssVlvConfig"}

// overlays shows the overlays of a database.
func (b *builder) overlays(e *entry.Entry, d *Database) {
	n := 0
	if d.Syncprov != nil {
		n = 1
	}
	for i, o := range d.Overlays {
		name := fmt.Sprintf("{%d}%s", n+i, o.Name)
		x := b.add("olcOverlay="+dn.Escape([]byte(name))+","+e.Name.Pretty, "objectClass", "olcOverlayConfig", "objectClass", overlayClasses[o.Name],
			"olcOverlay", name)
		b.values(x, o.Values, nil)
	}
}

// nativeOverlay is the name of the overlay of package overlay that an entry
// stands for, "" when it is another one.
func nativeOverlay(e *entry.Entry) string {
	names := unordered(e.Values("olcOverlay"))
	if len(names) == 1 && overlay.Known(strings.ToLower(names[0])) {
		return strings.ToLower(names[0])
	}
	return ""
}

// overlayEntry adds what an olcOverlay entry stands for to its database.
func (c *Config) overlayEntry(to *Database, e *entry.Entry) (err error) {
	name := nativeOverlay(e)
	switch {
	case !to.BuiltIn() && !(to.Index < 0 && overlay.Global(name)):
		return fmt.Errorf("database %s takes no overlay %s", to.Type, e.First("olcOverlay"))
	case name == "" && to.Syncprov != nil:
		return fmt.Errorf("overlay syncprov is there already")
	case name == "":
		to.Syncprov, err = c.syncprovOf(e)
		return err
	}
	n := New()
	n.Schema, n.schemaUsed = c.Schema, true
	d := newDatabase("mdb", e.Name.Pretty, 0)
	d.Overlays = []*Overlay{{Name: name}}
	p := &parser{cfg: n, db: d, overlay: name, entryMode: true}
	if err := p.runEntry(e, nil); err != nil {
		return err
	}
	to.Overlays = append(to.Overlays, d.Overlays[0])
	return nil
}

const overlayRDN = "olcoverlay="

// overlaysIn reads the overlays of a database from their entries.
func (c *Config) overlaysIn(s *state, d *Database) error {
	d.Overlays, d.Syncprov = nil, nil
	type item struct {
		n int
		e *entry.Entry
	}
	var list []item
	for _, norm := range s.order {
		if text, ok := strings.CutPrefix(norm, overlayRDN); ok && dn.ParentNorm(norm) == d.entryNorm() {
			n := 0
			if j := strings.IndexByte(text, '}'); j > 1 {
				n, _ = strconv.Atoi(text[1:j])
			}
			list = append(list, item{n, s.byNorm[norm]})
		}
	}
	slices.SortStableFunc(list, func(a, b item) int { return a.n - b.n })
	for _, it := range list {
		if err := c.overlayEntry(d, it.e); err != nil {
			return fmt.Errorf("%s: %w", it.e.Name.Pretty, err)
		}
	}
	if _, err := c.NewOverlays(d, overlay.Env{}); err != nil {
		return err
	}
	return nil
}

// overlayOf takes an overlay entry of a configuration folder: its database has
// been read before it.
func (c *Config) overlayOf(e *entry.Entry) error {
	for _, d := range append([]*Database{c.Frontend}, c.Databases...) {
		if dn.ParentNorm(e.Name.Norm) == d.entryNorm() {
			if err := c.overlayEntry(d, e); err != nil {
				return err
			}
			_, err := c.NewOverlays(d, overlay.Env{})
			return err
		}
	}
	return fmt.Errorf("no database takes overlay %s", e.First("olcOverlay"))
}

// addOverlay takes a new overlay entry.
func (x *txn) addOverlay(e *entry.Entry) error {
	if !strings.HasPrefix(dn.ParentNorm(e.Name.Norm), databaseRDN) {
		return wire.Errorf(wire.NamingViolation, "overlays are below the entry of a database")
	}
	if err := x.numbered(e, "olcOverlay", "", 0); err != nil {
		return err
	}
	return x.checkOverlays(x.with(e), dn.ParentNorm(e.Name.Norm))
}

// checkOverlays tests the overlays of a database as y has them.
func (x *txn) checkOverlays(y *txn, database string) error {
	c, err := y.config()
	if err != nil {
		return err
	}
	e := y.s.byNorm[database]
	if e == nil {
		return wire.Errorf(wire.NoSuchObject, "")
	}
	var d *Database
	if database == frontNorm {
		_, d, err = c.globalOf(y.s.byNorm["cn=config"], e)
	} else {
		d, err = c.databaseOf(e, c.Frontend)
	}
	if err == nil {
		err = c.overlaysIn(y.s, d)
	}
	if err != nil {
		return invalid(err)
	}
	return nil
}
