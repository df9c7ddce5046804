package understand

import (
	"testing"

	"maalem/locales"
)

// The universal words, each as people type it in the six forms of writing: Darija
// in Latin and Arabic letters, Arabic, French, Tamazight in Tifinagh and Latin.
func TestUniversalInSixForms(t *testing.T) {
	for word, forms := range map[Word][6][]string{
		Stop: {
			{"7bes", "hbes 3afak", "safi 7bess", "baraka", "weqqef", "Hbess!", "7bso"},
			{"حبس", "صافي حبس", "باراكا", "وقف عافاك", "حبسو"},
			{"توقف", "أوقفوا من فضلكم", "كفى", "إيقاف", "توقفوا"},
			{"stop", "STOP", "arrêtez", "arrete svp", "Stop.", "ça suffit"},
			{"ⴱⴷⴷ", "ⵙⴱⴷⴷ", "ⴱⴰⵔⴰⴽⴰ", "ⵃⴱⵙ"},
			{"sbedd", "bdd", "sbdd 3afak", "yuda"},
		},
		Menu: {
			{"lmenu", "menu 3afak", "bghit lmenu", "werrini lmenu", "rje3 l menu", "rje3ni l lmenu", "lista"},
			{"القائمة", "المنيو عافاك", "وريني القائمة", "رجع للقائمة", "رجعني للمينو"},
			{"القائمة الرئيسية", "القائمة من فضلكم", "أرني القائمة", "العودة إلى القائمة"},
			{"menu", "le menu svp", "menu principal", "retour au menu", "accueil", "je veux le menu"},
			{"ⵓⵎⵓⵖ", "ⵙⴽⵏ ⵉⵢⵉ ⵓⵎⵓⵖ", "ⵍⵎⵉⵏⵓ"},
			{"umugh", "oumough", "sken iyi umugh", "righ lmenu"},
		},
		Back: {
			{"rje3", "rje3 lour", "rje3ni 3afak", "li 9bel", "rja3"},
			{"رجع", "رجع اللور", "اللي قبل", "رجعني عافاك"},
			{"رجوع", "السابق", "ارجع من فضلك", "عودة", "السؤال السابق"},
			{"retour", "Retour svp", "précédent", "en arrière", "question précédente"},
			{"ⴰⵖⵓⵍ", "ⵓⵔⵔⵉ"},
			{"aghul", "aɣul", "urri", "ourri"},
		},
		Repeat: {
			{"3awed", "3awd liya", "3awed 3afak", "gol tani"},
			{"عاود", "عاود ليا عافاك", "عاود السؤال"},
			{"أعد", "كرر من فضلك", "أعد السؤال", "مرة أخرى"},
			{"répète", "répétez svp", "encore une fois", "pardon ?"},
			{"ⴰⵍⵙ", "ⴰⵍⵙ ⴰⵙⵇⵙⵉ"},
			{"als", "als asqsi", "alsat"},
		},
		Skip: {
			{"douz", "dewez 3afak", "li men be3d", "fout", "skip"},
			{"دوز", "فوت", "اللي من بعد", "دوز عافاك"},
			{"تخطي", "التالي", "تجاوز من فضلك", "لاحقا"},
			{"passer", "suivant", "je passe", "question suivante", "plus tard"},
			{"ⵙⵙⵓⵔⴼ", "ⵣⵔⵉ"},
			{"ssurf", "zri", "ssourf"},
		},
		Help: {
			{"3awenni", "3aweni 3afak", "ma fhemtch", "mosa3ada", "bghit m3awna", "3awnouni"},
			{"عاوني", "عاونوني عافاك", "ما فهمتش", "بغيت المساعدة"},
			{"مساعدة", "ساعدوني من فضلكم", "لم أفهم", "أريد المساعدة"},
			{"aide", "aidez-moi svp", "je ne comprends pas", "à l'aide", "help"},
			{"ⵜⵉⵡⵉⵙⵉ", "ⴰⵡⵙ ⵉⵢⵉ", "ⵓⵔ ⴼⵀⵉⵎⵖ"},
			{"tiwisi", "aws iyi", "ur fhimgh", "3awn iyi", "ur gzigh"},
		},
		Human: {
			{"mostachar", "bghit nhder m3a chi wa7ed", "chi bnadem", "3eyto liya", "bghit chi mas2oul"},
			{"مستشار", "بغيت نهضر مع شي واحد", "شي بنادم", "عيطو ليا عافاك", "بغيت نهضر مع مسؤول"},
			{"التحدث مع مستشار", "أريد شخصا", "موظف", "أريد التحدث مع شخص", "اتصلوا بي من فضلكم"},
			{"conseiller", "un conseiller svp", "je veux parler à quelqu'un", "une vraie personne", "rappelez-moi"},
			{"ⵍⵎⵓⵙⵜⴰⵛⴰⵔ", "ⵔⵉⵖ ⴰⴷ ⵙⴰⵡⵍⵖ ⴷ ⵓⴼⴳⴰⵏ", "ⴰⴼⴳⴰⵏ"},
			{"lmustachar", "righ ad sawlgh d ufgan", "afgan", "bnadem"},
		},
		Language: {
			{"lougha", "bdel lougha", "bghit nbdel lougha", "logha 3afak", "beddel llougha"},
			{"اللغة", "بدل اللوغة", "بغيت نبدل اللغة", "لغة خرى"},
			{"اللغة", "تغيير اللغة", "أريد تغيير اللغة", "لغة أخرى من فضلكم"},
			{"langue", "changer de langue", "je veux changer de langue", "une autre langue svp"},
			{"ⵜⵓⵜⵍⴰⵢⵜ", "ⵙⵏⴼⵍ ⵜⵓⵜⵍⴰⵢⵜ", "ⵔⵉⵖ ⴰⴷ ⵙⵏⴼⵍⵖ ⵜⵓⵜⵍⴰⵢⵜ"},
			{"tutlayt", "snfl tutlayt", "tutlayt yadn", "righ ad bddelgh tutlayt"},
		},
	} {
		for _, texts := range forms {
			for _, text := range texts {
				if got, lang, ok := Universal(text); !ok || got != word || lang != "" {
					t.Errorf("Universal(%q) = %q %q %v, want %q", text, got, lang, ok, word)
				}
			}
		}
	}
}

