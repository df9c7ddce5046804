package bolt

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

// unsureTally counts the unsure messages of a channel.
const unsureTally = "unsure:"

// parseUnsure reads a row of the unsure bucket: channel, lane, and the outbox row as it was.
func parseUnsure(row []byte) (to bot.Address, lane bot.Lane, head outHead, body []byte, err error) {
	channel, rest, err := cutPart(row)
	if err != nil || len(rest) == 0 {
		return to, 0, head, nil, errCorrupt
	}
	head, body, err = parseOut(rest[1:])
	return bot.Address{Channel: string(channel), ID: head.id}, bot.Lane(rest[0]), head, body, err
}

// doubt moves a row of the outbox to the unsure ones.
func (b *batch) doubt(q queued) error {
	bucket := b.tx.Bucket(bucketOutbox)
	key := outKey(q.to.Channel, q.lane, q.id)
	row := bucket.Get(key)
	if row == nil {
		return nil
	}
	unsure := appendUint64(nil, q.id)
	value := append(append(appendPart(nil, q.to.Channel), byte(q.lane)), row...)
	if err := b.tx.Bucket(bucketUnsure).Put(unsure, value); err != nil {
		return err
	}
	if err := own(b.tx.Bucket(bucketOwned), q.to.String(), ownedUnsure, unsure); err != nil {
		return err
	}
	if err := b.tally(bot.Tally{Name: unsureTally + q.to.Channel, Delta: 1}); err != nil {
		return err
	}
	return bucket.Delete(key)
}

// dropUnsure removes an unsure message.
func (b *batch) dropUnsure(key []byte) error {
	bucket := b.tx.Bucket(bucketUnsure)
	row := bucket.Get(key)
	if row == nil {
		return nil
	}
	to, _, _, _, err := parseUnsure(row)
	if err != nil {
		return err
	}
	if err := disown(b.tx.Bucket(bucketOwned), to.String(), ownedUnsure, key); err != nil {
		return err
	}
	if err := b.tally(bot.Tally{Name: unsureTally + to.Channel, Delta: -1}); err != nil {
		return err
	}
	return bucket.Delete(key)
}

// held is since when the store is held, as memory knows it.
func (s *Store) held() time.Time {
	if at := s.heldSince.Load(); at != nil {
		return *at
	}
	return time.Time{}
}

func (s *Store) loadHeld(tx *bbolt.Tx) error {
	row := tx.Bucket(bucketMeta).Get(metaHeld)
	if row == nil {
		return nil
	}
	if len(row) != timeSize {
		return errCorrupt
	}
	s.setHeld(readTime(row))
	return nil
}

func (s *Store) setHeld(at time.Time) {
	s.heldSince.Store(&at)
	s.outbox.hold(!at.IsZero())
}

// Hold implements bot.Hold. It moves what is queued in slices between turns; turns
// that come meanwhile are answered.
func (s *Store) Hold(ctx context.Context) error {
	now := s.now().UTC()
	var last uint64
	if err := s.act(ctx, func(tx *bbolt.Tx) error {
		last = tx.Bucket(bucketOutbox).Sequence()
		return tx.Bucket(bucketMeta).Put(metaHeld, appendTime(nil, now))
	}); err != nil {
		return fmt.Errorf("hold store: %w", err)
	}
	s.setHeld(now)
	var from []byte
	for {
		rows, err := s.queuedFrom(&from, last)
		if err != nil {
			return fmt.Errorf("hold store: %w", err)
		}
		if len(rows) == 0 && from == nil {
			return nil
		}
		if err := s.act(ctx, func(tx *bbolt.Tx) error {
			b := &batch{s: s, tx: tx}
			for _, q := range rows {
				if err := b.doubt(q); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return fmt.Errorf("hold store: %w", err)
		}
		removed := make([]bot.Sent, len(rows))
		for i, q := range rows {
			removed[i] = bot.Sent{ID: q.id, To: q.to, Lane: q.lane}
		}
		s.outbox.apply(nil, removed, nil, nil)
	}
}

// queuedFrom reads the next slice of outbox rows up to the ID last and moves from
// to where the next one begins, nil at the end.
func (s *Store) queuedFrom(from *[]byte, last uint64) ([]queued, error) {
	var rows []queued
	err := s.view("hold", func(tx *bbolt.Tx) error {
		keys, values, next := window(tx.Bucket(bucketOutbox), *from, sliceRows, func([]byte) bool { return true })
		*from = next
		for i, k := range keys {
			q, err := readQueued(k, values[i])
			if err != nil {
				return err
			}
			if q.id <= last {
				rows = append(rows, q)
			}
		}
		return nil
	})
	return rows, err
}

// Release implements bot.Hold.
func (s *Store) Release(ctx context.Context) error {
	if err := s.act(ctx, func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Delete(metaHeld) }); err != nil {
		return fmt.Errorf("release store: %w", err)
	}
	s.setHeld(time.Time{})
	return nil
}

// Held implements bot.Hold.
func (s *Store) Held(context.Context) (time.Time, error) { return s.held(), nil }

// Unsure implements bot.Hold.
func (s *Store) Unsure(_ context.Context, after uint64, n int) ([]bot.Outgoing, error) {
	var out []bot.Outgoing
	err := s.view("unsure", func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketUnsure).Cursor()
		for k, v := c.Seek(appendUint64(nil, after+1)); k != nil && len(out) < n; k, v = c.Next() {
			to, lane, head, body, err := parseUnsure(v)
			if err != nil {
				return err
			}
			m := bot.Outgoing{ID: binary.BigEndian.Uint64(k), To: to, Lane: lane, At: head.at, Attempt: head.attempt, Position: head.position}
			if err := decodeMessage(slices.Clone(body), &m.Message); err != nil {
				return err
			}
			out = append(out, m)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read unsure messages: %w", err)
	}
	return out, nil
}
