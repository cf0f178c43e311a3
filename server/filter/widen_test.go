package filter

import (
	"strings"
	"testing"
)

func TestWiden(t *testing.T) {
	unknown := func(n *Node) bool { return strings.HasPrefix(n.Attr, "x") }
	for in, want := range map[string]string{
		"(a=1)":                        "(a=1)",
		"(x=1)":                        "(objectClass=*)",
		"(!(x=1))":                     "(!(!(objectClass=*)))",
		"(&(a=1)(x=1))":                "(&(a=1)(objectClass=*))",
		"(|(a=1)(!(&(x=1)(b=2))))":     "(|(a=1)(!(&(!(objectClass=*))(b=2))))",
		"(!(!(x=1)))":                  "(!(!(objectClass=*)))",
		"(&(a=1)(!(|(x=1)(!(xy=2)))))": "(&(a=1)(!(|(!(objectClass=*))(!(objectClass=*)))))",
	} {
		n, err := Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := n.Widen(unknown).String(); got != want {
			t.Errorf("%s becomes %s, want %s", in, got, want)
		}
	}
}
