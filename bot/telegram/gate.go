package telegram

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"maalem/bot"
)

// gate is what every message passes before it leaves: one for the whole token,
// because Telegram counts, and punishes, the token as a whole.
//
// Replies reserve their turn; the other lanes only take a turn that is free now,
// so that however many of them wait, a reply is next.
type gate struct {
	all      *rate.Limiter // nil = off
	announce *rate.Limiter // all, less what is kept for replies; nil = off
	// turnstile lets one waiter per yielding lane look for a free turn.
	turnstile map[bot.Lane]chan struct{}

	mu    sync.Mutex
	until time.Time // Telegram wants silence until then

	chats     map[int64]*rate.Limiter
	chatRate  rate.Limit
	chatsMost int
}

// chatsKept bounds the chats whose recent rate is remembered.
const chatsKept = 8192

func newGate(perSecond, chatRate float64) *gate {
	g := &gate{
		turnstile: map[bot.Lane]chan struct{}{
			bot.LaneService:  make(chan struct{}, 1),
			bot.LaneAnnounce: make(chan struct{}, 1),
		},
		chats:     map[int64]*rate.Limiter{},
		chatRate:  rate.Limit(chatRate),
		chatsMost: chatsKept,
	}
	if perSecond > 0 {
		// In any one second at most perSecond plus the burst leave: 30 of 25,
		// which is Telegram's limit.
		g.all = rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond/5)))
		kept := min(keptForReplies, perSecond/5)
		g.announce = rate.NewLimiter(rate.Limit(perSecond-kept), 1)
	}
	return g
}

// wait returns nil when a message of the lane may leave for the chat now. It
// fails at once while Telegram wants silence, and when ctx ends.
func (g *gate) wait(ctx context.Context, lane bot.Lane, chat int64) *bot.SendError {
	if after := g.silence(); after > 0 {
		return throttled(after)
	}
	if l := g.chat(chat); l != nil {
		if l.Wait(ctx) != nil {
			return unsent("stopped while waiting for the chat's rate")
		}
	}
	if g.all != nil {
		if err := g.turn(ctx, lane); err != nil {
			return unsent("stopped while waiting for the rate")
		}
	}
	if after := g.silence(); after > 0 { // begun while we waited
		return throttled(after)
	}
	return nil
}

func (g *gate) turn(ctx context.Context, lane bot.Lane) error {
	turnstile, yields := g.turnstile[lane]
	if !yields {
		return g.all.Wait(ctx)
	}
	select {
	case turnstile <- struct{}{}:
		defer func() { <-turnstile }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if lane == bot.LaneAnnounce {
		if err := g.announce.Wait(ctx); err != nil {
			return err
		}
	}
	pause := time.Duration(float64(time.Second) / float64(g.all.Limit()))
	pause = min(max(pause, time.Millisecond), 200*time.Millisecond)
	for !g.all.Allow() {
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
	return nil
}

// silence is how long Telegram still wants nothing from us.
func (g *gate) silence() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.until.IsZero() {
		return 0
	}
	return max(0, time.Until(g.until))
}

// hush keeps everything back for d and up to a second more, so that not all
// come back in the same instant; it returns the whole wait.
func (g *gate) hush(d time.Duration) time.Duration {
	d += rand.N(time.Second)
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := time.Now().Add(d); until.After(g.until) {
		g.until = until
	}
	return time.Until(g.until)
}

// chat is the limiter of one chat. A limiter that has all its tokens back is no
// different from a new one, and is what is forgotten.
func (g *gate) chat(id int64) *rate.Limiter {
	if g.chatRate <= 0 {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if l, ok := g.chats[id]; ok {
		return l
	}
	if len(g.chats) >= g.chatsMost {
		g.forget()
	}
	l := rate.NewLimiter(g.chatRate, chatBurst)
	g.chats[id] = l
	return l
}

func (g *gate) forget() {
	for id, l := range g.chats {
		if l.Tokens() >= chatBurst {
			delete(g.chats, id)
		}
	}
	for id := range g.chats { // all are busy: drop some, memory comes first
		if len(g.chats) < g.chatsMost*3/4 {
			break
		}
		delete(g.chats, id)
	}
}

// sleep waits for d, or returns ctx's error when that ends first.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
