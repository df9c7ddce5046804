package flows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"maalem/flows/understand"
	"maalem/locales"
)

// triesBeforeWords is after how many misses an open question takes the words as
// they are: nobody is held at a question that the program fails to understand.
const triesBeforeWords = 2

// choiceHuman is the ID of a choice that leads to a human by itself.
const choiceHuman = "human"

// triesBeforeHuman is after how many misses a human is offered.
const triesBeforeHuman = 3

// read understands a typed answer for the kind of the current state.
func (w *walk) read(in Input) error {
	s := w.current()
	text := understand.Clean(in.Text)
	if text == "" {
		w.step.Missed = true
		w.pose()
		return nil
	}
	chosen, sure, ok := w.chosen(s, text)
	if ok && sure {
		return w.choose(s, chosen, text)
	}
	if yes, plain := understand.YesNo(text); plain {
		if i := w.yesChoice(s, yes); i >= 0 {
			return w.choose(s, i, text)
		}
	}
	if ok && s.Kind == Pick && !w.wished(text) {
		o := s.Choices[chosen]
		w.propose(Pending{Kind: PendingConfirm, Answers: []Answer{{Field: s.Field, Value: o.ID, Typed: text}}})
		return nil
	}
	if i := w.yesChoice(s, false); i >= 0 && s.Choices[i].Silent && w.env.Reader.Understand(text, w.env.Lang).Intent == "no" {
		return w.choose(s, i, text) // "non, ce n'est pas juste"
	}
	if i, ok := w.ranged(s, text); ok {
		return w.choose(s, i, text)
	}
	if s.Options != "" {
		if i, ok := w.chosenOption(s, text); ok {
			return w.pressed(w.press(i))
		}
	}
	if s.Gather {
		if done, err := w.gather(s, text); done || err != nil {
			return err
		}
	}
	if s.Kind == Pick {
		if w.foretold(text) {
			w.run.Heard = heard(w.run.Heard, text)
			w.pose()
			return nil
		}
		if w.corrects(text) {
			return nil
		}
		return w.unread(s, in, w.f.source.Words.NotChosen)
	}
	if s.Optional && understand.DontKnow(text) {
		return w.skip()
	}
	switch s.typ {
	case Text:
		if s.Near && w.near(s, text) {
			return nil
		}
		return w.take(s, Answer{Field: s.Field, Value: text, Typed: text})
	case Name:
		name, doubtful, ok := understand.PersonName(text)
		if !ok {
			return w.unread(s, in, s.Retry)
		}
		a := Answer{Field: s.Field, Value: name, Typed: text}
		if m, place := w.env.Reader.Place(text); place && m.Sure {
			doubtful = true // "Casa", said to somebody who asked for a name
		}
		if !strings.Contains(name, " ") {
			ms := w.env.Reader.Crafts(text)
			doubtful = doubtful || len(ms) == 1 && ms[0].Sure // "potier"; Haddad alone is asked too
		}
		if doubtful && !s.Confirm.IsZero() {
			w.propose(Pending{Kind: PendingConfirm, Answers: []Answer{a}})
			return nil
		}
		return w.take(s, a)
	case Place:
		return w.readPlace(s, in, text)
	case Crafts:
		return w.readCrafts(s, in, text)
	case Number:
		return w.readNumber(s, in, text)
	case Phone:
		number, ok := understand.Phone(text)
		if !ok {
			return w.unread(s, in, w.f.source.Words.PhoneAgain)
		}
		return w.take(s, Answer{Field: s.Field, Value: number, Typed: text})
	case Date:
		return w.readDate(s, in, text)
	}
	return w.unread(s, in, w.f.source.Words.PhotoAgain)
}

// heard adds words to those that wait for the question that they answer.
func heard(before, text string) string {
	if before != "" {
		text = before + ", " + text
	}
	if r := []rune(text); len(r) > longestHeard {
		text = string(r[:longestHeard])
	}
	return text
}

// longestHeard bounds them, in characters.
const longestHeard = 300

