package webchat_test

import (
	"maps"

	"maalem/locales"
)

// phrases stand in for the catalog's.
func phrases(l locales.Lang) map[string]string {
	fr := map[string]string{
		"web.title": "Maalem", "web.placeholder": "Écrivez ici", "web.send": "Envoyer", "web.attach": "Joindre une photo ou un fichier",
		"web.record": "Enregistrer un message vocal", "web.stop_recording": "Envoyer l'enregistrement", "web.offline": "Pas de connexion. Vos messages partiront à son retour.",
		"web.reconnecting": "Reconnexion…", "web.forget": "Oublier cet appareil", "web.forget_confirm": "Cet appareil oubliera la conversation. Continuer ?",
		"web.forgotten": "C'est oublié.", "web.listen": "Écouter", "web.typing": "Maalem écrit", "web.you": "Vous", "web.maalem": "Maalem",
		"web.new_messages": "Nouveaux messages", "web.too_big": "Ce fichier est trop grand.", "web.menu": "Menu", "web.language": "Langue",
		"web.jump_to_question": "Aller à la question", "web.microphone_denied": "Le micro n'est pas autorisé.", "web.install_hint": "Gardez Maalem : ajoutez cette page à l'écran d'accueil.",
		"web.lead":  "Maalem accompagne les artisans : s'inscrire, trouver une formation ou un salon, exporter pas à pas.",
		"web.start": "Commencer", "web.continue": "Continuer", "web.telegram": "Ouvrir dans Telegram", "web.not_sent": "Pas encore envoyé, nouvel essai…",
		"web.cancel": "Annuler", "web.refresh": "Actualiser", "web.photo": "Photo", "web.voice": "Message vocal", "web.file": "Fichier",
		"web.not_found": "Cette page n'existe pas.", "web.busy": "Beaucoup de monde. Réessayez dans un instant.", "web.went_wrong": "Un souci de notre côté. Réessayez.",
	}
	ary := map[string]string{
		"web.title": "المعلم", "web.placeholder": "كتب هنا", "web.send": "صيفط", "web.attach": "زيد تصويرة ولا ملف", "web.record": "سجّل صوتك", "web.stop_recording": "صيفط التسجيل",
		"web.offline": "ما كاينش الكونيكسيون.", "web.reconnecting": "كنرجعو نتصلو…", "web.forget": "نسى هاد التيليفون", "web.forget_confirm": "هاد التيليفون غادي ينسى الهضرة. نكملو؟",
		"web.forgotten": "صافي تنسات.", "web.listen": "سمع", "web.typing": "المعلم كيكتب", "web.you": "نتا", "web.maalem": "المعلم", "web.new_messages": "ميساجات جداد",
		"web.too_big": "هاد الملف كبير بزاف.", "web.menu": "القائمة", "web.language": "اللغة", "web.jump_to_question": "سير للسؤال", "web.microphone_denied": "الميكرو ما مسموحش.",
		"web.install_hint": "خلّي المعلم قريب: زيد هاد الصفحة للشاشة.", "web.lead": "المعلم كيعاون الصنايعية: التسجيل، التكوينات والمعارض، والتصدير خطوة بخطوة.",
		"web.start": "بدا", "web.continue": "كمّل", "web.telegram": "حلّ فتيليگرام", "web.not_sent": "ما تصيفطش مازال، كنعاودو…", "web.cancel": "رجع", "web.refresh": "جدّد",
		"web.photo": "تصويرة", "web.voice": "رسالة صوتية", "web.file": "ملف", "web.not_found": "هاد الصفحة ما كايناش.", "web.busy": "بزاف ديال الناس دابا.", "web.went_wrong": "وقع مشكل عندنا. عاود.",
	}
	zgh := map[string]string{
		"web.title": "ⴰⵎⵄⵍⵍⵎ", "web.placeholder": "ⴰⵔⴰ ⴷⴰ", "web.send": "ⴰⵣⵏ", "web.menu": "ⵓⵎⵓⵖ", "web.language": "ⵜⵓⵜⵍⴰⵢⵜ", "web.listen": "ⵙⵙⴼⵍⴷ", "web.start": "ⴱⴷⵓ", "web.continue": "ⴽⵎⵎⵍ",
		"web.you": "ⴽⵢⵢⵉⵏ", "web.maalem": "ⴰⵎⵄⵍⵍⵎ", "web.lead": "ⴰⵎⵄⵍⵍⵎ ⴰⵔ ⵉⵜⵜⴰⵡⵙ ⵉ ⵉⵎⵙⵏⴰⵄⵏ: ⴰⵣⵎⵎⴻⵎ, ⴰⵙⵎⵓⵜⵜⴳ, ⴰⵙⵙⵓⴼⵖ.", "web.jump_to_question": "ⴷⴷⵓ ⵖⵔ ⵓⵙⵇⵙⵉ", "web.forget": "ⵜⵜⵓ ⴰⵎⴰⵙⵙ ⴰⴷ",
	}
	ar := map[string]string{"web.lead": "يرافق المعلم الصناع التقليديين: التسجيل والتكوين والمعارض والتصدير خطوة بخطوة.", "web.start": "ابدأ", "web.title": "المعلم", "web.placeholder": "اكتب هنا", "web.listen": "استمع", "web.telegram": "افتح في تيليغرام"}
	switch l {
	case locales.Darija:
		return ary
	case locales.Arabic:
		all := maps.Clone(ary)
		maps.Copy(all, ar)
		return all
	case locales.Tamazight:
		return zgh
	}
	return fr
}
