package backend_test

import (
	"fmt"
	"testing"

	"libslapi/server/backend"
	. "libslapi/server/backend/backendtest"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// nothing computes no values, and says so.
type nothing struct{}

func (nothing) Computed(*entry.Entry, *schema.AttributeType) [][]byte { return nil }
func (nothing) Computes(*schema.AttributeType) bool                   { return false }

var _ filter.Limited = nothing{}

// A search finds the same entries, whole and in the same order, in whatever
// form they are looked at: in the cache, skimmed, or given out for a moment.
func TestFormsOfEntries(t *testing.T) {
	for name, size := range map[string]int{"cached": 0, "uncached": -1} {
		t.Run(name, func(t *testing.T) {
			db := open(t, backend.DBOptions{CacheBytes: size})
			t.Cleanup(func() { db.Close() })
			im, err := db.NewImporter()
			Must(t, err)
			Must(t, im.Add(Entry(t, Suffix, "objectClass", "domain", "dc", "example")))
			Must(t, im.Add(Entry(t, "ou=People,"+Suffix, "objectClass", "organizationalUnit", "ou", "People")))
			for i := range 600 {
				Must(t, im.Add(inetOrgPerson(t, i)))
			}
			Must(t, im.Close())
			for _, text := range []string{"(objectClass=*)", "(uid=user17)", "(uid=*7)", "(!(uid=*7))", "(|(uid=user599)(ou=people))", "(description=nothing)"} {
				for _, scope := range []wire.Scope{wire.ScopeSub, wire.ScopeOne, wire.ScopeChildren} {
					base := Suffix
					if scope == wire.ScopeOne {
						base = "ou=people," + Suffix
					}
					var want []string
					for _, c := range []struct {
						name      string
						env       filter.Env
						transient bool
					}{{"whole", nil, false}, {"any env", anything{}, false}, {"skimmed", nothing{}, false}, {"transient", nothing{}, true}, {"transient, any env", anything{}, true}} {
						var got []string
						v := View(t, db)
						q := &backend.Query{Base: Name(t, base), Scope: scope, Filter: Filter(t, text), Env: c.env, Transient: c.transient}
						Must(t, v.Search(q, func(e *entry.Entry) bool {
							got = append(got, fmt.Sprintf("%d %s", e.ID, e.Encode(nil)))
							return true
						}))
						v.Close()
						if c.name == "whole" {
							want = got
						}
						if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
							t.Errorf("%s, scope %d, %s: %d entries, want %d", text, scope, c.name, len(got), len(want))
						}
					}
				}
			}
		})
	}
}

// anything may compute values of every type, as far as a search knows.
type anything struct{}

func (anything) Computed(*entry.Entry, *schema.AttributeType) [][]byte { return nil }

// A transient search inside a transaction may be mixed with changes.
func TestTransientSearchThatChanges(t *testing.T) {
	db := open(t, backend.DBOptions{})
	t.Cleanup(func() { db.Close() })
	im, err := db.NewImporter()
	Must(t, err)
	Must(t, im.Add(Entry(t, Suffix, "objectClass", "domain", "dc", "example")))
	Must(t, im.Add(Entry(t, "ou=people,"+Suffix, "objectClass", "organizationalUnit", "ou", "people")))
	for i := range 400 {
		Must(t, im.Add(inetOrgPerson(t, i)))
	}
	Must(t, im.Close())
	x := Begin(t, db)
	defer x.Abort()
	n := 0
	q := &backend.Query{Base: Name(t, Suffix), Scope: wire.ScopeSub, Filter: Filter(t, "(uid=*)"), Env: nothing{}, Transient: true}
	Must(t, x.Search(q, func(e *entry.Entry) bool {
		n++
		now := e.Clone()
		Must(t, now.Put(Schema(), "description", fmt.Appendf(nil, "changed %d", n)))
		Must(t, x.Replace(e, now))
		return e.Has("uid")
	}))
	if n != 400 {
		t.Errorf("%d entries", n)
	}
}
