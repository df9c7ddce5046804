package understand

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The letters that stand for one sound in folded Latin and Tifinagh text. Of
// these only ħ is not in everybody's spelling: it is a 7 after a letter with
// which an h would make another sound (k7el is not khel).
const (
	sh  = 'ʃ'
	gh  = 'ɣ'
	ayn = 'ʕ'
	hah = 'ħ'
)

// Fold turns a text into its search key: one spelling for what people write in
// many. Case, accents, vowel marks, tatweel, forms of alef, Arabic-Indic digits,
// the digits and digraphs of Arabizi, Tifinagh and Latin letters; words are
// separated by one space and nothing else is left. Arabic stays in Arabic
// letters. Folding twice is folding once. The original is kept by the caller: a
// key is never shown. Source of the rules: MediaWiki and IRCAM usage as gathered
// in the project's language notes.
func Fold(text string) string {
	return string(fold(text))
}

// fold is Fold into runes.
func fold(text string) []rune {
	return digraphs(arabizi(letters(limit(text))))
}

// letters maps every character to a letter, a digit or a space.
func letters(text string) []rune {
	if !plain(text) {
		text = norm.NFKD.String(text)
	}
	out := make([]rune, 0, len(text)+8)
	between := false // ⴻ stood here
	for _, r := range text {
		if r == 'ⴻ' {
			between = true
			continue
		}
		if between {
			between = false
			if l := tifinagh(r); len(out) > 0 && len(l) == 1 && out[len(out)-1] == l[0] {
				out = append(out, 'e')
			}
		}
		if r < 0x80 {
			switch {
			case r >= 'A' && r <= 'Z':
				r += 'a' - 'A'
			case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '\'':
			default:
				r = ' '
			}
			out = append(out, r)
			continue
		}
		out = appendLetter(out, r)
	}
	return out
}

// plain tells a text that decomposing would not change beyond what letters maps
// itself: most of what is typed, and much the faster way.
func plain(text string) bool {
	for _, r := range text {
		switch {
		case r < 0x80, r >= 0x0621 && r <= 0x0652, r >= 0x0660 && r <= 0x0669, r >= 0x2D30 && r <= 0x2D67, r == '،', r == '؟', r == '’':
		default:
			return false
		}
	}
	return true
}

// appendLetter maps one character beyond ASCII.
func appendLetter(out []rune, r rune) []rune {
	switch {
	case r >= 0x0621 && r <= 0x064A:
		if m := arabicLetters[r-0x0621]; m != 0 {
			return append(out, m)
		}
		return out
	case r >= 0x064B && r <= 0x065F:
		return out
	case r >= 0x2D30 && r <= 0x2D6F:
		return append(out, tifinagh(r)...)
	case r >= 0x0660 && r <= 0x0669:
		return append(out, r-0x0660+'0')
	case r >= 0x06F0 && r <= 0x06F9:
		return append(out, r-0x06F0+'0')
	}
	if s, ok := special[r]; ok {
		return append(out, []rune(s)...)
	}
	switch {
	case unicode.Is(unicode.M, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Sk, r), unicode.Is(unicode.Lm, r):
		return out // marks, joiners
	case unicode.IsLetter(r):
		if l := unicode.ToLower(r); l != r {
			if s, ok := special[l]; ok {
				return append(out, []rune(s)...)
			}
			if l < 0x80 || unicode.IsLetter(l) {
				return append(out, l)
			}
		}
		return append(out, r)
	}
	return append(out, ' ')
}

// arabicLetters maps U+0621 to U+064A, in order: forms of alef alike, ta marbuta
// as ha, hamza left out with its seat kept, tatweel left out.
var arabicLetters = [...]rune{
	0, 'ا', 'ا', 'و', 'ا', 'ي', 'ا', 'ب', 'ه', 'ت', 'ث', 'ج', 'ح', 'خ', 'د', 'ذ', 'ر', 'ز', 'س', 'ش', 'ص', 'ض', 'ط', 'ظ', 'ع', 'غ',
	'ك', 'ك', 'ي', 'ي', 'ي', 0, 'ف', 'ق', 'ك', 'ل', 'م', 'ن', 'ه', 'و', 'ي', 'ي',
}

