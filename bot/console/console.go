package console

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"maalem/bot"
	"maalem/bot/staff"
	"maalem/bot/web"
	"maalem/locales"
)

//go:embed pages static words.yaml
var files embed.FS

// Config is what the console is made of; all fields are needed.
type Config struct {
	Site   *web.Site
	Office *staff.Office
	People staff.Store
	Keys   web.Keys
	// Inbox and Lists are the questions to a human, Media their recordings.
	Inbox Inbox
	Lists bot.Lists
	Media Files
	// Name says a place or a craft by its id.
	Name func(id string, l locales.Lang) string
	// Places and Crafts are what filters offer, by id.
	Crafts []string
	Zone   *time.Location
	Now    func() time.Time
	Log    *slog.Logger
}

// Console is the registered pages.
type Console struct {
	Config
	pages  map[string]*template.Template
	words  map[string]map[string]string // key → language → text
	cookie web.Cookie
	enter  *web.Limiter
}

// Signing in: a household may try ten links, then one every six seconds.
const (
	entryBurst    = 10
	entryEvery    = 6 * time.Second
	entriesKnown  = 10_000
	cookieName    = "maalem_console"
	cookiePurpose = "console cookie"
)

// New registers the console's pages with the site.
func New(ctx context.Context, cfg Config) (*Console, error) {
	secret, err := web.NewSecret(ctx, cfg.Keys, cookiePurpose)
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	c := &Console{Config: cfg, pages: map[string]*template.Template{}, cookie: cfg.Site.NewCookie(cookieName, secret, staff.SessionLasts),
		enter: web.NewLimiter(web.Rate{Burst: entryBurst, Every: entryEvery}, entriesKnown, cfg.Now)}
	raw, err := files.ReadFile("words.yaml")
	if err == nil {
		err = yaml.Unmarshal(raw, &c.words)
	}
	if err != nil {
		return nil, fmt.Errorf("console: words: %w", err)
	}
	static, err := fs.Sub(files, "static")
	if err == nil {
		err = cfg.Site.AddAssets(static)
	}
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	names, err := fs.Glob(files, "pages/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if base := path.Base(name); base != "layout.html" {
			t, err := template.New("layout.html").Funcs(cfg.Site.Funcs()).ParseFS(files, "pages/layout.html", name)
			if err != nil {
				return nil, fmt.Errorf("console: %w", err)
			}
			c.pages[strings.TrimSuffix(base, ".html")] = t
		}
	}
	for _, r := range routes {
		cfg.Site.Handle(r.pattern, c.guarded(r), web.Rules{Body: bodies[r.pattern]})
	}
	return c, nil
}

// visit is one request of somebody.
type visit struct {
	*Console
	w       http.ResponseWriter
	r       *http.Request
	token   string
	session staff.Session
	account staff.Account
	lang    locales.Lang
}

// guarded lets those in who may, and shows the others what they can do.
func (c *Console) guarded(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{Console: c, w: w, r: r, lang: locales.French}
		if strings.HasPrefix(r.Header.Get("Accept-Language"), "ar") {
			v.lang = locales.Arabic
		}
		if rt.act == everyone {
			v.done(rt.serve(v))
			return
		}
		var err error
		ok := false
		if v.token, ok = c.cookie.Read(r); ok {
			v.session, v.account, err = c.Office.Session(r.Context(), v.token)
		}
		switch {
		case !ok || errors.Is(err, staff.ErrNobody):
			v.show(http.StatusUnauthorized, "out", nil)
		case err != nil:
			v.done(err)
		case !v.account.Role.May(rt.act):
			v.lang = locales.Lang(v.account.Lang)
			v.show(http.StatusForbidden, "forbidden", nil)
		default:
			v.lang = locales.Lang(v.account.Lang)
			v.done(rt.serve(v))
		}
	})
}

