package understand

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"maalem/locales"
)

// Thresholds of Understand. A wish is believed from one full clue on; below, the
// text is "none". Measured on testdata, see TestCorpus.
const (
	threshold = 0.75
	// fullScore is the score from which confidence no longer grows.
	fullScore = mostFor
)

// intentTable is lexicon/concepts.yaml and lexicon/intents.yaml, compiled: the
// concepts that words stand for, and the clues by which concepts speak for a wish.
type intentTable struct {
	words []map[locales.Lang]list // by concept
	names []string
	id    map[string]int
	clues []clue
	list  []string // intents, in order of the file: earlier wins a tie
}

// clue adds its weight to an intent when each of its alternatives is there, and
// nothing of without.
type clue struct {
	intent  int
	weight  float32
	all     [][]int
	without []int
}

// maxConcepts bounds the concepts of the lexicon; scores live on the stack.
const maxConcepts = 160

// conceptShort stands for a message of a few words: what would say little in a
// sentence says much alone.
const (
	conceptShort = "short"
	shortMessage = 5 // words
)

// conceptElsewhere is what is none of Maalem's business.
const conceptElsewhere = "elsewhere"

// Concepts that come from the data instead of words.
const (
	conceptPlace       = "place"
	conceptCraft       = "craft"
	conceptProduct     = "product"
	conceptDestination = "destination"
	conceptLanguage    = "language_name"
)

var loadIntents = sync.OnceValues(func() (*intentTable, error) {
	var concepts map[string]map[locales.Lang]list
	for _, name := range []string{"lexicon/wishes.yaml", "lexicon/concepts.yaml", "lexicon/speech.yaml"} {
		var part map[string]map[locales.Lang]list
		if err := decodeLexicon(name, &part); err != nil {
			return nil, err
		}
		if concepts == nil {
			concepts = map[string]map[locales.Lang]list{}
		}
		for c, langs := range part {
			if _, twice := concepts[c]; twice {
				return nil, fmt.Errorf("%s: concept %s stands twice", name, c)
			}
			concepts[c] = langs
		}
	}
	var intents []struct {
		Intent string
		Clues  map[string]float32
	}
	if err := decodeLexicon("lexicon/intents.yaml", &intents); err != nil {
		return nil, err
	}
	t := &intentTable{id: map[string]int{}}
	for _, c := range append(slices.Sorted(maps.Keys(concepts)), conceptPlace, conceptCraft, conceptProduct, conceptDestination, conceptLanguage, conceptShort) {
		t.id[c] = len(t.names)
		t.names = append(t.names, c)
		t.words = append(t.words, concepts[c])
	}
	if len(t.names) > maxConcepts {
		return nil, fmt.Errorf("lexicon: %d concepts, at most %d", len(t.names), maxConcepts)
	}
	for i, in := range intents {
		if !contains(Intents(), in.Intent) {
			return nil, fmt.Errorf("lexicon: unknown intent %q", in.Intent)
		}
		t.list = append(t.list, in.Intent)
		for _, text := range slices.Sorted(maps.Keys(in.Clues)) {
			c, err := t.clue(i, text, in.Clues[text])
			if err != nil {
				return nil, fmt.Errorf("lexicon: intent %s: %w", in.Intent, err)
			}
			t.clues = append(t.clues, c)
		}
	}
	return t, nil
})

// clue reads "want sell|send -abroad": all of the words, one of those joined by
// a bar, none of those with a minus.
func (t *intentTable) clue(intent int, text string, weight float32) (clue, error) {
	c := clue{intent: intent, weight: weight}
	for _, word := range strings.Fields(text) {
		if rest, minus := strings.CutPrefix(word, "-"); minus {
			id, known := t.id[rest]
			if !known {
				return c, fmt.Errorf("clue %q: unknown concept %q", text, rest)
			}
			c.without = append(c.without, id)
			continue
		}
		var ids []int
		for _, name := range strings.Split(word, "|") {
			id, known := t.id[name]
			if !known {
				return c, fmt.Errorf("clue %q: unknown concept %q", text, name)
			}
			ids = append(ids, id)
		}
		c.all = append(c.all, ids)
	}
	return c, nil
}

// mostFor bounds what clues can add up to for a wish, so that what speaks against it
// still counts when much speaks for it.
const mostFor = 1.8

// sure is the strength that a clue against a wish must have: a guess speaks for
// one, never against.
const sure = 0.7

// score adds up the clues and gives the best intent.
func (t *intentTable) score(present *[maxConcepts]float32) (intent string, score, margin float32) {
	var sums, against [32]float32
	for i := range t.clues {
		c := &t.clues[i]
		value := float32(1)
		for _, alternatives := range c.all {
			best := float32(0)
			for _, id := range alternatives {
				best = max(best, present[id])
			}
			value = min(value, best)
			if value == 0 {
				break
			}
		}
		if value == 0 {
			continue
		}
		barred := false
		for _, id := range c.without {
			barred = barred || present[id] > 0
		}
		switch {
		case barred, c.weight < 0 && value < sure:
		case c.weight < 0:
			against[c.intent] += c.weight * value
		default:
			sums[c.intent] += c.weight * value
		}
	}
	for i := range t.list {
		sums[i] = min(sums[i], mostFor) + against[i]
	}
	best, second := -1, float32(0)
	for i := range t.list {
		switch {
		case best < 0 || sums[i] > sums[best]:
			if best >= 0 {
				second = max(second, sums[best])
			}
			best = i
		default:
			second = max(second, sums[i])
		}
	}
	return t.list[best], sums[best], sums[best] - second
}
