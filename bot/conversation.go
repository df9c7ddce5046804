package bot

import (
	"slices"

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
	// Tickets are the IDs of the questions that were put from here, so that they
	// can be deleted.
	Tickets []string
	// Listens: recordings come with each question, since the person asked for one
	// or speaks themselves.
	Listens bool
	// Unheard are the recordings' slots of what was said last and not spoken.
	Unheard []string
	// Code is the open code of a link shown here.
	Code string
	// Wrong counts wrong codes and proofs typed since WrongSince (Unix seconds).
	Wrong      int
	WrongSince int64
	// Kept are the recordings and pictures that answered no question, for a human who
	// takes over; the newest maxKept.
	Kept []string
	// Wish is the topic of the link by which the person first came, until they are
	// registered.
	Wish string
	// Minor: somebody here said that they are under 18, and browses only.
	Minor bool
	// Other is how often in a row the words were in another language than Lang.
	Other int
	// Thread is the ticket about which an adviser and the person are talking.
	Thread string
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
	maxKept   = 20  // recordings and pictures
)

// top is the current run; nil when nothing is under way.
func (c *Conversation) top() *flows.Run {
	if len(c.Stack) == 0 {
		return nil
	}
	return &c.Stack[len(c.Stack)-1]
}

// person finds somebody who uses this address.
func (c *Conversation) person(id string) (Person, bool) {
	i := slices.IndexFunc(c.People, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return c.People[i], true
}

// add puts a person on the address and makes them the active one.
func (c *Conversation) add(p Person) {
	c.Artisan = p.ID
	if _, known := c.person(p.ID); known {
		return
	}
	c.People = append(c.People, p)
	if len(c.People) > maxPeople {
		c.People = c.People[1:]
	}
}

// leave takes a person off the address, with everything that was said and begun
// there: it may name them. The only other person left becomes the active one.
func (c *Conversation) leave(id string) {
	c.People = slices.DeleteFunc(c.People, func(p Person) bool { return p.ID == id })
	c.Stack, c.Recent, c.Heard, c.Tickets, c.Voices, c.Thread = nil, nil, "", nil, 0, ""
	if c.Artisan == id {
		c.Artisan = ""
		if len(c.People) == 1 {
			c.Artisan = c.People[0].ID
		}
	}
}

func (c *Conversation) remember(them bool, text string) {
	if text == "" {
		return
	}
	c.Recent = append(c.Recent, Said{Them: them, Text: remembering(text)})
	if len(c.Recent) > maxRecent {
		c.Recent = c.Recent[len(c.Recent)-maxRecent:]
	}
}

// remembering is a line as it is remembered.
func remembering(text string) string {
	left := maxLine
	for i := range text {
		if left--; left < 0 {
			return text[:i] + "…"
		}
	}
	return text
}
