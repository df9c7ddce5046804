package webchat

import (
	"context"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"
	"time"

	"maalem/bot"
)

var mediaHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// media serves a file to the one whose history shows it, and to nobody else. It
// is always an attachment in a sandbox: pictures and sounds that a page embeds do
// not mind, and whatever else it is never runs as a page of ours.
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
	h := w.Header()
	h.Set("Content-Type", safeType(m.MIME))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	params := map[string]string{}
	if name := fileName(m.Name); name != "" {
		params["filename"] = name
	}
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", params))
	h.Set("Cache-Control", "private, max-age=86400, immutable")
	h.Set("ETag", `"`+hash[:16]+`"`)
	http.ServeContent(w, r, "", time.Time{}, content) // ranges: Safari plays nothing without
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

// safeType lets through what a browser shows without running it.
func safeType(t string) string {
	base, _, err := mime.ParseMediaType(t)
	if err == nil && base != "image/svg+xml" {
		switch family, format, _ := strings.Cut(base, "/"); family {
		case "image", "audio", "video":
			if format != "" {
				return t
			}
		}
	}
	return "application/octet-stream"
}
