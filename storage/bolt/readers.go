package bolt

import (
	"log/slog"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// Readers that stay open keep every page that they might see: the file grows for
// as long as they read. Nobody is stopped, but the operator is told who it is.
const (
	readerLimit = 30 * time.Second
	readerLook  = 10 * time.Second
)

// readers are the open read transactions.
type readers struct {
	mu   sync.Mutex
	last uint64
	open map[uint64]reader
}

type reader struct {
	what   string
	since  time.Time
	logged bool
}

// view is bbolt's View, under the eyes of the log. what names the purpose. A damaged
// page is its error.
func (s *Store) view(what string, f func(*bbolt.Tx) error) error {
	defer s.readers.end(s.readers.begin(what))
	return guard(func() error { return s.db.View(f) })
}

func (r *readers) begin(what string) uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.open == nil {
		r.open = map[uint64]reader{}
	}
	r.last++
	r.open[r.last] = reader{what: what, since: time.Now()}
	return r.last
}

func (r *readers) end(id uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, id)
}

// look logs each reader that has been open for longer than readerLimit, once.
func (r *readers) look(now time.Time, log *slog.Logger) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, one := range r.open {
		if age := now.Sub(one.since); age > readerLimit && !one.logged {
			log.Warn("a reader of the store stays open; the file grows meanwhile", "what", one.what, "for", age.Round(time.Second))
			one.logged = true
			r.open[id] = one
		}
	}
}

func (r *readers) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.open)
}
