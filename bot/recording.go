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

// speak adds what is spoken of a prompt to its message: the recording itself for
// somebody who listens, a button for everybody else. What several states say is
// spoken one after the other, each before the next; the last goes with the message.
func (d *draft) speak(m *Message, slots []string) {
	var found []*Media
	for _, slot := range slots {
		if rec := d.spoken(slot); rec != nil {
			found = append(found, rec)
		}
	}
	switch {
	case len(found) == 0 || !d.caps.Voice:
	case d.conv.Listens:
		for _, rec := range found[:len(found)-1] {
			d.send(Message{Lang: d.lang(), Recording: rec})
		}
		m.Recording = found[len(found)-1]
	default:
		label, _ := d.e.Texts("button.listen") // present: New checked engineTexts
		m.Choices = append(m.Choices, Button{Data: pressListen, Label: label.Label(d.lang()), Twin: label.Twin(d.lang())})
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

// listen speaks the current question, and every one from now on.
func (d *draft) listen() error {
	d.conv.Listens = true
	top := d.conv.top()
	if top == nil {
		return d.start("menu", nil)
	}
	f, err := d.e.flow(d.ctx, top)
	if err != nil {
		return err
	}
	if d.spoken(f.ID()+"/"+f.StateName(top)) == nil {
		d.say("listen.none", nil)
	}
	return d.step(flows.Input{Repeat: true})
}
