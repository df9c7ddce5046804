package catalog

import (
	"slices"
	"strings"
	"testing"

	"maalem/locales"
)

func loaded(t *testing.T) *Catalog {
	t.Helper()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestNoProblems is what a translator's mistake meets first.
func TestNoProblems(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Error(err)
	}
	for _, p := range c.Problems() {
		t.Error(p)
	}
	if len(c.Keys()) < 300 {
		t.Errorf("only %d keys", len(c.Keys()))
	}
}

// Every text, in every view and for every number: filled completely, legal ones with
// their twin in Tamazight.
func TestEveryTextRenders(t *testing.T) {
	c := loaded(t)
	for _, key := range c.Keys() {
		text, ok := c.Text(key)
		if !ok || text.Key != key || c.Context(key) == "" {
			t.Fatalf("%s: no text or no context", key)
		}
		args := locales.Args{}
		for _, lang := range locales.All() {
			for _, form := range text.Forms[lang] {
				for _, name := range locales.Placeholders(form) {
					args[name] = "فاس Fès"
				}
			}
		}
		for _, lang := range locales.Views() {
			if !text.Has(lang) {
				t.Errorf("%s: nothing in %s", key, lang)
			}
			for n := range 120 {
				if text.Count != "" {
					args[text.Count] = n
				} else if n > 0 {
					break
				}
				got := text.Render(lang, args)
				if got == "" || strings.ContainsAny(got, "{}") {
					t.Errorf("%s in %s: %q", key, lang, got)
				}
				if lang.Base() == locales.Tamazight && text.Legal && !strings.HasSuffix(got, text.Render(locales.French, args)) {
					t.Errorf("%s in %s lacks its French twin: %q", key, lang, got)
				}
			}
		}
	}
}

func TestMarks(t *testing.T) {
	c := loaded(t)
	for _, key := range c.Keys() {
		text, _ := c.Text(key)
		if strings.HasPrefix(key, "consent.") || strings.HasPrefix(key, "consents.") || strings.HasPrefix(key, "delete.") {
			if !text.Legal {
				t.Errorf("%s is not marked legal", key)
			}
		}
	}
	if n := len(c.Unsigned(locales.French)) + len(c.Unsigned(locales.Arabic)) + len(c.Unsigned(locales.Darija)); n > 0 {
		t.Errorf("%d texts outside Tamazight wait for a reviewer", n)
	}
	if !slices.Contains(c.Unsigned(locales.Tamazight), "button.advisor") {
		t.Error("a glossary term of low confidence passes for signed")
	}
	twins := map[string]string{"button.advisor": "Un conseiller", "legal_form.cooperative": "Coopérative", "gender.woman": "", "button.agree": "J'accepte", "button.menu": ""}
	for key, want := range twins {
		text, _ := c.Text(key)
		if got := text.Twin(locales.TamazightLatin); got != want {
			t.Errorf("%s has the twin %q, want %q", key, got, want)
		}
	}
	if _, ok := c.Text("no.such.key"); ok {
		t.Error("a key that nobody wrote has a text")
	}
	both, _ := c.Text("script.both")
	if got := both.Render(locales.TamazightLatin, nil); got != both.Render(locales.Tamazight, nil) {
		t.Errorf("the sentence in both scripts lost one: %q", got)
	}
}
