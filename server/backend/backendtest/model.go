package backendtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/wire"
)

// model is a directory as simple as can be: entries by normal name.
type model map[string]*entry.Entry

func (m model) clone() model {
	c := make(model, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

func (m model) children(norm string) bool {
	for k := range m {
		if dn.ParentNorm(k) == norm {
			return true
		}
	}
	return false
}

// find is a search without any cleverness.
func (m model) find(base string, scope wire.Scope, f *filter.Node) []string {
	var out []string
	for k, e := range m {
		in := false
		switch scope {
		case wire.ScopeBase:
			in = k == base
		case wire.ScopeOne:
			in = dn.ParentNorm(k) == base
		case wire.ScopeSub:
			in = dn.IsSuffix(k, base)
		case wire.ScopeChildren:
			in = k != base && dn.IsSuffix(k, base)
		}
		if ok, _ := f.Match(e, nil); in && ok == filter.True {
			out = append(out, e.Name.Pretty+" "+show(e))
		}
	}
	slices.Sort(out)
	return out
}

// show writes the attributes of an entry as text.
func show(e *entry.Entry) string {
	var b strings.Builder
	for _, a := range e.Attrs {
		fmt.Fprintf(&b, "%s=%q;", a.Desc, a.Values)
	}
	return b.String()
}

var (
	words   = []string{"a", "ab", "abc", "Abc d", "bcd", "cd ab", "é", "xyz xyz", "q\x00w", ""}
	rdns    = []string{"cn=a", "cn=B b", "ou=x", "uid=1+cn=a", `cn=c\2cd`, "weird=z", "cn=" + strings.Repeat("long", 400)}
	classes = []string{"top", "person", "inetOrgPerson", "organizationalUnit", "unheardOf"}
	texts   = []string{"cn", "sn", "name", "description", "mail", "cn;lang-de", "weird", "telephoneNumber"}
)

// testModel makes random changes in the database and in a model, and compares
// what they show.
func testModel(t *testing.T, s Subject) {
	rapid.Check(t, func(rt *rapid.T) {
		b := s.Open(t)
		defer b.Close()
		r := &run{t: t, rt: rt, b: b}
		root := Entry(t, Suffix, "objectClass", "domain", "dc", "example")
		r.state = model{}
		Update(t, b, func(x backend.Txn) { Must(t, x.Add(root)) })
		r.state[root.Name.Norm] = root
		for range rapid.IntRange(1, 6).Draw(rt, "transactions") {
			r.transaction()
		}
		s.check(t, b)
	})
}

type run struct {
	t     testing.TB
	rt    *rapid.T
	b     backend.Backend
	state model // committed
	now   model // within the transaction
	x     backend.Txn
}

func (r *run) transaction() {
	old, oldState := View(r.t, r.b), r.state.clone()
	defer old.Close()
	r.compare(old, oldState)
	r.x, r.now = Begin(r.t, r.b), r.state.clone()
	defer r.x.Close()
	type mark struct {
		n     int
		state model
	}
	var marks []mark
	for range rapid.IntRange(0, 8).Draw(r.rt, "changes") {
		switch rapid.IntRange(0, 9).Draw(r.rt, "change") {
		case 0, 1, 2, 3:
			r.add()
		case 4, 5:
			r.replace()
		case 6:
			r.rename()
		case 7:
			r.delete()
		case 8:
			marks = append(marks, mark{r.x.Savepoint(), r.now.clone()})
		case 9:
			if len(marks) > 0 {
				i := rapid.IntRange(0, len(marks)-1).Draw(r.rt, "mark")
				r.must(r.x.RollbackTo(marks[i].n))
				r.now = marks[i].state.clone()
				marks = marks[:i+1]
			}
		}
		if rapid.IntRange(0, 3).Draw(r.rt, "compare") == 0 {
			r.compare(r.x, r.now)
		}
	}
	r.compare(r.x, r.now)
	if rapid.IntRange(0, 4).Draw(r.rt, "end") > 0 {
		r.must(r.x.Commit())
		r.state = r.now
	} else {
		r.x.Abort()
	}
	v := View(r.t, r.b)
	defer v.Close()
	r.compare(v, r.state)
	r.compare(old, oldState)
	r.compare(v, r.state)
}

func (r *run) must(err error) {
	if err != nil {
		r.rt.Fatalf("%v", err)
	}
}

func (r *run) pick(what string) *entry.Entry {
	keys := make([]string, 0, len(r.now))
	for k := range r.now {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return r.now[rapid.SampledFrom(keys).Draw(r.rt, what)]
}

func (r *run) name(what string) dn.Name {
	up := r.pick(what)
	n, err := dn.NewName(rapid.SampledFrom(rdns).Draw(r.rt, "rdn")+","+up.Name.Pretty, Schema())
	r.must(err)
	return n
}

func (r *run) fill(e *entry.Entry) {
	s := Schema()
	e.Attrs = nil
	r.must(e.Add(s, "objectClass", []byte(rapid.SampledFrom(classes).Draw(r.rt, "class"))))
	for range rapid.IntRange(0, 5).Draw(r.rt, "values") {
		switch rapid.IntRange(0, 6).Draw(r.rt, "kind") {
		case 0:
			r.must(e.Add(s, "uidNumber", []byte(fmt.Sprint(rapid.IntRange(-3, 120).Draw(r.rt, "number")))))
		case 1:
			r.must(e.Add(s, "member", []byte(r.pick("member").Name.Pretty)))
		default:
			r.must(e.Add(s, rapid.SampledFrom(texts).Draw(r.rt, "attr"), r.word()))
		}
	}
}

func (r *run) word() []byte {
	w := rapid.SampledFrom(words).Draw(r.rt, "word")
	if rapid.IntRange(0, 9).Draw(r.rt, "long") == 0 {
		w += strings.Repeat("long tail ", 30)
	}
	return []byte(w)
}

func (r *run) add() {
	e := entry.New(r.name("parent"))
	r.fill(e)
	err := r.x.Add(e)
	if r.now[e.Name.Norm] != nil {
		if Code(err) != wire.EntryAlreadyExists {
			r.rt.Fatalf("add of %s again: %v", e.Name.Pretty, err)
		}
		return
	}
	r.must(err)
	// The parent's part of the name is shown as the parent has it.
	r.now[e.Name.Norm] = e
}

func (r *run) stored(e *entry.Entry) *entry.Entry {
	got, err := r.x.Lookup(e.Name.Norm)
	r.must(err)
	if got == nil {
		r.rt.Fatalf("%s is not there", e.Name.Pretty)
	}
	return got
}

func (r *run) replace() {
	old := r.stored(r.pick("entry"))
	now := old.Clone()
	r.fill(now)
	r.must(r.x.Replace(old, now))
	r.now[old.Name.Norm] = now
}

func (r *run) rename() {
	old := r.stored(r.pick("entry"))
	if old.Name.Norm == Name(r.t, Suffix).Norm {
		return
	}
	now := old.Clone()
	now.Name = r.name("new parent")
	if rapid.Bool().Draw(r.rt, "other values") {
		r.fill(now)
	}
	err := r.x.Rename(old, now)
	switch {
	case now.Name.Norm != old.Name.Norm && dn.IsSuffix(now.Name.Norm, old.Name.Norm):
		if Code(err) != wire.UnwillingToPerform {
			r.rt.Fatalf("rename below itself: %v", err)
		}
		return
	case now.Name.Norm != old.Name.Norm && r.now[now.Name.Norm] != nil:
		if Code(err) != wire.EntryAlreadyExists {
			r.rt.Fatalf("rename onto another: %v", err)
		}
		return
	}
	r.must(err)
	moved := model{}
	for k, e := range r.now {
		if k != old.Name.Norm && dn.IsSuffix(k, old.Name.Norm) {
			c := e.Clone()
			c.Name.Norm = strings.TrimSuffix(k, old.Name.Norm) + now.Name.Norm
			c.Name.Pretty = e.Name.Pretty[:len(e.Name.Pretty)-len(old.Name.Pretty)] + now.Name.Pretty
			moved[c.Name.Norm] = c
			delete(r.now, k)
		}
	}
	delete(r.now, old.Name.Norm)
	r.now[now.Name.Norm] = now
	for k, e := range moved {
		r.now[k] = e
	}
}

func (r *run) delete() {
	e := r.stored(r.pick("entry"))
	if e.Name.Norm == Name(r.t, Suffix).Norm {
		return
	}
	err := r.x.Delete(e)
	if r.now.children(e.Name.Norm) {
		if Code(err) != wire.NotAllowedOnNonLeaf {
			r.rt.Fatalf("delete of a non-leaf: %v", err)
		}
		return
	}
	r.must(err)
	delete(r.now, e.Name.Norm)
}

func (r *run) filter(depth int) string {
	kind := rapid.IntRange(0, 12).Draw(r.rt, "filter")
	if depth > 2 {
		kind = max(kind, 4)
	}
	attr := rapid.SampledFrom(append(texts, "objectClass", "uidNumber", "member")).Draw(r.rt, "attr")
	word := func() string {
		switch attr {
		case "objectClass":
			return rapid.SampledFrom(classes).Draw(r.rt, "class")
		case "uidNumber":
			return fmt.Sprint(rapid.IntRange(-4, 121).Draw(r.rt, "number"))
		case "member":
			return escape(r.pick("member").Name.Pretty)
		}
		return escape(string(r.word()))
	}
	switch kind {
	case 0, 1:
		op := rapid.SampledFrom([]string{"&", "|"}).Draw(r.rt, "set")
		out := "(" + op
		for range rapid.IntRange(0, 3).Draw(r.rt, "kids") {
			out += r.filter(depth + 1)
		}
		return out + ")"
	case 2:
		return "(!" + r.filter(depth+1) + ")"
	case 3:
		return "(" + attr + "=*)"
	case 4:
		return "(" + attr + ">=" + word() + ")"
	case 5:
		return "(" + attr + "<=" + word() + ")"
	case 6:
		return "(" + attr + "~=" + word() + ")"
	case 7, 8, 9:
		return "(" + attr + "=" + r.pieces() + ")"
	}
	return "(" + attr + "=" + word() + ")"
}

// pieces makes a substring assertion out of parts of words.
func (r *run) pieces() string {
	part := func() string {
		w := string(r.word())
		if w == "" {
			return "a"
		}
		i := rapid.IntRange(0, len(w)-1).Draw(r.rt, "from")
		j := rapid.IntRange(i+1, min(len(w), i+9)).Draw(r.rt, "to")
		return escape(w[i:j])
	}
	out := ""
	if rapid.Bool().Draw(r.rt, "initial") {
		out = part()
	}
	out += "*"
	for range rapid.IntRange(0, 2).Draw(r.rt, "any") {
		out += part() + "*"
	}
	if out == "*" || rapid.Bool().Draw(r.rt, "final") {
		out += part()
	}
	return out
}

func escape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c == '*' || c == '(' || c == ')' || c == '\\' || c < 0x20 || c > 0x7e {
			fmt.Fprintf(&b, "\\%02x", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// compare looks up every name and makes some searches.
func (r *run) compare(v backend.View, m model) {
	for norm, want := range m {
		got, err := v.Lookup(norm)
		r.must(err)
		if got == nil || got.Name.Norm != norm || show(got) != show(want) {
			r.rt.Fatalf("lookup of %s: %+v, want %+v", norm, got, want)
		}
		has, err := v.HasChildren(norm)
		r.must(err)
		if has != m.children(norm) {
			r.rt.Fatalf("children of %s: %v", norm, has)
		}
	}
	if r.now == nil {
		r.now = m
	}
	for range rapid.IntRange(1, 4).Draw(r.rt, "searches") {
		text := r.filter(0)
		f := Filter(r.t, text)
		scope := wire.Scope(rapid.IntRange(0, 3).Draw(r.rt, "scope"))
		norms := make([]string, 0, len(m))
		for k := range m {
			norms = append(norms, k)
		}
		slices.Sort(norms)
		base := m[rapid.SampledFrom(norms).Draw(r.rt, "base")].Name
		var got []string
		first, last := true, uint64(0)
		err := v.Search(&backend.Query{Base: base, Scope: scope, Filter: f}, func(e *entry.Entry) bool {
			got = append(got, e.Name.Pretty+" "+show(e))
			if e.Name.Norm == base.Norm && !first {
				r.rt.Fatalf("the base is not first")
			}
			if e.Name.Norm != base.Norm {
				if e.ID <= last {
					r.rt.Fatalf("id %d after %d", e.ID, last)
				}
				last = e.ID
			}
			first = false
			return true
		})
		r.must(err)
		slices.Sort(got)
		if want := m.find(base.Norm, scope, f); !slices.Equal(got, want) {
			r.rt.Fatalf("search %q %d %s:\n got %q\nwant %q", base.Pretty, scope, text, got, want)
		}
	}
}
