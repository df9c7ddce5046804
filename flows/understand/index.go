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
