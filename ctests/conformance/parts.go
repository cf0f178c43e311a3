//go:build conformance

package conformance

import (
	"fmt"
	"strings"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

const (
	sub  = ldap.ScopeWholeSubtree
	one  = ldap.ScopeSingleLevel
	base = ldap.ScopeBaseObject
	kids = ldap.ScopeChildren
)

func empty(s *script) {
	s.find(Suffix, sub, "(objectClass=*)")
	s.find(under("ou=people"), base, "(objectClass=*)")
	s.modify(Suffix, addV("description", "x"))
	s.moddn(under("ou=a"), "ou=b", true, "")
	s.person(under("cn=early"), "sn: x")
}

func tree(s *script) {
	s.add(Suffix, "objectClass: dcObject", "objectClass: organization", "o: Example", "dc: example")
	for _, ou := range []string{"people", "groups", "places", "others"} {
		s.add(under("ou="+ou), "objectClass: organizationalUnit", "ou: "+ou)
	}
	for i := 1; i <= 12; i++ {
		s.person(under(fmt.Sprintf("uid=user%d,ou=people", i)), fmt.Sprintf("cn: User %d", i), fmt.Sprintf("sn: Name%d", i%4),
			fmt.Sprintf("uid: user%d", i), fmt.Sprintf("employeeNumber: %d", i*100), fmt.Sprintf("mail: user%d@example.com", i),
			fmt.Sprintf("telephoneNumber: +1 555 %03d", i))
	}
	s.add(under("ou=west,ou=places"), "objectClass: organizationalUnit", "ou: west", "description: Far West")
	s.add(under("ou=coast,ou=west,ou=places"), "objectClass: organizationalUnit", "ou: coast", "l: Monterey")
	s.show(Suffix)
	s.show(under("uid=user3,ou=people"))
	s.show(under("UID=USER3, OU=People"), "UID", "cN", "nosuch")
	s.show(under("uid=user3,ou=people"), "1.1")
	types := request(under("uid=user3,ou=people"), base, "(objectClass=*)", "*")
	types.TypesOnly = true
	s.showWith(types)
}

func refusedAdds(s *script) {
	s.add(Suffix, "objectClass: dcObject", "objectClass: organization", "o: Example", "dc: example")
	s.person(under("uid=USER3,ou=People"), "cn: x", "sn: x")
	s.person(under("cn=lost,ou=nowhere,ou=people"), "sn: x")
	s.person(under("cn=nosn,ou=people"))
	s.add(under("cn=noclass,ou=people"), "cn: noclass")
	s.add(under("cn=badclass,ou=people"), "objectClass: noSuchClass", "cn: badclass")
	s.person(under("cn=badattr,ou=people"), "sn: x", "noSuchAttr: x")
	s.person(under("cn=foreign,ou=people"), "sn: x", "l: x", "dc: x")
	s.person(under("cn=twice,ou=people"), "sn: x", "description: a", "description: A")
	s.person(under("cn=badsyntax,ou=people"), "sn: x", "manager: no dn")
	s.person(under("cn=single,ou=people"), "sn: x", "preferredLanguage: a", "preferredLanguage: b")
	s.person(under("cn=noumod,ou=people"), "sn: x", "entryUUID: 01234567-89ab-cdef-0123-456789abcdef")
	s.person("cn=outside,dc=example,dc=org", "sn: x")
	s.person("not a name", "sn: x")
	s.find(Suffix, sub, "(|(cn=*class)(cn=lost)(cn=nosn)(cn=bad*)(cn=single)(cn=twice))")
}

func scopes(s *script) {
	for _, b := range []string{"", "ou=people", "ou=places", "ou=west,ou=places", "uid=user1,ou=people"} {
		for _, scope := range []int{base, one, sub, kids} {
			s.find(under(b), scope, "(objectClass=organizationalUnit)")
		}
	}
	s.find(under("ou=nowhere,ou=people"), sub, "(objectClass=*)")
	s.find(under("cn=a,cn=b,ou=people"), base, "(objectClass=*)")
	s.find("dc=org", sub, "(objectClass=*)")
}

func filters(s *script) {
	for _, f := range []string{
		"(uid=user5)", "(UID=USER5)", "(uid=user 5)", "(sn=name1)", "(sn=Name1)", "(cn=user  7)", "(cn= User 7 )",
		"(cn=user*)", "(cn=*7)", "(cn=us*7)", "(cn=*ser*1*)", "(mail=*@example.com)", "(mail=user1*)", "(telephoneNumber=+1555003)",
		"(telephoneNumber=+1-555-0*)", "(employeeNumber=300)", "(employeeNumber>=900)", "(employeeNumber<=1100)",
		"(&(sn=name1)(uid=user5))", "(&(sn=name1)(!(uid=user5)))", "(|(uid=user1)(uid=user2)(uid=nobody))",
		"(!(objectClass=inetOrgPerson))", "(!(sn=*))", "(sn=*)", "(description=*)", "(l=monterey)", "(ou=*)",
		"(&)", "(|)", "(objectClass=person)", "(objectClass=organizationalPerson)", "(objectClass=top)", "(objectClass=nosuch)",
		"(nosuch=x)", "(!(nosuch=x))", "(|(nosuch=x)(uid=user1))", "(&(nosuch=x)(uid=user1))", "(!(&(nosuch=x)(uid=user1)))",
		"(name=user 3)", "(uid:caseExactMatch:=user3)", "(uid:caseExactMatch:=USER3)", "(ou:dn:=people)",
		"(:dn:2.5.13.2:=people)", "(entryDN=" + under("uid=user4,ou=people") + ")", "(hasSubordinates=TRUE)",
		"(structuralObjectClass=organizationalUnit)", "(creatorsName=" + RootDN + ")", "(createTimestamp>=20200101000000Z)",
		"(modifyTimestamp<=20200101000000Z)", "(manager=*)", "(cn=)", `(cn=a\2ab)`, `(cn=\28)`, "(sn=Name1%)", "(sn=Name_)",
		"(&(objectClass=inetOrgPerson)(|(uid=user1)(&(sn=name2)(!(employeeNumber=200)))))",
	} {
		s.find(Suffix, sub, f)
	}
	s.find(under("ou=people"), one, "(sn=name2)")
	s.find(under("uid=user6,ou=people"), base, "(sn=name2)")
	s.find(under("uid=user6,ou=people"), base, "(sn=name3)")
	res, err := s.c.Search(request(under("uid=user6,ou=people"), base, "(objectClass=*)", "entryUUID", "entryCSN"))
	if err != nil || len(res.Entries) != 1 {
		s.say("entryUUID: %v", err)
		return
	}
	for _, a := range []string{"entryUUID", "entryCSN"} {
		v := res.Entries[0].GetAttributeValue(a)
		s.mask[v] = "{" + a + " of user6}"
		s.find(Suffix, sub, "("+a+"="+v+")")
		delete(s.mask, v)
	}
}

// values are those that are hard to store.
func values(s *script) {
	dn := under("cn=hard,ou=others")
	long := strings.Repeat("long text, ", 9000)
	list := []string{"", "%", "_", "'", "''; DROP TABLE entries; --", `\`, `\\`, `"`, "a%b_c", "tab\there", "line\nbreak", " lead and trail ",
		"größe", "日本語", "e\u0301", "😀", "null\x00byte", "true", "NULL", "0", "00"}
	s.person(dn, "sn: x", "description: start")
	for _, v := range list {
		if v == "" {
			continue
		}
		s.modify(dn, addV("description", v))
	}
	s.modify(dn, addV("description", long))
	photo := make([]byte, 70000)
	for i := range photo {
		photo[i] = byte(i * 7)
	}
	s.modify(dn, addV("jpegPhoto", string(photo)), addV("userPassword", "clear", "\x00\xff\xfe"))
	s.show(dn)
	for _, v := range list {
		s.find(Suffix, sub, "(description="+ldap.EscapeFilter(v)+")")
	}
	s.find(Suffix, sub, "(description="+long[:5000]+"*)")
	s.find(Suffix, sub, "(description="+ldap.EscapeFilter(long)+")")
	s.find(Suffix, sub, "(description=*DROP*)")
	s.find(Suffix, sub, `(description=*\25*)`)
	s.find(Suffix, sub, "(description=gr*ße)")
	for _, v := range []string{"%", `\`, "line\nbreak", long, "日本語"} {
		s.modify(dn, deleteV("description", v))
	}
	s.modify(dn, deleteV("jpegPhoto"), deleteV("userPassword", "clear"))
	s.show(dn)
	// options
	s.modify(dn, addV("description;lang-en", "colour"), addV("description;lang-de", "Farbe"), addV("cn;lang-de", "hart"))
	s.find(Suffix, sub, "(description=colour)")
	s.find(Suffix, sub, "(description;lang-en=colour)")
	s.find(Suffix, sub, "(description;lang-de=colour)")
	s.show(dn, "description;lang-en", "cn")
	s.modify(dn, deleteV("description;lang-en"))
	s.show(dn, "description;lang-de", "description;lang-en")
	// bytes
	bin := under("cn=octets,ou=others")
	s.add(bin, "objectClass: inetOrgPerson", "sn: x", "userPassword: {SSHA}abc", "userPassword: two")
	s.modify(bin, deleteV("userPassword", "TWO"))
	s.modify(bin, deleteV("userPassword", "two"))
	s.find(Suffix, sub, "(userPassword=\\7bSSHA\\7dabc)")
}

func names(s *script) {
	for _, n := range []string{`cn=Doe\, John,ou=others`, "cn=plus\\+sign,ou=others", "cn=x+sn=y,ou=others", "cn=\\ lead,ou=others",
		"cn=ünï,ou=others", "cn=semi\\;colon,ou=others", "cn=quote\\\"s,ou=others", "cn=back\\\\slash,ou=others", "cn=per%cent_,ou=others",
		"cn=eq\\=ual,ou=others", "cn=#hash,ou=others"} {
		cn := "x"
		if strings.HasPrefix(n, "cn=x+") {
			cn = "y"
		}
		s.person(under(n), "sn: "+cn)
		s.find(under(n), base, "(objectClass=*)")
	}
	s.find(under("ou=others"), one, "(cn=doe, john)")
	s.find(under("SN=Y+CN=X,ou=others"), base, "(objectClass=*)")
	s.find(under(`cn=doe\2c  john,ou=others`), base, "(objectClass=*)")
	s.find(under("cn=ÜNÏ,ou=others"), base, "(objectClass=*)")
	s.find(under("cn=pericent_,ou=others"), base, "(objectClass=*)")
	s.find(under("ou=others"), sub, "(sn=x)")
	s.person(under(`cn=child,cn=Doe\, John,ou=others`), "sn: z")
	s.find(under(`cn=Doe\, John,ou=others`), sub, "(objectClass=*)")
	s.moddn(under(`cn=Doe\, John,ou=others`), `cn=Doe\, Jane`, true, "")
	s.find(under("ou=others"), sub, "(|(cn=child)(cn=doe*))")
}

func modify(s *script) {
	dn := under("uid=user1,ou=people")
	s.modify(dn, addV("description", "one", "two", "three"))
	s.modify(dn, deleteV("description", "TWO"))
	s.modify(dn, replaceV("sn", "Other"), addV("givenName", "U"))
	s.show(dn)
	s.modify(dn, replaceV("description"), deleteV("givenName"))
	s.modify(dn, replaceV("description"))
	s.modify(dn, addV("description", "a"), deleteV("description", "a"), addV("description", "A"))
	s.modify(dn, replaceV("description", "z", "y", "x"), deleteV("description", "y"), addV("description", "w"))
	s.show(dn)
	s.modify(dn, addV("objectClass", "labeledURIObject"), addV("labeledURI", "http://x/"))
	s.find(Suffix, sub, "(objectClass=labeledURIObject)")
	s.modify(dn, deleteV("labeledURI"), deleteV("objectClass", "labeledURIObject"))
	s.find(Suffix, sub, "(objectClass=labeledURIObject)")
	s.modify(dn)
	s.modify(under("UID=USER1,OU=PEOPLE"), replaceV("SN", "Name1"))
	s.show(dn)
}

func refusedModifies(s *script) {
	dn := under("uid=user2,ou=people")
	s.modify(under("uid=nobody,ou=people"), addV("description", "x"))
	s.modify(under("uid=a,uid=b,ou=nowhere"), addV("description", "x"))
	s.modify(dn, addV("sn", "name2"))
	s.modify(dn, addV("description", "x", "X"))
	s.modify(dn, deleteV("description"))
	s.modify(dn, deleteV("sn", "no such value"))
	s.modify(dn, deleteV("sn"))
	s.modify(dn, deleteV("uid", "user2"))
	s.modify(dn, replaceV("uid", "other"))
	s.modify(dn, addV("nosuch", "x"))
	s.modify(dn, addV("dc", "x"))
	s.modify(dn, replaceV("entryUUID", "01234567-89ab-cdef-0123-456789abcdef"))
	s.modify(dn, deleteV("objectClass", "inetOrgPerson"))
	s.modify(dn, replaceV("objectClass", "organizationalUnit"))
	s.modify(dn, addV("manager", "no dn"))
	s.modify(dn, addV("preferredLanguage", "a", "b"))
	// the first change of two must not stay
	s.modify(dn, addV("description", "stays not"), deleteV("mail", "nobody@example.com"))
	s.show(dn)
}

func increment(s *script) {
	dn := under("cn=counter,ou=others")
	s.add(dn, "objectClass: account", "objectClass: posixAccount", "uid: counter", "cn: counter", "uidNumber: 41", "gidNumber: -5", "homeDirectory: /")
	s.modify(dn, ch{ldap.IncrementAttribute, "uidNumber", []string{"1"}})
	s.modify(dn, ch{ldap.IncrementAttribute, "uidNumber", []string{"-100"}}, ch{ldap.IncrementAttribute, "gidNumber", []string{"10"}})
	s.modify(dn, ch{ldap.IncrementAttribute, "cn", []string{"1"}})
	s.modify(dn, ch{ldap.IncrementAttribute, "description", []string{"1"}})
	s.modify(dn, ch{ldap.IncrementAttribute, "uidNumber", []string{"x"}})
	s.show(dn)
	for _, f := range []string{"(uidNumber=-58)", "(uidNumber<=-57)", "(gidNumber>=5)", "(gidNumber>=6)", "(uidNumber>=-59)", "(uidNumber=042)"} {
		s.find(Suffix, sub, f)
	}
}

func group(s *script) {
	dn := under("cn=big,ou=groups")
	lines := []string{"objectClass: groupOfNames"}
	for i := range 300 {
		lines = append(lines, fmt.Sprintf("member: uid=user%d,ou=people,%s", i, Suffix))
	}
	s.add(dn, lines...)
	s.modify(dn, addV("member", under("uid=user1000,ou=people")))
	s.modify(dn, addV("member", under("UID=user1000, OU=people")))
	s.modify(dn, deleteV("member", under("uid=USER7,ou=people")))
	s.modify(dn, deleteV("member", under("uid=user7,ou=people")))
	s.find(Suffix, sub, "(member="+under("uid=user7,ou=people")+")")
	s.find(Suffix, sub, "(member="+under("uid=User1000,ou=people")+")")
	res, err := s.c.Search(request(dn, base, "(objectClass=*)", "member"))
	if err == nil {
		s.say("members: %d", len(res.Entries[0].GetAttributeValues("member")))
	}
	s.modify(dn, deleteV("member"))
	s.modify(dn, replaceV("member", RootDN))
	s.show(dn)
}

func rename(s *script) {
	s.moddn(under("uid=user10,ou=people"), "uid=ten", true, "")
	s.show(under("uid=ten,ou=people"))
	s.find(Suffix, sub, "(uid=user10)")
	s.moddn(under("uid=user11,ou=people"), "uid=eleven", false, "")
	s.find(Suffix, sub, "(uid=user11)")
	s.find(Suffix, sub, "(uid=eleven)")
	s.find(under("uid=user11,ou=people"), base, "(objectClass=*)")
	s.moddn(under("uid=eleven,ou=people"), "uid=ELEVEN", true, "")
	s.show(under("uid=eleven,ou=people"), "uid")
	s.moddn(under("uid=user12,ou=people"), "cn=User 12", false, "")
	s.moddn(under("cn=user 12,ou=people"), "cn=twelve+uid=user12", true, "")
	s.show(under("uid=user12+cn=Twelve,ou=people"), "cn", "uid")
	s.moddn(under("uid=nobody,ou=people"), "uid=x", true, "")
	s.moddn(under("uid=ten,ou=people"), "uid=user1", true, "")
	s.moddn(under("uid=ten,ou=people"), "nosuch=x", true, "")
	s.moddn(under("uid=ten,ou=people"), "not an rdn", true, "")
	s.moddn(under("uid=ten,ou=people"), "dc=x", true, "")
	s.moddn(under("uid=ten,ou=people"), "uid=user10", true, "")
}

func move(s *script) {
	s.moddn(under("ou=west,ou=places"), "ou=wild west", true, "")
	s.find(under("ou=places"), sub, "(objectClass=*)")
	s.moddn(under("ou=wild west,ou=places"), "ou=west", true, under("ou=others"))
	s.find(under("ou=places"), sub, "(objectClass=*)")
	s.find(under("ou=west,ou=others"), sub, "(objectClass=*)")
	s.show(under("ou=coast,ou=west,ou=others"))
	s.find(under("ou=coast,ou=wild west,ou=places"), base, "(objectClass=*)")
	s.moddn(under("ou=west,ou=others"), "ou=west", false, under("ou=coast,ou=west,ou=others"))
	s.moddn(under("ou=west,ou=others"), "ou=west", false, under("ou=west,ou=others"))
	s.moddn(under("ou=west,ou=others"), "ou=west", false, under("ou=nowhere"))
	s.moddn(under("ou=west,ou=others"), "ou=west", false, "dc=example,dc=org")
	s.moddn(Suffix, "dc=other", true, "")
	s.moddn(under("ou=west,ou=others"), "ou=west", false, under("ou=places"))
	s.moddn(under("ou=west,ou=places"), "ou=west", false, under("OU=Places"))
	s.find(under("ou=places"), sub, "(objectClass=*)")
	s.add(under("ou=deep,ou=coast,ou=west,ou=places"), "objectClass: organizationalUnit", "ou: deep")
	s.moddn(under("ou=coast,ou=west,ou=places"), "ou=shore", false, under("ou=places"))
	s.find(under("ou=places"), kids, "(ou=*)")
	s.moddn(under("ou=shore,ou=places"), "ou=coast", true, under("ou=west,ou=places"))
	s.find(under("ou=coast,ou=west,ou=places"), sub, "(ou=*)")
}

func compare(s *script) {
	dn := under("uid=user3,ou=people")
	for _, c := range [][3]string{{dn, "sn", "NAME3"}, {dn, "sn", "x"}, {dn, "description", "x"}, {dn, "nosuch", "x"}, {dn, "objectClass", "person"},
		{dn, "jpegPhoto", "x"}, {dn, "manager", "x"}, {under("uid=nobody,ou=people"), "sn", "x"}, {dn, "name", "user 3"}, {dn, "telephoneNumber", "+1555003"},
		{dn, "creatorsName", RootDN}} {
		is, err := s.c.Compare(c[0], c[1], c[2])
		s.answer(fmt.Sprintf("compare %s %s %v", short(c[0]), c[1], is), err)
	}
}

// raw makes a control with a value.
func raw(oid string, critical bool, value *ber.Packet) ldap.Control {
	v := ""
	if value != nil {
		v = string(value.Bytes())
	}
	return ldap.NewControlString(oid, critical, v)
}

const (
	assertOID = "1.3.6.1.1.12"
	preOID    = "1.3.6.1.1.13.1"
	postOID   = "1.3.6.1.1.13.2"
	treeOID   = "1.2.840.113556.1.4.805"
	noopOID   = "1.3.6.1.4.1.4203.1.10.2"
	permitOID = "1.2.840.113556.1.4.1413"
	valuesOID = "1.2.826.0.1.3344810.2.3"
)

func assertion(filter string) ldap.Control {
	p, err := ldap.CompileFilter(filter)
	if err != nil {
		panic(err)
	}
	return raw(assertOID, true, p)
}

func attributeList(oid string, names ...string) ldap.Control {
	p := ber.NewSequence("")
	for _, n := range names {
		p.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, n, ""))
	}
	return raw(oid, true, p)
}

func controls(s *script) {
	dn := under("uid=user4,ou=people")
	s.modifyWith(dn, []ldap.Control{assertion("(sn=name0)")}, replaceV("sn", "Asserted"))
	s.modifyWith(dn, []ldap.Control{assertion("(sn=name0)")}, replaceV("sn", "Never"))
	s.show(dn, "sn")
	res := s.modifyWith(dn, []ldap.Control{attributeList(preOID, "sn"), attributeList(postOID, "sn", "modifiersName")}, replaceV("sn", "Name0"))
	if res == nil {
		res = &ldap.ModifyResult{}
	}
	for _, c := range res.Controls {
		s.say("  control %s", c.GetControlType())
	}
	s.modifyWith(dn, []ldap.Control{raw(permitOID, true, nil)}, addV("sn", "name0"), deleteV("description", "none"))
	s.modifyWith(dn, []ldap.Control{raw("1.2.3.4", true, nil)}, addV("description", "x"))
	s.modifyWith(dn, []ldap.Control{raw("1.2.3.4", false, nil)}, addV("description", "x"))
	r := request(under("ou=people"), one, "(uid=user*)", "1.1")
	r.Controls = []ldap.Control{assertion("(ou=people)")}
	s.findWith(r)
	r.Controls = []ldap.Control{assertion("(ou=nobody)")}
	s.findWith(r)
	s.delete(dn, assertion("(sn=nobody)"))
	s.show(dn, "sn")
}

func paged(s *script) {
	for _, size := range []uint32{1, 4, 5, 100} {
		var cookie []byte
		var names []string
		pages := 0
		for {
			p := ldap.NewControlPaging(size)
			p.SetCookie(cookie)
			r := request(under("ou=people"), sub, "(objectClass=inetOrgPerson)", "1.1")
			r.Controls = []ldap.Control{p}
			res, err := s.c.Search(r)
			if err != nil {
				s.answer("paged", err)
				return
			}
			pages++
			for _, e := range res.Entries {
				names = append(names, e.DN)
			}
			c, _ := ldap.FindControl(res.Controls, ldap.ControlTypePaging).(*ldap.ControlPaging)
			if c == nil || len(c.Cookie) == 0 || pages > 100 {
				break
			}
			cookie = c.Cookie
		}
		unique := map[string]bool{}
		for _, n := range names {
			unique[n] = true
		}
		s.say("pages of %d: %d pages, %d entries, %d different", size, pages, len(names), len(unique))
	}
	r := request(under("ou=people"), sub, "(objectClass=inetOrgPerson)", "1.1")
	p := ldap.NewControlPaging(3)
	p.SetCookie([]byte("no cookie of this server"))
	r.Controls = []ldap.Control{p}
	_, err := s.c.Search(r)
	s.say("foreign cookie refused: %v", err != nil)
}

func sorted(s *script) {
	for _, keys := range [][]*ldap.SortKey{
		{{AttributeType: "employeeNumber", MatchingRule: "2.5.13.3"}}, {{AttributeType: "uid"}}, {{AttributeType: "uid", Reverse: true}},
		{{AttributeType: "sn"}, {AttributeType: "uid", Reverse: true}},
	} {
		r := request(under("ou=people"), one, "(objectClass=inetOrgPerson)", "1.1")
		r.Controls = []ldap.Control{ldap.NewControlServerSideSortingWithSortKeys(keys)}
		res, err := s.c.Search(r)
		s.answer(fmt.Sprintf("sorted by %s reverse %v", keys[0].AttributeType, keys[0].Reverse), err)
		if err != nil {
			continue
		}
		for _, e := range res.Entries {
			s.say("  %s", short(e.DN))
		}
	}
}

func limits(s *script) {
	for _, n := range []int{1, 5, 12, 13} {
		r := request(under("ou=people"), one, "(objectClass=inetOrgPerson)", "1.1")
		r.SizeLimit = n
		res, err := s.c.Search(r)
		got := -1
		if res != nil {
			got = len(res.Entries)
		}
		s.answer(fmt.Sprintf("size limit %d: %d entries", n, got), err)
	}
}

func manage() ldap.Control { return ldap.NewControlManageDsaIT(true) }

func referrals(s *script) {
	dn := under("ou=elsewhere,ou=others")
	s.add(dn, "objectClass: referral", "objectClass: extensibleObject", "ou: elsewhere", "ref: ldap://other.example.com/ou=there,dc=example,dc=com")
	s.find(Suffix, sub, "(ou=nowhere)")
	s.find(under("ou=others"), one, "(ou=nowhere)")
	s.find(dn, base, "(objectClass=*)")
	s.find("cn=x,"+dn, sub, "(objectClass=*)")
	s.modify("cn=x,"+dn, addV("description", "x"))
	s.modify(dn, addV("description", "x"))
	s.person("cn=x,"+dn, "sn: x")
	s.delete(dn)
	s.moddn(dn, "ou=x", true, "")
	_, err := s.c.Compare("cn=x,"+dn, "cn", "x")
	s.answer("compare below a referral", err)
	r := request(under("ou=others"), one, "(objectClass=referral)", "ref")
	r.Controls = []ldap.Control{manage()}
	s.findWith(r)
	s.modifyWith(dn, []ldap.Control{manage()}, addV("description", "x"))
	s.delete(dn, manage())
}

func aliases(s *script) {
	s.add(under("cn=short cut,ou=others"), "objectClass: alias", "objectClass: extensibleObject", "cn: short cut", "aliasedObjectName: "+under("ou=people"))
	s.add(under("cn=nowhere,ou=others"), "objectClass: alias", "objectClass: extensibleObject", "cn: nowhere", "aliasedObjectName: "+under("ou=no"))
	for _, deref := range []int{ldap.NeverDerefAliases, ldap.DerefInSearching, ldap.DerefFindingBaseObj, ldap.DerefAlways} {
		r := request(under("cn=short cut,ou=others"), sub, "(sn=name2)", "1.1")
		r.DerefAliases = deref
		s.say("deref %d", deref)
		s.findWith(r)
	}
	s.person(under("cn=x,cn=short cut,ou=others"), "sn: x")
	s.delete(under("cn=short cut,ou=others"))
	s.delete(under("cn=nowhere,ou=others"))
}

func binds(s *script, url string) {
	dn := under("uid=user5,ou=people")
	s.modify(dn, replaceV("userPassword", "first"))
	try := func(who, pw string) {
		c, err := ldap.DialURL(url)
		if err != nil {
			s.say("dial: %v", err)
			return
		}
		defer c.Close()
		s.answer("bind "+short(who)+" "+pw, c.Bind(who, pw))
	}
	try(dn, "first")
	try(dn, "second")
	try(under("UID=User5,OU=People"), "first")
	try(under("uid=nobody,ou=people"), "first")
	try(under("uid=user6,ou=people"), "first")
	try(RootDN, "wrong")
	s.modify(dn, replaceV("userPassword", "{SHA}y/2sYAj5yrQIN4TL0YdPdmGNKpc=")) // "secret" hashed is not needed to be right
	try(dn, "first")
	_, err := s.c.PasswordModify(ldap.NewPasswordModifyRequest(dn, "", "third"))
	s.answer("password modify", err)
	try(dn, "third")
}

func operational(s *script) {
	s.show(Suffix, "hasSubordinates", "subschemaSubentry", "structuralObjectClass", "entryDN", "creatorsName", "modifiersName", "createTimestamp", "entryUUID", "entryCSN")
	s.show(under("uid=user9,ou=people"), "+")
	read := func() map[string]string {
		out := map[string]string{}
		res, err := s.c.Search(request(under("uid=user9,ou=people"), base, "(objectClass=*)", "+"))
		if err == nil && len(res.Entries) == 1 {
			for _, a := range res.Entries[0].Attributes {
				out[a.Name] = a.Values[0]
			}
		}
		return out
	}
	before := read()
	s.modify(under("uid=user9,ou=people"), replaceV("description", "changed"))
	after := read()
	for _, a := range []string{"entryUUID", "createTimestamp", "creatorsName", "entryCSN"} {
		s.say("%s changed: %v, later: %v", a, before[a] != after[a], before[a] < after[a])
	}
}

func remove(s *script) {
	s.delete(under("ou=people"))
	s.delete(under("uid=nobody,ou=people"))
	s.delete(under("uid=user1,ou=people"))
	s.find(under("uid=user1,ou=people"), base, "(objectClass=*)")
	s.find(Suffix, sub, "(uid=user1)")
	s.delete(under("uid=user1,ou=people"))
	s.person(under("uid=user1,ou=people"), "cn: again", "sn: x", "uid: user1")
	s.find(Suffix, sub, "(uid=user1)")
	s.delete(under("ou=deep,ou=coast,ou=west,ou=places"))
	s.delete(under("ou=coast,ou=west,ou=places"))
	s.show(under("ou=west,ou=places"), "hasSubordinates")
	res, err := s.c.Search(request(Suffix, sub, "(objectClass=*)", "1.1"))
	s.answer("all that is left", err)
	if err != nil {
		return
	}
	for i := len(res.Entries) - 1; err == nil && i >= 0; i-- {
		// deepest first
		for j := 0; j < i; j++ {
			if strings.Count(res.Entries[j].DN, ",") > strings.Count(res.Entries[i].DN, ",") {
				res.Entries[i], res.Entries[j] = res.Entries[j], res.Entries[i]
			}
		}
		if err := s.c.Del(ldap.NewDelRequest(res.Entries[i].DN, nil)); err != nil {
			s.answer("delete "+short(res.Entries[i].DN), err)
		}
	}
	s.find(Suffix, sub, "(objectClass=*)")
}
