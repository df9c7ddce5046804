package app

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"maalem/bot"
	"maalem/bot/web/browsertest"
	"maalem/locales"
)

// audit reports what is wrong with the page as it stands, in both themes.
func (v visitor) audit(where string) {
	v.t.Helper()
	for _, theme := range []string{"dark", "light"} {
		v.Theme(theme)
		for _, complaint := range v.Audit() {
			v.t.Errorf("%s, %s: %s", where, theme, complaint)
		}
		v.Picture(os.Getenv("MAALEM_SCREENSHOTS"), where+"-"+theme)
	}
}

// Every page can be read, touched and heard, in each language and both themes.
func TestBrowserCanBeUsedByEverybody(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	for _, l := range locales.Views() {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			h := startPages(t)
			v := visit(t, b, h, browsertest.Phone, l)
			name := string(l) + "-"
			v.Open(h.home + "/")
			v.audit(name + "home")
			v.Open(h.url)
			v.Until(`document.documentElement.classList.contains("scripted")`)
			v.Do(`await new Promise((r) => setTimeout(() => requestAnimationFrame(r), 100))`) // what watches sizes has spoken
			if top := browsertest.Eval[int](v.Tab, `document.querySelector("#scroll").scrollTop`); top != 0 {
				t.Errorf("the welcome is read from its middle, %d px down", top)
			}
			v.audit(name + "welcome")
			v.begin()
			v.audit(name + "language")
			v.chooseLanguage()
			v.press(v.text("button.read_more"))
			v.asked(v.text("button.agree"))
			v.audit(name + "long")
			v.press(v.text("button.agree"))
			v.press(v.text("button.adult"))
			v.send("Fatima " + strings.Repeat("ا", 90) + " https://" + strings.Repeat("w", 90) + ".example")
			v.audit(name + "unbroken")
			v.Click(browsertest.One("#menu summary"), 1)
			v.audit(name + "panel")
			v.Click(browsertest.One("#menu summary"), 1)
			v.Click(browsertest.One("#text"), 1)
			v.Type(strings.Repeat("salam ", 80))
			v.audit(name + "writing")
			v.Width(browsertest.Desktop)
			v.audit(name + "desktop")
			v.Open(h.url + "/forget")
			v.audit(name + "forget")
			v.Open(h.home + "/nothing-here")
			v.audit(name + "lost")
		})
	}
}

// Who answers for the data is not named: the page says so in red, first in every
// language and then in the person's.
func TestBrowserSaysThatNobodyAnswersForTheData(t *testing.T) {
	t.Parallel()
	b, h := browsertest.Start(t), startPages(t)
	v := visit(t, b, h, browsertest.Phone, locales.Arabic)
	alarm := `document.querySelector("#alarm").innerText`
	said := browsertest.Eval[string](v.Tab, alarm)
	for _, l := range []locales.Lang{locales.Darija, locales.French, locales.Tamazight} {
		own, _, _ := strings.Cut(v.c.pageString("web.unofficial", l), "\n")
		if !strings.Contains(said, own) {
			t.Errorf("%q lacks %q", said, own)
		}
	}
	v.begin()
	v.chooseLanguage()
	want := v.text("web.unofficial")
	v.Until(alarm + ` === ` + quoted(want))
	v.Reload()
	v.Until(alarm + ` === ` + quoted(want))
	if got := browsertest.Eval[bool](v.Tab, `(([r, g, b]) => r > 2 * g && r > 2 * b)(getComputedStyle(document.querySelector("#alarm")).backgroundColor.match(/\d+/g).map(Number))`); !got {
		t.Error("it is not red")
	}
}

