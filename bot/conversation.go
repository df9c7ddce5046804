package bot

import (
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"maalem/flows"
	"maalem/locales"
)

// Conversation is all that the next turn with an address needs.
type Conversation struct {
	_    struct{}     `cbor:",toarray"`
	Lang locales.Lang // empty until chosen
	// Artisan is the active person's ID, People all who use this address.
	Artisan string
	People  []Person
	Stack   []flows.Run // the run at the end is the current one
	Heard   string      // the first message, until it is taken up
	Recent  []Said      // the last few lines, for a human who takes over
	Voices  int         // voice notes in a row
	Stopped bool
	// Unreachable: the person blocked the assistant.
	Unreachable bool
	Created     int64 // Unix seconds
	Active      int64 // last message in, Unix seconds
}

// Person is one of the people on an address.
type Person struct {
	_    struct{} `cbor:",toarray"`
	ID   string
	Name string
}

// Said is one recent line, shortened.
type Said struct {
	_    struct{} `cbor:",toarray"`
	Them bool
	Text string
}

// Bounds of a conversation.
const (
	maxStack  = 5   // interrupted runs kept; the oldest is dropped beyond
	maxRecent = 6   // lines for a Ticket
	maxLine   = 160 // characters of such a line
	maxPeople = 8   // on one address
)

// top is the current run; nil when nothing is under way.
func (c *Conversation) top() *flows.Run {
	if len(c.Stack) == 0 {
		return nil
	}
	return &c.Stack[len(c.Stack)-1]
}

func (c *Conversation) remember(them bool, text string) {
	if text == "" {
		return
	}
	if r := []rune(text); len(r) > maxLine {
		text = string(r[:maxLine]) + "…"
	}
	c.Recent = append(c.Recent, Said{Them: them, Text: text})
	if len(c.Recent) > maxRecent {
		c.Recent = c.Recent[len(c.Recent)-maxRecent:]
	}
}

// Ticket is a question to a human.
type Ticket struct {
	_        struct{} `cbor:",toarray"`
	Address  Address
	Artisan  string
	Lang     locales.Lang
	Where    string // the flow and state where it arose
	Question string
	Media    string // a voice note's hash
	Recent   []Said
	At       int64
	State    string // open, taken, answered, closed
}

// recordFormat is the first byte of every record body: versioned, so that an
// older one can be read for ever.
const recordFormat = 1

// encode gives a record's stored body.
func encode(record any) ([]byte, error) {
	b, err := cbor.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", record, err)
	}
	return append([]byte{recordFormat}, b...), nil
}

// decode reads encode's form into record.
func decode(body []byte, record any) error {
	if len(body) == 0 || body[0] != recordFormat {
		return fmt.Errorf("decode %T: unknown format", record)
	}
	if err := cbor.Unmarshal(body[1:], record); err != nil {
		return fmt.Errorf("decode %T: %w", record, err)
	}
	return nil
}
