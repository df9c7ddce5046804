package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
	"go.etcd.io/bbolt"

	"maalem/bot"
)

func ordinalKey(ordinal uint32) []byte { return binary.BigEndian.AppendUint32([]byte{'o'}, ordinal) }

// wordKey has the chunk before the word: a search walks chunk by chunk, newest
// first, and reads of each only the words that fit.
func wordKey(chunk uint16, word string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{'w'}, chunk), word...)
}

// checkWords refuses words that no index could hold, and sorts the others.
func checkWords(c *bot.Change) ([]string, error) {
	if err := c.CheckWords(); err != nil {
		return nil, err
	}
	words := slices.Clone(c.Words) // nil stays nil
	slices.Sort(words)
	return slices.Compact(words), nil
}

// words makes these the words of an artisan.
func (b *batch) words(r *record, now []string) error {
	var before []string
	if len(r.words) > 0 {
		before = strings.Split(string(r.words), "\x00")
	}
	for _, w := range before {
		if _, stays := slices.BinarySearch(now, w); !stays {
			if err := b.mark(w, r.ordinal, false); err != nil {
				return err
			}
		}
	}
	for _, w := range now {
		if _, was := slices.BinarySearch(before, w); !was {
			if err := b.mark(w, r.ordinal, true); err != nil {
				return err
			}
		}
	}
	r.words = []byte(strings.Join(now, "\x00"))
	return nil
}

// unlist removes an artisan from the index of words and of ordinals.
func (b *batch) unlist(r *record) error {
	if err := b.words(r, nil); err != nil {
		return err
	}
	return b.tx.Bucket(bucketPeople).Delete(ordinalKey(r.ordinal))
}

func (b *batch) mark(word string, ordinal uint32, on bool) error {
	return flip(b.tx.Bucket(bucketPeople), wordKey(uint16(ordinal>>chunkBits), word), ordinal, on)
}

// set is what a query asks of every chunk: the scope and the filter with the
// facets' numbers. nobody is true when a clause can hold for no one.
type set struct {
	clauses []clause
	nobody  bool
}

type clause struct {
	any []uint32
	not bool
}

func (s *Store) set(scope bot.Scope, f bot.Filter) set {
	if c, all := scope.Clause(); !all {
		f = append(slices.Clone(f), c)
	}
	var out set
	for _, c := range f {
		n := clause{not: c.Not}
		for _, name := range c.Any {
			if id, ok := s.names.get(name); ok {
				n.any = append(n.any, id)
			}
		}
		out.nobody = out.nobody || len(n.any) == 0 && !n.not
		if len(n.any) > 0 {
			out.clauses = append(out.clauses, n)
		}
	}
	return out
}

// in cuts a chunk's ordinals down to the set's.
func (q set) in(facets *bbolt.Bucket, members *roaring.Bitmap, chunk uint32) error {
	for _, c := range q.clauses {
		union := roaring.New()
		for _, id := range c.any {
			row := facets.Get(chunkKey(id, chunk<<chunkBits))
			if row == nil {
				continue
			}
			one := roaring.New()
			if _, err := one.FromBuffer(row); err != nil {
				return fmt.Errorf("read facet: %w", err)
			}
			union.Or(one)
		}
		if c.not {
			members.AndNot(union)
		} else {
			members.And(union)
		}
	}
	return nil
}

// chunks calls f with each chunk's members of the set, from the highest ordinal down,
// until f says that it has enough. The bitmap is f's.
func (s *Store) chunks(tx *bbolt.Tx, q set, f func(chunk uint32, members *roaring.Bitmap) (more bool, err error)) error {
	id, ok := s.names.get(everybody)
	if !ok || q.nobody {
		return nil
	}
	facets := tx.Bucket(bucketFacets)
	prefix := binary.BigEndian.AppendUint32([]byte{'b'}, id)
	c := facets.Cursor()
	var v []byte
	k, _ := c.Seek(binary.BigEndian.AppendUint32([]byte{'b'}, id+1))
	if k == nil {
		k, v = c.Last()
	} else {
		k, v = c.Prev()
	}
	for ; k != nil && bytes.HasPrefix(k, prefix); k, v = c.Prev() {
		members := roaring.New()
		if err := members.UnmarshalBinary(v); err != nil {
			return fmt.Errorf("read facet: %w", err)
		}
		chunk := binary.BigEndian.Uint32(k[5:])
		if err := q.in(facets, members, chunk); err != nil {
			return err
		}
		if more, err := f(chunk, members); err != nil || !more {
			return err
		}
	}
	return nil
}

// Count implements bot.People: exact, chunk by chunk.
func (s *Store) Count(_ context.Context, scope bot.Scope, f bot.Filter) (int, error) {
	total := 0
	err := s.view("count", func(tx *bbolt.Tx) error {
		return s.chunks(tx, s.set(scope, f), func(_ uint32, members *roaring.Bitmap) (bool, error) {
			total += int(members.GetCardinality())
			return true, nil
		})
	})
	if err != nil {
		return 0, fmt.Errorf("count people: %w", err)
	}
	return total, nil
}

