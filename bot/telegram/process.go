package telegram

import (
	"context"
	"net/http"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"maalem/bot"
)

const (
	answerers     = 8    // how many callbacks are answered at once
	answersQueued = 1024 // more than these are let spin: nothing is lost by it
)

// process takes one update to its end: nil = committed, or nothing for us.
func (c *Channel) process(ctx context.Context, u *tgbotapi.Update, handle bot.Handler) error {
	in, file, ok := convert(u)
	if ok {
		if file != nil {
			media, err := c.download(ctx, *file)
			if err != nil {
				return err
			}
			in.Media = media
		}
		if err := handle(ctx, in); err != nil {
			return err
		}
	}
	if q := u.CallbackQuery; q != nil && q.ID != "" && len(q.ID) <= maxShort {
		select {
		case c.answers <- q.ID:
		default:
		}
	}
	return nil
}

// answerCallbacks stops the pressed buttons' spinning, beside everything else:
// no turn waits for it. A failure is not told: Telegram forgets the question by
// itself, and an old one is refused.
func (c *Channel) answerCallbacks(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-c.answers:
			if after := c.gate.silence(); after > 0 && sleep(ctx, after) != nil {
				return
			}
			_, f := c.api.call(ctx, "answerCallbackQuery", tgbotapi.Params{"callback_query_id": id})
			if f != nil && f.code == http.StatusTooManyRequests {
				c.gate.hush(f.retry)
			}
		}
	}
}

// introduce learns who we are and puts up the command menu, as soon as the
// network allows. Neither is needed for a chat.
func (c *Channel) introduce(ctx context.Context) {
	wait := backoff{first: time.Second, most: 5 * time.Minute}
	for {
		name, f := c.getMe(ctx)
		if f == nil {
			c.username.Store(&name)
			break
		}
		if f.code != 0 && f.code < 500 && f.retry == 0 {
			return // the receiving side tells the operator about a refused token
		}
		if sleep(ctx, max(f.retry, wait.next())) != nil {
			return
		}
	}
	c.setCommands(ctx)
}
