package app

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"maalem/bot"
	"maalem/storage/memory"
	"maalem/storage/storetest"
)

// world is a real engine on a store, in memory unless said, with a clock, and people
// who talk.
type world struct {
	t      *testing.T
	mu     sync.Mutex
	now    time.Time
	n      int
	store  storetest.Store
	engine *bot.Engine
}

// newWorld makes one; change, if any, alters the engine's configuration.
func newWorld(t *testing.T, change func(*content, *bot.Config)) *world {
	t.Helper()
	w := &world{t: t, now: worldStart}
	w.store = memory.New(w.clock)
	w.start(change)
	return w
}

var worldStart = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// start begins a new process on the same store.
func (w *world) start(change func(*content, *bot.Config)) {
	w.t.Helper()
	c, err := loadContent()
	if err != nil {
		w.t.Fatal(err)
	}
	cfg := bot.Config{Store: w.store, Caps: func(string) bot.Caps { return bot.Caps{History: true} }, Now: w.clock,
		Controller: bot.Controller{Name: "Maalem", Cap: 2}, Log: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(c, &cfg)
	}
	if w.engine, err = c.engine(cfg); err != nil {
		w.t.Fatal(err)
	}
	if err := w.engine.Publish(w.t.Context(), w.store); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// inbound is the next message of an address, five seconds later.
func (w *world) inbound(who, text string) bot.Inbound {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
	w.now = w.now.Add(5 * time.Second)
	return bot.Inbound{From: address(who), Key: fmt.Sprint(w.n), Text: text, At: w.now}
}

func address(who string) bot.Address { return bot.Address{Channel: "test", ID: who} }

// says sends messages and gives what was answered to the last of them.
func (w *world) says(who string, texts ...string) string {
	w.t.Helper()
	var before uint64
	for _, text := range texts {
		if lines := w.lines(who); len(lines) > 0 {
			before = lines[len(lines)-1].Seq
		}
		if err := w.engine.Handle(w.t.Context(), w.inbound(who, text)); err != nil {
			w.t.Fatalf("%s says %q: %v", who, text, err)
		}
	}
	var answers []string
	for _, l := range w.lines(who) {
		if l.Seq > before && !l.Message.Echo {
			answers = append(answers, l.Message.Text)
		}
	}
	return strings.Join(answers, "\n")
}

// lines is the kept chat of an address.
func (w *world) lines(who string) []bot.Line {
	w.t.Helper()
	lines, err := w.store.Lines(w.t.Context(), address(who), 0, 400)
	if err != nil {
		w.t.Fatal(err)
	}
	return lines
}

// last is the newest line of an address that is not the person's own.
func (w *world) last(who string) string {
	w.t.Helper()
	lines := w.lines(who)
	for i := len(lines) - 1; i >= 0; i-- {
		if !lines[i].Message.Echo {
			return lines[i].Message.Text
		}
	}
	return ""
}

// fire carries out what is due.
func (w *world) fire() {
	w.t.Helper()
	due, err := w.store.Due(w.t.Context(), w.clock(), 100)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, timer := range due {
		if err := w.engine.Fire(w.t.Context(), timer); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) has(text, part string) {
	w.t.Helper()
	if !strings.Contains(text, part) {
		w.t.Errorf("want %q in:\n%s", part, text)
	}
}

func (w *world) count(facets ...string) int {
	w.t.Helper()
	n, err := w.store.Count(w.t.Context(), bot.Nation, bot.All(facets...))
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// registering are the answers of a whole registration in French.
var registering = []string{"bonjour", "Français", "oui", "oui", "Zineb Planted", "tapis", "Tiznit", "femme", "oui", "oui"}

// A link is opened, again and again, before a language was chosen: the language is asked
// and stays to be answered, and what the link named is remembered.
func TestLinkBeforeLanguage(t *testing.T) {
	w := newWorld(t, nil)
	for _, payload := range []string{"", "register", "register", "fair_12"} {
		in := w.inbound("anna", "start")
		in.Start = payload
		if err := w.engine.Handle(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		w.has(w.last("anna"), "Dans quelle langue")
	}
	w.has(w.says("anna", "Français"), "Êtes-vous d'accord")
	w.has(w.says("anna", registering[2:]...), "les foires")
}

// Two addresses of one artisan write at once: both changes are kept.
func TestTwoAddressesAtOnce(t *testing.T) {
	w := newWorld(t, nil)
	w.says("anna", registering...)
	code := shownCode.FindString(w.says("anna", "mon profil", "un autre téléphone", "1"))
	w.says("second", "bonjour", "Français")
	w.has(w.says("second", code), "vos deux téléphones")
	w.has(w.last("anna"), "Un autre téléphone parle maintenant")
	w.says("anna", "mon profil", "modifier", "lieu")
	w.says("second", "mon profil", "modifier", "nom")
	var both sync.WaitGroup
	for who, text := range map[string]string{"anna": "Agadir", "second": "Zineb Other"} {
		in := w.inbound(who, text)
		both.Go(func() {
			if err := w.engine.Handle(t.Context(), in); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	file := w.says("second", "menu", "mon profil")
	w.has(file, "Zineb Other")
	w.has(file, "Agadir")
	if w.count("province:MA-AGD") != 1 || w.count("province:MA-TIZ") != 0 {
		t.Errorf("facets: %d in Agadir, %d in Tiznit", w.count("province:MA-AGD"), w.count("province:MA-TIZ"))
	}
}

// slow holds back the commit of one turn until it is told to go on.
type slow struct {
	bot.Turns
	hold    func(bot.Turn) bool
	held    chan struct{}
	release chan struct{}
	once    sync.Once
}

func (s *slow) Commit(ctx context.Context, t bot.Turn) error {
	if s.hold(t) {
		s.once.Do(func() {
			close(s.held)
			<-s.release
		})
	}
	return s.Turns.Commit(ctx, t)
}

// Somebody deletes their data on one phone while an answer from the other one is
// being committed: the answer brings nobody back.
func TestDeleteAgainstTurnInFlight(t *testing.T) {
	w := newWorld(t, nil)
	gate := &slow{Turns: w.store, held: make(chan struct{}), release: make(chan struct{}), hold: func(t bot.Turn) bool { return strings.HasSuffix(t.Key, "/late") }}
	w.start(func(_ *content, cfg *bot.Config) { cfg.Store = gate })
	w.says("anna", registering...)
	code := shownCode.FindString(w.says("anna", "mon profil", "un autre téléphone", "1"))
	w.says("second", "bonjour", "Français", code, "mon profil", "modifier", "nom")
	in := w.inbound("second", "Zineb Planted Again")
	in.Key = "late"
	ended := make(chan error)
	go func() { ended <- w.engine.Handle(t.Context(), in) }()
	<-gate.held
	code = shownCode.FindString(w.says("anna", "supprimer mes données"))
	w.has(w.says("anna", code), "preuve")
	close(gate.release)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if people, _ := w.store.Page(t.Context(), bot.KindArtisan, "", 9); len(people) != 0 {
		t.Errorf("%d people are back", len(people))
	}
	if n := w.count(); n != 0 {
		t.Errorf("%d people in the facets", n)
	}
	for _, l := range w.lines("second") {
		// What was typed after the deletion is a new conversation's; what was there
		// before is gone.
		if strings.Contains(l.Message.Text, "Zineb Planted") && !strings.Contains(l.Message.Text, "Again") {
			t.Errorf("left on the other phone: %q", l.Message.Text)
		}
	}
}

// A program that floods is told once, costs no answer, and may speak again later.
func TestFlood(t *testing.T) {
	w := newWorld(t, func(_ *content, cfg *bot.Config) { cfg.Flood = bot.DefaultFlood })
	at := w.clock()
	for i := range 60 {
		in := bot.Inbound{From: address("noisy"), Key: fmt.Sprint("f", i), Text: "aaaa", At: at}
		if err := w.engine.Handle(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	answers, notices := 0, 0
	for _, l := range w.lines("noisy") {
		if !l.Message.Echo {
			answers++
		}
		if strings.Contains(l.Message.Text, "Beaucoup de messages") {
			notices++
		}
	}
	dropped, _ := w.store.Log(t.Context(), bot.LogDropped, 0, 100)
	if answers != bot.DefaultFlood.Burst+1 || notices != 1 || len(dropped) != 60-bot.DefaultFlood.Burst {
		t.Errorf("%d answers, %d notices, %d dropped", answers, notices, len(dropped))
	}
	w.says("calm", "bonjour")
	w.wait(time.Minute)
	w.has(w.says("noisy", "Français"), "Bonjour, je suis Maalem")
}

// Who never registers is forgotten after thirty days of silence, and not before.
func TestUnregisteredExpire(t *testing.T) {
	w := newWorld(t, nil)
	w.says("anna", "bonjour", "Français", "je refuse")
	w.wait(20 * 24 * time.Hour)
	w.fire()
	w.has(w.says("anna", "bonjour"), "Que voulez-vous faire")
	w.wait(20 * 24 * time.Hour)
	w.fire()
	if talks, _ := w.store.Page(t.Context(), bot.KindConversation, "", 9); len(talks) != 1 {
		t.Fatalf("%d conversations before their time", len(talks))
	}
	w.wait(11 * 24 * time.Hour)
	w.fire()
	talks, _ := w.store.Page(t.Context(), bot.KindConversation, "", 9)
	lines := w.lines("anna")
	runs, _ := w.store.Tallies(t.Context(), "runs:", 99)
	if len(talks)+len(lines)+len(runs) != 0 {
		t.Errorf("left: %d conversations, %d lines, runs %v", len(talks), len(lines), runs)
	}
}

// Deleting on a phone that others use takes one person and leaves the other.
func TestDeleteOnSharedPhone(t *testing.T) {
	w := newWorld(t, nil)
	w.says("phone", registering...)
	w.says("phone", "mon profil", "une autre personne", "2")
	w.says("phone", "oui", "oui", "Khadija", "poterie", "Safi", "femme", "oui", "oui")
	code := shownCode.FindString(w.says("phone", "supprimer mes données"))
	w.has(w.says("phone", code), "preuve")
	if w.count() != 1 || w.count("province:MA-TIZ") != 1 {
		t.Errorf("%d people left, %d of them the other one", w.count(), w.count("province:MA-TIZ"))
	}
	profile := w.says("phone", "mon profil")
	w.has(profile, "Zineb Planted")
	for _, l := range w.lines("phone") {
		if strings.Contains(l.Message.Text, "Khadija") {
			t.Errorf("left: %q", l.Message.Text)
		}
	}
}

// What is not understood is kept without names and numbers.
func TestMisunderstoodIsMasked(t *testing.T) {
	w := newWorld(t, nil)
	w.says("anna", registering[:9]...)
	w.says("anna", "rappelle Mohammed au 0612345678 demain")
	rows, err := w.store.Log(t.Context(), bot.LogMisunderstood, 0, 10)
	if err != nil || len(rows) != 1 || rows[0].Owner != "" {
		t.Fatalf("%v (%v)", rows, err)
	}
	if body := string(rows[0].Body); strings.Contains(body, "0612345678") || strings.Contains(body, "Mohammed") {
		t.Errorf("kept: %q", body)
	}
}

// What people send though nothing asked for it is kept as long as they are here, and
// goes with them.
func TestUnaskedFilesAreKept(t *testing.T) {
	w := newWorld(t, func(_ *content, cfg *bot.Config) { cfg.Caps = func(string) bot.Caps { return bot.Caps{} } })
	held := func() int {
		got, err := w.store.Tallies(t.Context(), "media:", 99)
		if err != nil {
			t.Fatal(err)
		}
		return len(got)
	}
	w.says("anna", registering[:3]...) // a question with choices
	for i := range 25 {
		in := w.inbound("anna", "")
		in.Media = &bot.Media{Kind: bot.MediaPhoto, Hash: fmt.Sprint("photo", i)}
		if i%2 == 0 {
			in.Media.Kind = bot.MediaVoice
		}
		if err := w.engine.Handle(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	if n := held(); n != 20 {
		t.Errorf("%d files are held", n)
	}
	if err := w.engine.Forget(t.Context(), address("anna")); err != nil {
		t.Fatal(err)
	}
	if n := held(); n != 0 {
		t.Errorf("%d files are held after the device was forgotten", n)
	}
}
