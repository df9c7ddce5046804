package bolt

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"maalem/bot"
)

// A dedupe key is known for SeenKeep and then goes, in more than one slice; a
// younger one beside it stays.
func TestSweepSeen(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "m.db"), Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const keys = 2*sliceRows + 10
	each := func(f func(i int)) {
		var group sync.WaitGroup
		for w := range 32 {
			group.Go(func() {
				for i := w; i < keys; i += 32 {
					f(i)
				}
			})
		}
		group.Wait()
	}
	known := func() int {
		t.Helper()
		var n atomic.Int64
		each(func(i int) {
			// Refused for its version when the key is not known: nothing is written.
			err := s.Commit(t.Context(), bot.Turn{Key: fmt.Sprint("test/", i), Expect: []bot.Expect{{Ref: bot.Ref{Kind: bot.KindLink, ID: "x"}, Version: 9}}})
			if errors.Is(err, bot.ErrDuplicate) {
				n.Add(1)
			} else if !errors.Is(err, bot.ErrConflict) {
				t.Error(err)
			}
		})
		return int(n.Load())
	}
	each(func(i int) {
		at := now
		if i%2 == 0 {
			at = now.Add(48 * time.Hour)
		}
		if err := s.Commit(t.Context(), bot.Turn{Key: fmt.Sprint("test/", i), At: at}); err != nil {
			t.Error(err)
		}
	})
	now = now.Add(SeenKeep)
	if err := s.sweep(); err != nil || known() != keys {
		t.Errorf("%d of %d keys are known before their time is over, %v", known(), keys, err)
	}
	now = now.Add(24 * time.Hour)
	if err := s.sweep(); err != nil || known() != keys/2 {
		t.Errorf("%d of %d keys are known after the time of half of them, %v", known(), keys, err)
	}
	verify(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.sweep(); !errors.Is(err, ErrClosed) {
		t.Errorf("sweeping a closed store: %v", err)
	}
}
