package flows

import (
	"fmt"
	"strconv"
	"strings"

	"maalem/flows/understand"
	"maalem/locales"
)

// triesBeforeWords is after how many misses an open question takes the words as
// they are: nobody is held at a question that the program fails to understand.
const triesBeforeWords = 2

// triesBeforeHuman is after how many misses a human is offered.
const triesBeforeHuman = 3

// settle reads an answer to what waits for a yes; done is false when the text is
// rather an answer to the question itself.
func (w *walk) settle(text string) (done bool, err error) {
	p := w.run.Pending
	if p.Kind == PendingWhich {
		opts := make([]understand.Option, len(p.Options))
		for i, v := range p.Options {
			opts[i] = understand.Option{ID: v, Labels: w.optionNames(i)}
		}
		if i, _, ok := understand.Choose(text, opts); ok {
			return true, w.pressed(w.press(pressOption + i))
		}
		w.run.Pending = nil
		return false, nil
	}
	if yes, ok := understand.YesNo(text); ok {
		if yes {
			return true, w.yes()
		}
		return true, w.no()
	}
	if i, _, ok := w.f.yesNo().Choose(text); ok {
		if i == 0 {
			return true, w.yes()
		}
		return true, w.no()
	}
	w.run.Pending = nil
	return false, nil
}

// optionNames are the names by which a pending option may be called.
func (w *walk) optionNames(i int) []string {
	p := w.run.Pending
	if i < len(p.Labels) {
		return []string{p.Labels[i]}
	}
	return w.names(w.current().typ, p.Options[i])
}

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
	if ok && s.Kind == Pick {
		o := s.Choices[chosen]
		w.propose(Pending{Kind: PendingConfirm, Answers: []Answer{{Field: s.Field, Value: o.ID, Typed: text}}})
		return nil
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
			w.run.Heard = text
			w.pose()
			return nil
		}
		return w.unread(s, in, w.f.source.Words.NotChosen)
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

