package acl

import (
	"net/netip"
	"strconv"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
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
	// root DN, which may do everything.
	Who    dn.Name
	Peer   string // "IP=127.0.0.1:389" or "PATH=/run/ldapi"
	Listen string // the listener's URL
	Local  string // own address in the form of Peer
	SSF    int
	Schema *schema.Schema
	// Lookup finds group entries; nil: no group matches.
	Lookup func(norm string) *entry.Entry
}

// Allowed tells whether the requestor has all privileges in r.Need.
func (s *Set) Allowed(r *Request) bool {
	if s.ReadAll() {
		return r.Need&^Read == 0
	}
	return s.Granted(r)&r.Need == r.Need
}

// Granted is the set of privileges that the requestor has; r.Need is ignored.
func (s *Set) Granted(r *Request) Priv {
	if s.ReadAll() {
		return Read
	}
	var have Priv
	var m matches
	for _, rule := range s.rules {
		if !rule.matches(r, &m) {
			continue
		}
		var ctl control
		if have, ctl = rule.grant(r, &m, have); ctl != breakOut {
			return have
		}
	}
	return None // the implicit "to * by * none" at the end
}

// grant walks the by clauses. Without one that ends the walk the implicit
// "by * none stop" does.
func (r *Rule) grant(req *Request, m *matches, have Priv) (Priv, control) {
	for i := range r.clauses {
		c := &r.clauses[i]
		if !c.applies(req, m) {
			continue
		}
		have = c.access.apply(have)
		if c.control != goOn {
			return have, c.control
		}
	}
	return None, stop
}

// matches are the submatches of a <what> clause: of the DN and of the value.
type matches struct{ dn, val []string }

func (r *Rule) matches(req *Request, m *matches) bool {
	*m = matches{}
	if r.dn != nil && !r.dn.matchDN(req.Entry.Name.Norm, &m.dn) {
		return false
	}
	if !r.what.has(req) {
		return false
	}
	if r.val != nil && (req.Value == nil || !r.val.matchValue(req, &m.val)) {
		return false
	}
	if r.what.filter != nil {
		truth, err := r.what.filter.Match(req.Entry, nil)
		return err == nil && truth == filter.True
	}
	return true
}

func (w *what) has(req *Request) bool {
	if w.all {
		return true
	}
	if req.Type == nil {
		return req.Pseudo == AttrEntry && w.entry || req.Pseudo == AttrChildren && w.child
	}
	for i, t := range w.types {
		if req.Type.Is(t) && holdsOptions(req.Options, w.options[i]) {
			return true
		}
	}
	for _, c := range w.classes {
		if c.has(req.Type) {
			return true
		}
	}
	return false
}

func holdsOptions(have, want []string) bool {
next:
	for _, o := range want {
		for _, h := range have {
			if h == o {
				continue next
			}
		}
		return false
	}
	return true
}

// matchDN tests a normal-form name and keeps the submatches.
func (p *pattern) matchDN(norm string, sub *[]string) bool {
	if p.style == regex {
		if p.re == nil {
			return false
		}
		found := p.re.FindStringSubmatch(norm)
		*sub = found
		return found != nil
	}
	if !matchName(p.style, p.level, norm, p.norm) {
		return false
	}
	*sub = []string{norm, p.norm}
	return true
}

func matchName(st style, lev int, norm, pat string) bool {
	switch st {
	case one:
		return norm != "" && norm != pat && dn.ParentNorm(norm) == pat
	case subtree:
		return dn.IsSuffix(norm, pat)
	case children:
		return norm != pat && dn.IsSuffix(norm, pat)
	case level:
		return ancestor(norm, lev) == pat && dn.IsSuffix(norm, pat)
	}
	return norm == pat
}

// ancestor is the n-th name above norm.
func ancestor(norm string, n int) string {
	for ; n > 0 && norm != ""; n-- {
		norm = dn.ParentNorm(norm)
	}
	if n > 0 {
		return "\x00" // above the root: no name
	}
	return norm
}

func (p *pattern) matchValue(req *Request, sub *[]string) bool {
	if p.style == regex {
		*sub = p.re.FindStringSubmatch(string(req.Value))
		return *sub != nil
	}
	if p.style != exact {
		name, err := dn.NewName(string(req.Value), req.Schema)
		return err == nil && matchName(p.style, p.level, name.Norm, p.norm)
	}
	key, err := req.Type.EqualityKey(req.Value)
	return err == nil && string(key) == p.norm
}

