package console

import (
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"maalem/bot"
	"maalem/bot/staff"
	"maalem/bot/web"
	"maalem/locales"
	"maalem/storage/memory"
)

// desk is the console with its clock, over HTTP.
type desk struct {
	t      *testing.T
	now    time.Time
	store  *memory.Store
	office *staff.Office
	server *httptest.Server
	log    strings.Builder
	inbox  *tickets
	files  *shelf
}

type keys struct{}

func (keys) Key(context.Context, string) ([]byte, error) { return make([]byte, 32), nil }

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, now: time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC), inbox: &tickets{}, files: &shelf{}}
	clock := func() time.Time { return d.now }
	d.store = memory.New(clock)
	d.office = &staff.Office{Store: d.store, Now: clock}
	log := slog.New(slog.NewTextHandler(&d.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	site, err := web.New(web.Config{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(t.Context(), Config{Site: site, Office: d.office, People: d.store, Keys: keys{}, Inbox: d.inbox, Lists: d.store, Media: d.files, Name: func(id string, _ locales.Lang) string { return "«" + id + "»" },
		Crafts: []string{"potier", "tapissier"}, Zone: time.UTC, Now: clock, Log: log}); err != nil {
		t.Fatal(err)
	}
	d.server = httptest.NewServer(site.Handler())
	t.Cleanup(d.server.Close)
	return d
}

// person stores an artisan.
func (d *desk) person(id, name, region string) {
	d.t.Helper()
	a := bot.Artisan{ID: id, Values: []bot.Value{{Field: "name", Value: name}, {Field: "phone", Value: "+212612345678"}, {Field: "craft", Value: "potier"}, {Field: "place", Value: region}},
		Lang: locales.French, Created: d.now.Unix(), Consents: []bot.Consent{{Purpose: bot.PurposeGuidance, Given: true, Wording: "w", Channel: "web", At: d.now.Unix()}}}
	body, err := bot.EncodeRecord(&a)
	if err != nil {
		d.t.Fatal(err)
	}
	ref := bot.Ref{Kind: bot.KindArtisan, ID: id}
	words := []string{}
	for _, t := range search(name) {
		words = append(words, t.Prefix)
	}
	if err := d.store.Commit(context.Background(), bot.Turn{Expect: []bot.Expect{{Ref: ref}}, Changes: []bot.Change{{Ref: ref, Body: body, Words: words,
		Bits: []bot.Bit{{Facet: "region:" + region, On: true}, {Facet: "craft:potier", On: true}}}}}); err != nil {
		d.t.Fatal(err)
	}
}

// browser is somebody's browser.
type browser struct {
	d      *desk
	client *http.Client
}

func (d *desk) browser() *browser {
	jar := &jar{}
	return &browser{d, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

type jar struct{ cookies []*http.Cookie }

func (j *jar) SetCookies(_ *url.URL, cs []*http.Cookie) { j.cookies = cs }
func (j *jar) Cookies(*url.URL) []*http.Cookie          { return j.cookies }

func (b *browser) do(method, path string, form url.Values, head ...string) (int, string) {
	b.d.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, b.d.server.URL+path, body)
	if err != nil {
		b.d.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(head); i += 2 {
		req.Header.Set(head[i], head[i+1])
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.d.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.d.t.Fatal(err)
	}
	return res.StatusCode, string(text)
}

// as signs somebody in with a role.
func (d *desk) as(role staff.Role, regions ...string) *browser {
	d.t.Helper()
	a, err := d.office.Add(context.Background(), staff.Operator, staff.Account{Name: "Nadia " + string(role), Role: role, Regions: regions, Lang: "fr"})
	if err != nil {
		d.t.Fatal(err)
	}
	link, err := d.office.Link(context.Background(), staff.Operator, a.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	b := d.browser()
	if code, _ := b.do("GET", "/console/in/"+link, nil); code != http.StatusOK {
		d.t.Fatalf("the link gives %d", code)
	}
	if code, _ := b.do("POST", "/console/in/"+link, url.Values{}); code != http.StatusSeeOther {
		d.t.Fatalf("signing in gives %d", code)
	}
	if code, _ := b.do("POST", "/console/in/"+link, url.Values{}); code != http.StatusNotFound {
		d.t.Errorf("the link worked twice")
	}
	return b
}

// Every route with every role: who may not gets 403 and nobody else does; without a
// session 401. A route that is not in the table does not exist.
func TestRoutesRoles(t *testing.T) {
	d := newDesk(t)
	d.person("P1", "Fatima", "MA-09")
	out := d.browser()
	for _, role := range staff.Roles {
		d.now = d.now.Add(time.Hour) // the limit of entries
		b := d.as(role)
		for _, rt := range routes {
			method, path, _ := strings.Cut(rt.pattern, " ")
			if rt.act == everyone || path == "/console/out" {
				continue
			}
			path = strings.ReplaceAll(path, "{id}", "P1")
			form := url.Values{}
			if method == "GET" {
				form = nil
			}
			code, _ := b.do(method, path, form)
			if want := !role.May(rt.act); (code == http.StatusForbidden) != want || code == http.StatusUnauthorized {
				t.Errorf("%s as %s: %d", rt.pattern, role, code)
			}
			if code, _ := out.do(method, path, form); code != http.StatusUnauthorized {
				t.Errorf("%s without a session: %d", rt.pattern, code)
			}
			if method == "POST" {
				if code, _ := b.do(method, path, form, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"); code != http.StatusForbidden {
					t.Errorf("%s from another site: %d", rt.pattern, code)
				}
			}
		}
	}
}

// A region's people are another region's nobody, on every page that shows people.
func TestRegions(t *testing.T) {
	d := newDesk(t)
	d.person("PSOUTH", "Fatima", "MA-09")
	d.person("PNORTH", "Khadija", "MA-01")
	for _, c := range []struct {
		regions      []string
		south, north bool
	}{{nil, true, true}, {[]string{"MA-09"}, true, false}, {[]string{"MA-01"}, false, true}, {[]string{"MA-05"}, false, false}} {
		b := d.as(staff.Coordinator, c.regions...)
		_, page := b.do("GET", "/console/people", nil)
		for id, want := range map[string]bool{"PSOUTH": c.south, "PNORTH": c.north} {
			if strings.Contains(page, id) != want {
				t.Errorf("regions %v: %s in the list: %v", c.regions, id, !want)
			}
			code, _ := b.do("GET", "/console/people/"+id, nil)
			if (code == http.StatusOK) != want {
				t.Errorf("regions %v: the page of %s gives %d", c.regions, id, code)
			}
		}
		want := 0
		for _, sees := range []bool{c.south, c.north} {
			if sees {
				want++
			}
		}
		if _, home := b.do("GET", "/console", nil); !strings.Contains(home, fmt.Sprintf("<b>%d</b>", want)) {
			t.Errorf("regions %v: home does not count %d", c.regions, want)
		}
	}
}

// Who named no place is counted in words, not under the facet's name.
func TestNoRegionInWords(t *testing.T) {
	d := newDesk(t)
	d.person("PNOWHERE", "Fatima", bot.NoRegion)
	_, home := d.as(staff.Admin).do("GET", "/console", nil)
	if !strings.Contains(home, "Lieu non précisé") || strings.Contains(home, ">"+bot.NoRegion+"<") {
		t.Errorf("home says:\n%s", home)
	}
}

// Names and phones want a reason, for an hour, and every look is in the audit; who may
// not see them cannot open them.
func TestIdentities(t *testing.T) {
	d := newDesk(t)
	const hostile = `Fatima <b>"Zahra"</b> ` + "\u202eGNP"
	d.person("P1", hostile, "MA-09")
	b := d.as(staff.Advisor, "MA-09")
	shown := func(path string) bool {
		_, page := b.do("GET", path, nil)
		if strings.Contains(page, "<b>\"Zahra") {
			t.Errorf("%s: a name is markup", path)
		}
		return strings.Contains(html.UnescapeString(page), "Zahra") || strings.Contains(page, "612345678")
	}
	for _, path := range []string{"/console/people", "/console/people/P1", "/console/people?q=fatima"} {
		if shown(path) {
			t.Errorf("%s shows a name without a reason", path)
		}
	}
	if code, _ := b.do("POST", "/console/identities", url.Values{"reason": {""}, "words": {" "}}); code != http.StatusSeeOther || shown("/console/people") {
		t.Error("an empty reason opened names")
	}
	b.do("POST", "/console/identities", url.Values{"reason": {"Répondre"}, "words": {"Fatima a appelé"}})
	for _, path := range []string{"/console/people", "/console/people/P1", "/console/people?q=fati", "/console/people?q=zah"} {
		if !shown(path) {
			t.Errorf("%s hides the name", path)
		}
	}
	if shown("/console/people?q=khadija") {
		t.Error("a search finds whom it should not")
	}
	d.now = d.now.Add(staff.IdentitiesLast + time.Second)
	if shown("/console/people") {
		t.Error("still open after an hour")
	}
	lines, err := d.office.Audit(t.Context(), bot.Nation, 0, 99)
	if err != nil {
		t.Fatal(err)
	}
	var acts []string
	for _, l := range lines {
		if strings.Contains(l.Words, "Zahra") || strings.Contains(l.Subject, "Zahra") {
			t.Error("the audit holds a name")
		}
		acts = append(acts, l.Act)
	}
	if got := strings.Join(acts, " "); !strings.HasPrefix(got, "see-people see-people see-people see-person see-people identities-open sign-in") {
		t.Errorf("audit: %s", got)
	}
	analyst := d.as(staff.Analyst)
	if code, _ := analyst.do("POST", "/console/identities", url.Values{"reason": {"x"}}); code != http.StatusForbidden {
		t.Errorf("an analyst opens names: %d", code)
	}
	for _, secret := range []string{"Zahra", "612345678", "P1"} {
		if strings.Contains(d.log.String(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}

// A viewer sees no cell from which a person could be guessed.
func TestViewer(t *testing.T) {
	d := newDesk(t)
	for i := range 12 {
		d.person(fmt.Sprint("P", i), "Fatima", map[bool]string{true: "MA-09", false: "MA-01"}[i < 9])
	}
	_, page := d.as(staff.Viewer).do("GET", "/console", nil)
	if strings.Contains(page, `<td class="n">3</td>`) || strings.Contains(page, `<td class="n">9</td>`) || !strings.Contains(page, "&lt; 5") {
		t.Error("a small cell, or what gives it back, is shown")
	}
	if _, page = d.as(staff.Coordinator).do("GET", "/console", nil); !strings.Contains(page, `<td class="n">3</td>`) {
		t.Error("a coordinator does not see a count")
	}
}

// The whole life of an account on the pages.
func TestStaffPages(t *testing.T) {
	d := newDesk(t)
	admin := d.as(staff.Admin)
	code, page := admin.do("POST", "/console/staff", url.Values{"name": {"Aziz <i>"}, "role": {"advisor"}, "region": {"MA-09"}, "lang": {"ar"}})
	found := regexp.MustCompile(`/console/in/([A-Z2-7]+)`).FindStringSubmatch(page)
	if code != http.StatusOK || found == nil || strings.Contains(page, "Aziz <i>") {
		t.Fatalf("adding: %d", code)
	}
	aziz := d.browser()
	if code, _ = aziz.do("POST", "/console/in/"+found[1], url.Values{}); code != http.StatusSeeOther {
		t.Fatalf("signing in: %d", code)
	}
	if _, page = aziz.do("GET", "/console", nil); !strings.Contains(page, `dir="rtl"`) || !strings.Contains(page, "نظرة عامة") {
		t.Error("his page is not Arabic")
	}
	if strings.Contains(page, "/console/audit") || strings.Contains(page, "/console/staff") {
		t.Error("his navigation leads where he may not go")
	}
	if code, page = admin.do("POST", "/console/staff", url.Values{"name": {"Typed before"}, "role": {"king"}, "lang": {"fr"}}); code != http.StatusUnprocessableEntity || !strings.Contains(page, "Typed before") {
		t.Errorf("a wrong role: %d, or what was typed is lost", code)
	}
	all, err := d.office.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id, self := "", ""
	for _, a := range all {
		if a.Lang == "ar" {
			id = a.ID
		} else {
			self = a.ID
		}
	}
	if code, _ = admin.do("POST", "/console/staff/"+id, url.Values{"role": {"viewer"}, "lang": {"fr"}}); code != http.StatusSeeOther {
		t.Errorf("changing: %d", code)
	}
	if code, _ = aziz.do("GET", "/console/people", nil); code != http.StatusForbidden {
		t.Errorf("a viewer since a moment ago still sees people: %d", code)
	}
	if code, _ = admin.do("POST", "/console/staff/"+id+"/remove", url.Values{"confirm": {"Aziz"}}); code != http.StatusUnprocessableEntity {
		t.Errorf("removed without the whole name: %d", code)
	}
	if code, _ = admin.do("POST", "/console/staff/"+id+"/remove", url.Values{"confirm": {"Aziz <i>"}}); code != http.StatusSeeOther {
		t.Errorf("removing: %d", code)
	}
	if code, _ = aziz.do("GET", "/console", nil); code != http.StatusUnauthorized {
		t.Errorf("a removed account is in: %d", code)
	}
	if code, _ = admin.do("POST", "/console/staff/"+self+"/remove", url.Values{"confirm": {"Nadia admin"}}); code != http.StatusConflict {
		t.Errorf("the last administrator goes: %d", code)
	}
	if code, page = admin.do("GET", "/console/audit", nil); code != http.StatusOK || !strings.Contains(page, "compte retiré") {
		t.Errorf("audit: %d", code)
	}
	if code, _ = admin.do("POST", "/console/out", url.Values{}); code != http.StatusSeeOther {
		t.Errorf("signing out: %d", code)
	}
	if code, _ = admin.do("GET", "/console", nil); code != http.StatusUnauthorized {
		t.Errorf("still in after signing out: %d", code)
	}
	if strings.Contains(d.log.String(), found[1]) {
		t.Error("a link is in the log")
	}
}

// Guessing links is slow.
func TestEntryIsLimited(t *testing.T) {
	d := newDesk(t)
	b := d.browser()
	for i := range entryBurst + 1 {
		code, _ := b.do("POST", "/console/in/WRONG", url.Values{})
		if want := map[bool]int{true: http.StatusNotFound, false: http.StatusTooManyRequests}[i < entryBurst]; code != want {
			t.Errorf("try %d: %d, want %d", i, code, want)
		}
	}
}

// Every word is there in both languages, and every word that a template uses exists.
func TestWords(t *testing.T) {
	raw, err := files.ReadFile("words.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var words map[string]map[string]string
	if err := yaml.Unmarshal(raw, &words); err != nil {
		t.Fatal(err)
	}
	for key, w := range words {
		if len(w) != 2 || w["fr"] == "" || w["ar"] == "" {
			t.Errorf("%s: %v", key, w)
		}
		for i := range 3 {
			hole := fmt.Sprintf("{%d}", i)
			if strings.Contains(w["fr"], hole) != strings.Contains(w["ar"], hole) {
				t.Errorf("%s: %s is not in both", key, hole)
			}
		}
	}
	pages, err := files.ReadDir("pages")
	if err != nil {
		t.Fatal(err)
	}
	used := regexp.MustCompile(`\.T "([^"]+)"`)
	for _, p := range pages {
		raw, err := files.ReadFile("pages/" + p.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range used.FindAllStringSubmatch(string(raw), -1) {
			if words[m[1]] == nil {
				t.Errorf("%s uses %q, which does not exist", p.Name(), m[1])
			}
		}
	}
	for _, r := range staff.Roles {
		if words["role."+string(r)] == nil {
			t.Errorf("no word for role %s", r)
		}
	}
}