// Counts implements bot.People.
func (s *Store) Counts(_ context.Context, scope bot.Scope, f bot.Filter, prefix string) (map[string]int, error) {
	out := map[string]int{}
	named := s.names.with(prefix)
	err := s.view("counts", func(tx *bbolt.Tx) error {
		facets := tx.Bucket(bucketFacets)
		return s.chunks(tx, s.set(scope, f), func(chunk uint32, members *roaring.Bitmap) (bool, error) {
			for rest, id := range named {
				row := facets.Get(chunkKey(id, chunk<<chunkBits))
				if row == nil {
					continue
				}
				one := roaring.New()
				if _, err := one.FromBuffer(row); err != nil {
					return false, fmt.Errorf("read facet: %w", err)
				}
				if n := members.AndCardinality(one); n > 0 {
					out[rest] += int(n)
				}
			}
			return true, nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("count people: %w", err)
	}
	return out, nil
}

// List implements bot.People. A cursor is one more than the ordinal to go on with.
func (s *Store) List(_ context.Context, scope bot.Scope, f bot.Filter, terms []bot.Term, from bot.Cursor, n int) ([]bot.Stored, bot.Cursor, error) {
	var rows []bot.Stored
	var next bot.Cursor
	err := s.view("list", func(tx *bbolt.Tx) error {
		people, records := tx.Bucket(bucketPeople), tx.Bucket(bucketRecords)
		return s.chunks(tx, s.set(scope, f), func(chunk uint32, members *roaring.Bitmap) (bool, error) {
			if from > 0 && uint64(chunk)<<chunkBits >= uint64(from) {
				return true, nil
			}
			if err := wordsOf(people, members, uint16(chunk), terms); err != nil {
				return false, err
			}
			for it := members.ReverseIterator(); it.HasNext(); {
				ordinal := it.Next()
				if from > 0 && uint64(ordinal) >= uint64(from) {
					continue
				}
				if len(rows) == n {
					next = bot.Cursor(ordinal) + 1
					return false, nil
				}
				id := people.Get(ordinalKey(ordinal))
				ref := bot.Ref{Kind: bot.KindArtisan, ID: string(id)}
				r, body, err := parseRecord(records.Get(recordKey(ref)))
				if err != nil {
					return false, fmt.Errorf("artisan of ordinal %d: %w", ordinal, err)
				}
				rows = append(rows, bot.Stored{Ref: ref, Version: r.version, Body: slices.Clone(body)})
			}
			return true, nil
		})
	})
	if err != nil {
		return nil, 0, fmt.Errorf("list people: %w", err)
	}
	return rows, next, nil
}

// wordsOf cuts a chunk's members down to those in whose words every term is found.
func wordsOf(people *bbolt.Bucket, members *roaring.Bitmap, chunk uint16, terms []bot.Term) error {
	for _, t := range terms {
		if members.IsEmpty() {
			return nil
		}
		union := roaring.New()
		add := func(row []byte) error {
			one := roaring.New()
			if _, err := one.FromBuffer(row); err != nil {
				return fmt.Errorf("read word: %w", err)
			}
			union.Or(one)
			return nil
		}
		if t.Exact != "" {
			if row := people.Get(wordKey(chunk, t.Exact)); row != nil {
				if err := add(row); err != nil {
					return err
				}
			}
		}
		if t.Prefix != "" {
			prefix := wordKey(chunk, t.Prefix)
			c := people.Cursor()
			for k, v := c.Seek(prefix); k != nil && hasPrefix(k, prefix); k, v = c.Next() {
				if err := add(v); err != nil {
					return err
				}
			}
		}
		members.And(union)
	}
	return nil
}

// Sees implements bot.People.
func (s *Store) Sees(_ context.Context, scope bot.Scope, artisan string) (sees bool, err error) {
	q := s.set(scope, nil)
	err = s.view("sees", func(tx *bbolt.Tx) error {
		row := tx.Bucket(bucketRecords).Get(recordKey(bot.Ref{Kind: bot.KindArtisan, ID: artisan}))
		if row == nil || q.nobody {
			return nil
		}
		r, body, err := parseRecord(row)
		if err != nil {
			return err
		}
		sees = len(body) > 0
		for _, c := range q.clauses {
			in := slices.ContainsFunc(c.any, func(f uint32) bool {
				_, found := slices.BinarySearch(r.facets, f)
				return found
			})
			sees = sees && in != c.not
		}
		return nil
	})
	return sees, err
}

// LogBack implements bot.People: the rows of several logs, merged by their numbers.
func (s *Store) LogBack(_ context.Context, scope bot.Scope, log string, before uint64, n int) ([]bot.LogLine, error) {
	var out []bot.LogLine
	err := s.view("log back", func(tx *bbolt.Tx) error {
		for _, name := range scope.Logs(log) {
			prefix := appendPart(nil, name)
			c := tx.Bucket(bucketLogs).Cursor()
			end := appendUint64(slices.Clone(prefix), before)
			if before == 0 {
				end = appendUint64(slices.Clone(prefix), 1<<64-1)
			}
			var v []byte
			k, _ := c.Seek(end)
			if k == nil {
				k, v = c.Last()
			} else {
				k, v = c.Prev()
			}
			for i := 0; i < n && k != nil && hasPrefix(k, prefix); i++ {
				line, err := readLog(k, v)
				if err != nil {
					return err
				}
				out = append(out, line)
				k, v = c.Prev()
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read log %s: %w", log, err)
	}
	slices.SortFunc(out, func(a, b bot.LogLine) int {
		if a.Seq > b.Seq {
			return -1
		}
		return 1
	})
	return out[:min(n, len(out))], nil
}
