package entry

import (
	"encoding/binary"
	"errors"
)

// codecVersion is the first byte of an encoded entry. Version 1: the name in
// its two forms (the normal form's length plus one, 0 when it equals the
// pretty one), the number of attributes and of all values; then for each
// attribute its description, its number of values and the values. Numbers are
// unsigned varints, strings carry their length in front.
const codecVersion = 1

// ErrCorrupt is the error of Decode for bytes that Encode did not make.
var ErrCorrupt = errors.New("entry: damaged record")

// Encode appends the durable form of e to dst: name and attributes, not the ID.
// A database that keeps names elsewhere encodes an entry with a zero Name.
func (e *Entry) Encode(dst []byte) []byte {
	total := 0
	for i := range e.Attrs {
		total += len(e.Attrs[i].Values)
	}
	dst = append(dst, codecVersion)
	dst = appendString(dst, e.Name.Pretty)
	if e.Name.Norm == e.Name.Pretty {
		dst = append(dst, 0)
	} else {
		dst = binary.AppendUvarint(dst, uint64(len(e.Name.Norm))+1)
		dst = append(dst, e.Name.Norm...)
	}
	dst = binary.AppendUvarint(dst, uint64(len(e.Attrs)))
	dst = binary.AppendUvarint(dst, uint64(total))
	for i := range e.Attrs {
		a := &e.Attrs[i]
		dst = appendString(dst, a.Desc)
		dst = binary.AppendUvarint(dst, uint64(len(a.Values)))
		for _, v := range a.Values {
			dst = binary.AppendUvarint(dst, uint64(len(v)))
			dst = append(dst, v...)
		}
	}
	return dst
}

func appendString(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}
