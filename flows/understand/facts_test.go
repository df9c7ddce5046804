package understand_test

import (
	"slices"
	"testing"
)

// Several facts in one message, in the six forms of writing: a name with and
// without a cue, before and after the place, without commas; two crafts; towns
// beside their province.
func TestFactsInSixForms(t *testing.T) {
	r := reader(t)
	for _, c := range []struct {
		in, name, place string
		crafts          []string
		wish            string
	}{
		// Darija in Latin letters
		{"smiti Fatima mn Tiznit kandir zrabi bghit nji l foire", "Fatima", "MA-TIZ", []string{"tapissier"}, "fairs"},
		{"salam ana Hassan mn Safi fekharji", "Hassan", "MA-SAF", []string{"potier"}, ""},
		{"ana mn Fes, smiti Youssef Alami, khdam f jeld w nhas", "Youssef Alami", "MA-FES", []string{"maroquinier", "dinandier"}, ""},
		{"kankhdem zellij f meknes smiti Driss", "Driss", "MA-MEK", []string{"zelligeur"}, ""},
		{"smiti zahra mn tafraout 9rib l tiznit kandir zrabi", "zahra", "tafraout", []string{"tapissier"}, ""},
		{"salam smiti Rachida, mn Ouarzazate, kantrez w kankhiyet, bghit nt3elem n7seb taman", "Rachida", "MA-OUA", []string{"brodeur", "couturier"}, "trainings"},
		{"smiyti Said w khdam f l3er3ar f swira, bghit nsifet snadeq l fransa", "Said", "MA-ESI", []string{"ebeniste_thuya"}, "export"},
		{"ana Khadija, 45 3am, mn Azrou, zrabi", "Khadija", "azrou", []string{"tapissier"}, ""},
		// Darija in Arabic letters
		{"سميتي فاطمة من تيزنيت كندير الزرابي بغيت نجي للمعرض", "فاطمة", "MA-TIZ", []string{"tapissier"}, "fairs"},
		{"أنا حسن من آسفي خدام فالفخار", "حسن", "MA-SAF", []string{"potier"}, ""},
		{"من فاس، سميتي يوسف العلمي، خدام فالجلد والنحاس", "يوسف العلمي", "MA-FES", []string{"maroquinier", "dinandier"}, ""},
		{"السلام، سميتي رشيدة من ورزازات، خياطة، بغيت شي تكوين", "رشيدة", "MA-OUA", []string{"couturier"}, "trainings"},
		{"كنصاوب البلاغي ففاس وسميتي عبد الرحيم وبغيت نصيفط لفرانسا", "عبد الرحيم", "MA-FES", []string{"babouchier"}, "export"},
		// Arabic
		{"اسمي فاطمة من تيزنيت أنسج الزرابي وأريد المشاركة في المعرض", "فاطمة", "MA-TIZ", []string{"tapissier"}, "fairs"},
		{"أنا حرفي من مدينة آسفي أعمل في الخزف واسمي حسن", "حسن", "MA-SAF", []string{"potier"}, ""},
		{"اسمي الكامل محمد بنجلون، أقيم في فاس، أعمل نجارا وأرغب في تصدير منتجاتي", "محمد بنجلون", "MA-FES", []string{"menuisier"}, "export"},
		{"السلام عليكم، أنا خديجة، من أزرو، نساجة الزرابي", "خديجة", "azrou", []string{"tapissier"}, ""},
		// French
		{"je m'appelle Fatima de Tiznit je fais des tapis je veux participer à la foire", "Fatima", "MA-TIZ", []string{"tapissier"}, "fairs"},
		{"Bonjour, moi c'est Hassan, potier à Safi", "Hassan", "MA-SAF", []string{"potier"}, ""},
		{"je suis de Fès, je travaille le cuir et le cuivre, mon nom est Youssef Alami", "Youssef Alami", "MA-FES", []string{"maroquinier", "dinandier"}, ""},
		{"Rachida, couturière, Ouarzazate, formation", "Rachida", "MA-OUA", []string{"couturier"}, "trainings"},
		{"jmappelle karim jsuis ferronnier a oujda", "karim", "MA-OUJ", []string{"ferronnier"}, ""},
		{"Nom: Naima Bennani, ville: Tafraout (Tiznit), métier: huile d'argan", "Naima Bennani", "tafraout", []string{"huile_argan"}, ""},
		// Tamazight in Tifinagh
		{"ⵉⵙⵎ ⵉⵏⵓ ⴼⴰⵟⵉⵎⴰ ⵣⴳ ⵜⵉⵣⵏⵉⵜ ⵙⴽⴰⵔⵖ ⵜⵉⵣⵔⴱⴰⵢ ⵔⵉⵖ ⴰⴷ ⴷⴷⵓⵖ ⵙ ⵍⵎⵄⵔⴹ", "ⴼⴰⵟⵉⵎⴰ", "MA-TIZ", []string{"tapissier"}, "fairs"},
		{"ⵏⴽⴽ ⴷ ⵎⵓⵃⴰ, ⵣⴳ ⴰⴳⴰⴷⵉⵔ, ⴰⵏⵊⵊⴰⵔ", "ⵎⵓⵃⴰ", "MA-AGD", []string{"menuisier"}, ""},
		{"ⴰⵣⵓⵍ, ⵉⵙⵎ ⵉⵏⵓ ⵉⴷⵉⵔ, ⵣⵣⵏⵣⵖ ⴰⵔⴳⴰⵏ, ⵔⵉⵖ ⴰⵙⵎⵓⵜⵜⴳ", "ⵉⴷⵉⵔ", "", []string{"huile_argan"}, "trainings"},
		// Tamazight in Latin letters
		{"ism inu Fatima zg Tiznit ar skargh tizrbay righ ad ddugh s lm3rd", "Fatima", "MA-TIZ", []string{"tapissier"}, "fairs"},
		{"nekk d Moha zg agadir anejjar", "Moha", "MA-AGD", []string{"menuisier"}, ""},
		{"azul isem inu Itto zi khenifra xeddmegh tizrbay xsegh ad lemdegh", "Itto", "MA-KHN", []string{"tapissier"}, "trainings"},
	} {
		f := r.Facts(c.in)
		place := ""
		if f.Place != nil {
			place = f.Place.ID
		}
		var crafts []string
		for _, m := range f.Crafts {
			crafts = append(crafts, m.ID)
		}
		if f.Name != c.name || place != c.place || !slices.Equal(crafts, c.crafts) || f.Wish != c.wish {
			t.Errorf("Facts(%q) =\n  %q %q %q %q, want\n  %q %q %q %q", c.in, f.Name, place, crafts, f.Wish, c.name, c.place, c.crafts, c.wish)
		}
	}
}
