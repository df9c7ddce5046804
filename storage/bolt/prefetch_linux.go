package bolt

import (
	"encoding/binary"
	"os"

	"golang.org/x/sys/unix"
)

const (
	noFreelist      = ^uint64(0) // in the place of its page
	prefetchedAtOne = 8 << 20
)

// prefetch has the kernel read the file in the order of the disk when bbolt is going
// to look at all of its pages, which it does in the order of its trees: after a
// power cut that takes many times longer. It is a hint; what it cannot read, bbolt
// will complain of.
func prefetch(path string) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || hasFreelist(f) {
		return
	}
	for at := int64(0); at < info.Size(); at += prefetchedAtOne {
		if unix.Fadvise(int(f.Fd()), at, prefetchedAtOne, unix.FADV_WILLNEED) != nil {
			return
		}
	}
}

// hasFreelist tells whether the younger meta page names a list of free pages.
func hasFreelist(f *os.File) bool {
	var young, freelist uint64
	for i := range 2 {
		page := make([]byte, metaRead)
		if _, err := f.ReadAt(page, int64(i*os.Getpagesize())); err != nil {
			return true // too short to need a hint
		}
		if txid := binary.NativeEndian.Uint64(page[metaTxidAt:]); i == 0 || txid > young {
			young, freelist = txid, binary.NativeEndian.Uint64(page[metaFreelistAt:])
		}
	}
	return freelist != noFreelist
}
