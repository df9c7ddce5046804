package understand

import (
	"strings"
	"unicode/utf8"

	"maalem/locales"
)

// Script names the writing of a text by most of its letters: Arab, Latn, Tfng, or
// "" when it has no letters.
func Script(text string) string {
	arab, latn, tfng := scripts(limit(text))
	switch {
	case tfng > 0 && tfng >= arab && tfng >= latn:
		return "Tfng"
	case arab > 0 && arab >= latn:
		return "Arab"
	case latn > 0:
		return "Latn"
	}
	return ""
}

// sentence is the number of words from which the lack of Darija words tells something.
const sentence = 4

func scripts(text string) (arab, latn, tfng int) {
	for _, r := range text {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= 0xC0 && r <= 0x24F && r != 0xD7 && r != 0xF7, r >= 0x250 && r <= 0x2AF, r >= 0x1E00 && r <= 0x1EFF,
			r == 'ε', r == 'γ':
			latn++
		case r >= 0x0620 && r <= 0x064A, r >= 0x066E && r <= 0x06D3, r >= 0x0750 && r <= 0x077F, r >= 0xFB50 && r <= 0xFDFF, r >= 0xFE70 && r <= 0xFEFC:
			arab++
		case r >= 0x2D30 && r <= 0x2D6F:
			tfng++
		}
	}
	return arab, latn, tfng
}

// Detect says which of ary, ary-Latn, ar, fr, zgh, zgh-Latn a text is written in:
// by script, then by the small words that only one language has. sure is false
// when nothing decides (names, cities, la, ok, menu); then the saved language
// stands, or its twin in the script typed. One sure message is no reason to
// switch: callers wait for two in a row and ask.
func Detect(text string, saved locales.Lang) (tag string, sure bool) {
	text = limit(text)
	return detect(text, tokens(text), saved)
}

func detect(text string, ts []token, saved locales.Lang) (tag string, sure bool) {
	arab, latn, tfng := scripts(text)
	if tfng > 0 {
		return "zgh", true
	}
	c := cues()
	if arab > 0 && arab >= latn {
		ary, ar := c.arabic(text, ts)
		switch {
		case ary > ar && ary >= 1:
			return "ary", true
		case ar > ary && ar >= 1:
			return "ar", true
		}
		// Nothing is sure. Without a saved language: what hints there are; a sentence
		// without a single word of Darija is more likely the standard.
		if saved == "ar" || saved == "" && len(ts) > 2 && (ar > ary || ar == ary && ary == 0 && len(ts) >= sentence) {
			return "ar", false
		}
		return "ary", false
	}
	if latn > 0 {
		return c.latin(text, ts, saved)
	}
	if saved == "" {
		return "ary", false
	}
	return string(saved), false
}

// latin decides between French, Arabizi and Tamazight in Latin letters. Arabizi
// and French mix in one sentence: a Darija verb or question word decides.
func (c *cueWords) latin(text string, ts []token, saved locales.Lang) (string, bool) {
	var fr, ary, zgh, darija float32 // darija: sure signs, which outweigh French around them
	marks := latinMarks(text, c.elided)
	fr += 1.5*float32(marks.elisions) + float32(marks.accents)
	zgh += 2 * float32(marks.tamazight)
	ary += 1.5 * float32(marks.digits)
	darija = ary
	sure := fr+ary+zgh > 0 // letters alone tell nothing: <b>x</b> & y
	for i := range ts {
		k := ts[i].fold
		f, a, z := c.fr[k], c.ary[k], c.zgh[k]
		if f == 0 && a == 0 && z == 0 {
			a, z = darijaShape(k), tamazightShape(k)
		}
		fr, ary, zgh = fr+f, ary+a, zgh+z
		sure = sure || ts[i].runes > 1 && f+a+z > 0
		if a > faint {
			darija += a
		}
	}
	switch {
	case !sure:
	case zgh >= 1 && zgh > ary && zgh >= fr:
		return "zgh-Latn", true
	case ary >= 1 && ary >= zgh && (darija >= 1 && 3*darija > fr || ary > fr):
		return "ary-Latn", true
	case zgh >= 1 && zgh > fr:
		return "zgh-Latn", true
	case fr >= 1 && fr > ary:
		return "fr", true
	}
	switch saved.Base() {
	case locales.Darija:
		return "ary-Latn", false
	case locales.Tamazight:
		return "zgh-Latn", false
	case "":
		// Nothing saved and nothing sure: the likelier of what hints there are.
		switch {
		case ary > fr && ary >= zgh:
			return "ary-Latn", false
		case zgh > fr:
			return "zgh-Latn", false
		}
		return "fr", false
	}
	return string(saved), false
}

