package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

// HistoryKeep is about how many lines of an address are kept.
const HistoryKeep = 400

// batch is one transaction of the committer in progress.
type batch struct {
	s   *Store
	tx  *bbolt.Tx
	now time.Time
	// What becomes visible in memory only after the commit.
	queued  []queued
	removed []bot.Sent
	retried []bot.Sent
	erased  []bot.Address
	named   map[string]uint32
	// What goes on the list of erasures before the commit.
	erasures []erasure
}

// run applies settlements and turns. A turn whose preconditions fail gets its own
// error; any other error fails the batch, as errTurn when it is a turn's own.
func (b *batch) run(turns []*job, settle []bot.Sent) error {
	for _, r := range settle {
		if err := b.settle(r); err != nil {
			return err
		}
	}
	for _, j := range turns {
		err := guard(func() error { return b.turn(j.turn) })
		switch {
		case err == nil, errors.Is(err, bot.ErrDuplicate), errors.Is(err, bot.ErrConflict):
			j.err = err
		default:
			return fmt.Errorf("%w: %w", errTurn, err)
		}
	}
	return nil
}

// publish makes the outbox's memory follow the disk.
func (b *batch) publish() {
	b.s.names.add(b.named)
	b.s.outbox.apply(b.queued, b.removed, b.retried, b.erased)
}

// turn reads all preconditions, then puts.
func (b *batch) turn(p *prepared) error {
	seen := b.tx.Bucket(bucketSeen)
	if p.seen != nil && seen.Get(p.seen) != nil {
		return bot.ErrDuplicate
	}
	if p.fired != nil {
		due := b.tx.Bucket(bucketTimers).Get(timerIDKey(p.fired.id))
		if len(due) < timeSize || !slices.Equal(due[:timeSize], p.fired.due) {
			return bot.ErrDuplicate
		}
	}
	records := make([]record, len(p.expects))
	bucket := b.tx.Bucket(bucketRecords)
	for i, e := range p.expects {
		row := bucket.Get(e.key)
		if row != nil {
			r, _, err := parseRecord(row)
			if err != nil {
				return fmt.Errorf("read record of kind %d: %w", e.ref.Kind, err)
			}
			records[i] = r
		}
		if records[i].version != e.version {
			return bot.ErrConflict
		}
	}
	if p.seen != nil {
		if err := seen.Put(p.seen, binary.BigEndian.AppendUint64(nil, uint64(p.dedupeAt))); err != nil {
			return err
		}
	}
	if p.fired != nil {
		if err := b.dropTimer(p.fired.id); err != nil {
			return err
		}
	}
	b.erasures = append(b.erasures, p.erasure()...)
	for _, owner := range p.erase {
		if err := b.erase(owner); err != nil {
			return err
		}
	}
	if err := b.bring(p, records, p.effects, 0); err != nil {
		return err
	}
	for _, id := range p.cancel {
		if err := b.dropTimer(id); err != nil {
			return err
		}
	}
	for _, r := range p.release {
		if err := b.release(r, p.at); err != nil {
			return err
		}
	}
	if p.claim != nil {
		outcome, position, err := b.claim(p.claim)
		if err != nil {
			return err
		}
		if err := b.bring(p, records, p.claim.branch[outcome], position); err != nil {
			return err
		}
	}
	for _, row := range p.logs {
		if err := b.log(row, p.at); err != nil {
			return err
		}
	}
	for _, e := range p.entries {
		if err := b.entry(e); err != nil {
			return err
		}
	}
	return nil
}

// bring puts what a turn or its branch brings.
func (b *batch) bring(p *prepared, records []record, e effects, position int) error {
	bucket := b.tx.Bucket(bucketRecords)
	for _, c := range e.changes {
		x := p.expects[c.expect]
		r := &records[c.expect]
		r.version++
		if x.ref.Kind == bot.KindArtisan {
			if err := b.facets(r, x.ref.ID, c); err != nil {
				return err
			}
		}
		if err := bucket.Put(x.key, r.append(nil, c.body)); err != nil {
			return err
		}
	}
	for _, t := range e.timers {
		if err := b.putTimer(t); err != nil {
			return err
		}
	}
	for _, m := range e.out {
		if err := b.putOut(m, position); err != nil {
			return err
		}
	}
	for _, h := range e.history {
		if err := b.putHistory(h, p.at); err != nil {
			return err
		}
	}
	for _, t := range e.tallies {
		if err := b.tally(t); err != nil {
			return err
		}
	}
	return nil
}

