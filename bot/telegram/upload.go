package telegram

import (
	"context"
	"encoding/json"
	"path"
	"strconv"
	"sync"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"maalem/bot"
)

// Limits of an upload through the Bot API, in bytes.
const (
	maxPhoto  = 10 << 20
	maxUpload = 50 << 20
)

// sendFile sends a file by the id under which Telegram keeps it, or uploads it;
// fresh: the id that we knew was refused.
func (c *Channel) sendFile(ctx context.Context, params tgbotapi.Params, m *bot.Media, fresh bool) (json.RawMessage, *fault) {
	method, field := "sendDocument", "document"
	switch {
	case m.Kind == bot.MediaVoice:
		method, field = "sendVoice", "voice"
	case m.Kind == bot.MediaVideo:
		method, field = "sendVideo", "video"
	case m.Kind == bot.MediaPhoto && m.Size <= maxPhoto:
		method, field = "sendPhoto", "photo"
	}
	if m.Seconds > 0 && (field == "voice" || field == "video") {
		params["duration"] = strconv.Itoa(m.Seconds)
	}
	if !fresh {
		id := c.known.get(m.Hash) // newer than what the record says
		if id == "" && m.Hash != "" && c.cfg.Recall != nil {
			id = c.cfg.Recall(ctx, m.Hash)
			c.known.put(m.Hash, id)
		}
		if id == "" {
			id = m.External
		}
		if id != "" {
			params[field] = id
			return c.api.call(ctx, method, params)
		}
	}
	if m.Hash == "" || c.cfg.Media == nil {
		return nil, &fault{code: 400, text: "there is no content to upload"}
	}
	room := min(max(m.Size, 1<<20), fileMemory)
	if err := c.files.Acquire(ctx, room); err != nil {
		return nil, &fault{unsent: true, text: "stopped while waiting to upload"}
	}
	defer c.files.Release(room)
	data, err := c.cfg.Media.Get(ctx, m.Hash)
	if err != nil {
		if ctx.Err() != nil {
			return nil, &fault{unsent: true, text: "stopped before the upload"}
		}
		return nil, &fault{code: 400, text: "the content is not readable: " + c.api.clean(err)}
	}
	if len(data) > maxUpload {
		return nil, &fault{code: 413, text: "the file is larger than the Bot API takes"}
	}
	return c.api.call(ctx, method, params, tgbotapi.RequestFile{
		Name: field, Data: tgbotapi.FileBytes{Name: uploadName(m), Bytes: data},
	})
}

func uploadName(m *bot.Media) string {
	if m.Name != "" {
		return path.Base(m.Name)
	}
	switch m.Kind {
	case bot.MediaVoice:
		return "voice.ogg"
	case bot.MediaVideo:
		return "video.mp4"
	case bot.MediaPhoto:
		return "photo.jpg"
	}
	return "file"
}

// keep remembers under which id Telegram has the content now.
func (c *Channel) keep(ctx context.Context, m *bot.Media, sent sentMessage) {
	if m.Hash == "" {
		return
	}
	id := ""
	for _, f := range []*file{sent.Voice, sent.Audio, sent.Video, sent.Document} {
		if f != nil && f.ID != "" {
			id = f.ID
		}
	}
	if n := len(sent.Photo); n > 0 {
		id = sent.Photo[n-1].ID
	}
	if id == "" || len(id) > maxID || id == m.External || !c.known.put(m.Hash, id) {
		return
	}
	if c.cfg.Remember != nil {
		c.cfg.Remember(ctx, m.Hash, id)
	}
}

// fileIDs is what of our own content Telegram has, by hash.
type fileIDs struct {
	mu sync.Mutex
	id map[string]string
}

// fileIDsKept bounds it; recordings are hundreds.
const fileIDsKept = 4096

func (f *fileIDs) get(hash string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.id[hash]
}

// put reports whether that was news.
func (f *fileIDs) put(hash, id string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.id[hash] == id {
		return false
	}
	if f.id == nil {
		f.id = map[string]string{}
	}
	for h := range f.id {
		if len(f.id) < fileIDsKept {
			break
		}
		delete(f.id, h)
	}
	f.id[hash] = id
	return true
}
