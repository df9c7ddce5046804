package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Keys keeps the secrets that pages need where everything else is kept, so that a
// restart does not log everybody out.
type Keys interface {
	// Key returns the 32 random bytes kept under name, and makes and keeps them
	// first when there are none. Two first calls at once return the same bytes.
	Key(ctx context.Context, name string) ([]byte, error)
}

// Secret is a key for one purpose, derived from the kept one.
type Secret struct{ key []byte }

// NewSecret loads the kept key and derives the purpose's own from it: a value
// made for one purpose is worth nothing for another.
func NewSecret(ctx context.Context, keys Keys, purpose string) (Secret, error) {
	root, err := keys.Key(ctx, "web")
	if err != nil {
		return Secret{}, fmt.Errorf("key of the pages: %w", err)
	}
	if len(root) != 32 {
		return Secret{}, errors.New("key of the pages: want 32 bytes")
	}
	return Secret{Secret{root}.MAC("maalem web " + purpose)}, nil
}

// MAC is the HMAC-SHA256 of text.
func (s Secret) MAC(text string) []byte {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// Sign appends a signature to a value, which may hold anything but is not hidden.
func (s Secret) Sign(value string) string {
	return value + "." + base64.RawURLEncoding.EncodeToString(s.MAC(value))
}

// Open returns the value of what Sign made; false for everything else.
func (s Secret) Open(signed string) (string, bool) {
	i := strings.LastIndexByte(signed, '.')
	if i < 0 {
		return "", false
	}
	mac, err := base64.RawURLEncoding.DecodeString(signed[i+1:])
	if err != nil || !hmac.Equal(mac, s.MAC(signed[:i])) {
		return "", false
	}
	return signed[:i], true
}

// Cookie is a signed cookie that scripts cannot read and other sites cannot use
// for writing.
type Cookie struct {
	name   string
	secret Secret
	secure bool
	age    time.Duration
}

// NewCookie makes a cookie of the site; age is how long browsers keep it, 0 until
// they close.
func (s *Site) NewCookie(name string, secret Secret, age time.Duration) Cookie {
	if s.Secure() {
		// The prefix makes browsers refuse one set by a sister host or over http.
		name = "__Host-" + name
	}
	return Cookie{name, secret, s.Secure(), age}
}

// Read returns the signed value; false when there is none or it is not ours.
func (c Cookie) Read(r *http.Request) (string, bool) {
	got, err := r.Cookie(c.name)
	if err != nil {
		return "", false
	}
	return c.secret.Open(got.Value)
}

// Write sets the value, which must be made of cookie characters.
func (c Cookie) Write(w http.ResponseWriter, value string) {
	http.SetCookie(w, c.cookie(c.secret.Sign(value), int(c.age/time.Second)))
}

// Clear makes the browser forget the cookie.
func (c Cookie) Clear(w http.ResponseWriter) { http.SetCookie(w, c.cookie("", -1)) }

func (c Cookie) cookie(value string, age int) *http.Cookie {
	return &http.Cookie{Name: c.name, Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode}
}
