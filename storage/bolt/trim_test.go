package bolt

import (
	"fmt"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

// BenchmarkTrim is what a turn pays that trims: a full log is walked every 256 rows,
// an address's history every 64.
func BenchmarkTrim(b *testing.B) {
	s, err := Open(b.Context(), filepath.Join(b.TempDir(), "m.db"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for i := range bot.LogKeep + 300 {
		if i%500 == 0 {
			turn := bot.Turn{}
			for j := range 500 {
				turn.Append = append(turn.Append, bot.LogRow{Log: bot.LogDropped, Owner: fmt.Sprint("web:", i+j), Body: make([]byte, 100)})
			}
			if err := s.Commit(b.Context(), turn); err != nil {
				b.Fatal(err)
			}
		}
	}
	prefix := appendPart(nil, bot.LogDropped)
	for b.Loop() {
		tx, err := s.db.Begin(true)
		if err != nil {
			b.Fatal(err)
		}
		batch := &batch{s: s, tx: tx}
		if err := trim(tx.Bucket(bucketLogs), prefix, bot.LogKeep, batch.dropLog); err != nil {
			b.Fatal(err)
		}
		_ = tx.Rollback()
	}
}

// Logs and histories stay within their bounds, with those who only ever write a little
// in between, and the index of owners follows.
func TestBounds(t *testing.T) {
	s := newStore(t, filepath.Join(t.TempDir(), "m.db"))
	chatty, polite := bot.Address{Channel: "web", ID: "chatty"}, bot.Address{Channel: "web", ID: "polite"} // answers each line
	for i := range 60 {
		turn := bot.Turn{}
		for j := range 250 {
			turn.Append = append(turn.Append, bot.LogRow{Log: bot.LogDropped, Owner: fmt.Sprint("web:", i*j), Body: []byte("x")})
			turn.History = append(turn.History, bot.HistoryLine{To: chatty, Message: bot.Message{Text: fmt.Sprint(i*250 + j)}}, bot.HistoryLine{To: polite})
		}
		turn.Append = append(turn.Append, bot.LogRow{Log: bot.LogQuarantine, Owner: "web:rare", Body: []byte("x")})
		if i%2 == 0 {
			turn.History = append(turn.History, bot.HistoryLine{To: bot.Address{Channel: "web", ID: "rare"}}, bot.HistoryLine{To: bot.Address{Channel: "web", ID: "rare"}})
		}
		commit(t, s, turn)
	}
	verify(t, s)
	counts := map[string]int{}
	if err := s.db.View(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{bucketLogs, bucketHistory} {
			each(t, tx, name, func(k, _ []byte) {
				owner, _, _ := cutPart(k)
				counts[string(owner)]++
			})
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if n := counts[bot.LogDropped]; n < bot.LogKeep || n > bot.LogKeep+2*256 {
		t.Errorf("%d rows of a full log", n)
	}
	for _, a := range []bot.Address{chatty, polite} {
		if n := counts[a.String()]; n < HistoryKeep || n > HistoryKeep+3*64 {
			t.Errorf("%d lines of %s", n, a.ID)
		}
	}
	if counts[bot.LogQuarantine] != 60 || counts["web:rare"] != 60 {
		t.Errorf("what is rare was trimmed: %v", counts)
	}
	lines, err := s.Lines(t.Context(), chatty, 0, 1)
	if err != nil || len(lines) != 1 || lines[0].Message.Text != "14999" {
		t.Errorf("the newest line: %v %v", lines, err)
	}
}
