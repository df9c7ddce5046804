package flows

import (
	"strconv"
	"strings"
	"time"

	"maalem/flows/understand"
	"maalem/locales"
)

// Run is one person going through one flow. It is stored with every turn, so it
// is small: positions are indexes into the pinned Source.
type Run struct {
	_ struct{} `cbor:",toarray"`
	// Nonce tells this run's buttons from those of any other.
	Nonce uint32
	Flow  string
	Hash  Hash
	State int
	// AskedAt is when the current question was committed: what was sent before
	// never answers it. Unix milliseconds.
	AskedAt int64
	Trail   []int // answered states, for "back"
	Answers []Answer
	Tries   int
	Pending *Pending
	// Wish is the intent heard on the way ("fairs"), to be taken up at the end.
	Wish string
	// Heard is what was written before the first question, taken up by the first
	// state that gathers.
	Heard string
}

// Answer is a value for a field, with the words as typed.
type Answer struct {
	_     struct{} `cbor:",toarray"`
	Field string
	Value string // XLSForm text of the value; empty: only words or a recording
	Typed string
	Media string // hash of a voice note or photo that is (part of) the answer
	// Forgotten hides a value known elsewhere, while it is asked anew.
	Forgotten bool
	// Proven: the network proved it (a shared contact that is the sender's own).
	Proven bool
}

// Pending is something understood that waits for a yes.
type Pending struct {
	_       struct{} `cbor:",toarray"`
	Kind    PendingKind
	Answers []Answer // what a yes accepts
	Options []string // values to choose from, with PendingWhich
	Labels  []string // their names, when they are not a Type's own values
	State   int      // whose answer changes, with PendingChange
	Wish    string
}

// PendingKind says what a yes would do.
type PendingKind uint8

// Kinds of Pending.
const (
	PendingConfirm PendingKind = iota + 1 // "did you mean …?"
	PendingWhich                          // "which of these?"
	PendingFacts                          // several facts out of one message
	PendingChange                         // a late button: "change that answer?"
)

// Answer returns the run's answer for a field.
func (r *Run) Answer(field string) (Answer, bool) {
	for i := range r.Answers {
		if r.Answers[i].Field == field {
			return r.Answers[i], true
		}
	}
	return Answer{}, false
}

// set stores an answer, replacing the field's former one.
func (r *Run) set(a Answer) {
	for i := range r.Answers {
		if r.Answers[i].Field == a.Field {
			r.Answers[i] = a
			return
		}
	}
	r.Answers = append(r.Answers, a)
}

// Press is what a button carries: which run, which question, which choice. It
// comes back from the network and is checked as untrusted.
type Press struct {
	Nonce  uint32
	State  int
	Choice int
}

// Choice numbers beyond a state's own.
const (
	pressYes    = 900
	pressNo     = 901
	pressSkip   = 902
	pressOption = 1000 // + index into Pending.Options
)

// Encode gives at most 22 bytes of ASCII: nonce in base 36, state, choice.
func (p Press) Encode() string {
	b := make([]byte, 0, 24)
	b = strconv.AppendUint(b, uint64(p.Nonce), 36)
	b = append(b, '.')
	b = strconv.AppendInt(b, int64(p.State), 10)
	b = append(b, '.')
	b = strconv.AppendInt(b, int64(p.Choice), 10)
	return string(b)
}

// ParsePress reads Encode's form; false for anything else.
func ParsePress(s string) (Press, bool) {
	if len(s) > 32 {
		return Press{}, false
	}
	nonce, rest, ok1 := strings.Cut(s, ".")
	state, choice, ok2 := strings.Cut(rest, ".")
	if !ok1 || !ok2 {
		return Press{}, false
	}
	n, err1 := strconv.ParseUint(nonce, 36, 32)
	st, err2 := strconv.ParseUint(state, 10, 15)
	ch, err3 := strconv.ParseUint(choice, 10, 15)
	if err1 != nil || err2 != nil || err3 != nil {
		return Press{}, false
	}
	return Press{uint32(n), int(st), int(ch)}, true
}

// Input is what the person did, as far as a flow cares.
type Input struct {
	Text   string
	Press  *Press
	Phone  string             // a shared contact's number
	Own    bool               // …that the network proves to be the sender's
	Geo    *understand.LatLon // a shared position
	Voice  string             // hash of a kept voice note
	Photo  string             // hash of a kept picture
	At     time.Time
	Grain  time.Duration
	Skip   bool // the universal words of a question
	Back   bool
	Repeat bool
}

// Env is everything that a step may know besides the run.
type Env struct {
	Lang  locales.Lang
	Now   time.Time
	Nonce uint32 // for Start; random, given by the caller
	// Reader understands typed text; nil only in tests of flows without typing.
	Reader Reader
	// Known gives a field's value from the artisan's profile or the conversation.
	Known func(field string) (string, bool)
	// Show says a stored value in the person's language ("MA-TIZ" → "Tiznit").
	Show func(t Type, value string, l locales.Lang) string
	// Choices are those that only the caller knows; nil = none.
	Choices Choices
	// Learn makes an accepted answer for a profile field the person's. May be nil.
	Learn func(a Answer)
	// Effect carries out a named effect on the turn in the making: no I/O.
	Effect func(name string, with map[string]string, r *Run) ([]Answer, error)
	// Given are first values, set by who starts the flow.
	Given map[string]string
}

// Choices are known only while a run goes on.
type Choices interface {
	// Options lists the choices of a named source.
	Options(source string) []Option
	// Near lists the known things whose name is close to what was typed for a field.
	Near(field, text string) []Option
}

// Step is the outcome of Start and Resume.
type Step struct {
	Run    Run
	Ended  bool
	Say    []Prompt
	Learnt []Answer // accepted in this step, in order
	// Missed: the input was not understood by the current state.
	Missed bool
	// Quiet: the input was recognised and changes nothing (a double tap).
	Quiet bool
	// Stale: a button of this run's past that no longer applies.
	Stale bool
	// Voice: a voice note came in; kept as the answer when Kept.
	Voice bool
	// Then is the flow to start next, with Given.
	Then  string
	Given map[string]string
}

// Prompt is one message to be rendered.
type Prompt struct {
	Parts   []Part
	Choices []Button
	// Slots name the recordings of the states whose words these are, in order:
	// "register/name".
	Slots                    []string
	Question                 bool // it waits for the person
	ShareContact, SharePlace locales.Text
}

// Part is a paragraph of a Prompt: a text with its values, or a line as it is.
type Part struct {
	Text locales.Text
	Args locales.Args
}

// Button is one choice of a Prompt: a text, or a value shown in the person's language.
type Button struct {
	Press Press
	Label locales.Text
}
