package campaign

import (
	"strings"
	"time"

	"maalem/bot"
	"maalem/locales"
)

// Kind is what an event is.
type Kind string

// Kinds of events.
const (
	Fair     Kind = "fair"
	Training Kind = "training"
)

// Topic is the menu's word for a kind.
func (k Kind) Topic() string { return string(k) + "s" }

// Status is where an event stands.
type Status string

// Statuses. A published event whose end is over is past; see Event.Now.
const (
	Draft     Status = "draft"
	Published Status = "published"
	Cancelled Status = "cancelled"
	Past      Status = "past"
)

// Mode is how people come to an event.
type Mode string

// Modes: seats for who comes first, or applications that staff decide about.
const (
	Open        Mode = "open"
	Application Mode = "application"
)

// Words are one text in the four chat languages, as staff wrote it; "" = not yet.
type Words struct {
	_                struct{} `cbor:",toarray"`
	Ary, Ar, Fr, Zgh string
}

// In is the text in one language itself, without fallback.
func (w Words) In(l locales.Lang) string {
	switch l.Base() {
	case locales.Darija:
		return w.Ary
	case locales.Arabic:
		return w.Ar
	case locales.French:
		return w.Fr
	}
	return w.Zgh
}

// Set writes the text in one language.
func (w *Words) Set(l locales.Lang, s string) {
	switch l.Base() {
	case locales.Darija:
		w.Ary = s
	case locales.Arabic:
		w.Ar = s
	case locales.French:
		w.Fr = s
	default:
		w.Zgh = s
	}
}

// Text is what is rendered: with the fallback of the catalog, and Latin letters for
// who reads Tamazight in them.
func (w Words) Text() locales.Text {
	forms := map[locales.Lang][]string{}
	for _, l := range locales.All() {
		if s := w.In(l); s != "" {
			forms[l] = []string{s}
		}
	}
	return locales.Text{Forms: forms}
}

// Missing lists the languages in which nobody wrote it yet.
func (w Words) Missing() []locales.Lang {
	var out []locales.Lang
	for _, l := range locales.All() {
		if strings.TrimSpace(w.In(l)) == "" {
			out = append(out, l)
		}
	}
	return out
}

// Wall is a local time as it was meant, "2026-12-01T09:00": Morocco changes its offset
// around Ramadan, and the fair still opens at nine. "" = not known yet.
type Wall string

const wallForm = "2006-01-02T15:04"

// In is the instant; false when it is empty or no time.
func (w Wall) In(zone *time.Location) (time.Time, bool) {
	t, err := time.ParseInLocation(wallForm, string(w), zone)
	return t, err == nil
}

// WallOf is the wall time of an instant.
func WallOf(t time.Time, zone *time.Location) Wall { return Wall(t.In(zone).Format(wallForm)) }

// Event is a training or a fair.
type Event struct {
	_      struct{} `cbor:",toarray"`
	ID     string   // 8 letters and digits; stands in links and buttons
	Kind   Kind
	Status Status
	Mode   Mode
	Title  Words
	About  Words
	Place  string // id of places.yaml
	Venue  string // the address there, free
	// Dates and times in Africa/Casablanca; Deadline is until when one may enrol.
	Start, End, Deadline Wall
	Seats                int // or stands, or places
	Price                int // dirhams; 0 = free of charge
	Organiser            string
	Contact              string
	For                  Audience
	// Region is whose staff look after it; "" = the nation's.
	Region string
	// Media is the hash of a picture or PDF, "" = none.
	Media   string
	Lessons Lessons
	Rules   Rules
	// Sequence counts what changed in the calendar (RFC 5545).
	Sequence int
	// Source names the recurrent fair from which it was made.
	Source  string
	Created int64 // Unix seconds
}

// Audience is whom an event concerns; an empty list is everybody.
type Audience struct {
	_       struct{} `cbor:",toarray"`
	Crafts  []string // ids of crafts.yaml
	Regions []string // ISO codes
}

// Lessons are what a training has besides.
type Lessons struct {
	_        struct{} `cbor:",toarray"`
	Topic    string   // an id of Topics
	Level    string   // an id of Levels
	Lang     locales.Lang
	Sessions []Session
}

// Session is one meeting of a training.
type Session struct {
	_          struct{} `cbor:",toarray"`
	Start, End Wall
	Title      string
}

// Rules are those of an application.
type Rules struct {
	_         struct{} `cbor:",toarray"`
	Questions []Words  // at most MaxQuestions
	Quotas    []Quota
	// Stand: one stand per cooperative, with named people on it.
	Stand bool
	// ConfirmDays is how long whoever is accepted has to say yes; 0 = DefaultConfirmDays.
	ConfirmDays int
}

// Quota is how many of the places are for one group.
type Quota struct {
	_     struct{} `cbor:",toarray"`
	Facet string   // "region:MA-09", "craft:potier", "gender:woman"
	Seats int
}

// Bounds of an event. The longest texts fit a message with the rest of it.
const (
	MaxSeats           = 5000
	MaxTitle           = 120  // characters
	MaxAbout           = 1500 // characters
	MaxShort           = 200  // characters of venue, organiser, contact, a question
	MaxQuestions       = 5
	MaxQuotas          = 30
	MaxSessions        = 40
	DefaultConfirmDays = 5
)

// Topics of trainings, and their levels.
var (
	Topics = []string{"design", "quality", "pricing", "photos", "online", "export", "management", "safety", "craft"}
	Levels = []string{"beginner", "advanced", "everybody"}
)

// Ref is an event's record.
func Ref(id string) bot.Ref { return bot.Ref{Kind: bot.KindEvent, ID: id} }

// Now is the status at a time: what was published and is over is past.
func (e *Event) Now(at time.Time) Status {
	if e.Status == Published {
		if end, ok := e.Over(at.Location()); ok && !at.Before(end) {
			return Past
		}
	}
	return e.Status
}

// Over is when it ends; a fair without an end ends with its day.
func (e *Event) Over(zone *time.Location) (time.Time, bool) {
	if end, ok := e.End.In(zone); ok {
		return end, true
	}
	start, ok := e.Start.In(zone)
	return time.Date(start.Year(), start.Month(), start.Day()+1, 0, 0, 0, 0, zone), ok
}

// Enrols reports whether somebody may enrol or apply at a time. at is local.
func (e *Event) Enrols(at time.Time) bool {
	if e.Now(at) != Published {
		return false
	}
	until, ok := e.Deadline.In(at.Location())
	if !ok {
		if until, ok = e.Start.In(at.Location()); !ok {
			return false
		}
	}
	return at.Before(until)
}

// Fits reports whether it concerns a person of these crafts and region.
func (e *Event) Fits(crafts []string, region string) bool {
	return overlaps(e.For.Crafts, crafts) && (len(e.For.Regions) == 0 || overlaps(e.For.Regions, []string{region}))
}

// overlaps: an empty wish is everybody's.
func overlaps(wish, has []string) bool {
	if len(wish) == 0 {
		return true
	}
	for _, h := range has {
		for _, w := range wish {
			if h == w {
				return true
			}
		}
	}
	return false
}

// Moved reports whether the calendar of who comes has to change with it.
func (e *Event) Moved(before *Event) bool {
	return e.Start != before.Start || e.End != before.End || e.Place != before.Place || e.Venue != before.Venue || e.Status != before.Status
}
