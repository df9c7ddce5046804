package telegram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"maalem/bot"
	"maalem/locales"
)

// Updates is how updates come in.
type Updates string

// Ways of receiving.
const (
	Poll    Updates = "poll"    // long polling: no public address needed
	Webhook Updates = "webhook" // Telegram calls PublicURL + WebhookPath
)

// WebhookPath is where Handler is to be mounted.
const WebhookPath = "/telegram"

// Defaults of the rates, from Telegram's advice "about 30 a second in all, one a
// second in a chat, short bursts allowed"; its thresholds are not published.
const (
	DefaultAPIURL   = "https://api.telegram.org"
	DefaultRate     = 25
	DefaultChatRate = 1
	chatBurst       = 20
	// keptForReplies is what announcements leave of Rate to the other lanes.
	keptForReplies = 5
	// freeRate is the most that Telegram carries without being paid for it.
	freeRate = 30
	// paidRate is the most that it carries for allow_paid_broadcast.
	paidRate = 1000
)

// State is what the channel remembers over restarts.
type State struct {
	// Offset is the first update that is not known to be committed, Seen when
	// that was known. It only saves work: an update that comes again is
	// recognised by its Key.
	Offset int64     `cbor:"1,keyasint,omitempty" json:"offset,omitempty"`
	Seen   time.Time `cbor:"2,keyasint,omitzero" json:"seen,omitzero"`
	// Secret is the webhook's; it stays the same over restarts.
	Secret string `cbor:"3,keyasint,omitempty" json:"secret,omitempty"`
	// Webhook is the address that we registered, so that a change to polling
	// may take our own registration back, and never somebody else's.
	Webhook string `cbor:"4,keyasint,omitempty" json:"webhook,omitempty"`
}

// Offsets keeps the State. Load returns the zero State when there is none.
type Offsets interface {
	Load(ctx context.Context) (State, error)
	Save(ctx context.Context, s State) error
}

// Command is one line of Telegram's command menu: Name is 1-32 of [a-z0-9_],
// Description at most 256 characters.
type Command struct{ Name, Description string }

// Config is what a Channel needs. Token is required; the zero value of
// everything else works, with both rates off.
type Config struct {
	Token string
	// APIURL is the base of the Bot API server; files are below /file of it.
	APIURL  string
	Updates Updates
	// PublicURL is our own public base, for Webhook: https, or http on loopback.
	PublicURL string

	// Rate is messages a second in all, of which announcements leave 5; 0 = off.
	Rate float64
	// ChatRate is messages a second to one chat, after a burst of 20; 0 = off.
	ChatRate float64
	// Paid pays Telegram for announcements above its free limit.
	Paid bool

	Media   bot.MediaStore // nil: files are taken by id only
	Offsets Offsets        // nil: nothing is remembered over restarts
	Logger  *slog.Logger   // nil: slog.Default
	// Transport replaces the network in tests.
	Transport http.RoundTripper

	// Commands is the command menu in a language, nil or empty for none.
	Commands func(locales.Lang) []Command
	// ShareHint is the sentence above a share button that needs a message of
	// its own; the button's label when nil or empty.
	ShareHint func(locales.Lang) string
	// Remember is told under which file_id Telegram keeps an uploaded file, by
	// the hash of its content, and Recall gives it back after a restart ("" = not
	// known): so it is uploaded once. An id that Telegram refuses is replaced.
	Remember func(ctx context.Context, hash, fileID string)
	Recall   func(ctx context.Context, hash string) (fileID string)
}

// Validate reports every problem at once and never prints the token.
func (c Config) Validate() error {
	var problems []error
	if c.Token == "" || strings.Trim(c.Token, tokenLetters) != "" {
		problems = append(problems, errors.New("the Telegram token is not of the form that BotFather gives, 123456:ABC…"))
	}
	if !httpURL(c.APIURL) {
		problems = append(problems, errors.New("the Telegram API address is not an http or https URL"))
	}
	switch c.Updates {
	case Poll:
	case Webhook:
		if !webhookURL(c.PublicURL) {
			problems = append(problems, errors.New("the webhook of Telegram needs a public https URL (http only on loopback)"))
		}
	default:
		problems = append(problems, fmt.Errorf("updates of Telegram come by %q or %q, not by %q", Poll, Webhook, c.Updates))
	}
	if c.Rate < 0 || c.ChatRate < 0 {
		problems = append(problems, errors.New("a Telegram rate is negative"))
	}
	if c.APIURL == DefaultAPIURL {
		switch {
		case c.Paid && (c.Rate == 0 || c.Rate > paidRate):
			problems = append(problems, fmt.Errorf("the network of Telegram carries at most %d messages a second, even when paid", paidRate))
		case !c.Paid && (c.Rate == 0 || c.Rate > freeRate):
			problems = append(problems, fmt.Errorf("above %d messages a second Telegram wants to be paid", freeRate))
		}
	}
	return errors.Join(problems...)
}

const tokenLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:_-"

func httpURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" &&
		u.User == nil && u.RawQuery == "" && u.Fragment == "" && !strings.Contains(s, "%")
}

func webhookURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return false
	}
	if u.Scheme == "https" {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}
