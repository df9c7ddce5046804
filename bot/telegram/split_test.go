package telegram

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

func TestUnits(t *testing.T) {
	for s, want := range map[string]int{"": 0, "é": 1, "e\u0301": 2, "مَ": 2, "ⴰⵣ": 2, "😀": 2, "👩🏽‍🎨": 7} {
		if got := units(s); got != want {
			t.Errorf("units(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		limit      int
		want       []string
	}{
		{"nothing", "", 16, nil},
		{"white space", " \n\t ", 16, nil},
		{"fits", "0123456789abcdef", 16, []string{"0123456789abcdef"}},
		{"paragraph before line before space", "one two\n\nthree\nfour five six", 20, []string{"one two", "three\nfour five six"}},
		{"a paragraph's blank line has spaces", "one\n  \ntwo three four five", 20, []string{"one", "two three four five"}},
		{"line", "one two three\nfour five six", 20, []string{"one two three", "four five six"}},
		{"space", "one two three four five", 16, []string{"one two three", "four five"}},
		{"no space", strings.Repeat("ش", 20), 16, []string{strings.Repeat("ش", 16), strings.Repeat("ش", 4)}},
		{"words held together", "aaaaaaaaaa 12\u00a0000\u202fMAD bb", 20, []string{"aaaaaaaaaa", "12\u00a0000\u202fMAD bb"}},
		{"mark stays with its letter", strings.Repeat("ب", 15) + "بَّ" + "ت", 16, []string{strings.Repeat("ب", 15), "بَّت"}},
		{"emoji of several", strings.Repeat("x", 12) + "👩🏽‍🎨", 16, []string{strings.Repeat("x", 12), "👩🏽‍🎨"}},
		{"isolates stay together", "aaaa bbbb \u2068cc dd ee\u2069 f", 20, []string{"aaaa bbbb", "\u2068cc dd ee\u2069 f"}},
		{"isolates around all", "\u2068aaaa bbbb cccc dddd eeee\u2069", 20, []string{"\u2068aaaa bbbb cccc\u2069", "\u2068dddd eeee\u2069"}},
		{"a line's end closes isolates", "\u2067aaaa\nbbbb cccc dddd eeee", 20, []string{"\u2067aaaa", "bbbb cccc dddd eeee"}},
		{"broken bytes", "a\xffb", 16, []string{"a\uFFFDb"}},
	} {
		if got := split(tt.text, tt.limit); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
}

// TestSplitMonster cuts what cannot be cut well: a cluster longer than a message.
func TestSplitMonster(t *testing.T) {
	checkSplit(t, "a"+strings.Repeat("\u0301", 5000), textLimit)
	checkSplit(t, strings.Repeat("\u2067", 5000)+"a", textLimit)
	checkSplit(t, "\u2066\u2067\u2068"+strings.Repeat("\u2066a"+strings.Repeat("\u0301", 40), 9), 16)
}

func FuzzSplit(f *testing.F) {
	f.Add("Bonjour, \u2068فاطمة\u2069 !\n\nⴰⵣⵓⵍ ⴼⵍⵍⴰⵎ 👩🏽‍🎨 e\u0301", uint16(0))
	f.Add(strings.Repeat("\u2068\u2067a \u2069\n", 40), uint16(3))
	f.Add("\u2069\u2069\r\n \u2029x\u200d\U0001F3FD", uint16(1))
	f.Fuzz(func(t *testing.T, text string, more uint16) {
		if len(text) > 20_000 {
			t.Skip()
		}
		checkSplit(t, text, 16+int(more)%100)
	})
}

// checkSplit holds for whatever text: pieces fit and are not empty, nothing but
// white space is lost, and clusters that fit stay whole.
func checkSplit(t *testing.T, text string, limit int) {
	t.Helper()
	text = strings.ToValidUTF8(text, "\uFFFD")
	pieces := split(text, limit)
	var starts []string
	for _, p := range pieces {
		if units(p) > limit {
			t.Fatalf("a piece of %d units, at most %d", units(p), limit)
		}
		if strings.TrimSpace(p) == "" {
			t.Fatalf("an empty piece in %q", pieces)
		}
		if !utf8.ValidString(p) {
			t.Fatalf("a broken piece %q", p)
		}
		starts = append(starts, p)
	}
	if got, want := letters(strings.Join(pieces, "")), letters(text); got != want {
		t.Fatalf("split %q into %q", want, got)
	}
	whole := map[string]bool{}
	longest := 0
	for it := graphemes.FromString(text); it.Next(); {
		whole[letters(it.Value())] = true
		longest = max(longest, units(it.Value()))
	}
	if longest > limit-2*carried {
		return
	}
	for _, p := range starts {
		first := graphemes.FromString(letters(p))
		if first.Next() && letters(text) != "" && !whole[first.Value()] && len(pieces) > 1 && !joined(text) {
			t.Fatalf("a piece begins with %q, which is no cluster of %q", first.Value(), text)
		}
	}
}

// letters is a text without white space and isolates, which a cut may change.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || isIsolate(r) || r == popIsolate {
			return -1
		}
		return r
	}, s)
}

// joined reports a text whose clusters change when the white space and isolates
// between them are taken out: marks and joiners that stand alone after those.
func joined(s string) bool {
	a, b := 0, 0
	for it := graphemes.FromString(letters(s)); it.Next(); {
		a++
	}
	for it := graphemes.FromString(s); it.Next(); {
		if letters(it.Value()) != "" {
			b++
		}
	}
	return a != b
}
