package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"maalem/locales"
)

// key is Keys with one key.
type key []byte

func (k key) Key(context.Context, string) ([]byte, error) { return k, nil }

func site(t *testing.T, cfg Config) *Site {
	t.Helper()
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Only what trusted proxies say counts, from the nearest outwards.
func TestClientBehindProxies(t *testing.T) {
	s := site(t, Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}})
	for _, tt := range []struct{ peer, forwarded, want string }{
		{"192.0.2.1:5", "", "192.0.2.1"},
		{"192.0.2.1:5", "198.51.100.9", "192.0.2.1"}, // a stranger's own word
		{"10.0.0.1:5", "198.51.100.9", "198.51.100.9"},
		{"10.0.0.1:5", "203.0.113.7, 198.51.100.9", "198.51.100.9"},
		{"10.0.0.1:5", "203.0.113.7, 198.51.100.9, 10.0.0.2", "198.51.100.9"},
		{"10.0.0.1:5", "nonsense", "10.0.0.1"},
		{"10.0.0.1:5", "198.51.100.9, nonsense", "10.0.0.1"},
		{"[::1]:5", "[2001:db8::1]:443", "2001:db8::1"},
		{"10.0.0.1:5", "::ffff:198.51.100.9", "198.51.100.9"},
		{"10.0.0.1:5", "10.0.0.2, 10.0.0.3", "10.0.0.2"},
		{"a pipe", "198.51.100.9", "::"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = tt.peer
		if tt.forwarded != "" {
			r.Header.Set("X-Forwarded-For", tt.forwarded)
		}
		if got := s.Client(r).String(); got != tt.want {
			t.Errorf("%s forwarding %q is %s, want %s", tt.peer, tt.forwarded, got, tt.want)
		}
	}
}

// A household has its allowance back with time; a flood of households shares one.
func TestLimiter(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	l := NewLimiter(Rate{Burst: 2, Every: 10 * time.Second}, 3, func() time.Time { return now })
	home := func(n byte) netip.Prefix { return Household(netip.AddrFrom4([4]byte{192, 0, 2, n})) }
	for i, want := range []bool{true, true, false} {
		if ok, wait := l.Allow(home(1)); ok != want || !ok && wait != 10*time.Second {
			t.Errorf("number %d: %v, wait %s", i, ok, wait)
		}
	}
	now = now.Add(10 * time.Second)
	if ok, _ := l.Allow(home(1)); !ok {
		t.Error("nothing came back")
	}
	l.Allow(home(2))
	l.Allow(home(3))
	// Full: those beyond share two.
	passed := 0
	for n := byte(10); n < 20; n++ {
		if ok, _ := l.Allow(home(n)); ok {
			passed++
		}
	}
	if passed != 2 {
		t.Errorf("%d of the surplus passed, not 2", passed)
	}
	if ok, _ := l.Allow(home(2)); !ok {
		t.Error("a flood took a remembered household's allowance")
	}
	now = now.Add(time.Hour) // all are as good as new, and forgotten
	for n := byte(30); n < 33; n++ {
		for range 2 {
			if ok, _ := l.Allow(home(n)); !ok {
				t.Errorf("household %d is held up by those of an hour ago", n)
			}
		}
	}
}

// What was signed for one purpose is worth nothing for another, nor changed.
func TestSecrets(t *testing.T) {
	k := key(bytes.Repeat([]byte{7}, 32))
	a, err := NewSecret(t.Context(), k, "a")
	if err != nil {
		t.Fatal(err)
	}
	b, err := NewSecret(t.Context(), k, "b")
	if err != nil {
		t.Fatal(err)
	}
	signed := a.Sign("value.with.dots")
	if got, ok := a.Open(signed); !ok || got != "value.with.dots" {
		t.Errorf("opened as %q", got)
	}
	for _, bad := range []string{"", ".", "value", "x" + signed, signed + "A", strings.Replace(signed, "value", "valve", 1), b.Sign("value.with.dots")} {
		if _, ok := a.Open(bad); ok {
			t.Errorf("%q opens", bad)
		}
	}
	if _, err := NewSecret(t.Context(), key("short"), "a"); err == nil {
		t.Error("a short key is taken")
	}
}

// Over https cookies are bound to the host and to the secure line.
func TestCookiesOverHTTPS(t *testing.T) {
	u, err := url.Parse("https://maalem.example")
	if err != nil {
		t.Fatal(err)
	}
	secret, err := NewSecret(t.Context(), key(make([]byte, 32)), "x")
	if err != nil {
		t.Fatal(err)
	}
	s := site(t, Config{PublicURL: u})
	w := httptest.NewRecorder()
	s.NewCookie("who", secret, time.Hour).Write(w, "v")
	c := w.Result().Cookies()[0]
	if c.Name != "__Host-who" || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.MaxAge != 3600 {
		t.Errorf("%+v", c)
	}
	w = httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Header().Get("Strict-Transport-Security") == "" {
		t.Error("browsers are not told to stay on https")
	}
}