// marks count what is lost in folding.
type marks struct {
	elisions  int // words with j', l', qu'
	accents   int // words with accents that French alone has
	tamazight int // words with the letters of Tamazight transcriptions
	digits    int // words with a 2 3 5 7 9 that stands for a letter
}

func latinMarks(text string, elided map[string]bool) (m marks) {
	for rest := text; rest != ""; {
		var w string
		if i := strings.IndexFunc(rest, boundary); i >= 0 {
			w = rest[:i]
			_, size := utf8.DecodeRuneInString(rest[i:])
			rest = rest[i+size:]
		} else {
			w, rest = rest, ""
		}
		if w == "" {
			continue
		}
		if i := strings.IndexAny(w, "'’"); i > 0 && i < 8 && len(w) > i+1 && elided[strings.ToLower(w[:i])] {
			m.elisions++
		}
		if strings.ContainsAny(w, "éèêàùçœëïôîÉÈÊÀÇ") {
			m.accents++
		}
		if strings.ContainsAny(w, "ɣɛεγḥḍṭṣẓṛ") {
			m.tamazight++
		}
		if strings.ContainsAny(w, "2356789") && digitInside(w) {
			m.digits++
		}
	}
	return m
}

// digitInside tells a digit that stands for a letter: it touches one and is no
// number with its unit.
func digitInside(w string) bool {
	letters := false
	for _, r := range w {
		letters = letters || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	if !letters {
		return false
	}
	for _, t := range tokens(w) {
		if t.fold[0] >= '0' && t.fold[0] <= '9' {
			return false
		}
	}
	return true
}

// darijaShape scores the prefixes and the ma…ch of Darija verbs.
func darijaShape(k string) float32 {
	for _, p := range []string{"kan", "kat", "kay", "kayt", "ɣan", "ɣat", "ɣay", "tan", "mab", "mak", "man"} {
		if len(k) > len(p)+2 && strings.HasPrefix(k, p) {
			if p[0] == 'm' && !strings.HasSuffix(k, "ʃ") {
				continue
			}
			if p[0] == 't' && !strings.ContainsAny(k[3:4], "bdqxkl") {
				continue
			}
			return 0.6
		}
	}
	if len(k) > 6 && strings.HasPrefix(k, "ma") && strings.HasSuffix(k, "ʃ") {
		return 0.8
	}
	return 0
}

// tamazightShape scores t…t nouns and the -gh of verbs.
func tamazightShape(k string) float32 {
	switch {
	case len(k) > 5 && k[0] == 't' && strings.HasSuffix(k, "t") && strings.IndexByte("aiu", k[1]) >= 0 && !strings.HasSuffix(k, "ant") && !strings.HasSuffix(k, "ent"):
		return 0.6
	case len(k) > 4 && strings.HasSuffix(k, "ɣ"):
		return 0.8
	}
	return 0
}

// arabic decides between Darija and Standard Arabic.
func (c *cueWords) arabic(text string, ts []token) (ary, ar float32) {
	if strings.ContainsAny(text, "گڭݣڤڥپچ") {
		ary++
	}
	// Case endings are written in the standard only.
	for _, r := range text {
		if r >= 0x064B && r <= 0x064D {
			ar += 0.6
		}
	}
	if negated(ts) {
		ary++
	}
	for _, t := range ts {
		a, s := c.aryArab[t.fold], c.ar[t.fold]
		if a == 0 && s == 0 {
			// "and" and "so" are tied to the word: وأريد, فكيف.
			for _, p := range []string{"و", "ف"} {
				if rest, tied := strings.CutPrefix(t.fold, p); tied && len(rest) > 4 {
					a, s = c.aryArab[rest], c.ar[rest]
				}
			}
		}
		if a == 0 && s == 0 {
			a, s = arabicShape(t.fold)
		}
		ary, ar = ary+a, ar+s
	}
	return ary, ar
}

// arabicShape scores verb prefixes of Darija, and of the standard the dual and the future.
func arabicShape(k string) (ary, ar float32) {
	rs := []rune(k)
	if len(rs) < 4 {
		return 0, 0
	}
	p := string(rs[:2])
	switch {
	case p == "كن" || p == "كت" || p == "كي" || p == "غن" || p == "غت" || p == "غي":
		ary = 0.6
	case p == "سا" && len(rs) > 4:
		ar = 0.3
	}
	return ary, ar
}
