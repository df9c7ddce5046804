package flows

import (
	"slices"
	"strings"
	"unicode"

	"maalem/locales"
)

// tell adds a passing state's words in front of what comes next.
func (w *walk) tell(s *state) {
	if len(s.Say) > 0 {
		w.slots = append(w.slots, s.slot)
	}
	w.said = slices.Grow(w.said, len(s.Say))
	for i, t := range s.Say {
		p := w.part(t, s.holes[i])
		for name, value := range p.Args {
			if value == spoken && sentence(t.Label(w.env.Lang), name) { // nobody is greeted by a sign: "Welcome 🎤"
				p.Args[name] = ""
			}
		}
		w.said = append(w.said, p)
	}
}

// sentence tells words that address somebody from a line that shows a value: "👤 {name}".
func sentence(template, name string) bool {
	for line := range strings.Lines(template) {
		if before, after, found := strings.Cut(line, "{"+name+"}"); found {
			return strings.ContainsFunc(before+after, unicode.IsLetter)
		}
	}
	return false
}

// spoken stands for an answer that is a recording.
const spoken = "🎤"

// part fills a text's placeholders with what the run knows, as a person says it.
func (w *walk) part(t locales.Text, holes []string) Part {
	if len(holes) == 0 {
		return Part{Text: t}
	}
	args := make(locales.Args, len(holes))
	for _, name := range holes {
		args[name] = w.shown(name)
	}
	return Part{t, args}
}

// shown is a field's value as a person reads it; what was only typed or spoken is
// shown as it came.
func (w *walk) shown(field string) string {
	fd := w.f.fields[field]
	if a, ok := w.run.Answer(field); ok && !a.Forgotten {
		return w.show(fd, a)
	}
	if v, ok := w.env.Known(field); ok {
		return w.show(fd, Answer{Field: field, Value: v})
	}
	return "—"
}

func (w *walk) show(fd Field, a Answer) string {
	switch {
	case a.Value == "" && a.Typed != "":
		return a.Typed
	case a.Value == "" && a.Media != "":
		return spoken
	case a.Value == "":
		return "—"
	}
	if fd.Type == Choice {
		for i := range w.f.states {
			s := &w.f.states[i]
			if s.Field != fd.Name {
				continue
			}
			for _, o := range s.Choices {
				if o.ID == a.Value {
					return o.Label.Label(w.env.Lang)
				}
			}
		}
	}
	return w.env.Show(fd.Type, a.Value, w.env.Lang)
}

// flush turns what was said so far, and buttons, into a message.
func (w *walk) flush(choices []Button) {
	if len(w.said) == 0 && len(choices) == 0 {
		return
	}
	w.step.Say = append(w.step.Say, Prompt{Parts: w.said, Choices: choices, Slots: w.slots, Question: len(choices) > 0})
	w.said, w.slots = nil, nil
}

// maxParts is how many paragraphs one message carries: one idea per message.
const maxParts = 2

// pose says the current question, or what waits for a yes.
func (w *walk) pose() {
	s := w.current()
	if w.run.Pending != nil {
		w.posePending(s)
		return
	}
	if len(w.said)+len(s.Say) > maxParts {
		w.flush(nil)
	}
	w.tell(s)
	p := Prompt{Parts: w.said, Choices: w.buttons(s), Slots: w.slots, Question: true,
		ShareContact: s.ShareContact, SharePlace: s.SharePlace}
	w.said, w.slots = nil, nil
	w.step.Say = append(w.step.Say, p)
}

// buttons are the choices that are relevant now, and "skip" where one may.
func (w *walk) buttons(s *state) []Button {
	options := w.options(s)
	bs := make([]Button, 0, len(options)+len(s.Choices)+1)
	for i, o := range options {
		bs = append(bs, Button{w.press(pressOption + i), o.Label})
	}
	for i := range s.Choices {
		if w.offered(s, i) && !s.Choices[i].Silent {
			bs = append(bs, Button{w.press(i), s.Choices[i].Label})
		}
	}
	if s.Optional {
		bs = append(bs, Button{w.press(pressSkip), w.f.source.Words.Skip})
	}
	return bs
}

// options are the choices of the state's run-time source.
func (w *walk) options(s *state) []Option {
	if s.Options == "" || w.env.Choices == nil {
		return nil
	}
	return w.env.Choices.Options(s.Options)
}

func (w *walk) offered(s *state, i int) bool {
	return s.shown[i] == nil || s.shown[i].True(w)
}

func (w *walk) press(choice int) Press { return Press{w.run.Nonce, w.run.State, choice} }

// yesNo are the buttons under something that waits for a yes.
func (w *walk) yesNo() []Button {
	words := &w.f.source.Words
	return []Button{{w.press(pressYes), words.Yes}, {w.press(pressNo), words.No}}
}
