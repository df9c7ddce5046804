package bolt

import (
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

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
	sets, words := map[string]*roaring.Bitmap{}, map[string]*roaring.Bitmap{}
	add := func(sets map[string]*roaring.Bitmap, bucket *bbolt.Bucket, key string, ordinal uint32) error {
		if sets[key] == nil {
			sets[key] = roaring.New()
			if row := bucket.Get([]byte(key)); row != nil {
				if err := sets[key].UnmarshalBinary(slices.Clone(row)); err != nil {
					return err
				}
			}
		}
		sets[key].Add(ordinal)
		return nil
	}
	listed := tx.Bucket(bucketPeople)
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
				if err := add(sets, tx.Bucket(bucketFacets), string(chunkKey(f, next)), next); err != nil {
					return err
				}
			}
		}
		found := slices.Sorted(slices.Values(figureWords(i)))
		for _, w := range found {
			if err := add(words, listed, string(wordKey(uint16(next>>chunkBits), w)), next); err != nil {
				return err
			}
		}
		person.words = []byte(strings.Join(found, "\x00"))
		if err := listed.Put(ordinalKey(next), []byte(figurePerson(i).ID)); err != nil {
			return err
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
	for bucket, sets := range map[*bbolt.Bucket]map[string]*roaring.Bitmap{tx.Bucket(bucketFacets): sets, listed: words} {
		for _, key := range slices.Sorted(maps.Keys(sets)) {
			row, err := sets[key].MarshalBinary()
			if err == nil {
				err = bucket.Put([]byte(key), row)
			}
			if err != nil {
				return err
			}
		}
	}
	b.s.names.add(b.named)
	return meta.Put(metaOrdinal, appendUint64(nil, uint64(next)))
}
