// Package understand makes sense of what people type: names, places, crafts,
// numbers, dates, phones, choices, wishes; in Darija, Arabic, French and
// Tamazight, each in any script that people use for it.
//
// It is pure: it knows no clock, no store, no flow and no channel, and it never
// learns from what it reads. What places and crafts there are it is told (Data);
// the words of the languages are data of its own, under lexicon/.
//
// Its invariant: every function accepts any input, reads at most MaxInput
// characters of it, never panics, and would rather say "not understood" or "not
// sure" than guess. The words as typed are never altered for display: Fold and
// its kin make keys for comparing, Clean makes what may be stored.
package understand

// MaxInput is the number of characters that are read of one text; the rest is
// not looked at. Longer than any message of the networks that matters here.
const MaxInput = 4000
