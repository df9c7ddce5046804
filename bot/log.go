package bot

import (
	"fmt"
	"strings"
	"unicode"

	"maalem/locales"
)

// Misunderstood is a row of LogMisunderstood: numbers and names are masked, and it
// belongs to nobody.
type Misunderstood struct {
	_     struct{} `cbor:",toarray"`
	Where string   // the flow and state, "register/craft"
	Lang  locales.Lang
	Text  string
}

// Quarantined is a row of LogQuarantine: a message that failed three times, raw.
type Quarantined struct {
	_                     struct{} `cbor:",toarray"`
	Key, Text, Press, Why string
}

// Describe says a row of a log in one line for an operator. What was put aside is
// shown raw: it is personal data, and the reason to look at it.
func (l LogLine) Describe(log string) (string, error) {
	switch log {
	case LogMisunderstood:
		var m Misunderstood
		err := decode(l.Body, &m)
		return fmt.Sprintf("%s\t%s\t%s", m.Where, m.Lang, oneLine(m.Text)), err
	case LogQuarantine:
		var q Quarantined
		err := decode(l.Body, &q)
		return fmt.Sprintf("%q\t%q\t%s", q.Text, q.Press, oneLine(q.Why)), err
	case LogDropped:
		return "dropped", nil
	}
	return "", fmt.Errorf("no log %q", log)
}

// oneLine shows a text in one line of a terminal: what would begin another row, move
// the cursor or turn the line round is left out. The letters stay to be read, joiners
// between them too.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, text)
}
