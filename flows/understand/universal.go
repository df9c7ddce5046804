package understand

import (
	"strings"
	"unicode/utf8"

	"maalem/locales"
)

// Universal recognises a word that means the same in every state: stop, menu,
// back, repeat, skip, help, a human, language. The whole message must be it, in
// any language and script, with nothing around but politeness; "stop" inside a
// sentence is not stop. Where a message could be two of them, stop wins. For
// language, the one asked for is given, "" when the message only asks to change.
func Universal(text string) (Word, locales.Lang, bool) {
	return universal(tokens(text))
}

// longestRequest is the number of words that a universal word may come in.
const longestRequest = 12

func universal(ts []token) (Word, locales.Lang, bool) {
	if len(ts) == 0 || len(ts) > longestRequest {
		return "", "", false
	}
	l := lex()
	var buf [256]byte
	if w, ok := l.universal[string(compact(buf[:0], ts))]; ok {
		return w, "", true
	}
	if lang, ok := l.language(ts); ok {
		return Language, lang, true
	}
	ts = without(ts, l.polite)
	if len(ts) == 0 {
		return "", "", false
	}
	if w, ok := l.universalWord(ts); ok {
		return w, "", true
	}
	if lang, ok := l.language(ts); ok {
		return Language, lang, true
	}
	rest := dropLeading(ts, l.requests)
	if len(rest) == len(ts) || len(rest) == 0 {
		return "", "", false
	}
	switch w, _ := l.universalWord(rest); w {
	case Menu, Help, Human, Language:
		return w, "", true
	}
	return "", "", false
}

// universalWord looks a whole message up: as it is, with its letters once (stoop),
// said twice (stop stop), without the article, and with one slip if it is long.
func (l *lexicon) universalWord(ts []token) (Word, bool) {
	var buf [256]byte
	k := compact(buf[:0], ts)
	if len(k) > 60 {
		return "", false
	}
	if w, ok := l.universal[string(k)]; ok {
		return w, true
	}
	if w, ok := l.universal[string(single(k))]; ok {
		return w, true
	}
	if w, ok := l.universal[ts[0].fold]; ok {
		for _, t := range ts[1:] {
			if l.universal[t.fold] != w {
				return "", false
			}
		}
		return w, true
	}
	for _, p := range articles {
		if len(k) > len(p)+2 && string(k[:len(p)]) == p {
			if w, ok := l.universal[string(k[len(p):])]; ok {
				return w, true
			}
		}
	}
	return l.universalSlips.find(string(k))
}

// language recognises a request for a language: exactly one is named, and the
// words around it ask for nothing else.
func (l *lexicon) language(ts []token) (locales.Lang, bool) {
	var asked locales.Lang
	for i := 0; i < len(ts); {
		if lang, size := phraseAt(l.languages, ts, i); size > 0 {
			if asked != "" && asked != lang {
				return "", false
			}
			asked = lang
			i += size
			continue
		}
		if lang, ok := l.tiedLanguage(ts[i].fold); ok {
			if asked != "" && asked != lang {
				return "", false
			}
			asked = lang
			i++
			continue
		}
		_, size := phraseAt(l.languageRequests, ts, i)
		if size == 0 {
			_, size = phraseAt(l.polite, ts, i)
		}
		if size == 0 {
			if asked == "" && i == len(ts)-1 {
				if lang, ok := l.languageSlips.find(ts[i].fold); ok {
					return lang, true
				}
			}
			return "", false
		}
		i += size
	}
	return asked, asked != ""
}

// tiedLanguage finds a language behind what is tied to its name: للدارجة, lfrancais.
func (l *lexicon) tiedLanguage(word string) (locales.Lang, bool) {
	for _, p := range []string{"لل", "بال", "ل", "ب", "l", "b", "s", "bl", "ll"} {
		if rest, tied := strings.CutPrefix(word, p); tied && len(rest) > 4 {
			if lang, ok := l.languages[rest]; ok {
				return lang, true
			}
		}
	}
	return "", false
}

// without leaves politeness out, unless nothing else is there.
func without(ts []token, fillers map[string]bool) []token {
	out := ts // most messages have none
	copied := false
	for i := 0; i < len(ts); {
		if _, size := phraseAt(fillers, ts, i); size > 0 {
			if !copied {
				out, copied = append(make([]token, 0, len(ts)), ts[:i]...), true
			}
			i += size
			continue
		}
		if copied {
			out = append(out, ts[i])
		}
		i++
	}
	return out
}

func dropLeading(ts []token, fillers map[string]bool) []token {
	for len(ts) > 1 {
		_, size := phraseAt(fillers, ts, 0)
		if size == 0 || size >= len(ts) {
			break
		}
		ts = ts[size:]
	}
	return ts
}

// single gives every letter once where it is doubled.
func single(k []byte) []byte {
	out := make([]byte, 0, len(k))
	rs := []rune(string(k))
	for i, r := range rs {
		if i == 0 || rs[i-1] != r {
			out = append(out, string(r)...)
		}
	}
	return out
}

// slips finds long keys with one slip of the finger.
type slips[V comparable] struct {
	values  map[string]V
	deletes map[string][]string
}

// slipLength is the least number of letters of a word that may have a slip in it:
// in shorter ones a slip makes another word.
const slipLength = 6

func newSlips[V comparable](values map[string]V) slips[V] {
	s := slips[V]{values: values, deletes: map[string][]string{}}
	for k := range values {
		if len([]rune(k)) < slipLength {
			continue
		}
		for _, d := range deletions(k) {
			s.deletes[d] = append(s.deletes[d], k)
		}
	}
	return s
}

// longestSlip is the number of bytes beyond which no slip is looked for: whole
// sentences are no universal words.
const longestSlip = 48

// find gives the one value within one slip; two different ones are none.
func (s slips[V]) find(word string) (v V, ok bool) {
	if len(word) > longestSlip || utf8.RuneCountInString(word) < slipLength-1 {
		return v, false
	}
	clash := false
	check := func(keys []string) {
		for _, k := range keys {
			if k[0] != word[0] || !distanceOne(k, word) {
				continue
			}
			got := s.values[k]
			clash = clash || ok && got != v
			v, ok = got, true
		}
	}
	check(s.deletes[word])
	var buf [longestSlip]byte
	for i, r := range word {
		cut := append(append(buf[:0], word[:i]...), word[i+utf8.RuneLen(r):]...)
		check(s.deletes[string(cut)])
	}
	if clash {
		var none V
		return none, false
	}
	return v, ok
}
