package bolt

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

// replay carries out in a restored store what was erased after its backup was made.
type replay struct {
	s       *Store
	last    uint64
	owners  map[hash]bool
	records map[hash]uint64 // the turn
	tallies map[hash]map[uint64]int64
	met     map[uint64]bool // turns of which a record was still there
}

// Replayed says what a replay removed.
type Replayed struct{ Owners, Records int }

// replayErasures erases again whom the list names and the store, being older, still has.
func (s *Store) replayErasures(ctx context.Context) (Replayed, error) {
	var done Replayed
	if s.erasures.file == nil {
		return done, nil
	}
	r := &replay{s: s, owners: map[hash]bool{}, records: map[hash]uint64{}, tallies: map[hash]map[uint64]int64{}, met: map[uint64]bool{}}
	if err := s.view("replay erasures", func(tx *bbolt.Tx) error {
		if row := tx.Bucket(bucketMeta).Get(metaErased); len(row) == 8 {
			r.last = binary.BigEndian.Uint64(row)
		}
		return nil
	}); err != nil {
		return done, err
	}
	if _, err := s.erasures.scan(r.add); err != nil {
		return done, fmt.Errorf("replay erasures: %w", err)
	}
	owners, err := r.find()
	if err != nil {
		return done, fmt.Errorf("replay erasures: %w", err)
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(owners)), 50) {
		if err := s.act(ctx, func(tx *bbolt.Tx) error { return r.eraseOwners(tx, some) }); err != nil {
			return done, fmt.Errorf("replay erasures: %w", err)
		}
		done.Owners += len(some)
	}
	var from []byte
	for more := true; more; {
		keys, err := r.findRecords(&from)
		if err == nil {
			err = s.act(ctx, func(tx *bbolt.Tx) error { return r.delete(tx, keys) })
		}
		if err != nil {
			return done, fmt.Errorf("replay erasures: %w", err)
		}
		done.Records += len(keys)
		more = from != nil
	}
	if err := s.act(ctx, r.finish); err != nil {
		return done, fmt.Errorf("replay erasures: %w", err)
	}
	return done, nil
}

// add takes a line of the list that is younger than the store.
func (r *replay) add(n uint64, kind byte, h hash, delta int64) error {
	if n <= r.last {
		return nil
	}
	switch kind {
	case erasedOwner:
		r.owners[h] = true
	case erasedRecord:
		r.records[h] = n
	case erasedTally:
		if r.tallies[h] == nil {
			r.tallies[h] = map[uint64]int64{}
		}
		r.tallies[h][n] += delta
	}
	return nil
}

// find looks for the owners of anything that is kept besides records.
func (r *replay) find() (map[string]bool, error) {
	found := map[string]bool{}
	err := r.s.view("replay erasures", func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{bucketHistory, bucketOwned} {
			c := tx.Bucket(name).Cursor()
			for k, _ := c.First(); k != nil; {
				owner, _, err := cutPart(k)
				if err != nil {
					return err
				}
				if r.owners[r.s.erasures.hash(erasedOwner, owner)] {
					found[string(owner)] = true
				}
				k, _ = c.Seek(after(appendPart(nil, string(owner))))
			}
		}
		return nil
	})
	return found, err
}

// after is the first key that does not begin with prefix.
func after(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i]++; prefix[i] != 0 {
			return prefix[:i+1]
		}
	}
	return nil
}

func (r *replay) eraseOwners(tx *bbolt.Tx, owners []string) error {
	b := &batch{s: r.s, tx: tx}
	for _, o := range owners {
		if err := b.erase(o); err != nil {
			return err
		}
	}
	return nil
}

// findRecords looks through the next records, from the key *from on, for what the
// list names; *from is nil at the end.
func (r *replay) findRecords(from *[]byte) ([][]byte, error) {
	const rows = 20_000
	var found [][]byte
	err := r.s.view("replay erasures", func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketRecords).Cursor()
		k, v := c.Seek(*from)
		for n := 0; k != nil && n < rows && len(found) < sliceRows; k, v = c.Next() {
			n++
			turn, ok := r.records[r.s.erasures.hash(erasedRecord, k)]
			if !ok {
				continue
			}
			if _, body, err := parseRecord(v); err != nil {
				return err
			} else if len(body) > 0 {
				found = append(found, slices.Clone(k))
				r.met[turn] = true
			}
		}
		*from = slices.Clone(k)
		return nil
	})
	return found, err
}

// delete leaves tombstones.
func (r *replay) delete(tx *bbolt.Tx, keys [][]byte) error {
	b := &batch{s: r.s, tx: tx}
	bucket := tx.Bucket(bucketRecords)
	for _, k := range keys {
		row, _, err := parseRecord(bucket.Get(k))
		if err != nil {
			return err
		}
		row.version++
		if bot.Kind(k[0]) == bot.KindArtisan {
			if err := b.facets(&row, string(k[1:]), change{}); err != nil {
				return err
			}
		}
		if err := bucket.Put(k, row.append(nil, nil)); err != nil {
			return err
		}
	}
	return nil
}

// finish takes the erased people's part out of the counts (a photo of theirs is
// swept then), and remembers how far the list was carried out. A turn none of
// whose records was there erased what came after the backup: its counts did too.
func (r *replay) finish(tx *bbolt.Tx) error {
	b := &batch{s: r.s, tx: tx}
	bucket := tx.Bucket(bucketTallies)
	names, values, _ := window(bucket, nil, 1<<30, func([]byte) bool { return true })
	for i, name := range names {
		var delta int64
		for turn, d := range r.tallies[r.s.erasures.hash(erasedTally, name)] {
			if r.met[turn] {
				delta += d
			}
		}
		kept, _, err := cutVarint(values[i])
		if err != nil {
			return err
		}
		if delta = max(delta, -kept); delta != 0 {
			if err := b.tally(bot.Tally{Name: string(name), Delta: delta}); err != nil {
				return err
			}
		}
	}
	return tx.Bucket(bucketMeta).Put(metaErased, appendUint64(nil, max(r.last, r.s.erasures.last)))
}
