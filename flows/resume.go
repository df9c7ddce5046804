package flows

import (
	"errors"
	"fmt"
	"time"

	"maalem/flows/understand"
	"maalem/locales"
)

// Reader understands typed text; *understand.Reader is one.
type Reader interface {
	Place(text string) (understand.Match, bool)
	Crafts(text string) []understand.Match
	Facts(text string) understand.Facts
	Understand(text string, saved locales.Lang) understand.Result
	At(p understand.LatLon) (understand.Match, bool)
}

// ErrUnfit says that a run does not fit the flow it is resumed on.
var ErrUnfit = errors.New("the run does not fit the flow")

// readingTime is how soon after a question a message is still part of the answer
// before it: nobody reads a question and types within it.
const readingTime = 2 * time.Second

// Resume takes one input into a run: it understands the input for what the run
// waits for, checks it, fires one event and walks on.
func (f *Flow) Resume(run Run, in Input, env Env) (Step, error) {
	if run.Hash != f.hash || run.State < 0 || run.State >= len(f.states) || !f.states[run.State].waits() {
		return Step{Run: run}, fmt.Errorf("resume %s: %w", f.source.ID, ErrUnfit)
	}
	// The caller's run stays as it was; there is room for what an input adds.
	run.Answers = append(make([]Answer, 0, len(run.Answers)+2), run.Answers...)
	run.Trail = append(make([]int, 0, len(run.Trail)+1), run.Trail...)
	w := &walk{f: f, env: &env, run: run, pick: -1}
	err := w.resume(in)
	return w.finish(), err
}

func (w *walk) resume(in Input) error {
	switch {
	case in.Repeat:
		w.pose()
		return nil
	case in.Back:
		return w.back()
	case in.Skip:
		return w.skip()
	case in.Press != nil:
		return w.pressed(*in.Press)
	case in.Voice != "":
		return w.voice(in.Voice)
	case in.Photo != "":
		return w.photo(in.Photo)
	case in.Phone != "":
		return w.contact(in)
	case in.Geo != nil:
		return w.geo(*in.Geo)
	}
	if w.early(in) {
		return w.join(in.Text)
	}
	if w.run.Pending != nil {
		done, err := w.settle(in.Text)
		if done || err != nil {
			return err
		}
	}
	return w.read(in)
}

// early: sent before the current question was, by the network's own clock.
func (w *walk) early(in Input) bool {
	return !in.At.IsZero() && in.At.Add(in.Grain).UnixMilli() <= w.run.AskedAt && len(w.run.Trail) > 0
}

// hasty: sooner after the question than anybody reads it.
func (w *walk) hasty(in Input) bool {
	return len(w.run.Trail) > 0 && w.env.Now.UnixMilli()-w.run.AskedAt < readingTime.Milliseconds()
}

// join adds words to the answer before, when that was free text, or offers them as
// its correction, when they answer it in another way; otherwise they are left aside
// and the question stands.
func (w *walk) join(text string) error {
	text = understand.Clean(text)
	before := w.run.Trail[len(w.run.Trail)-1]
	s := &w.f.states[before]
	a, ok := w.run.Answer(s.Field)
	if better, found := w.otherwise(s, text); ok && found && better.Value != a.Value && !w.f.source.Words.Correction.IsZero() {
		w.propose(Pending{Kind: PendingChange, State: before, Answers: []Answer{better}})
		return nil
	}
	if !ok || s.Kind != Ask || (s.typ != Text && s.typ != Name) || a.Value == "" || understand.Greeting(text) {
		w.step.Quiet = true
		return nil
	}
	if s.typ == Name {
		more, _, good := understand.PersonName(a.Value + " " + text)
		if !good {
			w.step.Quiet = true
			return nil
		}
		a.Value = more
	} else {
		a.Value += "\n" + text
	}
	a.Typed += "\n" + text
	w.learn(a)
	w.said = append(w.said, Part{w.f.source.Words.Joined, locales.Args{"answer": a.Value}})
	w.pose()
	return nil
}

// otherwise reads words as an answer to a question before, where that is certain.
func (w *walk) otherwise(s *state, text string) (Answer, bool) {
	a := Answer{Field: s.Field, Typed: text}
	switch {
	case s.Kind == Pick && !s.leads():
		i, sure, ok := w.chosen(s, text)
		if ok && sure {
			a.Value = s.Choices[i].ID
		}
	case s.typ == Place:
		if m, ok := w.env.Reader.Place(text); ok && m.Sure && len(m.Also) == 0 {
			a.Value = m.ID
		}
	case s.typ == Crafts:
		if ms := w.env.Reader.Crafts(text); len(ms) > 0 {
			more, sure := craftsAnswer(s.Field, ms, text)
			if sure {
				a.Value = more.Value
			}
		}
	}
	return a, a.Value != ""
}

