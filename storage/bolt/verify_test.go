package bolt

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"go.etcd.io/bbolt"

	"maalem/bot"
)

// verify holds an open store to what must be true of its rows whatever happened:
// indexes and counts equal rows, pairs are pairs, and bbolt's own pages are sound.
func verify(t *testing.T, s *Store) {
	t.Helper()
	err := s.db.View(func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			t.Errorf("bbolt: %v", err)
		}
		verifyFacets(t, tx)
		verifyPeople(t, tx)
		verifyTimers(t, tx)
		verifyClaims(t, tx)
		verifyOwned(t, tx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// each calls f for the rows of a bucket.
func each(t *testing.T, tx *bbolt.Tx, bucket []byte, f func(k, v []byte)) {
	t.Helper()
	if err := tx.Bucket(bucket).ForEach(func(k, v []byte) error { f(k, v); return nil }); err != nil {
		t.Fatal(err)
	}
}

// verifyFacets: the bitmaps are what the records say, and ordinals are never shared.
func verifyFacets(t *testing.T, tx *bbolt.Tx) {
	t.Helper()
	want := map[uint32]*roaring.Bitmap{}
	ordinals := map[uint32]bool{}
	each(t, tx, bucketRecords, func(k, v []byte) {
		r, body, err := parseRecord(v)
		if err != nil {
			t.Fatal(err)
		}
		if k[0] != byte(bot.KindArtisan) || len(body) == 0 {
			if r.hasOrdinal {
				t.Errorf("record %q has an ordinal and is no living artisan", k[1:])
			}
			return
		}
		if ordinals[r.ordinal] {
			t.Errorf("ordinal %d belongs to two", r.ordinal)
		}
		ordinals[r.ordinal] = true
		for _, f := range r.facets {
			if want[f] == nil {
				want[f] = roaring.New()
			}
			want[f].Add(r.ordinal)
		}
	})
	got := map[uint32]*roaring.Bitmap{}
	each(t, tx, bucketFacets, func(k, v []byte) {
		if k[0] != 'b' {
			return
		}
		chunk := roaring.New()
		if err := chunk.UnmarshalBinary(slices.Clone(v)); err != nil {
			t.Fatal(err)
		}
		f := binary.BigEndian.Uint32(k[1:])
		if got[f] == nil {
			got[f] = roaring.New()
		}
		got[f].Or(chunk)
	})
	if len(got) != len(want) {
		t.Errorf("%d facets have members, the records say %d", len(got), len(want))
	}
	for f, set := range want {
		if got[f] == nil || !got[f].Equals(set) {
			t.Errorf("facet %d differs from the records", f)
		}
	}
}

// verifyPeople: the index has each artisan's ordinal and words, and no other.
func verifyPeople(t *testing.T, tx *bbolt.Tx) {
	t.Helper()
	ids, words := map[uint32]string{}, map[string]*roaring.Bitmap{}
	each(t, tx, bucketRecords, func(k, v []byte) {
		r, _, err := parseRecord(v)
		if err != nil {
			t.Fatal(err)
		}
		if !r.hasOrdinal {
			return
		}
		ids[r.ordinal] = string(k[1:])
		if len(r.words) == 0 {
			return
		}
		for w := range strings.SplitSeq(string(r.words), "\x00") {
			key := string(wordKey(uint16(r.ordinal>>chunkBits), w))
			if words[key] == nil {
				words[key] = roaring.New()
			}
			words[key].Add(r.ordinal)
		}
	})
	ordinals, rows := 0, 0
	each(t, tx, bucketPeople, func(k, v []byte) {
		if k[0] == 'o' {
			ordinals++
			if ids[binary.BigEndian.Uint32(k[1:])] != string(v) {
				t.Errorf("ordinal %x is said to be %q", k[1:], v)
			}
			return
		}
		rows++
		set := roaring.New()
		if err := set.UnmarshalBinary(slices.Clone(v)); err != nil {
			t.Fatal(err)
		}
		if want := words[string(k)]; want == nil || !want.Equals(set) {
			t.Errorf("word %q differs from the records", k)
		}
	})
	if ordinals != len(ids) || rows != len(words) {
		t.Errorf("the index has %d ordinals and %d words, the records %d and %d", ordinals, rows, len(ids), len(words))
	}
}

// verifyTimers: an ID row for each due row and the other way round.
func verifyTimers(t *testing.T, tx *bbolt.Tx) {
	t.Helper()
	ids, dues := 0, 0
	each(t, tx, bucketTimers, func(k, v []byte) {
		switch k[0] {
		case 'i':
			ids++
			if tx.Bucket(bucketTimers).Get(timerDueKey(v[:timeSize], string(k[1:]))) == nil {
				t.Errorf("timer %q has no due row", k[1:])
			}
		case 'd':
			dues++
		}
	})
	if ids != dues {
		t.Errorf("%d timers by ID, %d by time", ids, dues)
	}
}

// verifyClaims: an event's counts are its holders', waiting places are given once, and
// the list in order has exactly those who wait.
func verifyClaims(t *testing.T, tx *bbolt.Tx) {
	t.Helper()
	type count struct{ granted, waiting uint64 }
	rows, kept := map[string]count{}, map[string]count{}
	places := map[string]map[uint64]bool{}
	listed := 0
	each(t, tx, bucketClaims, func(k, v []byte) {
		event, tail, err := cutPart(k[1:])
		if err != nil {
			t.Fatal(err)
		}
		if k[0] == 'w' {
			listed++
			if row := tx.Bucket(bucketClaims).Get(holderKey(string(event), string(v))); len(tail) != 8 || string(row) != string(binary.AppendUvarint(nil, binary.BigEndian.Uint64(tail))) {
				t.Errorf("event %q: %q is on the list at %x, its row says %x", event, v, tail, row)
			}
			return
		}
		first, rest, _ := cutUvarint(v)
		if k[0] == 'e' {
			waiting, _, _ := cutUvarint(rest)
			kept[string(event)] = count{first, waiting}
			return
		}
		c := rows[string(event)]
		listed -= min(1, int(first))
		if first == 0 {
			c.granted++
		} else {
			c.waiting++
			if places[string(event)] == nil {
				places[string(event)] = map[uint64]bool{}
			}
			places[string(event)][first] = true
		}
		rows[string(event)] = c
	})
	for event, c := range kept {
		if rows[event] != c || len(places[event]) != int(c.waiting) {
			t.Errorf("event %q counts %v, its holders are %v on %d places", event, c, rows[event], len(places[event]))
		}
	}
	if listed != 0 {
		t.Errorf("the lists have %d rows more than wait", listed)
	}
	for event, c := range kept {
		if c == (count{}) {
			rows[event] = c // everybody gave back
		}
	}
	if len(rows) != len(kept) {
		t.Errorf("%d events have holders, %d have counts", len(rows), len(kept))
	}
}

// verifyOwned: the index of owners has every row that has an owner, and no other.
func verifyOwned(t *testing.T, tx *bbolt.Tx) {
	t.Helper()
	want := map[string]bool{}
	add := func(owner string, kind byte, key []byte) {
		if owner != "" {
			want[string(ownedKey(owner, kind, key))] = true
		}
	}
	each(t, tx, bucketTimers, func(k, v []byte) {
		if k[0] == 'd' {
			timer, err := decodeTimer(v)
			if err != nil {
				t.Fatal(err)
			}
			add(timer.Owner, ownedTimer, []byte(timer.ID))
		}
	})
	each(t, tx, bucketLogs, func(k, v []byte) {
		owner, err := logOwner(v)
		if err != nil {
			t.Fatal(err)
		}
		add(owner, ownedLog, k)
	})
	unsure := map[string]int64{}
	each(t, tx, bucketUnsure, func(k, v []byte) {
		a, _, _, _, err := parseUnsure(v)
		if err != nil {
			t.Fatal(err)
		}
		add(a.String(), ownedUnsure, k)
		unsure[a.Channel]++
	})
	each(t, tx, bucketTallies, func(k, v []byte) {
		if channel, ok := strings.CutPrefix(string(k), unsureTally); ok {
			if n, _, _ := cutVarint(v); n != unsure[channel] {
				t.Errorf("%d unsure messages are counted for %s, %d are there", n, channel, unsure[channel])
			}
			delete(unsure, channel)
		}
	})
	if len(unsure) > 0 {
		t.Errorf("unsure messages without a count: %v", unsure)
	}
	got := 0
	each(t, tx, bucketOwned, func(k, _ []byte) {
		got++
		if !want[string(k)] {
			t.Errorf("the index of owners has %q, which is not there", k)
		}
	})
	if got != len(want) {
		t.Errorf("the index of owners has %d rows, want %d", got, len(want))
	}
}