// special holds the letters that decomposing does not bring home.
var special = map[rune]string{
	'œ': "oe", 'æ': "ae", 'ß': "ss", 'ø': "o", 'ı': "i", 'ł': "l", 'đ': "d", 'ŧ': "t",
	'ɣ': "ɣ", 'γ': "ɣ", 'ɛ': "ʕ", 'ε': "ʕ", 'ʕ': "ʕ", 'ʃ': "ʃ", 'ħ': "ħ", 'ʷ': "w", 'ə': "e", 'ǝ': "e",
	'’': "'", '‘': "'", '`': "'", '´': "'", 'ʼ': "'", 'ʾ': "'", 'ʿ': "ʕ", 'ˁ': "ʕ",
	'ٱ': "ا", 'ۃ': "ه", 'ہ': "ه", 'ھ': "ه", 'ە': "ه", 'ی': "ي", 'ې': "ي", 'ے': "ي",
	'گ': "ك", 'ڭ': "ك", 'ݣ': "ك", 'ک': "ك", 'ڤ': "ف", 'ڥ': "ف", 'پ': "ب", 'چ': "ش", 'ژ': "ج", 'ۆ': "و",
}

// tifinagh maps the letters of the Tifinagh block to the same folded letters as
// Latin spellings of Tamazight. ⴻ is an e where it breaks up identical consonants
// (ⵣⵎⵎⴻⵎ, zmmem), which without it would be a run of three, and goes elsewhere.
func tifinagh(r rune) []rune {
	if s, ok := tifinaghLetters[r]; ok {
		return s
	}
	return nil
}

var tifinaghLetters = map[rune][]rune{
	'ⴰ': {'a'}, 'ⴱ': {'b'}, 'ⴲ': {'b'}, 'ⴳ': {'g'}, 'ⴴ': {'g'}, 'ⴵ': {'j'}, 'ⴶ': {'j'}, 'ⴷ': {'d'}, 'ⴸ': {'d'}, 'ⴹ': {'d'}, 'ⴺ': {'d'}, 'ⴻ': {},
	'ⴼ': {'f'}, 'ⴽ': {'k'}, 'ⴾ': {'k'}, 'ⴿ': {'k'}, 'ⵀ': {'h'}, 'ⵁ': {'h'}, 'ⵂ': {'h'}, 'ⵃ': {'ħ'}, 'ⵄ': {'ʕ'}, 'ⵅ': {'x'}, 'ⵆ': {'x'}, 'ⵇ': {'q'},
	'ⵈ': {'q'}, 'ⵉ': {'i'}, 'ⵊ': {'j'}, 'ⵋ': {'j'}, 'ⵌ': {'j'}, 'ⵍ': {'l'}, 'ⵎ': {'m'}, 'ⵏ': {'n'}, 'ⵐ': {'n'}, 'ⵑ': {'n'}, 'ⵒ': {'p'}, 'ⵓ': {'u'},
	'ⵔ': {'r'}, 'ⵕ': {'r'}, 'ⵖ': {'ɣ'}, 'ⵗ': {'ɣ'}, 'ⵘ': {'j'}, 'ⵙ': {'s'}, 'ⵚ': {'s'}, 'ⵛ': {'ʃ'}, 'ⵜ': {'t'}, 'ⵝ': {'t'}, 'ⵞ': {'ʃ'}, 'ⵟ': {'t'},
	'ⵠ': {'v'}, 'ⵡ': {'w'}, 'ⵢ': {'y'}, 'ⵣ': {'z'}, 'ⵤ': {'z'}, 'ⵥ': {'z'}, 'ⵦ': {'e'}, 'ⵧ': {'o'}, 'ⵯ': {'w'},
}

// digraphs joins the letters that write one sound, then collapses runs of three
// or more equal letters (bzaaaaf): doubles mean something, triples are only feeling.
func digraphs(in []rune) []rune {
	out := in[:0]
	space := true
	for i := 0; i < len(in); i++ {
		r := in[i]
		if r == ' ' {
			space = true
			continue
		}
		if space && len(out) > 0 {
			out = append(out, ' ')
		}
		space = false
		if i+1 < len(in) && in[i+1] == 'h' {
			switch r {
			case 's', 'c':
				r, i = sh, i+1
			case 'k':
				r, i = 'x', i+1
			case 'g':
				r, i = gh, i+1
			}
		}
		if r == 'u' {
			for len(out) > 0 && out[len(out)-1] == 'o' {
				out = out[:len(out)-1]
			}
		}
		out = append(out, r)
	}
	return runs(out)
}

// runs reduces three or more equal letters to one.
func runs(in []rune) []rune {
	out := in[:0]
	for i := 0; i < len(in); {
		j := i + 1
		for j < len(in) && in[j] == in[i] {
			j++
		}
		n := j - i
		if n > 2 && (in[i] < '0' || in[i] > '9') {
			n = 1
		}
		r := in[i]
		for ; n > 0; n-- {
			out = append(out, r)
		}
		i = j
	}
	return out
}
