package locales

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

var seats = Text{
	Key: "seats", Count: "n",
	Forms: map[Lang][]string{
		French:    {"{n} place", "{n} places"},
		Arabic:    {"لا مقاعد", "مقعد واحد", "مقعدان", "{n} مقاعد", "{n} مقعدا", "{n} مقعد"},
		Darija:    {"بلاصة وحدة", "جوج بلايص", "{n} بلايص", "{n} بلاصة"},
		Tamazight: {"{n} ⵓⴷⵖⴰⵔ", "{n} ⵉⴷⵖⴰⵔⵏ"},
	},
}

func TestCountedText(t *testing.T) {
	for _, c := range []struct {
		lang Lang
		n    any
		want string
	}{
		{French, 0, "0 place"},
		{French, 2, "2 places"},
		{French, "2", "2 places"},
		{French, "٢", "٢ places"}, // a string is shown as it is
		{French, 1500, "1500 places"},
		{French, 15000, "15\u00a0000 places"},
		{Arabic, 0, "لا مقاعد"},
		{Arabic, 2, "مقعدان"},
		{Arabic, 3.0, lri + "3" + pdi + " مقاعد"},
		{Arabic, 11, lri + "11" + pdi + " مقعدا"},
		{Arabic, 100, lri + "100" + pdi + " مقعد"},
		{Darija, int64(2), "جوج بلايص"},
		{Darija, uint32(5), lri + "5" + pdi + " بلايص"},
		{Darija, 11, lri + "11" + pdi + " بلاصة"},
		{Tamazight, 1, "1 ⵓⴷⵖⴰⵔ"},
		{TamazightLatin, 5, "5 idɣarn"},
	} {
		if got := seats.Render(c.lang, Args{"n": c.n}); got != c.want {
			t.Errorf("%s %v: %q, want %q", c.lang, c.n, got, c.want)
		}
	}
	if got := seats.Render(French, nil); got != "{n} places" {
		t.Errorf("without a count: %q", got)
	}
	short := Text{Count: "n", Forms: map[Lang][]string{Arabic: {"واحد", "{n}"}}}
	if got := short.Render(Arabic, Args{"n": 5}); got != lri+"5"+pdi {
		t.Errorf("with fewer forms than the language has: %q", got)
	}
}

func TestFallback(t *testing.T) {
	for lang, want := range map[Lang][]Lang{
		Darija:         {Darija, Arabic, French, Tamazight},
		Arabic:         {Arabic, Darija, French, Tamazight},
		French:         {French, Arabic, Darija, Tamazight},
		Tamazight:      {Tamazight, French, Arabic, Darija},
		TamazightLatin: {TamazightLatin, Tamazight, French, Arabic, Darija},
		"de":           {French, Arabic, Darija, Tamazight},
		"":             {French, Arabic, Darija, Tamazight},
	} {
		if got := Fallback(lang); !slices.Equal(got, want) {
			t.Errorf("Fallback(%q) = %v, want %v", lang, got, want)
		}
	}
}

// Each text of one language reaches every reader, in the words that are there.
func TestFallbackOfTexts(t *testing.T) {
	words := map[Lang]string{Darija: "واخا", Arabic: "حسنا", French: "D'accord", Tamazight: "ⵡⴰⵅⵅⴰ", TamazightLatin: "Ouakha"}
	for _, reader := range Views() {
		text := Text{Forms: map[Lang][]string{}}
		order := Fallback(reader)
		for i := len(order) - 1; i >= 0; i-- {
			l := order[i]
			text.Forms[l] = []string{words[l]}
			want := words[l]
			if reader == TamazightLatin && l == Tamazight {
				want = "Waxxa"
			}
			if got := text.Render(reader, nil); got != want {
				t.Errorf("a reader of %s, best of %v: %q, want %q", reader, order[i:], got, want)
			}
			if got := text.Label(reader); got != want {
				t.Errorf("label for %s, best of %v: %q, want %q", reader, order[i:], got, want)
			}
		}
	}
}

func TestFallbackSkipsEmptyForms(t *testing.T) {
	text := Text{Forms: map[Lang][]string{Darija: {""}, Arabic: {}, French: {"Oui"}}}
	if got := text.Render(Darija, nil); got != "Oui" {
		t.Errorf("got %q", got)
	}
	if text.Has(Darija) || text.Has(Arabic) || !text.Has(French) || text.IsZero() {
		t.Error("Has or IsZero counts an empty form as written")
	}
}

