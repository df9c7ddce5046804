package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"maalem/bot"
	"maalem/bot/telegram/telegramtest"
)

// logbook collects log lines from many goroutines.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// assistant is the least that stands for engine, store and sender: it commits a
// message once by its key, and sends replies in the order of their address, again
// for as long as the failure says so.
type assistant struct {
	c     *Channel
	mu    sync.Mutex
	keys  map[string]bool
	said  map[string][]string       // committed, by address
	queue map[string][]bot.Outgoing // to be sent; the first is under way
	ready chan string
	lost  []string // replies that were given up
	fails map[bot.SendFailure]int
	texts []string // of errors
	id    uint64
}

func newAssistant(c *Channel) *assistant {
	return &assistant{
		c: c, keys: map[string]bool{}, said: map[string][]string{}, queue: map[string][]bot.Outgoing{},
		ready: make(chan string, 10_000), fails: map[bot.SendFailure]int{},
	}
}

func (a *assistant) handle(_ context.Context, in bot.Inbound) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.keys[in.Key] {
		return nil
	}
	if a.id%17 == 16 { // the disk is full now and then
		a.id++
		return errors.New("no space left on device")
	}
	a.keys[in.Key] = true
	a.id++
	who := in.From.ID
	a.said[who] = append(a.said[who], in.Text)
	a.queue[who] = append(a.queue[who], bot.Outgoing{
		ID: a.id, To: in.From, Lane: bot.LaneReply,
		Message: bot.Message{Text: "re: " + in.Text, Choices: []bot.Button{{Data: "y", Label: "نعم"}}},
	})
	if len(a.queue[who]) == 1 {
		a.ready <- who
	}
	return nil
}

func (a *assistant) send(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case who := <-a.ready:
			a.mu.Lock()
			m := a.queue[who][0]
			a.mu.Unlock()
			_, err := a.c.Send(ctx, m)
			wait := time.Duration(0)
			var failed *bot.SendError
			if errors.As(err, &failed) {
				switch failed.Failure {
				case bot.FailThrottled:
					wait = failed.After
				case bot.FailOffline, bot.FailUnknown:
					wait = time.Second
				}
			}
			a.mu.Lock()
			if failed != nil {
				a.fails[failed.Failure]++
				a.texts = append(a.texts, err.Error())
			}
			if wait == 0 {
				if err != nil {
					a.lost = append(a.lost, m.Message.Text)
				}
				a.queue[who] = a.queue[who][1:]
			}
			more := len(a.queue[who]) > 0
			a.mu.Unlock()
			if more {
				if wait > 0 {
					time.AfterFunc(wait, func() { a.ready <- who })
				} else {
					a.ready <- who
				}
			}
		}
	}
}

func (a *assistant) waiting() (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, q := range a.queue {
		n += len(q)
	}
	return n
}

// TestFaults: whatever fails, nothing that was said is lost or taken twice,
// every reply arrives in its order, the rate is kept where Telegram counts it,
// and the token is told to nobody.
func TestFaults(t *testing.T) {
	for _, updates := range []Updates{Poll, Webhook} {
		t.Run(string(updates), func(t *testing.T) { synctest.Test(t, func(t *testing.T) { faults(t, updates) }) })
	}
}

