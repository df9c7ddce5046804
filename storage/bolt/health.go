package bolt

import (
	"context"
	"encoding/binary"
	"log/slog"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// health remembers whether the last commit reached the disk.
type health struct {
	mu  sync.Mutex
	err error
}

func (h *health) note(err error, at time.Time, log *slog.Logger) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil && h.err == nil {
		log.Error("the store cannot write", "error", err, "at", at)
	}
	if err == nil && h.err != nil {
		log.Info("the store writes again", "at", at)
	}
	h.err = err
}

func (h *health) failing() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.err
}

// Health is the last commit's error; nil while the disk takes what is committed.
func (s *Store) Health() error { return s.health.failing() }

// figures count the committer's work since the start.
type figures struct {
	mu      sync.Mutex
	turns   int64
	commits int64
	took    time.Duration
}

func (f *figures) committed(turns int, took time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.turns += int64(turns)
	f.commits++
	f.took += took
}

// Stats are figures for operators.
type Stats struct {
	Turns, Commits int64
	Writing        time.Duration // all commits together
	Bytes          int64         // of the file
	Readers        int           // open now
}

// Stats gives the figures since the start.
func (s *Store) Stats() Stats {
	s.figures.mu.Lock()
	defer s.figures.mu.Unlock()
	st := Stats{Turns: s.figures.turns, Commits: s.figures.commits, Writing: s.figures.took, Readers: s.readers.count()}
	_ = s.view("stats", func(tx *bbolt.Tx) error { st.Bytes = tx.Size(); return nil })
	return st
}

// SeenKeep is how long dedupe keys are kept; networks redeliver for days, not weeks.
const SeenKeep = 14 * 24 * time.Hour

// sweepEvery is how often old dedupe keys are looked for.
const sweepEvery = time.Hour

// runSweeper deletes old dedupe keys in slices between turns.
func (s *Store) runSweeper() {
	defer s.done.Done()
	tick, look := time.NewTicker(sweepEvery), time.NewTicker(readerLook)
	defer tick.Stop()
	defer look.Stop()
	for {
		select {
		case <-s.stop:
			return
		case now := <-look.C:
			s.readers.look(now, s.log)
		case <-tick.C:
			if err := s.sweep(); err != nil {
				s.log.Error("old dedupe keys cannot be swept", "error", err)
			}
		}
	}
}

// sweep deletes every dedupe key older than SeenKeep. It looks in short read
// transactions, so that neither a reader nor the writer is held up.
func (s *Store) sweep() error {
	limit := uint64(s.now().Add(-SeenKeep).Unix())
	var from []byte
	for {
		var old [][]byte
		looked := 0
		err := s.view("sweep", func(tx *bbolt.Tx) error {
			c := tx.Bucket(bucketSeen).Cursor()
			k, v := c.Seek(from)
			for ; k != nil && looked < 50*sliceRows && len(old) < sliceRows; k, v = c.Next() {
				looked++
				if len(v) == 8 && binary.BigEndian.Uint64(v) < limit {
					old = append(old, slices.Clone(k))
				}
			}
			from = slices.Clone(k)
			return nil
		})
		if err != nil {
			return err
		}
		if len(old) > 0 {
			if err := s.act(context.Background(), func(tx *bbolt.Tx) error {
				for _, k := range old {
					if err := tx.Bucket(bucketSeen).Delete(k); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				return err
			}
		}
		if from == nil {
			return nil
		}
	}
}
