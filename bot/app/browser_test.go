package app

import (
	"os"
	"strings"
	"testing"
	"time"

	"maalem/bot"
	"maalem/bot/web/browsertest"
	"maalem/locales"
)

// visitor is a stranger in front of the chat page.
type visitor struct {
	*browsertest.Tab
	t *testing.T
	c *content
	l locales.Lang
}

func visit(t *testing.T, b *browsertest.Browser, h *served, width int, l locales.Lang) visitor {
	t.Helper()
	c, err := loadContent()
	if err != nil {
		t.Fatal(err)
	}
	v := visitor{b.Tab(t, h.home, width), t, c, l}
	v.Open(h.url)
	return v
}

// text is a catalog text in the visitor's language.
func (v visitor) text(key string) string {
	v.t.Helper()
	text, ok := v.c.catalog.Text(key)
	if !ok {
		v.t.Fatalf("the catalog lacks %q", key)
	}
	return text.Label(v.l)
}

// begin presses the page's start button.
func (v visitor) begin() {
	v.t.Helper()
	v.Click(browsertest.One(".begin button"), 1)
	v.asked(locales.French.SelfName())
}

// asked waits until the newest question has a choice with a label.
func (v visitor) asked(label string) {
	v.t.Helper()
	v.Until(browsertest.Find(".line.live .choice .label", label))
}

// press clicks the choice of the newest question once it is there. The page takes
// two clicks in quick succession for one; a person reads first.
func (v visitor) press(label string) {
	v.t.Helper()
	v.asked(label)
	time.Sleep(500 * time.Millisecond)
	v.Click(browsertest.Find(".line.live .choice .label", label), 1)
	v.settled()
}

// say types a text into the field and sends it with Enter, as on a desk.
func (v visitor) say(text string) {
	v.t.Helper()
	v.Click(browsertest.One("#text"), 1)
	v.Type(text + "\r")
	v.settled()
	if left := browsertest.Eval[string](v.Tab, `document.querySelector("#text").value`); left != "" {
		v.t.Errorf("%q is left in the field", left)
	}
}

// send types a text and touches the send button, as on a phone.
func (v visitor) send(text string) {
	v.t.Helper()
	v.Click(browsertest.One("#text"), 1)
	v.Type(text)
	v.Click(browsertest.One("#send"), 1)
	v.settled()
}

// settled waits until what was said is committed and its answer is there.
func (v visitor) settled() {
	v.t.Helper()
	v.Until(`!document.querySelector("#pending > *") && document.querySelector("#log").lastElementChild?.matches(".bot")`)
}

// stranger is what somebody types, in their own words.
type stranger struct {
	lang              locales.Lang
	greets, picks     string // the first screen, by typing
	name, craft, town string
	woman, yes        string
}

var visitors = []stranger{
	{locales.French, "bonjour", "français", "Fatima Zahra", "tapis", "Tiznit", "femme", "oui"},
	{locales.Arabic, "السلام عليكم", "العربية", "فاطمة", "زرابي", "تيزنيت", "امرأة", "نعم"},
	{locales.Darija, "salam", "بالدارجة", "smiti Fatima", "zrabi", "tiznit", "مرا", "ah"},
	{locales.Tamazight, "ⴰⵣⵓⵍ", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "Fadma", "ⵜⵉⵣⵔⴱⴰⵢ", "ⵜⵉⵣⵏⵉⵜ", "1", "ⵢⴰⵀ"},
	{locales.TamazightLatin, "azul", "tamazight", "Fadma", "zrabi", "tiznit", "1", "yah"},
}

// A stranger registers by touching what is offered and typing what is asked.
func TestBrowserRegisterByTouch(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	for _, n := range visitors {
		t.Run(string(n.lang), func(t *testing.T) {
			t.Parallel()
			h := startPages(t)
			v := visit(t, b, h, browsertest.Phone, n.lang)
			v.begin()
			v.chooseLanguage()
			v.press(v.text("button.agree"))
			v.press(v.text("button.adult"))
			v.send(n.name)
			v.send(n.craft)
			v.send(n.town)
			v.press(v.text("button.woman"))
			v.press(v.text("button.yes"))
			v.press(v.text("button.thats_it"))
			v.asked(v.text("menu.trainings"))
			v.Picture(os.Getenv("MAALEM_SCREENSHOTS"), "menu-"+string(n.lang))
			registered(t, h, n)
		})
	}
}