// A language is asked for in any words, in any of the languages.
func TestLanguageInAnyWords(t *testing.T) {
	for want, texts := range map[locales.Lang][]string{
		locales.Darija: {
			"darija", "b darija", "bddarija 3afak", "bghit nhder b darija", "hder m3aya b darija", "kemmel m3aya b darija", "bdel l darija", "jawbni b darija", "ghir b darija", "rje3 l darija", "momkin b darija?",
			"الدارجة", "بالدارجة", "هضر معايا بالدارجة", "بغيت بالدارجة", "جاوبني بالدارجة", "بدل للدارجة", "كمل بالدارجة عافاك", "نهدرو بالدارجة",
			"أريد التحدث بالدارجة", "تحدث معي بالدارجة المغربية", "أفضل الدارجة", "en darija svp", "je veux parler en darija", "parlez moi en darija", "passe en darija", "je préfère la darija", "continuer en darija",
			"ⵙⴰⵡⵍ ⵙ ⵜⴷⴰⵔⵉⵊⵜ", "ⵜⴰⴷⴰⵔⵉⵊⵜ", "ⵔⵉⵖ ⴷⴷⴰⵔⵉⵊⴰ", "sawl s ddarija", "righ ddarija", "s ddarija",
		},
		locales.Arabic: {
			"bghit l3erbia", "b l3arbia", "hder m3aya b l3arbiya", "bghit nhder b l3arabiya", "l3rbiya 3afak", "bdel l l3arabia", "jawbni bl3arbiya",
			"العربية", "بالعربية", "بغيت العربية", "هضر معايا بالعربية الفصحى", "بدل للعربية", "باللغة العربية من فضلكم", "أريد العربية", "أريد التحدث باللغة العربية", "غير اللغة إلى العربية",
			"arabe", "en arabe", "je veux parler en arabe", "parlez-moi en arabe svp", "arabe classique", "passez en arabe", "l'arabe s'il vous plaît", "on peut continuer en arabe ?",
			"ⵜⴰⵄⵔⴰⴱⵜ", "ⵙⴰⵡⵍ ⵙ ⵜⵄⵔⴰⴱⵜ", "ⵔⵉⵖ ⵜⴰⵄⵔⴰⴱⵜ", "sawl s ta3rabt", "righ ta3rabt", "siwl didi s t3rabt",
		},
		locales.French: {
			"français", "en français", "FRANCAIS", "fransawiya", "b lfransawiya", "bghit lfransawiya", "hder m3aya b français", "bdel l français", "jawbni b fransawia", "bghit nkteb b français",
			"الفرنسية", "بالفرنسية", "بالفرونسي عافاك", "هضر معايا بالفرونسية", "بدل للفرنسية", "أريد التحدث بالفرنسية", "بالفرانساوية",
			"je veux parler en français", "on peut parler français ?", "parlez français svp", "je préfère le français", "passez au français", "mettez en français", "répondez en français",
			"ⵜⴰⴼⵔⴰⵏⵙⵉⵙⵜ", "ⵙⴰⵡⵍ ⵙ ⵜⴼⵔⴰⵏⵙⵉⵙⵜ", "tafransist", "s tfransist", "sawl s tafransist", "rar t s tfransist",
		},
		locales.Tamazight: {
			"tamazight", "b tamazight", "hder m3aya b tamazight", "bghit tamazight", "chel7a", "b chel7a 3afak", "bdel l tamazight", "bghit nhder b tachelhit", "dwi m3aya b tarifit", "tamazight 3afak", "b soussiya",
			"الأمازيغية", "بالأمازيغية", "بالشلحة", "هضر معايا بالشلحة", "بغيت تمازيغت", "أريد الأمازيغية", "تحدث معي بالأمازيغية", "بالريفية", "دوي معايا بالسوسية", "تاشلحيت",
			"en tamazight", "je veux parler en tamazight", "parlez-moi en amazigh", "berbère", "passez en tamazight svp", "je préfère le tamazight",
			"ⵜⴰⵎⴰⵣⵉⵖⵜ", "ⵙⴰⵡⵍ ⵙ ⵜⵎⴰⵣⵉⵖⵜ", "ⵔⵉⵖ ⵜⴰⵎⴰⵣⵉⵖⵜ", "ⵙⵉⵡⵍ ⴷⵉⴷⵉ ⵙ ⵜⵎⴰⵣⵉⵖⵜ", "ⵜⴰⵛⵍⵃⵉⵜ", "sawl s tmazight", "siwl didi s tmazight", "righ tamazight", "siwel akidi s tmazight", "xsegh tamazight",
		},
	} {
		for _, text := range texts {
			if got, lang, ok := Universal(text); !ok || got != Language || lang != want {
				t.Errorf("Universal(%q) = %q %q %v, want language %s", text, got, lang, ok, want)
			}
		}
	}
}

