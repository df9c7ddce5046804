// Package memory keeps a store in memory: the throw-away store of `maalem
// simulate` and of tests that need no disk.
//
// It refuses to be durable. Its invariant is the contract of package bot: the
// same answers as a backend with a disk, for one process, until it ends.
package memory

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"maalem/bot"
)

// Store implements bot.Turns, bot.Outbox, bot.Timers, bot.Hold, bot.History and bot.People.
type Store struct {
	mu      sync.Mutex
	now     func() time.Time
	records map[bot.Ref]bot.Stored
	seen    map[string]bool
	outbox  []bot.Outgoing
	unsure  []bot.Outgoing
	held    time.Time
	leases  map[uint64]time.Time
	retry   map[uint64]time.Time
	lastOut uint64
	timers  map[string]bot.Timer
	claims  map[string]*claims
	history map[bot.Address][]bot.Line
	lastSeq uint64
	logs    map[string][]bot.LogLine
	tallies map[string]int64
	lists   map[string]map[string]bool // list → keys
	facets  map[string]map[string]bool // facet → artisan IDs
	words   map[string][]string        // artisan ID → search words
	born    []string                   // artisan IDs in the order in which they came
	ready   map[string]chan struct{}
}

// New makes an empty store that dates by now.
func New(now func() time.Time) *Store {
	return &Store{now: now, records: map[bot.Ref]bot.Stored{}, seen: map[string]bool{}, leases: map[uint64]time.Time{},
		retry: map[uint64]time.Time{}, timers: map[string]bot.Timer{}, claims: map[string]*claims{},
		history: map[bot.Address][]bot.Line{}, logs: map[string][]bot.LogLine{}, tallies: map[string]int64{}, lists: map[string]map[string]bool{},
		facets: map[string]map[string]bool{}, words: map[string][]string{}, ready: map[string]chan struct{}{}}
}

// Read implements bot.Turns.
func (s *Store) Read(_ context.Context, refs ...bot.Ref) ([]bot.Stored, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]bot.Stored, len(refs))
	for i, ref := range refs {
		out[i] = s.records[ref]
		out[i].Ref = ref
		out[i].Body = slices.Clone(out[i].Body)
	}
	return out, nil
}

// check refuses the mistakes in a turn's form that a caller could make by what a person
// wrote; package bolt refuses more.
func check(t *bot.Turn) error {
	for _, e := range t.Expect {
		if e.Ref.Kind == 0 || e.Ref.ID == "" {
			return fmt.Errorf("%w: expects a record without kind or ID", bot.ErrInvalid)
		}
	}
	for _, e := range t.Entries {
		if e.List == "" || e.Key == "" {
			return fmt.Errorf("%w: an entry without list or key", bot.ErrInvalid)
		}
	}
	for i := range t.Changes {
		c := &t.Changes[i]
		if !slices.ContainsFunc(t.Expect, func(e bot.Expect) bool { return e.Ref == c.Ref }) {
			return fmt.Errorf("%w: changes a record of kind %d that it does not expect", bot.ErrInvalid, c.Ref.Kind)
		}
		if err := c.CheckWords(); err != nil {
			return err
		}
	}
	return nil
}

