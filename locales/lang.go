// Package locales holds what every text of Maalem needs to be read by a person:
// the languages, texts in several of them, plural forms, fallbacks, digits,
// dates and bidirectional isolates.
//
// It is a leaf: it imports nothing of Maalem and knows no channel, flow or store.
// Its invariant is that rendering never fails: a hole falls back along a fixed,
// tested chain, and `maalem check` reports the hole.
package locales

import "strings"

// Lang is a language as a person reads it. Four are stored and written by
// translators; TamazightLatin is a view of Tamazight for those who do not read
// Tifinagh, derived from it unless a translator wrote it out.
type Lang string

// The languages of Maalem, by BCP 47 tag.
const (
	Darija         Lang = "ary"
	Arabic         Lang = "ar"
	French         Lang = "fr"
	Tamazight      Lang = "zgh"
	TamazightLatin Lang = "zgh-Latn"
)

// All lists the written languages in the order in which they are offered.
func All() []Lang { return []Lang{Darija, Arabic, French, Tamazight} }

// Views lists every way a person can read Maalem: All, and Tamazight in Latin letters.
func Views() []Lang { return []Lang{Darija, Arabic, French, Tamazight, TamazightLatin} }

// Base is the language behind a view: Tamazight for TamazightLatin, itself otherwise.
func (l Lang) Base() Lang {
	if l == TamazightLatin {
		return Tamazight
	}
	return l
}

// RTL reports whether the language is written from right to left. Tifinagh is not.
func (l Lang) RTL() bool { return l == Darija || l == Arabic }

// Valid reports whether l is one of Views.
func (l Lang) Valid() bool {
	switch l {
	case Darija, Arabic, French, Tamazight, TamazightLatin:
		return true
	}
	return false
}

// SelfName is the language's name in itself, as shown on the language buttons.
func (l Lang) SelfName() string {
	switch l {
	case Darija:
		return "الدارجة"
	case Arabic:
		return "العربية"
	case French:
		return "Français"
	case Tamazight:
		return "ⵜⴰⵎⴰⵣⵉⵖⵜ"
	case TamazightLatin:
		return "Tamazight"
	}
	return string(l)
}

// Hint maps a tag given by a network or a browser (Telegram's language_code,
// Accept-Language) to one of ours; false when it says nothing and the person is
// asked. Generic matchers send ber, tzm and ary-Latn to French, hence our own table.
func Hint(tag string) (Lang, bool) {
	tag = strings.ToLower(strings.ReplaceAll(strings.TrimSpace(tag), "_", "-"))
	primary, rest, _ := strings.Cut(tag, "-")
	if strings.Contains("-"+rest+"-", "-tfng-") {
		return Tamazight, true
	}
	switch primary {
	case "ary", "arq":
		return Darija, true
	case "ar":
		return Arabic, true
	case "fr":
		return French, true
	case "zgh", "ber", "shi", "tzm", "rif", "kab", "amz":
		return Tamazight, true
	}
	return "", false
}
