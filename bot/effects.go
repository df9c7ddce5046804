package bot

import (
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"maalem/flows"
	"maalem/flows/understand"
	"maalem/locales"
)

// effectFunc changes the turn in the making. Values it returns become answers of
// the run, for its conditions and words.
type effectFunc func(d *draft, with map[string]string, r *flows.Run) ([]flows.Answer, error)

// effects are the odd logic that flows name.
var effects = map[string]effectFunc{
	"language.set":    languageSet,
	"consent.give":    consentGive,
	"consent.answer":  consentAnswer,
	"consent.list":    consentList,
	"consent.load":    consentLoad,
	"register.finish": registerFinish,
	"interest.note":   interestNote,
	"stop.set":        func(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) { return d.stopped(true) },
	"stop.clear":      func(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) { return d.stopped(false) },
	"ticket.open":     ticketOpen,
	"proof.begin":     proofBegin,
	"proof.check":     proofCheck,
	"mydata.give":     mydataGive,
	"delete.code":     deleteCode,
	"delete.now":      deleteNow,
	"who.switch":      whoSwitch,
}

// EffectNames lists what flows may name, for `maalem check`.
func EffectNames() []string {
	var names []string
	for name := range effects {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (d *draft) effect(name string, with map[string]string, r *flows.Run) ([]flows.Answer, error) {
	f := effects[name]
	if f == nil {
		return nil, fmt.Errorf("no effect %q", name)
	}
	return f(d, with, r)
}

// arg reads a parameter: "=field" is the run's answer, anything else is itself.
func arg(with map[string]string, name string, r *flows.Run) string {
	v := with[name]
	if field, ok := strings.CutPrefix(v, "="); ok {
		a, _ := r.Answer(field)
		return a.Value
	}
	return v
}

// from is the answer that the parameter "from" names.
func from(with map[string]string, r *flows.Run) flows.Answer {
	a, _ := r.Answer(with["from"])
	return a
}

func given(field, value string) []flows.Answer { return []flows.Answer{{Field: field, Value: value}} }

func languageSet(d *draft, with map[string]string, r *flows.Run) ([]flows.Answer, error) {
	l := locales.Lang(from(with, r).Value)
	if !l.Valid() {
		return nil, fmt.Errorf("no language %q", l)
	}
	d.setLang(l)
	return given("language", l.SelfName()), nil
}

// consentWording is the version of the consent sentences in the catalog; raise it
// whenever their meaning changes.
const consentWording = "2026-11"

func (d *draft) consent(p Purpose, yes bool) {
	if d.person == nil {
		return
	}
	// Walking over the same answer again is no new consent.
	for _, c := range slices.Backward(d.person.Consents) {
		if c.Purpose == p {
			if c.Given == yes && c.Wording == consentWording {
				return
			}
			break
		}
	}
	d.person.Consents = append(d.person.Consents, Consent{Purpose: p, Given: yes, Wording: consentWording,
		Lang: d.conv.Lang, Channel: d.addr.Channel, At: d.now.Unix()})
}

// consentGive records the first consent: from here on the person is an artisan.
func consentGive(d *draft, with map[string]string, r *flows.Run) ([]flows.Answer, error) {
	if d.person == nil {
		d.person = &Artisan{ID: newID(), Lang: d.conv.Lang, Addresses: []Address{d.addr}, Created: d.now.Unix()}
		d.created = true
		d.conv.Artisan = d.person.ID
		d.conv.People = append(d.conv.People, Person{ID: d.person.ID})
		if len(d.conv.People) > maxPeople {
			d.conv.People = d.conv.People[1:]
		}
	}
	d.consent(Purpose(arg(with, "purpose", r)), true)
	return nil, nil
}

func consentAnswer(d *draft, with map[string]string, r *flows.Run) ([]flows.Answer, error) {
	d.consent(Purpose(arg(with, "purpose", r)), from(with, r).Value == "yes")
	return nil, nil
}

func consentList(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) {
	var lines []string
	for _, p := range []Purpose{PurposeGuidance, PurposeAnnouncements, PurposeSurveys, PurposeSharing, PurposePhotos} {
		sign := "▫️"
		if d.person != nil && d.person.Consented(p) {
			sign = "✅"
		}
		name, _ := d.e.Texts("consent.purpose." + string(p))
		lines = append(lines, sign+" "+name.Label(d.lang()))
	}
	return given("list", strings.Join(lines, "\n")), nil
}

func consentLoad(d *draft, with map[string]string, r *flows.Run) ([]flows.Answer, error) {
	state := "no"
	if d.person != nil && d.person.Consented(Purpose(from(with, r).Value)) {
		state = "yes"
	}
	return given("consent_state", state), nil
}

func registerFinish(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) {
	if d.person == nil {
		return nil, errors.New("finish a registration without consent")
	}
	d.person.Finished = true
	return nil, nil
}

func interestNote(d *draft, _ map[string]string, r *flows.Run) ([]flows.Answer, error) {
	topic, _ := r.Answer("topic")
	if d.person != nil && topic.Value != "" && !slices.Contains(d.person.Interests, topic.Value) {
		d.person.Interests = append(d.person.Interests, topic.Value)
	}
	return nil, nil
}

func (d *draft) stopped(yes bool) ([]flows.Answer, error) {
	d.conv.Stopped = yes
	if d.person != nil {
		d.person.Stopped = yes
	}
	return nil, nil
}

func ticketOpen(d *draft, with map[string]string, r *flows.Run) ([]flows.Answer, error) {
	a := from(with, r)
	var media *Media
	if a.Media != "" {
		media = &Media{Kind: MediaVoice, Hash: a.Media}
	}
	return given("when", ""), d.ticket(a.Value, media)
}

// ticket hands what was said to a human.
func (d *draft) ticket(question string, media *Media) error {
	t := Ticket{Address: d.addr, Lang: d.conv.Lang, Question: question, Recent: d.conv.Recent, At: d.now.Unix(), State: "open"}
	if d.person != nil {
		t.Artisan = d.person.ID
	}
	if len(d.conv.Stack) > 0 {
		t.Where = d.conv.Stack[0].Flow
	}
	if media != nil && media.Hash != "" {
		t.Media = media.Hash
		d.turn.Tally = append(d.turn.Tally, Tally{"media:" + media.Hash, 1})
	}
	body, err := encode(&t)
	if err != nil {
		return err
	}
	ref := Ref{KindTicket, newID()}
	d.turn.Expect = append(d.turn.Expect, Expect{ref, 0})
	d.turn.Changes = append(d.turn.Changes, Change{Ref: ref, Body: body})
	return nil
}

// proofBegin: on a channel where holding the address proves little, the name given
// at registration is asked first.
func proofBegin(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) {
	if _, named := d.person.Value("name"); d.caps.Weak && named {
		return given("proof_kind", "name"), nil
	}
	return given("proof_kind", "none"), nil
}

func proofCheck(d *draft, with map[string]string, r *flows.Run) ([]flows.Answer, error) {
	name, _ := d.person.Value("name")
	if understand.Fold(from(with, r).Value) == understand.Fold(name.Value) && name.Value != "" {
		return given("proven", "yes"), nil
	}
	return given("proven", "no"), nil
}

// mydataGive says everything that is kept about the person.
func mydataGive(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) {
	var b strings.Builder
	b.WriteString(d.lines())
	for _, c := range d.person.Consents {
		sign := "▫️"
		if c.Given {
			sign = "✅"
		}
		name, _ := d.e.Texts("consent.purpose." + string(c.Purpose))
		fmt.Fprintf(&b, "\n%s %s: %s", sign, name.Label(d.lang()), locales.LTR(day(c.At, d.e.Zone)))
	}
	d.send(Message{Lang: d.lang(), Text: b.String()})
	return nil, nil
}

// deleteCode makes the four digits that confirm a deletion.
func deleteCode(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(9000))
	if err != nil {
		return nil, err
	}
	return given("code", itoa(int(n.Int64())+1000)), nil
}

// deleteNow removes everything about the person and this address; what remains is
// a tombstone, and a proof code that says nothing about anybody.
func deleteNow(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) {
	d.forget = true
	d.turn.Out, d.turn.History, d.turn.Append = nil, nil, nil
	d.turn.Changes = append(d.turn.Changes, Change{Ref: Ref{KindConversation, d.addr.String()}})
	d.turn.Erase = append(d.turn.Erase, d.addr.String())
	if d.before != nil {
		d.turn.Changes = append(d.turn.Changes, Change{Ref: Ref{KindArtisan, d.before.ID}})
		d.turn.Erase = append(d.turn.Erase, d.before.ID)
		for _, v := range d.before.Values {
			if v.Media != "" {
				d.turn.Tally = append(d.turn.Tally, Tally{"media:" + v.Media, -1})
			}
		}
	}
	// What follows is the goodbye: on channels with a history it is all that is left
	// there, and names nobody.
	return given("code", strings.ToUpper(newID()[:8])+"-"+d.now.Format(time.DateOnly)), nil
}

// whoSwitch makes somebody else on this address the active person.
func whoSwitch(d *draft, with map[string]string, r *flows.Run) ([]flows.Answer, error) {
	id := from(with, r).Value
	if id == "new" {
		d.before, d.person, d.conv.Artisan = nil, nil, ""
		return nil, nil
	}
	for _, p := range d.conv.People {
		if p.ID != id || d.conv.Artisan == id {
			continue
		}
		var person Artisan
		if err := d.load(Ref{KindArtisan, id}, &person); err != nil {
			return nil, err
		}
		if person.ID == "" {
			return nil, fmt.Errorf("switch to a deleted person")
		}
		d.before, d.person, d.conv.Artisan = &person, person.clone(), id
		d.setLang(d.conv.Lang)
	}
	name := ""
	if d.person != nil {
		v, _ := d.person.Value("name")
		name = v.Value
	}
	return given("name", name), nil
}
