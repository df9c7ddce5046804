package understand

import (
	"math"
	"strings"
)

// oldest is an age above which a number is none.
const oldest = 120

// Years is what a text says of an age: at least From, less than Below; and whether it says
// yes or no beside it.
type Years struct {
	From, Below float64
	Yes, No     bool
}

// Age reads what a text says of somebody's own age. "16" and "عمري ١٦ سنة" say it exactly; "je n'ai pas 18 ans" and "قل من 18" say below 18,
// "18 ou plus" from 18 on; a year of birth says one of two ages. A text with other words
// in it is not understood: nobody is taken for an adult by mistake.
func Age(text string, today Day) (years Years, ok bool) {
	text = limit(text)
	n, rest, ok := number(text)
	if !ok {
		return years, false
	}
	n = math.Abs(n)
	sign := strings.TrimLeft(text, " ") // "- de 18", "<18"
	less, more := strings.HasPrefix(sign, "-") || strings.Contains(text, "<"), strings.ContainsAny(text, "+>")
	l := lex()
	for i := 0; i < len(rest); {
		if _, size := phraseAt(l.less, rest, i); size > 0 {
			less = true
			i += size
			continue
		}
		if _, size := phraseAt(l.more, rest, i); size > 0 {
			more = true
			i += size
			continue
		}
		if denies(rest, i) {
			less = true
			if !l.denials[rest[i].fold] && !ageVerb(rest[i].fold) {
				return years, false
			}
			i++
			continue
		}
		_, size := phraseAt(l.ageWords, rest, i)
		if size == 0 {
			_, size = phraseAt(l.polite, rest, i)
		}
		if size == 0 {
			_, yes := phraseAt(l.yes, rest, i)
			_, no := phraseAt(l.no, rest, i)
			years.Yes, years.No = years.Yes || yes > no, years.No || no > yes
			size = max(yes, no)
		}
		if size == 0 {
			return years, false
		}
		i += size
	}
	switch {
	case less && more:
		return years, false
	case n >= 1900 && n <= float64(today.Year):
		if less || more || n != math.Trunc(n) {
			return years, false
		}
		age := float64(today.Year) - n // after this year's birthday
		years.From, years.Below = max(age-1, 0), age+1
	case n > oldest:
		return years, false
	case less:
		years.Below = n
	case more:
		years.From, years.Below = n, math.Inf(1)
	default:
		years.From, years.Below = n, math.Nextafter(n, math.Inf(1))
	}
	return years, true
}

// ageVerb tells a denied verb of having or reaching an age: ma3ndich, ما وصلتش.
func ageVerb(fold string) bool {
	for _, stem := range []string{"ʕnd", "3nd", "and", "عند", "wsl", "وصل", "kml", "كمل", "mazal"} {
		if strings.Contains(fold, stem) {
			return true
		}
	}
	return false
}
