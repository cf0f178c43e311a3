package operation

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"sync"

	"libslapi/server/ber"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// Transactions of clients (RFC 5805): updates that carry the transaction's
// identifier are kept, and made together, or not at all, when the client ends
// the transaction. One connection has one at a time; a bind ends it.

const (
	ExtTxnStart        = "1.3.6.1.1.21.1"
	ExtTxnEnd          = "1.3.6.1.1.21.3"
	ControlTransaction = "1.3.6.1.1.21.2"
)

// txnIDInvalid is slapd's result for an identifier that is none of the
// connection's (RFC 5805 has no code of its own).
const txnIDInvalid wire.ResultCode = 0x4121

// Limits of one transaction.
const (
	maxTxnOperations = 10000
	maxTxnOctets     = 16 << 20
)

// clientTxn is what a client has gathered.
type clientTxn struct {
	id       string
	database string // of the first update
	ops      []*plugin.Operation
	octets   int
}

// clientTxns are the open transactions by connection.
type clientTxns struct {
	mu   sync.Mutex
	open map[uint64]*clientTxn
}

// take gives a connection's transaction and forgets it when id fits.
func (c *clientTxns) take(conn uint64, id string) *clientTxn {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.open[conn]
	if t == nil || t.id != id {
		return nil
	}
	delete(c.open, conn)
	return t
}

// forget drops a connection's transaction: its client has bound anew, or is gone.
func (c *clientTxns) forget(conn uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.open, conn)
}

func readTransaction(_ *Server, op *plugin.Operation, c *controls, ctl *wire.Control) *wire.Error {
	if !ctl.Critical {
		return wire.Errorf(wire.ProtocolError, "txnSpec control must be marked critical")
	}
	if op.Conn == nil || op.Internal {
		return nil
	}
	id := string(ctl.Value)
	c.txn = &id
	return nil
}

// startTxn serves the start request.
func (s *Server) startTxn(op *plugin.Operation) error {
	if op.Extended.HasValue {
		return wire.Errorf(wire.ProtocolError, "no request data expected")
	}
	if op.Requestor.Norm == "" || op.Conn == nil {
		return wire.Errorf(wire.StrongerAuthRequired, "")
	}
	var b [8]byte
	rand.Read(b[:])
	t := &clientTxn{id: hex.EncodeToString(b[:])}
	s.clientTxns.mu.Lock()
	defer s.clientTxns.mu.Unlock()
	if s.clientTxns.open == nil {
		s.clientTxns.open = map[uint64]*clientTxn{}
	}
	if s.clientTxns.open[op.Conn.ID] != nil {
		return wire.Errorf(wire.Busy, "transaction already open")
	}
	s.clientTxns.open[op.Conn.ID] = t
	op.Extended.HasResponseValue, op.Extended.ResponseValue = true, []byte(t.id)
	return nil
}

// gather keeps an update for the end of its transaction. The answer to the
// client is that of a success: the update has been specified.
func (s *Server) gather(op *plugin.Operation) *wire.Error {
	db := s.databaseFor(op)
	if db == nil {
		return asError(s.nowhere(op))
	}
	if err := s.mayUpdate(op, db); err != nil {
		return err
	}
	s.clientTxns.mu.Lock()
	defer s.clientTxns.mu.Unlock()
	t := s.clientTxns.open[op.Conn.ID]
	if t == nil || t.id != *stateOf(op).ctl.txn {
		return wire.Errorf(txnIDInvalid, "invalid transaction identifier")
	}
	switch {
	case t.database != "" && t.database != db.Name():
		return wire.Errorf(wire.AffectsMultipleDSAs, "transaction cannot span multiple database contexts")
	case len(t.ops) == maxTxnOperations, t.octets > maxTxnOctets:
		delete(s.clientTxns.open, op.Conn.ID)
		return wire.Errorf(wire.AdminLimitExceeded, "the transaction is too large and was aborted")
	}
	t.database = db.Name()
	t.octets += weight(op)
	t.ops = append(t.ops, op)
	return nil
}

// weight is about how many octets an update holds.
func weight(op *plugin.Operation) int {
	n := 256 + len(op.RawTarget)
	if op.Modify != nil {
		for _, c := range op.Modify.Changes {
			for _, v := range c.Values {
				n += 32 + len(v)
			}
		}
	}
	if op.Add != nil && op.Add.Entry != nil {
		for _, a := range op.Add.Entry.Attrs {
			for _, v := range a.Values {
				n += 32 + len(v)
			}
		}
	}
	return n
}

