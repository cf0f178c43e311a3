package schema

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	dirsrvSchema   = "/usr/share/dirsrv/schema"
	openldapSchema = "/etc/ldap/schema"
	ourSchema      = "../../schema"
)

func filesIn(t *testing.T, dir, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("no %s in %s: the peer is not installed", pattern, dir)
	}
	return files
}

func loadPath(s *Schema, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if strings.HasSuffix(path, ".ldif") {
		return s.LoadLDIF(f, path)
	}
	return s.LoadOpenLDAP(f, path)
}

func loadSchemaFile(t *testing.T, s *Schema, path string) {
	t.Helper()
	if err := loadPath(s, path); err != nil {
		t.Fatal(err)
	}
}

// checkWhole checks that the elements refer to each other's current objects.
func checkWhole(t *testing.T, s *Schema) {
	t.Helper()
	for _, a := range s.AttributeTypes() {
		if s.AttributeType(a.Name()) != a || s.AttributeType(a.OID) != a {
			t.Errorf("%s (%s): lookup finds another type", a.Name(), a.OID)
		}
		if a.Sup != nil && s.AttributeType(a.Sup.OID) != a.Sup {
			t.Errorf("%s: stale supertype", a.Name())
		}
		if a.Syntax == nil {
			t.Errorf("%s: no syntax", a.Name())
		}
		if _, err := parseDefinition(a.String(), attributeElement); err != nil {
			t.Errorf("%s: own text: %v", a.Name(), err)
		}
	}
	for _, c := range s.ObjectClasses() {
		if s.ObjectClass(c.Name()) != c {
			t.Errorf("%s: lookup finds another class", c.Name())
		}
		for _, sup := range c.Sups {
			if s.ObjectClass(sup.OID) != sup {
				t.Errorf("%s: stale superclass %s", c.Name(), sup.Name())
			}
		}
		for _, a := range append(append([]*AttributeType{}, c.Must...), c.May...) {
			if s.AttributeType(a.OID) != a {
				t.Errorf("%s: stale attribute type %s", c.Name(), a.Name())
			}
		}
		if _, err := parseDefinition(c.String(), classElement); err != nil {
			t.Errorf("%s: own text: %v", c.Name(), err)
		}
	}
}

func TestLoad389(t *testing.T) {
	files := filesIn(t, dirsrvSchema, "*.ldif")
	s := New(Compat389())
	if err := s.LoadLDIFFiles(files); err != nil {
		t.Fatal(err)
	}
	checkWhole(t, s)
	t.Logf("%d types, %d classes", len(s.AttributeTypes()), len(s.ObjectClasses()))
	group := s.ObjectClass("groupOfNames")
	if group == nil || len(typeNames(group.Must)) != 1 {
		t.Errorf("groupOfNames: 389 requires cn alone, got %v", group)
	}
	// No rules in the definition: those of the syntax.
	if a := s.AttributeType("nsslapd-pluginPath"); a == nil || a.Equality == nil || a.Equality.Names[0] != "caseIgnoreMatch" {
		t.Errorf("nsslapd-pluginPath: %v", a)
	}
	if a := s.AttributeType("nsds50ruv"); a == nil || a.Substr == nil {
		t.Errorf("nsds50ruv has no substring rule")
	}
	if a := s.AttributeType("entrydn"); a == nil || a.OID != "2.16.840.1.113730.3.1.602" {
		t.Errorf("entrydn must be 389's own: %v", a)
	}
}

// Every file can also be loaded by itself after the core files.
func TestLoad389Again(t *testing.T) {
	files := filesIn(t, dirsrvSchema, "*.ldif")
	s := New(Compat389())
	if err := s.LoadLDIFFiles(files); err != nil {
		t.Fatal(err)
	}
	n := len(s.AttributeTypes())
	for _, f := range files {
		loadSchemaFile(t, s, f)
	}
	if len(s.AttributeTypes()) != n {
		t.Errorf("loading again made %d types from %d", len(s.AttributeTypes()), n)
	}
	checkWhole(t, s)
}

// The order in which OpenLDAP's files need each other.
var openldapOrder = []string{"core", "cosine", "inetorgperson", "collective", "corba", "duaconf", "dyngroup", "java",
	"misc", "namedobject", "nis", "openldap", "pmi", "msuser", "dsee"}

func TestLoadOpenLDAP(t *testing.T) {
	for _, ext := range []string{".schema", ".ldif"} {
		t.Run(ext, func(t *testing.T) {
			files := filesIn(t, openldapSchema, "*"+ext)
			known := map[string]bool{}
			s := New()
			for _, name := range openldapOrder {
				path := filepath.Join(openldapSchema, name+ext)
				known[path] = true
				if _, err := os.Stat(path); err != nil {
					continue
				}
				loadSchemaFile(t, s, path)
			}
			for _, f := range files {
				if !known[f] {
					t.Errorf("%s is not in the list", f)
				}
			}
			checkWhole(t, s)
			t.Logf("%d types, %d classes", len(s.AttributeTypes()), len(s.ObjectClasses()))
		})
	}
}

