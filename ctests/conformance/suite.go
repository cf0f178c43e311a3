//go:build conformance

// Package conformance is one suite of directory operations that runs against
// any database: all must answer alike. The dialogue that it records is compared
// with the one in testdata, which Debian's slapd with back-mdb gave. What differs
// between slapd and slapid whatever the database (docs/differences.md) is no part
// of it; nor is the deletion of a suffix that is not there, at which that slapd
// ends itself.
package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// Suffix and RootDN are those of the database under test; it is empty at first.
const (
	Suffix = "dc=example,dc=com"
	RootDN = "cn=admin," + Suffix
	RootPW = "secret"
)

// script makes requests and writes down the answers.
type script struct {
	c   *ldap.Conn
	out strings.Builder
	// mask are values that differ from run to run, with what stands for them.
	mask map[string]string
}

// Dialogue runs the whole suite on a server that holds an empty database of
// Suffix, and gives what was answered.
func Dialogue(url string) (string, error) {
	c, err := ldap.DialURL(url)
	if err != nil {
		return "", err
	}
	defer c.Close()
	if err := c.Bind(RootDN, RootPW); err != nil {
		return "", err
	}
	s := &script{c: c, mask: map[string]string{}}
	for _, part := range []struct {
		name string
		run  func(*script)
	}{
		{"empty database", empty}, {"tree", tree}, {"refused adds", refusedAdds}, {"scopes", scopes}, {"filters", filters},
		{"values", values}, {"names", names}, {"modify", modify}, {"refused modifies", refusedModifies}, {"increment", increment},
		{"group", group}, {"rename", rename}, {"move", move}, {"compare", compare}, {"controls", controls},
		{"paged", paged}, {"sorted", sorted}, {"limits", limits}, {"referrals", referrals}, {"aliases", aliases},
		{"binds", func(s *script) { binds(s, url) }}, {"operational", operational}, {"delete", remove},
	} {
		fmt.Fprintf(&s.out, "== %s\n", part.name)
		part.run(s)
	}
	return s.out.String(), nil
}

func under(rdns string) string {
	if rdns == "" {
		return Suffix
	}
	return rdns + "," + Suffix
}

func (s *script) say(format string, args ...any) { fmt.Fprintf(&s.out, format+"\n", args...) }

// answer writes a result: code, matched DN, referrals.
func (s *script) answer(what string, err error) {
	var e *ldap.Error
	switch {
	case err == nil:
		s.say("%s: 0", what)
	case errors.As(err, &e):
		line := fmt.Sprintf("%s: %d", what, e.ResultCode)
		if e.MatchedDN != "" {
			line += " matched " + e.MatchedDN
		}
		for _, url := range referralsIn(e) {
			line += " referral " + url
		}
		s.say("%s", line)
	default:
		s.say("%s: %v", what, err)
	}
}

func referralsIn(e *ldap.Error) (urls []string) {
	if e.Packet == nil || len(e.Packet.Children) < 2 {
		return nil
	}
	for _, child := range e.Packet.Children[1].Children {
		if child.ClassType == ber.ClassContext && child.Tag == 3 {
			for _, u := range child.Children {
				urls = append(urls, u.Data.String())
			}
		}
	}
	return urls
}

// attrs makes attributes of "name: value" lines.
func attrs(lines ...string) []ldap.Attribute {
	var list []ldap.Attribute
	for _, l := range lines {
		name, v, _ := strings.Cut(l, ": ")
		if n := len(list); n > 0 && list[n-1].Type == name {
			list[n-1].Vals = append(list[n-1].Vals, v)
			continue
		}
		list = append(list, ldap.Attribute{Type: name, Vals: []string{v}})
	}
	return list
}

func (s *script) add(dn string, lines ...string) {
	r := ldap.NewAddRequest(dn, nil)
	r.Attributes = attrs(lines...)
	s.answer("add "+short(dn), s.c.Add(r))
}

func (s *script) person(dn string, lines ...string) {
	s.add(dn, append([]string{"objectClass: inetOrgPerson"}, lines...)...)
}

// ch is one modification.
type ch struct {
	op     uint
	attr   string
	values []string
}

func (s *script) modify(dn string, list ...ch) { s.modifyWith(dn, nil, list...) }

