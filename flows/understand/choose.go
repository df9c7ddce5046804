package understand

import "strings"

// Choose reads which of a few options is meant, once; see Chooser.Choose.
func Choose(text string, opts []Option) (index int, sure bool, ok bool) {
	return NewChooser(opts).Choose(text)
}

// Choose reads which option is meant: its number in any digits, in words or as an
// ordinal, its id, label or a synonym, a word that is known to mean what a label
// says (mra, femme), the beginning of a label that only one has, or a label with one
// slip (then sure is false). index counts from 0.
func (c *Chooser) Choose(text string) (index int, sure bool, ok bool) {
	if c.opts == 0 {
		return 0, false, false
	}
	ts := tokens(text)
	if len(ts) == 0 {
		return 0, false, false
	}
	var buf [256]byte
	k := compact(buf[:0], ts)
	if i, found := c.exact[string(k)]; found {
		return i, true, i >= 0
	}
	l := lex()
	bare := without(ts, l.polite)
	if len(bare) > 0 && len(bare) < len(ts) {
		ts = bare
		k = compact(buf[:0], ts)
		if i, found := c.exact[string(k)]; found {
			return i, true, i >= 0
		}
	}
	if i, found := c.number(l, ts); found {
		return i, true, true
	}
	if i, found := c.alike(l, string(k)); found {
		return i, true, true
	}
	return c.label(ts, string(k))
}

// alike finds the one option of which a label says the same as the text in another word.
func (c *Chooser) alike(l *lexicon, k string) (int, bool) {
	group := l.alike[k]
	if group == 0 {
		group = l.alike[trimArticle(k)]
	}
	if group == 0 {
		return 0, false
	}
	return c.one(func(label string) bool { return l.alike[label] == group })
}

// ChooseMany reads several of the options: numbers or labels one after the other,
// with commas, spaces or an "and" between them. All that is said must be an
// option; the same one twice counts once.
func ChooseMany(text string, opts []Option) (indexes []int, sure, ok bool) {
	if i, s, found := Choose(text, opts); found && s {
		return []int{i}, true, true
	}
	c := NewChooser(opts)
	l := lex()
	_, ts := words(text)
	seen := map[int]bool{}
	sure = true
	add := func(i int) {
		if !seen[i] {
			seen[i] = true
			indexes = append(indexes, i)
		}
	}
	for i := 0; i < len(ts); {
		idx, size, s := c.longest(l, ts, i)
		if rest, cutOff := strings.CutPrefix(ts[i].fold, "و"); cutOff && rest != "" && !s {
			ts[i].fold = rest // «والشركة»
			ts[i].runes--
			continue
		}
		if size > 0 {
			add(idx)
			sure = sure && s
			i += size
			continue
		}
		if l.and[ts[i].fold] || l.polite[ts[i].fold] {
			i++
			continue
		}
		return nil, false, false
	}
	return indexes, sure && len(indexes) > 0, len(indexes) > 0
}

// Chooser is a few options made ready to be chosen from again and again. It is safe
// for concurrent use.
type Chooser struct {
	opts  int
	exact map[string]int // a key that two options share is -1
	keys  []labelled
}

type labelled struct {
	key string
	n   int
}

// NewChooser folds the options' names.
func NewChooser(opts []Option) *Chooser {
	c := &Chooser{opts: len(opts), exact: map[string]int{}}
	for n, o := range opts {
		for _, texts := range [][]string{o.Labels, o.Synonyms, {o.ID}} {
			for _, s := range texts {
				k := key(s)
				if k == "" {
					continue
				}
				if old, taken := c.exact[k]; taken && old != n {
					c.exact[k] = -1
					continue
				}
				c.exact[k] = n
				c.keys = append(c.keys, labelled{k, n})
			}
		}
	}
	return c
}

// number reads a whole message that is a number or an ordinal.
func (c *Chooser) number(l *lexicon, ts []token) (int, bool) {
	i, size := c.numberAt(l, ts, 0)
	if size > 0 && size < len(ts) {
		return 0, false
	}
	if size == 0 && len(ts) > 1 && l.choiceWords[ts[0].fold] {
		return c.number(l, ts[1:])
	}
	return i, size > 0
}

