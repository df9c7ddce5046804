// Package storetest is what every backend is held to: the contract of the
// interfaces that package bot declares for its stores, clause by clause.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"maalem/bot"
)

// Store is everything that a backend offers.
type Store interface {
	bot.Turns
	bot.Outbox
	bot.Timers
	bot.Hold
	bot.History
	bot.People
	bot.Lists
}

// Clock is the time that a store under test sees.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// Now reads the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.t.IsZero() {
		c.t = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	}
	return c.t
}

// Add moves the clock.
func (c *Clock) Add(d time.Duration) {
	now := c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = now.Add(d)
}

var (
	ctx  = context.Background()
	anna = bot.Address{Channel: "test", ID: "anna"}
	brik = bot.Address{Channel: "test", ID: "brik"}
)

func conv(a bot.Address) bot.Ref { return bot.Ref{Kind: bot.KindConversation, ID: a.String()} }

func put(ref bot.Ref, version bot.Version, body string, bits ...bot.Bit) bot.Turn {
	c := bot.Change{Ref: ref, Bits: bits}
	if body != "" {
		c.Body = []byte(body)
	}
	return bot.Turn{Expect: []bot.Expect{{Ref: ref, Version: version}}, Changes: []bot.Change{c}}
}

func say(a bot.Address, lane bot.Lane, text string) bot.Outgoing {
	return bot.Outgoing{To: a, Lane: lane, Message: bot.Message{Text: text}}
}