// ranged finds the choice whose range a typed number is in.
func (w *walk) ranged(s *state, text string) (int, bool) {
	for i, o := range s.Choices {
		if o.From == nil && o.Below == nil || !w.offered(s, i) {
			continue
		}
		n, ok := understand.Number(text)
		if ok && (o.From == nil || n >= *o.From) && (o.Below == nil || n < *o.Below) {
			return i, true
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
			opts = append(opts, understand.Option{ID: o.ID, Labels: labels(o.Label)})
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
	case !ok && w.wordsStand(in, text):
		return w.take(s, Answer{Field: s.Field, Typed: text})
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

// wordsStand: it was tried often enough, and the words are no wish of another kind
// ("I do not know", "a human").
func (w *walk) wordsStand(in Input, text string) bool {
	return w.run.Tries >= triesBeforeWords-1 && !w.hasty(in) && w.env.Reader.Understand(text, w.env.Lang).Intent == noIntent
}

// noIntent is what understand says of words without a wish.
const noIntent = "none"

func (w *walk) readCrafts(s *state, in Input, text string) error {
	ms := w.env.Reader.Crafts(text)
	if len(ms) == 0 {
		if w.wordsStand(in, text) {
			return w.take(s, Answer{Field: s.Field, Typed: text})
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
	if w.env.Near == nil {
		return false
	}
	found := w.env.Near(s.Field, text)
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

// gather looks for several facts in one message, to be confirmed at once.
func (w *walk) gather(s *state, text string) (bool, error) {
	facts := w.env.Reader.Facts(text)
	var got []Answer
	if facts.Name != "" {
		got = w.fact(got, Name, facts.Name, text)
	}
	if len(facts.Crafts) > 0 {
		a, _ := craftsAnswer("", facts.Crafts, text)
		got = w.fact(got, Crafts, a.Value, text)
	}
	if facts.Place != nil {
		got = w.fact(got, Place, facts.Place.ID, text)
	}
	if len(got) < 2 && !(len(got) == 1 && facts.Wish != "") {
		if facts.Wish != "" {
			w.run.Wish = facts.Wish
		}
		return false, nil
	}
	w.propose(Pending{Kind: PendingFacts, Answers: got, Wish: facts.Wish})
	return true, nil
}

// foretold: facts that a later question will gather; they are kept until then.
func (w *walk) foretold(text string) bool {
	for i := w.run.State + 1; i < len(w.f.states); i++ {
		if w.f.states[i].Gather && w.relevant(&w.f.states[i]) {
			facts := w.env.Reader.Facts(text)
			return facts.Name != "" && (facts.Place != nil || len(facts.Crafts) > 0)
		}
	}
	return false
}

// fact adds a value for the flow's profile field of a type.
func (w *walk) fact(got []Answer, t Type, value, text string) []Answer {
	for _, fd := range w.f.source.Fields {
		if fd.Type == t && fd.Profile {
			return append(got, Answer{Field: fd.Name, Value: value, Typed: text})
		}
	}
	return got
}

// propose asks for a yes.
func (w *walk) propose(p Pending) {
	w.run.Pending = &p
	w.run.AskedAt = w.env.Now.UnixMilli()
	w.pose()
}

// posePending says what waits for a yes.
func (w *walk) posePending(s *state) {
	p := w.run.Pending
	words := &w.f.source.Words
	switch p.Kind {
	case PendingFacts:
		w.said = append(w.said, Part{Text: words.Heard})
		for _, a := range p.Answers {
			w.said = append(w.said, w.line(a))
		}
		if p.Wish != "" {
			w.said = append(w.said, Part{words.Wish, locales.Args{"wish": w.env.Show(Given, p.Wish, w.env.Lang)}})
		}
		w.said = append(w.said, Part{Text: words.Right})
		w.flush(w.yesNo())
	case PendingWhich:
		text := s.Which
		if text.IsZero() {
			text = words.NotChosen
		}
		w.said = append(w.said, Part{text, locales.Args{"place": p.Answers[0].Typed}})
		var bs []Button
		for i, v := range p.Options {
			label := w.named(s.typ, v)
			if i < len(p.Labels) {
				label = locales.Plain(p.Labels[i])
			}
			bs = append(bs, Button{w.press(pressOption + i), label})
		}
		w.flush(bs)
	case PendingChange:
		a := p.Answers[0]
		if a.Typed != "" && !words.Correction.IsZero() {
			fd := w.f.fields[a.Field]
			w.said = append(w.said, Part{words.Correction, locales.Args{"field": fd.Label.Label(w.env.Lang), "value": w.show(fd, a)}})
		} else {
			w.said = append(w.said, Part{Text: words.Late}, w.line(a))
		}
		w.flush(w.yesNo())
	default:
		text, args := s.Confirm, locales.Args{}
		shown := w.show(w.f.fields[s.Field], p.Answers[0])
		if text.IsZero() || s.Kind == Pick {
			text = words.DidYouMean
			args["choice"] = shown
		} else {
			args[s.Field] = shown
		}
		w.said = append(w.said, Part{text, args})
		w.flush(w.yesNo())
	}
}

// named is a value's name in every language, as a label.
func (w *walk) named(t Type, value string) locales.Text {
	forms := map[locales.Lang][]string{}
	for _, l := range locales.All() {
		forms[l] = []string{w.env.Show(t, value, l)}
	}
	return locales.Text{Forms: forms}
}

// line is "📍 Place: Tiznit", with the field's own label.
func (w *walk) line(a Answer) Part {
	fd := w.f.fields[a.Field]
	value := w.show(fd, a)
	if fd.Sign != "" {
		return Part{Text: locales.Plain(fd.Sign + " {value}"), Args: locales.Args{"value": value}}
	}
	return Part{Text: locales.Plain("{value}"), Args: locales.Args{"value": value}}
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
	if w.run.Tries >= triesBeforeHuman {
		bs = append(bs, Button{Press{}, w.f.source.Words.Advisor})
	}
	w.step.Say = append(w.step.Say, Prompt{Parts: w.said, Choices: bs, Slots: []string{w.f.source.ID + "/" + s.ID}, Question: true,
		ShareContact: s.ShareContact, SharePlace: s.SharePlace})
	w.said, w.slots = nil, nil
	return nil
}
