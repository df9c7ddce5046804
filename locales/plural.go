package locales

import "math"

// Form is a plural category, by CLDR's names.
type Form string

// The plural categories.
const (
	Zero  Form = "zero"
	One   Form = "one"
	Two   Form = "two"
	Few   Form = "few"
	Many  Form = "many"
	Other Form = "other"
)

var (
	twoForms  = []Form{One, Other}
	fourForms = []Form{One, Two, Few, Other}
	sixForms  = []Form{Zero, One, Two, Few, Many, Other}
)

// PluralForms lists the forms that a counted text has in lang, in the order of
// gettext's msgstr[0], msgstr[1]…; Other, the general one, is always last. The
// result must not be changed.
func PluralForms(lang Lang) []Form {
	switch lang {
	case Arabic:
		return sixForms
	case Darija:
		return fourForms
	}
	return twoForms
}

// PluralOf is the form that n takes in lang. Arabic and French follow CLDR 48
// (French without "many", which is for whole millions in running text). CLDR has no
// rule for ary and zgh: the rules here are those of real translations, MediaWiki's
// and Mastodon's for zgh, and for Darija the spoken one: 1, 2, 3 to 10, the rest.
// A sign is ignored; what is no whole number is Other, in French below 2 One.
func PluralOf(lang Lang, n float64) Form {
	n = math.Abs(n)
	whole := n == math.Trunc(n)
	switch lang {
	case Arabic:
		return arabicPlural(n, whole)
	case Darija:
		switch r := math.Mod(n, 100); {
		case n == 1:
			return One
		case n == 2:
			return Two
		case whole && r >= 3 && r <= 10:
			return Few
		}
	case Tamazight, TamazightLatin:
		if n == 1 {
			return One
		}
	default:
		if n < 2 {
			return One
		}
	}
	return Other
}

func arabicPlural(n float64, whole bool) Form {
	if !whole {
		return Other
	}
	switch r := math.Mod(n, 100); {
	case n == 0:
		return Zero
	case n == 1:
		return One
	case n == 2:
		return Two
	case r >= 3 && r <= 10:
		return Few
	case r >= 11 && r <= 99:
		return Many
	}
	return Other
}
