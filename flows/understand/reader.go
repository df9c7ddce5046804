package understand

import (
	"fmt"
	"unicode/utf8"

	"maalem/locales"
)

// Reader understands texts against the places, crafts, products and destinations
// that it was given. It is immutable and safe for concurrent use.
type Reader struct {
	data      Data
	index     *index
	intents   *intentTable
	ambiguous map[string][]string // folded alias -> ids
	place     map[string]int
	craft     map[string]int
	cues      map[string]bool // words before a place
}

// New builds a Reader. It fails when an id stands twice, an ambiguous alias names
// an unknown id, or a town an unknown province.
func New(data Data) (*Reader, error) {
	if _, err := loadLexicon(); err != nil {
		return nil, err
	}
	if _, err := loadCues(); err != nil {
		return nil, err
	}
	r := &Reader{
		data: data, index: newIndex(), ambiguous: map[string][]string{},
		place: map[string]int{}, craft: map[string]int{}, cues: lex().placeCues,
	}
	table, err := loadIntents()
	if err != nil {
		return nil, err
	}
	r.intents = table
	for concept, langs := range table.words {
		for lang, l := range langs {
			l.each(func(w string) {
				r.index.add(w, entry{n: int32(concept), kind: aConcept}, tongue(lang, table.names[concept]))
			})
		}
	}
	for k := range lex().languages {
		if utf8.RuneCountInString(k) < 3 {
			continue // ar is a word of Tamazight
		}
		r.index.add(k, entry{n: int32(table.id[conceptLanguage]), kind: aConcept}, strictly)
	}
	markCommon(r.index)
	if err := r.addPlaces(); err != nil {
		return nil, err
	}
	if err := r.addCrafts(); err != nil {
		return nil, err
	}
	r.addItems(data.Products, aProduct)
	r.joinGoods()
	r.addItems(data.Destinations, aDestination)
	for alias, ids := range data.Ambiguous {
		for _, id := range ids {
			_, isPlace := r.place[id]
			_, isCraft := r.craft[id]
			if !isPlace && !isCraft {
				return nil, fmt.Errorf("ambiguous alias %q: unknown id %q", alias, id)
			}
		}
		r.ambiguous[key(alias)] = ids
	}
	return r, nil
}

// markCommon tells the index the small words, on which it is not to guess.
func markCommon(x *index) {
	c, l := cues(), lex()
	x.everyday = c.everyday
	for _, m := range []map[string]float32{c.fr, c.ary, c.zgh, c.aryArab, c.ar} {
		for k := range m {
			x.common[k] = true
		}
	}
	for _, m := range []map[string]bool{l.greetings, l.givenNames, l.polite, l.questions, l.nameCues, l.placeCues, l.nameFillers, l.and} {
		for k := range m {
			x.common[k] = true
		}
	}
}

// addPlaces indexes provinces before towns before regions, so that a name that a
// province shares with its capital or its region is the province.
func (r *Reader) addPlaces() error {
	for i, p := range r.data.Places {
		if _, twice := r.place[p.ID]; twice || p.ID == "" {
			return fmt.Errorf("place %q: id empty or used twice", p.ID)
		}
		r.place[p.ID] = i
	}
	for _, p := range r.data.Places {
		if _, known := r.place[p.Province]; p.Kind == "town" && !known {
			return fmt.Errorf("town %q: unknown province %q", p.ID, p.Province)
		}
	}
	taken := map[string]bool{}
	for rank := range 3 {
		var own []string
		for i, p := range r.data.Places {
			if placeRank(p.Kind) != rank {
				continue
			}
			for _, s := range namesAndAliases(p.Names, p.Aliases, p.ID) {
				k := key(s)
				if k == "" || taken[k] {
					continue
				}
				own = append(own, k)
				r.index.add(s, entry{n: int32(i), kind: aPlace, weak: r.weak(k)}, anyTongue)
			}
		}
		for _, k := range own {
			taken[k] = true
		}
	}
	return nil
}

func placeRank(kind string) int {
	switch kind {
	case "region":
		return 2
	case "town":
		return 1
	}
	return 0
}

func (r *Reader) addCrafts() error {
	for i, c := range r.data.Crafts {
		if _, twice := r.craft[c.ID]; twice || c.ID == "" {
			return fmt.Errorf("craft %q: id empty or used twice", c.ID)
		}
		r.craft[c.ID] = i
	}
	// Names before aliases: what one craft is called outweighs what is also said of another.
	for i, c := range r.data.Crafts {
		for _, s := range namesAndAliases(c.Names, nil, "") {
			r.index.add(s, entry{n: int32(i), kind: aCraft, weak: r.weak(key(s))}, anyTongue)
		}
	}
	for i, c := range r.data.Crafts {
		for _, s := range c.Aliases {
			r.index.add(s, entry{n: int32(i), kind: aCraft, weak: r.weak(key(s))}, anyTongue)
		}
	}
	return nil
}

func (r *Reader) addItems(items []Item, k kind) {
	for i, it := range items {
		for _, s := range namesAndAliases(it.Names, it.Aliases, "") {
			r.index.add(s, entry{n: int32(i), kind: k, weak: r.weak(key(s))}, anyTongue)
		}
	}
}

// joinGoods lets crafts and products share their spellings: the words for a craft
// name its product, and another spelling of them in the list of the product names
// the craft too (9eftan is listed for one, 9ftan for the other).
func (r *Reader) joinGoods() {
	product := map[string]int{}
	for i, p := range r.data.Products {
		product[p.ID] = i
	}
	for _, c := range r.data.Crafts {
		i, sold := product[c.Product]
		if !sold {
			continue
		}
		for _, s := range namesAndAliases(c.Names, c.Aliases, "") {
			if k := key(s); !r.knows(k, aProduct) {
				r.index.add(s, entry{n: int32(i), kind: aProduct, weak: r.weak(k)}, anyTongue)
			}
		}
	}
	for _, p := range r.data.Products {
		for _, s := range p.Aliases {
			k := key(s)
			if r.knows(k, aCraft) {
				continue
			}
			for _, e := range r.index.skel[string(compactSkeleton(nil, tokens(s)))] {
				if e.kind == aCraft && r.data.Crafts[e.n].Product == p.ID && (!sameScript(e.key, k) || similar(e.key, k, 4)) {
					r.index.add(s, entry{n: e.n, kind: aCraft, weak: r.weak(k)}, french)
					break
				}
			}
		}
	}
}

func (r *Reader) knows(k string, what kind) bool {
	for _, e := range r.index.exact[k] {
		if e.kind == what {
			return true
		}
	}
	return false
}

// weak tells keys that are also common words, or too short to mean one thing.
func (r *Reader) weak(k string) bool {
	l := lex()
	if len([]rune(k)) < 3 || r.index.common[k] || l.notNames[k] {
		return true
	}
	_, day := l.days[k]
	_, number := l.numbers[k]
	return day || number || l.givenNames[k]
}

func namesAndAliases(names map[locales.Lang]string, aliases []string, id string) []string {
	out := append([]string(nil), aliases...)
	for _, lang := range locales.Views() {
		if names[lang] != "" {
			out = append(out, names[lang])
		}
	}
	if id != "" {
		out = append(out, id)
	}
	return out
}

// tongue says how freely the words of a concept are recognised. What speaks
// against every wish must be meant: it is not guessed.
func tongue(lang locales.Lang, concept string) spoken {
	switch {
	case concept == conceptElsewhere:
		return strictly
	case lang == locales.French:
		return french
	}
	return freely
}
