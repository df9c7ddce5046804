package catalog

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"maalem/locales"
)

// good is a catalog of a few entries without a problem; tests break one thing of it.
func good() map[string]string {
	head := func(lang locales.Lang) string {
		return "msgid \"\"\nmsgstr \"\"\n\"Language: " + string(lang) + "\\n\"\n\"Plural-Forms: " + pluralHeader[lang] + "\\n\"\n\n"
	}
	return map[string]string{
		"fr.po": head("fr") + `#. context: Greets.
#. placeholders: {name}
msgid "hello"
msgstr "Bonjour {name}"

#. context: Agrees.
msgid "button.yes"
msgstr "Oui"

#. context: A row.
msgid "menu.row"
msgstr "Les formations"

#. context: Title.
#. sentence
msgid "menu.title"
msgstr "Que voulez-vous faire aujourd'hui, dites-moi ?"

#. context: A field.
#, max-length:5
msgid "field"
msgstr "Nom"

#. context: Seats.
#. placeholders: {n} {title}
#. count: {n}
msgid "seats"
msgid_plural "seats"
msgstr[0] "{title} : {n} place"
msgstr[1] "{title} : {n} places"
`,
		"ar.po": head("ar") + `msgid "hello"
msgstr "مرحبا {name}"

msgid "button.yes"
msgstr "نعم"

msgid "menu.row"
msgstr "التكوينات"

msgid "menu.title"
msgstr "ماذا تريدون أن تفعلوا اليوم؟"

msgid "field"
msgstr "اسم"

msgid "seats"
msgid_plural "seats"
msgstr[0] "{title}: لا مقاعد"
msgstr[1] "{title}: مقعد واحد"
msgstr[2] "{title}: مقعدان"
msgstr[3] "{title}: {n} مقاعد"
msgstr[4] "{title}: {n} مقعدا"
msgstr[5] "{title}: {n} مقعد"
`,
		"ary.po": head("ary") + `msgid "hello"
msgstr "السلام {name}"

msgid "button.yes"
msgstr "آه"

msgid "menu.row"
msgstr "التكوينات"

msgid "menu.title"
msgstr "شنو نديرو اليوم؟"

msgid "field"
msgstr "سمية"

msgid "seats"
msgid_plural "seats"
msgstr[0] "{title}: بلاصة"
msgstr[1] "{title}: جوج"
msgstr[2] "{title}: {n} بلايص"
msgstr[3] "{title}: {n} بلاصة"
`,
		"zgh.po": head("zgh") + `# review: medium confidence
#, fuzzy
msgid "hello"
msgstr "ⴰⵣⵓⵍ {name}"

msgid "button.yes"
msgstr "ⵢⴰⵀ"

msgid "menu.row"
msgstr "ⵉⵙⵎⵓⵜⵜⴳⵏ"

msgid "menu.title"
msgstr "ⵎⴰⵢⴷ ⵜⵔⴰⵎ?"

msgid "field"
msgstr "ⵉⵙⵎ"

msgid "seats"
msgid_plural "seats"
msgstr[0] "{title}: {n} ⵓⴷⵖⴰⵔ"
msgstr[1] "{title}: {n} ⵉⴷⵖⴰⵔⵏ"
`,
		"zgh-Latn.po": head("zgh-Latn") + "msgid \"button.yes\"\nmsgstr \"Yah\"\n",
	}
}

func readAll(files map[string]string) (*Catalog, error) {
	fs := fstest.MapFS{}
	for name, src := range files {
		fs[name] = &fstest.MapFile{Data: []byte(src)}
	}
	return read(fs)
}

func TestGoodCatalogHasNoProblem(t *testing.T) {
	c, err := readAll(good())
	if err != nil || len(c.Problems()) > 0 {
		t.Fatal(err, c.Problems())
	}
	seats, _ := c.Text("seats")
	if seats.Count != "n" || len(seats.Forms[locales.Arabic]) != 6 {
		t.Errorf("%+v", seats)
	}
	if yes, _ := c.Text("button.yes"); yes.Label(locales.TamazightLatin) != "Yah" {
		t.Error("the Latin text that a translator wrote does not win")
	}
	if hello, _ := c.Text("hello"); !slices.Equal(hello.Review, []locales.Lang{locales.Tamazight}) {
		t.Errorf("review: %v", hello.Review)
	}
	files := good()
	delete(files, "zgh-Latn.po")
	if c, err := readAll(files); err != nil || len(c.Problems()) > 0 {
		t.Error("the Latin file is not optional:", err, c.Problems())
	}
}

