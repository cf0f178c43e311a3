// Package backendtest tests implementations of backend.Backend against what
// the interface promises.
package backendtest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// Suffix is the naming context of the databases under test.
const Suffix = "dc=example,dc=com"

var buildSchema = sync.OnceValue(func() *schema.Schema {
	s := schema.New()
	for _, def := range []string{
		`( 2.5.4.4 NAME ( 'sn' 'surname' ) SUP name )`,
		`( 2.5.4.11 NAME ( 'ou' 'organizationalUnitName' ) SUP name )`,
		`( 2.5.4.42 NAME ( 'givenName' 'gn' ) SUP name )`,
		`( 0.9.2342.19200300.100.1.25 NAME ( 'dc' 'domainComponent' ) EQUALITY caseIgnoreIA5Match SUBSTR caseIgnoreIA5SubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.26 SINGLE-VALUE )`,
		`( 0.9.2342.19200300.100.1.3 NAME ( 'mail' 'rfc822Mailbox' ) EQUALITY caseIgnoreIA5Match SUBSTR caseIgnoreIA5SubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.26{256} )`,
		`( 2.5.4.31 NAME 'member' SUP distinguishedName )`,
		`( 2.5.4.20 NAME 'telephoneNumber' EQUALITY telephoneNumberMatch SUBSTR telephoneNumberSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.50{32} )`,
		`( 0.9.2342.19200300.100.1.60 NAME 'jpegPhoto' SYNTAX 1.3.6.1.4.1.1466.115.121.1.28 )`,
	} {
		if err := s.AddAttributeType(def); err != nil {
			panic(err)
		}
	}
	for _, def := range []string{
		`( 2.5.6.6 NAME 'person' SUP top STRUCTURAL MUST ( sn $ cn ) MAY ( userPassword $ telephoneNumber $ seeAlso $ description ) )`,
		`( 2.5.6.7 NAME 'organizationalPerson' SUP person STRUCTURAL MAY ( ou ) )`,
		`( 2.16.840.1.113730.3.2.2 NAME 'inetOrgPerson' SUP organizationalPerson STRUCTURAL MAY ( mail $ uid $ givenName $ jpegPhoto ) )`,
		`( 2.5.6.5 NAME 'organizationalUnit' SUP top STRUCTURAL MUST ou MAY ( description ) )`,
		`( 0.9.2342.19200300.100.4.13 NAME 'domain' SUP top STRUCTURAL MUST dc )`,
	} {
		if err := s.AddObjectClass(def); err != nil {
			panic(err)
		}
	}
	return s
})

// Schema is the schema that the tests' entries need.
func Schema() *schema.Schema { return buildSchema() }

// Name makes a name.
func Name(t testing.TB, text string) dn.Name {
	t.Helper()
	n, err := dn.NewName(text, Schema())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Entry makes an entry from descriptions and values in turn.
func Entry(t testing.TB, name string, attrs ...string) *entry.Entry {
	t.Helper()
	e := entry.New(Name(t, name))
	for i := 0; i < len(attrs); i += 2 {
		if err := e.Add(Schema(), attrs[i], []byte(attrs[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// Filter makes a resolved filter.
func Filter(t testing.TB, text string) *filter.Node {
	t.Helper()
	n, err := filter.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if err := n.Resolve(Schema(), nil); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

// Begin opens a write transaction.
func Begin(t testing.TB, b backend.Backend) backend.Txn {
	t.Helper()
	x, err := b.Begin(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// View opens a read transaction.
func View(t testing.TB, b backend.Backend) backend.View {
	t.Helper()
	v, err := b.View(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Update makes changes in one transaction.
func Update(t testing.TB, b backend.Backend, f func(x backend.Txn)) {
	t.Helper()
	x := Begin(t, b)
	defer x.Close()
	f(x)
	if err := x.Commit(); err != nil {
		t.Fatal(err)
	}
}

// Must fails the test on an error.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Lookup finds an entry by its name in text.
func Lookup(t testing.TB, v backend.View, name string) *entry.Entry {
	t.Helper()
	e, err := v.Lookup(Name(t, name).Norm)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Code is the result code of an error, -1 of another error, 0 of none.
func Code(err error) wire.ResultCode {
	var w *wire.Error
	switch {
	case err == nil:
		return wire.Success
	case errors.As(err, &w):
		return w.Code
	}
	return -1
}

// Find searches and gives the names found, in the order in which they came,
// with one blank between.
func Find(t testing.TB, v backend.View, base string, scope wire.Scope, text string) string {
	t.Helper()
	var names []string
	q := &backend.Query{Base: Name(t, base), Scope: scope, Filter: Filter(t, text)}
	err := v.Search(q, func(e *entry.Entry) bool {
		names = append(names, strings.TrimSuffix(strings.TrimSuffix(e.Name.Pretty, Suffix), ","))
		return true
	})
	if err != nil {
		t.Fatalf("search %s %d %s: %v", base, scope, text, err)
	}
	return strings.Join(names, " ")
}

// Names is Find in alphabetical order.
func Names(t testing.TB, v backend.View, base string, scope wire.Scope, text string) string {
	t.Helper()
	names := strings.Split(Find(t, v, base, scope, text), " ")
	slices.Sort(names)
	return strings.Join(names, " ")
}
