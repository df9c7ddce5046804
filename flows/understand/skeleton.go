package understand

// skeleton appends to dst the consonants of a folded word, one per sound that
// Moroccan spellings keep apart reliably, so that بغيت, bghit, bɣit and ⴱⵖⵉⵜ meet:
// no vowels, no w and y, emphatic and plain alike, q k g alike, doubles once, no
// h at the end. Arabic, Latin and Tifinagh words give the same skeleton. It is a
// second key, used only when the first found nothing; it cannot be turned back.
func skeleton(dst []byte, word string) []byte {
	start := len(dst)
	before := rune(0)
	for _, r := range word {
		previous := before
		before = r
		var c byte
		switch r {
		case 'b', 'p', 'ب':
			c = 'b'
		case 't', 'ت', 'ث', 'ط':
			c = 't'
		case 'd', 'د', 'ذ', 'ض', 'ظ':
			c = 'd'
		case 'j', 'ج':
			c = 'j'
		case 'x', 'خ':
			c = 'x'
		case 'h', 'ħ', 'ح', 'ه':
			if r == 'h' && (previous == 't' || previous == 'd' || previous == 'p') {
				if previous == 'p' && len(dst) > start {
					dst[len(dst)-1] = 'f'
				}
				continue
			}
			c = 'h'
		case 'r', 'ر':
			c = 'r'
		case 'z', 'ز':
			c = 'z'
		case 's', 'س', 'ص':
			c = 's'
		case 'ʃ', 'c', 'ش':
			c = 'c'
		case 'ɣ', 'غ':
			c = 'G'
		case 'f', 'v', 'ف':
			c = 'f'
		case 'q', 'k', 'g', 'ق', 'ك':
			c = 'k'
		case 'l', 'ل':
			c = 'l'
		case 'm', 'م':
			c = 'm'
		case 'n', 'ن':
			c = 'n'
		case 'a', 'e', 'i', 'o', 'u', 'y', 'w', 'ʕ', 'ا', 'و', 'ي', 'ع':
			continue
		default:
			if r < '0' || r > '9' {
				continue
			}
			c = byte(r)
		}
		if len(dst) > start && dst[len(dst)-1] == c {
			continue
		}
		dst = append(dst, c)
	}
	if n := len(dst); n > start+1 && dst[n-1] == 'h' {
		dst = dst[:n-1]
	}
	return dst
}
