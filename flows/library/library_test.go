package library

import (
	"testing"

	"maalem/flows/understand"
	"maalem/locales"
)

func TestDataIsComplete(t *testing.T) {
	d, err := Data()
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, p := range d.Places {
		count[p.Kind]++
		if p.Region == "" {
			t.Errorf("place %s: no region", p.ID)
		}
		for _, lang := range []locales.Lang{locales.French, locales.Arabic, locales.Tamazight} {
			if p.Names[lang] == "" {
				t.Errorf("place %s: no name in %s", p.ID, lang)
			}
		}
	}
	want := map[string]int{"region": 12, "prefecture": 13, "province": 62, "town": 70}
	for kind, n := range want {
		if count[kind] != n {
			t.Errorf("%d places of kind %s, want %d", count[kind], kind, n)
		}
	}
	products := map[string]bool{}
	for _, p := range d.Products {
		products[p.ID] = true
	}
	if len(d.Crafts) != 51 || len(d.Products) != 17 || len(d.Destinations) != 17 {
		t.Errorf("%d crafts, %d products, %d destinations; want 51, 17, 17", len(d.Crafts), len(d.Products), len(d.Destinations))
	}
	for _, c := range d.Crafts {
		if !products[c.Product] {
			t.Errorf("craft %s: unknown product %q", c.ID, c.Product)
		}
		for _, l := range locales.All() {
			if c.Shown[l] == "" {
				t.Errorf("craft %s: nothing to show in %s", c.ID, l)
			}
		}
	}
	if _, err := understand.New(d); err != nil {
		t.Fatal(err)
	}
}
