package bolt

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	"go.etcd.io/bbolt"

	"maalem/bot"
)

// chunkBits: a facet's bitmap is cut in chunks of 65,536 ordinals, so that one
// registration rewrites one chunk and not the whole set.
const chunkBits = 16

// everybody is the facet of all artisans, kept by the store itself.
const everybody = "\x00everybody"

// names numbers the facets; a few hundred at the most.
type names struct {
	mu sync.RWMutex
	m  map[string]uint32
}

func (n *names) load(tx *bbolt.Tx) error {
	n.m = map[string]uint32{}
	c := tx.Bucket(bucketFacets).Cursor()
	for k, v := c.Seek([]byte{'n'}); k != nil && k[0] == 'n'; k, v = c.Next() {
		if len(v) != 4 {
			return errCorrupt
		}
		n.m[string(k[1:])] = binary.BigEndian.Uint32(v)
	}
	return nil
}

func (n *names) get(name string) (uint32, bool) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	id, ok := n.m[name]
	return id, ok
}

func (n *names) add(named map[string]uint32) {
	if len(named) == 0 {
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for name, id := range named {
		n.m[name] = id
	}
}

// facet gives a facet's number, a new one when it is new.
func (b *batch) facet(name string) (uint32, error) {
	if id, ok := b.s.names.get(name); ok {
		return id, nil
	}
	if id, ok := b.named[name]; ok {
		return id, nil
	}
	bucket := b.tx.Bucket(bucketFacets)
	seq, err := bucket.NextSequence()
	if err != nil {
		return 0, err
	}
	if b.named == nil {
		b.named = map[string]uint32{}
	}
	id := uint32(seq)
	b.named[name] = id
	return id, bucket.Put(append([]byte{'n'}, name...), binary.BigEndian.AppendUint32(nil, id))
}

// facets changes an artisan's sets: a new one gets an ordinal, a deleted one
// leaves every set, whatever the caller says.
func (b *batch) facets(r *record, c change) error {
	if c.body == nil {
		for _, f := range r.facets {
			if err := b.flip(f, r.ordinal, false); err != nil {
				return err
			}
		}
		r.hasOrdinal, r.ordinal, r.facets = false, 0, nil
		return nil
	}
	bits := c.bits
	if !r.hasOrdinal {
		meta := b.tx.Bucket(bucketMeta)
		var next uint64
		if row := meta.Get(metaOrdinal); row != nil {
			next = binary.BigEndian.Uint64(row)
		}
		r.hasOrdinal, r.ordinal = true, uint32(next)
		if err := meta.Put(metaOrdinal, appendUint64(nil, next+1)); err != nil {
			return err
		}
		bits = append(slices.Clone(bits), bot.Bit{Facet: everybody, On: true})
	}
	for _, bit := range bits {
		f, err := b.facet(bit.Facet)
		if err != nil {
			return err
		}
		if !r.set(f, bit.On) {
			continue
		}
		if err := b.flip(f, r.ordinal, bit.On); err != nil {
			return err
		}
	}
	return nil
}

func chunkKey(facet, ordinal uint32) []byte {
	key := binary.BigEndian.AppendUint32([]byte{'b'}, facet)
	return binary.BigEndian.AppendUint32(key, ordinal>>chunkBits)
}

func (b *batch) flip(facet, ordinal uint32, on bool) error {
	bucket := b.tx.Bucket(bucketFacets)
	key := chunkKey(facet, ordinal)
	set := roaring.New()
	if row := bucket.Get(key); row != nil {
		if err := set.UnmarshalBinary(row); err != nil {
			return fmt.Errorf("read facet: %w", err)
		}
	}
	if on {
		set.Add(ordinal)
	} else {
		set.Remove(ordinal)
	}
	if set.IsEmpty() {
		return bucket.Delete(key)
	}
	row, err := set.MarshalBinary()
	if err != nil {
		return err
	}
	return bucket.Put(key, row)
}

// Count implements bot.People: exact, chunk by chunk.
func (s *Store) Count(_ context.Context, facets ...string) (int, error) {
	ids := []uint32{}
	for _, name := range append([]string{everybody}, facets...) {
		id, ok := s.names.get(name)
		if !ok {
			return 0, nil
		}
		ids = append(ids, id)
	}
	total := 0
	err := s.view("count", func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(bucketFacets)
		prefix := binary.BigEndian.AppendUint32([]byte{'b'}, ids[len(ids)-1])
		c := bucket.Cursor()
		for k, v := c.Seek(prefix); k != nil && hasPrefix(k, prefix); k, v = c.Next() {
			set := roaring.New()
			if err := set.UnmarshalBinary(v); err != nil {
				return err
			}
			chunk := binary.BigEndian.Uint32(k[5:])
			for _, id := range ids[:len(ids)-1] {
				row := bucket.Get(chunkKey(id, chunk<<chunkBits))
				if row == nil {
					set.Clear()
					break
				}
				other := roaring.New()
				if err := other.UnmarshalBinary(row); err != nil {
					return err
				}
				set.And(other)
			}
			total += int(set.GetCardinality())
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("count people: %w", err)
	}
	return total, nil
}
