package understand

import (
	"strings"
	"unicode/utf8"
)

// token is one folded word.
type token struct {
	fold  string
	runes int
	word  int  // which word of the text as typed it comes from
	head  bool // it begins a part of the text: after a comma, a full stop, a line end
}

// tokens folds a text and splits it into words. Which words were typed how is
// lost; words keeps it.
func tokens(text string) []token {
	return split(nil, string(fold(text)), 0, false)
}

// split cuts a folded text at its spaces.
func split(dst []token, folded string, word int, head bool) []token {
	if dst == nil && folded != "" {
		dst = make([]token, 0, 1+strings.Count(folded, " "))
	}
	for folded != "" {
		w, rest, _ := strings.Cut(folded, " ")
		folded = rest
		if w != "" {
			dst = append(dst, token{fold: w, runes: utf8.RuneCountInString(w), word: word, head: head})
			head = false
		}
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
			folded = split(folded, string(fold(w)), len(typed), head)
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
		dst = skeleton(dst, ts[i].fold)
	}
	return dst
}

// compactLoose joins the loose keys of tokens.
func compactLoose(dst []byte, ts []token) []byte {
	for i := range ts {
		dst = loose(dst, ts[i].fold)
	}
	return dst
}