// endTxn serves the end request: commit or abort.
func (s *Server) endTxn(op *plugin.Operation) error {
	if !op.Extended.HasValue {
		return wire.Errorf(wire.ProtocolError, "request data expected")
	}
	cur := ber.NewCursor(op.Extended.Value)
	seq := cur.Enter(ber.TagSequence)
	commit := true
	if seq.More() && seq.Tag() == ber.TagBoolean {
		commit = seq.Bool()
	}
	id := seq.String()
	if seq.Err() != nil || seq.More() {
		return wire.Errorf(wire.ProtocolError, "request data decoding error")
	}
	if op.Conn == nil {
		return wire.Errorf(txnIDInvalid, "invalid transaction identifier")
	}
	t := s.clientTxns.take(op.Conn.ID, id)
	if t == nil {
		return wire.Errorf(txnIDInvalid, "invalid transaction identifier")
	}
	if !commit || len(t.ops) == 0 {
		return nil
	}
	return s.settle(op, t)
}

// settle makes the updates of a transaction in one of the database. When one
// fails its result is the answer, with its message ID, and all are undone.
func (s *Server) settle(op *plugin.Operation, t *clientTxn) error {
	holder, err := s.BeginTxn(t.database, op)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			s.AbortTxn(holder)
		}
	}()
	// In the order in which the client sent them, whichever was looked at first.
	slices.SortStableFunc(t.ops, func(a, b *plugin.Operation) int { return cmp.Compare(a.ID, b.ID) })
	for _, u := range t.ops {
		if op.Abandoned.Load() {
			return &wire.Error{Result: wire.Result{Code: wire.Canceled}}
		}
		m := &plugin.Operation{
			Ctx: op.Ctx, Kind: u.Kind, ID: u.ID, MsgID: u.MsgID, Conn: op.Conn, Started: op.Started, Parent: holder,
			Requestor: u.Requestor, RawTarget: u.RawTarget, Target: u.Target, Controls: withoutTxn(u.Controls),
			Add: u.Add, Modify: u.Modify, ModDN: u.ModDN, Responder: discard{},
		}
		stateOf(m).target = u.Target
		s.runNested(m)
		u.ResponseControls = m.ResponseControls
		if m.Result.Code != wire.Success {
			b := ber.NewBuilder(nil)
			mark := b.Begin(ber.TagSequence)
			b.Int(ber.TagInteger, int64(u.MsgID))
			b.End(mark)
			op.Extended.HasResponseValue, op.Extended.ResponseValue = true, b.Bytes()
			return &wire.Error{Result: m.Result}
		}
	}
	done = true
	if err := s.CommitTxn(holder); err != nil {
		return err
	}
	for _, u := range t.ops {
		if len(u.ResponseControls) > 0 {
			op.Extended.HasResponseValue, op.Extended.ResponseValue = true, updatesControls(t.ops)
			break
		}
	}
	return nil
}

// withoutTxn are the controls of an update but for the transaction's, and but for
// that which has already given it its identity.
func withoutTxn(list []wire.Control) []wire.Control {
	var out []wire.Control
	for _, c := range list {
		if c.OID != ControlTransaction && c.OID != ControlProxiedAuthz {
			out = append(out, c)
		}
	}
	return out
}

// updatesControls are the response controls of the updates, by message ID.
func updatesControls(ops []*plugin.Operation) []byte {
	b := ber.NewBuilder(nil)
	m := b.Begin(ber.TagSequence)
	list := b.Begin(ber.TagSequence)
	for _, u := range ops {
		if len(u.ResponseControls) == 0 {
			continue
		}
		one := b.Begin(ber.TagSequence)
		b.Int(ber.TagInteger, int64(u.MsgID))
		ctls := b.Begin(0xa0)
		for _, c := range u.ResponseControls {
			x := b.Begin(ber.TagSequence)
			b.String(ber.TagOctetString, c.OID)
			if c.Critical {
				b.Bool(ber.TagBoolean, true)
			}
			if c.HasValue {
				b.OctetString(ber.TagOctetString, c.Value)
			}
			b.End(x)
		}
		b.End(ctls)
		b.End(one)
	}
	b.End(list)
	b.End(m)
	return b.Bytes()
}
