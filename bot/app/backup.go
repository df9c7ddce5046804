package app

import (
	"bytes"
	"context"
	"crypto/rand"
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

// vault is what a backup is made of.
type vault struct {
	store *bolt.Store
	files *media.Store
	log   *slog.Logger
}

// erasedPath is the list of erasures of a store; it outlives the store's file.
func erasedPath(store string) string { return store + ".erased" }

// mediaPath is the folder of a store's media.
func mediaPath(store string) string { return store + ".media" }

// write makes a backup of the store as it is now and streams it to w. The store is
// copied to a local file first: however slow w is, no reader stays open for it.
func (v *vault) write(ctx context.Context, w io.Writer) (archive.Manifest, error) {
	var none archive.Manifest
	temp := v.store.TempPath("backup-" + rand.Text()[:8])
	made := time.Now()
	if err := v.store.Snapshot(ctx, temp); err != nil {
		return none, err
	}
	defer os.Remove(temp)
	a, err := archive.Create(w, made)
	if err != nil {
		return none, err
	}
	if err := addFile(a, archive.Store, temp); err != nil {
		return none, err
	}
	if err := addFile(a, archive.Erased, erasedPath(v.store.Path())); err != nil && !errors.Is(err, os.ErrNotExist) {
		return none, err
	}
	if err := bolt.ReadMedia(temp, func(hash string) error { return v.addMedia(ctx, a, hash) }); err != nil {
		return none, err
	}
	m, err := a.Close()
	if m.Media.Lost > 0 {
		v.log.Warn("the backup lacks media files that the store refers to: not found, or damaged", "files", m.Media.Lost)
	}
	return m, err
}

// addMedia adds a media file, or counts it as lost: one damaged photo must not
// keep everything else from being saved.
func (v *vault) addMedia(ctx context.Context, a *archive.Writer, hash string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	data, err := v.files.Get(ctx, hash)
	if err != nil || media.Hash(data) != hash {
		a.Lost()
		return nil
	}
	return a.Add(archive.MediaName(hash), int64(len(data)), bytes.NewReader(data))
}

func addFile(a *archive.Writer, name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return a.Add(name, info.Size(), io.LimitReader(f, info.Size()))
}

// saveAs gets what write gives into a new file, whole and durable or not at all.
func saveAs(path string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s exists already", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-*")
	if err != nil {
		return err
	}
	err = write(f)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
