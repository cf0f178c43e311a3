package entry

import (
	"bytes"

	"libslapi/server/wire"
)

// Diff gives the modifications that make one state of an entry into another,
// values octet by octet and in their order: what is gone is deleted, what is new
// at the end is added, anything else is replaced. Names are not compared.
func Diff(before, after *Entry) []wire.Change {
	var out []wire.Change
	for i := range before.Attrs {
		a := &before.Attrs[i]
		if after.same(a) == nil {
			out = append(out, wire.Change{Op: wire.ModDelete, Type: a.Desc})
		}
	}
	for i := range after.Attrs {
		b := &after.Attrs[i]
		a := before.same(b)
		if a == nil {
			out = append(out, wire.Change{Op: wire.ModAdd, Type: b.Desc, Values: b.Values})
			continue
		}
		out = append(out, diffValues(a, b)...)
	}
	return out
}

// same finds the attribute of e with the description of a.
func (e *Entry) same(a *Attr) *Attr {
	for i := range e.Attrs {
		x := &e.Attrs[i]
		if x.Type.Is(a.Type) && equalOptions(x.Options, a.Options) {
			return x
		}
	}
	return nil
}

func equalOptions(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func diffValues(a, b *Attr) []wire.Change {
	if equalLists(a.Values, b.Values) {
		return nil
	}
	replace := []wire.Change{{Op: wire.ModReplace, Type: b.Desc, Values: b.Values}}
	if len(a.Values) < 3 && len(b.Values) < 3 {
		return replace
	}
	have := make(map[string]bool, len(b.Values))
	for _, v := range b.Values {
		have[string(v)] = true
	}
	var kept, gone [][]byte
	for _, v := range a.Values {
		if have[string(v)] {
			kept = append(kept, v)
		} else {
			gone = append(gone, v)
		}
	}
	if len(kept) == 0 || len(kept) > len(b.Values) || !equalLists(kept, b.Values[:len(kept)]) || a.Type.Equality == nil {
		return replace // another order, or nothing left: one statement of all values is shorter
	}
	var out []wire.Change
	if len(gone) > 0 {
		out = append(out, wire.Change{Op: wire.ModDelete, Type: b.Desc, Values: gone})
	}
	if fresh := b.Values[len(kept):]; len(fresh) > 0 {
		out = append(out, wire.Change{Op: wire.ModAdd, Type: b.Desc, Values: fresh})
	}
	return out
}

func equalLists(a, b [][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}
