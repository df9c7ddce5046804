package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"maalem/locales"
)

// The characters that a label may have: WhatsApp's reply button and list row titles,
// the shortest of our channels. Pictograms count.
const (
	buttonLength = 20
	rowLength    = 24
)

// pluralHeader is the Plural-Forms line of each file, which tells translation
// platforms the rules that locales.PluralOf applies.
var pluralHeader = map[locales.Lang]string{
	locales.French:         "nplurals=2; plural=(n >= 2);",
	locales.Tamazight:      "nplurals=2; plural=(n != 1);",
	locales.TamazightLatin: "nplurals=2; plural=(n != 1);",
	locales.Darija:         "nplurals=4; plural=(n == 1 ? 0 : n == 2 ? 1 : n%100 >= 3 && n%100 <= 10 ? 2 : 3);",
	locales.Arabic:         "nplurals=6; plural=(n == 0 ? 0 : n == 1 ? 1 : n == 2 ? 2 : n%100 >= 3 && n%100 <= 10 ? 3 : n%100 >= 11 && n%100 <= 99 ? 4 : 5);",
}

// check finds what is wrong with the files beside their syntax.
func check(files []file) []Problem {
	c := checker{}
	for _, f := range files {
		if f.lang == source {
			c.source = map[string]entry{}
			for _, e := range f.entries {
				c.source[e.key] = e
			}
		}
	}
	for _, f := range files {
		c.file(f)
	}
	return c.problems
}

type checker struct {
	source   map[string]entry
	now      file
	entry    entry
	problems []Problem
}

func (c *checker) say(format string, args ...any) {
	c.problems = append(c.problems, Problem{
		Lang: c.now.lang, Key: c.entry.key, What: fmt.Sprintf(format, args...), File: c.now.name, Line: c.entry.line,
	})
}

func (c *checker) file(f file) {
	c.now, c.entry = f, entry{line: 1}
	if want := pluralHeader[f.lang]; len(f.header.forms) == 0 || !strings.Contains(f.header.forms[0], "Plural-Forms: "+want+"\n") {
		c.say("the header must say Plural-Forms: %s", want)
	}
	seen := map[string]bool{}
	for _, e := range f.entries {
		c.entry = e
		if seen[e.key] {
			c.say("written twice")
			continue
		}
		seen[e.key] = true
		c.message(e)
	}
	if f.lang == locales.TamazightLatin {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(c.source)) {
		if !seen[key] {
			c.entry = entry{key: key, line: 1}
			c.say("missing translation")
		}
	}
}

func (c *checker) message(e entry) {
	src, known := c.source[e.key]
	if !known {
		c.say("no such key in %s.po", source)
		return
	}
	if e.counted != src.counted {
		c.say("counted in one of %s.po and this file only", source)
	}
	names := []string{""}
	if src.counted {
		names = names[:0]
		for _, f := range locales.PluralForms(c.now.lang) {
			names = append(names, string(f))
		}
		if len(e.forms) != len(names) {
			c.say("has %d plural forms, needs %d: %s", len(e.forms), len(names), strings.Join(names, ", "))
		}
		if counts(src) == "" && c.now.lang == source {
			c.say(`counted, without a "#. count: {n}" comment`)
		}
	}
	if e.flag("fuzzy") && !slices.ContainsFunc(e.remarks, func(r string) bool { return strings.HasPrefix(r, "review:") }) {
		c.say(`fuzzy without a "# review:" comment that says why`)
	}
	for i, form := range e.forms {
		name := ""
		if i < len(names) {
			name = names[i]
		}
		c.form(src, name, form)
	}
}

// form checks one form; name is its plural form or "".
func (c *checker) form(src entry, name, form string) {
	if strings.TrimSpace(form) == "" {
		c.say("empty%s", in(name))
		return
	}
	if form != strings.TrimSpace(form) {
		c.say("begins or ends with space%s", in(name))
	}
	c.placeholders(src, name, form)
	if limit := labelLimit(src); limit > 0 && letters(form) > limit {
		c.say("label of %d characters, at most %d", letters(form), limit)
	}
	c.script(form)
}

