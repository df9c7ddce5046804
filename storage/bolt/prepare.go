package bolt

import (
	"fmt"
	"time"

	"github.com/fxamacker/cbor/v2"

	"maalem/bot"
)

// prepared is a turn with all that can be encoded outside the committer: the one
// goroutine that everybody waits for only compares and puts.
type prepared struct {
	seen    []byte
	at      time.Time
	expects []expect
	effects
	fired    *timerRow
	cancel   []string
	release  []bot.Release
	claim    *claim
	logs     []bot.LogRow
	entries  []bot.Entry
	erase    []string
	dedupeAt int64
}

// effects are what both a turn and a claim's branch bring.
type effects struct {
	changes []change
	timers  []timerRow
	out     []outRow
	history []historyRow
	tallies []bot.Tally
}

type expect struct {
	ref     bot.Ref
	key     []byte
	version bot.Version
}

type change struct {
	expect int // index into prepared.expects
	body   []byte
	bits   []bot.Bit
	words  []string // ascending, each once; nil = as they are
}

// prepare checks a turn's form and encodes its rows. What it refuses is a
// mistake of the caller and never the state of the store.
func (s *Store) prepare(t *bot.Turn) (*prepared, error) {
	p := &prepared{at: t.At, cancel: t.Cancel, logs: t.Append, release: t.Release, entries: t.Entries}
	if p.at.IsZero() {
		p.at = s.now()
	}
	if t.Key != "" {
		p.seen = seenKey(t.Key)
	}
	p.dedupeAt = p.at.Unix()
	p.expects = make([]expect, 0, len(t.Expect))
	for _, e := range t.Expect {
		if e.Ref.Kind == 0 || e.Ref.ID == "" || len(e.Ref.ID) > maxID {
			return nil, fmt.Errorf("%w: expects a record without kind or with %d bytes of ID", bot.ErrInvalid, len(e.Ref.ID))
		}
		if i := p.find(e.Ref); i >= 0 {
			if p.expects[i].version != e.Version {
				return nil, fmt.Errorf("%w: expects a record of kind %d at two versions", bot.ErrInvalid, e.Ref.Kind)
			}
			continue
		}
		p.expects = append(p.expects, expect{ref: e.Ref, key: recordKey(e.Ref), version: e.Version})
	}
	if t.Fired != nil {
		row := encodeTimer(t.Fired)
		p.fired = &row
	}
	for _, l := range t.Append {
		if l.Log == "" || len(l.Log) > maxID || len(l.Owner) > maxID {
			return nil, fmt.Errorf("%w: a log row without log", bot.ErrInvalid)
		}
	}
	for _, r := range t.Release {
		if r.Event == "" || len(r.Event)+len(r.Holder) > maxID || r.Seats < 0 {
			return nil, fmt.Errorf("%w: a release without event", bot.ErrInvalid)
		}
	}
	for _, l := range t.Entries {
		if l.List == "" || l.Key == "" || len(l.List)+len(l.Key) > maxID {
			return nil, fmt.Errorf("%w: an entry without list or key", bot.ErrInvalid)
		}
	}
	var err error
	if p.effects, err = p.encode(bot.Branch{Changes: t.Changes, Timers: t.Timers, Out: t.Out, History: t.History, Tally: t.Tally}); err != nil {
		return nil, err
	}
	if t.Claim != nil {
		if p.claim, err = p.encodeClaim(t.Claim); err != nil {
			return nil, err
		}
	}
	p.erase = t.Erase
	return p, nil
}

// find looks a record up among the few that a turn expects.
func (p *prepared) find(ref bot.Ref) int {
	for i := range p.expects {
		if p.expects[i].ref == ref {
			return i
		}
	}
	return -1
}

// encode prepares what a turn or a branch brings.
func (p *prepared) encode(br bot.Branch) (effects, error) {
	e := effects{tallies: br.Tally}
	for _, l := range br.Tally {
		if l.Name == "" || len(l.Name) > maxID {
			return e, fmt.Errorf("%w: a tally without name", bot.ErrInvalid)
		}
	}
	for _, c := range br.Changes {
		i := p.find(c.Ref)
		if i < 0 {
			return e, fmt.Errorf("%w: changes a record of kind %d that it does not expect", bot.ErrInvalid, c.Ref.Kind)
		}
		if len(c.Bits) > 0 && c.Ref.Kind != bot.KindArtisan {
			return e, fmt.Errorf("%w: facets on a record of kind %d", bot.ErrInvalid, c.Ref.Kind)
		}
		for _, b := range c.Bits {
			if b.Facet == "" || len(b.Facet) > maxID {
				return e, fmt.Errorf("%w: a facet without name", bot.ErrInvalid)
			}
		}
		words, err := checkWords(&c)
		if err != nil {
			return e, err
		}
		e.changes = append(e.changes, change{i, c.Body, c.Bits, words})
	}
	for i := range br.Timers {
		if br.Timers[i].ID == "" || len(br.Timers[i].ID) > maxID || len(br.Timers[i].Owner) > maxID {
			return e, fmt.Errorf("%w: a timer without ID", bot.ErrInvalid)
		}
		e.timers = append(e.timers, encodeTimer(&br.Timers[i]))
	}
	for i := range br.Out {
		row, err := encodeOut(&br.Out[i])
		if err != nil {
			return e, err
		}
		e.out = append(e.out, row)
	}
	for i := range br.History {
		row, err := encodeHistory(&br.History[i])
		if err != nil {
			return e, err
		}
		e.history = append(e.history, row)
	}
	return e, nil
}

// encodeMessage is the stored form of a message. Its field numbers are in package bot.
func encodeMessage(m *bot.Message) ([]byte, error) {
	b, err := cbor.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode message: %w", err)
	}
	return b, nil
}

func decodeMessage(b []byte, m *bot.Message) error {
	if err := cbor.Unmarshal(b, m); err != nil {
		return fmt.Errorf("decode message: %w", err)
	}
	return nil
}
