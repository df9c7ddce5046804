package bot

import (
	"context"
	"time"
)

// Turns reads records and commits turns.
type Turns interface {
	// Read returns the records in the order asked, from one consistent view.
	// What does not exist comes with Version 0, what was deleted with its
	// tombstone's version; both with a nil Body. Bodies are the caller's.
	Read(ctx context.Context, refs ...Ref) ([]Stored, error)
	// Commit applies the turn in one transaction and returns when it is
	// durable: nil, ErrDuplicate, ErrConflict, or the disk's error (then
	// nothing was applied).
	Commit(ctx context.Context, t Turn) error
}

// Outbox is what is to be sent.
type Outbox interface {
	// Lease takes up to n messages for the channel that nobody holds: lowest
	// lane first, then oldest, at most one per address, and none of an address
	// of which one is still leased or waits until a later time. A lease ends
	// by Settle or after d; leases live in memory (one process owns the store).
	Lease(ctx context.Context, channel string, n int, d time.Duration) ([]Outgoing, error)
	// Settle reports how leased messages ended. It may return before the disk
	// has it (with the next commit or within 20 ms): after a crash an unsettled
	// reply is sent again.
	Settle(ctx context.Context, results []Sent) error
	// Ready is signalled when there may be something to lease: a hint, never a promise.
	Ready(channel string) <-chan struct{}
	// Queued counts what waits for the channel, per lane.
	Queued(ctx context.Context, channel string) (map[Lane]int, error)
}

// Sent is how one leased message ended.
type Sent struct {
	ID      uint64
	To      Address
	Lane    Lane
	Done    bool      // sent, or given up: the row is removed
	RetryAt time.Time // otherwise: not before; the attempt is counted
}

// Timers is what is due.
type Timers interface {
	// Due lists up to n timers with Due ≤ now, earliest first; ErrHeld while the
	// store is held.
	Due(ctx context.Context, now time.Time, n int) ([]Timer, error)
	// Next is when the earliest timer is due; zero when there is none.
	Next(ctx context.Context) (time.Time, error)
}

// Hold is the state of a restored store: what it says may be old. Who writes is
// answered, but nothing leaves by itself until an operator releases it.
type Hold interface {
	// Hold begins it. All that is queued now becomes unsure: nobody knows whether
	// it was sent after the backup, so it is kept, counted in the tally
	// "unsure:<channel>" and never leased again, nor after the release. While
	// held, LaneAnnounce is not leased and Due answers ErrHeld.
	Hold(ctx context.Context) error
	// Release ends it; doing so twice is harmless.
	Release(ctx context.Context) error
	// Held is since when; zero when the store is not held.
	Held(ctx context.Context) (time.Time, error)
	// Unsure lists up to n unsure messages with ID > after, in order of ID.
	Unsure(ctx context.Context, after uint64, n int) ([]Outgoing, error)
}

// History is the kept chat of channels that have Caps.History.
type History interface {
	// Lines returns up to n lines of the address with Seq > after, oldest first;
	// with after 0 the last n.
	Lines(ctx context.Context, a Address, after uint64, n int) ([]Line, error)
}

// Line is a kept line with its place and time.
type Line struct {
	Seq     uint64
	At      time.Time
	Message Message
}

// People counts, lists and pages artisans without ever loading them all. What takes a
// Scope applies it inside the query.
type People interface {
	// Count is the size of a set, exact.
	Count(ctx context.Context, scope Scope, f Filter) (int, error)
	// Counts is the size of the set cut with every facet whose name begins with
	// prefix ("craft:"), by the rest of the name; those of nobody are left out.
	Counts(ctx context.Context, scope Scope, f Filter, prefix string) (map[string]int, error)
	// List gives up to n artisans of the set, newest first, in whose Words every term
	// is found; next is 0 after the last one.
	List(ctx context.Context, scope Scope, f Filter, terms []Term, from Cursor, n int) (rows []Stored, next Cursor, err error)
	// Sees reports whether the artisan exists within the scope.
	Sees(ctx context.Context, scope Scope, artisan string) (bool, error)
	// Page lists up to n records of a kind with ID > after, in ID order.
	Page(ctx context.Context, k Kind, after string, n int) ([]Stored, error)
	// Tallies reads kept counts whose name begins with prefix, up to n.
	Tallies(ctx context.Context, prefix string, n int) (map[string]int64, error)
	// Log pages a bounded log, oldest first, rows with Seq > after; the operator's.
	Log(ctx context.Context, log string, after uint64, n int) ([]LogLine, error)
	// LogBack pages the rows of a log that the scope sees, newest first, rows with
	// Seq < before; before 0 begins at the newest.
	LogBack(ctx context.Context, scope Scope, log string, before uint64, n int) ([]LogLine, error)
}

// Lists are ordered keys by name and region: what waits, what is done.
type Lists interface {
	// Listed gives up to n keys > after of the lists of this name that the scope sees,
	// in their order.
	Listed(ctx context.Context, scope Scope, list, after string, n int) ([]string, error)
}

// LogLine is a kept log row.
type LogLine struct {
	Seq   uint64
	At    time.Time
	Owner string
	Body  []byte
}

// MediaStore keeps files by content.
type MediaStore interface {
	// Put stores what r gives, at most limit bytes, as the kind says: images are
	// re-encoded without metadata, types judged by content. The file is durable
	// when Put returns; it is swept a day later unless a Tally "media:<hash>"
	// refers to it. Refusals are *MediaError.
	Put(ctx context.Context, kind MediaKind, name string, data []byte) (Media, error)
	// Get opens a stored file by hash.
	Get(ctx context.Context, hash string) ([]byte, error)
}

// MediaError is a refusal that the person is told about in their language.
type MediaError struct{ Key string } // "file.too_big", "file.wrong_kind"

func (e *MediaError) Error() string { return "media refused: " + e.Key }