// putOut adds a message to the outbox under the next id.
func (b *batch) putOut(m outRow, position int) error {
	bucket := b.tx.Bucket(bucketOutbox)
	id, err := bucket.NextSequence()
	if err != nil {
		return err
	}
	head := outHead{at: m.at, position: position, id: m.to.ID}
	if err := bucket.Put(outKey(m.to.Channel, m.lane, id), head.append(nil, m.body)); err != nil {
		return err
	}
	b.queued = append(b.queued, queued{place{id, m.lane}, m.to})
	return nil
}

// settle removes a sent row or counts its attempt. An erased row is not there any
// more and stays away.
func (b *batch) settle(r bot.Sent) error {
	bucket := b.tx.Bucket(bucketOutbox)
	key := outKey(r.To.Channel, r.Lane, r.ID)
	row := bucket.Get(key)
	if row == nil || r.Done {
		b.removed = append(b.removed, r)
		return bucket.Delete(key)
	}
	head, body, err := parseOut(row)
	if err != nil { // it can never be sent
		b.s.log.Error("a damaged message is dropped from the outbox", "channel", r.To.Channel, "id", r.ID)
		b.removed = append(b.removed, r)
		return bucket.Delete(key)
	}
	head.attempt++
	b.retried = append(b.retried, r)
	return bucket.Put(key, head.append(nil, body))
}

// nowAndThen is true for one of 2^bits sequence numbers, spread so that whoever
// gets only every second or every tenth number meets one as often as others do.
func nowAndThen(seq uint64, bits int) bool {
	return seq*0x9E3779B97F4A7C15>>(64-bits) == 0
}

// trim removes the oldest rows under prefix above keep, at most sliceRows in one
// go. It walks forwards: within a transaction that deletes, bbolt's cursor ends its
// way back at the first page that was emptied.
func trim(bucket *bbolt.Bucket, prefix []byte, keep int, remove func(key []byte) error) error {
	n := 0
	c := bucket.Cursor()
	for k, _ := c.Seek(prefix); k != nil && hasPrefix(k, prefix) && n < keep+sliceRows; k, _ = c.Next() {
		n++
	}
	keys, _, _ := window(bucket, prefix, max(0, n-keep), func([]byte) bool { return true })
	for _, k := range keys {
		if err := remove(k); err != nil {
			return err
		}
	}
	return nil
}

// sliceRows is how many rows one transaction deletes at the most, so that no turn
// waits for housekeeping.
const sliceRows = 500

func (b *batch) log(row bot.LogRow, at time.Time) error {
	bucket := b.tx.Bucket(bucketLogs)
	seq, err := bucket.NextSequence()
	if err != nil {
		return err
	}
	prefix := appendPart(nil, row.Log)
	key := appendUint64(slices.Clone(prefix), seq)
	value := appendPart(appendTime(nil, at), row.Owner)
	if err := bucket.Put(key, append(value, row.Body...)); err != nil {
		return err
	}
	if err := own(b.tx.Bucket(bucketOwned), row.Owner, ownedLog, key); err != nil {
		return err
	}
	if bot.Lasting(row.Log) || !nowAndThen(seq, 8) {
		return nil
	}
	return trim(bucket, prefix, bot.LogKeep, b.dropLog)
}

func (b *batch) tally(t bot.Tally) error {
	bucket := b.tx.Bucket(bucketTallies)
	var n int64
	if row := bucket.Get([]byte(t.Name)); row != nil {
		var err error
		if n, _, err = cutVarint(row); err != nil {
			return err
		}
	}
	if n += t.Delta; n == 0 {
		return bucket.Delete([]byte(t.Name))
	}
	return bucket.Put([]byte(t.Name), binary.AppendVarint(nil, n))
}

// erase removes what the store keeps about an owner besides its records.
func (b *batch) erase(owner string) error {
	if a, ok := bot.ParseAddress(owner); ok {
		if err := b.eraseQueued(a); err != nil {
			return err
		}
	}
	if err := b.eraseHistory(owner); err != nil {
		return err
	}
	return b.eraseOwned(owner)
}

// eraseQueued removes what waits for an address: what memory knows of, and what
// earlier turns of this batch put.
func (b *batch) eraseQueued(a bot.Address) error {
	b.erased = append(b.erased, a)
	rows := b.s.outbox.of(a)
	b.queued = slices.DeleteFunc(b.queued, func(q queued) bool {
		if q.to == a {
			rows = append(rows, q.place)
		}
		return q.to == a
	})
	bucket := b.tx.Bucket(bucketOutbox)
	for _, p := range rows {
		if err := bucket.Delete(outKey(a.Channel, p.lane, p.id)); err != nil {
			return err
		}
	}
	return nil
}
