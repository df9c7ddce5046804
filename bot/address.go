package bot

import "strings"

// Address is where somebody is reached: a channel and the id that the channel
// gives them. It is neither a phone number nor a person; families share one.
type Address struct {
	Channel string `cbor:"1,keyasint"`
	ID      string `cbor:"2,keyasint"`
}

// String is the storage form, "telegram:42". It is personal data: never log it,
// log Redacted.
func (a Address) String() string { return a.Channel + ":" + a.ID }

// Redacted names the address in a log without telling who it is.
func (a Address) Redacted() string { return a.Channel + ":…" }

// IsZero reports whether the address is missing.
func (a Address) IsZero() bool { return a.Channel == "" }

// ParseAddress reads String's form.
func ParseAddress(s string) (Address, bool) {
	channel, id, ok := strings.Cut(s, ":")
	return Address{channel, id}, ok && channel != "" && id != ""
}
