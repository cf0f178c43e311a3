package acl

import (
	"strings"
	"testing"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/schema"
)

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ line, err string }{
		{"access to * by * read", ""},
		{"{3}to * by * read", ""},
		{"to * by * read by users write", ""},
		{"access to dn.subtree=dc=x by * +rscxd", ""},
		{"access to * by group/groupOfNames/member.expand=cn=x write stop by peername.ip=10.0.0.0%255.0.0.0 read continue by * break", ""},
		{"access to * by ssf=128 self write", ""},
		{"access to * by users", ""},
		{"access * by * read", `"*" found where "to" should be`},
		{"access to *", `no "by" clause`},
		{"access to by * read", "no <what>"},
		{"access to nonsense by * read", `"nonsense" found`},
		{"access to dn.odd=dc=x by * read", `unknown style "odd"`},
		{"access to dn=dc=x dn=dc=y by * read", "a second dn"},
		{"access to foo=bar by * read", `unknown <what> "foo=bar"`},
		{"access to val=x by * read", "exactly one attribute"},
		{"access to attrs= by * read", "empty attribute list"},
		{"access to filter=(x by * read", "filter"},
		{"access to * by nobody read", `unknown <who> "nobody"`},
		{"access to * by * reed", `unknown <who> "reed"`},
		{"access to * by * =q", `unknown <who> "=q"`},
		{"access to * by dn read", "needs a value"},
		{"access to * by group= read", "needs a value"},
		{"access to * by peername.ip=300.1.1.1 read", "bad address"},
		{"access to * by peername.ip=10.0.0.0%255.0.255.0 read", ""},
		{"access to * by peername.ip=::1 read", "bad address"},
		{"access to * by peername.ipv6=10.0.0.1 read", "bad address"},
		{"access to * by peername.ipv6=fe80::%64 read", ""},
		{"access to * by peername.ip=10.0.0.0/33 read", "bad mask"},
		{"access to * by peername.ip=10.0.0.0{x} read", "bad port"},
		{"access to * by peername.one=x read", "inappropriate style"},
		{"access to * by sockurl.sub=x read", "inappropriate style"},
		{"access to * by ssf=x read", "needs a positive number"},
		{"access to * by ssf=0 read", "needs a positive number"},
		{"access to * by users self read", "a second dn"},
		{"access to * by users realself read", ""},
		{"access to * by realgroup=cn=x read", "unknown <who>"},
		{"access to * by dynacl/aci read", "dynamic access control is not supported"},
		{"access to * by set=this/manager&user read", ""},
		{"access to * by set=[x read", "a bracket is open"},
		{"access to * by set=(user read", "a parenthesis is open"},
		{"access to * by set=user/ read", "an attribute is missing"},
		{"access to * by set=user/-x read", "a number should follow"},
		{"access to * by set=group read", "where a set should be"},
		{"access to * by set=[ldap:///dc=x] read", "search by URL"},
		{"access to dn.regex,expand=x by * read", "nothing to expand"},
		{"access to attrs=cn attrs=sn by * read", "a second attrs"},
		{"access to attrs=cn val.ip=x by * read", "inappropriate style"},
		{"access to * by * read and more", `"and" found where "by" should be`},
	} {
		_, err := Parse(strings.Fields(c.line), "f:7")
		switch {
		case c.err == "" && err != nil:
			t.Errorf("%s: %v", c.line, err)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err) || !strings.HasPrefix(err.Error(), "f:7: ")):
			t.Errorf("%s: %v, want %s", c.line, err, c.err)
		}
	}
}

