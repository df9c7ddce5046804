package webchat

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"maalem/locales"
)

// Words are the names of the strings around the conversation; Config.Strings
// gives them.
func Words() []string {
	return []string{
		"web.title", "web.placeholder", "web.send", "web.attach", "web.record", "web.stop_recording",
		"web.offline", "web.reconnecting", "web.forget", "web.forget_confirm", "web.forgotten", "web.listen",
		"web.typing", "web.you", "web.maalem", "web.new_messages", "web.too_big", "web.menu", "web.language",
		"web.jump_to_question", "web.microphone_denied", "web.install_hint",
		// One sentence of what Maalem is, and what the home page's links say.
		"web.lead", "web.start", "web.continue", "web.telegram",
		// That nobody answers for the data yet.
		"web.unofficial",
		// A message that waits for the line; giving up a recording; looking again without scripts.
		"web.not_sent", "web.cancel", "web.refresh",
		// What a kept file is, said by a screen reader.
		"web.photo", "web.voice", "web.file",
		// Error pages.
		"web.not_found", "web.busy", "web.went_wrong",
	}
}

// words holds every string in every view, and once more for a person whose
// language is not known yet, under the empty language.
type words map[locales.Lang]map[string]string

// neutral lists the languages that neutral strings are joined from, shortest
// list that everybody finds themselves in: who reads Arabic reads Darija.
var neutral = []locales.Lang{locales.Darija, locales.French, locales.Tamazight}

func newWords(strs func(locales.Lang) map[string]string) words {
	all := words{}
	french := strs(locales.French)
	for _, l := range locales.Views() {
		own, full := strs(l), map[string]string{}
		for _, name := range Words() {
			if full[name] = own[name]; full[name] == "" {
				full[name] = french[name]
			}
		}
		all[l] = full
	}
	all[""] = map[string]string{}
	for _, name := range Words() {
		var parts []string
		for _, l := range neutral {
			// Isolated: a line of three scripts must not turn its pieces round.
			if p := isolate(all[l][name]); !slices.Contains(parts, p) {
				parts = append(parts, p)
			}
		}
		all[""][name] = strings.Join(parts, " · ")
	}
	// There is room for a word in one language only, and an empty field explains itself.
	all[""]["web.placeholder"] = "…"
	// A sentence is a line of its own. In Tamazight the French twin of a legal text
	// follows it; here French has its own line.
	tamazight, _, _ := strings.Cut(all[locales.Tamazight]["web.unofficial"], "\n")
	all[""]["web.unofficial"] = strings.Join([]string{all[locales.Darija]["web.unofficial"], all[locales.French]["web.unofficial"], tamazight}, "\n")
	return all
}

func isolate(s string) string { return "\u2068" + s + "\u2069" }

// in gives the strings of a language; neutral for one that is not ours.
func (w words) in(l locales.Lang) map[string]string {
	if m, ok := w[l]; ok {
		return m
	}
	return w[""]
}

// module is the strings as a script that browsers keep.
func (w words) module() ([]byte, error) {
	b, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("words: %w", err)
	}
	return fmt.Appendf(nil, "export default %s;\n", b), nil
}

// direction is the dir of a text in a language; auto when it is not known.
func direction(l locales.Lang) string {
	switch {
	case l == "":
		return "auto"
	case l.RTL():
		return "rtl"
	}
	return "ltr"
}
