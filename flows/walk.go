package flows

import (
	"fmt"

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
