package flows

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"maalem/locales"
)

// Source is a flow as written, with its texts resolved: it says everything that
// is needed to finish a run years later, without the catalog or the program that
// it came from.
type Source struct {
	ID    string       `cbor:"1,keyasint"`
	Title locales.Text `cbor:"2,keyasint"` // short topic, "your registration"
	// Light flows (menus, help) are not kept when another one interrupts them.
	Light  bool    `cbor:"3,keyasint,omitempty"`
	Fields []Field `cbor:"4,keyasint,omitempty"`
	States []State `cbor:"5,keyasint"`
	Words  Words   `cbor:"6,keyasint"`
	// Left is said when a light flow is dropped for another one: that nothing happened.
	Left locales.Text `cbor:"7,keyasint,omitzero"`
}

// Field is something that a run learns.
type Field struct {
	Name string `cbor:"1,keyasint"`
	Type Type   `cbor:"2,keyasint"`
	// Profile fields are the artisan's: written through with each answer, and
	// known to every later run.
	Profile bool         `cbor:"3,keyasint,omitempty"`
	Label   locales.Text `cbor:"4,keyasint,omitzero"`
	Sign    string       `cbor:"5,keyasint,omitempty"` // the signpost shown before it, 📍
}

// Type is what kind of value a field holds and how a typed answer is understood.
type Type string

// Types of fields.
const (
	Text   Type = "text"
	Name   Type = "name"
	Place  Type = "place"
	Crafts Type = "crafts" // ids separated by one space
	Number Type = "number"
	Phone  Type = "phone"
	Date   Type = "date"
	Choice Type = "choice"
	Photo  Type = "photo"
	Given  Type = "given" // set by an effect or by who started the flow, never asked
)

// Kind is what a state does.
type Kind string

// Kinds of states. Ask and Pick wait for the person, the others pass.
const (
	Tell   Kind = "tell"
	Ask    Kind = "ask"
	Pick   Kind = "pick"
	Effect Kind = "effect"
	Branch Kind = "branch"
	End    Kind = "end"
)

// State is a place in the conversation.
type State struct {
	ID    string         `cbor:"1,keyasint"`
	Kind  Kind           `cbor:"2,keyasint"`
	Say   []locales.Text `cbor:"3,keyasint,omitempty"` // paragraphs of one message
	Field string         `cbor:"4,keyasint,omitempty"`
	// Choices of a Pick; of an Ask they are suggestions beside free typing.
	Choices  []Option `cbor:"5,keyasint,omitempty"`
	Optional bool     `cbor:"6,keyasint,omitempty"`
	// Known states are passed over when their field has a value already.
	Known bool     `cbor:"7,keyasint,omitempty"`
	Min   *float64 `cbor:"8,keyasint,omitempty"`
	Max   *float64 `cbor:"9,keyasint,omitempty"`
	// When is the relevance: the state is passed over while it is false.
	When string `cbor:"10,keyasint,omitempty"`
	// Must is the constraint on an answer ("." is the answer), Else what is
	// said when it does not hold.
	Must    string       `cbor:"11,keyasint,omitempty"`
	Else    locales.Text `cbor:"12,keyasint,omitzero"`
	Retry   locales.Text `cbor:"13,keyasint,omitzero"`
	Confirm locales.Text `cbor:"14,keyasint,omitzero"`
	Which   locales.Text `cbor:"15,keyasint,omitzero"` // several things have this name
	// Gather lets one message answer several questions here.
	Gather bool `cbor:"16,keyasint,omitempty"`
	// ShareContact and SharePlace ask the network for its own share button.
	ShareContact locales.Text `cbor:"17,keyasint,omitzero"`
	SharePlace   locales.Text `cbor:"18,keyasint,omitzero"`

	// Options names a source of choices known only at run time (the people on a
	// phone); they stand before Choices.
	Options string `cbor:"26,keyasint,omitempty"`
	// Near offers known things with a similar name before taking a typed one;
	// New is the label of "none of these".
	Near bool         `cbor:"27,keyasint,omitempty"`
	New  locales.Text `cbor:"28,keyasint,omitzero"`

	Next string `cbor:"20,keyasint,omitempty"` // empty = the state after this one
	Go   []Jump `cbor:"21,keyasint,omitempty"` // first whose If holds, else Next

	Effect string            `cbor:"22,keyasint,omitempty"`
	With   map[string]string `cbor:"23,keyasint,omitempty"`

	// Then starts another flow when an End is reached; with "=field" the flow
	// that the field names. Given are its first values.
	Then  string            `cbor:"24,keyasint,omitempty"`
	Given map[string]string `cbor:"25,keyasint,omitempty"`
}

