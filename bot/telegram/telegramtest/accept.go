package telegramtest

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// field is where a method has its file.
var field = map[string]string{
	"sendVoice": "voice", "sendPhoto": "photo", "sendVideo": "video", "sendDocument": "document", "sendAudio": "audio",
}

// badEntity is what HTML parse mode refuses: an angle bracket, or an ampersand
// that begins none of its four entities.
var badEntity = regexp.MustCompile(`[<>]|&(?:$|[^lgaq]|l[^t]|g[^t]|a[^m]|q[^u])`)

func (s *Server) accept(r *http.Request, method string) (string, *refusal) {
	form := r.Form
	m := Message{Method: method, Params: form}
	var err error
	if m.Chat, err = strconv.ParseInt(form.Get("chat_id"), 10, 64); err != nil {
		return "", &refusal{code: 400, text: "Bad Request: chat not found"}
	}
	limit := 1024
	if m.Text = form.Get("caption"); method == "sendMessage" {
		m.Text, limit = form.Get("text"), 4096
	}
	if form.Get("parse_mode") == "HTML" {
		if badEntity.MatchString(m.Text) {
			return "", &refusal{code: 400, text: "Bad Request: can't parse entities: unsupported start tag"}
		}
		m.Text = html.UnescapeString(m.Text)
	}
	if method == "sendMessage" && strings.TrimSpace(m.Text) == "" {
		return "", &refusal{code: 400, text: "Bad Request: message text is empty"}
	}
	if len(utf16.Encode([]rune(m.Text))) > limit {
		return "", &refusal{code: 400, text: "Bad Request: message is too long"}
	}
	if e := m.readMarkup(form.Get("reply_markup")); e != nil {
		return "", e
	}
	if e := s.takeFile(r, &m); e != nil {
		return "", e
	}

	s.mu.Lock()
	if p := s.people[m.Chat]; p != nil && p.blocked {
		s.mu.Unlock()
		return "", &refusal{code: 403, text: "Forbidden: bot was blocked by the user"}
	}
	s.lastID++
	s.count++
	m.ID, m.At = s.lastID, time.Now()
	if !s.Forget {
		s.accepted = append(s.accepted, m)
	}
	s.mu.Unlock()
	if s.OnAccept != nil {
		s.OnAccept(m)
	}
	file := ""
	switch {
	case m.File == "":
	case method == "sendPhoto":
		file = fmt.Sprintf(`,"photo":[{"file_id":"small"},{"file_id":%q}]`, m.File)
	default:
		file = fmt.Sprintf(`,%q:{"file_id":%q}`, field[method], m.File)
	}
	return fmt.Sprintf(`{"message_id":%d,"date":%d,"chat":{"id":%d,"type":"private"},"from":{"id":1,"is_bot":true,"first_name":"Maalem"}%s}`,
		m.ID, m.At.Unix(), m.Chat, file), nil
}

func (m *Message) readMarkup(raw string) *refusal {
	if raw == "" {
		return nil
	}
	var markup struct {
		Inline [][]struct {
			Text string `json:"text"`
			Data string `json:"callback_data"`
		} `json:"inline_keyboard"`
		Keyboard [][]struct {
			Text     string `json:"text"`
			Contact  bool   `json:"request_contact"`
			Location bool   `json:"request_location"`
		} `json:"keyboard"`
	}
	if json.Unmarshal([]byte(raw), &markup) != nil {
		return &refusal{code: 400, text: "Bad Request: can't parse reply keyboard markup JSON object"}
	}
	for _, row := range markup.Inline {
		for _, b := range row {
			if b.Text == "" || len(b.Data) < 1 || len(b.Data) > 64 {
				return &refusal{code: 400, text: "Bad Request: BUTTON_DATA_INVALID"}
			}
			m.Buttons = append(m.Buttons, Button{b.Text, b.Data})
		}
	}
	for _, row := range markup.Keyboard {
		for _, b := range row {
			data := ""
			switch {
			case (b.Contact || b.Location) && m.Chat < 0:
				return &refusal{code: 400, text: "Bad Request: phone number can be requested in private chats only"}
			case b.Contact:
				data = "contact"
			case b.Location:
				data = "location"
			}
			m.Keyboard = append(m.Keyboard, Button{b.Text, data})
		}
	}
	return nil
}

// takeFile takes an upload, or an id that an earlier upload got.
func (s *Server) takeFile(r *http.Request, m *Message) *refusal {
	name := field[m.Method]
	if name == "" {
		return nil
	}
	if r.MultipartForm == nil || len(r.MultipartForm.File[name]) == 0 {
		m.File = r.Form.Get(name)
		s.mu.Lock()
		defer s.mu.Unlock()
		if _, ok := s.files[m.File]; !ok {
			return &refusal{code: 400, text: "Bad Request: wrong file identifier/HTTP URL specified"}
		}
		return nil
	}
	f, err := r.MultipartForm.File[name][0].Open()
	if err != nil {
		return &refusal{code: 400, text: "Bad Request: there is no file"}
	}
	defer f.Close()
	data, err := io.ReadAll(f)
	if err != nil || len(data) == 0 {
		return &refusal{code: 400, text: "Bad Request: file must be non-empty"}
	}
	m.Size = len(data)
	s.mu.Lock()
	m.File = fmt.Sprintf("uploaded-%d", len(s.files)+1)
	s.mu.Unlock()
	s.AddFile(m.File, data)
	return nil
}

// commandName is what Telegram takes for a command.
var commandName = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

func (s *Server) setCommands(form url.Values) (string, *refusal) {
	var list []struct {
		Command     string `json:"command"`
		Description string `json:"description"`
	}
	if json.Unmarshal([]byte(form.Get("commands")), &list) != nil || len(list) > 100 {
		return "", &refusal{code: 400, text: "Bad Request: can't parse BotCommand"}
	}
	var menu []string
	for _, c := range list {
		if n := utf8.RuneCountInString(c.Description); !commandName.MatchString(c.Command) || n < 1 || n > 256 {
			return "", &refusal{code: 400, text: "Bad Request: BOT_COMMAND_INVALID"}
		}
		menu = append(menu, "/"+c.Command+" "+c.Description)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.menus[form.Get("language_code")] = menu
	return "true", nil
}

// Menu is the menu of commands for a language_code, "/name description" a line.
func (s *Server) Menu(language string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.menus[language]
}
