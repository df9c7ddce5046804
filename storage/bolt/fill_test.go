package bolt

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	"go.etcd.io/bbolt"

	"maalem/bot"
)

// fill puts people from … to-1 into a store as their registrations leave them, many
// in one transaction.
func fill(s *Store, from, to int) error {
	const slice = 10_000
	for begin := from; begin < to; begin += slice {
		people := make([]int, min(slice, to-begin))
		for i := range people {
			people[i] = begin + i
		}
		rand.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
		if err := s.db.Update(func(tx *bbolt.Tx) error { return fillSlice(s, tx, people) }); err != nil {
			return err
		}
	}
	return nil
}

// fillSlice writes people as their turns would, but each bitmap once and not once a
// person: 2.6 million registrations one by one would take half an hour.
func fillSlice(s *Store, tx *bbolt.Tx, people []int) error {
	b := &batch{s: s, tx: tx}
	meta := tx.Bucket(bucketMeta)
	next := uint32(0)
	if row := meta.Get(metaOrdinal); row != nil {
		next = uint32(binary.BigEndian.Uint64(row))
	}
	sets := map[string]*roaring.Bitmap{}
	bucket := tx.Bucket(bucketRecords)
	for _, i := range people {
		a := figureAddress(i)
		person := record{version: 4, hasOrdinal: true, ordinal: next}
		for n := 1; n < registration; n++ {
			bits := figureBits(i, n)
			if n == 1 {
				bits = []bot.Bit{{Facet: everybody, On: true}}
			}
			for _, bit := range bits {
				f, err := b.facet(bit.Facet)
				if err != nil {
					return err
				}
				person.set(f, true)
				key := string(chunkKey(f, next))
				if sets[key] == nil {
					sets[key] = roaring.New()
					if row := tx.Bucket(bucketFacets).Get([]byte(key)); row != nil {
						if err := sets[key].UnmarshalBinary(slices.Clone(row)); err != nil {
							return err
						}
					}
				}
				sets[key].Add(next)
			}
		}
		talk := record{version: registration}
		if err := bucket.Put(recordKey(bot.Ref{Kind: bot.KindConversation, ID: a.String()}), talk.append(nil, figureTalk)); err != nil {
			return err
		}
		if err := bucket.Put(recordKey(figurePerson(i)), person.append(nil, figureRecord)); err != nil {
			return err
		}
		timer := encodeTimer(&figureTurn(i, 2, 0).Timers[0])
		if i%10 == 0 { // a tenth is half-way
			if err := b.putTimer(timer); err != nil {
				return err
			}
		}
		next++
	}
	for key, set := range sets {
		row, err := set.MarshalBinary()
		if err == nil {
			err = tx.Bucket(bucketFacets).Put([]byte(key), row)
		}
		if err != nil {
			return err
		}
	}
	b.s.names.add(b.named)
	return meta.Put(metaOrdinal, appendUint64(nil, uint64(next)))
}
