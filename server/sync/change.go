package sync

import (
	"encoding/binary"
	"encoding/hex"
	"strings"

	"libslapi/server/entry"
)

// UUID names an entry for its life (RFC 4530).
type UUID [16]byte

// EntryUUID gives the UUID of an entry: entryUUID, else 389's nsUniqueId, which
// is one in another grouping, else a number made from the entry's id.
func EntryUUID(e *entry.Entry) (id UUID) {
	for _, name := range [...]string{"entryUUID", "nsUniqueId"} {
		if id, ok := ParseUUID(e.First(name)); ok {
			return id
		}
	}
	id = UUID{0: 0x4c, 6: 0x80, 8: 0x80} // version 8: of the maker's choice
	copy(id[1:], "ID")
	n := binary.BigEndian.AppendUint64(nil, e.ID)
	copy(id[9:], n[1:])
	return id
}

// ParseUUID reads 32 hexadecimal digits with hyphens anywhere.
func ParseUUID(s string) (id UUID, ok bool) {
	if len(s) > 40 {
		return id, false
	}
	b, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(b) != 16 {
		return id, false
	}
	copy(id[:], b)
	return id, true
}

// EntryCSN gives the CSN of an entry's last change; the zero CSN when it
// carries none.
func EntryCSN(e *entry.Entry) CSN {
	c, err := ParseCSN(e.First("entryCSN"))
	if err != nil {
		return CSN{}
	}
	return c
}

// Change is what one transaction did to one entry.
type Change struct {
	ID            uint64 // of the entry in its database
	UUID          UUID
	CSN           CSN
	Before, After *entry.Entry // nil: was not there, is not there any more
	Subtree       bool         // renamed with entries below it
	// Parent is the UUID of the entry above, when the change was made; only where
	// there are several providers.
	Parent UUID
}

// NewChange makes the Change of one update. Exactly one of before and after
// may be nil.
func NewChange(before, after *entry.Entry, c CSN, subtree bool) Change {
	e := after
	if e == nil {
		e = before
	}
	return Change{ID: e.ID, UUID: EntryUUID(e), CSN: c, Before: before, After: after, Subtree: subtree}
}

// Renamed tells whether the entry has another name than before.
func (c *Change) Renamed() bool {
	return c.Before != nil && c.After != nil && c.Before.Name.Norm != c.After.Name.Norm
}

// Combine makes one Change of all those of an entry, in the order of the last
// of each: what a transaction came to. An entry that came and went is left out.
func Combine(list []Change) []Change {
	if len(list) < 2 {
		return list
	}
	last := make(map[uint64]int, len(list))
	for i := range list {
		last[list[i].ID] = i
	}
	first := make(map[uint64]Change, len(list))
	out := make([]Change, 0, len(last))
	for i := range list {
		c := list[i]
		if f, ok := first[c.ID]; ok {
			c.Before, c.Subtree = f.Before, c.Subtree || f.Subtree
		}
		first[c.ID] = c
		if last[c.ID] == i && (c.Before != nil || c.After != nil) {
			out = append(out, c)
		}
	}
	return out
}