func TestLoadOurs(t *testing.T) {
	s := New()
	for _, name := range []string{"core", "cosine", "inetorgperson", "nis"} {
		loadSchemaFile(t, s, filepath.Join(ourSchema, name+".schema"))
	}
	checkWhole(t, s)
	group := s.ObjectClass("groupOfNames")
	if group == nil || strings.Join(typeNames(group.Must), " ") != "member cn" {
		t.Fatalf("groupOfNames: %v", group)
	}
}

func TestLoadErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"attributetype ( 1.2.3 NAME 'a' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )\n\nattributetype ( 1.2.3 NAME 'b' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )\n", "f:3: b: OID 1.2.3: already defined"},
		{"attributetype ( 1.2.3 NAME 'a' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )\nattributetype ( 1.2.4 NAME 'A' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )\n", "f:2: A: name A: already defined"},
		{"# x\nattributetype ( 1.2.3\n  NAME 'a' SUP nothing )\n", "f:2: a: supertype nothing: not defined"},
		{"attributetype ( 1.2.3 NAME 'a' EQUALITY noMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )", "f:1: a: matching rule noMatch: not defined"},
		{"attributetype ( 1.2.3 NAME 'a' SYNTAX 1.2.3.4 )", "f:1: a: syntax 1.2.3.4: not defined"},
		{"attributetype ( 1.2.3 NAME 'a' )", "f:1: a: neither a syntax nor a supertype"},
		{"objectclass ( 1.2.3 NAME 'a' MUST nothing )", "f:1: a: attribute type nothing: not defined"},
		{"objectclass ( none:3 NAME 'a' )", "f:1: a: object identifier none: not defined"},
		{"wibble ( 1.2.3 )", `f:1: unknown directive "wibble"`},
		{"objectclass ( 1.2.3 NAME 'a' MUST cn", "f:1: expected ')' at the end of the definition"},
	} {
		s := New()
		n := len(s.AttributeTypes())
		err := s.LoadOpenLDAP(strings.NewReader(c.text), "f")
		if err == nil || err.Error() != c.want {
			t.Errorf("%q:\n got %v\nwant %s", c.text, err, c.want)
		}
		var fe *FileError
		if !errors.As(err, &fe) || fe.File != "f" {
			t.Errorf("%q: no FileError", c.text)
		}
		if len(s.AttributeTypes()) != n {
			t.Errorf("%q: a failed load changed the schema", c.text)
		}
	}
}

func TestLoadLDIFOverrides(t *testing.T) {
	s := New()
	before := s.AttributeType("cn")
	err := s.LoadLDIF(strings.NewReader(`dn: cn=schema
objectClasses: ( 1.2.3.9 NAME 'later' SUP top MUST ( cn $ ownName ) )
attributeTypes: ( 1.2.3.1 NAME 'ownName' SUP name
  X-ORIGIN 'here' )
attributeTypes: ( 2.5.4.41 NAME 'name' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
olcAttributeTypes: {7}( 1.2.3.2 NAME 'other' SYNTAX 1.2.3.4.5 EQUALITY weirdMatch )
attributeTypes:: KCAxLjIuMy4zIE5BTUUgJ2VuY29kZWQnIFNVUCBuYW1lICk=
`), "x.ldif")
	if err != nil {
		t.Fatal(err)
	}
	checkWhole(t, s)
	if s.AttributeType("cn") == before || s.AttributeType("cn").Equality.Names[0] != "caseExactMatch" {
		t.Error("a subtype must follow its replaced supertype")
	}
	if s.AttributeType("cn").OID != before.OID || !s.AttributeType("cn").Is(before) {
		t.Error("a rebuilt type is still the same type")
	}
	if o := s.AttributeType("other"); o.Equality != nil || o.Syntax.OID != "1.2.3.4.5" || o.Syntax.Validate != nil {
		t.Errorf("other: %+v", o)
	}
	if s.AttributeType("encoded") == nil {
		t.Error("base 64 definition not read")
	}
	err = s.LoadLDIF(strings.NewReader("dn: cn=schema\nattributeTypes: ( 1.2.3.7 NAME 'x'\n  SUP missing )\n"), "y.ldif")
	if err == nil || err.Error() != "y.ldif:2: x: supertype missing: not defined" {
		t.Errorf("got %v", err)
	}
}
