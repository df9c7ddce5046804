package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"maalem/bot/telegram"
	"maalem/bot/telegram/telegramtest"
)

// The tests of this file run everything that `maalem serve` runs, with its file,
// in this process: on a network in memory and on synctest's clock, so that hours
// of outage pass at once.

// house is the program between a Bot API server and its pages.
type house struct {
	cfg   Config
	log   *logbook
	pages *http.Client
	wire  *wire // to the Bot API
	crowd atomic.Pointer[crowd]
}

// wire is a network that can be cut.
type wire struct {
	http.RoundTripper
	cut   atomic.Bool
	calls atomic.Int64
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.calls.Add(1)
	if w.cut.Load() {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("no route to host")}
	}
	return w.RoundTripper.RoundTrip(r)
}

// open starts the program in a bubble; the returned function stops it and waits.
func open(t *testing.T, server *telegramtest.Server, settings map[string]string) (h *house, stop func()) {
	t.Helper()
	all := map[string]string{"MAALEM_STORE": "bolt:" + filepath.Join(t.TempDir(), "maalem.db"), "MAALEM_LISTEN": "127.0.0.1:0",
		"TELEGRAM_TOKEN": testToken, "TELEGRAM_API_URL": "http://telegram.test", "MAALEM_PUBLIC_URL": "http://localhost:1"}
	maps.Copy(all, settings)
	cfg, err := readConfig(func(name string) string { return all[name] })
	if err != nil {
		t.Fatal(err)
	}
	pipes := telegramtest.NewPipes()
	pages := pipes.Transport()
	h = &house{cfg: cfg, log: &logbook{}, pages: &http.Client{Transport: pages}, wire: &wire{RoundTripper: telegramtest.Transport(t, server)}}
	server.Hook = &http.Client{Transport: twice{pages}}
	server.OnAccept = func(m telegramtest.Message) {
		if c := h.crowd.Load(); c != nil && m.Chat >= firstChat {
			c.hear(m)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- serveOn(ctx, cfg, network{
			listen:   func(string, string) (net.Listener, error) { return pipes, nil },
			greet:    func(Config, net.Addr, []string, string) {},
			telegram: h.wire,
		}, slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	}()
	return h, func() {
		t.Helper()
		server.Close()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the program ended with %v", err)
		}
		pages.CloseIdleConnections()
		checkTokenUntold(t, h.log.String())
	}
}

// twice loses the answer to one webhook call in five, which then comes again.
type twice struct{ http.RoundTripper }

func (w twice) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := w.RoundTripper.RoundTrip(r)
	if err == nil && rand.IntN(5) == 0 {
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		return nil, io.ErrUnexpectedEOF
	}
	return resp, err
}

// gatherCrowd lets people register; call leave.
func gatherCrowd(t *testing.T, h *house, server *telegramtest.Server, size int, think time.Duration) *crowd {
	c := &crowd{server: server, size: size, think: think, plan: newRehearsal(t, h.cfg.Controller)}
	h.crowd.Store(c)
	c.gather()
	return c
}

// checkCrowd: everybody was told everything, in order, and nothing else. Again
// came at most what the network had lost the answer to.
func checkCrowd(t *testing.T, c *crowd, again int) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.wrong {
		t.Error(s)
	}
	for _, p := range c.people {
		if p != nil && p.heard < len(p.told) {
			t.Errorf("%d waits for message %d of %d", p.id, p.heard+1, len(p.told))
		}
	}
	if len(c.repeats) > again {
		t.Errorf("%d messages came again, at most %d may", len(c.repeats), again)
	}
}

// TestRegisterThroughFaults: whatever the Bot API server, or the network before
// it, does to calls, everybody registers: nothing is lost, taken twice or out of
// order, and the rates are kept where Telegram counts them.
func TestRegisterThroughFaults(t *testing.T) {
	for _, updates := range []telegram.Updates{telegram.Poll, telegram.Webhook} {
		t.Run(string(updates), func(t *testing.T) { synctest.Test(t, func(t *testing.T) { throughFaults(t, updates) }) })
	}
}

