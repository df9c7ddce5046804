package webchat

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"maalem/bot"
	"maalem/bot/web"
	"maalem/locales"
)

// store is what the chat needs of one, in memory.
type store struct {
	mu    sync.Mutex
	lines map[bot.Address][]bot.Line
	seen  map[string]bool
	files map[string][]byte
	key   []byte
	seq   uint64
	// of files that were opened
	read, closed int
}

func newStore() *store {
	return &store{lines: map[bot.Address][]bot.Line{}, seen: map[string]bool{}, files: map[string][]byte{}}
}

func (s *store) Key(context.Context, string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.key == nil {
		s.key = make([]byte, 32)
		_, _ = rand.Read(s.key)
	}
	return s.key, nil
}

func (s *store) Lines(_ context.Context, a bot.Address, after uint64, n int) ([]bot.Line, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.lines[a]
	if after == 0 {
		return append([]bot.Line(nil), all[max(0, len(all)-n):]...), nil
	}
	var out []bot.Line
	for _, l := range all {
		if l.Seq > after && len(out) < n {
			out = append(out, l)
		}
	}
	return out, nil
}

func (s *store) Put(_ context.Context, kind bot.MediaKind, name string, data []byte) (bot.Media, error) {
	if strings.Contains(string(data), "<html") {
		return bot.Media{}, &bot.MediaError{Key: "file.wrong_kind"}
	}
	sum := sha256.Sum256(data)
	m := bot.Media{Kind: kind, Hash: hex.EncodeToString(sum[:]), Name: name, Size: int64(len(data)),
		MIME: map[bot.MediaKind]string{bot.MediaPhoto: "image/png", bot.MediaVoice: "audio/wav"}[kind]}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[m.Hash] = data
	return m, nil
}

func (s *store) Get(_ context.Context, hash string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b, ok := s.files[hash]; ok {
		return b, nil
	}
	return nil, errors.New("no such file")
}

// Open counts how many bytes were read of what it opened.
func (s *store) Open(ctx context.Context, hash string) (io.ReadSeekCloser, error) {
	data, err := s.Get(ctx, hash)
	if err != nil {
		return nil, err
	}
	return &opened{bytes.NewReader(data), s}, nil
}

type opened struct {
	*bytes.Reader
	of *store
}

func (o *opened) Read(b []byte) (int, error) {
	n, err := o.Reader.Read(b)
	o.of.mu.Lock()
	defer o.of.mu.Unlock()
	o.of.read += n
	return n, err
}

func (o *opened) Close() error {
	o.of.mu.Lock()
	defer o.of.mu.Unlock()
	o.of.closed++
	return nil
}

// commit appends lines and remembers the key, or says that it knew it.
func (s *store) commit(key string, a bot.Address, at time.Time, ms ...bot.Message) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if key != "" && s.seen[key] {
		return false
	}
	s.seen[key] = key != ""
	for _, m := range ms {
		s.seq++
		s.lines[a] = append(s.lines[a], bot.Line{Seq: s.seq, At: at, Message: m})
	}
	return true
}

func (s *store) addresses() []bot.Address {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []bot.Address
	for a := range s.lines {
		out = append(out, a)
	}
	return out
}

// engine answers every message by its script and counts what it was given.
type engine struct {
	store *store
	reply func(bot.Inbound) []bot.Message

	mu   sync.Mutex
	got  []bot.Inbound
	fail func(n int) error // of the n-th call, from 1
	n    int
}

func (e *engine) handle(_ context.Context, in bot.Inbound) error {
	e.mu.Lock()
	e.n++
	n, fail := e.n, e.fail
	e.mu.Unlock()
	if fail != nil {
		if err := fail(n); err != nil {
			return err
		}
	}
	echo := bot.Message{Echo: true, Text: in.Text}
	if in.Press != "" {
		echo.Text = e.label(in)
	}
	if in.Place != nil {
		echo.Text = fmt.Sprintf("📍 %.3f, %.3f", in.Place.Lat, in.Place.Lon)
	}
	if in.Media != nil {
		echo.Kind = in.Media.Kind
		if in.Media.Problem == "" {
			echo.Media = in.Media
		}
	}
	if e.store.commit(in.Key, in.From, time.Now(), append([]bot.Message{echo}, e.reply(in)...)...) {
		e.mu.Lock()
		e.got = append(e.got, in)
		e.mu.Unlock()
	}
	return nil
}

func (e *engine) label(in bot.Inbound) string {
	lines, _ := e.store.Lines(context.Background(), in.From, 0, 1000)
	for i := len(lines) - 1; i >= 0; i-- {
		for _, c := range lines[i].Message.Choices {
			if c.Data == in.Press {
				return c.Label
			}
		}
	}
	return in.Press
}

func (e *engine) taken() []bot.Inbound {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]bot.Inbound(nil), e.got...)
}

// house is a running chat on a loopback server.
type house struct {
	*store
	*engine
	chat *Chat
	url  string
	stop func()
}

type option func(*Config)

// open starts a chat; stop is also called when the test ends.
func open(t *testing.T, s *store, reply func(bot.Inbound) []bot.Message, options ...option) *house {
	t.Helper()
	site, err := web.New(web.Config{
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Sorry:          func(int) []web.Phrase { return []web.Phrase{{Lang: locales.French, Text: "Un souci."}} },
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Site: site, Keys: s, History: s, Media: s, Strings: phrases,
		Telegram: func() string { return "https://t.me/maalem_bot" }}
	for _, o := range options {
		o(&cfg)
	}
	chat, err := New(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{store: s, engine: &engine{store: s, reply: reply}, chat: chat}
	srv := httptest.NewUnstartedServer(nil)
	srv.Config = site.Server("")
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- chat.Receive(ctx, h.handle) }()
	for receives := false; !receives; time.Sleep(time.Millisecond) {
		chat.mu.Lock()
		receives = chat.handle != nil
		chat.mu.Unlock()
	}
	srv.Start()
	h.url = srv.URL
	h.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Receive: %v", err)
		}
		srv.CloseClientConnections()
		srv.Close()
	})
	t.Cleanup(h.stop)
	return h
}

func parrot(in bot.Inbound) []bot.Message {
	return []bot.Message{{Lang: locales.French, Text: "Vous dites : " + in.Text + in.Press}}
}

// phrases stand in for the catalog's: the name of the phrase, and the language.
func phrases(l locales.Lang) map[string]string {
	all := map[string]string{}
	for _, name := range Words() {
		all[name] = strings.TrimPrefix(name, "web.") + " " + string(l)
	}
	return all
}
