package webchat

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"maalem/bot"
)

const (
	// heartbeat keeps proxies and mobile networks from closing an idle stream
	// (some forget a connection after 30 s), and lets the page notice a dead one.
	heartbeat = 20 * time.Second
	// writeTime is how long a stream waits for a phone to take a line.
	writeTime = 15 * time.Second
)

// lines answers what is new after a line: the way for browsers, proxies and tabs
// that have no stream.
func (c *Chat) lines(w http.ResponseWriter, r *http.Request) {
	from, ok := c.who.known(r)
	if !ok {
		answer(w, r, window{Lines: []shown{}})
		return
	}
	view, err := c.window(r.Context(), from, after(r))
	if err != nil {
		c.log.Error("web chat", "error", err)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	answer(w, r, view)
}

// after is the last line that the page has; a stream that comes back says it in a header.
func after(r *http.Request) uint64 {
	n, _ := strconv.ParseUint(r.FormValue("after"), 10, 64) // nothing means everything
	again, _ := strconv.ParseUint(r.Header.Get("Last-Event-ID"), 10, 64)
	return max(n, again)
}

// events streams new lines as server-sent events until the page leaves or we stop.
func (c *Chat) events(w http.ResponseWriter, r *http.Request) {
	from, ok := c.who.known(r)
	if !ok {
		w.WriteHeader(http.StatusNoContent) // tells a browser not to come back
		return
	}
	c.mu.Lock()
	stopped := c.stopped
	c.mu.Unlock()
	if stopped == nil {
		w.WriteHeader(http.StatusServiceUnavailable) // the page comes back
		return
	}
	wake, stop, ok := c.hub.listen(from.ID)
	if !ok {
		w.WriteHeader(http.StatusNoContent) // the page asks now and then instead
		return
	}
	defer stop()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // nginx would keep the lines for itself

	out := stream{w, http.NewResponseController(w)}
	// The page takes this as proof that nothing on the way holds lines back.
	if out.write("event: ready\ndata: {}\n\n") != nil {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	sent := after(r)
	for {
		next, err := c.news(r.Context(), out, from, sent)
		if err != nil {
			return // the page comes back and asks again
		}
		sent = next
		select {
		case <-wake:
		case <-beat.C:
			if out.write("event: beat\ndata: {}\n\n") != nil {
				return
			}
		case <-stopped:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// news writes what the page does not have and returns the last line written.
func (c *Chat) news(ctx context.Context, out stream, a bot.Address, sent uint64) (uint64, error) {
	view, err := c.window(ctx, a, sent)
	if err != nil {
		c.log.Error("web chat", "error", err)
		return sent, err
	}
	if len(view.Lines) == 0 && !view.Reset {
		return sent, nil
	}
	b, err := json.Marshal(view)
	if err != nil {
		return sent, fmt.Errorf("encode lines: %w", err)
	}
	return view.Last, out.write(fmt.Sprintf("id: %d\ndata: %s\n\n", view.Last, b))
}

type stream struct {
	w http.ResponseWriter
	c *http.ResponseController
}

func (s stream) write(event string) error {
	_ = s.c.SetWriteDeadline(time.Now().Add(writeTime)) // a recorder has none
	if _, err := s.w.Write([]byte(event)); err != nil {
		return err
	}
	return s.c.Flush()
}
