package web

import (
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
)

// File is a stored file that somebody may see.
type File struct {
	MIME, Name string // as the sender said, checked here
	Hash       string
}

// Attachment serves a file of somebody else's making. It is always an attachment in a
// sandbox: pictures and sounds that a page embeds do not mind, and whatever else it is
// never runs as a page of ours.
func Attachment(w http.ResponseWriter, r *http.Request, f File, content io.ReadSeeker) {
	h := w.Header()
	h.Set("Content-Type", safeType(f.MIME))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	params := map[string]string{}
	if f.Name != "" {
		params["filename"] = f.Name
	}
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", params))
	h.Set("Cache-Control", "private, max-age=86400, immutable")
	h.Set("ETag", `"`+f.Hash[:16]+`"`)
	http.ServeContent(w, r, "", time.Time{}, content) // ranges: Safari plays nothing without
}

// safeType lets through what a browser shows without running it.
func safeType(t string) string {
	base, _, err := mime.ParseMediaType(t)
	if err == nil && base != "image/svg+xml" {
		switch family, format, _ := strings.Cut(base, "/"); family {
		case "image", "audio", "video":
			if format != "" {
				return t
			}
		}
	}
	return "application/octet-stream"
}
