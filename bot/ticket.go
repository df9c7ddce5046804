package bot

import (
	"maalem/flows"
	"maalem/locales"
)

// Ticket is a question to a human.
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
	State    string // open, taken, answered, closed
}

// maxTickets is how many of a person's or an address's questions are remembered
// by it, for deleting; nobody reaches it in years.
const maxTickets = 200

func ticketOpen(d *draft, with map[string]string, r *flows.Run) ([]flows.Answer, error) {
	a := from(with, r)
	var media *Media
	if a.Media != "" {
		media = &Media{Kind: MediaVoice, Hash: a.Media}
	}
	return given("when", ""), d.ticket(a.Value, media)
}

// ticket hands what was said to a human.
func (d *draft) ticket(question string, media *Media) error {
	t := Ticket{Address: d.addr, Lang: d.conv.Lang, Question: question, Recent: d.conv.Recent, At: d.now.Unix(), State: "open", Where: d.where()}
	id := d.e.rand.id()
	if d.person != nil {
		t.Artisan = d.person.ID
		d.person.Tickets = remembered(d.person.Tickets, id)
	} else {
		d.conv.Tickets = remembered(d.conv.Tickets, id)
	}
	if media != nil && media.Hash != "" {
		t.Media = media.Hash
		d.hold(media.Hash, 1)
	}
	body, err := encode(&t)
	if err != nil {
		return err
	}
	ref := Ref{KindTicket, id}
	d.turn.Expect = append(d.turn.Expect, Expect{ref, 0})
	d.turn.Changes = append(d.turn.Changes, Change{Ref: ref, Body: body})
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

// dropTickets deletes questions, with their recordings.
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
		d.turn.Changes = append(d.turn.Changes, Change{Ref: ref})
	}
	return nil
}
