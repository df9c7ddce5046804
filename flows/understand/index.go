package understand

import (
	"strings"
	"unicode/utf8"
)

// kind says what an entry of an index stands for.
type kind uint8

const (
	aConcept kind = iota
	aPlace
	aCraft
	aProduct
	aDestination
	kinds
)

// entry is one meaning of a key: the n-th thing of a kind. weak marks a key that
// is also a common word: it counts only beside a cue or as a whole answer.
type entry struct {
	n    int32
	kind kind
	weak bool
}

// level tells how a key was found; lower is surer.
type level uint8

const (
	exact    level = iota
	prefixed       // without its article or preposition
	affixed        // without an ending as well
	loosened       // but for letters that spelling leaves free, or by the sound of French
	consonants
	near
)

// strength is what a hit is worth, by level: guesses make no wish alone.
var strength = [...]float32{exact: 1, prefixed: 1, affixed: 0.95, loosened: 0.9, consonants: 0.6, near: 0.6}

// hit is a meaning found in a text: tokens [at, at+size).
type hit struct {
	entry
	at, size int
	level    level
}

// maxWords is the number of words of the longest key.
const maxWords = 5

// index finds meanings by folded words joined without spaces, by looser keys of
// them, by their consonants, and by edit distance one. It is immutable once built.
type index struct {
	exact   map[string][]entry
	several map[string]bool // keys of two words and more
	loose   map[string][]entry
	phrases map[string][]entry // the loose keys of two words and more
	french  map[string][]entry // by frenchKey
	skel    map[string][]spelling
	deletes map[string][]string // a key with one letter left out -> keys
	common  map[string]bool     // words of the languages: no meaning of ours, never guessed at
	// everyday words are not guessed at either, but what is listed under one of
	// them stays a full meaning.
	everyday map[string]bool
}

// spelling is a meaning under its skeleton, with the key that has it.
type spelling struct {
	entry
	key string
}

func newIndex() *index {
	return &index{
		exact: map[string][]entry{}, several: map[string]bool{}, loose: map[string][]entry{}, phrases: map[string][]entry{}, french: map[string][]entry{}, skel: map[string][]spelling{}, deletes: map[string][]string{}, common: map[string]bool{},
	}
}

// spoken says how freely a word of the lexicon is written.
type spoken uint8

const (
	anyTongue spoken = iota // names and aliases: all languages together
	french                  // vowels count; endings and sounds vary
	strictly                // as listed, but for what is tied to it
	freely                  // Darija, Arabic, Tamazight: vowels are free, words are inflected
)

// add enters one word or phrase.
func (x *index) add(text string, e entry, how spoken) {
	ts := tokens(text)
	if len(ts) == 0 || len(ts) > maxWords {
		return
	}
	x.addKey(ts, e, how)
	// The articles inside an Arabic phrase may go: نقاش الجبص, نقاش جبص.
	bare, cutOff := append([]token(nil), ts...), false
	for i := 1; i < len(bare); i++ {
		if rest, found := strings.CutPrefix(bare[i].fold, "ال"); found && len(rest) > 4 {
			bare[i].fold, cutOff = rest, true
		}
	}
	if cutOff {
		x.addKey(bare, e, french)
	}
	if len(ts) == 1 && how == freely {
		for _, form := range inflected(ts[0].fold) {
			if k := string(loose(nil, form)); utf8.RuneCountInString(k) > 2 {
				x.loose[k] = enter(x.loose[k], e)
			}
		}
	}
}

