package understand_test

import (
	"testing"

	"maalem/flows/understand"
)

// What says who is under 18, who is not, and what says neither; an outsider wrote the
// first of them against a reading that took any number for an age.
func TestAge(t *testing.T) {
	today := understand.Day{Year: 2026, Month: 11, Day: 26}
	verdict := func(text string) string {
		years, ok := understand.Age(text, today)
		switch {
		case !ok:
			return "?"
		case years.From >= 18:
			if years.No {
				return "?"
			}
			return "adult"
		case years.Below <= 18:
			if years.Yes {
				return "?"
			}
			return "minor"
		}
		return "?"
	}
	for want, texts := range map[string][]string{
		"minor": {"16", "seize ans", "j'ai 16 ans", "17,5", "moins de 18", "moins de 18 ans", "je n'ai pas 18 ans", "j'ai pas encore 18 ans", "presque 18", "- de 18", "<18", "non 18 pas encore", "non, 16",
			"né en 2010", "2010", "je suis née en 2012", "3ndi 16", "3omri 15 3am", "ma 3ndich 18 3am", "mazal ma wslt l 18", "قل من 18", "عندي 16 عام", "عمري ١٦ سنة", "ما عنديش 18 عام",
			"ليس عندي 18 سنة", "لم أبلغ 18 سنة", "أقل من 18", "أقل من 18 سنة", "مزيود ف 2011", "ur dari 18 n usggwas", "ⵓⵔ ⴷⴰⵔⵉ 18 ⵏ ⵓⵙⴳⴳⵯⴰⵙ", "ⴷⴷⴰⵡ ⵏ 18", "dari 15 n usggwas"},
		"adult": {"18", "dix-huit", "j'ai 45 ans", "18 ans", "18 ou plus", "18+", "+18", "plus de 18 ans", "oui j'ai 30 ans", "né en 1980", "1975", "3ndi 32 3am", "عندي 45 عام", "عمري ٣٠ سنة", "أكثر من 18", "18 ولا كتر",
			"dari 40 n usggwas", "ⴷⴰⵔⵉ 40 ⵏ ⵓⵙⴳⴳⵯⴰⵙ"},
		"?": {"", "oui", "mon fils a 20 ans", "j'ai 12 ans de métier", "180", "2008", "oui 16", "non 18", "non 25", "1 et 2", "rue 18", "2030", "depuis 30 ans"},
	} {
		for _, text := range texts {
			if got := verdict(text); got != want {
				t.Errorf("%q: %s, want %s", text, got, want)
			}
		}
	}
}

// What is denied is not what somebody makes, nor where they live.
func TestDenial(t *testing.T) {
	r := reader(t)
	for text, want := range map[string]string{
		"je ne fais pas de tapis":                  "",
		"sauf tapis":                               "",
		"je ne suis pas tapissier, je suis potier": "potier",
		"je ne suis pas tapissier je suis potier":  "potier",
		"pas de tapis, du cuir":                    "maroquinier",
		"pas de tapis mais du cuir":                "maroquinier",
		"ما كنديرش الزرابي":                        "",
		"ma kandirch zrabi, kandir fkhar":          "potier",
		"machi zrabi walakin fkhar":                "potier",
		"لست نساجة، أصنع الفخار":                   "potier",
		"لا أصنع الزرابي":                          "",
		"ur da skargh tizrbay":                     "",
		"pas seulement des tapis":                  "tapissier",
		"ma kandir ghir zrabi":                     "tapissier",
		"je fais du cuir":                          "maroquinier",
		"la, zrabi":                                "tapissier",
		"لا، الزرابي":                              "tapissier",
	} {
		got := ""
		for _, m := range r.Crafts(text) {
			got += m.ID
		}
		if got != want {
			t.Errorf("%q: craft %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"je ne suis pas de Rabat": "",
		"pas Rabat, Salé":         "MA-SAL",
		"machi mn rabat":          "",
		"machi Fes, Meknes":       "MA-MEK",
		"pas loin de Fès":         "MA-FES",
		"ماشي بعيد على فاس":       "MA-FES",
		"ما ساكنش فالرباط":        "",
		"ana mn Tiznit":           "MA-TIZ",
	} {
		got, _ := r.Place(text)
		if got.ID != want {
			t.Errorf("%q: place %q, want %q", text, got.ID, want)
		}
	}
}

// What could be the name of a place or a craft that nobody has listed, and what could not.
func TestWordy(t *testing.T) {
	for text, want := range map[string]bool{"Douar Tizi Nouzou": true, "دوار تيزي نوزو": true, "ⴷⵓⵡⴰⵔ ⵜⵉⵣⵉ": true, "O'Brien-Aït": true,
		"": false, "1": false, "ab": false, "rue 12": false, "Aïcha 👩🏽‍🎨": false, "merci": false, "شكرا": false, "euh je sais pas trop": false,
		"https://maalem.example": false, "une phrase qui est bien trop longue pour un nom": false} {
		if got := understand.Wordy(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
