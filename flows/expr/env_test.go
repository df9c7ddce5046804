package expr

import (
	"strings"
	"testing"
	"time"
)

// answers is an Env over a map; "." is the answer named ".".
type answers map[string]Value

// noon is the moment of all tests: 21 March 2026, 09:30 in a zone one hour ahead of UTC.
var noon = time.Date(2026, 3, 21, 9, 30, 0, 0, time.FixedZone("", 3600))

func (a answers) Field(name string) Value { return a[name] }
func (a answers) Self() Value             { return a["."] }
func (a answers) Today() Value            { return Day(noon.Date()) }
func (a answers) Now() time.Time          { return noon }
func (a answers) ChoiceName(field, value string) string {
	return map[string]string{"craft/zellige": "الزليج", "craft/zarbiya": "ⵜⴰⵣⵔⴱⵉⵜ"}[field+"/"+value]
}

// row is a Row: the answers, and the columns of one choice.
type row struct {
	answers
	columns map[string]Value
}

func (r row) Column(name string) Value { return r.columns[name] }

func person() answers {
	return answers{
		".":      Str("tiznit"),
		"age":    Num(34),
		"name":   Str("Fadma"),
		"crafts": Str("tisserand potier"),
		"craft":  Str("zellige"),
		"code":   Str("0612"),
		"born":   Day(1992, 2, 29),
		"yes":    Truth(true),
		"empty":  {},
		"ar":     Str("الزّرابي"),
		"tfng":   Str("ⵜⵉⵣⵏⵉⵜ"),
		"met":    Moment(noon),
		"price":  Num(12.5),
		"stored": Str("false"),
		"q.a-b":  Num(7),
		"longue": Str("12345678901234567890"),
	}
}

func mustParse(t testing.TB, src string) *Program {
	t.Helper()
	p, err := Parse(src)
	if err != nil {
		t.Fatalf("Parse(%q): %v", src, err)
	}
	return p
}

// table runs lines "expression => text of its result" on person().
func table(t *testing.T, lines string) {
	t.Helper()
	for line := range strings.Lines(strings.TrimSpace(lines)) {
		src, want, ok := strings.Cut(strings.TrimSpace(line), "=>")
		if !ok {
			t.Fatalf("no => in %q", line)
		}
		src, want = strings.TrimSpace(src), strings.TrimSpace(want)
		if got := mustParse(t, src).Eval(person()).String(); got != want {
			t.Errorf("%s = %q, want %q", src, got, want)
		}
	}
}
