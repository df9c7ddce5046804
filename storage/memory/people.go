package memory

import (
	"context"
	"slices"
	"sort"
	"strings"

	"maalem/bot"
)

// index keeps in which order artisans came, and their words.
func (s *Store) index(c bot.Change) {
	i := slices.Index(s.born, c.Ref.ID)
	switch {
	case c.Body == nil:
		if i >= 0 {
			s.born[i] = "" // the places of the others are what cursors count
		}
		delete(s.words, c.Ref.ID)
		return
	case i < 0:
		s.born = append(s.born, c.Ref.ID)
	}
	if c.Words != nil {
		s.words[c.Ref.ID] = slices.Clone(c.Words)
	}
}

// in reports whether an artisan is in a set.
func (s *Store) in(scope bot.Scope, f bot.Filter, id string) bool {
	if s.records[bot.Ref{Kind: bot.KindArtisan, ID: id}].Body == nil {
		return false
	}
	if c, everybody := scope.Clause(); !everybody {
		f = append(slices.Clone(f), c)
	}
	for _, c := range f {
		if slices.ContainsFunc(c.Any, func(name string) bool { return s.facets[name][id] }) == c.Not {
			return false
		}
	}
	return true
}

// Count implements bot.People.
func (s *Store) Count(_ context.Context, scope bot.Scope, f bot.Filter) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, id := range s.born {
		if s.in(scope, f, id) {
			n++
		}
	}
	return n, nil
}

// Counts implements bot.People.
func (s *Store) Counts(_ context.Context, scope bot.Scope, f bot.Filter, prefix string) (map[string]int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]int{}
	for name, members := range s.facets {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		for id := range members {
			if s.in(scope, f, id) {
				out[rest]++
			}
		}
	}
	return out, nil
}

// List implements bot.People. A cursor is one more than the place of the next row.
func (s *Store) List(_ context.Context, scope bot.Scope, f bot.Filter, terms []bot.Term, from bot.Cursor, n int) ([]bot.Stored, bot.Cursor, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := len(s.born)
	if from > 0 && int(from) < at {
		at = int(from)
	}
	var rows []bot.Stored
	for at--; at >= 0; at-- {
		id := s.born[at]
		if !s.in(scope, f, id) || !found(s.words[id], terms) {
			continue
		}
		if len(rows) == n {
			return rows, bot.Cursor(at + 1), nil
		}
		rec := s.records[bot.Ref{Kind: bot.KindArtisan, ID: id}]
		rec.Body = slices.Clone(rec.Body)
		rows = append(rows, rec)
	}
	return rows, 0, nil
}

func found(words []string, terms []bot.Term) bool {
	for _, t := range terms {
		if !slices.ContainsFunc(words, func(w string) bool {
			return t.Prefix != "" && strings.HasPrefix(w, t.Prefix) || t.Exact != "" && w == t.Exact
		}) {
			return false
		}
	}
	return true
}

// Sees implements bot.People.
func (s *Store) Sees(_ context.Context, scope bot.Scope, artisan string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.in(scope, nil, artisan), nil
}

// LogBack implements bot.People.
func (s *Store) LogBack(_ context.Context, scope bot.Scope, log string, before uint64, n int) ([]bot.LogLine, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []bot.LogLine
	for _, name := range scope.Logs(log) {
		for _, row := range s.logs[name] {
			if before == 0 || row.Seq < before {
				out = append(out, row)
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Seq > out[j].Seq })
	return out[:min(n, len(out))], nil
}

// Listed implements bot.Lists.
func (s *Store) Listed(_ context.Context, scope bot.Scope, list, after string, n int) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, name := range scope.Logs(list) {
		for key := range s.lists[name] {
			if key > after {
				out = append(out, key)
			}
		}
	}
	slices.Sort(out)
	return out[:min(n, len(out))], nil
}
