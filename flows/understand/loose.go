package understand

import "strings"

// loose appends to dst the key of a folded word without what spelling in the
// languages leaves free: e and ayn are written or not, o is u, w is u, y is i,
// doubles are single, a final h is silent; in Arabic script the letters that
// Darija does not tell apart (ث ت, ذ د, ظ ض) and the last alef or ha. It keeps
// the other vowels, so that it tells far more words apart than a skeleton.
func loose(dst []byte, word string) []byte {
	start := len(dst)
	var last rune
	for _, r := range word {
		switch r {
		case 'e', ayn:
			continue
		case 'o', 'w':
			r = 'u'
		case 'y':
			r = 'i'
		case hah:
			r = 'h'
		case 'p':
			r = 'b'
		case 'v':
			r = 'f'
		case 'ث', 'ط':
			r = 'ت'
		case 'ذ', 'ظ', 'ض':
			r = 'د'
		case 'ص':
			r = 'س'
		}
		if r == last {
			continue
		}
		last = r
		dst = append(dst, string(r)...)
	}
	switch {
	case len(dst) <= start+2:
	case last == 'h':
		dst = dst[:len(dst)-1]
	case last == 'ا' || last == 'ه':
		dst = dst[:len(dst)-len("ا")]
	}
	return dst
}

// looseLength and loosePhrase are the least number of letters of the loose key of
// a word and of a phrase: what two words join to by chance is mostly short.
const (
	looseLength = 4
	loosePhrase = 6
)

// frenchEndings are the inflections of French, longest first.
var frenchEndings = []string{
	"issements", "issement", "ations", "ements", "ation", "ement", "eraient", "erions", "erais", "erait", "erons", "eront", "aient", "assent",
	"erai", "eras", "erez", "ions", "ires", "era", "ire", "iez", "ons", "ant", "ait", "ais", "ees", "ies", "ent", "ee", "ez", "er", "es", "ie", "ir", "is", "it",
	"e", "s", "x", "i",
}

// frenchKey appends to dst how a folded French word sounds, without its ending:
// s'inscrir, inscrire, inscrit; formasion, formation; suprimé, supprimez. Shorter
// keys than four letters are no keys.
func frenchKey(dst []byte, word string) []byte {
	start := len(dst)
	for _, e := range frenchEndings {
		if len(word) >= len(e)+4 && strings.HasSuffix(word, e) {
			word = word[:len(word)-len(e)]
			break
		}
	}
	put := func(c byte) {
		if n := len(dst); n == start || dst[n-1] != c {
			dst = append(dst, c)
		}
	}
	at := func(i int) byte {
		if i >= 0 && i < len(word) {
			return word[i]
		}
		return 0
	}
	for i := 0; i < len(word); i++ {
		c, next := word[i], at(i+1)
		front := next == 'e' || next == 'i' || next == 'y'
		switch {
		case c == 'h' || c >= '0' && c <= '9':
		case c == 'p' && next == 'h':
			put('f')
		case c == 'c' && front, c == 'z':
			put('s')
		case c == 'c' && next == 'k':
		case c == 'c' || c == 'q':
			put('k')
			if c == 'q' && next == 'u' {
				i++
			}
		case c == 't' && next == 'i' && at(i+2) == 'o' && at(i+3) == 'n':
			put('s')
		case c == 'x':
			put('k')
			put('s')
		case c == 'g' && front:
			put('j')
		case c == 'y':
			put('i')
		case c == 'a' && next == 'i', c == 'e' && next == 'i':
			put('e')
			i++
		case c == 'a' && next == 'u':
			put('o')
			i++
		case (c == 'e' || c == 'a') && (next == 'n' || next == 'm') && !vowel(at(i+2)) && at(i+2) != next:
			put('a')
			put('n')
			i++
		default:
			put(c)
		}
	}
	if len(dst)-start < 4 {
		return dst[:start]
	}
	return dst
}

func vowel(c byte) bool {
	switch c {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		return true
	}
	return false
}
