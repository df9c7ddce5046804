package storetest

import (
	"testing"
	"time"

	"maalem/bot"
)

func lease(t *testing.T, s Store, n int) []bot.Outgoing {
	t.Helper()
	out, err := s.Lease(ctx, "test", n, time.Minute)
	must(t, err)
	return out
}

// flush gets settlements into effect: they join the next commit.
func flush(t *testing.T, s Store) {
	t.Helper()
	must(t, s.Commit(ctx, bot.Turn{}))
}

// settled holds the outbox to what is left in it once the settlements took effect.
func settled(t *testing.T, s Store, left int) {
	t.Helper()
	flush(t, s)
	q, err := s.Queued(ctx, "test")
	must(t, err)
	n := 0
	for _, c := range q {
		n += c
	}
	if n != left {
		t.Fatalf("%d rows are left in the outbox, want %d", n, left)
	}
}

func order(t *testing.T, s Store, _ *Clock) {
	must(t, s.Commit(ctx, bot.Turn{Out: []bot.Outgoing{say(anna, bot.LaneReply, "1"), say(anna, bot.LaneReply, "2"), say(brik, bot.LaneReply, "3")}}))
	got := lease(t, s, 9)
	if len(got) != 2 || got[0].Message.Text != "1" || got[1].Message.Text != "3" {
		t.Fatalf("leased %v", got)
	}
	if more := lease(t, s, 9); len(more) != 0 {
		t.Fatalf("a second message of an address in flight: %v", more)
	}
	must(t, s.Settle(ctx, []bot.Sent{{ID: got[0].ID, To: anna, Lane: bot.LaneReply, Done: true}}))
	settled(t, s, 2)
	if next := lease(t, s, 9); len(next) != 1 || next[0].Message.Text != "2" {
		t.Fatalf("then %v", next)
	}
}

func lanes(t *testing.T, s Store, _ *Clock) {
	must(t, s.Commit(ctx, bot.Turn{Out: []bot.Outgoing{say(anna, bot.LaneAnnounce, "later"), say(brik, bot.LaneReply, "first")}}))
	if got := lease(t, s, 1); len(got) != 1 || got[0].Message.Text != "first" {
		t.Fatalf("leased %v", got)
	}
	// A reply overtakes what waits for the same person in a higher lane, but not
	// what is in flight to them.
	must(t, s.Commit(ctx, bot.Turn{Out: []bot.Outgoing{say(anna, bot.LaneReply, "overtakes"), say(brik, bot.LaneReply, "waits")}}))
	if got := lease(t, s, 9); len(got) != 1 || got[0].Message.Text != "overtakes" {
		t.Fatalf("leased %v", got)
	}
}

func retryAt(t *testing.T, s Store, clock *Clock) {
	must(t, s.Commit(ctx, bot.Turn{Out: []bot.Outgoing{say(anna, bot.LaneReply, "1")}}))
	m := lease(t, s, 1)[0]
	must(t, s.Settle(ctx, []bot.Sent{{ID: m.ID, To: anna, Lane: m.Lane, RetryAt: clock.Now().Add(time.Hour)}}))
	flush(t, s)
	clock.Add(30 * time.Minute)
	if got := lease(t, s, 1); len(got) != 0 {
		t.Fatalf("leased before its time: %v", got)
	}
	clock.Add(31 * time.Minute)
	must(t, s.Commit(ctx, bot.Turn{Out: []bot.Outgoing{say(anna, bot.LaneReply, "2")}}))
	if got := lease(t, s, 9); len(got) != 1 || got[0].Attempt != 1 || got[0].Message.Text != "1" {
		t.Fatalf("after its time: %v", got)
	}
}

func leaseExpires(t *testing.T, s Store, clock *Clock) {
	must(t, s.Commit(ctx, bot.Turn{Out: []bot.Outgoing{say(anna, bot.LaneReply, "1")}}))
	lease(t, s, 1)
	clock.Add(2 * time.Minute)
	if got := lease(t, s, 1); len(got) != 1 {
		t.Fatalf("an abandoned lease holds: %v", got)
	}
}

// settleAlone: a settlement takes effect though nobody commits anything.
func settleAlone(t *testing.T, s Store, _ *Clock) {
	must(t, s.Commit(ctx, bot.Turn{Out: []bot.Outgoing{say(anna, bot.LaneReply, "1")}}))
	m := lease(t, s, 1)[0]
	must(t, s.Settle(ctx, []bot.Sent{{ID: m.ID, To: anna, Lane: m.Lane, Done: true}}))
	for range 1000 {
		if q, err := s.Queued(ctx, "test"); err != nil || len(q) == 0 {
			must(t, err)
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("nothing came of it")
}
