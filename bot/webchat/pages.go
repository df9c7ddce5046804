package webchat

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"maalem/bot"
	"maalem/bot/web"
	"maalem/locales"
)

//go:embed pages
var pageFiles embed.FS

// pages are the templates, parsed once.
type pages struct{ home, chat, forget *template.Template }

func newPages(site *web.Site) (pages, error) {
	var p pages
	for name, t := range map[string]**template.Template{"home": &p.home, "chat": &p.chat, "forget": &p.forget} {
		var err error
		*t, err = template.New(name+".html").Funcs(site.Funcs()).Funcs(template.FuncMap{
			"dir":   direction,
			"clock": clock,
			"hello": func() string { return hello },
		}).ParseFS(pageFiles, "pages/"+name+".html", "pages/parts.html")
		if err != nil {
			return pages{}, fmt.Errorf("page %s: %w", name, err)
		}
	}
	return p, nil
}

// hello is what the start button says for a person: a greeting in no language, so
// that it decides none.
const hello = "👋"

// clock is the time of a line: the day too, when it is not today.
func clock(t, now time.Time) string {
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	return t.Format("2/1 15:04")
}

// uploadTime is how long a file may take: 16 MB at 56 kB/s, a poor 3G line.
const uploadTime = 5 * time.Minute

func (c *Chat) register() {
	on := func(pattern string, h http.HandlerFunc, rules web.Rules) {
		if !rules.Stream { // those have bounds of their own
			h = c.placed(h)
		}
		c.cfg.Site.Handle(pattern, h, rules)
	}
	on("GET /{$}", c.home, web.Rules{})
	on("GET /chat", c.chat, web.Rules{})
	on("POST /chat/message", c.message, web.Rules{Body: MaxUpload + 64<<10, Time: uploadTime})
	on("GET /chat/lines", c.lines, web.Rules{})
	on("GET /chat/events", c.events, web.Rules{Stream: true})
	on("GET /chat/media/{hash}", c.media, web.Rules{Time: uploadTime})
	on("GET /chat/forget", c.askForget, web.Rules{})
	on("POST /chat/forget", c.forget, web.Rules{})
}

// placed bounds the answers that a household fetches at once.
func (c *Chat) placed(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		leave, ok := c.answers.enter(web.Household(c.cfg.Site.Client(r)))
		if !ok {
			c.refuse(w, r, said{}, http.StatusServiceUnavailable, retrySoon)
			return
		}
		defer leave()
		next(w, r)
	}
}

// page is what every template gets.
type page struct {
	Lang  locales.Lang
	W     map[string]string
	Each  []web.Phrase // the lead in every language
	Nonce string
	// ID is a fresh message id for the page's forms.
	ID    string
	Start string // a deep link's payload
	Known bool
	Now   time.Time

	Lines    []shown
	Draft    string
	Notice   string // a name of Words
	Telegram string
	Done     bool

	Unofficial bool

	all words
}

// Modules are the scripts that chat.js imports, loaded beside it and not after it.
func (page) Modules() []string {
	return []string{"words.js", "speech.js", "line.js", "log.js", "outbox.js", "stream.js", "voice.js", "dom.js"}
}

// Line is what the template of one line gets: what stands around its words is in
// its own language, in the page's where it has none.
func (p page) Line(l shown) any {
	w := p.W
	if l.Lang.Valid() {
		w = p.all.in(l.Lang)
	}
	return struct {
		L   shown
		W   map[string]string
		ID  string
		Now time.Time
	}{l, w, p.ID, p.Now}
}

func (c *Chat) page(r *http.Request, l locales.Lang) page {
	p := page{Lang: l, W: c.words.in(l), Nonce: web.Nonce(r), ID: newID(), Now: c.cfg.Now().In(c.cfg.Zone), Unofficial: c.cfg.Unofficial, all: c.words}
	for _, l := range locales.All() {
		p.Each = append(p.Each, web.Phrase{Lang: l, Text: c.words[l]["web.lead"]})
	}
	if s := r.FormValue("start"); startPayload.MatchString(s) {
		p.Start = s
	}
	return p
}

