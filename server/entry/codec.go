package entry

import (
	"encoding/binary"
	"errors"
	"strings"
	"unsafe"

	"libslapi/server/schema"
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

// Decode reads what Encode made. Attribute types come from s; one that s lacks
// becomes an Unknown type, so that a record outlives a change of schema. The
// bytes are copied once: b is not kept.
func Decode(b []byte, s *schema.Schema) (*Entry, error) {
	if len(b) == 0 || b[0] != codecVersion {
		return nil, ErrCorrupt
	}
	r := reader{left: append([]byte(nil), b[1:]...)}
	e := &Entry{}
	e.Name.Pretty = r.text(r.count(1))
	if n := r.count(1); n == 0 {
		e.Name.Norm = e.Name.Pretty
	} else {
		e.Name.Norm = r.text(n - 1)
	}
	// An attribute takes at least 2 bytes, a value 1: no count can ask for
	// much more memory than the record has.
	attrs, values := r.count(2), r.count(1)
	if r.bad {
		return nil, ErrCorrupt
	}
	e.Attrs = make([]Attr, attrs)
	all := make([][]byte, values)
	for i := range e.Attrs {
		a := &e.Attrs[i]
		desc := r.text(r.count(1))
		n := r.count(1)
		if r.bad || n == 0 || n > len(all) {
			return nil, ErrCorrupt
		}
		if err := a.describe(s, desc); err != nil {
			return nil, ErrCorrupt
		}
		a.Values, all = all[:n:n], all[n:]
		a.valid = true
		for j := range a.Values {
			a.Values[j] = r.bytes(r.count(1))
		}
	}
	if r.bad || len(r.left) != 0 || len(all) != 0 {
		return nil, ErrCorrupt
	}
	return e, nil
}

// describe sets the type, options and description of a from text.
func (a *Attr) describe(s *schema.Schema, desc string) error {
	a.Desc = desc
	if strings.IndexByte(desc, ';') < 0 {
		if t := s.AttributeType(desc); t != nil {
			a.Type = t
			return nil
		}
	}
	d, err := s.Describe(desc)
	a.Type, a.Options = d.Type, d.Options
	return err
}

// reader takes an encoded entry apart. Its error sticks.
type reader struct {
	left []byte
	bad  bool
}

// count reads a number of things that take at least size bytes each.
func (r *reader) count(size int) int {
	n, w := binary.Uvarint(r.left)
	if w <= 0 || n > uint64((len(r.left)-w)/size)+1 {
		r.bad = true
		return 0
	}
	r.left = r.left[w:]
	return int(n)
}

func (r *reader) bytes(n int) []byte {
	if r.bad || n > len(r.left) {
		r.bad = true
		return nil
	}
	b := r.left[:n:n]
	r.left = r.left[n:]
	return b
}

// text is bytes as a string over the same memory, which nobody writes to.
func (r *reader) text(n int) string {
	b := r.bytes(n)
	return unsafe.String(unsafe.SliceData(b), len(b))
}