// corrects offers a place or a craft that is no answer here as the new answer to the
// question before that asked for one: "Marrakech", said to the summary.
func (w *walk) corrects(text string) bool {
	if len(strings.Fields(text)) > longestCorrection || w.f.source.Words.Correction.IsZero() {
		return false
	}
	for _, at := range slices.Backward(w.run.Trail) {
		s := &w.f.states[at]
		if s.Kind != Ask || s.typ != Place && s.typ != Crafts {
			continue
		}
		a, answered := w.run.Answer(s.Field)
		if better, found := w.otherwise(s, text); answered && found && better.Value != a.Value {
			w.propose(Pending{Kind: PendingChange, State: at, Answers: []Answer{better}})
			return true
		}
	}
	return false
}

// longestCorrection is the number of words of a name that stands for itself.
const longestCorrection = 3

// sureWish is the confidence from which a wish stands against a label that the words
// only resemble.
const sureWish = 0.75

// wished: the words plainly ask to be erased, or for a human. Whoever says that is not
// asked whether they meant another button.
func (w *walk) wished(text string) bool {
	got := w.env.Reader.Understand(text, w.env.Lang)
	return (got.Intent == "delete_data" || got.Intent == "human") && got.Confidence >= sureWish
}

// take checks the constraint and accepts.
func (w *walk) take(s *state, a Answer) error {
	if s.must != nil && a.Value != "" && !s.must.True(constrained{w, typed(s.typ, a.Value)}) {
		w.step.Missed = true
		w.said = append(w.said, Part{Text: s.Else})
		w.pose()
		return nil
	}
	return w.accept(a)
}

func (w *walk) readPlace(s *state, in Input, text string) error {
	m, ok := w.env.Reader.Place(text)
	switch {
	case !ok && w.wordsStand(in, text) && w.likeName(text):
		w.propose(Pending{Kind: PendingConfirm, Answers: []Answer{{Field: s.Field, Typed: text}}})
		return nil
	case !ok:
		return w.unread(s, in, s.Retry)
	case len(m.Also) > 0:
		w.propose(Pending{Kind: PendingWhich, Options: append([]string{m.ID}, m.Also...),
			Answers: []Answer{{Field: s.Field, Value: m.ID, Typed: text}}})
		return nil
	}
	a := Answer{Field: s.Field, Value: m.ID, Typed: text}
	if !m.Sure {
		w.propose(Pending{Kind: PendingConfirm, Answers: []Answer{a}})
		return nil
	}
	return w.take(s, a)
}

// wordsStand: it was tried often enough, and the words are no question and no wish of
// another kind ("I do not know", "a human").
func (w *walk) wordsStand(in Input, text string) bool {
	return w.run.Tries >= triesBeforeWords-1 && !w.hasty(in) && !understand.Question(text) && w.env.Reader.Understand(text, w.env.Lang).Intent == noIntent
}

// likeName: words that could name a place that nobody has listed, and are no craft.
func (w *walk) likeName(text string) bool {
	if !understand.Wordy(text) {
		return false
	}
	ms := w.env.Reader.Crafts(text)
	return len(ms) == 0 || !ms[0].Sure
}

// noIntent is what understand says of words without a wish.
const noIntent = "none"

func (w *walk) readCrafts(s *state, in Input, text string) error {
	ms := w.env.Reader.Crafts(text)
	if len(ms) == 0 {
		if w.wordsStand(in, text) && understand.Wordy(text) {
			w.propose(Pending{Kind: PendingConfirm, Answers: []Answer{{Field: s.Field, Typed: text}}})
			return nil
		}
		return w.unread(s, in, s.Retry)
	}
	if len(ms) == 1 && len(ms[0].Also) > 0 {
		w.propose(Pending{Kind: PendingWhich, Options: append([]string{ms[0].ID}, ms[0].Also...),
			Answers: []Answer{{Field: s.Field, Value: ms[0].ID, Typed: text}}})
		return nil
	}
	a, sure := craftsAnswer(s.Field, ms, text)
	if !sure {
		w.propose(Pending{Kind: PendingConfirm, Answers: []Answer{a}})
		return nil
	}
	return w.take(s, a)
}

