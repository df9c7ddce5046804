package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"maalem/bot"
)

// photo is a small JPEG whose header names another size.
func photo(t *testing.T, width, height int, progressive bool) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	at := bytes.Index(data, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(data[at+5:], uint16(height))
	binary.BigEndian.PutUint16(data[at+7:], uint16(width))
	if progressive {
		data[at+1] = 0xc2
	}
	return data
}

// drawing is a small PNG whose header names another size; deep has 16 bits a channel.
func drawing(t *testing.T, width, height int, deep, interlaced bool) []byte {
	t.Helper()
	var b bytes.Buffer
	var img image.Image = image.NewNRGBA(image.Rect(0, 0, 8, 8))
	if deep {
		img = image.NewNRGBA64(image.Rect(0, 0, 8, 8))
	}
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	binary.BigEndian.PutUint32(data[16:], uint32(width))
	binary.BigEndian.PutUint32(data[20:], uint32(height))
	data[25] = 6 // with transparency, whatever the content
	if interlaced {
		data[28] = 1
	}
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

// A small file that names a size which would take too much to draw is refused by its
// header; what phones send is not.
func TestPicturesThatWouldFillTheMemory(t *testing.T) {
	s, _ := open(t)
	for name, tt := range map[string]struct {
		data   []byte
		refuse bool
	}{
		"a phone's photo":         {photo(t, 4000, 3000, false), false},
		"progressive, of a phone": {photo(t, 4000, 3000, true), false},
		"a large photo":           {photo(t, 7000, 5000, false), false},
		"progressive and large":   {photo(t, 7000, 5000, true), true},
		"more than 40 megapixels": {photo(t, 7000, 6000, false), true},
		"a screenshot":            {drawing(t, 1440, 3200, false, false), false},
		"deep":                    {drawing(t, 5000, 5000, true, false), true},
		"interlaced":              {drawing(t, 5000, 5000, false, true), true},
	} {
		head, format, err := image.DecodeConfig(bytes.NewReader(tt.data))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := drawn(format, head, tt.data) > maxDrawn || head.Width*head.Height > maxPixels; got != tt.refuse {
			t.Errorf("%s takes %d MB to draw: refused %v", name, drawn(format, head, tt.data)/1e6, got)
		}
		if !tt.refuse {
			continue
		}
		for _, kind := range []bot.MediaKind{bot.MediaPhoto, bot.MediaFile} {
			if _, err := s.Put(t.Context(), kind, "", tt.data); !errors.Is(err, tooBig) {
				t.Errorf("%s, as a %s: %v", name, kind, err)
			}
		}
	}
}

// Pictures are drawn one after the other, and who gives up waiting is not answered
// that the picture is bad: it comes again.
func TestPicturesAreDrawnOneAtATime(t *testing.T) {
	s, _ := open(t)
	s.easel <- struct{}{} // somebody's is being drawn
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Put(ctx, bot.MediaPhoto, "", drawing(t, 8, 8, false, false))
	if refused := (*bot.MediaError)(nil); !errors.Is(err, context.Canceled) || errors.As(err, &refused) {
		t.Errorf("while another one is drawn: %v", err)
	}
}

// Where a photo was taken does not stay in it, sent as a photo or as a document.
func TestPicturesLoseTheirPosition(t *testing.T) {
	s, _ := open(t)
	var b bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, 8, 8))
	img.SetGray(3, 3, color.Gray{200})
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	planted := []byte("Exif\x00\x00 31.6295,-7.9811")
	exif := append([]byte{0xff, 0xe1, 0, byte(len(planted) + 2)}, planted...)
	data := append(append(b.Bytes()[:2:2], exif...), b.Bytes()[2:]...)
	for _, kind := range []bot.MediaKind{bot.MediaPhoto, bot.MediaFile} {
		m, err := s.Put(t.Context(), kind, "dar.jpg", data)
		if err != nil {
			t.Fatal(kind, err)
		}
		kept, err := s.Get(t.Context(), m.Hash)
		if err != nil || bytes.Contains(kept, []byte("31.6295")) || m.Size != int64(len(kept)) || m.MIME != "image/jpeg" {
			t.Errorf("as a %s: %+v, %v, with its position: %v", kind, m, err, bytes.Contains(kept, []byte("31.6295")))
		}
	}
}
