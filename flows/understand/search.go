package understand

import "unicode/utf8"

// SearchWord is a word of a name as an index keeps it: in one spelling, to be found
// by its beginning, and by its consonants, which are the same in every script. Exact
// begins with a mark that no spelling has, and is empty for short words.
type SearchWord struct{ Prefix, Exact string }

// SearchWords are the words of a name, for keeping and for looking up; at most eight.
func SearchWords(text string) []SearchWord {
	ts := tokens(limit(text))
	ts = ts[:min(len(ts), mostSearchWords)]
	out := make([]SearchWord, 0, len(ts))
	var room [64]byte
	for _, t := range ts {
		w := SearchWord{Prefix: beginning(t.fold, MaxSearchWord-1)}
		if sk := skeleton(append(room[:0], '~'), w.Prefix); len(sk) > 3 { // a byte a letter, and the mark
			w.Exact = string(sk)
		}
		out = append(out, w)
	}
	return out
}

const mostSearchWords = 8

// MaxSearchWord is the most bytes of a search word. Of a longer one its beginning is
// kept and looked up: somebody may type a whole line without a space as their name,
// and no index may refuse them for it.
const MaxSearchWord = 64

// beginning is at most n bytes of whole letters.
func beginning(word string, n int) string {
	if len(word) <= n {
		return word
	}
	for !utf8.RuneStart(word[n]) {
		n--
	}
	return word[:n]
}
