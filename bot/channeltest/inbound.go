package channeltest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"maalem/bot"
)

var errDisk = errors.New("the disk is full")

// passOn is a handler that passes on what it was given, after verdict has said
// how to answer.
func passOn(to chan<- bot.Inbound, verdict func(bot.Inbound) error) bot.Handler {
	return func(_ context.Context, in bot.Inbound) error {
		err := verdict(in)
		to <- in
		return err
	}
}

func commit(bot.Inbound) error { return nil }

func committedOnce(t *testing.T, n Network) {
	got := make(chan bot.Inbound, 100)
	receive(t, n, passOn(got, commit))
	n.Say(0, "one")
	first := next(t, got, "the first message")
	if first.Text != "one" || first.From != n.Address(0) || first.Key == "" {
		t.Errorf("got %+v", first)
	}
	n.Say(0, "two")
	second := next(t, got, "the second message")
	if second.Text != "two" {
		t.Errorf("got %q again", second.Text)
	}
	if second.Key == first.Key {
		t.Error("two messages have the same key")
	}
}

func failedAgain(t *testing.T, n Network) {
	got := make(chan bot.Inbound, 100)
	var tries atomic.Int32
	receive(t, n, passOn(got, func(bot.Inbound) error {
		if tries.Add(1) <= 2 {
			return errDisk
		}
		return nil
	}))
	n.Say(0, "please")
	first := next(t, got, "the message")
	for range 2 {
		if again := next(t, got, "the message again"); again.Key != first.Key || again.Text != "please" {
			t.Errorf("came again as %q under another key", again.Text)
		}
	}
	n.Say(0, "thanks")
	if in := next(t, got, "the next message"); in.Text != "thanks" {
		t.Errorf("%q came again after it was committed", in.Text)
	}
}

func failedKeepsOrder(t *testing.T, n Network) {
	got := make(chan bot.Inbound, 1000)
	var mu sync.Mutex
	failed := map[string]bool{}
	receive(t, n, passOn(got, func(in bot.Inbound) error {
		mu.Lock()
		defer mu.Unlock()
		if !failed[in.Text] && len(in.Text)%2 == 0 { // every other one fails once
			failed[in.Text] = true
			return errDisk
		}
		return nil
	}))
	const messages = 8
	word := ""
	for range messages {
		word += "a"
		n.Say(0, word)
	}
	seen := map[string]int{}
	for done := 0; done < messages; {
		in := next(t, got, "all messages")
		seen[in.Text]++
		committed := len(in.Text)%2 == 1 || seen[in.Text] == 2
		if committed {
			if done++; len(in.Text) != done {
				t.Fatalf("message %d was committed as number %d", len(in.Text), done)
			}
		}
	}
}

func orderWithin(t *testing.T, n Network) {
	const messages, people = 20, 3
	var mu sync.Mutex
	inside := map[bot.Address]int{}
	got := make(chan bot.Inbound, messages*people)
	receive(t, n, func(_ context.Context, in bot.Inbound) error {
		mu.Lock()
		inside[in.From]++
		if inside[in.From] > 1 {
			t.Error("two calls for one address at the same time")
		}
		mu.Unlock()
		got <- in
		mu.Lock()
		inside[in.From]--
		mu.Unlock()
		return nil
	})
	for i := range messages {
		for p := range people {
			n.Say(p, fmt.Sprint(i))
		}
	}
	count := map[bot.Address]int{}
	for range messages * people {
		in := next(t, got, "all messages")
		if in.Text != fmt.Sprint(count[in.From]) {
			t.Errorf("message %s came as number %d", in.Text, count[in.From])
		}
		count[in.From]++
	}
}

func overlap(t *testing.T, n Network) {
	release := make(chan struct{})
	var once sync.Once
	defer once.Do(func() { close(release) })
	entered := make(chan struct{}, 1)
	got := make(chan bot.Inbound, 10)
	receive(t, n, func(_ context.Context, in bot.Inbound) error {
		if in.From == n.Address(0) {
			entered <- struct{}{}
			<-release
		}
		got <- in
		return nil
	})
	n.Say(0, "slow")
	next(t, entered, "the slow one")
	n.Say(1, "quick")
	if in := next(t, got, "the other person, while the first is handled"); in.From != n.Address(1) {
		t.Errorf("%q came first", in.Text)
	}
	once.Do(func() { close(release) })
	if in := next(t, got, "the slow one"); in.Text != "slow" {
		t.Errorf("got %q", in.Text)
	}
}

func received(t *testing.T, n Network) {
	got := make(chan bot.Inbound, 10)
	n.Say(0, "hello?")
	cancel, wait := receive(t, n, passOn(got, commit))
	next(t, got, "what was said before")
	cancel()
	wait()
	n.Say(0, "anybody?")
	receive(t, n, passOn(got, commit))
	for {
		in := next(t, got, "what was said between two runs")
		if in.Text == "anybody?" {
			return
		}
		if in.Text != "hello?" { // may come again: nobody was left to confirm it
			t.Fatalf("got %q", in.Text)
		}
	}
}

func hostile(t *testing.T, n Network) {
	if n.Hostile == nil {
		t.Skip("the network has nothing hostile to say")
	}
	after := make(chan bot.Inbound, 1)
	receive(t, n, func(_ context.Context, in bot.Inbound) error {
		if in.From.IsZero() || in.From.ID == "" || in.Key == "" {
			t.Errorf("an inbound without sender or key: kind %d", in.Kind)
		}
		if len(in.Text) > 1<<16 || len(in.Press) > 1<<10 {
			t.Errorf("an inbound with %d bytes of text, %d of press", len(in.Text), len(in.Press))
		}
		if in.Text == "still there?" {
			after <- in
		}
		return nil
	})
	n.Hostile()
	n.Say(9, "still there?")
	next(t, after, "an ordinary message after hostile ones")
}

func panics(t *testing.T, n Network) {
	got := make(chan bot.Inbound, 10)
	var planted atomic.Bool
	receive(t, n, func(_ context.Context, in bot.Inbound) error {
		if planted.CompareAndSwap(false, true) {
			panic("planted")
		}
		got <- in
		return nil
	})
	n.Say(0, "boo")
	if in := next(t, got, "the message whose handler panicked"); in.Text != "boo" {
		t.Errorf("got %q", in.Text)
	}
}

func stops(t *testing.T, n Network) {
	entered, finish := make(chan struct{}), make(chan struct{})
	handled := make(chan error, 1)
	cancel, wait := receive(t, n, func(ctx context.Context, _ bot.Inbound) error {
		close(entered)
		<-finish
		handled <- ctx.Err()
		return nil
	})
	n.Say(0, "last words")
	next(t, entered, "the message")
	cancel()
	close(finish)
	if err := next(t, handled, "the turn that had begun"); err != nil {
		t.Errorf("a turn that had begun was cut off: %v", err)
	}
	wait()
}
