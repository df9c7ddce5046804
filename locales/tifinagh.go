package locales

import (
	"strings"
	"unicode"
)

// ToLatin transliterates Tifinagh letter by letter into the Latin letters of
// Moroccan linguists (ɣ, ɛ, ḥ, ḍ…), with a capital at the beginning of each
// sentence. Everything else stays as it is: Latin and Arabic words, digits,
// {placeholders}, French twins in brackets. Letters outside IRCAM's set stay too.
//
// It is one-way: what people type in Latin letters is never turned into Tifinagh.
func ToLatin(tifinagh string) string { return transliterate(tifinagh, true) }

// inLatin is ToLatin without capitals, for words that go inside a sentence.
func inLatin(tifinagh string) string { return transliterate(tifinagh, false) }

func transliterate(s string, capitals bool) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return latinOf(r) != 0 }) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	start, ended, inside := capitals, false, false
	for i, r := range s {
		switch {
		case inside: // a placeholder's name
			inside = r != '}'
		case r == '{':
			_, _, inside = placeholder(s[i:])
			start, ended = false, false
		case latinOf(r) != 0:
			l := latinOf(r)
			if start {
				l = unicode.ToUpper(l)
			}
			b.WriteRune(l)
			start, ended = false, false
			continue
		case r == '\n':
			start, ended = capitals, false
		case unicode.IsSpace(r):
			start, ended = start || ended && capitals, false
		case r == '.' || r == '?' || r == '!':
			ended = true
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			start, ended = false, false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// latinOf is the Latin letter for one of IRCAM's, 0 for anything else. ⵯ rounds the
// letter before it (ⴳⵯ, ⴽⵯ).
func latinOf(r rune) rune {
	switch r {
	case 'ⴰ':
		return 'a'
	case 'ⴱ':
		return 'b'
	case 'ⴳ':
		return 'g'
	case 'ⴷ':
		return 'd'
	case 'ⴹ':
		return 'ḍ'
	case 'ⴻ':
		return 'e'
	case 'ⴼ':
		return 'f'
	case 'ⴽ':
		return 'k'
	case 'ⵀ':
		return 'h'
	case 'ⵃ':
		return 'ḥ'
	case 'ⵄ':
		return 'ɛ'
	case 'ⵅ':
		return 'x'
	case 'ⵇ':
		return 'q'
	case 'ⵉ':
		return 'i'
	case 'ⵊ':
		return 'j'
	case 'ⵍ':
		return 'l'
	case 'ⵎ':
		return 'm'
	case 'ⵏ':
		return 'n'
	case 'ⵓ':
		return 'u'
	case 'ⵔ':
		return 'r'
	case 'ⵕ':
		return 'ṛ'
	case 'ⵖ':
		return 'ɣ'
	case 'ⵙ':
		return 's'
	case 'ⵚ':
		return 'ṣ'
	case 'ⵛ':
		return 'c'
	case 'ⵜ':
		return 't'
	case 'ⵟ':
		return 'ṭ'
	case 'ⵡ':
		return 'w'
	case 'ⵢ':
		return 'y'
	case 'ⵣ':
		return 'z'
	case 'ⵥ':
		return 'ẓ'
	case 'ⵯ':
		return 'ʷ'
	}
	return 0
}

// IRCAM reports whether a letter of the Tifinagh block belongs to the alphabet of
// IRCAM (CLDR's exemplars for zgh, and ⵯ). A letter that does not, Tuareg ⴵ for
// example, is a typing slip in a translation; from people everything is taken.
func IRCAM(r rune) bool { return latinOf(r) != 0 }
