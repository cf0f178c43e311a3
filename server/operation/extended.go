package operation

import (
	"crypto/rand"
	"sort"

	"libslapi/server/acl"
	"libslapi/server/ber"
	"libslapi/server/dn"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// Extended operations of the server's own.
const (
	ExtWhoAmI         = "1.3.6.1.4.1.4203.1.11.3" // RFC 4532
	ExtPasswordModify = "1.3.6.1.4.1.4203.1.11.1" // RFC 3062
	ExtStartTLS       = "1.3.6.1.4.1.1466.20037"  // RFC 4511 section 4.14
	ExtCancel         = "1.3.6.1.1.8"             // RFC 3909
	ExtTurn           = "1.3.6.1.1.19"            // RFC 4531, refused
)

// SupportedExtensions are the OIDs of the root DSE: the plug-ins' and ours.
func (s *Server) SupportedExtensions() []string {
	own := []string{ExtPasswordModify, ExtWhoAmI, ExtCancel, ExtTxnStart, ExtTxnEnd}
	if s.opts().StartTLS != nil {
		own = append(own, ExtStartTLS)
	}
	seen := map[string]bool{}
	var out []string
	for _, oid := range append(own, s.plugins().ExtendedOIDs()...) {
		if !seen[oid] {
			seen[oid] = true
			out = append(out, oid)
		}
	}
	sort.Strings(out)
	return out
}

// extended runs an extended operation; a plug-in that registered its OID comes
// before the server.
func (s *Server) extended(op *plugin.Operation) error {
	if s.plugins().RunExtended(op) {
		return nil
	}
	switch op.Extended.OID {
	case ExtWhoAmI:
		return s.whoAmI(op)
	case ExtPasswordModify:
		return s.passwordModify(op)
	case ExtCancel:
		return s.cancel(op)
	case ExtTxnStart:
		return s.startTxn(op)
	case ExtTxnEnd:
		return s.endTxn(op)
	case ExtTurn:
		// RFC 4531 lets a server leave it out; ours never is a client.
		return wire.Errorf(wire.UnwillingToPerform, "the roles of client and server are not changed")
	case ExtStartTLS:
		if s.opts().StartTLS != nil {
			if op.Extended.HasValue {
				return wire.Errorf(wire.ProtocolError, "no request data expected")
			}
			return errorOf(s.opts().StartTLS(op))
		}
	}
	return wire.Errorf(wire.ProtocolError, "unsupported extended operation")
}

func (s *Server) whoAmI(op *plugin.Operation) error {
	if op.Extended.HasValue {
		return wire.Errorf(wire.ProtocolError, "no request data expected")
	}
	op.Extended.HasResponseValue = true
	op.Extended.ResponseValue = nil
	if op.Requestor.Norm != "" {
		op.Extended.ResponseValue = []byte("dn:" + op.Requestor.Pretty)
	}
	return nil
}

// canceller is a Responder that can cancel the other operations of its
// connection: it waits for the end of one and gives the result to answer with.
type canceller interface {
	Cancel(msgID int32) wire.ResultCode
}

func (s *Server) cancel(op *plugin.Operation) error {
	cur := ber.NewCursor(op.Extended.Value)
	seq := cur.Enter(ber.TagSequence)
	id := seq.Int()
	if !op.Extended.HasValue || seq.Err() != nil || seq.More() || cur.More() || id <= 0 || id > 1<<31-1 {
		return wire.Errorf(wire.ProtocolError, "cancel: malformed request")
	}
	c, ok := op.Responder.(canceller)
	if !ok {
		return wire.Errorf(wire.CannotCancel, "")
	}
	if code := c.Cancel(int32(id)); code != wire.Success {
		return wire.Errorf(code, "")
	}
	return nil
}

// passwordRequest is the PasswdModifyRequestValue of RFC 3062.
type passwordRequest struct {
	user     string
	old, new []byte
	hasUser  bool
	hasOld   bool
	hasNew   bool
}

func readPasswordRequest(value []byte) (r passwordRequest, ok bool) {
	if len(value) == 0 {
		return r, true
	}
	cur := ber.NewCursor(value)
	seq := cur.Enter(ber.TagSequence)
	for seq.More() {
		switch seq.Tag() {
		case 0x80:
			r.user, r.hasUser = string(seq.Octets(0x80)), true
		case 0x81:
			r.old, r.hasOld = seq.Octets(0x81), true
		case 0x82:
			r.new, r.hasNew = seq.Octets(0x82), true
		default:
			return r, false
		}
	}
	return r, seq.Err() == nil && cur.Err() == nil && !cur.More()
}

// passwordModify sets a user's password, one made here when the request has none.
func (s *Server) passwordModify(op *plugin.Operation) error {
	r, ok := readPasswordRequest(op.Extended.Value)
	if !ok {
		return wire.Errorf(wire.ProtocolError, "password modify: malformed request")
	}
	if op.Requestor.Norm == "" && !op.Internal {
		return wire.Errorf(wire.StrongerAuthRequired, "only authenticated users may change passwords")
	}
	if r.hasOld && len(r.old) == 0 {
		return wire.Errorf(wire.UnwillingToPerform, "old password value is empty")
	}
	if r.hasNew && len(r.new) == 0 {
		return wire.Errorf(wire.UnwillingToPerform, "new password value is empty")
	}
	user := op.Requestor
	if r.hasUser && r.user != "" {
		n, err := s.userName(r.user)
		if err != nil {
			return wire.Errorf(wire.InvalidDNSyntax, "Invalid DN")
		}
		user = n
	}
	db := s.database(user.Norm)
	if db == nil || db == s.rootDSE.db {
		return wire.Errorf(wire.NoSuchObject, "no database holds the user")
	}
	if r.hasOld {
		if err := s.checkOldPassword(op, db, user, r.old); err != nil {
			return err
		}
	}
	made := !r.hasNew
	if made {
		r.new = generatePassword()
	}
	stored, err := s.HashPassword(r.new, "")
	if err != nil {
		return wire.Errorf(wire.Other, "password hash failed")
	}
	if err := s.storePassword(op, user, stored, &r); err != nil {
		return err
	}
	if made {
		b := ber.NewBuilder(nil)
		m := b.Begin(ber.TagSequence)
		b.OctetString(0x80, r.new)
		b.End(m)
		op.Extended.HasResponseValue, op.Extended.ResponseValue = true, b.Bytes()
	}
	return nil
}

// userName reads a userIdentity: a DN, with or without "dn:" before it.
func (s *Server) userName(text string) (dn.Name, error) {
	if len(text) > 3 && (text[:3] == "dn:" || text[:3] == "DN:") {
		text = text[3:]
	}
	return s.Name(text)
}

func (s *Server) checkOldPassword(op *plugin.Operation, db *Database, user dn.Name, old []byte) error {
	if ok, isRoot := s.rootPassword(user, db, old); isRoot {
		if ok {
			return nil
		}
		return wire.Errorf(wire.UnwillingToPerform, "unwilling to verify old password")
	}
	e := s.lookupAny(op, user.Norm)
	if e != nil {
		ask := s.access(op, db)
		for _, t := range s.passwordTypes() {
			for a := range e.Matching(t) {
				if !ask.attr(e, a.Type, a.Options, nil, acl.PrivAuth) && !(s.is389() && user.Norm == op.Requestor.Norm) {
					continue
				}
				for _, v := range a.Values {
					if s.CheckPassword(string(v), old) {
						return nil
					}
				}
			}
		}
	}
	return wire.Errorf(wire.UnwillingToPerform, "unwilling to verify old password")
}

// storePassword replaces the password by a modify with the requestor's own
// rights, hooks of a modify included.
func (s *Server) storePassword(op *plugin.Operation, user dn.Name, stored string, r *passwordRequest) error {
	m := &plugin.Operation{
		Ctx: op.Ctx, Kind: plugin.KindModify, ID: op.ID, MsgID: op.MsgID, Conn: op.Conn, Started: op.Started,
		Requestor: op.Requestor, IsRoot: op.IsRoot, Internal: op.Internal, Parent: op,
		RawTarget: user.Pretty, Target: user, Responder: discard{},
		Modify: &plugin.ModifyPart{Changes: []wire.Change{{Op: wire.ModReplace, Type: "userPassword", Values: [][]byte{[]byte(stored)}}}, New: r.new},
	}
	if r.hasOld {
		m.Modify.Old = r.old
	}
	defer s.plugins().OperationDone(m)
	defer s.release(m)
	s.run(m)
	op.ResponseControls = append(op.ResponseControls, m.ResponseControls...)
	if m.Result.Code != wire.Success {
		return &wire.Error{Result: m.Result}
	}
	return nil
}

// generatePassword makes a password of 12 characters that cannot be mistaken
// for each other when read out.
func generatePassword() []byte {
	const letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	out := make([]byte, 12)
	for i := range out {
		var b [1]byte
		for {
			rand.Read(b[:])
			if int(b[0]) < 256/len(letters)*len(letters) {
				break
			}
		}
		out[i] = letters[int(b[0])%len(letters)]
	}
	return out
}

// encodeEntry is a SearchResultEntry as a control value carries it (RFC 4527).
func encodeEntry(name string, attrs []wire.Attribute) []byte {
	b := ber.NewBuilder(nil)
	m := b.Begin(wire.TagSearchResultEntry)
	b.String(ber.TagOctetString, name)
	list := b.Begin(ber.TagSequence)
	for _, a := range attrs {
		one := b.Begin(ber.TagSequence)
		b.String(ber.TagOctetString, a.Type)
		set := b.Begin(ber.TagSet)
		for _, v := range a.Values {
			b.OctetString(ber.TagOctetString, v)
		}
		b.End(set)
		b.End(one)
	}
	b.End(list)
	b.End(m)
	return b.Bytes()
}
