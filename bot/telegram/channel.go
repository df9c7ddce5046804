package telegram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"maalem/bot"
)

// Name is the channel's name in a bot.Address.
const Name = "telegram"

// fileMemory bounds the bytes of files in memory at one time, in and out: two of
// the largest that getFile gives.
const fileMemory = 2 * maxDownload

// Channel is the Telegram channel. Use New.
type Channel struct {
	cfg  Config
	log  *slog.Logger
	api  *api
	gate *gate

	receiving atomic.Bool
	intake    intake // open while Receive runs by webhook
	lanes     lanes
	answers   chan string // callback ids to be answered
	files     *semaphore.Weighted
	known     fileIDs
	halfway   halfway
	username  atomic.Pointer[string]

	mu       sync.Mutex
	troubles map[topic]Health
}

var _ bot.Channel = (*Channel)(nil)

// New prepares the channel; it does not touch the network. The error names every
// problem of the configuration.
func New(cfg Config) (*Channel, error) {
	if cfg.APIURL == "" {
		cfg.APIURL = DefaultAPIURL
	}
	cfg.APIURL = strings.TrimRight(cfg.APIURL, "/")
	cfg.PublicURL = strings.TrimRight(cfg.PublicURL, "/")
	if cfg.Updates == "" {
		cfg.Updates = Poll
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.Default()
	}
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return &Channel{
		cfg:      cfg,
		log:      cfg.Logger,
		api:      newAPI(cfg),
		gate:     newGate(cfg.Rate, cfg.ChatRate),
		lanes:    lanes{waiting: map[int64][]job{}},
		answers:  make(chan string, answersQueued),
		files:    semaphore.NewWeighted(fileMemory),
		troubles: map[topic]Health{},
	}, nil
}

// Name is "telegram".
func (c *Channel) Name() string { return Name }

// Caps is what Telegram shows. TextLimit is in UTF-16 units; Buttons is what
// still fits on about one screen, the API takes 100.
func (c *Channel) Caps() bot.Caps {
	return bot.Caps{Buttons: 30, TextLimit: textLimit, Voice: true, AskContact: true, AskPlace: true}
}

// Username is the bot's, for t.me links; empty until Telegram has told it.
func (c *Channel) Username() string {
	if name := c.username.Load(); name != nil {
		return *name
	}
	return ""
}

// Receive takes updates, by polling or by webhook, until ctx ends; then it waits
// for what is being handled and returns ctx's error. Only one may run at a time.
// What goes wrong meanwhile is retried for as long as it takes, and is told by
// Health and in the log.
func (c *Channel) Receive(ctx context.Context, handle bot.Handler) error {
	if !c.receiving.CompareAndSwap(false, true) {
		return errors.New("telegram: Receive is running already")
	}
	defer c.receiving.Store(false)

	var background sync.WaitGroup
	defer background.Wait()
	background.Go(func() { c.introduce(ctx) })
	for range answerers {
		background.Go(func() { c.answerCallbacks(ctx) })
	}

	state := c.loadState(ctx)
	// A turn that has begun is finished although ctx ends, within reason.
	turns, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(graceful, stop) })()

	if c.cfg.Updates == Webhook {
		c.serveWebhook(ctx, turns, handle, state)
	} else {
		newPoller(c, turns, handle, state).run(ctx)
	}
	return ctx.Err()
}

// graceful is how long a turn may take that is running when Receive is to end.
const graceful = 10 * time.Second

func (c *Channel) loadState(ctx context.Context) State {
	if c.cfg.Offsets == nil {
		return State{}
	}
	s, err := c.cfg.Offsets.Load(ctx)
	if err != nil {
		c.log.Warn("telegram: the saved offset is not readable; Telegram's own is used", "error", c.api.clean(err))
		return State{}
	}
	return s
}

func (c *Channel) saveState(ctx context.Context, s State) error {
	if c.cfg.Offsets == nil {
		return nil
	}
	if err := c.cfg.Offsets.Save(ctx, s); err != nil {
		return fmt.Errorf("save the telegram offset: %w", err)
	}
	return nil
}

// Health is how the channel is.
type Health struct {
	Problem string // what the operator is told, in English; empty = all is well
	Since   time.Time
}

// topic is what may be in trouble by itself.
type topic uint8

const (
	topicReceive topic = iota
	topicSend
	topicSetup
)

// Health tells the gravest present problem: receiving before sending before set-up.
func (c *Channel) Health() Health {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range []topic{topicReceive, topicSend, topicSetup} {
		if h, ok := c.troubles[t]; ok {
			return h
		}
	}
	return Health{}
}

// trouble notes a problem; it is logged when it is a new one.
func (c *Channel) trouble(t topic, problem string) {
	c.mu.Lock()
	old, had := c.troubles[t]
	if !had || old.Problem != problem {
		c.troubles[t] = Health{Problem: problem, Since: time.Now()}
	}
	c.mu.Unlock()
	if !had || old.Problem != problem {
		c.log.Error("telegram: " + problem)
	}
}

// well ends a topic's trouble.
func (c *Channel) well(t topic) {
	c.mu.Lock()
	old, had := c.troubles[t]
	delete(c.troubles, t)
	c.mu.Unlock()
	if had {
		c.log.Info("telegram: well again", "after", time.Since(old.Since).Round(time.Second), "problem", old.Problem)
	}
}
