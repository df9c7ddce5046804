//go:build linux

package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"maalem/bot"
)

// killChild names the store in the environment of a child of the kill test.
const killChild = "MAALEM_KILL_CHILD"

// TestMain makes a child of a test what its environment says.
func TestMain(m *testing.M) {
	for name, work := range map[string]func(string) error{killChild: killWork, fullChild: fullWork, peopleChild: peopleWork} {
		if arg := os.Getenv(name); arg != "" {
			if err := work(arg); err != nil {
				fmt.Println("fail", err)
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
	os.Exit(m.Run())
}

// report writes one line in one write call: the kernel takes it whole, whenever we are killed.
func report(format string, args ...any) {
	_, _ = os.Stdout.WriteString(fmt.Sprintf(format, args...) + "\n")
}

// killWork commits turns and sends messages until it is killed. Lines on standard
// output: "ack WORKER TURN" after a commit, "sent WORKER LANE TURN" before a settlement.
func killWork(path string) error {
	s, err := Open(context.Background(), path, Options{Now: func() time.Time { return killStart }})
	if err != nil {
		return err
	}
	failed := make(chan error, killWorkers+1)
	var group sync.WaitGroup
	for w := range killWorkers {
		got, err := s.Read(context.Background(), killTalk(w))
		if err != nil {
			return err
		}
		group.Go(func() { failed <- killCommit(s, w, int(got[0].Version)) })
	}
	group.Go(func() { failed <- killSend(s) })
	report("ready")
	return <-failed
}

// killCommit begins with the last turn again, as a network redelivers what was not acknowledged.
func killCommit(s *Store, w, n int) error {
	if n > 0 {
		if err := s.Commit(context.Background(), killTurn(w, n)); !errors.Is(err, bot.ErrDuplicate) {
			return fmt.Errorf("turn %d of %d again: %v", n, w, err)
		}
	}
	for {
		n++
		if err := s.Commit(context.Background(), killTurn(w, n)); err != nil {
			return fmt.Errorf("turn %d of %d: %w", n, w, err)
		}
		report("ack %d %d", w, n)
	}
}

func killSend(s *Store) error {
	for i := 0; ; i++ {
		batch, err := s.Lease(context.Background(), "kill", 16, time.Hour)
		if err != nil {
			return err
		}
		for _, m := range batch {
			report("sent %s %d %s", m.To.ID, m.Lane, m.Message.Text)
			sent := bot.Sent{ID: m.ID, To: m.To, Lane: m.Lane, Done: true}
			if n, _ := strconv.Atoi(m.Message.Text); n%5 == 0 && m.Attempt == 0 {
				sent.Done, sent.RetryAt = false, killStart
			}
			if err := s.Settle(context.Background(), []bot.Sent{sent}); err != nil {
				return err
			}
		}
		if len(batch) == 0 {
			<-s.Ready("kill")
		}
	}
}
