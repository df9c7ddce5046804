package understand

import "strings"

// Limits of what is believed without asking. A sum without a unit may be in
// ryals from about here on; Moroccans count large sums in ryals and centimes.
const plainSumLimit = 10000

// Money reads a sum and gives it in dirhams. doubtful means that it is to be
// echoed and confirmed: ryals (20 to the dirham), millions (of centimes: one is
// 10,000 DH), large sums without a unit. Other currencies are not dirhams.
func Money(text string) (dirhams float64, doubtful bool, ok bool) {
	if strings.ContainsAny(text, "€$£¥") {
		return 0, false, false
	}
	l := lex()
	v, rest, ok := number(text)
	if !ok {
		rest = tokens(text)
	}
	unit := ""
	millions := false
	for i := 0; i < len(rest); i++ {
		u, size := phraseAt(l.currency, rest, i)
		if size == 0 {
			continue
		}
		switch {
		case u == "million":
			millions = true
		case u == "k":
			v *= 1000
			doubtful = true
		case unit != "" && unit != u:
			return 0, false, false
		default:
			unit = u
		}
		i += size - 1
	}
	if !ok {
		if !millions {
			return 0, false, false
		}
		v = 1 // «مليون» alone
	}
	if v < 0 {
		return 0, false, false
	}
	switch {
	case unit == "other":
		return 0, false, false
	case millions && unit == "ryal":
		return v * 1e6 / 20, true, true
	case millions:
		return v * 10000, true, true
	case unit == "ryal":
		return v / 20, true, true
	case unit == "centime":
		return v / 100, true, true
	case unit == "":
		return v, doubtful || v >= plainSumLimit, true
	}
	return v, doubtful, true
}
