package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"runtime/debug"
)

// ErrDamaged: pages of the file are not what they must be, or are missing at its end.
var ErrDamaged = errors.New("the store's file is damaged; a backup mends it")

// guard makes an error of what ends the process otherwise: bbolt panics when it meets
// a page that is not what it must be, and what lies beyond the file's end, or cannot
// be read, is a fault of memory.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}()
	return f()
}

// A bbolt file begins with two meta pages, of which the younger whole one counts: a page
// header of 16 bytes, and fields of 64 with a hash at their end.
const (
	metaPageHeader = 16
	metaPageSizeAt = metaPageHeader + 8
	metaFreelistAt = metaPageHeader + 32
	metaPagesAt    = metaPageHeader + 40
	metaTxidAt     = metaPageHeader + 48
	metaHashAt     = metaPageHeader + 56
	metaRead       = metaPageHeader + 64
)

// whole refuses a file of which the end is missing, as after a copy that broke off:
// bbolt would open it, and fail when somebody's page is not there, now or much later.
// What is no bbolt file is for bbolt to refuse.
func whole(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	var young uint64
	var needs int64
	at := int64(0)
	for range 2 {
		meta := make([]byte, metaRead)
		if _, err := f.ReadAt(meta, at); err != nil {
			break // too short for bbolt too
		}
		at = int64(os.Getpagesize()) // where the second is, if the first cannot tell
		hash := fnv.New64a()
		_, _ = hash.Write(meta[metaPageHeader:metaHashAt])
		if hash.Sum64() != binary.NativeEndian.Uint64(meta[metaHashAt:]) {
			continue
		}
		size := binary.NativeEndian.Uint32(meta[metaPageSizeAt:])
		at = int64(size)
		if txid := binary.NativeEndian.Uint64(meta[metaTxidAt:]); txid >= young {
			young, needs = txid, int64(size)*int64(binary.NativeEndian.Uint64(meta[metaPagesAt:]))
		}
	}
	info, err := f.Stat()
	if err == nil && info.Size() < needs {
		return fmt.Errorf("%w: it has %d of %d bytes", ErrDamaged, info.Size(), needs)
	}
	return err
}
