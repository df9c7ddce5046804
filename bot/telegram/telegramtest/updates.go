package telegramtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// updates is what the bot has not confirmed.
type updates struct {
	next      int64
	queue     []update
	confirmed []update // by the last getUpdates
	repeat    int
	news      chan struct{} // closed when something changes
	asked     int           // getUpdates calls, to find a second poller
}

type update struct {
	id   int64
	chat int64
	raw  []byte
}

// Push queues an update: kind is "message", "callback_query"…, body its JSON.
func (s *Server) Push(chat int64, kind string, body []byte) (id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id = s.updates.next
	s.push(chat, fmt.Appendf(nil, `{"update_id":%d,%q:%s}`, id, kind, body))
	return id
}

// PushRaw queues a whole update as it is, in which %d, if there is one, becomes
// its update_id; chat only orders webhook calls. It must be JSON.
func (s *Server) PushRaw(chat int64, raw []byte) (id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id = s.updates.next
	s.push(chat, bytes.Replace(raw, []byte("%d"), strconv.AppendInt(nil, id, 10), 1))
	return id
}

func (s *Server) push(chat int64, raw []byte) {
	u := update{s.updates.next, chat, raw}
	s.updates.next++
	if s.hook.url != "" {
		s.hook.queue(s, u)
		return
	}
	s.updates.queue = append(s.updates.queue, u)
	s.stir()
}

// stir wakes the pollers, with mu held.
func (s *Server) stir() {
	close(s.updates.news)
	s.updates.news = make(chan struct{})
}

// Pending counts the updates that are not confirmed.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.updates.queue) + s.hook.pending
}

// Unconfirmed lists the updates that the bot has not acknowledged: by a higher
// offset, or by answering the webhook 2xx.
func (s *Server) Unconfirmed() map[int64]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := map[int64]bool{}
	for _, u := range s.updates.queue {
		ids[u.id] = true
	}
	for _, list := range s.hook.waiting {
		for _, u := range list {
			ids[u.id] = true
		}
	}
	return ids
}

func (s *Server) getUpdates(r *http.Request) (string, *refusal) {
	offset, _ := strconv.ParseInt(r.Form.Get("offset"), 10, 64)
	limit, _ := strconv.Atoi(r.Form.Get("limit"))
	if limit < 1 || limit > 100 {
		limit = 100
	}
	seconds, _ := strconv.Atoi(r.Form.Get("timeout"))
	end := time.NewTimer(time.Duration(seconds) * time.Second)
	defer end.Stop()

	s.mu.Lock()
	s.updates.asked++
	mine := s.updates.asked
	s.stir() // another poller learns that it is one too many
	for {
		if s.hook.url != "" {
			s.mu.Unlock()
			return "", &refusal{code: 409, text: "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"}
		}
		if s.updates.asked != mine {
			s.mu.Unlock()
			return "", &refusal{code: 409, text: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}
		}
		answer := s.updates.answer(offset, limit)
		news := s.updates.news
		if len(answer) > 2 || seconds == 0 {
			s.mu.Unlock()
			return string(answer), nil
		}
		s.mu.Unlock()
		select {
		case <-news:
		case <-end.C:
			seconds = 0
		case <-r.Context().Done():
			return "[]", nil
		}
		s.mu.Lock()
	}
}

// answer confirms what is before offset and lists what is next.
func (u *updates) answer(offset int64, limit int) []byte {
	n := 0
	for n < len(u.queue) && u.queue[n].id < offset {
		n++
	}
	var again []update
	if n > 0 {
		u.confirmed = append(u.confirmed[:0], u.queue[:n]...)
		u.queue = append(u.queue[:0], u.queue[n:]...)
		if u.repeat > 0 {
			u.repeat--
			again = u.confirmed
		}
	}
	b := append(make([]byte, 0, 16<<10), '[')
	for _, list := range [][]update{again, u.queue} {
		for _, x := range list {
			if limit == 0 {
				break
			}
			limit--
			if len(b) > 1 {
				b = append(b, ',')
			}
			b = append(b, x.raw...)
		}
	}
	return append(b, ']')
}

// hook is the webhook. Like Telegram it sends the updates of one chat one after
// the other, each until it is answered 2xx, and those of different chats at once.
type hook struct {
	url, secret string
	waiting     map[int64][]update
	pending     int
	slots       chan struct{}
	stop        context.CancelFunc
	ctx         context.Context
}

func (s *Server) setWebhook(form url.Values) (string, *refusal) {
	u, err := url.Parse(form.Get("url"))
	if err != nil || u.Host == "" {
		return "", &refusal{code: 400, text: "Bad Request: bad webhook: invalid URL"}
	}
	connections, _ := strconv.Atoi(form.Get("max_connections"))
	if connections < 1 || connections > 100 {
		connections = 40
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hook.stop != nil {
		s.hook.stop()
	}
	held := s.updates.queue
	for _, list := range s.hook.waiting {
		held = append(held, list...)
	}
	s.updates.queue = nil
	s.hook = hook{url: u.String(), secret: form.Get("secret_token"), waiting: map[int64][]update{}, slots: make(chan struct{}, connections)}
	s.hook.ctx, s.hook.stop = context.WithCancel(context.Background())
	for _, x := range held {
		s.hook.queue(s, x)
	}
	s.stir()
	return "true", nil
}

func (s *Server) deleteWebhook() (string, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hook.stop != nil {
		s.hook.stop()
	}
	for _, list := range s.hook.waiting {
		s.updates.queue = append(s.updates.queue, list...)
	}
	s.hook = hook{}
	return "true", nil
}

// Close ends webhook delivery.
func (s *Server) Close() { _, _ = s.deleteWebhook() }

// queue adds an update, with mu held. A chat's list keeps the one under way.
func (h *hook) queue(s *Server, u update) {
	h.pending++
	h.waiting[u.chat] = append(h.waiting[u.chat], u)
	if len(h.waiting[u.chat]) == 1 {
		go s.deliver(h.ctx, u)
	}
}

// deliver calls the webhook with one chat's updates, until there are none.
func (s *Server) deliver(ctx context.Context, u update) {
	s.mu.Lock()
	address, secret, slots, client := s.hook.url, s.hook.secret, s.hook.slots, s.Hook
	s.mu.Unlock()
	if client == nil {
		client = http.DefaultClient
	}
	for wait := 20 * time.Millisecond; ; {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		ok := post(ctx, client, address, secret, u.raw)
		<-slots
		if ok {
			s.mu.Lock()
			if ctx.Err() != nil {
				s.mu.Unlock()
				return
			}
			s.hook.pending--
			rest := s.hook.waiting[u.chat][1:]
			if len(rest) == 0 {
				delete(s.hook.waiting, u.chat)
				s.mu.Unlock()
				return
			}
			s.hook.waiting[u.chat] = rest
			u = rest[0]
			s.mu.Unlock()
			wait = 20 * time.Millisecond
			continue
		}
		select {
		case <-time.After(wait):
			wait = min(2*wait, 2*time.Second)
		case <-ctx.Done():
			return
		}
	}
}

func post(ctx context.Context, client *http.Client, address, secret string, raw []byte) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(raw))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	if secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	}
	resp, err := client.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode/100 == 2
}

// quoted is s as JSON.
func quoted(s string) []byte {
	b, _ := json.Marshal(s) // strings always marshal
	return b
}
