package campaign

import (
	"slices"
	"strings"
	"testing"
	"time"

	"maalem/bot"
	"maalem/locales"
)

var (
	zone, _ = time.LoadLocation("Africa/Casablanca")
	today   = time.Date(2026, 11, 26, 12, 0, 0, 0, zone)
)

// fair is an event with nothing wrong.
func fair() *Event {
	words := Words{Ary: "معرض", Ar: "معرض", Fr: "Foire", Zgh: "ⵍⵎⵄⵔⴹ"}
	return &Event{ID: "FAIR0001", Kind: Fair, Status: Published, Mode: Application, Title: words, About: words, Place: "MA-TIZ", Organiser: "Chambre", Contact: "05 28 00 00 00",
		Start: "2026-12-10T09:00", End: "2026-12-14T20:00", Deadline: "2026-12-01T18:00", Seats: 40,
		Rules: Rules{Questions: []Words{words}, Quotas: []Quota{{Facet: "region:MA-09", Seats: 10}}}}
}

// Everything wrong with an event is said at once, by field.
func TestCheck(t *testing.T) {
	if found := fair().Check(today); len(found) > 0 {
		t.Fatalf("a sound event: %v", found)
	}
	for want, change := range map[string]func(*Event){
		"title missing zgh":    func(e *Event) { e.Title.Zgh = " " },
		"about missing ar":     func(e *Event) { e.About.Ar = "" },
		"title long 120":       func(e *Event) { e.Title.Fr = strings.Repeat("é", MaxTitle+1) },
		"start past":           func(e *Event) { e.Start, e.Deadline = "2026-11-26T11:59", "2026-11-26T12:30" },
		"start unfilled":       func(e *Event) { e.Start = "" },
		"start no_date":        func(e *Event) { e.Start = "2026-02-30T09:00" },
		"end before_start":     func(e *Event) { e.End = e.Start },
		"deadline after_start": func(e *Event) { e.Deadline = "2026-12-10T09:01" },
		"deadline past":        func(e *Event) { e.Deadline = "2026-11-01T09:00" },
		"deadline unfilled":    func(e *Event) { e.Deadline = "" },
		"seats range 5000":     func(e *Event) { e.Seats = 0 },
		"price negative":       func(e *Event) { e.Price = -1 },
		"place empty":          func(e *Event) { e.Place = "" },
		"organiser empty":      func(e *Event) { e.Organiser = "" },
		"contact empty":        func(e *Event) { e.Contact = "" },
		"kind unknown":         func(e *Event) { e.Kind = "x" },
		"mode unknown":         func(e *Event) { e.Mode = "x" },
		"questions many 5":     func(e *Event) { e.Rules.Questions = slices.Repeat(e.Rules.Questions, 6) },
		"questions missing fr": func(e *Event) { e.Rules.Questions[0].Fr = "" },
		"quotas range 40":      func(e *Event) { e.Rules.Quotas[0].Seats = 41 },
		"confirm range 60":     func(e *Event) { e.Rules.ConfirmDays = 61 },
		"sessions before_start 2026-12-11T09:00": func(e *Event) {
			e.Lessons.Sessions = []Session{{Start: "2026-12-11T09:00", End: "2026-12-11T08:00"}}
		},
		"sessions outside 2026-12-20T09:00": func(e *Event) {
			e.Lessons.Sessions = []Session{{Start: "2026-12-20T09:00", End: "2026-12-20T10:00"}}
		},
	} {
		e := fair()
		change(e)
		var got []string
		for _, p := range e.Check(today) {
			got = append(got, strings.TrimSpace(p.Field+" "+p.Key+" "+p.Arg))
		}
		if !slices.Contains(got, want) {
			t.Errorf("want %q, got %q", want, got)
		}
	}
}

// An event is read back as it was stored.
func TestStored(t *testing.T) {
	e := fair()
	body, err := bot.EncodeRecord(e)
	if err != nil {
		t.Fatal(err)
	}
	var back Event
	if err := bot.DecodeRecord(body, &back); err != nil {
		t.Fatal(err)
	}
	if back.Title.In(locales.TamazightLatin) != e.Title.Zgh || back.Rules.Quotas[0] != e.Rules.Quotas[0] || back.Start != e.Start {
		t.Errorf("read back: %+v", back)
	}
}

