package main

import (
	"context"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"maalem/bot"
	"maalem/bot/web"
	"maalem/bot/webchat"
	"maalem/storage/bolt"
	"maalem/storage/media"
)

// browser gives a headless Chromium, or skips loudly; with
// MAALEM_TEST_REQUIRE=browser its absence is a failure.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if strings.Contains(os.Getenv("MAALEM_TEST_REQUIRE"), "browser") {
			t.Fatal("MAALEM_TEST_REQUIRE=browser, and there is no chromium")
		}
		t.Skip("SKIPPED, NOT TESTED: the page in a real browser (no chromium on this machine)")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.WindowSize(360, 740), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 90*time.Second)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// startPages serves the real pages on a real engine and a bolt file.
func startPages(t *testing.T) (url string, store *bolt.Store) {
	t.Helper()
	c, err := loadContent()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	log := slog.New(slog.DiscardHandler)
	dir := t.TempDir()
	if store, err = bolt.Open(ctx, filepath.Join(dir, "m.db"), bolt.Options{}); err != nil {
		t.Fatal(err)
	}
	files, err := media.Open(filepath.Join(dir, "media"))
	if err != nil {
		t.Fatal(err)
	}
	site, err := web.New(web.Config{})
	if err != nil {
		t.Fatal(err)
	}
	channels := map[string]bot.Channel{}
	engine, err := c.engine(store, func(name string) bot.Caps { return channels[name].Caps() }, bot.Controller{Name: "Maalem", Contact: "a@b.example", Declaration: "D-1", Cap: 2}, time.Now, log)
	if err != nil {
		t.Fatal(err)
	}
	chat, err := webchat.New(ctx, webchat.Config{Site: site, Keys: settings{store}, History: store, Media: files, Strings: c.pageStrings, Forget: engine.Forget})
	if err != nil {
		t.Fatal(err)
	}
	channels[chat.Name()] = chat
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- runParts(ctx, log, engine, store, channels, site.Server(""), l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String() + "/chat", store
}

// A newcomer registers on the page in each language, by typing as people do.
func TestRegisterInTheBrowser(t *testing.T) {
	for _, tc := range []struct {
		lang string
		says []string
		last string // stands in the newest bubble once registered
	}{
		{"fr", []string{"bonjour", "Français", "1", "1", "Fatima", "tapis", "tiznit", "femme", "oui", "1"}, "Fatima"},
		{"ar", []string{"السلام عليكم", "العربية", "1", "1", "فاطمة", "زرابي", "تيزنيت", "امرأة", "نعم", "1"}, "فاطمة"},
		{"ary", []string{"salam", "بالدارجة", "1", "1", "smiti Fatima", "zrabi", "tiznit", "mra", "ah", "1"}, "Fatima"},
		{"zgh", []string{"azul", "4", "2", "1", "1", "Fadma", "zrabi", "tiznit", "1", "yah", "1"}, "Fadma"},
	} {
		t.Run(tc.lang, func(t *testing.T) {
			ctx := browser(t)
			url, store := startPages(t)
			must := func(actions ...chromedp.Action) {
				t.Helper()
				if err := chromedp.Run(ctx, actions...); err != nil {
					var html string
					chromedp.Run(ctx, chromedp.Text("body", &html, chromedp.ByQuery))
					t.Fatalf("%v\n%s", err, html)
				}
			}
			must(chromedp.Navigate(url), chromedp.WaitVisible("textarea", chromedp.ByQuery))
			for i, text := range tc.says {
				must(chromedp.SendKeys("textarea", text+"\r", chromedp.ByQuery))
				// One bubble of ours and one answer at the least come with each message.
				waitLines(t, store, 2*(i+1))
			}
			var wide int
			must(chromedp.Sleep(300*time.Millisecond), chromedp.Evaluate(`document.documentElement.scrollWidth - innerWidth`, &wide))
			if wide > 0 {
				t.Errorf("the page is %d pixels wider than the screen", wide)
			}
			shoot(t, ctx, tc.lang)
			var before, after string
			must(chromedp.Text("[role=log]", &before, chromedp.ByQuery), chromedp.Reload(), chromedp.WaitVisible("textarea", chromedp.ByQuery),
				chromedp.Sleep(300*time.Millisecond), chromedp.Text("[role=log]", &after, chromedp.ByQuery))
			if !strings.Contains(after, tc.last) || strings.TrimSpace(before) == "" {
				t.Errorf("after a reload the history lacks %q", tc.last)
			}
			n, err := store.Count(t.Context(), "finished")
			if err != nil || n != 1 {
				t.Errorf("%d people finished their registration (%v)\n%s", n, err, after)
			}
		})
	}
}

// waitLines waits until the conversation has at least n lines.
func waitLines(t *testing.T, store *bolt.Store, n int) {
	t.Helper()
	for range 500 {
		page, err := store.Page(t.Context(), bot.KindConversation, "", 1)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 1 {
			a, _ := bot.ParseAddress(page[0].Ref.ID)
			lines, err := store.Lines(t.Context(), a, 0, 200)
			if err != nil {
				t.Fatal(err)
			}
			if len(lines) >= n {
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("the conversation never reached %d lines", n)
}

// shoot keeps a screenshot for a person to look at, in MAALEM_SCREENSHOTS.
func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("MAALEM_SCREENSHOTS")
	if dir == "" {
		return
	}
	var png []byte
	if err := chromedp.Run(ctx, chromedp.CaptureScreenshot(&png)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}
