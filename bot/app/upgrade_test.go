package app

import (
	"slices"
	"strings"
	"testing"

	"maalem/bot"
	"maalem/flows"
	"maalem/locales"
)

// reworked is the registration as a later program might have it: every question
// reworded, the crafts no longer asked, the years of practice asked after the name.
func reworked(t *testing.T, c *content) []*flows.Flow {
	t.Helper()
	out := slices.Clone(c.flows)
	i := slices.IndexFunc(out, func(f *flows.Flow) bool { return f.ID() == "register" })
	src, err := flows.DecodeSource(out[i].Encoded())
	if err != nil {
		t.Fatal(err)
	}
	var states []flows.State
	for _, s := range src.States {
		for j, text := range s.Say {
			for l, forms := range text.Forms {
				for k := range forms {
					text.Forms[l][k] = "v2 " + forms[k]
				}
			}
			s.Say[j] = text
		}
		switch s.ID {
		case "craft":
			continue
		case "summary", "wrong":
			s.Choices = slices.DeleteFunc(s.Choices, func(o flows.Option) bool { return o.Change == "craft" })
		}
		states = append(states, s)
		if s.ID == "name" {
			states = append(states, flows.State{ID: "years", Kind: flows.Ask, Field: "years", Say: []locales.Text{locales.Plain("v2 years?")}})
		}
	}
	src.States = states
	src.Fields = append(src.Fields, flows.Field{Name: "years", Type: flows.Number, Profile: true, Label: locales.Plain("years")})
	if out[i], err = flows.Compile(src); err != nil {
		t.Fatal(err)
	}
	return out
}

// A run begun on an older flow finishes on it, question by question, after the
// questions were reworded, removed and added; a run begun now is of the new flow.
func TestRunsFinishOnTheirFlow(t *testing.T) {
	w := newWorld(t, nil)
	w.says("old", registering[:5]...) // up to the name
	w.start(func(c *content, cfg *bot.Config) { cfg.Flows = reworked(t, c) })

	craft := w.says("old", "répéter")
	w.has(craft, "Quel est votre métier")
	for _, step := range []struct{ says, want string }{
		{"tapis", "Où travaillez-vous"}, {"Tiznit", "femme ou un homme"}, {"femme", "annonces"}, {"oui", "Tout est juste"}, {"oui", "Bienvenue"},
	} {
		got := w.says("old", step.says)
		w.has(got, step.want)
		if strings.Contains(got, "v2") {
			t.Errorf("the new flow's words in an old run: %q", got)
		}
	}
	if w.count("finished", "craft:tapissier", "province:MA-TIZ") != 1 {
		t.Error("the old run did not finish with its answers")
	}

	w.has(w.says("new", registering[:5]...), "v2 years?")
	w.has(w.says("new", "12"), "v2 ")
	if got := w.says("new", "Tiznit", "femme", "oui", "oui"); w.count("finished") != 2 {
		t.Errorf("the new run did not finish: %q", got)
	}

	// Nobody is on the older flow any more: its Source goes at the next start.
	old := bot.Ref{Kind: bot.KindSource, ID: string(hashOf(t, "register"))}
	if got, _ := w.store.Read(t.Context(), old); got[0].Body == nil {
		t.Fatal("the Source of the older flow was removed while it was in use")
	}
	w.start(func(c *content, cfg *bot.Config) { cfg.Flows = reworked(t, c) })
	if got, _ := w.store.Read(t.Context(), old); got[0].Body != nil {
		t.Error("an unused Source is kept")
	}
}

func hashOf(t *testing.T, id string) flows.Hash {
	t.Helper()
	c, err := loadContent()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range c.flows {
		if f.ID() == id {
			return f.Hash()
		}
	}
	t.Fatalf("no flow %q", id)
	return ""
}