// Commit implements bot.Turns.
func (s *Store) Commit(_ context.Context, t bot.Turn) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := check(&t); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if t.Key != "" && s.seen[t.Key] {
		return bot.ErrDuplicate
	}
	if t.Fired != nil {
		kept, ok := s.timers[t.Fired.ID]
		if !ok || !kept.Due.Equal(t.Fired.Due) {
			return bot.ErrDuplicate
		}
	}
	for _, e := range t.Expect {
		if s.records[e.Ref].Version != e.Version {
			return bot.ErrConflict
		}
	}
	if t.Key != "" {
		s.seen[t.Key] = true
	}
	if t.Fired != nil {
		delete(s.timers, t.Fired.ID)
	}
	s.erase(t.Erase)
	s.apply(bot.Branch{Changes: t.Changes, Timers: t.Timers, Out: t.Out, History: t.History, Tally: t.Tally}, 0)
	for _, id := range t.Cancel {
		delete(s.timers, id)
	}
	for _, r := range t.Release {
		s.release(r, cmp.Or(t.At, s.now()))
	}
	if t.Claim != nil {
		outcome, position := s.claim(t.Claim)
		s.apply(t.Claim.Branch[outcome], position)
	}
	for _, row := range t.Append {
		s.lastSeq++
		rows := append(s.logs[row.Log], bot.LogLine{Seq: s.lastSeq, At: t.At, Owner: row.Owner, Body: row.Body})
		if !bot.Lasting(row.Log) {
			rows = rows[max(0, len(rows)-bot.LogKeep):]
		}
		s.logs[row.Log] = rows
	}
	for _, e := range t.Entries {
		if s.lists[e.List] == nil {
			s.lists[e.List] = map[string]bool{}
		}
		if e.On {
			s.lists[e.List][e.Key] = true
		} else {
			delete(s.lists[e.List], e.Key)
		}
	}
	return nil
}

func (s *Store) tally(c bot.Tally) {
	if s.tallies[c.Name] += c.Delta; s.tallies[c.Name] == 0 {
		delete(s.tallies, c.Name)
	}
}

func (s *Store) apply(b bot.Branch, position int) {
	for _, c := range b.Changes {
		if c.Ref.Kind == bot.KindArtisan {
			s.index(c)
		}
		s.records[c.Ref] = bot.Stored{Ref: c.Ref, Version: s.records[c.Ref].Version + 1, Body: slices.Clone(c.Body)}
		for _, bit := range c.Bits {
			if s.facets[bit.Facet] == nil {
				s.facets[bit.Facet] = map[string]bool{}
			}
			if bit.On {
				s.facets[bit.Facet][c.Ref.ID] = true
			} else {
				delete(s.facets[bit.Facet], c.Ref.ID)
			}
		}
		if c.Body == nil && c.Ref.Kind == bot.KindArtisan {
			for _, members := range s.facets {
				delete(members, c.Ref.ID)
			}
		}
	}
	for _, t := range b.Timers {
		s.timers[t.ID] = t
	}
	for _, m := range b.Out {
		s.lastOut++
		m.ID, m.Position = s.lastOut, position
		s.outbox = append(s.outbox, m)
		select {
		case s.channel(m.To.Channel) <- struct{}{}:
		default:
		}
	}
	for _, h := range b.History {
		s.lastSeq++
		s.history[h.To] = append(s.history[h.To], bot.Line{Seq: s.lastSeq, At: s.now(), Message: h.Message})
		s.show(&h.Message, 1)
	}
	for _, c := range b.Tally {
		s.tally(c)
	}
}

func (s *Store) erase(owners []string) {
	for _, owner := range owners {
		s.unsure = slices.DeleteFunc(s.unsure, func(m bot.Outgoing) bool {
			if m.To.String() == owner {
				s.tally(bot.Tally{Name: "unsure:" + m.To.Channel, Delta: -1})
			}
			return m.To.String() == owner
		})
		s.outbox = slices.DeleteFunc(s.outbox, func(m bot.Outgoing) bool { return m.To.String() == owner })
		maps.DeleteFunc(s.timers, func(_ string, t bot.Timer) bool { return t.Owner == owner })
		maps.DeleteFunc(s.history, func(a bot.Address, lines []bot.Line) bool {
			if a.String() != owner {
				return false
			}
			for i := range lines {
				s.show(&lines[i].Message, -1)
			}
			return true
		})
		for log, rows := range s.logs {
			s.logs[log] = slices.DeleteFunc(rows, func(r bot.LogLine) bool { return r.Owner == owner })
		}
	}
}

// show counts the files that a kept line shows.
func (s *Store) show(m *bot.Message, delta int64) {
	for _, f := range []*bot.Media{m.Media, m.Recording} {
		if f != nil && f.Hash != "" {
			s.tally(bot.Tally{Name: "media:" + f.Hash, Delta: delta})
		}
	}
}

