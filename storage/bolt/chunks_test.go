package bolt

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

// Where one chunk of ordinals ends and the next begins, nobody is missed, doubled or
// counted twice.
func TestChunks(t *testing.T) {
	ctx := t.Context()
	s, err := Open(ctx, filepath.Join(t.TempDir(), "m.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketMeta).Put(metaOrdinal, appendUint64(nil, 1<<chunkBits-5))
	}); err != nil {
		t.Fatal(err)
	}
	var want []string
	for i := range 12 {
		ref := bot.Ref{Kind: bot.KindArtisan, ID: fmt.Sprint("p", i)}
		if err := s.Commit(ctx, bot.Turn{Expect: []bot.Expect{{Ref: ref}}, Changes: []bot.Change{{Ref: ref, Body: []byte("x"),
			Bits: []bot.Bit{{Facet: "region:MA-09", On: true}}, Words: []string{"fatima", fmt.Sprint("f", i)}}}}); err != nil {
			t.Fatal(err)
		}
		want = append(want, ref.ID)
	}
	slices.Reverse(want)
	for n := 1; n < 14; n++ {
		var got []string
		var from bot.Cursor
		for {
			rows, next, err := s.List(ctx, bot.Scope{Regions: []string{"MA-09"}}, nil, []bot.Term{{Prefix: "fat"}}, from, n)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				got = append(got, r.Ref.ID)
			}
			if from = next; from == 0 {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("by %d: %v", n, got)
		}
	}
	if n, err := s.Count(ctx, bot.Nation, nil); n != 12 || err != nil {
		t.Errorf("%d are there: %v", n, err)
	}
}
