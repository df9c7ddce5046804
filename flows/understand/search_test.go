package understand

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// One name in several scripts and spellings has words in common: the same spelling,
// or the same consonants.
func TestSearchWordsMeet(t *testing.T) {
	for _, same := range [][]string{
		{"Fatima", "FATIMA", "fatîma", "فاطمة", "فَاطِمَة", "ⴼⴰⵟⵉⵎⴰ"},
		{"Mohamed", "محمد", "MOHAMMED", "ⵎⵓⵃⵎⵎⴷ"},
		{"Bennani", "بناني", "benani"},
	} {
		first := SearchWords(same[0])
		for _, other := range same[1:] {
			w := SearchWords(other)
			if len(w) != 1 || w[0].Prefix != first[0].Prefix && w[0].Exact != first[0].Exact {
				t.Errorf("%s gives %q, %s gives %q", same[0], first, other, w)
			}
		}
	}
	if a, b := SearchWords("Fatima"), SearchWords("Khadija"); a[0] == b[0] || a[0].Exact == b[0].Exact {
		t.Errorf("%q and %q are one", a, b)
	}
}

// Whatever is typed as a name, the words are such as an index takes, and are the same
// when looked up.
func FuzzSearchWords(f *testing.F) {
	for _, s := range []string{"Zineb El Idrissi", "فاطمة الزهراء", "ⵎⵓⵃⵎⵎⴷ", "~ftm", "a\x00b", "\xff\xfe", "'", "1/2",
		strings.Repeat("Abdelouahed", 9), strings.Repeat("ʃa", 60), strings.Repeat("عبد", 40), strings.Repeat("كب", 31) + "aʃʃ", strings.Repeat("a b ", 99)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		words := SearchWords(text)
		if len(words) > mostSearchWords {
			t.Fatalf("%d words of %q", len(words), text)
		}
		for _, w := range words {
			for _, s := range []string{w.Prefix, w.Exact} {
				if len(s) > MaxSearchWord || !utf8.ValidString(s) || strings.ContainsAny(s, " \x00") {
					t.Errorf("%q has the word %q", text, s)
				}
			}
			if w.Prefix == "" || w.Prefix[0] == '~' || w.Exact != "" && w.Exact[0] != '~' {
				t.Errorf("%q has the word %+q", text, w)
			}
			if again := SearchWords(w.Prefix); len(again) != 1 || again[0] != w {
				t.Errorf("%q of %q gives %q when looked up", w, text, again)
			}
		}
	})
}
