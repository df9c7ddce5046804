package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"maalem/bot"
	"maalem/locales"
)

// Bounds of what is taken over from an update. Telegram's own are lower or
// equal; another server behind APIURL may know none.
const (
	maxText  = 16 << 10 // bytes: 4096 UTF-16 units are at most 12 KiB of UTF-8
	maxPress = 64       // bytes of callback_data
	maxShort = 256      // bytes of names, phone numbers and media types
	maxID    = 512      // bytes of a file_id
)

// decode reads one update. A field of a wrong type costs that field only; false
// means that not even the identifier can be read.
func decode(raw json.RawMessage) (*tgbotapi.Update, bool) {
	u := &tgbotapi.Update{UpdateID: -1}
	err := json.Unmarshal(raw, u)
	var mistyped *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &mistyped) {
		return nil, false
	}
	// A negative offset has a meaning of its own: it skips updates.
	return u, u.UpdateID >= 0
}

// chatOf is the chat whose order an update belongs to; 0 = nobody's.
func chatOf(u *tgbotapi.Update) int64 {
	switch {
	case u.Message != nil && u.Message.Chat != nil:
		return u.Message.Chat.ID
	case u.EditedMessage != nil && u.EditedMessage.Chat != nil:
		return u.EditedMessage.Chat.ID
	case u.CallbackQuery != nil:
		if m := u.CallbackQuery.Message; m != nil && m.Chat != nil {
			return m.Chat.ID
		}
		if u.CallbackQuery.From != nil {
			return u.CallbackQuery.From.ID
		}
	case u.MyChatMember != nil:
		return u.MyChatMember.Chat.ID
	}
	return 0
}

// attachment is a file that an update speaks of and that is still at Telegram.
type attachment struct {
	kind    bot.MediaKind
	id      string
	name    string
	mime    string
	size    int64
	seconds int
}

// convert makes of an update what the engine understands; ok is false for what
// says nothing to us. It is pure: the file, if any, is not fetched yet.
func convert(u *tgbotapi.Update) (in bot.Inbound, file *attachment, ok bool) {
	switch {
	case u.Message != nil:
		in, file, ok = message(u.Message)
	case u.EditedMessage != nil:
		in, ok = edited(u.EditedMessage)
	case u.CallbackQuery != nil:
		in, ok = pressed(u.CallbackQuery)
	case u.MyChatMember != nil:
		in, ok = member(u.MyChatMember)
	}
	if !ok || chatOf(u) == 0 {
		return bot.Inbound{}, nil, false
	}
	in.From = address(chatOf(u))
	// Zero-padded, so that the keys of a chat sort as they came.
	in.Key = fmt.Sprintf("%020d", u.UpdateID)
	return in, file, true
}

func address(chat int64) bot.Address {
	return bot.Address{Channel: Name, ID: fmt.Sprint(chat)}
}

func message(m *tgbotapi.Message) (in bot.Inbound, file *attachment, ok bool) {
	if m.Chat == nil || isService(m) {
		return in, nil, false
	}
	in.At, in.Grain = sentAt(m.Date)
	in.Hint = hint(m.From)
	if !private(m.Chat) {
		in.Kind = bot.InboundGroup
		return in, nil, true
	}
	if m.From != nil && m.From.IsBot {
		return in, nil, false
	}
	in.Text = cut(m.Text, maxText)
	switch {
	case m.Text != "":
		if name, rest, is := command(in.Text); is {
			if in.Text = name; name == "start" {
				in.Start = payload(rest)
			} else if rest != "" {
				in.Text += " " + rest
			}
		}
		return in, nil, true
	case m.Contact != nil:
		in.Contact = contact(m)
		return in, nil, true
	case m.Venue != nil:
		in.Place = place(&m.Venue.Location)
	case m.Location != nil:
		in.Place = place(m.Location)
	}
	if in.Place != nil {
		return in, nil, true
	}
	if file = attached(m); file != nil {
		in.Text = cut(m.Caption, maxText)
		return in, file, true
	}
	// A sticker, a poll, a die, or something that Telegram has invented since.
	in.Kind = bot.InboundOther
	return in, nil, true
}

func edited(m *tgbotapi.Message) (in bot.Inbound, ok bool) {
	if m.Chat == nil || !private(m.Chat) || m.From != nil && m.From.IsBot {
		return in, false
	}
	in.Kind = bot.InboundEdit
	in.At, in.Grain = sentAt(max(m.EditDate, m.Date))
	in.Hint = hint(m.From)
	if in.Text = cut(m.Text, maxText); in.Text == "" {
		in.Text = cut(m.Caption, maxText)
	}
	return in, true
}

// pressed has no At: Telegram tells when the button was shown, not when pressed.
func pressed(q *tgbotapi.CallbackQuery) (in bot.Inbound, ok bool) {
	if q.Data == "" || len(q.Data) > maxPress || q.From == nil ||
		q.Message != nil && q.Message.Chat != nil && !private(q.Message.Chat) {
		return in, false
	}
	in.Press = q.Data
	in.Hint = hint(q.From)
	return in, true
}

// member understands what happened to our own membership of a chat.
func member(m *tgbotapi.ChatMemberUpdated) (in bot.Inbound, ok bool) {
	in.At, in.Grain = sentAt(m.Date)
	in.Hint = hint(&m.From)
	now, before := m.NewChatMember.Status, m.OldChatMember.Status
	here := now == "member" || now == "administrator"
	switch {
	case !private(&m.Chat):
		in.Kind = bot.InboundGroup
		return in, here && before != now
	case now == "kicked":
		in.Kind = bot.InboundBlocked
		return in, true
	case here && before == "kicked":
		in.Kind = bot.InboundBack
		return in, true
	}
	return in, false
}

