package flows_test

import (
	"errors"
	"strings"
	"testing"

	"maalem/flows"
	"maalem/locales"
)

// words is a text that all four languages have.
func words(s string) locales.Text {
	return locales.Text{Key: "test.key", Forms: map[locales.Lang][]string{
		locales.Darija: {s}, locales.Arabic: {s}, locales.French: {s}, locales.Tamazight: {s}}}
}

// sound is a small flow without a problem: a question with two ways, and an end.
func sound() flows.Source {
	return flows.Source{
		ID: "small", Title: words("small"),
		Fields: []flows.Field{{Name: "go", Type: flows.Choice}, {Name: "age", Type: flows.Number}},
		States: []flows.State{
			{ID: "go", Kind: flows.Pick, Field: "go", Say: []locales.Text{words("Go?")}, Choices: []flows.Option{
				{ID: "yes", Label: words("Yes")}, {ID: "no", Label: words("No"), To: "done"}}},
			{ID: "age", Kind: flows.Ask, Field: "age", Say: []locales.Text{words("Age?")}},
			{ID: "note", Kind: flows.Effect, Effect: "note"},
			{ID: "done", Kind: flows.End, Say: []locales.Text{words("Bye")}},
		},
	}
}

// Every kind of mistake is found, and located at its state.
func TestCompileFindsEachKindOfProblem(t *testing.T) {
	if _, err := flows.Compile(sound()); err != nil {
		t.Fatalf("the sound flow: %v", err)
	}
	french := locales.Text{Key: "test.key", Forms: map[locales.Lang][]string{locales.French: {"Seulement"}}}
	for name, plant := range map[string]struct {
		change      func(*flows.Source)
		state, what string
	}{
		"unreachable":          {func(s *flows.Source) { s.States[1].Next = "done" }, "note", "unreachable"},
		"dead end":             {func(s *flows.Source) { s.States = s.States[:3]; s.States[0].Choices[1].To = "" }, "note", "dead end"},
		"no way out":           {func(s *flows.Source) { s.States[2].Next = "age" }, "age", "no way out"},
		"cycle without input":  {func(s *flows.Source) { s.States[2].Go = []flows.Jump{{If: "${age} > 3", To: "note"}} }, "note", "cycle without input"},
		"missing translation":  {func(s *flows.Source) { s.States[1].Say[0] = french }, "age", "missing translation"},
		"missing label":        {func(s *flows.Source) { s.States[0].Choices[0].Label = french }, "go", "missing translation"},
		"label too long":       {func(s *flows.Source) { s.States[0].Choices[0].Label = words(strings.Repeat("x", 21)) }, "go", "label too long"},
		"unknown field asked":  {func(s *flows.Source) { s.States[1].Field = "nobody" }, "age", "unknown field"},
		"unknown field said":   {func(s *flows.Source) { s.States[3].Say[0] = words("Bye {nobody}") }, "done", "unknown field"},
		"unknown field tested": {func(s *flows.Source) { s.States[1].When = "${nobody} = 1" }, "age", "bad condition"},
		"duplicate event":      {func(s *flows.Source) { s.States[2].ID = "age" }, "age", "duplicate event"},
		"bad condition":        {func(s *flows.Source) { s.States[1].When = "${age} >" }, "age", "bad condition"},
		"condition of a wrong type": {func(s *flows.Source) {
			s.States[1].When = "today() + 'x' > 3 and ${age} = today()"
		}, "age", "bad condition"},
		"a way to nowhere":        {func(s *flows.Source) { s.States[0].Choices[1].To = "nowhere" }, "go", "does not exist"},
		"constraint without word": {func(s *flows.Source) { s.States[1].Must = ". > 3" }, "age", "belong together"},
		"no choices":              {func(s *flows.Source) { s.States[0].Choices = nil }, "go", "no choices"},
		"an effect without name":  {func(s *flows.Source) { s.States[2].Effect = "" }, "note", "no effect"},
	} {
		t.Run(name, func(t *testing.T) {
			src := sound()
			plant.change(&src)
			_, err := flows.Compile(src)
			var problems flows.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("not found: %v", err)
			}
			for _, p := range problems {
				if p.State == plant.state && strings.Contains(p.What, plant.what) {
					return
				}
			}
			t.Errorf("want %q at state %s in: %v", plant.what, plant.state, problems)
		})
	}
}

// All problems are reported at once.
func TestCompileReportsAllProblems(t *testing.T) {
	src := sound()
	src.States[0].Choices[0].Label = words(strings.Repeat("x", 30))
	src.States[1].Field = "nobody"
	src.States[2].Effect = ""
	_, err := flows.Compile(src)
	var problems flows.Problems
	if !errors.As(err, &problems) || len(problems) < 3 {
		t.Errorf("%v", err)
	}
}

// The loader of flow files survives anything, and what compiles can be encoded and
// read again as the same flow.
func FuzzFromYAML(f *testing.F) {
	f.Add("flow: a\ntitle: t\nfields: [{name: x, type: text, label: t}]\nstates:\n  - {id: x, ask: t}\n  - {id: e, end: t}\n")
	f.Add("flow: a\ntitle: t\nfields: [{name: x, type: choice, label: t}]\nstates:\n  - id: x\n    pick: t\n    when: ${x} = '1'\n    choices: [{id: y, label: t, to: e}]\n  - {id: e, end: [], then: =x}\n")
	texts := func(key string) (locales.Text, bool) { return words("text {x}"), key != "none" }
	f.Fuzz(func(t *testing.T, file string) {
		src, err := flows.FromYAML("fuzz.yaml", []byte(file), texts)
		if err != nil {
			return
		}
		flow, err := flows.Compile(src)
		if err != nil {
			return
		}
		again, err := flows.DecodeSource(flow.Encoded())
		if err != nil {
			t.Fatal(err)
		}
		same, err := flows.Compile(again)
		if err != nil || same.Hash() != flow.Hash() {
			t.Fatalf("read again: %v, hash %s, was %s", err, same.Hash(), flow.Hash())
		}
		if _, err := flow.Mermaid(); err != nil {
			t.Fatal(err)
		}
	})
}
