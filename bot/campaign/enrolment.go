package campaign

import (
	"fmt"
	"slices"

	"maalem/bot"
	"maalem/locales"
)

// State is where an enrolment stands.
type State string

// States. The first four are of open events, the others of applications; who was
// Attended came, whatever they came from.
const (
	Enrolled  State = "enrolled"
	Waiting   State = "waiting"
	Left      State = "cancelled" // gave the place back
	Attended  State = "attended"
	Applied   State = "applied"
	Shortlist State = "shortlisted"
	Accepted  State = "accepted"
	Reserve   State = "reserve"
	Refused   State = "refused"
	Confirmed State = "confirmed"
	Withdrawn State = "withdrawn"
	Lapsed    State = "lapsed" // was accepted and did not confirm in time
)

// States lists all of them in the order in which a page counts them.
var States = []State{Enrolled, Confirmed, Accepted, Shortlist, Applied, Reserve, Waiting, Attended, Refused, Left, Withdrawn, Lapsed}

// moves is the table of allowed moves; New is from nothing. What is not in it does not
// happen: a press on an old button, a second device, a page left open overnight.
var moves = map[State][]State{
	"":        {Enrolled, Waiting, Applied},
	Enrolled:  {Left, Attended},
	Waiting:   {Enrolled, Left},
	Left:      {Enrolled, Waiting},
	Applied:   {Shortlist, Accepted, Reserve, Refused, Withdrawn},
	Shortlist: {Accepted, Reserve, Refused, Withdrawn},
	Accepted:  {Confirmed, Withdrawn, Lapsed, Reserve, Refused},
	Reserve:   {Accepted, Refused, Withdrawn},
	Refused:   {Shortlist, Accepted, Reserve},
	Confirmed: {Withdrawn, Attended},
	Withdrawn: {Applied},
	Lapsed:    {Accepted, Reserve},
	Attended:  {},
}

// May reports whether the table allows a move.
func (s State) May(to State) bool { return slices.Contains(moves[s], to) }

// Next lists where a state may go.
func (s State) Next() []State { return moves[s] }

// Comes reports whether the person has a place and is expected.
func (s State) Comes() bool { return s == Enrolled || s == Confirmed }

// Holds reports whether the store keeps a seat or a place on the list for it.
func (s State) Holds() bool {
	return s == Enrolled || s == Waiting || s == Accepted || s == Reserve || s == Confirmed
}

// Live reports whether anything may still come of it.
func (s State) Live() bool {
	return s != "" && s != Left && s != Withdrawn && s != Lapsed && s != Refused
}

// Enrolment is one person's place at one event, or their wish for one.
type Enrolment struct {
	_       struct{} `cbor:",toarray"`
	Event   string
	Artisan string
	State   State
	Code    string   // the door code, said aloud; "" while there is no place
	Answers []string // to the event's own questions, in their order
	// Cooperative whose stand it is, an id; "" = the person's own.
	Cooperative string
	// What quotas count, as it was when the person enrolled.
	Region string
	Crafts []string
	Gender string
	Lang   locales.Lang
	At     int64 // Unix seconds of the first enrolment
	Since  int64 // Unix seconds of the last move
	Until  Wall  // when whoever is accepted has to have confirmed
}

// EnrolmentRef is the record of a person's enrolment: those of one event lie together.
func EnrolmentRef(event, artisan string) bot.Ref {
	return bot.Ref{Kind: bot.KindEnrolment, ID: event + "/" + artisan}
}

// move changes the state; an error is a move that the table does not know.
func (e *Enrolment) move(to State, at int64) error {
	if !e.State.May(to) {
		return fmt.Errorf("an enrolment does not go from %q to %q", e.State, to)
	}
	e.State, e.Since = to, at
	return nil
}

// in reports whether the enrolment belongs to a quota's group.
func (e *Enrolment) in(facet string) bool {
	switch facet {
	case "region:" + e.Region, "gender:" + e.Gender:
		return true
	}
	return slices.ContainsFunc(e.Crafts, func(c string) bool { return facet == "craft:"+c })
}

// tally is the kept count of an event's enrolments in a state.
func tally(event string, s State) string { return "event:" + event + ":" + string(s) }

// counted changes the kept counts with a move.
func counted(event string, from, to State) []bot.Tally {
	var out []bot.Tally
	if from != "" {
		out = append(out, bot.Tally{Name: tally(event, from), Delta: -1})
	}
	if to != "" {
		out = append(out, bot.Tally{Name: tally(event, to), Delta: 1})
	}
	return out
}
