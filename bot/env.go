package bot

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"maalem/flows"
	"maalem/locales"
)

// env is what a flow may know of this conversation.
func (d *draft) env(given map[string]string) flows.Env {
	lang := d.lang()
	if lang == "" {
		lang = locales.French // only for values; words are said in all four
	}
	if d.hooks.Known == nil { // made once a turn
		d.hooks = flows.Env{Now: d.now, Reader: d.e.Reader, Known: d.known, Show: d.show,
			Choices: d, Learn: d.learn, Effect: d.effect}
	}
	env := d.hooks
	env.Lang, env.Given = lang, given
	return env
}

// known gives a field from the profile, or a fact of the conversation.
func (d *draft) known(field string) (string, bool) {
	c := &d.e.Controller
	switch field {
	case "registered":
		if d.person != nil {
			return "yes", true
		}
		return "no", true
	case "stopped":
		if d.conv.Stopped {
			return "yes", true
		}
		return "no", true
	case "announced":
		if d.allowed(PurposeAnnouncements) {
			return "yes", true
		}
		return "no", true
	case "under_way":
		if slices.ContainsFunc(d.conv.Stack, func(r flows.Run) bool { f := d.e.flows[r.Flow]; return f != nil && !f.Light() }) {
			return "yes", true
		}
		return "no", true
	case "minor":
		if d.conv.Minor && d.person == nil {
			return "yes", true
		}
		return "no", true
	case "controller":
		return c.Name, true
	case "contact":
		return c.Contact, true
	case "declaration":
		return c.Declaration, true
	case "partner":
		return c.Partner, c.Partner != ""
	case "usual":
		return c.Usual, true
	case "cap":
		return strconv.Itoa(c.Cap), true
	case "lines":
		return d.lines(), true
	}
	if d.person == nil {
		return "", false
	}
	v, ok := d.person.Value(field)
	if ok && v.Value == "" && v.Typed != "" {
		return v.Typed, true
	}
	return v.Value, ok
}

// show says a stored value as a person reads it.
func (d *draft) show(t flows.Type, value string, l locales.Lang) string {
	if t == flows.Given {
		if text, ok := d.e.Texts("topic." + value); ok {
			return text.Label(l)
		}
	}
	if t == flows.Text {
		if name, ok := d.coopName(value); ok {
			return name
		}
	}
	return d.e.Show(t, value, l)
}

// coopName is the name of a cooperative that is known or made in this turn.
func (d *draft) coopName(id string) (string, bool) {
	if name, ok := d.names[id]; ok {
		return name, true
	}
	return d.e.coops.name(id)
}

// Options lists choices that only the conversation knows; see flows.Choices.
func (d *draft) Options(source string) []flows.Option {
	if source != "people" {
		return nil
	}
	var out []flows.Option
	for _, p := range d.conv.People {
		out = append(out, flows.Option{ID: p.ID, Label: locales.Plain(p.Name)})
	}
	return out
}

// profileFields is the profile as it is listed, with the types for showing.
var profileFields = []struct {
	name string
	typ  flows.Type
	sign string
}{
	{"craft", flows.Crafts, "🧵"}, {"place", flows.Place, "📍"}, {"gender", flows.Choice, "👥"}, {"phone", flows.Phone, "📞"},
	{"legal_form", flows.Choice, "📄"}, {"cooperative", flows.Text, "🤝"}, {"years", flows.Number, "⏳"},
	{"craft_number", flows.Text, "🔢"}, {"exporting", flows.Choice, "📦"},
}

// lines is the profile, a line for each thing known.
func (d *draft) lines() string {
	if d.person == nil {
		return ""
	}
	l := d.lang()
	name, _ := d.person.Value("name")
	out := []string{name.Value}
	for _, f := range profileFields {
		v, ok := d.person.Value(f.name)
		if !ok || v.Value == "" && v.Typed == "" && v.Media == "" {
			continue // not asked yet, or passed over
		}
		label, _ := d.e.Texts("profile.field." + f.name)
		line, _ := d.e.Texts("profile.line") // present: New checked engineTexts
		out = append(out, f.sign+" "+line.Render(l, locales.Args{"label": label.Label(l), "value": d.said(f.name, f.typ, v)}))
	}
	return strings.Join(out, "\n")
}

// said is a profile value in the person's language.
func (d *draft) said(field string, t flows.Type, v Value) string {
	switch {
	case v.Value == "" && v.Typed != "":
		return v.Typed
	case v.Value == "" && v.Media != "":
		return "🎤"
	case v.Value == "":
		return "—"
	}
	keys := map[string]string{"woman": "button.woman", "man": "button.man", "yes": "button.yes", "no": "button.no"}
	key := keys[v.Value]
	if field == "legal_form" {
		key = "legal_form." + v.Value
	}
	if t == flows.Choice {
		if text, ok := d.e.Texts(key); ok {
			return text.Label(d.lang())
		}
	}
	return d.show(t, v.Value, d.lang())
}

// learn writes an answer through to the artisan.
func (d *draft) learn(a flows.Answer) {
	if d.person == nil {
		return
	}
	if a.Field == "cooperative" {
		d.fail = errors.Join(d.fail, d.join(&a))
	}
	if former, ok := d.person.Value(a.Field); ok && former.Media != a.Media && former.Media != "" {
		d.hold(former.Media, -1)
	}
	if a.Media != "" {
		d.hold(a.Media, 1)
	}
	if a.Field == "phone" && a.Proven {
		d.say("register.phone.verified", locales.Args{"phone": locales.LTR(a.Value)})
	}
	d.person.set(Value{Field: a.Field, Value: a.Value, Typed: a.Typed, Media: a.Media, Proven: a.Proven})
	if a.Field == "name" {
		for i := range d.conv.People {
			if d.conv.People[i].ID == d.person.ID {
				d.conv.People[i].Name = a.Value
			}
		}
	}
}

func (d *draft) setLang(l locales.Lang) {
	d.conv.Lang = l
	if d.person != nil {
		d.person.Lang = l
	}
}
