package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"maalem/bot"
	"maalem/flows"
	"maalem/locales"
)

// A panic in a flow costs one person one message: it is put aside with an apology,
// everybody else is served, and so is the same person afterwards.
func TestPlantedPanic(t *testing.T) {
	w := newWorld(t, func(c *content, cfg *bot.Config) {
		cfg.Show = func(typ flows.Type, v string, l locales.Lang) string {
			if v == "MA-TIZ" {
				panic("planted")
			}
			return c.show(typ, v, l)
		}
	})
	w.says("anna", registering[:6]...)
	in := w.inbound("anna", "Tiznit")
	for range 3 { // a network that does not hear the answer sends again
		if err := w.engine.Handle(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	w.says("anna", registering[7:9]...) // the summary shows the place
	apology := w.last("anna")
	w.has(apology, "Pardon")
	rows, err := w.store.Log(t.Context(), bot.LogQuarantine, 0, 10)
	if err != nil || len(rows) != 1 || rows[0].Owner != address("anna").String() {
		t.Errorf("quarantined: %v (%v)", rows, err)
	}
	if n := w.engine.Stats().Quarantined.Load(); n != 1 {
		t.Errorf("%d messages counted as quarantined", n)
	}
	w.has(w.says("brik", "bonjour", "Français", "oui", "oui", "Brik", "cuir", "Safi", "homme", "non"), "Brik")
	w.has(w.says("anna", "menu"), "Que voulez-vous faire")
}

// refusing calls every turn invalid that writes a planted word, reads a planted address
// or fires a planted timer, as a store does with what it can never take.
type refusing struct {
	bot.Turns
	word, address, timer string
}

func (r refusing) Commit(ctx context.Context, t bot.Turn) error {
	bad := slices.ContainsFunc(t.Changes, func(c bot.Change) bool { return r.word != "" && strings.Contains(string(c.Body), r.word) }) ||
		slices.ContainsFunc(t.Expect, func(e bot.Expect) bool { return r.address != "" && strings.HasSuffix(e.Ref.ID, r.address) }) ||
		r.timer != "" && t.Fired != nil && strings.HasPrefix(t.Fired.ID, r.timer) && len(t.Out) > 0
	if bad {
		return fmt.Errorf("%w: planted", bot.ErrInvalid)
	}
	return r.Turns.Commit(ctx, t)
}

// What the store will never take is put aside with an apology and acknowledged: a
// channel that brings it again for ever would bring nothing else.
func TestInvalidTurn(t *testing.T) {
	w := newWorld(t, func(_ *content, cfg *bot.Config) {
		cfg.Store = refusing{Turns: cfg.Store, word: "Planted", address: "far"}
	})
	w.says("anna", registering[:4]...)
	w.has(w.says("anna", "Zineb Planted"), "Pardon")
	w.has(w.says("anna", "Zineb Bennani", "tapis", "Tiznit", "femme", "oui"), "Zineb Bennani")
	w.says("far", "bonjour") // nothing of this address can be stored, not even an apology
	rows, err := w.store.Log(t.Context(), bot.LogQuarantine, 0, 10)
	if err != nil || len(rows) != 2 || rows[0].Owner != address("anna").String() || rows[1].Owner != "" {
		t.Fatalf("quarantined: %v (%v)", rows, err)
	}
	if strings.Contains(string(rows[1].Body), "bonjour") {
		t.Error("words without an owner are kept, and nobody could have them deleted")
	}
}

// A timer that fails for its own sake is put aside; the others go on.
func TestFailingTimer(t *testing.T) {
	armed := false
	for name, fail := range map[string]func(*content, *bot.Config){
		"invalid": func(_ *content, cfg *bot.Config) { cfg.Store = refusing{Turns: cfg.Store, timer: "half/test:anna"} },
		"panic": func(_ *content, cfg *bot.Config) {
			cfg.Caps = func(string) bot.Caps { return bot.Caps{History: true, Voice: true} }
			cfg.Recording = func(slot string, _ locales.Lang) (bot.Media, bool) {
				if armed && slot == "register/craft" {
					panic("planted")
				}
				return bot.Media{}, false
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			armed = false
			w := newWorld(t, fail)
			w.says("anna", registering[:5]...)
			w.says("brik", append(slices.Clone(registering[:5]), "tapis")...)
			armed = true
			w.wait(48 * time.Hour)
			w.fire()
			rows, err := w.store.Log(t.Context(), bot.LogQuarantine, 0, 10)
			if err != nil || len(rows) != 1 || rows[0].Owner != address("anna").String() {
				t.Errorf("put aside: %v (%v)", rows, err)
			}
			reminded := func(l bot.Line) bool { return !l.Message.Echo && strings.Contains(l.Message.Text, "Zineb Planted") }
			if !slices.ContainsFunc(w.lines("brik"), reminded) || slices.ContainsFunc(w.lines("anna"), reminded) {
				t.Error("the sound timer did not fire, or the failing one did")
			}
			due, err := w.store.Due(t.Context(), w.clock(), 100)
			if err != nil || slices.ContainsFunc(due, func(x bot.Timer) bool { return x.Kind == "half" }) {
				t.Errorf("still due: %v (%v)", due, err)
			}
		})
	}
}
