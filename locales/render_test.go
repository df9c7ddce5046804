package locales

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var day = time.Date(2027, time.September, 15, 9, 5, 0, 0, time.UTC)

type panics struct{}

func (panics) String() string { panic("a broken value") }

func in(lang Lang, form string) Text { return Text{Forms: map[Lang][]string{lang: {form}}} }

func TestRenderIsolates(t *testing.T) {
	craft := Text{Forms: map[Lang][]string{French: {"Tissage"}, Arabic: {"النسيج"}, Tamazight: {"ⴰⵥⵟⵟⴰ"}}}
	for _, c := range []struct {
		what, form string
		lang       Lang
		value      any
		want       string
	}{
		{"a Latin name in Arabic", "الاسم: {v}.", Arabic, "Fatima", "الاسم: " + fsi + "Fatima" + pdi + "."},
		{"an Arabic name in Arabic", "الاسم: {v}.", Arabic, "فاطمة", "الاسم: " + fsi + "فاطمة" + pdi + "."},
		{"a Latin name in French", "Nom : {v}.", French, "Fatima", "Nom : Fatima."},
		{"an Arabic name in French", "Nom : {v}.", French, "فاطمة", "Nom : " + fsi + "فاطمة" + pdi + "."},
		{"an Arabic name in Tamazight", "ⵉⵙⵎ: {v}.", Tamazight, "فاطمة", "ⵉⵙⵎ: " + fsi + "فاطمة" + pdi + "."},
		{"a phone in Darija", "النمرة: {v}", Darija, Phone("+212 6 12"), "النمرة: " + lri + "+212 6 12" + pdi},
		{"a phone as a string", "النمرة: {v}", Darija, "+212 6 12", "النمرة: " + lri + "+212 6 12" + pdi},
		{"a phone in French", "Numéro : {v}", French, Phone("+212 6 12"), "Numéro : +212 6 12"},
		{"a range", "المدة {v}", Arabic, "3-5", "المدة " + lri + "3-5" + pdi},
		{"a code", "الرمز {v}", Arabic, Code("A-5701.10"), "الرمز " + lri + "A-5701.10" + pdi},
		{"a time", "مع {v}", Darija, Clock(day), "مع " + lri + "09:05" + pdi},
		{"a number", "بين {v}", Arabic, 12.5, "بين " + lri + "12,5" + pdi},
		{"a date in Arabic", "قبل {v}", Arabic, day, "قبل " + fsi + "15 شتنبر 2027" + pdi},
		{"a date in Tamazight in Latin letters", "ⴷⴰⵜ {v}", TamazightLatin, day, "Dat 15 cutanbir 2027"},
		{"money", "الثمن {v}", Darija, Amount(1250.5), "الثمن " + fsi + "1\u00a0250,50\u00a0درهم" + pdi},
		{"a language", "اللغة: {v}", Arabic, French, "اللغة: " + fsi + "Français" + pdi},
		{"a text", "ⵜⴰⵡⵓⵔⵉ: {v}", TamazightLatin, craft, "Tawuri: aẓṭṭa"},
		{"texts", "Métiers : {v}", French, []Text{craft, Plain("زليج")}, "Métiers : Tissage et " + fsi + "زليج" + pdi},
		{"a list in Arabic", "{v}.", Arabic, Items{"أ", "B", "ج"}, fsi + "أ، " + fsi + "B" + pdi + " وج" + pdi + "."},
		{"a link", "الموقع {v}", Arabic, "https://maalem.ma/a?b=1", "الموقع https://maalem.ma/a?b=1"},
		{"a text that ends in a link", "{v}", Arabic, "انظر https://maalem.ma", "انظر https://maalem.ma"},
		{"a value inside a link", "الموقع https://maalem.ma/{v}", Arabic, "فاس", "الموقع https://maalem.ma/فاس"},
		{"a value that touches a link", "الموقع {v}https://maalem.ma", Arabic, "A", "الموقع Ahttps://maalem.ma"},
		{"a value after a link", "https://maalem.ma {v} نعم", Arabic, "A", "https://maalem.ma " + fsi + "A" + pdi + " نعم"},
		{"several lines", "هنا:\n{v}", Arabic, "A\n\nب", "هنا:\n" + fsi + "A" + pdi + "\n\n" + fsi + "ب" + pdi},
		{"an override in a name", "Nom : {v} ok", French, "\u202eabc", "Nom : abc ok"},
		{"an unbalanced isolate", "الاسم {v}", Arabic, "A" + pdi + rli, "الاسم " + fsi + "A" + pdi},
		{"an isolate over two lines", "الاسم {v}", Arabic, fsi + "A\nB" + pdi, "الاسم " + fsi + "A" + pdi + "\n" + fsi + "B" + pdi},
		{"an isolated value", "الاسم {v}", Arabic, Isolate("A"), "الاسم " + fsi + "A" + pdi},
		{"a word first", "Maalem مرحبا {v}", Arabic, 1, rlm + "Maalem مرحبا " + lri + "1" + pdi},
		{"a value first", "{v}، مرحبا", Arabic, "Fatima", rlm + fsi + "Fatima" + pdi + "، مرحبا"},
		{"only one line misled", "مرحبا\n{v} هنا\nPDF", Arabic, "A", "مرحبا\n" + rlm + fsi + "A" + pdi + " هنا\nPDF"},
		{"half a letter", "Nom : {v}.", French, "a\xe2\x81", "Nom : a\ufffd."},
		{"nil", "Nom : {v}", French, nil, "Nom : {v}"},
		{"a broken value", "a {v}", French, panics{}, "a %!v(PANIC=String method: a broken value)"},
	} {
		if got := in(c.lang.Base(), c.form).Render(c.lang, Args{"v": c.value}); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

func TestRenderLeavesWhatItDoesNotKnow(t *testing.T) {
	const form = "{a} {} {b {c} }{ {é} {d"
	if got := in(French, form).Render(French, Args{"c": "C", "": "x", "é": "x"}); got != "{a} {} {b C }{ {é} {d" {
		t.Errorf("%q", got)
	}
	// A value is never read as a template.
	if got := in(French, "{a}{b}").Render(French, Args{"a": "{b}", "b": "B"}); got != "{b}B" {
		t.Errorf("%q", got)
	}
}

func TestPlaceholders(t *testing.T) {
	got := strings.Join(Placeholders("{a} {b.c} {a} {é} {} {open {x_1}"), ",")
	if got != "a,b.c,x_1" {
		t.Error(got)
	}
}

func TestNumbers(t *testing.T) {
	for want, n := range map[string]float64{
		"0": 0, "7": 7, "1\u00a0250,5": 1250.5, "-1\u00a0234\u00a0567": -1234567, "999": 999, "12,34": 12.344, "1\u00a0000": 999.999,
	} {
		for _, lang := range Views() {
			if got := Number(lang, n); got != want {
				t.Errorf("%s %v: %q, want %q", lang, n, got, want)
			}
		}
	}
	zero := 0.0
	for _, n := range []float64{zero / zero, 1 / zero, -1 / zero} {
		if got := Number(French, n); got != "—" {
			t.Errorf("%v: %q", n, got)
		}
	}
	if got := Number(French, -0.001); got != "0" {
		t.Errorf("minus nothing: %q", got)
	}
	for lang, want := range map[Lang]string{French: "50 DH", Arabic: "50 درهم", Darija: "50 درهم", Tamazight: "50 ⵏ ⵓⴷⵔⵉⵎ", TamazightLatin: "50 n udrim"} {
		if got := strings.ReplaceAll(Money(lang, 50), nbsp, " "); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	if got := Money(French, 1250.5); got != "1\u00a0250,50\u00a0DH" {
		t.Errorf("%q", got)
	}
	if got := ToWestern("٠٩ ۰۹ ０９ 12 م"); got != "09 09 09 12 م" {
		t.Errorf("%q", got)
	}
}

func TestDates(t *testing.T) {
	for lang, want := range map[Lang][2]string{
		French:         {"15 septembre 2027", "mercredi"},
		Arabic:         {"15 شتنبر 2027", "الأربعاء"},
		Darija:         {"15 شتنبر 2027", "لاربع"},
		Tamazight:      {"15 ⵛⵓⵜⴰⵏⴱⵉⵔ 2027", "ⴰⴽⵕⴰⵙ"},
		TamazightLatin: {"15 cutanbir 2027", "akṛas"},
	} {
		if got := [2]string{Date(lang, day), Weekday(lang, day.Weekday())}; got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	// The months in which Morocco and the Middle East differ.
	got := []string{}
	for _, m := range []time.Month{time.May, time.July, time.August, time.September, time.November, time.December} {
		got = append(got, Month(Arabic, m))
	}
	if s := strings.Join(got, " "); s != "ماي يوليوز غشت شتنبر نونبر دجنبر" {
		t.Error(s)
	}
	if got := Date(French, time.Date(2027, 8, 1, 0, 0, 0, 0, time.UTC)); got != "1er août 2027" {
		t.Error(got)
	}
	if ShortDate(day) != "15/9/2027" || TimeOfDay(Arabic, day) != "09:05" || Month(French, 13) != "13" || Weekday(French, 9) != "9" {
		t.Error("short date, time of day or a month or day out of range")
	}
}

func TestList(t *testing.T) {
	for _, c := range []struct {
		lang  Lang
		items []string
		want  string
	}{
		{French, nil, ""},
		{French, []string{"a"}, "a"},
		{French, []string{"a", "b"}, "a et b"},
		{French, []string{"a", "b", "c"}, "a, b et c"},
		{Arabic, []string{"أ", "ب", "ج"}, "أ، ب وج"},
		{Darija, []string{"أ", "ب"}, "أ وب"},
		{Tamazight, []string{"ⴰ", "ⴱ", "ⴳ"}, "ⴰ, ⴱ ⴷ ⴳ"},
		{TamazightLatin, []string{"a", "b"}, "a d b"},
		{French, []string{"a", "ب"}, "a et " + fsi + "ب" + pdi},
		{Arabic, []string{"3", "https://x.ma"}, fsi + "3" + pdi + " و https://x.ma"},
	} {
		if got := List(c.lang, c.items); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.lang, c.items, got, c.want)
		}
	}
}

func TestBidi(t *testing.T) {
	for s, want := range map[string]Direction{
		"": NoDirection, "12 (3)": NoDirection, "📍": NoDirection, "a": LeftToRight, "ⴰ": LeftToRight,
		"12 ب a": RightToLeft, fsi + "a" + pdi + " ب": LeftToRight, "\xf0": NoDirection,
	} {
		if got := FirstStrong(s); got != want {
			t.Errorf("FirstStrong(%q) = %d, want %d", s, got, want)
		}
	}
	var all strings.Builder
	for _, r := range []rune{0x200e, 0x200f, 0x061c, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069} {
		all.WriteRune(r)
		all.WriteString("ب")
	}
	if got := StripBidi(all.String()); got != strings.Repeat("ب", 12) {
		t.Errorf("%q", got)
	}
	if got := StripBidi("« a »…\u2060"); got != "« a »…\u2060" {
		t.Errorf("took more than direction: %q", got)
	}
	if Isolate("") != "" || LTR("") != "" || LTR("1") != lri+"1"+pdi || Isolate(LTR("1")) != lri+"1"+pdi {
		t.Error("Isolate or LTR")
	}
	two := fsi + "a" + pdi + fsi + "b" + pdi
	if got := Isolate(two); got != fsi+two+pdi {
		t.Errorf("two isolates taken for one: %q", got)
	}
}

// Whatever is put in, Render answers, keeps UTF-8 whole and leaves isolates balanced
// in each line, so that nothing reaches the text around it.
func FuzzRender(f *testing.F) {
	f.Add("مرحبا {a}\n{b}", "Fatima", "\u2067x", "ar", 3)
	f.Add("{a}https://x/{b} {n}", "https://y", "\u2069\n\u202e", "zgh-Latn", -1)
	f.Add("{a}{b}{", "{a}", "و", "fr", 0)
	f.Add("{l}", "\u2066ب\u2069\xff", "\xe2\x81", "fr", 2)
	f.Fuzz(func(t *testing.T, form, a, b, lang string, n int) {
		if !utf8.ValidString(form) || StripBidi(form) != form {
			t.Skip() // catalog.Problems finds those
		}
		text := Text{Count: "n", Legal: n%2 == 0, Forms: map[Lang][]string{
			Arabic: {form}, French: {form, form}, Tamazight: {form}, Lang(lang): {form},
		}}
		for _, l := range append(Views(), Lang(lang)) {
			got := text.Render(l, Args{"a": a, "b": b, "n": n, "l": Items{a, b}})
			if !utf8.ValidString(got) {
				t.Fatalf("%s: broken UTF-8 %q", l, got)
			}
			for _, line := range strings.Split(got, "\n") {
				depth := 0
				for _, r := range line {
					switch r {
					case 0x2066, 0x2067, 0x2068:
						depth++
					case 0x2069:
						depth--
					}
					if depth < 0 {
						break
					}
				}
				if depth != 0 {
					t.Fatalf("%s: unbalanced isolates in %q", l, line)
				}
			}
		}
	})
}

func BenchmarkRender(b *testing.B) {
	text := Text{Forms: map[Lang][]string{
		French:    {"J'ai compris : {name}, {craft}, à {place}. C'est bien ça ?"},
		Arabic:    {"فهمت: {name}، {craft}، {place}. هل هذا صحيح؟"},
		Tamazight: {"ⴼⵀⵎⵖ: {name}, {craft}, {place}. ⵉⵙ ⴷ ⴰⵢⴰⴷ?"},
	}}
	args := Args{"name": "Fatima Aït Lahcen", "craft": "زرابي", "place": "Tiznit"}
	for _, lang := range []Lang{French, Arabic, Tamazight, TamazightLatin} {
		b.Run(string(lang), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				text.Render(lang, args)
			}
		})
	}
}

// Somebody without a written name is greeted without a gap.
func TestRenderEmptyName(t *testing.T) {
	text := Text{Forms: map[Lang][]string{French: {"Bienvenue {name}, c'est fait."}, Arabic: {"مرحبا {name}، تم."}}}
	if got := text.Render(French, Args{"name": ""}); got != "Bienvenue, c'est fait." {
		t.Errorf("got %q", got)
	}
	if got := StripBidi(text.Render(Arabic, Args{"name": ""})); got != "مرحبا، تم." {
		t.Errorf("got %q", got)
	}
}