func TestResolveErrors(t *testing.T) {
	s := schema.New()
	for _, c := range []struct{ line, err string }{
		{"to attrs=noSuch by * read", `unknown attribute or object class "noSuch"`},
		{"to attrs=@noSuch by * read", `unknown object class "noSuch"`},
		{"to dn.subtree=nonsense by * read", "bad DN \"nonsense\""},
		{"to dn.regex=( by * read", "regular expression"},
		{"to * by dnattr=cn read", "holds no names"},
		{"to attrs=cn val/noSuch=x by * read", "unknown matching rule"},
		{"to attrs=cn val/integerMatch=x by * read", "does not go with"},
		{"to attrs=cn val.one=x by * read", "needs an attribute that holds names"},
		{"to * by dnattr=noSuch read", `unknown attribute "noSuch"`},
		{"to * by group/noSuch/cn=cn=x read", `unknown object class "noSuch"`},
	} {
		r, err := Parse(strings.Fields(c.line), "f:7")
		if err != nil {
			t.Fatal(err)
		}
		if _, err = NewSet(s, []*Rule{r}, nil); err == nil || !strings.Contains(err.Error(), c.err) || !strings.HasPrefix(err.Error(), "f:7: ") {
			t.Errorf("%s: %v, want %s", c.line, err, c.err)
		}
	}
}

