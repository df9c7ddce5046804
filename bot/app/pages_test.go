package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"maalem/bot"
	"maalem/bot/staff"
	"maalem/bot/web"
	"maalem/bot/webchat"
	"maalem/storage/bolt"
	"maalem/storage/media"
)

// served is everything that serves the pages, on a bolt file, as serve wires it.
type served struct {
	url    string // of the chat
	home   string
	store  *bolt.Store
	staff  *staff.Office
	engine *bot.Engine
	stop   func()
}

// startPages serves the real pages on a real engine and a new bolt file.
func startPages(t *testing.T, options ...func(*webchat.Config)) *served {
	t.Helper()
	return openPages(t, t.TempDir(), "127.0.0.1:0", options...)
}

// openPages serves the pages on what a folder holds; stop ends it as a signal
// would, and is called by itself when the test ends.
func openPages(t *testing.T, dir, listen string, options ...func(*webchat.Config)) *served {
	t.Helper()
	c, err := loadContent()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	log := slog.New(slog.DiscardHandler)
	store, err := bolt.Open(ctx, filepath.Join(dir, "m.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	files, err := media.Open(filepath.Join(dir, "media"))
	if err != nil {
		t.Fatal(err)
	}
	site, err := web.New(web.Config{Sorry: c.sorry})
	if err != nil {
		t.Fatal(err)
	}
	channels := map[string]bot.Channel{}
	engine, err := c.engine(bot.Config{Store: store, Caps: func(name string) bot.Caps { return channels[name].Caps() },
		Controller: bot.Controller{Name: "Maalem", Contact: "a@b.example", Declaration: "D-1", Cap: 2}, Now: time.Now, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	cfg := webchat.Config{Site: site, Keys: settings{store}, History: store, Media: files, Strings: c.pageStrings, Forget: engine.Forget, Unofficial: true, Zone: engine.Zone}
	for _, o := range options {
		o(&cfg)
	}
	chat, err := webchat.New(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	channels[chat.Name()] = chat
	office := &staff.Office{Store: store, Now: time.Now}
	if _, err := c.console(ctx, site, office, store, engine, files, log); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		t.Fatal(err)
	}
	senders := []*bot.Sender{{Channel: chat, Outbox: store, Workers: sendWorkers, Now: time.Now, Log: log}}
	ended := make(chan error, 1)
	go func() { ended <- runParts(ctx, engine, store, senders, site.Server(""), l) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	home := "http://" + l.Addr().String()
	return &served{home + "/chat", home, store, office, engine, stop}
}

// A newcomer registers on the page in each language, by typing as people do.
func TestRegisterOnThePage(t *testing.T) {
	for lang, says := range map[string][]string{
		"fr":  {"bonjour", "Français", "1", "1", "Fatima", "tapis", "tiznit", "femme", "oui", "1"},
		"ar":  {"السلام عليكم", "العربية", "1", "1", "فاطمة", "زرابي", "تيزنيت", "امرأة", "نعم", "1"},
		"ary": {"salam", "بالدارجة", "1", "1", "smiti Fatima", "zrabi", "tiznit", "مرا", "ah", "1"},
		"zgh": {"azul", "4", "2", "1", "1", "Fadma", "zrabi", "tiznit", "1", "yah", "1"},
	} {
		t.Run(lang, func(t *testing.T) {
			h := startPages(t)
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			client := &http.Client{Jar: jar, Timeout: 10 * time.Second}
			answer := ""
			for i, text := range says {
				body, err := json.Marshal(map[string]any{"id": fmt.Sprintf("77fade8d0e67010b4dc52ca41e5197%02d-1", i), "text": text})
				if err != nil {
					t.Fatal(err)
				}
				// Twice: a bad line sends again, and is answered once.
				for range 2 {
					resp, err := client.Post(h.url+"/message", "application/json", bytes.NewReader(body))
					if err != nil {
						t.Fatal(err)
					}
					got, err := io.ReadAll(resp.Body)
					resp.Body.Close()
					if err != nil || resp.StatusCode != http.StatusOK {
						t.Fatalf("%q: status %d, %v", text, resp.StatusCode, err)
					}
					answer = string(got)
				}
			}
			for _, facet := range []string{"finished", "lang:" + lang, "province:MA-TIZ", "consent:announcements"} {
				if n, err := h.store.Count(t.Context(), bot.Nation, bot.All(facet)); err != nil || n != 1 {
					t.Errorf("%d people are in %s (%v); the last answer: %s", n, facet, err, answer)
				}
			}
		})
	}
}
