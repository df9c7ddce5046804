package understand

import "strings"

// Facts reads several facts from one message: "smiti Fatima, mn Tiznit, kandir
// zrabi, bghit nji l foire". A word that is a place or a craft is never part of
// the name; without "my name is", only a part of its own between commas that is
// known as a name, or stands first beside other facts, is taken for one.
func (r *Reader) Facts(text string) Facts {
	text = Clean(text)
	typed, ts := words(text)
	if len(ts) == 0 {
		return Facts{}
	}
	lang, sure := detect(text, ts, "")
	hits := r.index.scan(ts, nil, written(lang, sure))
	var f Facts
	taken := make([]bool, len(ts))
	named, end := r.onlyName(ts, hits)
	hits = outside(hits, named, end)
	for i := range hits {
		h := &hits[i]
		if h.level >= consonants && h.kind != aPlace && h.kind != aCraft {
			continue
		}
		for j := h.at; j < h.at+h.size; j++ {
			if lex().givenNames[ts[j].fold] && (h.weak || h.level > exact || h.kind == aConcept) {
				continue
			}
			taken[j] = true
		}
	}
	from, to := r.nameIn(ts, taken)
	if to > from {
		if name, letters, odd := joinName(typed, ts[from:to]); letters > 1 && !odd {
			f.Name = name
			hits = outside(hits, from, to)
		}
	}
	said := r.affirmed(ts, hits)
	if m, ok := r.placeIn(ts, said, len(ts) <= 3 && f.Name == ""); ok {
		f.Place = &m
	}
	f.Crafts = r.craftsIn(ts, said, false)
	intent, score, _ := r.wish(ts, hits)
	if score >= threshold {
		switch intent {
		case "fairs", "trainings", "export", "survey", "list_product":
			f.Wish = intent
		}
	}
	if f.Name == "" {
		f.Name = r.nameInPart(typed, ts, taken, f)
	}
	return f
}

// onlyName is the run of words after "my name is", or after a given name that opens
// the message, up to the next part or small word, when it is a name and nothing else:
// Haddad, Dabbagh and Filali are surnames. A run that names both a place and a craft
// is no name (Fatima Tiznit zrabi).
func (r *Reader) onlyName(ts []token, hits []hit) (from, to int) {
	l := lex()
	found := false
	for i := range ts {
		if size := nameCue(l, ts, i); size > 0 && i+size < len(ts) {
			from, found = i+size, true
			break
		}
	}
	for !found && from < len(ts) {
		_, size := phraseAt(l.greetings, ts, from)
		if size == 0 || l.givenNames[ts[from].fold] {
			break
		}
		from += size
	}
	for from < len(ts)-1 && !l.givenNames[ts[from].fold] { // ana smiti lhaj …
		_, size := phraseAt(l.nameFillers, ts, from)
		if size == 0 {
			break
		}
		from += size
	}
	if from >= len(ts) || !found && !l.givenNames[ts[from].fold] {
		return 0, 0
	}
	to = from
	for to < len(ts) && (to == from || !ts[to].head) && !r.smallWord(ts[to].fold) {
		to++
	}
	var kindsIn [kinds]bool
	for i := range hits {
		if h := &hits[i]; h.level <= affixed && h.at >= from && h.at < to {
			kindsIn[h.kind] = true
		}
	}
	if to-from > longestName || kindsIn[aPlace] && kindsIn[aCraft] || kindsIn[aConcept] {
		return 0, 0
	}
	return from, to
}

// longestName is the number of words of a name.
const longestName = 4

// nameIn finds the name after "my name is": up to the next part, a small word, or
// a word that means something else.
func (r *Reader) nameIn(ts []token, taken []bool) (from, to int) {
	l := lex()
	at, cued := -1, false
	for i := range ts {
		if size := nameCue(l, ts, i); size > 0 && i+size < len(ts) && (size > 1 || ts[i].runes > 2 || ts[i].head) {
			at, cued = i+size, true
			break
		}
	}
	if !cued {
		for i := range ts {
			if _, size := phraseAt(l.nameFillers, ts, i); size > 0 && i+size < len(ts) && l.givenNames[ts[i+size].fold] {
				at = i + size
				break
			}
		}
	}
	if at < 0 {
		return 0, 0
	}
	for cued && at < len(ts)-1 {
		_, size := phraseAt(l.nameFillers, ts, at)
		if size == 0 || l.givenNames[ts[at].fold] || at+size >= len(ts) {
			break
		}
		at += size
	}
	end := at
	for end < len(ts) && end < at+5 {
		if end > at && ts[end].head || taken[end] || digit(rune(ts[end].fold[0])) {
			break
		}
		if r.smallWord(ts[end].fold) {
			break
		}
		end++
	}
	return at, end
}

// nameCue gives the number of tokens at i that say "my name is", also with an
// "and" tied to the first (وسميتي).
func nameCue(l *lexicon, ts []token, i int) int {
	if _, size := phraseAt(l.nameCues, ts, i); size > 0 {
		return size
	}
	for _, and := range []string{"و", "w", "u"} {
		if rest, tied := strings.CutPrefix(ts[i].fold, and); tied && len(rest) > 3 && l.nameCues[rest] {
			return 1
		}
	}
	return 0
}

// smallWord tells words that no name has in it, unless it is itself a name; also
// with an "and" tied to it (وأنا).
func (r *Reader) smallWord(k string) bool {
	l := lex()
	if l.givenNames[k] {
		return false
	}
	if l.and[k] || l.notNames[k] || r.index.common[k] || l.placeCues[k] {
		return true
	}
	rest, tied := strings.CutPrefix(k, "و")
	return tied && len(rest) > 2 && (r.index.common[rest] || l.notNames[rest])
}

// nameInPart finds a part between commas that can only be a name.
func (r *Reader) nameInPart(typed []string, ts []token, taken []bool, f Facts) string {
	others := f.Wish != "" || f.Place != nil || len(f.Crafts) > 0
	if !others {
		return ""
	}
	l := lex()
	for i := 0; i < len(ts); {
		j := i + 1
		for j < len(ts) && !ts[j].head {
			j++
		}
		start, clean, known := i, true, false
		for start < j-1 {
			_, size := phraseAt(l.greetings, ts[:j], start)
			if size == 0 {
				_, size = phraseAt(l.nameFillers, ts[:j], start)
			}
			if size == 0 || start+size >= j || l.givenNames[ts[start].fold] {
				break
			}
			start += size
		}
		end := start
		for k := start; k < j; k++ {
			name := l.givenNames[ts[k].fold]
			known = known || name && k == start
			if taken[k] || r.smallWord(ts[k].fold) || digit(rune(ts[k].fold[0])) {
				clean = false
				break
			}
			end = k + 1
		}
		if end > start && end-start <= 4 && (known || clean && i == 0 && j < len(ts) && end-start <= 3) {
			if name, letters, odd := joinName(typed, ts[start:end]); letters > 1 && !odd {
				return name
			}
		}
		i = j
	}
	return ""
}

// outside leaves out the hits that lie in a name.
func outside(hits []hit, from, to int) []hit {
	out := hits[:0]
	for _, h := range hits {
		if h.at >= to || h.at+h.size <= from {
			out = append(out, h)
		}
	}
	return out
}
