package storetest

import (
	"errors"
	"testing"

	"maalem/bot"
)

func dedupe(t *testing.T, s Store, _ *Clock) {
	turn := put(conv(anna), 0, "one")
	turn.Key = "test/7"
	must(t, s.Commit(ctx, turn))
	again := put(conv(anna), 1, "two")
	again.Key = "test/7"
	is(t, s.Commit(ctx, again), bot.ErrDuplicate)
	other := put(conv(anna), 1, "three")
	other.Key = "test/8"
	must(t, s.Commit(ctx, other))
	if got, v := body(t, s, conv(anna)); got != "three" || v != 2 {
		t.Fatalf("record is %q at %d", got, v)
	}
}

// A turn of a form that no store takes is told apart from a store that fails, changes
// nothing, and leaves its key free for the turn that puts the message aside.
func invalid(t *testing.T, s Store, _ *Clock) {
	turns := map[string]bot.Turn{
		"a record without ID":   put(bot.Ref{Kind: bot.KindConversation}, 0, "x"),
		"a record without kind": put(bot.Ref{ID: "anna"}, 0, "x"),
		"an unexpected change":  put(conv(anna), 0, "x"),
	}
	unexpected := turns["an unexpected change"]
	unexpected.Expect = []bot.Expect{{Ref: conv(brik)}}
	turns["an unexpected change"] = unexpected
	for name, turn := range turns {
		turn.Key = "test/1"
		if err := s.Commit(ctx, turn); !errors.Is(err, bot.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good := put(conv(anna), 0, "good")
	good.Key = "test/1"
	must(t, s.Commit(ctx, good))
}
