//go:build linux

package bolt

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"maalem/bot"
)

// fullChild names the store in the environment of the child of the full disk test.
const fullChild = "MAALEM_FULL_CHILD"

// A full disk: commits fail and change nothing, nothing is acknowledged, the health
// says so, and when there is room again everything goes on without a restart. The
// child does it to itself with a limit on the size of its files.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(self)
	child.Env = append(os.Environ(), fullChild+"="+path)
	out, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "done") {
		t.Fatalf("%v\n%s", err, out)
	}
	s := newStore(t, path)
	verify(t, s)
	acked := 0
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		id, ok := strings.CutPrefix(lines.Text(), "ack ")
		if !ok {
			continue
		}
		acked++
		if got, err := s.Read(t.Context(), bot.Ref{Kind: bot.KindSource, ID: id}); err != nil || got[0].Version != 1 {
			t.Errorf("%s was acknowledged and is at %d, %v", id, got[0].Version, err)
		}
	}
	if acked < 5 {
		t.Errorf("only %d turns were acknowledged\n%s", acked, out)
	}
}

// fullWork is the child.
func fullWork(path string) error {
	signal.Ignore(syscall.SIGXFSZ) // then a write beyond the limit fails as on a full disk
	ctx := context.Background()
	s, err := Open(ctx, path, Options{})
	if err != nil {
		return err
	}
	anna := bot.Address{Channel: "test", ID: "anna"}
	turn := func(id string, size int) bot.Turn {
		ref := bot.Ref{Kind: bot.KindSource, ID: id}
		return bot.Turn{Key: "test/" + id, Expect: []bot.Expect{{Ref: ref}}, Changes: []bot.Change{{Ref: ref, Body: bytes.Repeat([]byte{7}, size)}},
			Out: []bot.Outgoing{{To: anna, Lane: bot.LaneReply, Message: bot.Message{Text: id}}}, Tally: []bot.Tally{{Name: "turns", Delta: 1}}}
	}
	acked := 0
	works := func(id string, size int) error {
		if err := s.Commit(ctx, turn(id, size)); err != nil {
			return fmt.Errorf("commit %s: %w", id, err)
		}
		acked++
		report("ack %s", id)
		if err := s.Health(); err != nil {
			return fmt.Errorf("health after %s: %w", id, err)
		}
		return nil
	}
	// unchanged holds the store to what was acknowledged.
	unchanged := func(failed string) error {
		got, err := s.Read(ctx, bot.Ref{Kind: bot.KindSource, ID: failed})
		if err != nil {
			return err
		}
		counts, err := s.Tallies(ctx, "turns", 1)
		if err != nil {
			return err
		}
		if queued, _ := s.Queued(ctx, "test"); got[0].Version != 0 || counts["turns"] != int64(acked) || queued[bot.LaneReply] != acked {
			return fmt.Errorf("after %s failed: version %d, %v turns counted, %v queued, %d acknowledged", failed, got[0].Version, counts, queued, acked)
		}
		return nil
	}
	if err := works("first", 10); err != nil {
		return err
	}
	leased, err := s.Lease(ctx, "test", 1, time.Hour)
	if err != nil || len(leased) != 1 {
		return fmt.Errorf("leased %v %w", leased, err)
	}
	// Nothing fits any more but the two meta pages.
	if err := limitFiles(2 * 4096); err != nil {
		return err
	}
	if err := s.Settle(ctx, []bot.Sent{{ID: leased[0].ID, To: anna, Lane: bot.LaneReply, Done: true}}); err != nil {
		return err
	}
	for i := range 3 {
		id := fmt.Sprint("full", i)
		if err := s.Commit(ctx, turn(id, 10)); err == nil {
			return fmt.Errorf("%s was acknowledged on a full disk", id)
		}
		if s.Health() == nil {
			return fmt.Errorf("healthy on a full disk")
		}
		if err := unchanged(id); err != nil {
			return err
		}
	}
	if err := limitFiles(noLimit); err != nil {
		return err
	}
	// The store finds out by itself, and the settlement was not lost.
	if err := eventually(func() bool { q, _ := s.Queued(ctx, "test"); return s.Health() == nil && q[bot.LaneReply] == 0 }); err != nil {
		return fmt.Errorf("it does not recover: %w", s.Health())
	}
	report("recovered")
	for i := range 3 { // their keys were not taken
		if err := works(fmt.Sprint("full", i), 10); err != nil {
			return err
		}
	}
	acked-- // the settled one is queued no more; the tally knows it
	if err := s.Commit(ctx, bot.Turn{Tally: []bot.Tally{{Name: "turns", Delta: -1}}}); err != nil {
		return err
	}
	// The disk fills up while the file grows.
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if err := limitFiles(uint64(info.Size())); err != nil {
		return err
	}
	for i := 0; ; i++ {
		id := fmt.Sprint("grow", i)
		if err := s.Commit(ctx, turn(id, 1<<20)); err != nil {
			if err := unchanged(id); err != nil {
				return err
			}
			break
		}
		acked++
		report("ack %s", id)
		if i > 100 {
			return fmt.Errorf("the file outgrew its limit")
		}
	}
	if err := limitFiles(noLimit); err != nil {
		return err
	}
	if err := works("last", 1<<20); err != nil {
		return err
	}
	report("done")
	return s.Close()
}

// eventually waits for what another goroutine does.
func eventually(ok func() bool) error {
	for range 1000 {
		if ok() {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return fmt.Errorf("never")
}

// noLimit is RLIM_INFINITY.
const noLimit = 1<<64 - 1

func limitFiles(bytes uint64) error {
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: noLimit})
}
