package telegramtest

import (
	"fmt"
	"time"
)

// Person is somebody with Telegram. Chat and user have the same id.
type Person struct {
	ID int64
	// Language is their phone's, "fr" at first.
	Language string

	s       *Server
	blocked bool
}

// Person is the one with this id, who comes to be when first asked for.
func (s *Server) Person(id int64) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[id]
	if p == nil {
		p = &Person{ID: id, Language: "fr", s: s}
		s.people[id] = p
	}
	return p
}

func (p *Person) from() string {
	return fmt.Sprintf(`{"id":%d,"is_bot":false,"first_name":"Fatima","language_code":%s}`, p.ID, quoted(p.Language))
}

func (p *Person) chat() string { return fmt.Sprintf(`{"id":%d,"type":"private"}`, p.ID) }

// Send sends a message with these fields, which are JSON as between braces.
func (p *Person) Send(fields string) (update int64) {
	return p.s.Push(p.ID, "message", fmt.Appendf(nil, `{"message_id":%d,"date":%d,"from":%s,"chat":%s,%s}`,
		p.s.newID(), time.Now().Unix(), p.from(), p.chat(), fields))
}

// Say sends a text.
func (p *Person) Say(text string) (update int64) {
	return p.Send(`"text":` + string(quoted(text)))
}

// Press presses the button with the label, or with any label when it is empty,
// under the newest message that has it. False: there is none.
func (p *Person) Press(label string) bool {
	seen := p.Sees()
	for i := len(seen) - 1; i >= 0; i-- {
		for _, b := range seen[i].Buttons {
			if label == "" || b.Label == label {
				p.PressData(seen[i], b.Data)
				return true
			}
		}
	}
	return false
}

// PressData presses a button under a message, also one that was never there.
func (p *Person) PressData(m Message, data string) (update int64) {
	return p.s.Push(p.ID, "callback_query", fmt.Appendf(nil,
		`{"id":"cb%d","from":%s,"chat_instance":"1","message":{"message_id":%d,"date":%d,"chat":%s,"text":"…"},"data":%s}`,
		p.s.newID(), p.from(), m.ID, m.At.Unix(), p.chat(), quoted(data)))
}

// Block blocks the bot, or lets it back in.
func (p *Person) Block(blocked bool) {
	p.s.mu.Lock()
	p.blocked = blocked
	p.s.mu.Unlock()
	before, now := "member", "kicked"
	if !blocked {
		before, now = now, before
	}
	bot := `{"id":1,"is_bot":true,"first_name":"Maalem"}`
	p.s.Push(p.ID, "my_chat_member", fmt.Appendf(nil,
		`{"chat":%s,"from":%s,"date":%d,"old_chat_member":{"user":%s,"status":%q},"new_chat_member":{"user":%s,"status":%q}}`,
		p.chat(), p.from(), time.Now().Unix(), bot, before, bot, now))
}

// Sees is what came to the person, in order.
func (p *Person) Sees() (seen []Message) {
	for _, m := range p.s.Accepted() {
		if m.Chat == p.ID {
			seen = append(seen, m)
		}
	}
	return seen
}

func (s *Server) newID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastID++
	return s.lastID
}
