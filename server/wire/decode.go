package wire

import (
	"math"
	"unsafe"

	"libslapi/server/ber"
)

// Limits on the counts in one request. The octets of a request are limited by
// ReadPDU; these keep the memory for slice headers in proportion.
const (
	MaxControls   = 256
	MaxAttributes = 1 << 16 // requested attributes, attributes of an add, changes of a modify
	MaxValues     = 1 << 22 // values of all attributes together
)

// Decode decodes one LDAPMessage with a request in it (RFC 4511 section 4). It
// keeps sub-slices of pdu, and strings that share its memory: pdu belongs to
// the Message from now on and must not be changed. A Message holds its request
// in one allocation, so keeping any part of it keeps all.
//
// Trailing elements of a sequence are ignored (section 4). Every error is a
// *DecodeError.
func Decode(pdu []byte) (*Message, error) {
	d := decoder{}
	top := ber.NewCursor(pdu)
	c := top.Enter(ber.TagSequence)
	if err := c.Err(); err != nil {
		return nil, fromBER(err, 0, 0)
	}
	if top.More() {
		return nil, &DecodeError{Offset: top.Offset(), Reason: "octets after the message", Code: ProtocolError}
	}
	id := c.Int()
	if err := c.Err(); err != nil {
		return nil, fromBER(err, 0, 0)
	}
	if id <= 0 || id > math.MaxInt32 {
		return nil, &DecodeError{Offset: c.Offset(), Reason: "message ID out of range", Code: ProtocolError}
	}
	d.id, d.op = int32(id), c.Tag()
	m := d.request(&c)
	if c.Err() == nil && c.Tag() == 0xa0 {
		d.controls(&c, m)
	}
	rest(&c)
	if err := c.Err(); err != nil {
		return nil, fromBER(err, d.id, d.op)
	}
	if d.refused != nil {
		return nil, d.refused
	}
	m.ID = d.id
	return m, nil
}

// decoder is the state of one Decode.
type decoder struct {
	id      int32
	op      int
	values  int          // values seen so far
	refused *DecodeError // first answerable error
}

// refuse notes an answerable error.
func (d *decoder) refuse(at int, code ResultCode, reason string) {
	if d.refused == nil {
		d.refused = &DecodeError{MessageID: d.id, Op: d.op, Offset: at, Reason: reason, Answerable: true, Code: code}
	}
}

// text makes a string of octets of the PDU without copying them.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// rest skips what is left of a sequence.
func rest(c *ber.Cursor) {
	for c.More() {
		c.Skip()
	}
}

// leave ends a sequence: unknown trailing elements are skipped, errors passed on.
func leave(c, inner *ber.Cursor) {
	rest(inner)
	c.Leave(inner)
}

func (d *decoder) request(c *ber.Cursor) *Message {
	switch d.op {
	case TagBindRequest:
		return d.bind(c)
	case TagUnbindRequest:
		v := new(struct {
			Message
			r UnbindRequest
		})
		c.Octets(d.op)
		v.Op = &v.r
		return &v.Message
	case TagSearchRequest:
		return d.search(c)
	case TagModifyRequest:
		return d.modify(c)
	case TagAddRequest:
		return d.add(c)
	case TagDelRequest:
		v := new(struct {
			Message
			r DelRequest
		})
		v.r.DN = text(c.Octets(d.op))
		v.Op = &v.r
		return &v.Message
	case TagModifyDNRequest:
		return d.modifyDN(c)
	case TagCompareRequest:
		return d.compare(c)
	case TagAbandonRequest:
		v := new(struct {
			Message
			r AbandonRequest
		})
		v.r.MessageID = d.number(c, d.op, "message ID out of range")
		v.Op = &v.r
		return &v.Message
	case TagExtendedRequest:
		return d.extended(c)
	case 0:
		c.Fail("request missing")
	default:
		c.Fail("unknown protocol operation")
	}
	return nil
}

