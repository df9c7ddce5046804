package expr

import (
	"fmt"
	"reflect"
	"testing"
)

// form is the questions that checks know; "unknown" is one of unknown kind.
func form(name string) (Kind, bool) {
	kind, ok := map[string]Kind{"age": Number, "name": String, "crafts": String, "born": Date, "yes": Bool, "unknown": Empty}[name]
	return kind, ok
}

func withSelf(kind Kind) func(string) (Kind, bool) {
	return func(name string) (Kind, bool) {
		if name == "." {
			return kind, true
		}
		return form(name)
	}
}

func TestCheckFinds(t *testing.T) {
	for src, want := range map[string][]string{
		"${age} > 'x'":                         {"needs-number@9"},
		"'x' < ${age}":                         {"needs-number@0"},
		"${age} = 'x'":                         {"needs-number@9"},
		"${age} > '2026-01-01'":                {"needs-number@9"},
		"${nobody} > 3 or ${no} = ${nobody}":   {"unknown-field@0", "unknown-field@17", "unknown-field@25"},
		"jr:choice-name(${name}, '${nobody}')": {"unknown-field@0"},
		". > 3":                                {"no-self@0"},
		"string-length() > 3":                  {"no-self@0"},
		"${born} > 18":                         {"needs-date@10"},
		"${born} = 'hier'":                     {"needs-date@10"},
		"date('2026-02-30')":                   {"needs-date@5"},
		"format-date(${yes}, '%Y')":            {"needs-date@12"},
		"${name} > 'b'":                        {"needs-number@10"},
		"${unknown} > 'b'":                     {"needs-number@13"},
		"'a' + ${age} * 'b'":                   {"needs-number@0", "needs-number@15"},
		"-'a'":                                 {"needs-number@1"},
		"round('a')":                           {"needs-number@6"},
		"selected(${age}, 'x')":                {"needs-choice@9"},
		"count-selected(${born}) > 1":          {"needs-choice@15"},
		"selected(${crafts}, 'a b')":           {"needs-choice@20"},
		"selected(${crafts}, 'a') > 1":         {"needs-number@0"},
		"selected(${crafts}, 'a') = 'yes'":     {"needs-truth@27"},
		"${age} > 3 = 'yes'":                   {"needs-truth@13"},
		"1 = 1 = 'yes'":                        {"needs-truth@8"},
		"if(${age} > 'x', ${nobody}, 1) = 'y'": {"needs-number@12", "unknown-field@17"},
		"if(${yes}, 1, '') + 1 = 'y'":          {"needs-number@24"},
		"if(${yes}, 1, '') = 'y'":              {"needs-number@20"},
		"coalesce(${born}, today()) > 5":       {"needs-date@29"},
		"not(concat(${nobody}, 'a') = '') and 'z' = ${age}": {"unknown-field@11", "needs-number@37"},
	} {
		var got []string
		for _, e := range mustParse(t, src).Check(form) {
			got = append(got, fmt.Sprintf("%s@%d", e.Code, e.Offset))
			if e.What == "" || e.Fix == "" {
				t.Errorf("%s: incomplete %+v", src, e)
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", src, got, want)
		}
	}
}

func TestCheckAccepts(t *testing.T) {
	for _, src := range []string{
		"${age} >= 18 and selected(${crafts}, 'tisserand')", "${age} = ''", "${age} != '18'", "${age} > '18'",
		"${born} <= today() - 365 * 18", "${born} > '2000-01-01'", "'2000-01-01' < ${unknown}", "${born} = ''",
		"(today() - ${born}) div 365.25 >= 18", "${name} > 3", "${name} + 1", "${yes} = 'true'", "${yes} = 1",
		"selected(${crafts}, 'a') + selected(${crafts}, 'b') > 1", "regex(${age}, '[0-9]+')", "selected(${unknown}, 'x')",
		"if(${yes}, 'a', 1) > 3", "count-selected(${crafts}) <= 3", "max(${age}, '3') > 2", "concat(${born}, ${yes})",
		"selected('a b', ${name})", "${unknown} > 5", "format-date(today() + 1, '%d')",
	} {
		if errs := mustParse(t, src).Check(form); len(errs) > 0 {
			t.Errorf("%s: %v", src, errs)
		}
	}
	if errs := mustParse(t, ". > 3 and string-length() < 5").Check(withSelf(Number)); len(errs) > 0 {
		t.Error(errs)
	}
	if errs := mustParse(t, ". > 'x'").Check(withSelf(Number)); len(errs) != 1 {
		t.Error(errs)
	}
}

func TestKind(t *testing.T) {
	for src, want := range map[string]Kind{
		"1 + 1": Number, "-${age}": Number, "${age} > 1": Bool, "1 and 2": Bool, "'a'": String, "today()": Date,
		"today() + 1": Number, "${born}": Date, "if(1, 'a', '')": String, "if(1, 'a', 2)": Empty, "coalesce(${age}, 0)": Number,
		"coalesce(${unknown}, 0)": Empty, "date(today() + 7)": Date, "concat(1, 2)": String, ".": Bool, "if(1, '', '')": Empty,
	} {
		if got := mustParse(t, src).Kind(withSelf(Bool)); got != want {
			t.Errorf("%s: kind %d, want %d", src, got, want)
		}
	}
}
