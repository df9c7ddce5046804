package console

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"maalem/bot"
	"maalem/bot/staff"
)

// tickets is an inbox in memory.
type tickets struct {
	all   []bot.Question
	acts  []string
	reply bot.Reply
	fail  error
}

func (k *tickets) Inbox(_ context.Context, _ bot.Lists, scope bot.Scope, state, _ string, _ int) ([]bot.Question, string, error) {
	var out []bot.Question
	for _, q := range k.all {
		if q.State == state && scope.Sees(q.Region) {
			out = append(out, q)
		}
	}
	return out, "", nil
}

func (k *tickets) Question(_ context.Context, scope bot.Scope, id string) (bot.Question, error) {
	i := slices.IndexFunc(k.all, func(q bot.Question) bool { return q.ID == id && scope.Sees(q.Region) })
	if i < 0 {
		return bot.Question{}, bot.ErrGone
	}
	return k.all[i], nil
}

func (k *tickets) act(scope bot.Scope, id, what string, row bot.LogRow) error {
	if _, err := k.Question(context.Background(), scope, id); err != nil {
		return err
	}
	if row.Log != bot.LogAudit || len(row.Body) == 0 {
		return errors.New("no row for the audit")
	}
	k.acts = append(k.acts, what)
	return k.fail
}

func (k *tickets) TakeQuestion(_ context.Context, scope bot.Scope, id, who string, force bool, row bot.LogRow) error {
	return k.act(scope, id, fmt.Sprintf("take by someone %v force %v", who != "", force), row)
}

func (k *tickets) AnswerQuestion(_ context.Context, scope bot.Scope, id, who string, r bot.Reply, row bot.LogRow) error {
	if r.Text == "" && r.Voice == nil {
		return bot.ErrEmpty
	}
	k.reply = r
	return k.act(scope, id, "answer", row)
}

func (k *tickets) CloseQuestion(_ context.Context, scope bot.Scope, id string, row bot.LogRow) error {
	return k.act(scope, id, "close", row)
}

// shelf keeps files in memory; it takes sounds only.
type shelf struct{ kept map[string][]byte }

var soundHash = strings.Repeat("ab", 32)

func (s *shelf) Put(_ context.Context, _ bot.MediaKind, _ string, data []byte) (bot.Media, error) {
	if !bytes.HasPrefix(data, []byte("OggS")) {
		return bot.Media{}, &bot.MediaError{Key: "file.wrong_kind"}
	}
	s.kept = map[string][]byte{soundHash: data}
	return bot.Media{Kind: bot.MediaVoice, Hash: soundHash}, nil
}

func (s *shelf) Get(_ context.Context, hash string) ([]byte, error) { return s.kept[hash], nil }

func (s *shelf) Open(_ context.Context, hash string) (io.ReadSeekCloser, error) {
	data, ok := s.kept[hash]
	if !ok {
		return nil, errors.New("not there")
	}
	return struct {
		*bytes.Reader
		io.Closer
	}{bytes.NewReader(data), io.NopCloser(nil)}, nil
}

// ask puts a question of a region into the inbox.
func (d *desk) ask(id, region, text string, ago time.Duration) *bot.Question {
	at := d.now.Add(-ago).Unix()
	d.inbox.all = append(d.inbox.all, bot.Question{ID: id, Ticket: bot.Ticket{Address: bot.Address{Channel: "web", ID: "x"}, Lang: "ary", Question: text, At: at, State: bot.TicketOpen, Region: region}})
	return &d.inbox.all[len(d.inbox.all)-1]
}

// A region's questions are another region's nothing, on every page of the inbox.
func TestInboxRegions(t *testing.T) {
	d := newDesk(t)
	d.ask("QSOUTH", "MA-09", "south?", 0)
	d.ask("QNORTH", "MA-01", "north?", 0)
	d.ask("QNOWHERE", "", "nowhere?", 0)
	for _, c := range []struct {
		regions []string
		sees    []string
	}{{nil, []string{"QSOUTH", "QNORTH", "QNOWHERE"}}, {[]string{"MA-09"}, []string{"QSOUTH"}}, {[]string{"MA-05"}, nil}} {
		b := d.as(staff.Advisor, c.regions...)
		_, page := b.do("GET", "/console/inbox", nil)
		for _, id := range []string{"QSOUTH", "QNORTH", "QNOWHERE"} {
			want := slices.Contains(c.sees, id)
			if strings.Contains(page, id) != want {
				t.Errorf("regions %v: %s in the list: %v", c.regions, id, !want)
			}
			if code, _ := b.do("GET", "/console/inbox/"+id, nil); (code == http.StatusOK) != want {
				t.Errorf("regions %v: the page of %s gives %d", c.regions, id, code)
			}
			for _, act := range []string{"take", "close", "answer"} {
				d.inbox.acts = nil
				b.do("POST", "/console/inbox/"+id+"/"+act, url.Values{"text": {"x"}})
				if (len(d.inbox.acts) == 1) != want {
					t.Errorf("regions %v: %s of %s: %v", c.regions, act, id, d.inbox.acts)
				}
			}
		}
	}
}

