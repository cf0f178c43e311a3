package operation

import (
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// changeTime is when a change counts as made, the same for all its attributes.
func changeTime() time.Time { return time.Now().UTC() }

// addOperational gives a new entry its operational attributes, in the order in
// which each peer stores them. What the entry has already is kept: a relaxed or
// internal add may bring its own.
func (s *Server) addOperational(op *plugin.Operation, db *Database, e *entry.Entry, csn string) {
	sch := s.Schema()
	put := func(name string, value []byte) {
		if !e.Has(name) && sch.AttributeType(name) != nil {
			e.Add(sch, name, value)
		}
	}
	if db.NoLastmod || db.Private {
		return
	}
	who := s.modifier(op)
	now := timestamp(changeTime())
	if s.is389() {
		put("creatorsName", who)
		put("modifiersName", who)
		put("createTimestamp", now)
		put("modifyTimestamp", now)
		put("nsUniqueId", []byte(uniqueID()))
		return
	}
	if oc := e.StructuralClass(sch); oc != nil {
		put("structuralObjectClass", []byte(oc.Name()))
	}
	put("entryUUID", []byte(entryUUID()))
	put("creatorsName", who)
	put("createTimestamp", now)
	put("entryCSN", []byte(csn))
	put("modifiersName", who)
	put("modifyTimestamp", now)
}

// modifier is the name that creatorsName and modifiersName get. Behind an
// internal operation of 389's plug-ins that names nobody stands the client.
func (s *Server) modifier(op *plugin.Operation) []byte {
	who := op.Requestor
	if !s.is389() {
		return []byte(who.Pretty)
	}
	if op.Internal && !stateOf(op).requestorMade {
		return []byte(who.Pretty)
	}
	if op.Internal {
		for o := op.Parent; o != nil; o = o.Parent {
			if !o.Internal && o.Requestor.Norm != "" {
				who = o.Requestor
			}
		}
	}
	return []byte(who.Norm)
}

// entryUUID is a new UUID that begins with the time, so that new entries lie
// together in an index by it (RFC 9562 version 7).
func entryUUID() string {
	id, err := uuid.NewV7()
	if err != nil {
		id = uuid.New()
	}
	return id.String()
}

// newUUID is a new time-based UUID, which is the kind that both peers make.
func newUUID() string {
	id, err := uuid.NewUUID()
	if err != nil {
		id = uuid.New()
	}
	return id.String()
}

// uniqueID is a new nsUniqueId: a UUID in 389's grouping.
func uniqueID() string {
	h := strings.ReplaceAll(newUUID(), "-", "")
	return h[:8] + "-" + h[8:16] + "-" + h[16:24] + "-" + h[24:]
}

// touch are the changes that mark an entry as changed; they follow the changes
// asked for.
func (s *Server) touch(op *plugin.Operation, db *Database, csn string) []wire.Change {
	if db.NoLastmod || db.Private || op.Replicated || op.Local || op.Flags&FlagNoModifyAttrs != 0 {
		return nil
	}
	one := func(name string, value []byte) wire.Change {
		return wire.Change{Op: wire.ModReplace, Type: name, Values: [][]byte{value}}
	}
	var out []wire.Change
	if !s.is389() {
		out = append(out, one("entryCSN", []byte(csn)))
	}
	if s.is389() {
		return append(out, one("modifiersname", s.modifier(op)), one("modifytimestamp", timestamp(changeTime())))
	}
	return append(out, one("modifiersName", s.modifier(op)), one("modifyTimestamp", timestamp(changeTime())))
}

// touchFirst puts the marks among the changes where ns-slapd does: before the
// plug-ins of the database see them.
func (s *Server) touchFirst(op *plugin.Operation, db *Database) {
	if !s.is389() {
		return
	}
	touch := s.touch(op, db, "")
	switch {
	case op.Modify != nil:
		op.Modify.Changes = append(op.Modify.Changes[:len(op.Modify.Changes):len(op.Modify.Changes)], touch...)
	case op.ModDN != nil:
		if sup := op.ModDN.NewSuperior; sup != nil && sup.Norm == dn.ParentNorm(op.Target.Norm) {
			op.ModDN.NewSuperior, op.ModDN.RawNewSuperior = nil, "" // no move
		}
		op.ModDN.Changes = append(op.ModDN.Changes[:len(op.ModDN.Changes):len(op.ModDN.Changes)], touch...)
	}
}

// FlagNoModifyAttrs is 389's SLAPI_SKIP_MODIFIED_ATTRS as an
// operation flag: the change leaves modifiersName and modifyTimestamp alone.
const FlagNoModifyAttrs = 1 << 31

// computer works out the operational attributes that no database stores.
type computer struct {
	s    *Server
	op   *plugin.Operation
	db   *Database
	v    backend.View
	virt plugin.VirtualAttrs // what plug-ins serve besides; nil: nothing
	// above is the UUID of the entry above the one that is looked at, where v shows
	// a later state than that; else nil.
	above *csn.UUID
}

// value gives the values of t on e that no database stores; nil when it has
// none.
func (c *computer) value(e *entry.Entry, t *schema.AttributeType) [][]byte {
	if t.Usage == schema.UserApplications {
		return nil
	}
	one := func(v string) [][]byte { return [][]byte{[]byte(v)} }
	switch strings.ToLower(t.Name()) {
	case "entrydn":
		if c.s.is389() {
			return one(e.Name.Norm)
		}
		return one(e.Name.Pretty)
	case "dsentrydn":
		if c.s.is389() && !c.private() && !c.db.Private {
			return one(e.Name.Pretty)
		}
	case "subschemasubentry":
		return one(c.s.subschemaName())
	case "hassubordinates":
		if c.v == nil || c.private() {
			return nil
		}
		if has, err := c.v.HasChildren(e.Name.Norm); err == nil {
			return one(strings.ToUpper(strconv.FormatBool(has)))
		}
	case "numsubordinates":
		if n := c.children(e); n > 0 && c.s.is389() {
			return one(strconv.Itoa(n))
		}
	case "entryid":
		if c.s.is389() && e.ID != 0 {
			return one(strconv.FormatUint(e.ID, 10))
		}
	case "parentid":
		if !c.s.is389() || c.v == nil || e.ID == 0 {
			return nil
		}
		if p, err := c.v.Lookup(dn.ParentNorm(e.Name.Norm)); err == nil && p != nil {
			return one(strconv.FormatUint(p.ID, 10))
		}
	case "contextcsn":
		return c.contextCSN(e)
	}
	return nil
}

func (c *computer) private() bool { return c.db == nil || c.db == c.s.rootDSE.db }

// childCounter is a View that can count the children of an entry.
type childCounter interface {
	NumSubordinates(norm string) (int, error)
}

func (c *computer) children(e *entry.Entry) int {
	if c.v == nil || c.private() {
		return 0
	}
	if counter, ok := c.v.(childCounter); ok {
		n, err := counter.NumSubordinates(e.Name.Norm)
		if err == nil {
			return n
		}
	}
	n := 0
	q := &backend.Query{Base: e.Name, Scope: wire.ScopeOne, Filter: c.s.everything()}
	c.v.Search(q, func(*entry.Entry) bool { n++; return true })
	return n
}

// contextKey is the name of the context CSNs, stored and shown.
const contextKey = csn.ContextKey

// contextCSN are the CSNs of the last changes in a database, one of each
// server, shown on its suffix entry.
func (c *computer) contextCSN(e *entry.Entry) [][]byte {
	if c.db == nil || c.v == nil || c.s.is389() || !c.isSuffix(e.Name.Norm) || e.Has(contextKey) {
		return nil
	}
	v, err := csn.ReadContext(c.v)
	if err != nil || len(v) == 0 {
		return nil
	}
	return v.Values()
}

func (c *computer) isSuffix(norm string) bool {
	for _, n := range c.db.Backend.Suffixes() {
		if n.Norm == norm {
			return true
		}
	}
	return false
}

// Computed makes a computer the environment of filters.
func (c *computer) Computed(e *entry.Entry, t *schema.AttributeType) [][]byte { return c.value(e, t) }

// withContext gives the suffix entry its contextCSN as last attribute, and
// entries for plug-ins of 389 their numbers; other
// entries come back as they are.
func (c *computer) withContext(e *entry.Entry) *entry.Entry {
	if c.op.Internal && c.s.is389() && c.db != nil && !c.db.Private && e.ID != 0 {
		return c.withNumbers(e)
	}
	csns := c.contextCSN(e)
	if csns == nil {
		return e
	}
	x := e.Clone()
	x.Add(c.s.Schema(), contextKey, csns...)
	return x
}

// withNumbers gives an entry for 389's plug-ins what ns-slapd stores in every
// entry; they take it from there.
func (c *computer) withNumbers(e *entry.Entry) *entry.Entry {
	x := e.Clone()
	for _, name := range [...]string{"parentid", "entryid", "dsEntryDN"} {
		t := c.s.Schema().AttributeType(name)
		if t == nil || e.Has(name) {
			continue
		}
		if values := c.value(e, t); values != nil {
			x.Add(c.s.Schema(), t.Name(), values...)
		}
	}
	return x
}

// Numbered is withNumbers for the entries of an operation that plug-ins see.
func (s *Server) Numbered(op *plugin.Operation, e *entry.Entry) *entry.Entry {
	if e == nil || e.ID == 0 || !s.is389() {
		return e
	}
	db := s.database(e.Name.Norm)
	if db == nil || db.Private {
		return e
	}
	v, release, err := s.view(op, db)
	if err != nil {
		return e
	}
	defer release()
	return (&computer{s: s, op: op, db: db, v: v}).withNumbers(e)
}

// computedNames are the types that value may give values for, in the order in
// which a search for "+" shows them.
func (s *Server) computedNames() []string {
	if s.is389() {
		return []string{"parentid", "entryid", "numSubordinates", "dsEntryDN", "entrydn", "hasSubordinates", "subschemaSubentry"}
	}
	return []string{"entryDN", "subschemaSubentry", "hasSubordinates"}
}

// onlyAsked tells whether a computed type is shown to who names it, and not to
// who asks for all operational attributes.
func (s *Server) onlyAsked(name string) bool {
	return s.is389() && (name == "hasSubordinates" || name == "subschemaSubentry")
}
