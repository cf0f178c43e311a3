package syncrepl

import (
	"regexp"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"
	"golang.org/x/text/unicode/norm"
)

// schema is what the client needs of the server's: attribute types with their
// equality rules.
type schema struct {
	types map[string]*attributeType // by lower-case name and OID
	names map[string]string         // name of an object class or type -> OID
}

type attributeType struct {
	oid, sup, equality string
	canonical          string // first name, lower case
}

// Patterns for an AttributeTypeDescription (RFC 4512 section 4.1.2).
var (
	patternOID    = regexp.MustCompile(`^\(\s*([0-9A-Za-z.\-]+)`)
	patternNames  = regexp.MustCompile(`\sNAME\s+(?:'([^']*)'|\(([^)]*)\))`)
	patternSup    = regexp.MustCompile(`\sSUP\s+\(?\s*([0-9A-Za-z.\-;_]+)`)
	patternEqual  = regexp.MustCompile(`\sEQUALITY\s+'?([0-9A-Za-z.\-_]+)`)
	patternQuoted = regexp.MustCompile(`\s(?:DESC|X-[A-Za-z_\-]+)\s+(?:'[^']*'|\([^)]*\))`)
)

// readSchema asks the server for its subschema (RFC 4512 section 4.4). It returns
// nil when the server gives none.
func readSchema(conn *ldap.Conn) *schema {
	read := func(base, filter string, attrs ...string) *ldap.Entry {
		r, err := conn.Search(ldap.NewSearchRequest(base, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 0, 0, false, filter, attrs, nil))
		if err != nil || len(r.Entries) != 1 {
			return nil
		}
		return r.Entries[0]
	}
	root := read("", "(objectClass=*)", "subschemaSubentry")
	if root == nil {
		return nil
	}
	dn := root.GetEqualFoldAttributeValue("subschemaSubentry")
	if dn == "" {
		return nil
	}
	sub := read(dn, "(objectClass=subschema)", "attributeTypes", "objectClasses")
	if sub == nil {
		return nil
	}
	types := sub.GetEqualFoldAttributeValues("attributeTypes")
	if len(types) == 0 {
		return nil
	}
	return newSchema(types, sub.GetEqualFoldAttributeValues("objectClasses"))
}

func newSchema(types, classes []string) *schema {
	s := &schema{types: map[string]*attributeType{}, names: map[string]string{}}
	for _, d := range types {
		d = patternQuoted.ReplaceAllString(d, " ")
		oid, names := describe(d)
		if oid == "" {
			continue
		}
		t := &attributeType{oid: oid, canonical: oid}
		if len(names) > 0 {
			t.canonical = names[0]
		}
		if m := patternSup.FindStringSubmatch(d); m != nil {
			t.sup = strings.ToLower(m[1])
		}
		if m := patternEqual.FindStringSubmatch(d); m != nil {
			t.equality = strings.ToLower(m[1])
		}
		for _, n := range append(names, oid) {
			s.types[n] = t
			s.names[n] = oid
		}
	}
	for _, d := range classes {
		oid, names := describe(patternQuoted.ReplaceAllString(d, " "))
		for _, n := range names {
			s.names[n] = oid
		}
	}
	return s
}

// describe returns OID and names, all in lower case.
func describe(d string) (oid string, names []string) {
	if m := patternOID.FindStringSubmatch(d); m != nil {
		oid = strings.ToLower(m[1])
	}
	if m := patternNames.FindStringSubmatch(d); m != nil {
		for _, n := range strings.Fields(m[1] + m[2]) {
			names = append(names, strings.ToLower(strings.Trim(n, "'")))
		}
	}
	return oid, names
}

// attribute returns the name that all names of the type share, and how its
// values are compared. It works on a nil schema.
func (s *schema) attribute(name string) (string, normalizer) {
	if s == nil {
		return name, octetString
	}
	t := s.types[name]
	if t == nil {
		return name, octetString
	}
	canonical := t.canonical
	for depth := 0; t != nil && depth < 32; depth++ {
		if t.equality != "" {
			if n, ok := equalityRules[t.equality]; ok {
				return canonical, n
			}
			return canonical, octetString
		}
		t = s.types[t.sup]
	}
	return canonical, octetString
}

// equalityRules are those of RFC 4517 section 4.2 under which values may be equal
// though their octets differ, by name and by OID.
var equalityRules = map[string]normalizer{}

func init() {
	for names, n := range map[string]normalizer{
		"caseignorematch 2.5.13.2 caseignoreia5match 1.3.6.1.4.1.1466.109.114.2 caseignorelistmatch 2.5.13.11": caseIgnore,
		"caseexactmatch 2.5.13.5 caseexactia5match 1.3.6.1.4.1.1466.109.114.1":                                 caseExact,
		"numericstringmatch 2.5.13.8":     numericString,
		"telephonenumbermatch 2.5.13.20":  telephoneNumber,
		"integermatch 2.5.13.14":          integerMatch,
		"booleanmatch 2.5.13.13":          upper,
		"uuidmatch 1.3.6.1.1.16.2":        upper,
		"generalizedtimematch 2.5.13.27":  generalizedTime,
		"objectidentifiermatch 2.5.13.0":  objectIdentifier,
		"distinguishednamematch 2.5.13.1": dnMatch,
		"uniquemembermatch 2.5.13.23":     nameAndUID,
	} {
		for _, name := range strings.Fields(names) {
			equalityRules[name] = n
		}
	}
}

// caseExact prepares a string as RFC 4518 does, as far as it matters here: NFKC,
// and runs of space are one.
func caseExact(_ *schema, v []byte) string {
	return strings.Join(strings.Fields(norm.NFKC.String(string(v))), " ")
}

func caseIgnore(s *schema, v []byte) string {
	return norm.NFKC.String(strings.ToLower(caseExact(s, v)))
}

func numericString(_ *schema, v []byte) string { return strings.ReplaceAll(string(v), " ", "") }

func telephoneNumber(s *schema, v []byte) string {
	return strings.NewReplacer(" ", "", "-", "").Replace(caseIgnore(s, v))
}

func integerMatch(_ *schema, v []byte) string {
	t := string(v)
	sign := ""
	if strings.HasPrefix(t, "-") {
		sign, t = "-", t[1:]
	}
	if t = strings.TrimLeft(t, "0"); t == "" {
		return "0"
	}
	return sign + t
}

func upper(_ *schema, v []byte) string { return strings.ToUpper(string(v)) }

func generalizedTime(_ *schema, v []byte) string {
	t := strings.Replace(string(v), ",", ".", 1)
	for _, layout := range []string{"20060102150405Z0700", "200601021504Z0700", "2006010215Z0700"} {
		// time.Parse takes a fraction after the seconds although the layout has none.
		if at, err := time.Parse(layout, t); err == nil {
			return at.UTC().Format(time.RFC3339Nano)
		}
	}
	return string(v)
}

func objectIdentifier(s *schema, v []byte) string {
	name := strings.ToLower(string(v))
	if oid, ok := s.names[name]; ok {
		return oid
	}
	return name
}

// nameAndUID reads a DN with an optional bit string (RFC 4517 section 3.3.21).
func nameAndUID(s *schema, v []byte) string {
	text := string(v)
	if i := strings.LastIndex(text, "#'"); i >= 0 {
		return dnMatch(s, []byte(text[:i])) + text[i:]
	}
	return dnMatch(s, v)
}
