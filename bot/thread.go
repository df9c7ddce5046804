package bot

import (
	"strings"
	"time"

	"maalem/flows/understand"
)

// A thread is the exchange with an adviser about one ticket. While it lasts, what the
// person says goes to them, as long as no question of ours is under way; words that work
// everywhere and lines of the menu still do.

// Buttons under an adviser's answer; the ticket's ID follows.
const (
	pressSolved    = "u.ok."
	pressNotSolved = "u.no."
)

// timerTicket closes a ticket on whose answer nobody said anything.
const timerTicket = "ticket"

// closeAfter is how long an answer waits for "that solved it".
const closeAfter = 7 * 24 * time.Hour

// threaded tells whether an Inbound belongs to the open thread: nothing is under way but
// the menu, and the words are none of its lines.
func (d *draft) threaded(in *Inbound) bool {
	if d.conv.Thread == "" || in.Press != "" || in.Contact != nil || in.Place != nil {
		return false
	}
	if in.Media == nil && understand.Clean(in.Text) == "" {
		return false
	}
	switch top := d.conv.top(); {
	case top == nil:
		return in.Text == "" || !d.inMenu(in.Text)
	case top.Flow == menuFlow:
		return in.Text == "" || !d.offered(in.Text)
	}
	return false
}

// inMenu tells whether words name a line of the menu, as they always may; a number is
// one only where the menu is to be seen.
func (d *draft) inMenu(text string) bool {
	if _, number := understand.Number(text); number {
		return false
	}
	f, env := d.e.flows[menuFlow], d.env(nil)
	env.Nonce = d.e.rand.nonce()
	st, err := f.Start(env)
	return err == nil && !st.Ended && f.Offers(st.Run, text, env)
}

// relay adds what the person said to the thread. A ticket that was deleted or closed
// meanwhile ends it, and false tells that the words are still to be understood.
func (d *draft) relay(in *Inbound) (bool, error) {
	id := d.conv.Thread
	var t Ticket
	if err := d.load(Ref{KindTicket, id}, &t); err != nil {
		return false, err
	}
	if t.At == 0 || t.State == TicketClosed {
		d.conv.Thread = ""
		return false, nil
	}
	before := t
	text := understand.Clean(in.Text)
	if t.State == TicketAnswered && in.Media == nil && understand.Thanks(text) {
		return true, d.solved(id, &t)
	}
	r := TicketReply{Text: shortened(text, maxReplyText), At: d.now.Unix()}
	if in.Media != nil {
		r.Media, r.Kind = in.Media.Hash, in.Media.Kind
		d.hold(r.Media, 1)
	}
	d.reply(&t, r)
	if t.State != TicketOpen {
		t.State, t.Since = TicketOpen, d.now.Unix()
	}
	if err := d.keepTicket(id, &t, &before); err != nil {
		return false, err
	}
	// Said once: whoever writes five lines is not answered five times.
	if said, _ := d.e.Texts("ticket.relayed"); d.lastSaid() != remembering(d.render(said, nil)) {
		d.say("ticket.relayed", nil)
	}
	return true, nil
}

// maxReplyText bounds one thing said in a thread, in characters.
const maxReplyText = 2000

func shortened(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// reply keeps something said, and lets the oldest go.
func (d *draft) reply(t *Ticket, r TicketReply) {
	t.Replies = append(t.Replies, r)
	if n := len(t.Replies) - maxReplies; n > 0 {
		for _, gone := range t.Replies[:n] {
			if gone.Media != "" {
				d.hold(gone.Media, -1)
			}
		}
		t.Replies = t.Replies[n:]
	}
}

// lastSaid is the last line that the person was told, as it is remembered.
func (d *draft) lastSaid() string {
	for i := len(d.conv.Recent) - 1; i >= 0; i-- {
		if !d.conv.Recent[i].Them {
			return d.conv.Recent[i].Text
		}
	}
	return ""
}

// judged takes the button under an adviser's answer. What it carries is checked as
// untrusted: only a ticket of this address is touched.
func (d *draft) judged(press string) (bool, error) {
	id, ok := strings.CutPrefix(press, pressSolved)
	again, no := strings.CutPrefix(press, pressNotSolved)
	if no {
		id = again
	}
	if !ok && !no {
		return false, nil
	}
	var t Ticket
	if err := d.load(Ref{KindTicket, id}, &t); err != nil {
		return false, err
	}
	if t.At == 0 || t.Address != d.addr {
		d.say("late.button", nil)
		return true, d.again()
	}
	if ok {
		if t.State == TicketClosed { // a double tap
			return true, nil
		}
		return true, d.solved(id, &t)
	}
	before := t
	if d.conv.Thread = id; t.State != TicketOpen {
		t.State, t.Since = TicketOpen, d.now.Unix()
		if err := d.keepTicket(id, &t, &before); err != nil {
			return false, err
		}
	}
	d.say("ticket.more", nil)
	return true, nil
}

// solved closes a ticket with the person's word for it.
func (d *draft) solved(id string, t *Ticket) error {
	before := *t
	t.State, t.Since = TicketClosed, d.now.Unix()
	if d.conv.Thread == id {
		d.conv.Thread = ""
	}
	d.say("ticket.closed", nil)
	return d.keepTicket(id, t, &before)
}

// closeTicket is the timer's way: nobody said anything, so nothing is said.
func (d *draft) closeTicket(id string) (Turn, error) {
	var t Ticket
	if err := d.load(Ref{KindTicket, id}, &t); err != nil {
		return Turn{}, err
	}
	if t.State != TicketAnswered || d.read[0].Body == nil {
		return Turn{At: d.now, Fired: d.turn.Fired}, nil
	}
	before := t
	t.State, t.Since = TicketClosed, d.now.Unix()
	if d.conv.Thread == id {
		d.conv.Thread = ""
	}
	if err := d.keepTicket(id, &t, &before); err != nil {
		return Turn{}, err
	}
	return d.close()
}
