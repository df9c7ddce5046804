package understand

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
		w := SearchWord{Prefix: t.fold}
		if sk := skeleton(append(room[:0], '~'), t.fold); len(sk) > 3 {
			w.Exact = string(sk)
		}
		out = append(out, w)
	}
	return out
}

const mostSearchWords = 8
