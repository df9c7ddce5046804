package bolt

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

// figurePeople are in the file before anything is measured, so that a conversation
// is a random page as it is in life.
const figurePeople = 100_000

// registration is the turns in which one person registers: six answers, a person
// made with the third, facets with most, one message each.
const registration = 6

func figureAddress(i int) bot.Address {
	return bot.Address{Channel: "telegram", ID: fmt.Sprint(100_000_000 + i*7919%899_999_999)}
}

func figurePerson(i int) bot.Ref {
	return bot.Ref{Kind: bot.KindArtisan, ID: fmt.Sprintf("%016X", uint64(i)*0x9E3779B97F4A7C15)}
}

var (
	figureTalk   = make([]byte, 180) // bytes of a conversation, an artisan, a message as they are on average
	figureRecord = make([]byte, 220)
	figureText   = string(make([]byte, 160))
)

// figureTurn is answer n (0 … registration-1) of person i. key counts all turns.
func figureTurn(i, n, key int) bot.Turn {
	a := figureAddress(i)
	talk, person := bot.Ref{Kind: bot.KindConversation, ID: a.String()}, figurePerson(i)
	t := bot.Turn{
		Key: fmt.Sprint("telegram/", 1_000_000_000+key), At: time.Unix(1_800_000_000, 0),
		Expect:  []bot.Expect{{Ref: talk, Version: bot.Version(n)}},
		Changes: []bot.Change{{Ref: talk, Body: figureTalk}},
		Out:     []bot.Outgoing{{To: a, Lane: bot.LaneReply, Message: bot.Message{Text: figureText}}},
	}
	if n >= 2 {
		t.Expect = append(t.Expect, bot.Expect{Ref: person, Version: bot.Version(n - 2)})
		t.Changes = append(t.Changes, bot.Change{Ref: person, Body: figureRecord, Bits: figureBits(i, n)})
	}
	if n == 2 {
		t.Changes[1].Words = figureWords(i)
		t.Timers = []bot.Timer{{ID: "half/" + a.String(), Owner: a.String(), Kind: "half", Due: time.Unix(1_800_000_000+int64(i), 0), Zone: "Africa/Casablanca"}}
	}
	return t
}

func figureRegion(i int) string { return fmt.Sprintf("region:MA-%02d", 1+i%12) }

// figureWords are what a person is found by: a third have the same first name, and
// there are as many surnames as in a large town.
func figureWords(i int) []string {
	first, last := "fatima", fmt.Sprint("ait", i*7919%20_011)
	if i%3 > 0 {
		first = fmt.Sprint("name", i*31%1009)
	}
	return []string{first, "~" + first[:3], last, "~" + last[2:]}
}

// figureBits are the facets that an answer turns on.
func figureBits(i, n int) []bot.Bit {
	on := func(names ...string) (bits []bot.Bit) {
		for _, name := range names {
			bits = append(bits, bot.Bit{Facet: name, On: true})
		}
		return bits
	}
	switch n {
	case 2:
		return on("all", "lang:ary", "consent:guidance")
	case 3:
		return on(fmt.Sprint("craft:", i%40))
	case 4:
		return on(fmt.Sprint("province:", i%75), figureRegion(i))
	case 5:
		return on(fmt.Sprint("gender:", i%2), "finished")
	}
	return nil
}

