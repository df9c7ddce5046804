package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"maalem/bot"
)

// Times of signing in.
const (
	LinkLasts    = 15 * time.Minute
	SessionIdle  = 12 * time.Hour
	SessionLasts = 14 * 24 * time.Hour
	// seenEvery is how often a session's last use is written down.
	seenEvery = 10 * time.Minute
)

// link is a one-time link, kept under the hash of its token.
type link struct {
	_       struct{} `cbor:",toarray"`
	Account string
	Ends    int64 // Unix seconds
}

// session is a signed-in browser, kept under the hash of its token.
type session struct {
	_       struct{} `cbor:",toarray"`
	Account string
	Device  string // in plain words: "Firefox, Android"
	Created int64  // Unix seconds
	Seen    int64
	// Until and Reason: names and phones are shown until then, for this reason.
	Until  int64
	Reason string
}

// Session is a signed-in browser.
type Session struct {
	session
	ref     bot.Ref
	version bot.Version
}

// ID names a session in lists; it opens nothing.
func (s *Session) ID() string { return s.ref.ID }

// alive reports whether a session still counts.
func (s *Session) alive(now time.Time) bool {
	return now.Before(time.Unix(s.Seen, 0).Add(SessionIdle)) && now.Before(time.Unix(s.Created, 0).Add(SessionLasts))
}

// Open reports until when names and phones are shown in this session; zero = they are not.
func (s *Session) Open(now time.Time) time.Time {
	if until := time.Unix(s.Until, 0); now.Before(until) {
		return until
	}
	return time.Time{}
}

func hashed(token string) string {
	sum := sha256.Sum256([]byte("maalem console " + token))
	return hex.EncodeToString(sum[:])
}

