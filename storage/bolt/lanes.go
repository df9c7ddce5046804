package bolt

import (
	"cmp"
	"container/heap"
	"encoding/binary"
	"log/slog"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

// lanes is the order of the outbox in memory, rebuilt when the store opens: who
// waits and in which order, never what is said. Leases live here only: one
// process owns the file.
//
// Each address has a line of its rows. The lines of a channel that may be served
// now lie in a heap by their first row, those that may not (a lease, a later
// retry) in a heap by when that ends. So leasing, settling and erasing cost what
// they touch, whatever else is queued.
type lanes struct {
	mu       sync.Mutex
	now      func() time.Time
	channels map[string]*channelLines
	ready    map[string]chan struct{}
	held     bool // announcements stay where they are
}

// channelLines are the lines of one channel.
type channelLines struct {
	lines  map[string]*line // by the address's ID
	ready  lineHeap
	busy   lineHeap
	counts [bot.LaneAnnounce + 1]int
}

// place is a row's place in its line: lower lanes first, then older ones.
type place struct {
	id   uint64
	lane bot.Lane
}

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.lane, q.lane), cmp.Compare(p.id, q.id))
}

// hold keeps a line from being served: its row id is leased, or to be tried later.
type hold struct {
	id    uint64
	until time.Time
}

// line is what waits for one address. It is never empty.
type line struct {
	id    string  // the address's ID
	rows  []place // ascending
	first place   // rows[0], when it was put into its heap
	holds []hold  // one at most, unless a lease ran out while its message was in the air
	until time.Time
	at    int32 // in its heap
	busy  bool  // which heap
}

// queued is one row with its address.
type queued struct {
	place
	to bot.Address
}

func newLanes(now func() time.Time) *lanes {
	return &lanes{now: now, channels: map[string]*channelLines{}, ready: map[string]chan struct{}{}}
}

// load reads who waits. A damaged row stays where it is and keeps nobody from starting.
func (l *lanes) load(tx *bbolt.Tx, log *slog.Logger) error {
	return tx.Bucket(bucketOutbox).ForEach(func(k, v []byte) error {
		q, err := readQueued(k, v)
		if err != nil {
			log.Error("a message in the outbox is damaged and is not sent", "error", err)
			return nil
		}
		l.add(q)
		return nil
	})
}

// readQueued reads who waits in a row of the outbox.
func readQueued(k, v []byte) (queued, error) {
	channel, rest, err := cutPart(k)
	if err != nil || len(rest) != 9 || rest[0] == 0 || rest[0] > byte(bot.LaneAnnounce) {
		return queued{}, errCorrupt
	}
	head, _, err := parseOut(v)
	return queued{place{binary.BigEndian.Uint64(rest[1:]), bot.Lane(rest[0])}, bot.Address{Channel: string(channel), ID: head.id}}, err
}

func (l *lanes) add(q queued) {
	of := l.channels[q.to.Channel]
	if of == nil {
		of = &channelLines{lines: map[string]*line{}, busy: lineHeap{byTime: true}}
		l.channels[q.to.Channel] = of
	}
	of.counts[q.lane]++
	ln := of.lines[q.to.ID]
	if ln == nil {
		ln = &line{id: q.to.ID, rows: []place{q.place}, first: q.place}
		of.lines[q.to.ID] = ln
		heap.Push(&of.ready, ln)
		return
	}
	i, found := slices.BinarySearchFunc(ln.rows, q.place, place.compare)
	if found {
		of.counts[q.lane]--
		return
	}
	ln.rows = slices.Insert(ln.rows, i, q.place)
	if i == 0 && !ln.busy {
		ln.first = q.place
		heap.Fix(&of.ready, int(ln.at))
	}
}

// find gives the line of an address.
func (l *lanes) find(a bot.Address) (*channelLines, *line) {
	of := l.channels[a.Channel]
	if of == nil {
		return nil, nil
	}
	return of, of.lines[a.ID]
}

// remove takes a row out; its lease or wait ends with it.
func (of *channelLines) remove(ln *line, p place) {
	i, found := slices.BinarySearchFunc(ln.rows, p, place.compare)
	if !found {
		return
	}
	of.counts[p.lane]--
	if i == 0 {
		ln.rows = ln.rows[1:] // the usual case, without moving the others
	} else {
		ln.rows = slices.Delete(ln.rows, i, i+1)
	}
	ln.holds = slices.DeleteFunc(ln.holds, func(h hold) bool { return h.id == p.id })
	of.settle(ln)
}

