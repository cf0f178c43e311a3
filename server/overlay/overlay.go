// Package overlay has OpenLDAP's overlays that come with the server: functions
// around the updates of one database. They stand at the seam to plug-ins
// (plugin.Host) and work inside the transaction of the operation they are about:
// what they change is undone with it, and nobody sees a state between.
package overlay

import (
	"fmt"
	"log/slog"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// Env is what an overlay needs to know of its database.
type Env struct {
	Schema *schema.Schema
	Suffix dn.Name
	RootDN dn.Name
	Log    *slog.Logger // nil: nothing is logged
	// Replica: the database is a copy of another server's.
	Replica bool
}

// Overlay is one overlay of one database, or (for the empty name) of all.
type Overlay interface {
	// Points are the places in the course of an operation at which it is called.
	Points() []plugin.Point
	// Run is called there. An error before the change, or in its transaction,
	// stops the operation and is its result; elsewhere it means nothing.
	Run(s plugin.Services, p plugin.Point, op *plugin.Operation) *wire.Error
}

// First is an Overlay that is called before plug-ins and other overlays at some
// of its points.
type First interface{ First(p plugin.Point) bool }

// Starter is an Overlay with work of its own, from when all databases are open
// until stop is called, which returns when that work has ended.
type Starter interface {
	Start(s plugin.Services) (stop func(), err error)
}

// inTxn are the points inside transactions, after changes of these kinds.
func inTxn(kinds plugin.Kind) []plugin.Point { return pointsOf(plugin.TxnPost, kinds) }

// pointsOf are the points of a phase for operations of these kinds.
func pointsOf(phase plugin.Phase, kinds plugin.Kind) []plugin.Point {
	var list []plugin.Point
	for k := plugin.KindBind; k <= plugin.KindExtended; k <<= 1 {
		if kinds&k != 0 {
			list = append(list, plugin.Point{Phase: phase, Slot: plugin.ForKind(k)})
		}
	}
	return list
}

const updates = plugin.KindAdd | plugin.KindModify | plugin.KindDelete | plugin.KindModDN

// kinds makes an overlay of its name and its lines, each a directive and its
// words. An error names the directive.
var kinds = map[string]func(env *Env, lines [][]string) (Overlay, error){
	"unique": newUnique, "refint": newRefint, "memberof": newMemberOf,
	"auditlog": newAuditLog, "constraint": newConstraint, "accesslog": newAccessLog, "ppolicy": newPasswordPolicy,
	"lastbind": newLastBind, "valsort": newValSort, "collect": newCollect, "dynlist": newDynList, "dds": newDDS, "retcode": newRetCode,
	// What these two bring is always there; they are lines of a configuration only.
	"deref": newNothing, "sssvlv": newNothing,
}

// Known tells whether there is an overlay of this name.
func Known(name string) bool { return kinds[name] != nil }

// Global tells whether an overlay may stand before the databases, for all of them.
func Global(name string) bool { return name == "accesslog" || name == "deref" || name == "sssvlv" }

// nothing is an overlay that changes nothing.
type nothing struct{}

func newNothing(*Env, [][]string) (Overlay, error) { return nothing{}, nil }

func (nothing) Points() []plugin.Point { return nil }
func (nothing) Run(plugin.Services, plugin.Point, *plugin.Operation) *wire.Error {
	return nil
}

// New makes an overlay.
func New(name string, env *Env, lines [][]string) (Overlay, error) {
	make := kinds[name]
	if make == nil {
		return nil, fmt.Errorf("overlay %s is not known", name)
	}
	if env.Log == nil {
		env.Log = slog.New(slog.DiscardHandler)
	}
	return make(env, lines)
}

// found is an entry that a search of an overlay gave.
type found struct {
	name  dn.Name
	attrs []wire.Attribute
}

func (f *found) values(t *schema.AttributeType) [][]byte {
	for i := range f.attrs {
		if name, _, _ := strings.Cut(f.attrs[i].Type, ";"); strings.EqualFold(name, t.Name()) || strings.EqualFold(name, t.OID) {
			return f.attrs[i].Values
		}
	}
	return nil
}

// collector takes the entries of an internal search.
type collector struct {
	s    *schema.Schema
	list []found
}

func (c *collector) SendEntry(_ *plugin.Operation, m *plugin.EntryMessage) error {
	n, err := dn.NewName(m.DN, c.s)
	if err == nil {
		c.list = append(c.list, found{n, m.Attrs})
	}
	return nil
}

func (*collector) SendReference(*plugin.Operation, []string, []wire.Control) error { return nil }
func (*collector) SendIntermediate(*plugin.Operation, string, []byte, bool, []wire.Control) error {
	return nil
}
func (*collector) SendResult(*plugin.Operation) error { return nil }

// search looks for entries inside the transaction of op. No such base is no
// entry.
func search(s plugin.Services, op *plugin.Operation, base dn.Name, scope wire.Scope, f *filter.Node, attrs ...string) ([]found, *wire.Error) {
	if err := f.Resolve(s.Schema(), nil); err != nil {
		return nil, wire.Errorf(wire.Other, "filter of an overlay: %v", err)
	}
	c := &collector{s: s.Schema()}
	x := &plugin.Operation{
		Kind: plugin.KindSearch, Parent: op, RawTarget: base.Pretty, Target: base, Responder: c,
		Controls: []wire.Control{{OID: "2.16.840.1.113730.3.4.2"}}, // referral objects are entries here
		Search:   &plugin.SearchPart{Scope: scope, SizeLimit: -1, TimeLimit: -1, Filter: f, Attrs: attrs},
	}
	s.Run(x)
	if code := x.Result.Code; code != wire.Success && code != wire.NoSuchObject {
		return nil, &wire.Error{Result: x.Result}
	}
	return c.list, nil
}

// modify changes an entry inside the transaction of op, as who (modifiersName).
func modify(s plugin.Services, op *plugin.Operation, who, target dn.Name, changes ...wire.Change) wire.Result {
	x := &plugin.Operation{
		Kind: plugin.KindModify, Parent: op, RawTarget: target.Pretty, Target: target, Requestor: who,
		Controls:  []wire.Control{{OID: "2.16.840.1.113730.3.4.2"}},
		Responder: &collector{s: s.Schema()}, Modify: &plugin.ModifyPart{Changes: changes},
	}
	s.Run(x)
	return x.Result
}

func equal(attr string, value []byte) *filter.Node {
	return &filter.Node{Kind: filter.Equality, Attr: attr, Value: value}
}

// names are the DN values of an attribute by their normal forms.
func names(e *entry.Entry, attr string, s *schema.Schema) map[string]dn.Name {
	out := map[string]dn.Name{}
	if e == nil {
		return out
	}
	for _, v := range e.Values(attr) {
		if n, err := dn.NewName(string(v), s); err == nil {
			out[n.Norm] = n
		}
	}
	return out
}
