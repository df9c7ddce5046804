package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"maalem/bot"
	"maalem/bot/staff"
	"maalem/bot/web"
	"maalem/locales"
)

// Inbox is the questions to a human; *bot.Engine is one.
type Inbox interface {
	Inbox(ctx context.Context, lists bot.Lists, scope bot.Scope, state, after string, n int) ([]bot.Question, string, error)
	Question(ctx context.Context, scope bot.Scope, id string) (bot.Question, error)
	TakeQuestion(ctx context.Context, scope bot.Scope, id, who string, force bool, audit bot.LogRow) error
	AnswerQuestion(ctx context.Context, scope bot.Scope, id, who string, r bot.Reply, audit bot.LogRow) error
	CloseQuestion(ctx context.Context, scope bot.Scope, id string, audit bot.LogRow) error
}

// Files keeps recordings and pictures.
type Files interface {
	bot.MediaStore
	Open(ctx context.Context, hash string) (io.ReadSeekCloser, error)
}

// lateAfter is how long a question may wait before it is marked: two working days.
const lateAfter = 48 * time.Hour

// waitingMost bounds the count on the home page; more is "200+" to anybody.
const waitingMost = 200

type inboxPage struct {
	State  string
	States []string
	Asked  []asked
	Next   string
}

// asked is a question as a list shows it.
type asked struct {
	bot.Question
	Name, Holder string
	Voice, Late  bool
	Mine         bool
	Waits        time.Time
}

var ticketStates = []string{bot.TicketOpen, bot.TicketAnswered, bot.TicketClosed}

// inbox lists questions by state, those that wait longest first.
func (v *visit) inbox() error {
	ctx, q := v.r.Context(), v.r.URL.Query()
	p := inboxPage{State: q.Get("state"), States: ticketStates}
	if p.State != bot.TicketAnswered && p.State != bot.TicketClosed {
		p.State = bot.TicketOpen
	}
	found, next, err := v.Inbox.Inbox(ctx, v.Lists, v.account.Scope(), p.State, q.Get("after"), perPage)
	if err != nil {
		return err
	}
	names, err := v.staffNames()
	if err != nil {
		return err
	}
	p.Next = next
	for _, question := range found {
		a, err := v.asked(question, names)
		if err != nil {
			return err
		}
		p.Asked = append(p.Asked, a)
	}
	v.show(http.StatusOK, "inbox", p)
	return nil
}

// staffNames are the names of all accounts by ID.
func (v *visit) staffNames() (map[string]string, error) {
	all, err := v.Office.List(v.r.Context())
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, a := range all {
		names[a.ID] = a.Name
	}
	return names, nil
}

// asked makes a question ready to be shown; names are masked until a reason is given.
func (v *visit) asked(q bot.Question, names map[string]string) (asked, error) {
	a := asked{Question: q, Holder: names[q.Holder], Mine: q.Holder == v.account.ID, Voice: q.Media != "" || lastVoice(q), Waits: time.Unix(max(q.Since, q.At), 0)}
	if q.Holder != "" && a.Holder == "" {
		a.Holder = "—" // an account that is gone
	}
	a.Late = q.State == bot.TicketOpen && v.Now().Sub(a.Waits) > lateAfter
	if q.Artisan == "" {
		return a, nil
	}
	rows, err := v.People.Read(v.r.Context(), bot.Ref{Kind: bot.KindArtisan, ID: q.Artisan})
	if err != nil || rows[0].Body == nil {
		return a, err
	}
	h, _, err := v.human(rows[0], !v.open().IsZero())
	a.Name = h.Name
	return a, err
}

func lastVoice(q bot.Question) bool {
	n := len(q.Replies)
	return n > 0 && q.Replies[n-1].By == "" && q.Replies[n-1].Kind == bot.MediaVoice
}

// Glance is the first words of a question.
func (a asked) Glance() string {
	text := a.Question.Question
	if n := len(a.Replies); n > 0 && a.Replies[n-1].By == "" && a.Replies[n-1].Text != "" {
		text = a.Replies[n-1].Text
	}
	if r := []rune(text); len(r) > 140 {
		text = string(r[:140]) + "…"
	}
	return text
}

