package understand

import (
	"math"
	"strconv"
	"strings"
)

// Number reads the one number in a text: Western, Arabic-Indic, Persian or
// fullwidth digits, with thousands and decimals as people write them here (three
// digits after a separator are thousands, one or two are decimals), or small
// numbers in words of the four languages. Words around it (3 snin, ١٢ عام) do not
// matter; two numbers are none.
func Number(text string) (float64, bool) {
	n, _, ok := number(text)
	return n, ok
}

// number also gives the words around the number.
func number(text string) (value float64, rest []token, ok bool) {
	text = limit(text)
	digits, others, count := digitRuns(text)
	switch {
	case count > 1:
		return 0, nil, false
	case count == 1:
		v, ok := parseDigits(digits)
		if !ok {
			return 0, nil, false
		}
		rest = tokens(others)
		v, rest = multiplied(v, rest)
		return v, rest, true
	}
	return numberInWords(tokens(text))
}

// digitRuns finds the numbers written in digits; a digit inside a word of Arabizi
// is none. others is the text without them. Only the last run is returned.
func digitRuns(text string) (digits, others string, count int) {
	in := letters(text)
	src := plainDigits(text)
	// Fold decides which digits are letters: as many numbers as it leaves tokens.
	for _, t := range tokens(string(in)) {
		if t.fold[0] >= '0' && t.fold[0] <= '9' {
			count++
		}
	}
	if count == 0 {
		return "", "", 0
	}
	var b, o strings.Builder
	runes := []rune(src)
	count = 0
	for i := 0; i < len(runes); {
		if !digit(runes[i]) || !startsNumber(runes, i) {
			o.WriteRune(runes[i])
			i++
			continue
		}
		j := numberEnd(runes, i)
		count++
		b.Reset()
		if i > 0 && runes[i-1] == '-' && (i == 1 || runes[i-2] == ' ') {
			b.WriteByte('-')
		}
		b.WriteString(string(runes[i:j]))
		o.WriteByte(' ')
		i = j
	}
	return strings.TrimSpace(b.String()), o.String(), count
}

// plainDigits gives Western digits and plain separators.
func plainDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if d := digitOf(r); d >= 0 {
			return '0' + rune(d)
		}
		switch {
		case r == '٫':
			return ','
		case r == '٬' || r == '\u00a0' || r == '\u202f' || r == '\u2009':
			return ' '
		case r == '−' || r == '－':
			return '-'
		case r == '\u20e3' || r == '\ufe0f' || bidiMark(r):
			return -1
		}
		return r
	}, text)
}

// startsNumber tells a digit that is a number from one that is a letter (3ndi).
func startsNumber(rs []rune, i int) bool {
	s := i
	for s > 0 && plainLetter(rs[s-1]) {
		s--
	}
	e := i
	for e < len(rs) && (plainLetter(rs[e]) || digit(rs[e])) {
		e++
	}
	for s > 0 && digit(rs[s-1]) {
		s--
		for s > 0 && plainLetter(rs[s-1]) {
			s--
		}
	}
	// Fold splits numbers off; the run is a number if its digits survive.
	run := i
	for run < e && digit(rs[run]) {
		run++
	}
	want := string(rs[i:run])
	for _, t := range tokens(string(rs[s:e])) {
		if t.fold == want {
			return true
		}
	}
	return false
}

func plainLetter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0xC0 && r != '،' && r != '؛' && r != '؟' && (r < 0x2000 || r > 0x2BFF) && r != 0xD7 && r != 0xF7
}

// numberEnd finds the end of a number: digits, with single separators between
// digits, spaces only before groups of three.
func numberEnd(rs []rune, i int) int {
	j := i
	for j < len(rs) && digit(rs[j]) {
		j++
	}
	for j+1 < len(rs) && digit(rs[j+1]) {
		sep := rs[j]
		if sep != '.' && sep != ',' && sep != ' ' && sep != '\'' {
			break
		}
		k := j + 1
		for k < len(rs) && digit(rs[k]) {
			k++
		}
		if (sep == ' ' || sep == '\'') && (k-j != 4 || j-i > 3 && !strings.ContainsAny(string(rs[i:j]), " .,'")) {
			break
		}
		j = k
	}
	return j
}

