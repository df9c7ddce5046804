package locales

import (
	"strings"
	"unicode"
)

// Text is one text in several languages. It carries everything that rendering
// needs, so that a flow stored today still speaks years later, when the catalog
// that it was compiled with is gone: store it as it is.
//
// The zero Text renders as "". Forms is shared between copies and must not be
// changed once the Text is in use.
type Text struct {
	// Key names the text in the catalog, "register.name.ask"; empty for staff's content.
	Key string `json:"k,omitempty" cbor:"1,keyasint,omitempty"`
	// Count is the placeholder whose number selects the plural form, without braces.
	Count string `json:"c,omitempty" cbor:"2,keyasint,omitempty"`
	// Forms holds one form, or all forms in the order of PluralForms(lang). The
	// empty Lang holds what is the same in every language (Plain).
	Forms map[Lang][]string `json:"f,omitempty" cbor:"3,keyasint,omitempty"`
	// Review lists the languages that no reviewer has signed yet.
	Review []Lang `json:"r,omitempty" cbor:"4,keyasint,omitempty"`
	// Legal marks consent and legal words: in Tamazight they are never shown without French.
	Legal bool `json:"l,omitempty" cbor:"5,keyasint,omitempty"`
	// Term marks a label that is a glossary term; see Twin.
	Term bool `json:"t,omitempty" cbor:"6,keyasint,omitempty"`
}

// everywhere is the key under which Plain keeps a text that is the same in all languages.
const everywhere Lang = ""

// Plain is a text that reads the same in every language: a name, a code, what a
// person typed. An empty s gives the zero Text.
func Plain(s string) Text {
	if s == "" {
		return Text{}
	}
	return Text{Forms: map[Lang][]string{everywhere: {s}}}
}

// IsZero reports whether t has nothing to say in any language.
func (t Text) IsZero() bool {
	for _, forms := range t.Forms {
		if last(forms) != "" {
			return false
		}
	}
	return true
}

// Has reports whether somebody wrote t in lang itself, without any fallback. For
// TamazightLatin a Tamazight text is enough: it is transliterated.
func (t Text) Has(lang Lang) bool {
	return last(t.Forms[everywhere]) != "" || last(t.Forms[lang]) != "" || last(t.Forms[lang.Base()]) != ""
}

// Label is t for a button or a list row: no arguments and no isolates, which
// networks count as characters. A counted text gives its general form.
func (t Text) Label(lang Lang) string {
	form, _, latin := t.pick(lang, nil)
	if latin {
		return ToLatin(form)
	}
	return form
}

// Twin is the French label to be shown beside a Tamazight term, in both Tamazight
// views, until a reviewer signs it, and beside a legal term always; "" when none is
// called for. Arabic stands in where French is missing. (A legal sentence carries its
// twin already when it is rendered.)
func (t Text) Twin(lang Lang) string {
	if !t.Term || lang.Base() != Tamazight || last(t.Forms[Tamazight]) == "" {
		return ""
	}
	if !t.Legal && !t.unsigned(Tamazight) {
		return ""
	}
	twin := last(t.Forms[French])
	if twin == "" {
		twin = last(t.Forms[Arabic])
	}
	own := last(t.Forms[Tamazight])
	if twin == own {
		return ""
	}
	// The signpost before both is shown once.
	if sign, rest, ok := strings.Cut(twin, " "); ok && strings.HasPrefix(own, sign+" ") && strings.IndexFunc(sign, unicode.IsLetter) < 0 {
		return rest
	}
	return twin
}

func (t Text) unsigned(lang Lang) bool {
	for _, l := range t.Review {
		if l == lang {
			return true
		}
	}
	return false
}

// pick chooses the form to show to a reader of lang: the first language of the
// fallback chain in which t is written, and there the plural form for args[t.Count].
// It returns the language that the form is for (it governs direction, digits and
// dates) and whether it still has to be transliterated.
func (t Text) pick(lang Lang, args Args) (form string, in Lang, latin bool) {
	for _, l := range Fallback(lang) {
		if form = t.form(l, args); form == "" {
			continue
		}
		if lang == TamazightLatin && l == Tamazight {
			return form, TamazightLatin, true
		}
		return form, l, false
	}
	return t.form(everywhere, args), lang, false
}

// form is the form in lang itself, "" when there is none. The last form is the
// general one in every language, so it stands in for a count that is missing, is
// no number, or meets fewer forms than we know today.
func (t Text) form(lang Lang, args Args) string {
	forms := t.Forms[lang]
	if len(forms) < 2 || t.Count == "" {
		return last(forms)
	}
	n, ok := toFloat(args[t.Count])
	if !ok {
		return last(forms)
	}
	want := PluralOf(lang, n)
	for i, f := range PluralForms(lang) {
		if f == want && i < len(forms) && forms[i] != "" {
			return forms[i]
		}
	}
	return last(forms)
}

func last(forms []string) string {
	if len(forms) == 0 {
		return ""
	}
	return forms[len(forms)-1]
}
