package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// tempMark is in the name of every file that is only there while a copy is made.
// Open removes what a killed process left of them.
const tempMark = ".tmp-"

// compactBatch is how many bytes one transaction of a compaction copies.
const compactBatch = 8 << 20

// Snapshot writes a compact copy of the store as it is now to the file at path,
// which must not exist; its folder should be on a local disk with room for twice
// the store. The copy has no page of what was deleted before. The store is read
// only for as long as its file takes to be copied locally; compacting, and
// whatever the caller does with the copy, holds nobody.
func (s *Store) Snapshot(ctx context.Context, path string) error {
	raw := path + tempMark + "raw"
	defer os.Remove(raw)
	if err := s.view("snapshot", func(tx *bbolt.Tx) error { return tx.CopyFile(raw, 0o600) }); err != nil {
		return fmt.Errorf("snapshot: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := compactInto(path, raw); err != nil {
		return fmt.Errorf("snapshot: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// TempPath is a name beside the store for a file that only lives for a while.
func (s *Store) TempPath(what string) string { return s.path + tempMark + what }

// compactInto copies the bbolt file from into a new file, packed, and gets it onto the disk.
func compactInto(path, from string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: %w", path, os.ErrExist)
	}
	src, err := bbolt.Open(from, 0o600, &bbolt.Options{ReadOnly: true, Timeout: lockWait})
	if err != nil {
		return err
	}
	return errors.Join(compactTo(path, src), src.Close())
}

func compactTo(path string, src *bbolt.DB) error {
	dst, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockWait, NoSync: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	err = guard(func() error { return bbolt.Compact(dst, src, compactBatch) })
	if err == nil {
		err = dst.Sync()
	}
	return errors.Join(err, dst.Close())
}

// Compact rewrites the file at path without its free pages: smaller, and without a
// byte of what was deleted. No other process may have it open (ErrLocked). It
// gives the sizes before and after in bytes. Who dies on the way leaves the old file.
func Compact(path string) (before, after int64, err error) {
	was, err := os.Stat(path)
	if err != nil {
		return 0, 0, fmt.Errorf("compact store: %w", err)
	}
	db, err := openFile(path) // holds the lock until the new file is in place
	if err != nil {
		return 0, 0, fmt.Errorf("compact store: %w", err)
	}
	defer db.Close()
	if err := isOurs(db); err != nil {
		return 0, 0, fmt.Errorf("compact store: %w", err)
	}
	removeTemps(path)
	temp := path + tempMark + "compact"
	if err := compactTo(temp, db); err != nil {
		return 0, 0, fmt.Errorf("compact store: %w", errors.Join(err, os.Remove(temp)))
	}
	is, err := os.Stat(temp)
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return 0, 0, fmt.Errorf("compact store: %w", err)
	}
	return was.Size(), is.Size(), nil
}

// isOurs refuses a bbolt file of something else.
func isOurs(db *bbolt.DB) error {
	return guard(func() error {
		return db.View(func(tx *bbolt.Tx) error {
			if meta := tx.Bucket(bucketMeta); meta == nil || meta.Get(metaFormat) == nil {
				return ErrForeign
			}
			return nil
		})
	})
}

// removeTemps removes what killed processes left; the caller has the store's lock.
func removeTemps(path string) {
	entries, _ := os.ReadDir(filepath.Dir(path))
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filepath.Base(path)+tempMark) {
			_ = os.Remove(filepath.Join(filepath.Dir(path), e.Name()))
		}
	}
}

// Lock keeps every other process from opening the store at path until unlock is
// called, even when the file is damaged; a missing file needs no lock.
func Lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return func() {}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("lock store: %w", err)
	}
	if err := lockFile(f); err != nil {
		return nil, errors.Join(fmt.Errorf("lock store: %w", ErrLocked), f.Close())
	}
	return func() { _ = f.Close() }, nil
}

// ReadMedia calls f with the hash of each media file that the closed store at path
// refers to; path is a snapshot.
func ReadMedia(path string, f func(hash string) error) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, Timeout: lockWait})
	if err != nil {
		return fmt.Errorf("read media of snapshot: %w", err)
	}
	err = db.View(func(tx *bbolt.Tx) error {
		prefix := []byte(mediaTally)
		c := tx.Bucket(bucketTallies).Cursor()
		for k, _ := c.Seek(prefix); k != nil && hasPrefix(k, prefix); k, _ = c.Next() {
			if err := f(string(k[len(prefix):])); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, db.Close())
}

// mediaTally counts the references to a media file.
const mediaTally = "media:"

// Adopt makes a snapshot that comes from a backup ready to take the store's place:
// brought to the current format, held, and without whom the list of erasures of
// opts names. opts.Erased is that list's path; it is read and not changed.
func Adopt(ctx context.Context, path string, opts Options) (Replayed, error) {
	s, err := Open(ctx, path, opts)
	if err != nil {
		return Replayed{}, err
	}
	err = s.Hold(ctx)
	var done Replayed
	if err == nil {
		done, err = s.replayErasures(ctx)
	}
	return done, errors.Join(err, s.Close())
}

// Born is when the store was made, or first opened by a program that notes it.
func (s *Store) Born() (at time.Time, err error) {
	err = s.view("born", func(tx *bbolt.Tx) error {
		row := tx.Bucket(bucketMeta).Get(metaBorn)
		if len(row) != timeSize {
			return errCorrupt
		}
		at = readTime(row)
		return nil
	})
	return at, err
}
