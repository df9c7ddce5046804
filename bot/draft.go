package bot

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"maalem/flows"
	"maalem/locales"
)

// draft is a turn in the making: the records that were read, what they become,
// and what will be said. It does no I/O after open.
type draft struct {
	e    *Engine
	ctx  context.Context
	now  time.Time
	addr Address
	ref  Ref // of the conversation
	caps Caps

	conv    Conversation
	before  *Artisan // as read; nil: nobody is registered here
	person  *Artisan // as it becomes
	read    []Stored
	created bool // person is new in this turn
	forget  bool // everything about the person and the address goes
	media   *Media
	fail    error // of an effect that cannot give one back
	// names are those of records that this turn creates.
	names map[string]string
	// text is the last typed message, for a wish or a first fact.
	text string
	// hooks are the flows' way back to the draft; see env.
	hooks flows.Env
	turn  Turn
}

// open reads the conversation of an address and its active artisan.
func (e *Engine) open(ctx context.Context, a Address, in *Inbound) (*draft, error) {
	d := &draft{e: e, ctx: ctx, now: e.Now().In(e.Zone), addr: a, caps: e.Caps(a.Channel)}
	d.ref = Ref{KindConversation, a.String()}
	d.read, d.turn.Expect = make([]Stored, 0, 2), make([]Expect, 0, 3)
	if err := d.load(d.ref, &d.conv); err != nil {
		return nil, err
	}
	if d.conv.Artisan != "" {
		var person Artisan
		if err := d.load(Ref{KindArtisan, d.conv.Artisan}, &person); err != nil {
			return nil, err
		}
		if person.ID != "" {
			d.before, d.person = &person, person.clone()
		} else {
			d.conv.Artisan = "" // deleted through another address
		}
	}
	if d.conv.Created == 0 {
		d.conv.Created = d.now.Unix()
	}
	d.turn.At = d.now
	if in != nil {
		d.turn.Key = in.From.Channel + "/" + in.Key
		d.media = in.Media
	}
	return d, nil
}

// load reads one record and expects its version; a missing record leaves v zero.
func (d *draft) load(ref Ref, v any) error {
	got, err := d.e.Store.Read(d.ctx, ref)
	if err != nil {
		return fmt.Errorf("%w: %w", errRead, err)
	}
	d.read = append(d.read, got[0])
	d.turn.Expect = append(d.turn.Expect, Expect{ref, got[0].Version})
	if got[0].Body == nil {
		return nil
	}
	return decode(got[0].Body, v)
}

// lang is the language to speak; empty before it is chosen.
func (d *draft) lang() locales.Lang {
	if d.conv.Lang != "" {
		return d.conv.Lang
	}
	if d.person != nil {
		return d.person.Lang
	}
	return ""
}

// render says a text in the chosen language, or in all four before a choice.
func (d *draft) render(t locales.Text, args locales.Args) string {
	if l := d.lang(); l != "" {
		return t.Render(l, args)
	}
	out, seen := "", map[string]bool{}
	for _, l := range locales.All() {
		if s := t.Render(l, args); !seen[s] {
			if seen[s] = true; out != "" {
				out += "\n"
			}
			out += s
		}
	}
	return out
}

// say adds a message out of the engine's own words.
func (d *draft) say(key string, args locales.Args) {
	t, _ := d.e.Texts(key) // present: New checked engineTexts
	d.send(Message{Lang: d.lang(), Text: d.render(t, args)})
}

// sayTo says something at another address of the same person.
func (d *draft) sayTo(a Address, key string, args locales.Args) {
	t, _ := d.e.Texts(key) // present: New checked engineTexts
	m := Message{Lang: d.lang(), Text: d.render(t, args)}
	d.turn.Out = append(d.turn.Out, Outgoing{To: a, Lane: LaneService, At: d.now, Message: m})
	if d.e.Caps(a.Channel).History {
		d.turn.History = append(d.turn.History, HistoryLine{a, m})
	}
}

// prompt adds a flow's message.
func (d *draft) prompt(p flows.Prompt) {
	m := Message{Lang: d.lang()}
	for i, part := range p.Parts {
		if i > 0 {
			m.Text += "\n"
			if part.Text.Key != "" && p.Parts[i-1].Text.Key != "" {
				m.Text += "\n" // paragraphs breathe; lines of a summary stand together
			}
		}
		m.Text += d.render(part.Text, part.Args)
	}
	label := d.lang()
	if label == "" {
		label = locales.French
	}
	if len(p.Choices) > 0 {
		m.Choices = make([]Button, 0, len(p.Choices)+1) // and one to listen
	}
	for _, b := range p.Choices {
		data := b.Press.Encode()
		if b.Press == (flows.Press{}) {
			data = pressHuman
		}
		m.Choices = append(m.Choices, Button{Data: data, Label: b.Label.Label(label), Twin: b.Label.Twin(label)})
	}
	d.speak(&m, p.Slots, p.Question)
	if d.caps.AskContact && !p.ShareContact.IsZero() {
		m.AskContact = p.ShareContact.Label(label)
	}
	if d.caps.AskPlace && !p.SharePlace.IsZero() {
		m.AskPlace = p.SharePlace.Label(label)
	}
	d.send(m)
}

func (d *draft) send(m Message) {
	d.conv.remember(false, m.Text)
	d.turn.Out = append(d.turn.Out, Outgoing{To: d.addr, Lane: LaneReply, At: d.now, Message: m})
	d.keep(m)
}

// keep adds a line to the history of channels that show it again.
func (d *draft) keep(m Message) {
	if d.caps.History {
		d.turn.History = append(d.turn.History, HistoryLine{d.addr, m})
	}
}

// close encodes what changed and gives the finished turn.
func (d *draft) close() (Turn, error) {
	if d.fail != nil {
		return Turn{}, d.fail
	}
	ref := d.ref
	if d.forget && len(d.conv.People) == 0 {
		d.turn.Changes = append(d.turn.Changes, Change{Ref: ref})
		return d.turn, nil
	}
	if d.forget { // somebody else goes on using the address
		d.before, d.person = nil, nil
	} else if err := d.remind(); err != nil {
		return Turn{}, err
	}
	body, err := encode(&d.conv)
	if err != nil {
		return Turn{}, err
	}
	d.turn.Changes = append(d.turn.Changes, Change{Ref: ref, Body: body})
	if d.person == nil {
		return d.turn, nil
	}
	d.person.Lang = d.conv.Lang
	changed, err := encode(d.person)
	if err != nil {
		return Turn{}, err
	}
	ref = Ref{KindArtisan, d.person.ID}
	for _, was := range d.read {
		if was.Ref == ref && bytes.Equal(was.Body, changed) {
			return d.turn, nil
		}
	}
	d.person.Updated = d.now.Unix()
	if changed, err = encode(d.person); err != nil {
		return Turn{}, err
	}
	if d.created {
		d.turn.Expect = append(d.turn.Expect, Expect{ref, 0})
	}
	c := Change{Ref: ref, Body: changed, Bits: bits(d.before, d.person, d.e.Province, d.e.Region)}
	if d.person != nil && !d.person.foundLike(d.before) {
		c.Words = d.person.words()
	}
	d.turn.Changes = append(d.turn.Changes, c)
	return d.turn, nil
}
