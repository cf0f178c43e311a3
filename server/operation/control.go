package operation

import (
	"libslapi/server/ber"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// controls are the request controls of one operation, decoded.
type controls struct {
	manageDsaIT bool
	permissive  bool
	relax       bool
	subentries  *bool // the value of the control
	domainScope bool
	assertion   *filter.Node
	preRead     []string // attribute lists; nil: no control
	postRead    []string
	paged       *pagedRequest
	sync        *csn.Request
	persistent  *csn.Persistent
	sort        []sortKey
	vlv         *vlvRequest
	values      []*filter.Node // of matched values; nil: no control
	deref       []derefSpec
	noOp        bool
	treeDelete  bool
	dontUseCopy bool
	authzID     bool
	realOnly    bool
	virtualOnly bool
	txn         *string // the identifier of a client's transaction
}

// RegisterControl adds a control to supportedControl. A critical control of
// that OID is accepted for the kinds of ops.
func (s *Server) RegisterControl(oid string, ops plugin.Kind) {
	s.offerControl(oid, ops, false)
	s.mu.Lock()
	s.fromPlugins[oid] = true
	s.mu.Unlock()
}

// offerControl makes a control known, hidden ones without listing them.
func (s *Server) offerControl(oid string, ops plugin.Kind, hidden bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.controls[oid]; !known && !hidden {
		s.order = append(s.order, oid)
	}
	s.controls[oid] |= ops
}

// pluginServes tells whether a plug-in registered a control.
func (s *Server) pluginServes(oid string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fromPlugins[oid]
}

// SupportedControls are the OIDs of the root DSE, in order of registration.
func (s *Server) SupportedControls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.order...)
}

// ControlKinds tells for which operations a control is accepted.
func (s *Server) ControlKinds(oid string) plugin.Kind {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.controls[oid]
}

// readControls decodes the controls of op; critical ones that nobody serves
// are refused (RFC 4511 section 4.1.11).
func (s *Server) readControls(op *plugin.Operation) *wire.Error {
	if len(op.Controls) == 0 {
		return nil
	}
	c := &stateOf(op).ctl
	*c = controls{}
	seen := map[string]bool{}
	for i := range op.Controls {
		ctl := &op.Controls[i]
		if s.ControlKinds(ctl.OID)&op.Kind == 0 {
			if ctl.Critical && op.Kind != plugin.KindUnbind && op.Kind != plugin.KindAbandon {
				if s.is389() {
					return wire.Errorf(wire.UnavailableCriticalExtension, "")
				}
				if s.ControlKinds(ctl.OID) != 0 {
					return wire.Errorf(wire.UnavailableCriticalExtension, "critical extension is unavailable")
				}
				return wire.Errorf(wire.UnavailableCriticalExtension, "critical extension is not recognized")
			}
			continue
		}
		if seen[ctl.OID] {
			return wire.Errorf(wire.ProtocolError, "%s control specified multiple times", controlName(ctl.OID))
		}
		seen[ctl.OID] = true
		if err := s.readControl(op, c, ctl); err != nil {
			return err
		}
	}
	if c.vlv != nil && c.sort == nil {
		return wire.Errorf(sortControlMissing, "virtual list view without a sort control")
	}
	if c.vlv != nil && c.paged != nil {
		return wire.Errorf(wire.UnwillingToPerform, "virtual list view and paged results exclude each other")
	}
	return nil
}

func (s *Server) readControl(op *plugin.Operation, c *controls, ctl *wire.Control) *wire.Error {
	if own, err := s.readBuiltin(op, c, ctl); own {
		return err
	}
	malformed := wire.Errorf(wire.ProtocolError, "control %s: malformed value", ctl.OID)
	switch ctl.OID {
	case csn.ControlSyncRequest:
		r, ok := csn.DecodeRequest(ctl.Value)
		if !ok || !ctl.HasValue {
			return malformed
		}
		c.sync = &r
	case csn.ControlPersistentSearch:
		p, ok := csn.DecodePersistent(ctl.Value)
		if !ok || !ctl.HasValue {
			return malformed
		}
		c.persistent = &p
	}
	return nil
}

func readAttributeList(value []byte) ([]string, bool) {
	cur := ber.NewCursor(value)
	seq := cur.Enter(0x30)
	list := []string{}
	for seq.More() && seq.Err() == nil {
		list = append(list, seq.String())
	}
	return list, seq.Err() == nil && cur.Err() == nil
}
