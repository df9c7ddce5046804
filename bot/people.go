package bot

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"maalem/flows"
	"maalem/flows/understand"
)

// whoSwitch makes somebody else on this address the active person.
func whoSwitch(d *draft, with map[string]string, r *flows.Run) ([]flows.Answer, error) {
	id := from(with, r).Value
	if id != d.conv.Artisan {
		d.conv.Thread = "" // what the next person says is not the last one's to an adviser
	}
	if id == "new" {
		d.before, d.person, d.conv.Artisan, d.conv.Minor = nil, nil, "", false
		return nil, nil
	}
	if _, here := d.conv.person(id); here && d.conv.Artisan != id {
		var person Artisan
		if err := d.load(Ref{KindArtisan, id}, &person); err != nil {
			return nil, err
		}
		if person.ID == "" {
			return nil, errors.New("switch to a deleted person")
		}
		d.before, d.person, d.conv.Artisan = &person, person.clone(), id
		d.setLang(d.conv.Lang)
	}
	return given("name", d.name()), nil
}

// name is the active person's, "" when nobody is registered.
func (d *draft) name() string {
	if d.person == nil {
		return ""
	}
	v, _ := d.person.Value("name")
	return v.Value
}

// deleteCode makes the four digits that confirm a deletion.
func deleteCode(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) {
	return given("code", d.e.rand.digits(4)), nil
}

// deleteCheck compares what was typed with the code that was shown: "no" is another
// code, "none" no code at all. The code is on the screen, so that wrong ones are not
// counted.
func deleteCheck(d *draft, with map[string]string, r *flows.Run) ([]flows.Answer, error) {
	code, _ := r.Answer("code")
	switch typed := digits(from(with, r).Value); {
	case len(typed) != len(code.Value): // "ma 3reft" has a digit and is no code
		return given("right", "none"), nil
	case typed == code.Value:
		return given("right", "yes"), nil
	}
	return given("right", "no"), nil
}

// deleteNow removes everything about the person, on every address of theirs; what
// remains is a tombstone, and a proof code that says nothing about anybody. Whoever
// else uses one of the addresses keeps their record and loses the common chat,
// which names the person.
func deleteNow(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) {
	d.forget = true
	d.turn.Out, d.turn.History, d.turn.Append = nil, nil, nil
	if err := d.leave(d.addr, &d.conv); err != nil {
		return nil, err
	}
	if d.before != nil {
		for _, a := range d.before.Addresses {
			if a == d.addr {
				continue
			}
			if err := d.leaveOther(a); err != nil {
				return nil, err
			}
		}
		d.turn.Changes = append(d.turn.Changes, Change{Ref: Ref{KindArtisan, d.before.ID}})
		d.turn.Erase = append(d.turn.Erase, d.before.ID)
		for _, v := range d.before.Values {
			if v.Media != "" {
				d.hold(v.Media, -1)
			}
		}
		if err := d.dropTickets(d.before.Tickets); err != nil {
			return nil, err
		}
	}
	// What follows is the goodbye: on channels with a history it is all that is left
	// there, and names nobody.
	return given("code", d.e.rand.id()[:8]+"-"+d.now.Format(time.DateOnly)), nil
}

// leave takes the person, if any, off an address and erases what was said there.
func (d *draft) leave(a Address, c *Conversation) error {
	d.turn.Erase = append(d.turn.Erase, a.String())
	for i := range c.Stack {
		d.turn.Tally = append(d.turn.Tally, Tally{runsOf(c.Stack[i].Hash), -1})
	}
	for _, hash := range c.Kept {
		d.hold(hash, -1)
	}
	c.Kept = nil
	if err := d.dropTickets(c.Tickets); err != nil {
		return err
	}
	if c.Code != "" {
		if err := d.dropLink(c.Code); err != nil {
			return err
		}
		c.Code = ""
	}
	id := c.Artisan
	if d.before != nil {
		id = d.before.ID
	}
	c.leave(id)
	return nil
}