func throughFaults(t *testing.T, updates telegram.Updates) {
	const people = 40
	server := telegramtest.New(testToken)
	h, stop := open(t, server, map[string]string{"TELEGRAM_UPDATES": string(updates)})
	server.Chaos(7, 0.3,
		telegramtest.Fault{Kind: telegramtest.Throttle, RetryAfter: 3},
		telegramtest.Fault{Kind: telegramtest.ServerError},
		telegramtest.Fault{Kind: telegramtest.HTML},
		telegramtest.Fault{Kind: telegramtest.Hang},
		telegramtest.Fault{Kind: telegramtest.ResetBefore},
		telegramtest.Fault{Kind: telegramtest.ResetAfter},
	)
	for range 5 {
		for _, kind := range []telegramtest.Kind{telegramtest.ServerError, telegramtest.HTML, telegramtest.Hang, telegramtest.ResetBefore, telegramtest.ResetAfter} {
			for _, method := range []string{"getUpdates", "setWebhook", "getMe", "answerCallbackQuery", "setMyCommands"} {
				server.Inject(telegramtest.Fault{Kind: kind, Method: method})
			}
		}
		server.Inject(telegramtest.Fault{Kind: telegramtest.Refuse, Method: "getUpdates", Code: 429, RetryAfter: 2})
	}
	server.Repeat(100)
	c := gatherCrowd(t, h, server, people, 3*time.Second)
	if !c.leave(6 * time.Hour) {
		t.Error("not everybody is through")
	}
	time.Sleep(time.Minute) // for what comes too much
	stop()

	checkCrowd(t, c, server.Failed(telegramtest.ResetAfter))
	checkRegistered(t, h.cfg.StorePath, c.people)
	for kind, name := range map[telegramtest.Kind]string{telegramtest.Throttle: "429", telegramtest.ServerError: "500", telegramtest.HTML: "HTML",
		telegramtest.Hang: "silence", telegramtest.ResetBefore: "reset before", telegramtest.ResetAfter: "reset after"} {
		if server.Failed(kind) == 0 {
			t.Errorf("nothing failed by %s: the test shows nothing", name)
		}
	}
	// Only what was on its way when Telegram asked for silence may come early.
	if n, asked := server.Early(), server.Calls("sendMessage"); n > asked/20 {
		t.Errorf("%d of %d messages came during a 429", n, asked)
	}
	checkRates(t, server.Accepted())
}

// checkRates counts, where the server accepted, what came in any second: 25 and
// the limiter's own burst of 5 in all; in a chat 20 at once, refilled at one a second.
func checkRates(t *testing.T, accepted []telegramtest.Message) {
	t.Helper()
	first := 0
	for i, m := range accepted {
		for m.At.Sub(accepted[first].At) >= time.Second {
			first++
		}
		if n := i - first + 1; n > 30 {
			t.Fatalf("%d messages within a second", n)
		}
	}
	chats := map[int64][]time.Time{}
	for _, m := range accepted {
		chats[m.Chat] = append(chats[m.Chat], m.At)
	}
	for chat, at := range chats {
		for i := range at {
			for j := i + 20; j < len(at); j++ {
				if most := 21 + int(at[j].Sub(at[i])/time.Second); j-i+1 > most {
					t.Fatalf("chat %d: %d messages in %s", chat, j-i+1, at[j].Sub(at[i]))
				}
			}
		}
	}
}

// TestNetworkDownAtStart: the program starts without a network, says so once, and
// goes on when there is one.
func TestNetworkDownAtStart(t *testing.T) {
	for _, updates := range []telegram.Updates{telegram.Poll, telegram.Webhook} {
		t.Run(string(updates), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := telegramtest.New(testToken)
				h, stop := open(t, server, map[string]string{"TELEGRAM_UPDATES": string(updates)})
				h.wire.cut.Store(true)
				c := gatherCrowd(t, h, server, 5, time.Second)
				time.Sleep(time.Hour)
				if n := h.wire.calls.Load(); n < 60 || n > 600 {
					t.Errorf("%d calls in an hour without a network", n)
				}
				if n := strings.Count(h.log.String(), "level=ERROR"); n != 1 {
					t.Errorf("the operator was told %d times:\n%s", n, h.log)
				}
				checkPage(t, h)
				h.wire.cut.Store(false)
				if !c.leave(5 * time.Minute) {
					t.Error("not everybody is through")
				}
				stop()
				checkCrowd(t, c, 0)
				checkRegistered(t, h.cfg.StorePath, c.people)
			})
		})
	}
}

// checkPage: the chat page is there, whatever Telegram does.
func checkPage(t *testing.T, h *house) {
	t.Helper()
	resp, err := h.pages.Get("http://maalem.test/chat")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("the chat page answers %d (%v)", resp.StatusCode, err)
	}
}

// TestLongOutage: replies wait through hours in which nothing goes out, whether
// the network is gone or answers nonsense, and are not given up.
func TestLongOutage(t *testing.T) {
	for name, broken := range map[string]func(*house, *telegramtest.Server){
		"offline": func(h *house, _ *telegramtest.Server) { h.wire.cut.Store(true) },
		"a page of HTML": func(_ *house, s *telegramtest.Server) {
			s.Inject(telegramtest.Fault{Kind: telegramtest.HTML, Times: -1})
		},
		"429 on and on": func(_ *house, s *telegramtest.Server) {
			s.Inject(telegramtest.Fault{Kind: telegramtest.Throttle, RetryAfter: 60, Times: -1})
		},
		"a refused token": func(_ *house, s *telegramtest.Server) {
			s.Inject(telegramtest.Fault{Kind: telegramtest.Refuse, Code: 401, Description: "Unauthorized", Times: -1})
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := telegramtest.New(testToken)
				h, stop := open(t, server, nil)
				c := gatherCrowd(t, h, server, 5, 3*time.Second)
				time.Sleep(10 * time.Second) // in the middle of everybody's questions
				broken(h, server)
				time.Sleep(5 * time.Hour)
				before := server.Count()
				h.wire.cut.Store(false)
				server.Mend()
				if !c.leave(10 * time.Minute) {
					t.Error("not everybody is through")
				}
				stop()
				if server.Count() == before {
					t.Error("nothing was left to say: the test shows nothing")
				}
				checkCrowd(t, c, 0)
				checkRegistered(t, h.cfg.StorePath, c.people)
			})
		})
	}
}

