package bolt

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

const (
	// jobQueue is how many turns may wait before Commit itself waits.
	jobQueue = 1024
	// maxBatch bounds the turns of one transaction, so that nobody waits for
	// more than some milliseconds of puts.
	maxBatch = 256
	// settleWait is how long a settled row waits for a turn to share its commit.
	settleWait = 20 * time.Millisecond
	// probeEvery is how often a failing disk is tried again when nobody writes.
	probeEvery = time.Second
)

// job is one piece of work for the committer: a turn, or an act of the store
// itself, which gets a transaction of its own.
type job struct {
	ctx  context.Context
	turn *prepared
	act  func(*bbolt.Tx) error
	err  error
	done chan error
}

// Commit implements bot.Turns. It ends early with ctx only while the turn has
// not begun; once it has, the answer is the disk's.
func (s *Store) Commit(ctx context.Context, t bot.Turn) error {
	p, err := s.prepare(&t)
	if err != nil {
		return fmt.Errorf("commit turn: %w", err)
	}
	return s.submit(&job{ctx: ctx, turn: p, done: make(chan error, 1)})
}

// act runs f in a transaction of the committer.
func (s *Store) act(ctx context.Context, f func(*bbolt.Tx) error) error {
	return s.submit(&job{ctx: ctx, act: f, done: make(chan error, 1)})
}

func (s *Store) submit(j *job) error {
	s.closing.RLock()
	if s.closed {
		s.closing.RUnlock()
		return ErrClosed
	}
	select {
	case s.jobs <- j:
		s.closing.RUnlock()
		return <-j.done
	case <-j.ctx.Done():
		s.closing.RUnlock()
		return j.ctx.Err()
	}
}

// runCommitter owns the writer until the store is closed.
func (s *Store) runCommitter() {
	defer s.done.Done()
	probe := time.NewTicker(probeEvery)
	defer probe.Stop()
	batch := make([]*job, 0, maxBatch)
	for {
		batch = batch[:0]
		select {
		case j := <-s.jobs:
			batch = s.drain(append(batch, j))
		case <-s.settled.kick:
			batch = s.drain(batch)
		case <-probe.C:
			if s.health.failing() == nil {
				continue
			}
			s.runAct(&job{ctx: context.Background(), act: putProbe, done: make(chan error, 1)})
			continue
		case <-s.stop:
			for batch = s.drain(batch[:0]); len(batch) > 0; batch = s.drain(batch[:0]) {
				s.runBatch(batch)
			}
			s.runBatch(nil)
			return
		}
		s.runBatch(batch)
	}
}

// drain adds what queued meanwhile, up to maxBatch.
func (s *Store) drain(batch []*job) []*job {
	for len(batch) < maxBatch {
		select {
		case j := <-s.jobs:
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

// runBatch commits turns together, then the acts one by one.
func (s *Store) runBatch(jobs []*job) {
	turns := jobs[:0:0]
	for _, j := range jobs {
		if j.ctx.Err() != nil {
			j.done <- j.ctx.Err()
		} else if j.turn != nil {
			turns = append(turns, j)
		}
	}
	settle := s.settled.take()
	if len(turns) > 0 || len(settle) > 0 {
		s.runTurns(turns, settle)
	}
	for _, j := range jobs {
		if j.act != nil && j.ctx.Err() == nil {
			s.runAct(j)
		}
	}
}

// errTurn marks the failure of a single turn, as a damaged row makes it.
var errTurn = errors.New("a turn failed")

// runTurns applies turns and settlements in one transaction and answers. A turn that
// fails for a reason of its own fails alone: the others are done again without it.
func (s *Store) runTurns(turns []*job, settle []bot.Sent) {
	begun := time.Now()
	s.chooseFreelist(len(turns))
	tx, err := s.db.Begin(true)
	if err == nil {
		b := &batch{s: s, tx: tx, now: s.now()}
		if err = b.run(turns, settle); err == nil {
			err = b.noteErasures()
		}
		if err == nil {
			err = tx.Commit()
		} else {
			_ = tx.Rollback()
		}
		if err == nil {
			b.publish()
		}
	}
	if errors.Is(err, errTurn) && len(turns) > 1 {
		s.settled.putBack(settle)
		for _, j := range turns {
			s.runTurns([]*job{j}, nil)
		}
		return
	}
	s.health.note(err, s.now(), s.log)
	if err != nil {
		s.settled.putBack(settle)
		err = fmt.Errorf("commit %d turns: %w", len(turns), err)
		for _, j := range turns {
			j.done <- err
		}
		return
	}
	s.figures.committed(len(turns), time.Since(begun))
	for _, j := range turns {
		j.done <- j.err
	}
}

func (s *Store) runAct(j *job) {
	s.chooseFreelist(0)
	err := s.db.Update(j.act)
	s.health.note(err, s.now(), s.log)
	j.done <- err
}

const (
	// syncedPages is up to how many free pages their list is written with a commit:
	// 8 bytes a page.
	syncedPages = 2048
	// syncedTurns is up to how many turns of a batch; under load the list would
	// cost a fifth of all turns.
	syncedTurns = 8
)

// chooseFreelist decides whether the next commit writes the list of free pages.
// Written, it makes the start after a kill as short as any other; without it, bbolt
// looks at every page of the file, which takes a second and a half with 2.6 million
// people.
func (s *Store) chooseFreelist(turns int) {
	st := s.db.Stats()
	s.db.NoFreelistSync = turns > syncedTurns || st.FreePageN+st.PendingPageN > syncedPages
}

func putProbe(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Put(metaProbe, []byte{1}) }
