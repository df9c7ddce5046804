package bot

import (
	"maalem/flows"
	"maalem/flows/understand"
	"maalem/locales"
)

// pressListen is the data of the "listen" button.
const pressListen = "u.listen"

// spoken is the recording of a slot in the language of the conversation. Tamazight
// sounds the same in both scripts; before a language is chosen nothing is spoken.
func (d *draft) spoken(slot string) *Media {
	l := d.conv.Lang.Base()
	if d.e.Recording == nil || slot == "" || l == "" {
		return nil
	}
	m, ok := d.e.Recording(slot, l)
	if !ok {
		return nil
	}
	return &m
}

// speak adds what is spoken of a prompt to its message: the recordings themselves
// for somebody who listens, under a question a button for everybody else. What
// several states say is spoken one after the other, in order.
func (d *draft) speak(m *Message, slots []string, question bool) {
	if !d.caps.Voice {
		return
	}
	var found []string
	for _, slot := range slots {
		if d.spoken(slot) != nil {
			found = append(found, slot)
		}
	}
	if len(found) == 0 {
		return
	}
	if d.conv.Listens {
		last := len(found) - 1
		d.play(found[:last])
		m.Recording = d.spoken(found[last])
		return
	}
	d.conv.Unheard = append(d.conv.Unheard, found...)
	if question {
		label, _ := d.e.Texts("button.listen") // present: New checked engineTexts
		m.Choices = append(m.Choices, Button{Data: pressListen, Label: label.Label(d.lang()), Twin: label.Twin(d.lang())})
	}
}

// play sends recordings by themselves.
func (d *draft) play(slots []string) {
	for _, slot := range slots {
		if rec := d.spoken(slot); rec != nil {
			d.send(Message{Lang: d.lang(), Recording: rec})
		}
	}
}

// wantsToListen recognises the words of the listen button.
func (d *draft) wantsToListen(text string) bool {
	label, _ := d.e.Texts("button.listen")
	var names []string
	for _, l := range locales.Views() {
		names = append(names, label.Label(l))
	}
	_, sure, ok := understand.Choose(text, []understand.Option{{ID: pressListen, Labels: names}})
	return ok && sure
}

// listen speaks what was said last, and everything from now on.
func (d *draft) listen(unheard []string) error {
	d.conv.Listens = true
	top := d.conv.top()
	if top == nil {
		return d.start(menuFlow, nil)
	}
	f, err := d.e.flow(d.ctx, top)
	if err != nil {
		return err
	}
	question := f.ID() + "/" + f.StateName(top)
	for _, slot := range unheard {
		if slot != question { // the question itself comes with its repetition
			d.play([]string{slot})
		}
	}
	if d.spoken(question) == nil {
		d.say("listen.none", nil)
	}
	return d.step(flows.Input{Repeat: true})
}