// chooseLanguage touches the language, and the script where there are two.
func (v visitor) chooseLanguage() {
	v.t.Helper()
	label := v.l.SelfName()
	if v.l.Base() == locales.Tamazight {
		label = v.text("button.lang.zgh")
	}
	v.press(label)
	switch v.l {
	case locales.Tamazight:
		v.press(v.text("button.tifinagh"))
	case locales.TamazightLatin:
		before := v
		before.l = locales.Tamazight // until it is chosen, the buttons are in Tifinagh
		before.press(before.text("button.latin"))
	}
}

// A stranger registers at a desk with the keyboard alone.
func TestBrowserRegisterByTyping(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	for _, n := range visitors {
		t.Run(string(n.lang), func(t *testing.T) {
			t.Parallel()
			h := startPages(t)
			v := visit(t, b, h, browsertest.Desktop, n.lang)
			v.say(n.greets)
			v.asked(locales.French.SelfName())
			v.say(n.picks)
			switch n.lang {
			case locales.Tamazight:
				v.say("1")
			case locales.TamazightLatin:
				v.say("2")
			}
			for _, text := range []string{"1", "1", n.name, n.craft, n.town, n.woman, n.yes, "1"} {
				v.say(text)
			}
			v.asked(v.text("menu.trainings"))
			registered(t, h, n)
		})
	}
}

// registered checks that exactly one person is registered, as they said.
func registered(t *testing.T, h *served, n stranger) {
	t.Helper()
	for _, facet := range []string{"finished", "lang:" + string(n.lang.Base()), "province:MA-TIZ", "consent:announcements"} {
		if got, err := h.store.Count(t.Context(), bot.Nation, bot.All(facet)); err != nil || got != 1 {
			t.Errorf("%d people are in %s (%v)", got, facet, err)
		}
	}
}

// lines is the conversation of the only address in the store.
func lines(t *testing.T, h *served) []bot.Line {
	t.Helper()
	page, err := h.store.Page(t.Context(), bot.KindConversation, "", 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(page) != 1 {
		t.Fatalf("%d conversations in the store", len(page))
	}
	a, ok := bot.ParseAddress(page[0].Ref.ID)
	if !ok {
		t.Fatal("an address that is none")
	}
	all, err := h.store.Lines(t.Context(), a, 0, 200)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// said is what the person said, in order.
func said(t *testing.T, h *served) string {
	t.Helper()
	var all []string
	for _, l := range lines(t, h) {
		if l.Message.Echo {
			all = append(all, l.Message.Text)
		}
	}
	return strings.Join(all, "|")
}

// The home page says who Maalem is in four languages, and leads into the chat in
// one press; who comes back goes on where they were.
func TestBrowserHome(t *testing.T) {
	t.Parallel()
	b, h := browsertest.Start(t), startPages(t)
	v := visit(t, b, h, browsertest.Phone, locales.French)
	v.Open(h.home + "/")
	for _, l := range locales.All() {
		v.Says(v.c.pageString("web.lead", l))
	}
	if n := v.Count("main a, main button"); n != 1 {
		t.Errorf("%d buttons, not one", n)
	}
	v.begin()
	v.Until(`location.pathname === "/chat"`)
	v.chooseLanguage()
	v.asked(v.text("button.agree"))
	v.Open(h.home + "/")
	if n := v.Count("main a, main button"); n != 1 {
		t.Errorf("%d buttons for who comes back, not one", n)
	}
	v.Click(browsertest.One("main a"), 1)
	v.asked(v.text("button.agree"))
	if got := said(t, h); got != "👋|Français" {
		t.Errorf("said %s", got)
	}
}
