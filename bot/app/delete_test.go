package app

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"maalem/bot"
	"maalem/flows"
	"maalem/flows/understand"
	"maalem/locales"
	"maalem/storage/bolt"
	"maalem/storage/media"
	"maalem/storage/memory"
)

// A person who deletes their data leaves no record, no facet and no history, and
// gets a goodbye with a proof.
func TestDeleteMyData(t *testing.T) {
	c, err := loadContent()
	if err != nil {
		t.Fatal(err)
	}
	store := memory.New(time.Now)
	caps := func(string) bot.Caps { return bot.Caps{History: true} }
	engine, err := c.engine(bot.Config{Store: store, Caps: caps, Controller: bot.Controller{Name: "Maalem"}, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	from := bot.Address{Channel: "test", ID: "1"}
	last := ""
	say := func(text string) {
		t.Helper()
		in := bot.Inbound{From: from, Key: text + time.Now().String(), Text: text}
		if err := engine.Handle(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		lines, err := store.Lines(t.Context(), from, 0, 100)
		if err != nil || len(lines) == 0 {
			t.Fatalf("%q was not answered (%v)", text, err)
		}
		last = lines[len(lines)-1].Message.Text
	}
	for _, text := range []string{"bonjour", "Français", "1", "1", "Zineb Planted", "tapis", "tiznit"} {
		say(text)
	}
	if n, _ := store.Count(t.Context(), bot.Nation, bot.All("province:MA-TIZ")); n != 1 {
		t.Fatalf("%d people registered half-way are usable, want 1; last: %s", n, last)
	}
	say("effacer mes données")
	code := regexp.MustCompile(`\b\d{4}\b`).FindString(last)
	if code == "" {
		t.Fatalf("no code in %q", last)
	}
	say(code)
	people, _ := store.Page(t.Context(), bot.KindArtisan, "", 9)
	talks, _ := store.Page(t.Context(), bot.KindConversation, "", 9)
	n, _ := store.Count(t.Context(), bot.Nation, bot.All("province:MA-TIZ"))
	if len(people)+len(talks)+n != 0 {
		t.Errorf("left: %d people, %d conversations, %d facets", len(people), len(talks), n)
	}
	lines, _ := store.Lines(t.Context(), from, 0, 100)
	for _, l := range lines {
		if strings.Contains(l.Message.Text, "Planted") {
			t.Errorf("the name is still in the history: %q", l.Message.Text)
		}
	}
	if len(lines) == 0 || !strings.Contains(last, "preuve") {
		t.Errorf("the goodbye is %q", last)
	}
}

// What a deleted person said and was called is in no byte of the compacted file: not
// in records, tombstones, chats on two phones, outbox, timers, questions to a human,
// what was put aside after a failure, nor in the list of erasures.
func TestDeletedIsNowhereInTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	w := &world{t: t, now: worldStart}
	store, err := bolt.Open(t.Context(), path, bolt.Options{Now: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	w.store = store
	var discarded []string
	w.start(func(c *content, cfg *bot.Config) {
		cfg.Discard = func(hashes []string) { discarded = append(discarded, hashes...) }
		cfg.Show = func(typ flows.Type, v string, l locales.Lang) string {
			if typ == flows.Place && v == "MA-SAF" {
				panic("planted")
			}
			return c.show(typ, v, l)
		}
	})
	planted := []string{"Zineb Planted", "Planted", "677129843", "code of Planted", "price of Planted", "Safi of Planted", "planted0hash"}
	for _, w := range understand.SearchWords("Zineb Planted") { // by which she is found
		planted = append(planted, w.Prefix, w.Exact)
	}
	planted = append(planted, "212677129843", "0677129843")
	w.says("anna", registering...)
	w.says("anna", "mon profil", "compléter mon profil", "06 77 12 98 43", "passer", "7", "passer", "non")
	code := shownCode.FindString(w.says("anna", "mon profil", "relier un téléphone", "1"))
	w.has(w.says("second", "bonjour", "Français", code), "profil")
	w.says("second", "je veux parler à quelqu'un", "What is the price of Planted?")
	voice := w.inbound("second", "")
	voice.Media = &bot.Media{Kind: bot.MediaVoice, Hash: "planted0hash"}
	w.says("second", "je veux parler à quelqu'un")
	if err := w.engine.Handle(t.Context(), voice); err != nil {
		t.Fatal(err)
	}
	w.says("second", "mon profil", "changer", "lieu", "safi", "Safi of Planted") // fails, and is put aside
	if rows, _ := store.Log(t.Context(), bot.LogQuarantine, 0, 9); len(rows) == 0 {
		t.Fatal("nothing was put aside")
	}
	w.says("half", "bonjour", "Français", "oui", "oui", "Somebody Else")
	found := func() []string {
		var out []string
		for _, name := range []string{path, path + ".erased"} {
			raw, err := os.ReadFile(name)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			for _, p := range planted {
				if bytes.Contains(raw, []byte(p)) {
					out = append(out, p)
				}
			}
		}
		return out
	}
	if f := found(); len(f) < len(planted)-1 {
		t.Fatalf("planted %v, the file holds only %v", planted, f)
	}

	code = shownCode.FindString(w.says("anna", "supprimer mes données"))
	w.has(w.says("anna", code), "preuve")
	if !slices.Contains(discarded, "planted0hash") {
		t.Errorf("files to go: %v; want the recording", discarded)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := bolt.Compact(path); err != nil {
		t.Fatal(err)
	}
	if f := found(); len(f) > 0 {
		t.Errorf("still in the file: %v", f)
	}
	store, err = bolt.Open(t.Context(), path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	people, _ := store.Page(t.Context(), bot.KindArtisan, "", 9)
	tickets, _ := store.Page(t.Context(), bot.KindTicket, "", 9)
	references, _ := store.Tallies(t.Context(), "media:", 9)
	if n, _ := store.Count(t.Context(), bot.Nation, nil); n != 1 || len(people) != 1 || len(tickets) != 0 || len(references) != 0 {
		t.Errorf("left: %d in the facets, %d people, %d questions, media %v; want the other person only", n, len(people), len(tickets), references)
	}
}

// The files of somebody erased go as soon as they may, and not those of others.
func TestErasedFilesGo(t *testing.T) {
	dir := t.TempDir()
	store, err := bolt.Open(t.Context(), filepath.Join(dir, "m.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	files, err := media.Open(filepath.Join(dir, "media"))
	if err != nil {
		t.Fatal(err)
	}
	o := &operations{vault: vault{store, files, slog.New(slog.DiscardHandler)}}
	var hashes []string
	for _, text := range []string{"hers", "others"} {
		m, err := files.Put(t.Context(), bot.MediaFile, "a.pdf", []byte("%PDF-1.4 "+text))
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, m.Hash)
	}
	if err := store.Commit(t.Context(), bot.Turn{At: time.Now(), Tally: []bot.Tally{{Name: "media:" + hashes[1], Delta: 1}}}); err != nil {
		t.Fatal(err)
	}
	young := o.discardNow(t.Context(), hashes, time.Now())
	if !slices.Equal(young, hashes[:1]) {
		t.Errorf("%d files wait, want the one that nobody refers to", len(young))
	}
	if young = o.discardNow(t.Context(), young, time.Now().Add(2*media.DiscardAfter)); len(young) > 0 {
		t.Errorf("%d files still wait", len(young))
	}
	for i, there := range []bool{false, true} {
		if _, err := files.Get(t.Context(), hashes[i]); (err == nil) != there {
			t.Errorf("file %d: %v, want there = %v", i, err, there)
		}
	}
}
