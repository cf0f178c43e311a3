package daemon

import (
	"strings"
	"sync/atomic"

	"libslapi/server/config"
	"libslapi/server/dn"
	"libslapi/server/filter"
	"libslapi/server/operation"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// gate stands between the frontend and the pipeline. It refuses what the
// "security" and "restrict" lines, and the "require" lines of databases, do not
// let in; the pipeline applies the server-wide "require" line itself.
type gate struct {
	*operation.Server
	rules atomic.Pointer[gateRules]
}

// gateRules are the lines in force; nil maps when there are none.
type gateRules struct {
	global   policy
	database map[string]policy // by database name
	any      bool
	depth    int     // maxfilterdepth, when it is less than what the filters' own limit is
	base     dn.Name // defaultsearchbase
}

type policy struct {
	security map[string]int
	restrict map[string]bool
	require  map[string]bool
}

func policyOf(d *config.Database, require bool) policy {
	p := policy{security: d.Security}
	set := func(list []string) map[string]bool {
		if len(list) == 0 {
			return nil
		}
		m := map[string]bool{}
		for _, w := range list {
			m[strings.ToLower(w)] = true
		}
		return m
	}
	p.restrict = set(d.Restrict)
	if require {
		p.require = set(d.Require)
	}
	return p
}

func (p *policy) empty() bool {
	return len(p.security) == 0 && len(p.restrict) == 0 && len(p.require) == 0
}

// configure puts the lines of a configuration in force.
func (g *gate) configure(c *config.Config) {
	r := &gateRules{global: policyOf(c.Frontend, false), database: map[string]policy{}}
	r.any = !r.global.empty()
	if n := c.Global.MaxFilterDepth; n > 0 && n < filter.MaxDepth {
		r.depth = n
	}
	if n, err := dn.NewName(c.Global.DefaultBase, c.Schema); err == nil && !n.IsRoot() {
		r.base = n
	}
	r.any = r.any || r.depth > 0 || r.base.Norm != ""
	for _, d := range c.Databases {
		if p := policyOf(d, true); !p.empty() {
			r.database[d.Name] = p
			r.any = true
		}
	}
	g.rules.Store(r)
}

// Handle implements frontend.Handler.
func (g *gate) Handle(op *plugin.Operation) {
	if r := g.rules.Load(); r != nil && r.any {
		if err := r.check(g.Server, op); err != nil {
			g.refuse(op, err)
			return
		}
	}
	g.Server.Handle(op)
}

func (g *gate) refuse(op *plugin.Operation, err *wire.Error) {
	op.Result, op.ResultSent = err.Result, true
	if op.Kind == plugin.KindBind && op.Conn != nil {
		// a bind that fails leaves the connection anonymous (RFC 4511 section 4.2.1)
		op.Conn.AuthDN, op.Conn.AuthMethod = dn.Name{}, "none"
	}
	switch op.Kind {
	case plugin.KindUnbind, plugin.KindAbandon:
		return
	}
	if op.Responder != nil {
		op.Responder.SendResult(op)
	}
}

// check gives the result to refuse op with, nil when it may go on.
func (r *gateRules) check(s *operation.Server, op *plugin.Operation) *wire.Error {
	switch op.Kind {
	case plugin.KindUnbind, plugin.KindAbandon:
		return nil
	case plugin.KindExtended:
		if op.Extended != nil && op.Extended.OID == operation.ExtStartTLS {
			return nil // it must come before the protection that it brings
		}
	}
	if op.Kind == plugin.KindSearch && op.Search != nil {
		if r.depth > 0 && depth(op.Search.Filter) > r.depth {
			return wire.Errorf(wire.ProtocolError, "filter nested too deeply")
		}
		if r.base.Norm != "" && op.TargetErr == nil && op.Target.Norm == "" && op.Search.Scope != wire.ScopeBase {
			op.Target, op.RawTarget = r.base, r.base.Pretty
		}
	}
	if err := r.global.check(op); err != nil {
		return err
	}
	if op.Kind == plugin.KindExtended || op.TargetErr != nil || len(r.database) == 0 {
		return nil
	}
	if p, ok := r.database[s.DatabaseFor(op.Target.Norm)]; ok {
		return p.check(op)
	}
	return nil
}

// depth is how deeply and, or and not are nested in a filter.
func depth(f *filter.Node) int {
	if f == nil {
		return 0
	}
	n := 0
	for _, k := range f.Kids {
		n = max(n, depth(k))
	}
	return n + 1
}

// restrictWords are the words of a restrict line that an operation falls under.
func restrictWords(op *plugin.Operation) []string {
	switch op.Kind {
	case plugin.KindBind:
		return []string{"bind"}
	case plugin.KindSearch:
		return []string{"search", "read"}
	case plugin.KindCompare:
		return []string{"compare", "read"}
	case plugin.KindAdd:
		return []string{"add", "write"}
	case plugin.KindDelete:
		return []string{"delete", "write"}
	case plugin.KindModify:
		return []string{"modify", "write"}
	case plugin.KindModDN:
		return []string{"rename", "modrdn", "write"}
	case plugin.KindExtended:
		return []string{"extended", "extended=" + strings.ToLower(op.Extended.OID)}
	}
	return nil
}

func (p *policy) check(op *plugin.Operation) *wire.Error {
	if p.restrict["all"] {
		return wire.Errorf(wire.UnwillingToPerform, "operation restricted")
	}
	for _, w := range restrictWords(op) {
		if p.restrict[w] {
			return wire.Errorf(wire.UnwillingToPerform, "operation restricted")
		}
	}
	if op.Conn == nil {
		return nil
	}
	ssf := op.Conn.SSF
	transport := 0
	if op.Conn.LDAPI {
		transport = ssf
	}
	tls := 0
	if !op.Conn.LDAPI {
		tls = ssf
	}
	lacks := func(prefix string) bool {
		return ssf < p.security[prefix+"ssf"] || transport < p.security[prefix+"transport"] || tls < p.security[prefix+"tls"]
	}
	if op.Kind == plugin.KindBind {
		if op.Bind != nil && op.Bind.Method == wire.AuthSimple && len(op.Bind.Password) > 0 && ssf < p.security["simple_bind"] {
			return wire.Errorf(wire.ConfidentialityRequired, "confidentiality required")
		}
		if lacks("") {
			return wire.Errorf(wire.ConfidentialityRequired, "confidentiality required")
		}
		return nil
	}
	if lacks("") {
		return wire.Errorf(wire.ConfidentialityRequired, "confidentiality required")
	}
	if op.Kind.Update() && lacks("update_") {
		return wire.Errorf(wire.ConfidentialityRequired, "confidentiality required for update")
	}
	anonymous := op.Requestor.Norm == ""
	sasl := strings.HasPrefix(op.Conn.AuthMethod, "SASL")
	switch {
	case p.security["sasl"] > 0 && !sasl:
		return wire.Errorf(wire.StrongerAuthRequired, "SASL confidentiality required")
	case op.Kind.Update() && p.security["update_sasl"] > 0 && !sasl:
		return wire.Errorf(wire.StrongerAuthRequired, "SASL confidentiality required for update")
	case p.require["strong"] && (anonymous || !sasl && ssf == 0):
		return wire.Errorf(wire.StrongerAuthRequired, "strong(er) authentication required")
	case p.require["sasl"] && (anonymous || !sasl):
		return wire.Errorf(wire.StrongerAuthRequired, "SASL authentication required")
	case p.require["authc"] && anonymous:
		return wire.Errorf(wire.StrongerAuthRequired, "authentication required")
	case p.require["bind"] && op.Conn.AuthMethod == "none":
		return wire.Errorf(wire.OperationsError, "BIND required")
	case p.require["ldapv3"] && op.Conn.Version < 3:
		return wire.Errorf(wire.ProtocolError, "operation restricted to LDAPv3")
	}
	return nil
}