func TestFallbackTakesItsLanguageWhole(t *testing.T) {
	text := Text{Forms: map[Lang][]string{Arabic: {"الاسم: {name}"}}}
	if got, want := text.Render(French, Args{"name": "Fatima"}), "الاسم: "+fsi+"Fatima"+pdi; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestPlain(t *testing.T) {
	text := Plain("Fatima")
	for _, lang := range Views() {
		if got := text.Render(lang, nil); got != "Fatima" || !text.Has(lang) {
			t.Errorf("%s: %q", lang, got)
		}
	}
	if !Plain("").IsZero() || !(Text{}).IsZero() || text.IsZero() || (Text{}).Render(French, Args{"n": 1}) != "" {
		t.Error("the zero Text is not empty")
	}
}

func TestTwin(t *testing.T) {
	forms := map[Lang][]string{French: {"Coopérative"}, Arabic: {"تعاونية"}, Tamazight: {"ⵜⴰⵄⴰⵡⵓⵏⵉⵢⵜ"}}
	unsigned := []Lang{Tamazight}
	for _, c := range []struct {
		what string
		text Text
		want string
	}{
		{"an unsigned term", Text{Forms: forms, Term: true, Review: unsigned}, "Coopérative"},
		{"a signed term", Text{Forms: forms, Term: true}, ""},
		{"an unsigned sentence", Text{Forms: forms, Review: unsigned}, ""},
		{"a signed legal term", Text{Forms: forms, Term: true, Legal: true}, "Coopérative"},
		{"a term in review elsewhere", Text{Forms: forms, Term: true, Review: []Lang{Darija}}, ""},
		{"a term without French", Text{Forms: map[Lang][]string{Arabic: {"تعاونية"}, Tamazight: {"ⵜ"}}, Term: true, Review: unsigned}, "تعاونية"},
		{"a term that falls back to French", Text{Forms: map[Lang][]string{French: {"Coopérative"}}, Term: true, Review: unsigned}, ""},
		{"the same word in both", Text{Forms: map[Lang][]string{French: {"—"}, Tamazight: {"—"}}, Term: true, Review: unsigned}, ""},
	} {
		for _, lang := range []Lang{Tamazight, TamazightLatin} {
			if got := c.text.Twin(lang); got != c.want {
				t.Errorf("%s in %s: %q, want %q", c.what, lang, got, c.want)
			}
		}
		for _, lang := range []Lang{French, Arabic, Darija} {
			if got := c.text.Twin(lang); got != "" {
				t.Errorf("%s in %s has the twin %q", c.what, lang, got)
			}
		}
	}
}

func TestLegalTextsCarryFrench(t *testing.T) {
	text := Text{Legal: true, Forms: map[Lang][]string{French: {"{who} garde votre nom."}, Tamazight: {"{who} ⴰⴷ ⵉⵃⴹⵓ ⵉⵙⵎ ⵏⵏⵓⵏ."}}}
	args := Args{"who": "Maalem"}
	for lang, want := range map[Lang]string{
		Tamazight:      "Maalem ⴰⴷ ⵉⵃⴹⵓ ⵉⵙⵎ ⵏⵏⵓⵏ.\nMaalem garde votre nom.",
		TamazightLatin: "Maalem ad iḥḍu ism nnun.\nMaalem garde votre nom.",
		French:         "Maalem garde votre nom.",
		Darija:         "Maalem garde votre nom.",
	} {
		if got := text.Render(lang, args); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
	french := Text{Legal: true, Forms: map[Lang][]string{French: {"Oui"}}}
	if got := french.Render(Tamazight, nil); got != "Oui" {
		t.Errorf("French said twice: %q", got)
	}
}

// A stored flow must come back as it was, from either encoding.
func TestTextSurvivesStorage(t *testing.T) {
	text := seats
	text.Review, text.Legal, text.Term = []Lang{Tamazight}, true, true
	for name, f := range map[string]struct {
		marshal   func(any) ([]byte, error)
		unmarshal func([]byte, any) error
	}{"json": {json.Marshal, json.Unmarshal}, "cbor": {cbor.Marshal, cbor.Unmarshal}} {
		for _, want := range []Text{text, Plain("x"), {}} {
			data, err := f.marshal(want)
			if err != nil {
				t.Fatal(name, err)
			}
			var got Text
			if err := f.unmarshal(data, &got); err != nil {
				t.Fatal(name, err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, want %+v", name, got, want)
			}
		}
	}
}
