package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"maalem/bot"
	"maalem/bot/staff"
	"maalem/flows/understand"
)

// perPage is how many people a page lists.
const perPage = 50

type listed struct {
	Total        int
	People       []human
	Query        string
	Region       string
	Craft        string
	Next         string // the rest of the next page's address
	Open         string // until when identities are shown
	Reason       string
	CraftOptions []string
}

// human is an artisan as a page shows them.
type human struct {
	ID, Name, Phone, Craft, Place string
	Created                       int64
	Finished                      bool
}

// people lists whom the scope contains, newest first.
func (v *visit) people() error {
	ctx, scope, q := v.r.Context(), v.account.Scope(), v.r.URL.Query()
	l := listed{Query: strings.TrimSpace(q.Get("q")), Region: q.Get("region"), Craft: q.Get("craft"), CraftOptions: v.Crafts}
	var f bot.Filter
	if slices.Contains(bot.Regions, l.Region) {
		f = append(f, bot.Clause{Any: []string{"region:" + l.Region}})
	}
	if slices.Contains(v.Crafts, l.Craft) {
		f = append(f, bot.Clause{Any: []string{"craft:" + l.Craft}})
	}
	until := v.open()
	var terms []bot.Term
	if l.Query != "" && !until.IsZero() { // searching for a name is looking at identities
		terms = search(l.Query)
	}
	var err error
	if l.Total, err = v.People.Count(ctx, scope, f); err != nil {
		return err
	}
	from, _ := strconv.ParseUint(q.Get("from"), 10, 64)
	rows, next, err := v.People.List(ctx, scope, f, terms, bot.Cursor(from), perPage)
	if err != nil {
		return err
	}
	for _, row := range rows {
		h, _, err := v.human(row, !until.IsZero())
		if err != nil {
			return err
		}
		l.People = append(l.People, h)
	}
	if next > 0 {
		q.Set("from", strconv.FormatUint(uint64(next), 10))
		q.Del("done")
		l.Next = q.Encode()
	}
	if !until.IsZero() {
		l.Open, l.Reason = until.In(v.Zone).Format("15:04"), v.session.Reason
		if err := v.Office.Note(ctx, v.by(), staff.Row{Act: "see-people", Words: v.session.Reason, Count: len(l.People)}); err != nil {
			return err
		}
	}
	v.show(http.StatusOK, "people", l)
	return nil
}

// search turns what is typed into terms: names by their beginning in one spelling or by
// their consonants in every script, phones by their digits.
func search(text string) []bot.Term {
	var terms []bot.Term
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		if strings.ContainsRune(" +-./()", r) {
			return -1
		}
		return 'x'
	}, text)
	if digits != "" && !strings.Contains(digits, "x") {
		return []bot.Term{{Prefix: strings.TrimPrefix(digits, "00")}}
	}
	for _, w := range understand.SearchWords(text) {
		terms = append(terms, bot.Term{Prefix: w.Prefix, Exact: w.Exact})
	}
	return terms
}

// open is until when this session shows identities; zero for who may not see them.
func (v *visit) open() time.Time {
	if !v.account.Role.May(staff.SeeIdentities) {
		return time.Time{}
	}
	return v.session.Open(v.Now())
}

// human reads a record; without open, names are masked and phones left out.
func (v *visit) human(row bot.Stored, open bool) (human, bot.Artisan, error) {
	var a bot.Artisan
	if err := bot.DecodeRecord(row.Body, &a); err != nil {
		return human{}, a, err
	}
	h := human{ID: a.ID, Created: a.Created, Finished: a.Finished}
	if val, ok := a.Value("name"); ok {
		h.Name = val.Value
		if h.Name == "" && val.Media != "" {
			h.Name = "🎤"
		}
	}
	if val, ok := a.Value("phone"); ok && open {
		h.Phone = val.Value
	}
	if !open {
		h.Name = masked(h.Name)
	}
	if val, ok := a.Value("craft"); ok {
		var names []string
		for id := range strings.FieldsSeq(val.Value) {
			names = append(names, v.Named(id))
		}
		h.Craft = strings.Join(names, v.T("comma"))
	}
	if val, ok := a.Value("place"); ok && val.Value != "" {
		h.Place = v.Named(val.Value)
	}
	return h, a, nil
}

// masked is the first letter of each word.
func masked(name string) string {
	var out []string
	for w := range strings.FieldsSeq(name) {
		r, _ := utf8.DecodeRuneInString(w)
		out = append(out, string(r)+"…")
	}
	return strings.Join(out, " ")
}

type detail struct {
	human
	Open     string
	Fields   []field
	Consents []bot.Consent
	Channels []string
	Lang     string
	Stopped  bool
}

type field struct{ Name, Value string }

// person is one artisan's page; outside the scope there is nobody.
func (v *visit) person() error {
	ctx, id := v.r.Context(), v.r.PathValue("id")
	sees, err := v.People.Sees(ctx, v.account.Scope(), id)
	if err != nil {
		return err
	}
	if !sees {
		return errMissing
	}
	rows, err := v.People.Read(ctx, bot.Ref{Kind: bot.KindArtisan, ID: id})
	if err != nil {
		return err
	}
	if rows[0].Body == nil {
		return errMissing
	}
	until := v.open()
	h, a, err := v.human(rows[0], !until.IsZero())
	if err != nil {
		return err
	}
	d := detail{human: h, Lang: v.T("lang." + string(a.Lang.Base())), Stopped: a.Stopped, Consents: a.Consents}
	for _, name := range []string{"gender", "legal_form", "cooperative", "years", "exporting"} {
		if val, ok := a.Value(name); ok && val.Value+val.Typed != "" && (name != "cooperative" || !until.IsZero()) {
			text := val.Value
			if text == "" {
				text = val.Typed
			}
			if words := v.words["value."+text]; words != nil {
				text = v.T("value." + text)
			}
			d.Fields = append(d.Fields, field{v.T("field." + name), text})
		}
	}
	for _, at := range a.Addresses {
		d.Channels = append(d.Channels, at.Channel)
	}
	if !until.IsZero() {
		d.Open = until.In(v.Zone).Format("15:04")
		if err := v.Office.Note(ctx, v.by(), staff.Row{Act: "see-person", Subject: id, Words: v.session.Reason, Count: 1}); err != nil {
			return err
		}
	}
	v.show(http.StatusOK, "person", d)
	return nil
}

// Page is the address of the next page.
func (l listed) NextPage() string { return "/console/people?" + l.Next }

// Escaped keeps a value safe inside an address.
func (l listed) Escaped(s string) string { return url.QueryEscape(s) }