// near offers known things of a similar name; false when there is none.
func (w *walk) near(s *state, text string) bool {
	if w.env.Choices == nil {
		return false
	}
	found := w.env.Choices.Near(s.Field, text)
	if len(found) == 0 {
		return false
	}
	p := Pending{Kind: PendingWhich, Answers: []Answer{{Field: s.Field, Typed: text}}}
	for _, o := range found {
		p.Options = append(p.Options, o.ID)
		p.Labels = append(p.Labels, o.Label.Label(w.env.Lang))
	}
	p.Options = append(p.Options, "")
	p.Labels = append(p.Labels, s.New.Label(w.env.Lang))
	w.propose(p)
	return true
}

func craftsAnswer(field string, ms []understand.Match, text string) (Answer, bool) {
	sure := true
	ids := make([]string, 0, len(ms))
	for _, m := range ms {
		sure = sure && m.Sure
		ids = append(ids, m.ID)
	}
	return Answer{Field: field, Value: strings.Join(ids, " "), Typed: text}, sure
}

func (w *walk) readNumber(s *state, in Input, text string) error {
	n, ok := understand.Number(text)
	if !ok {
		return w.unread(s, in, w.f.source.Words.NumberAgain)
	}
	if s.Min != nil && n < *s.Min || s.Max != nil && n > *s.Max {
		w.step.Missed = true
		args := locales.Args{}
		if s.Min != nil {
			args["min"] = *s.Min
		}
		if s.Max != nil {
			args["max"] = *s.Max
		}
		w.said = append(w.said, Part{w.f.source.Words.NumberRange, args})
		w.pose()
		return nil
	}
	return w.take(s, Answer{Field: s.Field, Value: strconv.FormatFloat(n, 'f', -1, 64), Typed: text})
}

func (w *walk) readDate(s *state, in Input, text string) error {
	y, m, d := w.env.Now.Date()
	day, ambiguous, ok := understand.Date(text, understand.Day{Year: y, Month: int(m), Day: d})
	if !ok {
		return w.unread(s, in, w.f.source.Words.DateAgain)
	}
	a := Answer{Field: s.Field, Value: fmt.Sprintf("%04d-%02d-%02d", day.Year, day.Month, day.Day), Typed: text}
	if ambiguous {
		w.propose(Pending{Kind: PendingConfirm, Answers: []Answer{a}})
		return nil
	}
	return w.take(s, a)
}

// unread: the input is no answer here. A hasty message joins the answer before
// it; otherwise the question is said again, with an example, and after three
// misses with a human.
func (w *walk) unread(s *state, in Input, again locales.Text) error {
	if w.hasty(in) {
		before := len(w.step.Learnt)
		if err := w.join(in.Text); err != nil || len(w.step.Learnt) > before || w.run.Pending != nil {
			return err
		}
		w.step.Quiet = false
	}
	if understand.Greeting(in.Text) { // no wrong answer: somebody came back, and wants to know where they are
		w.pose()
		return nil
	}
	return w.missed(again, w.f.source.Words.NotChosen)
}

func (w *walk) missed(again, otherwise locales.Text) error {
	w.step.Missed = true
	w.run.Tries++
	if again.IsZero() {
		again = otherwise
	}
	w.said = append(w.said, Part{Text: again})
	s := w.current()
	bs := w.buttons(s)
	if w.run.Tries >= triesBeforeHuman && !slices.ContainsFunc(s.Choices, func(o Option) bool { return o.ID == choiceHuman }) {
		bs = append(bs, Button{Press{}, w.f.source.Words.Advisor})
	}
	w.step.Say = append(w.step.Say, Prompt{Parts: w.said, Choices: bs, Slots: []string{w.f.source.ID + "/" + s.ID}, Question: true,
		ShareContact: s.ShareContact, SharePlace: s.SharePlace})
	w.said, w.slots = nil, nil
	return nil
}
