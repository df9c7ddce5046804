package telegram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"maalem/bot"
	"maalem/bot/telegram/telegramtest"
	"maalem/locales"
)

// shelf is a bot.MediaStore in memory; a content's hash is its first word.
type shelf struct {
	files map[string][]byte
	put   func(bot.MediaKind, string, []byte) (bot.Media, error)
}

func (s shelf) Put(_ context.Context, kind bot.MediaKind, name string, data []byte) (bot.Media, error) {
	return s.put(kind, name, data)
}

func (s shelf) Get(_ context.Context, hash string) ([]byte, error) {
	if data, ok := s.files[hash]; ok {
		return data, nil
	}
	return nil, errors.New("no such file")
}

// shown is a message as far as the tests look.
type shown struct {
	method, text string
	buttons      int
	keyboard     string
}

func look(messages []telegramtest.Message) (all []shown) {
	for _, m := range messages {
		s := shown{method: m.Method, text: m.Text, buttons: len(m.Buttons)}
		for _, b := range m.Keyboard {
			s.keyboard += b.Data + "(" + b.Label + ")"
		}
		all = append(all, s)
	}
	return all
}

func TestSend(t *testing.T) {
	yesNo := []bot.Button{{Data: "y", Label: "نعم"}, {Data: "n", Label: "لا"}}
	voice := &bot.Media{Kind: bot.MediaVoice, Hash: "voice", Seconds: 4}
	photo := &bot.Media{Kind: bot.MediaPhoto, Hash: "photo"}
	longText := strings.Repeat("كلمة ", 300)
	files := shelf{files: map[string][]byte{"voice": []byte("OggS"), "photo": []byte("JFIF"), "paper": []byte("%PDF")}}
	for _, tt := range []struct {
		name     string
		chat     int64
		message  bot.Message
		position int
		want     []shown
	}{
		{"text", 5, bot.Message{Text: "salam"}, 0, []shown{{"sendMessage", "<salam> & salam", 0, ""}}},
		{"position", 5, bot.Message{Text: "you are {position}"}, 3, []shown{{"sendMessage", "you are 3", 0, ""}}},
		{"choices", 5, bot.Message{Text: "?", Choices: yesNo}, 0, []shown{{"sendMessage", "?", 2, ""}}},
		{"choices alone", 5, bot.Message{Choices: yesNo}, 0, []shown{{"sendMessage", "👇", 2, ""}}},
		{"contact", 5, bot.Message{Text: "?", AskContact: "C"}, 0, []shown{{"sendMessage", "?", 0, "contact(C)"}}},
		{"contact and place", 5, bot.Message{Text: "?", AskContact: "C", AskPlace: "P"}, 0, []shown{{"sendMessage", "?", 0, "contact(C)location(P)"}}},
		{"choices and place", 5, bot.Message{Text: "?", Choices: yesNo, AskPlace: "P", Lang: locales.French}, 0,
			[]shown{{"sendMessage", "?", 2, ""}, {"sendMessage", "ou, en français :", 0, "location(P)"}}},
		{"no sharing in a group", -5, bot.Message{Text: "?", AskContact: "C"}, 0, []shown{{"sendMessage", "?", 0, ""}}},
		{"recording", 5, bot.Message{Text: "?", Recording: voice, Choices: yesNo}, 0, []shown{{"sendVoice", "?", 2, ""}}},
		{"recording of a long text", 5, bot.Message{Text: longText, Recording: voice, Choices: yesNo}, 0,
			[]shown{{"sendVoice", "", 0, ""}, {"sendMessage", strings.TrimSpace(longText), 2, ""}}},
		{"recording alone", 5, bot.Message{Recording: voice}, 0, []shown{{"sendVoice", "", 0, ""}}},
		{"photo", 5, bot.Message{Text: "?", Media: photo}, 0, []shown{{"sendPhoto", "?", 0, ""}}},
		{"photo and recording", 5, bot.Message{Text: "?", Media: photo, Recording: voice, Choices: yesNo}, 0,
			[]shown{{"sendPhoto", "", 0, ""}, {"sendVoice", "?", 2, ""}}},
		{"file", 5, bot.Message{Media: &bot.Media{Kind: bot.MediaFile, Hash: "paper", Name: "plan.pdf"}}, 0, []shown{{"sendDocument", "", 0, ""}}},
		{"a recording that is not there", 5, bot.Message{Text: "?", Recording: &bot.Media{Kind: bot.MediaVoice, Hash: "none"}, Choices: yesNo}, 0,
			[]shown{{"sendMessage", "?", 2, ""}}},
		{"the same of a long text", 5, bot.Message{Text: longText, Recording: &bot.Media{Kind: bot.MediaVoice, External: "none"}}, 0,
			[]shown{{"sendMessage", strings.TrimSpace(longText), 0, ""}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := telegramtest.New(testToken)
			c := newTest(t, server, func(cfg *Config) {
				cfg.Media = files
				cfg.ShareHint = func(l locales.Lang) string { return "ou, en " + strings.ToLower(l.SelfName()) + " :" }
			})
			tt.message.Text = strings.ReplaceAll(tt.message.Text, "salam", "<salam> & salam")
			receipt, err := c.Send(t.Context(), bot.Outgoing{ID: 1, To: address(tt.chat), Message: tt.message, Position: tt.position})
			if err != nil {
				t.Fatal(err)
			}
			accepted := server.Accepted()
			for _, m := range accepted {
				if m.Text != "" && m.Params.Get("parse_mode") != "HTML" {
					t.Errorf("%q was sent without markup", m.Text)
				}
			}
			if got := look(accepted); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("\n got %+v\nwant %+v", got, tt.want)
			}
			if last := accepted[len(accepted)-1]; receipt.MessageID != fmt.Sprint(last.ID) || receipt.At.Unix() != last.At.Unix() {
				t.Errorf("receipt %+v", receipt)
			}
		})
	}
}

