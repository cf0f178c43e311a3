package plugin

import (
	"strings"
	"testing"
)

func names(specs []Spec) string {
	var out []string
	for _, s := range specs {
		out = append(out, s.Name)
	}
	return strings.Join(out, " ")
}

func on(name string, prec int, typ string, types, named []string) Spec {
	return Spec{Name: name, Type: typ, Precedence: prec, Enabled: true, DependsOnType: types, DependsOnNamed: named}
}

func TestOrder(t *testing.T) {
	off := on("off", 1, "object", nil, nil)
	off.Enabled = false
	for _, c := range []struct {
		name, want, call, err string
		in                    []Spec
	}{
		{"as configured", "a b c", "a b c", "", []Spec{on("a", 0, "object", nil, nil), on("b", 50, "object", nil, nil), on("c", 0, "object", nil, nil)}},
		{"precedence", "b a", "b a", "", []Spec{on("a", 0, "object", nil, nil), on("b", 25, "object", nil, nil)}},
		{"a named dependency is stronger than precedence", "cos retro", "retro cos", "",
			[]Spec{on("cos", 50, "object", nil, nil), on("retro", 25, "object", nil, []string{"COS"})}},
		{"a type", "s1 s2 user", "user s1 s2", "",
			[]Spec{on("user", 0, "preoperation", []string{"Syntax"}, nil), on("s1", 0, "syntax", nil, nil), on("s2", 0, "syntax", nil, nil)}},
		{"the server's own type", "user", "user", "", []Spec{on("user", 0, "preoperation", []string{"database"}, nil)}},
		{"one's own type", "a b", "a b", "", []Spec{on("a", 0, "object", nil, nil), on("b", 0, "object", []string{"object"}, nil)}},
		{"disabled", "a", "a", "", []Spec{off, on("a", 0, "object", nil, nil)}},
		{"unresolved name", "", "a", `plug-in "a" depends on plug-in "off", which is not enabled`,
			[]Spec{off, on("a", 0, "object", nil, []string{"off"})}},
		{"unresolved type", "", "a", `plug-in "a" depends on type "audit"`, []Spec{on("a", 0, "object", []string{"audit"}, nil)}},
		{"circular", "", "x a b", `"a" and plug-in "b" depend on each other`,
			[]Spec{on("x", 0, "object", nil, []string{"a"}), on("a", 0, "object", nil, []string{"b"}), on("b", 0, "object", nil, []string{"a"})}},
	} {
		got, err := Order(c.in)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: error %v, want %s", c.name, err, c.err)
			}
		} else if err != nil || names(got) != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.name, names(got), err, c.want)
		}
		if got := names(CallOrder(c.in)); got != c.call {
			t.Errorf("%s: called as %q, want %q", c.name, got, c.call)
		}
	}
}

func TestPoints(t *testing.T) {
	for number, name := range map[int]string{
		401: "PRE_BIND", 402: "PRE_UNBIND", 403: "PRE_SEARCH", 404: "PRE_COMPARE", 405: "PRE_MODIFY", 406: "PRE_MODRDN",
		407: "PRE_ADD", 408: "PRE_DELETE", 409: "PRE_ABANDON", 410: "PRE_ENTRY", 411: "PRE_REFERRAL", 412: "PRE_RESULT", 413: "PRE_EXTOP",
		501: "POST_BIND", 508: "POST_DELETE", 512: "POST_RESULT", 514: "POST_EXTOP",
		420: "INTERNAL_PRE_ADD", 421: "INTERNAL_PRE_MODIFY", 422: "INTERNAL_PRE_MODRDN", 423: "INTERNAL_PRE_DELETE", 424: "INTERNAL_PRE_BIND",
		1260: "INTERNAL_PRE_BIND", 1262: "INTERNAL_PRE_SEARCH", 1263: "INTERNAL_PRE_COMPARE", 1274: "INTERNAL_POST_ABANDON", 523: "INTERNAL_POST_DELETE",
		450: "BE_PRE_ADD", 453: "BE_PRE_DELETE", 552: "BE_POST_MODRDN", 461: "BE_TXN_PRE_MODIFY", 562: "BE_TXN_POST_MODRDN",
	} {
		p, ok := PointOf(number)
		if !ok || p.String() != name {
			t.Errorf("%d: %v %v, want %s", number, p, ok, name)
		}
		if !p.Valid() {
			t.Errorf("%v has a number but is not valid", p)
		}
	}
	if _, ok := PointOf(399); ok {
		t.Error("399 is no slot")
	}
	valid := 0
	for ph := Phase(0); ph < PhaseCount; ph++ {
		for s := Slot(0); s < SlotCount; s++ {
			p := Point{ph, s}
			if p.Valid() {
				valid++
				if p.Number() == 0 {
					t.Errorf("%v is valid without a number", p)
				}
			}
		}
	}
	if valid != 2*13+4*4+2*9 {
		t.Errorf("%d valid points", valid)
	}
	if !TypeAllows("betxnpreoperation", Point{TxnPre, SlotAdd}) || TypeAllows("betxnpreoperation", Point{Pre, SlotAdd}) || TypeAllows("object", Point{Pre, SlotAdd}) {
		t.Error("slots by type")
	}
	for k := KindBind; k <= KindExtended; k <<= 1 {
		if ForKind(k).Kind() != k {
			t.Errorf("kind %v", k)
		}
	}
}
