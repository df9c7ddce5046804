package app

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maalem/storage/archive"
)

// Backups come once a day, the newest stay, and nothing else in the folder is touched.
func TestDailyBackups(t *testing.T) {
	path := storeIn(t)
	t.Setenv("MAALEM_BACKUP_KEEP", "3")
	o := startOperated(t)
	o.commit(t, arrive("a", strings.Repeat("1", 64)))
	dir := path + ".backups"
	for _, name := range []string{"maalem.tar.zst", "notes.txt", "maalem-20200101T000000Z.tar.zst.part-7"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Date(2026, 12, 1, 3, 0, 0, 0, time.UTC)
	made := 0
	for hour := range 24 * 6 {
		before, _ := o.backups.last(now)
		if err := o.backups.daily(t.Context(), now, &o.vault); err != nil {
			t.Fatal(err)
		}
		if after, _ := o.backups.last(now); !after.Equal(before) {
			made++
			if hour%24 != 0 {
				t.Errorf("a backup after %d hours", hour)
			}
		}
		now = now.Add(time.Hour)
	}
	names, err := o.backups.list()
	if err != nil || made != 6 || len(names) != 3 || names[2] != "maalem-20261206T030000Z.tar.zst" {
		t.Errorf("%d made, %v left, %v", made, names, err)
	}
	if all, _ := os.ReadDir(dir); len(all) != 3+2 {
		t.Errorf("in the folder: %v", all)
	}
	f, err := os.Open(filepath.Join(dir, names[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got := map[string]bool{}
	if _, err := archive.Read(f, archive.Limits{MediaSize: 1 << 20, Room: func() (int64, error) { return 1 << 30, nil }}, collect(got)); err != nil || !got[archive.Store] {
		t.Errorf("the backup: %v %v", got, err)
	}
	// A backup named by a clock that was wrong keeps no one from making the next.
	if err := os.WriteFile(filepath.Join(dir, "maalem-20360101T000000Z.tar.zst"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := o.backups.daily(t.Context(), now, &o.vault); err != nil {
		t.Fatal(err)
	}
	if last, _ := o.backups.last(now); !last.Equal(now) {
		t.Errorf("the last backup is of %v, want %v", last, now)
	}
}

// A stale backup is a reason for the operator; a young store and a young backup are none.
func TestStaleBackups(t *testing.T) {
	b, err := openBackups(t.TempDir(), 7)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 12, 9, 3, 0, 0, 0, time.UTC)
	check := func(bad bool, born time.Time) {
		t.Helper()
		if why := b.stale(now, born); (why != "") != bad {
			t.Errorf("stale: %q", why)
		}
	}
	check(false, now.Add(-35*time.Hour))
	check(true, now.Add(-37*time.Hour))
	save := func(age time.Duration) {
		if err := os.WriteFile(filepath.Join(b.dir, now.Add(-age).Format(backupName)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save(37 * time.Hour)
	check(true, now.AddDate(-1, 0, 0))
	save(35 * time.Hour)
	check(false, now.AddDate(-1, 0, 0))
	if err := os.RemoveAll(b.dir); err != nil {
		t.Fatal(err)
	}
	check(true, now.AddDate(-1, 0, 0))
}

// What fails is said with the staleness: the operator must not look for it.
func TestFailingBackupIsNamed(t *testing.T) {
	path := storeIn(t)
	o := startOperated(t)
	if err := os.RemoveAll(path + ".backups"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".backups", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := o.backups.daily(t.Context(), time.Now(), &o.vault); err == nil {
		t.Fatal("a backup into a file")
	}
	if why := o.backups.stale(time.Now(), time.Now().Add(-48*time.Hour)); !strings.Contains(why, "not a directory") {
		t.Errorf("the reason is %q", why)
	}
}

// collect notes the names of members.
func collect(names map[string]bool) func(string, int64, io.Reader) error {
	return func(name string, _ int64, _ io.Reader) error { names[name] = true; return nil }
}

func TestBackupConfig(t *testing.T) {
	read := func(env map[string]string) (Config, error) {
		return readConfig(func(name string) string { return env[name] })
	}
	path := filepath.Join(t.TempDir(), "m.db")
	c, err := read(map[string]string{"MAALEM_STORE": "bolt:" + path})
	if err != nil || c.BackupDir != path+".backups" || c.BackupKeep != 7 {
		t.Errorf("by default %q, %d, %v", c.BackupDir, c.BackupKeep, err)
	}
	if c, err = read(map[string]string{"MAALEM_BACKUP_DIR": "off"}); err != nil || c.BackupDir != "" {
		t.Errorf("off: %q, %v", c.BackupDir, err)
	}
	for _, keep := range []string{"0", "-1", "many"} {
		if _, err := read(map[string]string{"MAALEM_BACKUP_KEEP": keep}); err == nil {
			t.Errorf("MAALEM_BACKUP_KEEP=%s is accepted", keep)
		}
	}
}
