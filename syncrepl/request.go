package syncrepl

import (
	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// Mode says whether the client stays after the refresh.
type Mode int

// The modes of RFC 4533 section 2.2.
const (
	RefreshOnly       Mode = 1
	RefreshAndPersist Mode = 3
)

func octets[T string | []byte](v T) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, string(v), "")
}

func sequence(children ...*ber.Packet) *ber.Packet {
	p := ber.NewSequence("")
	for _, c := range children {
		p.AppendChild(c)
	}
	return p
}

func enumerated(n int) *ber.Packet {
	return ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagEnumerated, n, "")
}

func integer(n int64) *ber.Packet {
	return ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, n, "")
}

func boolean(v bool) *ber.Packet {
	return ber.NewBoolean(ber.ClassUniversal, ber.TypePrimitive, ber.TagBoolean, v, "")
}

func control(oid string, critical bool, value *ber.Packet) *ber.Packet {
	c := sequence(octets(oid))
	if critical {
		c.AppendChild(boolean(true))
	}
	if value != nil {
		c.AppendChild(octets(value.Bytes()))
	}
	return c
}

// searchRequest encodes the search with its Sync Request control (RFC 4533
// section 2.2), which is critical: a server that does not know it must refuse.
func searchRequest(id int64, s Search, mode Mode, cookie string, reloadHint, manageDsaIT bool) ([]byte, error) {
	filter, err := ldap.CompileFilter(s.filter())
	if err != nil {
		return nil, err
	}
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationSearchRequest, nil, "")
	op.AppendChild(octets(s.Base))
	op.AppendChild(enumerated(s.Scope.wire()))
	op.AppendChild(enumerated(ldap.NeverDerefAliases)) // RFC 4533 section 3.3 allows nothing else in searching
	op.AppendChild(integer(0))
	op.AppendChild(integer(0))
	op.AppendChild(boolean(false))
	op.AppendChild(filter)
	attrs := sequence()
	for _, a := range s.Attributes {
		attrs.AppendChild(octets(a))
	}
	op.AppendChild(attrs)

	value := sequence(enumerated(int(mode)))
	if cookie != "" {
		value.AppendChild(octets(cookie))
	}
	if reloadHint {
		value.AppendChild(boolean(true))
	}
	controls := ber.Encode(ber.ClassContext, ber.TypeConstructed, 0, nil, "")
	controls.AppendChild(control(oidSyncRequest, true, value))
	if manageDsaIT {
		controls.AppendChild(control(oidManageDsaIT, true, nil))
	}
	return sequence(integer(id), op, controls).Bytes(), nil
}

// cancelRequest encodes the Cancel operation (RFC 3909) for the search.
func cancelRequest(id, searchID int64) []byte {
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationExtendedRequest, nil, "")
	op.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, oidCancel, ""))
	op.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 1, string(sequence(integer(searchID)).Bytes()), ""))
	return sequence(integer(id), op).Bytes()
}

// startTLSRequest encodes StartTLS (RFC 4511 section 4.14).
func startTLSRequest(id int64) []byte {
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationExtendedRequest, nil, "")
	op.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, "1.3.6.1.4.1.1466.20037", ""))
	return sequence(integer(id), op).Bytes()
}
