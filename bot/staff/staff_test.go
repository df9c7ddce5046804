package staff

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"maalem/bot"
	"maalem/storage/bolt"
	"maalem/storage/memory"
)

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func office(t *testing.T) (*Office, *clock) {
	t.Helper()
	c := &clock{time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)}
	return &Office{Store: memory.New(c.now), Now: c.now}, c
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestFirstSignIn(t *testing.T) {
	o, c := office(t)
	ctx := t.Context()
	first := must[string](t)(o.First(ctx))
	again := must[string](t)(o.First(ctx)) // a second start, before anybody used it
	if first == "" || again == "" || first == again {
		t.Fatalf("links %q, %q", first, again)
	}
	for range 3 { // looked at by whoever previews links
		if a, err := o.Look(ctx, again); err != nil || a.Role != Admin {
			t.Fatalf("look: %v %v", a, err)
		}
	}
	token, admin, err := o.SignIn(ctx, again, "Firefox")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.SignIn(ctx, again, "Firefox"); !errors.Is(err, ErrNobody) {
		t.Errorf("used twice: %v", err)
	}
	if s, a, err := o.Session(ctx, token); err != nil || a.ID != admin.ID || s.Device != "Firefox" {
		t.Errorf("session: %v %v %v", s, a, err)
	}
	if link := must[string](t)(o.First(ctx)); link != "" {
		t.Error("a start prints a link though somebody has signed in")
	}
	late := must[string](t)(o.Link(ctx, Operator, admin.ID))
	c.t = c.t.Add(LinkLasts)
	if _, err := o.Look(ctx, late); !errors.Is(err, ErrNobody) {
		t.Errorf("a link after %v: %v", LinkLasts, err)
	}
	if _, _, err := o.SignIn(ctx, late, ""); !errors.Is(err, ErrNobody) {
		t.Errorf("signed in with it: %v", err)
	}
	if _, err := o.Look(ctx, "nonsense"); !errors.Is(err, ErrNobody) {
		t.Errorf("nonsense: %v", err)
	}
}

// Two presses of the same link give one session.
func TestLinkOnce(t *testing.T) {
	o, _ := office(t)
	link := must[string](t)(o.First(t.Context()))
	var group sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for range 16 {
		group.Go(func() {
			_, _, err := o.SignIn(context.Background(), link, "")
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case !errors.Is(err, ErrNobody):
				t.Error(err)
			}
		})
	}
	group.Wait()
	if won != 1 {
		t.Errorf("%d sessions of one link", won)
	}
}

