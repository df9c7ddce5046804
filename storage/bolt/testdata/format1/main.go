// This program wrote format1.db.gz beside it: a store as commit 97b3aee left it,
// killed (not closed) after its last commit. It is kept so that one can see what
// the file holds; it must be run at that commit:
//
//	git worktree add /tmp/old 97b3aee && cd /tmp/old
//	go run ./storage/bolt/testdata/format1 format1.db && gzip -9n format1.db
//
// ../format2/format2.db.gz was written in the same way at commit c3d1a63, of format 2,
// ../format3/format3.db.gz at 2247e01.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"maalem/bot"
	"maalem/storage/bolt"
)

func main() {
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	s, err := bolt.Open(context.Background(), os.Args[1], bolt.Options{Now: func() time.Time { return at }})
	if err != nil {
		log.Fatal(err)
	}
	commit := func(t bot.Turn) {
		t.At = at
		if err := s.Commit(context.Background(), t); err != nil {
			log.Fatal(err)
		}
	}
	for i := range 1200 {
		a := bot.Address{Channel: "telegram", ID: fmt.Sprint(1000 + i)}
		conv := bot.Ref{Kind: bot.KindConversation, ID: a.String()}
		person := bot.Ref{Kind: bot.KindArtisan, ID: fmt.Sprintf("P%04d", i)}
		t := bot.Turn{
			Key:    fmt.Sprintf("telegram/%d", 500+i),
			Expect: []bot.Expect{{Ref: conv}, {Ref: person}},
			Changes: []bot.Change{
				{Ref: conv, Body: []byte(fmt.Sprint("conversation ", i))},
				{Ref: person, Body: []byte(fmt.Sprint("person ", i)), Bits: []bot.Bit{{Facet: fmt.Sprint("third:", i%3), On: true}, {Facet: "all", On: true}}},
			},
			Timers: []bot.Timer{{ID: "half/" + a.String(), Owner: a.String(), Kind: "half", Due: at.Add(time.Duration(i) * time.Minute),
				Wall: "2026-11-21T10:00", Zone: "Africa/Casablanca", NotAfter: at.AddDate(0, 1, 0), Body: []byte{1, 2}}},
			Tally: []bot.Tally{{Name: "runs:x", Delta: 1}},
		}
		if i%10 == 0 {
			t.Out = []bot.Outgoing{{To: a, Lane: bot.Lane(1 + i/10%3), At: at, Message: bot.Message{Text: fmt.Sprint("message ", i)}}}
			t.History = []bot.HistoryLine{{To: a, Message: bot.Message{Text: fmt.Sprint("line ", i), Echo: true}}, {To: a, Message: bot.Message{Text: "answer"}}}
		}
		if i%20 == 0 {
			t.Append = []bot.LogRow{{Log: bot.LogMisunderstood, Owner: a.String(), Body: []byte(fmt.Sprint("row ", i))}}
		}
		if i < 8 {
			t.Claim = &bot.Claim{Event: "fair", Holder: person.ID, Seats: 5}
		}
		commit(t)
	}
	// A timer of nobody, a moved timer, a tombstone, dedupe keys of every form.
	a := bot.Address{Channel: "telegram", ID: "1001"}
	commit(bot.Turn{Key: "web/some-text", Timers: []bot.Timer{{ID: "nobody", Kind: "k", Due: at.Add(time.Hour)},
		{ID: "half/" + a.String(), Owner: a.String(), Kind: "half", Due: at.AddDate(0, 0, 3)}}})
	gone := bot.Ref{Kind: bot.KindArtisan, ID: "P0002"}
	commit(bot.Turn{Key: "web/" + fmt.Sprintf("%0200d", 7), Expect: []bot.Expect{{Ref: gone, Version: 1}}, Changes: []bot.Change{{Ref: gone}}})
	os.Exit(0) // as a kill would leave it
}
