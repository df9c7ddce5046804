package staff

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"maalem/bot"
)

// Canned is an answer that staff give often, in the languages in which somebody wrote it.
type Canned struct {
	_     struct{} `cbor:",toarray"`
	ID    string
	Title string
	Texts map[string]string // by language, "fr", "ar", "ary", "zgh"
}

// Text is the answer for a person's language, else the nearest one that there is.
func (c *Canned) Text(langs ...string) string {
	for _, l := range langs {
		if c.Texts[l] != "" {
			return c.Texts[l]
		}
	}
	return ""
}

// Bounds of the canned answers: they lie in one record.
const (
	maxCanned     = 60
	maxCannedText = 1000 // characters
)

// cannedAnswers is the record that they lie in.
type cannedAnswers struct {
	_    struct{} `cbor:",toarray"`
	List []Canned
}

var cannedRef = bot.Ref{Kind: bot.KindSetting, ID: "canned-answers"}

// Canned lists the answers by title.
func (o *Office) Canned(ctx context.Context) ([]Canned, error) {
	var all cannedAnswers
	_, err := o.read(ctx, cannedRef, &all)
	if errors.Is(err, ErrNobody) {
		return nil, nil
	}
	return all.List, err
}

// KeepCanned adds an answer, or changes the one of its ID; without texts it goes.
func (o *Office) KeepCanned(ctx context.Context, by By, c Canned) error {
	c.Title = strings.Join(strings.Fields(c.Title), " ")
	for l, text := range c.Texts {
		if c.Texts[l] = strings.TrimSpace(text); c.Texts[l] == "" {
			delete(c.Texts, l)
		}
		if utf8.RuneCountInString(text) > maxCannedText {
			return fmt.Errorf("%w: an answer of more than %d characters", ErrInvalid, maxCannedText)
		}
	}
	if c.Title == "" && len(c.Texts) > 0 || utf8.RuneCountInString(c.Title) > nameMost {
		return fmt.Errorf("%w: a title of 1 to %d characters", ErrInvalid, nameMost)
	}
	var all cannedAnswers
	version, err := o.read(ctx, cannedRef, &all)
	if err != nil && !errors.Is(err, ErrNobody) {
		return err
	}
	all.List = slices.DeleteFunc(all.List, func(old Canned) bool { return old.ID == c.ID })
	if len(c.Texts) > 0 {
		if c.ID == "" {
			c.ID = rand.Text()[:8]
		}
		all.List = append(all.List, c)
	}
	if len(all.List) > maxCanned {
		return fmt.Errorf("%w: more than %d answers", ErrInvalid, maxCanned)
	}
	slices.SortFunc(all.List, func(a, b Canned) int { return strings.Compare(a.Title+a.ID, b.Title+b.ID) })
	body, err := bot.EncodeRecord(&all)
	if err != nil {
		return err
	}
	row, err := o.row(by, Row{Act: "canned", Subject: c.ID, Words: c.Title})
	if err != nil {
		return err
	}
	return o.commit(ctx, "keep answer", bot.Turn{Expect: []bot.Expect{{Ref: cannedRef, Version: version}}, Changes: []bot.Change{{Ref: cannedRef, Body: body}}, Append: row})
}
