//go:build linux

package bolt

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"maalem/bot"
	"maalem/storage/memory"
)

var kills = flag.Int("kills", 100, "how often the kill test kills")

// killed is what the parent knows about one file over all its kills.
type killed struct {
	path  string
	model *memory.Store      // has made every turn that the file has
	at    [killWorkers]int   // turns that the model has made
	acked [killWorkers]int   // the last acknowledged turn
	run   int                // counts the children
	sent  [killWorkers][]int // the child that last sent turn n's message; 0: none
	last  map[string]int     // worker and lane → the last message that left for the first time
	again map[string]int     // worker and lane → repeats since the last start

	turns, repeats, unacked int
}

// A process is killed at random moments under load, again and again on the same
// file. Whatever it acknowledged is there once; nothing is there by halves; what
// was not acknowledged is there whole or not at all.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED by -short: nothing is killed, durability is not tested")
	}
	k := &killed{path: filepath.Join(t.TempDir(), "m.db"), last: map[string]int{}, again: map[string]int{},
		model: memory.New(func() time.Time { return killStart })}
	for i := range *kills {
		k.kill(t)
		s, err := Open(t.Context(), k.path, Options{Now: func() time.Time { return killStart }})
		if err != nil {
			t.Fatalf("after %d kills: %v", i+1, err)
		}
		k.compare(t, s)
		verify(t, s)
		if i%2 == 0 { // the others find the file as a second kill would leave it
			err = s.Close()
		} else {
			err = s.abandon()
		}
		if err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			t.Fatalf("after %d kills", i+1)
		}
	}
	t.Logf("%d kills, %d turns, %d of them whole but not acknowledged, %d messages repeated", *kills, k.turns, k.unacked, k.repeats)
	if k.turns < *kills*10 {
		t.Errorf("only %d turns under %d kills: this was no load", k.turns, *kills)
	}
}

// abandon lets go of the file as a kill does: nothing more is written.
func (s *Store) abandon() error {
	s.closed = true
	close(s.stop)
	s.done.Wait()
	_ = s.erasures.close()
	return s.db.Close()
}

// kill starts the child, lets it work for a random time and kills it.
func (k *killed) kill(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), killChild+"="+k.path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	ready, ended := make(chan struct{}), make(chan error, 1)
	clear(k.again)
	k.run++
	go func() { ended <- k.listen(out, ready) }()
	if rand.IntN(10) > 0 { // else: perhaps while it opens the file
		select {
		case <-ready:
		case err := <-ended:
			t.Fatalf("the child ended by itself: %v", err)
		}
	}
	time.Sleep(time.Duration(rand.IntN(60_000)) * time.Microsecond)
	if err := child.Process.Kill(); err != nil {
		t.Fatalf("the child ended by itself: %v", err)
	}
	if err := <-ended; err != nil { // all that it had reported has been read
		t.Fatal(err)
	}
	_ = child.Wait()
}

// listen reads a child's reports to their end.
func (k *killed) listen(out io.Reader, ready chan struct{}) error {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var w, n, lane int
		word, rest, _ := strings.Cut(lines.Text(), " ")
		switch word {
		case "ready":
			close(ready)
		case "ack":
			if _, err := fmt.Sscan(rest, &w, &n); err != nil {
				return err
			}
			k.acked[w] = n
		case "sent":
			if _, err := fmt.Sscan(rest, &w, &lane, &n); err != nil {
				return err
			}
			if err := k.left(w, lane, n); err != nil {
				return err
			}
		default:
			return fmt.Errorf("the child says %q", lines.Text())
		}
	}
	return lines.Err()
}

