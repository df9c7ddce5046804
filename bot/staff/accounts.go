package staff

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"maalem/bot"
)

// Store is what accounts are kept in.
type Store interface {
	bot.Turns
	bot.People
}

// Errors that a caller tells apart.
var (
	// ErrNobody: there is no such account, link or session (any more).
	ErrNobody = errors.New("no such account, link or session")
	// ErrLast: the last administrator can be neither removed nor made something else.
	ErrLast = errors.New("the last administrator stays")
	// ErrInvalid: a role, region, name or language that does not exist.
	ErrInvalid = errors.New("invalid account")
)

// Office keeps the accounts. Its methods may be called from many goroutines.
type Office struct {
	Store Store
	Now   func() time.Time
}

// By says who acts: an account's ID, or Operator for the command line.
type By struct {
	ID     string
	Region string // the region that the act concerns, "" = the whole country
}

// Operator is who has the machine.
var Operator = By{ID: "operator"}

// nameMost is the most characters of a name.
const nameMost = 60

// Check tells what is wrong with an account's fields; nil when nothing is.
func (a *Account) Check() error {
	a.Name = strings.Join(strings.Fields(a.Name), " ")
	switch {
	case a.Name == "" || utf8.RuneCountInString(a.Name) > nameMost:
		return fmt.Errorf("%w: a name of 1 to %d characters", ErrInvalid, nameMost)
	case rights[a.Role] == nil:
		return fmt.Errorf("%w: role %q", ErrInvalid, a.Role)
	case a.Lang != "fr" && a.Lang != "ar":
		return fmt.Errorf("%w: language %q, want fr or ar", ErrInvalid, a.Lang)
	}
	for _, r := range a.Regions {
		if !slices.Contains(bot.Regions, r) {
			return fmt.Errorf("%w: region %q", ErrInvalid, r)
		}
	}
	if len(a.Regions) > 0 && a.Role == Admin {
		return fmt.Errorf("%w: an administrator is national", ErrInvalid)
	}
	return nil
}

// Add makes an account; its ID and times are set here.
func (o *Office) Add(ctx context.Context, by By, a Account) (Account, error) {
	if err := a.Check(); err != nil {
		return a, err
	}
	a.ID, a.Created, a.Entered = rand.Text()[:10], o.Now().Unix(), 0
	ref := bot.Ref{Kind: bot.KindStaff, ID: a.ID}
	body, err := bot.EncodeRecord(&a)
	if err != nil {
		return a, err
	}
	row, err := o.row(by, Row{Act: "staff-add", Subject: a.ID, Words: string(a.Role) + " " + strings.Join(a.Regions, " ")})
	if err != nil {
		return a, err
	}
	return a, o.commit(ctx, "add account", bot.Turn{Expect: []bot.Expect{{Ref: ref}}, Changes: []bot.Change{{Ref: ref, Body: body}}, Append: row})
}

