package bolt

import (
	"bufio"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"maalem/bot"
)

// The list of erasures lies beside the store and outlives it: a backup still has
// who was erased after it was made, and restoring it must not bring them back.
// The list knows nobody: of each owner, each deleted record and each count that
// changed with them it keeps a salted hash, under the number of the turn.
//
//	maalem-erased 1 SALT
//	NUMBER o HASH         an owner
//	NUMBER r HASH         a record
//	NUMBER t HASH DELTA   a tally
//
// A line is on the disk before its turn is: who dies between the two has noted an
// erasure that is asked for again, never lost one that was acknowledged. The
// store keeps the number of its last erasing turn, and so does a backup.
const erasedHead = "maalem-erased 1 "

// Kinds of lines in the list.
const (
	erasedOwner  = 'o'
	erasedRecord = 'r'
	erasedTally  = 't'
)

type hash = [sha256.Size]byte

// erasure is what one turn erases.
type erasure struct {
	owners  []string
	records [][]byte // their keys
	tallies []bot.Tally
}

// erasures is the list of a store.
type erasures struct {
	path string
	salt []byte
	file *os.File // nil until something is erased
	end  int64    // of the last whole line
	last uint64   // the highest number
}

// openErasures reads the end of the list at path, which need not exist yet. What a
// dying process or machine left half-written at its end is cut off.
func openErasures(path string, log *slog.Logger) (*erasures, error) {
	e := &erasures{path: path}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return e, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open list of erasures: %w", err)
	}
	e.file = f
	size, err := e.scan(func(n uint64, _ byte, _ hash, _ int64) error { e.last = max(e.last, n); return nil })
	if err == nil && size > e.end {
		log.Warn("the list of erasures ends in a torn line; it is cut off", "bytes", size-e.end)
		err = f.Truncate(e.end)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open list of erasures: %w", err), f.Close())
	}
	return e, nil
}

// scan reads the head and calls f for each whole line; it gives the file's size.
func (e *erasures) scan(f func(n uint64, kind byte, h hash, delta int64) error) (int64, error) {
	if _, err := e.file.Seek(0, io.SeekStart); err != nil {
		return 0, err
	}
	in := bufio.NewReader(e.file)
	e.end = 0
	for size := int64(0); ; {
		line, err := in.ReadString('\n')
		size += int64(len(line))
		if errors.Is(err, io.EOF) {
			return size, nil
		}
		if err != nil {
			return size, err
		}
		if size == int64(len(line)) {
			salt, found := strings.CutPrefix(strings.TrimSpace(line), erasedHead)
			if e.salt, err = hex.DecodeString(salt); !found || err != nil || len(e.salt) != sha256.Size {
				return size, fmt.Errorf("%s: this is no list of erasures", filepath.Base(e.path))
			}
			e.end = size
			continue
		}
		n, kind, h, delta, err := readErasure(line)
		if err != nil {
			if _, more := in.Peek(1); errors.Is(more, io.EOF) {
				return size, nil // torn
			}
			return size, fmt.Errorf("%s: damaged at byte %d", filepath.Base(e.path), e.end)
		}
		if err := f(n, kind, h, delta); err != nil {
			return size, err
		}
		e.end = size
	}
}

func readErasure(line string) (n uint64, kind byte, h hash, delta int64, err error) {
	fields := strings.Fields(line)
	if len(fields) < 3 || len(fields[1]) != 1 || len(fields[2]) != 2*len(h) {
		return 0, 0, h, 0, errCorrupt
	}
	if n, err = strconv.ParseUint(fields[0], 10, 64); err != nil {
		return 0, 0, h, 0, err
	}
	if _, err = hex.Decode(h[:], []byte(fields[2])); err != nil {
		return 0, 0, h, 0, err
	}
	if kind = fields[1][0]; kind == erasedTally {
		if len(fields) != 4 {
			return 0, 0, h, 0, errCorrupt
		}
		delta, err = strconv.ParseInt(fields[3], 10, 64)
	}
	return n, kind, h, delta, err
}

func (e *erasures) hash(kind byte, what []byte) hash {
	return sha256.Sum256(append(append(append(make([]byte, 0, 96), e.salt...), kind), what...))
}

// note puts erasures on the disk under the numbers after after and gives the last.
func (e *erasures) note(after uint64, list []erasure) (uint64, error) {
	if e.file == nil {
		if err := e.create(); err != nil {
			return 0, fmt.Errorf("begin list of erasures: %w", err)
		}
	}
	n := max(after, e.last)
	var lines []byte
	add := func(kind byte, what []byte, more string) {
		lines = fmt.Appendf(lines, "%d %c %x%s\n", n, kind, e.hash(kind, what), more)
	}
	for _, one := range list {
		n++
		for _, o := range one.owners {
			add(erasedOwner, []byte(o), "")
		}
		for _, r := range one.records {
			add(erasedRecord, r, "")
		}
		for _, t := range one.tallies {
			add(erasedTally, []byte(t.Name), fmt.Sprintf(" %d", t.Delta))
		}
	}
	// At a place of our own, so that what a full disk left of an earlier try is
	// overwritten.
	if _, err := e.file.WriteAt(lines, e.end); err != nil {
		return 0, fmt.Errorf("note erasures: %w", errors.Join(err, e.file.Truncate(e.end)))
	}
	if err := e.file.Sync(); err != nil {
		return 0, fmt.Errorf("note erasures: %w", err)
	}
	e.end += int64(len(lines))
	e.last = n
	return n, nil
}

// create begins the list, durably.
func (e *erasures) create() error {
	e.salt = make([]byte, sha256.Size)
	rand.Read(e.salt)
	head := erasedHead + hex.EncodeToString(e.salt) + "\n"
	temp := e.path + ".new"
	if err := writeSynced(temp, []byte(head)); err != nil {
		return err
	}
	if err := os.Rename(temp, e.path); err != nil {
		return err
	}
	if err := syncDir(filepath.Dir(e.path)); err != nil {
		return err
	}
	f, err := os.OpenFile(e.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	e.file, e.end = f, int64(len(head))
	return nil
}

func (e *erasures) close() error {
	if e.file == nil {
		return nil
	}
	return e.file.Close()
}

// noteErasures keeps on the list what the batch erases, before it commits.
func (b *batch) noteErasures() error {
	if len(b.erasures) == 0 {
		return nil
	}
	meta := b.tx.Bucket(bucketMeta)
	var last uint64
	if row := meta.Get(metaErased); len(row) == 8 {
		last = binary.BigEndian.Uint64(row)
	}
	n, err := b.s.erasures.note(last, b.erasures)
	if err != nil {
		return err
	}
	return meta.Put(metaErased, appendUint64(nil, n))
}

// erasure is what a turn leaves on the list; nil when it erases nobody.
func (p *prepared) erasure() []erasure {
	if len(p.erase) == 0 {
		return nil
	}
	e := erasure{owners: p.erase, tallies: p.tallies}
	for _, c := range p.changes {
		if c.body == nil {
			e.records = append(e.records, p.expects[c.expect].key)
		}
	}
	return []erasure{e}
}
