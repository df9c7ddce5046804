package bot

import (
	"errors"
	"maps"
	"strings"

	"maalem/flows"
	"maalem/flows/understand"
	"maalem/locales"
)

// pressHuman is the data of the "talk to a human" button.
const pressHuman = "u.human"

// engineTexts are the catalog keys that the engine says by itself.
var engineTexts = []string{
	"quarantine.apology", "group.declined", "unsupported", "edit.noted", "help.text", "help.example",
	"flow.interrupted", "flow.returned", "resume.offer", "late.button", "voice.ticket", "welcome.back",
	"language.done", "menu.hint", "register.half", "flood.notice", "link.notice", "mydata.code", "mydata.ready", "language.switch_offer",
	"register.phone.verified", "profile.line", "button.listen", "listen.none", "register.cooperative.pending", "file.wrong_kind", "file.too_big", "error.sorry",
}

// startWord is what a network's own start button says.
const startWord = "start"

// longSilence is after how many seconds without a word a question is introduced
// again instead of just going on.
const longSilence = 12 * 60 * 60

// groupDeclineEvery is after how many seconds a group is told again that Maalem
// speaks with one person at a time: declining each of its messages would be noise.
const groupDeclineEvery = 24 * 60 * 60

// inbound decides what an Inbound means and lets the flows answer it.
func (d *draft) inbound(in *Inbound) error {
	switch in.Kind {
	case InboundGroup:
		if d.now.Unix()-d.conv.Active >= groupDeclineEvery {
			d.conv.Active = d.now.Unix()
			d.say("group.declined", nil)
		}
		return nil
	case InboundBlocked:
		d.conv.Unreachable = true
		return nil
	case InboundBack:
		d.conv.Unreachable = false
		return nil
	case InboundEdit:
		d.say("edit.noted", nil)
		return nil
	}
	d.conv.Unreachable = false
	silent := d.conv.Active > 0 && d.now.Unix()-d.conv.Active > longSilence
	d.conv.Active = d.now.Unix()
	d.echo(in)
	if in.Media != nil && in.Media.Problem != "" {
		d.say(in.Media.Problem, locales.Args{"size": 10})
		return d.again()
	}
	if in.Kind == InboundOther {
		d.say("unsupported", nil)
		return d.again()
	}
	if in.Text == startWord {
		in.Text = ""
		if in.Start == "" && d.conv.Lang != "" {
			return d.again()
		}
	}
	if d.conv.Lang == "" && d.conv.top() == nil {
		return d.first(in)
	}
	if in.Media == nil || in.Media.Kind != MediaVoice {
		d.conv.Voices = 0
	}
	unheard := d.conv.Unheard
	d.conv.Unheard = nil
	switch in.Press {
	case pressHuman:
		return d.start("human", nil)
	case pressListen:
		return d.listen(unheard)
	}
	if in.Start != "" {
		return d.deepLink(in.Start)
	}
	if text := understand.Clean(in.Text); text != "" && in.Press == "" {
		d.text = text
		word, lang, ok := understand.Universal(text)
		switch {
		case ok && d.conv.Lang != "" && (word == understand.Stop || !d.offered(text)):
			return d.universal(word, lang)
		case ok && d.conv.Lang == "" && lang != "": // an answer to the first screen, in any words
			in.Text = lang.Base().SelfName()
		}
	}
	foreign := d.foreign(in)
	if d.conv.top() == nil {
		return errors.Join(d.idle(in), d.offer(foreign))
	}
	if silent && in.Press == "" && understand.Greeting(in.Text) {
		return d.greetAgain()
	}
	return errors.Join(d.resume(in), d.offer(foreign))
}

// Words in another language are counted until it is offered, once.
const (
	otherOffer = 2
	otherDone  = -1
)

// foreign counts messages in a row that are surely in another language than the
// one chosen, and names that language when it is time to offer it.
func (d *draft) foreign(in *Inbound) locales.Lang {
	if d.conv.Lang == "" || d.conv.Other == otherDone || in.Press != "" || len(strings.Fields(in.Text)) < 2 {
		return ""
	}
	tag, sure := understand.Detect(in.Text, "")
	l, known := locales.Hint(tag)
	switch {
	case !sure || !known:
		return ""
	case l == d.conv.Lang.Base():
		d.conv.Other = 0
		return ""
	}
	if d.conv.Other++; d.conv.Other < otherOffer {
		return ""
	}
	return l
}

