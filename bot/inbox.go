package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"maalem/locales"
)

// Errors of the inbox.
var (
	// ErrGone: the ticket, or the person who asked, was deleted.
	ErrGone = errors.New("the question is gone")
	// ErrTaken: somebody else took the ticket.
	ErrTaken = errors.New("somebody else took the question")
	// ErrEmpty: an answer without words and without a recording.
	ErrEmpty = errors.New("an empty answer")
)

// Question is a ticket with its ID.
type Question struct {
	ID string
	Ticket
}

// Inbox lists tickets in a state that a scope sees, up to n after a key; next is the key
// to go on from, "" at the end.
func (e *Engine) Inbox(ctx context.Context, lists Lists, scope Scope, state, after string, n int) (found []Question, next string, err error) {
	keys, err := lists.Listed(ctx, scope, listTickets+state, after, n)
	if err != nil {
		return nil, "", err
	}
	refs := make([]Ref, len(keys))
	for i, key := range keys {
		_, id, _ := strings.Cut(key, "/")
		refs[i] = Ref{KindTicket, id}
	}
	if len(keys) == n {
		next = keys[n-1]
	}
	if len(refs) == 0 {
		return nil, "", nil
	}
	rows, err := e.Store.Read(ctx, refs...)
	if err != nil {
		return nil, "", fmt.Errorf("read tickets: %w", err)
	}
	for _, row := range rows {
		q := Question{ID: row.Ref.ID}
		if row.Body == nil {
			continue // deleted in a restored store
		}
		if err := decode(row.Body, &q.Ticket); err != nil {
			e.Log.Error("a question cannot be read, and is left out", "error", err)
			continue
		}
		if q.State == state && scope.Sees(q.Region) {
			found = append(found, q)
		}
	}
	return found, next, nil
}

// Question reads one ticket that a scope sees; ErrGone when there is none.
func (e *Engine) Question(ctx context.Context, scope Scope, id string) (Question, error) {
	q := Question{ID: id}
	got, err := e.Store.Read(ctx, Ref{KindTicket, id})
	if err != nil {
		return q, fmt.Errorf("read ticket: %w", err)
	}
	if got[0].Body == nil {
		return q, ErrGone
	}
	if err := decode(got[0].Body, &q.Ticket); err != nil {
		return q, err
	}
	if !scope.Sees(q.Region) {
		return q, ErrGone
	}
	return q, nil
}

// TakeQuestion makes an account the one who answers; by force also from somebody else.
// With who "" it is given back.
func (e *Engine) TakeQuestion(ctx context.Context, scope Scope, id, who string, force bool, audit LogRow) error {
	return e.onTicket(ctx, scope, id, audit, func(d *draft, t *Ticket) error {
		if t.Holder != "" && t.Holder != who && who != "" && !force {
			return ErrTaken
		}
		t.Holder = who
		return nil
	})
}

// Reply is what an adviser says: words, a recording, or both.
type Reply struct {
	Text  string
	Voice *Media
}

// AnswerQuestion says an answer to the person, where they asked, in their language's
// frame, and asks whether that solved it.
func (e *Engine) AnswerQuestion(ctx context.Context, scope Scope, id, who string, r Reply, audit LogRow) error {
	if r.Text = strings.TrimSpace(r.Text); r.Text == "" && r.Voice == nil {
		return ErrEmpty
	}
	r.Text = shortened(r.Text, maxReplyText)
	return e.onTicket(ctx, scope, id, audit, func(d *draft, t *Ticket) error {
		kept := TicketReply{By: who, Text: r.Text, At: d.now.Unix()}
		if r.Voice != nil {
			kept.Media, kept.Kind = r.Voice.Hash, MediaVoice
			d.hold(r.Voice.Hash, 1)
		}
		d.reply(t, kept)
		t.State, t.Since, t.Holder = TicketAnswered, d.now.Unix(), who
		if t.Artisan == d.conv.Artisan { // else somebody else is using the phone just now
			d.conv.Thread = id
		}
		d.turn.Timers = append(d.turn.Timers, Timer{ID: timerTicket + "/" + id, Owner: d.addr.String(), Kind: timerTicket, Due: d.now.Add(closeAfter), Body: []byte(id)})
		intro, _ := d.e.Texts("ticket.answered") // present: New checked engineTexts
		solved, _ := d.e.Texts("ticket.solved")
		yes, _ := d.e.Texts("button.solved")
		no, _ := d.e.Texts("button.not_solved")
		m := Message{Lang: d.lang(), Text: "💬 " + d.render(intro, nil), Media: r.Voice,
			Choices: []Button{{Data: pressSolved + id, Label: yes.Label(d.lang()), Twin: yes.Twin(d.lang())}, {Data: pressNotSolved + id, Label: no.Label(d.lang()), Twin: no.Twin(d.lang())}}}
		if t.Question != "" {
			m.Text += "\n« " + locales.Isolate(shortened(t.Question, maxQuoted)) + " »"
		}
		if r.Text != "" {
			m.Text += "\n\n" + locales.Isolate(r.Text)
		}
		m.Text += "\n\n" + d.render(solved, nil)
		d.send(m)
		return nil
	})
}