func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program first
	return hex.EncodeToString(b[:])
}

func (c *Chat) home(w http.ResponseWriter, r *http.Request) {
	p := c.page(r, "")
	_, p.Known = c.who.known(r)
	if c.cfg.Telegram != nil {
		p.Telegram = c.cfg.Telegram()
	}
	c.cfg.Site.Page(w, r, http.StatusOK, c.pages.home, p)
}

func (c *Chat) chat(w http.ResponseWriter, r *http.Request) {
	from, known := c.who.known(r)
	p, err := c.conversation(r.Context(), r, from, known)
	if err != nil {
		c.log.Error("web chat", "error", err)
		c.cfg.Site.Error(w, r, http.StatusServiceUnavailable)
		return
	}
	if known {
		c.who.cookie.Write(w, from.ID) // a visit renews it
	}
	c.cfg.Site.Page(w, r, http.StatusOK, c.pages.chat, p)
}

// conversation is the chat page as it stands.
func (c *Chat) conversation(ctx context.Context, r *http.Request, from bot.Address, known bool) (page, error) {
	var lines []shown
	if known {
		view, err := c.window(ctx, from, 0)
		if err != nil {
			return page{}, err
		}
		lines = view.Lines
	}
	p := c.page(r, spoken(lines))
	p.Known, p.Lines = known, arrange(lines)
	return p, nil
}

// again is the chat page for a plain form whose message was not taken.
func (c *Chat) again(w http.ResponseWriter, r *http.Request, status int, s said) {
	from, known := c.who.known(r)
	p, err := c.conversation(r.Context(), r, from, known)
	if err != nil {
		c.cfg.Site.Error(w, r, status)
		return
	}
	p.Notice, p.Draft = "web.went_wrong", s.Text
	switch status {
	case http.StatusRequestEntityTooLarge:
		p.Notice = "web.too_big"
	case http.StatusTooManyRequests:
		p.Notice = "web.busy"
	}
	if messageID.MatchString(s.ID) {
		p.ID = s.ID[:32] // pressed again, it is the same message
	}
	c.cfg.Site.Page(w, r, status, c.pages.chat, p)
}

// spoken is the language that the conversation is in: the newest that Maalem used.
func spoken(lines []shown) locales.Lang {
	var l locales.Lang
	for _, s := range lines {
		if !s.Me && s.Lang.Valid() {
			l = s.Lang
		}
	}
	return l
}

// askForget asks before the conversation is lost.
func (c *Chat) askForget(w http.ResponseWriter, r *http.Request) {
	from, known := c.who.known(r)
	p, err := c.conversation(r.Context(), r, from, known)
	if err != nil {
		c.log.Error("web chat", "error", err)
		c.cfg.Site.Error(w, r, http.StatusServiceUnavailable)
		return
	}
	c.cfg.Site.Page(w, r, http.StatusOK, c.pages.forget, p)
}

// forget makes the browser lose the conversation. The cookie goes even when the
// engine could not be told: who asks a shared computer to forget must be obeyed.
func (c *Chat) forget(w http.ResponseWriter, r *http.Request) {
	from, known := c.who.known(r)
	c.who.cookie.Clear(w)
	// Read the language first: the engine may drop the history.
	p := c.page(r, "")
	p.Done = true
	if known {
		if view, err := c.window(r.Context(), from, 0); err == nil {
			p.Lang = spoken(view.Lines)
			p.W = c.words.in(p.Lang)
		}
		if c.cfg.Forget != nil {
			if err := c.cfg.Forget(context.WithoutCancel(r.Context()), from); err != nil {
				c.log.Warn("web chat: forgotten device not told", "address", from.Redacted(), "error", err)
			}
		}
	}
	c.cfg.Site.Page(w, r, http.StatusOK, c.pages.forget, p)
}
