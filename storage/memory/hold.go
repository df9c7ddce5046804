package memory

import (
	"context"
	"slices"
	"time"

	"maalem/bot"
)

// Hold implements bot.Hold.
func (s *Store) Hold(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = s.now()
	for _, m := range s.outbox {
		s.tally(bot.Tally{Name: "unsure:" + m.To.Channel, Delta: 1})
	}
	s.unsure = append(s.unsure, s.outbox...)
	s.outbox = nil
	return nil
}

// Release implements bot.Hold.
func (s *Store) Release(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = time.Time{}
	return nil
}

// Held implements bot.Hold.
func (s *Store) Held(context.Context) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held, nil
}

// Unsure implements bot.Hold.
func (s *Store) Unsure(_ context.Context, after uint64, n int) ([]bot.Outgoing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.unsure, func(m bot.Outgoing) bool { return m.ID > after })
	if i < 0 {
		return nil, nil
	}
	return slices.Clone(s.unsure[i:min(i+n, len(s.unsure))]), nil
}