func TestSendRefused(t *testing.T) {
	server := telegramtest.New(testToken)
	c := newTest(t, server, nil)
	for name, m := range map[string]bot.Message{
		"a missing picture": {Text: "x", Media: &bot.Media{Kind: bot.MediaPhoto, Hash: "none"}},
		"too many choices":  {Text: "x", Choices: make([]bot.Button, 101)},
		"no data":           {Text: "x", Choices: []bot.Button{{Label: "x"}}},
		"too much data":     {Text: "x", Choices: []bot.Button{{Label: "x", Data: strings.Repeat("x", 65)}}},
	} {
		_, err := c.Send(t.Context(), bot.Outgoing{ID: 1, To: address(5), Message: m})
		var failed *bot.SendError
		if !errors.As(err, &failed) || failed.Failure != bot.FailRejected {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := server.Count(); n != 0 {
		t.Errorf("%d messages were sent all the same", n)
	}
}

// TestRepairs: what can be put right without asking anybody.
func TestRepairs(t *testing.T) {
	refuse := func(code int, text string) telegramtest.Fault {
		return telegramtest.Fault{Kind: telegramtest.Refuse, Code: code, Description: text}
	}
	moved := refuse(400, "Bad Request: group chat was upgraded to a supergroup chat")
	moved.Parameters = map[string]any{"migrate_to_chat_id": -100777}
	for _, tt := range []struct {
		name  string
		fault telegramtest.Fault
		chat  int64
		log   string
	}{
		{"a chat that moved", moved, -100777, ""},
		{"markup that is not understood", refuse(400, "Bad Request: can't parse entities: unsupported start tag"), -7, "markup was refused"},
	} {
		var lines logbook
		server := telegramtest.New(testToken)
		c := newTest(t, server, func(cfg *Config) { cfg.Logger = slog.New(slog.NewTextHandler(&lines, nil)) })
		server.Inject(tt.fault)
		if _, err := c.Send(t.Context(), bot.Outgoing{ID: 1, To: address(-7), Message: bot.Message{Text: "1 < 2 & 3"}}); err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if m := server.Accepted()[0]; m.Text != "1 < 2 & 3" || m.Chat != tt.chat {
			t.Errorf("%s: %+v", tt.name, m)
		}
		if !strings.Contains(lines.String(), tt.log) {
			t.Errorf("%s: the log says %q", tt.name, lines.String())
		}
		// Once only.
		tt.fault.Times = -1
		server.Inject(tt.fault)
		_, err := c.Send(t.Context(), bot.Outgoing{ID: 2, To: address(-7), Message: bot.Message{Text: "x"}})
		var failed *bot.SendError
		if !errors.As(err, &failed) || failed.Failure != bot.FailRejected {
			t.Errorf("%s, for ever: %v", tt.name, err)
		}
	}
}

// TestUnknownMethod: a server that lacks a method has not refused our token.
func TestUnknownMethod(t *testing.T) {
	server := telegramtest.New(testToken)
	c := newTest(t, server, func(cfg *Config) { cfg.Media = shelf{files: map[string][]byte{"h": []byte("x")}} })
	server.Inject(telegramtest.Fault{Kind: telegramtest.Refuse, Method: "sendVideo", Times: -1, Code: 404, Description: "Not Found"})
	_, err := c.Send(t.Context(), bot.Outgoing{ID: 1, To: address(5), Message: bot.Message{Media: &bot.Media{Kind: bot.MediaVideo, Hash: "h"}}})
	var failed *bot.SendError
	if !errors.As(err, &failed) || failed.Failure != bot.FailRejected || c.Health().Problem != "" {
		t.Errorf("%v, health %+v", err, c.Health())
	}
	server.Inject(telegramtest.Fault{Kind: telegramtest.Refuse, Method: "sendMessage", Code: 401, Description: "Unauthorized"})
	_, err = c.Send(t.Context(), bot.Outgoing{ID: 2, To: address(5), Message: bot.Message{Text: "x"}})
	if !errors.As(err, &failed) || failed.Failure != bot.FailAccountBlocked || !strings.Contains(c.Health().Problem, "TELEGRAM_TOKEN") {
		t.Errorf("%v, health %+v", err, c.Health())
	}
	if sendTo(t, c, 5, bot.LaneReply, "x"); c.Health().Problem != "" {
		t.Errorf("it works again, and health says %+v", c.Health())
	}
}

// TestHalfway: what has arrived of a long message is not said again.
func TestHalfway(t *testing.T) {
	server := telegramtest.New(testToken)
	c := newTest(t, server, nil)
	text := strings.Repeat("a", textLimit) + strings.Repeat("b", textLimit) + strings.Repeat("c", 100)
	m := bot.Outgoing{ID: 1, To: address(5), Message: bot.Message{Text: text}}
	server.OnAccept = func(telegramtest.Message) {
		if server.Count() == 1 {
			server.Inject(telegramtest.Fault{Kind: telegramtest.ServerError})
		}
	}
	if _, err := c.Send(t.Context(), m); err == nil {
		t.Fatal("no error")
	}
	if _, err := c.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, m := range server.Accepted() {
		got += m.Text
	}
	if got != text {
		t.Errorf("%d letters arrived, not %d", len(got), len(text))
	}
	if len(c.halfway.at) != 0 {
		t.Error("a finished message is still remembered")
	}
	for id := range uint64(2 * halfwayKept) {
		c.halfway.note(id, 2, 1)
	}
	if len(c.halfway.at) > halfwayKept {
		t.Errorf("%d messages are remembered, at most %d", len(c.halfway.at), halfwayKept)
	}
}

// TestFilesUploadedOnce: a file goes up once, and again when Telegram forgot it.
func TestFilesUploadedOnce(t *testing.T) {
	server := telegramtest.New(testToken)
	var remembered []string
	c := newTest(t, server, func(cfg *Config) {
		cfg.Media = shelf{files: map[string][]byte{"h": bytes.Repeat([]byte("x"), 100_000)}}
		cfg.Remember = func(_ context.Context, hash, id string) { remembered = append(remembered, hash+"="+id) }
	})
	send := func(m bot.Media) {
		t.Helper()
		if _, err := c.Send(t.Context(), bot.Outgoing{ID: 1, To: address(5), Message: bot.Message{Text: "x", Recording: &m}}); err != nil {
			t.Fatal(err)
		}
	}
	send(bot.Media{Kind: bot.MediaVoice, Hash: "h", External: "forgotten"})
	send(bot.Media{Kind: bot.MediaVoice, Hash: "h"})
	send(bot.Media{Kind: bot.MediaVoice, Hash: "h", External: "forgotten"})
	var sizes []int
	for _, m := range server.Accepted() {
		if sizes = append(sizes, m.Size); m.Method != "sendVoice" {
			t.Errorf("sent by %s", m.Method)
		}
	}
	if !reflect.DeepEqual(sizes, []int{100_000, 0, 0}) || !reflect.DeepEqual(remembered, []string{"h=uploaded-1"}) {
		t.Errorf("uploaded %v, remembered %v", sizes, remembered)
	}
	for i := range 2 * fileIDsKept {
		c.known.put(fmt.Sprint(i), "id")
	}
	if len(c.known.id) > fileIDsKept {
		t.Errorf("%d ids are kept, at most %d", len(c.known.id), fileIDsKept)
	}
}

func TestPaid(t *testing.T) {
	server := telegramtest.New(testToken)
	c := newTest(t, server, func(cfg *Config) { cfg.Paid = true })
	sendTo(t, c, 5, bot.LaneReply, "x")
	sendTo(t, c, 5, bot.LaneAnnounce, "x")
	if a := server.Accepted(); a[0].Params.Has("allow_paid_broadcast") || a[1].Params.Get("allow_paid_broadcast") != "true" {
		t.Error("announcements are paid for, replies are not")
	}
}

func TestKeyboard(t *testing.T) {
	for _, tt := range []struct {
		labels string // separated by |
		want   string // rows separated by /
	}{
		{"نعم|لا", "نعم|لا"},
		{"1|2|3", "1|2|3"},
		{"1|2|3|4", "1|2/3|4"},
		{"1|2|3|4|5", "1|2|3/4|5"},
		{"الدارجة|العربية|Français|ⵜⴰⵎⴰⵣⵉⵖⵜ · Tamazight", "الدارجة|العربية|Français/ⵜⴰⵎⴰⵣⵉⵖⵜ · Tamazight"},
		{"Zelligeur|Potière|Une étiquette assez longue|Oui", "Zelligeur|Potière/Une étiquette assez longue/Oui"},
		{"oui|un mot moyen|non", "oui|un mot moyen/non"},
	} {
		var choices []bot.Button
		for _, l := range strings.Split(tt.labels, "|") {
			choices = append(choices, bot.Button{Data: "x", Label: l})
		}
		widths := make([]int, len(choices))
		for i, b := range choices {
			widths[i] = clusters(label(b))
		}
		var rows []string
		for i := 0; i < len(choices); {
			n := rowLength(widths[i:])
			rows = append(rows, strings.Join(strings.Split(tt.labels, "|")[i:i+n], "|"))
			i += n
		}
		if got := strings.Join(rows, "/"); got != tt.want {
			t.Errorf("%s: rows %s, want %s", tt.labels, got, tt.want)
		}
	}
	for b, want := range map[bot.Button]string{
		{Label: "ⵣⵎⵎⴻⵎ", Twin: "S'inscrire"}: "ⵣⵎⵎⴻⵎ (S'inscrire)",
		{Label: "Oui", Twin: "Oui"}:          "Oui",
		{Twin: "Oui"}:                        "Oui",
		{Label: "Tapis", On: true}:           "✅ Tapis",
		{Data: "k:1"}:                        "k:1",
	} {
		if got := label(b); got != want {
			t.Errorf("%+v is labelled %q, want %q", b, got, want)
		}
	}
}
