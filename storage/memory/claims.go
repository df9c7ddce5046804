package memory

import (
	"slices"
	"time"

	"maalem/bot"
)

// claims are the holders of one event's seats, in the order in which they came.
type claims struct{ granted, waiting []string }

func (s *Store) claimsOf(event string) *claims {
	if s.claims[event] == nil {
		s.claims[event] = &claims{}
	}
	return s.claims[event]
}

func (s *Store) claim(c *bot.Claim) (bot.Outcome, int) {
	held := s.claimsOf(c.Event)
	switch {
	case slices.Contains(held.granted, c.Holder) || slices.Contains(held.waiting, c.Holder):
		return bot.Already, slices.Index(held.waiting, c.Holder) + 1
	case c.Closed:
		return bot.Closed, 0
	case len(held.granted) < c.Seats && !c.Reserve:
		held.granted = append(held.granted, c.Holder)
		return bot.Granted, 0
	}
	held.waiting = append(held.waiting, c.Holder)
	return bot.Waiting, len(held.waiting)
}

// release gives a place back and lets move up whom there is room for.
func (s *Store) release(r bot.Release, at time.Time) {
	held := s.claimsOf(r.Event)
	most := len(held.waiting)
	if r.Holder != "" {
		delete(s.timers, bot.MovedTimer(r.Event, r.Holder, at).ID)
		most = 0
		if i := slices.Index(held.granted, r.Holder); i >= 0 {
			held.granted = slices.Delete(held.granted, i, i+1)
			most = 1
		} else if i := slices.Index(held.waiting, r.Holder); i >= 0 {
			held.waiting = slices.Delete(held.waiting, i, i+1)
		}
	}
	for ; most > 0 && len(held.waiting) > 0 && len(held.granted) < r.Seats; most-- {
		first := held.waiting[0]
		held.waiting = held.waiting[1:]
		held.granted = append(held.granted, first)
		t := bot.MovedTimer(r.Event, first, at)
		s.timers[t.ID] = t
	}
}
