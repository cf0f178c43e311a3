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
}

// Overlay is one overlay of one database.
type Overlay interface {
	// Wants tells whether it has something to do after updates of a kind.
	Wants(k plugin.Kind) bool
	// After is called in the transaction, once the change is in it. The error
	// undoes the change and is the operation's result.
	After(s plugin.Services, op *plugin.Operation) *wire.Error
}

// Logger is an Overlay that is told of changes of clients when they are durable.
type Logger interface {
	Committed(op *plugin.Operation)
}

// kinds makes an overlay of its name and its lines, each a directive and its
// words. An error names the directive.
var kinds = map[string]func(env *Env, lines [][]string) (Overlay, error){
	"unique": newUnique, "refint": newRefint, "memberof": newMemberOf,
	"auditlog": newAuditLog, "constraint": newConstraint,
}

// Known tells whether there is an overlay of this name.
func Known(name string) bool { return kinds[name] != nil }

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

// Schema defines the attribute types that overlays bring and a schema lacks.
func Schema(name string, s *schema.Schema) error {
	if name != "memberof" || s.AttributeType("memberOf") != nil {
		return nil
	}
	return s.AddAttributeType("( 1.2.840.113556.1.2.102 NAME 'memberOf' DESC 'groups that the entry is a member of' " +
		"EQUALITY distinguishedNameMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 NO-USER-MODIFICATION USAGE dSAOperation )")
}

// Chain is a Host that runs overlays besides the plug-ins of another Host:
// after them, as overlays lie nearer to the database.
type Chain struct {
	plugin.Host
	services plugin.Services
	lists    map[string][]Overlay // by database
}

// NewChain makes a Chain. lists must not be changed any more.
func NewChain(next plugin.Host, s plugin.Services, lists map[string][]Overlay) *Chain {
	return &Chain{Host: next, services: s, lists: lists}
}

// Unwrap implements plugin.Wrapper.
func (c *Chain) Unwrap() plugin.Host { return c.Host }

func (c *Chain) wants(p plugin.Point, database string) bool {
	if p.Phase == plugin.Post && p.Slot.Kind().Update() {
		for _, o := range c.lists[database] {
			if _, ok := o.(Logger); ok {
				return true
			}
		}
	}
	if p.Phase != plugin.TxnPost {
		return false
	}
	for _, o := range c.lists[database] {
		if o.Wants(p.Slot.Kind()) {
			return true
		}
	}
	return false
}

// Listens implements plugin.Host.
func (c *Chain) Listens(p plugin.Point, database string) bool {
	return c.wants(p, database) || c.Host.Listens(p, database)
}

// Run implements plugin.Host.
func (c *Chain) Run(p plugin.Point, op *plugin.Operation) plugin.Outcome {
	var out plugin.Outcome
	if c.Host.Listens(p, op.Database) {
		if out = c.Host.Run(p, op); out.Stop {
			return out
		}
	}
	if p.Phase == plugin.Post && op.Kind.Update() && op.Result.Code == wire.Success && !op.Internal {
		for _, o := range c.lists[op.Database] {
			if l, ok := o.(Logger); ok {
				l.Committed(op)
			}
		}
	}
	if p.Phase != plugin.TxnPost || op.OpReturn != 0 {
		return out
	}
	for _, o := range c.lists[op.Database] {
		if !o.Wants(op.Kind) {
			continue
		}
		if err := o.After(c.services, op); err != nil {
			op.Result = err.Result
			return plugin.Outcome{Stop: true, Return: -1, Plugin: "overlay"}
		}
	}
	return out
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