// number reads an INTEGER (0 .. maxInt) under a tag; another value is refused.
func (d *decoder) number(c *ber.Cursor, tag int, reason string) int32 {
	at := c.Offset()
	n := c.Integer(tag)
	if n < 0 || n > math.MaxInt32 {
		d.refuse(at, ProtocolError, reason)
		return 0
	}
	return int32(n)
}

func (d *decoder) bind(c *ber.Cursor) *Message {
	v := new(struct {
		Message
		r BindRequest
	})
	r := &v.r
	v.Op = r
	b := c.Enter(d.op)
	at := b.Offset()
	version := b.Int()
	if version < 1 || version > 127 {
		d.refuse(at, ProtocolError, "protocol version out of range")
		version = 0
	}
	r.Version = int(version)
	r.Name = text(b.OctetString())
	at = b.Offset()
	r.Method = b.Tag()
	switch r.Method {
	case AuthSimple:
		r.Password = b.Octets(AuthSimple)
	case AuthSASL:
		s := b.Enter(AuthSASL)
		r.Mechanism = text(s.OctetString())
		if s.Tag() == ber.TagOctetString {
			r.HasCredentials = true
			r.Credentials = s.OctetString()
		}
		leave(&b, &s)
	case 0:
		b.Fail("authentication choice missing")
	default:
		d.refuse(at, AuthMethodNotSupported, "unknown authentication method")
	}
	leave(c, &b)
	return &v.Message
}

func (d *decoder) search(c *ber.Cursor) *Message {
	v := new(struct {
		Message
		r     SearchRequest
		attrs [6]string
	})
	r := &v.r
	v.Op = r
	s := c.Enter(d.op)
	r.Base = text(s.OctetString())
	at := s.Offset()
	scope, deref := s.Enum(), s.Enum()
	if scope < 0 || scope > int64(ScopeChildren) {
		d.refuse(at, ProtocolError, "invalid scope")
	}
	if deref < 0 || deref > int64(DerefAlways) {
		d.refuse(at, ProtocolError, "invalid deref")
	}
	r.Scope, r.Deref = Scope(scope), Deref(deref)
	r.SizeLimit = d.number(&s, ber.TagInteger, "invalid size limit")
	r.TimeLimit = d.number(&s, ber.TagInteger, "invalid time limit")
	r.TypesOnly = s.Bool()
	if s.More() && s.Tag()&0xc0 != 0x80 {
		s.Fail("filter expected")
	}
	r.Filter = s.Raw()
	a := s.Enter(ber.TagSequence)
	if n := a.Count(); n > 0 {
		if r.Attributes = v.attrs[:0]; n > len(v.attrs) {
			if n > MaxAttributes {
				a.Fail("too many attributes")
				n = 0
			}
			r.Attributes = make([]string, 0, n)
		}
	}
	for a.More() {
		r.Attributes = append(r.Attributes, text(a.OctetString()))
	}
	s.Leave(&a)
	leave(c, &s)
	return &v.Message
}

// valueSet reads a SET OF octet strings.
func (d *decoder) valueSet(c *ber.Cursor) [][]byte {
	s := c.Enter(ber.TagSet)
	n := s.Count()
	if d.values += n; d.values > MaxValues {
		s.Fail("too many values")
	}
	var values [][]byte
	if n > 0 && s.Err() == nil {
		values = make([][]byte, 0, n)
	}
	for s.More() {
		values = append(values, s.OctetString())
	}
	c.Leave(&s)
	return values
}

func (d *decoder) modify(c *ber.Cursor) *Message {
	v := new(struct {
		Message
		r ModifyRequest
	})
	r := &v.r
	v.Op = r
	b := c.Enter(d.op)
	r.DN = text(b.OctetString())
	list := b.Enter(ber.TagSequence)
	r.Changes = make([]Change, 0, counted(&list))
	for list.More() {
		one := list.Enter(ber.TagSequence)
		at := one.Offset()
		op := one.Enum()
		if op < 0 || op > int64(ModIncrement) {
			d.refuse(at, ProtocolError, "unknown modify operation")
		}
		attr := one.Enter(ber.TagSequence)
		ch := Change{Op: ModOp(op), Type: text(attr.OctetString()), Values: d.valueSet(&attr)}
		leave(&one, &attr)
		leave(&list, &one)
		r.Changes = append(r.Changes, ch)
	}
	b.Leave(&list)
	leave(c, &b)
	return &v.Message
}

