package bot

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"maalem/flows"
	"maalem/flows/understand"
	"maalem/locales"
)

// Cooperative is a group of artisans with a name. Who names one is a member by
// their own word until a speaker of it or staff confirms it.
type Cooperative struct {
	_        struct{} `cbor:",toarray"`
	ID       string
	Name     string
	Place    string // of the member who named it first; a hint for merging
	Register string // its number in the register of cooperatives, when known
	Created  int64  // Unix seconds
}

// cooperatives finds cooperatives by names that are near: the same group is typed
// in two scripts and five spellings. It is read at the start and follows commits.
type cooperatives struct {
	mu     sync.RWMutex
	byID   map[string]Cooperative
	byWord map[string][]string // a folded word of the name → IDs
}

func newCooperatives() *cooperatives {
	return &cooperatives{byID: map[string]Cooperative{}, byWord: map[string][]string{}}
}

// LoadCooperatives reads all cooperatives; some thousands at the most.
func (e *Engine) LoadCooperatives(ctx context.Context, people People) error {
	after := ""
	for {
		page, err := people.Page(ctx, KindCooperative, after, 500)
		if err != nil {
			return fmt.Errorf("load cooperatives: %w", err)
		}
		for _, s := range page {
			e.coops.follow(Change{Ref: s.Ref, Body: s.Body})
			after = s.Ref.ID
		}
		if len(page) < 500 {
			return nil
		}
	}
}

// follow takes up a committed change of a cooperative.
func (c *cooperatives) follow(ch Change) {
	var co Cooperative
	if ch.Ref.Kind != KindCooperative || ch.Body != nil && decode(ch.Body, &co) != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.byID[ch.Ref.ID]; ok {
		for _, w := range nameWords(old.Name) {
			c.byWord[w] = slices.DeleteFunc(c.byWord[w], func(id string) bool { return id == ch.Ref.ID })
		}
		delete(c.byID, ch.Ref.ID)
	}
	if ch.Body == nil {
		return
	}
	c.byID[co.ID] = co
	for _, w := range nameWords(co.Name) {
		c.byWord[w] = append(c.byWord[w], co.ID)
	}
}

// name is a cooperative's own name.
func (c *cooperatives) name(id string) (string, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	co, ok := c.byID[id]
	return co.Name, ok
}

// most is how many near names are offered.
const most = 4

// near lists cooperatives whose names share words with what was typed, the
// likeliest first. Those in the person's place come first among equals.
func (c *cooperatives) near(text, place string) []Cooperative {
	words := nameWords(text)
	c.mu.RLock()
	defer c.mu.RUnlock()
	shared := map[string]int{}
	for _, w := range words {
		for _, id := range c.byWord[w] {
			shared[id]++
		}
	}
	var found []Cooperative
	for id, n := range shared {
		if !showable(c.byID[id].Name) {
			continue
		}
		// More than half of the words of the longer name, so that "Al Amal Tiznit" is
		// not every "Al Amal" of the country.
		if 2*n > max(len(words), len(nameWords(c.byID[id].Name)))-1 {
			found = append(found, c.byID[id])
		}
	}
	rank := func(co Cooperative) int {
		r := -2 * shared[co.ID]
		if co.Place == place {
			r--
		}
		return r
	}
	slices.SortFunc(found, func(a, b Cooperative) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a.ID, b.ID))
	})
	return found[:min(len(found), most)]
}

// maxShownName is the longest name that is offered to others, in characters.
const maxShownName = 80

// unshowable finds what no group is called: a link or an address to write to, a phone
// number, an amount; a line of its own; invisible characters; piles of marks.
var unshowable = regexp.MustCompile(`://|@|\pL\.\pL{2}|\d(?:[ .-]?\d){4}|\n|\p{Cf}|\p{M}{4}`)

// showable tells whether a name that a stranger typed may be offered to others.
// Anybody can name a group almost like a known one, and would otherwise have a line
// in Maalem's own words, for a link or a number to send money to. The person keeps
// their words; who looks after the groups sees them all.
func showable(name string) bool {
	return utf8.RuneCountInString(name) <= maxShownName && !unshowable.MatchString(locales.ToWestern(name))
}

// nameWords are the words by which a cooperative's name is found: folded to their
// sounds, without what every such name has.
func nameWords(name string) []string {
	var out []string
	for _, w := range understand.Sounds(name) {
		if !common[w] && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// common words of cooperatives' names say nothing about which it is.
var common = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range understand.Sounds("coopérative cooperative coop tawniya ta3awniya tawnya association jam3iya groupement de des du la le les artisanat artisanale" +
		" التعاونية تعاونية جمعية الحرفية للصناعة التقليدية ⵜⴰⵎⵙⵎⵓⵏⵜ ⵜⴰⵡⵉⵙⴰ") {
		m[w] = true
	}
	return m
}()

// Near offers what is known by names close to what was typed.
func (d *draft) Near(field, text string) []flows.Option {
	if field != "cooperative" {
		return nil
	}
	place := ""
	if d.person != nil {
		v, _ := d.person.Value("place")
		place = v.Value
	}
	var out []flows.Option
	for _, co := range d.e.coops.near(text, place) {
		out = append(out, flows.Option{ID: co.ID, Label: locales.Plain(co.Name)})
	}
	return out
}

// join makes a person a member of a cooperative by their own word: of a known one,
// or of a new one with the name as typed.
func (d *draft) join(a *flows.Answer) error {
	name, known := d.e.coops.name(a.Value)
	if !known {
		name = a.Typed
		if name == "" {
			return nil // skipped, or a recording that somebody will listen to
		}
		co := Cooperative{ID: d.e.rand.id(), Name: name, Created: d.now.Unix()}
		place, _ := d.person.Value("place")
		co.Place = place.Value
		body, err := encode(&co)
		if err != nil {
			return err
		}
		ref := Ref{KindCooperative, co.ID}
		d.turn.Expect = append(d.turn.Expect, Expect{ref, 0})
		d.turn.Changes = append(d.turn.Changes, Change{Ref: ref, Body: body})
		a.Value = co.ID
	}
	d.names = map[string]string{a.Value: name}
	d.say("register.cooperative.pending", locales.Args{"name": name})
	return nil
}
