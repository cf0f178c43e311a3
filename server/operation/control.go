package operation

import (
	"libslapi/server/ber"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	csn "libslapi/server/sync"
	"libslapi/server/wire"
)

// Controls that the pipeline serves itself.
const (
	ControlManageDsaIT      = "2.16.840.1.113730.3.4.2"
	ControlPaged            = "1.2.840.113556.1.4.319"
	ControlAssertion        = "1.3.6.1.1.12"
	ControlPreRead          = "1.3.6.1.1.13.1"
	ControlPostRead         = "1.3.6.1.1.13.2"
	ControlPermissiveModify = "1.2.840.113556.1.4.1413"
	ControlRelax            = "1.3.6.1.4.1.4203.666.5.12"
	ControlSubentries       = "1.3.6.1.4.1.4203.1.10.1"
	ControlDomainScope      = "1.2.840.113556.1.4.1339"
)

const allUpdates = plugin.KindAdd | plugin.KindModify | plugin.KindDelete | plugin.KindModDN

var builtinControls = []struct {
	oid   string
	kinds plugin.Kind
}{
	{ControlManageDsaIT, allUpdates | plugin.KindSearch | plugin.KindCompare},
	{ControlPaged, plugin.KindSearch},
	{ControlAssertion, allUpdates | plugin.KindSearch | plugin.KindCompare},
	{ControlPreRead, plugin.KindModify | plugin.KindDelete | plugin.KindModDN},
	{ControlPostRead, plugin.KindAdd | plugin.KindModify | plugin.KindModDN},
	{ControlPermissiveModify, plugin.KindModify},
	{ControlRelax, allUpdates},
	{ControlSubentries, plugin.KindSearch},
	{ControlDomainScope, plugin.KindSearch},
}

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
}

// RegisterControl adds a control to supportedControl. A critical control of
// that OID is accepted for the kinds of ops.
func (s *Server) RegisterControl(oid string, ops plugin.Kind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.controls[oid]; !known {
		s.order = append(s.order, oid)
	}
	s.controls[oid] |= ops
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
				return wire.Errorf(wire.UnavailableCriticalExtension, "critical extension is not recognized")
			}
			continue
		}
		if seen[ctl.OID] {
			return wire.Errorf(wire.ProtocolError, "control %s specified multiple times", ctl.OID)
		}
		seen[ctl.OID] = true
		if err := s.readControl(c, ctl); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) readControl(c *controls, ctl *wire.Control) *wire.Error {
	malformed := wire.Errorf(wire.ProtocolError, "control %s: malformed value", ctl.OID)
	switch ctl.OID {
	case ControlManageDsaIT:
		c.manageDsaIT = true
	case ControlPermissiveModify:
		c.permissive = true
	case ControlRelax:
		c.relax = true
	case ControlDomainScope:
		c.domainScope = true
	case ControlSubentries:
		cur := ber.NewCursor(ctl.Value)
		v := cur.Bool()
		if cur.Err() != nil || !ctl.HasValue {
			return malformed
		}
		c.subentries = &v
	case ControlAssertion:
		f, err := filter.Decode(ctl.Value)
		if err != nil {
			return malformed
		}
		c.assertion = f
	case ControlPreRead, ControlPostRead:
		list, ok := readAttributeList(ctl.Value)
		if !ok {
			return malformed
		}
		if ctl.OID == ControlPreRead {
			c.preRead = list
		} else {
			c.postRead = list
		}
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
	case ControlPaged:
		cur := ber.NewCursor(ctl.Value)
		seq := cur.Enter(0x30)
		p := &pagedRequest{size: int(seq.Int())}
		p.cookie = string(seq.OctetString())
		if seq.Err() != nil || !ctl.HasValue || p.size < 0 {
			return malformed
		}
		c.paged = p
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
