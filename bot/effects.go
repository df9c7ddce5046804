package bot

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"maalem/flows"
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
	"minor.note": func(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) {
		d.conv.Minor = true
		return nil, nil
	},
	"interest.note": interestNote,
	"stop.set":      func(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) { return d.stopped(true) },
	"stop.clear":    func(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) { return d.stopped(false) },
	"ticket.open":   ticketOpen,
	"proof.begin":   proofBegin,
	"proof.check":   proofCheck,
	"mydata.give":   mydataGive,
	"delete.code":   deleteCode,
	"delete.check":  deleteCheck,
	"delete.now":    deleteNow,
	"who.switch":    whoSwitch,
	"link.give":     linkGive,
	"link.take":     linkTake,
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
	return given("language", d.langName(l, l)), nil
}

// consentWording is the version of the consent sentences in the catalog; raise it
// whenever their meaning changes.
const consentWording = "2026-11.2"

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
		d.person = &Artisan{ID: d.e.rand.id(), Lang: d.conv.Lang, Addresses: []Address{d.addr}, Created: d.now.Unix()}
		d.created = true
		d.conv.Minor = false
		d.conv.add(Person{ID: d.person.ID})
	}
	d.consent(Purpose(arg(with, "purpose", r)), true)
	return nil, nil
}

func consentAnswer(d *draft, with map[string]string, r *flows.Run) ([]flows.Answer, error) {
	purpose, yes := Purpose(arg(with, "purpose", r)), from(with, r).Value == "yes"
	d.consent(purpose, yes)
	if yes && purpose == PurposeAnnouncements {
		return d.stopped(false) // who wants them again has come back
	}
	return nil, nil
}

func consentList(d *draft, _ map[string]string, _ *flows.Run) ([]flows.Answer, error) {
	var lines []string
	for _, p := range []Purpose{PurposeGuidance, PurposeAnnouncements, PurposeSurveys, PurposeSharing, PurposePhotos} {
		if p == PurposeSharing && d.e.Controller.Partner == "" {
			continue // nobody to share with
		}
		sign := "▫️"
		if d.allowed(p) {
			sign = "✅"
		}
		name, _ := d.e.Texts("consent.purpose." + string(p))
		lines = append(lines, sign+" "+name.Label(d.lang()))
	}
	return given("list", strings.Join(lines, "\n")), nil
}

// allowed is what holds today: announcements that were stopped are not.
func (d *draft) allowed(p Purpose) bool {
	return d.person != nil && d.person.Consented(p) && !(p == PurposeAnnouncements && d.conv.Stopped)
}

func consentLoad(d *draft, with map[string]string, r *flows.Run) ([]flows.Answer, error) {
	state := "no"
	if d.allowed(Purpose(from(with, r).Value)) {
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
