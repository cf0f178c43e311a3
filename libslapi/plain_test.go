//go:build cshimtest

package main

import (
	"encoding/base64"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/schema"
)

// What C answers without Go is what Go answers.

func fullSchema(t testing.TB, opts ...schema.Option) *schema.Schema {
	t.Helper()
	s := schema.New(opts...)
	for _, name := range []string{"core", "cosine", "nis", "inetorgperson"} {
		path := filepath.Join("..", "schema", name+".schema")
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		err = s.LoadOpenLDAP(f, path)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// withSchemas runs f with each kind of schema.
func withSchemas(t *testing.T, f func(t *testing.T, r *rand.Rand)) {
	before := activeSchema()
	defer useSchema(before)
	for name, opts := range map[string][]schema.Option{"openldap": nil, "389": {schema.Compat389()}} {
		t.Run(name, func(t *testing.T) {
			useSchema(fullSchema(t, opts...))
			f(t, rand.New(rand.NewPCG(1, 2)))
		})
	}
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func rounds() int {
	if testing.Short() {
		return 20000
	}
	return 200000
}

// someText is mostly plain, sometimes odd.
func someText(r *rand.Rand, special string) string {
	var b strings.Builder
	for n := r.IntN(8); n >= 0; n-- {
		switch r.IntN(12) {
		case 0:
			b.WriteByte(special[r.IntN(len(special))])
		case 1:
			b.WriteString(pick(r, []string{" ", "  ", "\\20", "\\,", "\\2C", "\\\\", "\\e9", "é", "\\C3\\A9", "\t", "\\#", "#", "\\+", "\\=", "\\2a", "\\00"}))
		case 2:
			b.WriteByte(byte(r.IntN(256)))
		case 3:
			b.WriteByte('0' + byte(r.IntN(10)))
		default:
			b.WriteString(pick(r, []string{"a", "B", "x", "Smith", "people", "Z", "ann", "EXAMPLE", "com", "-", "."}))
		}
	}
	return b.String()
}

var someTypes = []string{"cn", "CN", "commonName", "uid", "UserID", "ou", "OU", "dc", "DC", "o", "c", "sn", "mail", "x-none", "X-None",
	"2.5.4.3", "oid.2.5.4.3", "member", "uidNumber", "employeeNumber", "labeledURI", "homeDirectory", "userPassword", "createTimestamp",
	"entryUUID", "title", "associatedName", "description", "telephoneNumber", "cn;x", "c_n", "gidNumber", "1", "oid"}

func someDN(r *rand.Rand) string {
	var b strings.Builder
	for i, n := 0, r.IntN(5); i < n; i++ {
		if i > 0 {
			b.WriteString(pick(r, []string{",", ",", ",", ",", ", ", " , ", ";", "+", " + ", ",\n "}))
		}
		b.WriteString(pick(r, someTypes))
		b.WriteString(pick(r, []string{"=", "=", "=", "=", " = ", "= ", ":="}))
		b.WriteString(someText(r, ",+\"\\<>;= #"))
	}
	return b.String()
}

func checkDN(t *testing.T, text string) (plain bool) {
	for _, openldap := range []bool{false, true} {
		c, ok := plainDN(text, openldap)
		if !ok {
			continue
		}
		plain = true
		g, ok := goDN(text, openldap)
		if !ok || c != g {
			t.Fatalf("%q (openldap %v): C %+q, Go %+q %v", text, openldap, c, g, ok)
		}
	}
	return plain
}

func TestPlainDN(t *testing.T) {
	withSchemas(t, func(t *testing.T, r *rand.Rand) {
		plain := 0
		for range rounds() {
			if checkDN(t, someDN(r)) {
				plain++
			}
		}
		if plain < rounds()/50 {
			t.Errorf("C did only %d of %d names", plain, rounds())
		}
		for _, must := range []string{"CN=Ann Able, OU=People, DC=Example, DC=com", "uid=bench,ou=people,dc=example,dc=com",
			`cn=a\2Cb+sn=\20x ,dc=y`, "uid=u", "uid=a+cn=b,dc=c", "x-none=A,dc=b", `cn=a\,b,dc=x`} {
			if !checkDN(t, must) {
				t.Errorf("%q was left to Go", must)
			}
		}
	})
}

func FuzzPlainDN(f *testing.F) {
	useSchema(fullSchema(f))
	f.Add("cn=a+sn=b, dc=c;o=\\2c")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.IndexByte(text, 0) < 0 {
			checkDN(t, text)
		}
	})
}

var filterTypes = []string{"cn", "CN", "name", "sn", "uid", "mail", "objectClass", "member", "uidNumber", "description", "userPassword",
	"c", "x-none", "cn;lang-de", "entryDN", "2.5.4.3", "homeDirectory", "labeledURI", "telephoneNumber", "seeAlso", "modifyTimestamp"}

var filterValues = []string{"a", "A", "b", "Ann", "ann able", "ann  able", " ann", "person", "top", "inetOrgPerson", "2.5.6.6", "nothing",
	"7", "007", "cn=a", "é", "", "X", "x y z", "/home/ann", "/HOME/ann", "\xef\xbc\xa1nn", "20250101000000Z"}

func someFilter(r *rand.Rand, depth int) string {
	if depth > 0 && r.IntN(2) == 0 {
		var b strings.Builder
		b.WriteString("(" + pick(r, []string{"&", "|", "!", "&", "|"}))
		for n := r.IntN(3); n >= 0; n-- {
			b.WriteString(pick(r, []string{"", "", "", " "}) + someFilter(r, depth-1))
		}
		return b.String() + pick(r, []string{")", ")", ")", ")", " )", ""})
	}
	value := pick(r, filterValues)
	switch r.IntN(8) {
	case 0:
		value = "*"
	case 1:
		value = pick(r, filterValues) + "*" + pick(r, filterValues)
	case 2:
		value = "*" + value + "*" + pick(r, filterValues) + "*"
	case 3:
		value = someText(r, "()*\\&|!=<>:~ ")
	}
	attr := pick(r, filterTypes)
	if r.IntN(40) == 0 {
		attr += pick(r, []string{" ", ":dn", ":", ":dn:caseIgnoreMatch", ":2.5.13.5", ":x:y", "*", ":DN:"})
	}
	item := attr + pick(r, []string{"=", "=", "=", "=", "=", ">=", "<=", "~=", ":="}) + value
	if r.IntN(60) == 0 {
		return item
	}
	return "(" + item + ")"
}

func checkFilterText(t *testing.T, text string) {
	if strings.IndexByte(text, 0) >= 0 {
		return
	}
	want, err := filter.Parse(text)
	got, printed := parseInC(text)
	if (err == nil) != (got != nil) {
		t.Fatalf("%q: Go %v, C %v", text, err, got)
	}
	if err != nil {
		return
	}
	for _, p := range append(want.Any, want.Initial, want.Final) {
		if strings.IndexByte(string(p), 0) >= 0 {
			return // pieces are C strings
		}
	}
	// Absent and empty are the same in C for these.
	if s, nul := want.String(), strings.Contains(want.String(), `\00`); !nul && printed != s {
		t.Fatalf("%q: printed %q, want %q", text, printed, s)
	} else if !nul && got.String() != s {
		t.Fatalf("%q: C has %q, want %q", text, got, s)
	}
	if !strings.Contains(want.String(), `\00`) && !reflect.DeepEqual(throughC(want), got) {
		t.Fatalf("%q: by flat buffer %#v, parsed %#v", text, throughC(want), got)
	}
}

func TestFilterText(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range rounds() {
		text := someFilter(r, 3)
		if r.IntN(20) == 0 {
			text = " " + text + pick(r, []string{"", " ", "x", ")"})
		}
		checkFilterText(t, text)
	}
	for _, deep := range []int{filter.MaxDepth, filter.MaxDepth + 1} {
		checkFilterText(t, strings.Repeat("(!", deep)+"(a=b)"+strings.Repeat(")", deep))
	}
	checkFilterText(t, "(&"+strings.Repeat("(a=b)", filter.MaxNodes-1)+")")
	checkFilterText(t, "(&"+strings.Repeat("(a=b)", filter.MaxNodes)+")")
}

func FuzzFilterText(f *testing.F) {
	f.Add("(&(a=b*c)(!(x:dn:=\\2a))(|))")
	f.Fuzz(checkFilterText)
}

func someEntries(t testing.TB, r *rand.Rand) []*entry.Entry {
	s := activeSchema()
	var out []*entry.Entry
	for range 12 {
		name, err := dn.NewName("cn=ann,dc=example", s)
		if err != nil {
			t.Fatal(err)
		}
		e := entry.New(name)
		for range r.IntN(7) {
			desc := pick(r, filterTypes)
			if desc == "entryDN" {
				continue
			}
			if e.Add(s, desc, []byte(pick(r, filterValues))) != nil {
				continue
			}
		}
		out = append(out, e)
	}
	return out
}

func TestFilterInC(t *testing.T) {
	withSchemas(t, func(t *testing.T, r *rand.Rand) {
		inC, asked := 0, 0
		for range rounds() / 20 {
			entries := someEntries(t, r)
			for range 4 {
				text := someFilter(r, 2)
				testBoth(text, entries, func(i, c, g int) {
					if c < 0 {
						asked++
						return
					}
					inC++
					if c != g {
						t.Fatalf("%q on %+v: C %d, Go %d", text, entries[i], c, g)
					}
				})
			}
		}
		t.Logf("%d tests in C, %d left to Go", inC, asked)
		if inC < asked/10 {
			t.Errorf("%d tests in C, %d left to Go", inC, asked)
		}
	})
}

func someRecord(r *rand.Rand) string {
	var lines []string
	if r.IntN(30) != 0 {
		lines = append(lines, "dn:"+pick(r, []string{" ", " ", " ", "", "  "})+pick(r, []string{someDN(r), "uid=a,dc=b", "cn=x, DC=y", "UID=a+cn=b,dc=c"}))
	}
	for n := r.IntN(9); n > 0; n-- {
		value := pick(r, filterValues)
		switch r.IntN(10) {
		case 0:
			value = someText(r, ": <#=\r ")
		case 1:
			value = strings.Repeat(value+"-", 40)
		}
		typ := pick(r, append([]string{"objectClass", "objectClass", "cn", "commonName", "sn", "x-Other", "version", "rdn", "dn", "DN", "cn;Lang-DE", "b@d", ""}, filterTypes...))
		line := typ + pick(r, []string{": ", ": ", ": ", ":", ":  ", " : "}) + value
		switch r.IntN(12) {
		case 0:
			line = typ + ":: " + base64.StdEncoding.EncodeToString([]byte(value)) + pick(r, []string{"", "", " ", "=", "x"})
		case 1:
			line = typ + ":< file:///etc/passwd"
		case 2:
			line = "# " + line
		case 3:
			line = pick(r, []string{"objectClass: ldapsubentry", "objectClass: Referral", "objectClass: nsTombstone", "nonsense"})
		}
		for len(line) > 5 && r.IntN(6) == 0 {
			at := 1 + r.IntN(len(line)-2)
			line = line[:at] + "\n " + line[at:]
		}
		lines = append(lines, line)
	}
	if r.IntN(20) == 0 {
		lines = append(lines, "", "cn: behind")
	}
	if r.IntN(20) == 0 {
		r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	}
	return strings.Join(lines, pick(r, []string{"\n", "\n", "\n", "\r\n"})) + pick(r, []string{"\n", "", "\n\n"})
}

func checkRecord(t *testing.T, name, text string, flags int, is389 bool) bool {
	if strings.IndexByte(text, 0) >= 0 || strings.IndexByte(name, 0) >= 0 {
		return false
	}
	c, g, cFlags, gFlags := readBoth(name, text, flags, is389)
	if c == nil {
		return false
	}
	if !reflect.DeepEqual(c, g) || cFlags != gFlags {
		t.Fatalf("%q, name %q, 389 %v: C %+v %x, Go %+v %x", text, name, is389, c, cFlags, g, gFlags)
	}
	return true
}

func TestRecordInC(t *testing.T) {
	withSchemas(t, func(t *testing.T, r *rand.Rand) {
		inC := 0
		for range rounds() / 2 {
			name := ""
			if r.IntN(5) == 0 {
				name = pick(r, []string{"cn=n,dc=m", someDN(r)})
			}
			if checkRecord(t, name, someRecord(r), pick(r, []int{0, 0, 8, 1, 64, 1024}), r.IntN(2) == 0) {
				inC++
			}
		}
		t.Logf("%d of %d records in C", inC, rounds()/2)
		if inC < rounds()/40 {
			t.Errorf("only %d of %d records in C", inC, rounds()/2)
		}
	})
}

func FuzzRecordInC(f *testing.F) {
	f.Add("dn: uid=a,dc=b\nobjectClass: top\ncn:: YQ==\n")
	f.Fuzz(func(t *testing.T, text string) { checkRecord(t, "", text, 0, false) })
}

func TestPrintInC(t *testing.T) {
	withSchemas(t, func(t *testing.T, r *rand.Rand) {
		s := activeSchema()
		for range rounds() / 4 {
			name, err := dn.NewName(pick(r, []string{"cn=a,dc=b", "cn=\\C3\\A9", "cn=" + strings.Repeat("long", r.IntN(60))}), s)
			if err != nil {
				continue
			}
			e := entry.New(name)
			for n := r.IntN(6); n > 0; n-- {
				value := pick(r, []string{someText(r, ": <#=\r "), strings.Repeat("0123456789", r.IntN(30)), pick(r, filterValues)})
				value = value[:len(value)-r.IntN(min(4, len(value)+1))]
				_ = e.Add(s, pick(r, filterTypes), []byte(value))
			}
			options := pick(r, []int{0, 0, 4, 8, 16, 24, 28})
			if c, g := printBoth(e, options); c != g {
				t.Fatalf("options %d: C\n%s\nGo\n%s", options, c, g)
			}
		}
	})
}
