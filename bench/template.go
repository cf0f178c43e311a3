package main

import (
	"bytes"
	"fmt"

	"libslapi/server/ber"
)

// Identifier octets of the protocol (RFC 4511).
const (
	tagBindRequest    = 0x60
	tagBindResponse   = 0x61
	tagUnbindRequest  = 0x42
	tagSearchRequest  = 0x63
	tagSearchEntry    = 0x64
	tagSearchDone     = 0x65
	tagModifyRequest  = 0x66
	tagModifyResponse = 0x67
	tagAddRequest     = 0x68
	tagAddResponse    = 0x69
	tagCompareRequest = 0x6e
	tagCompareResp    = 0x6f
)

// Message IDs have four octets, so that every request of a template is of the
// same length. The slot of the request is in the low bits.
const (
	firstID  = 1 << 24
	maxSlots = 64
)

// Marks stand in a template where the number of the person and the serial
// number of the request go. Both are of fixed width.
const serialDigits = 9

var (
	personMark = "\x01\x01\x01\x01\x01\x01\x01"
	serialMark = "\x02\x02\x02\x02\x02\x02\x02\x02\x02"
)

// template is a request ready to be sent but for the message ID, the number of
// a person and a serial number.
type template struct {
	octets  []byte
	id      int
	persons []int // places of the number
	serials []int
}

// newTemplate builds a template; op appends the protocol operation.
func newTemplate(op func(b *ber.Builder)) *template {
	var b ber.Builder
	m := b.Begin(ber.TagSequence)
	b.Int(ber.TagInteger, firstID)
	op(&b)
	b.End(m)
	t := &template{octets: bytes.Clone(b.Bytes())}
	t.id = bytes.Index(t.octets, []byte{ber.TagInteger, 4, 1, 0, 0, 0}) + 2
	t.persons = places(t.octets, personMark)
	t.serials = places(t.octets, serialMark)
	return t
}

func places(b []byte, mark string) (at []int) {
	for i := 0; ; {
		j := bytes.Index(b[i:], []byte(mark))
		if j < 0 {
			return at
		}
		at = append(at, i+j)
		i += j + len(mark)
	}
}

// append appends the request with the given numbers.
func (t *template) append(dst []byte, id uint32, person, serial int) []byte {
	n := len(dst)
	dst = append(dst, t.octets...)
	b := dst[n:]
	b[t.id], b[t.id+1], b[t.id+2], b[t.id+3] = byte(id>>24), byte(id>>16), byte(id>>8), byte(id)
	for _, p := range t.persons {
		putDigits(b[p:p+digits], person)
	}
	for _, p := range t.serials {
		putDigits(b[p:p+serialDigits], serial)
	}
	return dst
}

func putDigits(b []byte, n int) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
}

// The requests.

const markedDN = "uid=user" + "\x01\x01\x01\x01\x01\x01\x01" + "," + people

func searchTemplate(base string, scope int, filter func(b *ber.Builder), attrs ...string) *template {
	return newTemplate(func(b *ber.Builder) { appendSearch(b, base, scope, filter, attrs) })
}

func appendSearch(b *ber.Builder, base string, scope int, filter func(b *ber.Builder), attrs []string) {
	m := b.Begin(tagSearchRequest)
	b.String(ber.TagOctetString, base)
	b.Enum(ber.TagEnumerated, int64(scope))
	b.Enum(ber.TagEnumerated, 0) // never dereference
	b.Int(ber.TagInteger, 0)
	b.Int(ber.TagInteger, 0)
	b.Bool(ber.TagBoolean, false)
	filter(b)
	l := b.Begin(ber.TagSequence)
	for _, a := range attrs {
		b.String(ber.TagOctetString, a)
	}
	b.End(l)
	b.End(m)
}

func present(attr string) func(b *ber.Builder) {
	return func(b *ber.Builder) { b.String(0x87, attr) }
}

func equality(attr, value string) func(b *ber.Builder) {
	return func(b *ber.Builder) {
		m := b.Begin(0xa3)
		b.String(ber.TagOctetString, attr)
		b.String(ber.TagOctetString, value)
		b.End(m)
	}
}

func compareTemplate(attr, value string) *template {
	return newTemplate(func(b *ber.Builder) {
		m := b.Begin(tagCompareRequest)
		b.String(ber.TagOctetString, markedDN)
		a := b.Begin(ber.TagSequence)
		b.String(ber.TagOctetString, attr)
		b.String(ber.TagOctetString, value)
		b.End(a)
		b.End(m)
	})
}

func appendBind(b *ber.Builder, dn, password string) {
	m := b.Begin(tagBindRequest)
	b.Int(ber.TagInteger, 3)
	b.String(ber.TagOctetString, dn)
	b.String(0x80, password)
	b.End(m)
}

// modifyTemplate replaces one attribute by one value.
func modifyTemplate(dn, attr, value string) *template {
	return newTemplate(func(b *ber.Builder) { appendModify(b, 2, dn, attr, value) })
}

// appendModify appends a modify of one change; 0 adds, 2 replaces.
func appendModify(b *ber.Builder, change int64, dn, attr, value string) {
	m := b.Begin(tagModifyRequest)
	b.String(ber.TagOctetString, dn)
	l := b.Begin(ber.TagSequence)
	c := b.Begin(ber.TagSequence)
	b.Enum(ber.TagEnumerated, change)
	appendPair(b, attr, value)
	b.End(c)
	b.End(l)
	b.End(m)
}

func appendPair(b *ber.Builder, attr string, values ...string) {
	a := b.Begin(ber.TagSequence)
	b.String(ber.TagOctetString, attr)
	s := b.Begin(ber.TagSet)
	for _, v := range values {
		b.String(ber.TagOctetString, v)
	}
	b.End(s)
	b.End(a)
}

// addedDN names the entry that the add rows make with a serial number.
func addedDN(serial string) string { return "uid=new" + serial + "," + people }

// addTemplate makes an entry with as many attributes as a person has.
func addTemplate() *template {
	return newTemplate(func(b *ber.Builder) {
		m := b.Begin(tagAddRequest)
		b.String(ber.TagOctetString, addedDN(serialMark))
		l := b.Begin(ber.TagSequence)
		appendPair(b, "objectClass", "top", "person", "organizationalPerson", "inetOrgPerson")
		appendPair(b, "uid", "new"+serialMark)
		appendPair(b, "cn", "New Person "+serialMark)
		appendPair(b, "sn", "Person")
		appendPair(b, "givenName", "New")
		appendPair(b, "mail", "new"+serialMark+"@example.com")
		appendPair(b, "telephoneNumber", "+49 30 "+serialMark)
		appendPair(b, "employeeNumber", serialMark)
		appendPair(b, "title", "Engineer")
		appendPair(b, "l", "Berlin")
		appendPair(b, "description", "Added by the benchmark")
		b.End(l)
		b.End(m)
	})
}

func serialText(n int) string { return fmt.Sprintf("%0*d", serialDigits, n) }
