package main

import (
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"maalem/bot"
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
	if n, _ := store.Count(t.Context(), "province:MA-TIZ"); n != 1 {
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
	n, _ := store.Count(t.Context(), "province:MA-TIZ")
	if len(people)+len(talks)+n != 0 {
		t.Errorf("left: %d people, %d conversations, %d facets", len(people), len(talks), n)
	}
	lines, _ := store.Lines(t.Context(), from, 0, 100)
	for _, l := range lines {
		if strings.Contains(l.Message.Text, "Planted") {
			t.Errorf("the name is still in the history: %q", l.Message.Text)
		}
	}
	if len(lines) == 0 || !strings.Contains(last, "Preuve") {
		t.Errorf("the goodbye is %q", last)
	}
}
