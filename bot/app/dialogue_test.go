package app

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"maalem/bot"
	"maalem/locales"
)

var update = flag.Bool("update", false, "write the golden dialogues anew")

// The golden dialogues: each file is a chat, "> " what a person does and "< " what
// they get, run on the real engine; every record is marshalled between turns. "#lang
// fr" begins in a language; other lines with # are remarks.
func TestDialogues(t *testing.T) {
	c, err := loadContent()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/conversations/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dialogues (%v)", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := dialogue(t, c, string(want), false)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			compare(t, string(want), got)
			// A new process after every line changes nothing.
			compare(t, string(want), dialogue(t, c, string(want), true))
		})
	}
}

// Every built-in flow has a dialogue in each of the four languages that goes
// through it.
func TestEveryFlowIsTalkedThrough(t *testing.T) {
	c, err := loadContent()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range c.flows {
		for _, l := range locales.All() {
			file := fmt.Sprintf("testdata/conversations/%s.%s.txt", f.ID(), l)
			if _, err := os.Stat(file); err != nil {
				t.Errorf("flow %s has no dialogue in %s: %v", f.ID(), l, err)
			}
		}
	}
}

// dialogue runs the lines of a person and gives the whole chat.
func dialogue(t *testing.T, c *content, script string, restarts bool) string {
	t.Helper()
	var out bytes.Buffer
	// Every question of registering is recorded in French and Darija, so that the
	// dialogues of people who listen can be read.
	spoken := recordings{}
	for _, slot := range c.slots() {
		if strings.HasPrefix(slot, "register/") && strings.Contains(script, "🔊") {
			for _, l := range []locales.Lang{locales.French, locales.Darija} {
				spoken[string(l)+"/"+slot] = bot.Media{Kind: bot.MediaVoice, Hash: slot, Name: slot}
			}
		}
	}
	s, err := newSimulator(c, spoken, &out)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(script, "\n") {
		text, says := strings.CutPrefix(line, "> ")
		lang, begins := strings.CutPrefix(line, "#lang ")
		switch {
		case begins:
			fmt.Fprintln(&out, line)
			err = s.speak(t.Context(), locales.Lang(strings.TrimSpace(lang)))
		case strings.HasPrefix(line, "#"):
			fmt.Fprintln(&out, line)
		case says:
			if restarts {
				if err := s.restart(); err != nil {
					t.Fatal(err)
				}
			}
			err = s.line(t.Context(), text)
		}
		if err != nil {
			t.Fatalf("%q: %v\n%s", line, err, out.String())
		}
	}
	return out.String()
}

// compare shows the first line that differs with what stands around it.
func compare(t *testing.T, want, got string) {
	t.Helper()
	if want == got {
		return
	}
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		if i < len(w) && i < len(g) && w[i] == g[i] {
			continue
		}
		from := max(0, i-4)
		t.Errorf("line %d differs; if it is meant: go test ./bot/app -run Dialogues -update\nwant:\n%s\n\ngot:\n%s", i+1,
			strings.Join(w[min(from, len(w)):min(len(w), i+3)], "\n"), strings.Join(g[min(from, len(g)):min(len(g), i+3)], "\n"))
		return
	}
}
