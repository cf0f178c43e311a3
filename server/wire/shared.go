package wire

import "libslapi/server/ber"

// EncodeSearchEntry gives the protocolOp of a SearchResultEntry without the
// message around it, for an entry that goes to many clients.
func EncodeSearchEntry(dn string, attrs []Attribute) []byte {
	list := 0
	for i := range attrs {
		list += ber.Size(attributeSize(&attrs[i]))
	}
	n := ber.Size(len(dn)) + ber.Size(list)
	dst := ber.AppendHeader(make([]byte, 0, ber.Size(n)), TagSearchResultEntry, n)
	dst = ber.AppendHeader(dst, ber.TagOctetString, len(dn))
	dst = append(dst, dn...)
	dst = ber.AppendHeader(dst, ber.TagSequence, list)
	for i := range attrs {
		dst = AppendAttribute(dst, &attrs[i])
	}
	return dst
}

// AppendEncoded appends a message with a protocolOp that is encoded already.
func AppendEncoded(dst []byte, msgID int32, op []byte, controls []Control) []byte {
	var tail ber.Builder
	if len(controls) > 0 {
		appendControls(&tail, controls)
	}
	dst = ber.AppendHeader(dst, ber.TagSequence, ber.IntSize(int64(msgID))+len(op)+tail.Len())
	dst = ber.AppendInt(dst, ber.TagInteger, int64(msgID))
	dst = append(dst, op...)
	return append(dst, tail.Bytes()...)
}

// EntryEncoder makes the protocolOp of one SearchResultEntry after another in
// the same memory, attribute by attribute. The zero EntryEncoder is ready for
// Begin.
type EntryEncoder struct {
	buf   []byte
	dn    string
	start int // of the first attribute
}

// entryHeads is room for the headers of the protocolOp, the name and the list.
const entryHeads = 3 * 10

// Begin starts an entry.
func (w *EntryEncoder) Begin(dn string) {
	w.dn, w.start = dn, entryHeads+len(dn)
	if cap(w.buf) < w.start {
		w.buf = make([]byte, w.start, 2*w.start+512)
	}
	w.buf = w.buf[:w.start]
}

// Add appends an attribute, whose type and values are copied.
func (w *EntryEncoder) Add(typ string, values [][]byte) {
	a := Attribute{Type: typ, Values: values}
	w.buf = AppendAttribute(w.buf, &a)
}

// End gives the protocolOp, which is good until the next Begin.
func (w *EntryEncoder) End() []byte {
	list := len(w.buf) - w.start
	n := ber.Size(len(w.dn)) + ber.Size(list)
	at := w.start - (ber.Size(n) - list) // the heads end where the attributes begin
	head := ber.AppendHeader(w.buf[at:at], TagSearchResultEntry, n)
	head = ber.AppendHeader(head, ber.TagOctetString, len(w.dn))
	head = append(head, w.dn...)
	ber.AppendHeader(head, ber.TagSequence, list)
	w.dn = ""
	return w.buf[at:]
}

// Cap is the memory that the EntryEncoder keeps, in octets.
func (w *EntryEncoder) Cap() int { return cap(w.buf) }
