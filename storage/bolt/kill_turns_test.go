//go:build linux

package bolt

import (
	"fmt"
	"strconv"
	"time"

	"maalem/bot"
)

// killWorkers is how many goroutines of the child commit turns, each for an address of its own.
const killWorkers = 48

// killSeats are the seats of the event that all workers want, and of each worker's own event.
const (
	killSeats    = 200
	killOwnSeats = 20
)

// killStart is when the turns of the kill test happen; the store never looks at the real time.
var killStart = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func killAddress(w int) bot.Address { return bot.Address{Channel: "kill", ID: strconv.Itoa(w)} }

func killTalk(w int) bot.Ref {
	return bot.Ref{Kind: bot.KindConversation, ID: killAddress(w).String()}
}

func killTimer(w, n int) bot.Timer {
	return bot.Timer{ID: fmt.Sprintf("t/%d/%d", w, n%7), Owner: killAddress(w).String(), Kind: strconv.Itoa(n), Due: killStart.Add(time.Duration(w*100_000+n) * time.Second)}
}

// killTurn is the n-th turn (n ≥ 1) of worker w. It depends on nothing else, so that
// whoever knows n knows all that must be in the store: the turns bring everything
// that a turn can bring.
func killTurn(w, n int) bot.Turn {
	a := killAddress(w)
	text := strconv.Itoa(n)
	t := bot.Turn{
		Key:     fmt.Sprintf("kill%d/%d", w, n),
		At:      killStart.Add(time.Duration(n) * time.Second),
		Expect:  []bot.Expect{{Ref: killTalk(w), Version: bot.Version(n - 1)}},
		Changes: []bot.Change{{Ref: killTalk(w), Body: []byte(text)}},
		Timers:  []bot.Timer{killTimer(w, n)},
		Out:     []bot.Outgoing{{To: a, Lane: bot.Lane(1 + n%3), Message: bot.Message{Text: text}}},
		History: []bot.HistoryLine{{To: a, Message: bot.Message{Text: text}}},
		Append:  []bot.LogRow{{Log: bot.LogMisunderstood, Owner: a.String(), Body: []byte(text)}},
		Tally:   []bot.Tally{{Name: fmt.Sprint("turns:", w), Delta: 1}, {Name: "turns", Delta: 1}, {Name: fmt.Sprint("odd:", w), Delta: int64(1 - 2*(n%2))}},
	}
	if n%7 == 5 { // the last but one timer fires, the last one is cancelled
		fired := killTimer(w, n-2)
		t.Fired = &fired
		t.Cancel = []string{killTimer(w, n-1).ID}
	}
	person := bot.Ref{Kind: bot.KindArtisan, ID: fmt.Sprintf("P%d-%d", w, n/4)}
	switch n % 4 {
	case 0: // a new artisan
		t.Expect = append(t.Expect, bot.Expect{Ref: person})
		t.Changes = append(t.Changes, bot.Change{Ref: person, Body: []byte(text), Bits: []bot.Bit{{Facet: fmt.Sprint("craft:", n%5), On: true}, {Facet: "lang:ary", On: true}},
			Words: []string{"fatima", fmt.Sprint("f", n%9)}})
	case 1: // learns another craft, and has another name
		if n > 4 {
			t.Expect = append(t.Expect, bot.Expect{Ref: person, Version: 1})
			t.Changes = append(t.Changes, bot.Change{Ref: person, Body: []byte(text), Bits: []bot.Bit{{Facet: fmt.Sprint("craft:", n%5), On: true}, {Facet: "lang:ary"}},
				Words: []string{"fatima", fmt.Sprint("g", n%9)}})
		}
	case 2: // every second one is deleted
		if n > 4 && n%8 == 6 {
			t.Expect = append(t.Expect, bot.Expect{Ref: person, Version: 2})
			t.Changes = append(t.Changes, bot.Change{Ref: person})
		}
	}
	if n%6 == 0 { // one gives back, and whoever waits longest moves up
		t.Release = []bot.Release{{Event: fmt.Sprint("fair", w), Holder: strconv.Itoa(n - 4), Seats: killOwnSeats / 4}}
	}
	if n%2 == 0 {
		t.Claim = &bot.Claim{Event: fmt.Sprint("fair", w), Holder: text, Seats: killOwnSeats / 4, Branch: map[bot.Outcome]bot.Branch{
			bot.Granted: {History: []bot.HistoryLine{{To: a, Message: bot.Message{Text: "granted " + text}}}},
			bot.Waiting: {History: []bot.HistoryLine{{To: a, Message: bot.Message{Text: "waiting " + text}}}},
		}}
	} else {
		t.Claim = &bot.Claim{Event: "fair", Holder: fmt.Sprint(w, "-", n), Seats: killSeats}
	}
	if n%50 == 0 { // somebody else's traces are erased
		t.Erase = []string{fmt.Sprintf("kill:other%d", w)}
	} else if n%50 == 25 {
		other := bot.Address{Channel: "kill", ID: fmt.Sprint("other", w)}
		t.History = append(t.History, bot.HistoryLine{To: other, Message: bot.Message{Text: "x"}})
		t.Timers = append(t.Timers, bot.Timer{ID: "o/" + other.ID, Owner: other.String(), Due: killStart.AddDate(1, 0, 0)})
		t.Append = append(t.Append, bot.LogRow{Log: bot.LogQuarantine, Owner: other.String(), Body: []byte("x")})
	}
	return t
}
