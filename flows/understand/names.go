package understand

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxName is the number of characters of a name that are kept.
const maxName = 80

// Greeting reports whether a text is nothing but a greeting, with the usual
// inquiries after one's health.
func Greeting(text string) bool {
	text = limit(text)
	return greeting(text, tokens(text))
}

func greeting(text string, ts []token) bool {
	if len(ts) == 0 {
		return strings.ContainsAny(text, "👋🙋🤝")
	}
	l := lex()
	greeted := false
	for i := 0; i < len(ts); {
		if _, size := phraseAt(l.greetings, ts, i); size > 0 {
			greeted = true
			i += size
			continue
		}
		_, size := phraseAt(l.greetingFillers, ts, i)
		if size == 0 {
			return false
		}
		i += size
	}
	return greeted
}

// PersonName reads the answer to "what is your name": the name as typed, in its
// script, without "my name is", marks and control characters, at most 80
// characters. A greeting, a number, a universal word, a yes or no and a question
// are no names; what has words in it that names do not have is doubtful.
func PersonName(text string) (name string, doubtful bool, ok bool) {
	text = Clean(text)
	if first, _, more := strings.Cut(text, "\n"); more && strings.TrimSpace(first) != "" {
		// A greeting may stand on a line of its own.
		if Greeting(first) {
			text = strings.TrimSpace(strings.TrimPrefix(text, first))
		}
	}
	if text == "" || Greeting(text) || strings.ContainsAny(text, "?؟@#<>{}=_\\") || strings.Contains(text, "://") {
		return "", false, false
	}
	if _, _, universal := Universal(text); universal {
		return "", false, false
	}
	if _, answered := YesNo(text); answered {
		return "", false, false
	}
	typed, ts := words(text)
	l := lex()
	at, cued := nameStart(l, ts)
	if _, size := phraseAt(l.nameCues, ts, 0); at >= len(ts) || size == len(ts) {
		return "", false, false
	}
	if !cued {
		if _, size := phraseAt(l.questions, ts, at); size > 0 && !l.givenNames[ts[at].fold] {
			return "", false, false
		}
	}
	end := len(ts)
	for i := at; i < len(ts); i++ {
		if i > at && ts[i].head {
			end = i
			break
		}
	}
	name, letters, odd := joinName(typed, ts[at:end])
	if letters < 2 {
		return "", false, false
	}
	known := false
	for _, t := range ts[at:end] {
		known = known || l.givenNames[t.fold]
		if l.notNames[t.fold] && !l.givenNames[t.fold] {
			doubtful = true
		}
	}
	words := end - at
	switch {
	case doubtful && !cued && !known:
		if words > 1 {
			return "", false, false // a sentence
		}
		return "", false, false
	case odd, words > 5, end < len(ts) && !cued:
		doubtful = true
	}
	return name, doubtful, true
}

// Wordy reports whether a text could be the name of something: a few words with letters
// in them, no number, no thanks and no "I do not know".
func Wordy(text string) bool {
	text = Clean(text)
	if Thanks(text) {
		return false
	}
	letters := 0
	for _, r := range text {
		switch {
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r), unicode.Is(unicode.So, r): // So: emoji
			return false
		}
	}
	ts := tokens(text)
	for i := range ts {
		if _, size := phraseAt(lex().dontKnow, ts, i); size > 0 {
			return false
		}
	}
	return letters >= 3 && len(strings.Fields(text)) <= 6 && !strings.Contains(text, "://")
}

// Question reports whether a text asks something: by its mark, or by the word that
// it begins with.
func Question(text string) bool {
	text = Clean(text)
	if strings.ContainsAny(text, "?؟") {
		return true
	}
	ts := tokens(text)
	_, size := phraseAt(lex().questions, ts, 0)
	return size > 0 && size < len(ts)
}

// DontKnow reports whether a whole message says that the person does not know.
func DontKnow(text string) bool {
	ts := tokens(Clean(text))
	_, size := phraseAt(lex().dontKnow, ts, 0)
	return size > 0 && size == len(ts)
}

// nameStart finds the token at which the name begins, after a greeting and "my name is".
func nameStart(l *lexicon, ts []token) (at int, cued bool) {
	for at < len(ts) {
		if _, size := phraseAt(l.nameCues, ts, at); size > 0 && at+size < len(ts) {
			at += size
			cued = true
			continue
		}
		if _, size := phraseAt(l.nameFillers, ts, at); size > 0 && at+size < len(ts) && (cued || !l.givenNames[ts[at].fold]) {
			at += size
			continue
		}
		_, size := phraseAt(l.greetings, ts, at)
		if size == 0 && at > 0 && !cued {
			_, size = phraseAt(l.greetingFillers, ts, at)
		}
		if size == 0 || cued || at+size >= len(ts) {
			break
		}
		at += size
	}
	if cued {
		return at, true
	}
	// "ana w llah smiti …": a cue further on in the first words.
	for i := at; i < len(ts) && i < 8; i++ {
		if _, size := phraseAt(l.nameCues, ts, i); size > 0 && i+size < len(ts) && ts[i].runes > 3 {
			return i + size, true
		}
	}
	return at, false
}

// joinName gives the words as typed behind tokens, and how many letters they have;
// odd tells characters that names do not have.
func joinName(typed []string, ts []token) (name string, letters int, odd bool) {
	var b strings.Builder
	last := -1
	for _, t := range ts {
		if t.word == last {
			continue
		}
		last = t.word
		w := strings.TrimFunc(typed[t.word], func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) && r != '\''
		})
		if strings.IndexFunc(w, unicode.IsLetter) < 0 {
			odd = true
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(w)
		for _, r := range w {
			switch {
			case unicode.IsLetter(r):
				letters++
			case unicode.Is(unicode.M, r), r == '\'', r == '’', r == '-', r == 'ʼ':
			default:
				// 3atiqa is a name; R2D2 and 06… are not for sure.
				odd = odd || !unicode.IsDigit(r) || r == '0' || r == '1'
			}
		}
	}
	return cut(norm.NFC.String(b.String()), maxName), letters, odd
}

// cut shortens a text to n characters, at a space if there is one near.
func cut(text string, n int) string {
	rs := []rune(text)
	if len(rs) <= n {
		return text
	}
	rs = rs[:n]
	for i := n - 1; i > n/2; i-- {
		if rs[i] == ' ' {
			rs = rs[:i]
			break
		}
	}
	return strings.TrimSpace(string(rs))
}
