package webchat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"

	"maalem/bot"
	"maalem/bot/web"
	"maalem/locales"
)

// phone asks over plain HTTP, with the cookie that it was given and an address of
// its own behind the proxy.
type phone struct {
	t      *testing.T
	h      *house
	cookie *http.Cookie
	from   string
}

func (p *phone) do(method, path, kind string, body []byte) (*http.Response, []byte) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.h.url+path, bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("X-Forwarded-For", p.from)
	if p.cookie != nil {
		r.AddCookie(p.cookie)
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, c := range resp.Cookies() {
		p.cookie = c
	}
	return resp, got
}

func (p *phone) say(id, text string) (status int, v window) {
	p.t.Helper()
	body, err := json.Marshal(map[string]string{"id": id, "text": text})
	if err != nil {
		p.t.Fatal(err)
	}
	resp, got := p.do("POST", "/chat/message", "application/json", body)
	_ = json.Unmarshal(got, &v) // a refusal has no body
	return resp.StatusCode, v
}

func (p *phone) send(id, name, kind string, data []byte) (status int, v window) {
	p.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename=%q`, name)}, "Content-Type": {kind}})
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = w.WriteField("id", id)
	}
	if err != nil || w.Close() != nil {
		p.t.Fatal(err)
	}
	resp, got := p.do("POST", "/chat/message", w.FormDataContentType(), b.Bytes())
	_ = json.Unmarshal(got, &v) // a refusal has no body
	return resp.StatusCode, v
}

func id(n int) string { return fmt.Sprintf("%032x", n) }

// Looking leaves nothing behind.
func TestNothingIsKeptBeforeTheFirstMessage(t *testing.T) {
	h := open(t, newStore(), parrot)
	p := &phone{t: t, h: h, from: "192.0.2.1"}
	for _, path := range []string{"/", "/chat", "/chat?start=register", "/chat/lines", "/chat/events", "/chat/forget", "/chat/media/" + strings.Repeat("a", 64)} {
		p.do("GET", path, "", nil)
	}
	p.do("POST", "/chat/forget", "", nil)
	if got := h.addresses(); len(got) != 0 {
		t.Errorf("%d addresses", len(got))
	}
	if p.cookie != nil && p.cookie.MaxAge >= 0 {
		t.Error("a cookie")
	}
}

// The answer to a first message is lost, with its cookie: said again, it is the
// same message of the same person.
func TestFirstMessageAgain(t *testing.T) {
	h := open(t, newStore(), parrot)
	lost := &phone{t: t, h: h, from: "192.0.2.1"}
	lost.say(id(7), "salam")
	again := &phone{t: t, h: h, from: "192.0.2.1"}
	status, v := again.say(id(7), "salam")
	if status != http.StatusOK || len(v.Lines) != 2 {
		t.Errorf("status %d, %d lines", status, len(v.Lines))
	}
	if got := h.addresses(); len(got) != 1 || len(h.taken()) != 1 {
		t.Errorf("%d addresses, taken %d times", len(got), len(h.taken()))
	}
}

// A household may begin so many conversations; who has one is not counted, and
// nobody else is held up. An untrusted hop cannot choose whom it is counted as.
func TestNewConversationsAreLimitedPerHousehold(t *testing.T) {
	h := open(t, newStore(), parrot, func(c *Config) { c.NewConversations = web.Rate{Burst: 2, Every: time.Hour} })
	begin := func(n int, from string) (int, *phone) {
		p := &phone{t: t, h: h, from: from}
		status, _ := p.say(id(n), "salam")
		return status, p
	}
	for n, tt := range []struct {
		from string
		want int
	}{
		{"192.0.2.1", 200}, {"192.0.2.1", 200}, {"192.0.2.1", 429}, {"198.51.100.9, 192.0.2.1", 429}, {"192.0.2.2", 200},
		{"2001:db8:0:1::1", 200}, {"2001:db8:0:1::2", 200}, {"2001:db8:0:1:ffff::3", 429}, {"2001:db8:0:2::1", 200},
	} {
		if status, _ := begin(n+1, tt.from); status != tt.want {
			t.Errorf("number %d, from %s: %d, want %d", n+1, tt.from, status, tt.want)
		}
	}
	_, known := begin(100, "192.0.2.7")
	begin(101, "192.0.2.7")
	if status, _ := begin(102, "192.0.2.7"); status != http.StatusTooManyRequests {
		t.Errorf("the third: %d", status)
	}
	if status, _ := known.say(id(103), "I was here before"); status != http.StatusOK {
		t.Errorf("who has a conversation: %d", status)
	}
}

// Nobody reads another's conversation by making up a cookie.
func TestForgedCookie(t *testing.T) {
	h := open(t, newStore(), parrot)
	p := &phone{t: t, h: h}
	p.say(id(1), "my name is Fatima")
	value, sign, _ := strings.Cut(p.cookie.Value, ".")
	for _, forged := range []string{value, value + ".", value + "." + sign[1:], value + ".AAAA", id(1) + "." + sign, "", "." + sign} {
		other := &phone{t: t, h: h, cookie: &http.Cookie{Name: p.cookie.Name, Value: forged}}
		if _, got := other.do("GET", "/chat", "", nil); bytes.Contains(got, []byte("Fatima")) {
			t.Errorf("the cookie %q opens it", forged)
		}
	}
	if _, got := p.do("GET", "/chat", "", nil); !bytes.Contains(got, []byte("Fatima")) {
		t.Error("the owner's does not")
	}
	if c := p.cookie; !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
		t.Errorf("cookie %+v", c)
	}
}

// A file goes to the one whose conversation shows it, and never as a page of ours.
func TestFilesAreTheOwnersAlone(t *testing.T) {
	spoken := []byte("OggS spoken words")
	s := newStore()
	recording, err := s.Put(t.Context(), bot.MediaVoice, "", spoken)
	if err != nil {
		t.Fatal(err)
	}
	h := open(t, s, func(bot.Inbound) []bot.Message {
		return []bot.Message{{Lang: locales.Darija, Text: "شنو سميتك؟", Recording: &recording}}
	})
	owner, other := &phone{t: t, h: h}, &phone{t: t, h: h}
	other.send(id(9), "x.png", "image/png", []byte("something else"))
	status, v := owner.send(id(1), "../../\u202etapis\r\n.png", "image/png", []byte("a picture"))
	if status != http.StatusOK || len(v.Lines) != 2 || v.Lines[0].Media == nil || v.Lines[1].Listen == "" {
		t.Fatalf("status %d, %+v", status, v)
	}
	for path, want := range map[string]string{v.Lines[0].Media.Path: "a picture", v.Lines[1].Listen: string(spoken)} {
		resp, got := owner.do("GET", path, "", nil)
		if resp.StatusCode != http.StatusOK || string(got) != want {
			t.Errorf("%s: %d %q", path, resp.StatusCode, got)
		}
		for name, value := range map[string]string{"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'"} {
			if resp.Header.Get(name) != value {
				t.Errorf("%s is %q", name, resp.Header.Get(name))
			}
		}
		if d := resp.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment") || strings.ContainsAny(d, "\r\n\u202e/") {
			t.Errorf("disposition %q", d)
		}
		if c := resp.Header.Get("Cache-Control"); !strings.HasPrefix(c, "private") {
			t.Errorf("cache %q", c)
		}
		if len(path) < len("/chat/media/")+64 {
			t.Errorf("a path that can be guessed: %s", path)
		}
	}
	for who, p := range map[string]*phone{"a stranger": {t: t, h: h}, "somebody else": other} {
		if resp, got := p.do("GET", v.Lines[0].Media.Path, "", nil); resp.StatusCode != http.StatusNotFound || bytes.Contains(got, []byte("a picture")) {
			t.Errorf("%s gets %d", who, resp.StatusCode)
		}
	}
	// Their own page plays the same recording: it is everybody's who was asked.
	if resp, _ := other.do("GET", v.Lines[1].Listen, "", nil); resp.StatusCode != http.StatusOK {
		t.Errorf("the recording of one's own question: %d", resp.StatusCode)
	}
	for _, path := range []string{"/chat/media/", "/chat/media/..%2f..", "/chat/media/" + strings.Repeat("0", 64)} {
		if resp, _ := owner.do("GET", path, "", nil); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, resp.StatusCode)
		}
	}
}

// A file that is refused is the engine's to explain; one that is too big never
// gets that far.
func TestRefusedFiles(t *testing.T) {
	h := open(t, newStore(), parrot)
	p := &phone{t: t, h: h}
	if status, _ := p.send(id(1), "a.png", "image/png", []byte("<html>")); status != http.StatusOK {
		t.Errorf("status %d", status)
	}
	if got := h.taken(); len(got) != 1 || got[0].Media == nil || got[0].Media.Problem != "file.wrong_kind" || got[0].Media.Hash != "" {
		t.Errorf("the engine got %+v", got)
	}
	if status, _ := p.send(id(2), "b.png", "image/png", make([]byte, MaxUpload+1)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", status)
	}
}

// The disk fails: nothing is acknowledged, and the message comes again as it is.
func TestNotCommitted(t *testing.T) {
	h := open(t, newStore(), parrot)
	h.fail = func(n int) error {
		if n <= 2 {
			return io.ErrShortWrite
		}
		return nil
	}
	p := &phone{t: t, h: h}
	for want := range []int{0, 1, 2} {
		status, v := p.say(id(1), "salam")
		if ok := want == 2; (status == http.StatusOK) != ok || !ok && (status != http.StatusServiceUnavailable || p.cookie != nil) || ok && len(v.Lines) != 2 {
			t.Errorf("try %d: status %d, %d lines", want+1, status, len(v.Lines))
		}
	}
}

// Erased words leave pages that are still open.
func TestErased(t *testing.T) {
	h := open(t, newStore(), parrot)
	p := &phone{t: t, h: h}
	p.say(id(1), "one")
	_, v := p.say(id(2), "two")
	a := h.addresses()[0]
	h.store.mu.Lock()
	h.lines[a] = nil
	h.store.mu.Unlock()
	_, got := p.do("GET", fmt.Sprintf("/chat/lines?after=%d", v.Last), "", nil)
	var after window
	if err := json.Unmarshal(got, &after); err != nil || !after.Reset || len(after.Lines) != 0 {
		t.Errorf("%s (%v)", got, err)
	}
}

// The page is told which language it is in by what was said last.
func TestSpokenLanguage(t *testing.T) {
	h := open(t, newStore(), func(in bot.Inbound) []bot.Message {
		return []bot.Message{{Lang: locales.Lang(in.Text), Text: "x"}}
	})
	p := &phone{t: t, h: h}
	for n, l := range []string{"fr", "ary", "zgh-Latn", "xx"} {
		p.say(id(n+1), l)
		_, got := p.do("GET", "/chat", "", nil)
		want := l
		if l == "xx" {
			want = "zgh-Latn"
		}
		if !bytes.Contains(got, []byte(`<html lang="`+want+`"`)) {
			t.Errorf("after %s the page is not in %s", l, want)
		}
	}
}

// The red line is there while nobody answers for the data, and only then.
func TestUnofficial(t *testing.T) {
	for _, on := range []bool{true, false} {
		h := open(t, newStore(), parrot, func(c *Config) { c.Unofficial = on })
		_, got := (&phone{t: t, h: h}).do("GET", "/chat", "", nil)
		if bytes.Contains(got, []byte(`id="alarm"`)) != on {
			t.Errorf("unofficial %v: the page says otherwise", on)
		}
	}
}

// Every answer carries the policy, and nothing in it opens a hole.
func TestPolicy(t *testing.T) {
	h := open(t, newStore(), parrot)
	p := &phone{t: t, h: h}
	nonces := map[string]bool{}
	for _, path := range []string{"/", "/chat", "/chat/forget", "/nothing", "/chat/lines"} {
		resp, body := p.do("GET", path, "", nil)
		policy := strings.Split(resp.Header.Get("Content-Security-Policy"), "; ")
		for _, want := range []string{"default-src 'none'", "style-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !slices.Contains(policy, want) {
				t.Errorf("%s lacks %q in %q", path, want, policy)
			}
		}
		for _, d := range policy {
			if strings.Contains(d, "unsafe") || strings.Contains(d, "*") || strings.Contains(d, "http") {
				t.Errorf("%s: %s", path, d)
			}
			if n, ok := strings.CutPrefix(d, "script-src "); ok {
				if nonces[n] {
					t.Error("a nonce came twice")
				}
				nonces[n] = true
			}
		}
		for _, inline := range []string{" style=", " onclick=", "<style", "javascript:", "//cdn", `src="http`} {
			if bytes.Contains(body, []byte(inline)) {
				t.Errorf("%s has %q in it", path, inline)
			}
		}
	}
}

