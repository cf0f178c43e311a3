package overlay

import (
	"strings"
	"testing"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// What a Host can do besides is found behind the overlays.
type computing struct{ plugin.NoHost }

func (computing) Computes() bool                                                   { return true }
func (computing) Compute(*plugin.Operation, *entry.Entry, string) []wire.Attribute { return nil }

func TestUnwrap(t *testing.T) {
	if h, ok := plugin.As[plugin.ComputeHost](NewChain(computing{}, nil)); !ok || !h.Computes() {
		t.Error("not found")
	}
	if _, ok := plugin.As[plugin.ReversibleHost](NewChain(computing{}, nil)); ok {
		t.Error("found what is not there")
	}
}

func TestLines(t *testing.T) {
	s := schema.New()
	for _, d := range []string{
		"( 2.5.4.31 NAME 'member' SUP distinguishedName )",
		"( 9.9.1 NAME 'mail' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )",
	} {
		if err := s.AddAttributeType(d); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddObjectClass("( 2.5.6.9 NAME 'groupOfNames' SUP top STRUCTURAL MUST ( member $ cn ) )"); err != nil {
		t.Fatal(err)
	}
	suffix, err := dn.NewName("cn=x", s)
	if err != nil {
		t.Fatal(err)
	}
	if err := Schema("memberof", s); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, lines, err string }{
		{"unique", "", ""},
		{"unique", "unique_uri ldap:///?mail?sub", ""},
		{"unique", "unique_uri strict ignore serialize ldap:///cn=a,cn=x?mail?one?(mail=*) ldap:///??sub", ""},
		{"unique", "unique_uri", "no URI"},
		{"unique", "unique_uri ldap://h/?mail?sub", "ldap:///"},
		{"unique", "unique_uri ldap:///?mail", "the scope"},
		{"unique", "unique_uri ldap:///?nosuch?sub", "unknown attribute"},
		{"unique", "unique_uri ldap:///cn=y?mail?sub", "not within"},
		{"unique", "unique_uri ldap:///?mail?sub?(x", "filter"},
		{"unique", "unique_uri ldap:///?mail?sub;unique_attributes mail", "old directives"},
		{"unique", "unique_attributes mail;unique_ignore mail", "exclude each other"},
		{"unique", "unique_base cn=y", "not within"},
		{"refint", "refint_attributes member;refint_nothing cn=n;refint_modifiersname cn=m", ""},
		{"refint", "refint_attributes mail", "holds no names"},
		{"refint", "refint_attributes nosuch", "unknown attribute"},
		{"refint", "refint_nothing nonsense", "refint_nothing"},
		{"memberof", "memberof-refint TRUE;memberof-dangling drop;memberof-dangling-error 0x20;memberof-dn cn=m", ""},
		{"memberof", "memberof-dangling x", "ignore, drop or error"},
		{"memberof", "memberof-refint maybe", "neither TRUE nor FALSE"},
		{"memberof", "memberof-group-oc nosuch", "unknown object class"},
		{"memberof", "memberof-member-ad mail", "holds no names"},
		{"memberof", "memberof-dangling-error x", "no result code"},
		{"constraint", "constraint_attribute mail,cn regex ^a$ restrict=ldap:///cn=x??sub;constraint_attribute mail count 3", ""},
		{"constraint", "constraint_attribute mail regex (", "missing closing"},
		{"constraint", "constraint_attribute mail size x", "is no number"},
		{"constraint", "constraint_attribute nosuch size 1", "unknown attribute"},
		{"constraint", "constraint_attribute mail set this/mail", ""},
		{"constraint", "constraint_attribute mail set (", "set"},
		{"constraint", "constraint_attribute mail uri ldap:///cn=x??sub", "names no attribute"},
		{"valsort", "valsort-attr mail cn=x alpha-ascend;valsort-attr mail cn=x weighted", ""},
		{"valsort", "valsort-attr mail cn=x numeric-ascend", "does not fit"},
		{"valsort", "valsort-attr mail cn=y weighted", "not within"},
		{"valsort", "valsort-attr mail cn=x sideways", "unknown sort method"},
		{"collect", "collectinfo cn=x mail", ""},
		{"collect", "collectinfo cn=y mail", "not within"},
		{"dynlist", "dynlist-attrset groupOfNames mail member", ""},
		{"dynlist", "dynlist-attrset groupOfNames ldap:///cn=x??sub?(mail=x) mail member+memberOf@groupOfNames", ""},
		{"dynlist", "dynlist-attrset groupOfNames mail member+memberOf@groupOfNames*", "not supported"},
		{"dynlist", "dynlist-attrset nosuch mail", "unknown object class"},
		{"dds", "dds-max-ttl 100000;dds-default-ttl 1d;dds-interval 60;dds-tolerance 1h;dds-max-dynamicobjects 3;dds-state TRUE", ""},
		{"dds", "dds-max-ttl 1000", "between"},
		{"retcode", "retcode-parent cn=r,cn=x;retcode-item cn=busy 51 op=add,search text=x sleeptime=1;retcode-sleep -3", ""},
		{"retcode", "retcode-item cn=busy x", "no result code"},
		{"retcode", "retcode-item cn=busy 51 ref=ldap://x", "code 10 only"},
		{"retcode", "retcode-item cn=busy 51 flags=disconnect", "not supported"},
		{"constraint", "constraint_attribute mail odd 1", "unknown type"},
		{"constraint", "constraint_attribute mail size 1 foo", "unknown word"},
		{"constraint", "constraint_attribute mail size", "needs attributes"},
		{"unique", "unique_uri ldap:///?mail?base", "the scope"},
		{"auditlog", "auditlog /tmp/x", ""},
		{"accesslog", "logdb cn=log;logops writes reads;logbase search|compare cn=y,cn=x;logpurge 07+00:00 00:10:00;logold (mail=x);logoldattr mail;logsuccess TRUE", ""},
		{"accesslog", "logdb cn=x", "to itself"},
		{"accesslog", "logops nosuch", "unknown operation"},
		{"accesslog", "logbase add cn=z", "not within"},
		{"accesslog", "logpurge 1 2", "no time span"},
		{"accesslog", "logpurge 1+00:00 00:0a", "no time span"},
		{"accesslog", "logold (mail", "filter"},
		{"accesslog", "logoldattr nosuch", "unknown attribute"},
		{"accesslog", "logsuccess maybe", "neither TRUE nor FALSE"},
		{"other", "", "not known"},
	} {
		var lines [][]string
		for _, l := range strings.Split(c.lines, ";") {
			if w := strings.Fields(l); len(w) > 0 {
				lines = append(lines, w)
			}
		}
		_, err := New(c.name, &Env{Schema: s, Suffix: suffix}, lines)
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s %s: %v, want %q", c.name, c.lines, err, c.err)
		}
	}
}
