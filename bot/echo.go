package bot

import (
	"maalem/flows"
	"maalem/flows/understand"
	"maalem/locales"
)

// echo keeps what the person said, for a reload and for a human who takes over.
func (d *draft) echo(in *Inbound) {
	text := understand.Clean(in.Text)
	m := Message{Echo: true, Text: text, Media: in.Media}
	if in.Media != nil {
		m.Kind = in.Media.Kind
	}
	if p, ok := flows.ParsePress(in.Press); ok && text == "" {
		m.Text = d.pressed(p)
	}
	d.conv.remember(true, m.Text)
	if m.Text != "" || m.Media != nil {
		d.keep(m)
	}
}

// pressed is the label of a button of the current run.
func (d *draft) pressed(p flows.Press) string {
	r := d.conv.top()
	if r == nil || r.Nonce != p.Nonce {
		return ""
	}
	f, err := d.e.flow(d.ctx, r)
	if err != nil {
		return ""
	}
	label, ok := f.Label(*r, p, d.env(nil))
	if !ok {
		return ""
	}
	l := d.lang()
	if l == "" {
		l = locales.French
	}
	return label.Label(l)
}
