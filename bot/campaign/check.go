package campaign

import (
	"strconv"
	"time"
	"unicode/utf8"

	"maalem/locales"
)

// Problem is one thing to mend before an event can be published.
type Problem struct {
	Field string // of the form
	Key   string // the console's sentence
	Arg   string // what it is about: a language, a number
}

// Check lists all that is wrong with an event at once. at is local.
func (e *Event) Check(at time.Time) []Problem {
	c := &checking{e: e, zone: at.Location()}
	for _, l := range e.Title.Missing() {
		c.add("title", "missing", string(l))
	}
	for _, l := range locales.All() {
		c.length("title", e.Title.In(l), MaxTitle)
		c.length("about", e.About.In(l), MaxAbout)
	}
	if n := len(e.About.Missing()); n > 0 && n < len(locales.All()) {
		for _, l := range e.About.Missing() {
			c.add("about", "missing", string(l))
		}
	}
	c.length("venue", e.Venue, MaxShort)
	c.length("organiser", e.Organiser, MaxShort)
	c.length("contact", e.Contact, MaxShort)
	switch {
	case e.Kind != Fair && e.Kind != Training:
		c.add("kind", "unknown", "")
	case e.Mode != Open && e.Mode != Application:
		c.add("mode", "unknown", "")
	}
	if e.Place == "" {
		c.add("place", "empty", "")
	}
	if e.Organiser == "" {
		c.add("organiser", "empty", "")
	}
	if e.Contact == "" {
		c.add("contact", "empty", "")
	}
	if e.Seats < 1 || e.Seats > MaxSeats {
		c.add("seats", "range", strconv.Itoa(MaxSeats))
	}
	if e.Price < 0 {
		c.add("price", "negative", "")
	}
	c.times(at)
	c.rules()
	return c.found
}

type checking struct {
	e     *Event
	zone  *time.Location
	found []Problem
}

func (c *checking) add(field, key, arg string) {
	c.found = append(c.found, Problem{field, key, arg})
}

func (c *checking) length(field, s string, most int) {
	if utf8.RuneCountInString(s) > most {
		c.add(field, "long", strconv.Itoa(most))
	}
}

// time reads a wall time, and says what is wrong with it.
func (c *checking) time(field string, w Wall, needed bool) (time.Time, bool) {
	t, ok := w.In(c.zone)
	switch {
	case w == "" && needed:
		c.add(field, "unfilled", "")
	case w != "" && !ok:
		c.add(field, "no_date", "")
	}
	return t, ok
}

func (c *checking) times(at time.Time) {
	e := c.e
	start, begins := c.time("start", e.Start, true)
	end, ends := c.time("end", e.End, true)
	until, closes := c.time("deadline", e.Deadline, e.Mode == Application)
	if begins && !start.After(at) {
		c.add("start", "past", "")
	}
	if begins && ends && !end.After(start) {
		c.add("end", "before_start", "")
	}
	if closes && !until.After(at) {
		c.add("deadline", "past", "")
	}
	if begins && closes && until.After(start) {
		c.add("deadline", "after_start", "")
	}
	if len(e.Lessons.Sessions) > MaxSessions {
		c.add("sessions", "many", strconv.Itoa(MaxSessions))
	}
	for _, s := range e.Lessons.Sessions {
		from, ok := c.time("sessions", s.Start, true)
		to, also := c.time("sessions", s.End, true)
		switch {
		case ok && also && !to.After(from):
			c.add("sessions", "before_start", string(s.Start))
		case ok && begins && from.Before(start), also && ends && to.After(end):
			c.add("sessions", "outside", string(s.Start))
		}
	}
}

func (c *checking) rules() {
	e := c.e
	if e.Mode != Application {
		return
	}
	if len(e.Rules.Questions) > MaxQuestions {
		c.add("questions", "many", strconv.Itoa(MaxQuestions))
	}
	for _, q := range e.Rules.Questions {
		for _, l := range q.Missing() {
			c.add("questions", "missing", string(l))
		}
		for _, l := range locales.All() {
			c.length("questions", q.In(l), MaxShort)
		}
	}
	if len(e.Rules.Quotas) > MaxQuotas {
		c.add("quotas", "many", strconv.Itoa(MaxQuotas))
	}
	for _, q := range e.Rules.Quotas {
		if q.Seats < 1 || q.Seats > e.Seats {
			c.add("quotas", "range", strconv.Itoa(e.Seats))
		}
	}
	if e.Rules.ConfirmDays < 0 || e.Rules.ConfirmDays > 60 {
		c.add("confirm", "range", "60")
	}
}
