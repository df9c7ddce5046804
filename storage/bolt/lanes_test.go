package bolt

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"maalem/bot"
	"maalem/storage/memory"
)

// A random history of the outbox gives the same leases as the memory store's plain
// scan of all rows.
func TestLanesAgainstPlainScan(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	s, err := Open(ctx, filepath.Join(t.TempDir(), "m.db"), Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	plain := memory.New(clock)
	r := rand.New(rand.NewPCG(7, 11))
	address := func() bot.Address { return bot.Address{Channel: "test", ID: fmt.Sprint(r.IntN(12))} }
	var air []bot.Outgoing
	leased := 0
	for step := range 3000 {
		turn := bot.Turn{}
		switch r.IntN(8) {
		case 0, 1, 2:
			for range r.IntN(6) {
				turn.Out = append(turn.Out, bot.Outgoing{To: address(), Lane: bot.Lane(1 + r.IntN(3)), Message: bot.Message{Text: fmt.Sprint(step)}})
			}
		case 3:
			turn.Erase = []string{address().String()}
			turn.Out = []bot.Outgoing{{To: address(), Lane: bot.LaneReply, Message: bot.Message{Text: "goodbye"}}}
		case 4:
			now = now.Add(time.Duration(r.IntN(90)) * time.Second)
			continue
		case 5, 6:
			n := 1 + r.IntN(6)
			got, err := s.Lease(ctx, "test", n, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			want, _ := plain.Lease(ctx, "test", n, time.Minute)
			if len(got) != len(want) {
				t.Fatalf("step %d: %d leased, want %d", step, len(got), len(want))
			}
			for i := range got {
				if got[i].ID != want[i].ID || got[i].To != want[i].To || got[i].Attempt != want[i].Attempt || got[i].Message.Text != want[i].Message.Text {
					t.Fatalf("step %d: leased %+v, want %+v", step, got[i], want[i])
				}
			}
			air = append(air, got...)
			leased += len(got)
			continue
		case 7:
			if len(air) == 0 {
				continue
			}
			i := r.IntN(len(air))
			m := air[i]
			air = append(air[:i], air[i+1:]...)
			sent := bot.Sent{ID: m.ID, To: m.To, Lane: m.Lane, Done: r.IntN(3) > 0, RetryAt: now.Add(time.Duration(r.IntN(120)) * time.Second)}
			_ = s.Settle(ctx, []bot.Sent{sent})
			_ = plain.Settle(ctx, []bot.Sent{sent})
		}
		if err := s.Commit(ctx, turn); err != nil { // takes the settlement along
			t.Fatal(err)
		}
		if err := plain.Commit(ctx, turn); err != nil {
			t.Fatal(err)
		}
		got, _ := s.Queued(ctx, "test")
		want, _ := plain.Queued(ctx, "test")
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("step %d: queued %v, want %v", step, got, want)
		}
	}
	if leased < 500 {
		t.Fatalf("only %d messages were leased", leased)
	}
}

// BenchmarkLease leases and settles one message while others wait.
func BenchmarkLease(b *testing.B) {
	for _, rows := range []int{100, 10_000, 1_000_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			l := newLanes(time.Now)
			for i := range rows {
				l.add(queued{place{uint64(i + 1), bot.LaneAnnounce}, bot.Address{Channel: "test", ID: fmt.Sprint(i)}})
			}
			next := uint64(rows)
			b.ReportAllocs()
			for b.Loop() {
				for _, q := range l.take("test", 1, time.Minute) {
					next++
					l.apply([]queued{{place{next, q.lane}, q.to}}, []bot.Sent{{ID: q.id, To: q.to, Lane: q.lane}}, nil, nil)
				}
			}
		})
	}
}

// BenchmarkEraseQueued erases an address while others wait.
func BenchmarkEraseQueued(b *testing.B) {
	for _, rows := range []int{100, 10_000, 1_000_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			l := newLanes(time.Now)
			for i := range rows {
				l.add(queued{place{uint64(i + 1), bot.LaneAnnounce}, bot.Address{Channel: "test", ID: fmt.Sprint(i)}})
			}
			next := uint64(rows)
			i := 0
			for b.Loop() {
				a := bot.Address{Channel: "test", ID: fmt.Sprint(i % rows)}
				i++
				next++
				l.apply([]queued{{place{next, bot.LaneAnnounce}, a}}, nil, nil, []bot.Address{a})
			}
		})
	}
}
