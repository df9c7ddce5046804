package understand

import "strings"

// Place reads the answer to "where do you work", in any script, with or without
// words around it ("ana mn Tiznit"). A town wins over the province named beside
// it; a name of several places is not sure and gives the others in Also; a name
// with one slip is not sure.
func (r *Reader) Place(text string) (Match, bool) {
	_, ts := words(text)
	ts = r.kept(ts)
	m, ok := r.placeIn(ts, r.index.scan(ts, nil, anyTongue), true)
	return m, ok
}

// placeIn picks the place among the hits of a text. whole says that the text is
// an answer to "where": words that are also common count then, if little else is there.
func (r *Reader) placeIn(ts []token, hits []hit, whole bool) (Match, bool) {
	var room [8]int
	named := room[:0]
	for i := range hits {
		if hits[i].kind == aPlace && r.meantAsPlace(ts, &hits[i], whole) {
			named = append(named, i)
		}
	}
	best, bestScore := -1, 0
	for _, i := range named {
		if r.holdsAnother(hits, named, i) {
			continue
		}
		h := &hits[i]
		score := 10*(int(near)-int(h.level)) + 2*h.size - placeRank(r.data.Places[h.n].Kind)
		if h.at > 0 && r.cued(ts, h.at) {
			score += 5
		}
		if best < 0 || score > bestScore {
			best, bestScore = i, score
		}
	}
	if best < 0 {
		return Match{}, false
	}
	h := &hits[best]
	m := Match{ID: r.data.Places[h.n].ID, Name: joined(ts[h.at : h.at+h.size]), Sure: h.level <= prefixed}
	for _, i := range named {
		other := r.data.Places[hits[i].n].ID
		if i != best && other != m.ID && !r.within(&hits[i], h) && !contains(m.Also, other) {
			m.Also, m.Sure = append(m.Also, other), false
		}
	}
	r.resolve(&m, aPlace)
	return m, true
}

// meantAsPlace tells a place from a common word and from a guess.
func (r *Reader) meantAsPlace(ts []token, h *hit, whole bool) bool {
	cued := h.at > 0 && r.cued(ts, h.at)
	// A part of its own in a list: "Ahmed, Safi, poterie".
	end := h.at + h.size
	part := h.at > 0 && ts[h.at].head && (end == len(ts) || ts[end].head)
	switch {
	case cued, part:
		return true
	case h.weak:
		return whole && r.content(ts) <= h.size
	}
	return whole || h.level < consonants || h.level == consonants && ts[h.at].runes > 5
}

// holdsAnother reports that another named place lies in that of hit i: the town is
// meant, not the province named beside it.
func (r *Reader) holdsAnother(hits []hit, named []int, i int) bool {
	for _, j := range named {
		if i != j && hits[i].n != hits[j].n && hits[i].at != hits[j].at && r.within(&hits[i], &hits[j]) {
			return true
		}
	}
	return false
}

// within reports that what hit a names is said more exactly by hit b: its region
// or province, or the same place.
func (r *Reader) within(a, b *hit) bool {
	pa, pb := &r.data.Places[a.n], &r.data.Places[b.n]
	return pa.ID == pb.ID || pa.ID == pb.Province || pa.ID == pb.Region || a.at == b.at
}

// cued reports that a word before a place stands before token i: mn, à, في.
func (r *Reader) cued(ts []token, i int) bool {
	if i == 0 {
		return false
	}
	if r.cues[ts[i-1].fold] {
		return true
	}
	return i > 1 && (ts[i-1].fold == "l" || ts[i-1].fold == "n" || ts[i-1].fold == "la" || ts[i-1].fold == "el") && r.cues[ts[i-2].fold]
}

// from reports that a word before token i says where somebody is from: "in" and
// "of" stand before a craft as well.
func (r *Reader) from(ts []token, i int) bool {
	if i == 0 {
		return false
	}
	switch ts[i-1].fold {
	case "mn", "men", "min", "zg", "zeg", "zi", "sg", "من":
		return true
	}
	return false
}

// content counts the tokens that are not small words.
func (r *Reader) content(ts []token) int {
	n := 0
	l := lex()
	for i := range ts {
		k := ts[i].fold
		if !l.placeCues[k] && !l.nameFillers[k] && !l.polite[k] && !l.and[k] && ts[i].runes > 1 {
			n++
		}
	}
	return n
}

// resolve applies the list of ambiguous aliases, exact words only.
func (r *Reader) resolve(m *Match, k kind) {
	ids := r.ambiguous[strings.ReplaceAll(m.Name, " ", "")]
	if len(ids) == 0 {
		for _, prefixes := range [][]string{latinPrefixes, arabicPrefixes} {
			for _, p := range prefixes {
				if rest, ok := strings.CutPrefix(m.Name, p); ok && ids == nil {
					ids = r.ambiguous[strings.ReplaceAll(rest, " ", "")]
				}
			}
		}
	}
	known := r.place
	if k == aCraft {
		known = r.craft
	}
	var mine []string
	for _, id := range ids {
		if _, ok := known[id]; ok {
			mine = append(mine, id)
		}
	}
	if len(mine) < 2 {
		return
	}
	m.ID, m.Also, m.Sure = mine[0], append([]string(nil), mine[1:]...), false
}

func joined(ts []token) string {
	var b strings.Builder
	for i := range ts {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(ts[i].fold)
	}
	return b.String()
}

// Crafts reads the crafts of a text, several at once ("zrabi w jeld"), in the
// order in which they are named. An alias of several crafts is one match, not
// sure, with the others in Also.
func (r *Reader) Crafts(text string) []Match {
	_, ts := words(text)
	ts = r.kept(ts)
	return r.craftsIn(ts, r.index.scan(ts, nil, anyTongue), true)
}

func (r *Reader) craftsIn(ts []token, hits []hit, whole bool) []Match {
	var out []Match
	for i := range hits {
		h := &hits[i]
		if h.kind != aCraft || h.weak && (!whole || r.content(ts) > h.size+1) || r.namesPlace(ts, hits, h) {
			continue
		}
		if h.level >= consonants && !whole && ts[h.at].runes < 5 {
			continue
		}
		m := Match{ID: r.data.Crafts[h.n].ID, Name: joined(ts[h.at : h.at+h.size]), Sure: h.level <= affixed}
		// Two crafts under one key: the first given, the others beside it.
		if n := len(out) - 1; n >= 0 && out[n].Name == m.Name && i > 0 && hits[i-1].at == h.at {
			if out[n].ID != m.ID && !contains(out[n].Also, m.ID) {
				out[n].Also = append(out[n].Also, m.ID)
				out[n].Sure = false
			}
			continue
		}
		r.resolve(&m, aCraft)
		if !repeated(out, m.ID) {
			out = append(out, m)
		}
	}
	return out
}

// namesPlace tells a craft's word that is part of a longer place's name, or a
// place's own after a word for "from" (azrou is also a stone).
func (r *Reader) namesPlace(ts []token, hits []hit, c *hit) bool {
	for i := range hits {
		h := &hits[i]
		if h.kind == aPlace && h.at == c.at && h.size >= c.size && r.from(ts, h.at) {
			return true
		}
		if h.kind == aPlace && !h.weak && h.at <= c.at && h.at+h.size >= c.at+c.size && (h.size > c.size || h.level < c.level) {
			return true
		}
	}
	return false
}

func repeated(ms []Match, id string) bool {
	for _, m := range ms {
		if m.ID == id {
			return true
		}
	}
	return false
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