func TestSessionsEnd(t *testing.T) {
	o, c := office(t)
	ctx := t.Context()
	enter := func() (string, Account) {
		a := must[Account](t)(o.Add(ctx, Operator, Account{Name: "Fatima", Role: Advisor, Regions: []string{"MA-09"}, Lang: "ar"}))
		link := must[string](t)(o.Link(ctx, Operator, a.ID))
		token, _, err := o.SignIn(ctx, link, "x")
		if err != nil {
			t.Fatal(err)
		}
		return token, a
	}
	o.First(ctx)
	idle, _ := enter()
	c.t = c.t.Add(SessionIdle - time.Minute)
	if _, _, err := o.Session(ctx, idle); err != nil {
		t.Fatalf("just before it is idle: %v", err)
	}
	c.t = c.t.Add(SessionIdle - time.Minute) // it was used meanwhile
	if _, _, err := o.Session(ctx, idle); err != nil {
		t.Fatalf("used meanwhile: %v", err)
	}
	c.t = c.t.Add(SessionIdle)
	if _, _, err := o.Session(ctx, idle); !errors.Is(err, ErrNobody) {
		t.Errorf("idle: %v", err)
	}
	long, _ := enter()
	for end := c.t.Add(SessionLasts); c.t.Before(end); c.t = c.t.Add(6 * time.Hour) {
		if _, _, err := o.Session(ctx, long); err != nil {
			t.Fatalf("%v before its end: %v", end.Sub(c.t), err)
		}
	}
	if _, _, err := o.Session(ctx, long); !errors.Is(err, ErrNobody) {
		t.Errorf("after %v: %v", SessionLasts, err)
	}
	removed, a := enter()
	if err := o.Remove(ctx, Operator, a.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.Session(ctx, removed); !errors.Is(err, ErrNobody) {
		t.Errorf("a removed account is still in: %v", err)
	}
	ended, b := enter()
	list, err := o.Sessions(ctx, b.ID)
	if err != nil || len(list) != 1 {
		t.Fatalf("%v %v", list, err)
	}
	other, _ := enter()
	if err := o.End(ctx, By{ID: b.ID}, "somebody else", list[0].ID()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.Session(ctx, ended); err != nil {
		t.Errorf("somebody else's session was ended: %v", err)
	}
	if err := o.End(ctx, By{ID: b.ID}, b.ID, list[0].ID()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.Session(ctx, ended); !errors.Is(err, ErrNobody) {
		t.Errorf("ended: %v", err)
	}
	if _, _, err := o.Session(ctx, other); err != nil {
		t.Errorf("the other one too: %v", err)
	}
}

func TestLastAdminStays(t *testing.T) {
	o, _ := office(t)
	ctx := t.Context()
	o.First(ctx)
	all := must[[]Account](t)(o.List(ctx))
	if err := o.Remove(ctx, Operator, all[0].ID); !errors.Is(err, ErrLast) {
		t.Errorf("removed: %v", err)
	}
	if _, err := o.Change(ctx, Operator, all[0].ID, Viewer, nil, "fr"); !errors.Is(err, ErrLast) {
		t.Errorf("made a viewer: %v", err)
	}
	must[Account](t)(o.Add(ctx, Operator, Account{Name: "B", Role: Admin, Lang: "fr"}))
	if err := o.Remove(ctx, Operator, all[0].ID); err != nil {
		t.Errorf("one of two: %v", err)
	}
}

func TestCheck(t *testing.T) {
	for what, a := range map[string]Account{
		"no name": {Role: Viewer, Lang: "fr"}, "long name": {Name: strings.Repeat("a", 61), Role: Viewer, Lang: "fr"}, "role": {Name: "A", Role: "king", Lang: "fr"},
		"region": {Name: "A", Role: Viewer, Lang: "fr", Regions: []string{"MA-13"}}, "language": {Name: "A", Role: Viewer, Lang: "zgh"},
		"regional admin": {Name: "A", Role: Admin, Lang: "fr", Regions: []string{"MA-09"}},
	} {
		if err := a.Check(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Each act and who may do it, as it was decided: a change of rights is a change here.
func TestRights(t *testing.T) {
	for act, who := range map[Act]string{
		Enter: "admin coordinator advisor analyst editor viewer", SeeAggregates: "admin coordinator advisor analyst editor viewer",
		SeePeople: "admin coordinator advisor analyst", SeeIdentities: "admin coordinator advisor", ExportPeople: "admin coordinator",
		WritePeople: "admin coordinator", WriteEvents: "admin coordinator", Announce: "admin coordinator", AnswerTickets: "admin coordinator advisor",
		ReadResults: "admin coordinator analyst", EditProcedures: "admin editor", ReadAudit: "admin", ManageStaff: "admin",
	} {
		var may []string
		for _, r := range Roles {
			if r.May(act) {
				may = append(may, string(r))
			}
		}
		if got := strings.Join(may, " "); got != who {
			t.Errorf("%s: %s, want %s", act, got, who)
		}
	}
	if Role("king").May(Enter) || Role("").May(Enter) {
		t.Error("an unknown role may enter")
	}
	if s := (&Account{Regions: []string{"MA-09"}}).Scope(); s.National || !s.Sees("MA-09") || s.Sees("MA-01") || s.Sees("") {
		t.Errorf("scope %+v", s)
	}
}

func TestHideSmall(t *testing.T) {
	for _, c := range []struct{ in, want map[string]int }{
		{map[string]int{"a": 3, "b": 40, "c": 7}, map[string]int{"a": Hidden, "b": 40, "c": Hidden}}, // the total would give a back
		{map[string]int{"a": 3, "b": 4, "c": 7}, map[string]int{"a": Hidden, "b": Hidden, "c": 7}},
		{map[string]int{"a": 1, "b": 1, "c": 9, "d": 20}, map[string]int{"a": Hidden, "b": Hidden, "c": Hidden, "d": 20}}, // two that sum to 2 are both 1
		{map[string]int{"a": 5, "b": 6}, map[string]int{"a": 5, "b": 6}},
	} {
		if got := HideSmall(c.in); !maps.Equal(got, c.want) {
			t.Errorf("HideSmall(%v) = %v, want %v", c.in, got, c.want)
		}
	}
}

// What was done is in the audit, in its region, newest first; nothing secret is in the
// file, neither links nor sessions.
func TestAuditAndSecrets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.db")
	store, err := bolt.Open(t.Context(), path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o := &Office{Store: store, Now: time.Now}
	ctx := t.Context()
	link := must[string](t)(o.First(ctx))
	token, a, err := o.SignIn(ctx, link, "Firefox")
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := o.Session(ctx, token)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.Unlock(ctx, By{ID: a.ID}, &s, "answering the person"); err != nil {
		t.Fatal(err)
	}
	if until := s.Open(time.Now()); until.IsZero() || until.After(time.Now().Add(IdentitiesLast)) {
		t.Errorf("open until %v", until)
	}
	if err := o.Note(ctx, By{a.ID, "MA-09"}, Row{Act: "see-person", Subject: "P1", Count: 1}); err != nil {
		t.Fatal(err)
	}
	all := must[[]Line](t)(o.Audit(ctx, bot.Nation, 0, 99))
	var acts []string
	for _, l := range all {
		acts = append(acts, l.Act)
	}
	if got := strings.Join(acts, " "); got != "see-person identities-open sign-in staff-link staff-add" {
		t.Errorf("audit: %s", got)
	}
	south := must[[]Line](t)(o.Audit(ctx, bot.Scope{Regions: []string{"MA-09"}}, 0, 99))
	if len(south) != 1 || south[0].Subject != "P1" || south[0].Who != a.ID {
		t.Errorf("a region's audit: %v", south)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	raw := readFile(t, path)
	for what, secret := range map[string]string{"link": link, "session": token} {
		if bytes.Contains(raw, []byte(secret)) {
			t.Errorf("the %s's token is in the file", what)
		}
	}
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
