package web

import "testing"

// What a browser could run is given out as bytes.
func TestTypesThatBrowsersRun(t *testing.T) {
	for kind, want := range map[string]string{
		"image/png": "image/png", "audio/ogg": "audio/ogg", "video/mp4": "video/mp4",
		"image/svg+xml": "application/octet-stream", "IMAGE/SVG+XML; a=b": "application/octet-stream", "text/html": "application/octet-stream",
		"application/pdf": "application/octet-stream", "": "application/octet-stream", "image": "application/octet-stream", "image/": "application/octet-stream",
	} {
		if got := safeType(kind); got != want {
			t.Errorf("%q is served as %q", kind, got)
		}
	}
}
