package library

import (
	"maps"
	"strings"

	"maalem/flows/understand"
	"maalem/locales"
)

// craftsFile is crafts.yaml.
type craftsFile struct {
	Meta struct {
		AmbiguousAliases struct {
			List map[string][]string
		} `yaml:"ambiguous_aliases"`
	}
	Families map[string]names
	Crafts   []craftRow
}

type craftRow struct {
	names       `yaml:",inline"`
	ID, Family  string
	Activity    map[locales.Lang]string
	HSFamily    string `yaml:"hs_family"`
	Emoji       string
	Aliases     scripts
	ZghVariants []string `yaml:"zgh_variants"`
}

// Crafts gives the trades. Darija gives masculine and feminine after a slash: the
// first form is the name, all are recognised. What is shown is the activity: nobody is
// told that he is a weaving woman.
func Crafts() ([]understand.Craft, error) {
	f, err := decodeCrafts()
	if err != nil {
		return nil, err
	}
	out := make([]understand.Craft, 0, len(f.Crafts))
	for _, c := range f.Crafts {
		texts := c.texts()
		aliases := append(c.Aliases.all(), c.ZghVariants...)
		for lang, s := range texts {
			forms := variants(s)
			texts[lang] = forms[0]
			aliases = append(aliases, forms...)
		}
		shown := maps.Clone(texts)
		maps.Copy(shown, c.Activity)
		out = append(out, understand.Craft{
			ID: c.ID, Shown: shown, Family: c.Family, Product: c.HSFamily, Names: texts, Emoji: c.Emoji, Aliases: aliases,
		})
	}
	return out, nil
}

func decodeCrafts() (craftsFile, error) {
	var f craftsFile
	err := decode("crafts.yaml", &f)
	return f, err
}

// variants splits "brodeur, brodeuse (…)" and "طراز / طرازة" into their forms; the
// name as shown first, without what is in brackets only when several follow a slash.
func variants(s string) []string {
	shown, _, _ := strings.Cut(s, " / ")
	out := []string{shown}
	bare := s
	if open := strings.IndexByte(bare, '('); open >= 0 {
		bare = strings.TrimSpace(bare[:open])
	}
	for _, form := range strings.FieldsFunc(bare, func(r rune) bool { return r == '/' || r == ',' }) {
		if form = strings.TrimSpace(form); form != "" {
			out = append(out, form)
		}
	}
	return out
}

// Data gives all that understanding is told of the world.
func Data() (understand.Data, error) {
	var d understand.Data
	var err error
	if d.Places, err = Places(); err != nil {
		return d, err
	}
	if d.Crafts, err = Crafts(); err != nil {
		return d, err
	}
	if d.Products, err = Products(); err != nil {
		return d, err
	}
	if d.Destinations, err = Destinations(); err != nil {
		return d, err
	}
	f, err := decodeCrafts()
	if err != nil {
		return d, err
	}
	d.Ambiguous = ambiguousPlaces()
	maps.Copy(d.Ambiguous, f.Meta.AmbiguousAliases.List)
	return d, nil
}
