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

var levels = map[string]Priv{
	"none": None, "disclose": Disclose, "auth": Auth, "compare": Compare, "search": Search,
	"read": Read, "add": Add, "delete": Delete, "write": Write, "manage": Manage,
}

var letters = map[byte]Priv{
	'0': 0, 'd': PrivDisclose, 'x': PrivAuth, 'c': PrivCompare, 's': PrivSearch, 'r': PrivRead,
	'a': PrivAdd, 'z': PrivDelete, 'w': PrivWrite, 'm': PrivManage,
}

// access is the <access> part of a "by" clause: how it changes the privileges
// collected so far.
type access struct {
	op   byte // '=', '+', '-'
	priv Priv
	self bool // only for values that are the requestor's own name
}

func (a access) apply(have Priv) Priv {
	switch a.op {
	case '+':
		return have | a.priv
	case '-':
		return have &^ a.priv
	}
	return a.priv
}

func parseAccess(word string) (access, error) {
	w := strings.ToLower(word)
	a := access{op: '='}
	if p, ok := levels[w]; ok {
		a.priv = p
		return a, nil
	}
	for _, prefix := range [...]string{"realself", "self"} {
		if rest, ok := strings.CutPrefix(w, prefix); ok && rest != "" {
			w, a.self = rest, true
			break
		}
	}
	if p, ok := levels[w]; ok {
		a.priv = p
		return a, nil
	}
	if len(w) < 2 || strings.IndexByte("=+-", w[0]) < 0 {
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