type questionPage struct {
	asked
	Names   map[string]string
	Canned  []staff.Canned
	Draft   string
	Problem string
	Phone   string
	Sees    bool // the person's own page
}

func (v *visit) question() error { return v.questionPage(http.StatusOK, "", "") }

// questionPage shows one question with what was said around it. It is a look at somebody:
// the audit has it.
func (v *visit) questionPage(status int, draft, problem string) error {
	ctx := v.r.Context()
	q, err := v.Inbox.Question(ctx, v.account.Scope(), v.r.PathValue("id"))
	if errors.Is(err, bot.ErrGone) {
		return errMissing
	} else if err != nil {
		return err
	}
	p := questionPage{Draft: draft, Problem: problem}
	if p.Names, err = v.staffNames(); err != nil {
		return err
	}
	if p.asked, err = v.asked(q, p.Names); err != nil {
		return err
	}
	if p.Canned, err = v.Office.Canned(ctx); err != nil {
		return err
	}
	if use := v.r.URL.Query().Get("use"); use != "" && draft == "" {
		for _, c := range p.Canned {
			if c.ID == use {
				p.Draft = c.Text(nearest(q.Lang)...)
			}
		}
	}
	if q.Artisan != "" && v.account.Role.May(staff.SeePeople) {
		if p.Sees, err = v.People.Sees(ctx, v.account.Scope(), q.Artisan); err != nil {
			return err
		}
	}
	if err := v.Office.Note(ctx, v.by(), staff.Row{Act: "see-question", Subject: q.ID, Count: 1}); err != nil {
		return err
	}
	v.show(status, "question", p)
	return nil
}

// nearest are the languages in which a canned answer is looked for, best first.
func nearest(l locales.Lang) []string {
	var out []string
	for _, f := range locales.Fallback(l) {
		out = append(out, string(f))
	}
	return out
}

// note is the row of the audit for an act on a question.
func (v *visit) note(act string) (bot.LogRow, error) {
	return v.Office.AuditRow(v.by(), staff.Row{Act: act, Subject: v.r.PathValue("id")})
}

// back says on the question's page how an act ended.
func (v *visit) acted(err error, draft, done string) error {
	switch {
	case err == nil:
		return v.to("/console/inbox/"+v.r.PathValue("id"), done)
	case errors.Is(err, bot.ErrGone):
		return errMissing
	case errors.Is(err, bot.ErrTaken):
		return v.questionPage(http.StatusConflict, draft, v.T("problem.taken"))
	case errors.Is(err, bot.ErrEmpty):
		return v.questionPage(http.StatusUnprocessableEntity, draft, v.T("problem.empty"))
	}
	return err
}

// takeQuestion takes it, from somebody else too when asked, or gives it back.
func (v *visit) takeQuestion() error {
	row, err := v.note("take-question")
	if err != nil {
		return err
	}
	who, force := v.account.ID, v.r.PostFormValue("force") != ""
	if v.r.PostFormValue("back") != "" {
		who = ""
	}
	return v.acted(v.Inbox.TakeQuestion(v.r.Context(), v.account.Scope(), v.r.PathValue("id"), who, force, row), "", "taken")
}

func (v *visit) closeQuestion() error {
	row, err := v.note("close-question")
	if err != nil {
		return err
	}
	return v.acted(v.Inbox.CloseQuestion(v.r.Context(), v.account.Scope(), v.r.PathValue("id"), row), "", "closed")
}

// Bounds of an answer's form.
const (
	answerBody   = 17 << 20 // a recording and words
	answerMemory = 1 << 20  // the rest of it waits on the disk
)

