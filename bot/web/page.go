package web

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
)

// Funcs are the functions of every page's template: asset gives a hashed path,
// star the mark.
func (s *Site) Funcs() template.FuncMap {
	return template.FuncMap{
		"asset": s.Asset,
		"star":  func() template.HTML { return Star },
	}
}

// Page renders a template and sends it. A template that fails sends nothing of
// itself: half a page is worse than an error page.
func (s *Site) Page(w http.ResponseWriter, r *http.Request, status int, t *template.Template, data any) {
	var b bytes.Buffer
	if err := t.Execute(&b, data); err != nil {
		s.log.Error("page does not render", "template", t.Name(), "error", err)
		s.Error(w, r, http.StatusInternalServerError)
		return
	}
	Send(w, r, status, "text/html; charset=utf-8", b.Bytes())
}

// smallest is the body from which compressing is worth the bytes of its header
// and the phone's time: what fits one packet is sent as it is.
const smallest = 1200

// Send answers with a body, compressed when the client takes it.
func Send(w http.ResponseWriter, r *http.Request, status int, mime string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", mime)
	h.Set("Vary", "Accept-Encoding")
	if len(body) >= smallest && takesGzip(r) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(body) // a bytes.Buffer takes everything
		_ = z.Close()
		h.Set("Content-Encoding", "gzip")
		body = b.Bytes()
	}
	send(w, status, body)
}

func send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is gone: nobody is left to tell
}

// Error answers with a page that says in plain words what went wrong, in every
// language that the site has words for, and leads home.
func (s *Site) Error(w http.ResponseWriter, r *http.Request, status int) {
	var phrases []Phrase
	if s.cfg.Sorry != nil {
		phrases = s.cfg.Sorry(status)
	}
	var b bytes.Buffer
	err := s.sorry.Execute(&b, struct {
		Status  int
		Phrases []Phrase
	}{status, phrases})
	if err != nil {
		http.Error(w, fmt.Sprint(status), status)
		return
	}
	Send(w, r, status, "text/html; charset=utf-8", b.Bytes())
}

const sorryPage = `<!doctype html>
<html lang="">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Maalem · {{.Status}}</title>
<link rel="icon" href="{{asset "star.svg"}}">
<link rel="stylesheet" href="{{asset "theme.css"}}">
</head>
<body class="sorry">
<main>
<a class="mark" href="/" aria-label="Maalem">{{star}}</a>
{{range .Phrases}}<p lang="{{.Lang}}" dir="{{if .Lang.RTL}}rtl{{else}}ltr{{end}}">{{.Text}}</p>
{{end}}<h1 class="number">{{.Status}}</h1>
</main>
</body>
</html>
`

// Star is the mark: the eight-pointed star of zellige, two squares of which one
// is turned by 45 degrees. Its colours come from theme.css.
const Star template.HTML = `<svg class="star" viewBox="0 0 32 32" aria-hidden="true" focusable="false">` +
	`<path class="star-out" d="M16 1l4.39 4.39h6.22v6.22L31 16l-4.39 4.39v6.22h-6.22L16 31l-4.39-4.39H5.39v-6.22L1 16l4.39-4.39V5.39h6.22z"/>` +
	`<path class="star-in" d="M16 7l2.64 2.64h3.72v3.72L25 16l-2.64 2.64v3.72h-3.72L16 25l-2.64-2.64H9.64v-3.72L7 16l2.64-2.64V9.64h3.72z"/>` +
	`<path class="star-eye" d="M16 11.5l1.32 1.32h1.86v1.86L20.5 16l-1.32 1.32v1.86h-1.86L16 20.5l-1.32-1.32h-1.86v-1.86L11.5 16l1.32-1.32v-1.86h1.86z"/></svg>`
