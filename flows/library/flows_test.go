package library

import (
	"testing"

	"maalem/locales/catalog"
)

// Every built-in flow compiles against the catalog, and they only start one another.
func TestFlowsCompile(t *testing.T) {
	cat, err := catalog.Load()
	if err != nil {
		t.Fatal(err)
	}
	all, err := Flows(cat.Text)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, f := range all {
		ids[f.ID()] = true
	}
	for _, f := range all {
		for _, mention := range f.Starts() {
			then := mention.Name
			if !ids[then] {
				t.Errorf("%s starts %q, which is no flow", f.ID(), then)
			}
		}
	}
}
