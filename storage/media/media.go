// Package media keeps the files that people send: named by the SHA-256 of their
// content, in a folder beside the store.
//
// It refuses to believe names and types that come with a file: it looks at the
// content. Its invariant: when Put has returned, the file is on the disk, whole;
// pictures are drawn anew, so that no position or camera data stays in them.
package media

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"maalem/bot"
)

// Limits in bytes: what Telegram gives to a bot (20 MB), less for what phones on
// poor networks send.
const (
	maxPhoto = 10 << 20
	maxVoice = 16 << 20
	MaxFile  = 20 << 20 // of any kind
)

// newPrefix is what the names of files begin with that are being written.
const newPrefix = "new-"

// Store is an open folder.
type Store struct {
	dir   string
	easel chan struct{} // held by the one picture that is being drawn
	mu    sync.Mutex    // a file is not removed while somebody finds it there already
}

// Open creates the folder when it is missing, for its owner only.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open media: %w", err)
	}
	return &Store{dir: dir, easel: make(chan struct{}, 1)}, nil
}

var (
	tooBig    = &bot.MediaError{Key: "file.too_big"}
	wrongKind = &bot.MediaError{Key: "file.wrong_kind"}
)

// Put implements bot.MediaStore.
func (s *Store) Put(ctx context.Context, kind bot.MediaKind, name string, data []byte) (bot.Media, error) {
	limit := map[bot.MediaKind]int{bot.MediaPhoto: maxPhoto, bot.MediaVoice: maxVoice}[kind]
	if limit == 0 {
		limit = MaxFile
	}
	if len(data) > limit {
		return bot.Media{}, tooBig
	}
	mime, err := typeOf(kind, data)
	if err != nil {
		return bot.Media{}, err
	}
	if strings.HasPrefix(mime, "image/") { // also one that comes as a document
		if data, err = s.redraw(ctx, data); err != nil {
			return bot.Media{}, err
		}
		mime = "image/jpeg"
	}
	m := bot.Media{Kind: kind, Hash: Hash(data), Name: name, MIME: mime, Size: int64(len(data))}
	if err := s.write(m.Hash, data); err != nil {
		return bot.Media{}, fmt.Errorf("keep media: %w", err)
	}
	return m, nil
}

// Hash is the name of a content.
func Hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// Keep stores a file that was kept before, from a backup, as it is.
func (s *Store) Keep(hash string, data []byte) error {
	if Hash(data) != hash {
		return fmt.Errorf("keep media: the content is not that of its name")
	}
	if err := s.write(hash, data); err != nil {
		return fmt.Errorf("keep media: %w", err)
	}
	return nil
}

// typeOf judges by content. Containers that browsers would run are refused.
func typeOf(kind bot.MediaKind, data []byte) (string, error) {
	sniffed, _, _ := strings.Cut(http.DetectContentType(data), ";")
	allowed := map[bot.MediaKind][]string{
		bot.MediaPhoto: {"image/jpeg", "image/png"},
		bot.MediaVoice: {"application/ogg", "video/webm", "video/mp4", "audio/mpeg", "audio/wave"},
		bot.MediaVideo: {"video/mp4", "video/webm"},
		bot.MediaFile:  {"application/pdf", "image/jpeg", "image/png"},
	}
	for _, ok := range allowed[kind] {
		if sniffed != ok {
			continue
		}
		if kind == bot.MediaVoice {
			if sniffed == "application/ogg" {
				return "audio/ogg", nil
			}
			return strings.Replace(sniffed, "video/", "audio/", 1), nil
		}
		return sniffed, nil
	}
	return "", wrongKind
}

// write puts a file in place durably: content, then name.
func (s *Store) write(hash string, data []byte) error {
	path := s.path(hash)
	if there, err := s.touch(path); there || err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, newPrefix+"*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// touch tells whether a file is there and makes it young again: it is about to be
// referred to, the sweep must not take it before that.
func (s *Store) touch(path string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	err := os.Chtimes(path, now, now)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (s *Store) path(hash string) string { return filepath.Join(s.dir, hash[:2], hash[2:]) }

// Get implements bot.MediaStore.
func (s *Store) Get(ctx context.Context, hash string) ([]byte, error) {
	f, err := s.Open(ctx, hash)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("get media: %w", err)
	}
	return data, nil
}

// Open gives a stored file, for who passes it on to somebody slow.
func (s *Store) Open(_ context.Context, hash string) (io.ReadSeekCloser, error) {
	if raw, err := hex.DecodeString(hash); err != nil || len(raw) != sha256.Size {
		return nil, fmt.Errorf("get media: not a hash")
	}
	f, err := os.Open(s.path(hash))
	if err != nil {
		return nil, fmt.Errorf("get media: %w", errors.Unwrap(err))
	}
	return f, nil
}