// What an artisan wrote is text on every page, names are masked, what waits too long is
// said on the first page.
func TestInboxPages(t *testing.T) {
	d := newDesk(t)
	d.person("P1", "Fatima Zahra", "MA-09")
	q := d.ask("Q1", "MA-09", `<script>alert(1)</script>`, 49*time.Hour)
	q.Artisan, q.Recent = "P1", []bot.Said{{Them: true, Text: "<b>bold</b>"}}
	q.Replies = []bot.TicketReply{{Text: "<i>more</i>", At: q.At}, {By: "gone", Text: "<u>answer</u>", At: q.At}}
	b := d.as(staff.Coordinator, "MA-09")
	for _, path := range []string{"/console/inbox", "/console/inbox/Q1"} {
		_, page := b.do("GET", path, nil)
		for _, bad := range []string{"<script>alert", "<b>bold", "<i>more", "<u>answer", "Fatima"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s shows %q", path, bad)
			}
		}
		if !strings.Contains(page, "F… Z…") || !strings.Contains(page, "deux jours") && !strings.Contains(page, "2 jours") {
			t.Errorf("%s: no masked name, or not late: %s", path, page)
		}
	}
	if _, home := b.do("GET", "/console", nil); !strings.Contains(home, "attendent une réponse : 1") || !strings.Contains(home, "deux jours : 1") {
		t.Errorf("the first page does not say what waits")
	}
	if _, home := d.as(staff.Viewer).do("GET", "/console", nil); strings.Contains(home, "attendent") {
		t.Error("a viewer is told of questions")
	}
	rows, err := d.office.Audit(t.Context(), bot.Nation, 0, 50)
	if err != nil || !slices.ContainsFunc(rows, func(l staff.Line) bool { return l.Act == "see-question" && l.Subject == "Q1" }) {
		t.Errorf("the look is not in the audit (%v)", err)
	}
}

// An answer is words, a recording or both; what is neither is said, and the words stay.
func TestInboxAnswer(t *testing.T) {
	d := newDesk(t)
	d.ask("Q1", "MA-09", "?", 0)
	b := d.as(staff.Advisor)
	send := func(text string, file []byte) (int, string) {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		if err := form.WriteField("text", text); err != nil {
			t.Fatal(err)
		}
		if file != nil {
			part, err := form.CreateFormFile("voice", "../a.ogg")
			if err != nil {
				t.Fatal(err)
			}
			part.Write(file)
		}
		form.Close()
		res, err := b.client.Post(d.server.URL+"/console/inbox/Q1/answer", form.FormDataContentType(), &body)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		page, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(page)
	}
	if code, page := send("", nil); code != http.StatusUnprocessableEntity || !strings.Contains(page, "Écrivez une réponse") {
		t.Errorf("an empty answer: %d", code)
	}
	if code, page := send("kept words", []byte("MZ not a sound")); code != http.StatusUnprocessableEntity || !strings.Contains(page, "kept words") {
		t.Errorf("a file that is no recording: %d", code)
	}
	if code, _ := send("hello", []byte("OggS sound")); code != http.StatusSeeOther || d.inbox.reply.Text != "hello" || d.inbox.reply.Voice == nil || d.inbox.reply.Voice.Hash != soundHash {
		t.Errorf("a spoken answer: %d, %+v", code, d.inbox.reply)
	}
	if code, _ := b.do("GET", "/console/inbox/Q1/files/"+soundHash, nil); code != http.StatusNotFound {
		t.Errorf("a file of no thread: %d", code)
	}
	d.inbox.all[0].Replies = []bot.TicketReply{{By: "x", Media: soundHash, Kind: bot.MediaVoice}}
	if code, page := b.do("GET", "/console/inbox/Q1/files/"+soundHash, nil); code != http.StatusOK || page != "OggS sound" {
		t.Errorf("the recording: %d %q", code, page)
	}
	other := strings.Repeat("cd", 32)
	d.files.kept[other] = []byte("OggS of somebody else")
	if code, _ := b.do("GET", "/console/inbox/Q1/files/"+other, nil); code != http.StatusNotFound {
		t.Errorf("a file of another thread: %d", code)
	}
	d.inbox.fail = bot.ErrTaken
	if code, page := b.do("POST", "/console/inbox/Q1/take", url.Values{}); code != http.StatusConflict || !strings.Contains(page, "déjà") {
		t.Errorf("taken by somebody else: %d", code)
	}
}

// Canned answers are kept per language, offered in the person's, and go when emptied.
func TestCanned(t *testing.T) {
	d := newDesk(t)
	d.ask("Q1", "MA-09", "?", 0)
	b := d.as(staff.Advisor)
	if code, _ := b.do("POST", "/console/answers", url.Values{"title": {""}, "text_fr": {"x"}}); code != http.StatusUnprocessableEntity {
		t.Errorf("without a title: %d", code)
	}
	b.do("POST", "/console/answers", url.Values{"title": {"Stand <b>"}, "text_fr": {"Gratuit"}, "text_ar": {"مجاني"}})
	all, err := d.office.Canned(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%v %v", all, err)
	}
	_, page := b.do("GET", "/console/inbox/Q1?use="+all[0].ID, nil)
	if !strings.Contains(page, ">مجاني</textarea>") || !strings.Contains(page, "Stand &lt;b&gt;") {
		t.Error("a speaker of Darija is not offered the Arabic text")
	}
	b.do("POST", "/console/answers", url.Values{"id": {all[0].ID}, "title": {"Stand"}})
	if all, err = d.office.Canned(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("emptied, and still there: %v %v", all, err)
	}
}
