package bolt

import (
	"encoding/binary"
	"slices"

	"maalem/bot"
)

// A stored record is a header and the engine's body. The header's first byte has
// the row format in its upper half and flags below; then the version. An
// artisan's goes on with its ordinal, the numbers of the facets that it is in and
// the words by which it is found: deleting somebody must clear every bit, and what
// to clear is known here and not believed from a caller. It costs some 50 bytes in a
// row that is written anyway.
const (
	rowFormat      = 1
	flagOrdinal    = 1
	flagWords      = 2
	formatShift    = 4
	flagMask       = 1<<formatShift - 1
	recordRowFirst = rowFormat << formatShift
)

// record is a stored record's header, taken apart.
type record struct {
	version bot.Version
	// hasOrdinal is set for artisans only.
	hasOrdinal bool
	ordinal    uint32
	facets     []uint32 // ascending
	words      []byte   // what the artisan is found by, ascending, with a zero between
}

// parseRecord reads a row. The body and the words are parts of row.
func parseRecord(row []byte) (record, []byte, error) {
	var r record
	if len(row) == 0 || row[0]>>formatShift != rowFormat {
		return r, nil, errCorrupt
	}
	flags, b := row[0]&flagMask, row[1:]
	v, b, err := cutUvarint(b)
	if err != nil {
		return r, nil, err
	}
	r.version = bot.Version(v)
	if flags&flagOrdinal == 0 {
		return r, b, nil
	}
	r.hasOrdinal = true
	var ord, n uint64
	if ord, b, err = cutUvarint(b); err != nil {
		return r, nil, err
	}
	if n, b, err = cutUvarint(b); err != nil || n > uint64(len(b)) {
		return r, nil, errCorrupt
	}
	r.ordinal = uint32(ord)
	r.facets = make([]uint32, 0, n)
	last := uint64(0)
	for range n {
		var step uint64
		if step, b, err = cutUvarint(b); err != nil {
			return r, nil, err
		}
		last += step
		r.facets = append(r.facets, uint32(last))
	}
	if flags&flagWords != 0 {
		words, rest, err := cutPart(b)
		if err != nil {
			return r, nil, err
		}
		r.words, b = words, rest
	}
	return r, b, nil
}

func (r record) append(dst, body []byte) []byte {
	first := byte(recordRowFirst)
	if r.hasOrdinal {
		first |= flagOrdinal
		if len(r.words) > 0 {
			first |= flagWords
		}
	}
	dst = append(dst, first)
	dst = binary.AppendUvarint(dst, uint64(r.version))
	if r.hasOrdinal {
		dst = binary.AppendUvarint(dst, uint64(r.ordinal))
		dst = binary.AppendUvarint(dst, uint64(len(r.facets)))
		last := uint32(0)
		for _, f := range r.facets {
			dst = binary.AppendUvarint(dst, uint64(f-last))
			last = f
		}
		if len(r.words) > 0 {
			dst = appendPart(dst, string(r.words))
		}
	}
	return append(dst, body...)
}

// set puts the record into facet f or takes it out, and tells whether that changed anything.
func (r *record) set(f uint32, on bool) bool {
	i, found := slices.BinarySearch(r.facets, f)
	switch {
	case on && !found:
		r.facets = slices.Insert(r.facets, i, f)
	case !on && found:
		r.facets = slices.Delete(r.facets, i, i+1)
	default:
		return false
	}
	return true
}

func cutUvarint(b []byte) (uint64, []byte, error) {
	n, w := binary.Uvarint(b)
	if w <= 0 {
		return 0, nil, errCorrupt
	}
	return n, b[w:], nil
}

func cutVarint(b []byte) (int64, []byte, error) {
	n, w := binary.Varint(b)
	if w <= 0 {
		return 0, nil, errCorrupt
	}
	return n, b[w:], nil
}
