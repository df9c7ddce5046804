package library

import (
	"maps"
	"slices"

	"maalem/flows/understand"
)

// itemRow is one product or destination; its key is the id in the export procedures.
type itemRow struct {
	names   `yaml:",inline"`
	Aliases scripts
}

// Products gives the families of export products, as people name what they make.
func Products() ([]understand.Item, error) { return items("products.yaml") }

// Destinations gives the countries and groups of countries of the export procedures.
func Destinations() ([]understand.Item, error) { return items("destinations.yaml") }

func items(file string) ([]understand.Item, error) {
	var rows map[string]itemRow
	if err := decode(file, &rows); err != nil {
		return nil, err
	}
	out := make([]understand.Item, 0, len(rows))
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		row := rows[id]
		out = append(out, understand.Item{ID: id, Names: row.texts(), Aliases: row.Aliases.all()})
	}
	return out, nil
}
