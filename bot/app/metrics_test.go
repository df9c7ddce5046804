package app

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maalem/bot"
	"maalem/storage/bolt"
	"maalem/storage/media"
)

// What the parts count is what operators read.
func TestMetersShowWhatIsCounted(t *testing.T) {
	c := mustContent(t)
	dir := t.TempDir()
	store, err := bolt.Open(t.Context(), filepath.Join(dir, "m.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	onDisk, err := media.Open(filepath.Join(dir, "media"))
	if err != nil {
		t.Fatal(err)
	}
	m := newMeters()
	engine, err := c.engine(bot.Config{Store: store, Caps: func(string) bot.Caps { return bot.Caps{} }, Now: time.Now, Observe: m.observe, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	sender := &bot.Sender{Channel: pigeon{}, Outbox: store}
	m.watch(engine, []*bot.Sender{sender}, store)

	// Two turns, one of them again; nobody sends, so the answers wait.
	for _, key := range []string{"a", "b", "b"} {
		if err := engine.Handle(t.Context(), bot.Inbound{From: bot.Address{Channel: "pigeon", ID: "secret-address"}, Key: key, Text: "Fatima 0612345678"}); err != nil {
			t.Fatal(err)
		}
	}
	engine.Stats().Conflicts.Add(3)
	engine.Stats().Quarantined.Add(4)
	engine.Stats().Dropped.Add(5)
	sender.Stats.Sent.Add(6)
	sender.Stats.Failures[bot.FailThrottled].Add(7)
	sender.Stats.Failures[bot.FailGone].Add(8)
	files := keeping{onDisk, m}
	if _, err := files.Put(t.Context(), bot.MediaVoice, "", wave(100)); err != nil {
		t.Fatal(err)
	}
	if _, err := files.Put(t.Context(), bot.MediaPhoto, "", []byte("<html>")); err == nil {
		t.Fatal("a page was kept as a photo")
	}

	w := httptest.NewRecorder()
	m.handler(Config{MetricsToken: "key"}).ServeHTTP(w, withToken(httptest.NewRequest("GET", "/metrics", nil), "key"))
	for _, want := range []string{
		`maalem_turns_total 2`, `maalem_messages_duplicate_total 1`, `maalem_turn_conflicts_total 3`, `maalem_messages_quarantined_total 4`, `maalem_messages_dropped_total 5`,
		`maalem_turn_seconds_count{channel="pigeon"} 3`, `maalem_sends_total{channel="pigeon"} 6`,
		`maalem_send_failures_total{channel="pigeon",failure="throttled"} 7`, `maalem_send_failures_total{channel="pigeon",failure="gone"} 8`,
		`maalem_send_failures_total{channel="pigeon",failure="rejected"} 0`, `maalem_outbox_queued{channel="pigeon",lane="announce"} 0`,
		`maalem_store_turns_total 3`, `maalem_store_writes 1`, `maalem_media_kept_total{kind="voice"} 1`, `maalem_media_kept_bytes_total{kind="voice"} 144`, `maalem_media_refused_total{kind="photo"} 1`,
	} {
		if !strings.Contains(w.Body.String(), "\n"+want+"\n") {
			t.Errorf("no line %q", want)
		}
	}
	for _, never := range []string{`maalem_outbox_queued{channel="pigeon",lane="reply"} 0`, "maalem_store_commits_total 0", "maalem_store_bytes 0", "Fatima", "0612345678", "612345678", "secret-address"} {
		if strings.Contains(w.Body.String(), never) {
			t.Errorf("%q is there", never)
		}
	}
	if t.Failed() {
		for line := range strings.Lines(w.Body.String()) {
			if strings.HasPrefix(line, "maalem_") {
				t.Log(strings.TrimSpace(line))
			}
		}
	}
}

// pigeon is a channel by name only.
type pigeon struct{ bot.Channel }

func (pigeon) Name() string { return "pigeon" }

func withToken(r *http.Request, token string) *http.Request {
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}

// The meters are for this machine, or for who has the token; no header opens them.
func TestMetersAreClosed(t *testing.T) {
	public, err := url.Parse("https://maalem.example")
	if err != nil {
		t.Fatal(err)
	}
	own := Config{Listen: "127.0.0.1:8080"}
	token := Config{Listen: "0.0.0.0:8080", MetricsToken: "key"}
	for name, tt := range map[string]struct {
		cfg        Config
		peer, host string
		header     [2]string
		want       int
	}{
		"this machine":                  {own, "127.0.0.1:5", "127.0.0.1:8080", [2]string{}, 200},
		"this machine, IPv6":            {Config{Listen: "[::1]:8080"}, "[::1]:5", "localhost:8080", [2]string{}, 200},
		"another machine":               {own, "192.0.2.1:5", "127.0.0.1:8080", [2]string{}, 404},
		"another that says it is this":  {own, "192.0.2.1:5", "localhost", [2]string{"X-Forwarded-For", "127.0.0.1"}, 404},
		"a proxy on this machine":       {own, "127.0.0.1:5", "127.0.0.1:8080", [2]string{"X-Forwarded-For", "192.0.2.1"}, 404},
		"a proxy that says loopback":    {own, "127.0.0.1:5", "127.0.0.1:8080", [2]string{"X-Forwarded-For", "127.0.0.1"}, 404},
		"a proxy in the new words":      {own, "127.0.0.1:5", "127.0.0.1:8080", [2]string{"Forwarded", "for=127.0.0.1"}, 404},
		"a proxy that keeps the host":   {own, "127.0.0.1:5", "maalem.example", [2]string{}, 404},
		"a name that resolves to us":    {own, "127.0.0.1:5", "127.0.0.1.evil.example", [2]string{}, 404},
		"a proxy that we know of":       {Config{Listen: own.Listen, Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}, "127.0.0.1:5", "localhost", [2]string{}, 404},
		"a public address":              {Config{Listen: own.Listen, PublicURL: public}, "127.0.0.1:5", "localhost", [2]string{}, 404},
		"open to the network":           {Config{Listen: "0.0.0.0:8080"}, "127.0.0.1:5", "localhost", [2]string{}, 404},
		"the token":                     {token, "192.0.2.1:5", "maalem.example", [2]string{"Authorization", "Bearer key"}, 200},
		"another token":                 {token, "192.0.2.1:5", "maalem.example", [2]string{"Authorization", "Bearer kez"}, 401},
		"no token":                      {token, "192.0.2.1:5", "maalem.example", [2]string{}, 401},
		"the token as a name":           {token, "192.0.2.1:5", "maalem.example", [2]string{"Authorization", "Basic key"}, 401},
		"an empty token where none set": {Config{Listen: "0.0.0.0:1"}, "192.0.2.1:5", "maalem.example", [2]string{"Authorization", "Bearer "}, 404},
	} {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.RemoteAddr, r.Host = tt.peer, tt.host
		if tt.header[0] != "" {
			r.Header.Set(tt.header[0], tt.header[1])
		}
		w := httptest.NewRecorder()
		newMeters().handler(tt.cfg).ServeHTTP(w, r)
		if w.Code != tt.want {
			t.Errorf("%s: %d, want %d", name, w.Code, tt.want)
		}
	}
}

// The program itself serves its meters, and health as one word.
func TestProgramServesMeters(t *testing.T) {
	p := startProgram(t, map[string]string{"MAALEM_STORE": "bolt:" + filepath.Join(t.TempDir(), "m.db")})
	p.await(t)
	home := "http://" + *p.addr.Load()
	get := func(path string) string {
		resp, err := http.Get(home + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	// As the page does: whoever is early comes again.
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		resp, err := http.Post(home+"/chat/message", "application/json", bytes.NewReader([]byte(`{"id":"77fade8d0e67010b4dc52ca41e519700","text":"salam"}`)))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the message is answered with %d", resp.StatusCode)
		}
	}
	sent := "\n" + `maalem_sends_total{channel="web"} 1` + "\n"
	for end := time.Now().Add(30 * time.Second); !strings.Contains(get("/metrics"), sent); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("nothing was sent:\n%s", get("/metrics"))
		}
	}
	if got := get("/metrics"); !strings.Contains(got, `maalem_turn_seconds_count{channel="web"} 1`) {
		t.Errorf("the turn was not timed:\n%s", got)
	}
	if got := get("/healthz"); got != "ok\n" {
		t.Errorf("health says %q", got)
	}
	if got := get("/chat"); !strings.Contains(got, `id="alarm"`) {
		t.Error("nobody is named who answers for the data, and the page does not say so")
	}
	p.stop(t)
}
