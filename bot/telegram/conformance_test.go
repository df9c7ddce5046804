package telegram

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"maalem/bot"
	"maalem/bot/channeltest"
	"maalem/bot/telegram/telegramtest"
)

const testToken = "424242:AAHsecretSecretsecret_-secretSecret"

// memory is Offsets in memory.
type memory struct {
	mu sync.Mutex
	s  State
}

func (m *memory) Load(context.Context) (State, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.s, nil
}

func (m *memory) Save(_ context.Context, s State) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.s = s
	return nil
}

// newTest makes a channel that speaks to the server in memory, with rates off
// unless change says otherwise.
func newTest(t testing.TB, server *telegramtest.Server, change func(*Config)) *Channel {
	t.Helper()
	cfg := Config{
		Token: testToken, APIURL: "http://telegram.test",
		Offsets:   &memory{},
		Logger:    slog.New(slog.NewTextHandler(io.Discard, nil)),
		Transport: telegramtest.Transport(t, server),
	}
	if change != nil {
		change(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func conform(t *testing.T, updates Updates) {
	channeltest.Run(t, func(t *testing.T) channeltest.Network {
		server := telegramtest.New(testToken)
		t.Cleanup(server.Close)
		var c *Channel
		c = newTest(t, server, func(cfg *Config) {
			if cfg.Updates = updates; updates == Webhook {
				cfg.PublicURL = "http://localhost:1"
				server.Hook = &http.Client{Transport: telegramtest.Transport(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					c.Handler().ServeHTTP(w, r)
				}))}
			}
		})
		person := func(n int) *telegramtest.Person { return server.Person(int64(1001 + n)) }
		broken := func(f telegramtest.Fault) func() {
			return func() { f.Times = -1; server.Inject(f) }
		}
		return channeltest.Network{
			Channel: c,
			Address: func(n int) bot.Address { return bot.Address{Channel: Name, ID: strconv.Itoa(1001 + n)} },
			Say:     func(n int, text string) { person(n).Say(text) },
			Press:   func(n int, label string) { person(n).Press(label) },
			Sees: func(n int) (shown []channeltest.Shown) {
				for _, m := range person(n).Sees() {
					s := channeltest.Shown{Text: m.Text}
					for _, b := range m.Buttons {
						s.Buttons = append(s.Buttons, b.Label)
					}
					shown = append(shown, s)
				}
				return shown
			},
			Length: units,
			Hostile: func() {
				for _, raw := range hostileUpdates {
					server.PushRaw(1, []byte(raw))
				}
			},
			Break: map[string]func(){
				"throttled":               broken(telegramtest.Fault{Kind: telegramtest.Throttle, RetryAfter: 3}),
				"server error":            broken(telegramtest.Fault{Kind: telegramtest.ServerError}),
				"a page of HTML":          broken(telegramtest.Fault{Kind: telegramtest.HTML}),
				"reset before acceptance": broken(telegramtest.Fault{Kind: telegramtest.ResetBefore}),
				"reset after acceptance":  broken(telegramtest.Fault{Kind: telegramtest.ResetAfter}),
				"blocked":                 broken(telegramtest.Fault{Kind: telegramtest.Refuse, Code: 403, Description: "Forbidden: bot was blocked by the user"}),
				"unauthorized":            broken(telegramtest.Fault{Kind: telegramtest.Refuse, Code: 401, Description: "Unauthorized"}),
			},
			Mend: server.Mend,
		}
	})
}

func TestPolling(t *testing.T) { conform(t, Poll) }
func TestWebhook(t *testing.T) { conform(t, Webhook) }

// hostileUpdates is what no Telegram sends. %d is the update's number.
var hostileUpdates = []string{
	`{"update_id":%d}`,
	`{"update_id":%d,"message":null}`,
	`{"update_id":%d,"message":{}}`,
	`{"update_id":%d,"message":[]}`,
	`{"update_id":%d,"message":{"chat":null,"text":"x"}}`,
	`{"update_id":%d,"message":{"chat":{"id":0,"type":"private"},"text":"x"}}`,
	`{"update_id":%d,"message":{"chat":{"id":5,"type":"private"},"from":null,"date":-1,"text":"x"}}`,
	`{"update_id":%d,"message":{"chat":{"id":5,"type":"private"},"from":{"id":5,"language_code":"` + strings.Repeat("x", 5000) + `"},"date":9223372036854775807,"text":"x"}}`,
	`{"update_id":%d,"message":{"chat":{"id":5,"type":"private"},"from":"me","date":"now","text":7}}`,
	`{"update_id":%d,"message":{"chat":{"id":5,"type":"private"},"text":"` + strings.Repeat("ش", 100_000) + `"}}`,
	`{"update_id":%d,"message":{"chat":{"id":5,"type":"private"},"text":"\u0000\ud800\u202e\u2068"}}`,
	`{"update_id":%d,"message":{"chat":{"id":5,"type":"private"},"photo":[]}}`,
	`{"update_id":%d,"message":{"chat":{"id":5,"type":"private"},"photo":[{}]}}`,
	`{"update_id":%d,"message":{"chat":{"id":5,"type":"private"},"voice":{"file_id":"../../etc/passwd","file_size":-1,"duration":-5}}}`,
	`{"update_id":%d,"message":{"chat":{"id":5,"type":"private"},"document":{"file_id":"` + strings.Repeat("f", 5000) + `","file_name":"../../x\u0000"}}}`,
	`{"update_id":%d,"message":{"chat":{"id":5,"type":"private"},"location":{"latitude":1e300,"longitude":-1e300}}}`,
	`{"update_id":%d,"message":{"chat":{"id":5,"type":"private"},"contact":{"phone_number":"` + strings.Repeat("9", 100_000) + `"}}}`,
	`{"update_id":%d,"callback_query":{}}`,
	`{"update_id":%d,"callback_query":{"id":"1","from":{"id":5},"data":"` + strings.Repeat("d", 10_000) + `"}}`,
	`{"update_id":%d,"callback_query":{"id":"` + strings.Repeat("i", 10_000) + `","from":{"id":5},"data":"x"}}`,
	`{"update_id":%d,"my_chat_member":{}}`,
	`{"update_id":%d,"my_chat_member":{"chat":{"id":5,"type":"private"},"new_chat_member":{"status":"kicked"}}}`,
	`{"update_id":%d,"edited_message":{"chat":{"id":-5,"type":"group"}}}`,
	`{"update_id":-3,"message":{"chat":{"id":5,"type":"private"},"text":"x"}}`,
	`{"update_id":"7","message":{"chat":{"id":5,"type":"private"},"text":"x"}}`,
	`{"update_id":1e99}`,
	`{"note":"no identifier"}`,
	`[]`, `null`, `"update"`, `7`,
	strings.Repeat(`[`, 5000) + strings.Repeat(`]`, 5000),
}

func TestWebhookRefusesStrangers(t *testing.T) {
	server := telegramtest.New(testToken)
	c := newTest(t, server, func(cfg *Config) {
		cfg.Updates, cfg.PublicURL = Webhook, "http://localhost:1"
	})
	call := func(method, secret, body string) int {
		r := httptest.NewRequest(method, WebhookPath, strings.NewReader(body))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
		w := httptest.NewRecorder()
		c.Handler().ServeHTTP(w, r)
		return w.Code
	}
	update := `{"update_id":1,"message":{"chat":{"id":5,"type":"private"},"text":"x"}}`
	if got := call("POST", "", update); got != http.StatusForbidden {
		t.Errorf("before Receive, without a secret: %d", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	handled := make(chan bot.Inbound, 10)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = c.Receive(ctx, func(_ context.Context, in bot.Inbound) error { handled <- in; return nil })
	}()
	for server.Calls("setWebhook") == 0 {
		time.Sleep(time.Millisecond)
	}
	registered := server.Last("setWebhook")
	secret := registered.Get("secret_token")
	if len(secret) < 16 || registered.Get("url") != "http://localhost:1/telegram" || registered.Has("drop_pending_updates") {
		t.Errorf("registered %v", registered)
	}
	for _, tt := range []struct {
		name, method, secret, body string
		want                       int
	}{
		{"no secret", "POST", "", update, http.StatusForbidden},
		{"a wrong secret", "POST", secret + "x", update, http.StatusForbidden},
		{"not a post", "GET", secret, "", http.StatusMethodNotAllowed},
		{"too long", "POST", secret, `{"update_id":1,"x":"` + strings.Repeat("x", maxUpdate) + `"}`, http.StatusBadRequest},
		{"not an update", "POST", secret, `no JSON`, http.StatusOK},
		{"nothing for us", "POST", secret, `{"update_id":2,"poll":{"id":"1"}}`, http.StatusOK},
	} {
		if got := call(tt.method, tt.secret, tt.body); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
	if len(handled) != 0 {
		t.Errorf("a stranger's update was handled")
	}
	if got := call("POST", secret, update); got != http.StatusOK || len(handled) != 1 {
		t.Errorf("Telegram's own: %d, handled %d", got, len(handled))
	}
	cancel()
	<-ended
	if got := call("POST", secret, update); got != http.StatusServiceUnavailable {
		t.Errorf("after Receive: %d", got)
	}
}
