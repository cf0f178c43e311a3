package backend

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"libslapi/server/dn"
	"libslapi/server/entry"
)

// formatVersion is the version of the layout below. It only grows; a database
// of a newer version is refused.
const formatVersion = 1

// Tables of the store. Ids are 8 bytes, big-endian.
//
//	meta    name -> value: format, next (id), count (of entries), index state, x: values of the layers above
//	entry   id -> record: parent id, own name (pretty, norm), attributes
//	child   parent id, own normal name -> id
//	kids    id -> number of children (absent when 0)
//	i:...   one per attribute and kind of index: key, number of a chunk of ids -> chunk
//
// An entry's own name is its RDN, or the whole DN for one whose parent is not
// in the database (a suffix), whose parent id is 0.
var (
	tabMeta  = []byte("meta")
	tabEntry = []byte("entry")
	tabChild = []byte("child")
	tabKids  = []byte("kids")

	metaFormat = []byte("format")
	metaNext   = []byte("next")
	metaCount  = []byte("count")
)

const (
	metaUser  = "x:" // before the keys of SetMeta
	metaIndex = "i:" // before the table name of an index: its state
)

func idKey(id uint64) []byte { return binary.BigEndian.AppendUint64(nil, id) }

func getNumber(b []byte) uint64 {
	if len(b) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// longName is the length from which a child key holds a digest in the place of
// the name's end: the engine's keys are bounded, names are not.
const longName = 1024

func childKey(parent uint64, norm string) []byte {
	b := make([]byte, 0, 8+min(len(norm), longName+sha256.Size))
	b = binary.BigEndian.AppendUint64(b, parent)
	if len(norm) <= longName {
		return append(b, norm...)
	}
	sum := sha256.Sum256([]byte(norm))
	b = append(b, norm[:longName]...)
	return append(b, sum[:]...)
}

// record is the head of a stored entry.
type record struct {
	parent uint64
	own    dn.Name
	body   []byte // entry.Encode of the attributes, within the stored bytes
}

func (r *record) append(dst []byte, e *entry.Entry) []byte {
	dst = binary.BigEndian.AppendUint64(dst, r.parent)
	dst = binary.AppendUvarint(dst, uint64(len(r.own.Pretty)))
	dst = append(dst, r.own.Pretty...)
	if r.own.Norm == r.own.Pretty {
		dst = append(dst, 0)
	} else {
		dst = binary.AppendUvarint(dst, uint64(len(r.own.Norm))+1)
		dst = append(dst, r.own.Norm...)
	}
	bare := entry.Entry{Attrs: e.Attrs}
	return bare.Encode(dst)
}

// parentOf reads the parent id of a stored entry.
func parentOf(raw []byte) uint64 {
	if len(raw) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(raw)
}

// storedRecord is a stored entry cut into its parts, which lie in it.
type storedRecord struct {
	parent       uint64
	pretty, norm []byte // of the own name; norm is nil when it equals pretty
	body         []byte // entry.Encode of the attributes
}

// cutRecord takes a stored entry apart.
func cutRecord(id uint64, raw []byte) (r storedRecord, err error) {
	bad := func() (storedRecord, error) {
		return storedRecord{}, fmt.Errorf("backend: entry %d: damaged record", id)
	}
	if len(raw) < 10 {
		return bad()
	}
	r.parent = binary.BigEndian.Uint64(raw)
	raw = raw[8:]
	n, w := binary.Uvarint(raw)
	if w <= 0 || n > uint64(len(raw)-w) {
		return bad()
	}
	r.pretty = raw[w : w+int(n)]
	raw = raw[w+int(n):]
	n, w = binary.Uvarint(raw)
	if w <= 0 || n > uint64(len(raw)-w)+1 {
		return bad()
	}
	raw = raw[w:]
	if n > 0 {
		r.norm = raw[: n-1 : n-1]
		raw = raw[n-1:]
	}
	r.body = raw
	return r, nil
}

// name is the full name of the entry below parent.
func (r *storedRecord) name(parent dn.Name) dn.Name {
	if parent.IsRoot() {
		n := dn.Name{Pretty: string(r.pretty)}
		if n.Norm = n.Pretty; r.norm != nil {
			n.Norm = string(r.norm)
		}
		return n
	}
	n := dn.Name{Pretty: string(r.pretty) + "," + parent.Pretty}
	switch {
	case r.norm != nil:
		n.Norm = string(r.norm) + "," + parent.Norm
	case parent.Norm == parent.Pretty:
		n.Norm = n.Pretty
	default:
		n.Norm = string(r.pretty) + "," + parent.Norm
	}
	return n
}

func readRecord(id uint64, raw []byte) (record, error) {
	r, err := cutRecord(id, raw)
	if err != nil {
		return record{}, err
	}
	return record{parent: r.parent, own: r.name(dn.Name{}), body: r.body}, nil
}

// join puts an own name under its parent's.
func join(own, parent dn.Name) dn.Name {
	if parent.IsRoot() {
		return own
	}
	n := dn.Name{Pretty: own.Pretty + "," + parent.Pretty}
	if own.Norm == own.Pretty && parent.Norm == parent.Pretty {
		n.Norm = n.Pretty
	} else {
		n.Norm = own.Norm + "," + parent.Norm
	}
	return n
}

// Encoding of index keys of variable length, so that they sort like the values
// they stand for and none is the beginning of another: a zero octet is
// written 00 FF, the end 00 01; of a long value only the beginning is kept,
// then 00 02 and a digest.
const (
	longKey   = 128
	digestLen = 16
)

func appendKey(dst, v []byte) []byte {
	long := len(v) > longKey
	head := v
	if long {
		head = v[:longKey]
	}
	for _, b := range head {
		dst = append(dst, b)
		if b == 0 {
			dst = append(dst, 0xff)
		}
	}
	if !long {
		return append(dst, 0, 1)
	}
	sum := sha256.Sum256(v)
	dst = append(dst, 0, 2)
	return append(dst, sum[:digestLen]...)
}

// appendLow and appendHigh are the bounds of a scan for the keys of values
// from v on, and up to v: every key that may stand for such a value is at or
// above the low, or below the high bound.
func appendLow(dst, v []byte) []byte {
	if len(v) <= longKey {
		return appendKey(dst, v)
	}
	b := appendKey(dst, v)
	return b[:len(b)-digestLen]
}

func appendHigh(dst, v []byte) []byte {
	b := appendLow(dst, v)
	b[len(b)-1]++ // the last octet is the mark 1 or 2
	return b
}

// A chunk number closes an index key: 6 octets.
const chunkNoLen = 6

func appendChunkNo(dst []byte, no uint64) []byte {
	return append(dst, byte(no>>40), byte(no>>32), byte(no>>24), byte(no>>16), byte(no>>8), byte(no))
}

func chunkNo(key []byte) uint64 {
	var b [8]byte
	copy(b[2:], key[len(key)-chunkNoLen:])
	return binary.BigEndian.Uint64(b[:])
}
