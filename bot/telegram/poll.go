package telegram

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"maalem/bot"
)

const (
	longPoll = 50 * time.Second // Telegram holds an empty answer back this long
	// window bounds the updates that are fetched and not yet confirmed; it is
	// also the most that getUpdates gives.
	window = 100
	// emptyPace is the least time between two answers without anything new,
	// for servers that do not hold an empty answer back.
	emptyPace = 200 * time.Millisecond
	// straggle is how long a batch is waited for before more is fetched beside
	// it, so that one slow download does not keep everybody else waiting.
	straggle = 50 * time.Millisecond
	// conflictPause follows a 409: another program polls with our token.
	conflictPause = 30 * time.Second
	// refusedPause follows a refused token.
	refusedPause = time.Minute
	// offsetEvery is how often the offset is saved while updates come in.
	offsetEvery = time.Second
	// idsChanceAfter: after a week without updates Telegram goes on with a
	// random identifier, so an old offset means nothing.
	idsChanceAfter = 6 * 24 * time.Hour
)

// allowedUpdates is always sent: the library would send null, which keeps
// whatever was set before.
const allowedUpdates = `["message","edited_message","callback_query","my_chat_member"]`

// poller is the loop of getUpdates. Asking for an offset confirms everything
// before it, so the offset never passes an update that is not committed: it is
// that of the oldest one in the window.
type poller struct {
	c       *Channel
	turns   context.Context
	handle  bot.Handler
	state   State
	saved   time.Time
	held    []*held // fetched and not confirmed, in Telegram's order
	ended   chan ending
	busy    map[int64]bool // chats that are being served
	running int
	// unreadable counts those of the last answer, so that they are logged once.
	unreadable int
	retry      backoff // of failed turns
	network    backoff // of failed calls
}

// held is an update in the window.
type held struct {
	id      int64
	chat    int64
	update  *tgbotapi.Update
	running bool
	done    bool
}

type ending struct {
	h    *held
	err  error
	last bool // of its chat
}

func newPoller(c *Channel, turns context.Context, handle bot.Handler, state State) *poller {
	if time.Since(state.Seen) > idsChanceAfter {
		state.Offset = 0
	}
	return &poller{
		c: c, turns: turns, handle: handle, state: state,
		ended:   make(chan ending, window),
		busy:    map[int64]bool{},
		retry:   backoff{first: 200 * time.Millisecond, most: 5 * time.Second},
		network: backoff{first: 500 * time.Millisecond, most: 30 * time.Second},
	}
}

// run polls until ctx ends, then waits for the turns that have begun.
func (p *poller) run(ctx context.Context) {
	for ctx.Err() == nil {
		began := time.Now()
		raws, f := p.fetch(ctx)
		if f != nil {
			if ctx.Err() == nil {
				p.pause(ctx, p.refused(ctx, f))
			}
			continue
		}
		p.network.reset()
		p.c.well(topicReceive)
		fresh := p.take(raws)
		idle := p.running == 0
		failed := p.gather(ctx, fresh)
		p.confirm(ctx)
		switch {
		case failed:
			p.pause(ctx, p.retry.next())
		case fresh:
			p.retry.reset()
		case idle: // gather paces the rest
			p.pause(ctx, emptyPace-time.Since(began))
		}
	}
	for p.running > 0 {
		p.note(<-p.ended)
	}
	p.confirm(ctx)
	p.save(context.WithoutCancel(ctx))
}

// fetch asks for what comes after the confirmed ones. Nothing is awaited at
// Telegram while turns are under way: what it would wait for is not what comes.
func (p *poller) fetch(ctx context.Context) ([]json.RawMessage, *fault) {
	wait := longPoll
	if len(p.held) > 0 {
		wait = 0
	}
	params := tgbotapi.Params{
		"timeout":         strconv.Itoa(int(wait / time.Second)),
		"limit":           strconv.Itoa(window),
		"allowed_updates": allowedUpdates,
	}
	if p.state.Offset != 0 {
		params["offset"] = strconv.FormatInt(p.state.Offset, 10)
	}
	result, f := p.c.api.callWithin(ctx, wait+10*time.Second, "getUpdates", params)
	if f != nil {
		return nil, f
	}
	// One by one: an update that cannot be read must not hide the others.
	var raws []json.RawMessage
	if err := json.Unmarshal(result, &raws); err != nil {
		return nil, &fault{text: "getUpdates did not answer a list"}
	}
	return raws, nil
}

