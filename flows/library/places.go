package library

import (
	_ "embed"
	"fmt"

	"go.yaml.in/yaml/v4"

	"maalem/flows/understand"
	"maalem/locales"
)

//go:embed places.yaml
var placesFile []byte

//go:embed crafts.yaml
var craftsFile []byte

// named is what every entry of the content files has.
type named struct {
	ID       string `yaml:"id"`
	Code     string `yaml:"code"`
	Kind     string `yaml:"kind"`
	Region   string `yaml:"region"`
	Province string `yaml:"province"`
	Family   string `yaml:"family"`
	Emoji    string `yaml:"emoji"`
	Fr       string `yaml:"fr"`
	Ar       string `yaml:"ar"`
	Ary      string `yaml:"ary"`
	Zgh      string `yaml:"zgh"`
	ZghLatn  string `yaml:"zgh_latn"`
	Aliases  struct {
		Latin  []string `yaml:"latin"`
		Arabic []string `yaml:"arabic"`
	} `yaml:"aliases"`
}

func (n named) names() map[locales.Lang]string {
	names := map[locales.Lang]string{}
	for l, s := range map[locales.Lang]string{locales.French: n.Fr, locales.Arabic: n.Ar, locales.Darija: n.Ary,
		locales.Tamazight: n.Zgh, locales.TamazightLatin: n.ZghLatn} {
		if s != "" {
			names[l] = s
		}
	}
	return names
}

func (n named) aliases() []string {
	return append(append([]string{}, n.Aliases.Latin...), n.Aliases.Arabic...)
}

// Data decodes the places and crafts that typed text is matched with.
func Data() (understand.Data, error) {
	var places struct {
		Regions   []named `yaml:"regions"`
		Provinces []named `yaml:"provinces"`
		Towns     []named `yaml:"towns"`
	}
	if err := yaml.Unmarshal(placesFile, &places); err != nil {
		return understand.Data{}, fmt.Errorf("places.yaml: %w", err)
	}
	var crafts struct {
		Meta struct {
			Ambiguous struct {
				List map[string][]string `yaml:"list"`
			} `yaml:"ambiguous_aliases"`
		} `yaml:"meta"`
		Crafts []named `yaml:"crafts"`
	}
	if err := yaml.Unmarshal(craftsFile, &crafts); err != nil {
		return understand.Data{}, fmt.Errorf("crafts.yaml: %w", err)
	}
	d := understand.Data{Ambiguous: crafts.Meta.Ambiguous.List}
	region := map[string]string{}
	for _, p := range places.Regions {
		d.Places = append(d.Places, understand.Place{ID: p.Code, Kind: "region", Region: p.Code, Names: p.names(), Aliases: p.aliases()})
	}
	for _, p := range places.Provinces {
		region[p.Code] = p.Region
		d.Places = append(d.Places, understand.Place{ID: p.Code, Kind: p.Kind, Province: p.Code, Region: p.Region, Names: p.names(), Aliases: p.aliases()})
	}
	for _, p := range places.Towns {
		d.Places = append(d.Places, understand.Place{ID: p.ID, Kind: "town", Province: p.Province, Region: region[p.Province], Names: p.names(), Aliases: p.aliases()})
	}
	for _, c := range crafts.Crafts {
		d.Crafts = append(d.Crafts, understand.Craft{ID: c.ID, Family: c.Family, Emoji: c.Emoji, Names: c.names(), Aliases: c.aliases()})
	}
	return d, nil
}

// Names says places and crafts by id in a person's language.
type Names struct {
	names    map[string]map[locales.Lang]string
	province map[string]string
}

// NewNames indexes the data for saying.
func NewNames(d understand.Data) *Names {
	n := &Names{names: map[string]map[locales.Lang]string{}, province: map[string]string{}}
	for _, p := range d.Places {
		n.names[p.ID], n.province[p.ID] = p.Names, p.Province
	}
	for _, c := range d.Crafts {
		n.names[c.ID] = c.Names
	}
	return n
}

// Name is an id's name, by the fallback chain of the language; the id itself when
// nobody knows it.
func (n *Names) Name(id string, l locales.Lang) string {
	names := n.names[id]
	if s := names[l]; s != "" {
		return s
	}
	for _, f := range locales.Fallback(l) {
		if s := names[f]; s != "" {
			return s
		}
	}
	return id
}

// Province is the province of a place, "" for regions and what is unknown.
func (n *Names) Province(place string) string { return n.province[place] }
