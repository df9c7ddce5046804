package telegram

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

// Telegram's limits of a text and of a caption, in UTF-16 units after its markup
// is taken out.
const (
	textLimit    = 4096
	captionLimit = 1024
)

const popIsolate = '\u2069'

func isIsolate(r rune) bool { return r >= '\u2066' && r <= '\u2068' }

// units is the length of s in UTF-16 units, as Telegram counts.
func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xFFFF {
			n++
		}
	}
	return n
}

// split cuts a text into pieces of at most limit UTF-16 units: after a paragraph,
// else after a line, else after a space, else between two grapheme clusters; and
// never within a pair of bidi isolates. A pair or a cluster that is longer than
// a whole piece is cut all the same, the pair being closed and opened again.
// White space at a cut is dropped. limit is at least 16.
func split(text string, limit int) []string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	var pieces []string
	var open []rune // isolates that a piece begins within
	for {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		if text == "" {
			return pieces
		}
		prefix := string(open)
		if units(prefix)+units(text) <= limit {
			return append(pieces, strings.TrimRightFunc(prefix+text, unicode.IsSpace))
		}
		var at int
		at, open = cutPoint(text, open, limit)
		piece := strings.TrimRightFunc(prefix+text[:at], unicode.IsSpace)
		pieces = append(pieces, piece+strings.Repeat(string(popIsolate), len(open)))
		text = text[at:]
	}
}

// carried is how many nested isolates are closed and opened again at a cut. Our
// texts nest one or two; whoever nests more gets them unbalanced.
const carried = 4

// cutPoint finds where the piece that begins with text ends, in bytes, and the
// isolates that are open there; open are those that it begins within.
func cutPoint(text string, open []rune, limit int) (at int, still []rune) {
	// The last places to cut, best kind first; the last two are within isolates.
	var paragraph, line, space, cluster, innerSpace, inner int
	depth := append([]rune(nil), open...)
	used := len(open)
	blank := false // only white space since the last line's end
	clusters := graphemes.FromString(text)
	for pos := 0; clusters.Next(); {
		g := clusters.Value()
		r, _ := utf8.DecodeRuneInString(g)
		depth = isolate(depth, r)
		used += units(g)
		if used+min(len(depth), carried) > limit {
			break
		}
		pos += len(g)
		wide := unicode.IsSpace(r) && r != '\u00A0' && r != '\u202F' // those two hold words together
		if inner = pos; wide {
			innerSpace = pos
		}
		if len(depth) == 0 {
			cluster = pos
			switch {
			case endsLine(r) && blank:
				paragraph = pos
			case endsLine(r):
				line = pos
			case wide:
				space = pos
			}
		}
		blank = endsLine(r) || blank && unicode.IsSpace(r)
	}
	for _, at := range []int{paragraph, line, space, cluster} {
		if at > 0 {
			return at, nil
		}
	}
	switch {
	case innerSpace > 0:
		at = innerSpace
	case inner > 0:
		at = inner
	default: // one cluster longer than a piece: nobody writes so
		at = fitting(text, limit-2*len(open))
	}
	for _, r := range text[:at] {
		open = isolate(open, r)
	}
	if len(open) > carried {
		open = nil
	}
	return at, open
}

// isolate is the stack of open isolates after r.
func isolate(open []rune, r rune) []rune {
	switch {
	case endsLine(r):
		return nil // a paragraph's end closes all (UAX #9, X8)
	case isIsolate(r):
		return append(open[:len(open):len(open)], r)
	case r == popIsolate && len(open) > 0:
		return open[:len(open)-1]
	}
	return open
}

func endsLine(r rune) bool { return r == '\n' || r == '\r' || r == '\u2029' }

// fitting is how many bytes of s are at most n UTF-16 units.
func fitting(s string, n int) int {
	for i, r := range s {
		if n -= units(string(r)); n < 0 {
			return i
		}
	}
	return len(s)
}
