package telegram

import (
	"strconv"
	"strings"

	"maalem/bot"
)

// part is one call that is a piece of a message.
type part struct {
	text   string // plain; of a file it is the caption
	file   *bot.Media
	made   *bot.File // a document made for this person alone
	spare  *part     // sent instead when the file is refused; nil: the message is refused
	drop   bool      // the file alone is dropped when it is refused
	markup string
}

// compose lays a message out: a file, the text in as many pieces as it needs,
// buttons under the last, a made document, and a share keyboard in a message of its own when
// there are buttons too, since a message has one or the other. A short text is
// the caption of its file, so that both arrive or neither does.
func (c *Channel) compose(chat int64, m bot.Outgoing) ([]part, *bot.SendError) {
	msg := m.Message
	text := msg.Text
	if m.Position > 0 {
		text = strings.ReplaceAll(text, "{position}", strconv.Itoa(m.Position))
	}
	pieces := split(text, textLimit)
	asks := chat > 0 && (msg.AskContact != "" || msg.AskPlace != "")

	under := noKeyboard
	switch {
	case len(msg.Choices) > 0:
		var err *bot.SendError
		if under, err = inline(msg.Choices); err != nil {
			return nil, err
		}
		if len(pieces) == 0 && msg.File == nil {
			pieces = []string{"👇"} // Telegram hangs buttons on a text only
		}
	case asks && len(pieces) > 0:
		under = share(msg)
		asks = false
	}

	var parts []part
	if msg.Media != nil && msg.Recording != nil {
		parts = append(parts, part{file: msg.Media})
	}
	switch file := firstMedia(msg.Recording, msg.Media); {
	case file == nil:
	case len(pieces) == 1 && units(pieces[0]) <= captionLimit:
		p := part{file: file, text: pieces[0], markup: under}
		if file == msg.Recording { // said in writing as well
			p.spare = &part{text: pieces[0], markup: under}
		}
		parts = append(parts, p)
		pieces = nil
	default:
		parts = append(parts, part{file: file, drop: file == msg.Recording && len(pieces) > 0})
	}
	for i, piece := range pieces {
		p := part{text: piece}
		if i == len(pieces)-1 {
			p.markup = under
		}
		parts = append(parts, p)
	}
	if msg.File != nil {
		p := part{made: msg.File}
		if len(parts) == 0 {
			p.markup = under
		}
		parts = append(parts, p)
	}
	if asks {
		parts = append(parts, part{text: c.shareText(msg), markup: share(msg)})
	}
	if len(parts) == 0 {
		return nil, rejected("the message says nothing")
	}
	return parts, nil
}

func firstMedia(files ...*bot.Media) *bot.Media {
	for _, f := range files {
		if f != nil {
			return f
		}
	}
	return nil
}

func (c *Channel) shareText(m bot.Message) string {
	if c.cfg.ShareHint != nil {
		if s := c.cfg.ShareHint(m.Lang); s != "" {
			return s
		}
	}
	if m.AskContact != "" {
		return m.AskContact
	}
	return m.AskPlace
}

// escape is for HTML parse mode, where these three are all that counts.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