// Link makes a one-time link's token for an account. Links that ran out go.
func (o *Office) Link(ctx context.Context, by By, id string) (token string, err error) {
	if _, err := o.Get(ctx, id); err != nil {
		return "", err
	}
	now := o.Now()
	token = rand.Text() // 130 bits
	ref := bot.Ref{Kind: bot.KindSignIn, ID: hashed(token)}
	body, err := bot.EncodeRecord(&link{Account: id, Ends: now.Add(LinkLasts).Unix()})
	if err != nil {
		return "", err
	}
	row, err := o.row(by, Row{Act: "staff-link", Subject: id})
	if err != nil {
		return "", err
	}
	t := bot.Turn{Expect: []bot.Expect{{Ref: ref}}, Changes: []bot.Change{{Ref: ref, Body: body}}, Append: row}
	err = each(ctx, o.Store, bot.KindSignIn, func(s bot.Stored) error {
		var l link
		if err := bot.DecodeRecord(s.Body, &l); err != nil || now.Unix() >= l.Ends {
			t.Expect = append(t.Expect, bot.Expect{Ref: s.Ref, Version: s.Version})
			t.Changes = append(t.Changes, bot.Change{Ref: s.Ref})
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return token, o.commit(ctx, "make sign-in link", t)
}

// Look says whose link a token is, and changes nothing: whoever previews a link does
// not use it up.
func (o *Office) Look(ctx context.Context, token string) (Account, error) {
	a, _, _, err := o.link(ctx, token)
	return a, err
}

func (o *Office) link(ctx context.Context, token string) (a Account, held bot.Expect, account bot.Expect, err error) {
	ref := bot.Ref{Kind: bot.KindSignIn, ID: hashed(token)}
	var l link
	version, err := o.read(ctx, ref, &l)
	if err != nil {
		return a, held, account, err
	}
	if o.Now().Unix() >= l.Ends {
		return a, held, account, ErrNobody
	}
	owner := bot.Ref{Kind: bot.KindStaff, ID: l.Account}
	av, err := o.read(ctx, owner, &a)
	return a, bot.Expect{Ref: ref, Version: version}, bot.Expect{Ref: owner, Version: av}, err
}

// SignIn uses a link up and gives the token of a new session. Of two at once one gets
// ErrNobody.
func (o *Office) SignIn(ctx context.Context, token, device string) (opened string, a Account, err error) {
	a, held, account, err := o.link(ctx, token)
	if err != nil {
		return "", a, err
	}
	now := o.Now().Unix()
	opened = rand.Text()
	ref := bot.Ref{Kind: bot.KindSession, ID: hashed(opened)}
	body, err := bot.EncodeRecord(&session{Account: a.ID, Device: device, Created: now, Seen: now})
	if err != nil {
		return "", a, err
	}
	row, err := o.row(By{ID: a.ID}, Row{Act: "sign-in", Subject: a.ID, Words: device})
	if err != nil {
		return "", a, err
	}
	t := bot.Turn{Expect: []bot.Expect{held, account, {Ref: ref}}, Changes: []bot.Change{{Ref: held.Ref}, {Ref: ref, Body: body}}, Append: row}
	if a.Entered == 0 {
		a.Entered = now
		changed, err := bot.EncodeRecord(&a)
		if err != nil {
			return "", a, err
		}
		t.Changes = append(t.Changes, bot.Change{Ref: account.Ref, Body: changed})
	}
	if err := o.commit(ctx, "sign in", t); errors.Is(err, bot.ErrConflict) {
		return "", a, ErrNobody // somebody else was faster with the same link
	} else if err != nil {
		return "", a, err
	}
	return opened, a, nil
}

// Session finds a signed-in browser and its account; ErrNobody when either is gone.
func (o *Office) Session(ctx context.Context, token string) (Session, Account, error) {
	var s Session
	var a Account
	s.ref = bot.Ref{Kind: bot.KindSession, ID: hashed(token)}
	var err error
	if s.version, err = o.read(ctx, s.ref, &s.session); err != nil {
		return s, a, err
	}
	now := o.Now()
	if !s.alive(now) {
		return s, a, ErrNobody
	}
	if a, err = o.Get(ctx, s.Account); err != nil {
		return s, a, err
	}
	if now.Sub(time.Unix(s.Seen, 0)) >= seenEvery {
		s.Seen = now.Unix()
		if err := o.keep(ctx, &s, nil); err != nil && !errors.Is(err, bot.ErrConflict) {
			return s, a, err
		}
	}
	return s, a, nil
}

func (o *Office) keep(ctx context.Context, s *Session, rows []bot.LogRow) error {
	body, err := bot.EncodeRecord(&s.session)
	if err != nil {
		return err
	}
	err = o.commit(ctx, "keep session", bot.Turn{Expect: []bot.Expect{{Ref: s.ref, Version: s.version}}, Changes: []bot.Change{{Ref: s.ref, Body: body}}, Append: rows})
	if err == nil {
		s.version++
	}
	return err
}

// IdentitiesLast is how long a reason opens names and phones.
const IdentitiesLast = time.Hour

// Unlock shows names and phones in a session for an hour; the reason is kept. An empty
// reason hides them again.
func (o *Office) Unlock(ctx context.Context, by By, s *Session, reason string) error {
	act := "identities-open"
	s.Reason, s.Until = reason, o.Now().Add(IdentitiesLast).Unix()
	if reason == "" {
		act, s.Until = "identities-close", 0
	}
	row, err := o.row(by, Row{Act: act, Subject: by.ID, Words: reason})
	if err != nil {
		return err
	}
	return o.keep(ctx, s, row)
}

// Sessions lists an account's sessions that count, the last used first.
func (o *Office) Sessions(ctx context.Context, account string) ([]Session, error) {
	var out []Session
	now := o.Now()
	err := each(ctx, o.Store, bot.KindSession, func(r bot.Stored) error {
		s := Session{}
		if err := bot.DecodeRecord(r.Body, &s.session); err != nil {
			return err
		}
		s.ref, s.version = r.Ref, r.Version
		if s.Account == account && s.alive(now) {
			out = append(out, s)
		}
		return nil
	})
	slices.SortFunc(out, func(a, b Session) int { return int(b.Seen - a.Seen) })
	return out, err
}

// End ends a session by its ID; only those of the account. It is harmless to end one twice.
func (o *Office) End(ctx context.Context, by By, account, id string) error {
	sessions, err := o.Sessions(ctx, account)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(sessions, func(s Session) bool { return s.ref.ID == id })
	if i < 0 {
		return nil
	}
	row, err := o.row(by, Row{Act: "sign-out", Subject: account, Words: sessions[i].Device})
	if err != nil {
		return err
	}
	t := bot.Turn{Expect: []bot.Expect{{Ref: sessions[i].ref, Version: sessions[i].version}}, Changes: []bot.Change{{Ref: sessions[i].ref}}, Append: row}
	if err := o.commit(ctx, "end session", t); errors.Is(err, bot.ErrConflict) {
		return fmt.Errorf("end session: %w", err)
	} else if err != nil {
		return err
	}
	return nil
}
