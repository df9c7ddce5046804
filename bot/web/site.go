package web

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"maalem/locales"
)

// Config is what a Site is made of. The zero value serves plain HTTP on loopback.
type Config struct {
	// PublicURL is the base under which people reach the pages; nil when unknown.
	// With https, cookies are Secure and browsers are told to stay on https.
	PublicURL *url.URL
	// TrustedProxies are the networks whose X-Forwarded-For counts. Nobody else's does.
	TrustedProxies []netip.Prefix
	// Sorry gives the sentences of an error page for a status; nil leaves the number alone.
	Sorry func(status int) []Phrase
	// Log takes panics and failures of the server; nil discards them.
	Log *slog.Logger
}

// Phrase is a sentence in one language, for pages that do not know the reader's yet.
type Phrase struct {
	Lang locales.Lang
	Text string
}

// Site assembles the pages of the process. Register everything, then serve Handler.
type Site struct {
	cfg    Config
	mux    *http.ServeMux
	assets *assets
	sorry  *template.Template
	guard  *http.CrossOriginProtection
	log    *slog.Logger
}

// New makes a Site that has the shared assets and no pages yet.
func New(cfg Config) (*Site, error) {
	s := &Site{
		cfg:    cfg,
		mux:    http.NewServeMux(),
		assets: newAssets(),
		guard:  http.NewCrossOriginProtection(),
		log:    cfg.Log,
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if u := cfg.PublicURL; u != nil {
		if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			return nil, fmt.Errorf("public URL: want http(s)://host, got %q", u.Redacted())
		}
		// Behind a proxy that rewrites Host, the page's own origin is not the
		// host that we see.
		if err := s.guard.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, fmt.Errorf("public URL: %w", err)
		}
	}
	s.sorry = template.Must(template.New("sorry").Funcs(s.Funcs()).Parse(sorryPage))
	s.guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Error(w, r, http.StatusForbidden)
	}))
	shared, err := fs.Sub(static, "static")
	if err != nil {
		return nil, fmt.Errorf("shared assets: %w", err)
	}
	if err := s.AddAssets(shared); err != nil {
		return nil, err
	}
	s.Handle("GET "+assetPrefix, http.HandlerFunc(s.asset), Rules{})
	s.Handle("/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Error(w, r, http.StatusNotFound)
	}), Rules{})
	return s, nil
}

// Secure reports whether people reach the pages over https.
func (s *Site) Secure() bool { return s.cfg.PublicURL != nil && s.cfg.PublicURL.Scheme == "https" }

// URL is the base under which a request's sender reaches the pages, without a slash at
// its end: the public one where it is known.
func (s *Site) URL(r *http.Request) string {
	if u := s.cfg.PublicURL; u != nil {
		return strings.TrimRight(u.String(), "/")
	}
	return "http://" + r.Host
}

// Handle registers a page under a pattern of net/http.ServeMux. Like there, a
// pattern that clashes with another panics: that is a mistake in the program.
func (s *Site) Handle(pattern string, h http.Handler, rules Rules) {
	s.mux.Handle(pattern, s.recovered(s.limited(h, rules)))
}

// AddAssets adds files to what /static/ serves, under hashed names. A name may be
// added once. Files refer to each other, and to files added before, as "./name".
func (s *Site) AddAssets(files fs.FS) error { return s.assets.add(files) }

// AddAsset adds one file made by the program.
func (s *Site) AddAsset(name string, body []byte) error { return s.assets.addFile(name, body) }

// Asset is the hashed path of an asset, to be written into a page.
func (s *Site) Asset(name string) (string, error) { return s.assets.path(name) }

// Handler serves every registered page.
func (s *Site) Handler() http.Handler {
	return s.secured(s.guard.Handler(s.mux))
}

// Server is an http.Server for Handler with bounds on headers and idle
// connections; bodies and answers are bounded per page by Rules.
func (s *Site) Server(addr string) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           s.Handler(),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(redactingHandler{s.log.Handler()}, slog.LevelWarn),
	}
}

// recovered turns a panic of a page into a logged 500: one bad request must not
// take a connection, or a log full of addresses, with it.
func (s *Site) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p)
			default:
				s.log.Error("page panicked", "pattern", r.Pattern, "panic", fmt.Sprint(p))
				s.Error(w, r, http.StatusInternalServerError)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// hosts finds IP addresses in what net/http writes to its error log.
var hosts = regexp.MustCompile(`\[[0-9a-fA-F:.%]+\](:\d+)?|\b\d{1,3}(\.\d{1,3}){3}(:\d+)?`)

// redactingHandler takes client addresses out of net/http's own messages.
type redactingHandler struct{ slog.Handler }

func (h redactingHandler) Handle(ctx context.Context, r slog.Record) error {
	r.Message = hosts.ReplaceAllString(r.Message, "…")
	return h.Handler.Handle(ctx, r)
}

// drain reads what is left of a small body, so that the connection can be reused.
func drain(r *http.Request) {
	if r.Body != nil {
		_, _ = io.CopyN(io.Discard, r.Body, 4<<10)
	}
}

// remote is the address at the other end of the connection.
func remote(r *http.Request) (netip.Addr, bool) {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	a, err := netip.ParseAddr(host)
	return a.Unmap().WithZone(""), err == nil
}
