package understand

// SearchWord is a word of a name as an index keeps it: in one spelling, to be found
// by its beginning, and by its consonants, which are the same in every script. Exact
// begins with a mark that no spelling has, and is empty for short words.
type SearchWord struct{ Prefix, Exact string }

// SearchWords are the words of a name, for keeping and for looking up; at most eight.
func SearchWords(text string) []SearchWord {
	var out []SearchWord
	for _, t := range tokens(limit(text)) {
		if len(out) == mostSearchWords {
			break
		}
		w := SearchWord{Prefix: t.fold}
		if sk := skeleton(nil, t.fold); len(sk) >= 3 {
			w.Exact = "~" + string(sk)
		}
		out = append(out, w)
	}
	return out
}

const mostSearchWords = 8