func (o *Office) commit(ctx context.Context, what string, t bot.Turn) error {
	t.At = o.Now()
	if err := o.Store.Commit(ctx, t); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// read loads a record into what, a pointer; ErrNobody when there is none.
func (o *Office) read(ctx context.Context, ref bot.Ref, what any) (bot.Version, error) {
	got, err := o.Store.Read(ctx, ref)
	if err != nil {
		return 0, fmt.Errorf("read account: %w", err)
	}
	if got[0].Body == nil {
		return got[0].Version, ErrNobody
	}
	return got[0].Version, bot.DecodeRecord(got[0].Body, what)
}

// Get reads an account.
func (o *Office) Get(ctx context.Context, id string) (Account, error) {
	var a Account
	_, err := o.read(ctx, bot.Ref{Kind: bot.KindStaff, ID: id}, &a)
	return a, err
}

// List gives all accounts by name.
func (o *Office) List(ctx context.Context) ([]Account, error) {
	var out []Account
	err := each(ctx, o.Store, bot.KindStaff, func(s bot.Stored) error {
		var a Account
		if err := bot.DecodeRecord(s.Body, &a); err != nil {
			return err
		}
		out = append(out, a)
		return nil
	})
	slices.SortFunc(out, func(a, b Account) int { return strings.Compare(a.Name+a.ID, b.Name+b.ID) })
	return out, err
}

// each reads every record of a kind.
func each(ctx context.Context, p bot.People, k bot.Kind, f func(bot.Stored) error) error {
	const slice = 200
	for after := ""; ; {
		page, err := p.Page(ctx, k, after, slice)
		if err != nil {
			return fmt.Errorf("list accounts: %w", err)
		}
		for _, s := range page {
			after = s.Ref.ID
			if err := f(s); err != nil {
				return err
			}
		}
		if len(page) < slice {
			return nil
		}
	}
}

// lastAdmin reports whether a is the only administrator.
func (o *Office) lastAdmin(ctx context.Context, a Account) (bool, error) {
	if a.Role != Admin {
		return false, nil
	}
	all, err := o.List(ctx)
	if err != nil {
		return false, err
	}
	return !slices.ContainsFunc(all, func(x Account) bool { return x.Role == Admin && x.ID != a.ID }), nil
}

// Change gives an account other rights or another language.
func (o *Office) Change(ctx context.Context, by By, id string, role Role, regions []string, lang string) (Account, error) {
	var a Account
	ref := bot.Ref{Kind: bot.KindStaff, ID: id}
	version, err := o.read(ctx, ref, &a)
	if err != nil {
		return a, err
	}
	if role != Admin {
		last, err := o.lastAdmin(ctx, a)
		if err != nil {
			return a, err
		}
		if last {
			return a, ErrLast
		}
	}
	a.Role, a.Regions, a.Lang = role, regions, lang
	if err := a.Check(); err != nil {
		return a, err
	}
	body, err := bot.EncodeRecord(&a)
	if err != nil {
		return a, err
	}
	row, err := o.row(by, Row{Act: "staff-change", Subject: id, Words: string(role) + " " + strings.Join(regions, " ")})
	if err != nil {
		return a, err
	}
	return a, o.commit(ctx, "change account", bot.Turn{Expect: []bot.Expect{{Ref: ref, Version: version}}, Changes: []bot.Change{{Ref: ref, Body: body}}, Append: row})
}

// Remove ends an account, its links and its sessions at once.
func (o *Office) Remove(ctx context.Context, by By, id string) error {
	var a Account
	ref := bot.Ref{Kind: bot.KindStaff, ID: id}
	version, err := o.read(ctx, ref, &a)
	if err != nil {
		return err
	}
	last, err := o.lastAdmin(ctx, a)
	if err != nil {
		return err
	}
	if last {
		return ErrLast
	}
	row, err := o.row(by, Row{Act: "staff-remove", Subject: id, Words: a.Name})
	if err != nil {
		return err
	}
	t := bot.Turn{Expect: []bot.Expect{{Ref: ref, Version: version}}, Changes: []bot.Change{{Ref: ref}}, Append: row}
	sessions, err := o.Sessions(ctx, id)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		t.Expect = append(t.Expect, bot.Expect{Ref: s.ref, Version: s.version})
		t.Changes = append(t.Changes, bot.Change{Ref: s.ref})
	}
	return o.commit(ctx, "remove account", t)
}

// First prepares the first sign-in: the administrator's account is made when there is
// no account yet. It gives a link as long as nobody has ever signed in, else "".
func (o *Office) First(ctx context.Context) (token string, err error) {
	all, err := o.List(ctx)
	if err != nil {
		return "", err
	}
	switch {
	case len(all) == 0:
		a, err := o.Add(ctx, Operator, Account{Name: "Administration", Role: Admin, Lang: "fr"})
		if err != nil {
			return "", err
		}
		all = []Account{a}
	case len(all) > 1 || all[0].Entered > 0:
		return "", nil
	}
	return o.Link(ctx, Operator, all[0].ID)
}
