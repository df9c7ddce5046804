package expr

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// Bounds of regex(). Go's engine takes time in proportion to pattern × text, so both are bounded;
// the cost of a pattern is about the number of steps of its compiled form.
const (
	maxRegexCost   = 5_000 // all patterns of one expression together
	maxDynamicCost = 500   // a pattern computed from answers; each such regex() takes it from maxRegexCost
	maxDynamic     = 256   // bytes of a computed pattern
	maxMatched     = 8_192 // bytes of a text that is matched (4,096 Arabic letters); a longer one does not match
)

// prepareRegex compiles a literal pattern, and refuses what Go's engine lacks where the author can see it.
func prepareRegex(p *parser, n *node) *Error {
	literal := n.args[1]
	if literal.op != opLiteral {
		if p.regexes -= maxDynamicCost; p.regexes < 0 {
			return bigPattern(literal.at)
		}
		return nil
	}
	pattern, start := literal.val.String(), literal.at
	if r, size := utf8.DecodeRuneInString(p.src[start:]); isQuote(r) {
		start += size
	}
	if at, near, what := lacking(pattern); at >= 0 {
		return &Error{start + at, BadPattern, near, "patterns cannot contain " + what + " (" + near + ")",
			"write the rule as several regex() joined by and, or, not()"}
	}
	re, cost, err := compilePattern(pattern, p.regexes)
	if err != nil {
		at, near := 0, pattern
		if e := (*syntax.Error)(nil); errors.As(err, &e) && e.Expr != "" {
			near, at = e.Expr, max(0, strings.Index(pattern, e.Expr))
		}
		return &Error{start + at, BadPattern, near, "the pattern is not understood: " + err.Error(), "correct the pattern"}
	}
	if re == nil {
		return bigPattern(literal.at)
	}
	p.regexes -= cost
	n.re = re
	return nil
}

func bigPattern(at int) *Error {
	return &Error{at, BigPattern, "", fmt.Sprintf("the patterns of this expression are too large (more than %d steps)", maxRegexCost),
		"make repetitions smaller, or test the length with string-length"}
}

// matches tells whether the whole value is of the pattern. A computed pattern that is wrong or too large matches nothing.
func matches(n *node, env Env) Value {
	s, re := n.text(0, env), n.re
	if len(s) > maxMatched {
		return Truth(false)
	}
	if re == nil {
		pattern := n.text(1, env)
		if len(pattern) > maxDynamic {
			return Truth(false)
		}
		if re, _, _ = compilePattern(pattern, maxDynamicCost); re == nil {
			return Truth(false)
		}
	}
	return Truth(re.MatchString(s))
}

// compilePattern compiles for a match of the whole text; nil without error when the cost is above the budget.
func compilePattern(pattern string, budget int) (re *regexp.Regexp, cost int, err error) {
	pattern = goPattern(pattern)
	tree, err := syntax.Parse(pattern, syntax.Perl) // by itself, so that "a)(b" does not close our own group
	if err != nil {
		return nil, 0, err
	}
	if cost = patternCost(tree); cost > budget {
		return nil, cost, nil
	}
	re, err = regexp.Compile(`\A(?:` + pattern + `)\z`)
	return re, cost, err
}

// patternCost is about the number of instructions that the pattern compiles to, without compiling it.
// The depth of the tree is bounded by regexp/syntax (1,000).
func patternCost(t *syntax.Regexp) int {
	cost := 1
	for _, sub := range t.Sub {
		cost += patternCost(sub)
	}
	switch t.Op {
	case syntax.OpLiteral:
		cost += len(t.Rune)
	case syntax.OpCharClass:
		cost += len(t.Rune) / 64
	case syntax.OpRepeat:
		cost *= max(t.Min+1, t.Max)
	}
	return cost
}

// goPattern writes Java's \u0600, frequent in patterns of Arabic letters, as Go's \x{0600}.
func goPattern(pattern string) string {
	if !strings.Contains(pattern, `\u`) {
		return pattern
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '\\' || i+1 == len(pattern) {
			b.WriteByte(pattern[i])
			continue
		}
		if hex := pattern[i+2:]; pattern[i+1] == 'u' && len(hex) >= 4 && isHex(hex[:4]) {
			b.WriteString(`\x{` + hex[:4] + `}`)
			i += 5
			continue
		}
		b.WriteString(pattern[i : i+2])
		i++
	}
	return b.String()
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdefABCDEF") == "" }

// lacking finds what Java's patterns have and Go's lack; -1 if nothing. Go would name some of it without a place,
// and take && inside brackets for two letters.
func lacking(pattern string) (at int, near, what string) {
	inClass := false
	for i := 0; i < len(pattern); i++ {
		rest := pattern[i:]
		switch c := pattern[i]; {
		case c == '\\' && len(rest) > 1:
			if !inClass && rest[1] >= '1' && rest[1] <= '9' {
				return i, rest[:2], "a reference back to a group"
			}
			i++
		case inClass:
			if strings.HasPrefix(rest, "&&") {
				return i, "&&", "an intersection of character sets"
			}
			inClass = c != ']'
		case c == '[':
			inClass = true
			if strings.HasPrefix(rest, "[]") || strings.HasPrefix(rest, "[^]") { // a ] that comes first is a letter
				i += strings.IndexByte(rest, ']')
			}
		case c == '(':
			for _, group := range [...]string{"(?<=", "(?<!", "(?=", "(?!"} {
				if strings.HasPrefix(rest, group) {
					return i, group, "a look ahead or behind"
				}
			}
			if strings.HasPrefix(rest, "(?>") {
				return i, "(?>", "an atomic group"
			}
		}
	}
	return -1, "", ""
}

// prepareDateFormat checks a literal format.
func prepareDateFormat(p *parser, n *node) *Error {
	literal := n.args[1]
	if literal.op != opLiteral {
		return nil
	}
	format := literal.val.String()
	at := badDateFormat(format)
	if at < 0 {
		return nil
	}
	near := format[at:min(at+2, len(format))]
	if _, size := utf8.DecodeRuneInString(format[min(at+1, len(format)):]); size > 1 {
		near = format[at : at+1+size]
	}
	_, quote := utf8.DecodeRuneInString(p.src[literal.at:])
	return &Error{literal.at + quote + at, BadDateFormat, near, "format-date does not know " + near,
		"use %Y %y %m %n %d %e %H %h %M %S; month and day names depend on the language"}
}