func (c *clause) applies(req *Request, m *matches) bool {
	for i := range c.whos {
		if !c.whos[i].matches(req, m) {
			return false
		}
	}
	return !c.access.self || req.valueIsWho()
}

// valueIsWho tells whether the value asked about is the requestor's own name.
func (r *Request) valueIsWho() bool {
	if r.Who.Norm == "" || r.Value == nil {
		return false
	}
	name, err := dn.NewName(string(r.Value), r.Schema)
	return err == nil && name.Norm == r.Who.Norm
}

func (w *who) matches(req *Request, m *matches) bool {
	switch w.kind {
	case "*":
		return true
	case "anonymous":
		return req.Who.Norm == ""
	case "users":
		return req.Who.Norm != ""
	case "self":
		return w.matchesSelf(req)
	case "dn":
		return w.matchesDN(req, m)
	case "group":
		return w.matchesGroup(req, m)
	case "dnattr":
		return req.Who.Norm != "" && req.Entry.HasValue(w.attr, []byte(req.Who.Pretty))
	case "peername":
		return w.pat.matchPeer(req.Peer, m)
	case "sockname":
		return w.pat.matchPeer(req.Local, m)
	case "sockurl":
		return w.pat.matchPeer(req.Listen, m)
	case "ssf":
		return req.SSF >= w.minimum
	}
	return false
}

func (w *who) matchesSelf(req *Request) bool {
	if req.Who.Norm == "" {
		return false
	}
	who, target := req.Who.Norm, req.Entry.Name.Norm
	if w.pat.style == level {
		if n := w.pat.level; n >= 0 {
			who = ancestor(who, n)
		} else {
			target = ancestor(target, -n)
		}
	}
	return who == target
}

func (w *who) matchesDN(req *Request, m *matches) bool {
	if req.Who.Norm == "" {
		return false
	}
	p := &w.pat
	if p.style == regex {
		re := p.re
		if re == nil {
			var err error
			if re, err = compile(m.expand(p.text)); err != nil {
				return false
			}
		}
		return re.MatchString(req.Who.Norm)
	}
	norm, ok := p.name(req, m)
	return ok && matchName(p.style, p.level, req.Who.Norm, norm)
}

// name is the normal form of a DN pattern, submatches put in.
func (p *pattern) name(req *Request, m *matches) (string, bool) {
	if !p.expand {
		return p.norm, true
	}
	name, err := dn.NewName(m.expand(p.text), req.Schema)
	return name.Norm, err == nil
}

func (w *who) matchesGroup(req *Request, m *matches) bool {
	if req.Who.Norm == "" || req.Lookup == nil {
		return false
	}
	norm, ok := w.pat.name(req, m)
	if !ok {
		return false
	}
	g := req.Lookup(norm)
	return g != nil && g.IsClass(w.class) && g.HasValue(w.attr, []byte(req.Who.Pretty))
}

// expand puts submatches into a text: $n, ${n}, ${dn} of the DN, ${vn} of the value.
func (m *matches) expand(text string) string {
	return expandable.ReplaceAllStringFunc(text, func(ref string) string {
		if ref == "$$" {
			return "$"
		}
		ref = strings.Trim(ref[1:], "{}")
		from := m.dn
		switch {
		case strings.HasPrefix(ref, "v"):
			from, ref = m.val, ref[1:]
		case strings.HasPrefix(ref, "d"):
			ref = ref[1:]
		}
		n, err := strconv.Atoi(ref)
		if err != nil || n >= len(from) {
			return ""
		}
		return from[n]
	})
}

func (p *pattern) matchPeer(peer string, m *matches) bool {
	text := p.text
	if p.expand {
		text = m.expand(text)
	}
	switch p.style {
	case regex:
		return p.re != nil && p.re.MatchString(peer)
	case path:
		rest, ok := strings.CutPrefix(peer, "PATH=")
		return ok && rest == text
	case ip:
		rest, ok := strings.CutPrefix(peer, "IP=")
		if !ok {
			return false
		}
		ap, err := netip.ParseAddrPort(rest)
		if err != nil || p.port != "" && strconv.Itoa(int(ap.Port())) != p.port {
			return false
		}
		return p.addr.Masked().Contains(ap.Addr().Unmap())
	}
	return peer == text
}
