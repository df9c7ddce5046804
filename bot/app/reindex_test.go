package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maalem/bot"
	"maalem/flows/understand"
	"maalem/storage/bolt"
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

// A store that takes nothing for a while (a full disk) does not end it: it goes on when
// the store does, and stops when the program stops.
func TestReindexWaits(t *testing.T) {
	w := newWorld(t, nil)
	for i := range 60 {
		w.says(fmt.Sprint("p", i), registering...)
	}
	real := w.engine.Store
	synctest.Test(t, func(t *testing.T) {
		full := &dying{real, 1}
		w.engine.Store = full
		ended := make(chan struct{})
		go func() { w.engine.KeepIndexed(t.Context(), w.store); close(ended) }()
		time.Sleep(10 * time.Minute)
		select {
		case <-ended:
			t.Fatal("ended while nothing was taken")
		default:
		}
		if tried := -full.left; tried < 2 || tried > 20 {
			t.Errorf("tried %d times in ten minutes", tried)
		}
		full.left = 1 << 30
		time.Sleep(10 * time.Minute)
		<-ended
		w.engine.Store = &dying{real, 0} // nothing is left to do
		if err := w.engine.Reindex(t.Context(), w.store); err != nil {
			t.Errorf("it was not whole: %v", err)
		}

		setting := bot.Ref{Kind: bot.KindSetting, ID: "indexed"}
		got, _ := real.Read(t.Context(), setting)
		if err := real.Commit(t.Context(), bot.Turn{Expect: []bot.Expect{{Ref: setting, Version: got[0].Version}}, Changes: []bot.Change{{Ref: setting}}}); err != nil {
			t.Fatal(err)
		}
		w.engine.Store = &dying{real, 0}
		ctx, stop := context.WithCancel(t.Context())
		again := make(chan struct{})
		go func() { w.engine.KeepIndexed(ctx, w.store); close(again) }()
		time.Sleep(time.Second)
		stop() // while it waits
		synctest.Wait()
		select {
		case <-again:
		default:
			t.Error("did not end with the program")
		}
	})
}

// Whoever has no known place, and who is reached where, is counted; nobody's region has
// the first ones.
func TestFacetsOfPlaceAndChannel(t *testing.T) {
	w := newWorld(t, nil)
	w.says("anna", registering...)
	w.says("half", registering[:6]...)
	for _, c := range []struct {
		scope bot.Scope
		facet string
		want  int
	}{
		{bot.Nation, "region:MA-09", 1}, {bot.Nation, "region:" + bot.NoRegion, 1}, {bot.Nation, "channel:test", 2},
		{bot.Scope{Regions: bot.Regions}, "all", 1}, {bot.Scope{Regions: append([]string{bot.NoRegion}, bot.Regions...)}, "all", 1},
	} {
		if n, err := w.store.Count(t.Context(), c.scope, bot.All(c.facet)); err != nil || n != c.want {
			t.Errorf("%d of %s within %v, want %d: %v", n, c.facet, c.scope, c.want, err)
		}
	}
	w.says("half", registering[6:]...)
	if n, _ := w.store.Count(t.Context(), bot.Nation, bot.All("region:"+bot.NoRegion)); n != 0 {
		t.Errorf("%d have no region after naming a place", n)
	}
}

// A name as long as a line, without a space, is a name: no store refuses it, in a
// registration or when everybody is looked through again.
func TestLongNames(t *testing.T) {
	w := &world{t: t, now: worldStart}
	store, err := bolt.Open(t.Context(), filepath.Join(t.TempDir(), "m.db"), bolt.Options{Now: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	w.store = store
	w.start(nil)
	for i, name := range []string{strings.Repeat("Abdelouahed", 7), strings.Repeat("ⴰⴱⴷⵖ", 20), strings.Repeat("عبدالواحد", 6)} {
		answers := slices.Clone(registering)
		answers[4] = name
		w.says(fmt.Sprint("p", i), answers...)
		var terms []bot.Term
		for _, word := range understand.SearchWords(name) {
			terms = append(terms, bot.Term{Prefix: word.Prefix, Exact: word.Exact})
		}
		rows, _, err := store.List(t.Context(), bot.Nation, nil, terms, 0, 9)
		if err != nil || len(rows) != 1 || len(terms) == 0 {
			t.Errorf("%d are found by the name %s: %v", len(rows), name, err)
		}
	}
	if err := w.engine.Reindex(t.Context(), store); err != nil {
		t.Error(err)
	}
}
