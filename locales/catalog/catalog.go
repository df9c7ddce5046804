// Package catalog is every sentence that Maalem itself says, one message file per
// language, which is what a translator touches.
//
// The files are monolingual gettext PO: the msgid is a key, fr.po is the source
// with the context of each key, and translation platforms read them as they are. A
// comment "#. legal" or "#. term" marks a text (see locales.Text), "#. count: {n}"
// names the placeholder that selects the plural form, the flag "max-length:20"
// bounds a label, and the flag "fuzzy" with a "# review:" comment says that a
// speaker of the language has yet to sign the translation. Fuzzy texts are shown.
// zgh-Latn.po is optional, key by key: what it holds wins over the transliteration.
//
// It knows no flow and no channel. Its invariant: Load gives every text that can be
// read, whatever is wrong with the files, and Problems says all that is wrong at once.
package catalog

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"maalem/locales"
)

//go:embed *.po
var embedded embed.FS

// source is the language whose file defines which keys there are and their marks.
const source = locales.French

// Catalog is the parsed files. It does not change after Load and is safe for many readers.
type Catalog struct {
	texts    map[string]locales.Text
	contexts map[string]string
	problems []Problem
}

// Problem is one thing wrong in a message file.
type Problem struct {
	Lang locales.Lang
	Key  string // empty when it concerns the file
	What string
	File string // its name, "ary.po"
	Line int    // from 1
}

// String is "ary.po:12: button.yes: empty".
func (p Problem) String() string {
	if p.Key == "" {
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.What)
	}
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Key, p.What)
}

var load = sync.OnceValues(func() (*Catalog, error) { return read(embedded) })

// french gives a text its no-break spaces: before : ; ? ! » and after «, so that no
// sign stands alone at the beginning of a line. Translators type plain spaces.
var french = strings.NewReplacer(" :", "\u00a0:", " ;", "\u00a0;", " ?", "\u00a0?", " !", "\u00a0!", " »", "\u00a0»", "« ", "«\u00a0")

// Load parses the embedded files, once. The error says that a file is missing or is
// no PO file, all such faults joined; the catalog is usable all the same, with what
// could be read.
func Load() (*Catalog, error) { return load() }

// Text is the text for key.
func (c *Catalog) Text(key string) (locales.Text, bool) {
	t, ok := c.texts[key]
	return t, ok
}

// Keys lists every key, sorted.
func (c *Catalog) Keys() []string { return slices.Sorted(maps.Keys(c.texts)) }

// Context is what translators are told about key: where it appears and what its placeholders are.
func (c *Catalog) Context(key string) string { return c.contexts[key] }

// Problems lists everything wrong in the files, by file and line.
func (c *Catalog) Problems() []Problem { return slices.Clone(c.problems) }

// Unsigned lists the keys whose text in lang no reviewer has signed, sorted.
func (c *Catalog) Unsigned(lang locales.Lang) []string {
	var keys []string
	for key, t := range c.texts {
		if slices.Contains(t.Review, lang) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// file is one parsed message file.
type file struct {
	lang    locales.Lang
	name    string
	entries []entry // without the header
	header  entry
}

func read(files fs.FS) (*Catalog, error) {
	c := &Catalog{texts: map[string]locales.Text{}, contexts: map[string]string{}}
	var errs []error
	var parsed []file
	for _, lang := range []locales.Lang{source, locales.Arabic, locales.Darija, locales.Tamazight, locales.TamazightLatin} {
		f := file{lang: lang, name: string(lang) + ".po"}
		src, err := fs.ReadFile(files, f.name)
		if errors.Is(err, fs.ErrNotExist) && lang == locales.TamazightLatin {
			continue
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("read catalog: %w", err))
			continue
		}
		entries, faults := parsePO(string(src))
		for _, ft := range faults {
			p := Problem{Lang: lang, Key: ft.key, What: ft.what, File: f.name, Line: ft.line}
			c.problems = append(c.problems, p)
			errs = append(errs, fmt.Errorf("read catalog: %s", p))
		}
		for _, e := range entries {
			if e.key == "" {
				f.header = e
			} else {
				f.entries = append(f.entries, e)
			}
		}
		parsed = append(parsed, f)
	}
	for _, f := range parsed {
		c.add(f)
	}
	c.problems = append(c.problems, check(parsed)...)
	slices.SortStableFunc(c.problems, func(a, b Problem) int {
		if n := strings.Compare(a.File, b.File); n != 0 {
			return n
		}
		return a.Line - b.Line
	})
	return c, errors.Join(errs...)
}

// add puts the translations of one file into the texts. The source's file comes first
// and gives each text its marks; its last entry for a key wins nothing, the first stays.
func (c *Catalog) add(f file) {
	for _, e := range f.entries {
		t, ok := c.texts[e.key]
		if !ok {
			t = locales.Text{Key: e.key, Forms: map[locales.Lang][]string{}}
		}
		if _, twice := t.Forms[f.lang]; twice {
			continue
		}
		if f.lang == source {
			_, t.Legal = e.note("legal")
			_, t.Term = e.note("term")
			t.Count = counts(e)
			c.contexts[e.key], _ = e.note("context")
		}
		if slices.ContainsFunc(e.forms, func(s string) bool { return s != "" }) {
			t.Forms[f.lang] = e.forms
			if f.lang == locales.French {
				for i := range e.forms {
					e.forms[i] = french.Replace(e.forms[i])
				}
			}
			if e.flag("fuzzy") {
				t.Review = append(t.Review, f.lang)
			}
		}
		c.texts[e.key] = t
	}
}

// counts is the placeholder that a counted entry counts by, without braces.
func counts(e entry) string {
	value, _ := e.note("count")
	return strings.Trim(value, "{}")
}
