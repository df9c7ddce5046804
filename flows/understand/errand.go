package understand

import "maalem/locales"

// Errand is what a person may ask about themselves from anywhere, in a whole message:
// unlike an intent it is heard in a free question too, and unlike a universal word it
// means something only to whom it concerns.
type Errand string

// The errands.
const (
	ErrandWho      Errand = "who"      // somebody else writes on this phone
	ErrandComeback Errand = "comeback" // announcements again, after a stop
	ErrandConsents Errand = "consents" // what was allowed
	ErrandMyData   Errand = "my_data"
	ErrandDelete   Errand = "delete_data"
)

// Whole is what a whole message asks for: a universal word, with the language that it
// names, or else an errand. Empty fields: neither.
type Whole struct {
	Word   Word
	Lang   locales.Lang
	Errand Errand
}

// AsWhole recognises a universal word (see Universal) or an errand. The whole message
// must be it, in any language and script, with nothing around an errand but politeness
// and a wish ("bghit …").
func AsWhole(text string) Whole {
	ts := tokens(text)
	if w, lang, ok := universal(ts); ok {
		return Whole{Word: w, Lang: lang}
	}
	e, _ := errand(ts)
	return Whole{Errand: e}
}

func errand(ts []token) (Errand, bool) {
	if len(ts) == 0 || len(ts) > longestRequest {
		return "", false
	}
	l := lex()
	if e, ok := l.errand(ts); ok {
		return e, true
	}
	ts = without(ts, l.polite)
	if e, ok := l.errand(ts); ok {
		return e, true
	}
	return l.errand(dropLeading(ts, l.requests))
}

func (l *lexicon) errand(ts []token) (Errand, bool) {
	var buf [256]byte
	k := compact(buf[:0], ts)
	if e, ok := l.errands[string(k)]; ok {
		return e, true
	}
	return l.errandSlips.find(string(k))
}
