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
