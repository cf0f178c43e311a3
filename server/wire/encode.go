package wire

import "libslapi/server/ber"

// NoticeOfDisconnection is the responseName of RFC 4511 section 4.4.1.
const NoticeOfDisconnection = "1.3.6.1.4.1.1466.20036"

// begin starts a message; the marks are for end.
func begin(dst []byte, msgID int32, tag int) (b ber.Builder, message, op int) {
	b = ber.NewBuilder(dst)
	message = b.Begin(ber.TagSequence)
	b.Int(ber.TagInteger, int64(msgID))
	op = b.Begin(tag)
	return b, message, op
}

func end(b *ber.Builder, message, op int, controls []Control) []byte {
	b.End(op)
	if len(controls) > 0 {
		appendControls(b, controls)
	}
	b.End(message)
	return b.Bytes()
}

func appendControls(b *ber.Builder, controls []Control) {
	list := b.Begin(0xa0)
	for i := range controls {
		c := &controls[i]
		m := b.Begin(ber.TagSequence)
		b.String(ber.TagOctetString, c.OID)
		if c.Critical { // DEFAULT FALSE is left out
			b.Bool(ber.TagBoolean, true)
		}
		if c.HasValue {
			b.OctetString(ber.TagOctetString, c.Value)
		}
		b.End(m)
	}
	b.End(list)
}

// appendResult appends the components of LDAPResult (RFC 4511 section 4.1.9).
func appendResult(b *ber.Builder, r *Result) {
	b.Enum(ber.TagEnumerated, int64(r.Code))
	b.String(ber.TagOctetString, r.MatchedDN)
	b.String(ber.TagOctetString, r.Text)
	if len(r.Referrals) > 0 {
		m := b.Begin(0xa3)
		for _, u := range r.Referrals {
			b.String(ber.TagOctetString, u)
		}
		b.End(m)
	}
}

// AppendResult appends a response that is an LDAPResult and nothing more:
// tag is TagSearchResultDone, TagModifyResponse, TagAddResponse,
// TagDelResponse, TagModifyDNResponse or TagCompareResponse.
func AppendResult(dst []byte, msgID int32, tag int, r *Result, controls []Control) []byte {
	b, message, op := begin(dst, msgID, tag)
	appendResult(&b, r)
	return end(&b, message, op, controls)
}

// AppendBindResponse appends a BindResponse; has tells whether it carries
// serverSaslCreds.
func AppendBindResponse(dst []byte, msgID int32, r *Result, serverCreds []byte, has bool, controls []Control) []byte {
	b, message, op := begin(dst, msgID, TagBindResponse)
	appendResult(&b, r)
	if has {
		b.OctetString(0x87, serverCreds)
	}
	return end(&b, message, op, controls)
}

// AppendExtendedResponse appends an ExtendedResponse. oid "" leaves out the
// responseName; has tells whether there is a responseValue.
func AppendExtendedResponse(dst []byte, msgID int32, r *Result, oid string, value []byte, has bool, controls []Control) []byte {
	b, message, op := begin(dst, msgID, TagExtendedResponse)
	appendResult(&b, r)
	if oid != "" {
		b.String(0x8a, oid)
	}
	if has {
		b.OctetString(0x8b, value)
	}
	return end(&b, message, op, controls)
}

// AppendReference appends a SearchResultReference.
func AppendReference(dst []byte, msgID int32, urls []string, controls []Control) []byte {
	b, message, op := begin(dst, msgID, TagSearchResultReference)
	for _, u := range urls {
		b.String(ber.TagOctetString, u)
	}
	return end(&b, message, op, controls)
}

// AppendIntermediate appends an IntermediateResponse (RFC 4511 section 4.13).
func AppendIntermediate(dst []byte, msgID int32, oid string, value []byte, has bool, controls []Control) []byte {
	b, message, op := begin(dst, msgID, TagIntermediateResponse)
	if oid != "" {
		b.String(0x80, oid)
	}
	if has {
		b.OctetString(0x81, value)
	}
	return end(&b, message, op, controls)
}

// AppendSearchEntry appends a SearchResultEntry. It works the lengths out
// first and so moves nothing: this is the encoder that large answers go through.
func AppendSearchEntry(dst []byte, msgID int32, dn string, attrs []Attribute, controls []Control) []byte {
	list := 0
	for i := range attrs {
		list += ber.Size(attributeSize(&attrs[i]))
	}
	op := ber.Size(len(dn)) + ber.Size(list)
	var tail ber.Builder
	if len(controls) > 0 {
		appendControls(&tail, controls)
	}
	dst = ber.AppendHeader(dst, ber.TagSequence, ber.IntSize(int64(msgID))+ber.Size(op)+tail.Len())
	dst = ber.AppendInt(dst, ber.TagInteger, int64(msgID))
	dst = ber.AppendHeader(dst, TagSearchResultEntry, op)
	dst = ber.AppendHeader(dst, ber.TagOctetString, len(dn))
	dst = append(dst, dn...)
	dst = ber.AppendHeader(dst, ber.TagSequence, list)
	for i := range attrs {
		dst = AppendAttribute(dst, &attrs[i])
	}
	return append(dst, tail.Bytes()...)
}

// AppendAttribute appends one PartialAttribute.
func AppendAttribute(dst []byte, a *Attribute) []byte {
	set := valuesSize(a)
	dst = ber.AppendHeader(dst, ber.TagSequence, ber.Size(len(a.Type))+ber.Size(set))
	dst = ber.AppendHeader(dst, ber.TagOctetString, len(a.Type))
	dst = append(dst, a.Type...)
	dst = ber.AppendHeader(dst, ber.TagSet, set)
	for _, v := range a.Values {
		dst = ber.AppendHeader(dst, ber.TagOctetString, len(v))
		dst = append(dst, v...)
	}
	return dst
}

func attributeSize(a *Attribute) int {
	return ber.Size(len(a.Type)) + ber.Size(valuesSize(a))
}

func valuesSize(a *Attribute) int {
	n := 0
	for _, v := range a.Values {
		n += ber.Size(len(v))
	}
	return n
}
