package bolt

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

// Lease implements bot.Outbox.
func (s *Store) Lease(_ context.Context, channel string, n int, d time.Duration) ([]bot.Outgoing, error) {
	taken := s.outbox.take(channel, n, d)
	if len(taken) == 0 {
		return nil, nil
	}
	out := make([]bot.Outgoing, 0, len(taken))
	err := s.view("lease", func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(bucketOutbox)
		for _, q := range taken {
			row := bucket.Get(outKey(channel, q.lane, q.id))
			if row == nil {
				continue // erased between
			}
			head, body, err := parseOut(row)
			m := bot.Outgoing{ID: q.id, To: q.to, Lane: q.lane, At: head.at, Attempt: head.attempt, Position: head.position}
			if err == nil {
				err = decodeMessage(slices.Clone(body), &m.Message)
			}
			if err != nil { // one damaged row must not keep the others back
				s.log.Error("a message in the outbox is damaged", "channel", channel, "id", q.id, "error", err)
				continue
			}
			out = append(out, m)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("lease messages: %w", err)
	}
	return out, nil
}

// Settle implements bot.Outbox: the rows join the next commit, or their own after
// settleWait.
func (s *Store) Settle(_ context.Context, results []bot.Sent) error {
	s.settled.put(results)
	return nil
}

// Ready implements bot.Outbox.
func (s *Store) Ready(channel string) <-chan struct{} {
	s.outbox.mu.Lock()
	defer s.outbox.mu.Unlock()
	return s.outbox.hint(channel)
}

// Queued implements bot.Outbox.
func (s *Store) Queued(_ context.Context, channel string) (map[bot.Lane]int, error) {
	s.outbox.mu.Lock()
	defer s.outbox.mu.Unlock()
	out := map[bot.Lane]int{}
	if of := s.outbox.channels[channel]; of != nil {
		for lane, n := range of.counts {
			if n > 0 {
				out[bot.Lane(lane)] = n
			}
		}
	}
	return out, nil
}

// settlements wait for a commit to share.
type settlements struct {
	mu    sync.Mutex
	rows  []bot.Sent
	kick  chan struct{}
	timer *time.Timer
}

func (s *settlements) put(rows []bot.Sent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows = append(s.rows, rows...)
	if s.timer == nil {
		s.timer = time.AfterFunc(settleWait, s.wake)
	}
}

func (s *settlements) wake() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

func (s *settlements) take() []bot.Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := s.rows
	s.rows = nil
	if s.timer != nil {
		s.timer.Stop()
		s.timer = nil
	}
	return rows
}

// putBack keeps what a failed commit could not settle; the next one tries again,
// or its own when nobody else comes.
func (s *settlements) putBack(rows []bot.Sent) {
	if len(rows) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows = append(rows, s.rows...)
	if s.timer == nil {
		s.timer = time.AfterFunc(probeEvery, s.wake)
	}
}