// Run holds a backend to the contract. open gives an empty store that reads the clock.
func Run(t *testing.T, open func(t *testing.T, clock *Clock) Store) {
	tests := map[string]func(*testing.T, Store, *Clock){
		"Dedupe": dedupe, "Conflict": conflict, "Invalid": invalid, "Tombstone": tombstone, "Atomic": atomic, "Order": order,
		"Lanes": lanes, "RetryAt": retryAt, "LeaseExpires": leaseExpires, "SettleAlone": settleAlone, "Timers": timers, "Seats": seats, "GivenBack": givenBack, "SeatsRaised": seatsRaised, "Crowd": crowd,
		"Tallies": tallies, "Logs": logs, "History": history, "HistoryHolds": historyHolds, "Facets": facets, "People": people, "Words": words, "Listing": listing, "ScopedLogs": scopedLogs, "Lists": lists, "Erase": erase, "EraseOwner": eraseOwner, "Parallel": parallel,
		"Hold": hold, "HoldErase": holdErase,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			clock := &Clock{}
			test(t, open(t, clock), clock)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func is(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got %v, want %v", err, want)
	}
}

func body(t *testing.T, s Store, ref bot.Ref) (string, bot.Version) {
	t.Helper()
	got, err := s.Read(ctx, ref)
	must(t, err)
	return string(got[0].Body), got[0].Version
}

func conflict(t *testing.T, s Store, _ *Clock) {
	must(t, s.Commit(ctx, put(conv(anna), 0, "one")))
	stale := put(conv(anna), 0, "lost")
	stale.Key, stale.Out = "test/1", []bot.Outgoing{say(anna, bot.LaneReply, "lost")}
	is(t, s.Commit(ctx, stale), bot.ErrConflict)
	if q, _ := s.Queued(ctx, "test"); len(q) != 0 {
		t.Fatalf("a failed turn queued %v", q)
	}
	stale.Expect[0].Version = 1
	must(t, s.Commit(ctx, stale)) // its key was not taken either
}

func tombstone(t *testing.T, s Store, _ *Clock) {
	must(t, s.Commit(ctx, put(conv(anna), 0, "one")))
	must(t, s.Commit(ctx, put(conv(anna), 1, "")))
	if got, v := body(t, s, conv(anna)); got != "" || v != 2 {
		t.Fatalf("deleted record is %q at %d", got, v)
	}
	is(t, s.Commit(ctx, put(conv(anna), 1, "back from a turn in flight")), bot.ErrConflict)
	is(t, s.Commit(ctx, put(conv(anna), 0, "back as new")), bot.ErrConflict)
	must(t, s.Commit(ctx, put(conv(anna), 2, "a new beginning")))
}

func atomic(t *testing.T, s Store, _ *Clock) {
	must(t, s.Commit(ctx, put(conv(brik), 0, "here")))
	turn := put(conv(anna), 0, "half")
	turn.Expect = append(turn.Expect, bot.Expect{Ref: conv(brik), Version: 9})
	turn.Timers = []bot.Timer{{ID: "t", Due: time.Unix(1, 0)}}
	turn.Tally = []bot.Tally{{Name: "n", Delta: 1}}
	turn.Append = []bot.LogRow{{Log: bot.LogDropped, Body: []byte("x")}}
	is(t, s.Commit(ctx, turn), bot.ErrConflict)
	due, _ := s.Due(ctx, time.Unix(9, 0), 9)
	counts, _ := s.Tallies(ctx, "", 9)
	rows, _ := s.Log(ctx, bot.LogDropped, 0, 9)
	if got, _ := body(t, s, conv(anna)); got != "" || len(due)+len(counts)+len(rows) != 0 {
		t.Fatalf("half a turn is there: %q %v %v %v", got, due, counts, rows)
	}
}

func timers(t *testing.T, s Store, _ *Clock) {
	at := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	first := bot.Timer{ID: "a", Owner: anna.String(), Kind: "k", Due: at}
	must(t, s.Commit(ctx, bot.Turn{Timers: []bot.Timer{first, {ID: "b", Due: at.Add(-time.Hour)}}}))
	if next, _ := s.Next(ctx); !next.Equal(at.Add(-time.Hour)) {
		t.Fatalf("next is %v", next)
	}
	moved := first
	moved.Due = at.Add(time.Hour)
	must(t, s.Commit(ctx, bot.Turn{Timers: []bot.Timer{moved}, Cancel: []string{"b"}}))
	if due, _ := s.Due(ctx, at, 9); len(due) != 0 {
		t.Fatalf("moved and cancelled timers are due: %v", due)
	}
	due, err := s.Due(ctx, at.Add(time.Hour), 9)
	must(t, err)
	if len(due) != 1 || due[0].Kind != "k" || due[0].Owner != anna.String() {
		t.Fatalf("due: %v", due)
	}
	is(t, s.Commit(ctx, bot.Turn{Fired: &first}), bot.ErrDuplicate) // it was moved
	must(t, s.Commit(ctx, bot.Turn{Fired: &due[0]}))
	is(t, s.Commit(ctx, bot.Turn{Fired: &due[0]}), bot.ErrDuplicate)
}

func seats(t *testing.T, s Store, _ *Clock) {
	const people, places = 500, 50
	var group sync.WaitGroup
	for i := range people {
		group.Go(func() {
			a := bot.Address{Channel: "test", ID: fmt.Sprint(i)}
			c := &bot.Claim{Event: "fair", Holder: a.ID, Seats: places, Branch: map[bot.Outcome]bot.Branch{
				bot.Granted: {Out: []bot.Outgoing{say(a, bot.LaneReply, "granted")}},
				bot.Waiting: {Out: []bot.Outgoing{say(a, bot.LaneReply, "waiting")}},
			}}
			if err := s.Commit(ctx, bot.Turn{Claim: c}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	granted, positions := 0, map[int]bool{}
	for _, m := range lease(t, s, people+1) {
		if m.Message.Text == "granted" {
			granted++
			continue
		}
		positions[m.Position] = true
	}
	if granted != places || len(positions) != people-places || !positions[1] || !positions[people-places] {
		t.Fatalf("%d granted, %d places on the list", granted, len(positions))
	}
	outcome := func(holder string, closed bool) string {
		a := bot.Address{Channel: "late", ID: holder}
		br := map[bot.Outcome]bot.Branch{}
		for o, text := range map[bot.Outcome]string{bot.Already: "already", bot.Closed: "closed", bot.Waiting: "waiting"} {
			br[o] = bot.Branch{Out: []bot.Outgoing{say(a, bot.LaneReply, text)}}
		}
		must(t, s.Commit(ctx, bot.Turn{Claim: &bot.Claim{Event: "fair", Holder: holder, Seats: places, Closed: closed, Branch: br}}))
		got, err := s.Lease(ctx, "late", 1, time.Minute)
		must(t, err)
		return got[0].Message.Text
	}
	if got := outcome("7", true); got != "already" {
		t.Fatalf("a holder of a closed event: %s", got)
	}
	if got := outcome("new", true); got != "closed" {
		t.Fatalf("a newcomer to a closed event: %s", got)
	}
}

func tallies(t *testing.T, s Store, _ *Clock) {
	must(t, s.Commit(ctx, bot.Turn{Tally: []bot.Tally{{Name: "a:1", Delta: 2}, {Name: "a:2", Delta: 1}, {Name: "b", Delta: 1}}}))
	must(t, s.Commit(ctx, bot.Turn{Tally: []bot.Tally{{Name: "a:1", Delta: 1}, {Name: "a:2", Delta: -1}}}))
	got, err := s.Tallies(ctx, "a:", 9)
	must(t, err)
	if len(got) != 1 || got["a:1"] != 3 {
		t.Fatalf("tallies: %v", got)
	}
}

func logs(t *testing.T, s Store, _ *Clock) {
	for i := range 3 {
		must(t, s.Commit(ctx, bot.Turn{Append: []bot.LogRow{{Log: bot.LogMisunderstood, Owner: "o", Body: []byte{byte(i)}}}}))
	}
	rows, err := s.Log(ctx, bot.LogMisunderstood, 0, 2)
	must(t, err)
	if len(rows) != 2 || rows[1].Body[0] != 1 || rows[0].Owner != "o" {
		t.Fatalf("rows: %v", rows)
	}
	rest, err := s.Log(ctx, bot.LogMisunderstood, rows[1].Seq, 9)
	must(t, err)
	if len(rest) != 1 || rest[0].Body[0] != 2 {
		t.Fatalf("rest: %v", rest)
	}
}

func history(t *testing.T, s Store, _ *Clock) {
	for i := range 5 {
		must(t, s.Commit(ctx, bot.Turn{History: []bot.HistoryLine{{To: anna, Message: bot.Message{Text: fmt.Sprint(i)}}, {To: brik, Message: bot.Message{Text: "x"}}}}))
	}
	last, err := s.Lines(ctx, anna, 0, 2)
	must(t, err)
	if len(last) != 2 || last[0].Message.Text != "3" || last[1].Message.Text != "4" {
		t.Fatalf("last lines: %v", last)
	}
	next, err := s.Lines(ctx, anna, last[0].Seq, 9)
	must(t, err)
	if len(next) != 1 || next[0].Message.Text != "4" {
		t.Fatalf("lines after: %v", next)
	}
}

// A file is held by the kept lines that show or play it, and let go with them.
func historyHolds(t *testing.T, s Store, _ *Clock) {
	photo := bot.Message{Echo: true, Media: &bot.Media{Kind: bot.MediaPhoto, Hash: "photo"}}
	spoken := bot.Message{Text: "hello", Recording: &bot.Media{Kind: bot.MediaVoice, Hash: "voice"}}
	must(t, s.Commit(ctx, bot.Turn{History: []bot.HistoryLine{{To: anna, Message: photo}, {To: anna, Message: spoken}, {To: brik, Message: spoken}}}))
	held := func(photo, voice int64) {
		t.Helper()
		got, err := s.Tallies(ctx, "media:", 9)
		must(t, err)
		if got["media:photo"] != photo || got["media:voice"] != voice {
			t.Fatalf("held: %v, want photo %d and voice %d", got, photo, voice)
		}
	}
	held(1, 2)
	must(t, s.Commit(ctx, bot.Turn{Erase: []string{anna.String()}}))
	held(0, 1)
}

func person(id string) bot.Ref { return bot.Ref{Kind: bot.KindArtisan, ID: id} }

func facets(t *testing.T, s Store, _ *Clock) {
	for i := range 20 {
		bits := []bot.Bit{{Facet: "all", On: true}}
		if i%2 == 0 {
			bits = append(bits, bot.Bit{Facet: "craft:potier", On: true})
		}
		if i%3 == 0 {
			bits = append(bits, bot.Bit{Facet: "province:MA-FES", On: true})
		}
		must(t, s.Commit(ctx, put(person(fmt.Sprint("p", i)), 0, "x", bits...)))
	}
	count := func(want int, fs ...string) {
		t.Helper()
		got, err := s.Count(ctx, bot.Nation, bot.All(fs...))
		must(t, err)
		if got != want {
			t.Fatalf("count %v = %d, want %d", fs, got, want)
		}
	}
	count(20)
	count(10, "craft:potier")
	count(4, "craft:potier", "province:MA-FES")
	count(0, "craft:nobody")
	must(t, s.Commit(ctx, put(person("p0"), 1, "x", bot.Bit{Facet: "craft:potier"})))
	count(9, "craft:potier")
	must(t, s.Commit(ctx, put(person("p6"), 1, ""))) // deleted without a word about its facets
	count(19)
	count(8, "craft:potier")
	count(2, "craft:potier", "province:MA-FES")
	page, err := s.Page(ctx, bot.KindArtisan, "p17", 9)
	must(t, err)
	if len(page) != 10-1 || page[0].Ref.ID != "p18" {
		t.Fatalf("page: %d rows", len(page))
	}
}

func erase(t *testing.T, s Store, _ *Clock) {
	turn := put(conv(anna), 0, "one")
	turn.Out = []bot.Outgoing{say(anna, bot.LaneReply, "to anna"), say(brik, bot.LaneReply, "to brik")}
	turn.Timers = []bot.Timer{{ID: "a", Owner: anna.String(), Due: time.Unix(1, 0)}, {ID: "b", Owner: brik.String(), Due: time.Unix(2, 0)}}
	turn.History = []bot.HistoryLine{{To: anna, Message: bot.Message{Text: "x"}}}
	turn.Append = []bot.LogRow{{Log: bot.LogQuarantine, Owner: anna.String(), Body: []byte("x")}}
	must(t, s.Commit(ctx, turn))
	held := lease(t, s, 9) // one of them is in the air
	gone := put(conv(anna), 1, "")
	gone.Erase = []string{anna.String()}
	must(t, s.Commit(ctx, gone))
	for _, m := range held {
		must(t, s.Settle(ctx, []bot.Sent{{ID: m.ID, To: m.To, Lane: m.Lane, RetryAt: time.Unix(1, 0)}}))
	}
	settled(t, s, 1)
	due, _ := s.Due(ctx, time.Unix(9, 0), 9)
	lines, _ := s.Lines(ctx, anna, 0, 9)
	rows, _ := s.Log(ctx, bot.LogQuarantine, 0, 9)
	if len(due) != 1 || due[0].ID != "b" || len(lines)+len(rows) != 0 {
		t.Fatalf("left after erasing: %v %v %v", due, lines, rows)
	}
}

// parallel: many turns on one record; each conflict is computed again, none is lost.
func parallel(t *testing.T, s Store, _ *Clock) {
	const writers, each = 16, 20
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for done := 0; done < each; {
				got, err := s.Read(ctx, conv(anna))
				if err != nil {
					t.Error(err)
					return
				}
				turn := put(conv(anna), got[0].Version, "x"+string(got[0].Body))
				turn.Tally = []bot.Tally{{Name: "turns", Delta: 1}}
				if err := s.Commit(ctx, turn); err == nil {
					done++
				} else if !errors.Is(err, bot.ErrConflict) {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	got, v := body(t, s, conv(anna))
	counts, _ := s.Tallies(ctx, "turns", 1)
	if len(got) != writers*each || v != writers*each || counts["turns"] != writers*each {
		t.Fatalf("%d of %d turns took effect (version %d, count %d)", len(got), writers*each, v, counts["turns"])
	}
}
