package locales

import (
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestToLatin(t *testing.T) {
	for tifinagh, want := range map[string]string{
		"":                    "",
		"ⴰⵣⵓⵍ {name}, ⴰⵏⵙⵓⴼ.": "Azul {name}, ansuf.",
		"{name} ⴰⵏⵙⵓⴼ":        "{name} ansuf",
		"✅ ⵉⵙⵎⴷ. ⴰⵔ ⵜⵓⴼⴰⵜ! ⵢⴰⵀ? ⵓⵀⵓ": "✅ Ismd. Ar tufat! Yah? Uhu",
		"«ⵓⵎⵓⵖ», ⵏⵖⴷ":                "«Umuɣ», nɣd",
		"ⵜⴰⵏⴳⴰⵍⵜ (code): ⴰⵔⴰⵜ":       "Tangalt (code): arat",
		"ⵉⵙⴽⴽⵉⵍⵏ latin":              "Iskkiln latin",
		"Maalem ⴰⵣⵓⵍ":                "Maalem azul",
		"ⴰⵙⴳⴳⵯⴰⵙ ⴽⵯⵏⵏⵉ":              "Asggʷas kʷnni",
		"ⵄⵎⵎⵔⵏ\nⵖⵔ":                  "Ɛmmrn\nƔr",
		"ⴳ 10.5 ⵏ ⵓⴷⵔⵉⵎ":             "G 10.5 n udrim",
		"ⴳ {n}.{m} ⵏ":                "G {n}.{m} n",
		"فاطمة ⴰⵣⵓⵍ":                 "فاطمة azul",
		"ⴵ ⴰ":                        "ⴵ a", // Tuareg: not ours
		"{ⴰⵣⵓⵍ":                      "{azul",
	} {
		if got := ToLatin(tifinagh); got != want {
			t.Errorf("%q: %q, want %q", tifinagh, got, want)
		}
	}
}

// The reviewers' own Latin letters: the glossary's terms and the phrase book's
// sentences, each pair.
func TestToLatinAgreesWithTheGlossary(t *testing.T) {
	for file, convert := range map[string]func(string) string{
		"testdata/glossary_zgh.tsv": inLatin, // terms, without capitals
		"testdata/phrases_zgh.tsv":  ToLatin,
	} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pairs, different := 0, 0
		for line := range strings.Lines(string(data)) {
			tifinagh, want, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			if !ok {
				continue
			}
			pairs++
			if got := convert(tifinagh); got != want {
				different++
				t.Errorf("%s: %q gives %q, the reviewers wrote %q", file, tifinagh, got, want)
			}
		}
		if pairs < 200 {
			t.Errorf("%s holds %d pairs only", file, pairs)
		}
		t.Logf("%s: %d pairs, %d differ", file, pairs, different)
	}
}

func FuzzToLatin(f *testing.F) {
	f.Add("ⴰⵣⵓⵍ {name}. (code)")
	f.Add("{ⴰ}ⴳⵯ\n.")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip()
		}
		got := ToLatin(s)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) != utf8.RuneCountInString(s) {
			t.Fatalf("%q became %q", s, got)
		}
		if strings.ContainsFunc(got, IRCAM) {
			t.Fatalf("%q keeps Tifinagh: %q", s, got)
		}
		for _, name := range Placeholders(s) {
			if !slices.Contains(Placeholders(got), name) {
				t.Fatalf("%q lost {%s}: %q", s, name, got)
			}
		}
	})
}