// TestWrongToken: the operator is told what to do, once, and the token is not
// printed; the pages work.
func TestWrongToken(t *testing.T) {
	for _, updates := range []telegram.Updates{telegram.Poll, telegram.Webhook} {
		t.Run(string(updates), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, stop := open(t, telegramtest.New("777:anotherTokenAltogether"), map[string]string{"TELEGRAM_UPDATES": string(updates)})
				time.Sleep(10 * time.Minute)
				checkPage(t, h)
				stop()
				if n := strings.Count(h.log.String(), "Check TELEGRAM_TOKEN"); n != 1 {
					t.Errorf("the operator was told %d times:\n%s", n, h.log)
				}
				if n := h.wire.calls.Load(); n > 15 {
					t.Errorf("%d calls in ten minutes with a refused token", n)
				}
			})
		})
	}
}

// TestSecondPoller: while another program polls with our token the operator is
// told, and afterwards everything is taken.
func TestSecondPoller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New(testToken)
		server.Inject(telegramtest.Fault{Kind: telegramtest.Refuse, Method: "getUpdates", Code: 409, Times: 5,
			Description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"})
		h, stop := open(t, server, nil)
		c := gatherCrowd(t, h, server, 3, time.Second)
		if !c.leave(10 * time.Minute) {
			t.Error("not everybody is through")
		}
		stop()
		checkCrowd(t, c, 0)
		if n := strings.Count(h.log.String(), "level=ERROR"); n != 1 || !strings.Contains(h.log.String(), "another program runs with this token") {
			t.Errorf("the operator was told %d times:\n%s", n, h.log)
		}
	})
}

// TestBlocked: somebody blocks the assistant in the middle of a question, without
// a word. It is not tried again and again, nobody else waits for it, and after
// coming back they go on where they were.
func TestBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New(testToken)
		h, stop := open(t, server, nil)
		defer stop()
		fatima := server.Person(7)
		said := func(text string) string {
			fatima.Say(text)
			time.Sleep(5 * time.Second)
			seen := fatima.Sees()
			return seen[len(seen)-1].Text
		}
		said("bonjour")
		said("Français")
		said("1")
		said("1")
		craft := said("Fatima")
		server.Inject(telegramtest.Fault{Kind: telegramtest.Refuse, Chat: 7, Times: -1, Code: 403, Description: "Forbidden: bot was blocked by the user"})
		before := server.Calls("sendMessage")
		said("tapis") // taken, but its reply cannot arrive
		c := gatherCrowd(t, h, server, 5, time.Second)
		if !c.leave(time.Minute) {
			t.Error("somebody waited for the blocked one")
		}
		checkCrowd(t, c, 0)
		time.Sleep(time.Hour)
		if tried := server.Calls("sendMessage") - before - c.heard(); tried != 1 {
			t.Errorf("the reply was tried %d times", tried)
		}
		fatima.Block(true)
		time.Sleep(time.Minute)
		server.Mend()
		fatima.Block(false)
		time.Sleep(time.Minute)
		if got := said("salam"); got == craft || !strings.Contains(got, "ville") {
			t.Errorf("after coming back she is asked %q", got)
		}
		if got := said("tiznit"); strings.Contains(got, "ville") {
			t.Errorf("the place is not taken: %q", got)
		}
	})
}

// TestTalkative: somebody who writes faster than Telegram lets a chat be answered
// gets every answer in time, and nobody else waits for that.
func TestTalkative(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const words = 60
		server := telegramtest.New(testToken)
		_, stop := open(t, server, map[string]string{"MAALEM_ADDRESS_RATE": "0"})
		defer stop()
		for range words {
			server.Person(7).Say("salam")
		}
		time.Sleep(5 * time.Second)
		server.Person(8).Say("salam")
		time.Sleep(2 * time.Second)
		if len(server.Person(8).Sees()) == 0 {
			t.Error("somebody else waits")
		}
		time.Sleep(2 * time.Minute)
		if n := len(server.Person(7).Sees()); n != words {
			t.Errorf("%d of %d messages were answered", n, words)
		}
		checkRates(t, server.Accepted())
	})
}
