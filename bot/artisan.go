package bot

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"maalem/flows/understand"
	"maalem/locales"
)

// Artisan is a person. The ID is random and public; the dense ordinal behind the
// facets is the store's and never shown. The national identity number is never asked.
type Artisan struct {
	_  struct{} `cbor:",toarray"`
	ID string
	// Values are the profile's answers by field: name, craft, place, gender,
	// phone, legal_form, cooperative, years, craft_number, exporting.
	Values    []Value
	Lang      locales.Lang
	Addresses []Address
	Consents  []Consent // the ledger, oldest first; never rewritten
	Interests []string  // topics that wait to open
	Stopped   bool      // nothing unsolicited
	Finished  bool      // the registration was confirmed
	Created   int64     // Unix seconds
	Updated   int64
	// Tickets are the IDs of the person's questions, so that they go with them.
	Tickets []string
}

// Value is one profile answer with the words as typed.
type Value struct {
	_     struct{} `cbor:",toarray"`
	Field string
	Value string // a place's or craft's id, E.164, a number…; empty: words only
	Typed string
	Media string // a recording to be listened to
	// Proven: the network proved it.
	Proven bool
}

// Purpose is what a consent is for. Each is given and withdrawn on its own.
type Purpose string

// Purposes.
const (
	PurposeGuidance      Purpose = "guidance"
	PurposeAnnouncements Purpose = "announcements"
	PurposeSurveys       Purpose = "surveys"
	PurposeSharing       Purpose = "sharing"
	PurposePhotos        Purpose = "photos"
)

// Consent is one line of the ledger that law 09-08 asks for.
type Consent struct {
	_       struct{} `cbor:",toarray"`
	Purpose Purpose
	Given   bool
	Wording string // version of the words that the person saw
	Lang    locales.Lang
	Channel string
	At      int64 // Unix seconds
}

// Consented tells whether a purpose is allowed now: the ledger's last word on it.
func (a *Artisan) Consented(p Purpose) bool {
	for _, c := range slices.Backward(a.Consents) {
		if c.Purpose == p {
			return c.Given
		}
	}
	return false
}

// Value returns a profile answer.
func (a *Artisan) Value(field string) (Value, bool) {
	for _, v := range a.Values {
		if v.Field == field {
			return v, true
		}
	}
	return Value{}, false
}

// set stores a profile answer, replacing the field's former one.
func (a *Artisan) set(v Value) {
	for i := range a.Values {
		if a.Values[i].Field == v.Field {
			a.Values[i] = v
			return
		}
	}
	a.Values = append(a.Values, v)
}

// clone copies what turns change, so that the former state can be compared.
func (a *Artisan) clone() *Artisan {
	c := *a
	c.Values = slices.Clone(a.Values)
	c.Addresses = slices.Clone(a.Addresses)
	c.Consents = slices.Clone(a.Consents)
	c.Interests = slices.Clone(a.Interests)
	c.Tickets = slices.Clone(a.Tickets)
	return &c
}

// facet is a set of artisans: "craft:potier", or "finished" without a value. Its
// name is put together only when somebody joins or leaves it.
type facet struct{ of, value string }

func (f facet) name() string {
	if f.value == "" {
		return f.of
	}
	return f.of + ":" + f.value
}

// facets adds the sets that the artisan belongs to.
func (a *Artisan) facets(fs []facet, province, region func(place string) string) []facet {
	if a == nil {
		return fs
	}
	fs = append(fs, facet{"all", ""}, facet{"lang", string(a.Lang.Base())})
	for _, at := range a.Addresses {
		if f := (facet{"channel", at.Channel}); !slices.Contains(fs, f) {
			fs = append(fs, f)
		}
	}
	placed := false
	for _, v := range a.Values {
		switch v.Field {
		case "craft":
			for id := range strings.FieldsSeq(v.Value) {
				fs = append(fs, facet{"craft", id})
			}
		case "place":
			if p := province(v.Value); p != "" {
				fs = append(fs, facet{"province", p})
			}
			if r := region(v.Value); r != "" {
				placed = true
				fs = append(fs, facet{"region", r})
			}
		case "gender", "legal_form", "exporting":
			if v.Value != "" {
				fs = append(fs, facet{v.Field, v.Value})
			}
		}
	}
	if !placed {
		fs = append(fs, facet{"region", NoRegion})
	}
	for _, p := range []Purpose{PurposeGuidance, PurposeAnnouncements, PurposeSurveys, PurposeSharing, PurposePhotos} {
		if a.Consented(p) {
			fs = append(fs, facet{"consent", string(p)})
		}
	}
	if a.Stopped {
		fs = append(fs, facet{"stopped", ""})
	}
	if a.Finished {
		fs = append(fs, facet{"finished", ""})
	}
	for _, t := range a.Interests {
		fs = append(fs, facet{"interest", t})
	}
	return fs
}

// bits is the difference between two states of an artisan, as set changes.
func bits(before, after *Artisan, province, region func(string) string) []Bit {
	var b, a [24]facet // more than anybody usually has
	old, now := before.facets(b[:0], province, region), after.facets(a[:0], province, region)
	var out []Bit
	for _, f := range now {
		if !slices.Contains(old, f) {
			out = append(out, Bit{f.name(), true})
		}
	}
	for _, f := range old {
		if !slices.Contains(now, f) {
			out = append(out, Bit{f.name(), false})
		}
	}
	return out
}

// words are what the artisan is found by: the names in one spelling and by their
// consonants, so that Fatima finds فاطمة, and the phone's digits as written abroad and
// at home.
func (a *Artisan) words() []string {
	out := make([]string, 0, 8)
	if v, ok := a.Value("name"); ok {
		for _, w := range understand.SearchWords(v.Value) {
			out = append(out, w.Prefix)
			if w.Exact != "" {
				out = append(out, w.Exact)
			}
		}
	}
	if v, ok := a.Value("phone"); ok {
		if digits := strings.TrimPrefix(v.Value, "+"); digits != "" && len(digits) < MaxWordLen {
			out = append(out, digits)
			if home, moroccan := strings.CutPrefix(digits, "212"); moroccan {
				out = append(out, "0"+home)
			}
		}
	}
	return out
}

// foundLike reports whether the words of two states of an artisan are the same.
func (a *Artisan) foundLike(before *Artisan) bool {
	if before == nil {
		return false
	}
	for _, field := range []string{"name", "phone"} {
		was, _ := before.Value(field)
		is, _ := a.Value(field)
		if was.Value != is.Value {
			return false
		}
	}
	return true
}

// day is a Unix time as people read it in a file: 2026-11-24 10:30.
func day(unix int64, zone *time.Location) string {
	return time.Unix(unix, 0).In(zone).Format("2006-01-02 15:04")
}

func itoa(n int) string { return strconv.Itoa(n) }
