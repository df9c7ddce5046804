package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"maalem/bot"
)

// references says which files are referred to.
type references struct {
	mu   sync.Mutex
	used map[string]bool
}

func (r *references) set(hash string, used bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.used[hash] = used
}

func (r *references) in(_ context.Context, prefix string) (map[string]bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := map[string]bool{}
	for h, used := range r.used {
		if used && h[:len(prefix)] == prefix {
			out[h] = true
		}
	}
	return out, nil
}

func open(t *testing.T) (*Store, *references) {
	t.Helper()
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s, &references{used: map[string]bool{}}
}

func put(t *testing.T, s *Store, text string) string {
	t.Helper()
	m, err := s.Put(t.Context(), bot.MediaFile, "a.pdf", []byte("%PDF-1.4 "+text))
	if err != nil {
		t.Fatal(err)
	}
	return m.Hash
}

func there(t *testing.T, s *Store, hash string) bool {
	t.Helper()
	_, err := s.Get(t.Context(), hash)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return err == nil
}

// A file goes when it was without a reference for a day, counted from when that was
// seen and not from when it was stored; referred to again meanwhile, it stays.
func TestSweep(t *testing.T) {
	s, refs := open(t)
	kept, loose, back := put(t, s, "kept"), put(t, s, "loose"), put(t, s, "back")
	refs.set(kept, true)
	refs.set(loose, true)
	now := time.Now().AddDate(0, 1, 0) // all are old, and all but one in use
	sweep := func(later time.Duration) {
		t.Helper()
		now = now.Add(later)
		if err := s.Sweep(t.Context(), now, refs.in); err != nil {
			t.Fatal(err)
		}
	}
	sweep(0)
	refs.set(loose, false) // loses its last reference only now
	sweep(23 * time.Hour)
	if !there(t, s, back) {
		t.Fatal("swept before its day")
	}
	refs.set(back, true)
	sweep(23 * time.Hour)
	if !there(t, s, loose) {
		t.Fatal("swept a day after it was stored, not after it was left")
	}
	refs.set(back, false) // its day begins anew
	sweep(2 * time.Hour)
	if there(t, s, loose) || !there(t, s, kept) || !there(t, s, back) {
		t.Errorf("after two days: loose %v, kept %v, back %v", there(t, s, loose), there(t, s, kept), there(t, s, back))
	}
	sweep(25 * time.Hour)
	if there(t, s, back) || !there(t, s, kept) {
		t.Errorf("after three days: back %v, kept %v", there(t, s, back), there(t, s, kept))
	}
}

// Whoever puts a file that is there already finds it the next day: its turn may come.
func TestSweepAndPutAgain(t *testing.T) {
	s, refs := open(t)
	hash := put(t, s, "twice")
	old := time.Now().AddDate(0, -1, 0)
	if err := os.Chtimes(s.path(hash), old, old); err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(t.Context(), time.Now().Add(-48*time.Hour), refs.in); err != nil {
		t.Fatal(err)
	}
	put(t, s, "twice")
	if err := s.Sweep(t.Context(), time.Now(), refs.in); err != nil {
		t.Fatal(err)
	}
	if !there(t, s, hash) {
		t.Error("a file was swept right after it was put")
	}
	if err := s.Sweep(t.Context(), time.Now().Add(25*time.Hour), refs.in); err != nil {
		t.Fatal(err)
	}
	if there(t, s, hash) {
		t.Error("never swept")
	}
}

// A reference that comes between the look at a folder and the removal saves the file.
func TestSweepLooksAgain(t *testing.T) {
	s, refs := open(t)
	hash := put(t, s, "late")
	now := time.Now().AddDate(0, 1, 0)
	late := func(ctx context.Context, prefix string) (map[string]bool, error) {
		got, err := refs.in(ctx, prefix)
		if len(prefix) == 2 && prefix == hash[:2] {
			refs.set(hash, true)
		}
		return got, err
	}
	if err := s.Sweep(t.Context(), now, refs.in); err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(t.Context(), now.Add(25*time.Hour), late); err != nil {
		t.Fatal(err)
	}
	if !there(t, s, hash) {
		t.Error("swept although it was referred to")
	}
}

