package telegram

import (
	"context"
	"encoding/json"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"maalem/locales"
)

func (c *Channel) getMe(ctx context.Context) (username string, f *fault) {
	result, f := c.api.call(ctx, "getMe", nil)
	if f != nil {
		return "", f
	}
	var me tgbotapi.User
	if err := json.Unmarshal(result, &me); err != nil {
		return "", &fault{text: "getMe did not answer a user"}
	}
	return cut(me.UserName, maxShort), nil
}

// menus are the languages of ours that Telegram clients are set to; French is
// also what everybody else sees. Nobody's phone is in Darija or Tamazight.
var menus = []struct {
	code string // language_code; empty = everybody else
	lang locales.Lang
}{{"", locales.French}, {"fr", locales.French}, {"ar", locales.Arabic}}

// setCommands puts up the menu of commands. It may fail: typed words do the same.
func (c *Channel) setCommands(ctx context.Context) {
	if c.cfg.Commands == nil {
		return
	}
	for _, m := range menus {
		commands := c.cfg.Commands(m.lang)
		if len(commands) == 0 {
			continue
		}
		list := make([]tgbotapi.BotCommand, len(commands))
		for i, cmd := range commands {
			list[i] = tgbotapi.BotCommand{Command: cmd.Name, Description: cmd.Description}
		}
		text, err := json.Marshal(list)
		if err != nil {
			continue // strings always marshal
		}
		params := tgbotapi.Params{"commands": string(text)}
		params.AddNonEmpty("language_code", m.code)
		if _, f := c.api.call(ctx, "setMyCommands", params); f != nil && ctx.Err() == nil {
			c.log.Info("telegram: the menu of commands was not set", "language", m.code, "error", f)
		}
	}
}

// takeBackWebhook removes the webhook that stands in the way of polling, if it
// is the one that we registered ourselves; never another's.
func (c *Channel) takeBackWebhook(ctx context.Context, state *State) bool {
	if state.Webhook == "" {
		return false
	}
	result, f := c.api.call(ctx, "getWebhookInfo", nil)
	if f != nil {
		return false
	}
	var info tgbotapi.WebhookInfo
	if json.Unmarshal(result, &info) != nil || info.URL != state.Webhook {
		return false
	}
	if _, f := c.api.call(ctx, "deleteWebhook", nil); f != nil {
		c.log.Warn("telegram: our webhook was not removed", "error", f)
		return false
	}
	c.log.Warn("telegram: polling from now on; the webhook that we had registered was removed")
	state.Webhook = ""
	if err := c.saveState(ctx, *state); err != nil {
		c.log.Warn("telegram: the change to polling was not noted", "error", c.api.clean(err))
	}
	return true
}
