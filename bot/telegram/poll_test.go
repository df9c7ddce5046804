package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"maalem/bot"
	"maalem/bot/telegram/telegramtest"
	"maalem/locales"
)

// during runs Receive while f runs.
func during(t *testing.T, c *Channel, handle bot.Handler, f func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := c.Receive(ctx, handle); !errors.Is(err, context.Canceled) {
			t.Errorf("Receive: %v", err)
		}
	})
	f()
	cancel()
	running.Wait()
}

// TestSlowOne: one slow turn holds up neither the others nor the confirming of
// what comes before it, and is never confirmed before it is committed.
func TestSlowOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New(testToken)
		c := newTest(t, server, nil)
		release := make(chan struct{})
		var handled atomic.Int32
		var released atomic.Bool
		handle := func(_ context.Context, in bot.Inbound) error {
			switch in.Text {
			case "slow":
				<-release
				released.Store(true)
			case "after the slow one":
				if !released.Load() {
					t.Error("it overtook the slow one")
				}
			}
			handled.Add(1)
			return nil
		}
		var slow int64
		during(t, c, handle, func() {
			server.Person(1).Say("first")
			slow = server.Person(2).Say("slow")
			time.Sleep(time.Second)
			server.Person(2).Say("after the slow one")
			for i := range 300 { // three times what may be unconfirmed
				if server.Person(int64(10 + i%30)).Say("quick"); i%10 == 0 {
					time.Sleep(100 * time.Millisecond)
				}
			}
			time.Sleep(time.Minute)
			if n := handled.Load(); n != 1+window-2 { // less the slow one and what is behind it
				t.Errorf("%d were handled beside the slow one, want those of a whole window", n)
			}
			if got := server.Last("getUpdates").Get("offset"); got != fmt.Sprint(slow) {
				t.Errorf("offset %s while %d is not committed", got, slow)
			}
			before := server.Calls("getUpdates")
			time.Sleep(time.Minute)
			if n := server.Calls("getUpdates") - before; n > int(time.Minute/emptyPace)+1 {
				t.Errorf("asked %d times in a minute", n)
			}
			close(release)
			time.Sleep(time.Minute)
			if n, left := handled.Load(), server.Pending(); n != 303 || left != 0 {
				t.Errorf("%d handled, %d not confirmed", n, left)
			}
		})
	})
}

// TestCrash: what was not committed when the program died comes again to the
// next one, with the same key.
func TestCrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New(testToken)
		saved := &memory{}
		var mu sync.Mutex
		keys := map[string]string{}
		id := server.Person(1).Say("committed")
		server.Person(2).Say("lost")
		c := newTest(t, server, func(cfg *Config) { cfg.Offsets = saved })
		during(t, c, func(_ context.Context, in bot.Inbound) error {
			mu.Lock()
			keys[in.Text] = in.Key
			mu.Unlock()
			if in.Text == "lost" {
				return errors.New("killed")
			}
			return nil
		}, func() { time.Sleep(time.Minute) })
		if saved.s.Offset != id+1 {
			t.Errorf("saved offset %d, want %d", saved.s.Offset, id+1)
		}
		var again []string
		during(t, newTest(t, server, func(cfg *Config) { cfg.Offsets = saved }), func(_ context.Context, in bot.Inbound) error {
			if again = append(again, in.Text); in.Key != keys[in.Text] {
				t.Errorf("%q has another key", in.Text)
			}
			return nil
		}, func() { time.Sleep(time.Minute) })
		if len(again) != 1 || again[0] != "lost" {
			t.Errorf("came again: %q", again)
		}
	})
}

// TestOldOffset: after a week Telegram's identifiers begin anywhere.
func TestOldOffset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for age, want := range map[time.Duration]string{time.Hour: "99", 7 * 24 * time.Hour: ""} {
			server := telegramtest.New(testToken)
			c := newTest(t, server, func(cfg *Config) {
				cfg.Offsets = &memory{s: State{Offset: 99, Seen: time.Now().Add(-age)}}
			})
			during(t, c, nil, func() { time.Sleep(time.Second) })
			if got := server.Last("getUpdates").Get("offset"); got != want {
				t.Errorf("%s old: offset %q, want %q", age, got, want)
			}
		}
	})
}

