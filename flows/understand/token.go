package understand

import "strings"

// token is one folded word.
type token struct {
	fold  string
	skel  string
	runes int
	word  int  // which word of the text as typed it comes from
	head  bool // it begins a part of the text: after a comma, a full stop, a line end
}

// tokens folds a text and splits it into words. Which words were typed how is
// lost; words keeps it.
func tokens(text string) []token {
	folded := fold(text)
	if len(folded) == 0 {
		return nil
	}
	n := 1
	for _, r := range folded {
		if r == ' ' {
			n++
		}
	}
	return appendTokens(make([]token, 0, n), folded, 0, false)
}

func appendTokens(dst []token, folded []rune, word int, head bool) []token {
	var buf [64]byte
	for i := 0; i < len(folded); {
		if folded[i] == ' ' {
			i++
			continue
		}
		j := i
		for j < len(folded) && folded[j] != ' ' {
			j++
		}
		w := folded[i:j]
		dst = append(dst, token{fold: string(w), skel: string(skeleton(buf[:0], w)), runes: j - i, word: word, head: head})
		head = false
		i = j
	}
	return dst
}

// words splits a text into the words as typed, and folds each of them.
func words(text string) (typed []string, folded []token) {
	head := true
	rest := limit(text)
	for rest != "" {
		i := strings.IndexFunc(rest, boundary)
		w := rest
		if i >= 0 {
			w = rest[:i]
		}
		if w != "" {
			before := len(folded)
			folded = appendTokens(folded, fold(w), len(typed), head)
			if len(folded) > before {
				head = false
			}
			typed = append(typed, w)
		}
		if i < 0 {
			break
		}
		rest = rest[i:]
		size := 0
		for _, r := range rest {
			if !boundary(r) {
				break
			}
			if r != ' ' && r != '\t' && r != '\u00a0' {
				head = true
			}
			size += len(string(r))
		}
		rest = rest[size:]
	}
	return typed, folded
}

// boundary tells the characters that part words as typed. A hyphen and an
// apostrophe stay inside a word: Aït-Melloul, M'barek.
func boundary(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', '\u00a0', '\u202f', ',', ';', '.', ':', '!', '?', '(', ')', '[', ']', '"', '/', '|', '&', '+',
		'،', '؛', '؟', '۔', '«', '»', '…', '\u2028', '\u2029', '–', '—', '*', '“', '”':
		return true
	}
	return false
}

// compact joins the folded forms of tokens without spaces.
func compact(dst []byte, ts []token) []byte {
	for i := range ts {
		dst = append(dst, ts[i].fold...)
	}
	return dst
}

// compactSkeleton joins the skeletons of tokens.
func compactSkeleton(dst []byte, ts []token) []byte {
	for i := range ts {
		dst = append(dst, ts[i].skel...)
	}
	return dst
}
