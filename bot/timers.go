package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"maalem/flows"
	"maalem/locales"
)

// Timer kinds.
const (
	timerHalf   = "half"   // a registration was left half-way: resumed once, after a day
	timerExpire = "expire" // a conversation without a person ends after 30 days
)

// Waits of the timers. The hour is one at which a message disturbs nobody.
const (
	expireAfter = 30 * 24 * time.Hour
	halfHour    = 10
	halfTooLate = 5 * 24 * time.Hour
)

// remind sets and cancels the timers of a conversation as it is now.
func (d *draft) remind() error {
	newcomer := d.person == nil && d.read[0].Version == 0
	if !d.created && !newcomer && (d.before == nil || d.before.Finished) {
		return nil // most turns by far
	}
	owner := d.addr.String()
	half := Timer{ID: timerHalf + "/" + owner, Owner: owner, Kind: timerHalf, Zone: d.e.Zone.String()}
	unfinished := d.person != nil && !d.person.Finished
	was := d.before != nil && !d.before.Finished
	switch {
	case unfinished && d.created:
		tomorrow := d.now.AddDate(0, 0, 1)
		due := time.Date(tomorrow.Year(), tomorrow.Month(), tomorrow.Day(), halfHour, 0, 0, 0, d.e.Zone)
		if due.Sub(d.now) < 20*time.Hour {
			due = due.AddDate(0, 0, 1)
		}
		half.Due, half.Wall, half.NotAfter = due, due.Format("2006-01-02T15:04"), due.Add(halfTooLate)
		d.turn.Timers = append(d.turn.Timers, half)
	case was && !unfinished:
		d.turn.Cancel = append(d.turn.Cancel, half.ID)
	}
	expire := Timer{ID: timerExpire + "/" + owner, Owner: owner, Kind: timerExpire}
	switch {
	case d.created:
		d.turn.Cancel = append(d.turn.Cancel, expire.ID)
	case newcomer:
		expire.Due = d.now.Add(expireAfter)
		d.turn.Timers = append(d.turn.Timers, expire)
	}
	return nil
}

// Fire carries out a due timer as a turn. An error means that nothing happened and the
// timer is still due; one that fails for its own sake is put aside, so that it does not
// stand before the others for ever.
func (e *Engine) Fire(ctx context.Context, t Timer) error {
	switch why, err := e.attempt(ctx, nil, &t); {
	case why != nil:
		return e.setAside(ctx, t, why)
	case err != nil && !errors.Is(err, ErrDuplicate):
		return fmt.Errorf("fire a timer: %w", err)
	}
	return nil
}

// setAside takes a failing timer out of the store and keeps what it was.
func (e *Engine) setAside(ctx context.Context, t Timer, why error) error {
	e.stats.Quarantined.Add(1)
	e.Log.Error("timer set aside", "kind", t.Kind, "why", why)
	body, err := encode(Quarantined{Key: t.ID, Text: t.Kind, Why: why.Error()})
	if err != nil {
		return err
	}
	err = e.Store.Commit(ctx, Turn{At: e.Now(), Fired: &t, Append: []LogRow{{LogQuarantine, t.Owner, body}}})
	if err != nil && !errors.Is(err, ErrDuplicate) {
		return fmt.Errorf("set a timer aside: %w", err)
	}
	return nil
}

func (e *Engine) fire(ctx context.Context, t Timer) (_ Turn, err error) {
	defer e.recovered(&err)
	addr, ok := ParseAddress(t.Owner)
	if !ok {
		return Turn{At: e.Now(), Fired: &t}, nil
	}
	d, err := e.open(ctx, addr, nil)
	if err != nil {
		return Turn{}, err
	}
	d.turn.Fired = &t
	if t.Due.After(d.now) || !t.NotAfter.IsZero() && t.NotAfter.Before(d.now) {
		return Turn{At: d.now, Fired: &t}, nil
	}
	switch t.Kind {
	case timerExpire:
		return d.expire(t)
	case timerLink:
		return d.expireLink(t)
	case timerTicket:
		return d.closeTicket(string(t.Body))
	case timerHalf:
		if d.conv.Thread != "" { // an adviser is talking with them: later
			next := t
			next.Due, next.Wall = t.Due.AddDate(0, 0, 1), ""
			return Turn{At: d.now, Fired: &t, Timers: []Timer{next}}, nil
		}
		top := d.conv.top()
		if d.person == nil || d.person.Finished || d.conv.Stopped || d.conv.Unreachable || top == nil || top.Flow != "register" {
			return Turn{At: d.now, Fired: &t}, nil
		}
		name, _ := d.person.Value("name")
		d.say("register.half", locales.Args{"name": name.Value})
		if err := d.step(flows.Input{Repeat: true}); err != nil {
			return Turn{}, err
		}
		for i := range d.turn.Out {
			d.turn.Out[i].Lane = LaneService
		}
		return d.close()
	}
	return Turn{At: d.now, Fired: &t}, nil
}

// expire ends a conversation in which nobody registered, or waits on when it was
// used meanwhile.
func (d *draft) expire(t Timer) (Turn, error) {
	if d.person != nil || d.read[0].Body == nil {
		return Turn{At: d.now, Fired: &t}, nil
	}
	if idle := d.now.Sub(time.Unix(d.conv.Active, 0)); idle < expireAfter {
		next := t
		next.Due = time.Unix(d.conv.Active, 0).Add(expireAfter)
		return Turn{At: d.now, Fired: &t, Timers: []Timer{next}}, nil
	}
	return d.turn, d.end()
}

// end removes the conversation of an address on which nobody is registered.
func (d *draft) end() error {
	if err := d.leave(d.addr, &d.conv); err != nil {
		return err
	}
	d.turn.Changes = append(d.turn.Changes, Change{Ref: Ref{KindConversation, d.addr.String()}})
	return nil
}

// Scheduler fires what is due.
type Scheduler struct {
	Engine *Engine
	Timers Timers
	// Every is how often it looks, at the most; due times are not finer than this.
	Every time.Duration
}

// firePace spreads overdue timers after an outage.
const firePace = 50 * time.Millisecond

// Run fires due timers until ctx ends. A timer that fails is tried again at the
// next look; it stays in the store.
func (s *Scheduler) Run(ctx context.Context) error {
	tick := time.NewTicker(s.Every)
	defer tick.Stop()
	for {
		due, err := s.Timers.Due(ctx, s.Engine.Now(), 100)
		if err != nil && !errors.Is(err, ErrHeld) && ctx.Err() == nil {
			s.Engine.Log.Error("timers cannot be read", "error", err)
		}
		for _, t := range due {
			if err := s.Engine.Fire(ctx, t); err != nil && ctx.Err() == nil {
				s.Engine.Log.Error("a timer failed", "kind", t.Kind, "error", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(firePace):
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
