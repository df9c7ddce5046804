package bot

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"maalem/flows/understand"
)

// Errors of Turns.Commit.
var (
	// ErrDuplicate: the dedupe key is known (or the timer was fired already);
	// the effect is there, this is success.
	ErrDuplicate = errors.New("turn already committed")
	// ErrConflict: a record is no longer at its expected version; read again
	// and compute the turn anew.
	ErrConflict = errors.New("records changed meanwhile")
	// ErrInvalid: the turn's form is one that no store takes. The caller's mistake and
	// not the store's state: the same turn is refused again.
	ErrInvalid = errors.New("invalid turn")
	// ErrHeld: a restored store waits to be released.
	ErrHeld = errors.New("store is held")
)

// Kind is a kind of stored record.
type Kind uint8

// Record kinds. The numbers are stored: never change or reuse one.
const (
	KindConversation Kind = 1
	KindArtisan      Kind = 2
	KindCooperative  Kind = 3
	KindTicket       Kind = 4
	KindSource       Kind = 5 // a flow's Source by content hash; immutable
	KindLink         Kind = 6 // a six-digit code that joins two addresses
	KindSetting      Kind = 7 // a small operator value, a channel's offset
	KindEvent        Kind = 8
	KindEnrolment    Kind = 9
	KindStaff        Kind = 10
	KindSignIn       Kind = 11 // a one-time link by its hash
	KindSession      Kind = 12 // a signed-in browser by its token's hash
	KindStaffChat    Kind = 13 // whose console account an address belongs to
)

// Ref names a record. For a conversation the ID is Address.String().
type Ref struct {
	Kind Kind
	ID   string
}

// Version counts a record's changes; 0 = never existed. Deleting leaves a
// tombstone with the next version, so that a turn in flight cannot bring
// anybody back.
type Version uint64

// Stored is a record as read: Body is nil when it does not exist or was deleted.
type Stored struct {
	Ref     Ref
	Version Version
	Body    []byte
}

// Expect is a record that a turn read or writes, with the version it saw.
type Expect struct {
	Ref     Ref
	Version Version
}

// Change writes a record, or deletes it when Body is nil.
type Change struct {
	Ref  Ref
	Body []byte
	// Bits are the facets (KindArtisan only) that this change turns on or off;
	// right because the old value was read at an expected version.
	Bits []Bit
	// Words are all the folded words by which the artisan (KindArtisan only) is
	// found, as CheckWords allows; nil leaves them as they are. A deleted artisan
	// has none.
	Words []string
}

// Bounds of an artisan's search words; MaxWordLen in bytes.
const (
	MaxWords   = 32
	MaxWordLen = understand.MaxSearchWord
)

// CheckWords reports, as ErrInvalid, what no index takes. A store refuses the whole
// turn then: who makes words keeps the bounds.
func (c *Change) CheckWords() error {
	if len(c.Words) > 0 && c.Ref.Kind != KindArtisan || len(c.Words) > MaxWords {
		return fmt.Errorf("%w: %d search words on a record of kind %d", ErrInvalid, len(c.Words), c.Ref.Kind)
	}
	for _, w := range c.Words {
		if w == "" || len(w) > MaxWordLen || strings.IndexByte(w, 0) >= 0 {
			return fmt.Errorf("%w: a search word of %d bytes", ErrInvalid, len(w))
		}
	}
	return nil
}

// Bit is one membership of an artisan in a set that can be counted and
// intersected: "craft:zelligeur", "province:MA-FES", "consent:announcements".
type Bit struct {
	Facet string
	On    bool
}

// Turn is the unit of work: one Inbound, Timer or console act, with everything
// that it changes. A store applies all of it in one transaction, or nothing.
type Turn struct {
	// Key is the dedupe key "channel/key"; empty for console acts.
	Key string
	At  time.Time
	// Expect lists every record that the turn read and writes.
	Expect  []Expect
	Changes []Change
	// Timers are set (the same ID replaces), Cancel removes by ID.
	Timers []Timer
	Cancel []string
	// Fired is the timer that caused this turn; it is removed, and must still
	// be there with the same due time, otherwise ErrDuplicate.
	Fired *Timer
	// Release comes before Claim: who changes a place for another gives the old one up.
	Release []Release
	Claim   *Claim
	Out     []Outgoing
	// History is what channels with Caps.History show again after a reload:
	// what the person said (Echo) and what was answered, in order.
	History []HistoryLine
	// Append adds rows to bounded logs.
	Append []LogRow
	// Tally adds to kept counts, in the same transaction ("runs:<hash>",
	// "media:<hash>").
	Tally []Tally
	// Entries go into lists or leave them; see Lists.
	Entries []Entry
	// Erase removes all that the store keeps about these owners besides the
	// records in Changes: outbox, history, timers, log rows. Owners are
	// Address.String() or an artisan's ID.
	Erase []string
}