// Other sites write nothing; a body past its limit and a page that panics answer
// in the site's own words, and the log names nobody.
func TestRequestsThatGoWrong(t *testing.T) {
	var log bytes.Buffer
	s := site(t, Config{Log: slog.New(slog.NewTextHandler(&log, nil)),
		Sorry: func(status int) []Phrase { return []Phrase{{locales.French, "Pardon <b>"}} }})
	s.Handle("POST /say", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) }), Rules{Body: 10})
	s.Handle("GET /boom", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("planted") }), Rules{})
	do := func(method, path, body string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return w
	}
	for name, tt := range map[string]struct {
		got  *httptest.ResponseRecorder
		want int
	}{
		"our own page":    {do("POST", "/say", "x", "Sec-Fetch-Site", "same-origin"), http.StatusNoContent},
		"another site":    {do("POST", "/say", "x", "Sec-Fetch-Site", "cross-site"), http.StatusForbidden},
		"an older one":    {do("POST", "/say", "x", "Origin", "https://evil.example"), http.StatusForbidden},
		"too much":        {do("POST", "/say", strings.Repeat("x", 11)), http.StatusRequestEntityTooLarge},
		"a panic":         {do("GET", "/boom", ""), http.StatusInternalServerError},
		"no such page":    {do("GET", "/nothing", ""), http.StatusNotFound},
		"no such asset":   {do("GET", "/static/theme.css", ""), http.StatusNotFound},
		"a parent folder": {do("GET", "/static/..%2fpage.go", ""), http.StatusNotFound},
	} {
		if tt.got.Code != tt.want {
			t.Errorf("%s: %d, want %d", name, tt.got.Code, tt.want)
		}
		if tt.want >= 400 && !strings.Contains(tt.got.Body.String(), "Pardon &lt;b&gt;") {
			t.Errorf("%s: no plain words: %s", name, tt.got.Body)
		}
	}
	if !strings.Contains(log.String(), "planted") {
		t.Error("the panic is not in the log")
	}
	if quiet := redact("http: TLS error from 192.0.2.7:443 and [2001:db8::1]:80: x"); strings.Contains(quiet, "192.0.2") || strings.Contains(quiet, "2001:") {
		t.Errorf("the log names an address: %s", quiet)
	}
}

func redact(message string) string {
	var b bytes.Buffer
	l := slog.New(redactingHandler{slog.NewTextHandler(&b, nil)})
	l.Warn(message)
	return b.String()
}

// Assets change their name with what they refer to, and mistakes in them are said.
func TestAssets(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	named := func(leaf string) string {
		s := site(t, Config{})
		if err := s.AddAssets(fstest.MapFS{"a.js": file(`import "./b.js"`), "b.js": file(leaf)}); err != nil {
			t.Fatal(err)
		}
		path, err := s.Asset("a.js")
		if err != nil {
			t.Fatal(err)
		}
		return path
	}
	if named("1") == named("2") {
		t.Error("a changed import leaves the importer's name as it was")
	}
	for name, files := range map[string]fstest.MapFS{
		"a circle":         {"a.js": file(`import "./b.js"`), "b.js": file(`import "./a.js"`)},
		"a missing file":   {"a.js": file(`import "./b.js"`)},
		"no known type":    {"a.exe": file("x")},
		"a name twice":     {"theme.css": file("x")},
		"itself, a circle": {"a.css": file(`url("./a.css")`)},
	} {
		if err := site(t, Config{}).AddAssets(files); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	s := site(t, Config{})
	path, err := s.Asset("theme.css")
	if err != nil {
		t.Fatal(err)
	}
	for encoding, zipped := range map[string]bool{"gzip": true, "br, gzip;q=0.5": true, "gzip;q=0": false, "gzip;q=0.0": false, "": false, "identity": false} {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if got := w.Header().Get("Content-Encoding") == "gzip"; got != zipped {
			t.Errorf("%q: compressed %v", encoding, got)
		}
		again := httptest.NewRequest("GET", path, nil)
		again.Header.Set("Accept-Encoding", encoding)
		again.Header.Set("If-None-Match", w.Header().Get("ETag"))
		w2 := httptest.NewRecorder()
		s.Handler().ServeHTTP(w2, again)
		if w2.Code != http.StatusNotModified || w2.Body.Len() != 0 {
			t.Errorf("%q again: %d", encoding, w2.Code)
		}
	}
}