// What a screen reader says: landmarks, a live log, who said what.
func TestBrowserIsHeard(t *testing.T) {
	t.Parallel()
	b, h := browsertest.Start(t), startPages(t)
	v := visit(t, b, h, browsertest.Phone, locales.French)
	v.toName()
	v.send("Fatima")
	roles := map[string]int{}
	var heard []string
	for _, n := range v.Tree() {
		roles[n.Role]++
		heard = append(heard, n.Role+" "+n.Name)
	}
	for _, role := range []string{"banner", "main", "contentinfo", "log", "heading"} {
		if roles[role] == 0 {
			t.Errorf("no %s", role)
		}
	}
	all := strings.Join(heard, "\n")
	for _, want := range []string{"button " + v.text("web.attach"), "textbox " + v.text("web.placeholder"), "button " + v.text("web.record"),
		"DisclosureTriangle " + v.text("web.menu"), "StaticText " + v.text("web.you"), "StaticText " + v.text("web.maalem"), "StaticText Fatima"} {
		if !strings.Contains(all, want) {
			t.Errorf("a screen reader does not say %q in\n%s", want, all)
		}
	}
	live := `((e) => e.getAttribute("aria-live") + " " + e.getAttribute("role"))(document.querySelector("#log"))`
	if got := browsertest.Eval[string](v.Tab, live); got != "polite log" {
		t.Errorf("the log is %s", got)
	}
	if got := browsertest.Eval[string](v.Tab, `document.querySelector("#banner").getAttribute("role")`); got != "status" {
		t.Errorf("the banner is %s", got)
	}
}

// tabTo moves the focus with the Tab key until it is where an expression says.
func (v visitor) tabTo(element string) {
	v.t.Helper()
	for range 60 {
		if browsertest.Eval[bool](v.Tab, `document.activeElement === `+element) {
			ring := browsertest.Eval[string](v.Tab, `((s) => s.outlineStyle + " " + s.outlineWidth)(getComputedStyle(document.activeElement))`)
			if strings.HasPrefix(ring, "none") || strings.HasSuffix(ring, " 0px") {
				v.t.Errorf("no ring of focus on %s: %s", element, ring)
			}
			return
		}
		v.Type("\t")
	}
	v.t.Fatalf("the Tab key never comes to %s", element)
}

// pressKeys presses the choice of the newest question with the keyboard.
func (v visitor) pressKeys(label, key string) {
	v.t.Helper()
	v.asked(label)
	time.Sleep(500 * time.Millisecond) // a person reads first
	v.tabTo(browsertest.Find(".line.live .choice .label", label) + `.closest("button")`)
	v.Type(key)
	v.settled()
}

// The keyboard alone is enough.
func TestBrowserKeyboardAlone(t *testing.T) {
	t.Parallel()
	b, h := browsertest.Start(t), startPages(t)
	v := visit(t, b, h, browsertest.Desktop, locales.French)
	v.tabTo(browsertest.One(".begin button"))
	v.Type("\r")
	v.pressKeys("Français", " ")
	v.pressKeys(v.text("button.agree"), "\r")
	v.pressKeys(v.text("button.adult"), " ")
	v.tabTo(browsertest.One("#text"))
	v.Type("Fatima\r")
	v.settled()
	v.Type("tapis") // the focus has stayed
	v.TypeShifted("\r")
	v.Type("poterie\r")
	v.settled()
	if got := browsertest.Eval[int](v.Tab, `document.querySelector("#text").value.length`); got != 0 {
		t.Errorf("%d characters are left in the field", got)
	}
	v.Type("Tiznit\r")
	v.settled()
	v.tabTo(browsertest.One("#menu summary"))
	v.Type("\r")
	v.tabTo(browsertest.Find("#menu button", v.text("web.menu")))
	v.Type("\x1b")
	v.Until(`!document.querySelector("#menu").open && document.activeElement.matches("summary")`)
	if got, want := said(t, h), strings.Join([]string{"👋", "Français", v.text("button.agree"), v.text("button.adult"), "Fatima", "tapis\npoterie", "Tiznit"}, "|"); got != want {
		t.Errorf("said %s\nwant %s", got, want)
	}
}