// left notes that the n-th message of w left, and holds it to the order.
func (k *killed) left(w, lane, n int) error {
	for len(k.sent[w]) <= n {
		k.sent[w] = append(k.sent[w], 0)
	}
	place := fmt.Sprint(w, " ", lane)
	switch before := k.sent[w][n]; {
	case before == 0 && n < k.last[place]:
		return fmt.Errorf("message %d left after %d of its lane", n, k.last[place])
	case before == 0:
		k.last[place] = n
	case n%5 == 0: // tried twice as planned
	case before == k.run:
		return fmt.Errorf("message %d of %d was sent twice by one process", n, w)
	default:
		k.repeats++
		if k.again[place]++; k.again[place] > 1 {
			return fmt.Errorf("more than one message of a lane of an address was sent again after one kill")
		}
	}
	k.sent[w][n] = k.run
	return nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// compare brings the model to where the file is and holds both against each other.
func (k *killed) compare(t *testing.T, s *Store) {
	t.Helper()
	ctx := context.Background()
	odd := 0
	for w := range killWorkers {
		got, err := s.Read(ctx, killTalk(w))
		if err != nil {
			t.Fatal(err)
		}
		n := int(got[0].Version)
		if n < k.acked[w] || n > k.acked[w]+1 || n < k.at[w] {
			t.Errorf("worker %d: turn %d was acknowledged, the file is at %d (before: %d)", w, k.acked[w], n, k.at[w])
			return
		}
		k.unacked += n - k.acked[w]
		k.turns += n - k.at[w]
		for k.at[w] < n {
			k.at[w]++
			turn := killTurn(w, k.at[w])
			turn.Out = nil // the outbox is compared with what left
			if turn.Claim.Event == "fair" {
				turn.Claim = nil // who got a seat depends on who came first
			}
			if err := k.model.Commit(ctx, turn); err != nil {
				t.Fatalf("the model refuses turn %d of %d: %v", k.at[w], w, err)
			}
		}
		k.acked[w] = n
		odd += (n + 1) / 2
		if err := s.Commit(ctx, bot.Turn{Key: fmt.Sprintf("kill%d/%d", w, n+1), Expect: []bot.Expect{{Ref: killTalk(w), Version: 1 << 60}}}); err != bot.ErrConflict {
			t.Errorf("the key of a turn that never was: %v", err)
		}
		k.compareLines(t, s, killAddress(w))
		k.compareLines(t, s, bot.Address{Channel: "kill", ID: fmt.Sprint("other", w)})
	}
	same(t, "records", s, k.model, func(x records) ([]bot.Stored, error) { return x.Page(ctx, bot.KindArtisan, "", 1<<30) })
	same(t, "talks", s, k.model, func(x records) ([]bot.Stored, error) { return x.Page(ctx, bot.KindConversation, "", 1<<30) })
	same(t, "timers", s, k.model, func(x records) ([]bot.Timer, error) { return x.Due(ctx, killStart.AddDate(9, 0, 0), 1<<30) })
	same(t, "tallies", s, k.model, func(x records) (map[string]int64, error) { return x.Tallies(ctx, "", 1<<30) })
	same(t, "quarantined", s, k.model, func(x records) (int, error) {
		rows, err := x.Log(ctx, bot.LogQuarantine, 0, 1<<30)
		return len(rows), err
	})
	for _, f := range []string{"craft:0", "craft:1", "craft:2", "craft:3", "craft:4", "lang:ary"} {
		same(t, f, s, k.model, func(x records) (int, error) { return x.Count(ctx, bot.Nation, bot.All(f)) })
	}
	k.compareOutbox(t, s)
	k.compareLog(t, s)
	k.compareClaims(t, s, odd)
	k.compareErasures(t, s)
}

// compareErasures: no turn that erased somebody lacks its line on the list.
func (k *killed) compareErasures(t *testing.T, s *Store) {
	t.Helper()
	noted := map[hash]int{}
	if s.erasures.file != nil {
		if _, err := s.erasures.scan(func(_ uint64, _ byte, h hash, _ int64) error { noted[h]++; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for w := range killWorkers {
		for _, owner := range killTurn(w, 50).Erase {
			if n := noted[s.erasures.hash(erasedOwner, []byte(owner))]; n < k.at[w]/50 {
				t.Errorf("worker %d erased %d times, %d are noted", w, k.at[w]/50, n)
			}
		}
	}
}

// records is what both the file and the model can be asked.
type records interface {
	bot.People
	bot.Timers
}

func same[T any](t *testing.T, what string, a, b records, get func(records) (T, error)) {
	t.Helper()
	x, err := get(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := get(b)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(x) != fmt.Sprint(y) {
		t.Errorf("%s: the file and the model differ\n%.2000s\n%.2000s", what, fmt.Sprint(x), fmt.Sprint(y))
	}
}

func (k *killed) compareLines(t *testing.T, s *Store, a bot.Address) {
	t.Helper()
	texts := func(h bot.History) []string {
		lines, err := h.Lines(context.Background(), a, 0, HistoryKeep)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, l := range lines {
			out = append(out, l.Message.Text)
		}
		return out
	}
	if got, want := texts(s), texts(k.model); !slices.Equal(got, want) {
		t.Errorf("history of %s: %d lines, want %d: %.300q %.300q", a, len(got), len(want), got, want)
	}
}

// compareOutbox: each message waits once, or was sent.
func (k *killed) compareOutbox(t *testing.T, s *Store) {
	t.Helper()
	waiting := map[string]bool{}
	if err := s.db.View(func(tx *bbolt.Tx) error {
		each(t, tx, bucketOutbox, func(_, v []byte) {
			head, body, err := parseOut(v)
			if err != nil {
				t.Fatal(err)
			}
			var m bot.Message
			if err := decodeMessage(body, &m); err != nil {
				t.Fatal(err)
			}
			if waiting[head.id+" "+m.Text] {
				t.Errorf("message %s of %s waits twice", m.Text, head.id)
			}
			waiting[head.id+" "+m.Text] = true
		})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	found := 0
	for w := range killWorkers {
		for n := 1; n <= k.at[w]; n++ {
			waits := waiting[fmt.Sprint(w, " ", n)]
			found += b2i(waits)
			if !waits && (n >= len(k.sent[w]) || k.sent[w][n] == 0) {
				t.Errorf("message %d of %d neither waits nor was it sent", n, w)
			}
		}
	}
	if found != len(waiting) {
		t.Errorf("%d messages wait, only %d belong to turns that were made", len(waiting), found)
	}
}

// compareLog: of each worker the newest rows, without a gap.
func (k *killed) compareLog(t *testing.T, s *Store) {
	t.Helper()
	rows, err := s.Log(context.Background(), bot.LogMisunderstood, 0, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for w := range killWorkers {
		total += k.at[w]
		var own []int
		for _, r := range rows {
			if r.Owner == killAddress(w).String() {
				n, _ := strconv.Atoi(string(r.Body))
				own = append(own, n)
			}
		}
		for i, n := range own {
			if n != k.at[w]-len(own)+1+i {
				t.Errorf("log of %d: row %d of %d is %d", w, i, len(own), n)
				break
			}
		}
	}
	if want := min(total, bot.LogKeep); len(rows) < want || len(rows) > bot.LogKeep+512 {
		t.Errorf("the log has %d rows after %d", len(rows), total)
	}
}

// compareClaims: the event that everybody wanted has as many holders as there were turns for it.
func (k *killed) compareClaims(t *testing.T, s *Store, claims int) {
	t.Helper()
	var granted, waiting uint64
	if err := s.db.View(func(tx *bbolt.Tx) error {
		row := tx.Bucket(bucketClaims).Get(appendPart([]byte{'e'}, "fair"))
		var rest []byte
		granted, rest, _ = cutUvarint(row)
		waiting, _, _ = cutUvarint(rest)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if want := min(claims, killSeats); int(granted) != want || int(granted+waiting) != claims {
		t.Errorf("%d granted and %d wait of %d claims", granted, waiting, claims)
	}
}