// maxQuoted is how much of a question an answer repeats, in characters.
const maxQuoted = 80

// CloseQuestion ends a ticket without a word: it was answered elsewhere, or is none.
func (e *Engine) CloseQuestion(ctx context.Context, scope Scope, id string, audit LogRow) error {
	return e.onTicket(ctx, scope, id, audit, func(d *draft, t *Ticket) error {
		t.State, t.Since = TicketClosed, d.now.Unix()
		if d.conv.Thread == id {
			d.conv.Thread = ""
		}
		return nil
	})
}

// onTicket commits what an act makes of a ticket, with its row of the audit.
func (e *Engine) onTicket(ctx context.Context, scope Scope, id string, audit LogRow, act func(*draft, *Ticket) error) error {
	for range maxConflicts {
		q, err := e.Question(ctx, scope, id)
		if err != nil {
			return err
		}
		d, err := e.open(ctx, q.Address, nil)
		if err != nil {
			return err
		}
		var t Ticket
		if err := d.load(Ref{KindTicket, id}, &t); err != nil {
			return err
		}
		if d.read[0].Body == nil || t.At == 0 {
			return ErrGone
		}
		before := t
		if err := act(d, &t); err != nil {
			return err
		}
		if err := d.keepTicket(id, &t, &before); err != nil {
			return err
		}
		for i := range d.turn.Out {
			d.turn.Out[i].Lane = LaneService
		}
		d.turn.Append = append(d.turn.Append, audit)
		turn, err := d.close()
		if err != nil {
			return err
		}
		switch err := e.Store.Commit(ctx, turn); {
		case err == nil:
			return nil
		case !errors.Is(err, ErrConflict):
			return fmt.Errorf("write ticket: %w", err)
		}
	}
	return ErrConflict
}

// ListTickets puts the tickets of an older program into the lists, once.
func (e *Engine) ListTickets(ctx context.Context, people People) error {
	done := Ref{KindSetting, "tickets-listed"}
	got, err := e.Store.Read(ctx, done)
	if err != nil || got[0].Body != nil {
		return err
	}
	for after := ""; ; {
		page, err := people.Page(ctx, KindTicket, after, reindexSlice)
		if err != nil {
			return fmt.Errorf("list tickets: %w", err)
		}
		if len(page) == 0 {
			break
		}
		after = page[len(page)-1].Ref.ID
		turn := Turn{At: e.Now()}
		for _, row := range page {
			var t Ticket
			if err := decode(row.Body, &t); err != nil {
				e.Log.Error("a question cannot be read, and is left out", "error", err)
				continue // it must not keep the program from starting
			}
			turn.Entries = append(turn.Entries, t.entry(row.Ref.ID, true))
		}
		if err := e.Store.Commit(ctx, turn); err != nil {
			return fmt.Errorf("list tickets: %w", err)
		}
	}
	return e.Store.Commit(ctx, Turn{At: e.Now(), Expect: []Expect{{done, got[0].Version}}, Changes: []Change{{Ref: done, Body: []byte{1}}}})
}
