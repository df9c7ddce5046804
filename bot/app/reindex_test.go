package app

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"maalem/bot"
)

// dying commits a number of turns and then fails, as a program that is killed.
type dying struct {
	bot.Turns
	left int
}

var errDied = errors.New("killed")

func (d *dying) Commit(ctx context.Context, t bot.Turn) error {
	if d.left--; d.left < 0 {
		return errDied
	}
	return d.Turns.Commit(ctx, t)
}

// Who registered with a program that knew no regions and no search is counted and found
// after an upgrade, also when the first start of it was killed; who speaks meanwhile
// loses nothing.
func TestReindex(t *testing.T) {
	w := newWorld(t, nil)
	const n = 120
	for i := range n {
		w.says(fmt.Sprint("p", i), registering...)
	}
	page, err := w.store.Page(t.Context(), bot.KindArtisan, "", n+1)
	if err != nil || len(page) != n {
		t.Fatalf("%d people: %v", len(page), err)
	}
	for _, s := range page { // as an older program left them
		turn := bot.Turn{Expect: []bot.Expect{{Ref: s.Ref, Version: s.Version}}, Changes: []bot.Change{{Ref: s.Ref, Body: s.Body,
			Words: []string{}, Bits: []bot.Bit{{Facet: "region:MA-09"}}}}}
		if err := w.store.Commit(t.Context(), turn); err != nil {
			t.Fatal(err)
		}
	}
	count := func() (regional, found int) {
		regional, err := w.store.Count(t.Context(), bot.Scope{Regions: bot.Regions}, nil)
		if err != nil {
			t.Fatal(err)
		}
		rows, _, err := w.store.List(t.Context(), bot.Nation, nil, []bot.Term{{Prefix: "zine"}}, 0, n+1)
		if err != nil {
			t.Fatal(err)
		}
		return regional, len(rows)
	}
	if r, f := count(); r != 0 || f != 0 {
		t.Fatalf("the older program knew %d and %d", r, f)
	}
	w.start(nil)
	real := w.engine.Store
	w.engine.Store = &dying{real, 3}
	if err := w.engine.Reindex(t.Context(), w.store); !errors.Is(err, errDied) {
		t.Fatal(err)
	}
	if r, f := count(); r == 0 || r == n || f == 0 || f == n {
		t.Fatalf("killed half-way: %d and %d", r, f)
	}
	w.start(nil)
	busy := &meanwhile{Turns: w.engine.Store, talk: func() { w.says("p7", "profil", "modifier", "Nom", "Fatiha Planted") }}
	w.engine.Store = busy
	if err := w.engine.Reindex(t.Context(), w.store); err != nil {
		t.Fatal(err)
	}
	if r, f := count(); r != n || f != n-1 { // one has another name by now
		t.Errorf("%d have a region and %d are found, of %d", r, f, n)
	}
	rows, _, _ := w.store.List(t.Context(), bot.Nation, nil, []bot.Term{{Prefix: "fatiha"}}, 0, 9)
	if len(rows) != 1 {
		t.Errorf("%d are called Fatiha", len(rows))
	}
	w.engine.Store = &dying{real, 0} // nothing is left to do
	if err := w.engine.Reindex(t.Context(), w.store); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

// meanwhile lets somebody talk just before the first large turn is committed.
type meanwhile struct {
	bot.Turns
	talk func()
}

func (m *meanwhile) Commit(ctx context.Context, t bot.Turn) error {
	if talk := m.talk; talk != nil && len(t.Changes) > 10 {
		m.talk = nil
		talk()
	}
	return m.Turns.Commit(ctx, t)
}
