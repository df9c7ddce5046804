package understand_test

import "testing"

// Haddad, Dabbagh, Filali and many others are surnames, though they name a craft or a
// place; what is told beside a name still counts.
func TestSurnames(t *testing.T) {
	r := reader(t)
	for text, want := range map[string]struct{ name, place, craft string }{
		"smiti Hassan Haddad":                         {"Hassan Haddad", "", ""},
		"Je m'appelle Fatima Dabbagh":                 {"Fatima Dabbagh", "", ""},
		"اسمي الحاج محمد السلاوي":                     {"الحاج محمد السلاوي", "", ""},
		"سميتي فاطمة النجار، من فاس":                  {"فاطمة النجار", "MA-FES", ""},
		"smiti Said Kharraz, mn mrrakch, kandir jeld": {"Said Kharraz", "MA-MAR", "maroquinier"},
		"smiti fatima tiznit zrabi":                   {"fatima", "MA-TIZ", "tapissier"},
		"Hassan Haddad":                               {"", "", ""}, // the question for the name reads it whole
		"Fadma Lihigaba":                              {"", "", ""},
		"فاطمة موشاريباوي":                            {"", "", ""},
		"Fatima, Tiznit, zrabi":                       {"Fatima", "MA-TIZ", "tapissier"},
	} {
		f := r.Facts(text)
		got := struct{ name, place, craft string }{name: f.Name}
		if f.Place != nil {
			got.place = f.Place.ID
		}
		if len(f.Crafts) > 0 {
			got.craft = f.Crafts[0].ID
		}
		if got != want {
			t.Errorf("Facts(%q) = %+v, want %+v", text, got, want)
		}
	}
}
