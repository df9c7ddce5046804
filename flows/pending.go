package flows

import (
	"slices"

	"maalem/flows/understand"
	"maalem/locales"
)

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
	if p.Kind == PendingFacts {
		return w.amend(text), nil
	}
	if a := p.Answers[0]; p.Kind == PendingConfirm && a.Value == "" && understand.Fold(a.Typed) == understand.Fold(text) {
		return true, w.yes() // said again in the same words: they are meant
	}
	// "eh 3ndi 45": to a plain question the beginning is the answer.
	switch w.env.Reader.Understand(text, w.env.Lang).Intent {
	case "yes":
		return true, w.yes()
	case "no":
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

func (w *walk) yes() error {
	p := w.run.Pending
	switch p.Kind {
	case PendingChange:
		a := p.Answers[0]
		w.learn(a)
		w.run.Pending = nil
		w.said = append(w.said, Part{w.f.source.Words.Changed, locales.Args{"value": w.shown(a.Field)}})
		w.pose()
		return nil
	case PendingFacts:
		if p.Wish != "" {
			w.run.Wish = p.Wish
		}
		return w.acceptFacts(p.Answers)
	case PendingConfirm:
		if s := w.current(); s.Kind == Pick || len(s.Choices) > 0 {
			for i := range s.Choices {
				if s.Choices[i].ID == p.Answers[0].Value {
					return w.choose(s, i, p.Answers[0].Typed)
				}
			}
		}
		return w.accept(p.Answers...)
	}
	w.pose() // which of several: yes says nothing
	return nil
}

func (w *walk) no() error {
	w.run.Pending = nil
	w.run.AskedAt = w.env.Now.UnixMilli()
	w.pose()
	return nil
}

// acceptFacts stores what one message told; the current question is answered by
// it or asked now.
func (w *walk) acceptFacts(facts []Answer) error {
	field := w.current().Field
	for _, a := range facts {
		if a.Field == field {
			return w.accept(facts...)
		}
	}
	for _, a := range facts {
		w.learn(a)
	}
	w.run.Pending = nil
	return w.advance(w.run.State)
}

// gather looks for several facts in one message, to be confirmed at once.
func (w *walk) gather(s *state, text string) (bool, error) {
	got, wish := w.facts(text)
	if len(got) < 2 && !(len(got) == 1 && wish != "") {
		if wish != "" {
			w.run.Wish = wish
		}
		return false, nil
	}
	w.propose(Pending{Kind: PendingFacts, Answers: got, Wish: wish})
	return true, nil
}

// facts are the answers and the wish that a message has in it.
func (w *walk) facts(text string) (got []Answer, wish string) {
	facts := w.env.Reader.Facts(text)
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
	return got, facts.Wish
}

// amend reads what is said to a summary of facts instead of yes or no: other facts
// take the place of those that were wrong ("la, mn Agadir"); what tells nothing
// leaves them waiting, until the question is rather asked alone.
func (w *walk) amend(text string) (done bool) {
	got, wish := w.facts(text)
	if len(got) == 0 {
		if w.run.Tries++; w.run.Tries >= triesBeforeWords {
			w.run.Pending = nil
			return false
		}
		w.step.Missed = true
		w.pose()
		return true
	}
	p := *w.run.Pending
	p.Answers = append([]Answer(nil), p.Answers...)
	for _, a := range got {
		i := slices.IndexFunc(p.Answers, func(old Answer) bool { return old.Field == a.Field })
		if i < 0 {
			p.Answers = append(p.Answers, a)
			continue
		}
		p.Answers[i] = a
	}
	if wish != "" {
		p.Wish = wish
	}
	w.propose(p)
	return true
}

// foretold: facts that a later question will gather; they are kept until then.
func (w *walk) foretold(text string) bool {
	for i := w.run.State + 1; i < len(w.f.states); i++ {
		if w.f.states[i].Gather && w.relevant(&w.f.states[i]) {
			facts := w.env.Reader.Facts(text)
			return facts.Name != "" || facts.Place != nil && facts.Place.Sure || len(facts.Crafts) > 0 && facts.Crafts[0].Sure
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

// which is the answer that one of several pending options gives. "None of these"
// has an empty value: the words as typed stand.
func (w *walk) which(i int) Answer {
	p := w.run.Pending
	return Answer{Field: w.current().Field, Value: p.Options[i], Typed: p.Answers[0].Typed}
}