// The home page leads to Telegram too, once the bot's name is known.
func TestHomeLeadsToTelegram(t *testing.T) {
	name := ""
	h := open(t, newStore(), parrot, func(c *Config) { c.Telegram = func() string { return name } })
	p := &phone{t: t, h: h}
	if _, got := p.do("GET", "/", "", nil); bytes.Contains(got, []byte("t.me")) {
		t.Error("a link to nobody")
	}
	name = "https://t.me/maalem_bot"
	if _, got := p.do("GET", "/", "", nil); !bytes.Contains(got, []byte(`href="https://t.me/maalem_bot"`)) {
		t.Error("no link")
	}
}

// What belongs to another channel is refused, whatever its number looks like.
func TestSendToAnotherChannel(t *testing.T) {
	h := open(t, newStore(), parrot)
	if _, err := h.chat.Send(t.Context(), bot.Outgoing{To: bot.Address{Channel: "pigeon", ID: id(1)}, Message: bot.Message{Text: "x"}}); err == nil {
		t.Error("it was sent")
	}
}

// A sign stands once on a button, not again in its French twin.
func TestTwin(t *testing.T) {
	for _, tt := range [][3]string{{"🧶 ⵜⵉⵣⵔⴱⴰⵢ", "🧶 Tapis", "Tapis"}, {"ⵉⵙⵎ", "Nom", "Nom"}, {"🧶 ⵜⵉⵣⵔⴱⴰⵢ", "Tapis", "Tapis"}, {"ⴰ ⴱ", "ⴰ c", "ⴰ c"}, {"🧶", "🧶 x", "🧶 x"}, {"x", "", ""}} {
		if got := twin(bot.Button{Label: tt[0], Twin: tt[1]}); got != tt[2] {
			t.Errorf("%q beside %q is %q", tt[1], tt[0], got)
		}
	}
}
