package webchat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"maalem/bot"
	"maalem/bot/channeltest"
	"maalem/bot/web"
)

// committed puts what is sent into the history first, once, as the engine's commit
// does before anything is sent.
type committed struct {
	*Chat
	store *store
}

func (c committed) Send(ctx context.Context, m bot.Outgoing) (bot.Receipt, error) {
	c.store.commit(fmt.Sprint("sent ", m.ID), m.To, m.At, m.Message)
	return c.Chat.Send(ctx, m)
}

// device is one person's browser: it sends one message after the other, each until
// it is taken, as outbox.js does.
type device struct {
	t    *testing.T
	url  string
	chat *Chat
	id   string // of the first message
	jar  struct {
		sync.Mutex
		cookies []*http.Cookie
	}
	said chan map[string]any
}

func (d *device) request(method, path, kind string, body io.Reader) *http.Request {
	r, err := http.NewRequestWithContext(d.t.Context(), method, d.url+path, body)
	if err != nil {
		d.t.Error(err)
		return nil
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Accept", "application/json")
	d.jar.Lock()
	defer d.jar.Unlock()
	for _, c := range d.jar.cookies {
		r.AddCookie(c)
	}
	return r
}

func (d *device) run() {
	first := true
	for {
		var m map[string]any
		select {
		case m = <-d.said:
		case <-d.t.Context().Done():
			return
		}
		m["id"] = newID()
		if first {
			m["id"], first = d.id, false
		}
		body, _ := json.Marshal(m) // strings always encode
		for {
			r := d.request("POST", "/chat/message", "application/json", bytes.NewReader(body))
			if r == nil {
				return
			}
			resp, err := http.DefaultClient.Do(r)
			if err == nil {
				_, _ = io.Copy(io.Discard, resp.Body) // only the status counts
				resp.Body.Close()
				if resp.StatusCode == http.StatusOK {
					d.jar.Lock()
					if got := resp.Cookies(); len(got) > 0 {
						d.jar.cookies = got
					}
					d.jar.Unlock()
					break
				}
			}
			select {
			case <-time.After(5 * time.Millisecond):
			case <-d.t.Context().Done():
				return
			}
		}
	}
}

// enter gives the device the cookie of its conversation, as if it had spoken.
func (d *device) enter() {
	w := httptest.NewRecorder()
	d.chat.who.cookie.Write(w, d.chat.who.born(d.id).ID)
	d.jar.Lock()
	defer d.jar.Unlock()
	d.jar.cookies = w.Result().Cookies()
}

// sees reads the lines as the page does, over HTTP.
func (d *device) sees() []shown {
	d.enter()
	r := d.request("GET", "/chat/lines", "", nil)
	if r == nil {
		return nil
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		d.t.Error(err)
		return nil
	}
	defer resp.Body.Close()
	var v window
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
		d.t.Error(err)
	}
	return v.Lines
}

// The web chat is held to what every channel is held to.
func TestChannel(t *testing.T) {
	channeltest.Run(t, func(t *testing.T) channeltest.Network {
		s := newStore()
		site, err := web.New(web.Config{})
		if err != nil {
			t.Fatal(err)
		}
		chat, err := New(t.Context(), Config{Site: site, Keys: s, History: s, Media: s, Strings: phrases})
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewUnstartedServer(nil)
		srv.Config = site.Server("")
		srv.Start()
		t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
		var mu sync.Mutex
		devices := map[int]*device{}
		person := func(n int) *device {
			mu.Lock()
			defer mu.Unlock()
			d := devices[n]
			if d == nil {
				d = &device{t: t, url: srv.URL, chat: chat, id: fmt.Sprintf("%032x", n+1), said: make(chan map[string]any, 1000)}
				devices[n] = d
				go d.run()
			}
			return d
		}
		return channeltest.Network{
			Channel: committed{chat, s},
			Address: func(n int) bot.Address { return chat.who.born(fmt.Sprintf("%032x", n+1)) },
			Say:     func(n int, text string) { person(n).said <- map[string]any{"text": text} },
			Press: func(n int, label string) {
				for _, l := range person(n).sees() {
					for _, c := range l.Choices {
						if c.Label == label {
							person(n).said <- map[string]any{"press": c.Data}
							return
						}
					}
				}
				t.Errorf("no button %q", label)
			},
			Sees: func(n int) (seen []channeltest.Shown) {
				for _, l := range person(n).sees() {
					one := channeltest.Shown{Text: l.Text}
					for _, c := range l.Choices {
						one.Buttons = append(one.Buttons, c.Label)
					}
					seen = append(seen, one)
				}
				return seen
			},
			Length:  utf8.RuneCountInString,
			Hostile: func() { hostile(t, srv.URL) },
		}
	})
}

// hostile posts what no page of ours does; none of it may be taken.
func hostile(t *testing.T, home string) {
	id := strings.Repeat("a", 32)
	deep := strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000)
	form := func(kv ...string) string {
		v := url.Values{}
		for i := 0; i < len(kv); i += 2 {
			v.Add(kv[i], kv[i+1])
		}
		return v.Encode()
	}
	for _, tt := range []struct{ kind, body string }{
		{"application/json", ``}, {"application/json", `null`}, {"application/json", `[]`}, {"application/json", deep},
		{"application/json", `{"id":7,"text":"x"}`}, {"application/json", `{"id":"","text":"x"}`}, {"application/json", `{"text":"x"}`},
		{"application/json", `{"id":"../../etc/passwd","text":"x"}`}, {"application/json", `{"id":"` + id + `"}`},
		{"application/json", `{"id":"` + id + `","text":"\u0000\u202e"}`}, {"application/json", `{"id":"` + id + `","text":"   "}`},
		{"application/json", `{"id":"` + id + `","text":"` + strings.Repeat("ش", MaxText+1) + `"}`},
		{"application/json", `{"id":"` + id + `","press":"` + strings.Repeat("p", 33) + `"}`},
		{"application/json", `{"id":"` + id + `","place":{"lat":1e300,"lon":0}}`}, {"application/json", `{"id":"` + id + `","place":{"lat":91,"lon":0}}`},
		{"application/x-www-form-urlencoded", form("id", id)}, {"application/x-www-form-urlencoded", form("id", id+"-x", "text", "x")},
		{"application/x-www-form-urlencoded", form("text", "x")}, {"application/x-www-form-urlencoded", "%zz"},
		{"multipart/form-data", "x"}, {"multipart/form-data; boundary=x", "--x\r\n"}, {"multipart/form-data; boundary=x", "--x--\r\n"},
		{"text/plain", "hello"}, {"", "hello"}, {"application/json; charset=\"", `{}`},
	} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", home+"/chat/message", strings.NewReader(tt.body))
		if err != nil {
			t.Error(err)
			continue
		}
		req.Header.Set("Content-Type", tt.kind)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Errorf("%.60s: %v", tt.body, err)
			continue
		}
		resp.Body.Close()
		if resp.StatusCode < 400 || resp.StatusCode >= 500 {
			t.Errorf("%s %.60q: %d", tt.kind, tt.body, resp.StatusCode)
		}
	}
}
