package bolt

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

// A damaged row fails the turns that touch it and no other, though they share commits.
func TestDamagedRowFailsAlone(t *testing.T) {
	s := newStore(t, filepath.Join(t.TempDir(), "m.db"))
	bad := bot.Ref{Kind: bot.KindConversation, ID: "bad"}
	if err := s.act(t.Context(), func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketRecords).Put(recordKey(bad), []byte("garbage"))
	}); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for w := range 32 {
		group.Go(func() {
			for n := range 20 {
				ref := bot.Ref{Kind: bot.KindConversation, ID: fmt.Sprint("good", w)}
				turn := bot.Turn{Expect: []bot.Expect{{Ref: ref, Version: bot.Version(n)}}, Changes: []bot.Change{{Ref: ref, Body: []byte("x")}}, Tally: []bot.Tally{{Name: "good", Delta: 1}}}
				if w%8 == 0 {
					turn = bot.Turn{Expect: []bot.Expect{{Ref: bad}}, Tally: []bot.Tally{{Name: "bad", Delta: 1}}}
				}
				if err := s.Commit(context.Background(), turn); (err != nil) != (w%8 == 0) {
					t.Errorf("worker %d, turn %d: %v", w, n, err)
				}
			}
		})
	}
	group.Wait()
	counts, err := s.Tallies(t.Context(), "", 9)
	if err != nil || counts["good"] != 28*20 || counts["bad"] != 0 {
		t.Errorf("counted %v, %v", counts, err)
	}
}

// A damaged message keeps nobody's message back.
func TestDamagedMessage(t *testing.T) {
	s := newStore(t, filepath.Join(t.TempDir(), "m.db"))
	for _, id := range []string{"a", "b", "c"} {
		commit(t, s, bot.Turn{Out: []bot.Outgoing{{To: bot.Address{Channel: "test", ID: id}, Lane: bot.LaneReply, Message: bot.Message{Text: id}}}})
	}
	if err := s.act(t.Context(), func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketOutbox).Put(outKey("test", bot.LaneReply, 2), []byte("garbage"))
	}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Lease(t.Context(), "test", 9, time.Minute)
	if err != nil || len(got) != 2 || got[1].Message.Text != "c" {
		t.Fatalf("leased %v, %v", got, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = newStore(t, s.path) // starts all the same
	// Somebody settles it all the same.
	if err := s.Settle(t.Context(), []bot.Sent{{ID: 2, To: bot.Address{Channel: "test", ID: "b"}, Lane: bot.LaneReply, RetryAt: time.Now()}}); err != nil {
		t.Fatal(err)
	}
	commit(t, s, bot.Turn{Tally: []bot.Tally{{Name: "x", Delta: 1}}})
	if q, _ := s.Queued(t.Context(), "test"); q[bot.LaneReply] != 2 || s.Health() != nil {
		t.Errorf("queued %v, health %v", q, s.Health())
	}
}
