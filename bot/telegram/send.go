package telegram

import (
	"context"
	"encoding/json"
	"net/http"
	"path"
	"strconv"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"maalem/bot"
)

// Send delivers one message, in as many Telegram messages as it needs; the
// receipt is the last one's. Every failure is a *bot.SendError. A message of
// several parts that failed half-way goes on with the part that failed when it
// is sent again under its ID.
func (c *Channel) Send(ctx context.Context, m bot.Outgoing) (bot.Receipt, error) {
	chat, err := strconv.ParseInt(m.To.ID, 10, 64)
	if err != nil || m.To.Channel != Name || chat == 0 {
		return bot.Receipt{}, rejected("the address is not Telegram's")
	}
	parts, refused := c.compose(chat, m)
	if refused != nil {
		return bot.Receipt{}, refused
	}
	var receipt bot.Receipt
	for i := c.halfway.resume(m.ID, len(parts)); i < len(parts); i++ {
		sent, failed := c.sendPart(ctx, &chat, m.Lane, parts[i])
		if failed != nil {
			c.halfway.note(m.ID, len(parts), i)
			if ctx.Err() == nil {
				c.judge(failed)
			}
			return bot.Receipt{}, failed
		}
		receipt = sent
	}
	c.halfway.done(m.ID)
	c.well(topicSend)
	return receipt, nil
}

// judge tells the operator what concerns more than one message.
func (c *Channel) judge(e *bot.SendError) {
	switch e.Failure {
	case bot.FailAccountBlocked:
		c.trouble(topicSend, "Telegram refuses the token. Check TELEGRAM_TOKEN, or take a new one from @BotFather")
	case bot.FailOffline:
		c.trouble(topicSend, "Telegram cannot be reached: "+e.Reason)
	case bot.FailRejected:
		c.log.Error("telegram: a message was refused", "reason", e.Reason)
	}
}

// sendPart sends one part and makes the repairs that need no one's decision: a
// chat that moved, markup that Telegram cannot read, a file id that it forgot.
// Each is tried once.
func (c *Channel) sendPart(ctx context.Context, chat *int64, lane bot.Lane, p part) (bot.Receipt, *bot.SendError) {
	var moved, plain, fresh bool
	for {
		if e := c.gate.wait(ctx, lane, *chat); e != nil {
			return bot.Receipt{}, e
		}
		receipt, f := c.deliver(ctx, *chat, lane, p, plain, fresh)
		switch {
		case f == nil:
			return receipt, nil
		case f.migrate != 0 && !moved:
			*chat, moved = f.migrate, true
			continue
		case f.badMarkup() && !plain:
			plain = true
			c.log.Error("telegram: our markup was refused, the text goes out plain", "reason", f.text)
			continue
		case p.file != nil && f.badFile() && !fresh && p.file.Hash != "":
			fresh = true
			continue
		case f.retry > 0:
			e := f.sendError()
			e.After = c.gate.hush(f.retry)
			c.log.Warn("telegram: sending too fast, silent for as long as Telegram asks", "wait", e.After)
			return bot.Receipt{}, e
		}
		e := f.sendError()
		if e.Failure == bot.FailAccountBlocked && f.code == http.StatusNotFound && c.welcome(ctx) {
			e.Failure = bot.FailRejected // it is the method that this server lacks
		}
		if e.Failure == bot.FailRejected && (p.spare != nil || p.drop) {
			c.log.Error("telegram: a recording was refused, the text goes without it", "reason", f.text)
			if p.drop {
				return bot.Receipt{}, nil
			}
			p, plain = *p.spare, false
			continue
		}
		return bot.Receipt{}, e
	}
}

// welcome asks whether the token is good after all.
func (c *Channel) welcome(ctx context.Context) bool {
	_, f := c.getMe(ctx)
	return f == nil
}

// sentMessage is of Telegram's answer what we use.
type sentMessage struct {
	MessageID int    `json:"message_id"`
	Date      int    `json:"date"`
	Voice     *file  `json:"voice"`
	Audio     *file  `json:"audio"`
	Video     *file  `json:"video"`
	Document  *file  `json:"document"`
	Photo     []file `json:"photo"`
}

type file struct {
	ID string `json:"file_id"`
}

func (c *Channel) deliver(ctx context.Context, chat int64, lane bot.Lane, p part, plain, fresh bool) (bot.Receipt, *fault) {
	params := tgbotapi.Params{"chat_id": strconv.FormatInt(chat, 10)}
	key := "text"
	if p.file != nil || p.made != nil {
		key = "caption"
	}
	switch {
	case p.text == "":
	case plain:
		params[key] = p.text
	default:
		params[key], params["parse_mode"] = escape.Replace(p.text), tgbotapi.ModeHTML
	}
	params.AddNonEmpty("reply_markup", p.markup)
	if c.cfg.Paid && lane == bot.LaneAnnounce {
		params["allow_paid_broadcast"] = "true"
	}
	var result json.RawMessage
	var f *fault
	switch {
	case p.file != nil:
		result, f = c.sendFile(ctx, params, p.file, fresh)
	case p.made != nil:
		result, f = c.api.call(ctx, "sendDocument", params, tgbotapi.RequestFile{
			Name: "document", Data: tgbotapi.FileBytes{Name: path.Base(p.made.Name), Bytes: p.made.Body},
		})
	default:
		params["link_preview_options"] = `{"is_disabled":true}` // the reader pays by the megabyte
		result, f = c.api.call(ctx, "sendMessage", params)
	}
	if f != nil {
		return bot.Receipt{}, f
	}
	var sent sentMessage
	// It was accepted; an unreadable answer does not undo that.
	_ = json.Unmarshal(result, &sent)
	if p.file != nil {
		c.keep(ctx, p.file, sent)
	}
	at, _ := sentAt(sent.Date)
	return bot.Receipt{MessageID: strconv.Itoa(sent.MessageID), At: at}, nil
}

// halfway remembers how far messages of several parts got that failed, so that
// what has arrived is not said again. It is forgotten with the program: then the
// message is sent again as a whole.
type halfway struct {
	mu sync.Mutex
	at map[uint64]progress
}

type progress struct {
	parts, next int
	since       time.Time
}

// halfwayKept bounds what is remembered.
const halfwayKept = 1024

func (h *halfway) resume(id uint64, parts int) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p, ok := h.at[id]; ok && p.parts == parts {
		return p.next
	}
	return 0
}

func (h *halfway) note(id uint64, parts, next int) {
	if id == 0 || next == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.at == nil {
		h.at = map[uint64]progress{}
	}
	if _, ok := h.at[id]; !ok && len(h.at) >= halfwayKept {
		oldest, since := uint64(0), time.Time{}
		for id, p := range h.at {
			if since.IsZero() || p.since.Before(since) {
				oldest, since = id, p.since
			}
		}
		delete(h.at, oldest)
	}
	h.at[id] = progress{parts, next, time.Now()}
}

func (h *halfway) done(id uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.at, id)
}