func (c *Chooser) numberAt(l *lexicon, ts []token, i int) (index, size int) {
	n := 0
	fold := ts[i].fold
	switch {
	case fold[0] >= '0' && fold[0] <= '9':
		for _, r := range fold {
			if r < '0' || r > '9' || n > 1000 {
				return 0, 0
			}
			n = n*10 + int(r-'0')
		}
		size = 1
		// 1er, 2eme arrive as two tokens.
		if i+1 < len(ts) && ordinalEnds[ts[i+1].fold] {
			size = 2
		}
	default:
		n, size = phraseAt(l.ordinals, ts, i)
		if size == 0 {
			n, size = phraseAt(l.numbers, ts, i)
		}
		if size == 0 {
			for _, p := range articles {
				if rest, cutOff := strings.CutPrefix(fold, p); cutOff {
					if v, found := l.ordinals[rest]; found {
						n, size = v, 1
						break
					}
					if v, found := l.numbers[rest]; found {
						n, size = v, 1
						break
					}
				}
			}
		}
		if n == -1 && size > 0 {
			n = c.opts
		}
	}
	if size == 0 || n < 1 || n > c.opts {
		return 0, 0
	}
	return n - 1, size
}

var ordinalEnds = map[string]bool{"er": true, "ere": true, "eme": true, "nd": true, "e": true, "re": true}

// label finds the option whose label begins like the text, or nearly is it.
func (c *Chooser) label(ts []token, k string) (int, bool, bool) {
	for _, p := range articles {
		if rest, found := strings.CutPrefix(k, p); found && rest != "" {
			if n, known := c.exact[rest]; known && n >= 0 {
				return n, true, true
			}
		}
	}
	if n, found := c.one(func(l string) bool { return trimArticle(l) == trimArticle(k) }); found {
		return n, true, true
	}
	if len([]rune(k)) >= 3 {
		if n, found := c.one(func(l string) bool { return strings.HasPrefix(l, k) || strings.HasPrefix(trimArticle(l), k) }); found {
			return n, true, true
		}
	}
	if len([]rune(k)) >= 5 {
		if n, found := c.one(func(l string) bool { return k[0] == l[0] && distanceOne(l, k) }); found {
			return n, false, true
		}
	}
	var a, b [256]byte
	if sk := compactSkeleton(a[:0], ts); len(sk) >= 3 {
		if n, found := c.one(func(l string) bool { return string(skeleton(b[:0], l)) == string(skeleton(nil, k)) }); found {
			return n, false, true
		}
	}
	// The label said inside a few more words.
	if len(ts) > 1 && len(ts) < 12 {
		if n, found := c.one(func(l string) bool { return len([]rune(l)) >= 4 && containsRun(ts, l) }); found {
			return n, false, true
		}
	}
	return 0, false, false
}

// one gives the single option that any of its keys fits.
func (c *Chooser) one(fits func(string) bool) (int, bool) {
	found := -1
	for _, l := range c.keys {
		if c.exact[l.key] < 0 || !fits(l.key) {
			continue
		}
		if found >= 0 && found != l.n {
			return 0, false
		}
		found = l.n
	}
	return found, found >= 0
}

// longest finds the option that the longest run of tokens from i names.
func (c *Chooser) longest(l *lexicon, ts []token, i int) (index, size int, sure bool) {
	var buf [256]byte
	for n := min(8, len(ts)-i); n > 0; n-- {
		k := string(compact(buf[:0], ts[i:i+n]))
		if idx, found := c.exact[k]; found && idx >= 0 {
			return idx, n, true
		}
		if idx, found := c.one(func(l string) bool { return trimArticle(l) == trimArticle(k) }); found {
			return idx, n, true
		}
	}
	if idx, n := c.numberAt(l, ts, i); n > 0 {
		return idx, n, true
	}
	if l.and[ts[i].fold] {
		return 0, 0, false
	}
	if idx, found := c.alike(l, ts[i].fold); found {
		return idx, 1, true
	}
	if idx, s, found := c.label(ts[i:i+1], ts[i].fold); found {
		return idx, 1, s
	}
	return 0, 0, false
}

func trimArticle(k string) string {
	for _, p := range []string{"ال", "el", "al", "l"} {
		if rest, found := strings.CutPrefix(k, p); found && len([]rune(rest)) >= 3 {
			return rest
		}
	}
	return k
}

// containsRun reports whether some run of whole tokens reads as k.
func containsRun(ts []token, k string) bool {
	var buf [256]byte
	for i := range ts {
		for n := 1; n <= len(ts)-i && n <= 6; n++ {
			if string(compact(buf[:0], ts[i:i+n])) == k {
				return true
			}
		}
	}
	return false
}