// runs tells in which direction the letters of each line of a text run: the first
// is to the left of the last, or to its right.
const runs = `((p) => {
	const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT), at = [];
	for (let n = walker.nextNode(); n; n = walker.nextNode()) {
		let from = 0;
		for (const part of n.data.split("\n")) {
			const first = part.search(/\p{L}/u);
			if (first >= 0) {
				const box = (i) => { const r = document.createRange(); r.setStart(n, from + i); r.setEnd(n, from + i + 1); return r.getBoundingClientRect().left; };
				let second = first + 1;
				while (!/\p{L}/u.test(part[second] || "a")) second++;
				at.push(box(first) > box(second) ? "rtl" : "ltr");
			}
			from += part.length + 1;
		}
	}
	return at.join(" ");
})`

// Each message runs in the direction of its own letters, whatever the page's.
func TestBrowserDirections(t *testing.T) {
	t.Parallel()
	b := browsertest.Start(t)
	for l, page := range map[locales.Lang]string{locales.Darija: "rtl", locales.Arabic: "rtl", locales.French: "ltr", locales.Tamazight: "ltr", locales.TamazightLatin: "ltr"} {
		t.Run(string(l), func(t *testing.T) {
			t.Parallel()
			h := startPages(t)
			v := visit(t, b, h, browsertest.Phone, l)
			v.begin()
			last := func(side string) string {
				return browsertest.Eval[string](v.Tab, runs+`([...document.querySelectorAll("#log .`+side+` .text")].pop())`)
			}
			if got := last("bot"); got != "rtl rtl ltr ltr" {
				t.Errorf("the question in four languages runs %s", got)
			}
			v.chooseLanguage()
			if got := browsertest.Eval[string](v.Tab, `document.documentElement.dir`); got != page {
				t.Errorf("the page runs %s", got)
			}
			if got := browsertest.Eval[string](v.Tab, `getComputedStyle(document.querySelector("#text")).direction`); got != page {
				t.Errorf("the empty field runs %s", got)
			}
			stands := func(side string) string {
				return browsertest.Eval[string](v.Tab, `getComputedStyle([...document.querySelectorAll("#log .`+side+` .text")].pop()).direction`)
			}
			if got := stands("bot"); got != page {
				t.Errorf("the answer stands %s", got)
			}
			for text, want := range map[string]string{"سميتي فاطمة": "rtl", "Je m'appelle Fatima": "ltr", "ⵉⵙⵎ ⵉⵏⵓ ⴼⴰⴷⵎⴰ": "ltr"} {
				v.send(text)
				if got := last("me"); got != want {
					t.Errorf("%q runs %s", text, got)
				}
				if got := stands("me"); got != want {
					t.Errorf("%q stands %s", text, got)
				}
			}
			// Mine at the end of the line, theirs at its beginning.
			sides := browsertest.Eval[bool](v.Tab, `(() => {
				const left = (s) => [...document.querySelectorAll(s)].pop().getBoundingClientRect().left, rtl = document.documentElement.dir === "rtl";
				return rtl ? left("#log .me .bubble") < left("#log .bot .bubble") : left("#log .me .bubble") > left("#log .bot .bubble");
			})()`)
			if !sides {
				t.Error("the sides are the wrong way round")
			}
		})
	}
}

// The keyboard of a phone takes half of the screen: the question stays in sight,
// above the field.
func TestBrowserPhoneKeyboard(t *testing.T) {
	t.Parallel()
	b, h := browsertest.Start(t), startPages(t)
	v := visit(t, b, h, browsertest.Phone, locales.French)
	v.toName()
	v.send("Fatima")
	v.asked(v.text("craft.button.pottery"))
	inSight := `(() => {
		const last = [...document.querySelectorAll("#log .line.live .choice")].pop().getBoundingClientRect(), field = document.querySelector("#text").getBoundingClientRect();
		return last.top >= 0 && last.bottom <= field.top + 1 && field.bottom <= innerHeight;
	})()`
	v.Until(inSight)
	v.Size(browsertest.Phone, 380)
	v.Until("innerHeight === 380 && " + inSight)
	v.Picture(os.Getenv("MAALEM_SCREENSHOTS"), "keyboard")
	v.Click(browsertest.One("#text"), 1)
	v.Type(strings.Repeat("tapis ", 20))
	v.Until(inSight)
}

