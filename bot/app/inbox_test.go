package app

import (
	"errors"
	"strings"
	"testing"
	"time"

	"maalem/bot"
)

var (
	souss  = bot.Scope{Regions: []string{"MA-09"}} // Tiznit is there
	fes    = bot.Scope{Regions: []string{"MA-03"}}
	noted  = bot.LogRow{Log: bot.LogAudit, Body: []byte("x")}
	asking = append(registering[:len(registering):len(registering)], "un conseiller", "Combien coûte un stand ?")
)

// waiting is what a scope finds in a state.
func (w *world) waiting(scope bot.Scope, state string) []bot.Question {
	w.t.Helper()
	found, _, err := w.engine.Inbox(w.t.Context(), w.store.(bot.Lists), scope, state, "", 10)
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

// one is the only ticket in a state, and in no other.
func (w *world) one(state string) bot.Question {
	w.t.Helper()
	var found []bot.Question
	for _, s := range []string{bot.TicketOpen, bot.TicketAnswered, bot.TicketClosed} {
		got := w.waiting(souss, s)
		if s == state {
			found = got
		} else if len(got) > 0 {
			w.t.Fatalf("%d tickets are %s, want only one that is %s", len(got), s, state)
		}
	}
	if len(found) != 1 {
		w.t.Fatalf("%d tickets are %s, want 1", len(found), state)
	}
	return found[0]
}

// pressed sends a button's data.
func (w *world) pressed(who, data string) string {
	w.t.Helper()
	in := w.inbound(who, "")
	in.Press = data
	if err := w.engine.Handle(w.t.Context(), in); err != nil {
		w.t.Fatal(err)
	}
	return w.last(who)
}

// button is the data of the newest message's n-th button.
func (w *world) button(who string, n int) string {
	w.t.Helper()
	lines := w.lines(who)
	choices := lines[len(lines)-1].Message.Choices
	if len(choices) <= n {
		w.t.Fatalf("%d buttons under %q", len(choices), lines[len(lines)-1].Message.Text)
	}
	return choices[n].Data
}

// A question goes to the staff of the region, is taken by one of them and answered in
// the chat; what the person says meanwhile goes with it, and they say when it is solved.
func TestThread(t *testing.T) {
	w := newWorld(t, nil)
	w.has(w.says("anna", asking...), "conseiller")
	q := w.one(bot.TicketOpen)
	if q.Question != "Combien coûte un stand ?" || len(w.waiting(fes, bot.TicketOpen)) != 0 || len(w.waiting(bot.Nation, bot.TicketOpen)) != 1 {
		t.Fatalf("%+v is not seen by those who should, or by others", q)
	}
	w.has(w.says("anna", "c'est pour la foire"), "transmis au conseiller")
	if got := w.says("anna", "celle de Tiznit"); got != "" {
		t.Errorf("said again: %q", got)
	}
	w.has(w.says("anna", "menu"), "Que voulez-vous faire")
	w.has(w.says("anna", "5"), "Zineb") // a line of the menu
	w.says("anna", "menu")
	voice := w.inbound("anna", "")
	voice.Media = &bot.Media{Kind: bot.MediaVoice, Hash: "0123"}
	if err := w.engine.Handle(t.Context(), voice); err != nil {
		t.Fatal(err)
	}
	q = w.one(bot.TicketOpen)
	if n := len(q.Replies); n != 3 || q.Replies[0].Text != "c'est pour la foire" || q.Replies[2].Media != "0123" {
		t.Fatalf("the thread: %+v", q.Replies)
	}

	ctx := t.Context()
	if err := w.engine.TakeQuestion(ctx, souss, q.ID, "naima", false, noted); err != nil {
		t.Fatal(err)
	}
	if err := w.engine.TakeQuestion(ctx, souss, q.ID, "omar", false, noted); !errors.Is(err, bot.ErrTaken) {
		t.Errorf("taken twice: %v", err)
	}
	if err := w.engine.AnswerQuestion(ctx, fes, q.ID, "omar", bot.Reply{Text: "x"}, noted); !errors.Is(err, bot.ErrGone) {
		t.Errorf("answered from another region: %v", err)
	}
	if err := w.engine.AnswerQuestion(ctx, souss, q.ID, "naima", bot.Reply{Text: "  "}, noted); !errors.Is(err, bot.ErrEmpty) {
		t.Errorf("an empty answer: %v", err)
	}
	if err := w.engine.AnswerQuestion(ctx, souss, q.ID, "naima", bot.Reply{Text: "200 dirhams <b>\u202e"}, noted); err != nil {
		t.Fatal(err)
	}
	w.one(bot.TicketAnswered)
	w.has(w.last("anna"), "200 dirhams")
	w.has(w.last("anna"), "Combien coûte un stand ?")
	w.has(w.last("anna"), "réglée")
	solved, not := w.button("anna", 0), w.button("anna", 1)

	w.says("brik", registering...)
	w.pressed("brik", solved) // somebody else, by a forged button
	w.one(bot.TicketAnswered)
	w.has(w.pressed("anna", not), "ce qui manque")
	w.one(bot.TicketOpen)
	w.says("anna", "et la table ?")
	if err := w.engine.AnswerQuestion(ctx, souss, q.ID, "naima", bot.Reply{Voice: &bot.Media{Kind: bot.MediaVoice, Hash: "4567"}}, noted); err != nil {
		t.Fatal(err)
	}
	lines := w.lines("anna")
	if m := lines[len(lines)-1].Message.Media; m == nil || m.Hash != "4567" {
		t.Errorf("the spoken answer is not there: %+v", m)
	}
	w.has(w.says("anna", "merci"), "je ferme cette question")
	w.one(bot.TicketClosed)
	w.pressed("anna", solved) // a late tap
	w.one(bot.TicketClosed)
	w.has(w.says("anna", "bghit nssadar zrabi"), "C'est noté") // no longer the adviser's
}

// An answer on which nobody says anything is closed after a week, in silence; one more
// word of the person opens it again.
func TestThreadClosesByItself(t *testing.T) {
	w := newWorld(t, nil)
	w.says("anna", asking...)
	q := w.one(bot.TicketOpen)
	if err := w.engine.AnswerQuestion(t.Context(), souss, q.ID, "naima", bot.Reply{Text: "200"}, noted); err != nil {
		t.Fatal(err)
	}
	w.wait(6 * 24 * time.Hour)
	w.fire()
	w.has(w.says("anna", "et le transport ?"), "transmis")
	w.one(bot.TicketOpen)
	w.wait(2 * 24 * time.Hour)
	w.fire() // the timer of the first answer
	w.one(bot.TicketOpen)
	if err := w.engine.AnswerQuestion(t.Context(), souss, q.ID, "naima", bot.Reply{Text: "gratuit"}, noted); err != nil {
		t.Fatal(err)
	}
	said := len(w.lines("anna"))
	w.wait(7*24*time.Hour + time.Minute)
	w.fire()
	w.one(bot.TicketClosed)
	if n := len(w.lines("anna")); n != said {
		t.Errorf("%d lines were said at closing", n-said)
	}
}

// While an adviser talks with somebody, the nudge about a half registration waits.
func TestThreadPausesNudges(t *testing.T) {
	w := newWorld(t, nil)
	w.says("anna", registering[:5]...)
	w.says("anna", "un conseiller", "Qui êtes-vous ?")
	said := len(w.lines("anna"))
	w.wait(48 * time.Hour)
	w.fire()
	if n := len(w.lines("anna")); n != said {
		t.Errorf("nudged: %q", w.last("anna"))
	}
	q := w.waiting(bot.Nation, bot.TicketOpen)
	if len(q) != 1 || q[0].Region != "" {
		t.Fatalf("%+v", q)
	}
	if err := w.engine.CloseQuestion(t.Context(), bot.Nation, q[0].ID, noted); err != nil {
		t.Fatal(err)
	}
	w.wait(24 * time.Hour)
	w.fire()
	if n := len(w.lines("anna")); n == said {
		t.Error("not nudged when the adviser was done")
	}
}

// Whoever deletes their data takes their questions out of the inbox, answers too.
func TestThreadDeleted(t *testing.T) {
	w := newWorld(t, nil)
	w.says("anna", asking...)
	q := w.one(bot.TicketOpen)
	if err := w.engine.AnswerQuestion(t.Context(), souss, q.ID, "naima", bot.Reply{Voice: &bot.Media{Kind: bot.MediaVoice, Hash: "4567"}}, noted); err != nil {
		t.Fatal(err)
	}
	w.has(w.says("anna", shownCode.FindString(w.says("anna", "supprimer mes données"))), "preuve")
	for _, state := range []string{bot.TicketOpen, bot.TicketAnswered, bot.TicketClosed} {
		if keys, _ := w.store.(bot.Lists).Listed(t.Context(), bot.Nation, "tickets-"+state, "", 9); len(keys) > 0 {
			t.Errorf("%s: %v", state, keys)
		}
	}
	if files, _ := w.store.Tallies(t.Context(), "media:", 9); len(files) > 0 {
		t.Errorf("still held: %v", files)
	}
	if err := w.engine.AnswerQuestion(t.Context(), souss, q.ID, "naima", bot.Reply{Text: "x"}, noted); !errors.Is(err, bot.ErrGone) {
		t.Errorf("answered a question that is gone: %v", err)
	}
}

// On a shared phone, the next person's words do not go to the adviser of the last one.
func TestThreadIsOnePersons(t *testing.T) {
	w := newWorld(t, nil)
	w.says("anna", asking...)
	q := w.one(bot.TicketOpen)
	w.says("anna", "ce n'est pas moi", "quelqu'un d'autre")
	w.says("anna", "oui", "oui", "Brahim", "potier", "safi", "homme", "non", "oui")
	if got := w.says("anna", "il fait beau"); strings.Contains(got, "transmis") {
		t.Errorf("relayed before the answer: %q", got)
	}
	if err := w.engine.AnswerQuestion(t.Context(), souss, q.ID, "naima", bot.Reply{Text: "200"}, noted); err != nil {
		t.Fatal(err)
	}
	if got := w.says("anna", "il fait beau"); strings.Contains(got, "transmis") {
		t.Errorf("relayed after the answer: %q", got)
	}
	if q = w.one(bot.TicketAnswered); len(q.Replies) != 1 {
		t.Errorf("the other person's words are in the thread: %+v", q.Replies)
	}
}

// Questions of a program that had no lists are found, a damaged one is left out, and all
// that once.
func TestListTickets(t *testing.T) {
	w := newWorld(t, nil)
	older := func(id string, body []byte) {
		ref := bot.Ref{Kind: bot.KindTicket, ID: id}
		if err := w.store.Commit(t.Context(), bot.Turn{Expect: []bot.Expect{{Ref: ref}}, Changes: []bot.Change{{Ref: ref, Body: body}}}); err != nil {
			t.Fatal(err)
		}
	}
	body, err := bot.EncodeRecord(&bot.Ticket{Address: address("anna"), Question: "older?", At: 7, State: bot.TicketOpen})
	if err != nil {
		t.Fatal(err)
	}
	older("OLDER", body)
	older("DAMAGED", []byte("x"))
	if err := w.engine.ListTickets(t.Context(), w.store); err != nil {
		t.Fatal(err)
	}
	if got := w.waiting(bot.Nation, bot.TicketOpen); len(got) != 1 || got[0].Question != "older?" {
		t.Fatalf("listed: %+v", got)
	}
	keys, _ := w.store.(bot.Lists).Listed(t.Context(), bot.Nation, "tickets-open", "", 9)
	if err := w.store.Commit(t.Context(), bot.Turn{Entries: []bot.Entry{{List: "tickets-open", Key: keys[0]}}}); err != nil {
		t.Fatal(err)
	}
	if err := w.engine.ListTickets(t.Context(), w.store); err != nil {
		t.Fatal(err)
	}
	if got := w.waiting(bot.Nation, bot.TicketOpen); len(got) != 0 {
		t.Errorf("listed a second time: %+v", got)
	}
}