// What a killed process leaves is no obstacle: half-written files are removed when
// they are old, and a lost or torn list only begins the day anew.
func TestSweepAfterKill(t *testing.T) {
	s, refs := open(t)
	hash := put(t, s, "x")
	half := filepath.Join(filepath.Dir(s.path(hash)), newPrefix+"1")
	if err := os.WriteFile(half, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(s.dir, unreferenced)
	now := time.Now().AddDate(0, 1, 0)
	if err := s.Sweep(t.Context(), now, refs.in); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(half); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a half-written file stays: %v", err)
	}
	data, err := os.ReadFile(list)
	if err != nil || !bytes.Contains(data, []byte(hash)) {
		t.Fatalf("list %q, %v", data, err)
	}
	if err := os.WriteFile(list, data[:len(data)/2+20], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(t.Context(), now.Add(25*time.Hour), refs.in); err != nil || !there(t, s, hash) {
		t.Errorf("a torn list: %v, there: %v", err, there(t, s, hash))
	}
	if err := s.Sweep(t.Context(), now.Add(50*time.Hour), refs.in); err != nil || there(t, s, hash) {
		t.Errorf("then: %v, there: %v", err, there(t, s, hash))
	}
}

// Put, reference, read and sweep run against each other: no file that was put and
// then referred to is ever missing.
func TestSweepAgainstPut(t *testing.T) {
	s, refs := open(t)
	stop := make(chan struct{})
	old := time.Now().AddDate(0, -1, 0)
	unwanted := map[string]time.Time{} // as sweeps a month ago saw it
	for w := range 4 {
		for i := range 5 {
			unwanted[Hash([]byte(fmt.Sprint("%PDF-1.4 ", w, "-", i)))] = old
		}
	}
	var swept atomic.Int64
	var sweeps sync.WaitGroup
	sweeps.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if err := s.writeUnreferenced(unwanted); err != nil {
				t.Error(err)
			}
			if err := s.Sweep(context.Background(), time.Now(), refs.in); err != nil {
				t.Error(err)
				return
			}
		}
	})
	var people sync.WaitGroup
	for w := range 4 {
		people.Go(func() {
			for i := range 300 {
				text := fmt.Sprint(w, "-", i%5)
				if i >= 5 && !there(t, s, Hash([]byte("%PDF-1.4 "+text))) {
					swept.Add(1)
				}
				m, err := s.Put(context.Background(), bot.MediaFile, "", []byte("%PDF-1.4 "+text))
				if err != nil {
					t.Error(err)
					return
				}
				refs.set(m.Hash, true)
				if _, err := s.Get(context.Background(), m.Hash); err != nil {
					t.Errorf("a file that was put and is referred to: %v", err)
				}
				refs.set(m.Hash, false)
				// It becomes old at once, as if it had lain there, unwanted.
				_ = os.Chtimes(s.path(m.Hash), old, old)
			}
		})
	}
	people.Wait()
	close(stop)
	sweeps.Wait()
	if swept.Load() == 0 {
		t.Error("nothing was swept meanwhile")
	}
}

func TestKeep(t *testing.T) {
	s, _ := open(t)
	if err := s.Keep(Hash([]byte("a")), []byte("b")); err == nil {
		t.Error("kept under another content's name")
	}
	if err := s.Keep(Hash([]byte("a")), []byte("a")); err != nil || !there(t, s, Hash([]byte("a"))) {
		t.Error("not kept", err)
	}
}

// What somebody erased referred to goes at once, unless somebody else refers to it or
// has just put it.
func TestDiscard(t *testing.T) {
	s, refs := open(t)
	now := time.Now().Add(DiscardAfter / 2)
	mine, shared := put(t, s, "mine"), put(t, s, "shared")
	refs.set(shared, true)
	if kept, err := s.Discard(t.Context(), mine, now, refs.in); !kept || err != nil {
		t.Errorf("just put: kept %v, %v", kept, err)
	}
	if _, err := s.Get(t.Context(), mine); err != nil {
		t.Error("a file is gone whose turn may be under way:", err)
	}
	now = now.Add(DiscardAfter)
	for _, hash := range []string{mine, shared, mine} { // twice: it is gone already
		if kept, err := s.Discard(t.Context(), hash, now, refs.in); kept || err != nil {
			t.Errorf("discard: kept %v, %v", kept, err)
		}
	}
	if _, err := s.Get(t.Context(), mine); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the file is still there:", err)
	}
	if _, err := s.Get(t.Context(), shared); err != nil {
		t.Error("a file that somebody else refers to is gone:", err)
	}
}
