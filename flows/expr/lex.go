package expr

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokNumber
	tokString // text is what is between the quotes
	tokRef    // text is the name in ${name}
	tokName
	tokSign // operators, parentheses, comma, "."
)

type token struct {
	kind tokenKind
	at   int // byte offset of its beginning
	text string
}

// lexer cuts a source into tokens. XPath's rule that a word is an operator or a name by its position is the parser's.
type lexer struct {
	src string
	pos int
}

func (l *lexer) next() (token, *Error) {
	l.space()
	at := l.pos
	if at == len(l.src) {
		return token{kind: tokEnd, at: at}, nil
	}
	rest := l.src[at:]
	r, size := utf8.DecodeRuneInString(rest)
	switch {
	case strings.HasPrefix(rest, "${"):
		return l.reference()
	case isQuote(r):
		return l.quoted(r, size)
	case isDigit(rest[0]), r == '.' && len(rest) > 1 && isDigit(rest[1]):
		return l.number(), nil
	case isNameStart(r):
		return l.name(), nil
	}
	for _, sign := range [...]string{"!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "(", ")", ",", "."} {
		if strings.HasPrefix(rest, sign) {
			if sign == "." && strings.HasPrefix(rest, "..") {
				break
			}
			l.pos += len(sign)
			return token{tokSign, at, sign}, nil
		}
	}
	return token{}, l.stray(rest, r, size)
}

// stray words the mistake of a character that begins no token.
func (l *lexer) stray(rest string, r rune, size int) *Error {
	for _, m := range [...]struct{ typed, fix string }{
		{"&&", "write: and"}, {"&", "join texts with concat(…, …), conditions with: and"}, {"||", "write: or"},
		{"!", "write not(…), or != to compare"}, {"≥", "write >="}, {"≤", "write <="}, {"≠", "write !="},
		{"%", "write: mod"}, {"×", "write *"}, {"÷", "write: div"}, {"−", "write -"}, {"–", "write -"},
		{"،", "write a comma as ,"}, {";", "write a comma as ,"}, {"؛", "write a comma as ,"},
		{"$", "write a question as ${name}"}, {"{", "write a question as ${name}"}, {"#", "write a question as ${name}"},
	} {
		if strings.HasPrefix(rest, m.typed) {
			return &Error{l.pos, BadCharacter, m.typed, m.typed + " has no meaning in an expression", m.fix}
		}
	}
	if strings.IndexByte("/[]@|:.", rest[0]) >= 0 {
		near := rest[:1]
		return &Error{l.pos, NodePath, near, "paths into the form (" + near + ") are not supported",
			"write ${name} for an answer, and div to divide"}
	}
	if unicode.IsDigit(r) {
		return &Error{l.pos, BadCharacter, string(r), "numbers in expressions are written with the digits 0 to 9", "write 18, not ١٨"}
	}
	near := rest[:size]
	return &Error{l.pos, BadCharacter, near, "the character " + quoteRune(r) + " has no meaning in an expression", "remove it, or put text in quotes"}
}

// space skips white space, the no-break space that spreadsheets leave, and marks of writing direction, which are
// invisible and which Arabic keyboards leave anywhere.
func (l *lexer) space() {
	for l.pos < len(l.src) {
		r, size := utf8.DecodeRuneInString(l.src[l.pos:])
		if !unicode.IsSpace(r) && !isMark(r) {
			return
		}
		l.pos += size
	}
}

func isMark(r rune) bool {
	return r == 0x200e || r == 0x200f || r == 0x061c || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff
}

func (l *lexer) reference() (token, *Error) {
	at := l.pos
	rest := l.src[at:]
	end := strings.IndexByte(rest, '}')
	if end < 0 {
		return token{}, &Error{at, BadReference, "${", "${ is not closed", "write ${name}"}
	}
	name := trimSpace(rest[2:end])
	if !isName(name) {
		return token{}, &Error{at, BadReference, rest[:end+1], "between ${ and } stands the name of one question",
			"write ${name}: letters, digits, _ - and . only"}
	}
	l.pos += end + 1
	return token{tokRef, at, name}, nil
}

// quoted reads a text. A straight quote is closed by itself; a typographic one, which word processors put for it,
// by any quote of the same family.
func (l *lexer) quoted(open rune, size int) (token, *Error) {
	at := l.pos
	body := l.src[at+size:]
	for i, r := range body {
		if r == open || isTypographic(open) && isQuote(r) && isDouble(r) == isDouble(open) {
			l.pos = at + size + i + utf8.RuneLen(r)
			return token{tokString, at, body[:i]}, nil
		}
	}
	return token{}, &Error{at, OpenQuote, string(open), "a text begins here and does not end", "close it with the same quote"}
}

func (l *lexer) number() token {
	at, point := l.pos, false
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		if c == '.' && !point {
			point = true
		} else if !isDigit(c) {
			break
		}
		l.pos++
	}
	return token{tokNumber, at, l.src[at:l.pos]}
}

// name reads a word with its prefix, as in jr:choice-name.
func (l *lexer) name() token {
	at := l.pos
	l.pos += nameLen(l.src[at:])
	if rest := l.src[l.pos:]; strings.HasPrefix(rest, ":") && !strings.HasPrefix(rest, "::") {
		if n := nameLen(rest[1:]); n > 0 {
			l.pos += 1 + n
		}
	}
	return token{tokName, at, l.src[at:l.pos]}
}

func trimSpace(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || isMark(r) })
}

func isName(s string) bool { return s != "" && nameLen(s) == len(s) }

// nameLen is the length in bytes of the name that s begins with, or 0.
func nameLen(s string) int {
	for i, r := range s {
		if i == 0 && !isNameStart(r) {
			return 0
		}
		if i > 0 && !isNameStart(r) && r != '-' && r != '.' && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			return i
		}
	}
	return len(s)
}

func isNameStart(r rune) bool { return r == '_' || unicode.IsLetter(r) }
func isDigit(c byte) bool     { return c >= '0' && c <= '9' }
func isQuote(r rune) bool     { return r == '\'' || r == '"' || isTypographic(r) }
func isTypographic(r rune) bool {
	return r == '‘' || r == '’' || r == '“' || r == '”'
}
func isDouble(r rune) bool { return r == '"' || r == '“' || r == '”' }
