package webchat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"maalem/bot"
	"maalem/locales"
)

// said is what a page posts: one of text, press, place and file.
type said struct {
	ID    string `json:"id"`
	Text  string `json:"text"`
	Press string `json:"press"`
	Place *struct {
		Lat float64 `json:"lat"`
		Lon float64 `json:"lon"`
	} `json:"place"`
	Start string `json:"start"`
	// Ago is how many milliseconds it waited in the page before it was sent.
	Ago int64 `json:"ago"`
	// After is the last line that the page shows.
	After uint64 `json:"after"`

	file    *multipart.FileHeader
	seconds int // of a voice note, as the page measured it
	form    bool
}

// Errors of reading a message, by the status that they are answered with.
var (
	errBad    = errors.New("not a message of the chat page")
	errTooBig = errors.New("larger than a message may be")
)

// startPayload is what a deep link may carry, as on Telegram.
var startPayload = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// maxPress is the longest data that a button of ours has.
const maxPress = 32

// maxAgo bounds how long a page may have kept a message before we stop believing
// its clock.
const maxAgo = time.Hour

// multipartForm is how a file comes.
const multipartForm = "multipart/form-data"

// contentType is the kind of a body, in small letters; "" when it is not readable.
func contentType(r *http.Request) string {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return kind
}

// maxFields bounds in bytes what a message takes in memory, without its file.
// fieldsOnTop is what ParseMultipartForm gives the fields on top of what it is asked
// for: a form could otherwise fill 10 MB with them. With less than nothing for the
// file it spools that at once.
const (
	maxFields   = 64 << 10
	fieldsOnTop = 10 << 20
)

// read takes a message from a request. A file stays spooled on disk; the caller
// removes r.MultipartForm.
func read(w http.ResponseWriter, r *http.Request) (said, error) {
	var s said
	kind := contentType(r)
	if kind != multipartForm {
		r.Body = http.MaxBytesReader(w, r.Body, maxFields)
	}
	if kind == "application/json" {
		if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
			return said{}, unreadable(err)
		}
		return s, s.check()
	}
	err := r.ParseForm()
	if kind == multipartForm {
		err = r.ParseMultipartForm(maxFields - fieldsOnTop)
	}
	if err != nil {
		return said{}, unreadable(err)
	}
	s.ID, s.Text, s.Press, s.Start = r.PostFormValue("id"), r.PostFormValue("text"), r.PostFormValue("press"), r.PostFormValue("start")
	s.Ago, _ = strconv.ParseInt(r.PostFormValue("ago"), 10, 64) // absent from plain forms
	s.After, _ = strconv.ParseUint(r.PostFormValue("after"), 10, 64)
	s.seconds, _ = strconv.Atoi(r.PostFormValue("seconds"))
	s.form = r.Header.Get("Accept") != "application/json"
	if r.MultipartForm != nil && len(r.MultipartForm.File["file"]) == 1 {
		if f := r.MultipartForm.File["file"][0]; f.Size > 0 { // an untouched field comes as an empty file
			s.file = f
		}
	}
	return s, s.check()
}

func unreadable(err error) error {
	if big := (*http.MaxBytesError)(nil); errors.As(err, &big) || errors.Is(err, multipart.ErrMessageTooLarge) {
		return errTooBig
	}
	return fmt.Errorf("%w: %w", errBad, err)
}

// check holds a message to its limits, and cleans what may be cleaned.
func (s *said) check() error {
	if !messageID.MatchString(s.ID) || len(s.Press) > maxPress {
		return errBad
	}
	s.Text = strings.TrimSpace(clean(s.Text))
	if utf8.RuneCountInString(s.Text) > MaxText {
		return errTooBig
	}
	if s.file != nil && s.file.Size > MaxUpload { // the body's limit leaves room for the rest of a form
		return errTooBig
	}
	if s.Start != "" && !startPayload.MatchString(s.Start) {
		s.Start = "" // somebody's broken link: greet them all the same
	}
	if p := s.Place; p != nil && !(math.Abs(p.Lat) <= 90 && math.Abs(p.Lon) <= 180) {
		return errBad
	}
	kinds := 0
	for _, has := range []bool{s.Text != "", s.Press != "", s.Place != nil, s.file != nil} {
		if has {
			kinds++
		}
	}
	if kinds == 0 && s.Start == "" {
		return errBad
	}
	if s.Press != "" && kinds > 1 {
		// A form without scripts posts its empty text field with the button; a
		// filled one was not what was pressed.
		s.Text = ""
	}
	return nil
}

// clean drops what no person types: broken UTF-8, control characters, and overrides
// of direction, which turn what others read round.
func clean(s string) string {
	return strings.Map(func(c rune) rune {
		if c == utf8.RuneError || unicode.IsControl(c) && c != '\n' && c != '\t' || c >= 0x202A && c <= 0x202E {
			return -1
		}
		return c
	}, strings.ReplaceAll(s, "\r\n", "\n"))
}

// key is the message's own identity. A plain form has one id whatever is pressed
// in it, and browsers show it again on "back": there the content belongs to it.
func (s said) key(from bot.Address) string {
	if !s.form {
		return from.ID + "/" + s.ID
	}
	content := s.Press + "\x00" + s.Text
	if s.file != nil {
		content += "\x00" + s.file.Filename + "\x00" + strconv.FormatInt(s.file.Size, 10)
	}
	sum := sha256.Sum256([]byte(content))
	return from.ID + "/" + s.ID + "." + hex.EncodeToString(sum[:6])
}

// inbound is the message for the engine; its file, if any, is stored first.
func (c *Chat) inbound(ctx context.Context, r *http.Request, s said, from bot.Address) (bot.Inbound, error) {
	ago := min(max(time.Duration(s.Ago)*time.Millisecond, 0), maxAgo)
	in := bot.Inbound{
		From: from, Kind: bot.InboundMessage, Key: s.key(from),
		At: c.cfg.Now().Add(-ago), Grain: time.Millisecond,
		Text: s.Text, Press: s.Press, Start: s.Start, Hint: hint(r),
	}
	if s.Place != nil {
		in.Place = &bot.GeoPoint{Lat: s.Place.Lat, Lon: s.Place.Lon}
	}
	if s.file != nil {
		m, err := c.keep(ctx, s)
		if err != nil {
			return bot.Inbound{}, err
		}
		in.Media = m
	}
	return in, nil
}

// hint is the first language of the browser that is one of ours.
func hint(r *http.Request) locales.Lang {
	for tag := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ = strings.Cut(tag, ";")
		if l, ok := locales.Hint(tag); ok {
			return l
		}
	}
	return ""
}

// fileName is what a stored file is called: the last part, without what would
// break a header or turn a name round ("gpj.exe").
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.Is(unicode.Cf, c) || c == utf8.RuneError {
			return -1
		}
		return c
	}, name)
	runes := []rune(name)
	if len(runes) > 80 {
		runes = runes[len(runes)-80:] // the end tells what it is
	}
	if name = string(runes); name == "." || name == "/" {
		return ""
	}
	return name
}