// HistoryLine is one line of a kept chat. Its sequence number is the store's.
type HistoryLine struct {
	To      Address
	Message Message
}

// LogRow is one row of a bounded append-only log.
type LogRow struct {
	Log   string // LogMisunderstood, LogQuarantine, LogDropped, LogOf(LogAudit, region)
	Owner string // whose row it is, for Erase; empty = nobody's
	Body  []byte
}

// Logs.
const (
	LogMisunderstood = "misunderstood" // what was not understood, masked
	LogQuarantine    = "quarantine"    // messages that failed three times, raw
	LogDropped       = "dropped"       // surplus of a flooding address
	LogAudit         = "audit"         // what staff did; by region, see LogOf
)

// LogKeep is how many rows of a log are kept; older ones are pruned. The audit is kept
// for good (see Lasting).
const LogKeep = 10_000

// Lasting reports whether nothing of a log is pruned: who looked at whom is asked
// years later.
func Lasting(log string) bool { return log == LogAudit || strings.HasPrefix(log, LogAudit+"/") }

// Tally adds Delta to the count Name; a count that reaches 0 is removed.
type Tally struct {
	Name  string
	Delta int64
}

// Entry is one place in a list: what pages show in order without reading every record.
// Its key sorts it and ends in the ID of the record that it stands for; the turn that
// changes the record keeps the entry right.
type Entry struct {
	List string // LogOf(name, region)
	Key  string
	On   bool
}

// Outcome is how a Claim ended.
type Outcome uint8

// Outcomes of a claim.
const (
	Granted Outcome = iota + 1
	Waiting
	Closed
	Already
)

// Claim asks for one of a bounded number of seats. The store decides inside the
// transaction and applies exactly one Branch: a turn cannot know whether the
// last seat is free when it is computed.
type Claim struct {
	Event  string // what is claimed
	Holder string // who claims, an artisan's ID
	Seats  int    // how many there are
	Closed bool   // no longer open: everybody new gets Closed
	// Reserve puts the holder on the waiting list though seats may be free.
	Reserve bool
	Branch  map[Outcome]Branch
}

// Release gives back what a Claim gave, a seat or a place on the waiting list. Where a
// seat came free and fewer than Seats are taken, exactly one moves up: the first of the
// waiting list. With no Holder the number of seats changed, and as many move up as there
// is room for. In the same transaction each of them gets a timer (MovedTimer), by which
// they are told: a kill in between neither forgets nor doubles anybody.
type Release struct {
	Event  string
	Holder string // who gives back; giving back what one does not hold changes nothing
	Seats  int    // how many there are now; 0 = nobody moves up
}

// TimerMoved is the kind of the timer of somebody who moved up; its Owner is the
// holder, its Body the event.
const TimerMoved = "moved"

// MovedTimer is the timer that a store sets for a holder who moved up at a time.
func MovedTimer(event, holder string, at time.Time) Timer {
	return Timer{ID: TimerMoved + "/" + event + "/" + holder, Owner: holder, Kind: TimerMoved, Due: at, Body: []byte(event)}
}

// Branch is what one outcome adds to the turn. In Out, Outgoing.Position is set
// by the store to the place on the waiting list (1 = next).
type Branch struct {
	Changes []Change
	Timers  []Timer
	Out     []Outgoing
	History []HistoryLine
	Tally   []Tally
}

// Timer is something due at a local wall time. It becomes a Turn.
type Timer struct {
	// ID is stable: setting the same ID again moves the timer.
	ID string `cbor:"1,keyasint"`
	// Owner is Address.String(), an event's or an announcement's ID.
	Owner string `cbor:"2,keyasint"`
	Kind  string `cbor:"3,keyasint"`
	// Due is when it fires; Zone ("Africa/Casablanca") and Wall ("2026-11-25T09:00",
	// empty for a plain instant) keep what was meant when offsets change.
	Due  time.Time `cbor:"4,keyasint"`
	Wall string    `cbor:"5,keyasint,omitempty"`
	Zone string    `cbor:"6,keyasint,omitempty"`
	// NotAfter: pointless later than this; then it is dropped, not fired.
	NotAfter time.Time `cbor:"7,keyasint,omitzero"`
	Body     []byte    `cbor:"8,keyasint,omitempty"`
}