// A plain yes or no, in the six forms of writing.
func TestYesNoInSixForms(t *testing.T) {
	for want, texts := range map[bool][]string{
		true: {
			"iyyeh", "wakha", "ah", "ayeh", "ah wakha", "iyeh 3afak", "na3am", "safi wakha", "wah", "ih", "ewa wakha", "mettafeq", "ah hadi hya", "iyyeh s7i7", "tab3an", "ok wakha", "ah 3lach la",
			"نعم", "إييه", "واخا", "آه", "اه واخا", "إيه نعم", "واخا عافاك", "أجل", "بالطبع", "نعم هذا صحيح", "أكيد", "موافق", "نعم أوافق", "طبعا", "نعم صحيح",
			"oui", "ouii", "oui merci", "ok d'accord", "oui c'est ça", "ouais", "bien sûr", "oui tout à fait", "c'est bon", "oui je veux", "exact", "d accord", "volontiers",
			"ⵢⴰⵀ", "ⵉⵢⵢⵀ", "ⵡⴰⵅⵅⴰ", "ⵢⴰⵀ ⵔⵉⵖ", "ⵢⵢⵉⵀ ⵔⵉⵖ ⵜ", "iyih", "yih", "yah", "wakhkha", "yah righ", "yyih", "waxxa", "yah ighuda",
		},
		false: {
			"lla", "la", "lla chokran", "la mabghitch", "lla 3afak", "ma bghitch", "la machi daba", "lla machi hakka", "la baraka", "lla safi", "nn", "lla mazal",
			"لا", "لا شكرا", "لا ما بغيتش", "ما بغيتش", "ماشي دابا", "لا أريد", "كلا", "لا أوافق", "لا، ليس الآن", "لا ماشي صحيح", "لالا", "لا غير صحيح",
			"non", "non merci", "nn", "non pas maintenant", "pas du tout", "non c'est faux", "jamais", "nan", "non pas d'accord", "non je ne veux pas",
			"ⵓⵀⵓ", "ⵓⵀⵓ ⵓⵔ ⵔⵉⵖ", "ⵓⵔ ⵔⵉⵖ", "uhu", "uhu ur righ", "ouhou", "ur righ", "lla wer xsegh", "wer xsegh", "uhu tanmmirt", "oho",
		},
	} {
		for _, text := range texts {
			if got, ok := YesNo(text); !ok || got != want {
				t.Errorf("YesNo(%q) = %v %v, want %v", text, got, ok, want)
			}
		}
	}
}
