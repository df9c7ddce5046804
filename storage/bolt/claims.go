package bolt

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

// claim is a Claim with its branches encoded.
type claim struct {
	*bot.Claim
	branch map[bot.Outcome]effects
}

func (p *prepared) encodeClaim(c *bot.Claim) (*claim, error) {
	if c.Event == "" || c.Holder == "" || len(c.Event)+len(c.Holder) > maxID || c.Seats < 0 {
		return nil, fmt.Errorf("%w: a claim without event or holder", bot.ErrInvalid)
	}
	out := &claim{Claim: c, branch: map[bot.Outcome]effects{}}
	for outcome, br := range c.Branch {
		e, err := p.encode(br)
		if err != nil {
			return nil, err
		}
		out.branch[outcome] = e
	}
	return out, nil
}

func claimsKey(event string) []byte { return appendPart([]byte{'e'}, event) }

func holderKey(event, holder string) []byte {
	return append(appendPart([]byte{'c'}, event), holder...)
}

// waitingKey has places in their order, so that the first key of an event is who moves
// up next.
func waitingKey(event string, place uint64) []byte {
	return appendUint64(appendPart([]byte{'w'}, event), place)
}

// held is an event's row: how many hold a seat, how many wait, and the next place on
// the list. Places are never used again, so that the order stays when somebody leaves.
type held struct{ granted, waiting, next uint64 }

func (h held) encode() []byte {
	return binary.AppendUvarint(binary.AppendUvarint(binary.AppendUvarint(nil, h.granted), h.waiting), h.next)
}

func heldOf(bucket *bbolt.Bucket, event string) (held, error) {
	row := bucket.Get(claimsKey(event))
	if row == nil {
		return held{next: 1}, nil
	}
	var h held
	var err error
	for _, n := range []*uint64{&h.granted, &h.waiting, &h.next} {
		if *n, row, err = cutUvarint(row); err != nil {
			return held{}, err
		}
	}
	return h, nil
}

// claim decides about a seat. A holder's row is 0 for a granted seat, else the place
// on the waiting list; the position is how many stand there up to and with it.
func (b *batch) claim(c *claim) (bot.Outcome, int, error) {
	bucket := b.tx.Bucket(bucketClaims)
	key := holderKey(c.Event, c.Holder)
	if row := bucket.Get(key); row != nil {
		place, _, err := cutUvarint(row)
		if err != nil || place == 0 {
			return bot.Already, 0, err
		}
		return bot.Already, position(bucket, c.Event, place), nil
	}
	if c.Closed {
		return bot.Closed, 0, nil
	}
	h, err := heldOf(bucket, c.Event)
	if err != nil {
		return 0, 0, err
	}
	outcome, place := bot.Granted, uint64(0)
	if h.granted < uint64(c.Seats) && !c.Reserve {
		h.granted++
	} else {
		outcome, place = bot.Waiting, h.next
		h.waiting++
		h.next++
		if err := bucket.Put(waitingKey(c.Event, place), []byte(c.Holder)); err != nil {
			return 0, 0, err
		}
	}
	if err := bucket.Put(claimsKey(c.Event), h.encode()); err != nil {
		return 0, 0, err
	}
	if outcome == bot.Granted {
		return outcome, 0, bucket.Put(key, []byte{0})
	}
	return outcome, int(h.waiting), bucket.Put(key, binary.AppendUvarint(nil, place))
}

// position counts the waiting list up to a place.
func position(bucket *bbolt.Bucket, event string, place uint64) int {
	n := 0
	last := waitingKey(event, place)
	c := bucket.Cursor()
	for k, _ := c.Seek(waitingKey(event, 0)); k != nil && string(k) <= string(last); k, _ = c.Next() {
		n++
	}
	return n
}

// release gives a place back and lets move up whom there is room for.
func (b *batch) release(r bot.Release, at time.Time) error {
	bucket := b.tx.Bucket(bucketClaims)
	h, err := heldOf(bucket, r.Event)
	if err != nil {
		return err
	}
	most := h.waiting
	if r.Holder != "" {
		key := holderKey(r.Event, r.Holder)
		row := bucket.Get(key)
		if row == nil {
			return nil
		}
		place, _, err := cutUvarint(row)
		if err != nil {
			return err
		}
		if most = 0; place == 0 {
			h.granted--
			most = 1
		} else {
			h.waiting--
			if err := bucket.Delete(waitingKey(r.Event, place)); err != nil {
				return err
			}
		}
		if err := bucket.Delete(key); err != nil {
			return err
		}
		if err := b.dropTimer(bot.MovedTimer(r.Event, r.Holder, at).ID); err != nil {
			return err
		}
	}
	for ; most > 0 && h.waiting > 0 && h.granted < uint64(r.Seats); most-- {
		if err := b.moveUp(r.Event, at); err != nil {
			return err
		}
		h.granted++
		h.waiting--
	}
	return bucket.Put(claimsKey(r.Event), h.encode())
}

// moveUp gives a seat to the first of the waiting list, and a timer by which they are told.
func (b *batch) moveUp(event string, at time.Time) error {
	bucket := b.tx.Bucket(bucketClaims)
	k, v := bucket.Cursor().Seek(waitingKey(event, 0))
	if k == nil || !hasPrefix(k, appendPart([]byte{'w'}, event)) {
		return errCorrupt // the count says that somebody waits
	}
	holder := string(v)
	if err := bucket.Delete(slices.Clone(k)); err != nil {
		return err
	}
	if err := bucket.Put(holderKey(event, holder), []byte{0}); err != nil {
		return err
	}
	t := bot.MovedTimer(event, holder, at)
	return b.putTimer(encodeTimer(&t))
}

// orderWaiting makes the waiting lists of a store of format 3 ones in order. There the
// event's row had no next place, and nobody could leave.
func orderWaiting(tx *bbolt.Tx, from []byte, rows int, _ time.Time) ([]byte, error) {
	bucket := tx.Bucket(bucketClaims)
	if len(from) == 0 {
		from = []byte{'c'}
	}
	keys, values, next := window(bucket, from, rows, func(k []byte) bool { return k[0] == 'c' || k[0] == 'e' })
	for i, key := range keys {
		event, holder, err := cutPart(key[1:])
		if err != nil {
			return nil, err
		}
		first, rest, err := cutUvarint(values[i])
		if err != nil {
			return nil, err
		}
		if key[0] == 'c' {
			if first > 0 {
				if err := bucket.Put(waitingKey(string(event), first), holder); err != nil {
					return nil, err
				}
			}
			continue
		}
		waiting, rest, err := cutUvarint(rest)
		if err != nil {
			return nil, err
		}
		if len(rest) > 0 {
			continue // done already
		}
		if err := bucket.Put(key, held{first, waiting, waiting + 1}.encode()); err != nil {
			return nil, err
		}
	}
	return next, nil
}