func private(c *tgbotapi.Chat) bool {
	return c.Type == "private" || c.Type == "" && c.ID > 0
}

// isService reports what Telegram says about a chat rather than somebody in it.
func isService(m *tgbotapi.Message) bool {
	return m.NewChatMembers != nil || m.LeftChatMember != nil || m.NewChatTitle != "" || m.NewChatPhoto != nil ||
		m.DeleteChatPhoto || m.GroupChatCreated || m.SuperGroupChatCreated || m.ChannelChatCreated ||
		m.MessageAutoDeleteTimerChanged != nil || m.MigrateToChatID != 0 || m.MigrateFromChatID != 0 ||
		m.PinnedMessage != nil || m.ConnectedWebsite != "" || m.ProximityAlertTriggered != nil ||
		m.VoiceChatScheduled != nil || m.VoiceChatStarted != nil || m.VoiceChatEnded != nil
}

func contact(m *tgbotapi.Message) *bot.Contact {
	c := m.Contact
	return &bot.Contact{
		Phone: cut(strings.TrimSpace(c.PhoneNumber), maxShort),
		Name:  cut(strings.TrimSpace(c.FirstName+" "+c.LastName), maxShort),
		// Anybody can pass on somebody else's card.
		Own: c.UserID != 0 && m.From != nil && c.UserID == m.From.ID,
	}
}

func place(l *tgbotapi.Location) *bot.GeoPoint {
	if !(math.Abs(l.Latitude) <= 90 && math.Abs(l.Longitude) <= 180) {
		return nil
	}
	return &bot.GeoPoint{Lat: l.Latitude, Lon: l.Longitude}
}

func attached(m *tgbotapi.Message) *attachment {
	var a attachment
	switch {
	case m.Voice != nil:
		a = attachment{bot.MediaVoice, m.Voice.FileID, "", m.Voice.MimeType, int64(m.Voice.FileSize), m.Voice.Duration}
	case m.Audio != nil:
		a = attachment{bot.MediaVoice, m.Audio.FileID, m.Audio.FileName, m.Audio.MimeType, int64(m.Audio.FileSize), m.Audio.Duration}
	case len(m.Photo) > 0:
		best := m.Photo[0]
		for _, p := range m.Photo[1:] {
			if float64(p.Width)*float64(p.Height) > float64(best.Width)*float64(best.Height) {
				best = p
			}
		}
		a = attachment{bot.MediaPhoto, best.FileID, "", "image/jpeg", int64(best.FileSize), 0}
	case m.Video != nil:
		a = attachment{bot.MediaVideo, m.Video.FileID, m.Video.FileName, m.Video.MimeType, int64(m.Video.FileSize), m.Video.Duration}
	case m.VideoNote != nil:
		a = attachment{bot.MediaVideo, m.VideoNote.FileID, "", "video/mp4", int64(m.VideoNote.FileSize), m.VideoNote.Duration}
	case m.Animation != nil: // comes with a document as well
		a = attachment{bot.MediaVideo, m.Animation.FileID, m.Animation.FileName, m.Animation.MimeType, int64(m.Animation.FileSize), m.Animation.Duration}
	case m.Document != nil:
		a = attachment{documentKind(m.Document.MimeType), m.Document.FileID, m.Document.FileName, m.Document.MimeType, int64(m.Document.FileSize), 0}
	}
	if a.id == "" || len(a.id) > maxID {
		return nil
	}
	a.name, a.mime = fileName(a.name), cut(a.mime, maxShort)
	a.size = max(0, a.size)
	a.seconds = min(max(0, a.seconds), 24*60*60)
	return &a
}

// documentKind is what a file sent "as a file" is to a person.
func documentKind(mime string) bot.MediaKind {
	switch major, _, _ := strings.Cut(strings.ToLower(mime), "/"); {
	case mime == "image/jpeg", mime == "image/png", mime == "image/webp":
		return bot.MediaPhoto
	case major == "audio":
		return bot.MediaVoice
	case major == "video":
		return bot.MediaVideo
	}
	return bot.MediaFile
}

// fileName keeps of a name what is no path and no control character.
func fileName(s string) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	return cut(s, maxShort)
}

var (
	commandForm = regexp.MustCompile(`^/([A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]{1,32})?(?:\s+|$)`)
	payloadForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
)

// command takes "/start@Bot register" apart.
func command(text string) (name, rest string, ok bool) {
	if !strings.HasPrefix(text, "/") {
		return "", "", false
	}
	m := commandForm.FindStringSubmatchIndex(text)
	if m == nil {
		return "", "", false
	}
	return strings.ToLower(text[m[2]:m[3]]), strings.TrimSpace(text[m[1]:]), true
}

// payload is a deep link's, or empty when it is none that Telegram would carry.
func payload(s string) string {
	if payloadForm.MatchString(s) {
		return s
	}
	return ""
}

func hint(u *tgbotapi.User) locales.Lang {
	if u == nil || len(u.LanguageCode) > 35 { // the longest tag of BCP 47 practice
		return ""
	}
	lang, _ := locales.Hint(u.LanguageCode)
	return lang
}

// sentAt is zero for a date that no message can have.
func sentAt(unix int) (time.Time, time.Duration) {
	if unix <= 0 || unix >= 1<<33 {
		return time.Time{}, 0
	}
	return time.Unix(int64(unix), 0).UTC(), time.Second
}

// cut bounds s to n bytes without breaking a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
