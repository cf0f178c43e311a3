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

// below makes the name of a text whose first relative name is a plain one and
// whose rest is a name that is remembered, as is that of most entries that
// clients ask for. ok is false when it is not so, or anything is wrong.
func (s *Server) below(text string, sch *schema.Schema) (name dn.Name, ok bool) {
	end := plainRDN(text)
	if end == 0 {
		return dn.Name{}, false
	}
	rest := text[end+1:]
	up, place := s.names.find(rest, sch)
	if up == nil {
		if place == nil {
			return dn.Name{}, false
		}
		n, err := s.parseName(rest, sch)
		if err != nil {
			return dn.Name{}, false
		}
		place.keep(rest, n, sch)
		up = &n
	}
	if up.IsRoot() {
		return dn.Name{}, false
	}
	first, err := s.parseName(text[:end], sch)
	if err != nil {
		return dn.Name{}, false
	}
	name.Pretty = first.Pretty + "," + up.Pretty
	if name.Norm = name.Pretty; first.Norm != first.Pretty || up.Norm != up.Pretty {
		name.Norm = first.Norm + "," + up.Norm
	}
	return name, true
}

// plainRDN gives the length of a text's first relative name when a comma ends it
// and nothing in it means anything to the grammar of names; else 0.
func plainRDN(text string) int {
	equals := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.', c == '_', c == '@':
		case c == '=' && i > 0 && !equals:
			equals = true
		case c == ',' && equals && i+1 < len(text):
			return i
		default:
			return 0
		}
	}
	return 0
}
