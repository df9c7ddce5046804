package library

import (
	"maalem/flows/understand"
	"maalem/locales"
)

// Names says places and crafts by id in a person's language.
type Names struct {
	names    map[string]map[locales.Lang]string
	province map[string]string
	region   map[string]string
}

// NewNames indexes the data for saying.
func NewNames(d understand.Data) *Names {
	n := &Names{names: map[string]map[locales.Lang]string{}, province: map[string]string{}, region: map[string]string{}}
	for _, p := range d.Places {
		n.names[p.ID], n.province[p.ID], n.region[p.ID] = p.Names, p.Province, p.Region
	}
	for _, c := range d.Crafts {
		n.names[c.ID] = c.Shown
	}
	return n
}

// Name is an id's name, by the fallback chain of the language; the id itself when
// nobody knows it.
func (n *Names) Name(id string, l locales.Lang) string {
	for _, f := range locales.Fallback(l) {
		if s := n.names[id][f]; s != "" {
			return s
		}
	}
	return id
}

// Province is the province of a place, "" for regions and what is unknown.
func (n *Names) Province(place string) string { return n.province[place] }

// Region is the region of a place, "" for what is unknown.
func (n *Names) Region(place string) string { return n.region[place] }
