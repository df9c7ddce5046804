package understand

import "testing"

func TestErrand(t *testing.T) {
	for text, want := range map[string]Errand{
		"Supprimer mes données":                ErrandDelete,
		"je veux supprimer mes données svp":    ErrandDelete,
		"mse7 lma3loumat dyali 3afak":          ErrandDelete,
		"حيدوني":                               ErrandDelete,
		"ⴽⴽⵙ ⵉⵙⴼⴽⴰ ⵉⵏⵓ":                        ErrandDelete,
		"pas moi":                              ErrandWho,
		"machi ana":                            ErrandWho,
		"هذا ليس أنا":                          ErrandWho,
		"bghit l2i3lanat":                      ErrandComeback,
		"بغيت الإعلانات عافاك":                 ErrandComeback,
		"reprendre les anonces":                ErrandComeback, // a slip
		"mes accords":                          ErrandConsents,
		"mes données":                          ErrandMyData,
		"stop":                                 "",
		"menu":                                 "",
		"une personne":                         "", // a human, see Universal
		"ma mère veut supprimer ses tapis":     "",
		"Fatima Zahra":                         "",
		"je veux":                              "",
		"":                                     "",
		"comment supprimer mes données demain": "",
	} {
		if got := AsWhole(text).Errand; got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
