package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"maalem/bot"
)

const (
	// maxDownload is what getFile gives, in bytes.
	maxDownload = 20 << 20
	// downloadLimit is for one file over a slow line.
	downloadLimit = time.Minute
	downloadTries = 3
)

// Catalog keys of what a person is told about a file that could not be taken.
const (
	problemTooBig = "file.too_big"
	problemSorry  = "error.sorry"
)

var (
	errTooBig = errors.New("the file is larger than the Bot API gives")
	errNoFile = errors.New("the network does not give the file")
)

// download stores a file at once: Telegram's link lasts an hour only. Faults of
// the network are tried three times and are then the person's to hear; an error
// is our own store's, and the update comes again.
func (c *Channel) download(ctx context.Context, a attachment) (*bot.Media, error) {
	media := &bot.Media{Kind: a.kind, External: a.id, Name: a.name, MIME: a.mime, Size: a.size, Seconds: a.seconds}
	if a.size > maxDownload {
		media.Problem = problemTooBig
		return media, nil
	}
	if c.cfg.Media == nil {
		return media, nil
	}
	room := a.size
	if room == 0 {
		room = maxDownload
	}
	if err := c.files.Acquire(ctx, room); err != nil {
		return nil, err
	}
	defer c.files.Release(room)

	data, err := c.fetchFile(ctx, a.id, room)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, errTooBig):
		media.Problem = problemTooBig
		return media, nil
	default:
		c.log.Warn("telegram: a file was not fetched", "kind", a.kind, "error", c.api.clean(err))
		media.Problem = problemSorry
		return media, nil
	}
	stored, err := c.cfg.Media.Put(ctx, a.kind, a.name, data)
	var refused *bot.MediaError
	switch {
	case errors.As(err, &refused):
		media.Problem = refused.Key
		return media, nil
	case err != nil:
		return nil, err
	}
	stored.External = a.id
	if stored.Seconds == 0 {
		stored.Seconds = a.seconds
	}
	return &stored, nil
}

// fetchFile asks where the file is and gets it, up to downloadTries times.
func (c *Channel) fetchFile(ctx context.Context, id string, most int64) (data []byte, err error) {
	wait := backoff{first: time.Second, most: 4 * time.Second}
	for try := 1; ; try++ {
		var pause time.Duration
		data, pause, err = c.fetchOnce(ctx, id, most)
		if err == nil || try == downloadTries || errors.Is(err, errNoFile) || errors.Is(err, errTooBig) {
			return data, err
		}
		if sleep(ctx, min(max(pause, wait.next()), 30*time.Second)) != nil {
			return nil, ctx.Err()
		}
	}
}

func (c *Channel) fetchOnce(ctx context.Context, id string, most int64) (data []byte, pause time.Duration, err error) {
	result, f := c.api.call(ctx, "getFile", tgbotapi.Params{"file_id": id})
	switch {
	case f == nil:
	case f.code == http.StatusBadRequest && strings.Contains(f.text, "too big"):
		return nil, 0, errTooBig
	case f.code >= 400 && f.code < 500 && !f.foreign && f.retry == 0:
		return nil, 0, errNoFile
	default:
		return nil, f.retry, f
	}
	var file tgbotapi.File
	if err := json.Unmarshal(result, &file); err != nil || file.FilePath == "" {
		return nil, 0, errNoFile
	}
	data, err = c.api.file(ctx, file.FilePath, most)
	return data, 0, err
}

// file gets a file by the path that getFile gave. The library's File.Link knows
// only api.telegram.org.
func (a *api) file(ctx context.Context, path string, most int64) ([]byte, error) {
	segments := strings.Split(strings.TrimLeft(path, "/"), "/")
	for i, s := range segments {
		if s == "" || s == "." || s == ".." {
			return nil, errNoFile
		}
		segments[i] = url.PathEscape(s)
	}
	ctx, cancel := context.WithTimeout(ctx, downloadLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.files+strings.Join(segments, "/"), nil)
	if err != nil {
		return nil, errNoFile
	}
	resp, err := a.net.RoundTrip(req)
	if err != nil {
		return nil, &fault{text: a.clean(err)}
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusOK:
	case resp.StatusCode >= 400 && resp.StatusCode < 500 && resp.StatusCode != http.StatusTooManyRequests:
		return nil, errNoFile
	default:
		return nil, &fault{code: resp.StatusCode, foreign: true, text: "the file was not given"}
	}
	if resp.ContentLength > most {
		return nil, errTooBig
	}
	var b bytes.Buffer
	b.Grow(int(max(0, resp.ContentLength)) + bytes.MinRead)
	if _, err := b.ReadFrom(io.LimitReader(resp.Body, most+1)); err != nil {
		return nil, &fault{text: a.clean(err)}
	}
	if int64(b.Len()) > most {
		return nil, errTooBig
	}
	return b.Bytes(), nil
}
