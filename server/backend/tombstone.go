package backend

import (
	"bytes"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
)

// Tombstones are deleted entries that are kept for those who follow changes, as
// ns-slapd keeps them: an entry of class nsTombstone under the name that it had,
// with an RDN of its unique id before it. The two RDNs are one step below the
// parent, which does not count the tombstone among its children. Only searches
// whose filter names the class are to show them; that is the pipeline's.

// tombstoneRDN is how the normal form of a tombstone's name begins.
const tombstoneRDN = "nsuniqueid="

// isTombstone tells whether an entry is to be stored as a tombstone.
func isTombstone(e *entry.Entry) bool {
	return strings.HasPrefix(e.Name.Norm, tombstoneRDN) && e.IsClass("nsTombstone")
}

// buried tells whether the own part of a name is a tombstone's: two RDNs.
func buried(own string) bool {
	return strings.HasPrefix(own, tombstoneRDN) && len(dn.RDNNorm(own)) < len(own)
}

// ownOfTombstone is the own part of a tombstone's name.
func ownOfTombstone(norm string) string {
	first := dn.RDNNorm(norm)
	if len(first) == len(norm) {
		return norm
	}
	return first + "," + dn.RDNNorm(norm[len(first)+1:])
}

// exhume deletes the tombstones below an entry that is deleted itself.
func (t *txn) exhume(id uint64) error {
	var below []uint64
	start := idKey(id)
	err := t.r.Scan(tabChild, start, func(k, val []byte) bool {
		if !bytes.HasPrefix(k, start) {
			return false
		}
		below = append(below, getNumber(val))
		return true
	})
	if err != nil {
		return err
	}
	for _, b := range below {
		e, err := t.entry(b, false)
		if err != nil || e == nil {
			return err
		}
		if err := t.Delete(e); err != nil {
			return err
		}
	}
	return nil
}
