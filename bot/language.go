package bot

import (
	"strings"
	"unicode"

	"maalem/flows/understand"
	"maalem/locales"
)

// Words in another language are counted until it is offered, once.
const (
	otherOffer = 2
	otherDone  = -1
)

// foreign counts messages in a row that are surely in another language than the
// one chosen, and names that language when it is time to offer it.
func (d *draft) foreign(in *Inbound) locales.Lang {
	if d.conv.Lang == "" || d.conv.Other == otherDone || in.Press != "" || !strings.ContainsFunc(strings.TrimSpace(in.Text), unicode.IsSpace) {
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

// offerFlow asks it, as an aside.
const offerFlow = "offer"

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
	return d.start(offerFlow, map[string]string{"lang": string(l), "language": d.langName(l, d.lang()),
		"other": text.Render(l, locales.Args{"language": d.langName(l, l)})})
}

// langName says a language's name inside a sentence of another.
func (d *draft) langName(l, in locales.Lang) string {
	t, _ := d.e.Texts("language.name." + string(l.Base()))
	return t.Label(in)
}