// hold keeps ln busy for its row id until a time.
func (of *channelLines) hold(ln *line, id uint64, until time.Time) {
	ln.holds = append(slices.DeleteFunc(ln.holds, func(h hold) bool { return h.id == id }), hold{id, until})
	of.settle(ln)
}

// settle puts a line that changed where it belongs.
func (of *channelLines) settle(ln *line) {
	if ln.busy {
		heap.Remove(&of.busy, int(ln.at))
	} else {
		heap.Remove(&of.ready, int(ln.at))
	}
	if len(ln.rows) == 0 {
		delete(of.lines, ln.id)
		return
	}
	ln.first, ln.until = ln.rows[0], time.Time{}
	for _, h := range ln.holds {
		if h.until.After(ln.until) {
			ln.until = h.until
		}
	}
	if ln.busy = len(ln.holds) > 0; ln.busy {
		heap.Push(&of.busy, ln)
	} else {
		heap.Push(&of.ready, ln)
	}
}

// apply follows a commit.
func (l *lanes) apply(added []queued, removed, retried []bot.Sent, erased []bot.Address) {
	l.mu.Lock()
	defer l.mu.Unlock()
	woken := map[string]bool{}
	for _, a := range erased {
		if of, ln := l.find(a); ln != nil {
			for _, p := range ln.rows {
				of.counts[p.lane]--
			}
			ln.rows = nil
			of.settle(ln)
		}
	}
	for _, r := range removed {
		if of, ln := l.find(r.To); ln != nil {
			of.remove(ln, place{r.ID, r.Lane})
		}
		woken[r.To.Channel] = true // the address's next message may go
	}
	for _, r := range retried {
		if of, ln := l.find(r.To); ln != nil {
			of.hold(ln, r.ID, r.RetryAt)
		}
		if !r.RetryAt.After(l.now()) {
			woken[r.To.Channel] = true
		}
	}
	for _, q := range added {
		l.add(q)
		woken[q.to.Channel] = true
	}
	for channel := range woken {
		l.wake(channel)
	}
}

// of lists the rows that wait for an address.
func (l *lanes) of(a bot.Address) []place {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ln := l.find(a); ln != nil {
		return slices.Clone(ln.rows)
	}
	return nil
}

func (l *lanes) wake(channel string) {
	select {
	case l.hint(channel) <- struct{}{}:
	default:
	}
}

func (l *lanes) hint(channel string) chan struct{} {
	if l.ready[channel] == nil {
		l.ready[channel] = make(chan struct{}, 1)
	}
	return l.ready[channel]
}

// hold keeps announcements back, or lets them go.
func (l *lanes) hold(held bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held = held
	for channel := range l.channels {
		l.wake(channel)
	}
}

// take leases up to n rows: lowest lane first, oldest first, one per address.
func (l *lanes) take(channel string, n int, d time.Duration) []queued {
	l.mu.Lock()
	defer l.mu.Unlock()
	of := l.channels[channel]
	if of == nil {
		return nil
	}
	now := l.now()
	for len(of.busy.lines) > 0 && !of.busy.lines[0].until.After(now) {
		ln := of.busy.lines[0]
		ln.holds = ln.holds[:0]
		of.settle(ln)
	}
	var out []queued
	for len(out) < n && len(of.ready.lines) > 0 {
		ln := of.ready.lines[0]
		if l.held && ln.first.lane >= bot.LaneAnnounce {
			break // all that follow are announcements too
		}
		out = append(out, queued{ln.first, bot.Address{Channel: channel, ID: ln.id}})
		of.hold(ln, ln.first.id, now.Add(d))
	}
	return out
}

// lineHeap orders lines by their first row, or by when they may be served again.
type lineHeap struct {
	lines  []*line
	byTime bool
}

func (h *lineHeap) Len() int { return len(h.lines) }
func (h *lineHeap) Less(i, j int) bool {
	if h.byTime {
		return h.lines[i].until.Before(h.lines[j].until)
	}
	return h.lines[i].first.compare(h.lines[j].first) < 0
}
func (h *lineHeap) Swap(i, j int) {
	h.lines[i], h.lines[j] = h.lines[j], h.lines[i]
	h.lines[i].at, h.lines[j].at = int32(i), int32(j)
}
func (h *lineHeap) Push(x any) {
	ln := x.(*line)
	ln.at = int32(len(h.lines))
	h.lines = append(h.lines, ln)
}
func (h *lineHeap) Pop() any {
	last := len(h.lines) - 1
	ln := h.lines[last]
	h.lines[last] = nil
	h.lines = h.lines[:last]
	return ln
}
