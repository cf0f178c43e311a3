package daemon

import (
	"errors"
	"net/url"
	"os"
	"strings"

	"libslapi/server/acl"
	"libslapi/server/backend"
	"libslapi/server/config"
	"libslapi/server/operation"
	"libslapi/server/sasl"
	"libslapi/server/schema"
	csn "libslapi/server/sync"
)

// compat translates the mode.
func compat(c config.Compat) operation.Compat {
	if c == config.Compat389 {
		return operation.DS389
	}
	return operation.OpenLDAP
}

// saslSettings are the settings of SASL; with compat 389ds a user name is looked
// up as uid, as ns-slapd's default mapping does.
func saslSettings(g *config.Global) sasl.Settings {
	s := g.SASL
	s.SearchUID = g.Compat == config.Compat389
	return s
}

// localSSF translates localSSF, in which 0 means none.
func localSSF(g *config.Global) int {
	if g.LocalSSF == 0 {
		return -1
	}
	return g.LocalSSF
}

// limits translates search limits; -1 is none there as here.
func limits(l config.Limits) operation.Limits {
	// the pipeline takes 0 for its default; a limit of 0 here is no limit there
	n := func(v int) int {
		if v == 0 {
			return config.Unlimited
		}
		return v
	}
	o := operation.Limits{Size: n(l.Size.Soft), SizeHard: l.Size.Hard, Time: n(l.Time.Soft), TimeHard: l.Time.Hard}
	switch {
	case l.Unchecked > 0:
		o.MaxCandidates = l.Unchecked
	case l.Unchecked == 0:
		o.MaxCandidates = operation.NoSearch
	}
	return o
}

// accessSet makes the access list of a database; nil when nothing is configured,
// which leaves the default to the pipeline.
func accessSet(s *schema.Schema, own, global []*acl.Rule) (*acl.Set, error) {
	if len(own)+len(global) == 0 {
		return nil, nil
	}
	return acl.NewSet(s, own, global)
}

// indexSpecs are the indexes of a database: those that are configured, and that of
// entryUUID where a consumer finds entries by it.
func indexSpecs(d *config.Database) []backend.IndexSpec {
	var out []backend.IndexSpec
	for _, ix := range d.Indexes() {
		out = append(out, backend.IndexSpec{Attr: ix.Attr, Eq: ix.Eq, Pres: ix.Pres, Sub: ix.Sub, Approx: ix.Approx})
	}
	if len(d.Syncrepl) > 0 {
		out = append(out, backend.IndexSpec{Attr: "entryUUID", Eq: true})
	}
	return out
}

// serverID is the id of this server: that of the serverID line whose URL is one of
// the listeners', else that of the line without a URL.
func serverID(g *config.Global, urls []string) (int, error) {
	if len(g.ServerIDs) == 0 {
		return g.ServerID, nil
	}
	clean := func(u string) string { return strings.TrimRight(strings.ToLower(u), "/") }
	host, _ := os.Hostname()
	for _, s := range g.ServerIDs {
		for _, u := range urls {
			if clean(s.URL) == clean(u) {
				return s.ID, nil
			}
			a, aerr := url.Parse(s.URL)
			b, berr := url.Parse(u)
			if aerr != nil || berr != nil || a.Scheme != b.Scheme || a.Port() != b.Port() || a.Scheme == "ldapi" {
				continue
			}
			if (b.Hostname() == "" || b.Hostname() == "0.0.0.0" || b.Hostname() == "::") && host != "" && strings.EqualFold(a.Hostname(), host) {
				return s.ID, nil
			}
		}
	}
	if g.ServerID == 0 {
		return 0, errors.New("serverID: none of the URLs is that of a listener (-h)")
	}
	return g.ServerID, nil
}

// fill sets in o everything of a database that can change while it runs.
func (a *Daemon) fill(o *operation.Database, d *config.Database, c *config.Config) error {
	set, err := accessSet(c.Schema, d.Access, c.Frontend.Access)
	if err != nil {
		return err
	}
	if d.Type == "config" {
		// cn=config is its root's alone unless its own section says more
		if set, err = accessSet(c.Schema, d.Access, nil); err != nil {
			return err
		}
	}
	o.ACL = set
	o.RootDN, o.RootPW = d.RootDN, d.RootPW
	o.ReadOnly = d.ReadOnly || c.Frontend.ReadOnly && d.Type != "config"
	o.Limits = limits(d.Limits)
	o.LimitsFor = limitsFor(append(d.LimitRules[:len(d.LimitRules):len(d.LimitRules)], c.Frontend.LimitRules...), a.holder)
	o.NoLastmod = !d.LastMod
	o.AddContentACL = d.AddACL || c.Frontend.AddACL
	o.UpdateRef = d.UpdateRef
	o.Replica, o.Multi = len(d.Syncrepl) > 0, d.Multi
	o.UpdateDN = nil
	if !d.UpdateDN.IsRoot() {
		u := d.UpdateDN
		o.UpdateDN = &u
	}
	o.Hidden = d.Hidden
	o.MaxDeref = d.MaxDeref
	o.Subordinate, o.Unlisted = d.Subordinate, d.Subordinate && !d.Advertise
	route(o, d.Route)
	if d.HoldsEntries() {
		o.Sync = a.provider(d)
	}
	o.Private = d.Type == "config" || d.Type == "monitor"
	o.Open = d.Type == "monitor" // without access lines everybody reads it, as with slapd
	return nil
}

// provider gives the provider of a database, which lives as long as the server,
// with the settings of d.
func (a *Daemon) provider(d *config.Database) *csn.Provider {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := a.providers[d.Name]
	if p == nil {
		p = csn.NewProvider()
		if a.providers == nil {
			a.providers = map[string]*csn.Provider{}
		}
		a.providers[d.Name] = p
	}
	set := csn.Settings{}
	if d.Syncprov != nil {
		set = d.Syncprov.Settings
	}
	set.Multi = d.Multi
	p.Configure(set)
	return p
}
