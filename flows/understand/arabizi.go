package understand

// arabizi reads digits that stand for letters, as in 3ndi, 9rib, 7bes, and sets
// those that are numbers apart with a space: 180dh is "180 dh". A digit is a
// letter only when it touches one; two digits or more at the start of a word,
// any run with a 0 or a 1, and a digit followed by a unit are numbers.
// Apostrophes part words, except after such a digit (7', 9').
func arabizi(in []rune) []rune {
	if !touching(in) {
		return in
	}
	out := make([]rune, 0, len(in)+8)
	for i := 0; i < len(in); {
		r := in[i]
		if r == '\'' {
			out = append(out, ' ')
			i++
			continue
		}
		if !digit(r) {
			out = append(out, r)
			i++
			continue
		}
		j := i
		for j < len(in) && digit(in[j]) {
			j++
		}
		before := i > 0 && letter(in[i-1])
		after := j < len(in) && letter(in[j])
		switch {
		case !before && !after && !quoted(in, i, j):
			out = append(out, in[i:j]...)
		case numeric(in, i, j, before):
			if before {
				out = append(out, ' ')
			}
			out = append(out, in[i:j]...)
			if after {
				out = append(out, ' ')
			}
		default:
			for k := i; k < j; k++ {
				out = appendSound(out, in, k)
			}
			if j < len(in) && in[j] == '\'' && j+1 < len(in) && letter(in[j+1]) {
				j++ // 7'obz: the apostrophe belongs to the digit
			}
		}
		i = j
	}
	return out
}

// touching reports whether there is anything for arabizi to do.
func touching(in []rune) bool {
	for _, r := range in {
		if r == '\'' || digit(r) {
			return true
		}
	}
	return false
}

// quoted tells a digit that an apostrophe ties to the letter after it: 7'obz.
func quoted(in []rune, i, j int) bool {
	return j-i == 1 && j+1 < len(in) && in[j] == '\'' && letter(in[j+1]) && (in[i] == '7' || in[i] == '9' || in[i] == '6' || in[i] == '3')
}

// numeric decides that the digits in[i:j], which touch a letter, are a number.
func numeric(in []rune, i, j int, before bool) bool {
	for _, r := range in[i:j] {
		if r == '0' || r == '1' {
			return true
		}
	}
	if j-i > 2 || j-i == 2 && (!before || in[i] != in[i+1]) {
		return true
	}
	if before {
		// "2x3": the letters before belong to a number too.
		k := i
		for k > 0 && letter(in[k-1]) {
			k--
		}
		return k > 0 && digit(in[k-1]) && (k == 1 || !letter(in[k-2])) && units[string(in[k:i])]
	}
	k := j
	for k < len(in) && letter(in[k]) {
		k++
	}
	return units[string(in[j:k])]
}

// units are the words that make the digits before them a number.
var units = map[string]bool{
	"dh": true, "dhs": true, "dhm": true, "drham": true, "drhm": true, "dirham": true, "dirhams": true, "derham": true, "mad": true,
	"m": true, "cm": true, "mm": true, "km": true, "kg": true, "kilo": true, "kilos": true, "g": true, "gr": true, "h": true, "mn": true,
	"min": true, "j": true, "x": true, "er": true, "eme": true, "ere": true, "nd": true, "e": true, "ans": true, "jours": true, "mois": true,
	"euro": true, "euros": true, "eur": true, "usd": true, "k": true, "rial": true, "ryal": true, "riyal": true, "snin": true, "fois": true,
	"ml": true, "cl": true, "\u062f": true, "درهم": true, "دراهم": true, "ريال": true, "سنه": true, "سنين": true, "متر": true, "كلغ": true,
	"سم": true, "كم": true, "ايام": true, "يوم": true, "الف": true, "مليون": true,
}

// appendSound writes the letter that the digit in[k] stands for.
func appendSound(out, in []rune, k int) []rune {
	hook := k+1 < len(in) && in[k+1] == '\''
	switch in[k] {
	case '2': // hamza: not in a key
	case '3':
		if hook {
			return append(out, gh)
		}
		return append(out, ayn)
	case '4', '8':
		return append(out, gh)
	case '5':
		return append(out, 'x')
	case '6':
		return append(out, 't')
	case '7':
		switch {
		case hook:
			return append(out, 'x')
		case len(out) > 0 && (out[len(out)-1] == 's' || out[len(out)-1] == 'c' || out[len(out)-1] == 'k' || out[len(out)-1] == 'g'):
			return append(out, hah)
		}
		return append(out, 'h')
	case '9':
		if hook {
			return append(out, 'd')
		}
		return append(out, 'q')
	}
	return out
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

// letter is called on the output of letters: all that is not a digit, a space or
// an apostrophe.
func letter(r rune) bool { return r != ' ' && r != '\'' && !digit(r) }
