package bot

import (
	"fmt"

	"maalem/flows"
	"maalem/locales"
)

// Ticket is a question to a human, and what was said about it since.
type Ticket struct {
	_        struct{} `cbor:",toarray"`
	Address  Address
	Artisan  string
	Lang     locales.Lang
	Where    string // the flow and state where it arose, "register/craft"
	Question string
	Media    string // a voice note's hash
	Recent   []Said
	At       int64
	State    string // TicketOpen, TicketAnswered, TicketClosed
	// Region is where the asking artisan worked, "" when that is not known: whose staff see it.
	Region string
	// Holder is the account that took it, "" = nobody yet.
	Holder string
	// Since is when it came into its state, Unix seconds; 0 = At.
	Since   int64
	Replies []TicketReply
	// About is what it replies to, "announcement:ID"; "" for a question of its own.
	About string
}

// TicketReply is one thing said after the question. It is nested in a record: its fields
// stay as they are.
type TicketReply struct {
	_     struct{} `cbor:",toarray"`
	By    string   // an account's ID; "" = the person who asked
	Text  string
	Media string // a recording's or picture's hash
	Kind  MediaKind
	At    int64
}

// States of a ticket.
const (
	TicketOpen     = "open"     // waits for staff
	TicketAnswered = "answered" // waits for the person to say whether that solved it
	TicketClosed   = "closed"
)

// Lists of tickets, by state; see Ticket.entry.
const listTickets = "tickets-"

// maxTickets is how many of a person's or an address's questions are remembered
// by it, for deleting; nobody reaches it in years.
const maxTickets = 200

// maxReplies bounds what is kept of one exchange; the oldest goes first.
const maxReplies = 60

// forever is later than any time in seconds: counted back from it, the newest comes first.
const forever = 1<<36 - 1

// entry is the ticket's place among those of its region in the same state: who waits
// longest comes first, of the closed ones who was closed last.
func (t *Ticket) entry(id string, on bool) Entry {
	at := t.Since
	if at == 0 {
		at = t.At
	}
	if t.State == TicketClosed {
		at = forever - at
	}
	return Entry{List: LogOf(listTickets+t.State, t.Region), Key: fmt.Sprintf("%09x/%s", at, id), On: on}
}

func ticketOpen(d *draft, with map[string]string, r *flows.Run) ([]flows.Answer, error) {
	a := from(with, r)
	var media *Media
	if a.Media != "" {
		media = &Media{Kind: MediaVoice, Hash: a.Media}
	}
	return given("when", ""), d.ticket(a.Value, media)
}

// ticket hands what was said to a human. From here on, what is said while nothing else
// is under way goes to them.
func (d *draft) ticket(question string, media *Media) error {
	t := Ticket{Address: d.addr, Lang: d.conv.Lang, Question: question, Recent: d.conv.Recent, At: d.now.Unix(), State: TicketOpen, Where: d.where()}
	id := d.e.rand.id()
	if d.person != nil {
		t.Artisan = d.person.ID
		if place, ok := d.person.Value("place"); ok {
			t.Region = d.e.Region(place.Value)
		}
		d.person.Tickets = remembered(d.person.Tickets, id)
	} else {
		d.conv.Tickets = remembered(d.conv.Tickets, id)
	}
	if media != nil && media.Hash != "" {
		t.Media = media.Hash
		d.hold(media.Hash, 1)
	}
	d.conv.Thread = id
	ref := Ref{KindTicket, id}
	d.turn.Expect = append(d.turn.Expect, Expect{ref, 0})
	return d.keepTicket(id, &t, nil)
}

// keepTicket writes a ticket with its place in the lists; before is the ticket as it was.
func (d *draft) keepTicket(id string, t, before *Ticket) error {
	body, err := encode(t)
	if err != nil {
		return err
	}
	d.turn.Changes = append(d.turn.Changes, Change{Ref: Ref{KindTicket, id}, Body: body})
	if before != nil {
		if before.entry(id, true) == t.entry(id, true) {
			return nil
		}
		d.turn.Entries = append(d.turn.Entries, before.entry(id, false))
	}
	d.turn.Entries = append(d.turn.Entries, t.entry(id, true))
	return nil
}

func remembered(ids []string, id string) []string {
	ids = append(ids, id)
	return ids[max(0, len(ids)-maxTickets):]
}

// where is the flow and state that a question arose in: what lies under the
// question itself, or "" when nothing was under way.
func (d *draft) where() string {
	for i := len(d.conv.Stack) - 1; i >= 0; i-- {
		r := &d.conv.Stack[i]
		if r.Flow == "human" {
			continue
		}
		if f, err := d.e.flow(d.ctx, r); err == nil {
			return r.Flow + "/" + f.StateName(r)
		}
	}
	return ""
}

// hold counts a reference to a stored file, or gives one back: the file is swept
// when nobody holds it any more.
func (d *draft) hold(hash string, delta int64) {
	d.turn.Tally = append(d.turn.Tally, Tally{mediaTally + hash, delta})
}

// mediaTally begins the names of the counts of references to stored files.
const mediaTally = "media:"

// dropTickets deletes questions, with their recordings and answers.
func (d *draft) dropTickets(ids []string) error {
	for _, id := range ids {
		ref := Ref{KindTicket, id}
		var t Ticket
		if err := d.load(ref, &t); err != nil {
			return err
		}
		if t.At == 0 {
			continue // gone already
		}
		if t.Media != "" {
			d.hold(t.Media, -1)
		}
		for _, r := range t.Replies {
			if r.Media != "" {
				d.hold(r.Media, -1)
			}
		}
		d.turn.Changes = append(d.turn.Changes, Change{Ref: ref})
		d.turn.Entries = append(d.turn.Entries, t.entry(id, false))
	}
	return nil
}
