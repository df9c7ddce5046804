package app

import (
	"strings"
	"testing"

	"maalem/locales"
)

// What one person calls their cooperative is offered to others only where it looks
// like a name: nobody speaks to others through Maalem, to send them to a link or a number.
func TestNamesOfStrangersCarryNoMessages(t *testing.T) {
	for n, tt := range []struct {
		name    string
		offered bool
	}{
		{"Coopérative Nour Tiznit", true},
		{"Nour Tiznit S.A.R.L.", true},
		{"Nour Tiznit 2024", true},
		{"تعاونية نُورُ تيزنيت", true},
		{"Nour Tiznit https://evil.example", false},
		{"Nour Tiznit evil.ma", false},
		{"Nour Tiznit 06 12 34 56 78", false},
		{"Nour Tiznit ٠٦١٢٣٤٥٦٧٨", false},
		{"Nour Tiznit 200.000", false},
		{"Nour Tiznit @evil", false},
		{"Nour Tiznit\nMaalem", false},
		{"Nour\u200b Tiznit", false},
		{"Nour Tizni" + strings.Repeat("\u0301", 40) + "t", false},
		{"Nour Tiznit" + strings.Repeat("!", 80), false},
	} {
		w := newWorld(t, nil)
		w.says("stranger", registering...)
		w.has(w.says("stranger", "mon profil", "changer", "coopérative", tt.name), "C'est noté")
		w.says("member", registering...)
		word := "Nour Tiznit"
		if strings.Contains(tt.name, "تيزنيت") {
			word = "نور تيزنيت"
		}
		w.says("member", "mon profil", "changer", "coopérative", word)
		seen := false
		for _, l := range w.lines("member") {
			if l.Message.Echo {
				continue
			}
			for _, b := range l.Message.Choices {
				seen = seen || locales.StripBidi(b.Label) == tt.name
			}
			if !tt.offered && strings.Contains(l.Message.Text, "evil") {
				t.Errorf("%d, %q: said to somebody else: %q", n, tt.name, l.Message.Text)
			}
		}
		if seen != tt.offered {
			t.Errorf("%d, %q: offered %v, want %v", n, tt.name, seen, tt.offered)
		}
	}
}
