package flows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"maalem/flows/expr"
	"maalem/locales"
)

// walk is one Start or Resume in progress.
type walk struct {
	f    *Flow
	env  *Env
	run  Run
	step Step
	pick int // the choice whose branch the current answer takes; -1 none
	// said gathers paragraphs of passing states in front of the next question, slots
	// the recordings of those states.
	said  []Part
	slots []string
}

// Start begins a run and walks to its first question (or its end).
func (f *Flow) Start(env Env) (Step, error) {
	w := &walk{f: f, env: &env, pick: -1}
	w.run = Run{Nonce: env.Nonce, Flow: f.source.ID, Hash: f.hash}
	for _, fd := range f.source.Fields { // in order, so that a run encodes the same each time
		if v, ok := env.Given[fd.Name]; ok {
			w.run.set(Answer{Field: fd.Name, Value: v})
		}
	}
	if wish, ok := env.Given[fieldWish]; ok {
		w.run.Wish = wish
	}
	w.run.Heard = env.Given["heard"]
	err := w.advance(0)
	return w.finish(), err
}

// Ask says the run's current question again without any input.
func (f *Flow) Ask(run Run, env Env) Step {
	w := &walk{f: f, env: &env, run: run, pick: -1}
	w.pose()
	return w.finish()
}

// Label is the label of a button under the run's current question; false for any
// other button.
func (f *Flow) Label(run Run, p Press, env Env) (locales.Text, bool) {
	if p.Nonce != run.Nonce || p.State != run.State || p.State < 0 || p.State >= len(f.states) {
		return locales.Text{}, false
	}
	w := &walk{f: f, env: &env, run: run, pick: -1}
	if s := w.current(); run.Pending == nil && p.Choice < len(s.Choices) {
		return s.Choices[p.Choice].Label, w.offered(s, p.Choice)
	}
	w.pose() // made for the occasion: a pending yes, "skip", a run-time choice
	for _, prompt := range w.step.Say {
		for _, b := range prompt.Choices {
			if b.Press == p {
				return b.Label, true
			}
		}
	}
	return locales.Text{}, false
}

func (w *walk) finish() Step {
	w.step.Run = w.run
	return w.step
}

// current is the state that the run is in.
func (w *walk) current() *state { return &w.f.states[w.run.State] }

// advance walks from a state to the next one that waits, or to an end.
func (w *walk) advance(at int) error {
	for range maxPassing {
		w.run.State = at
		s := w.current()
		if !w.relevant(s) {
			var err error
			if at, err = w.f.fire(at, eventSkip); err != nil {
				return err
			}
			continue
		}
		switch s.Kind {
		case Ask, Pick:
			w.run.AskedAt = w.env.Now.UnixMilli()
			w.run.Tries = 0
			if s.Gather && w.run.Heard != "" {
				heard := w.run.Heard
				w.run.Heard = ""
				if got, wish := w.facts(heard); len(got) > 0 {
					w.propose(Pending{Kind: PendingFacts, Answers: got, Wish: wish})
					return nil
				} else if wish != "" {
					w.run.Wish = wish
				}
			}
			w.pose()
			return nil
		case End:
			w.tell(s)
			w.flush(nil)
			w.end(s)
			return nil
		case Tell:
			w.tell(s)
		case Effect:
			answers, err := w.env.Effect(s.Effect, s.With, &w.run)
			if err != nil {
				return fmt.Errorf("flow %s: effect %s: %w", w.f.source.ID, s.Effect, err)
			}
			for _, a := range answers {
				w.run.set(a)
			}
			w.tell(s)
		}
		var err error
		if at, err = w.f.fire(at, w.wayOut(s)); err != nil {
			return err
		}
	}
	return fmt.Errorf("flow %s: over %d states in one step", w.f.source.ID, maxPassing)
}

// relevant: its When holds, and a Known state's field has no value yet.
func (w *walk) relevant(s *state) bool {
	if s.when != nil && !s.when.True(w) {
		return false
	}
	if s.Known && s.waits() {
		if a, ok := w.run.Answer(s.Field); ok {
			return a.Forgotten
		}
		if _, known := w.env.Known(s.Field); known {
			return false
		}
	}
	return true
}