func (x *index) addKey(ts []token, e entry, how spoken) {
	key := string(compact(nil, ts))
	if len(ts) > 1 {
		x.several[key] = true
	}
	first := len(x.exact[key]) == 0
	before := len(x.exact[key])
	x.exact[key] = enter(x.exact[key], e)
	if len(x.exact[key]) == before {
		return
	}
	if how != french && how != strictly {
		if k := string(compactLoose(nil, ts)); utf8.RuneCountInString(k) >= looseLength {
			x.loose[k] = enter(x.loose[k], e)
			if len(ts) > 1 && utf8.RuneCountInString(k) >= loosePhrase {
				x.phrases[k] = enter(x.phrases[k], e)
			}
		}
		if sk := string(compactSkeleton(nil, ts)); len(sk) >= 3 {
			x.skel[sk] = append(x.skel[sk], spelling{e, key})
		}
	}
	if (how == french || how == anyTongue) && len(ts) == 1 && e.kind != aPlace && key[0] < 0x80 {
		// Names are in all languages: a short one may sound like French and be none.
		if k := string(frenchKey(nil, key)); k != "" && (how == french || len(k) > 5) {
			x.french[k] = enter(x.french[k], e)
		}
	}
	if first && how != strictly && fuzzy(key) {
		for _, d := range deletions(key) {
			x.deletes[d] = append(x.deletes[d], key)
		}
	}
}

// enter adds a meaning to those of a key, once; the strong one stays.
func enter(es []entry, e entry) []entry {
	for i, old := range es {
		if old.kind == e.kind && old.n == e.n {
			es[i].weak = es[i].weak && e.weak
			return es
		}
	}
	return append(es, e)
}

// fuzzy tells keys that are long enough to be recognised with one slip: five
// letters, six in Arabic, where more short words are neighbours.
func fuzzy(key string) bool {
	n, arabic := 0, false
	for _, r := range key {
		n++
		arabic = arabic || r >= 0x0600 && r <= 0x06FF
	}
	return n >= 6 || n == 5 && !arabic
}

// deletions lists key itself and key with each one letter left out.
func deletions(key string) []string {
	out := []string{key}
	for i, r := range key {
		out = append(out, key[:i]+key[i+len(string(r)):])
	}
	return out
}

// scan reports the meanings of a text, at each place the longest of each kind;
// guesses only where nothing is known exactly. In French (tongue) the consonants
// of a word are no guess at another: its vowels are written.
func (x *index) scan(ts []token, dst []hit, tongue spoken) []hit {
	var covered [kinds]int
	var buf [128]byte
	for i := range ts {
		found := false
		var ends [maxWords]int
		n, key := min(maxWords, len(ts)-i), buf[:0]
		for j := range n {
			key = append(key, ts[i+j].fold...)
			ends[j] = len(key)
		}
		for ; n > 0; n-- {
			if n > 1 && scraps(ts[i:i+n]) && !x.several[string(key[:ends[n-1]])] {
				continue
			}
			dst, found = x.take(dst, x.exact[string(key[:ends[n-1]])], i, n, exact, &covered, found)
		}
		if !found && !covering(&covered, i) {
			dst = x.guess(dst, ts, i, &covered, tongue)
		}
	}
	return dst
}

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
	if x.common[ts[i].fold] || x.everyday[ts[i].fold] || ts[i].runes < 3 {
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

// frenchSlip is the least number of letters of a French word that may have a slip
// in it: French has many words that differ by one letter.
const frenchSlip = 7

func covering(covered *[kinds]int, i int) bool {
	for _, c := range covered {
		if c > i {
			return true
		}
	}
	return false
}

// take adds the entries of a key that are not inside an earlier hit of their kind.
func (x *index) take(dst []hit, es []entry, at, size int, l level, covered *[kinds]int, found bool) ([]hit, bool) {
	if len(es) == 0 {
		return dst, found
	}
	var done [kinds]bool
	for k := range covered {
		done[k] = covered[k] > at
	}
	for _, e := range es {
		// Words inside a phrase still speak for their own concepts.
		if done[e.kind] && e.kind != aConcept {
			continue
		}
		found = true
		dst = append(dst, hit{entry: e, at: at, size: size, level: l})
		covered[e.kind] = max(covered[e.kind], at+size)
	}
	return dst, found
}

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