// take starts what is to be handled, in Telegram's order: what failed before and
// what is new. It reports whether there was anything.
func (p *poller) take(raws []json.RawMessage) bool {
	known := make(map[int64]bool, len(p.held))
	for _, h := range p.held {
		known[h.id] = true
	}
	unreadable := 0
	for _, raw := range raws {
		if len(p.held) >= window {
			break // the rest comes again
		}
		u, ok := decode(raw)
		if !ok {
			unreadable++ // nothing to confirm it by; it goes with the next that is readable
			continue
		}
		id := int64(u.UpdateID)
		if !known[id] {
			known[id] = true
			p.held = append(p.held, &held{id: id, chat: chatOf(u), update: u})
		}
	}
	if unreadable > 0 && unreadable != p.unreadable { // the same ones come again and again
		p.c.log.Warn("telegram: updates without a readable identifier", "count", unreadable)
	}
	p.unreadable = unreadable
	// A chat's updates go as one group: what follows a failed one must not
	// overtake it, nor may a later group start before this one has ended.
	groups := map[int64][]*held{}
	for _, h := range p.held {
		if !h.running && !h.done && !p.busy[h.chat] {
			groups[h.chat] = append(groups[h.chat], h)
		}
	}
	for chat, group := range groups {
		p.busy[chat] = true
		p.running += len(group)
		for _, h := range group {
			h.running = true
		}
		go p.serve(group)
	}
	return len(groups) > 0
}

// serve handles updates of one chat in their order, up to the first that fails.
func (p *poller) serve(group []*held) {
	var err error
	for i, h := range group {
		if err == nil {
			err = guarded(func() error { return p.c.process(p.turns, h.update, p.handle) })
		} else {
			err = errBehind
		}
		p.ended <- ending{h: h, err: err, last: i == len(group)-1} // room for a whole window
	}
}

// gather waits for what runs: for all of it, but for stragglers only so long.
// It reports whether something failed.
func (p *poller) gather(ctx context.Context, fresh bool) (failed bool) {
	limit := straggle
	if !fresh {
		limit = emptyPace
	}
	var late <-chan time.Time
	for p.running > 0 {
		select {
		case e := <-p.ended: // without a timer, which is the common case
			failed = p.note(e) || failed
			continue
		default:
		}
		if late == nil {
			t := time.NewTimer(limit)
			defer t.Stop()
			late = t.C
		}
		select {
		case e := <-p.ended:
			failed = p.note(e) || failed
			if !fresh {
				return failed
			}
		case <-late:
			return failed
		case <-ctx.Done():
			return failed
		}
	}
	return failed
}

func (p *poller) note(e ending) (failed bool) {
	p.running--
	if e.last {
		delete(p.busy, e.h.chat)
	}
	e.h.running = false
	e.h.done = e.err == nil
	if e.err != nil && e.err != errBehind {
		p.c.log.Warn("telegram: an update was not taken and is tried again", "error", p.c.api.clean(e.err))
	}
	return e.err != nil
}

// confirm moves the offset past the committed ones at the window's start.
func (p *poller) confirm(ctx context.Context) {
	n := 0
	for n < len(p.held) && p.held[n].done {
		n++
	}
	if n == 0 {
		return
	}
	p.state.Offset = p.held[n-1].id + 1
	p.state.Seen = time.Now()
	p.held = append(p.held[:0], p.held[n:]...)
	if time.Since(p.saved) >= offsetEvery {
		p.save(ctx)
	}
}

func (p *poller) save(ctx context.Context) {
	if p.state.Offset == 0 {
		return
	}
	p.saved = time.Now()
	if err := p.c.saveState(ctx, p.state); err != nil && ctx.Err() == nil {
		p.c.log.Warn("telegram: the offset was not saved", "error", p.c.api.clean(err))
	}
}

// refused tells the operator why nothing comes in, and returns how long to wait.
func (p *poller) refused(ctx context.Context, f *fault) time.Duration {
	switch {
	case f.retry > 0:
		return f.retry + rand.N(time.Second)
	case f.code == http.StatusConflict && !f.foreign:
		if p.c.takeBackWebhook(ctx, &p.state) {
			return 0
		}
		p.c.trouble(topicReceive, "Telegram gives the updates to somebody else: another program runs with this token, "+
			"or a webhook is set for it. Stop the other program, or set TELEGRAM_UPDATES=webhook here")
		return conflictPause
	case f.refusedToken():
		p.c.trouble(topicReceive, "Telegram refuses the token. Check TELEGRAM_TOKEN, or take a new one from @BotFather")
		return refusedPause
	}
	p.c.trouble(topicReceive, "no updates from Telegram, trying again: "+f.Error())
	return p.network.next()
}

func (p *poller) pause(ctx context.Context, d time.Duration) {
	if d > 0 {
		_ = sleep(ctx, d) // run looks at ctx
	}
}

// backoff is a wait that doubles from first to most, less up to a quarter.
type backoff struct{ first, most, now time.Duration }

func (b *backoff) next() time.Duration {
	b.now = min(max(b.first, 2*b.now), b.most)
	return b.now - rand.N(b.now/4)
}

func (b *backoff) reset() { b.now = 0 }
