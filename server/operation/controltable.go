package operation

import (
	"libslapi/server/ber"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// Controls that the pipeline serves itself.
const (
	ControlManageDsaIT      = "2.16.840.1.113730.3.4.2"   // RFC 3296
	ControlPaged            = "1.2.840.113556.1.4.319"    // RFC 2696
	ControlAssertion        = "1.3.6.1.1.12"              // RFC 4528
	ControlPreRead          = "1.3.6.1.1.13.1"            // RFC 4527
	ControlPostRead         = "1.3.6.1.1.13.2"            // RFC 4527
	ControlPermissiveModify = "1.2.840.113556.1.4.1413"   // MS-ADTS 3.1.1.3.4.1.8
	ControlRelax            = "1.3.6.1.4.1.4203.666.5.12" // draft-zeilenga-ldap-relax
	ControlSubentries       = "1.3.6.1.4.1.4203.1.10.1"   // RFC 3672
	ControlDomainScope      = "1.2.840.113556.1.4.1339"   // MS-ADTS 3.1.1.3.4.1.4
	ControlSort             = "1.2.840.113556.1.4.473"    // RFC 2891
	ControlSortResult       = "1.2.840.113556.1.4.474"
	ControlVLV              = "2.16.840.1.113730.3.4.9" // draft-ietf-ldapext-ldapv3-vlv-09
	ControlVLVResult        = "2.16.840.1.113730.3.4.10"
	ControlMatchedValues    = "1.2.826.0.1.3344810.2.3"   // RFC 3876
	ControlProxiedAuthz     = "2.16.840.1.113730.3.4.18"  // RFC 4370
	ControlNoOp             = "1.3.6.1.4.1.4203.666.5.2"  // draft-zeilenga-ldap-noop
	ControlTreeDelete       = "1.2.840.113556.1.4.805"    // draft-armijo-ldap-treedelete
	ControlDontUseCopy      = "1.3.6.1.1.22"              // RFC 6171
	ControlDereference      = "1.3.6.1.4.1.4203.666.5.16" // draft-masarati-ldap-deref
	ControlAuthzIDRequest   = "2.16.840.1.113730.3.4.16"  // RFC 3829
	ControlAuthzIDResponse  = "2.16.840.1.113730.3.4.15"
	ControlRealOnly         = "2.16.840.1.113730.3.4.17" // 389: no virtual attributes
	ControlVirtualOnly      = "2.16.840.1.113730.3.4.19" // 389: virtual attributes alone
)

const (
	allUpdates = plugin.KindAdd | plugin.KindModify | plugin.KindDelete | plugin.KindModDN
	allReads   = plugin.KindSearch | plugin.KindCompare
)

// control is one control that the pipeline serves itself.
type control struct {
	oid   string
	name  string // in the texts of results
	kinds plugin.Kind
	// hidden keeps it out of supportedControl, as slapd keeps those that its
	// users are not meant to find.
	hidden bool
	// bare controls have no value; absent is the text for a value that is missing,
	// "" when the reader says it.
	bare   bool
	absent string
	// only389 is served with 389's habits alone. yields leaves the control to a
	// plug-in that registers it.
	only389, yields bool
	// read puts what the control says into c. The error is the answer.
	read func(s *Server, op *plugin.Operation, c *controls, ctl *wire.Control) *wire.Error
}

// flag is the reader of a control without a value.
func flag(at func(c *controls) *bool) func(*Server, *plugin.Operation, *controls, *wire.Control) *wire.Error {
	return func(_ *Server, _ *plugin.Operation, c *controls, _ *wire.Control) *wire.Error {
		*at(c) = true
		return nil
	}
}

// builtinControls are in the order of the root DSE.
var builtinControls []*control

var controlByOID = map[string]*control{}

func init() {
	builtinControls = []*control{
		{oid: ControlProxiedAuthz, name: "proxy authorization", kinds: allUpdates | allReads | plugin.KindExtended, absent: "proxy authorization control value absent", read: readProxied},
		{oid: ControlManageDsaIT, name: "manageDSAit", kinds: allUpdates | allReads, bare: true, read: flag(func(c *controls) *bool { return &c.manageDsaIT })},
		{oid: ControlSubentries, name: "subentries", kinds: plugin.KindSearch, absent: "subentries control value encoding is bogus", read: readSubentries},
		{oid: ControlDontUseCopy, name: "dontUseCopy", kinds: allReads, bare: true, read: readDontUseCopy},
		{oid: ControlPaged, name: "paged results", kinds: plugin.KindSearch, absent: "paged results control value is absent", read: readPaged},
		{oid: ControlMatchedValues, name: "valuesReturnFilter", kinds: plugin.KindSearch, absent: "valuesReturnFilter control value is absent", read: readMatchedValues},
		{oid: ControlPostRead, name: "postread", kinds: plugin.KindAdd | plugin.KindModify | plugin.KindModDN, absent: "postread control: value is absent", read: readReading},
		{oid: ControlPreRead, name: "preread", kinds: plugin.KindModify | plugin.KindDelete | plugin.KindModDN, absent: "preread control: value is absent", read: readReading},
		{oid: ControlAssertion, name: "assert", kinds: allUpdates | allReads, absent: "assert control value is absent", read: readAssertion},
		{oid: ControlSort, name: "sorted results", kinds: plugin.KindSearch, absent: "sorted results control value is absent", read: readSort},
		{oid: ControlVLV, name: "vlv", kinds: plugin.KindSearch, absent: "vlv control value is absent", read: readVLV},
		{oid: ControlDereference, name: "Dereference", kinds: plugin.KindSearch, absent: "Dereference control value is absent", yields: true, read: readDereference},
		{oid: ControlTransaction, name: "txnSpec", kinds: allUpdates, hidden: true, absent: "no transaction identifier provided", read: readTransaction},
		{oid: ControlTreeDelete, name: "treeDelete", kinds: plugin.KindDelete, bare: true, read: flag(func(c *controls) *bool { return &c.treeDelete })},
		{oid: ControlAuthzIDRequest, name: "authorization identity", kinds: plugin.KindBind, bare: true, read: flag(func(c *controls) *bool { return &c.authzID })},
		{oid: ControlPermissiveModify, name: "permissiveModify", kinds: plugin.KindModify, bare: true, hidden: true, read: flag(func(c *controls) *bool { return &c.permissive })},
		{oid: ControlRelax, name: "relax", kinds: allUpdates, bare: true, hidden: true, read: flag(func(c *controls) *bool { return &c.relax })},
		{oid: ControlDomainScope, name: "domainScope", kinds: plugin.KindSearch, bare: true, hidden: true, read: flag(func(c *controls) *bool { return &c.domainScope })},
		{oid: ControlRealOnly, name: "real attributes only", kinds: plugin.KindSearch, bare: true, only389: true, read: flag(func(c *controls) *bool { return &c.realOnly })},
		{oid: ControlVirtualOnly, name: "virtual attributes only", kinds: plugin.KindSearch, bare: true, only389: true, read: flag(func(c *controls) *bool { return &c.virtualOnly })},
		{oid: ControlNoOp, name: "noop", kinds: allUpdates | allReads, bare: true, hidden: true, read: flag(func(c *controls) *bool { return &c.noOp })},
	}
	for _, c := range builtinControls {
		controlByOID[c.oid] = c
	}
}

// registerBuiltin makes the pipeline's controls known.
func (s *Server) registerBuiltin() {
	for _, c := range builtinControls {
		if !c.only389 || s.is389() {
			s.offerControl(c.oid, c.kinds, c.hidden)
		}
	}
}

// readBuiltin reads one of the pipeline's own controls; false: it is none.
func (s *Server) readBuiltin(op *plugin.Operation, c *controls, ctl *wire.Control) (bool, *wire.Error) {
	own := controlByOID[ctl.OID]
	if own == nil {
		return false, nil
	}
	switch {
	case own.kinds&op.Kind == 0, own.yields && s.pluginServes(own.oid): // a plug-in serves it for this kind
		return true, nil
	case own.bare && ctl.HasValue:
		text := "%s control value not absent"
		if own.oid == ControlNoOp {
			text = "%s control value not empty"
		}
		return true, wire.Errorf(wire.ProtocolError, text, own.name)
	case own.absent != "" && !ctl.HasValue:
		return true, wire.Errorf(wire.ProtocolError, "%s", own.absent)
	}
	return true, own.read(s, op, c, ctl)
}

// controlName is the name of a control in the texts of results.
func controlName(oid string) string {
	if own := controlByOID[oid]; own != nil {
		return own.name
	}
	return oid
}

func readSubentries(_ *Server, _ *plugin.Operation, c *controls, ctl *wire.Control) *wire.Error {
	cur := ber.NewCursor(ctl.Value)
	v := cur.Bool()
	if cur.Err() != nil || cur.More() {
		return wire.Errorf(wire.ProtocolError, "subentries control value encoding is bogus")
	}
	c.subentries = &v
	return nil
}

func readAssertion(_ *Server, _ *plugin.Operation, c *controls, ctl *wire.Control) *wire.Error {
	f, err := filter.Decode(ctl.Value)
	if err != nil {
		return wire.Errorf(wire.ProtocolError, "error decoding filter")
	}
	c.assertion = f
	return nil
}

// readReading reads pre-read and post-read. An attribute that nobody knows is an
// error in a critical control alone.
func readReading(s *Server, _ *plugin.Operation, c *controls, ctl *wire.Control) *wire.Error {
	list, ok := readAttributeList(ctl.Value)
	if !ok {
		return wire.Errorf(wire.ProtocolError, "%s control: decoding error", controlName(ctl.OID))
	}
	if ctl.Critical && !s.is389() {
		for _, a := range list {
			if a == "*" || a == "+" || a == "1.1" || a != "" && a[0] == '@' {
				continue
			}
			if d, err := s.Schema().Describe(a); err != nil || d.Type.Unknown {
				return wire.Errorf(wire.UndefinedAttributeType, "attribute type undefined")
			}
		}
	}
	if ctl.OID == ControlPreRead {
		c.preRead = list
	} else {
		c.postRead = list
	}
	return nil
}

func readPaged(_ *Server, _ *plugin.Operation, c *controls, ctl *wire.Control) *wire.Error {
	cur := ber.NewCursor(ctl.Value)
	seq := cur.Enter(ber.TagSequence)
	p := &pagedRequest{size: int(seq.Int())}
	p.cookie = string(seq.OctetString())
	switch {
	case seq.Err() != nil || cur.Err() != nil || cur.More():
		return wire.Errorf(wire.ProtocolError, "paged results control could not be decoded")
	case p.size < 0:
		return wire.Errorf(wire.ProtocolError, "paged results control size invalid")
	}
	c.paged = p
	return nil
}

func readDontUseCopy(s *Server, _ *plugin.Operation, c *controls, ctl *wire.Control) *wire.Error {
	if !ctl.Critical && s.opts().words["disallow dontusecopy_non_critical"] {
		return wire.Errorf(wire.ProtocolError, "dontUseCopy criticality of FALSE not allowed")
	}
	c.dontUseCopy = true
	return nil
}

// originalOnly refuses a replica's data to who asked for the original (RFC 6171).
func (s *Server) originalOnly(op *plugin.Operation, db *Database) error {
	if !stateOf(op).ctl.dontUseCopy || db.UpdateDN == nil {
		return nil
	}
	urls := db.UpdateRef
	if len(urls) == 0 {
		urls = s.opts().Referral
	}
	if len(urls) == 0 {
		return wire.Errorf(wire.UnwillingToPerform, "copy not used; no referral information available")
	}
	return &wire.Error{Result: wire.Result{Code: wire.Referral, Referrals: referralURLs(urls, op.Target, scopeWord(op))}}
}
