package telegram

import (
	"encoding/json"
	"fmt"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"github.com/clipperhouse/uax29/v2/graphemes"

	"maalem/bot"
)

// Row widths, in grapheme clusters: what is readable without being cut on a
// 360-pixel phone.
const (
	shortLabel  = 8  // three in a row
	mediumLabel = 16 // two in a row
	mostButtons = 100
)

// inline is the reply_markup of choices.
func inline(choices []bot.Button) (string, *bot.SendError) {
	if len(choices) > mostButtons {
		return "", rejected(fmt.Sprintf("%d choices, at most %d", len(choices), mostButtons))
	}
	labels := make([]string, len(choices))
	widths := make([]int, len(choices))
	for i, b := range choices {
		if len(b.Data) == 0 || len(b.Data) > maxPress {
			return "", rejected(fmt.Sprintf("choice %d has %d bytes of data, not 1 to %d", i+1, len(b.Data), maxPress))
		}
		labels[i] = label(b)
		widths[i] = clusters(labels[i])
	}
	var rows [][]tgbotapi.InlineKeyboardButton
	for i := 0; i < len(choices); {
		n := rowLength(widths[i:])
		row := make([]tgbotapi.InlineKeyboardButton, n)
		for j := range row {
			row[j] = tgbotapi.InlineKeyboardButton{Text: labels[i+j], CallbackData: &choices[i+j].Data}
		}
		rows = append(rows, row)
		i += n
	}
	return markup(tgbotapi.InlineKeyboardMarkup{InlineKeyboard: rows}), nil
}

// label shows a choice that is on with a tick, and a Tamazight term that waits
// for its reviewer with its twin.
func label(b bot.Button) string {
	s := b.Label
	if s == "" {
		s = b.Twin
	} else if b.Twin != "" && b.Twin != b.Label {
		s += " (" + b.Twin + ")"
	}
	if s == "" {
		s = b.Data
	}
	if b.On {
		s = "✅ " + s
	}
	return s
}

// rowLength is how many of the buttons that are left share the next row. Four
// short ones make two and two, not three and one.
func rowLength(widths []int) int {
	run := func(most int) (n int) {
		for n < len(widths) && widths[n] <= most {
			n++
		}
		return n
	}
	switch short := run(shortLabel); {
	case short == 4, short == 2:
		return 2
	case short >= 3:
		return 3
	}
	return min(2, max(1, run(mediumLabel)))
}

func clusters(s string) (n int) {
	for it := graphemes.FromString(s); it.Next(); {
		n++
	}
	return n
}

// share is the reply_markup that asks for a contact or a position: a keyboard
// that is put away once it was used. Telegram refuses it outside private chats.
func share(m bot.Message) string {
	var row []tgbotapi.KeyboardButton
	if m.AskContact != "" {
		row = append(row, tgbotapi.KeyboardButton{Text: m.AskContact, RequestContact: true})
	}
	if m.AskPlace != "" {
		row = append(row, tgbotapi.KeyboardButton{Text: m.AskPlace, RequestLocation: true})
	}
	return markup(tgbotapi.ReplyKeyboardMarkup{
		Keyboard: [][]tgbotapi.KeyboardButton{row}, ResizeKeyboard: true, OneTimeKeyboard: true,
	})
}

// noKeyboard takes a share keyboard away that was answered by typing. It goes
// with every message that has no buttons; without a keyboard it does nothing.
const noKeyboard = `{"remove_keyboard":true}`

func markup(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "" // strings and booleans always marshal
	}
	return string(b)
}