// done answers what a page could not.
func (v *visit) done(err error) {
	switch {
	case err == nil:
	case errors.Is(err, errMissing), errors.Is(err, staff.ErrNobody):
		v.Site.Error(v.w, v.r, http.StatusNotFound)
	case v.r.Context().Err() != nil:
	default:
		v.Log.Error("a console page failed", "pattern", v.r.Pattern, "error", err)
		v.Site.Error(v.w, v.r, http.StatusInternalServerError)
	}
}

var errMissing = errors.New("there is no such thing")

// page is what every template gets.
type page struct {
	*visit
	Data any
}

// show renders a page.
func (v *visit) show(status int, name string, data any) {
	v.Site.Page(v.w, v.r, status, v.pages[name], page{v, data})
}

// to sends the browser on after an act; done is the word of what was done, "" = none.
func (v *visit) to(where, done string) error {
	if done != "" {
		where += "?done=" + done
	}
	http.Redirect(v.w, v.r, where, http.StatusSeeOther)
	return nil
}

// by is who acts here.
func (v *visit) by() staff.By { return staff.By{ID: v.account.ID} }

// T is a text of words.yaml; values fill its {0}, {1} in order.
func (v *visit) T(key string, values ...any) string {
	text := v.words[key][string(v.lang)]
	if text == "" {
		return key
	}
	for i, value := range values {
		text = strings.ReplaceAll(text, fmt.Sprintf("{%d}", i), fmt.Sprint(value))
	}
	return text
}

// Lang, RTL, Account, Path and In are for the layout.
func (v *visit) Lang() string           { return string(v.lang) }
func (v *visit) RTL() bool              { return v.lang.RTL() }
func (v *visit) Account() staff.Account { return v.account }
func (v *visit) In() bool               { return v.account.ID != "" }

// May tells templates what the visitor may do.
func (v *visit) May(act string) bool { return v.account.Role.May(staff.Act(act)) }

// Here tells which part of the console the page belongs to.
func (v *visit) Here(prefix string) bool {
	return v.r.URL.Path == prefix || prefix != "/console" && strings.HasPrefix(v.r.URL.Path, prefix+"/")
}

// Done is what the last act did, in words.
func (v *visit) Done() string {
	if key := "done." + v.r.URL.Query().Get("done"); v.words[key] != nil {
		return v.T(key)
	}
	return ""
}

// Time says a moment in the zone of the country.
func (v *visit) Time(unix int64) string {
	return time.Unix(unix, 0).In(v.Zone).Format("02/01/2006 15:04")
}

// Moment says a time in the zone of the country.
func (v *visit) Moment(at time.Time) string { return v.Time(at.Unix()) }

// Reason is why identities are shown in this session.
func (v *visit) Reason() string { return v.session.Reason }

// Form is the account in a page's form.
func (p page) Form() staff.Account {
	switch d := p.Data.(type) {
	case accountsPage:
		return d.Form
	case one:
		return d.Account
	}
	return staff.Account{}
}

// Ticked reports whether a region is in the form.
func (p page) Ticked(region string) bool { return slices.Contains(p.Form().Regions, region) }

// Rows pairs a table's cells with the page that says them.
func (p page) Rows(cells []cell) rows { return rows{p, cells} }

type rows struct {
	V     page
	Cells []cell
}

// Named says a place or a craft.
func (v *visit) Named(id string) string {
	if id == bot.NoRegion {
		return v.T("region.none")
	}
	return v.Name(id, v.lang)
}

// Where says an account's regions.
func (v *visit) Where(regions []string) string {
	if len(regions) == 0 {
		return v.T("national")
	}
	var names []string
	for _, r := range regions {
		names = append(names, v.Named(r))
	}
	return strings.Join(names, v.T("comma"))
}

// Number says a count; one that is not shown has its own sign.
func (v *visit) Number(n int) string {
	if n == staff.Hidden {
		return "< 5"
	}
	return grouped(n)
}

// grouped writes a number with thin spaces between thousands.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// AllRegions and AllRoles are what forms offer.
func (v *visit) AllRegions() []string   { return bot.Regions }
func (v *visit) AllRoles() []staff.Role { return staff.Roles }