// ThenReturn as a state's Then leads back to the flow that this one interrupted, or
// to the menu when there is none.
const ThenReturn = "return"

// Option is one choice of a state.
type Option struct {
	ID       string         `cbor:"1,keyasint"`
	Label    locales.Text   `cbor:"2,keyasint"`
	Synonyms []locales.Text `cbor:"3,keyasint,omitempty"`
	When     string         `cbor:"4,keyasint,omitempty"`
	To       string         `cbor:"5,keyasint,omitempty"` // goes there instead of Next
	// Change forgets a field and asks it anew.
	Change string `cbor:"6,keyasint,omitempty"`
	// From and Below choose it by a typed number that is no number of a choice: an
	// age where only its range is asked.
	From  *float64 `cbor:"7,keyasint,omitempty"`
	Below *float64 `cbor:"8,keyasint,omitempty"`
	// Silent is understood when typed, and has no button: "no" under a summary whose
	// buttons name what may be wrong.
	Silent bool `cbor:"9,keyasint,omitempty"`
}

// Jump is a conditional way out of a state.
type Jump struct {
	If string `cbor:"1,keyasint"`
	To string `cbor:"2,keyasint"`
}

// Words are the sentences that any question may need; they are part of the
// Source so that an old run still speaks.
type Words struct {
	Yes         locales.Text `cbor:"1,keyasint"`
	No          locales.Text `cbor:"2,keyasint"`
	Skip        locales.Text `cbor:"3,keyasint"`
	Advisor     locales.Text `cbor:"4,keyasint"`
	NotChosen   locales.Text `cbor:"5,keyasint"` // a choice was not understood
	DidYouMean  locales.Text `cbor:"6,keyasint"` // {choice}
	NumberAgain locales.Text `cbor:"7,keyasint"`
	NumberRange locales.Text `cbor:"8,keyasint"` // {min} {max}
	PhoneAgain  locales.Text `cbor:"9,keyasint"`
	DateAgain   locales.Text `cbor:"10,keyasint"`
	PhotoAgain  locales.Text `cbor:"11,keyasint"`
	NoSkip      locales.Text `cbor:"12,keyasint"`
	NoBack      locales.Text `cbor:"13,keyasint"`
	VoiceKept   locales.Text `cbor:"14,keyasint"`
	VoiceChoice locales.Text `cbor:"15,keyasint"`
	Late        locales.Text `cbor:"16,keyasint"`
	Joined      locales.Text `cbor:"17,keyasint"` // {answer}
	Heard       locales.Text `cbor:"18,keyasint"` // "I understood:"
	Right       locales.Text `cbor:"19,keyasint"` // "Is that right?"
	Wish        locales.Text `cbor:"20,keyasint"` // {wish} is remembered
	Changed     locales.Text `cbor:"21,keyasint"` // {value}
	PhotoKept   locales.Text `cbor:"22,keyasint"`
	PlaceKept   locales.Text `cbor:"23,keyasint"`
	Correction  locales.Text `cbor:"24,keyasint,omitzero"` // {field} {value}: sent for the question before
}

// Hash names a Source by its content: 128 bits of the SHA-256 of Encode.
type Hash string

// Encode is the stored form of a Source: deterministic CBOR.
func (s *Source) Encode() ([]byte, error) {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, fmt.Errorf("encode flow %s: %w", s.ID, err)
	}
	b, err := mode.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode flow %s: %w", s.ID, err)
	}
	return b, nil
}

// DecodeSource reads Encode's form.
func DecodeSource(b []byte) (Source, error) {
	var s Source
	if err := cbor.Unmarshal(b, &s); err != nil {
		return Source{}, fmt.Errorf("decode flow: %w", err)
	}
	return s, nil
}

func hashOf(encoded []byte) Hash {
	sum := sha256.Sum256(encoded)
	return Hash(hex.EncodeToString(sum[:16]))
}
