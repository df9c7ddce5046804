package bot

import (
	"context"
	"fmt"
	"time"
)

// Channel is a network that we speak.
type Channel interface {
	Name() string
	Caps() Caps
	// Receive runs until ctx ends. It calls handle for every Inbound; nil means
	// committed: only then may the network be told. Calls for one address come
	// one after the other; calls for different addresses may overlap.
	Receive(ctx context.Context, handle Handler) error
	// Send delivers one message. Every failure is a *SendError.
	Send(ctx context.Context, m Outgoing) (Receipt, error)
}

// Handler takes an Inbound into the engine; nil = committed.
type Handler func(context.Context, Inbound) error

// Caps is what a channel can show.
type Caps struct {
	Buttons    int  // choices that it shows as buttons; more become a numbered list
	TextLimit  int  // in the network's own unit, 0 = none; the channel splits by itself
	Voice      bool // plays recordings
	AskContact bool
	AskPlace   bool
	// Idempotent: sending the same Outgoing.ID again is recognised by the network.
	Idempotent bool
	// History: the store keeps what was said for this channel, in the same commit.
	History bool
	// Weak: whoever holds the address is not proven to be the person (a shared
	// browser); showing personal data needs a code.
	Weak bool
}

// Receipt is the network's word that it has the message.
type Receipt struct {
	MessageID string
	At        time.Time
}

// SendFailure is the closed list of what can go wrong when sending.
type SendFailure uint8

// Send failures, and what the sender does.
const (
	FailUnknown        SendFailure = iota // outcome unknown: replies are sent again, announcements become unsure
	FailThrottled                         // wait After, the whole channel
	FailOffline                           // the network is away: wait, nothing was sent
	FailGone                              // the recipient blocked us or is gone: do not retry
	FailAccountBlocked                    // our own account is refused: stop the channel, tell the operator
	FailRejected                          // the content was refused: do not retry, alarm
)

func (f SendFailure) String() string {
	switch f {
	case FailThrottled:
		return "throttled"
	case FailOffline:
		return "offline"
	case FailGone:
		return "gone"
	case FailAccountBlocked:
		return "account blocked"
	case FailRejected:
		return "rejected"
	}
	return "unknown"
}

// SendError says why a message was not sent. Its text carries no address and no token.
type SendError struct {
	Failure SendFailure
	After   time.Duration // with FailThrottled: how long the network asks to wait
	Reason  string        // for operators, in English, redacted
}

func (e *SendError) Error() string { return fmt.Sprintf("send: %s: %s", e.Failure, e.Reason) }
