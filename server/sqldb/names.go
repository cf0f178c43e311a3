package sqldb

import (
	"bytes"
	"crypto/sha256"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/entry"
)

// A path is a normal name from the root down, each step followed by a zero
// octet, which normal names escape: what is below an entry has its path as a
// prefix.

// prefixLen is how much of a path is indexed: an index key is bounded.
const prefixLen = 400

func digest(norm string) []byte {
	d := sha256.Sum256([]byte(norm))
	return d[:]
}

// pathOf makes the path of a normal name.
func pathOf(norm string) []byte {
	if norm == "" {
		return nil
	}
	b := make([]byte, len(norm)+1)
	at := len(b)
	for rest := norm; rest != ""; rest = dn.ParentNorm(rest) {
		own := dn.RDNNorm(rest)
		at -= len(own) + 1
		if at < 0 {
			break
		}
		// The steps come leaf first: what is filled from the end is the leaf.
		copy(b[at:], own)
		b[at+len(own)] = 0
	}
	return b
}

// normOf is the name of a path.
func normOf(path []byte) string {
	var b strings.Builder
	b.Grow(len(path))
	for len(path) > 0 {
		path = path[:len(path)-1]
		at := bytes.LastIndexByte(path, 0) + 1
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.Write(path[at:])
		path = path[:at]
	}
	return b.String()
}

func prefixOf(path []byte) []byte { return path[:min(len(path), prefixLen)] }

// after gives the smallest path that is greater than a path and all below it.
func after(path []byte) []byte {
	b := bytes.Clone(path)
	b[len(b)-1] = 1
	return b
}

// tombstone tells whether an entry is kept as a deleted one (ns-slapd's), under
// an RDN of its unique id before its name.
func tombstone(e *entry.Entry) bool {
	return strings.HasPrefix(e.Name.Norm, "nsuniqueid=") && e.IsClass("nsTombstone")
}

// above gives the normal name of an entry's parent.
func above(e *entry.Entry) string {
	up := dn.ParentNorm(e.Name.Norm)
	if tombstone(e) {
		up = dn.ParentNorm(up)
	}
	return up
}
