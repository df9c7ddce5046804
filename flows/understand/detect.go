package understand

import (
	"strings"

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
	arab, latn, tfng := scripts(text)
	if tfng > 0 {
		return "zgh", true
	}
	c := cues()
	if arab > 0 && arab >= latn {
		ary, ar := c.arabic(text)
		switch {
		case ary > ar && ary >= 1:
			return "ary", true
		case ar > ary && ar >= 1:
			return "ar", true
		}
		if saved == "ar" {
			return "ar", false
		}
		return "ary", false
	}
	if latn > 0 {
		return c.latin(text, saved)
	}
	if saved == "" {
		return "ary", false
	}
	return string(saved), false
}

// latin decides between French, Arabizi and Tamazight in Latin letters. Arabizi
// and French mix in one sentence: a Darija verb or question word decides.
func (c *cueWords) latin(text string, saved locales.Lang) (string, bool) {
	var fr, ary, zgh, darija float32 // darija: sure signs, which outweigh French around them
	lower := strings.ToLower(text)
	for w := range strings.FieldsFuncSeq(lower, func(r rune) bool {
		return r != '\'' && r != '’' && (r < 0x80 && !(r >= 'a' && r <= 'z' || digit(r)) || boundary(r))
	}) {
		if digitInside(w) {
			ary += 1.5
			darija += 1.5
		}
		if head, rest, elided := strings.Cut(strings.ReplaceAll(w, "’", "'"), "'"); elided && rest != "" && c.elided[head] {
			fr += 1.5
		}
		if strings.ContainsAny(w, "éèêàùçœëïôî") {
			fr++
		}
		if strings.ContainsAny(w, "ɣɛεγḥḍṭṣẓṛ") {
			zgh += 2
		}
		k := Fold(w)
		if k == "" {
			continue
		}
		fr += c.fr[k]
		a, z := c.ary[k], c.zgh[k]
		if a == 0 && z == 0 && c.fr[k] == 0 {
			a, z = darijaShape(k), tamazightShape(w, k)
		}
		ary += a
		zgh += z
		if a > faint {
			darija += a
		}
	}
	switch {
	case zgh >= 1 && zgh > ary && zgh >= fr:
		return "zgh-Latn", true
	case ary >= 1 && ary >= zgh && (darija >= 1 || ary > fr):
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

// digitInside tells a 2 3 5 7 9 that stands for a letter: one that touches one,
// and is no number with its unit.
func digitInside(w string) bool {
	if strings.IndexAny(w, "2356789") < 0 {
		return false
	}
	letters := false
	for _, r := range w {
		letters = letters || r >= 'a' && r <= 'z'
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
func tamazightShape(w, k string) float32 {
	switch {
	case len(k) > 5 && k[0] == 't' && strings.HasSuffix(k, "t") && strings.IndexByte("aiu", k[1]) >= 0 && !strings.HasSuffix(w, "ant") && !strings.HasSuffix(w, "ent"):
		return 0.6
	case len(k) > 4 && (strings.HasSuffix(k, "ɣ") || strings.HasSuffix(w, "kh") && strings.HasPrefix(w, "r")):
		return 0.8
	}
	return 0
}

// arabic decides between Darija and Standard Arabic.
func (c *cueWords) arabic(text string) (ary, ar float32) {
	if strings.ContainsAny(text, "گڭݣڤڥپچ") {
		ary++
	}
	// Case endings are written in the standard only.
	for _, r := range text {
		if r >= 0x064B && r <= 0x064D {
			ar += 0.6
		}
	}
	ts := tokens(text)
	if negated(ts) {
		ary++
	}
	for _, t := range ts {
		ary += c.aryArab[t.fold]
		ar += c.ar[t.fold]
		if c.aryArab[t.fold] == 0 && c.ar[t.fold] == 0 {
			a, s := arabicShape(t.fold)
			ary += a
			ar += s
		}
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