// A fair is over at its end, by the clock on the wall, and closed to newcomers from its
// deadline on.
func TestTimes(t *testing.T) {
	e := fair()
	at := func(w Wall) time.Time {
		got, ok := w.In(zone)
		if !ok {
			t.Fatalf("no time: %q", w)
		}
		return got
	}
	for _, c := range []struct {
		at     Wall
		enrols bool
		now    Status
	}{{"2026-12-01T17:59", true, Published}, {"2026-12-01T18:00", false, Published}, {"2026-12-14T19:59", false, Published}, {"2026-12-14T20:00", false, Past}} {
		if e.Enrols(at(c.at)) != c.enrols || e.Now(at(c.at)) != c.now {
			t.Errorf("%s: enrols %v, %s", c.at, e.Enrols(at(c.at)), e.Now(at(c.at)))
		}
	}
	e.Deadline = ""
	if !e.Enrols(at("2026-12-10T08:59")) || e.Enrols(at("2026-12-10T09:00")) {
		t.Error("without a deadline, the beginning is one")
	}
	e.Status = Draft
	if e.Enrols(today) {
		t.Error("a draft takes people")
	}
	// Morocco is an hour earlier in Ramadan: nine stays nine.
	if got := at("2027-02-20T09:00").UTC().Hour() - at("2027-04-20T09:00").UTC().Hour(); got != 1 {
		t.Errorf("nine in Ramadan is %d hours from nine after it", got)
	}
}

// Whom an event concerns; no wish is everybody.
func TestFits(t *testing.T) {
	e := fair()
	if !e.Fits(nil, "") {
		t.Error("an event for everybody fits somebody of whom nothing is known")
	}
	e.For = Audience{Crafts: []string{"potier"}, Regions: []string{"MA-09"}}
	for _, c := range []struct {
		crafts []string
		region string
		want   bool
	}{{[]string{"potier", "tapissier"}, "MA-09", true}, {[]string{"tapissier"}, "MA-09", false}, {[]string{"potier"}, "MA-01", false}, {nil, "", false}} {
		if e.Fits(c.crafts, c.region) != c.want {
			t.Errorf("%v in %q: %v", c.crafts, c.region, !c.want)
		}
	}
}

// Only what the table knows happens; nobody who came is moved again, and the kept counts
// follow.
func TestMoves(t *testing.T) {
	e := Enrolment{Event: "FAIR0001", Region: "MA-09", Crafts: []string{"potier"}, Gender: "woman"}
	counts := map[string]int64{}
	for _, to := range []State{Applied, Shortlist, Accepted, Confirmed, Attended} {
		for _, c := range counted(e.Event, e.State, to) {
			counts[c.Name] += c.Delta
		}
		if err := e.move(to, 7); err != nil {
			t.Fatal(err)
		}
	}
	for name, n := range counts {
		if want := int64(0); name == tally(e.Event, Attended) && n != 1 || name != tally(e.Event, Attended) && n != want {
			t.Errorf("%s is %d", name, n)
		}
	}
	for _, to := range States {
		if e.move(to, 8) == nil {
			t.Errorf("who came became %s", to)
		}
	}
	if e.Since != 7 {
		t.Error("a refused move changed the enrolment")
	}
	for _, s := range States {
		for _, to := range s.Next() {
			if !slices.Contains(States, to) {
				t.Errorf("%s leads to %q, which is no state", s, to)
			}
		}
		if s.Comes() && !s.Holds() {
			t.Errorf("%s comes without a seat", s)
		}
	}
	for facet, want := range map[string]bool{"region:MA-09": true, "craft:potier": true, "gender:woman": true, "region:MA-01": false, "craft:x": false, "gender:": false} {
		if e.in(facet) != want {
			t.Errorf("in %s: %v", facet, !want)
		}
	}
}
