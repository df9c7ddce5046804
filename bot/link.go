package bot

import (
	"slices"
	"strings"
	"time"

	"maalem/flows"
	"maalem/locales"
)

// Link is an open code that joins another address to a person: shown on one,
// typed on the other.
type Link struct {
	_       struct{} `cbor:",toarray"`
	Artisan string
	From    Address
	Until   int64 // Unix seconds
}

const (
	codeDigits = 6
	linkFor    = 10 * time.Minute
	timerLink  = "link" // an unused code ends
)

// digits are the Western digits of what was typed, whatever stands between them.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, locales.ToWestern(text))
}

// linkGive shows a new code; the one shown before it ends.
func linkGive(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) {
	if d.conv.Code != "" {
		if err := d.dropLink(d.conv.Code); err != nil {
			return nil, err
		}
	}
	for {
		code := d.e.rand.digits(codeDigits)
		ref := Ref{KindLink, code}
		var taken Link
		if err := d.load(ref, &taken); err != nil {
			return nil, err
		}
		if taken.Until != 0 || code == d.conv.Code {
			continue
		}
		until := d.now.Add(linkFor)
		body, err := encode(&Link{Artisan: d.person.ID, From: d.addr, Until: until.Unix()})
		if err != nil {
			return nil, err
		}
		d.turn.Changes = append(d.turn.Changes, Change{Ref: ref, Body: body})
		d.turn.Timers = append(d.turn.Timers, Timer{ID: timerLink + "/" + d.addr.String(), Owner: d.addr.String(), Kind: timerLink, Due: until, Body: []byte(code)})
		d.conv.Code = code
		return given("code", code), nil
	}
}

// dropLink ends a code, if it is still there.
func (d *draft) dropLink(code string) error {
	ref := Ref{KindLink, code}
	var l Link
	if err := d.load(ref, &l); err != nil {
		return err
	}
	if l.Until != 0 {
		d.turn.Changes = append(d.turn.Changes, Change{Ref: ref})
	}
	return nil
}

// linkTake joins this address to the person whose code was typed. A wrong code is
// counted, here and over all addresses: six digits must not be found by trying.
func linkTake(d *draft, with map[string]string, r *flows.Run) ([]flows.Answer, error) {
	code := digits(from(with, r).Value)
	if !d.mayGuess() || !d.e.guesses.AllowN(d.now, 1) {
		return given("linked", "expired"), nil
	}
	if len(code) != codeDigits {
		d.guessed()
		return given("linked", "no"), nil
	}
	ref := Ref{KindLink, code}
	var l Link
	if err := d.load(ref, &l); err != nil {
		return nil, err
	}
	switch {
	case l.Until == 0:
		d.guessed()
		return given("linked", "no"), nil
	case l.Until < d.now.Unix() || l.From == d.addr:
		return given("linked", "expired"), nil
	}
	var person Artisan
	if err := d.load(Ref{KindArtisan, l.Artisan}, &person); err != nil {
		return nil, err
	}
	if person.ID == "" {
		return given("linked", "expired"), nil
	}
	d.turn.Changes = append(d.turn.Changes, Change{Ref: ref})
	d.turn.Cancel = append(d.turn.Cancel, timerLink+"/"+l.From.String())
	d.before, d.person = &person, person.clone()
	if !slices.Contains(d.person.Addresses, d.addr) {
		d.person.Addresses = append(d.person.Addresses, d.addr)
	}
	d.conv.add(Person{ID: person.ID, Name: d.name()})
	d.conv.Wrong = 0
	d.conv.Stack = slices.DeleteFunc(d.conv.Stack, func(r flows.Run) bool { // they are registered now
		if r.Flow != "register" {
			return false
		}
		d.turn.Tally = append(d.turn.Tally, Tally{runsOf(r.Hash), -1})
		return true
	})
	if d.conv.Lang == "" {
		d.conv.Lang = person.Lang
	}
	d.setLang(d.conv.Lang)
	// Whoever did not do this themselves must hear of it.
	d.sayTo(l.From, "link.notice", nil)
	return given("linked", "yes"), nil
}

// expireLink ends a code that nobody typed in time.
func (d *draft) expireLink(t Timer) (Turn, error) {
	if err := d.dropLink(string(t.Body)); err != nil {
		return Turn{}, err
	}
	if d.conv.Code == string(t.Body) && d.read[0].Body != nil {
		d.conv.Code = ""
		return d.close()
	}
	return d.turn, nil
}
