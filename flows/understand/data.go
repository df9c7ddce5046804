package understand

import "maalem/locales"

// Option is one choice as offered. Labels and Synonyms are in any language.
type Option struct {
	ID       string
	Labels   []string
	Synonyms []string
}

// Place is a region, a prefecture or province, or a town.
type Place struct {
	ID       string // an ISO 3166-2 code (MA-TIZ) or a town id
	Kind     string // region, province, prefecture, town
	Province string // the code of the province of a town; its own for a province
	Region   string // the code of the region; its own for a region
	Names    map[locales.Lang]string
	Aliases  []string
	At       LatLon // of a province: its capital's
}

// Craft is a trade. Product is the export product that it makes, empty if none.
type Craft struct {
	ID, Family string
	Product    string
	Names      map[locales.Lang]string // of who does it
	Shown      map[locales.Lang]string // of what is done, for saying it back
	Emoji      string
	Aliases    []string
}

// Item is anything else with an id and names: export products, destinations.
type Item struct {
	ID      string
	Names   map[locales.Lang]string
	Aliases []string
}

// Data is what a Reader is told about the world.
type Data struct {
	Places []Place
	Crafts []Craft
	// Ambiguous lists, for an alias, the ids (places or crafts) it may mean, the
	// likeliest first.
	Ambiguous    map[string][]string
	Products     []Item
	Destinations []Item
}

// Match is a place, a craft or another item recognised in a text.
type Match struct {
	ID   string
	Name string // the words of the text, folded, that were recognised
	// Sure says that the words are exactly a known name or alias after folding,
	// and mean one thing; otherwise the person is asked to confirm.
	Sure bool
	// Also holds the other ids that the same words may mean.
	Also []string
}

// Facts are what one message tells about a person besides its wish.
type Facts struct {
	Name   string // as typed, cleaned; empty when none
	Place  *Match
	Crafts []Match
	Wish   string // an intent: fairs, trainings, export, survey, list_product; empty when none
}

// Result is what a text is about. Lang is one of ary, ary-Latn, ar, fr, zgh,
// zgh-Latn; Intent one of Intents.
type Result struct {
	Lang       string            `json:"lang"`
	Intent     string            `json:"intent"`
	Slots      map[string]string `json:"slots"`
	Confidence float64           `json:"confidence"`
}

// Intents are the wishes that Understand tells apart; none is "not understood".
func Intents() []string {
	return []string{
		"register", "export", "fairs", "trainings", "survey", "language", "help", "human", "stop",
		"delete_data", "my_data", "list_product", "menu", "yes", "no", "back", "skip", "none",
	}
}

// Word is a universal word: one that means the same in every state.
type Word string

// The universal words. Where a text could be two of them, Stop wins.
const (
	Stop     Word = "stop"
	Menu     Word = "menu"
	Back     Word = "back"
	Repeat   Word = "repeat"
	Skip     Word = "skip"
	Help     Word = "help"
	Human    Word = "human"
	Language Word = "language"
)

// Day is a calendar day without a zone.
type Day struct{ Year, Month, Day int }
