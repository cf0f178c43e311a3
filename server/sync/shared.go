package sync

import (
	"encoding/binary"
	"errors"

	"libslapi/server/backend"
	"libslapi/server/entry"
	"libslapi/server/schema"
)

// A database that several servers change carries what happened from one to the
// others: each transaction announces its changes with its commit, and every
// server hears of all transactions, its own among them, in the order of the
// commits. A batch of this server does not go to the watchers by itself: it
// would come before earlier ones of other servers, whose CSNs its context has.

// ErrLost ends watchers when changes of other servers may have been missed.
var ErrLost = errors.New("changes were lost")

// Share makes the provider follow a shared database, from now on until that is
// closed. To call it again changes nothing.
func (p *Provider) Share(s backend.Shared, sch func() *schema.Schema) {
	if p.shares.Swap(true) {
		return
	}
	cut := func(why error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.cutAll(why)
	}
	s.Follow(func(generation uint64, payloads [][]byte) {
		if p.Watchers() == 0 {
			return // who comes now reads a state that has it
		}
		for _, payload := range payloads {
			b, err := decodeBatch(payload, sch())
			if err != nil {
				cut(err)
				return
			}
			b.Generation = generation
			p.Enter(b).Settle(true)
		}
	}, func() { cut(ErrLost) })
}

const batchVersion = 2

func appendBytes(dst, b []byte) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(b))), b...)
}

// encodeBatch makes the payload of a transaction.
func encodeBatch(b *Batch) []byte {
	dst := []byte{batchVersion}
	dst = appendBytes(dst, []byte(b.Before.String()))
	dst = appendBytes(dst, []byte(b.Context.String()))
	dst = binary.AppendUvarint(dst, uint64(len(b.Changes)))
	for i := range b.Changes {
		c := &b.Changes[i]
		subtree := byte(0)
		if c.Subtree {
			subtree = 1
		}
		dst = append(dst, subtree)
		dst = binary.AppendUvarint(dst, c.ID)
		dst = append(dst, c.UUID[:]...)
		csn := ""
		if !c.CSN.IsZero() {
			csn = c.CSN.String()
		}
		dst = appendBytes(dst, []byte(csn))
		for _, e := range []*entry.Entry{c.Before, c.After} {
			var raw []byte
			if e != nil {
				raw = e.Encode(nil)
			}
			dst = appendBytes(dst, raw)
		}
	}
	return dst
}

var errBatch = errors.New("damaged announcement of changes")

// decodeBatch reads what encodeBatch made. Lengths are checked: another server
// may have another version.
func decodeBatch(raw []byte, sch *schema.Schema) (*Batch, error) {
	ok := true
	number := func() uint64 {
		n, size := binary.Uvarint(raw)
		if size <= 0 {
			ok = false
			return 0
		}
		raw = raw[size:]
		return n
	}
	octets := func(n uint64) []byte {
		if n > uint64(len(raw)) {
			ok = false
			return nil
		}
		b := raw[:n]
		raw = raw[n:]
		return b
	}
	if v := octets(1); !ok || v[0] != batchVersion {
		return nil, errBatch
	}
	before, err := ParseVector(string(octets(number())))
	if err != nil || !ok {
		return nil, errBatch
	}
	context, err := ParseVector(string(octets(number())))
	if err != nil || !ok {
		return nil, errBatch
	}
	b := &Batch{Before: before, Context: context}
	n := number()
	for i := uint64(0); ok && i < n; i++ {
		var c Change
		if s := octets(1); ok {
			c.Subtree = s[0] == 1
		}
		c.ID = number()
		copy(c.UUID[:], octets(16))
		if text := octets(number()); ok && len(text) > 0 {
			if c.CSN, err = ParseCSN(string(text)); err != nil {
				return nil, errBatch
			}
		}
		for _, to := range []**entry.Entry{&c.Before, &c.After} {
			if e := octets(number()); ok && len(e) > 0 {
				if *to, err = entry.Decode(e, sch); err != nil {
					return nil, err
				}
				(*to).ID = c.ID
			}
		}
		b.Changes = append(b.Changes, c)
	}
	if !ok || len(raw) > 0 {
		return nil, errBatch
	}
	b.order()
	return b, nil
}