func (s *script) modifyWith(dn string, controls []ldap.Control, list ...ch) *ldap.ModifyResult {
	r := ldap.NewModifyRequest(dn, controls)
	what := "modify " + short(dn)
	for _, c := range list {
		r.Changes = append(r.Changes, ldap.Change{Operation: c.op, Modification: ldap.PartialAttribute{Type: c.attr, Vals: c.values}})
		what += fmt.Sprintf(" %s %s", [...]string{"add", "delete", "replace", "increment"}[c.op], c.attr)
	}
	res, err := s.c.ModifyWithResult(r)
	s.answer(what, err)
	return res
}

func addV(attr string, values ...string) ch     { return ch{ldap.AddAttribute, attr, values} }
func deleteV(attr string, values ...string) ch  { return ch{ldap.DeleteAttribute, attr, values} }
func replaceV(attr string, values ...string) ch { return ch{ldap.ReplaceAttribute, attr, values} }

func (s *script) delete(dn string, controls ...ldap.Control) {
	s.answer("delete "+short(dn), s.c.Del(ldap.NewDelRequest(dn, controls)))
}

func (s *script) moddn(dn, rdn string, deleteOld bool, newSuperior string) {
	what := fmt.Sprintf("moddn %s to %s %v", short(dn), rdn, deleteOld)
	if newSuperior != "" {
		what += " below " + short(newSuperior)
	}
	s.answer(what, s.c.ModifyDN(ldap.NewModifyDNRequest(dn, rdn, deleteOld, newSuperior)))
}

func request(base string, scope int, filter string, attributes ...string) *ldap.SearchRequest {
	return ldap.NewSearchRequest(base, scope, ldap.NeverDerefAliases, 0, 0, false, filter, attributes, nil)
}

// find writes down the names that a search gives, in any order.
func (s *script) find(base string, scope int, filter string) {
	s.findWith(request(base, scope, filter, "1.1"))
}

func (s *script) findWith(r *ldap.SearchRequest) *ldap.SearchResult {
	what := fmt.Sprintf("search %s %s %s", short(r.BaseDN), ldap.ScopeMap[r.Scope], s.masked(r.Filter))
	res, err := s.c.Search(r)
	var list []string
	if res != nil {
		for _, e := range res.Entries {
			list = append(list, short(e.DN))
		}
		for _, u := range res.Referrals {
			list = append(list, "ref "+u)
		}
	}
	sort.Strings(list)
	s.answer(what, err)
	for _, n := range list {
		s.say("  %s", n)
	}
	return res
}

// show writes down one entry.
func (s *script) show(dn string, attributes ...string) {
	s.showWith(request(dn, ldap.ScopeBaseObject, "(objectClass=*)", attributes...))
}

func (s *script) showWith(r *ldap.SearchRequest) {
	res, err := s.c.Search(r)
	s.answer("read "+short(r.BaseDN), err)
	if err != nil {
		return
	}
	for _, e := range res.Entries {
		s.entry(e)
	}
}

func (s *script) entry(e *ldap.Entry) {
	s.say("  dn: %s", e.DN)
	var lines []string
	for _, a := range e.Attributes {
		for _, v := range a.ByteValues {
			lines = append(lines, "  "+a.Name+": "+s.masked(printable(v)))
		}
		if len(a.ByteValues) == 0 {
			lines = append(lines, "  "+a.Name)
		}
	}
	sort.Strings(lines)
	for _, l := range lines {
		s.say("%s", l)
	}
}

var (
	uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	csnForm  = regexp.MustCompile(`\d{14}\.\d{6}Z#[0-9a-f]{6}#[0-9a-f]{3}#[0-9a-f]{6}`)
	timeForm = regexp.MustCompile(`^20\d{12}Z$`)
)

func (s *script) masked(v string) string {
	for from, to := range s.mask {
		v = strings.ReplaceAll(v, from, to)
	}
	switch {
	case uuidForm.MatchString(v):
		return "{uuid}"
	case timeForm.MatchString(v):
		return "{time}"
	}
	return csnForm.ReplaceAllString(v, "{csn}")
}

func printable(v []byte) string {
	if len(v) > 200 {
		return fmt.Sprintf("{%d bytes, sum %d}", len(v), sum(v))
	}
	if bytes.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0xfffd }) {
		return fmt.Sprintf("{%x}", v)
	}
	return string(v)
}

func sum(v []byte) (n uint32) {
	for _, b := range v {
		n = n*31 + uint32(b)
	}
	return n
}

// short leaves out the suffix.
func short(dn string) string {
	if dn == Suffix {
		return "SUFFIX"
	}
	if s, ok := strings.CutSuffix(dn, ","+Suffix); ok {
		return s + ",SUFFIX"
	}
	return dn
}