// counted is the number of elements left, 0 with an error when it is too large.
func counted(c *ber.Cursor) int {
	n := c.Count()
	if n > MaxAttributes {
		c.Fail("too many attributes")
		return 0
	}
	return n
}

func (d *decoder) add(c *ber.Cursor) *Message {
	v := new(struct {
		Message
		r AddRequest
	})
	r := &v.r
	v.Op = r
	b := c.Enter(d.op)
	r.DN = text(b.OctetString())
	list := b.Enter(ber.TagSequence)
	r.Attributes = make([]Attribute, 0, counted(&list))
	for list.More() {
		attr := list.Enter(ber.TagSequence)
		at := attr.Offset()
		a := Attribute{Type: text(attr.OctetString()), Values: d.valueSet(&attr)}
		if len(a.Values) == 0 {
			d.refuse(at, ProtocolError, "no values for attribute type") // SIZE(1..MAX) in AttributeList
		}
		leave(&list, &attr)
		r.Attributes = append(r.Attributes, a)
	}
	b.Leave(&list)
	leave(c, &b)
	return &v.Message
}

func (d *decoder) modifyDN(c *ber.Cursor) *Message {
	v := new(struct {
		Message
		r ModifyDNRequest
	})
	r := &v.r
	v.Op = r
	b := c.Enter(d.op)
	r.DN = text(b.OctetString())
	r.NewRDN = text(b.OctetString())
	r.DeleteOldRDN = b.Bool()
	if b.Tag() == 0x80 {
		r.HasNewSuperior = true
		r.NewSuperior = text(b.Octets(0x80))
	}
	leave(c, &b)
	return &v.Message
}

func (d *decoder) compare(c *ber.Cursor) *Message {
	v := new(struct {
		Message
		r CompareRequest
	})
	r := &v.r
	v.Op = r
	b := c.Enter(d.op)
	r.DN = text(b.OctetString())
	ava := b.Enter(ber.TagSequence)
	r.Type = text(ava.OctetString())
	r.Value = ava.OctetString()
	leave(&b, &ava)
	leave(c, &b)
	return &v.Message
}

func (d *decoder) extended(c *ber.Cursor) *Message {
	v := new(struct {
		Message
		r ExtendedRequest
	})
	r := &v.r
	v.Op = r
	b := c.Enter(d.op)
	r.OID = text(b.Octets(0x80))
	if b.Tag() == 0x81 {
		r.HasValue = true
		r.Value = b.Octets(0x81)
	}
	leave(c, &b)
	return &v.Message
}

// controls reads the [0] Controls of a message (RFC 4511 section 4.1.11).
func (d *decoder) controls(c *ber.Cursor, m *Message) {
	list := c.Enter(0xa0)
	n := list.Count()
	if n > MaxControls {
		list.Fail("too many controls")
		n = 0
	}
	if n > 0 {
		m.Controls = make([]Control, 0, n)
	}
	for list.More() {
		one := list.Enter(ber.TagSequence)
		at := one.Offset()
		ctl := Control{OID: text(one.OctetString())}
		if ctl.OID == "" {
			d.refuse(at, ProtocolError, "control type is empty")
		}
		if one.Tag() == ber.TagBoolean {
			ctl.Critical = one.Bool()
		}
		if one.Tag() == ber.TagOctetString {
			ctl.HasValue = true
			ctl.Value = one.OctetString()
		}
		leave(&list, &one)
		m.Controls = append(m.Controls, ctl)
	}
	c.Leave(&list)
}
