package flows

import (
	"maalem/flows/understand"
	"maalem/locales"
	"strings"
)

// names are all names of a value, to be matched with what is typed.
func (w *walk) names(t Type, value string) []string {
	var ns []string
	for _, l := range locales.All() {
		ns = append(ns, w.env.Show(t, value, l))
	}
	return ns
}

// synonyms are what else people type for a choice: in the catalog, with | between.
func synonyms(o Option) []string {
	var out []string
	for _, words := range labels(o.Synonyms...) {
		for word := range strings.SplitSeq(words, "|") {
			out = append(out, strings.TrimSpace(word))
		}
	}
	return out
}

func labels(ts ...locales.Text) []string {
	var out []string
	for _, t := range ts {
		for _, l := range locales.Views() {
			if t.Has(l) || l == locales.TamazightLatin {
				out = append(out, t.Label(l))
			}
		}
	}
	return out
}

// chosen matches text with the choices that are offered.
func (w *walk) chosen(s *state, text string) (index int, sure, ok bool) {
	if len(s.Choices) == 0 || s.Options != "" {
		return 0, false, false
	}
	var buf [maxCached]int
	at := buf[:0]
	for i := range s.Choices {
		if w.offered(s, i) {
			at = append(at, i)
		}
	}
	i, sure, ok := s.chooser(at).Choose(text)
	if !ok {
		return 0, false, false
	}
	return at[i], sure, true
}

// maxCached is up to how many choices a state keeps choosers for each set of those
// offered; conditions give it a few sets.
const maxCached = 64

// chooser matches with the choices at these places, numbered as on the screen.
func (s *state) chooser(at []int) *understand.Chooser {
	var set uint64
	if len(s.Choices) <= maxCached {
		for _, i := range at {
			set |= 1 << i
		}
		if c, ok := s.choosers.Load(set); ok {
			return c.(*understand.Chooser)
		}
	}
	opts := make([]understand.Option, len(at))
	for n, i := range at {
		o := s.Choices[i]
		opts[n] = understand.Option{ID: o.ID, Labels: labels(o.Label), Synonyms: synonyms(o)}
	}
	c := understand.NewChooser(opts)
	if len(s.Choices) <= maxCached {
		s.choosers.Store(set, c)
	}
	return c
}

// ranged finds the choice whose range holds all that is said of an age; none where the
// words beside it say the opposite ("oui, 16").
func (w *walk) ranged(s *state, text string) (int, bool) {
	var years understand.Years
	read := false
	for i, o := range s.Choices {
		if o.From == nil && o.Below == nil || !w.offered(s, i) {
			continue
		}
		if !read {
			y, m, d := w.env.Now.Date()
			if years, read = understand.Age(text, understand.Day{Year: y, Month: int(m), Day: d}); !read {
				return 0, false
			}
		}
		if (o.From == nil || years.From >= *o.From) && (o.Below == nil || years.Below <= *o.Below) {
			against := years.No && o.ID == "yes" || years.Yes && o.ID == "no"
			return i, !against
		}
	}
	return 0, false
}

// Offers reports whether the text names a choice of the run's current question.
func (f *Flow) Offers(run Run, text string, env Env) bool {
	w := &walk{f: f, env: &env, run: run, pick: -1}
	if run.State < 0 || run.State >= len(f.states) || run.Pending != nil {
		return false
	}
	_, sure, ok := w.chosen(w.current(), text)
	return ok && sure
}

// chosenOption matches text with run-time options and the choices after them, as
// numbered on the screen, and gives the number to press.
func (w *walk) chosenOption(s *state, text string) (int, bool) {
	var opts []understand.Option
	var press []int
	for i, o := range w.options(s) {
		opts = append(opts, understand.Option{ID: o.ID, Labels: labels(o.Label)})
		press = append(press, pressOption+i)
	}
	for i, o := range s.Choices {
		if w.offered(s, i) {
			opts = append(opts, understand.Option{ID: o.ID, Labels: labels(o.Label), Synonyms: synonyms(o)})
			press = append(press, i)
		}
	}
	i, _, ok := understand.Choose(text, opts)
	if !ok {
		return 0, false
	}
	return press[i], true
}

// yesChoice finds the choice that a plain yes or no means.
func (w *walk) yesChoice(s *state, yes bool) int {
	want := "no"
	if yes {
		want = "yes"
	}
	for i, o := range s.Choices {
		if o.ID == want && w.offered(s, i) {
			return i
		}
	}
	return -1
}

// choose takes a choice of the current state.
func (w *walk) choose(s *state, i int, words string) error {
	w.pick = i
	return w.accept(Answer{Field: s.Field, Value: s.Choices[i].ID, Typed: words})
}
