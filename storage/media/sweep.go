package media

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// SweepAfter is for how long a file must have been without a reference before it
// is swept. Put comes before the turn that refers to its file.
const SweepAfter = 24 * time.Hour

// unreferenced is the file that remembers since when the sweep has seen which file
// without a reference. Losing it only begins their day anew.
const unreferenced = "unreferenced"

// InUse tells which of the files whose hashes begin with prefix are referred to.
type InUse func(ctx context.Context, prefix string) (map[string]bool, error)

// Sweep removes the files that were without a reference, and not put again, for
// SweepAfter; it has to be called now and then, and needs two calls to remove one.
// It may be killed at any moment, and Put goes on meanwhile.
func (s *Store) Sweep(ctx context.Context, now time.Time, inUse InUse) error {
	before, err := s.readUnreferenced()
	if err != nil {
		return fmt.Errorf("sweep media: %w", err)
	}
	after := map[string]time.Time{}
	for i := range 256 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.sweepFolder(ctx, fmt.Sprintf("%02x", i), now, inUse, before, after); err != nil {
			return fmt.Errorf("sweep media: %w", err)
		}
	}
	if len(before) == 0 && len(after) == 0 {
		return nil
	}
	return s.writeUnreferenced(after)
}

// sweepFolder looks through the files of one folder.
func (s *Store) sweepFolder(ctx context.Context, folder string, now time.Time, inUse InUse, before, after map[string]time.Time) error {
	entries, err := os.ReadDir(filepath.Join(s.dir, folder))
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	used, err := inUse(ctx, folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), newPrefix) {
			if err := removeOld(filepath.Join(s.dir, folder, e.Name()), now); err != nil {
				return err
			}
			continue
		}
		hash := folder + e.Name()
		if raw, err := hex.DecodeString(hash); err != nil || len(raw) != 32 || used[hash] {
			continue
		}
		since, seen := before[hash]
		if !seen || since.After(now) {
			since = now
		}
		if now.Sub(since) >= SweepAfter {
			gone, err := s.remove(ctx, hash, now, SweepAfter, inUse)
			if err != nil {
				return err
			}
			if gone {
				continue
			}
		}
		after[hash] = since
	}
	return nil
}

// DiscardAfter is how long after its last Put a file is kept by Discard: the turn that
// refers to a file follows its Put within seconds.
const DiscardAfter = time.Minute

// Discard removes a file whose owner asked to be forgotten, without the sweep's day.
// kept: nothing refers to it, but it was put less than DiscardAfter ago; ask again.
func (s *Store) Discard(ctx context.Context, hash string, now time.Time, inUse InUse) (kept bool, err error) {
	used, err := inUse(ctx, hash)
	if err == nil && !used[hash] {
		var gone bool
		gone, err = s.remove(ctx, hash, now, DiscardAfter, inUse)
		kept = !gone
	}
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return kept, fmt.Errorf("discard media: %w", err)
	}
	return kept, nil
}

// remove removes a file unless somebody put it again less than after ago, or referred to
// it meanwhile.
func (s *Store) remove(ctx context.Context, hash string, now time.Time, after time.Duration, inUse InUse) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	info, err := os.Stat(s.path(hash))
	if err != nil || now.Sub(info.ModTime()) < after {
		return false, err
	}
	used, err := inUse(ctx, hash)
	if err != nil || used[hash] {
		return false, err
	}
	return true, os.Remove(s.path(hash))
}

// removeOld removes what a killed process left half-written.
func removeOld(path string, now time.Time) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // its Put has just renamed it
	}
	if err != nil || now.Sub(info.ModTime()) < SweepAfter {
		return err
	}
	return os.Remove(path)
}

func (s *Store) readUnreferenced() (map[string]time.Time, error) {
	list := map[string]time.Time{}
	f, err := os.Open(filepath.Join(s.dir, unreferenced))
	if errors.Is(err, fs.ErrNotExist) {
		return list, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		hash, at, _ := strings.Cut(lines.Text(), " ")
		if since, err := time.Parse(time.RFC3339, at); err == nil { // a torn line begins anew
			list[hash] = since
		}
	}
	return list, lines.Err()
}

func (s *Store) writeUnreferenced(list map[string]time.Time) error {
	f, err := os.CreateTemp(s.dir, newPrefix+"*")
	if err != nil {
		return fmt.Errorf("sweep media: %w", err)
	}
	out := bufio.NewWriter(f)
	for hash, since := range list {
		fmt.Fprintln(out, hash, since.UTC().Format(time.RFC3339))
	}
	err = errors.Join(out.Flush(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(s.dir, unreferenced))
	}
	if err != nil {
		return fmt.Errorf("sweep media: %w", errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}
