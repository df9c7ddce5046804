//go:build linux

package bolt

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"maalem/bot"
)

// Who waits for the lock of a file that is replaced meanwhile, as a compaction and a
// restore do, gets the new file and never the one without a name.
func TestOpenFollowsReplacement(t *testing.T) {
	met := 0
	for try := 0; met < 3 && try < 100; try++ {
		dir := t.TempDir()
		path, next := filepath.Join(dir, "m.db"), filepath.Join(dir, "next.db")
		for _, p := range []string{path, next} {
			s := newStore(t, p)
			commit(t, s, bot.Turn{Tally: []bot.Tally{{Name: filepath.Base(p), Delta: 1}}})
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		unlock, err := Lock(path)
		if err != nil {
			t.Fatal(err)
		}
		type opened struct {
			s   *Store
			err error
		}
		got := make(chan opened, 1)
		go func() {
			s, err := Open(t.Context(), path, Options{})
			got <- opened{s, err}
		}()
		time.Sleep(time.Duration(try%20) * 2 * time.Millisecond) // it has opened the old file, or not
		if err := os.Rename(next, path); err != nil {
			t.Fatal(err)
		}
		unlock()
		o := <-got
		if errors.Is(o.err, ErrLocked) {
			continue
		}
		if o.err != nil {
			t.Fatal(o.err)
		}
		met++
		counts, err := o.s.Tallies(t.Context(), "", 9)
		if err != nil || counts["next.db"] != 1 {
			t.Errorf("opened a file without a name: %v, %v", counts, err)
		}
		_ = o.s.Close()
	}
	if met < 3 {
		t.Error("nobody ever got the file")
	}
}

// What killed processes left beside the store is cleared by the next one.
func TestTempFilesAreCleared(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	left := path + tempMark + "backup-X"
	if err := os.WriteFile(left, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	newStore(t, path)
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left: %v", err)
	}
}

// Prefetching believes the younger meta page about the list of free pages.
func TestHasFreelist(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	s := newStore(t, path)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i, without := range []bool{true, true, false, true, false, false} {
		s.db.NoFreelistSync = without
		if err := s.db.Update(putProbe); err != nil {
			t.Fatal(err)
		}
		if hasFreelist(f) == without {
			t.Errorf("commit %d, without a list: %v", i, without)
		}
	}
}

func TestLockRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	s := newStore(t, path)
	if _, err := Lock(path); !errors.Is(err, ErrLocked) {
		t.Errorf("locked an open store: %v", err)
	}
	if _, _, err := Compact(path); !errors.Is(err, ErrLocked) {
		t.Errorf("compacted an open store: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	unlock, err := Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, Options{}); !errors.Is(err, ErrLocked) {
		t.Errorf("opened a locked store: %v", err)
	}
	unlock()
}
