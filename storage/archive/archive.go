// Package archive is the form of a backup: one tar file, compressed with zstd.
//
//	store.db           a snapshot of the store
//	erased             the list of erasures, if there is one
//	media/ab/cdef…     the files that the store refers to, named by their SHA-256
//	manifest.json      the last one: what must be there, with sizes and SHA-256
//
// It refuses to know what is in its members, and to trust an archive: names that
// are not on this list, links, anything twice, sizes that were not announced or
// find no room, content that differs from its hash. Its invariant: Read without
// an error has given out everything that Create took, unchanged.
package archive

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
)

// Format is the archive format that this program writes; a higher one is refused.
const Format = 1

// Names of members. WhatsApp's session will be a further one.
const (
	Store    = "store.db"
	Erased   = "erased"
	manifest = "manifest.json"
	media    = "media/"
)

// maxManifest bounds the manifest in bytes; it names few members.
const maxManifest = 1 << 20

// maxWindow bounds the memory that a decoder takes, in bytes.
const maxWindow = 32 << 20

// ErrBroken: the archive is damaged, cut off, or not made by Maalem.
var ErrBroken = errors.New("the backup is damaged or not one of Maalem")

// Manifest says what an archive holds. Media files are not listed one by one, their
// names are their hashes: the list of names has a hash of its own.
type Manifest struct {
	Format  int       `json:"format"`
	Made    time.Time `json:"made"`
	Members []Member  `json:"members"`
	Media   Media     `json:"media"`
}

// Member is one file other than media.
type Member struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Media are all media files together.
type Media struct {
	Files int64 `json:"files"`
	Bytes int64 `json:"bytes"`
	// Names is the SHA-256 of all names in the order of the archive, a line each.
	Names string `json:"names_sha256"`
	// Lost were referred to and not found, or damaged, when the backup was made.
	Lost int64 `json:"lost"`
}

// tally checks and counts members in their order, for the one who writes and the one who reads.
type tally struct {
	Manifest
	names hash.Hash
	seen  map[string]bool
	last  string // media file
}

func newTally() tally { return tally{names: sha256.New(), seen: map[string]bool{}} }

// add counts a member with its content's hash.
func (t *tally) add(name string, size int64, sum []byte) error {
	h, isMedia := mediaHash(name)
	if !isMedia {
		if name != Store && name != Erased {
			return fmt.Errorf("%w: unknown member %q", ErrBroken, name)
		}
		if t.seen[name] {
			return fmt.Errorf("%w: %s twice", ErrBroken, name)
		}
		t.seen[name] = true
		t.Members = append(t.Members, Member{name, size, hex.EncodeToString(sum)})
		return nil
	}
	if h != hex.EncodeToString(sum) {
		return fmt.Errorf("%w: a media file differs from its name", ErrBroken)
	}
	if name <= t.last {
		return fmt.Errorf("%w: media files are not in order", ErrBroken)
	}
	t.last = name
	t.Media.Files++
	t.Media.Bytes += size
	fmt.Fprintln(t.names, name)
	return nil
}

// close gives the manifest of what was counted.
func (t *tally) close() Manifest {
	t.Media.Names = hex.EncodeToString(t.names.Sum(nil))
	return t.Manifest
}

// MediaName is the member's name of a media file.
func MediaName(hash string) string { return media + hash[:2] + "/" + hash[2:] }

// MediaHash is the hash in a media member's name; no other name has one.
func MediaHash(name string) (string, bool) { return mediaHash(name) }

func mediaHash(name string) (string, bool) {
	rest, ok := strings.CutPrefix(name, media)
	if !ok || len(rest) != 2*sha256.Size+1 || rest[2] != '/' {
		return "", false
	}
	h := rest[:2] + rest[3:]
	raw, err := hex.DecodeString(h)
	return h, err == nil && hex.EncodeToString(raw) == h
}

// Writer makes an archive.
type Writer struct {
	tally
	zip *zstd.Encoder
	tar *tar.Writer
}

// Create begins an archive on w, of a store as it was at the time made.
func Create(w io.Writer, made time.Time) (*Writer, error) {
	zip, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithWindowSize(4<<20))
	if err != nil {
		return nil, fmt.Errorf("begin backup: %w", err)
	}
	a := &Writer{tally: newTally(), zip: zip, tar: tar.NewWriter(zip)}
	a.Format, a.Made = Format, made.UTC().Truncate(time.Second)
	return a, nil
}

// Add writes one member of exactly size bytes. Media come after all others, in
// the order of their names.
func (a *Writer) Add(name string, size int64, r io.Reader) error {
	if err := a.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: a.Made}); err != nil {
		return fmt.Errorf("back up %s: %w", name, err)
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(a.tar, sum), r); err != nil {
		return fmt.Errorf("back up %s: %w", name, err)
	}
	return a.add(name, size, sum.Sum(nil))
}

// Lost counts a media file that could not be added.
func (a *Writer) Lost() { a.Media.Lost++ }

// Close writes the manifest and ends the archive; without it the archive is broken.
func (a *Writer) Close() (Manifest, error) {
	m := a.close()
	body, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		err = a.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: manifest, Size: int64(len(body)), Mode: 0o600, ModTime: a.Made})
	}
	if err == nil {
		_, err = a.tar.Write(body)
	}
	if err = errors.Join(err, a.tar.Close(), a.zip.Close()); err != nil {
		return m, fmt.Errorf("end backup: %w", err)
	}
	return m, nil
}
