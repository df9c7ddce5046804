package bolt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/fxamacker/cbor/v2"

	"maalem/bot"
)

func hasPrefix(k, prefix []byte) bool { return bytes.HasPrefix(k, prefix) }

// outRow is a message to be put into the outbox.
type outRow struct {
	to   bot.Address
	lane bot.Lane
	at   time.Time
	body []byte
}

func encodeOut(m *bot.Outgoing) (outRow, error) {
	if m.To.Channel == "" || m.Lane == 0 || m.Lane > bot.LaneAnnounce {
		return outRow{}, fmt.Errorf("%w: a message without address or lane", bot.ErrInvalid)
	}
	body, err := encodeMessage(&m.Message)
	return outRow{m.To, m.Lane, m.At, body}, err
}

// outHead is what an outbox row begins with.
type outHead struct {
	at       time.Time
	attempt  int
	position int
	id       string // the address's id; its channel is in the key
}

func (h outHead) append(dst, body []byte) []byte {
	dst = appendTime(dst, h.at)
	dst = binary.AppendUvarint(dst, uint64(h.attempt))
	dst = binary.AppendUvarint(dst, uint64(h.position))
	return append(appendPart(dst, h.id), body...)
}

func parseOut(row []byte) (outHead, []byte, error) {
	if len(row) < timeSize {
		return outHead{}, nil, errCorrupt
	}
	h := outHead{at: readTime(row)}
	attempt, b, err := cutUvarint(row[timeSize:])
	if err != nil {
		return h, nil, err
	}
	position, b, err := cutUvarint(b)
	if err != nil {
		return h, nil, err
	}
	id, b, err := cutPart(b)
	h.attempt, h.position, h.id = int(attempt), int(position), string(id)
	return h, b, err
}

func outKey(channel string, lane bot.Lane, id uint64) []byte {
	return appendUint64(lanePrefix(channel, lane), id)
}

// historyRow is a line to be kept.
type historyRow struct {
	owner string
	body  []byte
	media []string // hashes of the files that it shows
}

func encodeHistory(h *bot.HistoryLine) (historyRow, error) {
	body, err := encodeMessage(&h.Message)
	return historyRow{h.To.String(), body, shown(&h.Message)}, err
}

// timerRow is a timer with its keys.
type timerRow struct {
	id    string
	owner string
	due   []byte
	body  []byte
}

func encodeTimer(t *bot.Timer) timerRow {
	body, err := cbor.Marshal(t)
	if err != nil {
		panic(err) // plain fields: cannot fail
	}
	return timerRow{t.ID, t.Owner, appendTime(nil, t.Due), body}
}

func decodeTimer(b []byte) (bot.Timer, error) {
	var t bot.Timer
	err := cbor.Unmarshal(b, &t)
	return t, err
}

func timerIDKey(id string) []byte { return append([]byte{'i'}, id...) }

func timerDueKey(due []byte, id string) []byte {
	return append(append([]byte{'d'}, due...), id...)
}

func (b *batch) putTimer(t timerRow) error {
	if err := b.dropTimer(t.id); err != nil {
		return err
	}
	bucket := b.tx.Bucket(bucketTimers)
	if err := bucket.Put(timerIDKey(t.id), append(slices.Clone(t.due), t.owner...)); err != nil {
		return err
	}
	if err := own(b.tx.Bucket(bucketOwned), t.owner, ownedTimer, []byte(t.id)); err != nil {
		return err
	}
	return bucket.Put(timerDueKey(t.due, t.id), t.body)
}

func (b *batch) dropTimer(id string) error {
	bucket := b.tx.Bucket(bucketTimers)
	row := bucket.Get(timerIDKey(id))
	if row == nil {
		return nil
	}
	if len(row) < timeSize {
		return errCorrupt
	}
	due, owner := slices.Clone(row[:timeSize]), string(row[timeSize:])
	if err := bucket.Delete(timerDueKey(due, id)); err != nil {
		return err
	}
	if err := disown(b.tx.Bucket(bucketOwned), owner, ownedTimer, []byte(id)); err != nil {
		return err
	}
	return bucket.Delete(timerIDKey(id))
}

// readLine reads a history row.
func readLine(k, v []byte) (bot.Line, error) {
	if len(v) < timeSize || len(k) < 8 {
		return bot.Line{}, errCorrupt
	}
	l := bot.Line{Seq: binary.BigEndian.Uint64(k[len(k)-8:]), At: readTime(v)}
	return l, decodeMessage(slices.Clone(v[timeSize:]), &l.Message)
}
