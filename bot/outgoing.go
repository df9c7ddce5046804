package bot

import (
	"time"

	"maalem/locales"
)

// Lane orders the outbox: replies leave before announcements.
type Lane uint8

// Lanes.
const (
	LaneReply    Lane = 1 // an answer to what somebody just wrote
	LaneService  Lane = 2 // a nudge, a reminder, an adviser's answer
	LaneAnnounce Lane = 3 // something said to an audience
)

// Outgoing is one message in the outbox for one Address.
type Outgoing struct {
	// ID is given by the store, ascending; within one address messages are
	// sent in ascending order.
	ID      uint64
	To      Address
	Lane    Lane
	At      time.Time // when it was committed
	Attempt int       // how often it was tried before
	Message Message
	// Position replaces "{position}" in the text: a place on a waiting list is
	// known only inside the transaction that gives it.
	Position int
}

// Message is what a person gets, rendered for their language. Text is plain
// text with bidi isolates; each channel escapes it in its own way.
type Message struct {
	Lang    locales.Lang `cbor:"1,keyasint,omitempty"`
	Text    string       `cbor:"2,keyasint,omitempty"`
	Choices []Button     `cbor:"3,keyasint,omitempty"`
	// AskContact and AskPlace ask the network for its own share button, with
	// these labels, where it has one.
	AskContact string `cbor:"4,keyasint,omitempty"`
	AskPlace   string `cbor:"5,keyasint,omitempty"`
	// Recording is the spoken text; Media a picture or a file that belongs to it.
	Recording *Media `cbor:"6,keyasint,omitempty"`
	Media     *Media `cbor:"7,keyasint,omitempty"`
	// Multi marks a question that takes several of its choices.
	Multi bool `cbor:"8,keyasint,omitempty"`
	// Echo is set in a kept history for what the person said, Kind for what it
	// was when it was no text.
	Echo bool      `cbor:"9,keyasint,omitempty"`
	Kind MediaKind `cbor:"10,keyasint,omitempty"`
	// File is a small document made for this person alone.
	File *File `cbor:"11,keyasint,omitempty"`
}

// File is a document made for one person ("my data"). It lives in the row of its
// message and goes with it, so that nothing has to be swept.
type File struct {
	Name string `cbor:"1,keyasint"` // with its ending, "maalem.txt"
	MIME string `cbor:"2,keyasint"`
	Body []byte `cbor:"3,keyasint"` // at most MaxFile
}

// MaxFile bounds a made document, in bytes.
const MaxFile = 256 << 10

// Button is one choice. Data is at most 32 bytes of ASCII and comes back as
// Inbound.Press. Label fits the narrowest channel (20 characters, 24 from four
// choices on); Twin is the same in French where the Tamazight term still waits
// for a reviewer: channels with room show both.
type Button struct {
	Data  string `cbor:"1,keyasint"`
	Label string `cbor:"2,keyasint"`
	Twin  string `cbor:"3,keyasint,omitempty"`
	On    bool   `cbor:"4,keyasint,omitempty"` // chosen already, in a Multi message
}
