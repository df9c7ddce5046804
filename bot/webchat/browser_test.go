package webchat

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"testing"

	"maalem/bot"
	"maalem/bot/web/browsertest"
	"maalem/locales"
)

// everything is a conversation with each kind of line, as far as it was said.
func everything(recording *bot.Media) func(bot.Inbound) []bot.Message {
	crafts := func(on string) bot.Message {
		return bot.Message{Lang: locales.French, Text: "Vos métiers ?", Multi: true, Choices: []bot.Button{
			{Data: "m:zellij", Label: "Zellige", On: on == "m:zellij"}, {Data: "m:bois", Label: "Bois"}, {Data: "m:done", Label: "Terminé ✅"}}}
	}
	return func(in bot.Inbound) []bot.Message {
		switch in.Press {
		case "l:fr":
			return []bot.Message{
				{Lang: locales.French, Text: "Voir https://maalem.example/aide?x=1&y=2, <b>ou</b> \u2066http://a.example\u2069.", Recording: recording},
				crafts("")}
		case "m:zellij":
			return []bot.Message{crafts(in.Press)}
		case "m:done":
			return []bot.Message{
				{Lang: locales.Tamazight, Text: "ⵎⴰ ⵜⴳⵉⴷ?", Choices: []bot.Button{{Data: "c:1", Label: "ⴰⵎⵣⵉⵍ", Twin: "Forgeron"}}, AskPlace: "📍"},
				{Lang: locales.Darija, Text: "رقم \u2066+212 612-345678\u2069", Media: &bot.Media{Kind: bot.MediaFile, Name: "plan.pdf", Hash: recording.Hash}},
				{Lang: locales.Arabic, Kind: bot.MediaVideo}}
		}
		return []bot.Message{{Text: "الدارجة\nFrançais", Choices: []bot.Button{{Data: "l:fr", Label: "Français"}, {Data: "l:ary", Label: "الدارجة"}}}}
	}
}

func recorded(t *testing.T, s *store) *bot.Media {
	t.Helper()
	m, err := s.Put(t.Context(), bot.MediaVoice, "", tone())
	if err != nil {
		t.Fatal(err)
	}
	return &m
}

// tone is five seconds of a tone, as a WAV file at 8 kHz.
func tone() []byte {
	const samples = 40_000
	var b bytes.Buffer
	for _, part := range []any{[]byte("RIFF"), uint32(36 + 2*samples), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1),
		uint32(8000), uint32(16000), uint16(2), uint16(16), []byte("data"), uint32(2 * samples)} {
		_ = binary.Write(&b, binary.LittleEndian, part) // a bytes.Buffer takes everything
	}
	for i := range samples {
		_ = binary.Write(&b, binary.LittleEndian, int16(800*(i%20-10)))
	}
	return b.Bytes()
}

// A line is the same whether the server rendered it or the script, with the same
// question live and the same choices marked.
func TestBrowserServerAndScriptAgree(t *testing.T) {
	b, s := browsertest.Start(t), newStore()
	h := open(t, s, everything(recorded(t, s)))
	tab := b.Tab(t, h.url, browsertest.Phone)
	tab.Open(h.url + "/chat")
	say := func(element string, lines int) {
		t.Helper()
		tab.Until(element)
		tab.Until(`performance.now() - (window.said ?? -1000) > 500`) // a person reads first
		tab.Click(element, 1)
		tab.Do(`window.said = performance.now()`)
		tab.Until(`document.querySelectorAll("#log .line").length === ` + strconv.Itoa(lines))
	}
	say(browsertest.One(".begin button"), 2)
	say(browsertest.Find(".live .label", "Français"), 5)
	say(browsertest.Find(".live .label", "Zellige"), 6) // the question with the toggle takes the place of the one before
	say(browsertest.Find(".live .label", "Terminé ✅"), 10)
	log := `(() => {
		const log = document.querySelector("#log").cloneNode(true);
		for (const e of log.querySelectorAll("input")) e.remove(); // for browsers without scripts
		const walk = (e) => e.nodeType === 3 ? e.data.trim() : e.nodeType !== 1 ? "" :
			"<" + e.tagName + [...e.attributes].filter((a) => a.value !== "").map((a) => " " + a.name + "=" + a.value.trim()).sort().join("") + ">" + [...e.childNodes].map(walk).join("");
		return [...log.children].map(walk).join("\n");
	})()`
	byScript := browsertest.Eval[string](tab, log)
	tab.Reload()
	tab.Until(`document.documentElement.classList.contains("scripted")`)
	if byServer := browsertest.Eval[string](tab, log); byServer != byScript {
		t.Errorf("the script made\n%s\n\nthe server made\n%s", byScript, byServer)
	}
}

// What is spoken can be listened to, and stopped, by finger and by key.
func TestBrowserListens(t *testing.T) {
	b, s := browsertest.Start(t), newStore()
	recording := recorded(t, s)
	h := open(t, s, func(bot.Inbound) []bot.Message {
		return []bot.Message{{Lang: locales.Darija, Text: "شنو سميتك؟", Recording: recording}}
	})
	tab := b.Tab(t, h.url, browsertest.Phone)
	tab.Open(h.url + "/chat")
	tab.Click(browsertest.One(".begin button"), 1)
	tab.Until(browsertest.One("#log .listen"))
	on := `document.querySelector("#log .listen").classList.contains("on")`
	tab.Click(browsertest.One("#log .listen"), 1)
	tab.Until(on)
	tab.Do(`document.querySelector("#log .listen").focus()`)
	tab.Type("\r")
	tab.Until("!" + on)
	tab.Type("\r")
	tab.Until(on)
	if got := h.taken(); len(got) != 1 {
		t.Errorf("listening said something: %d messages", len(got))
	}
	for _, c := range tab.Audit() {
		t.Error(c)
	}
}