func set(t *testing.T, s *schema.Schema, lines ...string) *Set {
	t.Helper()
	var rules []*Rule
	for _, l := range lines {
		r, err := Parse(strings.Fields(l), "t")
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, r)
	}
	x, err := NewSet(s, rules, nil)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestGranted(t *testing.T) {
	s := schema.New()
	name := func(text string) dn.Name {
		n, err := dn.NewName(text, s)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	e := entry.New(name("cn=x,ou=a,dc=com"))
	e.Add(s, "objectClass", []byte("extensibleObject"))
	ask := func(x *Set, who, attr, value string, change func(*Request)) Priv {
		r := &Request{Entry: e, Who: name(who), Schema: s, Peer: "IP=10.1.2.3:389", SSF: 56}
		if attr == AttrEntry || attr == AttrChildren {
			r.Pseudo = attr
		} else {
			d, _ := s.Describe(attr)
			r.Type, r.Options = d.Type, d.Options
		}
		if value != "" {
			r.Value = []byte(value)
		}
		if change != nil {
			change(r)
		}
		return x.Granted(r)
	}
	for _, c := range []struct {
		line, who, attr, value string
		want                   Priv
	}{
		{"to * by * read", "", "cn", "", Read},
		{"to * by users read by anonymous auth", "", "cn", "", Auth},
		{"to * by users read by anonymous auth", "cn=u", "cn", "", Read},
		{"to * by self write by * none", "cn=X, ou=A,dc=com", "cn", "", Write},
		{"to * by self write by * none", "cn=y", "cn", "", None},
		{"to * by self.level{1} write", "cn=x,cn=x,ou=a,dc=com", "cn", "", Write},
		{"to * by self.level{-1} write", "ou=a,dc=com", "cn", "", Write},
		{"to dn.base=ou=a,dc=com by * read", "", "cn", "", None},
		{"to dn.one=ou=a,dc=com by * read", "", "cn", "", Read},
		{"to dn.one=dc=com by * read", "", "cn", "", None},
		{"to dn.level{2}=dc=com by * read", "", "cn", "", Read},
		{"to dn.children=cn=x,ou=a,dc=com by * read", "", "cn", "", None},
		{"to dn.sub=dc=com by * read", "", "cn", "", Read},
		{"to dn.regex=^cn=([^,]+),.*$ by dn.exact,expand=uid=$1,dc=com write", "uid=x,dc=com", "cn", "", Write},
		{"to dn.regex=^cn=([^,]+),.*$ by dn.regex=^uid=$1,dc=com$$ write", "uid=x,dc=com", "cn", "", Write},
		{"to dn.regex=^cn=([^,]+),.*$ by dn.regex=^uid=$1,dc=com$$ write", "uid=xx,dc=com", "cn", "", None},
		{"to dn.subtree=dc=com by dn.subtree,expand=$1 read", "uid=z,dc=com", "cn", "", Read},
		{"to attrs=cn by * read", "", "cn;lang-de", "", Read},
		{"to attrs=cn;lang-de by * read", "", "cn", "", None},
		{"to attrs=name by * read", "", "cn", "", Read},
		{"to attrs=entry by * read", "", "entry", "", Read},
		{"to attrs=entry by * read", "", "children", "", None},
		{"to attrs=@extensibleObject by * read", "", "children", "", Read},
		{"to attrs=cn val.regex=^a by * read", "", "cn", "abc", Read},
		{"to attrs=cn val.regex=^a by * read", "", "cn", "bc", None},
		{"to attrs=cn val=ABC by * read", "", "cn", "abc", Read},
		{"to attrs=cn val=ABC by * read", "", "cn", "", None},
		{"to filter=(objectClass=extensibleObject) by * read", "", "cn", "", Read},
		{"to filter=(cn=y) by * read", "", "cn", "", None},
		{"to * by peername.ip=10.0.0.0%255.0.0.0 read", "", "cn", "", Read},
		{"to * by peername.ip=10.1.2.3{389} read", "", "cn", "", Read},
		{"to * by peername.ip=10.1.2.3{390} read", "", "cn", "", None},
		{"to * by peername.regex=^IP=10[.] read", "", "cn", "", Read},
		{"to * by ssf=56 read", "", "cn", "", Read},
		{"to * by ssf=57 read", "", "cn", "", None},
		{"to * by users ssf=56 read", "", "cn", "", None},
		{"to * by * =cs continue by users +r", "cn=u", "cn", "", PrivCompare | PrivSearch | PrivRead},
		{"to * by * =cs continue by users +r", "", "cn", "", None},
		{"to * by users write continue by * -w stop", "cn=u", "cn", "", Read},
		{"to * by users", "cn=u", "cn", "", None},
		{"to * by * break", "", "cn", "", None},
		{"to attrs=seeAlso by users selfwrite", "cn=u", "seeAlso", "CN=U", Write},
		{"to attrs=seeAlso by users selfwrite", "cn=u", "seeAlso", "cn=v", None},
	} {
		if s.AttributeType("seeAlso") == nil && strings.Contains(c.line, "seeAlso") {
			continue
		}
		if got := ask(set(t, s, c.line), c.who, c.attr, c.value, nil); got != c.want {
			t.Errorf("%s for %q on %s %q: %08b, want %08b", c.line, c.who, c.attr, c.value, got, c.want)
		}
	}
	broken := set(t, s, "to * by users =cs break", "to * by * +r")
	if got := ask(broken, "cn=u", "cn", "", nil); got != PrivCompare|PrivSearch|PrivRead {
		t.Errorf("break: %08b", got)
	}
	group := entry.New(name("cn=g"))
	group.Add(s, "objectClass", []byte("groupOfNames"))
	group.Add(s, "member", []byte("CN=U"))
	if s.ObjectClass("groupOfNames") != nil {
		members := set(t, s, "to * by group=cn=g write")
		found := func(r *Request) {
			r.Lookup = func(norm string) *entry.Entry {
				if norm == "cn=g" {
					return group
				}
				return nil
			}
		}
		if got := ask(members, "cn=u", "cn", "", found); got != Write {
			t.Errorf("group: %08b", got)
		}
		if got := ask(members, "cn=v", "cn", "", found); got != None {
			t.Errorf("not in the group: %08b", got)
		}
	}
	var none *Set
	if none.Allowed(&Request{Entry: e, Need: PrivWrite}) || !none.Allowed(&Request{Entry: e, Need: PrivRead}) {
		t.Error("the default is not read")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("access to dn.regex=^a$ attrs=cn val=x by self write by group/a/b=cn=x read continue by * break")
	f.Add("{0}to * by peername.ip=10.0.0.0%255.0.0.0{389} =rscxd stop")
	s := schema.New()
	f.Fuzz(func(t *testing.T, line string) {
		r, err := Parse(strings.Fields(line), "")
		if err == nil {
			NewSet(s, []*Rule{r}, nil)
		}
	})
}