// placeholders compares with those of the source. The words for none, one and two
// may say the number themselves.
func (c *checker) placeholders(src entry, name, form string) {
	noted, _ := src.note("placeholders")
	want := locales.Placeholders(noted)
	got := locales.Placeholders(form)
	slices.Sort(want)
	slices.Sort(got)
	if count := counts(src); count != "" && (name == "zero" || name == "one" || name == "two") {
		drop := func(n string) bool { return n == count }
		want, got = slices.DeleteFunc(want, drop), slices.DeleteFunc(got, drop)
	}
	if !slices.Equal(want, got) {
		c.say("placeholders%s are %s, should be %s", in(name), braces(got), braces(want))
	}
}

// script finds characters that do not belong into a translation.
func (c *checker) script(form string) {
	if !norm.NFC.IsNormalString(form) {
		c.say("not in Unicode's composed form (NFC)")
	}
	for line := range strings.SplitSeq(form, "\n") {
		c.line(line)
	}
}

// line checks the characters of one line, which has a direction, and so a
// punctuation, of its own.
func (c *checker) line(line string) {
	runes := []rune(line)
	arabic := c.now.lang.RTL() && locales.FirstStrong(line) != locales.LeftToRight
	for i, r := range runes {
		switch {
		case r >= 0x2d30 && r <= 0x2d7f && !locales.IRCAM(r):
			c.say("%q (%U) is not a letter of IRCAM's alphabet", r, r)
		case r >= 0xfb50 && r <= 0xfdff || r >= 0xfe70 && r <= 0xfeff:
			c.say("presentation form %U, write the plain letter", r)
		case locales.StripBidi(string(r)) == "":
			c.say("direction mark %U; Maalem adds them itself", r)
		case r >= '٠' && r <= '٩' || r >= '۰' && r <= '۹':
			c.say("%q is not a Western digit", r)
		case arabic && (r == '?' || r == ';' || r == ',' && !between(runes, i)):
			c.say("%q in Arabic script", r)
		case !c.now.lang.RTL() && strings.ContainsRune("؟،؛", r):
			c.say("%q outside Arabic script", r)
		case c.now.lang == locales.Darija && (r == 'ݣ' || r == 'ڭ'):
			c.say("%q is missing from older phones, gaf is written گ", r)
		}
	}
}

// between reports whether the comma at i stands between digits: 1,5.
func between(s []rune, i int) bool {
	return i > 0 && i+1 < len(s) && unicode.IsDigit(s[i-1]) && unicode.IsDigit(s[i+1])
}

// labelLimit is how many characters a key's text may have; 0 is no limit. Buttons and
// menu rows have one by their name, unless "#. sentence" says that this is message text.
func labelLimit(src entry) int {
	for _, f := range src.flags {
		if n, ok := strings.CutPrefix(f, "max-length:"); ok {
			limit, _ := strconv.Atoi(n)
			return limit
		}
	}
	if _, sentence := src.note("sentence"); sentence {
		return 0
	}
	switch {
	case strings.HasPrefix(src.key, "button."):
		return buttonLength
	case strings.HasPrefix(src.key, "menu."):
		return rowLength
	}
	return 0
}

// letters counts what a reader sees as characters: without combining marks and
// variation selectors, and what a joiner binds as one.
func letters(s string) (n int) {
	joined := false
	for _, r := range s {
		switch {
		case r == 0x200d:
			joined = true
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case joined:
			joined = false
		default:
			n++
		}
	}
	return n
}

func in(form string) string {
	if form == "" {
		return ""
	}
	return " in the form " + form
}

func braces(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return "{" + strings.Join(names, "} {") + "}"
}
