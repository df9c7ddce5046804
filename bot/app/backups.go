package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Times of the backups that a server makes by itself.
const (
	backupEvery = 24 * time.Hour
	backupStale = 36 * time.Hour
)

// backupName is the name of a backup by its time in UTC; nothing else in the folder
// is touched.
const backupName = "maalem-20060102T150405Z.tar.zst"

var backupNames = regexp.MustCompile(`^maalem-\d{8}T\d{6}Z\.tar\.zst$`)

// backups is the folder of daily backups.
type backups struct {
	dir  string
	keep int // how many stay

	mu  sync.Mutex
	err error // of the last try
}

func openBackups(dir string, keep int) (*backups, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, exitCode{2, fmt.Errorf("MAALEM_BACKUP_DIR: %w", err)}
	}
	return &backups{dir: dir, keep: keep}, nil
}

// list gives the backups' names, oldest first.
func (b *backups) list() ([]string, error) {
	entries, err := os.ReadDir(b.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list backups: %w", err)
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() && backupNames.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil // ReadDir sorts, and the names sort by time
}

// last is the time of the newest backup; zero when there is none. One from the
// future was named by a clock that was wrong: it counts for nothing.
func (b *backups) last(now time.Time) (time.Time, error) {
	names, err := b.list()
	for _, name := range slices.Backward(names) {
		at, err := time.Parse(backupName, name)
		if err == nil && !at.After(now) {
			return at, nil
		}
	}
	return time.Time{}, err
}

// daily makes a backup when the last one is a day old, then lets the oldest go.
func (b *backups) daily(ctx context.Context, now time.Time, v *vault) error {
	last, err := b.last(now)
	if err == nil && now.Sub(last) < backupEvery {
		return nil
	}
	if err == nil {
		b.removeParts()
		err = saveAs(filepath.Join(b.dir, now.UTC().Format(backupName)), func(w io.Writer) error {
			_, err := v.write(ctx, w)
			return err
		})
	}
	if err == nil {
		err = b.rotate()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
	return err
}

// rotate removes the oldest backups above the number to keep.
func (b *backups) rotate() error {
	names, err := b.list()
	if err != nil {
		return err
	}
	for _, name := range names[:max(0, len(names)-b.keep)] {
		if err := os.Remove(filepath.Join(b.dir, name)); err != nil {
			return fmt.Errorf("remove old backup: %w", err)
		}
	}
	return nil
}

// removeParts removes what killed processes left half-written.
func (b *backups) removeParts() {
	entries, _ := os.ReadDir(b.dir)
	for _, e := range entries {
		if name, _, ok := strings.Cut(e.Name(), ".part-"); ok && backupNames.MatchString(name) {
			_ = os.Remove(filepath.Join(b.dir, e.Name()))
		}
	}
}

// stale says why the operator must look: no backup for too long. born is when the
// store began; before it there was nothing to save.
func (b *backups) stale(now, born time.Time) string {
	last, err := b.last(now)
	if err != nil {
		return "backups cannot be listed: " + err.Error()
	}
	newest := slices.MaxFunc([]time.Time{last, born}, time.Time.Compare)
	age := now.Sub(newest)
	if age <= backupStale {
		return ""
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	why := ""
	if b.err != nil {
		why = ": " + b.err.Error()
	}
	if last.IsZero() {
		return fmt.Sprintf("no backup was made in %s%s", b.dir, why)
	}
	return fmt.Sprintf("the last backup in %s is %d hours old%s", b.dir, int(age.Hours()), why)
}
