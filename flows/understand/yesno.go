package understand

import "strings"

// YesNo reads a yes or a no, in words of any of the languages or as a thumb. More
// words may follow if they only agree or thank; a message that says both, or goes
// on to something else, is neither.
func YesNo(text string) (yes bool, ok bool) {
	text = limit(text)
	return yesNo(text, tokens(text))
}

func yesNo(text string, ts []token) (yes bool, ok bool) {
	if len(ts) == 0 {
		return thumbs(text)
	}
	if len(ts) > 14 {
		return false, false
	}
	l := lex()
	for i := 0; i < len(ts); {
		_, y := phraseAt(l.yes, ts, i)
		_, n := phraseAt(l.no, ts, i)
		_, a := phraseAt(l.agreeing, ts, i)
		if !ok && a > max(y, n) {
			// "bghit" alone is a yes only beside one; leave it to what follows.
			i += a
			continue
		}
		switch {
		case y > 0 && y >= n:
			if ok && !yes && a < y {
				return false, false
			}
			if !ok {
				yes, ok = true, true
			}
			i += y
		case n > 0:
			if ok && yes && a < n {
				return false, false
			}
			if !ok {
				yes, ok = false, true
			}
			i += n
		case a > 0:
			i += a
		default:
			return false, false
		}
	}
	return yes, ok
}

// longestLean is the number of words of a yes or a no with more around it;
// longestStrange, with words in it that no language's small words are.
const (
	longestLean    = 6
	longestStrange = 3
)

// leansTo finds a short message that begins with a yes or a no and goes on in
// words that are neither. It is weaker than yesNo: only where nothing else is
// made of the message. An article (la), and what opens any sentence
// (safi, wakha), begin none.
func leansTo(ts []token) (yes, ok bool) {
	l := lex()
	ts = without(ts, l.polite)
	if len(ts) > longestLean {
		return false, false
	}
	for i := range ts {
		if len(ts) > longestStrange && !commonWord(ts[i].fold) && !l.answers(ts[i].fold) {
			return false, false
		}
	}
	opened := false
	for i := 0; i < len(ts); i++ {
		_, y := phraseAt(l.yes, ts, i)
		_, n := phraseAt(l.no, ts, i)
		switch {
		case l.openers[ts[i].fold]:
			opened = true
		case y == 0 && n == 0:
			_, greeted := phraseAt(l.greetings, ts, i)
			_, filled := phraseAt(l.greetingFillers, ts, i)
			if greeted == 0 && filled == 0 && !(opened && commonWord(ts[i].fold)) {
				return false, false
			}
		case n > y && n == 1 && ts[i].fold == "la" && i+1 < len(ts) && cues().ary[ts[i+1].fold] == 0:
			return false, false
		case y == n:
			return false, false
		default:
			return y > n, true
		}
	}
	return false, false
}

// answers tells a word of yes, of no, or of agreeing.
func (l *lexicon) answers(k string) bool { return l.yes[k] || l.no[k] || l.agreeing[k] }

// thumbs reads a message of emoji.
func thumbs(text string) (yes, ok bool) {
	up := strings.ContainsAny(text, "👍👌✅✔🆗☑")
	down := strings.ContainsAny(text, "👎❌🚫✖")
	return up, up != down
}
