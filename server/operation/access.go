package operation

import (
	"libslapi/server/acl"
	"libslapi/server/entry"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// accessSet is the access list of a database.
func (s *Server) accessSet(db *Database) *acl.Set {
	if db != nil && db.ACL != nil {
		return db.ACL
	}
	return s.opts().GlobalACL
}

// asker answers questions of access for one operation on one database.
type asker struct {
	s    *Server
	op   *plugin.Operation
	db   *Database
	set  *acl.Set
	all  bool              // the requestor may do everything
	deny bool              // nobody but root may do anything
	root bool              // the requestor may do everything that plug-ins do not refuse
	plug plugin.AccessHost // plug-ins that may refuse; nil: none
	req  acl.Request
	// decide is the plug-in whose answers count instead; refusal its last one.
	decide  plugin.AccessDecider
	refusal wire.Result
	// rulings are the answers of the directives that no entry and no value
	// change, by type in the order in which they were asked for; next is the
	// likeliest one.
	rulings []ruling
	next    int
	own     ruling // about the entry itself
}

// rights are the rulings that a connection's operations have asked for, kept on
// the connection (plugin.Conn.Rights) for the next ones. They are not changed.
type rights struct {
	set       *acl.Set
	schema    *schema.Schema
	who, real string // normal forms
	ssf       int
	rulings   []ruling
	own       ruling
}

// recall takes over the rulings that hold for this requestor.
func (a *asker) recall() {
	if a.op.Conn == nil {
		return
	}
	k, ok := a.op.Conn.Rights.Load().(*rights)
	if ok && k.set == a.set && k.schema == a.req.Schema && k.who == a.req.Who.Norm && k.real == a.req.Real.Norm && k.ssf == a.req.SSF {
		a.rulings, a.own = k.rulings, k.own
	}
}

// remember keeps the rulings for the connection's next operations.
func (a *asker) remember() {
	if a.op.Conn != nil {
		a.op.Conn.Rights.Store(&rights{set: a.set, schema: a.req.Schema, who: a.req.Who.Norm, real: a.req.Real.Norm, ssf: a.req.SSF,
			rulings: a.rulings, own: a.own})
	}
}

// ruling is the directives' answer about an attribute type, if it is always the
// same.
type ruling struct {
	t     *schema.AttributeType
	asked bool
	fixed bool
	have  acl.Priv
}

// maxRulings bounds what is remembered, as it is looked through.
const maxRulings = 64

// ruling finds out whether the answer about a type without options is the same
// for all entries.
func (a *asker) ruling(t *schema.AttributeType) ruling {
	for n := range a.rulings {
		i := a.next + n
		if i >= len(a.rulings) {
			i -= len(a.rulings)
		}
		if a.rulings[i].t == t {
			a.next = i + 1
			return a.rulings[i]
		}
	}
	r := a.req
	r.Type = t
	x := ruling{t: t, asked: true}
	x.have, x.fixed = a.set.Fixed(&r)
	if n := len(a.rulings); n < maxRulings {
		a.rulings = append(a.rulings[:n:n], x)
		a.next = n + 1
		a.remember()
	}
	return x
}

// access prepares the questions of access to entries of a database.
func (s *Server) access(op *plugin.Operation, db *Database) *asker {
	a := &asker{}
	s.accessInto(a, op, db)
	return a
}

// accessInto is access in memory that the caller has.
func (s *Server) accessInto(a *asker, op *plugin.Operation, db *Database) {
	a.s, a.op, a.db, a.set = s, op, db, s.accessSet(db)
	a.plug = s.restrict(op, db)
	if a.decides(op, db) {
		return
	}
	if op.Internal || op.IsRoot || s.isRoot(op.Requestor, db) {
		a.all, a.root = a.plug == nil, true
		return
	}
	if w := wholeOf(db); w != nil && w.ChecksAccess() {
		a.all = a.plug == nil
		a.root = true
		return
	}
	// Without any access line OpenLDAP lets everybody read, 389 (that is, its
	// ACL plug-in being off) nobody; nobody reads the configuration.
	if a.set.ReadAll() {
		own := db == s.rootDSE.db || db == s.subschema.db
		a.deny = !own && (s.is389() || db != nil && db.Private && !db.Open)
	}
	a.req.Who = op.Requestor
	a.req.Schema = s.Schema()
	a.req.Lookup = func(norm string) *entry.Entry { return s.lookupAny(op, norm) }
	if c := op.Conn; c != nil {
		s.connAccess(&a.req, c)
	}
	a.recall()
}

// connAccess fills in what a connection tells about who asks.
func (s *Server) connAccess(r *acl.Request, c *plugin.Conn) {
	r.Real = c.AuthDN
	r.Peer, r.Local, r.Listen = peerName(c), sockName(c), c.ListenURL
	r.SSF = c.SSF
	if c.LDAPI {
		r.TransportSSF = c.SSF
	} else {
		r.TLSSSF = c.SSF
	}
	if find := s.opts().Domain; find != nil {
		r.Domain = func() string { return find(c) }
	}
}

// sockName is the listener's address in the form of peerName.
func sockName(c *plugin.Conn) string {
	switch {
	case c.ListenName != "":
		return c.ListenName
	case c.LocalName != "":
		return c.LocalName
	case c.Local == nil:
		return ""
	case c.LDAPI:
		return "PATH=" + c.Local.String()
	}
	return "IP=" + c.Local.String()
}

// peerName is the client's address as access directives and logs write it.
func peerName(c *plugin.Conn) string {
	switch {
	case c.RemoteName != "":
		return c.RemoteName
	case c.Remote == nil:
		return ""
	case c.LDAPI:
		return sockName(c) // the client's end has no name
	}
	return "IP=" + c.Remote.String()
}

// lookupAny reads one entry of whichever database; nil when there is none.
func (s *Server) lookupAny(op *plugin.Operation, norm string) *entry.Entry {
	db := s.database(norm)
	if db == nil {
		return nil
	}
	v, release, err := s.view(op, db)
	if err != nil {
		return nil
	}
	defer release()
	e, err := v.Lookup(norm)
	if err != nil {
		return nil
	}
	return e
}

// entry asks about the entry itself, or (acl.AttrChildren) those below it.
func (a *asker) entry(e *entry.Entry, pseudo string, need acl.Priv) bool {
	if a.all {
		return true
	}
	if a.decide != nil {
		return a.decideEntry(e, pseudo, need)
	}
	if a.plug != nil && a.refusedBy(e, pseudo, nil, need) {
		return false
	}
	if a.root {
		return true
	}
	if a.deny {
		return false
	}
	if pseudo == acl.AttrEntry {
		if !a.own.asked {
			r := a.req
			r.Pseudo = pseudo
			a.own.asked = true
			a.own.have, a.own.fixed = a.set.Fixed(&r)
			a.remember()
		}
		if a.own.fixed {
			return a.own.have&need == need
		}
	}
	r := a.req
	r.Entry, r.Pseudo, r.Need = e, pseudo, need
	return a.set.Allowed(&r)
}

// attr asks about an attribute, or with value about one value of it.
func (a *asker) attr(e *entry.Entry, t *schema.AttributeType, options []string, value []byte, need acl.Priv) bool {
	if a.all {
		return true
	}
	if a.decide != nil {
		return a.decideAttr(e, describe(t, options), value, need)
	}
	if a.plug != nil && a.refusedBy(e, t.Name(), value, need) {
		return false
	}
	if a.root {
		return true
	}
	if a.deny {
		return false
	}
	if len(options) == 0 && need&^acl.Read == 0 {
		if x := a.ruling(t); x.fixed {
			return x.have&need == need
		}
	}
	r := a.req
	r.Entry, r.Type, r.Options, r.Value, r.Need = e, t, options, value, need
	return a.set.Allowed(&r)
}

// readsAll tells whether the requestor may read everything, so that entries
// need no looking at.
func (a *asker) readsAll() bool {
	return a.all || a.decide == nil && a.plug == nil && !a.deny && a.set.ReadAll()
}

// refused is the answer to who lacks a right for an update.
func refused(text string) *wire.Error { return wire.Errorf(wire.InsufficientAccessRights, "%s", text) }

// denied is the answer to who lacks a right on e for reading: insufficientAccess,
// or noSuchObject to who may not even know of e (slapd.access(5), disclose). As
// with slapd, updates make no such difference.
func (a *asker) denied(e *entry.Entry, text string) *wire.Error {
	if a.decide != nil {
		return a.refused(text)
	}
	if !a.s.is389() && e != nil && !a.entry(e, acl.AttrEntry, acl.PrivDisclose) {
		return &wire.Error{Result: wire.Result{Code: wire.NoSuchObject}}
	}
	return wire.Errorf(wire.InsufficientAccessRights, "%s", text)
}

var accessPrivs = []struct {
	access plugin.Access
	priv   acl.Priv
}{
	{plugin.AccessCompare, acl.PrivCompare},
	{plugin.AccessSearch, acl.PrivSearch},
	{plugin.AccessRead, acl.PrivRead},
	{plugin.AccessWrite, acl.PrivWrite},
	{plugin.AccessDelete, acl.PrivDelete},
	{plugin.AccessAdd, acl.PrivAdd},
	{plugin.AccessModDN, acl.PrivWrite},
	{plugin.AccessManage, acl.PrivManage},
	{plugin.AccessAuth, acl.PrivAuth},
}

// AccessAllowed checks access for the requestor of op; attr "" asks about the
// entry itself. The error tells of an unknown attribute description.
func (s *Server) AccessAllowed(op *plugin.Operation, e *entry.Entry, attr string, value []byte, access plugin.Access) (bool, error) {
	var need acl.Priv
	for _, p := range accessPrivs {
		if access&p.access != 0 {
			need |= p.priv
		}
	}
	db := s.database(e.Name.Norm)
	if op == nil {
		return true, nil
	}
	a := s.access(opIdentity(op), db)
	if attr == "" {
		return a.entry(e, acl.AttrEntry, need), nil
	}
	if attr == acl.AttrEntry || attr == acl.AttrChildren {
		return a.entry(e, attr, need), nil
	}
	d, err := s.Schema().Describe(attr)
	if err != nil {
		return false, err
	}
	return a.attr(e, d.Type, d.Options, value, need), nil
}

// opIdentity makes an operation that has who asks and nothing else, IsRoot
// worked out again for another database.
func opIdentity(op *plugin.Operation) *plugin.Operation {
	return &plugin.Operation{Ctx: op.Ctx, Kind: op.Kind, Conn: op.Conn, Internal: op.Internal, Requestor: op.Requestor, Parent: op, Txn: op.Txn}
}
