package bolt_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"maalem/storage/bolt"
	"maalem/storage/storetest"
)

func open(t *testing.T, path string, opts bolt.Options) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(t.Context(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T, c *storetest.Clock) storetest.Store {
		return open(t, filepath.Join(t.TempDir(), "m.db"), bolt.Options{Now: c.Now})
	})
}

// A second process, and a file that is something else, are refused with their own errors.
func TestOpenRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	open(t, path, bolt.Options{})
	if _, err := bolt.Open(t.Context(), path, bolt.Options{}); !errors.Is(err, bolt.ErrLocked) {
		t.Errorf("a second opening: %v", err)
	}
	other := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(other, make([]byte, 32768), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Open(t.Context(), other, bolt.Options{}); !errors.Is(err, bolt.ErrForeign) {
		t.Errorf("a foreign file: %v", err)
	}
}
