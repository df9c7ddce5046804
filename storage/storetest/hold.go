package storetest

import (
	"fmt"
	"testing"
	"time"

	"maalem/bot"
)

// hold: while a store is held, who writes is answered and nothing leaves by itself;
// what was queued before stays unsure for ever.
func hold(t *testing.T, s Store, clock *Clock) {
	at := clock.Now()
	must(t, s.Commit(ctx, bot.Turn{
		Out:    []bot.Outgoing{say(anna, bot.LaneReply, "old reply"), say(brik, bot.LaneAnnounce, "old announcement"), say(brik, bot.LaneService, "old reminder")},
		Timers: []bot.Timer{{ID: "t", Due: at.Add(-time.Hour)}},
	}))
	if since, err := s.Held(ctx); err != nil || !since.IsZero() {
		t.Fatalf("held since %v, %v", since, err)
	}
	must(t, s.Hold(ctx))
	since, err := s.Held(ctx)
	must(t, err)
	if !since.Equal(at) {
		t.Fatalf("held since %v, want %v", since, at)
	}
	if got := lease(t, s, 9); len(got) != 0 {
		t.Fatalf("old messages leave by themselves: %v", got)
	}
	_, err = s.Due(ctx, at, 9)
	is(t, err, bot.ErrHeld)
	must(t, s.Commit(ctx, bot.Turn{Out: []bot.Outgoing{say(anna, bot.LaneReply, "new reply"), say(brik, bot.LaneAnnounce, "new announcement")}}))
	if got := lease(t, s, 9); len(got) != 1 || got[0].Message.Text != "new reply" {
		t.Fatalf("leased while held: %v", got)
	}
	must(t, s.Commit(ctx, bot.Turn{Out: []bot.Outgoing{say(brik, bot.LaneReply, "brik is answered")}}))
	if got := lease(t, s, 9); len(got) != 1 || got[0].Message.Text != "brik is answered" {
		t.Fatalf("leased while held, with an announcement waiting for the same person: %v", got)
	}
	clock.Add(2 * time.Minute) // both leases end
	unsure := func(want ...string) {
		t.Helper()
		rows, err := s.Unsure(ctx, 0, 2)
		must(t, err)
		rest, err := s.Unsure(ctx, rows[len(rows)-1].ID, 9)
		must(t, err)
		var got []string
		for _, m := range append(rows, rest...) {
			got = append(got, m.Message.Text)
		}
		counts, err := s.Tallies(ctx, "unsure:", 9)
		must(t, err)
		if fmt.Sprint(got) != fmt.Sprint(want) || counts["unsure:test"] != int64(len(want)) {
			t.Fatalf("unsure: %v, counted %v, want %v", got, counts, want)
		}
	}
	unsure("old reply", "old announcement", "old reminder")
	must(t, s.Release(ctx))
	must(t, s.Release(ctx))
	if since, err := s.Held(ctx); err != nil || !since.IsZero() {
		t.Fatalf("after the release held since %v, %v", since, err)
	}
	if due, err := s.Due(ctx, at, 9); err != nil || len(due) != 1 {
		t.Fatalf("due after the release: %v, %v", due, err)
	}
	for _, m := range lease(t, s, 9) {
		must(t, s.Settle(ctx, []bot.Sent{{ID: m.ID, To: m.To, Lane: m.Lane, Done: true}}))
	}
	settled(t, s, 1)
	if got := lease(t, s, 9); len(got) != 1 || got[0].Message.Text != "new announcement" {
		t.Fatalf("leased after the release: %v", got)
	}
	unsure("old reply", "old announcement", "old reminder")
}

// holdErase: what is unsure goes with its person.
func holdErase(t *testing.T, s Store, _ *Clock) {
	must(t, s.Commit(ctx, bot.Turn{Out: []bot.Outgoing{say(anna, bot.LaneReply, "to anna"), say(brik, bot.LaneReply, "to brik")}}))
	must(t, s.Hold(ctx))
	must(t, s.Commit(ctx, bot.Turn{Erase: []string{anna.String()}}))
	rows, err := s.Unsure(ctx, 0, 9)
	must(t, err)
	counts, err := s.Tallies(ctx, "unsure:", 9)
	must(t, err)
	if len(rows) != 1 || rows[0].To != brik || counts["unsure:test"] != 1 {
		t.Fatalf("left: %v, counted %v", rows, counts)
	}
	must(t, s.Commit(ctx, bot.Turn{Erase: []string{brik.String()}}))
	if counts, _ := s.Tallies(ctx, "unsure:", 9); len(counts) != 0 {
		t.Fatalf("counted after all are erased: %v", counts)
	}
}

// eraseOwner: an owner may be anything, an artisan's ID or an event's; what belongs
// to a name that only begins in the same way stays.
func eraseOwner(t *testing.T, s Store, clock *Clock) {
	at := clock.Now()
	turn := func(owner string) bot.Turn {
		return bot.Turn{
			Timers: []bot.Timer{{ID: "1/" + owner, Owner: owner, Due: at}, {ID: "2/" + owner, Owner: owner, Due: at.Add(time.Hour)}},
			Append: []bot.LogRow{{Log: bot.LogMisunderstood, Owner: owner, Body: []byte("x")}, {Log: bot.LogQuarantine, Owner: owner, Body: []byte("x")}},
		}
	}
	for _, owner := range []string{"P1", "P12", "", "test:1", "test:12"} {
		must(t, s.Commit(ctx, turn(owner)))
	}
	// One timer changes hands.
	must(t, s.Commit(ctx, bot.Turn{Timers: []bot.Timer{{ID: "2/P1", Owner: "P12", Due: at}}}))
	last := turn("P1")
	last.Timers[1].ID = "3/P1"
	last.Erase = []string{"P1", "test:1"}
	must(t, s.Commit(ctx, last)) // what the turn itself brings is younger than its erasing
	owners := map[string]int{}
	due, err := s.Due(ctx, at.Add(time.Hour), 99)
	must(t, err)
	for _, timer := range due {
		owners[timer.Owner]++
	}
	for _, log := range []string{bot.LogMisunderstood, bot.LogQuarantine} {
		rows, err := s.Log(ctx, log, 0, 99)
		must(t, err)
		for _, r := range rows {
			owners[r.Owner]++
		}
	}
	if want := map[string]int{"P1": 4, "P12": 5, "": 4, "test:12": 4}; fmt.Sprint(owners) != fmt.Sprint(want) {
		t.Fatalf("left: %v, want %v", owners, want)
	}
}
