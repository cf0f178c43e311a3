// Package acl evaluates OpenLDAP's access directives (slapd.access(5)):
// who may do what with which entry, attribute and value.
package acl

import (
	"fmt"
	"strings"
)

// Priv is a set of privileges.
type Priv uint8

// The single privileges.
const (
	PrivDisclose Priv = 1 << iota // learn of the existence from an error
	PrivAuth                      // bind with it
	PrivCompare
	PrivSearch // use it in a filter
	PrivRead
	PrivAdd
	PrivDelete
	PrivManage
)

// The levels: each holds all before it, but for Add and Delete, which are the
// halves of Write.
const (
	None     Priv = 0
	Disclose      = PrivDisclose
	Auth          = Disclose | PrivAuth
	Compare       = Auth | PrivCompare
	Search        = Compare | PrivSearch
	Read          = Search | PrivRead
	Add           = Read | PrivAdd
	Delete        = Read | PrivDelete
	Write         = Add | Delete
	Manage        = Write | PrivManage
)

// PrivWrite is what replacing values and renaming need.
const PrivWrite = PrivAdd | PrivDelete

var levelNames = []struct {
	name string
	priv Priv
}{
	{"none", None}, {"disclose", Disclose}, {"auth", Auth}, {"compare", Compare}, {"search", Search}, {"read", Read},
	{"add", Add}, {"delete", Delete}, {"write", Write}, {"manage", Manage},
}

var letters = map[byte]Priv{
	'0': 0, 'd': PrivDisclose, 'x': PrivAuth, 'c': PrivCompare, 's': PrivSearch, 'r': PrivRead,
	'a': PrivAdd, 'z': PrivDelete, 'w': PrivWrite, 'm': PrivManage,
}

func levelOf(name string) (Priv, bool) {
	for _, l := range levelNames {
		if l.name == name {
			return l.priv, true
		}
	}
	return 0, false
}

// ParsePriv reads what an access check asks for: a level's name stands for its
// own privilege alone (write: add and delete), as does "=" with letters for
// those.
func ParsePriv(text string) (Priv, bool) {
	t := strings.ToLower(text)
	switch t {
	case "none":
		return 0, true
	case "disclose":
		return PrivDisclose, true
	case "auth":
		return PrivAuth, true
	case "compare":
		return PrivCompare, true
	case "search":
		return PrivSearch, true
	case "read":
		return PrivRead, true
	case "write":
		return PrivWrite, true
	case "add":
		return PrivAdd, true
	case "delete":
		return PrivDelete, true
	case "manage":
		return PrivManage, true
	}
	return 0, false
}

// String gives the privileges as "=wrscxd".
func (p Priv) String() string {
	if p == 0 {
		return "=0"
	}
	b := []byte{'='}
	if p&PrivManage != 0 {
		b = append(b, 'm')
	}
	switch p & PrivWrite {
	case PrivWrite:
		b = append(b, 'w')
	case PrivAdd:
		b = append(b, 'a')
	case PrivDelete:
		b = append(b, 'z')
	}
	for _, l := range "rscxd" {
		if p&letters[byte(l)] != 0 {
			b = append(b, byte(l))
		}
	}
	return string(b)
}

// Mask is what came out of an evaluation: the privileges, and whether they were
// given as a level, which is how they are shown then.
type Mask struct {
	Priv
	Level bool
}

// String gives a mask as slapacl does: "read(=rscxd)" for a level, else "=rs".
func (m Mask) String() string {
	if m.Level {
		for _, l := range levelNames {
			if l.priv == m.Priv {
				return l.name + "(" + m.Priv.String() + ")"
			}
		}
	}
	return m.Priv.String()
}

// access is the <access> part of a "by" clause: how it changes the privileges
// collected so far.
type access struct {
	op    byte // '=', '+', '-'
	priv  Priv
	level bool
	self  selfKind // only for values that are the requestor's own name
}

type selfKind uint8

const (
	selfAny  selfKind = iota
	selfName          // of the authorization name
	selfReal          // of the authentication name
)

func (a *access) apply(have Mask) Mask {
	switch a.op {
	case '+':
		return Mask{Priv: have.Priv | a.priv}
	case '-':
		return Mask{Priv: have.Priv &^ a.priv}
	}
	return Mask{Priv: a.priv, Level: a.level}
}

func parseAccess(word string) (access, error) {
	w := strings.ToLower(word)
	a := access{op: '='}
	for _, prefix := range [...]struct {
		text string
		kind selfKind
	}{{"realself", selfReal}, {"self", selfName}} {
		if rest, ok := strings.CutPrefix(w, prefix.text); ok && rest != "" {
			w, a.self = rest, prefix.kind
			break
		}
	}
	if p, ok := levelOf(w); ok {
		a.priv, a.level = p, true
		return a, nil
	}
	if w == "" || strings.IndexByte("=+-", w[0]) < 0 {
		return a, fmt.Errorf("unknown access %q", word)
	}
	a.op = w[0]
	for i := 1; i < len(w); i++ {
		p, ok := letters[w[i]]
		if !ok {
			return a, fmt.Errorf("unknown privilege %q in %q", w[i], word)
		}
		a.priv |= p
	}
	return a, nil
}

// isAccess tells whether a word behind "by WHO" is an access or a control word.
func isAccess(word string) bool {
	_, err := parseAccess(word)
	return err == nil
}