// Each kind of mistake, planted once, is found once, in its place.
func TestProblems(t *testing.T) {
	for _, c := range []struct {
		what, file, old, new string
		key, problem         string
	}{
		{"a missing translation", "ary.po", "msgid \"hello\"\nmsgstr \"السلام {name}\"\n", "", "hello", "missing translation"},
		{"a key that French lacks", "ar.po", `msgid "field"`, "msgid \"stray\"\nmsgstr \"x\"\n\nmsgid \"field\"", "stray", "no such key"},
		{"a renamed placeholder", "ar.po", "مرحبا {name}", "مرحبا {nom}", "hello", "placeholders are {nom}, should be {name}"},
		{"a lost placeholder in a form", "ary.po", "{title}: جوج", "جوج", "seats", "placeholders in the form two"},
		{"a lost count", "zgh.po", "{title}: {n} ⵉⴷⵖⴰⵔⵏ", "{title}: ⵉⴷⵖⴰⵔⵏ", "seats", "placeholders in the form other"},
		{"an undocumented placeholder", "fr.po", "#. placeholders: {name}\n", "", "hello", "should be none"},
		{"a missing plural form", "ary.po", "msgstr[3] \"{title}: {n} بلاصة\"\n", "", "seats", "has 3 plural forms, needs 4"},
		{"an empty plural form", "ary.po", "{title}: {n} بلاصة", "", "seats", "empty in the form other"},
		{"an empty text", "zgh.po", "ⵢⴰⵀ", "", "button.yes", "empty"},
		{"an uncounted translation", "zgh.po", "msgid_plural \"seats\"\nmsgstr[0] \"{title}: {n} ⵓⴷⵖⴰⵔ\"\nmsgstr[1]", "msgstr", "seats", "counted in one"},
		{"a count without its name", "fr.po", "#. count: {n}\n", "", "seats", `counted, without`},
		{"a long button", "fr.po", `"Oui"`, `"Oui, mais pas trop vite"`, "button.yes", "label of 23 characters, at most 20"},
		{"a long row", "ar.po", `"التكوينات"`, `"التكوينات والمعارض والأسواق"`, "menu.row", "at most 24"},
		{"a long field", "ary.po", `"سمية"`, `"السمية"`, "field", "label of 6 characters, at most 5"},
		{"a Tuareg letter", "zgh.po", "ⴰⵣⵓⵍ", "ⴰⴵⵓⵍ", "hello", "not a letter of IRCAM's alphabet"},
		{"a presentation form", "ar.po", "نعم", "ﻧﻌﻢ", "button.yes", "presentation form U+FEE7"},
		{"a direction mark", "ar.po", "نعم", "\u200fنعم", "button.yes", "direction mark U+200F"},
		{"an isolate", "fr.po", "{name}\"\n\n", "\u2068{name}\u2069\"\n\n", "hello", "direction mark U+2068"},
		{"a Latin question mark", "ary.po", "اليوم؟", "اليوم?", "menu.title", "'?' in Arabic script"},
		{"a Latin comma", "ar.po", "مرحبا {name}", "مرحبا, {name}", "hello", "',' in Arabic script"},
		{"an Arabic comma in French", "fr.po", "Bonjour {name}", "Bonjour، {name}", "hello", "outside Arabic script"},
		{"an Arabic-Indic digit", "ar.po", "نعم", "نعم ٣", "button.yes", "not a Western digit"},
		{"a gaf of another kind", "ary.po", "آه", "ݣاه", "button.yes", "gaf is written گ"},
		{"decomposed letters", "fr.po", "Les formations", "Les me\u0301tiers", "menu.row", "composed form"},
		{"space at the end", "fr.po", `"Oui"`, `"Oui "`, "button.yes", "begins or ends with space"},
		{"fuzzy without why", "zgh.po", "# review: medium confidence\n", "", "hello", "fuzzy without"},
		{"a key twice", "fr.po", `msgid "field"`, `msgid "hello"`, "hello", "written twice"},
		{"another plural rule", "zgh.po", "(n != 1)", "(n > 1)", "", "the header must say"},
		{"a stray string", "fr.po", "#. context: Agrees.", `"lost"`, "hello", "belongs to nothing"},
		{"an open string", "ar.po", `"نعم"`, `"نعم`, "button.yes", "without both its quotes"},
		{"a quote inside", "fr.po", `"Oui"`, `"O"ui"`, "button.yes", "a quote inside"},
		{"an unknown escape", "fr.po", `"Oui"`, `"O\ui"`, "button.yes", "unknown escape"},
		{"an unknown word", "fr.po", `msgstr "Oui"`, `msgstring "Oui"`, "button.yes", "unknown word"},
		{"a key without text", "fr.po", "msgstr \"Oui\"\n", "", "button.yes", "msgid without msgstr"},
		{"forms out of order", "zgh.po", "msgstr[0]", "msgstr[5]", "seats", "out of order"},
	} {
		t.Run(c.what, func(t *testing.T) {
			files := good()
			before := files[c.file]
			files[c.file] = strings.Replace(before, c.old, c.new, 1)
			if files[c.file] == before {
				t.Fatal("nothing was planted")
			}
			cat, _ := readAll(files)
			found := slices.ContainsFunc(cat.Problems(), func(p Problem) bool {
				return p.File == c.file && p.Key == c.key && strings.Contains(p.What, c.problem) && p.Line > 0 &&
					string(p.Lang)+".po" == c.file
			})
			if !found {
				t.Errorf("not found; problems: %v", cat.Problems())
			}
		})
	}
}

