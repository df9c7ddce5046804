package understand

import "sync"

// cuesFile is lexicon/cues.yaml: small words by the language that they betray.
// Words of two languages are listed under neither.
type cuesFile struct {
	French         list
	Elided         list
	Arabizi        list
	Darija         list
	Standard       list
	TamazightLatin list `yaml:"tamazight_latin"`
	// Faint cues count little: words that another language has too.
	FrenchFaint    list `yaml:"french_faint"`
	ArabiziFaint   list `yaml:"arabizi_faint"`
	DarijaFaint    list `yaml:"darija_faint"`
	StandardFaint  list `yaml:"standard_faint"`
	TamazightFaint list `yaml:"tamazight_faint"`
	// Everyday words betray no language; nothing is guessed of them.
	Everyday list
}

type cueWords struct {
	fr, ary, zgh, aryArab, ar map[string]float32
	elided, everyday          map[string]bool
}

// faint is what a word counts that another language has too; two of them decide.
const faint = 0.5

var loadCues = sync.OnceValues(func() (*cueWords, error) {
	var f cuesFile
	if err := decodeLexicon("lexicon/cues.yaml", &f); err != nil {
		return nil, err
	}
	weigh := func(strong, weak list) map[string]float32 {
		m := map[string]float32{}
		for k := range setOf(weak) {
			m[k] = faint
		}
		for k := range setOf(strong) {
			m[k] = 1
		}
		return m
	}
	return &cueWords{
		fr: weigh(f.French, f.FrenchFaint), ary: weigh(f.Arabizi, f.ArabiziFaint), zgh: weigh(f.TamazightLatin, f.TamazightFaint),
		aryArab: weigh(f.Darija, f.DarijaFaint), ar: weigh(f.Standard, f.StandardFaint), elided: setOf(f.Elided), everyday: setOf(f.Everyday),
	}, nil
})

func cues() *cueWords {
	c, err := loadCues()
	if err != nil {
		panic(err) // an embedded file that every test reads
	}
	return c
}

// commonWord tells the small words of the languages.
func commonWord(k string) bool {
	c := cues()
	return c.fr[k] > 0 || c.ary[k] > 0 || c.zgh[k] > 0 || c.aryArab[k] > 0 || c.ar[k] > 0
}
