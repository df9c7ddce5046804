package bolt

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"maalem/bot"
)

// Limits of what a key may hold, in bytes. bbolt itself refuses above 32,768;
// nothing that we name comes near these.
const (
	maxID       = 1024
	maxSeenTail = 128
)

var errCorrupt = errors.New("stored row is damaged")

// appendPart appends s with its length before it, so that two parts next to each
// other can never be read in another way, whatever bytes a network put in them.
func appendPart(dst []byte, s string) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(s)))
	return append(dst, s...)
}

// cutPart reads what appendPart wrote.
func cutPart(b []byte) (part, rest []byte, err error) {
	n, w := binary.Uvarint(b)
	if w <= 0 || n > uint64(len(b)-w) {
		return nil, nil, errCorrupt
	}
	return b[w : w+int(n)], b[w+int(n):], nil
}

func appendUint64(dst []byte, n uint64) []byte { return binary.BigEndian.AppendUint64(dst, n) }

// recordKey is kind and ID. Records of one kind lie together in ID order.
func recordKey(r bot.Ref) []byte {
	key := make([]byte, 0, 1+len(r.ID))
	key = append(key, byte(r.Kind))
	return append(key, r.ID...)
}

// Forms of the tail of a dedupe key.
const (
	tailNumber = 1 // decimal: length, digits
	tailText   = 2
	tailHash   = 3 // longer than maxSeenTail: its SHA-256
)

// seenKey stores a dedupe key "channel/key" so that ascending numbers append.
func seenKey(key string) []byte {
	channel, tail, _ := strings.Cut(key, "/")
	dst := appendPart(make([]byte, 0, len(key)+4), channel)
	switch {
	case len(tail) > maxSeenTail:
		sum := sha256.Sum256([]byte(tail))
		return append(append(dst, tailHash), sum[:]...)
	case isDecimal(tail):
		dst = append(dst, tailNumber, byte(len(tail)))
		return append(dst, tail...)
	}
	return append(append(dst, tailText), tail...)
}

func isDecimal(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// lanePrefix is what the rows of one lane of a channel begin with.
func lanePrefix(channel string, lane bot.Lane) []byte {
	return append(appendPart(make([]byte, 0, len(channel)+10), channel), byte(lane))
}

// timeSize is the length of a stored time: seconds and nanoseconds, in the order of time.
const timeSize = 12

func appendTime(dst []byte, t time.Time) []byte {
	dst = appendUint64(dst, uint64(t.Unix())^1<<63)
	return binary.BigEndian.AppendUint32(dst, uint32(t.Nanosecond()))
}

func readTime(b []byte) time.Time {
	sec := int64(binary.BigEndian.Uint64(b) ^ 1<<63)
	return time.Unix(sec, int64(binary.BigEndian.Uint32(b[8:]))).UTC()
}
