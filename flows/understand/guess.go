package understand

import (
	"strings"
	"unicode/utf8"
)

// scraps tells words of a letter or two: joined they are another word only by chance.
func scraps(ts []token) bool {
	for i := range ts {
		if ts[i].runes > 2 {
			return false
		}
	}
	return true
}

// guess looks for what the words from i may be a spelling of: the nearest kind
// of likeness that finds something is believed.
func (x *index) guess(dst []hit, ts []token, i int, covered *[kinds]int, tongue spoken) []hit {
	before := len(dst)
	if dst = x.loosely(dst, ts, i, covered); len(dst) > before {
		return dst
	}
	if x.common[ts[i].fold] || x.everyday[ts[i].fold] || ts[i].runes < 3 || givenName(ts, i) {
		return dst
	}
	var room [40]stripped
	forms := strip(room[:0], ts[i])
	if dst = x.affixes(dst, forms, ts, i, covered); len(dst) > before {
		return dst
	}
	if dst = x.freer(dst, forms, ts, i, covered); len(dst) > before {
		return dst
	}
	if tongue != french {
		if dst = x.consonants(dst, forms, ts, i, covered); len(dst) > before {
			return dst
		}
	}
	if tongue == french && ts[i].runes < frenchSlip {
		return dst
	}
	return x.near(dst, ts, i, covered)
}

// givenName tells a word that is a given name, or the second half of one: فاطمة الزهراء
// does not distil flowers.
func givenName(ts []token, i int) bool {
	names := lex().givenNames
	if _, size := phraseAt(names, ts, i); size > 0 {
		return true
	}
	if i == 0 {
		return false
	}
	_, size := phraseAt(names, ts, i-1)
	return size > 1
}

// frenchSlip is the least number of letters of a French word that may have a slip
// in it: French has many words that differ by one letter.
const frenchSlip = 7

// loosely looks phrases of two words and more up by their loose keys.
func (x *index) loosely(dst []hit, ts []token, i int, covered *[kinds]int) []hit {
	var buf [128]byte
	var ends [maxWords]int
	n, key := min(maxWords, len(ts)-i), buf[:0]
	for j := range n {
		key = loose(key, ts[i+j].fold)
		ends[j] = len(key)
	}
	found := false
	for ; n > 1; n-- {
		if dst, found = x.take(dst, x.phrases[string(key[:ends[n-1]])], i, n, loosened, covered, false); found {
			return dst
		}
	}
	return dst
}

// freer looks a word up by its loose key and by the sound of French, whole and
// without what is tied to it.
func (x *index) freer(dst []hit, forms []stripped, ts []token, i int, covered *[kinds]int) []hit {
	var buf [128]byte
	found := false
	word := ts[i].fold
	if k := loose(buf[:0], word); utf8.RuneCount(k) > 2 {
		if dst, found = x.take(dst, x.loose[string(k)], i, 1, loosened, covered, false); found {
			return dst
		}
	}
	if word[0] < 0x80 {
		if k := frenchKey(buf[:0], word); len(k) > 0 {
			if dst, found = x.take(dst, x.french[string(k)], i, 1, loosened, covered, false); found {
				return dst
			}
		}
		// l'inscription, d'une, qu'on, without their apostrophe.
		if ts[i].runes > 5 && strings.IndexByte("djlmnstc", word[0]) >= 0 && vowel(word[1]) {
			if k := frenchKey(buf[:0], word[1:]); len(k) > 0 {
				if dst, found = x.take(dst, x.french[string(k)], i, 1, loosened, covered, false); found {
					return dst
				}
			}
		}
	}
	for _, f := range forms {
		if f.left < looseLength && word[0] < 0xD8 {
			continue
		}
		k := loose(buf[:0], f.rest)
		if n := utf8.RuneCount(k); n < 3 || n < looseLength && word[0] < 0xD8 {
			continue
		}
		if dst, found = x.take(dst, x.loose[string(k)], i, 1, loosened, covered, false); found {
			return dst
		}
	}
	return dst
}

