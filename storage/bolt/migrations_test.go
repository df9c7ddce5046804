package bolt

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

// older unpacks the store that a program of an older format wrote;
// testdata/format1/main.go says what is in all of them.
func older(t *testing.T, format int) string {
	t.Helper()
	packed, err := os.Open(fmt.Sprintf("testdata/format%d/format%d.db.gz", format, format))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	z, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "m.db")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(f, z); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// A store of every older format opens, and everything in it is read.
func TestOpenOlder(t *testing.T) {
	for format := 1; format < currentFormat; format++ {
		t.Run(fmt.Sprint("format ", format), func(t *testing.T) { readOlder(t, older(t, format)) })
	}
}

// A migration that is killed after any of its transactions goes on where it stood.
func TestMigrationKilled(t *testing.T) {
	for format := 1; format < currentFormat; format++ {
		t.Run(fmt.Sprint("format ", format), func(t *testing.T) { migrationKilled(t, format) })
	}
}

func migrationKilled(t *testing.T, format int) {
	for kill := 1; ; kill++ {
		path := older(t, format)
		if kept := storedFormat(t, path); kept != uint64(format) {
			t.Fatalf("the store of format %d is of format %d", format, kept)
		}
		db, err := openFile(path)
		if err != nil {
			t.Fatal(err)
		}
		more := true
		for i := 0; i < kill && more; i++ {
			if more, err = migrate(db, 400, time.Unix(1, 0)); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil { // the freelist is not written: as after a kill
			t.Fatal(err)
		}
		readOlder(t, path)
		if !more {
			if format < 3 && kill < 4 { // the step to format 4 takes one
				t.Fatalf("the migration took only %d transactions", kill)
			}
			return
		}
	}
}

// storedFormat is the format of a store that nobody has open.
func storedFormat(t *testing.T, path string) (format uint64) {
	t.Helper()
	db, err := openFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.View(func(tx *bbolt.Tx) error {
		format, _, err = cutUvarint(tx.Bucket(bucketMeta).Get(metaFormat))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return format
}

func readOlder(t *testing.T, path string) {
	t.Helper()
	ctx := context.Background()
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	s, err := Open(ctx, path, Options{Now: func() time.Time { return at }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	verify(t, s)
	check := func(what string, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	if err := s.db.View(func(tx *bbolt.Tx) error {
		if tx.Bucket(bucketMeta).Get(metaMigrating) != nil {
			t.Error("the migration says that it is not done")
		}
		format, _, err := cutUvarint(tx.Bucket(bucketMeta).Get(metaFormat))
		check("format", format, currentFormat)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for i := range 1200 {
		a := bot.Address{Channel: "telegram", ID: fmt.Sprint(1000 + i)}
		got, err := s.Read(ctx, bot.Ref{Kind: bot.KindConversation, ID: a.String()}, bot.Ref{Kind: bot.KindArtisan, ID: fmt.Sprintf("P%04d", i)})
		if err != nil {
			t.Fatal(err)
		}
		check("conversation", string(got[0].Body), fmt.Sprint("conversation ", i))
		if i == 2 {
			check("tombstone", got[1], bot.Stored{Ref: got[1].Ref, Version: 2})
		} else {
			check("person", string(got[1].Body), fmt.Sprint("person ", i))
		}
		if i%10 == 0 {
			check("key", s.Commit(ctx, bot.Turn{Key: fmt.Sprintf("telegram/%d", 500+i)}), bot.ErrDuplicate)
			lines, err := s.Lines(ctx, a, 0, 9)
			if err != nil || len(lines) != 2 || lines[0].Message.Text != fmt.Sprint("line ", i) || !lines[0].Message.Echo {
				t.Errorf("history of %d: %v %v", i, lines, err)
			}
		}
	}
	check("text key", s.Commit(ctx, bot.Turn{Key: "web/some-text"}), bot.ErrDuplicate)
	check("long key", s.Commit(ctx, bot.Turn{Key: "web/" + fmt.Sprintf("%0200d", 7)}), bot.ErrDuplicate)
	for i, want := range []int{400, 400, 399} {
		n, err := s.Count(ctx, bot.Nation, bot.All(fmt.Sprint("third:", i), "all"))
		check("facet", fmt.Sprint(n, err), fmt.Sprint(want, " <nil>"))
	}
	listed, next, err := s.List(ctx, bot.Nation, bot.All("all"), nil, 0, 5000)
	if err != nil || len(listed) != 1199 || next != 0 || !bytes.HasPrefix(listed[0].Body, []byte("person ")) {
		t.Errorf("listed %d people of the older store: %v", len(listed), err)
	}
	queued, _ := s.Queued(ctx, "telegram")
	check("queued", queued, map[bot.Lane]int{1: 40, 2: 40, 3: 40})
	leased, err := s.Lease(ctx, "telegram", 200, time.Minute)
	if err != nil || len(leased) != 120 || leased[0].Message.Text != "message 0" || leased[119].Message.Text != "message 1190" {
		t.Errorf("leased %d: %v", len(leased), err)
	}
	due, err := s.Due(ctx, at.AddDate(1, 0, 0), 5000)
	if err != nil || len(due) != 1201 || due[0].Owner != "telegram:1000" || due[0].Zone != "Africa/Casablanca" || len(due[0].Body) != 2 || due[0].NotAfter.IsZero() {
		t.Errorf("%d timers: %v", len(due), err)
	}
	check("moved timer", due[len(due)-1].Owner, "telegram:1001")
	rows, _ := s.Log(ctx, bot.LogMisunderstood, 0, 100)
	check("log", len(rows), 60)
	counts, _ := s.Tallies(ctx, "", 9)
	check("tallies", counts, map[string]int64{"runs:x": 1200})
	for i, want := range []bot.Outcome{bot.Already, bot.Already, bot.Waiting} { // seats, list, new
		holder := []string{"P0000", "P0007", "new"}[i]
		to := bot.Address{Channel: "claims", ID: holder}
		br := map[bot.Outcome]bot.Branch{}
		for _, o := range []bot.Outcome{bot.Granted, bot.Waiting, bot.Already} {
			br[o] = bot.Branch{Out: []bot.Outgoing{{To: to, Lane: bot.LaneReply, Message: bot.Message{Text: fmt.Sprint(o)}}}}
		}
		check("claim", s.Commit(ctx, bot.Turn{Claim: &bot.Claim{Event: "fair", Holder: holder, Seats: 5, Branch: br}}), nil)
		got, err := s.Lease(ctx, "claims", 1, time.Minute)
		if err != nil || len(got) != 1 {
			t.Fatalf("claim of %s: %v %v", holder, got, err)
		}
		check("outcome of "+holder, fmt.Sprint(got[0].Message.Text, " ", got[0].Position), fmt.Sprint(want, " ", []int{0, 3, 4}[i]))
	}
	// The index that the migration made is what erasing goes by.
	check("erase", s.Commit(ctx, bot.Turn{Erase: []string{"telegram:1000"}}), nil)
	due, _ = s.Due(ctx, at.AddDate(1, 0, 0), 5000)
	rows, _ = s.Log(ctx, bot.LogMisunderstood, 0, 100)
	lines, _ := s.Lines(ctx, bot.Address{Channel: "telegram", ID: "1000"}, 0, 9)
	check("left after erasing", fmt.Sprint(len(due), len(rows), len(lines)), fmt.Sprint(1200, 59, 0))
	verify(t, s)
}
