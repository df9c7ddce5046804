package webchat

import (
	"context"
	"io"
	"net/http"
	"regexp"

	"maalem/bot"
	"maalem/bot/web"
)

var mediaHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// media serves a file to the one whose history shows it, and to nobody else.
func (c *Chat) media(w http.ResponseWriter, r *http.Request) {
	hash := r.PathValue("hash")
	from, ok := c.who.known(r)
	if !ok || !mediaHash.MatchString(hash) {
		c.cfg.Site.Error(w, r, http.StatusNotFound)
		return
	}
	m, ok, err := c.mentioned(r.Context(), from, hash)
	if err != nil {
		c.log.Error("web chat", "error", err)
		c.cfg.Site.Error(w, r, http.StatusServiceUnavailable)
		return
	}
	var content io.ReadSeekCloser
	if ok {
		content, err = c.cfg.Media.Open(r.Context(), hash)
	}
	if !ok || err != nil {
		c.cfg.Site.Error(w, r, http.StatusNotFound)
		return
	}
	defer content.Close()
	web.Attachment(w, r, web.File{MIME: m.MIME, Name: fileName(m.Name), Hash: hash}, content)
}

// mentioned finds a file in what the address's page shows.
func (c *Chat) mentioned(ctx context.Context, a bot.Address, hash string) (bot.Media, bool, error) {
	lines, err := c.cfg.History.Lines(ctx, a, 0, Shown)
	if err != nil {
		return bot.Media{}, false, err
	}
	for _, l := range lines {
		for _, m := range []*bot.Media{l.Message.Media, l.Message.Recording} {
			if m != nil && m.Hash == hash {
				return *m, true, nil
			}
		}
	}
	return bot.Media{}, false, nil
}
