package webchat_test

import (
	"maalem/bot"
	"maalem/locales"
)

// register is a short registration as the flows will say it, to look at and to
// walk through; it keeps no state but what was pressed.
func register(in bot.Inbound) []bot.Message {
	switch {
	case in.Press == "":
		switch {
		case in.Place != nil:
			return []bot.Message{{Lang: locales.French, Text: "Merci. Vous êtes près de \u2068Fès\u2069."}}
		case in.Text == "👋":
			return []bot.Message{
				{Text: "السلام عليكم 👋 أنا المعلم.\nBonjour 👋 je suis Maalem.\nⴰⵣⵓⵍ 👋 ⵏⴽⴽ ⴷ ⴰⵎⵄⵍⵍⵎ."},
				{Text: "اختار اللغة · Choisissez votre langue · ⵙⵜⵉ ⵜⵓⵜⵍⴰⵢⵜ", Choices: []bot.Button{
					{Data: "l:ary", Label: "الدارجة"}, {Data: "l:ar", Label: "العربية"}, {Data: "l:fr", Label: "Français"}, {Data: "l:zgh", Label: "ⵜⴰⵎⴰⵣⵉⵖⵜ · Tamazight"}}},
			}
		case in.Text == "Fatima Zahra":
			return []bot.Message{crafts(""), {Lang: locales.French, Text: "Vous pouvez aussi envoyer une photo de votre travail. Voir https://maalem.example/aide/photos?langue=fr&page=2."}}
		}
		return parrot(in)
	case in.Press == "l:fr":
		return []bot.Message{
			{Lang: locales.French, Text: "Bienvenue. Maalem ne demande jamais d'argent, de code ni de photo de carte."},
			{Lang: locales.French, Text: "Comment vous appelez-vous ?", Recording: &bot.Media{Kind: bot.MediaVoice, Hash: voiceHash}},
		}
	case in.Press == "l:ary", in.Press == "l:ar":
		return []bot.Message{
			{Lang: locales.Darija, Text: "مرحبا بيك. المعلم عمرو ما كيطلب الفلوس ولا الكود ولا تصويرة ديال لاكارط."},
			{Lang: locales.Darija, Text: "رقم \u20662026-11\u2069 مسجل ف\u2068Maison de l'artisan\u2069: \u2066+212 612-345678\u2069.\nواش نتا صانع ولا صانعة؟", Recording: &bot.Media{Kind: bot.MediaVoice, Hash: voiceHash},
				Choices: []bot.Button{{Data: "g:m", Label: "صانع"}, {Data: "g:f", Label: "صانعة"}, {Data: "g:x", Label: "ما بغيتش نقول"}}},
		}
	case in.Press == "l:zgh":
		return []bot.Message{
			{Lang: locales.Tamazight, Text: "ⴰⵏⵙⵓⴼ. ⴰⵎⵄⵍⵍⵎ ⵓⵔ ⵊⵊⵓⵏ ⵉⵜⵜⵔ ⵉⴷⵔⵉⵎⵏ."},
			{Lang: locales.Tamazight, Text: "ⵎⴰ ⵜⴳⵉⴷ? · Votre métier ?", Choices: []bot.Button{
				{Data: "c:1", Label: "ⴰⵎⵣⵡⴰⵔ ⵏ ⵉⵣⵕⴱⴰⵢ", Twin: "Tapis et tissage"}, {Data: "c:2", Label: "ⴰⵎⵣⵉⵍ", Twin: "Forgeron"}, {Data: "c:3", Label: "ⴰⴱⵏⵏⴰⵢ", Twin: "Poterie"}}},
		}
	case in.Press == "m:zellij", in.Press == "m:cuir":
		return []bot.Message{crafts(in.Press)}
	case in.Press == "m:done":
		return []bot.Message{{Lang: locales.French, Text: "Où travaillez-vous ?", AskPlace: "📍 Partager ma position", Choices: []bot.Button{{Data: "p:fes", Label: "Fès"}, {Data: "p:other", Label: "Une autre ville"}}}}
	}
	return []bot.Message{{Lang: locales.Darija, Text: "شكرا بزاف. دابا نتا مسجل."}}
}

func crafts(on string) bot.Message {
	return bot.Message{Lang: locales.French, Text: "Vos métiers ? Touchez-en un ou plusieurs.", Multi: true, Choices: []bot.Button{
		{Data: "m:zellij", Label: "Zellige", On: on == "m:zellij"}, {Data: "m:cuir", Label: "Cuir", On: on == "m:cuir"},
		{Data: "m:bois", Label: "Bois"}, {Data: "m:done", Label: "Terminé ✅"}}}
}

const voiceHash = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
