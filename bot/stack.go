package bot

import (
	"errors"
	"maps"
	"slices"

	"maalem/flows"
	"maalem/flows/understand"
	"maalem/locales"
)

// start begins a flow on top of the stack.
func (d *draft) start(id string, given map[string]string) error {
	for range maxStack {
		f := d.e.flows[id]
		if d.dropLight(); d.conv.top() != nil && d.conv.top().Flow == id && !f.Light() && len(given) == 0 {
			return d.returnTo() // it is under way already
		}
		if d.takeUp(f, given) {
			return d.returnTo()
		}
		d.interrupt(f)
		if id == "register" && d.conv.Heard+d.conv.Wish != "" {
			given = maps.Clone(given)
			if given == nil {
				given = map[string]string{}
			}
			given["heard"], given["wish"] = d.conv.Heard, d.conv.Wish
			d.conv.Heard, d.conv.Wish = "", ""
		}
		env := d.env(given)
		env.Nonce = d.e.rand.nonce()
		st, err := f.Start(env)
		if err != nil {
			return err
		}
		d.conv.Stack = append(d.conv.Stack, st.Run)
		d.begin(f)
		next, nextGiven := d.take(f, st)
		if next == "" {
			return nil
		}
		if next == flows.ThenReturn {
			if d.conv.top() != nil {
				return d.returnTo()
			}
			next = menuFlow
		}
		id, given = next, nextGiven
	}
	return errors.New("flows start one another without end")
}

// takeUp brings a run of the flow that was interrupted to the top: whoever asks to
// register again goes on with the registration.
func (d *draft) takeUp(f *flows.Flow, given map[string]string) bool {
	if f.Light() || len(given) > 0 {
		return false
	}
	i := slices.IndexFunc(d.conv.Stack, func(r flows.Run) bool { return r.Flow == f.ID() })
	if i < 0 {
		return false
	}
	run := d.conv.Stack[i]
	d.conv.Stack = append(slices.Delete(d.conv.Stack, i, i+1), run)
	return true
}

// begin counts the run and makes sure that its Source can be found when the
// program has moved on. The Source itself is stored once per hash.
func (d *draft) begin(f *flows.Flow) {
	d.turn.Tally = append(d.turn.Tally, Tally{runsOf(f.Hash()), 1})
}

// menuFlow is where a conversation is when nothing else is under way.
const menuFlow = "menu"

// dropLight ends the light flows on top: nobody returns to a menu.
func (d *draft) dropLight() {
	for d.conv.top() != nil {
		under := d.e.flows[d.conv.top().Flow]
		if under != nil && !under.Light() {
			break
		}
		if under != nil && !under.Left().IsZero() {
			d.send(Message{Lang: d.lang(), Text: d.render(under.Left(), nil)})
		}
		d.pop()
	}
}

// interrupt keeps what is under way, and says so.
func (d *draft) interrupt(f *flows.Flow) {
	if top := d.conv.top(); top != nil && !f.Light() {
		d.say("flow.interrupted", locales.Args{"topic": d.e.flows[top.Flow].Title().Label(d.lang())})
	}
	if len(d.conv.Stack) >= maxStack {
		d.turn.Tally = append(d.turn.Tally, Tally{runsOf(d.conv.Stack[0].Hash), -1})
		d.conv.Stack = d.conv.Stack[1:]
	}
}

func (d *draft) pop() {
	top := d.conv.top()
	d.turn.Tally = append(d.turn.Tally, Tally{runsOf(top.Hash), -1})
	d.conv.Stack = d.conv.Stack[:len(d.conv.Stack)-1]
}

// step resumes the current run.
func (d *draft) step(in flows.Input) error {
	r := d.conv.top()
	f, err := d.e.flow(d.ctx, r)
	if err != nil {
		return err
	}
	free := f.FreeText(r)
	st, err := f.Resume(*r, in, d.env(nil))
	if err != nil {
		return err
	}
	if st.Missed && !free && in.Text != "" && d.conv.Lang != "" {
		switch code := digits(in.Text); {
		case d.e.Recording != nil && d.wantsToListen(in.Text):
			return d.listen(nil)
		case len(code) == codeDigits && len(in.Text) <= 2*codeDigits && f.ID() != "link":
			return d.start("link", map[string]string{"typed": code}) // shown on another phone
		}
		switch flow, given, ok := d.intent(in.Text); {
		case ok && flow == "interest" && f.ID() == "register":
			return d.wish(given["topic"])
		case ok && flow != f.ID():
			return d.follow(flow, given)
		case f.ID() == offerFlow && len(d.conv.Stack) > 1: // not taken up: the words answer the question before it
			d.pop()
			return d.step(in)
		}
		if _, number := understand.Number(in.Text); !number && f.ID() != menuFlow {
			if done, err := d.fromMenu(&Inbound{Text: in.Text}); done || err != nil {
				return err
			}
		}
		d.missed(f, r, in.Text)
	}
	if st.Stale {
		d.say("late.button", nil)
		st = f.Ask(*r, d.env(nil))
	}
	if hash := in.Voice + in.Photo; hash != "" && !slices.ContainsFunc(st.Learnt, func(a flows.Answer) bool { return a.Media == hash }) {
		d.keepFile(hash)
	}
	if st.Voice {
		d.conv.Listens = true
		if d.conv.Voices++; d.conv.Voices == 2 {
			if err := d.ticket("", d.media); err != nil {
				return err
			}
			d.say("voice.ticket", nil)
		}
	}
	if top := d.conv.top(); top != nil {
		*top = st.Run
	}
	next, given := d.take(f, st)
	if next == flows.ThenReturn && d.conv.top() == nil {
		next = menuFlow
	}
	if next != "" && next != flows.ThenReturn {
		return d.start(next, given)
	}
	if st.Ended && d.conv.top() != nil {
		return d.returnTo()
	}
	return nil
}

// keepFile keeps what somebody sent though no question asked for it.
func (d *draft) keepFile(hash string) {
	d.hold(hash, 1)
	d.conv.Kept = append(d.conv.Kept, hash)
	if len(d.conv.Kept) > maxKept {
		d.hold(d.conv.Kept[0], -1)
		d.conv.Kept = d.conv.Kept[1:]
	}
}

// wish remembers what a newcomer wants until they are registered.
func (d *draft) wish(topic string) error {
	d.conv.top().Wish = topic
	d.say("register.facts.wish", locales.Args{"wish": d.show(flows.Given, topic, d.lang())})
	return d.again()
}

// returnTo goes back to the flow that was interrupted.
func (d *draft) returnTo() error {
	if f := d.e.flows[d.conv.top().Flow]; f != nil {
		d.say("flow.returned", locales.Args{"topic": f.Title().Label(d.lang())})
	}
	return d.again()
}

// take applies a step: what was learnt, what is said, and how the run ends.
func (d *draft) take(f *flows.Flow, st flows.Step) (next string, given map[string]string) {
	if d.forget {
		d.conv.Stack = nil
	}
	for _, p := range st.Say {
		d.prompt(p)
	}
	if st.Ended && len(d.conv.Stack) > 0 {
		d.pop()
	}
	return st.Then, st.Given
}

// missed keeps what was not understood, masked, so that synonyms can be added.
func (d *draft) missed(f *flows.Flow, r *flows.Run, text string) {
	body, err := encode(Misunderstood{Where: f.ID() + "/" + f.StateName(r), Lang: d.conv.Lang, Text: understand.Mask(text)})
	if err == nil {
		d.turn.Append = append(d.turn.Append, LogRow{Log: LogMisunderstood, Body: body})
	}
}
