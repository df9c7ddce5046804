package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

const (
	plantedName  = "Zineb Planted"
	plantedWord  = "planted" // by which it is found
	plantedPhone = "+212600112233"
)

func newStore(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func commit(t *testing.T, s *Store, turns ...bot.Turn) {
	t.Helper()
	for _, turn := range turns {
		if err := s.Commit(context.Background(), turn); err != nil {
			t.Fatal(err)
		}
	}
}

// register is a turn that leaves a person's traces everywhere that a store keeps any.
func register(id, name, phone, photo string) bot.Turn {
	a := bot.Address{Channel: "web", ID: "addr-" + phone}
	said := bot.Message{Text: name + " " + phone}
	return bot.Turn{
		Key:    "web/" + phone,
		Expect: []bot.Expect{{Ref: bot.Ref{Kind: bot.KindConversation, ID: a.String()}}, {Ref: bot.Ref{Kind: bot.KindArtisan, ID: id}}},
		Changes: []bot.Change{
			{Ref: bot.Ref{Kind: bot.KindConversation, ID: a.String()}, Body: []byte("talk of " + name)},
			{Ref: bot.Ref{Kind: bot.KindArtisan, ID: id}, Body: []byte(name + phone), Bits: []bot.Bit{{Facet: "all", On: true}},
				Words: []string{strings.ToLower(name[strings.LastIndex(name, " ")+1:]), "~" + id, strings.TrimPrefix(phone, "+")}},
		},
		Timers:  []bot.Timer{{ID: "half/" + a.String(), Owner: a.String(), Due: time.Now().Add(time.Hour), Body: []byte(name)}},
		Out:     []bot.Outgoing{{To: a, Lane: bot.LaneReply, Message: said}},
		History: []bot.HistoryLine{{To: a, Message: said}},
		Append:  []bot.LogRow{{Log: bot.LogQuarantine, Owner: a.String(), Body: []byte(name)}},
		Tally:   []bot.Tally{{Name: "media:" + photo, Delta: 1}},
	}
}

// unregister is what "delete my data" commits.
func unregister(id, phone, photo string) bot.Turn {
	a := bot.Address{Channel: "web", ID: "addr-" + phone}
	talk, person := bot.Ref{Kind: bot.KindConversation, ID: a.String()}, bot.Ref{Kind: bot.KindArtisan, ID: id}
	return bot.Turn{
		Expect:  []bot.Expect{{Ref: talk, Version: 1}, {Ref: person, Version: 1}},
		Changes: []bot.Change{{Ref: talk}, {Ref: person}},
		Erase:   []string{a.String(), id},
		Tally:   []bot.Tally{{Name: "media:" + photo, Delta: -1}},
	}
}

// planted tells whether the file has the planted words anywhere in its bytes.
func planted(t *testing.T, path string) bool {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Contains(data, []byte(plantedName)) || bytes.Contains(data, []byte(plantedWord)) || bytes.Contains(data, []byte(plantedPhone))
}

// Deleting is proved on the raw bytes: after a compaction nothing of the person is
// in the file; of a tombstone and a dedupe key no one can read a name.
func TestDeletedFromRawBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	s := newStore(t, path)
	turn := register("P1", plantedName, "x", "photo")
	turn.Out[0].Message.Text = plantedName + plantedPhone
	turn.Changes[1].Body = []byte(plantedName + plantedPhone)
	commit(t, s, turn)
	for i := range 300 {
		commit(t, s, register(fmt.Sprint("other", i), "Other", fmt.Sprint(i), "photo"))
	}
	if !planted(t, path) {
		t.Fatal("the planted words were never in the file")
	}
	commit(t, s, unregister("P1", "x", "photo"))
	snapshot := filepath.Join(t.TempDir(), "snapshot.db")
	if err := s.Snapshot(t.Context(), snapshot); err != nil {
		t.Fatal(err)
	}
	if planted(t, snapshot) {
		t.Error("a snapshot has the deleted person's words")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, after, err := Compact(path)
	if err != nil {
		t.Fatal(err)
	}
	if after >= before {
		t.Errorf("compacted from %d to %d bytes", before, after)
	}
	for _, file := range []string{path, path + ".erased"} {
		if planted(t, file) {
			t.Errorf("%s has the deleted person's words", filepath.Base(file))
		}
	}
	s = newStore(t, path)
	verify(t, s)
	if n, err := s.Count(t.Context(), bot.Nation, bot.All("all")); err != nil || n != 300 {
		t.Errorf("%d people after compacting, %v", n, err)
	}
}

// Who was erased after a backup is not brought back by it; who came after, or was
// never erased, is not touched.
func TestAdoptReplaysErasures(t *testing.T) {
	dir := t.TempDir()
	path, snapshot := filepath.Join(dir, "m.db"), filepath.Join(dir, "snapshot.db")
	s := newStore(t, path)
	commit(t, s, register("early", "Early", "1", "p1"), unregister("early", "1", "p1")) // before the backup
	again := register("early", "Early", "1", "p1")                                      // came back before it
	again.Key, again.Expect[0].Version, again.Expect[1].Version = "web/again", 2, 2
	commit(t, s, again, register("P1", plantedName, plantedPhone, "p2"), register("stays", "Stays", "3", "p2"))
	if err := s.Snapshot(t.Context(), snapshot); err != nil {
		t.Fatal(err)
	}
	commit(t, s, unregister("P1", plantedPhone, "p2"))
	// Somebody came and went after the backup, with a photo that another one has too.
	commit(t, s, register("later", "Later", "4", "p2"), unregister("later", "4", "p2"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	done, err := Adopt(t.Context(), snapshot, Options{Erased: path + ".erased"})
	if err != nil {
		t.Fatal(err)
	}
	if done.Owners != 1 || done.Records != 2 {
		t.Errorf("replayed %+v", done)
	}
	r, err := Open(t.Context(), snapshot, Options{Erased: path + ".erased"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	verify(t, r)
	people, err := r.Page(t.Context(), bot.KindArtisan, "", 9)
	if err != nil || len(people) != 2 || people[0].Ref.ID != "early" || people[1].Ref.ID != "stays" {
		t.Errorf("people: %v, %v", people, err)
	}
	if n, _ := r.Count(t.Context(), bot.Nation, bot.All("all")); n != 2 {
		t.Errorf("%d people counted", n)
	}
	if got, _ := r.Read(t.Context(), bot.Ref{Kind: bot.KindArtisan, ID: "P1"}); got[0].Version != 2 || got[0].Body != nil {
		t.Errorf("no tombstone: %v", got)
	}
	counts, _ := r.Tallies(t.Context(), "", 9)
	if fmt.Sprint(counts) != fmt.Sprint(map[string]int64{"media:p1": 1, "media:p2": 1, "unsure:web": 2}) {
		t.Errorf("tallies: %v", counts)
	}
	if since, _ := r.Held(t.Context()); since.IsZero() {
		t.Error("the restored store is not held")
	}
	rows, _ := r.Log(t.Context(), bot.LogQuarantine, 0, 9)
	lines, _ := r.Lines(t.Context(), bot.Address{Channel: "web", ID: "addr-" + plantedPhone}, 0, 9)
	if len(rows) != 2 || len(lines) != 0 {
		t.Errorf("left: %d rows, %d lines", len(rows), len(lines))
	}
	// What is erased from now on has a number of its own.
	commit(t, r, unregister("stays", "3", "p2"))
	if r.erasures.last != 4 {
		t.Errorf("the next erasure has number %d", r.erasures.last)
	}
}

// The list is on the disk before the turn: a commit that fails may leave a line,
// never a turn without its line.
func TestErasureIsNotedBeforeItsTurn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	s := newStore(t, path)
	commit(t, s, register("P1", "Name", "1", "p"))
	conflict := unregister("P1", "1", "p")
	conflict.Expect[0].Version = 9
	if err := s.Commit(t.Context(), conflict); !errors.Is(err, bot.ErrConflict) {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".erased"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a turn that was refused is on the list: %v", err)
	}
	// A list that cannot be written: nothing is erased.
	if err := os.Mkdir(path+".erased.new", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(t.Context(), unregister("P1", "1", "p")); err == nil {
		t.Fatal("erased without a line on the list")
	}
	if got, _ := s.Read(t.Context(), bot.Ref{Kind: bot.KindArtisan, ID: "P1"}); got[0].Version != 1 || s.Health() == nil {
		t.Errorf("after the failure the person is at %d, health %v", got[0].Version, s.Health())
	}
	if err := os.Remove(path + ".erased.new"); err != nil {
		t.Fatal(err)
	}
	commit(t, s, unregister("P1", "1", "p"))
	list, err := os.ReadFile(path + ".erased")
	if err != nil || strings.Count(string(list), "\n") != 1+2+2+1 {
		t.Errorf("list: %v\n%s", err, list)
	}
	if info, _ := os.Stat(path + ".erased"); info.Mode().Perm() != 0o600 {
		t.Errorf("the list has mode %v", info.Mode())
	}
	number := uint64(0)
	_ = s.db.View(func(tx *bbolt.Tx) error {
		number = uint64(tx.Bucket(bucketMeta).Get(metaErased)[7])
		return nil
	})
	if number != s.erasures.last || number == 0 {
		t.Errorf("the store is at erasure %d, the list at %d", number, s.erasures.last)
	}
}

// A list that ends in a torn line goes on after its last whole one; damage in the
// middle is not passed over.
func TestTornErasures(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list")
	e, err := openErasures(path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if _, err := e.note(0, []erasure{{owners: []string{fmt.Sprint("o", i)}}}); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_ = e.close()
	lastLine := bytes.LastIndexByte(whole[:len(whole)-1], '\n') + 1
	for cut := lastLine; cut < len(whole); cut++ {
		if err := os.WriteFile(path, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		e, err := openErasures(path, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if e.last != 2 {
			t.Fatalf("cut at %d: last is %d", cut, e.last)
		}
		if _, err := e.note(0, []erasure{{owners: []string{"o2"}}}); err != nil {
			t.Fatal(err)
		}
		_ = e.close()
		if again, _ := os.ReadFile(path); !bytes.Equal(again, whole) {
			t.Fatalf("cut at %d, then written on:\n%s", cut, again)
		}
	}
	long := append(bytes.Clone(whole[:lastLine]), bytes.Repeat([]byte("9 t "), 100)...)
	if err := os.WriteFile(path, long, 0o600); err != nil {
		t.Fatal(err)
	}
	if e, err = openErasures(path, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	if _, err := e.note(0, []erasure{{owners: []string{"o2"}}}); err != nil {
		t.Fatal(err)
	}
	_ = e.close()
	if again, _ := os.ReadFile(path); !bytes.Equal(again, whole) {
		t.Fatalf("after a long torn line:\n%s", again)
	}
	bad := bytes.Clone(whole)
	bad[lastLine-10] = 'z'
	if err := os.WriteFile(path, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := openErasures(path, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("damage in the middle was passed over")
	}
}

// A reader that stays open is logged, once, and named.
func TestLongReaderIsLogged(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	s := newStore(t, filepath.Join(t.TempDir(), "m.db"))
	err := s.view("an export", func(*bbolt.Tx) error {
		s.readers.look(time.Now().Add(readerLimit-time.Second), log)
		if out.Len() > 0 {
			t.Errorf("logged too early: %s", out.String())
		}
		s.readers.look(time.Now().Add(readerLimit+time.Second), log)
		s.readers.look(time.Now().Add(readerLimit+20*time.Second), log)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(out.String(), "an export") != 1 {
		t.Errorf("logged: %q", out.String())
	}
	out.Reset()
	s.readers.look(time.Now().Add(time.Hour), log)
	if out.Len() > 0 {
		t.Errorf("logged after its end: %s", out.String())
	}
}