// answerQuestion says an answer, in words, in a recording, or both.
func (v *visit) answerQuestion() error {
	ctx := v.r.Context()
	if err := v.r.ParseMultipartForm(answerMemory); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return v.questionPage(http.StatusRequestEntityTooLarge, "", v.T("problem.file"))
	}
	if v.r.MultipartForm != nil {
		defer v.r.MultipartForm.RemoveAll()
	}
	// Whose question it is comes before the file: nothing is kept for a stranger's.
	if _, err := v.Inbox.Question(ctx, v.account.Scope(), v.r.PathValue("id")); err != nil {
		return v.acted(err, "", "")
	}
	reply := bot.Reply{Text: v.r.PostFormValue("text")}
	if f, head, err := v.r.FormFile("voice"); err == nil {
		defer f.Close()
		data, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		if len(data) > 0 {
			kept, err := v.Media.Put(ctx, bot.MediaVoice, head.Filename, data)
			if refused := (*bot.MediaError)(nil); errors.As(err, &refused) {
				return v.questionPage(http.StatusUnprocessableEntity, reply.Text, v.T("problem.file"))
			} else if err != nil {
				return err
			}
			reply.Voice = &kept
		}
	}
	row, err := v.note("answer-question")
	if err != nil {
		return err
	}
	return v.acted(v.Inbox.AnswerQuestion(ctx, v.account.Scope(), v.r.PathValue("id"), v.account.ID, reply, row), reply.Text, "answered")
}

var fileHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// questionFile plays or shows a file of a question, to who sees the question.
func (v *visit) questionFile() error {
	ctx, hash := v.r.Context(), v.r.PathValue("hash")
	q, err := v.Inbox.Question(ctx, v.account.Scope(), v.r.PathValue("id"))
	if err != nil {
		return v.acted(err, "", "")
	}
	there := q.Media == hash
	for _, r := range q.Replies {
		there = there || r.Media == hash
	}
	if !there || !fileHash.MatchString(hash) {
		return errMissing
	}
	content, err := v.Media.Open(ctx, hash)
	if err != nil {
		return errMissing
	}
	defer content.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(content, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return err
	}
	web.Attachment(v.w, v.r, web.File{MIME: typeOf(head[:n]), Hash: hash}, content)
	return nil
}

// typeOf judges a file by its content; a page's players want to know sounds as such.
func typeOf(head []byte) string {
	if strings.HasPrefix(string(head), "OggS") {
		return "audio/ogg"
	}
	return http.DetectContentType(head)
}

// waiting counts the open questions that the visitor may answer, up to waitingMost, and
// those among them that wait too long.
func (v *visit) waiting() (open, late int, err error) {
	if !v.account.Role.May(staff.AnswerTickets) {
		return 0, 0, nil
	}
	found, _, err := v.Inbox.Inbox(v.r.Context(), v.Lists, v.account.Scope(), bot.TicketOpen, "", waitingMost)
	for _, q := range found {
		if v.Now().Sub(time.Unix(max(q.Since, q.At), 0)) > lateAfter {
			late++
		}
	}
	return len(found), late, err
}

type cannedPage struct {
	All     []staff.Canned
	Form    staff.Canned
	Langs   []string
	Problem string
}

// answerLangs are the languages that an answer may be written in.
var answerLangs = []string{"ary", "ar", "fr", "zgh"}

func (v *visit) canned() error { return v.cannedPage(http.StatusOK, staff.Canned{}, "") }

func (v *visit) cannedPage(status int, form staff.Canned, problem string) error {
	all, err := v.Office.Canned(v.r.Context())
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.ID == v.r.URL.Query().Get("id") && form.ID == "" {
			form = c
		}
	}
	v.show(status, "canned", cannedPage{all, form, answerLangs, problem})
	return nil
}

func (v *visit) keepCanned() error {
	c := staff.Canned{ID: v.r.PostFormValue("id"), Title: v.r.PostFormValue("title"), Texts: map[string]string{}}
	for _, l := range answerLangs {
		c.Texts[l] = v.r.PostFormValue("text_" + l)
	}
	err := v.Office.KeepCanned(v.r.Context(), v.by(), c)
	if errors.Is(err, staff.ErrInvalid) {
		return v.cannedPage(http.StatusUnprocessableEntity, c, v.T("problem.canned"))
	} else if err != nil {
		return err
	}
	return v.to("/console/answers", "changed")
}
