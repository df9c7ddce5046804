package bot

import (
	"time"

	"maalem/locales"
)

// InboundKind says what an Inbound is, where it is not simply a message.
type InboundKind uint8

// Kinds of Inbound.
const (
	InboundMessage InboundKind = iota // text, choice, contact, place or media
	InboundEdit                       // an edited message: noted, never a new answer
	InboundBlocked                    // the person blocked the assistant
	InboundBack                       // the person unblocked it
	InboundGroup                      // a group: declined politely
	InboundOther                      // sticker, poll…: kindly not understood
)

// Inbound is one incoming message, normalised by its channel. Everything in it
// is untrusted.
type Inbound struct {
	From Address
	Kind InboundKind
	// Key is the network's own identity of the message, unique within the
	// channel ("update_id"); kept 14 days, so that a redelivery is recognised.
	Key string
	// At is when the network says that it was sent; zero when it does not say.
	// Grain is the network's precision (Telegram: one second).
	At    time.Time
	Grain time.Duration

	Text    string
	Press   string // a button's data as it came back, at most 32 bytes when ours
	Contact *Contact
	Place   *GeoPoint
	Media   *Media
	Start   string // a deep link's payload ("register", "fair_12")

	// Hint is the language that the network suggests; never a decision.
	Hint locales.Lang
}

// Contact is a shared contact card.
type Contact struct {
	Phone string
	Name  string
	Own   bool // the network proves that it is the sender's own number
}

// GeoPoint is a shared position in degrees.
type GeoPoint struct{ Lat, Lon float64 }

// MediaKind is what a file is to a person.
type MediaKind string

// Media kinds.
const (
	MediaVoice MediaKind = "voice"
	MediaPhoto MediaKind = "photo"
	MediaVideo MediaKind = "video"
	MediaFile  MediaKind = "file"
)

// Media is a file that came in or goes out.
type Media struct {
	Kind MediaKind `cbor:"1,keyasint"`
	// Hash names the stored content (hex SHA-256); empty while it is only with
	// the network. The channel stores bytes before it hands over the Inbound.
	Hash string `cbor:"2,keyasint,omitempty"`
	// External is the network's handle for sending it again ("file_id").
	External string `cbor:"3,keyasint,omitempty"`
	Name     string `cbor:"4,keyasint,omitempty"`
	MIME     string `cbor:"5,keyasint,omitempty"`
	Size     int64  `cbor:"6,keyasint,omitempty"`
	Seconds  int    `cbor:"7,keyasint,omitempty"`
	// Problem is a catalog key when the channel could not take the file
	// ("file.too_big", "file.wrong_kind"); then there is no content.
	Problem string `cbor:"8,keyasint,omitempty"`
}
