package bolt

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

// queued is a row of the outbox as memory knows it: who and in which order, never
// what is said.
type queued struct {
	id    uint64
	to    bot.Address
	lane  bot.Lane
	until time.Time // leased, or not to be tried, before then
}

// lanes is the order of the outbox in memory, rebuilt when the store opens.
// Leases live here only: one process owns the file.
type lanes struct {
	mu    sync.Mutex
	now   func() time.Time
	rows  map[string]*[bot.LaneAnnounce + 1][]queued // channel → lane → rows by id
	ready map[string]chan struct{}
}

func newLanes(now func() time.Time) *lanes {
	return &lanes{now: now, rows: map[string]*[bot.LaneAnnounce + 1][]queued{}, ready: map[string]chan struct{}{}}
}

func (l *lanes) load(tx *bbolt.Tx) error {
	return tx.Bucket(bucketOutbox).ForEach(func(k, v []byte) error {
		channel, rest, err := cutPart(k)
		if err != nil || len(rest) != 9 {
			return errCorrupt
		}
		head, _, err := parseOut(v)
		if err != nil {
			return err
		}
		l.add(queued{id: binary.BigEndian.Uint64(rest[1:]), to: bot.Address{Channel: string(channel), ID: head.id}, lane: bot.Lane(rest[0])})
		return nil
	})
}

func (l *lanes) add(q queued) {
	of := l.rows[q.to.Channel]
	if of == nil {
		of = new([bot.LaneAnnounce + 1][]queued)
		l.rows[q.to.Channel] = of
	}
	if int(q.lane) < len(of) {
		of[q.lane] = append(of[q.lane], q)
	}
}

// find gives the place of a row; rows lie in ascending ids.
func (l *lanes) find(r bot.Sent) (rows *[]queued, at int, ok bool) {
	of := l.rows[r.To.Channel]
	if of == nil || int(r.Lane) >= len(of) {
		return nil, 0, false
	}
	rows = &of[r.Lane]
	at, ok = slices.BinarySearchFunc(*rows, r.ID, func(q queued, id uint64) int {
		switch {
		case q.id < id:
			return -1
		case q.id > id:
			return 1
		}
		return 0
	})
	return rows, at, ok
}

// apply follows a commit.
func (l *lanes) apply(added []queued, removed, retried []bot.Sent, erased []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	woken := map[string]bool{}
	for _, owner := range erased {
		for _, of := range l.rows {
			for lane := range of {
				of[lane] = slices.DeleteFunc(of[lane], func(q queued) bool { return q.to.String() == owner })
			}
		}
	}
	for _, r := range removed {
		if rows, i, ok := l.find(r); ok {
			*rows = slices.Delete(*rows, i, i+1)
		}
		woken[r.To.Channel] = true // the address's next message may go
	}
	for _, r := range retried {
		if rows, i, ok := l.find(r); ok {
			(*rows)[i].until = r.RetryAt
		}
	}
	for _, q := range added {
		l.add(q)
		woken[q.to.Channel] = true
	}
	for channel := range woken {
		select {
		case l.hint(channel) <- struct{}{}:
		default:
		}
	}
}

func (l *lanes) hint(channel string) chan struct{} {
	if l.ready[channel] == nil {
		l.ready[channel] = make(chan struct{}, 1)
	}
	return l.ready[channel]
}

// take leases up to n rows: lowest lane first, oldest first, one per address.
func (l *lanes) take(channel string, n int, d time.Duration) []queued {
	l.mu.Lock()
	defer l.mu.Unlock()
	of := l.rows[channel]
	if of == nil {
		return nil
	}
	now := l.now()
	busy := map[bot.Address]bool{}
	for lane := range of {
		for _, q := range of[lane] {
			if q.until.After(now) {
				busy[q.to] = true
			}
		}
	}
	var out []queued
	for lane := range of {
		for i := range of[lane] {
			q := &of[lane][i]
			if len(out) == n {
				return out
			}
			if busy[q.to] {
				continue
			}
			busy[q.to] = true
			q.until = now.Add(d)
			out = append(out, *q)
		}
	}
	return out
}

// Lease implements bot.Outbox.
func (s *Store) Lease(_ context.Context, channel string, n int, d time.Duration) ([]bot.Outgoing, error) {
	taken := s.outbox.take(channel, n, d)
	if len(taken) == 0 {
		return nil, nil
	}
	out := make([]bot.Outgoing, 0, len(taken))
	err := s.db.View(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(bucketOutbox)
		for _, q := range taken {
			row := bucket.Get(outKey(channel, q.lane, q.id))
			if row == nil {
				continue // erased between
			}
			head, body, err := parseOut(row)
			if err != nil {
				return err
			}
			m := bot.Outgoing{ID: q.id, To: q.to, Lane: q.lane, At: head.at, Attempt: head.attempt, Position: head.position}
			if err := decodeMessage(slices.Clone(body), &m.Message); err != nil {
				return err
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
	if of := s.outbox.rows[channel]; of != nil {
		for lane, rows := range of {
			if len(rows) > 0 {
				out[bot.Lane(lane)] = len(rows)
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

// putBack keeps what a failed commit could not settle; the next one tries again.
func (s *settlements) putBack(rows []bot.Sent) {
	if len(rows) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows = append(rows, s.rows...)
}
