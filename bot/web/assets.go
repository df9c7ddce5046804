package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed static
var static embed.FS

const assetPrefix = "/static/"

// assets are files under names that contain a hash of their content, so that
// browsers may keep them for ever: on a slow line a second visit loads the page alone.
type assets struct {
	names map[string]string // name as written in the program -> hashed name
	files map[string]asset  // by hashed name
}

type asset struct {
	mime          string
	etag          string
	plain, zipped []byte // zipped is nil when it would gain nothing
}

func newAssets() *assets { return &assets{map[string]string{}, map[string]asset{}} }

// types are the extensions served; the system's own table differs from host to host.
var types = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2",
	".json": "application/json", ".webmanifest": "application/manifest+json", ".txt": "text/plain; charset=utf-8",
}

// reference is how one asset names another: a quoted "./name".
var reference = regexp.MustCompile(`"\./([A-Za-z0-9._-]+)"`)

// add takes the files of one folder. A file is hashed after the names that it
// refers to were replaced by hashed ones, so references may not form a circle.
func (a *assets) add(files fs.FS) error {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return fmt.Errorf("assets: %w", err)
	}
	bodies := map[string][]byte{}
	for _, e := range entries {
		if err := a.fresh(e.Name()); err != nil {
			return err
		}
		if bodies[e.Name()], err = fs.ReadFile(files, e.Name()); err != nil {
			return fmt.Errorf("asset: %w", err)
		}
	}
	open := map[string]bool{}
	var settle func(name string) error
	settle = func(name string) error {
		body, here := bodies[name]
		if !here {
			return fmt.Errorf("asset %s: no such file", name)
		}
		if open[name] {
			return fmt.Errorf("asset %s: refers to itself in a circle", name)
		}
		open[name] = true
		defer delete(open, name)
		if ext := path.Ext(name); ext == ".css" || ext == ".js" || ext == ".webmanifest" {
			for _, m := range reference.FindAllSubmatch(body, -1) {
				to := string(m[1])
				if a.names[to] == "" {
					if err := settle(to); err != nil {
						return fmt.Errorf("%s: %w", name, err)
					}
				}
				body = bytes.ReplaceAll(body, m[0], []byte(`"./`+a.names[to]+`"`))
			}
		}
		a.put(name, body)
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(bodies)) {
		if a.names[name] != "" {
			continue
		}
		if err := settle(name); err != nil {
			return err
		}
	}
	return nil
}

// addFile takes one file that refers to no other.
func (a *assets) addFile(name string, body []byte) error {
	if err := a.fresh(name); err != nil {
		return err
	}
	a.put(name, body)
	return nil
}

func (a *assets) fresh(name string) error {
	if a.names[name] != "" {
		return fmt.Errorf("asset %s: added twice", name)
	}
	if types[path.Ext(name)] == "" {
		return fmt.Errorf("asset %s: no content type is known", name)
	}
	return nil
}

func (a *assets) put(name string, body []byte) {
	sum := sha256.Sum256(body)
	tag := hex.EncodeToString(sum[:6])
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + tag + ext
	f := asset{mime: types[ext], etag: tag, plain: body}
	if z := zip(body); ext != ".woff2" && ext != ".png" && len(z) < len(body) {
		f.zipped = z
	}
	a.names[name], a.files[hashed] = hashed, f
}

func (a *assets) path(name string) (string, error) {
	hashed, ok := a.names[name]
	if !ok {
		return "", fmt.Errorf("asset %s: not added", name)
	}
	return assetPrefix + hashed, nil
}

// asset serves one file of /static/.
func (s *Site) asset(w http.ResponseWriter, r *http.Request) {
	f, ok := s.assets.files[strings.TrimPrefix(r.URL.Path, assetPrefix)]
	if !ok {
		s.Error(w, r, http.StatusNotFound)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.mime)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body, etag := f.plain, `"`+f.etag+`"`
	if f.zipped != nil && takesGzip(r) {
		body, etag = f.zipped, `"`+f.etag+`-gz"`
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", etag)
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	send(w, http.StatusOK, body)
}

func zip(body []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	_, _ = z.Write(body) // a bytes.Buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

// takesGzip reports whether the client offers gzip and does not refuse it.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		coding, params, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err == nil && coding == "gzip" {
			q := strings.TrimRight(params["q"], "0.")
			return params["q"] == "" || q != ""
		}
	}
	return false
}
