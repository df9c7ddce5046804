package locales

import "testing"

// Every rule of the four languages, at and around each of its bounds.
func TestPluralOf(t *testing.T) {
	for _, c := range []struct {
		lang Lang
		form Form
		ns   []float64
	}{
		{French, One, []float64{0, 1, 1.5, -1, 1.99}},
		{French, Other, []float64{2, 3, 100, 1e6, 2.5}},
		{Tamazight, One, []float64{1, -1}},
		{Tamazight, Other, []float64{0, 2, 11, 21, 101, 1.5}},
		{TamazightLatin, One, []float64{1}},
		{TamazightLatin, Other, []float64{0, 2}},
		{Darija, One, []float64{1}},
		{Darija, Two, []float64{2}},
		{Darija, Few, []float64{3, 10, 103, 110, 1003}},
		{Darija, Other, []float64{0, 11, 20, 99, 100, 101, 102, 111, 200, 3.5}},
		{Arabic, Zero, []float64{0}},
		{Arabic, One, []float64{1}},
		{Arabic, Two, []float64{2}},
		{Arabic, Few, []float64{3, 10, 103, 110, 1003}},
		{Arabic, Many, []float64{11, 26, 99, 111, 199, 1011}},
		{Arabic, Other, []float64{100, 101, 102, 200, 1000, 0.5, 3.5}},
	} {
		for _, n := range c.ns {
			if got := PluralOf(c.lang, n); got != c.form {
				t.Errorf("%s %v: %s, want %s", c.lang, n, got, c.form)
			}
		}
	}
}

func TestPluralFormsHoldEveryAnswer(t *testing.T) {
	for _, lang := range Views() {
		forms := PluralForms(lang)
		if forms[len(forms)-1] != Other {
			t.Errorf("%s: the last form is %s, want other", lang, forms[len(forms)-1])
		}
		met := map[Form]bool{}
		for n := range 1200 {
			met[PluralOf(lang, float64(n))] = true
		}
		if len(met) != len(forms) {
			t.Errorf("%s: numbers meet %d forms, translators write %d", lang, len(met), len(forms))
		}
		for _, f := range forms {
			if !met[f] {
				t.Errorf("%s: no number is %s", lang, f)
			}
		}
	}
}
