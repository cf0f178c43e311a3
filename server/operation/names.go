package operation

import (
	"hash/maphash"
	"strings"
	"sync/atomic"

	"libslapi/server/dn"
	"libslapi/server/schema"
)

// names remembers names that requests repeat: bases of searches, names of those
// who bind. Each text has one place; it is kept when it comes there twice
// running, so that names which come once cost no memory.
type names struct {
	places [512]namePlace
}

type namePlace struct {
	last atomic.Uint64 // hash of the text that was not found last
	line atomic.Pointer[nameLine]
}

type nameLine struct {
	text   string
	schema *schema.Schema
	name   dn.Name
}

var nameSeed = maphash.MakeSeed()

// longestName bounds what is remembered.
const longestName = 512

// find gives the name of a text; else, when it is to be kept, its place.
func (c *names) find(text string, s *schema.Schema) (*dn.Name, *namePlace) {
	if text == "" || len(text) > longestName {
		return nil, nil
	}
	h := maphash.String(nameSeed, text)
	p := &c.places[h%uint64(len(c.places))]
	if l := p.line.Load(); l != nil && l.text == text && l.schema == s {
		return &l.name, nil
	}
	if p.last.Swap(h) != h {
		return nil, nil
	}
	return nil, p
}

// keep puts a name in its place. The text may lie in a request's memory.
func (p *namePlace) keep(text string, n dn.Name, s *schema.Schema) {
	l := &nameLine{text: strings.Clone(text), schema: s}
	l.name = dn.Name{Pretty: strings.Clone(n.Pretty)}
	if l.name.Norm = l.name.Pretty; n.Norm != n.Pretty {
		l.name.Norm = strings.Clone(n.Norm)
	}
	p.line.Store(l)
}
