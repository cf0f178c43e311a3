package operation

import (
	"testing"

	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// virtualHost gives everybody a description, in the place of the entry's own.
type virtualHost struct{ plugin.NoHost }

func (virtualHost) Virtual() plugin.VirtualAttrs { return served{} }

type served struct{}

func (served) Serves(t *schema.AttributeType) bool { return t.Name() == "description" }
func (served) Values(_ *plugin.Operation, e *entry.Entry, _ *schema.AttributeType) ([][]byte, string, bool) {
	if e.First("sn") == "none" {
		return nil, "", false
	}
	return [][]byte{[]byte("virtual")}, "description", true
}
func (s served) Compare(op *plugin.Operation, e *entry.Entry, t *schema.AttributeType, value []byte) (bool, bool) {
	v, _, ok := s.Values(op, e, t)
	return ok && string(v[0]) == string(value), ok
}
func (served) Lists(bool) bool { return true }
func (served) List(_ *plugin.Operation, e *entry.Entry, _ bool) []plugin.VirtualType {
	if e.First("sn") == "none" {
		return nil
	}
	return []plugin.VirtualType{{Name: "description"}}
}

// TestVirtualAttributes: what a plug-in serves shows in results, filters and
// compares, takes the place of what is stored, and an index that knows stored
// values only hides nothing.
func TestVirtualAttributes(t *testing.T) {
	e := newEnv(t, DS389)
	for _, who := range []string{"a", "b", "none"} {
		text := "dn: uid=" + who + "," + people + "\nobjectClass: inetOrgPerson\nuid: " + who + "\ncn: " + who + "\nsn: " + who + "\n"
		if who != "a" {
			text += "description: own\n"
		}
		expect(t, who, e.add(text), wire.Success, "")
	}
	e.s.SetHost(virtualHost{})
	count := func(text string) int {
		t.Helper()
		f, err := filter.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		a := e.do(&wire.SearchRequest{Base: people, Scope: wire.ScopeSub, Filter: f.Append(nil)})
		return len(a.entries)
	}
	for text, want := range map[string]int{
		"(description=virtual)": 2, "(description=own)": 1, "(description=*)": 3,
		"(!(description=virtual))": 1, "(description=virt*)": 2,
	} {
		if n := count("(&(|(uid=a)(uid=b)(uid=none))" + text + ")"); n != want {
			t.Errorf("%s: %d entries, want %d", text, n, want)
		}
	}
	one := func(attrs ...string) string {
		a := e.do(&wire.SearchRequest{Base: "uid=b," + people, Scope: wire.ScopeBase, Attributes: attrs, Filter: e.s.everything().Append(nil)})
		out := ""
		for _, at := range a.entries[0].Attrs {
			if at.Type == "description" {
				for _, v := range at.Values {
					out += string(v) + ";"
				}
			}
		}
		return out
	}
	for _, attrs := range [][]string{nil, {"*"}, {"description"}, {"cn", "description"}} {
		if got := one(attrs...); got != "virtual;" {
			t.Errorf("%q: %q", attrs, got)
		}
	}
	for value, want := range map[string]wire.ResultCode{"virtual": wire.CompareTrue, "own": wire.CompareFalse} {
		expect(t, "compare "+value, e.do(&wire.CompareRequest{DN: "uid=b," + people, Type: "description", Value: []byte(value)}), want, "")
	}
}
