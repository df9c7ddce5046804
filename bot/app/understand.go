package app

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"maalem/flows"
	"maalem/flows/understand"
	"maalem/locales"
)

// maxLine bounds a line on standard input, in bytes.
const maxLine = 1 << 20

// reading is what `maalem understand` prints: what a text is about and, with a state,
// what it answers there.
type reading struct {
	understand.Result
	Answer *flows.Reading `json:"answer,omitempty"`
}

// read prints what the assistant makes of a text, or of each line of the input.
func read(cmd readCmd) error {
	c, err := loadContent()
	if err != nil {
		return err
	}
	lang := locales.Lang(cmd.Lang)
	if cmd.Lang != "" && !lang.Valid() {
		return exitCode{2, fmt.Errorf("no language %q", cmd.Lang)}
	}
	answer := func(string) (*flows.Reading, error) { return nil, nil }
	if cmd.State != "" {
		if answer, err = c.answers(cmd.State, lang); err != nil {
			return exitCode{2, err}
		}
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	one := func(text string) error {
		a, err := answer(text)
		if err != nil {
			return err
		}
		return out.Encode(reading{c.reader.Understand(text, lang), a})
	}
	if cmd.Text != "-" {
		return one(cmd.Text)
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		if err := one(lines.Text()); err != nil {
			return err
		}
	}
	return lines.Err()
}

// answers reads texts as answers to the question "FLOW/STATE".
func (c *content) answers(state string, lang locales.Lang) (func(text string) (*flows.Reading, error), error) {
	id, question, _ := strings.Cut(state, "/")
	i := slices.IndexFunc(c.flows, func(f *flows.Flow) bool { return f.ID() == id })
	if i < 0 {
		return nil, fmt.Errorf("no flow %q", id)
	}
	if lang == "" {
		lang = locales.French
	}
	env := flows.Env{Lang: lang, Now: time.Now(), Reader: c.reader, Show: c.show,
		Known:  func(string) (string, bool) { return "", false },
		Effect: func(string, map[string]string, *flows.Run) ([]flows.Answer, error) { return nil, nil }}
	if _, err := c.flows[i].Read(question, "", env); err != nil {
		return nil, err
	}
	return func(text string) (*flows.Reading, error) { return c.flows[i].Read(question, text, env) }, nil
}
