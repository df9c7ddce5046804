package bot

import (
	"errors"
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
	"register.phone.verified", "profile.line", "deep.unknown", "register.facts.wish",
	"button.listen", "listen.none", "register.cooperative.pending", "file.wrong_kind", "file.too_big", "error.sorry",
	"ticket.answered", "ticket.solved", "ticket.closed", "ticket.relayed", "ticket.more", "button.solved", "button.not_solved",
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
	if done, err := d.judged(in.Press); done || err != nil {
		return err
	}
	switch in.Press {
	case pressHuman:
		return d.start("human", nil)
	case pressListen:
		return d.listen(unheard)
	}
	switch {
	case in.Start != "" && d.conv.Lang == "": // the language comes first; the link waits
		d.conv.Wish = linkTopic(in.Start)
		return d.again()
	case in.Start != "":
		return d.deepLink(in.Start)
	case in.Press == "" && d.conv.Lang != "":
		if flow := command(in.Text); flow != "" {
			return d.follow(flow, nil)
		}
	}
	if text := understand.Clean(in.Text); text != "" && in.Press == "" {
		d.text = text
		whole := understand.AsWhole(text)
		flow := d.errand(whole.Errand)
		switch {
		case d.conv.Lang == "" && whole.Lang != "": // an answer to the first screen, in any words
			in.Text = whole.Lang.Base().SelfName()
		case d.conv.Lang == "":
		case whole.Word != "" && (whole.Word == understand.Stop || !d.offered(text)):
			return d.universal(whole.Word, whole.Lang)
		case flow != "" && !d.offered(text):
			return d.start(flow, nil)
		}
	}
	if d.threaded(in) {
		if done, err := d.relay(in); done || err != nil {
			return err
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

// errand is the flow for what a whole message asks about the person themselves, "" for
// anything else and where it means nothing: nobody is somebody else before anybody is
// known.
func (d *draft) errand(errand understand.Errand) string {
	switch errand {
	case understand.ErrandDelete:
		return "delete"
	case understand.ErrandMyData:
		return "mydata"
	case understand.ErrandConsents:
		return "consents"
	case understand.ErrandWho:
		// Asked who writes, "somebody else" is an answer.
		if top := d.conv.top(); len(d.conv.People) > 0 && (top == nil || top.Flow != "who") {
			return "who"
		}
	case understand.ErrandComeback:
		if d.conv.Stopped {
			return "comeback"
		}
		if d.person != nil {
			return "announcements"
		}
	}
	return ""
}

// command is the flow that one of Telegram's commands starts, in every state: "/menu",
// "/register@maalem_bot".
func command(text string) string {
	name, slash := strings.CutPrefix(strings.TrimSpace(text), "/")
	if !slash {
		return ""
	}
	name, _, _ = strings.Cut(name, "@")
	return map[string]string{"menu": menuFlow, "register": "register", "language": "language", "human": "human", "help": helpWish, "stop": "stop"}[strings.ToLower(name)]
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

// first is the first contact: the language question, in four languages. What was
// written is kept and taken up once the questions reach it.
func (d *draft) first(in *Inbound) error {
	if text := understand.Clean(in.Text); text != "" && !understand.Greeting(text) {
		if r := []rune(text); len(r) > 300 {
			text = string(r[:300])
		}
		d.conv.Heard = text
	}
	d.conv.Wish = linkTopic(in.Start)
	return d.start("language", map[string]string{"after": "register"})
}

// idle answers when nothing is under way.
func (d *draft) idle(in *Inbound) error {
	if in.Press != "" {
		d.say("late.button", nil)
		return d.start(menuFlow, nil)
	}
	// What stands in the menu means what stands there, whatever else it could mean.
	if done, err := d.fromMenu(in); done || err != nil {
		return err
	}
	if flow, given, ok := d.intent(in.Text); ok {
		return d.follow(flow, given)
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
	case "menu":
		return menuFlow, nil, true
	case "help":
		return helpWish, nil, true
	}
	return "", nil, false
}

// helpWish is the wish to be told how this works; it needs no flow.
const helpWish = "help"

// follow carries out a wish.
func (d *draft) follow(flow string, given map[string]string) error {
	if flow == helpWish {
		d.say("help.text", nil)
		d.say("help.example", nil)
		return d.again()
	}
	return d.start(flow, given)
}

// deepLink starts what a link names; the payload is untrusted and an unknown one
// says so, kindly.
func (d *draft) deepLink(payload string) error {
	switch topic := linkTopic(payload); {
	case payload == "register":
		return d.start("register", nil)
	case topic != "":
		return d.start("interest", map[string]string{"topic": topic})
	}
	d.say("deep.unknown", nil)
	return d.again()
}

// linkTopic is what a link is about: "fair_12" is about fairs.
func linkTopic(payload string) string {
	kind, _, _ := strings.Cut(payload, "_")
	return map[string]string{"fair": "fairs", "training": "trainings", "export": "export", "survey": "survey"}[kind]
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
		return d.follow(helpWish, nil)
	case understand.Language:
		if lang == "" {
			return d.start("language", nil)
		}
		if lang == locales.Tamazight && understand.Script(d.text) == "Latn" {
			lang = locales.TamazightLatin // who types Latin letters reads them
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
