package bot

import (
	"context"
	"log/slog"
	"maps"
	"testing"
	"time"

	"maalem/flows"
	"maalem/flows/library"
	"maalem/flows/understand"
	"maalem/locales"
	"maalem/locales/catalog"
)

// shelf is records without a store: what reading and committing cost is not in
// the figure.
type shelf map[Ref]Stored

func (s shelf) Read(_ context.Context, refs ...Ref) ([]Stored, error) {
	out := make([]Stored, len(refs))
	for i, ref := range refs {
		out[i] = s[ref]
		out[i].Ref = ref
	}
	return out, nil
}

func (s shelf) Commit(_ context.Context, t Turn) error {
	for _, c := range t.Changes {
		s[c.Ref] = Stored{c.Ref, s[c.Ref].Version + 1, c.Body}
	}
	return nil
}

// asked is one turn to be computed: what was read, and what came in.
type asked struct {
	records shelf
	in      Inbound
}

// registration is the eight questions of a registration, half pressed, half typed.
func registration(b *testing.B) (*Engine, *shelf, []asked) {
	b.Helper()
	words, err := catalog.Load()
	if err != nil {
		b.Fatal(err)
	}
	compiled, err := library.Flows(words.Text)
	if err != nil {
		b.Fatal(err)
	}
	data, err := library.Data()
	if err != nil {
		b.Fatal(err)
	}
	names := library.NewNames(data)
	reader, err := understand.New(data)
	if err != nil {
		b.Fatal(err)
	}
	store := &shelf{}
	e, err := New(Config{Store: store, Flows: compiled, Texts: words.Text, Reader: reader, Province: names.Province, Region: names.Region,
		Show:       func(t flows.Type, value string, l locales.Lang) string { return names.Name(value, l) },
		Caps:       func(string) Caps { return Caps{Buttons: 30, TextLimit: 4096, AskContact: true, AskPlace: true} },
		Controller: Controller{Name: "Maalem", Contact: "a@b.example", Declaration: "D-1", Cap: 2},
		Zone:       time.UTC, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	var turns []asked
	press := ""
	do := func(text string, keep bool) {
		in := Inbound{From: Address{"telegram", "123456789"}, Key: "00000000000000000001", Text: text, At: time.Now(), Grain: time.Second}
		if text == "" {
			in.Press = press
		}
		if keep {
			turns = append(turns, asked{maps.Clone(*store), in})
		}
		t, err := e.turn(b.Context(), &in)
		if err != nil {
			b.Fatal(err)
		}
		for _, m := range t.Out {
			if len(m.Message.Choices) > 0 {
				press = m.Message.Choices[0].Data
			}
		}
		if err := store.Commit(b.Context(), t); err != nil {
			b.Fatal(err)
		}
	}
	do("salam", false)
	do("Français", false)
	for _, text := range []string{"", "", "Fatima Aït Lahcen", "tapis", "tiznit", "", "oui", ""} { // consent … summary
		do(text, true)
	}
	return e, store, turns
}

// BenchmarkTurn is one turn of a registration: decode, understand, resume, render,
// encode; the mean of its eight questions.
func BenchmarkTurn(b *testing.B) {
	e, store, turns := registration(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		t := &turns[i%len(turns)]
		*store = t.records
		in := t.in
		if _, err := e.turn(b.Context(), &in); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkQuestion is the same for each question.
func BenchmarkQuestion(b *testing.B) {
	for i, name := range []string{"consent", "age", "name", "craft", "place", "gender", "announcements", "summary"} {
		b.Run(name, func(b *testing.B) {
			e, store, turns := registration(b)
			*store = turns[i].records
			b.ReportAllocs()
			for b.Loop() {
				in := turns[i].in
				if _, err := e.turn(b.Context(), &in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
