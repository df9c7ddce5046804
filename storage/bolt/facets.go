package bolt

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
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

// with gives the facets whose name begins with prefix, by the rest of it.
func (n *names) with(prefix string) map[string]uint32 {
	n.mu.RLock()
	defer n.mu.RUnlock()
	out := map[string]uint32{}
	for name, id := range n.m {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			out[rest] = id
		}
	}
	return out
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
func (b *batch) facets(r *record, id string, c change) error {
	if c.body == nil {
		if r.hasOrdinal {
			if err := b.unlist(r); err != nil {
				return err
			}
		}
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
		if err := b.tx.Bucket(bucketPeople).Put(ordinalKey(r.ordinal), []byte(id)); err != nil {
			return err
		}
	}
	if c.words != nil {
		if err := b.words(r, c.words); err != nil {
			return err
		}
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
	return flip(b.tx.Bucket(bucketFacets), chunkKey(facet, ordinal), ordinal, on)
}

// flip adds an ordinal to the bitmap of a row or takes it out; an empty row goes.
func flip(bucket *bbolt.Bucket, key []byte, ordinal uint32, on bool) error {
	set := roaring.New()
	if row := bucket.Get(key); row != nil {
		if err := set.UnmarshalBinary(row); err != nil {
			return fmt.Errorf("read set: %w", err)
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
