package acl

import (
	"fmt"
	"strconv"
	"strings"

	"libslapi/server/entry"
	"libslapi/server/schema"
)

// whoKind is the kind of one <who> of a "by" clause.
type whoKind uint8

const (
	whoAll whoKind = iota
	whoAnonymous
	whoUsers
	whoSelf
	whoDN
	whoDNAttr
	whoGroup
	whoPeer
	whoSockName
	whoSockURL
	whoDomain
	whoSet
	whoSSF
)

var whoKinds = map[string]whoKind{
	"*": whoAll, "anonymous": whoAnonymous, "users": whoUsers, "self": whoSelf, "dn": whoDN, "dnattr": whoDNAttr,
	"group": whoGroup, "peername": whoPeer, "sockname": whoSockName, "sockurl": whoSockURL, "domain": whoDomain, "set": whoSet,
	"ssf": whoSSF, "transport_ssf": whoSSF, "tls_ssf": whoSSF, "sasl_ssf": whoSSF,
}

type who struct {
	kind     whoKind
	real     bool // about the authentication name
	word     string
	pat      pattern
	attr     string // dnattr; group's member attribute
	class    string // group's object class
	urls     bool   // group's attribute holds LDAP URLs
	attrType *schema.AttributeType
	set      *setExpr
	minimum  int // ssf
}

// slot is what may stand once in a clause.
func (w *who) slot() string {
	switch w.kind {
	case whoAll, whoAnonymous, whoUsers, whoSelf, whoDN:
		if w.real {
			return "realdn"
		}
		return "dn"
	}
	return w.word
}

func parseWho(w string) (who, error) {
	left, right, has := strings.Cut(w, "=")
	left, options, _ := strings.Cut(left, "/")
	if left == w && options != "" {
		return who{}, fmt.Errorf("unknown <who> %q", w)
	}
	var styleName string
	if options != "" {
		options, styleName, _ = strings.Cut(options, ".")
	} else {
		left, styleName, _ = strings.Cut(left, ".")
	}
	word := strings.ToLower(left)
	if word == "dynacl" || word == "aci" {
		return who{}, fmt.Errorf("<who> %q: dynamic access control is not supported", w)
	}
	kind, ok := whoKinds[word]
	x := who{kind: kind, word: word}
	if !ok {
		if rest, is := strings.CutPrefix(word, "real"); is {
			kind, ok = whoKinds[rest]
			switch kind {
			case whoAnonymous, whoUsers, whoSelf, whoDN, whoDNAttr:
			default:
				ok = false
			}
			x.kind, x.real = kind, true
		}
	}
	if !ok {
		return who{}, fmt.Errorf("unknown <who> %q", w)
	}
	if options != "" && kind != whoGroup {
		return who{}, fmt.Errorf("unknown <who> %q", w)
	}
	switch kind {
	case whoAll, whoAnonymous, whoUsers, whoSelf:
		if has {
			return who{}, fmt.Errorf("<who> %q takes no value", w)
		}
	default:
		if right == "" {
			return who{}, fmt.Errorf("<who> %q needs a value", w)
		}
	}
	var err error
	if x.pat, err = newPattern(styleName, right); err != nil {
		return who{}, err
	}
	p := &x.pat
	switch kind {
	case whoAll, whoAnonymous, whoUsers:
		err = p.allowed(styleName, exact)
	case whoSelf:
		err = p.allowed(styleName, exact, level)
	case whoDN:
		if right == "*" && p.style == exact {
			x.kind = whoUsers
		}
		err = p.allowed(styleName, exact, one, subtree, children, regex, level)
		if err == nil && p.style == level && p.level < 0 {
			err = fmt.Errorf("bad style %q", styleName)
		}
	case whoDNAttr:
		x.attr = right
		err = p.allowed(styleName, exact)
	case whoGroup:
		x.class, x.attr, _ = strings.Cut(options, "/")
		if x.class == "" {
			x.class = "groupOfNames"
		}
		if x.attr == "" {
			x.attr = "member"
		}
		if p.style == regex { // slapd takes this old name for expand
			p.style, p.expand = exact, true
		}
		err = p.allowed(styleName, exact)
	case whoPeer:
		if err = p.allowed(styleName, exact, regex, ip, ipv6, path); err == nil && (p.style == ip || p.style == ipv6) {
			err = p.parseAddress()
		}
		p.any = right == "*"
	case whoSockName, whoSockURL:
		err = p.allowed(styleName, exact, regex)
		p.any = right == "*"
	case whoDomain:
		err = p.allowed(styleName, exact, regex, subtree)
		p.any = right == "*"
	case whoSet:
		if err = p.allowed(styleName, exact); err == nil && !p.expand {
			x.set, err = parseSet(right)
		}
	case whoSSF:
		x.minimum, err = strconv.Atoi(right)
		if err != nil || x.minimum <= 0 || styleName != "" {
			err = fmt.Errorf("<who> %q needs a positive number", w)
		}
	}
	return x, err
}

