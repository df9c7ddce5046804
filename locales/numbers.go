package locales

import (
	"math"
	"strconv"
	"strings"
)

// nbsp groups digits: of bidi class CS, so that the groups keep their order inside
// Arabic, and in every font, which the narrow U+202F is not.
const nbsp = "\u00a0"

// Number writes n the Moroccan way, in every language alike: Western digits, a
// no-break space between groups of three, a comma and at most two decimals without
// trailing zeros. What is not a number is "—". CLDR's bare "ar" would give
// Arabic-Indic digits, which Morocco does not use.
func Number(lang Lang, n float64) string {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return "—"
	}
	s := strconv.FormatFloat(n, 'f', 2, 64)
	whole, decimals, _ := strings.Cut(s, ".")
	decimals = strings.TrimRight(decimals, "0")
	if decimals == "" && whole == "-0" {
		whole = "0"
	}
	whole = group(whole)
	if decimals != "" {
		return whole + "," + decimals
	}
	return whole
}

// Money writes an amount of dirhams with its unit: "1 250,50 DH", "1 250,50 درهم".
// Whole amounts have no decimals, others have two.
func Money(lang Lang, dirhams float64) string {
	s := Number(lang, dirhams)
	if i := strings.LastIndexByte(s, ','); i == len(s)-2 && i >= 0 {
		s += "0"
	}
	return s + nbsp + dirham(lang)
}

// dirham is the unit as it stands after a number: Tamazight counts "n udrim".
func dirham(lang Lang) string {
	switch lang {
	case Arabic, Darija:
		return "درهم"
	case Tamazight:
		return "ⵏ" + nbsp + "ⵓⴷⵔⵉⵎ"
	case TamazightLatin:
		return "n" + nbsp + "udrim"
	}
	return "DH"
}

// group sets no-break spaces between groups of three digits from the right.
func group(whole string) string {
	digits := strings.TrimPrefix(whole, "-")
	if len(digits) <= 3 {
		return whole
	}
	var b strings.Builder
	b.Grow(len(whole) + len(digits)/3*len(nbsp))
	b.WriteString(whole[:len(whole)-len(digits)])
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(nbsp)
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}

// count writes a number that counts things. Below ten thousand it stays ungrouped,
// as French and Arabic typography allow: so a year is never cut in two.
func count(lang Lang, n float64) string {
	if n == math.Trunc(n) && math.Abs(n) < 10000 {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return Number(lang, n)
}

// ToWestern turns Arabic-Indic, Persian and fullwidth digits into 0-9 and leaves the rest alone.
func ToWestern(digits string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return r
	}, digits)
}
