package bolt

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

// Read implements bot.Turns.
func (s *Store) Read(_ context.Context, refs ...bot.Ref) ([]bot.Stored, error) {
	out := make([]bot.Stored, len(refs))
	err := s.view("read", func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(bucketRecords)
		for i, ref := range refs {
			out[i].Ref = ref
			row := bucket.Get(recordKey(ref))
			if row == nil {
				continue
			}
			r, body, err := parseRecord(row)
			if err != nil {
				return err
			}
			out[i].Version = r.version
			if len(body) > 0 {
				out[i].Body = slices.Clone(body)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	return out, nil
}

// Due implements bot.Timers.
func (s *Store) Due(_ context.Context, now time.Time, n int) ([]bot.Timer, error) {
	if !s.held().IsZero() {
		return nil, bot.ErrHeld
	}
	var due []bot.Timer
	limit := timerDueKey(appendTime(nil, now.Add(time.Nanosecond)), "")
	err := s.view("due", func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketTimers).Cursor()
		for k, v := c.Seek([]byte{'d'}); k != nil && k[0] == 'd' && len(due) < n; k, v = c.Next() {
			if string(k) >= string(limit) {
				break
			}
			t, err := decodeTimer(v)
			if err != nil {
				return err
			}
			due = append(due, t)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read due timers: %w", err)
	}
	return due, nil
}

// Next implements bot.Timers.
func (s *Store) Next(context.Context) (time.Time, error) {
	var next time.Time
	err := s.view("next", func(tx *bbolt.Tx) error {
		k, _ := tx.Bucket(bucketTimers).Cursor().Seek([]byte{'d'})
		if len(k) > timeSize && k[0] == 'd' {
			next = readTime(k[1:])
		}
		return nil
	})
	return next, err
}

// Lines implements bot.History.
func (s *Store) Lines(_ context.Context, a bot.Address, after uint64, n int) ([]bot.Line, error) {
	var lines []bot.Line
	prefix := appendPart(nil, a.String())
	err := s.view("history", func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketHistory).Cursor()
		if after > 0 {
			for k, v := c.Seek(appendUint64(slices.Clone(prefix), after+1)); k != nil && hasPrefix(k, prefix) && len(lines) < n; k, v = c.Next() {
				l, err := readLine(k, v)
				if err != nil {
					return err
				}
				lines = append(lines, l)
			}
			return nil
		}
		// The newest line is before the place where a still later one would stand.
		step := c.Prev
		if k, _ := c.Seek(appendUint64(slices.Clone(prefix), ^uint64(0))); k == nil {
			step = c.Last
		}
		for k, v := step(); k != nil && hasPrefix(k, prefix) && len(lines) < n; k, v = c.Prev() {
			l, err := readLine(k, v)
			if err != nil {
				return err
			}
			lines = append(lines, l)
		}
		slices.Reverse(lines)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	return lines, nil
}

// Page implements bot.People.
func (s *Store) Page(_ context.Context, k bot.Kind, after string, n int) ([]bot.Stored, error) {
	var out []bot.Stored
	err := s.view("page", func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketRecords).Cursor()
		for key, row := c.Seek(append(recordKey(bot.Ref{Kind: k, ID: after}), 0)); key != nil && key[0] == byte(k) && len(out) < n; key, row = c.Next() {
			r, body, err := parseRecord(row)
			if err != nil {
				return err
			}
			if len(body) > 0 {
				out = append(out, bot.Stored{Ref: bot.Ref{Kind: k, ID: string(key[1:])}, Version: r.version, Body: slices.Clone(body)})
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("page records: %w", err)
	}
	return out, nil
}

// Tallies implements bot.People.
func (s *Store) Tallies(_ context.Context, prefix string, n int) (map[string]int64, error) {
	out := map[string]int64{}
	err := s.view("tallies", func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketTallies).Cursor()
		for k, v := c.Seek([]byte(prefix)); k != nil && hasPrefix(k, []byte(prefix)) && len(out) < n; k, v = c.Next() {
			count, _, err := cutVarint(v)
			if err != nil {
				return err
			}
			out[string(k)] = count
		}
		return nil
	})
	return out, err
}

// Log implements bot.People.
func (s *Store) Log(_ context.Context, log string, after uint64, n int) ([]bot.LogLine, error) {
	var out []bot.LogLine
	prefix := appendPart(nil, log)
	err := s.view("log", func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketLogs).Cursor()
		for k, v := c.Seek(appendUint64(slices.Clone(prefix), after+1)); k != nil && hasPrefix(k, prefix) && len(out) < n; k, v = c.Next() {
			line, err := readLog(k, v)
			if err != nil {
				return err
			}
			out = append(out, line)
		}
		return nil
	})
	return out, err
}

// readLog reads a log row.
func readLog(k, v []byte) (bot.LogLine, error) {
	if len(v) < timeSize || len(k) < 8 {
		return bot.LogLine{}, errCorrupt
	}
	owner, body, err := cutPart(v[timeSize:])
	return bot.LogLine{Seq: binary.BigEndian.Uint64(k[len(k)-8:]), At: readTime(v), Owner: string(owner), Body: slices.Clone(body)}, err
}
