package understand_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maalem/flows/understand"
)

// utterance is a line of testdata: language, wish, slots, text.
type utterance struct {
	lang, intent string
	slots        map[string]string
	text         string
}

func utterances(t testing.TB, file string) []utterance {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	var out []utterance
	for n, line := range strings.Split(string(raw), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != 4 {
			t.Fatalf("%s:%d: %d fields", file, n+1, len(f))
		}
		u := utterance{lang: f[0], intent: f[1], slots: map[string]string{}, text: f[3]}
		for _, s := range strings.Fields(f[2]) {
			k, v, _ := strings.Cut(s, "=")
			u.slots[k] = v
		}
		out = append(out, u)
	}
	return out
}

// The corpus is understood, file by file. Each file says what was measured when it
// was seen first; all but acceptance.tsv, plain.tsv and oblique.tsv were worked on
// since and only hold what was won. Those three stay as they are: they stand for
// texts that nobody tuned for; acceptance.tsv is an outsider's, with the floors that
// Maalem promises, plain.tsv is people who say plainly what they want, oblique.tsv
// those who do not, with what was measured.
func TestCorpus(t *testing.T) {
	r := reader(t)
	// The floors are shares of wishes, slots and languages.
	floors := map[string][3]float64{
		"wishes.tsv": {0.99, 0.98, 0.97}, "second.tsv": {0.99, 0.98, 0.95}, "third.tsv": {0.98, 0.98, 0.97},
		"outsider.tsv": {0.99, 0.98, 0.97}, "near_misses.tsv": {0.92, 0, 0.96},
		"acceptance.tsv": {0.95, 0.90, 0.95}, "plain.tsv": {1, 1, 0.99}, "oblique.tsv": {0.65, 0.82, 0.98},
	}
	fresh, err := filepath.Glob(filepath.Join("testdata", "fresh_*.tsv"))
	if err != nil || len(fresh) == 0 {
		t.Fatalf("no fresh batches: %v", err)
	}
	for _, f := range fresh {
		floors[filepath.Base(f)] = [3]float64{0.96, 0.93, 0.94}
	}
	for file, floor := range floors {
		var intents, slots, slotted, langs int
		us := utterances(t, file)
		for _, u := range us {
			got := r.Understand(u.text, "")
			if got.Intent == u.intent {
				intents++
			} else {
				t.Logf("%s: %q is %s (%.2f), want %s", file, u.text, got.Intent, got.Confidence, u.intent)
			}
			if got.Lang == u.lang {
				langs++
			} else {
				t.Logf("%s: %q is in %s, want %s", file, u.text, got.Lang, u.lang)
			}
			for k, v := range u.slots {
				slotted++
				if got.Slots[k] == v {
					slots++
				} else {
					t.Logf("%s: %q: %s is %q, want %s", file, u.text, k, got.Slots[k], v)
				}
			}
		}
		t.Logf("%s: %d of %d wishes, %d of %d slots, %d languages", file, intents, len(us), slots, slotted, langs)
		if share(intents, len(us)) < floor[0] || slotted > 0 && share(slots, slotted) < floor[1] || share(langs, len(us)) < floor[2] {
			t.Errorf("%s: %d of %d wishes, %d of %d slots, %d languages", file, intents, len(us), slots, slotted, langs)
		}
	}
}

func share(a, b int) float64 { return float64(a) / float64(max(b, 1)) }

func FuzzUnderstand(f *testing.F) {
	for _, u := range utterances(f, "wishes.tsv") {
		f.Add(u.text)
	}
	r := reader(f)
	known := map[string]bool{}
	for _, i := range understand.Intents() {
		known[i] = true
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := r.Understand(text, "")
		if !known[got.Intent] || got.Confidence < 0 || got.Confidence > 1 || got.Lang == "" {
			t.Fatalf("%q: %+v", text, got)
		}
		r.Facts(text)
		r.Place(text)
		r.Crafts(text)
	})
}

func BenchmarkUnderstand(b *testing.B) {
	r := reader(b)
	for name, text := range map[string]string{
		"darija":    "salam bghit nsifet zrabi dyali l fransa kifach ndir l hadchi",
		"arabic":    "أريد المشاركة في المعرض المقبل للصناعة التقليدية في الرباط",
		"french":    "bonjour je souhaite exporter mes tapis aux Etats-Unis svp merci",
		"tamazight": "ⵔⵉⵖ ⴰⴷ ⴷⴷⵓⵖ ⵙ ⵍⵎⵄⵔⴹ ⵏ ⴰⴳⴰⴷⵉⵔ ⵙ ⵜⵉⵣⵔⴱⴰⵢ ⵉⵏⵓ ⴰⵙⴽⴽⴰ",
		"unknown":   "qwertz uiopas dfghjk lyxcvb nmqwer tzuiop asdfgh jklyxc vbnmqw",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Understand(text, "")
			}
		})
	}
}
