package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
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

// A file of which the end is missing, or which holds pages of something else, is an
// error and not the end of the process; who has whole pages is served on.
func TestDamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	s := newStore(t, path)
	ref := func(n int) bot.Ref { return bot.Ref{Kind: bot.KindConversation, ID: fmt.Sprintf("test:%05d", n)} }
	const people = 600
	for n := 0; n < people; {
		var turn bot.Turn
		for range 100 {
			turn.Expect = append(turn.Expect, bot.Expect{Ref: ref(n)})
			turn.Changes = append(turn.Changes, bot.Change{Ref: ref(n), Body: bytes.Repeat([]byte("x"), 200)})
			n++
		}
		commit(t, s, turn)
	}
	var pages []int
	var used int64
	if err := s.view("test", func(tx *bbolt.Tx) error {
		used = tx.Size()
		for id := 0; ; id++ {
			page, err := tx.Page(id)
			if page == nil || err != nil {
				return err
			}
			if page.Type == "leaf" && page.Count > 5 {
				pages = append(pages, id)
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size := os.Getpagesize()
	damaged := func(change func(data []byte) []byte) string {
		path := filepath.Join(t.TempDir(), "m.db")
		if err := os.WriteFile(path, change(bytes.Clone(data)), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, left := range []int64{used - int64(size), used / 2, 4 * int64(size)} {
		path := damaged(func(data []byte) []byte { return data[:left] })
		for range 2 { // the lock went with the first failure
			if _, err := Open(t.Context(), path, Options{}); !errors.Is(err, ErrDamaged) {
				t.Errorf("with %d of %d bytes: %v", left, used, err)
			}
		}
		if _, _, err := Compact(path); !errors.Is(err, ErrDamaged) {
			t.Errorf("compacted with %d of %d bytes: %v", left, used, err)
		}
	}
	for _, page := range pages {
		path := damaged(func(data []byte) []byte {
			for i := range size {
				data[page*size+i] = 0xa5
			}
			return data
		})
		s, err := Open(t.Context(), path, Options{})
		if errors.Is(err, ErrDamaged) {
			continue
		}
		if err != nil {
			t.Fatalf("page %d: %v", page, err)
		}
		read, lost := 0, 0
		for n := range people {
			_, err := s.Read(t.Context(), ref(n))
			switch {
			case err == nil:
				read++
				continue
			case !errors.Is(err, ErrDamaged):
				t.Fatalf("page %d: %v", page, err)
			}
			lost++
			if lost == 1 {
				turn := bot.Turn{Expect: []bot.Expect{{Ref: ref(n), Version: 1}}, Changes: []bot.Change{{Ref: ref(n), Body: []byte("y")}}}
				if err := s.Commit(t.Context(), turn); !errors.Is(err, ErrDamaged) {
					t.Errorf("page %d: a turn on it: %v", page, err)
				}
			}
		}
		if read == 0 {
			t.Errorf("page %d: nobody is served", page)
		}
		_ = s.Close() // it may be unable to write
	}
}
