package understand

import (
	"embed"
	"fmt"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"

	"maalem/locales"
)

//go:embed lexicon/*.yaml
var lexiconFiles embed.FS

// list is words and phrases as written in a lexicon file: separated by commas.
type list string

func (l list) each(f func(string)) {
	for _, w := range strings.FieldsFunc(string(l), func(r rune) bool { return r == ',' || r == '،' || r == '\n' }) {
		if w = strings.TrimSpace(w); w != "" {
			f(w)
		}
	}
}

// wordsFile is lexicon/words.yaml: words that have one meaning everywhere.
type wordsFile struct {
	Universal map[Word]list
	// Errands are whole messages that ask for one thing about oneself.
	Errands map[Errand]list
	// Requests are words that may stand around a universal word: "bghit l menu".
	Requests list
	// Polite words change nothing: please, thanks, brother.
	Polite    list
	Languages map[locales.Lang]list
	// LanguageRequests may stand around the name of a language and change nothing.
	LanguageRequests list `yaml:"language_requests"`
	Yes, No          list
	// Openers are yes or no by themselves, and open any sentence as well.
	Openers list
	// Agreeing and Refusing words may follow a yes or a no.
	Agreeing  list
	Greetings list
	// GreetingFillers may stand around a greeting: how are you, thank God.
	GreetingFillers list `yaml:"greeting_fillers"`
	Numbers         map[int]list
	Ordinals        map[int]list
	// ChoiceWords may stand before the number of a choice: le 2, numéro 3.
	ChoiceWords list `yaml:"choice_words"`
	And         list
	Half        list
	Months      map[int]list
	Days        map[int]list // relative to today
	Weekdays    map[int]list // 0 is Sunday
	Currency    map[string]list
	NameCues    list `yaml:"name_cues"`
	NameFillers list `yaml:"name_fillers"`
	PlaceCues   list `yaml:"place_cues"`
	Of          list
	Questions   list
	NotNames    list `yaml:"not_names"`
	GivenNames  list `yaml:"given_names"`
	DontKnow    list `yaml:"dont_know"`
	// Denials say no to what follows them, up to a But, or to where the person speaks of
	// Self again; what follows may be Spared.
	Denials, But, Self, Spared list
	// Less, More and AgeWords stand beside the number of one's age.
	Less, More list
	AgeWords   list `yaml:"age_words"`
	// Alike are words that say the same thing, a list each.
	Alike []list
}

// lexicon is wordsFile as maps from folded, compact keys.
type lexicon struct {
	universal        map[string]Word
	errands          map[string]Errand
	requests         map[string]bool
	polite           map[string]bool
	languages        map[string]locales.Lang
	languageRequests map[string]bool
	yes, no          map[string]bool
	agreeing         map[string]bool
	openers          map[string]bool
	greetings        map[string]bool
	greetingFillers  map[string]bool
	numbers          map[string]int
	ordinals         map[string]int
	choiceWords      map[string]bool
	and              map[string]bool
	half             map[string]bool
	months           map[string]int
	days             map[string]int
	weekdays         map[string]int
	currency         map[string]string
	nameCues         map[string]bool
	nameFillers      map[string]bool
	placeCues        map[string]bool
	of               map[string]bool
	questions        map[string]bool
	notNames         map[string]bool
	givenNames       map[string]bool
	dontKnow         map[string]bool
	denials          map[string]bool
	but, self        map[string]bool
	spared           map[string]bool
	less, more       map[string]bool
	ageWords         map[string]bool
	alike            map[string]int // by the list that the word stands in, from 1

	universalSlips slips[Word]
	errandSlips    slips[Errand]
	languageSlips  slips[locales.Lang]
}

// loadLexicon reads the words once; the file is embedded, so that it is right or
// the program's tests do not pass.
var loadLexicon = sync.OnceValues(func() (*lexicon, error) {
	var f wordsFile
	if err := decodeLexicon("lexicon/words.yaml", &f); err != nil {
		return nil, err
	}
	l := &lexicon{
		universal: universalKeys(f.Universal), errands: valuesOf(f.Errands), requests: setOf(f.Requests), polite: setOf(f.Polite),
		languages: valuesOf(f.Languages), languageRequests: setOf(f.LanguageRequests),
		yes: setOf(f.Yes), no: setOf(f.No), agreeing: setOf(f.Agreeing), openers: setOf(f.Openers),
		greetings: setOf(f.Greetings), greetingFillers: setOf(f.GreetingFillers),
		numbers: valuesOf(f.Numbers), ordinals: valuesOf(f.Ordinals), choiceWords: setOf(f.ChoiceWords), and: setOf(f.And), half: setOf(f.Half),
		months: valuesOf(f.Months), days: valuesOf(f.Days), weekdays: valuesOf(f.Weekdays), currency: valuesOf(f.Currency),
		nameCues: setOf(f.NameCues), nameFillers: setOf(f.NameFillers), placeCues: setOf(f.PlaceCues), of: setOf(f.Of),
		questions: setOf(f.Questions), notNames: setOf(f.NotNames), givenNames: setOf(f.GivenNames), dontKnow: setOf(f.DontKnow),
		denials: setOf(f.Denials), but: setOf(f.But), self: setOf(f.Self), spared: setOf(f.Spared),
		less: setOf(f.Less), more: setOf(f.More), ageWords: setOf(f.AgeWords),
	}
	l.alike = map[string]int{}
	for i, same := range f.Alike {
		same.each(func(w string) { l.alike[key(w)] = i + 1 })
	}
	l.universalSlips, l.languageSlips, l.errandSlips = newSlips(l.universal), newSlips(l.languages), newSlips(l.errands)
	return l, nil
})

// lex is the words of the languages.
func lex() *lexicon {
	l, err := loadLexicon()
	if err != nil {
		panic(err) // an embedded file that every test reads
	}
	return l
}

func decodeLexicon(name string, into any) error {
	raw, err := lexiconFiles.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if err := yaml.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	return nil
}

// key is the compact folded form of a word or phrase.
func key(text string) string { return string(compact(nil, tokens(text))) }

func setOf(l list) map[string]bool {
	m := map[string]bool{}
	l.each(func(w string) {
		if k := key(w); k != "" {
			m[k] = true
		}
	})
	return m
}

func valuesOf[K comparable](in map[K]list) map[string]K {
	m := map[string]K{}
	for v, l := range in {
		l.each(func(w string) {
			if k := key(w); k != "" {
				m[k] = v
			}
		})
	}
	return m
}

// universalKeys resolves a word listed twice in favour of Stop.
func universalKeys(in map[Word]list) map[string]Word {
	m := valuesOf(in)
	in[Stop].each(func(w string) { m[key(w)] = Stop })
	return m
}

// phraseAt finds the longest run of tokens from i that is a key of m.
func phraseAt[V any](m map[string]V, ts []token, i int) (v V, size int) {
	var buf [160]byte
	var ends [maxWords + 1]int
	n := min(maxWords+1, len(ts)-i)
	key := buf[:0]
	for j := range n {
		key = append(key, ts[i+j].fold...)
		ends[j] = len(key)
	}
	for ; n > 0; n-- {
		if v, ok := m[string(key[:ends[n-1]])]; ok {
			return v, n
		}
	}
	return v, 0
}
