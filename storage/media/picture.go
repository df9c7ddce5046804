package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // a decoder
	"runtime/debug"
)

// Limits of a picture: a file of some hundred kilobytes can name any size, and would
// take gigabytes to draw. maxDrawn, in bytes, is what 40 megapixels take with four
// bytes each; a phone's photo of 12 takes 18 MB.
const (
	maxPixels = 40_000_000
	maxDrawn  = 4 * maxPixels
	maxLeft   = 64 << 20 // bytes that may wait for the garbage collector
)

// redraw decodes and encodes a picture again: only its pixels stay. One at a time:
// what several large ones take together would be too much for a small machine.
func (s *Store) redraw(ctx context.Context, data []byte) ([]byte, error) {
	head, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, wrongKind
	}
	if head.Width <= 0 || head.Height <= 0 || head.Width > maxPixels/head.Height {
		return nil, tooBig
	}
	takes := drawn(format, head, data)
	if takes > maxDrawn {
		return nil, tooBig
	}
	select {
	case s.easel <- struct{}{}:
		defer func() { <-s.easel }()
		if takes > maxLeft {
			defer debug.FreeOSMemory() // before the next one begins
		}
	case <-ctx.Done():
		return nil, fmt.Errorf("draw picture: %w", ctx.Err())
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, wrongKind
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 85}); err != nil {
		return nil, wrongKind
	}
	return out.Bytes(), nil
}

// drawn is how many bytes the decoder of a format may take for a picture.
func drawn(format string, head image.Config, data []byte) int {
	pixels := head.Width * head.Height
	if format == "png" {
		return pixels * pngDepth(data)
	}
	return jpegDrawn(pixels, data)
}

// pngDepth is how many bytes a pixel takes, by the header that comes first in every
// PNG: 16 bits a channel are kept as such, and an interlaced picture is drawn twice.
func pngDepth(data []byte) int {
	const bits, interlaced = 24, 28
	depth := 4
	if data[bits] == 16 {
		depth = 8
	}
	if data[interlaced] != 0 {
		depth *= 2
	}
	return depth
}

// jpegDrawn adds up the colour planes by the frame header. A progressive picture
// keeps four bytes of coefficients for each byte of its planes; where all planes are
// of full size, they may be turned into pixels of four bytes at the end.
func jpegDrawn(pixels int, data []byte) int {
	const unknown = 5 * 4 // the most
	for at := 2; at+4 <= len(data); {
		if data[at] != 0xff {
			at++ // the decoder looks for the next marker too
			continue
		}
		marker := data[at+1]
		if marker == 0xff || marker == 0 || marker >= 0xd0 && marker <= 0xd8 {
			at++ // filling, or a marker alone
			continue
		}
		body := data[at+4:]
		if marker < 0xc0 || marker > 0xc2 {
			at += 2 + int(binary.BigEndian.Uint16(data[at+2:]))
			continue
		}
		if len(body) < 6 || len(body) < 6+3*int(body[5]) {
			break
		}
		sum, most := 0, 0
		for i := range int(body[5]) {
			hv := int(body[6+3*i+1])
			area := (hv >> 4) * (hv & 15)
			sum, most = sum+area, max(most, area)
		}
		if most == 0 {
			break
		}
		planes := pixels * sum / most
		total := planes
		if marker == 0xc2 {
			total += 4 * planes
		}
		if n := int(body[5]); n > 1 && sum == n*most || n > 3 {
			total += 4 * pixels
		}
		return total
	}
	return pixels * unknown
}
