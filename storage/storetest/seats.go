package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"maalem/bot"
)

// claimed commits a claim and gives what the store made of it, "waiting 3".
func claimed(t *testing.T, s Store, c bot.Claim) string {
	t.Helper()
	to := bot.Address{Channel: "claims", ID: c.Holder}
	c.Branch = map[bot.Outcome]bot.Branch{}
	for o, text := range map[bot.Outcome]string{bot.Granted: "granted", bot.Waiting: "waiting", bot.Already: "already", bot.Closed: "closed"} {
		c.Branch[o] = bot.Branch{Out: []bot.Outgoing{say(to, bot.LaneReply, text)}, Tally: []bot.Tally{{Name: "seats:" + text, Delta: 1}}}
	}
	must(t, s.Commit(ctx, bot.Turn{Claim: &c}))
	got, err := s.Lease(ctx, "claims", 1, time.Minute)
	must(t, err)
	must(t, s.Settle(ctx, []bot.Sent{{ID: got[0].ID, To: got[0].To, Lane: got[0].Lane, Done: true}}))
	return fmt.Sprint(got[0].Message.Text, " ", got[0].Position)
}

// moved lists who has a timer of having moved up.
func moved(t *testing.T, s Store, at time.Time) []string {
	t.Helper()
	due, err := s.Due(ctx, at, 1000)
	must(t, err)
	var out []string
	for _, d := range due {
		if d.Kind != bot.TimerMoved || string(d.Body) != "fair" || d.ID != bot.MovedTimer("fair", d.Owner, at).ID {
			t.Errorf("an odd timer: %+v", d)
		}
		out = append(out, d.Owner)
	}
	slices.Sort(out)
	return out
}

// givenBack: a seat given back lets exactly the first of the list move up; a place on
// the list given back moves nobody up; what nobody holds changes nothing.
func givenBack(t *testing.T, s Store, clock *Clock) {
	at := clock.Now()
	claim := func(holder, want string) {
		t.Helper()
		if got := claimed(t, s, bot.Claim{Event: "fair", Holder: holder, Seats: 2}); got != want {
			t.Errorf("%s: %s, want %s", holder, got, want)
		}
	}
	back := func(holder string, seats int, want ...string) {
		t.Helper()
		must(t, s.Commit(ctx, bot.Turn{At: at, Release: []bot.Release{{Event: "fair", Holder: holder, Seats: seats}}}))
		if got := moved(t, s, at); !slices.Equal(got, want) {
			t.Errorf("after %s gave back, moved up: %v, want %v", holder, got, want)
		}
	}
	for i, want := range []string{"granted 0", "granted 0", "waiting 1", "waiting 2", "waiting 3", "waiting 4", "waiting 5"} {
		claim(fmt.Sprint("h", i), want)
	}
	back("nobody", 2)
	back("h3", 2) // was on the list
	claim("h4", "already 2")
	back("h0", 2, "h2")
	back("h0", 2, "h2") // again
	claim("h2", "already 0")
	claim("h4", "already 1")
	back("h2", 2, "h4") // moved up and gives back before they are told: the timer goes
	back("h1", 0, "h4") // the event is closed: nobody moves up
	claim("h9", "granted 0")
	claim("h10", "waiting 3")
	if got := claimed(t, s, bot.Claim{Event: "other", Holder: "h0", Seats: 9, Reserve: true}); got != "waiting 1" {
		t.Errorf("put in reserve with seats free: %s", got)
	}
	// With many seats free, one seat given back still moves up exactly one.
	claimed(t, s, bot.Claim{Event: "other", Holder: "h1", Seats: 9, Reserve: true})
	claimed(t, s, bot.Claim{Event: "other", Holder: "h2", Seats: 9})
	must(t, s.Commit(ctx, bot.Turn{At: at, Release: []bot.Release{{Event: "other", Holder: "h2", Seats: 9}}}))
	if got := claimed(t, s, bot.Claim{Event: "other", Holder: "h0", Seats: 9}) + claimed(t, s, bot.Claim{Event: "other", Holder: "h1", Seats: 9}); got != "already 0already 1" {
		t.Errorf("two in reserve, one gave back: %s", got)
	}
	counts, err := s.Tallies(ctx, "seats:", 9)
	must(t, err)
	if counts["seats:granted"] != 4 || counts["seats:waiting"] != 8 || counts["seats:already"] != 5 {
		t.Errorf("the branches' tallies: %v", counts)
	}
}

// seatsRaised: as many move up as there is room for, in their order.
func seatsRaised(t *testing.T, s Store, clock *Clock) {
	at := clock.Now()
	for i := range 30 {
		claimed(t, s, bot.Claim{Event: "fair", Holder: fmt.Sprintf("h%02d", i), Seats: 5})
	}
	raise := func(seats int, want int) {
		t.Helper()
		must(t, s.Commit(ctx, bot.Turn{At: at, Release: []bot.Release{{Event: "fair", Seats: seats}}}))
		var all []string
		for i := range want {
			all = append(all, fmt.Sprintf("h%02d", 5+i))
		}
		if got := moved(t, s, at); !slices.Equal(got, all) {
			t.Errorf("with %d seats moved up: %v, want %v", seats, got, all)
		}
	}
	raise(3, 0) // fewer than are taken: nobody loses theirs
	raise(7, 2)
	raise(7, 2)
	raise(100, 25)
}

// crowd: 500 want 50 places at once while some who hold one give it back: never more
// than 50 hold a seat, and each seat given back lets exactly one move up, in order.
func crowd(t *testing.T, s Store, clock *Clock) {
	const people, places, leaving = 500, 50, 30
	at := clock.Now()
	var group sync.WaitGroup
	for i := range people {
		group.Go(func() {
			a := bot.Address{Channel: "test", ID: fmt.Sprint(i)}
			c := &bot.Claim{Event: "fair", Holder: a.ID, Seats: places, Branch: map[bot.Outcome]bot.Branch{
				bot.Granted: {Out: []bot.Outgoing{say(a, bot.LaneReply, "granted")}},
				bot.Waiting: {Out: []bot.Outgoing{say(a, bot.LaneReply, "waiting")}},
			}}
			if err := s.Commit(ctx, bot.Turn{At: at, Claim: c}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	var granted []string
	order := make([]string, people-places+1) // by position
	for _, m := range lease(t, s, people+1) {
		if m.Message.Text == "granted" {
			granted = append(granted, m.To.ID)
		} else {
			order[m.Position] = m.To.ID
		}
	}
	if len(granted) != places || slices.Contains(order[1:], "") {
		t.Fatalf("%d granted; the list: %v", len(granted), order)
	}
	for _, holder := range granted[:leaving] {
		for range 2 { // each says so twice at once
			group.Go(func() {
				if err := s.Commit(ctx, bot.Turn{At: at, Release: []bot.Release{{Event: "fair", Holder: holder, Seats: places}}}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	want := slices.Clone(order[1 : leaving+1])
	slices.Sort(want)
	if got := moved(t, s, at); !slices.Equal(got, want) {
		t.Errorf("%d gave back, moved up: %s\nwant %s", leaving, strings.Join(got, " "), strings.Join(want, " "))
	}
}
