package operation

import (
	"context"
	"time"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// state is what the pipeline keeps of an operation (Operation.Pipeline).
type state struct {
	invalid *wire.Error // the request cannot be run: answered before any plug-in
	// holding counts the open transactions that keep a result back.
	holding    int
	held       bool // a plug-in's result waits for the end of the transaction
	ctl        controls
	ownFilter  *filter.Node    // what the pipeline resolved and must release
	sendErr    error           // the client is gone
	pluginCode wire.ResultCode // of the update that a plug-in refused
	target     dn.Name         // as the request named it
	// requestorMade: an internal operation that names nobody was given the root.
	requestorMade bool
	noPost        bool           // a Pre plug-in stopped the operation: no Post hooks
	holder        *holderState   // of an Operation made by BeginTxn
	replica       *ReplicaChange // of a change that another server made
}

// stateOf gives the pipeline's state of op, made on first use.
func stateOf(op *plugin.Operation) *state {
	if st, ok := op.Pipeline.(*state); ok {
		return st
	}
	st := &state{}
	op.Pipeline = st
	return st
}

// NewOperation makes the operation of a request that a client sent. What is
// wrong with the request is answered by Handle. The values of msg are kept.
func (s *Server) NewOperation(ctx context.Context, conn *plugin.Conn, msg *wire.Message, resp plugin.Responder) *plugin.Operation {
	// One piece of memory for what every operation has; most are searches.
	var op *plugin.Operation
	var st *state
	var part *plugin.SearchPart
	if _, is := msg.Op.(*wire.SearchRequest); is {
		room := &struct {
			op   plugin.Operation
			st   state
			part plugin.SearchPart
		}{}
		op, st, part = &room.op, &room.st, &room.part
	} else {
		room := &struct {
			op plugin.Operation
			st state
		}{}
		op, st = &room.op, &room.st
	}
	op.Ctx, op.MsgID, op.Conn, op.Started, op.Controls, op.Responder = ctx, msg.ID, conn, time.Now(), msg.Controls, resp
	op.Pipeline = st
	if conn != nil {
		op.Requestor = conn.AuthDN
	}
	switch r := msg.Op.(type) {
	case *wire.BindRequest:
		op.Kind = plugin.KindBind
		op.Requestor = dn.Name{}
		s.setTarget(op, r.Name)
		op.Bind = &plugin.BindPart{Version: r.Version, Method: r.Method, Password: r.Password, Mechanism: r.Mechanism,
			Credentials: r.Credentials, HasCredentials: r.HasCredentials}
	case *wire.UnbindRequest:
		op.Kind = plugin.KindUnbind
	case *wire.SearchRequest:
		op.Kind = plugin.KindSearch
		s.setTarget(op, r.Base)
		*part = plugin.SearchPart{Scope: r.Scope, Deref: r.Deref, SizeLimit: int(r.SizeLimit), TimeLimit: int(r.TimeLimit),
			TypesOnly: r.TypesOnly, RawFilter: r.Filter}
		op.Search = part
		if len(r.Attributes) > 0 {
			op.Search.Attrs = r.Attributes
		}
		f, err := filter.Decode(r.Filter)
		if err != nil {
			st.invalid = wire.Errorf(wire.ProtocolError, "bad search filter")
		}
		op.Search.Filter = f
	case *wire.AddRequest:
		op.Kind = plugin.KindAdd
		s.setTarget(op, r.DN)
		op.Add = &plugin.AddPart{}
		op.Add.Entry, st.invalid = s.requestEntry(op.Target, r.Attributes)
	case *wire.ModifyRequest:
		op.Kind = plugin.KindModify
		s.setTarget(op, r.DN)
		op.Modify = &plugin.ModifyPart{Changes: r.Changes}
		st.invalid = s.requestChanges(r.Changes)
	case *wire.DelRequest:
		op.Kind = plugin.KindDelete
		s.setTarget(op, r.DN)
	case *wire.ModifyDNRequest:
		op.Kind = plugin.KindModDN
		s.setTarget(op, r.DN)
		st.invalid = s.requestRename(op, r)
	case *wire.CompareRequest:
		op.Kind = plugin.KindCompare
		s.setTarget(op, r.DN)
		op.Compare = &plugin.ComparePart{Attr: r.Type, Value: r.Value}
		st.invalid = s.requestCompare(op.Compare)
	case *wire.AbandonRequest:
		op.Kind = plugin.KindAbandon
		op.Abandon = &plugin.AbandonPart{MsgID: r.MessageID}
	case *wire.ExtendedRequest:
		op.Kind = plugin.KindExtended
		op.Extended = &plugin.ExtendedPart{OID: r.OID, Value: r.Value, HasValue: r.HasValue}
	default:
		op.Kind = plugin.KindExtended
		op.Extended = &plugin.ExtendedPart{}
		st.invalid = wire.Errorf(wire.ProtocolError, "unknown request")
	}
	if op.TargetErr != nil && op.Kind != plugin.KindBind {
		st.invalid = s.invalidDN()
	}
	return op
}

// invalidDN is the answer to a target that is no DN.
func (s *Server) invalidDN() *wire.Error {
	if s.is389() {
		return wire.Errorf(wire.InvalidDNSyntax, "invalid dn")
	}
	return wire.Errorf(wire.InvalidDNSyntax, "invalid DN")
}

// setTarget puts a name as sent into op.
func (s *Server) setTarget(op *plugin.Operation, raw string) {
	op.RawTarget = raw
	op.Target, op.TargetErr = s.Name(raw)
	stateOf(op).target = op.Target
}

// Name parses a DN as the server shows names: in OpenLDAP's mode the AVAs of a
// multi-valued RDN are sorted and types that the schema lacks are refused.
func (s *Server) Name(text string) (dn.Name, error) {
	sch := s.Schema()
	n, place := s.names.find(text, sch)
	if n != nil {
		return *n, nil
	}
	if place == nil {
		if name, ok := s.below(text, sch); ok {
			return name, nil
		}
	}
	name, err := s.parseName(text, sch)
	if err == nil && place != nil {
		place.keep(text, name, sch)
	}
	return name, err
}

func (s *Server) parseName(text string, sch *schema.Schema) (dn.Name, error) {
	d, err := dn.Parse(text)
	if err != nil {
		return dn.Name{}, err
	}
	if !s.is389() {
		d = d.SortAVAs()
		for _, rdn := range d {
			for _, ava := range rdn {
				if sch.AttributeType(ava.Type) == nil {
					return dn.Name{}, &unknownTypeError{ava.Type}
				}
			}
		}
	}
	return d.Name(sch)
}

type unknownTypeError struct{ name string }

func (e *unknownTypeError) Error() string { return "unknown attribute type " + e.name + " in a name" }

// requestEntry makes the entry of an add request. In OpenLDAP's mode unknown
// types and bad values are refused at once, as slapd does before its plug-ins.
func (s *Server) requestEntry(name dn.Name, attrs []wire.Attribute) (*entry.Entry, *wire.Error) {
	e := entry.New(name)
	sch := s.Schema()
	e.Attrs = make([]entry.Attr, 0, len(attrs)+8)
	for _, a := range attrs {
		if len(a.Values) == 0 {
			return e, wire.Errorf(wire.ProtocolError, "%s: no values", a.Type)
		}
		if !s.is389() {
			if d, derr := sch.Describe(a.Type); derr == nil {
				if err := s.mayHaveOptions(a.Type, d); err != nil {
					return e, err
				}
			}
			add := [1]wire.Change{{Op: wire.ModAdd, Type: a.Type, Values: a.Values}}
			if err := e.Apply(sch, add[:], entry.ApplyOptions{}); err != nil {
				return e, asError(err)
			}
			continue
		}
		d, err := sch.Describe(a.Type)
		if err != nil {
			return e, wire.Errorf(wire.InvalidAttributeSyntax, "%q is no attribute description", a.Type)
		}
		if at := e.Get(d); at != nil {
			at.Values = append(at.Values[:len(at.Values):len(at.Values)], a.Values...)
			continue
		}
		next := entry.Attr{Type: d.Type, Options: d.Options, Desc: a.Type, Values: a.Values}
		if d.Type.Unknown {
			next.Desc = lower(a.Type) // ns-slapd's habit, which its refusal shows
			next.Type = sch.UnknownType(lower(d.Type.Name()))
		}
		e.AppendAttr(next)
	}
	return e, nil
}

// requestChanges looks at the changes of a modify request before plug-ins do,
// and gives them the schema's spelling (OpenLDAP's mode).
func (s *Server) requestChanges(changes []wire.Change) *wire.Error {
	if s.is389() {
		return nil
	}
	sch := s.Schema()
	for i := range changes {
		d, err := sch.Describe(changes[i].Type)
		if err != nil {
			return wire.Errorf(wire.UndefinedAttributeType, "%s: AttributeDescription contains inappropriate characters", changes[i].Type)
		}
		if d.Type.Unknown {
			return wire.Errorf(wire.UndefinedAttributeType, "%s: attribute type undefined", changes[i].Type)
		}
		if err := s.mayHaveOptions(changes[i].Type, d); err != nil {
			return err
		}
		changes[i].Type = d.String()
	}
	return nil
}

func (s *Server) requestRename(op *plugin.Operation, r *wire.ModifyDNRequest) *wire.Error {
	op.ModDN = &plugin.ModDNPart{NewRDN: r.NewRDN, DeleteOldRDN: r.DeleteOldRDN, RawNewSuperior: r.NewSuperior}
	n, err := s.Name(r.NewRDN)
	if err != nil {
		return wire.Errorf(wire.InvalidDNSyntax, "invalid new RDN")
	}
	if rdn, parent := dn.SplitPretty(n.Pretty); parent != "" || rdn == "" {
		return wire.Errorf(wire.InvalidDNSyntax, "invalid new RDN")
	}
	op.ModDN.NewRDN = n.Pretty
	if r.HasNewSuperior {
		sup, err := s.Name(r.NewSuperior)
		if err != nil {
			return wire.Errorf(wire.InvalidDNSyntax, "invalid newSuperior")
		}
		op.ModDN.NewSuperior = &sup
	}
	return nil
}

func (s *Server) requestCompare(c *plugin.ComparePart) *wire.Error {
	if s.is389() {
		return nil
	}
	d, err := s.Schema().Describe(c.Attr)
	if err != nil || d.Type.Unknown {
		return &wire.Error{Result: wire.Result{Code: wire.UndefinedAttributeType}}
	}
	c.Attr = d.String()
	return nil
}
