package understand

// denied marks the words that a text says no to, and those that say so: "je ne fais pas de tapis, je fais du
// cuir" says leather only. A denial reaches to the end of its part of the text, to a
// "but", or to where the person begins anew ("…, je suis potier").
func (r *Reader) denied(ts []token) (out []bool, any bool) {
	l := lex()
	for i := 0; i < len(ts); i++ {
		if !denies(ts, i) || spared(ts, i) || !l.denials[ts[i].fold] && r.notVerb(ts, i) {
			continue
		}
		if out == nil {
			out = make([]bool, len(ts))
		}
		any, out[i] = true, true
		for i++; i < len(ts) && !ts[i].head; i++ {
			if l.but[ts[i].fold] || l.self[ts[i].fold] && i+1 < len(ts) {
				break
			}
			out[i] = true
		}
		i--
	}
	return out, any
}

// denies reports that token i says no: a word that does, or the ma…ch of Darija, which
// wraps a verb in one word or two.
func denies(ts []token, i int) bool {
	k := ts[i].fold
	if lex().denials[k] {
		return true
	}
	rs := []rune(k)
	if k == "لا" && i+1 < len(ts) { // "no" itself, unless a verb of one's own follows
		next := []rune(ts[i+1].fold)
		return len(next) > 3 && !ts[i+1].head && (next[0] == 'ا' || next[0] == 'ن') && next[1] != 'ل'
	}
	if len(rs) < 4 {
		return false
	}
	last := rs[len(rs)-1]
	if last != 'ʃ' && last != 'ش' {
		return false
	}
	return rs[0] == 'm' && rs[1] == 'a' || rs[0] == 'م' && (rs[1] == 'ا' || len(rs) > 5 && rs[1] != 'ع') ||
		i > 0 && (ts[i-1].fold == "ma" || ts[i-1].fold == "ما")
}

// notVerb: Marrakech has the form of a denied verb; and one with nothing after it denies
// nothing that somebody could have meant.
func (r *Reader) notVerb(ts []token, i int) bool {
	return i+1 == len(ts) || ts[i+1].head || r.knows(ts[i].fold, aPlace)
}

// spared: what follows turns the denial round: not far from Fès, not only carpets.
func spared(ts []token, i int) bool {
	for j := i + 1; j < len(ts) && j <= i+2; j++ {
		if lex().spared[ts[j].fold] {
			return true
		}
	}
	return false
}

// kept are the words that are not denied, as parts of their own.
func (r *Reader) kept(ts []token) []token {
	no, any := r.denied(ts)
	if !any {
		return ts
	}
	out := make([]token, 0, len(ts))
	for i, t := range ts {
		if no[i] {
			continue
		}
		t.head = t.head || i > 0 && no[i-1]
		out = append(out, t)
	}
	return out
}

// affirmed leaves out what was found in denied words.
func (r *Reader) affirmed(ts []token, hits []hit) []hit {
	no, any := r.denied(ts)
	if !any {
		return hits
	}
	out := hits[:0]
	for _, h := range hits {
		if !no[h.at] {
			out = append(out, h)
		}
	}
	return out
}

// negated reports that a text has a denied verb of Darija in it, by its form alone: a
// weak sign, that Marrakech has too.
func negated(ts []token) bool {
	for i := range ts {
		k := ts[i].fold
		if k != "لا" && !lex().denials[k] && denies(ts, i) {
			return true
		}
	}
	return false
}
