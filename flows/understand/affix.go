package understand

import "unicode/utf8"

// What Darija, Arabic and Tamazight tie to a word, folded. A prefix may be the
// article, a preposition or the person of a verb; a suffix a person, a plural,
// the -ch of a negation, the -gh of a Tamazight verb.
var (
	latinPrefixes = []string{
		"l", "el", "al", "ll", "lel", "lil", "f", "fl", "fel", "fi", "b", "bl", "bel", "w", "u", "wl", "d", "dl", "del", "n", "ne", "t", "te",
		"y", "i", "ye", "ka", "kan", "kane", "kat", "kay", "ki", "ta", "tan", "tat", "tay", "ɣa", "ɣan", "ɣat", "ɣay", "ɣi", "a", "s", "m", "ha",
	}
	latinSuffixes = []string{
		"ʃ", "i", "ni", "ha", "u", "o", "w", "hum", "hom", "na", "t", "at", "in", "ek", "k", "kum", "li", "lia", "liya", "lih", "lik", "a", "e",
		"s", "es", "x", "r", "er", "ez", "é", "h", "ɣ", "n", "an", "d", "y", "ya",
	}
	arabicPrefixes = []string{
		"ال", "ل", "لل", "وال", "بال", "فال", "كال", "دال", "ف", "ب", "و", "ك", "د", "ن", "ت", "ي", "كن", "كت", "كي", "كا", "تن", "تت",
		"تي", "غن", "غت", "غي", "غا", "س", "سا", "ا", "لن", "نت", "ول", "فل", "بل",
	}
	arabicSuffixes = []string{
		"ش", "ي", "ني", "ها", "هم", "نا", "ت", "ات", "ين", "ون", "ه", "ك", "كم", "و", "وا", "ا", "لي", "ليا", "ليه", "ه", "ان", "تي", "تو", "وش", "هاش",
	}
	articles         = []string{"l", "el", "al", "ال", "ل"}
	skeletonPrefixes = []string{"l", "n", "t", "kn", "kt", "tn", "G", "Gn", "Gt", "f", "fl", "b", "bl", "d", "dl", "s"}
)

// affixes looks a word up without what its language tied to it: one prefix, one
// suffix or both, leaving at least three letters, four when both went.
func (x *index) affixes(dst []hit, ts []token, i int, covered *[kinds]int) []hit {
	word := ts[i].fold
	prefixes, suffixes := latinPrefixes, latinSuffixes
	if first, _ := utf8.DecodeRuneInString(word); first >= 0x0600 && first <= 0x06FF {
		prefixes, suffixes = arabicPrefixes, arabicSuffixes
	}
	found := false
	for _, p := range prefixes {
		if len(word) <= len(p) || word[:len(p)] != p {
			continue
		}
		rest := word[len(p):]
		left := ts[i].runes - utf8.RuneCountInString(p)
		if left < 3 {
			continue
		}
		if dst, found = x.bare(dst, rest, ts, i, left, prefixed, covered); found {
			return dst
		}
	}
	for _, s := range suffixes {
		if len(word) <= len(s) || word[len(word)-len(s):] != s {
			continue
		}
		rest := word[:len(word)-len(s)]
		left := ts[i].runes - utf8.RuneCountInString(s)
		if left < 3 {
			continue
		}
		if dst, found = x.bare(dst, rest, ts, i, left, affixed, covered); found {
			return dst
		}
		for _, p := range prefixes {
			if len(rest) <= len(p) || rest[:len(p)] != p || left-utf8.RuneCountInString(p) < 4 {
				continue
			}
			if dst, found = x.bare(dst, rest[len(p):], ts, i, left-utf8.RuneCountInString(p), affixed, covered); found {
				return dst
			}
		}
	}
	// A doubled first consonant is the article before a sun letter: ttekwin, ssuq.
	if len(word) > 4 && word[0] == word[1] && word[0] < 0x80 {
		dst, _ = x.bare(dst, word[1:], ts, i, ts[i].runes-1, prefixed, covered)
	}
	return dst
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
