package telegram

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"maalem/bot"
)

const (
	maxUpdate = 1 << 20 // bytes of one update
	// webhookParallel is Telegram's max_connections, and how many updates are
	// under way here; a chat's updates it sends one after the other.
	webhookParallel = 100
)

// intake is what Handler needs while Receive runs by webhook.
type intake struct {
	mu      sync.RWMutex
	secret  string
	take    func(*tgbotapi.Update) error // nil while nothing is received
	running sync.WaitGroup
}

func (i *intake) open(secret string, take func(*tgbotapi.Update) error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.secret, i.take = secret, take
}

// close ends the intake and waits for the updates that are inside.
func (i *intake) close() {
	i.mu.Lock()
	i.take = nil
	i.mu.Unlock()
	i.running.Wait()
}

// enter lets a request in; the caller ends with running.Done.
func (i *intake) enter() (take func(*tgbotapi.Update) error, ok bool) {
	i.mu.RLock()
	defer i.mu.RUnlock()
	if i.take == nil {
		return nil, false
	}
	i.running.Add(1)
	return i.take, true
}

// knows compares the secret in constant time; without one nobody is known.
func (i *intake) knows(secret string) bool {
	i.mu.RLock()
	defer i.mu.RUnlock()
	return i.secret != "" && subtle.ConstantTimeCompare([]byte(secret), []byte(i.secret)) == 1
}

// Handler is what WebhookPath serves. It answers 200 only when the update is
// committed or says nothing to us; anything else makes Telegram send it again.
func (c *Channel) Handler() http.Handler {
	room := make(chan struct{}, 2*webhookParallel)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			http.Error(w, "post only", http.StatusMethodNotAllowed)
			return
		}
		if !c.intake.knows(r.Header.Get("X-Telegram-Bot-Api-Secret-Token")) {
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		select {
		case room <- struct{}{}:
			defer func() { <-room }()
		default:
			http.Error(w, "busy", http.StatusServiceUnavailable)
			return
		}
		raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxUpdate))
		if err != nil {
			http.Error(w, "unreadable", http.StatusBadRequest)
			return
		}
		u, ok := decode(raw)
		if !ok {
			// Again it would be no better, and Telegram holds back what follows.
			c.log.Warn("telegram: an update without a readable identifier", "bytes", len(raw))
			return
		}
		take, ok := c.intake.enter()
		if !ok {
			http.Error(w, "not receiving", http.StatusServiceUnavailable)
			return
		}
		defer c.intake.running.Done()
		ended := make(chan error, 1)
		c.lanes.submit(chatOf(u), job{
			id:   int64(u.UpdateID),
			run:  func() error { return take(u) },
			done: func(err error) { ended <- err },
		})
		if err := <-ended; err != nil {
			if err != errBehind {
				c.log.Warn("telegram: an update was not taken and is tried again", "error", c.api.clean(err))
			}
			http.Error(w, "not committed", http.StatusInternalServerError)
		}
	})
}

// serveWebhook registers the webhook, for as long as that takes, and lets Handler
// take updates until ctx ends.
func (c *Channel) serveWebhook(ctx, turns context.Context, handle bot.Handler, state State) {
	if state.Secret == "" {
		state.Secret = rand.Text()
	}
	state.Webhook = c.cfg.PublicURL + WebhookPath
	wait := backoff{first: 500 * time.Millisecond, most: 30 * time.Second}
	// Saved first: a secret that Telegram knows and we forgot would refuse all.
	for {
		err := c.saveState(ctx, state)
		if err == nil {
			break
		}
		c.trouble(topicReceive, "the webhook's secret cannot be saved: "+c.api.clean(err))
		if sleep(ctx, wait.next()) != nil {
			return
		}
	}
	wait.reset()
	c.intake.open(state.Secret, func(u *tgbotapi.Update) error { return c.process(turns, u, handle) })
	defer c.intake.close()

	for {
		_, f := c.api.call(ctx, "setWebhook", tgbotapi.Params{
			"url":             state.Webhook,
			"secret_token":    state.Secret,
			"max_connections": strconv.Itoa(webhookParallel),
			"allowed_updates": allowedUpdates,
		})
		if f == nil {
			break
		}
		if ctx.Err() != nil {
			return
		}
		pause := max(f.retry, wait.next())
		switch {
		case f.refusedToken():
			c.trouble(topicReceive, "Telegram refuses the token. Check TELEGRAM_TOKEN, or take a new one from @BotFather")
			pause = refusedPause
		default:
			c.trouble(topicReceive, "the webhook is not registered, trying again: "+f.Error())
		}
		if sleep(ctx, pause) != nil {
			return
		}
	}
	c.well(topicReceive)
	<-ctx.Done()
}
