package library

import (
	"fmt"
	"maps"
	"slices"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"maalem/flows/understand"
	"maalem/locales"
)

// placesFile is places.yaml: regions, provinces and prefectures, craft towns.
type placesFile struct {
	Regions   []placeRow
	Provinces []placeRow
	Towns     []placeRow
}

type placeRow struct {
	names   `yaml:",inline"`
	Code    string // of a region or province
	ID      string // of a town
	Kind    string
	Region  string
	Capital string
	Aliases scripts
	// Province is that of a town.
	Province string
}

// names are one thing's names in the languages of the files.
type names struct {
	Fr, Ar, Ary, Zgh string
	ZghLatn          string `yaml:"zgh_latn"`
}

func (n names) texts() map[locales.Lang]string {
	m := map[locales.Lang]string{}
	for lang, s := range map[locales.Lang]string{
		locales.French: n.Fr, locales.Arabic: n.Ar, locales.Darija: n.Ary, locales.Tamazight: n.Zgh, locales.TamazightLatin: n.ZghLatn,
	} {
		if s != "" {
			m[lang] = s
		}
	}
	return m
}

// proper are the texts of a proper name: Tifinagh has no capitals, its Latin view does.
func (n names) proper() map[locales.Lang]string {
	m := n.texts()
	if s, ok := m[locales.TamazightLatin]; ok {
		m[locales.TamazightLatin] = cases.Title(language.Und).String(s)
	}
	return m
}

// scripts are spellings that people type, by script.
type scripts struct {
	Latin, Arabic []string
}

func (s scripts) all() []string {
	return append(append([]string(nil), s.Latin...), s.Arabic...)
}

// Places gives the regions, the provinces and prefectures, and the craft towns.
func Places() ([]understand.Place, error) {
	var f placesFile
	if err := decode("places.yaml", &f); err != nil {
		return nil, err
	}
	out := make([]understand.Place, 0, len(f.Regions)+len(f.Provinces)+len(f.Towns))
	regionOf := map[string]string{}
	for _, r := range f.Regions {
		out = append(out, understand.Place{ID: r.Code, Kind: "region", Region: r.Code, Names: r.proper(), Aliases: r.Aliases.all()})
	}
	for _, p := range f.Provinces {
		regionOf[p.Code] = p.Region
		out = append(out, understand.Place{ID: p.Code, Kind: p.Kind, Province: p.Code, Region: p.Region, Names: p.proper(), Aliases: p.Aliases.all()})
	}
	for _, t := range f.Towns {
		out = append(out, understand.Place{
			ID: t.ID, Kind: "town", Province: t.Province, Region: regionOf[t.Province], Names: t.proper(), Aliases: t.Aliases.all(),
		})
	}
	return out, position(out)
}

// positionsFile is positions.yaml: where places lie.
type positionsFile struct {
	Positions, Estimated map[string][]float64
}

// position gives the places their positions.
func position(places []understand.Place) error {
	var f positionsFile
	if err := decode("positions.yaml", &f); err != nil {
		return err
	}
	maps.Copy(f.Positions, f.Estimated)
	for i := range places {
		at, ok := f.Positions[places[i].ID]
		if !ok {
			continue
		}
		if len(at) != 2 {
			return fmt.Errorf("positions.yaml: %s: latitude and longitude are needed", places[i].ID)
		}
		places[i].At = understand.LatLon{Lat: at[0], Lon: at[1]}
		delete(f.Positions, places[i].ID)
	}
	if len(f.Positions) > 0 {
		return fmt.Errorf("positions.yaml: no such places: %v", slices.Sorted(maps.Keys(f.Positions)))
	}
	return nil
}

// ambiguousPlaces are names of several places, the likeliest first (places.yaml,
// meta.matching.note).
func ambiguousPlaces() map[string][]string {
	return map[string][]string{
		"taza": {"MA-TAZ", "bab_taza"}, "تازة": {"MA-TAZ", "bab_taza"}, "ⵜⴰⵣⴰ": {"MA-TAZ", "bab_taza"},
		"ifrane": {"MA-IFR", "ifrane_ali"}, "إفران": {"MA-IFR", "ifrane_ali"},
		"imouzzer": {"immouzer_kandar", "imouzzer_marmoucha"}, "إموزار": {"immouzer_kandar", "imouzzer_marmoucha"},
		"ⵉⵎⵓⵣⵣⴰⵔ": {"immouzer_kandar", "imouzzer_marmoucha"},
	}
}
