package locales

import (
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// The isolates of Unicode's bidirectional algorithm, and the right-to-left mark.
const (
	lri = "\u2066"
	rli = "\u2067"
	fsi = "\u2068"
	pdi = "\u2069"
	rlm = "\u200f"
)

// Isolate wraps s so that it takes its direction from its own first letter and
// leaves its surroundings in order. "" stays "".
func Isolate(s string) string {
	if s == "" || isolated(s) {
		return s
	}
	return fsi + s + pdi
}

// LTR wraps s so that it runs from left to right inside any text: phones, codes,
// ranges, times. "" stays "".
func LTR(s string) string {
	if s == "" || isolated(s) {
		return s
	}
	return lri + s + pdi
}

// Direction is where a text runs.
type Direction int

// The directions.
const (
	NoDirection Direction = iota // digits, punctuation, emoji only
	LeftToRight
	RightToLeft
)

// FirstStrong is the direction of the first strong letter of s, which is what a
// chat bubble takes its own from. It looks into isolates, because old clients do.
func FirstStrong(s string) Direction {
	for i := 0; i < len(s); {
		p, size := bidi.LookupString(s[i:])
		if size == 0 { // broken at the end of s
			return NoDirection
		}
		switch p.Class() {
		case bidi.L:
			return LeftToRight
		case bidi.R, bidi.AL:
			return RightToLeft
		}
		i += size
	}
	return NoDirection
}

// exposedRTL reports whether s holds right-to-left letters outside its own isolates.
func exposedRTL(s string) bool {
	if !hasMarks(s) {
		return hasRTL(s)
	}
	depth := 0
	for _, r := range s {
		p, _ := bidi.LookupRune(r)
		switch c := p.Class(); {
		case r == 0x2069:
			depth--
		case isIsolate(r):
			depth++
		case depth == 0 && (c == bidi.R || c == bidi.AL):
			return true
		}
	}
	return false
}

func hasRTL(s string) bool {
	for i := 0; i < len(s); {
		if s[i] < 0x80 {
			i++
			continue
		}
		p, size := bidi.LookupString(s[i:])
		if size == 0 {
			return false
		}
		if c := p.Class(); c == bidi.R || c == bidi.AL {
			return true
		}
		i += size
	}
	return false
}

// StripBidi removes every invisible direction character: marks, embeddings,
// overrides and isolates. For what people send, before storing or matching: pasted
// phone numbers carry them, and an unbalanced one would spoil another's message.
func StripBidi(s string) string {
	if !hasMarks(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isMark(r) || isIsolate(r) {
			return -1
		}
		return r
	}, s)
}

// hasMarks reports whether s may hold a direction character, by their lead bytes.
func hasMarks(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		switch {
		case s[i] == 0xe2 && (s[i+1] == 0x80 || s[i+1] == 0x81), s[i] == 0xd8 && s[i+1] == 0x9c:
			return true
		}
	}
	return false
}

func isMark(r rune) bool {
	return r == 0x200e || r == 0x200f || r == 0x061c || r >= 0x202a && r <= 0x202e
}

func isIsolate(r rune) bool { return r >= 0x2066 && r <= 0x2069 }

// settle makes an inserted value harmless: isolates that Maalem put there stay when
// they are balanced in each line, everything else that steers direction goes.
func settle(s string) string {
	if !hasMarks(s) {
		return s
	}
	depth, marks := 0, false
	for _, r := range s {
		switch {
		case isMark(r):
			marks = true
		case r == 0x2069:
			if depth--; depth < 0 {
				return StripBidi(s)
			}
		case isIsolate(r):
			depth++
		case r == '\n' && depth != 0:
			return StripBidi(s)
		}
	}
	if depth != 0 {
		return StripBidi(s)
	}
	if !marks {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isMark(r) {
			return -1
		}
		return r
	}, s)
}

// isolated reports whether one pair of isolates already wraps the whole of s.
func isolated(s string) bool {
	if !strings.HasPrefix(s, fsi) && !strings.HasPrefix(s, lri) && !strings.HasPrefix(s, rli) {
		return false
	}
	depth := 0
	for i, r := range s {
		switch {
		case r == 0x2069:
			if depth--; depth == 0 {
				return i == len(s)-len(pdi)
			}
		case isIsolate(r):
			depth++
		}
	}
	return false
}

// lead puts a right-to-left mark before each line of an Arabic-script text whose
// first letter would turn the whole line left-to-right: a name, a Tifinagh word.
// A line without any Arabic letter, or beginning with a link, is left alone.
func lead(s string) string {
	if !strings.Contains(s, "\n") {
		if misled(s) {
			return rlm + s
		}
		return s
	}
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if misled(line) {
			lines[i] = rlm + line
		}
	}
	return strings.Join(lines, "\n")
}

func misled(line string) bool {
	return FirstStrong(line) == LeftToRight && !startsWithLink(line) && hasRTL(line)
}
