package understand

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// limit cuts a text to MaxInput characters and to valid UTF-8.
func limit(text string) string {
	if len(text) > MaxInput {
		n := 0
		for i := range text {
			if n == MaxInput {
				text = text[:i]
				break
			}
			n++
		}
	}
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "")
	}
	return text
}

// bidiMark tells the invisible marks that order text: a pasted phone number
// carries them, and an unbalanced one would spoil another person's message.
func bidiMark(r rune) bool {
	switch {
	case r == 0x200E, r == 0x200F, r == 0x061C, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
		return true
	}
	return false
}

// tidy tells a text that Clean leaves as it is: one line of composed letters of our
// scripts and plain characters, single spaces between them. Most of what is typed is one.
func tidy(text string) bool {
	space := true
	for _, r := range text {
		switch {
		case r == ' ':
			if space {
				return false
			}
			space = true
			continue
		case r > ' ' && r < 0x7f, r >= 0xc0 && r <= 0x17f, r >= 0x0621 && r <= 0x063a, r >= 0x0641 && r <= 0x064a, r >= 0x2d30 && r <= 0x2d67:
		default:
			return false
		}
		space = false
	}
	return !space
}

// Clean returns what may be stored of a text: composed (NFC, never NFKC, which
// would turn ⵯ into ⵡ), without bidirectional marks and control characters, with
// the spaces of each line collapsed and lines kept. Clean(Clean(s)) is Clean(s).
func Clean(text string) string {
	text = limit(text)
	if tidy(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	space, begun := false, false
	for _, r := range text {
		switch {
		case r == '\n', r == '\r', r == '\u2028', r == '\u2029', r == '\v', r == '\f':
			if begun {
				b.WriteByte('\n')
			}
			space, begun = false, false
			continue
		case bidiMark(r), r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
			continue
		case r == '\t', unicode.Is(unicode.Zs, r):
			space = true
			continue
		case unicode.IsControl(r):
			continue
		}
		if space && begun {
			b.WriteByte(' ')
		}
		space, begun = false, true
		b.WriteRune(r)
	}
	// Composing may bring the limit or a line's end into play again, never more text.
	return strings.TrimRight(limit(norm.NFC.String(b.String())), "\n ")
}