func (w *walk) back() error {
	w.run.Pending = nil
	if len(w.run.Trail) == 0 {
		w.said = append(w.said, Part{Text: w.f.source.Words.NoBack})
		w.pose()
		return nil
	}
	w.run.State = w.run.Trail[len(w.run.Trail)-1]
	w.run.Trail = w.run.Trail[:len(w.run.Trail)-1]
	w.run.set(Answer{Field: w.current().Field, Forgotten: true})
	w.run.AskedAt = w.env.Now.UnixMilli()
	w.run.Tries = 0
	w.pose()
	return nil
}

func (w *walk) skip() error {
	s := w.current()
	w.run.Pending = nil
	if !s.Optional {
		w.said = append(w.said, Part{Text: w.f.source.Words.NoSkip})
		w.pose()
		return nil
	}
	return w.accept(Answer{Field: s.Field})
}

// pressed takes a button: of this question, of one before, or of what waits for a yes.
func (w *walk) pressed(p Press) error {
	if p.Nonce != w.run.Nonce || p.State >= len(w.f.states) {
		w.step.Stale = true
		return nil
	}
	if p.State != w.run.State {
		return w.latePress(p)
	}
	s := w.current()
	switch pending := w.run.Pending; {
	case p.Choice == pressYes && pending != nil:
		return w.yes()
	case p.Choice == pressNo && pending != nil:
		return w.no()
	case p.Choice >= pressOption && pending != nil && pending.Kind == PendingWhich && p.Choice-pressOption < len(pending.Options):
		return w.accept(w.which(p.Choice - pressOption))
	case p.Choice >= pressOption && p.Choice-pressOption < len(w.options(s)):
		o := w.options(s)[p.Choice-pressOption]
		return w.accept(Answer{Field: s.Field, Value: o.ID})
	case p.Choice == pressSkip && s.Optional:
		return w.skip()
	case p.Choice < len(s.Choices) && w.offered(s, p.Choice):
		return w.choose(s, p.Choice, "")
	}
	w.step.Stale = true
	return nil
}

// latePress: the same choice again is a double tap; another one asks whether that
// answer is to change.
func (w *walk) latePress(p Press) error {
	s := &w.f.states[p.State]
	a, answered := w.run.Answer(s.Field)
	if !s.waits() || !answered || p.Choice >= len(s.Choices) || !contains(w.run.Trail, p.State) {
		w.step.Stale = true
		// A double tap on "yes" or "skip" of the question just left says nothing new.
		if last := len(w.run.Trail) - 1; last >= 0 && w.run.Trail[last] == p.State {
			w.step.Stale, w.step.Quiet = false, true
		}
		return nil
	}
	o := s.Choices[p.Choice]
	switch {
	case a.Value == o.ID:
		w.step.Quiet = true
		return nil
	case s.leads():
		w.step.Stale = true
		return nil
	}
	w.run.Pending = &Pending{Kind: PendingChange, State: p.State,
		Answers: []Answer{{Field: s.Field, Value: o.ID}}}
	w.pose()
	return nil
}

func contains(trail []int, state int) bool {
	for _, t := range trail {
		if t == state {
			return true
		}
	}
	return false
}

// voice keeps a voice note as the answer to a free question; on a choice question
// the choices are said again.
func (w *walk) voice(hash string) error {
	w.step.Voice = true
	s := w.current()
	if s.Kind == Ask && w.run.Pending == nil && (s.typ == Text || s.typ == Name || s.typ == Place || s.typ == Crafts) {
		w.said = append(w.said, Part{Text: w.f.source.Words.VoiceKept})
		return w.accept(Answer{Field: s.Field, Media: hash})
	}
	w.said = append(w.said, Part{Text: w.f.source.Words.VoiceChoice})
	w.pose()
	return nil
}

func (w *walk) photo(hash string) error {
	if s := w.current(); s.Kind == Ask && s.typ == Photo {
		return w.accept(Answer{Field: s.Field, Media: hash})
	}
	w.said = append(w.said, Part{Text: w.f.source.Words.PhotoKept})
	w.pose()
	return nil
}

// contact takes a shared number where one is asked; elsewhere the question stands.
func (w *walk) contact(in Input) error {
	s := w.current()
	if s.typ != Phone {
		w.step.Missed = true
		w.pose()
		return nil
	}
	number, ok := understand.Phone(in.Phone)
	if !ok {
		return w.missed(s.Retry, w.f.source.Words.PhoneAgain)
	}
	return w.accept(Answer{Field: s.Field, Value: number, Typed: in.Phone, Proven: in.Own})
}

// geo takes the nearest place for a shared position; the position itself is not kept.
func (w *walk) geo(at understand.LatLon) error {
	s := w.current()
	if s.typ != Place || s.Kind != Ask {
		w.step.Missed = true
		w.pose()
		return nil
	}
	m, ok := w.env.Reader.At(at)
	if !ok {
		return w.missed(s.Retry, w.f.source.Words.NotChosen)
	}
	w.said = append(w.said, Part{w.f.source.Words.PlaceKept, locales.Args{"place": w.env.Show(Place, m.ID, w.env.Lang)}})
	return w.accept(Answer{Field: s.Field, Value: m.ID})
}