// leaveOther does the same on another address of the person.
func (d *draft) leaveOther(a Address) error {
	ref := Ref{KindConversation, a.String()}
	var c Conversation
	if err := d.load(ref, &c); err != nil {
		return err
	}
	if c.Created == 0 {
		return nil
	}
	if err := d.leave(a, &c); err != nil {
		return err
	}
	var body []byte
	if len(c.People) > 0 {
		var err error
		if body, err = encode(&c); err != nil {
			return err
		}
	}
	d.turn.Changes = append(d.turn.Changes, Change{Ref: ref, Body: body})
	return nil
}

// Bounds of guessing: wrong codes and proofs of one address in a time.
const (
	maxWrong   = 5
	wrongEvery = 10 * time.Minute
)

// mayGuess tells whether the address may try a code or a proof now.
func (d *draft) mayGuess() bool {
	if d.now.Sub(time.Unix(d.conv.WrongSince, 0)) > wrongEvery {
		d.conv.Wrong = 0
	}
	return d.conv.Wrong < maxWrong
}

// guessed counts a wrong code or proof.
func (d *draft) guessed() {
	if d.conv.Wrong == 0 {
		d.conv.WrongSince = d.now.Unix()
	}
	d.conv.Wrong++
}

// proofBegin: on a channel where holding the address proves little (a shared
// browser), a code goes to another address of the person that proves more; who has
// none is asked for the name given at registration.
func proofBegin(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) {
	if !d.caps.Weak {
		return given("proof_kind", "none"), nil
	}
	for _, a := range d.person.Addresses {
		if a == d.addr || d.e.Caps(a.Channel).Weak {
			continue
		}
		code := d.e.rand.digits(codeDigits)
		d.sayTo(a, "mydata.code", map[string]any{"code": code})
		return []flows.Answer{{Field: "proof_kind", Value: "code"}, {Field: "code", Value: code}}, nil
	}
	if d.name() == "" {
		return given("proof_kind", "none"), nil // nothing is known yet that could be shown
	}
	return given("proof_kind", "name"), nil
}

func proofCheck(d *draft, with map[string]string, r *flows.Run) ([]flows.Answer, error) {
	said := from(with, r).Value
	right := false
	switch kind, _ := r.Answer("proof_kind"); {
	case !d.mayGuess():
	case kind.Value == "code":
		code, _ := r.Answer("code")
		right = digits(said) == code.Value && code.Value != ""
	default:
		right = understand.Fold(said) == understand.Fold(d.name()) && d.name() != ""
	}
	if right {
		return given("proven", "yes"), nil
	}
	d.guessed()
	return given("proven", "no"), nil
}

// mydataGive says everything that is kept about the person, as a file to keep.
func mydataGive(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) {
	var b strings.Builder
	b.WriteString("\ufeff") // so that cheap viewers read it as UTF-8
	b.WriteString(d.lines())
	b.WriteString("\n")
	for _, c := range d.person.Consents {
		sign := "–"
		if c.Given {
			sign = "✓"
		}
		name, _ := d.e.Texts("consent.purpose." + string(c.Purpose))
		fmt.Fprintf(&b, "\n%s %s · %s · %s · %s", sign, name.Label(d.lang()), day(c.At, d.e.Zone), c.Channel, c.Wording)
	}
	for _, topic := range d.person.Interests {
		if t, ok := d.e.Texts("topic." + topic); ok {
			fmt.Fprintf(&b, "\n★ %s", t.Label(d.lang()))
		}
	}
	for _, id := range d.person.Tickets {
		var t Ticket
		if err := d.load(Ref{KindTicket, id}, &t); err != nil {
			return nil, err
		}
		if t.At > 0 {
			fmt.Fprintf(&b, "\n💬 %s · %s", day(t.At, d.e.Zone), t.Question)
			for _, r := range t.Replies {
				fmt.Fprintf(&b, "\n   %s · %s", day(r.At, d.e.Zone), r.Text)
			}
		}
	}
	for _, a := range d.person.Addresses {
		fmt.Fprintf(&b, "\n☎ %s", a.Channel)
	}
	ready, _ := d.e.Texts("mydata.ready") // present: New checked engineTexts
	d.send(Message{Lang: d.lang(), Text: d.render(ready, nil),
		File: &File{Name: "maalem-" + d.now.Format(time.DateOnly) + ".txt", MIME: "text/plain; charset=utf-8", Body: []byte(b.String() + "\n")}})
	return nil, nil
}