// TestHasty: a server that does not hold an empty answer back is not stormed,
// nor one that answers what cannot be read.
func TestHasty(t *testing.T) {
	for _, updates := range []string{`[]`, `[7,{"message":{}}]`} {
		synctest.Test(t, func(t *testing.T) {
			var asked atomic.Int32
			c, err := New(Config{Token: testToken, APIURL: "http://telegram.test",
				Transport: telegramtest.Transport(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, "/getUpdates") {
						asked.Add(1)
					}
					_, _ = w.Write([]byte(`{"ok":true,"result":` + updates + `}`))
				}))})
			if err != nil {
				t.Fatal(err)
			}
			during(t, c, nil, func() { time.Sleep(10 * time.Second) })
			if n := asked.Load(); n < 40 || n > 52 {
				t.Errorf("asked %d times in 10 s, want one each 200 ms", n)
			}
		})
	}
}

func TestConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New(testToken)
		one, two := newTest(t, server, nil), newTest(t, server, nil)
		nothing := func(context.Context, bot.Inbound) error { return nil }
		during(t, one, nothing, func() {
			time.Sleep(time.Second)
			during(t, two, nothing, func() {
				time.Sleep(time.Second)
				if h := one.Health(); !strings.Contains(h.Problem, "another program") {
					t.Errorf("health %+v", h)
				}
				before := server.Calls("getUpdates")
				time.Sleep(10 * time.Minute)
				if n := server.Calls("getUpdates") - before; n > 60 {
					t.Errorf("the two fought %d times in ten minutes", n)
				}
			})
			time.Sleep(2 * time.Minute)
			if h := one.Health(); h.Problem != "" {
				t.Errorf("alone again, and health %+v", h)
			}
		})
		if server.Calls("deleteWebhook") != 0 {
			t.Error("a webhook was deleted")
		}
	})
}

// TestWebhookInTheWay: our own registration is taken back, another's never.
func TestWebhookInTheWay(t *testing.T) {
	for _, ours := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			server := telegramtest.New(testToken)
			state := State{Webhook: "https://maalem.ma/telegram"}
			if !ours {
				state.Webhook = "https://maalem.ma/old"
			}
			server.Hook = &http.Client{Transport: refusing{errors.New("nobody is there")}}
			client := http.Client{Transport: telegramtest.Transport(t, server)}
			resp, err := client.PostForm("http://x/bot"+testToken+"/setWebhook", map[string][]string{"url": {"https://maalem.ma/telegram"}})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			server.Person(1).Say("salam")
			handled := 0
			c := newTest(t, server, func(cfg *Config) { cfg.Offsets = &memory{s: state} })
			during(t, c, func(context.Context, bot.Inbound) error { handled++; return nil }, func() {
				time.Sleep(time.Minute)
				if p := c.Health().Problem; ours != (p == "") {
					t.Errorf("ours %v, health %q", ours, p)
				}
			})
			deleted := server.Calls("deleteWebhook") > 0
			if deleted != ours || ours != (handled == 1) {
				t.Errorf("ours %v: deleted %v, handled %d", ours, deleted, handled)
			}
			if server.Last("deleteWebhook").Has("drop_pending_updates") {
				t.Error("updates were dropped")
			}
			server.Close()
		})
	}
}

func TestRefusedToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New("1:another")
		c := newTest(t, server, nil)
		during(t, c, nil, func() {
			time.Sleep(10 * time.Minute)
			if p := c.Health().Problem; !strings.Contains(p, "TELEGRAM_TOKEN") {
				t.Errorf("health %q", p)
			}
		})
	})
}

