package archive

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/klauspost/compress/zstd"
)

// Limits bound what a hostile archive can make a reader do.
type Limits struct {
	// MediaSize is the largest media file, in bytes.
	MediaSize int64
	// Room tells how many bytes there is still room for; it is asked before each
	// member, whose size is announced and kept to.
	Room func() (int64, error)
}

// Read reads an archive to its end and gives each member to put, which reads what
// it wants of it. Only when Read returns without an error is what put got whole:
// until then put must not let it count.
func Read(r io.Reader, limits Limits, put func(name string, size int64, r io.Reader) error) (Manifest, error) {
	zip, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return Manifest{}, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	defer zip.Close()
	in := tar.NewReader(zip)
	found := newTally()
	for {
		head, err := in.Next()
		if err != nil {
			return Manifest{}, broken("it ends too early", err)
		}
		if head.Typeflag != tar.TypeReg || head.Size < 0 {
			return Manifest{}, fmt.Errorf("%w: %q is no plain file", ErrBroken, head.Name)
		}
		if head.Name == manifest {
			return found.check(in, head.Size, zip)
		}
		if err := member(&found, in, head, limits, put); err != nil {
			return Manifest{}, err
		}
	}
}

// member reads one member. Its name is looked at before a byte of it is taken.
func member(found *tally, in io.Reader, head *tar.Header, limits Limits, put func(string, int64, io.Reader) error) error {
	_, isMedia := mediaHash(head.Name)
	if !isMedia && head.Name != Store && head.Name != Erased {
		return fmt.Errorf("%w: unknown member %q", ErrBroken, head.Name)
	}
	if isMedia && head.Size > limits.MediaSize {
		return fmt.Errorf("%w: a media file of %d bytes", ErrBroken, head.Size)
	}
	room, err := limits.Room()
	if err != nil {
		return err
	}
	if head.Size > room {
		return fmt.Errorf("%s has %d bytes, there is room for %d", head.Name, head.Size, room)
	}
	sum := sha256.New()
	rest := io.TeeReader(in, sum)
	if err := put(head.Name, head.Size, rest); err != nil {
		return fmt.Errorf("restore %s: %w", head.Name, err)
	}
	if _, err := io.Copy(io.Discard, rest); err != nil {
		return broken("it ends too early", err)
	}
	return found.add(head.Name, head.Size, sum.Sum(nil))
}

// check holds what was found against the manifest, after which nothing may come.
func (t *tally) check(in io.Reader, size int64, zip io.Reader) (Manifest, error) {
	if size > maxManifest {
		return Manifest{}, fmt.Errorf("%w: a manifest of %d bytes", ErrBroken, size)
	}
	var said Manifest
	if err := json.NewDecoder(io.LimitReader(in, maxManifest)).Decode(&said); err != nil {
		return Manifest{}, broken("its manifest is unreadable", err)
	}
	if said.Format != Format {
		return said, fmt.Errorf("the backup has format %d, this program reads %d", said.Format, Format)
	}
	got := t.close()
	got.Media.Lost = said.Media.Lost
	if !reflect.DeepEqual(got.Members, said.Members) || got.Media != said.Media || !t.seen[Store] {
		return said, fmt.Errorf("%w: its content is not what its manifest says", ErrBroken)
	}
	// tar ends in zeros; a long tail of anything is not ours.
	tail, err := io.Copy(io.Discard, io.LimitReader(zip, maxManifest))
	if err != nil {
		return said, broken("it ends too early", err)
	}
	if tail >= maxManifest {
		return said, fmt.Errorf("%w: there is more after its end", ErrBroken)
	}
	return said, nil
}

func broken(why string, err error) error {
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w: %s: %w", ErrBroken, why, err)
}