// offer asks whether to go on in the language that the person writes.
func (d *draft) offer(l locales.Lang) error {
	if l == "" {
		return nil
	}
	if top := d.conv.top(); top != nil && (top.Pending != nil || top.Flow == "language" || top.Flow == "delete") {
		return nil // one question at a time
	}
	d.conv.Other = otherDone
	text, _ := d.e.Texts("language.switch_offer") // present: New checked engineTexts
	return d.start("offer", map[string]string{"lang": string(l), "language": d.langName(l, d.lang()),
		"other": text.Render(l, locales.Args{"language": d.langName(l, l)})})
}

// langName says a language's name inside a sentence of another.
func (d *draft) langName(l, in locales.Lang) string {
	t, _ := d.e.Texts("language.name." + string(l.Base()))
	return t.Label(in)
}

// offered: the current question has a choice of this name. "ⵜⵉⴼⵉⵏⴰⵖ" asks for a
// language, but not where it is one of the two answers on the screen.
func (d *draft) offered(text string) bool {
	r := d.conv.top()
	if r == nil {
		return false
	}
	f, err := d.e.flow(d.ctx, r)
	return err == nil && f.Offers(*r, text, d.env(nil))
}

// echo keeps what the person said, for a reload and for a human who takes over.
func (d *draft) echo(in *Inbound) {
	text := understand.Clean(in.Text)
	m := Message{Echo: true, Text: text, Media: in.Media}
	if in.Media != nil {
		m.Kind = in.Media.Kind
	}
	if p, ok := flows.ParsePress(in.Press); ok && text == "" {
		m.Text = d.pressed(p)
	}
	d.conv.remember(true, m.Text)
	if m.Text != "" || m.Media != nil {
		d.keep(m)
	}
}

// pressed is the label of a button of the current run.
func (d *draft) pressed(p flows.Press) string {
	r := d.conv.top()
	if r == nil || r.Nonce != p.Nonce {
		return ""
	}
	f, err := d.e.flow(d.ctx, r)
	if err != nil {
		return ""
	}
	for _, prompt := range f.Ask(*r, d.env(nil)).Say {
		for _, b := range prompt.Choices {
			if b.Press == p {
				l := d.lang()
				if l == "" {
					l = locales.French
				}
				return b.Label.Label(l)
			}
		}
	}
	return ""
}

// first is the first contact: the language question, in four languages. What was
// written is kept and taken up once the questions reach it.
func (d *draft) first(in *Inbound) error {
	if text := understand.Clean(in.Text); text != "" && !understand.Greeting(text) {
		if r := []rune(text); len(r) > 300 {
			text = string(r[:300])
		}
		d.conv.Heard = text
	}
	return d.start("language", map[string]string{"after": "register"})
}

// idle answers when nothing is under way.
func (d *draft) idle(in *Inbound) error {
	if in.Press != "" {
		d.say("late.button", nil)
		return d.start(menuFlow, nil)
	}
	if flow, given, ok := d.intent(in.Text); ok {
		return d.start(flow, given)
	}
	if done, err := d.fromMenu(in); done || err != nil {
		return err
	}
	if d.conv.Stopped && understand.Greeting(in.Text) {
		return d.start("comeback", nil)
	}
	if d.person != nil && understand.Greeting(in.Text) {
		d.say("welcome.back", locales.Args{"name": d.name()})
	}
	return d.start(menuFlow, nil)
}

// fromMenu takes words of the menu as if it were open: it always is.
func (d *draft) fromMenu(in *Inbound) (bool, error) {
	if in.Text == "" {
		return false, nil
	}
	f, env := d.e.flows[menuFlow], d.env(nil)
	env.Nonce = d.e.rand.nonce()
	st, err := f.Start(env)
	if err != nil || st.Ended {
		return false, err
	}
	if st, err = f.Resume(st.Run, flows.Input{Text: in.Text}, env); err != nil || st.Missed || !st.Ended {
		return false, err
	}
	return true, d.start(st.Then, st.Given)
}

