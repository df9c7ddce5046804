package understand

import (
	"math"

	"maalem/locales"
)

// Understand says what a text is about: its language, the wish in it, and the
// product, destination, craft and place that it names. A universal word is its
// wish; yes and no are theirs; otherwise the wish with the strongest clues wins, and
// "none" when no wish has a full clue. Confidence is between 0 and 1.
func (r *Reader) Understand(text string, saved locales.Lang) Result {
	text = limit(text)
	res := Result{Intent: "none", Slots: map[string]string{}}
	ts := tokens(text)
	lang, sure := detect(text, ts, saved)
	res.Lang = lang
	if w, _, ok := universal(ts); ok && w != Repeat {
		res.Intent, res.Confidence = string(w), 1
		return res
	}
	if yes, ok := yesNo(text, ts); ok {
		res.Intent, res.Confidence = "no", 0.95
		if yes {
			res.Intent = "yes"
		}
		return res
	}
	if len(ts) == 0 || greeting(text, ts) {
		return res
	}
	var room [48]hit
	hits := r.index.scan(ts, room[:0], written(lang, sure))
	intent, score, margin := r.wish(ts, hits)
	if yes, answered := leansTo(ts); answered && score < leanBelow && !r.named(hits) {
		res.Intent, res.Confidence = "no", 0.6
		if yes {
			res.Intent = "yes"
		}
		return res
	}
	if score < threshold {
		res.Confidence = round(float64(max(score, 0)) / threshold * 0.4)
	} else {
		res.Intent = intent
		res.Confidence = round(min(1, 0.5+0.35*float64(score-threshold)/(fullScore-threshold)+0.15*min(1, float64(margin))))
	}
	r.slots(res.Slots, res.Intent, ts, r.affirmed(ts, hits))
	return res
}

// written says how the words of a language are guessed at.
func written(lang string, sure bool) spoken {
	if sure && lang == "fr" {
		return french
	}
	return anyTongue
}

// leanBelow is the score of the best wish below which a short message that begins
// with a yes or a no is taken for one.
const leanBelow = 0.5

func round(f float64) float64 { return math.Round(f*100) / 100 }

// wish turns hits into concepts and scores them.
func (r *Reader) wish(ts []token, hits []hit) (intent string, score, margin float32) {
	var present [maxConcepts]float32
	t := r.intents
	for i := range hits {
		h := &hits[i]
		id := int(h.n)
		switch h.kind {
		case aPlace:
			id = t.id[conceptPlace]
		case aCraft:
			id = t.id[conceptCraft]
		case aProduct:
			id = t.id[conceptProduct]
		case aDestination:
			id = t.id[conceptDestination]
		}
		if h.kind != aConcept && h.weak {
			continue
		}
		if present[id] > 0 && id == t.id[conceptElsewhere] {
			present[id] = min(present[id]+0.5, 2) // the more of it, the surer
			continue
		}
		present[id] = max(present[id], strength[h.level])
	}
	if len(ts) <= shortMessage {
		present[t.id[conceptShort]] = 1
	}
	if id, known := t.id["not"]; known && negated(ts) {
		present[id] = 1
	}
	return t.score(&present)
}

// named reports that a place, a craft or goods are named, or what is none of
// Maalem's business.
func (r *Reader) named(hits []hit) bool {
	elsewhere := int32(r.intents.id[conceptElsewhere])
	for i := range hits {
		if hits[i].kind != aConcept && !hits[i].weak || hits[i].kind == aConcept && hits[i].n == elsewhere {
			return true
		}
	}
	return false
}

// slots fills in what the wish is about: goods and country for what is sold and
// shipped, trade and town for what one takes part in.
func (r *Reader) slots(into map[string]string, intent string, ts []token, hits []hit) {
	var product, destination string
	goods := -1
	for i := range hits {
		h := &hits[i]
		switch {
		case h.kind == aProduct && !h.weak && (goods < 0 || h.level < hits[goods].level || r.madeOf(ts, &hits[goods], h)):
			goods, product = i, r.data.Products[h.n].ID
		case h.kind == aDestination && !h.weak && (destination == "" || r.moreExact(destination, r.data.Destinations[h.n].ID)):
			destination = r.data.Destinations[h.n].ID
		}
	}
	crafts := r.craftsIn(ts, hits, false)
	if product == "" && len(crafts) > 0 {
		product = r.data.Crafts[r.craft[crafts[0].ID]].Product
	}
	sold := intent == "export" || intent == "list_product"
	if sold && product != "" {
		into["product"] = product
	}
	if destination != "" && intent != "none" {
		into["destination"] = destination
	}
	if !sold && len(crafts) > 0 {
		into["craft"] = surest(crafts).ID
	}
	if m, ok := r.placeIn(ts, hits, false); ok {
		into["place"] = m.ID
	}
}

// madeOf tells goods that are said of other goods named just before: a table of
// marble is sold as marble, a cushion of sabra as sabra.
func (r *Reader) madeOf(ts []token, thing, matter *hit) bool {
	between := thing.at + thing.size
	return matter.at == between+1 && matter.level <= affixed && lex().of[ts[between].fold] && r.data.Products[thing.n].ID != "lamps"
}

// surest is the first match that is sure, or the first.
func surest(ms []Match) Match {
	for _, m := range ms {
		if m.Sure {
			return m
		}
	}
	return ms[0]
}

// moreExact prefers a country to the group that it is in.
func (r *Reader) moreExact(old, new string) bool { return old == "EU" && new != "EU" }
