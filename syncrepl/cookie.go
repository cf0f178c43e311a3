package syncrepl

import (
	"regexp"
	"slices"
	"strings"
)

// cookieKind says whose cookie it is. To the protocol a cookie is opaque; two
// kinds need to be known nevertheless.
type cookieKind int

const (
	cookieOpaque cookieKind = iota
	cookieCSN               // OpenLDAP's: rid=...,sid=...,csn=...;...
	cookie389               // 389's: host:port#bind DN:base:filter#number
)

// 389's cookie begins with the server's address and ends in a change number.
var pattern389 = regexp.MustCompile(`(?s)^[^#,=]*:[0-9]+#.*#-?[0-9]+$`)

// A CSN: time, count, server id in hexadecimal, modification number.
var patternCSN = regexp.MustCompile(`^[0-9]{14}(?:\.[0-9]{1,9})?Z#[0-9a-fA-F]{6}#([0-9a-fA-F]{2,3})#[0-9a-fA-F]{6}$`)

// maxCSNs bounds the server ids that are kept from a cookie; ids have three
// hexadecimal digits.
const maxCSNs = 4096

// csnCookie is OpenLDAP's cookie taken apart.
type csnCookie struct {
	fields []string          // everything but csn and delcsn, in its order
	csns   map[string]string // by server id
}

func parseCSNCookie(s string) (*csnCookie, bool) {
	c := &csnCookie{csns: map[string]string{}}
	for _, f := range strings.Split(s, ",") {
		name, value, ok := strings.Cut(f, "=")
		if !ok {
			return nil, false
		}
		switch name {
		case "csn":
			for _, csn := range strings.Split(value, ";") {
				m := patternCSN.FindStringSubmatch(csn)
				if m == nil {
					return nil, false
				}
				sid := strings.ToLower(m[1])
				if len(sid) == 2 {
					sid = "0" + sid
				}
				if old, ok := c.csns[sid]; !ok || old < csn {
					c.csns[sid] = csn
				}
			}
		case "delcsn":
			// How far the deletes of a refresh have come; means nothing later.
		default:
			c.fields = append(c.fields, f)
		}
	}
	return c, len(c.csns) > 0 && len(c.csns) <= maxCSNs
}

// String writes the cookie as slapd does: server ids in order.
func (c *csnCookie) String() string {
	fields := slices.Clone(c.fields)
	// slapd wants rid and sid first, and ignores a cookie without rid.
	if !slices.ContainsFunc(fields, func(f string) bool { return strings.HasPrefix(f, "rid=") }) {
		fields = append([]string{"rid=000"}, fields...)
	}
	n := 0
	for n < len(fields) && (strings.HasPrefix(fields[n], "rid=") || strings.HasPrefix(fields[n], "sid=")) {
		n++
	}
	sids := make([]string, 0, len(c.csns))
	for sid := range c.csns {
		sids = append(sids, sid)
	}
	slices.Sort(sids)
	csns := make([]string, len(sids))
	for i, sid := range sids {
		csns[i] = c.csns[sid]
	}
	return strings.Join(slices.Insert(fields, n, "csn="+strings.Join(csns, ";")), ",")
}

func kindOf(cookie string) cookieKind {
	if pattern389.MatchString(cookie) {
		return cookie389
	}
	if _, ok := parseCSNCookie(cookie); ok {
		return cookieCSN
	}
	return cookieOpaque
}

// mergeCookie returns the cookie to store when the server, to whom old was sent,
// has given new. OpenLDAP's cookies carry one CSN per server id, and in the
// persist stage only that of the change at hand, so the newest of each id is
// kept. Every other cookie takes the place of the old one.
func mergeCookie(old, new string) string {
	n, ok := parseCSNCookie(new)
	if !ok {
		return new
	}
	o, ok := parseCSNCookie(old)
	if !ok {
		return n.String()
	}
	for sid, csn := range o.csns {
		if have, ok := n.csns[sid]; !ok || have < csn {
			n.csns[sid] = csn
		}
	}
	// Fields that only the old cookie had (a provider may add some) stay.
	for _, f := range o.fields {
		name, _, _ := strings.Cut(f, "=")
		if !slices.ContainsFunc(n.fields, func(g string) bool { return strings.HasPrefix(g, name+"=") }) {
			n.fields = append(n.fields, f)
		}
	}
	return n.String()
}