// figureStore makes a file with the people in it, once for all measurements.
func figureStore(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "people.db")
	s, err := Open(context.Background(), path, Options{})
	if err != nil {
		b.Fatal(err)
	}
	if err := fill(s, 0, figurePeople); err != nil {
		b.Fatal(err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

func copyFile(b *testing.B, from string) string {
	b.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		b.Fatal(err)
	}
	to := filepath.Join(b.TempDir(), "copy.db")
	if err := os.WriteFile(to, data, 0o600); err != nil {
		b.Fatal(err)
	}
	return to
}

// BenchmarkTurns measures durable turns of people who register against a bare
// committer that makes the same puts and deletes at the same keys, in turns, in one
// run:
//
//	go test ./storage/bolt -run '^$' -bench Turns -benchtime 1x
//
// "ratio" of 64 goroutines is turns of the store per turn of the bare one (goal
// ≥ 0.6); of one alone it is the median time against the bare one's (goal ≤ 1.5).
func BenchmarkTurns(b *testing.B) {
	file := figureStore(b)
	const rounds, each = 20, 500 * time.Millisecond
	for _, people := range []int{64, 1} {
		b.Run(fmt.Sprint(people), func(b *testing.B) {
			for b.Loop() {
				mine, bare := newSubject(b, copyFile(b, file)), newBare(b, copyFile(b, file))
				var got, want measured
				for range rounds {
					got.add(measure(b, people, each, mine.turn))
					want.add(measure(b, people, each, bare.turn))
				}
				mine.close(b)
				bare.close(b)
				b.ReportMetric(got.perSecond(), "turns/s")
				b.ReportMetric(want.perSecond(), "bare/s")
				b.ReportMetric(got.median().Seconds()*1e3, "p50-ms")
				b.ReportMetric(want.median().Seconds()*1e3, "bare-p50-ms")
				if people == 1 {
					b.ReportMetric(got.median().Seconds()/want.median().Seconds(), "ratio")
				} else {
					b.ReportMetric(got.perSecond()/want.perSecond(), "ratio")
				}
			}
		})
	}
}

// measured are the turns of some rounds.
type measured struct {
	took  []time.Duration
	spent time.Duration
}

func (m *measured) add(o measured)        { m.took = append(m.took, o.took...); m.spent += o.spent }
func (m *measured) perSecond() float64    { return float64(len(m.took)) / m.spent.Seconds() }
func (m *measured) median() time.Duration { slices.Sort(m.took); return m.took[len(m.took)/2] }

// measure lets people turns go on for a while, each in its own goroutine.
func measure(b *testing.B, people int, d time.Duration, turn func(i, n int) error) measured {
	b.Helper()
	var mu sync.Mutex
	var all measured
	var group sync.WaitGroup
	begun := time.Now()
	for range people {
		group.Go(func() {
			var took []time.Duration
			for time.Since(begun) < d {
				i := newPerson()
				for n := range registration {
					at := time.Now()
					if err := turn(i, n); err != nil {
						b.Error(err)
						return
					}
					took = append(took, time.Since(at))
				}
			}
			mu.Lock()
			defer mu.Unlock()
			all.took = append(all.took, took...)
		})
	}
	group.Wait()
	all.spent = time.Since(begun)
	return all
}

var (
	personMu   sync.Mutex
	nextPerson = figurePeople
)

// newPerson is somebody who was never there.
func newPerson() int {
	personMu.Lock()
	defer personMu.Unlock()
	nextPerson++
	return nextPerson
}

// subject is the store with its sender: it leases and settles what is said.
type subject struct {
	s    *Store
	stop chan struct{}
	done sync.WaitGroup
}

func newSubject(b *testing.B, path string) *subject {
	b.Helper()
	s, err := Open(context.Background(), path, Options{})
	if err != nil {
		b.Fatal(err)
	}
	m := &subject{s: s, stop: make(chan struct{})}
	m.done.Go(func() {
		ctx := context.Background()
		for {
			batch, err := s.Lease(ctx, "telegram", 64, time.Minute)
			if err != nil {
				b.Error(err)
				return
			}
			sent := make([]bot.Sent, len(batch))
			for i, m := range batch {
				sent[i] = bot.Sent{ID: m.ID, To: m.To, Lane: m.Lane, Done: true}
			}
			if len(sent) > 0 {
				_ = s.Settle(ctx, sent)
				continue
			}
			select {
			case <-m.stop:
				return
			case <-s.Ready("telegram"):
			}
		}
	})
	return m
}

func (m *subject) turn(i, n int) error {
	return m.s.Commit(context.Background(), figureTurn(i, n, i*registration+n))
}

func (m *subject) close(b *testing.B) {
	close(m.stop)
	m.done.Wait()
	if err := m.s.Close(); err != nil {
		b.Fatal(err)
	}
}

// bare is a committer and nothing else: no versions, no checks, no order in memory,
// nothing to decode. It puts and deletes what the store puts and deletes.
type bare struct {
	db   *bbolt.DB
	jobs chan bareJob
	done sync.WaitGroup
}

type bareJob struct {
	puts []barePut
	done chan error
}

// barePut is one put; without a key it is the outbox's next, without a value the
// row's own bytes again (a bitmap as large as it was).
type barePut struct {
	bucket, key, value []byte
}

func newBare(b *testing.B, path string) *bare {
	b.Helper()
	db, err := openFile(path)
	if err != nil {
		b.Fatal(err)
	}
	m := &bare{db: db, jobs: make(chan bareJob, jobQueue)}
	m.done.Go(func() {
		var said [][]byte
		for j := range m.jobs {
			batch := []bareJob{j}
			for len(batch) < maxBatch && len(m.jobs) > 0 {
				batch = append(batch, <-m.jobs)
			}
			err := db.Update(func(tx *bbolt.Tx) error {
				out := tx.Bucket(bucketOutbox)
				for _, key := range said {
					if err := out.Delete(key); err != nil {
						return err
					}
				}
				said = said[:0]
				for _, j := range batch {
					for _, p := range j.puts {
						bucket := tx.Bucket(p.bucket)
						if p.key == nil {
							id, _ := bucket.NextSequence()
							p.key = outKey("telegram", bot.LaneReply, id)
							said = append(said, p.key)
						}
						if p.value == nil {
							p.value = slices.Clone(bucket.Get(p.key))
						}
						if err := bucket.Put(p.key, p.value); err != nil {
							return err
						}
					}
				}
				return nil
			})
			for _, j := range batch {
				j.done <- err
			}
		}
	})
	return m
}

func (m *bare) turn(i, n int) error {
	t := figureTurn(i, n, i*registration+n)
	rec := record{version: bot.Version(n + 1)}
	puts := []barePut{
		{bucketSeen, seenKey(t.Key), binary.BigEndian.AppendUint64(nil, uint64(t.At.Unix()))},
		{bucketRecords, recordKey(t.Changes[0].Ref), rec.append(nil, figureTalk)},
	}
	row, err := encodeOut(&t.Out[0])
	if err != nil {
		return err
	}
	puts = append(puts, barePut{bucketOutbox, nil, outHead{id: row.to.ID}.append(nil, row.body)})
	if n >= 2 {
		bits := t.Changes[1].Bits
		rec.hasOrdinal, rec.ordinal, rec.facets, rec.words = true, uint32(i), []uint32{1, 2, 3, 40, 50}, []byte(strings.Join(figureWords(i), "\x00"))
		puts = append(puts, barePut{bucketRecords, recordKey(t.Changes[1].Ref), rec.append(nil, figureRecord)})
		if n == 2 {
			puts = append(puts, barePut{bucketMeta, metaOrdinal, appendUint64(nil, uint64(i))}, barePut{bucketFacets, chunkKey(1, uint32(i)), nil},
				barePut{bucketPeople, ordinalKey(uint32(i)), []byte(t.Changes[1].Ref.ID)})
			for _, w := range t.Changes[1].Words {
				puts = append(puts, barePut{bucketPeople, wordKey((figurePeople-1)>>chunkBits, w), nil})
			}
		}
		for j := range bits { // some facet's bitmap of the newest chunk
			puts = append(puts, barePut{bucketFacets, chunkKey(uint32(2+j+n), figurePeople-1), nil})
		}
	}
	for j := range t.Timers {
		tr := encodeTimer(&t.Timers[j])
		puts = append(puts, barePut{bucketTimers, timerIDKey(tr.id), append(slices.Clone(tr.due), tr.owner...)},
			barePut{bucketTimers, timerDueKey(tr.due, tr.id), tr.body}, barePut{bucketOwned, ownedKey(tr.owner, ownedTimer, []byte(tr.id)), present})
	}
	j := bareJob{puts, make(chan error, 1)}
	m.jobs <- j
	return <-j.done
}

func (m *bare) close(b *testing.B) {
	close(m.jobs)
	m.done.Wait()
	if err := m.db.Close(); err != nil {
		b.Fatal(err)
	}
}
