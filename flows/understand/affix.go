package understand

import (
	"strings"
	"unicode/utf8"
)

// What Darija, Arabic and Tamazight tie to a word, folded. A prefix may be the
// article, a preposition or the person of a verb; a suffix a person, a plural,
// the -ch of a negation, the -gh of a Tamazight verb.
var (
	latinPrefixes = []string{
		"l", "el", "al", "ll", "lel", "lil", "f", "fl", "fel", "fi", "b", "bl", "bel", "w", "u", "wl", "d", "dl", "del", "n", "ne", "t", "te",
		"j", "qu", "y", "i", "ye", "yi", "ti", "tt", "it", "itt", "ntt", "da", "ad", "ka", "kan", "kane", "kat", "kay", "ki", "ta", "tan", "tat", "tay", "ɣa", "ɣan", "ɣat", "ɣay", "ɣi", "a", "s", "m", "ha",
	}
	latinSuffixes = []string{
		"uliya", "oliya", "uli", "oli", "uni", "oni", "uhum", "ohom", "uha", "oha", "uh", "oh", "uʃ", "oʃ", "iha", "iwha", "iw", "iʃ", "itʃ", "tʃ", "tha", "thum", "tni", "ana",
		"likum", "likom", "lkum", "lkom", "lina", "lhum", "lhom", "liyya", "kom", "wah", "wni", "hali", "halkum",
		"ɣt", "mt", "nt", "amt", "atn", "ten", "aɣ", "eɣ", "ax", "ex", "ekum", "nneɣ", "inu",
		"ʃ", "i", "ni", "ha", "u", "o", "w", "hum", "hom", "na", "t", "at", "in", "ek", "k", "kum", "li", "lia", "liya", "lih", "lik", "a", "e",
		"s", "es", "x", "r", "er", "ez", "h", "ɣ", "n", "an", "d", "y", "ya", "m", "en", "ti", "tna", "tu", "tek", "tkum",
		"im", "em", "am", "id", "ed", "it", "et", "iyi", "ayi", "yi", "as", "asn", "mi",
	}
	arabicPrefixes = []string{
		"ال", "ل", "لل", "وال", "بال", "فال", "كال", "دال", "ف", "ب", "و", "ك", "د", "ن", "ت", "ي", "كن", "كت", "كي", "كا", "تن", "تت",
		"تي", "غن", "غت", "غي", "غا", "س", "سا", "ا", "لن", "نت", "ول", "فل", "بل", "لت", "لي", "مت", "وت", "ون", "وي", "كنت", "سن", "ست", "سي", "غنت", "ست", "يت", "تت", "نتا", "كم", "ما", "م",
	}
	arabicSuffixes = []string{
		"ش", "ي", "ني", "ها", "هم", "نا", "ت", "ات", "ين", "ون", "ه", "ك", "كم", "و", "وا", "ا", "لي", "ليا", "ليه", "ان", "تي", "تو", "وش", "هاش",
		"وني", "ونا", "وها", "وهم", "تها", "تهم", "تك", "تكم", "تنا", "ته", "وليا", "ليكم", "لكم", "لينا", "لنا", "ولي", "وه", "ين", "ونه", "ونها", "ونني", "ية", "يه", "يش", "تش", "اتي", "اتنا", "اتكم",
	}
	articles = []string{"l", "el", "al", "ال", "ل"}
)

// stripped is a word without what its language ties to it.
type stripped struct {
	rest  string
	left  int // letters
	level level
}

// strip lists what may be left of a word without one prefix, one suffix or both,
// at least three letters, four when both went from a Latin word; as many as dst
// has room for.
func strip(dst []stripped, t token) []stripped {
	word := t.fold
	prefixes, suffixes, least := latinPrefixes, latinSuffixes, 4
	if first, _ := utf8.DecodeRuneInString(word); first >= 0x0600 && first <= 0x06FF {
		prefixes, suffixes, least = arabicPrefixes, arabicSuffixes, 3
	}
	put := func(rest string, left int, l level) {
		if len(dst) < cap(dst) {
			dst = append(dst, stripped{rest, left, l})
		}
	}
	for _, p := range prefixes {
		if rest, found := strings.CutPrefix(word, p); found {
			if left := t.runes - utf8.RuneCountInString(p); left >= 3 {
				put(rest, left, prefixed)
			}
		}
	}
	single := len(dst)
	for _, s := range suffixes {
		if rest, found := strings.CutSuffix(word, s); found {
			if left := t.runes - utf8.RuneCountInString(s); left >= 3 {
				put(rest, left, affixed)
			}
		}
	}
	for i := range single {
		for _, s := range suffixes {
			if rest, found := strings.CutSuffix(dst[i].rest, s); found {
				if left := dst[i].left - utf8.RuneCountInString(s); left >= least {
					put(rest, left, affixed)
				}
			}
		}
	}
	// A doubled first consonant is the article before a sun letter: ttekwin, ssuq.
	if len(word) > 4 && word[0] == word[1] && word[0] < 0x80 {
		put(word[1:], t.runes-1, prefixed)
	}
	return dst
}

// affixes looks a word up without what its language tied to it.
func (x *index) affixes(dst []hit, forms []stripped, ts []token, i int, covered *[kinds]int) []hit {
	found := false
	for _, f := range forms {
		if dst, found = x.bare(dst, f.rest, ts, i, f.left, f.level, covered); found {
			return dst
		}
	}
	return dst
}

// inflected gives the forms under which a word of the lexicon is met beside those
// that strip finds: a verb in the first person without its person (نصيفط, nsifet,
// أسجل), a Tamazight noun in the annexed state (tamazirt, tmazirt; afgan, ufgan).
func inflected(word string) []string {
	n := utf8.RuneCountInString(word)
	var out []string
	first, size := utf8.DecodeRuneInString(word)
	rest := word[size:]
	switch {
	case first == 'n' && n > 4, first == 'ن' && n > 3, first == 'ا' && n > 3 && !strings.HasPrefix(rest, "ل"):
		out = append(out, rest)
	}
	switch {
	case n > 4 && (strings.HasPrefix(word, "ta") || strings.HasPrefix(word, "ti")) && !vowel(word[2]):
		out = append(out, "t"+word[2:])
	case n > 4 && word[0] == 'a' && !vowel(word[1]):
		out = append(out, "u"+word[1:], "w"+word)
	case n > 4 && word[0] == 'i' && !vowel(word[1]):
		out = append(out, "y"+word)
	}
	return out
}

// bare looks up what is left of a word, alone and with the words after it.
func (x *index) bare(dst []hit, rest string, ts []token, i, left int, l level, covered *[kinds]int) ([]hit, bool) {
	found := false
	var buf [128]byte
	for n := min(3, len(ts)-i); n > 0; n-- {
		if n == 1 && left < 3 {
			break
		}
		key := compact(append(buf[:0], rest...), ts[i+1:i+n])
		if dst, found = x.take(dst, x.exact[string(key)], i, n, l, covered, false); found {
			return dst, true
		}
	}
	return dst, false
}
