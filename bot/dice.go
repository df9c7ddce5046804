package bot

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"io"
	"sync"
)

// dice is the engine's randomness: the system's, or a test's own, so that a
// dialogue comes out the same each time.
type dice struct {
	mu  sync.Mutex
	src io.Reader
}

func newDice(src io.Reader) *dice {
	if src == nil {
		src = rand.Reader
	}
	return &dice{src: src}
}

func (d *dice) read(b []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := io.ReadFull(d.src, b); err != nil {
		panic("the system has no randomness: " + err.Error()) // the turn is tried again
	}
}

// id is a random public id: 80 bits, 16 letters.
func (d *dice) id() string {
	var b [10]byte
	d.read(b[:])
	return base32.StdEncoding.EncodeToString(b[:])
}

// nonce tells the buttons of one run from those of any other.
func (d *dice) nonce() uint32 {
	var b [4]byte
	d.read(b[:])
	return binary.BigEndian.Uint32(b[:])
}

// digits is a number of exactly n decimal digits, none of them leading zero, so
// that it reads the same as a number and as text. n is at most 9.
func (d *dice) digits(n int) string {
	low := uint64(1)
	for range n - 1 {
		low *= 10
	}
	var b [8]byte
	d.read(b[:])
	// The bias of the remainder is below 1 in 2³⁴.
	return itoa(int(low + binary.BigEndian.Uint64(b[:])%(9*low)))
}
