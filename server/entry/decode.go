package entry

import (
	"encoding/binary"
	"strings"
	"unsafe"

	"libslapi/server/schema"
)

// Decode reads what Encode made. Attribute types come from s; one that s lacks
// becomes an Unknown type, so that a record outlives a change of schema. The
// bytes are copied once: b is not kept.
func Decode(b []byte, s *schema.Schema) (*Entry, error) {
	if len(b) == 0 || b[0] != codecVersion {
		return nil, ErrCorrupt
	}
	var d Scratch
	if err := d.read(append([]byte(nil), b[1:]...), s); err != nil {
		return nil, err
	}
	e := d.e
	return &e, nil
}

// Scratch decodes one record after another into the same memory, for scans
// that look at many entries and keep few.
type Scratch struct {
	// Want, when not nil, tells which types of attributes are of interest:
	// entries may be decoded without the others. It is not asked for every
	// entry, so it must always say the same.
	Want func(t *schema.AttributeType) bool

	e      Entry
	attrs  []Attr
	values [][]byte
	known  *shape // of the entry before
	wanted []bool // its attributes that are of interest
}

// Decode reads what Encode made, as the function of this name does. The entry
// lies in b and in the Scratch: it is good until either is used again, and must
// not be kept, nor anything of it.
func (d *Scratch) Decode(b []byte, s *schema.Schema) (*Entry, error) {
	if len(b) == 0 || b[0] != codecVersion {
		return nil, ErrCorrupt
	}
	if err := d.read(b[1:], s); err != nil {
		return nil, err
	}
	return &d.e, nil
}

// read takes a record without its first byte apart; the entry lies in it.
func (d *Scratch) read(b []byte, s *schema.Schema) error {
	r := reader{left: b}
	d.e = Entry{}
	d.e.Name.Pretty = r.text(r.count(1))
	if n := r.count(1); n == 0 {
		d.e.Name.Norm = d.e.Name.Pretty
	} else {
		d.e.Name.Norm = r.text(n - 1)
	}
	// An attribute takes at least 2 bytes, a value 1: no count can ask for
	// much more memory than the record has.
	attrs, values := r.count(2), r.count(1)
	if r.bad {
		return ErrCorrupt
	}
	d.attrs, d.values = resized(d.attrs, attrs), resized(d.values, values)
	all := d.values
	known := recall(s, attrs, values)
	if d.Want != nil && known != nil && known != d.known {
		d.choose(known)
	}
	fits := true // known describes this entry so far
	k := 0
	for i := range attrs {
		desc := r.text(r.count(1))
		n := r.count(1)
		if r.bad || n == 0 || n > len(all) {
			return ErrCorrupt
		}
		a := &d.attrs[k]
		if known != nil && i < len(known.attrs) && known.attrs[i].Desc == desc {
			if d.Want != nil && !d.wanted[i] {
				for range n {
					r.bytes(r.count(1))
				}
				all = all[n:]
				continue
			}
			*a = known.attrs[i]
		} else {
			fits = false
			*a = Attr{valid: true}
			if err := a.describe(s, strings.Clone(desc)); err != nil {
				return ErrCorrupt
			}
		}
		a.Values, all = all[:n:n], all[n:]
		for j := range a.Values {
			a.Values[j] = r.bytes(r.count(1))
		}
		if d.Want == nil || d.Want(a.Type) {
			k++
		}
	}
	if r.bad || len(r.left) != 0 || len(all) != 0 {
		return ErrCorrupt
	}
	d.e.Attrs = d.attrs[:k]
	switch {
	case fits:
	case d.Want == nil:
		remember(s, d.attrs, values)
	default: // once more as a whole, to be remembered
		want := d.Want
		d.Want = nil
		err := d.read(b, s)
		d.Want = want
		return err
	}
	return nil
}

// choose works out which attributes of a shape are of interest.
func (d *Scratch) choose(known *shape) {
	d.known = known
	d.wanted = d.wanted[:0]
	for i := range known.attrs {
		d.wanted = append(d.wanted, d.Want(known.attrs[i].Type))
	}
}

// resized gives a slice of n elements, in the memory of list if there is room.
func resized[T any](list []T, n int) []T {
	if n > cap(list) {
		return make([]T, n)
	}
	return list[:n]
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
	if len(r.left) > 0 && r.left[0] < 0x80 {
		if n := int(r.left[0]); n*size < len(r.left)+size {
			r.left = r.left[1:]
			return n
		}
		r.bad = true
		return 0
	}
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
