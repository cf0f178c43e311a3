package operation

import (
	"slices"
	"strings"
	"sync"

	"libslapi/server/acl"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// selection is a search's attribute list, resolved (RFC 4511 section 4.5.1.8,
// RFC 3673 "+", RFC 4529 "@class").
type selection struct {
	user, operational, none bool
	wants                   []want
	classes                 []*schema.ObjectClass
	values                  []*filter.Node // matched values; nil: all of them
	parentUUID              bool           // a consumer of our own asks for AttrParentUUID
	realOnly, virtualOnly   bool           // without, or with nothing but, the virtual attributes
	room                    *messageRoom   // nil: messages may be kept by who gets them
	direct                  encodedSender  // nil: what is sent goes through messages
}

// messageRoom is memory for one message after another.
type messageRoom struct {
	msg   plugin.EntryMessage
	attrs []wire.Attribute

	encoder wire.EntryEncoder
}

// give makes the memory free for others.
func (r *messageRoom) give() {
	if r.encoder.Cap() > 64<<10 {
		r.encoder = wire.EntryEncoder{}
	}
	messageRooms.Put(r)
}

var messageRooms = sync.Pool{New: func() any { return new(messageRoom) }}

// AttrParentUUID is what our own consumer asks for by this name, beside what it
// copies: the UUID of the entry above, so that a rename of that one elsewhere
// does not divide the copies. It is no attribute of any schema.
const AttrParentUUID = "slapidParentUUID"

type want struct {
	asked string
	desc  schema.Description
}

func (s *Server) newSelection(attrs []string) *selection {
	sel := &selection{}
	s.selectInto(sel, attrs)
	return sel
}

// selectInto is newSelection in memory that the caller has.
func (s *Server) selectInto(sel *selection, attrs []string) {
	if len(attrs) == 0 {
		sel.user = true
		return
	}
	sch := s.Schema()
	for _, a := range attrs {
		switch {
		case a == "*":
			sel.user = true
			if s.is389() { // ns-slapd adds it where "*" is written out
				if d, err := sch.Describe("aci"); err == nil && !d.Type.Unknown {
					sel.wants = append(sel.wants, want{"aci", d})
				}
			}
		case a == "+":
			sel.operational = true
		case a == "1.1":
		case a == AttrParentUUID:
			sel.parentUUID = true
		case strings.HasPrefix(a, "@"):
			if oc := sch.ObjectClass(a[1:]); oc != nil {
				sel.classes = append(sel.classes, oc)
			}
		default:
			if d, err := sch.Describe(a); err == nil {
				sel.wants = append(sel.wants, want{a, d})
			}
		}
	}
	sel.none = !sel.user && !sel.operational && len(sel.wants) == 0 && len(sel.classes) == 0
}

// takes tells whether an attribute is selected, and under which name it was
// asked for ("": by "*", "+" or a class).
func (sel *selection) takes(d schema.Description) (asked string, ok bool) {
	for i := range sel.wants {
		w := &sel.wants[i]
		if w.desc.Includes(d) {
			if len(w.desc.Options) == len(d.Options) && (w.desc.Type == d.Type || w.desc.Type.OID == d.Type.OID) {
				return w.asked, true
			}
			ok = true
		}
	}
	if ok {
		return "", true
	}
	if d.Type.Operational() {
		return "", sel.operational
	}
	if sel.user {
		return "", true
	}
	for _, oc := range sel.classes {
		if classHas(oc, d.Type) {
			return "", true
		}
	}
	return "", false
}

func classHas(oc *schema.ObjectClass, t *schema.AttributeType) bool {
	if strings.EqualFold(oc.Name(), "extensibleObject") {
		return true
	}
	for _, list := range [2][]*schema.AttributeType{oc.Must, oc.May} {
		for _, a := range list {
			if a == t || a.OID == t.OID {
				return true
			}
		}
	}
	for _, sup := range oc.Sups {
		if classHas(sup, t) {
			return true
		}
	}
	return false
}

// attributes cuts an entry down to what is selected and may be read.
func (sel *selection) attributes(s *Server, e *entry.Entry, ask *asker, comp *computer, typesOnly bool) []wire.Attribute {
	if sel.none {
		return nil
	}
	var out []wire.Attribute
	if sel.room != nil {
		out = sel.room.attrs[:0]
		defer func() { sel.room.attrs = out }()
	} else {
		out = make([]wire.Attribute, 0, len(e.Attrs))
	}
	p := picker{sel: sel, s: s, e: e, ask: ask, all: ask.readsAll(), typesOnly: typesOnly}
	if sel.virtualOnly {
		return sel.addVirtual(s, e, ask, comp, out, typesOnly)
	}
	for i := range e.Attrs {
		a := &e.Attrs[i]
		if name, values, ok := p.pick(a.Type, a.Options, a.Desc, a.Values); ok {
			out = append(out, wire.Attribute{Type: name, Values: values})
		}
	}
	if !sel.realOnly {
		out = sel.addVirtual(s, e, ask, comp, out, typesOnly)
	}
	if sel.parentUUID && p.all && comp != nil {
		out = appendParent(out, comp.parentUUID(e))
	}
	p.computed(comp, func(name string, values [][]byte) {
		out = append(out, wire.Attribute{Type: name, Values: values})
	})
	return sel.inOrder(s, out)
}

// picker decides what is sent of one entry.
type picker struct {
	sel       *selection
	s         *Server
	e         *entry.Entry
	ask       *asker
	all       bool // the requestor reads everything
	typesOnly bool
}

// pick gives the name under which an attribute is sent, and its values; ok is
// false when it is not.
func (p *picker) pick(t *schema.AttributeType, options []string, name string, values [][]byte) (string, [][]byte, bool) {
	asked, ok := p.sel.takes(schema.Description{Type: t, Options: options})
	if !ok || !p.all && !p.ask.attr(p.e, t, options, nil, acl.PrivRead) {
		return "", nil, false
	}
	if asked != "" && p.s.is389() {
		name = asked
	}
	if p.typesOnly {
		return name, nil, true
	}
	if !p.all {
		if values = readable(p.ask, p.e, t, options, values); len(values) == 0 {
			return "", nil, false
		}
	}
	if p.sel.values != nil {
		if values = matching(p.sel.values, t, options, name, values); len(values) == 0 {
			return "", nil, false
		}
	}
	return name, values, true
}

// computed puts those attributes that are worked out.
func (p *picker) computed(comp *computer, put func(name string, values [][]byte)) {
	if sel, s, e := p.sel, p.s, p.e; comp != nil && (sel.operational || len(sel.wants) > 0) {
		for _, name := range s.computedNames() {
			t := s.Schema().AttributeType(name)
			if t == nil || e.Has(name) {
				continue
			}
			asked, ok := sel.takes(schema.Description{Type: t})
			if !ok || asked == "" && s.onlyAsked(name) {
				continue
			}
			values := comp.value(e, t)
			if values == nil && asked != "" && s.is389() && comp.v != nil && !comp.private() && strings.EqualFold(name, "numSubordinates") {
				values = [][]byte{[]byte("0")} // who asks for it by name gets that of a leaf
			}
			if values == nil {
				continue
			}
			if name, values, ok := p.pick(t, nil, t.Name(), values); ok {
				put(name, values)
			}
		}
	}
}

// encodedSender is a Responder that takes an entry as the protocolOp.
type encodedSender interface {
	SendEncoded(op *plugin.Operation, dn string, encoded []byte, controls []wire.Control) error
}

// directly finds out whether entries can be encoded as they are read, nobody
// having a say in what is sent but access control.
func (sel *selection) directly(op *plugin.Operation, s *Server, comp *computer) {
	if sel.room == nil || sel.virtualOnly || sel.parentUUID || comp.virt != nil && !sel.realOnly || sel.orders(s) {
		return
	}
	if h, ok := plugin.As[plugin.ComputeHost](s.plugins()); ok && h.Computes() {
		return
	}
	sel.direct, _ = op.Responder.(encodedSender)
}

// encode is attributes in the form that is sent.
func (sel *selection) encode(s *Server, e *entry.Entry, ask *asker, comp *computer, typesOnly bool) []byte {
	w := &sel.room.encoder
	w.Begin(e.Name.Pretty)
	if sel.none {
		return w.End()
	}
	p := picker{sel: sel, s: s, e: e, ask: ask, all: ask.readsAll(), typesOnly: typesOnly}
	for i := range e.Attrs {
		a := &e.Attrs[i]
		if name, values, ok := p.pick(a.Type, a.Options, a.Desc, a.Values); ok {
			w.Add(name, values)
		}
	}
	p.computed(comp, w.Add)
	return w.End()
}

// orders tells whether attributes are sent in another order than the stored.
func (sel *selection) orders(s *Server) bool {
	return s.is389() && len(sel.wants) > 0 && (sel.user || len(sel.wants) > 1)
}

// inOrder puts attributes in the order in which ns-slapd sends them: all that
// "*" asks for, then those that were asked for by name, as asked.
func (sel *selection) inOrder(s *Server, list []wire.Attribute) []wire.Attribute {
	if !sel.orders(s) || len(list) < 2 {
		return list
	}
	place := func(a *wire.Attribute) int {
		for i := range sel.wants {
			d, err := s.Schema().Describe(a.Type)
			if err != nil || !sel.wants[i].desc.Includes(d) {
				continue
			}
			if sel.user && !d.Type.Operational() {
				break
			}
			return i + 1
		}
		return 0
	}
	places := make(map[string]int, len(list))
	for i := range list {
		places[list[i].Type] = place(&list[i])
	}
	slices.SortStableFunc(list, func(a, b wire.Attribute) int { return places[a.Type] - places[b.Type] })
	return list
}

// readable gives those of values that the requestor may read; values itself
// when they are all.
func readable(ask *asker, e *entry.Entry, t *schema.AttributeType, options []string, values [][]byte) [][]byte {
	if ask.decide != nil {
		return values // 389 asks about attributes only
	}
	if ask.plug == nil && len(options) == 0 && ask.ruling(t).fixed {
		return values // the attribute as a whole may be read
	}
	for i, v := range values {
		if ask.attr(e, t, options, v, acl.PrivRead) {
			continue
		}
		out := slices.Clone(values[:i])
		for _, v := range values[i+1:] {
			if ask.attr(e, t, options, v, acl.PrivRead) {
				out = append(out, v)
			}
		}
		return out
	}
	return values
}

// entryOut sends one entry of a search with the hooks around it. An entry that
// the requestor may not read, or that a plug-in hides, is passed over in
// silence. The error is the client's being gone.
func (s *Server) entryOut(op *plugin.Operation, e *entry.Entry, ask *asker, comp *computer, sel *selection, typesOnly bool, ctls []wire.Control) error {
	if s.is389() && !ask.entry(e, acl.AttrEntry, acl.PrivRead) {
		return nil
	}
	nested := op.Current != nil // sent by a plug-in from inside an entry hook
	before, beforeControls := op.Current, op.CurrentControls
	op.Current, op.CurrentControls = e, ctls
	defer func() { op.Current, op.CurrentControls = before, beforeControls }()
	hooks := !nested && sel.direct == nil && (!op.Internal || s.searchesAlike(op))
	if hooks {
		if out := s.callHooks(op, plugin.Point{Phase: plugin.Pre, Slot: plugin.SlotEntry}); out.Stop {
			return nil
		}
		if op.Current == nil {
			return nil
		}
		e = op.Current // a plug-in may have put another one in its place
	}
	if !s.is389() && !ask.entry(e, acl.AttrEntry, acl.PrivRead) {
		return nil
	}
	if sel.direct != nil {
		if err := sel.direct.SendEncoded(op, e.Name.Pretty, sel.encode(s, e, ask, comp, typesOnly), ctls); err != nil {
			stateOf(op).sendErr = err
			return errStop
		}
		op.EntriesSent++
		return nil
	}
	msg := &plugin.EntryMessage{}
	if sel.room != nil {
		msg = &sel.room.msg
	}
	*msg = plugin.EntryMessage{DN: e.Name.Pretty, Attrs: sel.attributes(s, e, ask, comp, typesOnly), Controls: op.CurrentControls}
	s.addComputed(op, e, ask, msg, sel, typesOnly)
	if err := op.Responder.SendEntry(op, msg); err != nil {
		stateOf(op).sendErr = err
		return errStop
	}
	op.EntriesSent++
	if hooks {
		s.callHooks(op, plugin.Point{Phase: plugin.Post, Slot: plugin.SlotEntry})
	}
	return nil
}

// SendEntry sends an entry that a plug-in has, whether a database holds it or
// not.
func (s *Server) SendEntry(op *plugin.Operation, e *entry.Entry, attrs []string, typesOnly bool, ctls []wire.Control) error {
	if attrs == nil && op.Search != nil {
		attrs = op.Search.Attrs
	}
	db := s.database(e.Name.Norm)
	ask := s.access(op, db)
	if db == nil || !s.is389() {
		ask.all = true // slapd checks no access to what a plug-in sends
	}
	return s.entryOut(op, e, ask, s.newComputer(op, db, nil), s.newSelection(attrs), typesOnly, ctls)
}

// SendReference sends a search result reference with the hooks around it.
func (s *Server) SendReference(op *plugin.Operation, urls []string, ctls []wire.Control) error {
	before := op.CurrentReferences
	op.CurrentReferences = urls
	defer func() { op.CurrentReferences = before }()
	hooks := before == nil && !op.Internal
	if hooks {
		if out := s.callHooks(op, plugin.Point{Phase: plugin.Pre, Slot: plugin.SlotReferral}); out.Stop || len(op.CurrentReferences) == 0 {
			return nil
		}
	}
	if err := op.Responder.SendReference(op, op.CurrentReferences, ctls); err != nil {
		stateOf(op).sendErr = err
		return errStop
	}
	if hooks {
		s.callHooks(op, plugin.Point{Phase: plugin.Post, Slot: plugin.SlotReferral})
	}
	return nil
}