// wayOut is the event by which a passed or answered state is left.
func (w *walk) wayOut(s *state) string {
	if s.waits() && w.pick >= 0 && s.Choices[w.pick].To != "" {
		return s.pick[w.pick]
	}
	for i, p := range s.jumps {
		if p.True(w) {
			return s.jump[i]
		}
	}
	if s.waits() {
		return eventAnswer
	}
	return eventDone
}

func (w *walk) end(s *state) {
	w.step.Ended = true
	if s.Then == "" {
		return
	}
	w.step.Then = s.Then
	if s.Then[0] == '=' {
		w.step.Then, _ = w.value(s.Then[1:])
	}
	w.step.Given = map[string]string{}
	for k, v := range s.Given {
		if len(v) > 0 && v[0] == '=' {
			v, _ = w.value(v[1:])
		}
		w.step.Given[k] = v
	}
}

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
		if w.offered(s, i) {
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
	if s.Options == "" || w.env.Options == nil {
		return nil
	}
	return w.env.Options(s.Options)
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

// learn makes an answer the run's, and at once the person's where the field is of
// their profile: what is said next may already show it.
func (w *walk) learn(a Answer) {
	w.run.set(a)
	w.step.Learnt = append(w.step.Learnt, a)
	if w.env.Learn != nil && w.f.fields[a.Field].Profile {
		w.env.Learn(a)
	}
}

// accept stores answers as the person's and walks on from the current state.
func (w *walk) accept(answers ...Answer) error {
	s := w.current()
	for _, a := range answers {
		w.learn(a)
	}
	w.run.Pending = nil
	w.run.Trail = append(w.run.Trail, w.run.State)
	if len(w.run.Trail) > maxTrail {
		w.run.Trail = w.run.Trail[1:]
	}
	if w.pick >= 0 {
		if field := s.Choices[w.pick].Change; field != "" {
			w.run.set(Answer{Field: field, Forgotten: true})
		}
	}
	to, err := w.f.fire(w.run.State, w.wayOut(s))
	if err != nil {
		return err
	}
	w.pick = -1
	return w.advance(to)
}

// fieldWish reads the run's Wish like a field.
const fieldWish = "wish"

// maxTrail bounds "back": nobody goes back further.
const maxTrail = 50

// value is what a field holds: the run's answer, else what is known of the person.
func (w *walk) value(field string) (string, bool) {
	if field == fieldWish && w.run.Wish != "" {
		return w.run.Wish, true
	}
	if a, ok := w.run.Answer(field); ok {
		return a.Value, !a.Forgotten
	}
	return w.env.Known(field)
}

// walk is the Env of conditions.

// Field reads ${name}.
func (w *walk) Field(name string) expr.Value {
	v, ok := w.value(name)
	if !ok || v == "" {
		return expr.Value{}
	}
	return typed(w.f.fields[name].Type, v)
}

func typed(t Type, v string) expr.Value {
	switch t {
	case Number:
		return number(v)
	case Date:
		return day(v)
	}
	return expr.Str(v)
}

func number(v string) expr.Value {
	n, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return expr.Value{}
	}
	return expr.Num(n)
}

func day(v string) expr.Value {
	t, err := time.Parse(time.DateOnly, v)
	if err != nil {
		return expr.Value{}
	}
	return expr.Day(t.Date())
}

// Self reads ".": constraints are evaluated through constrained, which sets it.
func (w *walk) Self() expr.Value { return expr.Value{} }

// Today is the day in the person's zone.
func (w *walk) Today() expr.Value { return expr.Day(w.env.Now.Date()) }

// Now is the moment in the person's zone.
func (w *walk) Now() time.Time { return w.env.Now }

// ChoiceName is the label of a choice.
func (w *walk) ChoiceName(field, value string) string {
	return w.show(w.f.fields[field], Answer{Field: field, Value: value})
}

// constrained evaluates a constraint with "." set.
type constrained struct {
	*walk
	self expr.Value
}

func (c constrained) Self() expr.Value { return c.self }
