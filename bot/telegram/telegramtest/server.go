// Package telegramtest is a Bot API server on this machine, for tests and
// benchmarks of whatever speaks to Telegram: it hands out updates by getUpdates
// or by webhook, takes messages and writes down when it took each, and fails on
// request in the ways in which Telegram and the networks before it fail.
//
// It refuses to know the adapter: it speaks HTTP only. Where Telegram is strict
// (markup, lengths, callback data, offsets) it is as strict.
package telegramtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Server is one bot's Bot API. It is an http.Handler; mount it anywhere.
type Server struct {
	// Token is the bot's: every path begins with it.
	Token string
	// Hook carries webhook calls; http.DefaultClient when nil.
	Hook *http.Client
	// OnAccept hears every accepted message, on the request's goroutine, before
	// the bot has its answer. Set it before the first request.
	OnAccept func(Message)
	// Forget keeps no accepted messages, for long loads; Count still counts.
	Forget bool

	mu       sync.Mutex
	updates  updates
	people   map[int64]*Person
	accepted []Message
	count    int
	lastID   int
	calls    map[string]int
	params   map[string]url.Values // the last call's, by method
	files    map[string]stored
	menus    map[string][]string // of commands, by language_code
	faults   []*Fault
	failed   map[Kind]int
	chaos    *chaos
	silent   time.Time // a 429 is in force until then
	early    int
	hook     hook
}

type stored struct {
	path string
	data []byte
}

// New makes a server for a token.
func New(token string) *Server {
	return &Server{
		Token:   token,
		updates: updates{next: 1, news: make(chan struct{})},
		people:  map[int64]*Person{},
		calls:   map[string]int{},
		params:  map[string]url.Values{},
		files:   map[string]stored{},
		menus:   map[string][]string{},
		failed:  map[Kind]int{},
	}
}

// Message is one accepted message.
type Message struct {
	ID       int
	Chat     int64
	At       time.Time // when it was accepted
	Method   string
	Text     string // as a person sees it; of a file, its caption
	Buttons  []Button
	Keyboard []Button // a reply keyboard's; Data is "contact" or "location"
	File     string   // its file_id, of a file
	Size     int      // bytes uploaded with it
	Params   url.Values
}

// Button is one button as it was shown.
type Button struct{ Label, Data string }

// Accepted lists the messages that were accepted so far, in order.
func (s *Server) Accepted() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.accepted...)
}

// Count is how many messages were accepted so far.
func (s *Server) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// Calls is how often a method was called, whatever came of it.
func (s *Server) Calls(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[method]
}

// Last is what the method was last called with.
func (s *Server) Last(method string) url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.params[method]
}

// Early counts the messages that came in although a 429 was in force.
func (s *Server) Early() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.early
}

// Failed is how often something that sends a message failed in this way.
func (s *Server) Failed(k Kind) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed[k]
}

// AddFile lets getFile find a file; its path is made of its id.
func (s *Server) AddFile(id string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[id] = stored{"files/" + id, data}
}

// most is how much of a request is read, in bytes: the largest upload.
const most = 51 << 20

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path, ok := strings.CutPrefix(r.URL.Path, "/file/bot"+s.Token+"/"); ok {
		s.serveFile(w, r, path)
		return
	}
	method, ok := strings.CutPrefix(r.URL.Path, "/bot"+s.Token+"/")
	if !ok {
		refuse(w, 401, "Unauthorized", nil)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, most)
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		if r.ParseMultipartForm(most) != nil {
			refuse(w, 400, "Bad Request: unreadable form", nil)
			return
		}
	} else if r.ParseForm() != nil {
		refuse(w, 400, "Bad Request: unreadable form", nil)
		return
	}
	s.mu.Lock()
	s.calls[method]++
	s.params[method] = r.Form
	fault := s.pick(method, r.Form)
	if fault != nil && strings.HasPrefix(method, "send") {
		s.failed[fault.Kind]++
	}
	s.mu.Unlock()

	if fault != nil && fault.Kind != ResetAfter {
		s.fail(w, r, fault)
		return
	}
	result, e := s.do(r, method)
	switch {
	case fault != nil: // done, but nobody hears of it
		reset(w)
	case e != nil:
		refuse(w, e.code, e.text, e.params)
	default:
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"ok":true,"result":%s}`, result)
	}
}

// refusal is an answer with ok=false.
type refusal struct {
	code   int
	text   string
	params map[string]any
}

func refuse(w http.ResponseWriter, code int, text string, params map[string]any) {
	answer := map[string]any{"ok": false, "error_code": code, "description": text}
	if params != nil {
		answer["parameters"] = params
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(answer)
}

func (s *Server) do(r *http.Request, method string) (string, *refusal) {
	switch method {
	case "getMe":
		return `{"id":1,"is_bot":true,"first_name":"Maalem","username":"maalem_bot"}`, nil
	case "getUpdates":
		return s.getUpdates(r)
	case "setWebhook":
		return s.setWebhook(r.Form)
	case "deleteWebhook":
		return s.deleteWebhook()
	case "getWebhookInfo":
		s.mu.Lock()
		defer s.mu.Unlock()
		return fmt.Sprintf(`{"url":%q,"has_custom_certificate":false,"pending_update_count":%d}`, s.hook.url, len(s.updates.queue)), nil
	case "setMyCommands":
		return s.setCommands(r.Form)
	case "answerCallbackQuery", "sendChatAction":
		return "true", nil
	case "getFile":
		return s.getFile(r.Form.Get("file_id"))
	case "sendMessage", "sendVoice", "sendPhoto", "sendVideo", "sendDocument", "sendAudio":
		return s.accept(r, method)
	}
	return "", &refusal{code: 404, text: "Not Found"}
}

func (s *Server) getFile(id string) (string, *refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.files[id]
	switch {
	case !ok:
		return "", &refusal{code: 400, text: "Bad Request: wrong file_id or the file is temporarily unavailable"}
	case len(f.data) > 20<<20:
		return "", &refusal{code: 400, text: "Bad Request: file is too big"}
	}
	return fmt.Sprintf(`{"file_id":%q,"file_unique_id":%q,"file_size":%d,"file_path":%q}`, id, id, len(f.data), f.path), nil
}

func (s *Server) serveFile(w http.ResponseWriter, r *http.Request, path string) {
	s.mu.Lock()
	s.calls["file"]++
	fault := s.pick("file", nil)
	var data []byte
	found := false
	for _, f := range s.files {
		if f.path == path {
			data, found = f.data, true
		}
	}
	s.mu.Unlock()
	switch {
	case fault != nil:
		s.fail(w, r, fault)
	case !found:
		refuse(w, 404, "Not Found", nil)
	default:
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		_, _ = w.Write(data)
	}
}