// Lease implements bot.Outbox.
func (s *Store) Lease(_ context.Context, channel string, n int, d time.Duration) ([]bot.Outgoing, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	rows := slices.Clone(s.outbox)
	sort.SliceStable(rows, func(i, j int) bool { return rows[i].Lane < rows[j].Lane })
	busy := map[bot.Address]bool{}
	for _, m := range rows {
		if s.leases[m.ID].After(now) || s.retry[m.ID].After(now) {
			busy[m.To] = true
		}
	}
	var out []bot.Outgoing
	for _, m := range rows {
		if len(out) == n {
			break
		}
		if m.To.Channel != channel || busy[m.To] || !s.held.IsZero() && m.Lane == bot.LaneAnnounce {
			continue
		}
		busy[m.To] = true
		s.leases[m.ID] = now.Add(d)
		out = append(out, m)
	}
	return out, nil
}

// Settle implements bot.Outbox.
func (s *Store) Settle(_ context.Context, results []bot.Sent) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range results {
		delete(s.leases, r.ID)
		delete(s.retry, r.ID)
		i := slices.IndexFunc(s.outbox, func(m bot.Outgoing) bool { return m.ID == r.ID })
		switch {
		case i < 0: // erased meanwhile
		case r.Done:
			s.outbox = slices.Delete(s.outbox, i, i+1)
		default:
			s.outbox[i].Attempt++
			s.retry[r.ID] = r.RetryAt
		}
	}
	return nil
}

// Ready implements bot.Outbox.
func (s *Store) Ready(channel string) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.channel(channel)
}

func (s *Store) channel(name string) chan struct{} {
	if s.ready[name] == nil {
		s.ready[name] = make(chan struct{}, 1)
	}
	return s.ready[name]
}

// Queued implements bot.Outbox.
func (s *Store) Queued(_ context.Context, channel string) (map[bot.Lane]int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[bot.Lane]int{}
	for _, m := range s.outbox {
		if m.To.Channel == channel {
			out[m.Lane]++
		}
	}
	return out, nil
}

// Due implements bot.Timers.
func (s *Store) Due(_ context.Context, now time.Time, n int) ([]bot.Timer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.held.IsZero() {
		return nil, bot.ErrHeld
	}
	var due []bot.Timer
	for _, t := range s.timers {
		if !t.Due.After(now) {
			due = append(due, t)
		}
	}
	slices.SortFunc(due, func(a, b bot.Timer) int { return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.ID, b.ID)) })
	return due[:min(n, len(due))], nil
}

// Next implements bot.Timers.
func (s *Store) Next(context.Context) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next time.Time
	for _, t := range s.timers {
		if next.IsZero() || t.Due.Before(next) {
			next = t.Due
		}
	}
	return next, nil
}

// Lines implements bot.History.
func (s *Store) Lines(_ context.Context, a bot.Address, after uint64, n int) ([]bot.Line, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := s.history[a]
	if after == 0 {
		return slices.Clone(lines[max(0, len(lines)-n):]), nil
	}
	i := sort.Search(len(lines), func(i int) bool { return lines[i].Seq > after })
	return slices.Clone(lines[i:min(i+n, len(lines))]), nil
}

// Page implements bot.People.
func (s *Store) Page(_ context.Context, k bot.Kind, after string, n int) ([]bot.Stored, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []bot.Stored
	for ref, rec := range s.records {
		if ref.Kind == k && ref.ID > after && rec.Body != nil {
			out = append(out, rec)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Ref.ID < out[j].Ref.ID })
	return out[:min(n, len(out))], nil
}

// Tallies implements bot.People.
func (s *Store) Tallies(_ context.Context, prefix string, n int) (map[string]int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]int64{}
	for name, count := range s.tallies {
		if strings.HasPrefix(name, prefix) && len(out) < n {
			out[name] = count
		}
	}
	return out, nil
}

// Log implements bot.People.
func (s *Store) Log(_ context.Context, log string, after uint64, n int) ([]bot.LogLine, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rows := s.logs[log]
	i := sort.Search(len(rows), func(i int) bool { return rows[i].Seq > after })
	return slices.Clone(rows[i:min(i+n, len(rows))]), nil
}
