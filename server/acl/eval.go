package acl

import (
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/schema"
)

// The two pseudo attributes: the entry itself, and the entries below it.
const (
	AttrEntry    = "entry"
	AttrChildren = "children"
)

// Request is one question of access. Exactly one of Pseudo and Type is set.
type Request struct {
	Entry   *entry.Entry
	Pseudo  string // AttrEntry or AttrChildren
	Type    *schema.AttributeType
	Options []string
	Value   []byte // nil: about the attribute as a whole
	Need    Priv   // all of these
	// Who asks: the zero Name is anonymous. The caller has dealt with the
	// root DN, which may do everything. Real is whom the connection was
	// authenticated as, when that is another name (proxied authorization).
	Who    dn.Name
	Real   dn.Name
	Peer   string // "IP=127.0.0.1:389" or "PATH=/run/ldapi"
	Listen string // the listener's URL
	Local  string // the listener's address in the form of Peer
	// Domain finds the client's host name; nil: it is not known.
	Domain func() string
	// SSF is the greatest of the protections there are, the others are one each.
	SSF, TransportSSF, TLSSSF, SASLSSF int

	Schema *schema.Schema
	// Lookup finds entries of groups and sets; nil: there are none.
	Lookup func(norm string) *entry.Entry
}

// Allowed tells whether the requestor has all privileges in r.Need.
func (s *Set) Allowed(r *Request) bool {
	if s.ReadAll() {
		return r.Need&^Read == 0
	}
	// Attributes that no user can change anyway are not refused here but by
	// the schema.
	if r.Type != nil && r.Need&^PrivWrite == 0 && r.Type.NoUserModification {
		return true
	}
	return s.Granted(r)&r.Need == r.Need
}

// Granted is the set of privileges that the requestor has; r.Need is ignored.
func (s *Set) Granted(r *Request) Priv { return s.Mask(r).Priv }

// Mask is Granted in the form in which the directives gave it.
func (s *Set) Mask(r *Request) Mask {
	if s.ReadAll() {
		return Mask{Read, true}
	}
	var have Mask
	for _, rule := range s.rules {
		if !rule.matches(r) {
			continue
		}
		var ctl control
		if have, ctl = rule.grant(r, have); ctl != breakOut {
			return have
		}
	}
	return Mask{} // the implicit "to * by * none" at the end
}

// grant walks the by clauses. Without one that ends the walk the implicit
// "by * none stop" does.
func (r *Rule) grant(req *Request, have Mask) (Mask, control) {
	m := matches{rule: r, req: req}
	for i := range r.clauses {
		c := &r.clauses[i]
		if !c.applies(req, &m) {
			continue
		}
		have = c.access.apply(have)
		if c.control != goOn {
			return have, c.control
		}
	}
	return Mask{}, stop
}

func (c *clause) applies(req *Request, m *matches) bool {
	for i := range c.whos {
		w := &c.whos[i]
		if w.kind == whoDNAttr && c.access.self != selfAny {
			continue // the value asked about counts, below
		}
		if !w.matches(req, m) {
			return false
		}
	}
	switch c.access.self {
	case selfName:
		return req.valueIs(&req.Who)
	case selfReal:
		if req.Real.Norm != "" {
			return req.valueIs(&req.Real)
		}
		return req.valueIs(&req.Who)
	}
	return true
}

// valueIs tells whether the value asked about is a name.
func (r *Request) valueIs(who *dn.Name) bool {
	if who.Norm == "" || r.Value == nil || r.Type == nil || !holdsNames(r.Type) {
		return false
	}
	name, err := dn.NewName(string(r.Value), r.Schema)
	return err == nil && name.Norm == who.Norm
}
