package webchat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"maalem/bot"
	"maalem/bot/web"
)

// message takes what a person says. 200 (a script) or 303 (a plain form) mean
// committed; everything else means that it may be sent again as it is.
func (c *Chat) message(w http.ResponseWriter, r *http.Request) {
	if contentType(r) == multipartForm {
		leave, ok := c.uploads.enter(web.Household(c.cfg.Site.Client(r)))
		if !ok {
			c.refuse(w, r, said{}, http.StatusServiceUnavailable, retrySoon)
			return
		}
		defer leave()
	}
	s, err := read(w, r)
	if r.MultipartForm != nil {
		defer r.MultipartForm.RemoveAll()
	}
	switch {
	case errors.Is(err, errTooBig):
		c.refuse(w, r, s, http.StatusRequestEntityTooLarge, 0)
		return
	case err != nil:
		c.refuse(w, r, s, http.StatusBadRequest, 0)
		return
	}

	from, known := c.who.known(r)
	if !known {
		if ok, wait := c.who.mayBegin(r); !ok {
			c.refuse(w, r, s, http.StatusTooManyRequests, wait)
			return
		}
		from = c.who.born(s.ID)
	}
	if err := c.accept(r, s, from); err != nil {
		// The engine's error may quote the person: its kind is enough here.
		c.log.Warn("web chat: message not committed", "address", from.Redacted(), "error", fmt.Sprintf("%T", errors.Unwrap(err)))
		c.refuse(w, r, s, http.StatusServiceUnavailable, retrySoon)
		return
	}
	if !known {
		c.who.cookie.Write(w, from.ID)
	}
	c.hub.wake(from.ID) // other tabs of the same person
	if s.form {
		http.Redirect(w, r, "/chat#end", http.StatusSeeOther)
		return
	}
	view, err := c.window(r.Context(), from, s.After)
	if err != nil {
		// It is committed all the same; the lines come by another way.
		view = window{Lines: []shown{}}
	}
	answer(w, r, view)
}

// retrySoon is how long refusals ask to wait.
const retrySoon = 2 * time.Second

// accept brings one message to its commit, one of an address at a time.
func (c *Chat) accept(r *http.Request, s said, from bot.Address) error {
	leave, err := c.order.enter(r.Context(), from.ID)
	if err != nil {
		return fmt.Errorf("accept message: %w", err)
	}
	defer leave()
	in, err := c.inbound(r.Context(), r, s, from)
	if err != nil {
		return fmt.Errorf("accept message: %w", err)
	}
	if err := c.deliver(r.Context(), in); err != nil {
		return fmt.Errorf("accept message: %w", err)
	}
	return nil
}

// keep stores an uploaded file. A refusal of the store is told to the engine,
// which answers in the person's language.
func (c *Chat) keep(ctx context.Context, s said) (*bot.Media, error) {
	m := bot.Media{Kind: mediaKind(s.file.Header.Get("Content-Type")), Name: fileName(s.file.Filename), Size: s.file.Size}
	select {
	case c.loads <- struct{}{}:
		defer func() { <-c.loads }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	f, err := s.file.Open()
	if err != nil {
		return nil, fmt.Errorf("open upload: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxUpload))
	if err != nil {
		return nil, fmt.Errorf("read upload: %w", err)
	}
	kept, err := c.cfg.Media.Put(ctx, m.Kind, m.Name, data)
	if refused := (*bot.MediaError)(nil); errors.As(err, &refused) {
		m.Problem = refused.Key
		return &m, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store upload: %w", err)
	}
	if kept.Seconds == 0 && kept.Kind == bot.MediaVoice {
		kept.Seconds = min(max(s.seconds, 0), 3600)
	}
	return &kept, nil
}

// mediaKind is what a browser says that a file is; the store judges by content.
func mediaKind(mime string) bot.MediaKind {
	family, _, _ := strings.Cut(mime, "/")
	switch family {
	case "image":
		return bot.MediaPhoto
	case "audio":
		return bot.MediaVoice
	case "video":
		return bot.MediaVideo
	}
	return bot.MediaFile
}

// refuse answers a message that was not committed. A plain form gets the page
// back with its words still in it and the same id, so that pressing again is the
// same message.
func (c *Chat) refuse(w http.ResponseWriter, r *http.Request, s said, status int, wait time.Duration) {
	if wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(max(wait, time.Second)/time.Second)))
	}
	if s.form && status != http.StatusBadRequest {
		c.again(w, r, status, s)
		return
	}
	if r.Header.Get("Accept") == "application/json" {
		w.WriteHeader(status)
		return
	}
	c.cfg.Site.Error(w, r, status)
}

// answer sends a value as JSON.
func answer(w http.ResponseWriter, r *http.Request, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	web.Send(w, r, http.StatusOK, "application/json", b)
}
