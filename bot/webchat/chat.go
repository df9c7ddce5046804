package webchat

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"maalem/bot"
	"maalem/bot/web"
	"maalem/locales"
)

// Name is the channel's name in addresses.
const Name = "web"

// Limits of the channel.
const (
	// MaxText is the longest message in characters; more is a pasted document.
	MaxText = 4_000
	// MaxUpload is the largest file in bytes: a minute of phone video, or any
	// voice note that somebody will listen to.
	MaxUpload = 16 << 20
	// Shown is how many lines a page shows; older ones stay in the store.
	Shown = 100
)

// Files keeps what people send, and opens it again: what many read at once, slowly,
// must not lie in memory for each of them.
type Files interface {
	bot.MediaStore
	Open(ctx context.Context, hash string) (io.ReadSeekCloser, error)
}

// Config is what a Chat works with.
type Config struct {
	Site    *web.Site
	Keys    web.Keys
	History bot.History
	Media   Files
	// Strings gives the words around the conversation, by the names in Words.
	// A hole falls back to French.
	Strings func(locales.Lang) map[string]string
	// Telegram is the link to the same assistant there, "" when there is none
	// (yet: the bot's name is known only after its first call). May be nil.
	Telegram func() string
	// Forget is told that a device forgot its conversation, before its cookie is
	// cleared: what belongs to nobody can go. May be nil.
	Forget func(context.Context, bot.Address) error
	// Unofficial: nobody is named yet who answers for the data (law 09-08); the
	// page says so, in red, to everybody who comes.
	Unofficial bool
	// NewConversations bounds how many one household may begin; zero = 60 at once
	// (a training room on one connection, a provider that hides a quarter behind
	// one address), then one every 5 s.
	NewConversations web.Rate
	Now              func() time.Time // nil = time.Now
	// Zone is the clock on the wall of those who read; nil = UTC.
	Zone *time.Location
	Log  *slog.Logger // nil discards
}

// Chat is the web chat: a bot.Channel, and its pages on a Site.
type Chat struct {
	cfg     Config
	log     *slog.Logger
	words   words
	who     identity
	pages   pages
	order   order
	hub     hub
	uploads *places       // being received, on disk
	answers *places       // of pages and lines, being fetched
	loads   chan struct{} // uploads held in memory

	mu      sync.Mutex
	handle  bot.Handler   // nil while nobody receives
	stopped chan struct{} // of the running Receive, closed when it ends; nil without one
	busy    sync.WaitGroup
}

//go:embed static
var static embed.FS

// New makes a Chat and registers its pages on the Site. Until Receive runs,
// messages are answered with 503 and the page keeps them.
func New(ctx context.Context, cfg Config) (*Chat, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Zone == nil {
		cfg.Zone = time.UTC
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.NewConversations == (web.Rate{}) {
		cfg.NewConversations = web.Rate{Burst: 60, Every: 5 * time.Second}
	}
	c := &Chat{
		cfg:     cfg,
		log:     cfg.Log,
		words:   newWords(cfg.Strings),
		order:   order{lines: map[string]*line{}},
		hub:     hub{open: map[string]map[chan struct{}]struct{}{}},
		uploads: newPlaces(maxUploads, maxUploadsOwn),
		answers: newPlaces(maxAnswers, maxAnswersOwn),
		loads:   make(chan struct{}, 3),
	}
	var err error
	if c.who, err = newIdentity(ctx, cfg); err != nil {
		return nil, fmt.Errorf("web chat: %w", err)
	}
	own, err := fs.Sub(static, "static")
	if err != nil {
		return nil, fmt.Errorf("web chat: %w", err)
	}
	spoken, err := c.words.module()
	if err != nil {
		return nil, fmt.Errorf("web chat: %w", err)
	}
	// The words first: the page's modules import them.
	if err := cfg.Site.AddAsset("words.js", spoken); err != nil {
		return nil, fmt.Errorf("web chat: %w", err)
	}
	if err := cfg.Site.AddAssets(own); err != nil {
		return nil, fmt.Errorf("web chat: %w", err)
	}
	if c.pages, err = newPages(cfg.Site); err != nil {
		return nil, fmt.Errorf("web chat: %w", err)
	}
	c.register()
	return c, nil
}

// Name implements bot.Channel.
func (c *Chat) Name() string { return Name }

// Caps implements bot.Channel. Sending the same message again is idempotent
// because the page shows the history, in which it stands once.
func (c *Chat) Caps() bot.Caps {
	return bot.Caps{Buttons: 100, Voice: true, AskPlace: true, Idempotent: true, History: true, Weak: true}
}

// Receive implements bot.Channel. When ctx ends it takes no more messages, waits
// for those being handled, and ends open streams: pages then come back by
// themselves, to whoever listens on the address next.
func (c *Chat) Receive(ctx context.Context, handle bot.Handler) error {
	c.mu.Lock()
	if c.stopped != nil {
		c.mu.Unlock()
		return errors.New("web chat: receives already")
	}
	stopped := make(chan struct{})
	c.stopped, c.handle = stopped, handle
	c.mu.Unlock()

	<-ctx.Done()
	c.mu.Lock()
	c.handle = nil
	c.mu.Unlock()
	c.busy.Wait()
	close(stopped)
	c.mu.Lock()
	c.stopped = nil
	c.mu.Unlock()
	return nil
}

// Send implements bot.Channel: the line is in the history already, open pages are
// told to look. That nobody looks is no failure; they will.
func (c *Chat) Send(_ context.Context, m bot.Outgoing) (bot.Receipt, error) {
	switch {
	case m.To.Channel != Name || !addressID.MatchString(m.To.ID):
		return bot.Receipt{}, &bot.SendError{Failure: bot.FailRejected, Reason: "no address of the web chat"}
	case m.Message.Text == "" && m.Message.Media == nil && m.Message.Recording == nil:
		return bot.Receipt{}, &bot.SendError{Failure: bot.FailRejected, Reason: "the message is empty"}
	}
	c.hub.wake(m.To.ID)
	return bot.Receipt{MessageID: strconv.FormatUint(m.ID, 10), At: c.cfg.Now()}, nil
}

// errClosed: nobody takes messages at the moment.
var errClosed = errors.New("web chat: not receiving")

// deliver hands an Inbound over. It outlives the request on purpose: a phone that
// loses its line while we commit must not undo what it said.
func (c *Chat) deliver(ctx context.Context, in bot.Inbound) error {
	c.mu.Lock()
	handle := c.handle
	if handle == nil {
		c.mu.Unlock()
		return errClosed
	}
	c.busy.Add(1)
	c.mu.Unlock()
	defer c.busy.Done()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handleTime)
	defer cancel()
	return handle(ctx, in)
}

// handleTime bounds one turn: a disk that hangs longer is answered with "try again".
const handleTime = 20 * time.Second
