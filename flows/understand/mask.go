package understand

import (
	"strings"
	"unicode"
)

// Mask hides what may tell who wrote a text: every number becomes #, every word
// that looks like a name (known as one, said after "my name is", capitalised
// inside a sentence) or an address becomes …. It is for the log of what was not
// understood, from which synonyms are added; it errs on the side of hiding.
func Mask(text string) string {
	text = maskAddresses(Clean(text))
	typed, ts := words(text)
	l := lex()
	hide := make([]bool, len(typed))
	for i := range ts {
		if _, size := phraseAt(l.givenNames, ts, i); size > 0 {
			for j := i; j < i+size; j++ {
				hide[ts[j].word] = true
			}
			// The family name mostly follows.
			if j := i + size; j < len(ts) && !ts[j].head && !commonWord(ts[j].fold) {
				hide[ts[j].word] = true
			}
		}
		if _, size := phraseAt(l.nameCues, ts, i); size > 0 && ts[i].runes > 2 {
			for j := i + size; j < len(ts) && j < i+size+3 && (j == i+size || !ts[j].head); j++ {
				if j > i+size && commonWord(ts[j].fold) {
					break
				}
				hide[ts[j].word] = true
			}
		}
	}
	first := map[int]bool{}
	for _, t := range ts {
		if t.head {
			first[t.word] = true
		}
	}
	var b strings.Builder
	rest := text
	for n, w := range typed {
		i := strings.Index(rest, w)
		b.WriteString(maskDigits(rest[:i]))
		rest = rest[i+len(w):]
		switch {
		case hide[n], !first[n] && capitalised(w) && !commonWord(Fold(w)):
			b.WriteRune('…')
		default:
			b.WriteString(maskDigits(w))
		}
	}
	b.WriteString(maskDigits(rest))
	return b.String()
}

// maskAddresses hides what has an @ in it.
func maskAddresses(text string) string {
	if !strings.Contains(text, "@") {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		fields := strings.Split(line, " ")
		for j, f := range fields {
			if strings.Contains(f, "@") {
				fields[j] = "…"
			}
		}
		lines[i] = strings.Join(fields, " ")
	}
	return strings.Join(lines, "\n")
}

// maskDigits replaces runs of digits that are not letters of Arabizi by #.
func maskDigits(w string) string {
	if strings.IndexFunc(w, unicode.IsNumber) < 0 {
		return w
	}
	letters := 0
	digits := 0
	for _, r := range w {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsNumber(r):
			digits++
		}
	}
	if letters > digits && digits <= 2 && !strings.ContainsAny(w, "014") {
		return w // 3ndi, 7bes
	}
	var b strings.Builder
	in := false
	for _, r := range w {
		if unicode.IsNumber(r) {
			if !in {
				b.WriteByte('#')
			}
			in = true
			continue
		}
		in = false
		b.WriteRune(r)
	}
	return b.String()
}

func capitalised(w string) bool {
	for i, r := range w {
		if i == 0 && !unicode.IsUpper(r) {
			return false
		}
		if i > 0 && unicode.IsUpper(r) && len(w) > 1 {
			return true
		}
	}
	return w != ""
}
