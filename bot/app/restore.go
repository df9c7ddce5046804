package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"maalem/storage/archive"
	"maalem/storage/bolt"
	"maalem/storage/media"
)

// restored says what a restore did.
type restored struct {
	archive.Manifest
	bolt.Replayed
}

// restoreFrom puts the backup that in gives in the place of the store at path. Until
// the last step, a rename, the former store is untouched; media only come in
// addition. The store is held afterwards. No other process may use it meanwhile.
func restoreFrom(ctx context.Context, in io.Reader, path string, force bool, log *slog.Logger) (done restored, err error) {
	_, statErr := os.Lstat(path)
	exists := statErr == nil
	if exists && !force {
		return done, fmt.Errorf("%s exists; --force replaces it by the backup", path)
	}
	unlock, err := bolt.Lock(path)
	if errors.Is(err, bolt.ErrLocked) {
		return done, fmt.Errorf("a Maalem is running on %s: stop it first", path)
	}
	if err != nil {
		return done, err
	}
	defer unlock()
	dir, err := os.MkdirTemp(filepath.Dir(path), filepath.Base(path)+".restore-*")
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	files, err := media.Open(mediaPath(path))
	if err != nil {
		return done, err
	}
	limits := archive.Limits{MediaSize: media.MaxFile, Room: func() (int64, error) { return room(dir) }}
	done.Manifest, err = archive.Read(in, limits, func(name string, size int64, r io.Reader) error {
		if hash, ok := archive.MediaHash(name); ok {
			data, err := io.ReadAll(io.LimitReader(r, media.MaxFile))
			if err != nil {
				return err
			}
			return files.Keep(hash, data)
		}
		return unpack(filepath.Join(dir, name), r)
	})
	if err != nil {
		return done, err
	}
	list := erasedPath(path)
	if err := adoptList(filepath.Join(dir, archive.Erased), list); err != nil {
		return done, err
	}
	fresh := filepath.Join(dir, archive.Store)
	if done.Replayed, err = bolt.Adopt(ctx, fresh, bolt.Options{Log: log, Erased: list}); err != nil {
		return done, err
	}
	if exists {
		err = os.Rename(fresh, path)
	} else {
		err = placeNew(fresh, path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	return done, err
}

// adoptList takes the archive's list of erasures where there is none: on another
// machine nobody else remembers them.
func adoptList(from, to string) error {
	if _, err := os.Lstat(from); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err := placeNew(from, to); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(to))
}

// placeNew gives a file its name, unless something has it already; not every file
// system has links.
func placeNew(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, os.ErrExist) {
		return err
	}
	if _, err := os.Lstat(to); err == nil {
		return fmt.Errorf("%s: %w", to, os.ErrExist)
	}
	return os.Rename(from, to)
}

// unpack writes a file of the archive and gets it onto the disk.
func unpack(path string, r io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Sync(), f.Close())
}

func (d restored) String() string {
	return fmt.Sprintf("Restored the backup of %s: %d media files. Erased again: %d people's or addresses' traces, %d records.\n"+
		"The store is held: who writes is answered; announcements and reminders wait, and messages that were queued\n"+
		"in the backup are kept as unsure and never sent. Start Maalem, look it through, then: maalem release",
		d.Made.Local().Format(time.DateTime), d.Media.Files, d.Owners, d.Records)
}
