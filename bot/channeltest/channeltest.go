// Package channeltest is the suite that every bot.Channel passes: what the
// engine relies on, whatever the network behind it.
//
// It refuses to know networks: a Network drives one from the outside, as the
// people on it would. Its invariant is that it asks of a channel only what
// bot.Channel and bot.Caps promise.
package channeltest

import (
	"context"
	"testing"
	"time"

	"maalem/bot"
)

// Network is a channel together with the fake network or page behind it. A nil
// optional function skips what it would show.
type Network struct {
	Channel bot.Channel

	// Address is where person n (0, 1, 2…) is reached. The suite uses fewer
	// than ten people, and sends to them whether or not they have said anything.
	Address func(person int) bot.Address

	// Say makes a person write. It returns at once; the network goes on
	// delivering until the channel takes the message, also when that fails, or
	// when nobody receives yet. One person's messages keep their order.
	Say func(person int, text string)

	// Press makes a person press the button with this label that they saw last.
	Press func(person int, label string)

	// Sees is what a person has on the screen from us, in order.
	Sees func(person int) []Shown

	// Length counts as the channel's TextLimit does.
	Length func(text string) int

	// Hostile delivers what a malicious person or server would, in any form the
	// network has; optional.
	Hostile func()

	// Break makes sending fail in one way, and Mend ends all of them: the names
	// are the caller's ("reset after acceptance"); optional.
	Break map[string]func()
	Mend  func()
}

// Shown is one message as a person sees it.
type Shown struct {
	Text    string
	Buttons []string // labels
}

// patience is how long something that must happen may take before the suite
// gives up; nothing is measured by it.
const patience = 30 * time.Second

// Run holds a channel to the suite; start gives it a new one each time, with a
// network of its own, and cleans up by t.Cleanup.
func Run(t *testing.T, start func(t *testing.T) Network) {
	tests := []struct {
		name string
		test func(*testing.T, Network)
	}{
		{"what it says of itself is true", caps},
		{"a committed message does not come again", committedOnce},
		{"a failed message comes again", failedAgain},
		{"a failed message comes again before the next", failedKeepsOrder},
		{"messages of one address keep their order and do not overlap", orderWithin},
		{"addresses do not wait for each other", overlap},
		{"what was said while nobody received arrives", received},
		{"it outlives hostile payloads", hostile},
		{"it outlives a handler that panics", panics},
		{"it stops when it is told to", stops},
		{"a sent message is seen", seen},
		{"a long text arrives whole, in pieces that fit", long},
		{"choices come back with their data", choices},
		{"failures are SendErrors", failures},
		{"sending again is recognised where that is promised", idempotent},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, start(t)) })
	}
}

// receive runs Receive until the test, or cancel, ends it; wait waits for its end.
func receive(t *testing.T, n Network, handle bot.Handler) (cancel context.CancelFunc, wait func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = n.Channel.Receive(ctx, handle) // only ever ctx's error
	}()
	wait = func() {
		t.Helper()
		select {
		case <-ended:
		case <-time.After(patience):
			t.Error("Receive did not end with its context")
		}
	}
	t.Cleanup(func() {
		cancel()
		wait()
	})
	return cancel, wait
}

// next waits for a value.
func next[T any](t *testing.T, from <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatalf("waited in vain for %s", what)
		panic("unreachable")
	}
}

// until waits for a condition.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// send sends a message to a person and fails the test when that fails.
func send(t *testing.T, n Network, person int, id uint64, m bot.Message) {
	t.Helper()
	_, err := n.Channel.Send(t.Context(), outgoing(n, person, id, m))
	if err != nil {
		t.Fatalf("Send: %v", err)
	}
}

func outgoing(n Network, person int, id uint64, m bot.Message) bot.Outgoing {
	return bot.Outgoing{ID: id, To: n.Address(person), Lane: bot.LaneReply, At: time.Now(), Message: m}
}