// Nothing is kept about who only looks.
func TestBrowserOnlyLooks(t *testing.T) {
	t.Parallel()
	b, h := browsertest.Start(t), startPages(t)
	v := visit(t, b, h, browsertest.Phone, locales.French)
	v.Reload()
	v.Open(h.home + "/")
	v.Open(h.url)
	v.Until(`document.documentElement.classList.contains("scripted")`)
	page, err := h.store.Page(t.Context(), bot.KindConversation, "", 1)
	if err != nil || len(page) != 0 {
		t.Errorf("%d conversations before the first word (%v)", len(page), err)
	}
	if v.Cookies() != 0 {
		t.Error("a cookie before the first word")
	}
	v.begin()
	if len(lines(t, h)) == 0 {
		t.Error("nothing is kept after the first word")
	}
	if v.Cookies() != 1 {
		t.Error("no cookie after the first word")
	}
}

// A shared device forgets.
func TestBrowserForgets(t *testing.T) {
	t.Parallel()
	b, h := browsertest.Start(t), startPages(t)
	v := visit(t, b, h, browsertest.Phone, locales.French)
	v.begin()
	v.chooseLanguage()
	v.asked(v.text("button.agree"))
	v.Click(browsertest.One("#menu summary"), 1)
	v.Click(browsertest.Find("#menu a", v.text("web.forget")), 1)
	v.Says(v.text("web.forget_confirm"))
	v.Click(browsertest.Find("button", v.text("web.forget")), 1)
	v.Says(v.text("web.forgotten"))
	if v.Cookies() != 0 {
		t.Error("the cookie is still there")
	}
	if got := browsertest.Eval[int](v.Tab, `localStorage.length`); got != 0 {
		t.Errorf("%d things are still in the browser", got)
	}
	v.Open(h.url)
	if v.Count(".begin button") != 1 || v.Count("#log .line") != 0 {
		t.Error("the conversation is still on the page")
	}
	page, err := h.store.Page(t.Context(), bot.KindConversation, "", 1)
	if err != nil || len(page) != 0 {
		t.Errorf("%d conversations of nobody are kept (%v)", len(page), err)
	}
}

// Without scripts everything still works, with forms.
func TestBrowserWithoutScripts(t *testing.T) {
	t.Parallel()
	b, h := browsertest.Start(t), startPages(t)
	v := visitor{b.Tab(t, h.home, browsertest.Phone), t, mustContent(t), locales.French}
	v.Scripts(false)
	v.Open(h.url)
	v.begin()
	mine := func(n string) { // each answer is a page of its own
		t.Helper()
		v.Until(`document.readyState === "complete" && document.querySelectorAll(".line.me").length === ` + n)
	}
	mine("1")
	for n, label := range []string{"Français", v.text("button.agree"), v.text("button.adult")} {
		v.Click(browsertest.Find(".line.live .choice .label", label), 1)
		mine(strconv.Itoa(n + 2))
	}
	for n, text := range []string{"Fatima", "tapis"} {
		v.Click(browsertest.One("#text"), 1)
		v.Type(text)
		v.Click(browsertest.One("#send"), 1)
		mine(strconv.Itoa(n + 5))
	}
	photo := t.TempDir() + "/tapis.jpg"
	write(t, photo, bigPhoto(t))
	v.Choose("#file", photo)
	v.Click(browsertest.One("#send"), 1)
	v.Until(`document.querySelector(".photo img")?.naturalWidth > 0`)
	v.Picture(os.Getenv("MAALEM_SCREENSHOTS"), "without-scripts")
	v.Click(browsertest.One(".refresh a"), 1)
	v.same(h)
	if got, want := said(t, h), strings.Join([]string{"👋", "Français", v.text("button.agree"), v.text("button.adult"), "Fatima", "tapis", ""}, "|"); got != want {
		t.Errorf("said %s\nwant %s", got, want)
	}
}
