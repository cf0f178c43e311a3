package syncrepl

import (
	"context"
	"encoding/binary"
	"strconv"
)

// Outbox carries messages out of the transaction: Put stores a message with the
// record, and once both are committed the message is delivered and removed. So a
// queue, a pipe or another server hears of every change that the copy has seen
// and of none that was rolled back, in order, each at least once; after a crash
// the last batch may be delivered again, before anything new.
//
// A Handler embeds it, or passes Committed on:
//
//	type handler struct {
//		syncrepl.Base
//		*syncrepl.Outbox
//	}
//	func (h handler) Add(tx syncrepl.Tx, e *syncrepl.Entry) error { return h.Put(tx, encode(e)) }
//
// Without it a callback that sends something itself may, if the program dies
// before the commit, have told of an entry that the copy never knew, and whose
// delete is then never told.
type Outbox struct {
	// Deliver takes one message. An error ends the run; the message stays, and
	// is the first of the next run.
	Deliver func(ctx context.Context, message []byte) error
}

var _ CommitHandler = (*Outbox)(nil)

// Keys of the outbox among the caller's values.
const (
	outboxHead = "syncrepl.outbox.head" // number of the first message
	outboxTail = "syncrepl.outbox.tail" // number after the last
	outboxItem = "syncrepl.outbox."
)

func outboxNumber(tx Tx, key string) (uint64, error) {
	v, err := tx.Value(key)
	if err != nil || len(v) != 8 {
		return 0, err
	}
	return binary.BigEndian.Uint64(v), nil
}

func setOutboxNumber(tx Tx, key string, n uint64) error {
	return tx.SetValue(key, binary.BigEndian.AppendUint64(nil, n))
}

// Put stores a message in the transaction.
func (o *Outbox) Put(tx Tx, message []byte) error {
	n, err := outboxNumber(tx, outboxTail)
	if err != nil {
		return err
	}
	if err := tx.SetValue(outboxItem+strconv.FormatUint(n, 10), append([]byte{}, message...)); err != nil {
		return err
	}
	return setOutboxNumber(tx, outboxTail, n+1)
}

// Committed delivers what is stored.
func (o *Outbox) Committed(ctx context.Context, access Access) error {
	var messages [][]byte
	var head uint64
	err := access.View(func(tx Tx) error {
		var err error
		if head, err = outboxNumber(tx, outboxHead); err != nil {
			return err
		}
		tail, err := outboxNumber(tx, outboxTail)
		for n := head; err == nil && n < tail; n++ {
			var m []byte
			m, err = tx.Value(outboxItem + strconv.FormatUint(n, 10))
			messages = append(messages, m)
		}
		return err
	})
	if err != nil || len(messages) == 0 {
		return err
	}
	delivered := 0
	var failed error
	for _, m := range messages {
		if failed = o.Deliver(ctx, m); failed != nil {
			break
		}
		delivered++
	}
	err = access.Update(func(tx Tx) error {
		for n := head; n < head+uint64(delivered); n++ {
			if err := tx.SetValue(outboxItem+strconv.FormatUint(n, 10), nil); err != nil {
				return err
			}
		}
		return setOutboxNumber(tx, outboxHead, head+uint64(delivered))
	})
	if failed != nil {
		return failed
	}
	return err
}
