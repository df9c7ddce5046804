package locales

// Fallback lists the languages in which a reader of lang is given a text, best
// first, beginning with lang itself; every language is in it, so that something is
// always said.
//
// The reasons: a reader of Darija reads Arabic and the other way round, both in the
// script that they know; Tamazight falls to French before Arabic because French is
// the twin that stands beside it; the Latin view is for those who do not read
// Tifinagh, and many of them read Latin letters best. French falls to Arabic, the
// other official written language. Tifinagh comes last: it is the script that the
// fewest can read.
//
// TamazightLatin is followed by Tamazight, which Text transliterates for it.
// An unknown language is treated as French. The result must not be changed.
func Fallback(lang Lang) []Lang {
	switch lang {
	case Darija:
		return fromDarija[:]
	case Arabic:
		return fromArabic[:]
	case Tamazight:
		return fromTamazight[:]
	case TamazightLatin:
		return fromTamazightLatin[:]
	}
	return fromFrench[:]
}

var (
	fromDarija         = [...]Lang{Darija, Arabic, French, Tamazight}
	fromArabic         = [...]Lang{Arabic, Darija, French, Tamazight}
	fromFrench         = [...]Lang{French, Arabic, Darija, Tamazight}
	fromTamazight      = [...]Lang{Tamazight, French, Arabic, Darija}
	fromTamazightLatin = [...]Lang{TamazightLatin, Tamazight, French, Arabic, Darija}
)