func faults(t *testing.T, updates Updates) {
	const people, words, workers = 20, 12, 16
	server := telegramtest.New(testToken)
	t.Cleanup(server.Close)
	var lines logbook
	var handler http.Handler
	c := newTest(t, server, func(cfg *Config) {
		cfg.Rate, cfg.ChatRate = DefaultRate, DefaultChatRate
		cfg.Logger = slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))
		if cfg.Updates = updates; updates == Webhook {
			cfg.PublicURL = "http://localhost:1"
			server.Hook = &http.Client{Transport: telegramtest.Transport(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				handler.ServeHTTP(w, r)
			}))}
		}
	})
	handler = c.Handler()
	a := newAssistant(c)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = c.Receive(ctx, a.handle) })
	for range workers {
		running.Go(func() { a.send(ctx) })
	}

	gone := int64(1000) // has blocked us without a word
	server.Inject(telegramtest.Fault{Kind: telegramtest.Refuse, Chat: gone, Times: -1, Code: 403, Description: "Forbidden: bot was blocked by the user"})
	server.Chaos(7, 0.3,
		telegramtest.Fault{Kind: telegramtest.Throttle, RetryAfter: 3},
		telegramtest.Fault{Kind: telegramtest.ServerError},
		telegramtest.Fault{Kind: telegramtest.HTML},
		telegramtest.Fault{Kind: telegramtest.Hang},
		telegramtest.Fault{Kind: telegramtest.ResetBefore},
		telegramtest.Fault{Kind: telegramtest.ResetAfter},
	)
	for _, kind := range []telegramtest.Kind{telegramtest.ServerError, telegramtest.HTML, telegramtest.Hang, telegramtest.ResetBefore, telegramtest.ResetAfter} {
		for _, method := range []string{"getUpdates", "setWebhook", "getMe", "answerCallbackQuery"} {
			server.Inject(telegramtest.Fault{Kind: kind, Method: method})
		}
	}
	server.Inject(telegramtest.Fault{Kind: telegramtest.Refuse, Method: "getUpdates", Code: 429, RetryAfter: 2})
	server.Repeat(20)
	for w := range words {
		for p := range people {
			server.Person(gone + int64(p)).Say(fmt.Sprintf("word %d", w))
		}
		time.Sleep(time.Second)
	}
	for server.Pending() > 0 || a.waiting() > 0 {
		time.Sleep(time.Second)
	}
	cancel()
	running.Wait()

	// Nothing lost, nothing taken twice, in order.
	for p := range people {
		id := gone + int64(p)
		said := a.said[strconv.FormatInt(id, 10)]
		if len(said) != words {
			t.Errorf("person %d said %d things, %d were taken", p, words, len(said))
		}
		last := -1
		for i, s := range said {
			if s != fmt.Sprintf("word %d", i) {
				t.Fatalf("person %d: %q was taken as number %d", p, s, i)
			}
		}
		for _, m := range server.Person(id).Sees() {
			n, err := strconv.Atoi(strings.TrimPrefix(m.Text, "re: word "))
			if err != nil || n != last && n != last+1 {
				t.Fatalf("person %d: %q came after reply %d", p, m.Text, last)
			}
			last = n
		}
		if id != gone && last != words-1 {
			t.Errorf("person %d has replies up to %d only", p, last)
		}
	}
	if len(a.lost) != words || a.fails[bot.FailGone] != words {
		t.Errorf("%d replies were given up, %d to somebody gone; want %d: all to the one who blocked us", len(a.lost), a.fails[bot.FailGone], words)
	}
	for _, f := range []bot.SendFailure{bot.FailUnknown, bot.FailThrottled} {
		if a.fails[f] == 0 {
			t.Errorf("no send was %s: the test shows nothing", f)
		}
	}
	// Only what was on its way when Telegram asked for silence may come early.
	if n, asked := server.Early(), server.Calls("sendMessage"); n > asked/20 {
		t.Errorf("%d of %d messages came during a 429", n, asked)
	}
	checkRate(t, server.Accepted(), DefaultRate+DefaultRate/5, time.Second)
	checkSecret(t, lines.String())
	checkSecret(t, strings.Join(a.texts, "\n"))
	if lines.String() == "" {
		t.Error("nothing was logged: the test shows nothing")
	}
}

// checkRate counts, where the server accepted, the messages of every span.
func checkRate(t *testing.T, accepted []telegramtest.Message, most int, span time.Duration) {
	t.Helper()
	first := 0
	for i, m := range accepted {
		for m.At.Sub(accepted[first].At) >= span {
			first++
		}
		if n := i - first + 1; n > most {
			t.Fatalf("%d messages within %s, at most %d", n, span, most)
		}
	}
}

func checkSecret(t *testing.T, text string) {
	t.Helper()
	_, secret, _ := strings.Cut(testToken, ":")
	for _, line := range strings.Split(text, "\n") {
		if strings.Contains(line, secret) {
			t.Errorf("the token was told: %s", line)
		}
	}
}