// parseDigits reads 1 250,50 and its kin.
func parseDigits(s string) (float64, bool) {
	s = strings.ReplaceAll(strings.ReplaceAll(s, " ", ""), "'", "")
	negative := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	dots, commas := strings.Count(s, "."), strings.Count(s, ",")
	switch {
	case dots+commas == 0:
	case dots > 0 && commas > 0:
		// The later of the two is the decimal mark.
		if strings.LastIndex(s, ".") > strings.LastIndex(s, ",") {
			s = strings.ReplaceAll(s, ",", "")
			dots, commas = 1, 0
		} else {
			s = strings.Replace(strings.ReplaceAll(s, ".", ""), ",", ".", 1)
		}
	case dots+commas > 1:
		s = strings.NewReplacer(".", "", ",", "").Replace(s)
	default:
		s = strings.Replace(s, ",", ".", 1)
		whole, frac, _ := strings.Cut(s, ".")
		if len(frac) == 3 && strings.Trim(whole, "0") != "" {
			s = whole + frac
		}
	}
	if len(s) > 15 {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0, false
	}
	if negative {
		v = -v
	}
	return v, true
}

// multiplied applies a hundred, a thousand or a half that follows the digits: 3 alf, 2 w noss.
func multiplied(v float64, ts []token) (float64, []token) {
	l := lex()
	for i := range ts {
		if n, size := phraseAt(l.numbers, ts, i); size > 0 && (n == 100 || n == 1000) {
			return v * float64(n), append(append([]token(nil), ts[:i]...), ts[i+size:]...)
		}
		if _, size := phraseAt(l.half, ts, i); size > 0 && i > 0 && l.and[ts[i-1].fold] {
			return v + 0.5, append(append([]token(nil), ts[:i-1]...), ts[i+size:]...)
		}
	}
	return v, ts
}

// numberInWords adds number words up; a joining word may stand between them.
func numberInWords(ts []token) (float64, []token, bool) {
	l := lex()
	total, current := 0, 0
	begun, ended, joined := false, false, false
	half := 0.0
	var rest []token
	for i := 0; i < len(ts); {
		n, size, tied := numberAt(l, ts, i)
		joined = joined || tied
		if size == 0 {
			if _, h := phraseAt(l.half, ts, i); h > 0 && (joined || !begun) {
				half, begun, ended = 0.5, true, true
				i += h
				continue
			}
			if begun && !ended && l.and[ts[i].fold] {
				joined = true
			} else if begun {
				ended = true
				rest = append(rest, ts[i])
			} else {
				rest = append(rest, ts[i])
			}
			i++
			continue
		}
		if ended || begun && !joined && current%10 != 0 && n < 100 && current != 4 {
			return 0, nil, false // two numbers
		}
		begun, joined = true, false
		switch {
		case n == 100 && current > 0 && current < 100, n == 20 && current == 4:
			current *= n
		case n == 1000:
			total += max(current, 1) * n
			current = 0
		default:
			current += n
		}
		i += size
	}
	if !begun {
		return 0, nil, false
	}
	return float64(total+current) + half, rest, true
}

// numberAt is the number word at i, also with a joining w- tied to it (وعشرين, wsbʕin).
func numberAt(l *lexicon, ts []token, i int) (n, size int, tied bool) {
	if n, size = phraseAt(l.numbers, ts, i); size > 0 {
		return n, size, false
	}
	for _, p := range []string{"و", "w", "u"} {
		if rest, ok := strings.CutPrefix(ts[i].fold, p); ok && len(rest) > 3 {
			if n, ok := l.numbers[rest]; ok {
				return n, 1, true
			}
		}
	}
	return 0, 0, false
}
