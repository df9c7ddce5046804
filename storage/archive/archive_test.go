package archive

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

var wide = Limits{MediaSize: 1 << 20, Room: func() (int64, error) { return 1 << 30, nil }}

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

// photos are two media files in the order of their names.
func photos() (names []string, content map[string]string) {
	content = map[string]string{}
	for _, s := range []string{"a photo", "a voice"} {
		content[MediaName(sum(s))] = s
	}
	for n := range content {
		names = append(names, n)
	}
	if names[0] > names[1] {
		names[0], names[1] = names[1], names[0]
	}
	return names, content
}

func whole(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	a, err := Create(&out, time.Unix(1_800_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	add := func(name, content string) {
		if err := a.Add(name, int64(len(content)), strings.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	add(Store, strings.Repeat("the store ", 1000))
	add(Erased, "a list")
	names, content := photos()
	for _, n := range names {
		add(n, content[n])
	}
	a.Lost()
	if _, err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func readAll(data []byte, limits Limits) (map[string]string, Manifest, error) {
	got := map[string]string{}
	m, err := Read(bytes.NewReader(data), limits, func(name string, _ int64, r io.Reader) error {
		b, err := io.ReadAll(r)
		got[name] = string(b)
		return err
	})
	return got, m, err
}

func TestRoundTrip(t *testing.T) {
	got, m, err := readAll(whole(t), wide)
	if err != nil {
		t.Fatal(err)
	}
	names, content := photos()
	if got[Store] != strings.Repeat("the store ", 1000) || got[Erased] != "a list" || got[names[0]] != content[names[0]] || len(got) != 4 {
		t.Errorf("read %d members", len(got))
	}
	if m.Format != Format || m.Made.Unix() != 1_800_000_000 || m.Media.Files != 2 || m.Media.Lost != 1 || len(m.Members) != 2 || m.Members[0].SHA256 != sum(got[Store]) {
		t.Errorf("manifest %+v", m)
	}
}

// Whatever byte is changed and wherever the archive is cut, it is refused.
func TestDamaged(t *testing.T) {
	data := whole(t)
	for cut := range data {
		if _, _, err := readAll(data[:cut], wide); !errors.Is(err, ErrBroken) {
			t.Fatalf("cut at %d of %d: %v", cut, len(data), err)
		}
	}
	want, _, _ := readAll(data, wide)
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= 0x41
		if got, _, err := readAll(bad, wide); err == nil && fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("byte %d changed: another content, and no error", i)
		}
	}
}

// forge packs members as an attacker would.
func forge(t *testing.T, heads ...tar.Header) []byte {
	t.Helper()
	var out bytes.Buffer
	zip, _ := zstd.NewWriter(&out)
	w := tar.NewWriter(zip)
	for _, h := range heads {
		body := h.Linkname
		if h.Typeflag == tar.TypeReg {
			h.Size, h.Linkname = int64(len(body)), ""
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			_, _ = w.Write([]byte(body))
		}
	}
	_, _ = w.Close(), zip.Close()
	return out.Bytes()
}

func TestHostile(t *testing.T) {
	reg := func(name, body string) tar.Header {
		return tar.Header{Typeflag: tar.TypeReg, Name: name, Linkname: body}
	}
	names, content := photos()
	tests := map[string][]tar.Header{
		"path":            {reg("../../etc/passwd", "x")},
		"absolute":        {reg("/etc/passwd", "x")},
		"path in media":   {reg("media/../../x", "x")},
		"upper case hash": {reg(strings.ToUpper(names[0]), "x")},
		"symlink":         {{Typeflag: tar.TypeSymlink, Name: Store, Linkname: "/etc/passwd"}},
		"hard link":       {{Typeflag: tar.TypeLink, Name: Store, Linkname: "/etc/passwd"}},
		"folder":          {{Typeflag: tar.TypeDir, Name: "media/"}},
		"device":          {{Typeflag: tar.TypeChar, Name: Store}},
		"twice":           {reg(Store, "a"), reg(Store, "b")},
		"wrong content":   {reg(names[0], "something else")},
		"not in order":    {reg(names[1], content[names[1]]), reg(names[0], content[names[0]])},
		"large media":     {reg(names[0], strings.Repeat("x", 2<<20))},
		"no manifest":     {reg(Store, "a")},
		"no store":        {reg(manifest, `{"format":1,"members":[]}`)},
		"other manifest":  {reg(Store, "a"), reg(manifest, `{"format":1,"members":[{"name":"store.db","size":1,"sha256":"00"}]}`)},
		"large manifest":  {reg(Store, "a"), reg(manifest, strings.Repeat(" ", 2<<20))},
	}
	for name, heads := range tests {
		got, _, err := readAll(forge(t, heads...), wide)
		if !errors.Is(err, ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
		for n := range got {
			if _, ok := mediaHash(n); n != Store && !ok {
				t.Errorf("%s: %q was given out", name, n)
			}
		}
	}
}

// A bomb announces its size and finds no room; not a byte of it is unpacked.
func TestNoRoom(t *testing.T) {
	data := whole(t)
	tight := wide
	tight.Room = func() (int64, error) { return 9_999, nil }
	got, _, err := readAll(data, tight)
	if err == nil || len(got) != 0 {
		t.Errorf("%d members, %v", len(got), err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("\x28\xb5\x2f\xfd"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _, _ = readAll(data, Limits{MediaSize: 1 << 16, Room: func() (int64, error) { return 1 << 20, nil }})
	})
}