// TestCallbacks: each is answered once its turn is committed, whatever it was.
func TestCallbacks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New(testToken)
		c := newTest(t, server, nil)
		var tries atomic.Int32
		during(t, c, func(context.Context, bot.Inbound) error {
			if tries.Add(1) == 1 {
				if server.Calls("answerCallbackQuery") != 0 {
					t.Error("answered before the turn")
				}
				return errors.New("not now")
			}
			return nil
		}, func() {
			server.Person(1).PressData(telegramtest.Message{ID: 1}, "k:1")
			server.Person(2).PressData(telegramtest.Message{ID: 1}, strings.Repeat("stale", 100))
			time.Sleep(time.Minute)
		})
		if n := server.Calls("answerCallbackQuery"); n != 2 || tries.Load() != 2 {
			t.Errorf("%d answers, %d tries", n, tries.Load())
		}
	})
}

// TestIntroduction: the menu and our name come when the network does; neither
// stops a chat.
func TestIntroduction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New(testToken)
		c := newTest(t, server, func(cfg *Config) {
			cfg.Commands = func(l locales.Lang) []Command { return []Command{{"menu_" + string(l), "x"}} }
		})
		server.Inject(telegramtest.Fault{Kind: telegramtest.HTML, Method: "getMe", Times: 3},
			telegramtest.Fault{Kind: telegramtest.Refuse, Method: "setMyCommands", Code: 404, Description: "Not Found"})
		var got atomic.Int32
		during(t, c, func(context.Context, bot.Inbound) error { got.Add(1); return nil }, func() {
			server.Person(1).Say("salam")
			time.Sleep(time.Second / 2)
			if got.Load() != 1 || c.Username() != "" {
				t.Errorf("%d handled; our name is %q", got.Load(), c.Username())
			}
			time.Sleep(time.Minute)
		})
		menu := server.Menu("ar")
		if c.Username() != "maalem_bot" || server.Calls("setMyCommands") != 3 || len(menu) != 1 || menu[0] != "/menu_ar x" {
			t.Errorf("%q, %d menus, the Arabic one %v", c.Username(), server.Calls("setMyCommands"), menu)
		}
	})
}

func TestReceiveOnce(t *testing.T) {
	c := newTest(t, telegramtest.New(testToken), nil)
	c.receiving.Store(true)
	if err := c.Receive(t.Context(), nil); err == nil {
		t.Error("two may receive at once")
	}
}

// TestAllowedUpdates: a null would keep what somebody set before.
func TestAllowedUpdates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New(testToken)
		during(t, newTest(t, server, nil), nil, func() { time.Sleep(time.Second) })
		asked := server.Last("getUpdates")
		if seconds, _ := strconv.Atoi(asked.Get("timeout")); seconds < 30 || !strings.Contains(asked.Get("allowed_updates"), "my_chat_member") {
			t.Errorf("asked %v", asked)
		}
	})
}

// TestSecretStays: Telegram goes on calling with the secret that it was given
// before a restart. It is saved before it is registered, and registering is
// tried for as long as it takes.
func TestSecretStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New(testToken)
		saved := &memory{}
		var secrets []string
		for range 2 {
			server.Inject(telegramtest.Fault{Kind: telegramtest.HTML, Method: "setWebhook", Times: 5})
			c := newTest(t, server, func(cfg *Config) {
				cfg.Updates, cfg.PublicURL, cfg.Offsets = Webhook, "http://localhost:1", saved
			})
			during(t, c, nil, func() {
				time.Sleep(time.Second)
				if c.Health().Problem == "" || saved.s.Secret == "" {
					t.Errorf("health %+v, saved %+v", c.Health(), saved.s)
				}
				time.Sleep(5 * time.Minute)
				if p := c.Health().Problem; p != "" {
					t.Errorf("health %q", p)
				}
			})
			secrets = append(secrets, server.Last("setWebhook").Get("secret_token"))
		}
		if secrets[0] == "" || secrets[0] != secrets[1] || secrets[0] != saved.s.Secret {
			t.Errorf("secrets %d and %d long, equal %v", len(secrets[0]), len(secrets[1]), secrets[0] == secrets[1])
		}
		server.Close()
	})
}