// consonants looks a word, or two or three, up by skeleton. Three consonants are
// shared by many words: the spelling must be near too.
func (x *index) consonants(dst []hit, forms []stripped, ts []token, i int, covered *[kinds]int) []hit {
	if ts[i].runes < 4 {
		return dst
	}
	var buf, joint [128]byte
	for n := min(3, len(ts)-i); n > 0; n-- {
		sk := compactSkeleton(buf[:0], ts[i:i+n])
		if len(sk) < 3 {
			continue
		}
		if n > 1 && (len(sk) < 5 || x.knowsAny(ts[i+1:i+n])) {
			continue
		}
		word := compact(joint[:0], ts[i:i+n])
		found := false
		if dst, found = x.spelled(dst, x.skel[string(sk)], string(word), len(sk), i, n, covered); found {
			return dst
		}
	}
	for _, f := range forms {
		if f.left < 4 {
			continue
		}
		sk := skeleton(buf[:0], f.rest)
		if len(sk) < 3 {
			continue
		}
		found := false
		if dst, found = x.spelled(dst, x.skel[string(sk)], f.rest, len(sk), i, 1, covered); found {
			return dst
		}
	}
	return dst
}

// spelled takes those meanings of a skeleton whose spelling is near the word: in
// the same script at most a third of the letters differ; across scripts vowels
// cannot be compared, and four consonants are asked for.
func (x *index) spelled(dst []hit, ss []spelling, word string, consonantCount, at, size int, covered *[kinds]int) ([]hit, bool) {
	found := false
	var one [1]entry
	for _, s := range ss {
		if sameScript(s.key, word) {
			if !similar(s.key, word, consonantCount) {
				continue
			}
		} else if consonantCount < 4 {
			continue
		}
		one[0] = s.entry
		dst, found = x.take(dst, one[:], at, size, consonants, covered, found)
	}
	return dst, found
}

func sameScript(a, b string) bool { return (a[0] < 0xD8) == (b[0] < 0xD8) }

// knowsAny reports that one of the tokens means something by itself: a guess at a
// phrase must not swallow it.
func (x *index) knowsAny(ts []token) bool {
	for i := range ts {
		if len(x.exact[ts[i].fold]) > 0 {
			return true
		}
	}
	return false
}

// near looks one word up with one slip: a letter more, less, other or swapped.
func (x *index) near(dst []hit, ts []token, i int, covered *[kinds]int) []hit {
	key := ts[i].fold
	if ts[i].runes < 5 {
		return dst
	}
	best := x.neighbour(key)
	if best == "" {
		for _, p := range articles {
			if len(key) > len(p) && key[:len(p)] == p {
				if best = x.neighbour(key[len(p):]); best != "" {
					break
				}
			}
		}
	}
	if best == "" {
		return dst
	}
	for _, e := range x.exact[best] {
		// Concepts have common words: a slip is believed in longer ones only.
		if (e.kind == aConcept || e.kind == aDestination) && ts[i].runes < slipLength {
			continue
		}
		one := [1]entry{e}
		dst, _ = x.take(dst, one[:], i, 1, near, covered, false)
	}
	return dst
}

// neighbour finds the key at distance one, the first letter being right.
func (x *index) neighbour(word string) string {
	if !fuzzy(word) && !fuzzy(word+"x") {
		return ""
	}
	if k := x.candidate(x.deletes[word], word); k != "" {
		return k
	}
	var buf [96]byte
	for i, r := range word {
		if i == 0 {
			continue
		}
		cut := append(append(buf[:0], word[:i]...), word[i+len(string(r)):]...)
		if k := x.candidate(x.deletes[string(cut)], word); k != "" {
			return k
		}
	}
	return ""
}

func (x *index) candidate(keys []string, word string) string {
	for _, k := range keys {
		if k[0] == word[0] && distanceOne(k, word) {
			return k
		}
	}
	return ""
}