func TestProblemLine(t *testing.T) {
	files := good()
	files["ar.po"] = strings.Replace(files["ar.po"], "نعم", "نعم?", 1)
	line := 1 + strings.Count(files["ar.po"][:strings.Index(files["ar.po"], `msgid "button.yes"`)], "\n")
	c, err := readAll(files)
	if err != nil {
		t.Fatal(err)
	}
	if ps := c.Problems(); len(ps) != 1 || ps[0].Line != line || !strings.HasPrefix(ps[0].String(), "ar.po:9: button.yes: ") {
		t.Errorf("line %d: %v", line, ps)
	}
}

func TestLoadSaysWhichFileIsMissingAndGivesTheRest(t *testing.T) {
	files := good()
	delete(files, "ar.po")
	c, err := readAll(files)
	if err == nil || !strings.Contains(err.Error(), "ar.po") {
		t.Error(err)
	}
	if hello, _ := c.Text("hello"); !hello.Has(locales.French) || hello.Has(locales.Arabic) {
		t.Errorf("%+v", hello)
	}
}

func TestLetters(t *testing.T) {
	for s, want := range map[string]int{"": 0, "Oui": 3, "⚠️ a": 3, "🔊 سمع": 5, "👩‍🎨": 1, "e\u0301": 1, "ⴽⵯ": 2} {
		if got := letters(s); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
	}
}

// A file as translation platforms write it: wrapped strings, references, previous
// texts, obsolete entries, Windows line ends, a byte order mark.
func TestParsePO(t *testing.T) {
	src := "\ufeff# Translators\nmsgid \"\"\nmsgstr \"\"\n\"Language: fr\\n\"\n\n" +
		"# a remark\n#\n#. context: Said first.\n#: flow.yaml:3\n#, fuzzy, max-length:20\n#| msgid \"old\"\n" +
		"msgid \"a\"\nmsgstr \"\"\n\"one \\\"two\\\"\\n\"\n\"\\tthree \\\\\"\n" +
		"msgid \"b\"\nmsgid_plural \"b\"\nmsgstr[0] \"x\"\nmsgstr[1] \"y\"\n\n#~ msgid \"gone\"\n#~ msgstr \"gone\"\n# the end\n"
	for _, s := range []string{src, strings.ReplaceAll(src, "\n", "\r\n")} {
		entries, faults := parsePO(s)
		if len(faults) > 0 || len(entries) != 3 {
			t.Fatalf("%d entries, faults %v", len(entries), faults)
		}
		a, b := entries[1], entries[2]
		if a.key != "a" || a.forms[0] != "one \"two\"\n\tthree \\" || !a.flag("fuzzy") || !a.flag("max-length:20") || a.line != 12 {
			t.Errorf("%+v", a)
		}
		if context, ok := a.note("context"); !ok || context != "Said first." || !slices.Contains(a.remarks, "a remark") {
			t.Errorf("%+v", a)
		}
		if !b.counted || !slices.Equal(b.forms, []string{"x", "y"}) || len(b.flags) != 0 {
			t.Errorf("%+v", b)
		}
	}
}

func FuzzParsePO(f *testing.F) {
	for _, name := range slices.Sorted(maps.Keys(good())) {
		f.Add(good()[name])
	}
	f.Add("msgstr[9] \"\nmsgid_plural\n\"\"")
	f.Fuzz(func(t *testing.T, src string) {
		files := good()
		files["ary.po"] = src
		c, _ := readAll(files)
		if hello, ok := c.Text("hello"); !ok || !hello.Has(locales.French) {
			t.Fatal("a broken file took another one's texts")
		}
		lines := 1 + strings.Count(src, "\n")
		for _, p := range c.Problems() {
			if p.File == "ary.po" && (p.Line < 1 || p.Line > lines) {
				t.Fatalf("no such line: %v", p)
			}
		}
	})
}
