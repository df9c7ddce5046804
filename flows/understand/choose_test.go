package understand

import (
	"slices"
	"testing"
)

var legalForms = []Option{
	{ID: "individual", Labels: []string{"Sans statut", "بلا صفة", "بدون صفة", "ⴱⵍⴰ ⴰⴷⴷⴰⴷ"}, Synonyms: []string{"rien", "walo"}},
	{ID: "auto", Labels: []string{"Auto-entrepreneur", "المقاول الذاتي", "لوطو أنطروبرونور", "ⴱⵓ ⵜⵡⵓⵔⵉ ⵏ ⵉⵅⴼ"}, Synonyms: []string{"AE", "moqawil dati"}},
	{ID: "coop", Labels: []string{"Coopérative", "التعاونية", "الكوبيراتيڤ", "ⵜⴰⵄⴰⵡⵓⵏⵉⵢⵜ"}, Synonyms: []string{"ta3awniya"}},
	{ID: "company", Labels: []string{"Entreprise", "الشركة", "ⵜⴰⵎⵙⵙⵓⵔⵜ"}, Synonyms: []string{"sarl", "société"}},
}

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		in   string
		want int
		sure bool
	}{
		{"1", 0, true}, {"١", 0, true}, {"۱", 0, true}, {"1.", 0, true}, {"(1)", 0, true}, {"1️⃣", 0, true}, {"1)", 0, true}, {"n°1", 0, true}, {"lowel", 0, true}, {"premier", 0, true}, {"le premier", 0, true}, {"الأول", 0, true},
		{"1er", 0, true}, {"ⵢⴰⵏ", 0, true}, {"yan", 0, true}, {"wahed", 0, true}, {"2", 1, true}, {"deux", 1, true}, {"jouj", 1, true}, {"جوج", 1, true}, {"ⵙⵉⵏ", 1, true}, {"2ème", 1, true}, {"la deuxième", 1, true}, {"التاني", 1, true},
		{"3", 2, true}, {"trois", 2, true}, {"tlata", 2, true}, {"4", 3, true}, {"le dernier", 3, true}, {"اللخر", 3, true}, {"numero 3", 2, true}, {"le 2", 1, true}, {"2 svp", 1, true},
		{"coopérative", 2, true}, {"COOPERATIVE", 2, true}, {"التعاونية", 2, true}, {"تعاونية", 2, true}, {"ta3awniya", 2, true}, {"ⵜⴰⵄⴰⵡⵓⵏⵉⵢⵜ", 2, true}, {"coop", 2, true}, {"auto", 1, true}, {"auto entrepreneur", 1, true}, {"ae", 1, true},
		{"sarl", 3, true}, {"entr", 3, true}, {"coperative", 2, false}, {"cooperatve", 2, false}, {"المقاول", 1, true}, {"walo", 0, true}, {"شركة", 3, true}, {"company", 3, true}, {"الكوبيراتيف", 2, true},
	} {
		got, sure, ok := Choose(c.in, legalForms)
		if !ok || got != c.want || sure != c.sure {
			t.Errorf("Choose(%q) = %d %v %v, want %d %v", c.in, got, sure, ok, c.want, c.sure)
		}
	}
	for _, in := range []string{"", "5", "0", "12", "Fatima", "99999999999999999999", "1 2", "zerbia", "…"} {
		if got, _, ok := Choose(in, legalForms); ok {
			t.Errorf("Choose(%q) = %d, want none", in, got)
		}
	}
	if _, _, ok := Choose("1", nil); ok {
		t.Error("Choose found an option in none")
	}
	twins := []Option{{ID: "a", Labels: []string{"Oui, demain"}}, {ID: "b", Labels: []string{"Oui, plus tard"}}}
	if i, _, ok := Choose("oui", twins); ok {
		t.Errorf("an ambiguous beginning chose %d", i)
	}
}

func TestChooseMany(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []int
	}{
		{"1 3 4", []int{0, 2, 3}}, {"1,3", []int{0, 2}}, {"1 w 3", []int{0, 2}}, {"1 et 3", []int{0, 2}}, {"١ و ٣", []int{0, 2}}, {"2", []int{1}}, {"1-2", []int{0, 1}}, {"1/4", []int{0, 3}}, {"1 1 2", []int{0, 1}}, {"3 1", []int{2, 0}},
		{"coopérative et sarl", []int{2, 3}}, {"التعاونية والشركة", []int{2, 3}}, {"jouj w tlata", []int{1, 2}}, {"ⵢⴰⵏ ⴷ ⵙⵉⵏ", []int{0, 1}}, {"auto entrepreneur, coop", []int{1, 2}}, {"1 3 svp", []int{0, 2}}, {"un et deux", []int{0, 1}},
	} {
		got, sure, ok := ChooseMany(c.in, legalForms)
		if !ok || !sure || !slices.Equal(got, c.want) {
			t.Errorf("ChooseMany(%q) = %v %v %v, want %v", c.in, got, sure, ok, c.want)
		}
	}
	for _, in := range []string{"", "1 9", "1 et zerbia", "w", "134"} {
		if got, _, ok := ChooseMany(in, legalForms); ok {
			t.Errorf("ChooseMany(%q) = %v, want none", in, got)
		}
	}
	if _, sure, ok := ChooseMany("coperative, sarl", legalForms); !ok || sure {
		t.Errorf("a slip must be unsure, got %v %v", sure, ok)
	}
}

// A choice is made in any word for it, in any language, whatever language the
// labels are offered in.
func TestChooseAlike(t *testing.T) {
	for _, labels := range [][2]string{{"Femme", "Homme"}, {"مرا", "راجل"}, {"امرأة", "رجل"}, {"ⵜⴰⵎⵖⴰⵔⵜ", "ⴰⵔⴳⴰⵣ"}} {
		opts := []Option{{ID: "woman", Labels: []string{labels[0]}}, {ID: "man", Labels: []string{labels[1]}}}
		for want, texts := range [][]string{
			{"mra", "lmra", "Mra", "ana mra", "مرا", "المرا", "امرأة", "أنثى", "femme", "Une femme", "je suis une femme", "F", "madame", "ⵜⴰⵎⵖⴰⵔⵜ", "tamghart", "tamettut", "1", "bent", "mra 3afak"},
			{"rajel", "rajl", "Rajel!", "راجل", "رجل", "ذكر", "homme", "un homme", "H", "monsieur", "ⴰⵔⴳⴰⵣ", "argaz", "aryaz", "2"},
		} {
			for _, text := range texts {
				if got, sure, ok := Choose(text, opts); !ok || !sure || got != want {
					t.Errorf("Choose(%q, %v) = %d %v %v, want %d, sure", text, labels, got, sure, ok, want)
				}
			}
		}
		for _, text := range []string{"femmes et hommes", "zerbia", "mama"} {
			if got, _, ok := Choose(text, opts); ok {
				t.Errorf("Choose(%q, %v) = %d, want none", text, labels, got)
			}
		}
	}
	// Two options that say the same are not told apart.
	if i, _, ok := Choose("mra", []Option{{ID: "a", Labels: []string{"Femme"}}, {ID: "b", Labels: []string{"Madame"}}}); ok {
		t.Errorf("a word for two options chose %d", i)
	}
}