// intent maps what was typed to a flow.
func (d *draft) intent(text string) (flow string, given map[string]string, ok bool) {
	if strings.TrimSpace(text) == "" {
		return "", nil, false
	}
	got := d.e.Reader.Understand(text, d.conv.Lang)
	switch got.Intent {
	case "register":
		return "register", nil, true
	case "export", "fairs", "trainings", "survey", "list_product":
		return "interest", map[string]string{"topic": got.Intent}, true
	case "my_data":
		return "mydata", nil, true
	case "delete_data":
		return "delete", nil, true
	case "human":
		return "human", nil, true
	case "language":
		return "language", nil, true
	case "stop":
		return "stop", nil, true
	case "menu", "help":
		return "menu", nil, true
	}
	return "", nil, false
}

// deepLink starts what a link names; the payload is untrusted and an unknown one
// is a plain start.
func (d *draft) deepLink(payload string) error {
	if payload == "register" && d.conv.Lang != "" {
		return d.start("register", nil)
	}
	if d.conv.top() != nil {
		return d.again()
	}
	return d.start(menuFlow, nil)
}

// universal carries out a word that works everywhere.
func (d *draft) universal(word understand.Word, lang locales.Lang) error {
	switch word {
	case understand.Stop:
		return d.start("stop", nil)
	case understand.Menu:
		return d.start(menuFlow, nil)
	case understand.Human:
		return d.start("human", nil)
	case understand.Help:
		d.say("help.text", nil)
		d.say("help.example", nil)
		return d.again()
	case understand.Language:
		if lang == "" {
			return d.start("language", nil)
		}
		d.setLang(lang)
		d.say("language.done", locales.Args{"language": d.langName(lang, lang)})
		return d.again()
	}
	if d.conv.top() == nil {
		return d.start(menuFlow, nil)
	}
	return d.step(flows.Input{Back: word == understand.Back, Skip: word == understand.Skip, Repeat: word == understand.Repeat})
}

// again says the current question once more, or the menu when there is none.
func (d *draft) again() error {
	if d.conv.top() == nil {
		if d.conv.Lang == "" {
			return d.start("language", map[string]string{"after": "register"})
		}
		return d.start(menuFlow, nil)
	}
	return d.step(flows.Input{Repeat: true})
}

// greetAgain takes up a conversation that was left alone.
func (d *draft) greetAgain() error {
	f, err := d.e.flow(d.ctx, d.conv.top())
	if err != nil {
		return err
	}
	switch {
	case d.conv.Stopped:
		return d.start("comeback", nil)
	case !f.Light():
		d.say("resume.offer", locales.Args{"topic": f.Title().Label(d.lang())})
	case d.person != nil:
		d.say("welcome.back", locales.Args{"name": d.name()})
		d.dropLight()
	}
	return d.again()
}

// resume gives the current run an input.
func (d *draft) resume(in *Inbound) error {
	input := flows.Input{Text: in.Text, At: in.At, Grain: in.Grain}
	if in.Press != "" {
		p, ok := flows.ParsePress(in.Press)
		if !ok {
			return d.again()
		}
		input.Press = &p
	}
	if in.Contact != nil {
		input.Phone, input.Own = in.Contact.Phone, in.Contact.Own
	}
	if in.Place != nil {
		input.Geo = &understand.LatLon{Lat: in.Place.Lat, Lon: in.Place.Lon}
	}
	if in.Media != nil {
		switch in.Media.Kind {
		case MediaVoice:
			input.Voice = in.Media.Hash
		case MediaPhoto:
			input.Photo = in.Media.Hash
		default:
			return d.again()
		}
	}
	return d.step(input)
}

// start begins a flow on top of the stack.
func (d *draft) start(id string, given map[string]string) error {
	for range maxStack {
		f := d.e.flows[id]
		if d.dropLight(); d.conv.top() != nil && d.conv.top().Flow == id && !f.Light() && len(given) == 0 {
			return d.returnTo() // it is under way already
		}
		d.interrupt(f)
		if d.conv.Heard != "" && id == "register" {
			given = maps.Clone(given)
			if given == nil {
				given = map[string]string{}
			}
			given["heard"], d.conv.Heard = d.conv.Heard, ""
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
		if flow, given, ok := d.intent(in.Text); ok && flow != f.ID() {
			return d.start(flow, given)
		}
		d.missed(f, r, in.Text)
	}
	if st.Stale {
		d.say("late.button", nil)
		st = f.Ask(*r, d.env(nil))
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

// Misunderstood is a row of LogMisunderstood: numbers and names are masked, and it
// belongs to nobody.
type Misunderstood struct {
	_     struct{} `cbor:",toarray"`
	Where string
	Lang  locales.Lang
	Text  string
}