// resolve looks up the names in a <who>.
func (w *who) resolve(s *schema.Schema) error {
	switch w.kind {
	case whoDN:
		return w.pat.resolve(s)
	case whoGroup:
		class := s.ObjectClass(w.class)
		if class == nil {
			return fmt.Errorf("group: unknown object class %q", w.class)
		}
		t := s.AttributeType(w.attr)
		if t == nil {
			return fmt.Errorf("group: unknown attribute %q", w.attr)
		}
		url := s.AttributeType("labeledURI")
		w.urls = url != nil && t.Is(url)
		if !w.urls && !holdsNames(t) {
			return fmt.Errorf("group: attribute %q holds neither names nor URLs", w.attr)
		}
		if !classLists(class, t) {
			return fmt.Errorf("group: attribute %q is not allowed by object class %q", w.attr, w.class)
		}
		w.attrType = t
		return w.pat.resolve(s)
	case whoDNAttr:
		t := s.AttributeType(w.attr)
		if t == nil {
			return fmt.Errorf("unknown attribute %q", w.attr)
		}
		if !holdsNames(t) {
			return fmt.Errorf("dnattr: attribute %q holds no names", w.attr)
		}
	case whoPeer, whoSockName, whoSockURL, whoDomain:
		if w.pat.style == regex && !w.pat.any {
			return w.pat.resolveRegex()
		}
	}
	return nil
}

const (
	syntaxDN              = "1.3.6.1.4.1.1466.115.121.1.12"
	syntaxNameOptionalUID = "1.3.6.1.4.1.1466.115.121.1.34"
)

func holdsNames(t *schema.AttributeType) bool {
	return t.Syntax.OID == syntaxDN || t.Syntax.OID == syntaxNameOptionalUID
}

func (w *who) matches(req *Request, m *matches) bool {
	self := &req.Who
	if w.real {
		self = &req.Real
		if self.Norm == "" {
			self = &req.Who
		}
	}
	switch w.kind {
	case whoAll:
		return true
	case whoAnonymous:
		return self.Norm == ""
	case whoUsers:
		return self.Norm != ""
	case whoSelf:
		return self.Norm != "" && w.matchesSelf(self.Norm, req.Entry.Name.Norm)
	case whoDN:
		return w.pat.matchesName(self.Norm, req, m)
	case whoDNAttr:
		return self.Norm != "" && req.Entry.HasValue(w.attr, []byte(self.Pretty))
	case whoGroup:
		return w.matchesGroup(req, m)
	case whoPeer:
		return req.Peer != "" && w.pat.matchesPeer(req.Peer, m)
	case whoSockName:
		return req.Local != "" && w.pat.matchesText(req.Local, m)
	case whoSockURL:
		return req.Listen != "" && w.pat.matchesText(req.Listen, m)
	case whoDomain:
		if req.Domain == nil {
			return false
		}
		name := req.Domain()
		return name != "" && w.pat.matchesText(name, m)
	case whoSet:
		return w.matchesSet(req, m)
	case whoSSF:
		switch w.word {
		case "transport_ssf":
			return req.TransportSSF >= w.minimum
		case "tls_ssf":
			return req.TLSSSF >= w.minimum
		case "sasl_ssf":
			return req.SASLSSF >= w.minimum
		}
		return req.SSF >= w.minimum
	}
	return false
}

func (w *who) matchesSelf(self, target string) bool {
	if w.pat.style == level {
		if n := w.pat.level; n >= 0 {
			self = ancestor(self, n)
		} else {
			target = ancestor(target, -n)
		}
	}
	return self == target
}

func (w *who) matchesGroup(req *Request, m *matches) bool {
	if req.Who.Norm == "" {
		return false
	}
	norm, ok := w.pat.name(req, m)
	if !ok {
		return false
	}
	g := req.find(norm)
	if g == nil || !g.IsClass(w.class) {
		return false
	}
	if !w.urls {
		return g.HasValue(w.attr, []byte(req.Who.Pretty))
	}
	for _, v := range g.Values(w.attr) {
		if req.whoFits(string(v)) {
			return true
		}
	}
	return false
}

// find looks an entry up; the one asked about is at hand.
func (r *Request) find(norm string) *entry.Entry {
	if norm == r.Entry.Name.Norm && len(r.Entry.Attrs) > 0 {
		return r.Entry
	}
	if r.Lookup == nil {
		return nil
	}
	return r.Lookup(norm)
}

func (w *who) matchesSet(req *Request, m *matches) bool {
	set := w.set
	if set == nil {
		text, ok := m.expand(w.pat.text)
		if !ok {
			return false
		}
		var err error
		if set, err = parseSet(text); err != nil {
			return false
		}
	}
	return len(set.eval(&setRun{req: req})) > 0
}
