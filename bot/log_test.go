package bot

import (
	"strings"
	"testing"
	"unicode"
)

// What people typed stays in its row of a log and steers no terminal.
func TestLogRowsAreLines(t *testing.T) {
	planted := "craft\n2026-01-01 00:00:00\tregister/name\x1b[2J\u009b31m\u202e\u2028نور"
	for log, row := range map[string]any{
		LogMisunderstood: &Misunderstood{Where: "register/craft", Lang: "ary", Text: planted},
		LogQuarantine:    &Quarantined{Text: planted, Press: planted, Why: planted},
	} {
		body, err := encode(row)
		if err != nil {
			t.Fatal(err)
		}
		got, err := LogLine{Body: body}.Describe(log)
		if err != nil || !strings.Contains(got, "نور") {
			t.Errorf("%s: %q, %v", log, got, err)
		}
		if strings.Count(got, "\t") != 2 || strings.ContainsFunc(got, func(r rune) bool {
			return r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028'
		}) {
			t.Errorf("%s shows %q", log, got)
		}
	}
}
