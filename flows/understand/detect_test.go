package understand

import (
	"testing"

	"maalem/locales"
)

func TestDetect(t *testing.T) {
	for tag, texts := range map[string][]string{
		"ary": {"بغيت نتسجل", "شنو كاين", "واش كاين شي معرض", "فين المعرض ديال فاس", "ما فهمتش", "كندير الزرابي", "عافاك عاوني", "أنا خدام فالجلد", "زرابي ديالي گاع", "دابا بغيت نبيع", "علاش ما جاوبتوش", "غادي نجي غدا"},
		"ar":  {"أريد التسجيل", "هل يوجد معرض قريب", "كيف أصدر منتجاتي", "متى يبدأ التكوين", "لا أفهم السؤال", "من فضلكم ساعدوني", "أود المشاركة في المعرض", "يمكنني البيع في الخارج", "أين يقع المعرض"},
		"fr":  {"je veux m'inscrire", "Bonjour, comment ça marche", "c'est quoi maalem", "j'ai une question", "quelle est la date de la foire", "svp aidez moi", "jveux vendre mes tapis", "koi faire pour exporter", "les formations à Fès", "vendre à l'étranger", "avec plaisir"},
		"ary-Latn": {"bghit ntsejel", "wach kayn chi ma3rad", "kifach n9der nbi3", "3ndi zrabi", "fin lma3rad", "ma fhemtch", "chno hadchi", "bghit formation f zellige", "je veux wach kayn la foire", "mabghitch les messages", "ana khdam f jeld", "safi daba", "imta lfoire dyal fes",
			"7bes", "bghit nvendre mes produits", "kanbi3 les tapis", "smiti Fatima"},
		"zgh":      {"ⵔⵉⵖ ⴰⴷ ⵣⵎⵎⵎⵖ", "ⴰⵣⵓⵍ", "Bonjour ⴰⵣⵓⵍ"},
		"zgh-Latn": {"righ ad zmmemgh", "azul fellawen", "manik ra zznzgh", "ur fhimgh", "is illa lm3rd g agadir", "tanmmirt", "riɣ ad lmdɣ", "mani gh illa", "ism inu Idir", "ur righ ad iyi taznm", "nekk d amzil"},
	} {
		for _, text := range texts {
			if got, sure := Detect(text, ""); got != tag || !sure {
				t.Errorf("Detect(%q) = %s %v, want %s", text, got, sure, tag)
			}
		}
	}
	// What decides nothing stays with the language that was saved.
	for _, text := range []string{"ok", "menu", "stop", "la", "non", "Fatima", "Agadir", "n", "s", "d", "tapis", "12", "foire", "👍", "", "<b>x</b> & i"} {
		for _, saved := range []locales.Lang{locales.Darija, locales.French, locales.Tamazight} {
			got, sure := Detect(text, saved)
			if sure || got != string(saved) && got != string(saved)+"-Latn" {
				t.Errorf("Detect(%q, %s) = %s %v", text, saved, got, sure)
			}
		}
	}
	for _, text := range []string{"السلام", "التسجيل", "معرض", "تصدير", "شكرا"} {
		if got, sure := Detect(text, ""); got != "ary" || sure {
			t.Errorf("Detect(%q) = %s %v, want ary, not sure", text, got, sure)
		}
		if got, sure := Detect(text, locales.Arabic); got != "ar" || sure {
			t.Errorf("Detect(%q, ar) = %s %v, want ar, not sure", text, got, sure)
		}
	}
}

func TestScript(t *testing.T) {
	for in, want := range map[string]string{"سلام": "Arab", "salut": "Latn", "ⴰⵣⵓⵍ": "Tfng", "123": "", "": "", "ⴰⵣⵓⵍ ok": "Tfng", "salam سلام عليكم": "Arab", "٣": "", "riɣ": "Latn"} {
		if got := Script(in); got != want {
			t.Errorf("Script(%q) = %q, want %q", in, got, want)
		}
	}
}
