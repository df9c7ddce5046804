package app

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"maalem/bot"
	"maalem/storage/bolt"
	"maalem/storage/media"
)

// operated is a server reduced to its store and its operations.
type operated struct {
	*operations
	stop func()
}

// startOperated runs the operations of the store that MAALEM_STORE names.
func startOperated(t *testing.T) *operated {
	t.Helper()
	cfg, err := fromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	store, err := bolt.Open(t.Context(), cfg.StorePath, bolt.Options{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	files, err := media.Open(mediaPath(cfg.StorePath))
	if err != nil {
		t.Fatal(err)
	}
	ops, err := operate(cfg, store, files, listenControl, log)
	if err != nil || ops.socket == nil {
		t.Fatal("no operations", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- ops.run(ctx) }()
	stopped := false
	o := &operated{ops, func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := errors.Join(<-ended, ops.close(), store.Close()); err != nil {
			t.Error(err)
		}
	}}
	t.Cleanup(o.stop)
	return o
}

// storeIn gives a new folder's store path to the environment.
func storeIn(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.db")
	t.Setenv("MAALEM_STORE", "bolt:"+path)
	return path
}

func (o *operated) commit(t *testing.T, turns ...bot.Turn) {
	t.Helper()
	for _, turn := range turns {
		if err := o.store.Commit(context.Background(), turn); err != nil {
			t.Fatal(err)
		}
	}
}

func (o *operated) keep(t *testing.T, text string) string {
	t.Helper()
	m, err := o.files.Put(context.Background(), bot.MediaFile, "a.pdf", []byte("%PDF-1.4 "+text))
	if err != nil {
		t.Fatal(err)
	}
	return m.Hash
}

// arrive is a person with a conversation, a file, a message that waits and a timer.
func arrive(id, file string) bot.Turn {
	a := bot.Address{Channel: "web", ID: id}
	return bot.Turn{
		Expect: []bot.Expect{{Ref: bot.Ref{Kind: bot.KindConversation, ID: a.String()}}, {Ref: bot.Ref{Kind: bot.KindArtisan, ID: id}}},
		Changes: []bot.Change{{Ref: bot.Ref{Kind: bot.KindConversation, ID: a.String()}, Body: []byte("talk")},
			{Ref: bot.Ref{Kind: bot.KindArtisan, ID: id}, Body: []byte("person " + id), Bits: []bot.Bit{{Facet: "all", On: true}}}},
		Out:    []bot.Outgoing{{To: a, Lane: bot.LaneReply, Message: bot.Message{Text: "reply to " + id}}},
		Timers: []bot.Timer{{ID: "t/" + id, Owner: a.String(), Due: time.Now().Add(-time.Hour)}},
		Tally:  []bot.Tally{{Name: "media:" + file, Delta: 1}},
	}
}

func leave(id, file string) bot.Turn {
	a := bot.Address{Channel: "web", ID: id}
	talk, person := bot.Ref{Kind: bot.KindConversation, ID: a.String()}, bot.Ref{Kind: bot.KindArtisan, ID: id}
	return bot.Turn{Expect: []bot.Expect{{Ref: talk, Version: 1}, {Ref: person, Version: 1}}, Changes: []bot.Change{{Ref: talk}, {Ref: person}},
		Erase: []string{a.String(), id}, Tally: []bot.Tally{{Name: "media:" + file, Delta: -1}}}
}

func backupTo(t *testing.T, path string) {
	t.Helper()
	cli.Backup.File = path
	if err := storeCommand(t.Context(), "backup <file>"); err != nil {
		t.Fatal(err)
	}
}

func restoreOf(path string, force bool) error {
	cli.Restore.File, cli.Restore.Force = path, force
	return storeCommand(context.Background(), "restore <file>")
}

// A backup made while the server runs is restored over a damaged store: everything
// is there but who asked to be deleted meanwhile; nothing leaves by itself until
// the release, and who writes is answered.
func TestBackupAndRestore(t *testing.T) {
	path := storeIn(t)
	o := startOperated(t)
	photo, gone := o.keep(t, "of the one who stays"), o.keep(t, "of the one who goes")
	o.commit(t, arrive("stays", photo), arrive("goes", gone), bot.Turn{Tally: []bot.Tally{{Name: "media:" + strings.Repeat("0", 64), Delta: 1}}})
	saved := filepath.Join(t.TempDir(), "saved.tar.zst")
	backupTo(t, saved)
	if info, err := os.Stat(saved); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the archive: %v %v", info, err)
	}
	o.commit(t, leave("goes", gone), arrive("later", photo))
	if err := restoreOf(saved, true); err == nil || !strings.Contains(err.Error(), "stop it first") {
		t.Fatalf("restored under a running server: %v", err)
	}
	o.stop()
	if err := restoreOf(saved, false); err == nil || !strings.Contains(err.Error(), "--force") {
		t.Fatalf("overwritten without --force: %v", err)
	}
	if err := os.WriteFile(path, []byte("a damaged disk"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(mediaPath(path)); err != nil {
		t.Fatal(err)
	}
	if err := restoreOf(saved, true); err != nil {
		t.Fatal(err)
	}
	o = startOperated(t)
	ctx := t.Context()
	people, err := o.store.Page(ctx, bot.KindArtisan, "", 9)
	if err != nil || len(people) != 1 || people[0].Ref.ID != "stays" {
		t.Errorf("people: %v %v", people, err)
	}
	if data, err := o.files.Get(ctx, photo); err != nil || !bytes.Contains(data, []byte("who stays")) {
		t.Errorf("media: %q %v", data, err)
	}
	if used, _ := o.mediaInUse(ctx, ""); !used[photo] || used[gone] {
		t.Errorf("media in use: %v", used)
	}
	if ps := o.problems(); len(ps) != 1 || !strings.Contains(ps[0], "held") {
		t.Errorf("problems: %q", ps)
	}
	if _, err := o.store.Due(ctx, time.Now(), 9); !errors.Is(err, bot.ErrHeld) {
		t.Errorf("timers of a held store: %v", err)
	}
	o.commit(t, bot.Turn{Out: []bot.Outgoing{{To: bot.Address{Channel: "web", ID: "stays"}, Lane: bot.LaneReply, Message: bot.Message{Text: "answer"}}}})
	if got, _ := o.store.Lease(ctx, "web", 9, time.Minute); len(got) != 1 || got[0].Message.Text != "answer" {
		t.Errorf("leased while held: %v", got)
	}
	if err := storeCommand(ctx, "release"); err != nil {
		t.Fatal(err)
	}
	st, err := o.status(ctx)
	if err != nil || !st.Held.IsZero() || st.Unsure["web"] != 1 || len(st.Problems) != 0 {
		t.Errorf("status after the release: %+v %v", st, err)
	}
	if due, err := o.store.Due(ctx, time.Now(), 9); err != nil || len(due) != 1 || due[0].Owner != "web:stays" {
		t.Errorf("due after the release: %v %v", due, err)
	}
	if err := storeCommand(ctx, "status"); err != nil {
		t.Error(err)
	}
}

// On another machine the archive's own list of erasures is what is left of it.
func TestRestoreElsewhere(t *testing.T) {
	storeIn(t)
	o := startOperated(t)
	photo := o.keep(t, "photo")
	o.commit(t, arrive("goes", photo), leave("goes", photo), arrive("stays", photo))
	saved := filepath.Join(t.TempDir(), "saved.tar.zst")
	backupTo(t, saved)
	o.stop()
	elsewhere := storeIn(t)
	if err := restoreOf(saved, false); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(erasedPath(elsewhere)); err != nil {
		t.Error(err)
	}
	o = startOperated(t)
	if people, err := o.store.Page(t.Context(), bot.KindArtisan, "", 9); err != nil || len(people) != 1 {
		t.Errorf("people: %v %v", people, err)
	}
	left, _ := filepath.Glob(elsewhere + ".restore-*")
	if len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A restore that fails leaves the store as it was, and makes none.
func TestRestoreRefusesDamage(t *testing.T) {
	path := storeIn(t)
	o := startOperated(t)
	o.commit(t, arrive("stays", strings.Repeat("1", 64)))
	saved := filepath.Join(t.TempDir(), "saved.tar.zst")
	backupTo(t, saved)
	o.stop()
	was, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(saved)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad.tar.zst")
	for name, content := range map[string][]byte{"cut": data[:len(data)-40], "empty": nil, "text": []byte("hello"),
		"changed": append(append(bytes.Clone(data[:len(data)/2]), data[len(data)/2]^1), data[len(data)/2+1:]...)} {
		if err := os.WriteFile(bad, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := restoreOf(bad, true); err == nil {
			t.Errorf("%s: restored", name)
		}
		if is, err := os.ReadFile(path); err != nil || !bytes.Equal(is, was) {
			t.Errorf("%s: the store changed (%v)", name, err)
		}
		fresh := storeIn(t)
		if err := restoreOf(bad, false); err == nil {
			t.Errorf("%s: restored", name)
		}
		if _, err := os.Lstat(fresh); err == nil {
			t.Errorf("%s: a store was made", name)
		}
		t.Setenv("MAALEM_STORE", "bolt:"+path)
	}
}

// A receiver that takes nothing more holds no reader of the store: commits go on
// while the file doubles, and no page is kept for it.
func TestBackupToStalledReceiver(t *testing.T) {
	path := storeIn(t)
	o := startOperated(t)
	noise := make([]byte, 4<<20)
	for i := range noise {
		noise[i] = byte(i * i >> 7 * i >> 3)
	}
	for i := range 10 { // more than any buffer on the way takes
		o.commit(t, bot.Turn{Expect: []bot.Expect{{Ref: bot.Ref{Kind: bot.KindSource, ID: fmt.Sprint("big", i)}}},
			Changes: []bot.Change{{Ref: bot.Ref{Kind: bot.KindSource, ID: fmt.Sprint("big", i)}, Body: randomBytes(4<<20, int64(i))}}})
	}
	conn, err := net.Dial("unix", controlPath(path))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "POST /backup HTTP/1.1\r\nHost: maalem\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReaderSize(conn, 4096)
	if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, "200") {
		t.Fatalf("%q %v", line, err)
	}
	// The archive has begun to arrive, and from here nobody reads on.
	if n := o.store.Stats().Readers; n != 0 {
		t.Errorf("%d readers are open", n)
	}
	before := o.store.Stats().Bytes
	for i := 0; o.store.Stats().Bytes < 2*before; i++ {
		o.commit(t, bot.Turn{Expect: []bot.Expect{{Ref: bot.Ref{Kind: bot.KindSource, ID: fmt.Sprint("more", i)}}},
			Changes: []bot.Change{{Ref: bot.Ref{Kind: bot.KindSource, ID: fmt.Sprint("more", i)}, Body: noise}}})
	}
	if parts, _ := filepath.Glob(path + ".tmp-backup-*"); len(parts) != 1 {
		t.Fatalf("the backup ended meanwhile, nothing was stalled: %v", parts)
	}
	if n := o.store.Stats().Readers; n != 0 {
		t.Errorf("%d readers are open", n)
	}
}

// A client sees that a backup was not finished.
func TestBackupBrokenOff(t *testing.T) {
	path := storeIn(t)
	o := startOperated(t)
	o.commit(t, arrive("a", strings.Repeat("1", 64)))
	if err := os.Mkdir(erasedPath(path), 0o700); err != nil { // cannot be archived
		t.Fatal(err)
	}
	saved := filepath.Join(t.TempDir(), "saved.tar.zst")
	cli.Backup.File = saved
	if err := storeCommand(t.Context(), "backup <file>"); err == nil {
		t.Error("a broken backup is taken for whole")
	}
	if left, _ := filepath.Glob(filepath.Dir(saved) + "/*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if left, _ := filepath.Glob(path + ".tmp-*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestCompactCommand(t *testing.T) {
	path := storeIn(t)
	o := startOperated(t)
	o.commit(t, arrive("a", strings.Repeat("1", 64)))
	if err := storeCommand(t.Context(), "compact"); err == nil || !strings.Contains(err.Error(), "stop it") {
		t.Errorf("compacted under a running server: %v", err)
	}
	o.stop()
	was, _ := os.Stat(path)
	if err := storeCommand(t.Context(), "compact"); err != nil {
		t.Fatal(err)
	}
	if is, _ := os.Stat(path); is.Size() >= was.Size() || is.Mode().Perm() != 0o600 {
		t.Errorf("%d bytes with mode %v, was %d", is.Size(), is.Mode(), was.Size())
	}
	o = startOperated(t)
	if n, err := o.store.Count(t.Context(), bot.Nation, bot.All("all")); n != 1 || err != nil {
		t.Errorf("%d people, %v", n, err)
	}
}

// The socket is its owner's only; one left by a killed process is replaced,
// anything else by its name is not.
func TestControlSocket(t *testing.T) {
	path := storeIn(t)
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: controlPath(path), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	_ = left.Close()
	o := startOperated(t)
	if info, err := os.Stat(controlPath(path)); err != nil || info.Mode() != os.ModeSocket|0o600 {
		t.Errorf("the socket is %v, %v", info.Mode(), err)
	}
	if _, err := listenControl(controlPath(path)); err == nil {
		t.Error("a second one took the socket of a living one")
	}
	o.stop()
	if _, err := os.Lstat(controlPath(path)); err == nil {
		t.Error("the socket stayed behind")
	}
	if err := os.WriteFile(controlPath(path), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := listenControl(controlPath(path)); err == nil {
		t.Error("a file was replaced by the socket")
	}
}

func randomBytes(n int, seed int64) []byte {
	b := make([]byte, n)
	x := uint64(seed)*2654435761 + 88172645463325252
	for i := range b {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		b[i] = byte(x)
	}
	return b
}

// Whoever runs Maalem can read what people asked of a human.
func TestTicketsAreListed(t *testing.T) {
	storeIn(t)
	o := startOperated(t)
	ref := bot.Ref{Kind: bot.KindTicket, ID: "T1"}
	body, err := bot.EncodeRecord(&bot.Ticket{Question: "Comment fixer le prix ?", State: "open", Where: "human/question", At: 1})
	if err != nil {
		t.Fatal(err)
	}
	o.commit(t, bot.Turn{Expect: []bot.Expect{{Ref: ref}}, Changes: []bot.Change{{Ref: ref, Body: body}}})
	var out strings.Builder
	if err := o.printLog(t.Context(), "tickets", &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "T1\topen\thuman/question\t\"Comment fixer le prix ?\"") || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("listed: %q", out.String())
	}
}
