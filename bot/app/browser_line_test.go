package app

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"maalem/bot"
	"maalem/bot/web/browsertest"
	"maalem/locales"
)

// bubbles are the texts on the page, in order.
func (v visitor) bubbles() []string {
	v.t.Helper()
	return browsertest.Eval[[]string](v.Tab, `[...document.querySelectorAll("#log .bubble")].map((b) => b.querySelector(".text")?.textContent ?? "")`)
}

// same checks that the page shows what the store has: nothing lost, nothing doubled.
func (v visitor) same(h *served) {
	v.t.Helper()
	var kept []string
	for _, l := range lines(v.t, h) {
		kept = append(kept, l.Message.Text)
	}
	if got := v.bubbles(); !slices.Equal(got, kept) {
		v.t.Errorf("the page shows\n%q\nthe store has\n%q", got, kept)
	}
}

// toName brings a visitor to the question for the name.
func (v visitor) toName() {
	v.t.Helper()
	v.begin()
	v.chooseLanguage()
	v.press(v.text("button.agree"))
	v.press(v.text("button.adult"))
}

// A reload shows the same conversation, and it goes on.
func TestBrowserReload(t *testing.T) {
	t.Parallel()
	b, h := browsertest.Start(t), startPages(t)
	v := visit(t, b, h, browsertest.Phone, locales.Darija)
	v.begin()
	v.chooseLanguage()
	v.same(h)
	before := v.bubbles()
	clocks := `[...document.querySelectorAll("#log time")].map((e) => e.textContent).join()`
	times := browsertest.Eval[string](v.Tab, clocks)
	v.Reload()
	v.Until(`document.documentElement.classList.contains("scripted")`)
	if after := v.bubbles(); !slices.Equal(after, before) {
		t.Errorf("before %q\nafter %q", before, after)
	}
	if after := browsertest.Eval[string](v.Tab, clocks); after != times {
		t.Errorf("the clock says %s, and said %s", after, times)
	}
	if dir := browsertest.Eval[string](v.Tab, `document.documentElement.dir + document.documentElement.lang`); dir != "rtlary" {
		t.Errorf("the page is %s", dir)
	}
	v.press(v.text("button.agree"))
	v.press(v.text("button.adult"))
	v.send("Fatima")
	v.same(h)
}

// The line breaks, and comes back: what was said meanwhile is said once.
func TestBrowserLine(t *testing.T) {
	t.Parallel()
	b, dir := browsertest.Start(t), t.TempDir()
	h := openPages(t, dir, "127.0.0.1:0")
	v := visit(t, b, h, browsertest.Phone, locales.French)
	v.toName()

	t.Log("the phone loses its network")
	v.Network(browsertest.Line{Offline: true})
	v.Says(v.text("web.offline"))
	v.Click(browsertest.One("#text"), 1)
	v.Type("Fatima\r")
	v.Says(v.text("web.not_sent"))
	v.Picture(os.Getenv("MAALEM_SCREENSHOTS"), "offline")
	v.Network(browsertest.Line{})
	v.settled()
	v.Until(`document.querySelector("#banner").hidden`)

	t.Log("the server is stopped, and started again on the same port")
	h.stop()
	v.Click(browsertest.One("#text"), 1)
	v.Type("tapis\r")
	v.Says(v.text("web.not_sent"))
	h = openPages(t, dir, strings.TrimPrefix(h.home, "http://"))
	v.settled()
	v.same(h)

	t.Log("the answer is lost on the way, twice, and the page is loaded again")
	v.Do(`const real = window.fetch; window.lost = 0; window.fetch = async (...a) => { await real(...a); window.lost++; throw new Error("lost") }`)
	v.Click(browsertest.One("#text"), 1)
	v.Type("Tiznit\r")
	v.Until(`window.lost >= 2`)
	v.Reload()
	v.Until(`document.documentElement.classList.contains("scripted")`)
	v.settled()
	v.press(v.text("button.woman"))
	v.press(v.text("button.yes"))
	v.press(v.text("button.thats_it"))
	v.asked(v.text("menu.trainings"))
	v.same(h)
	want := strings.Join([]string{"👋", "Français", v.text("button.agree"), v.text("button.adult"), "Fatima", "tapis", "Tiznit", v.text("button.woman"), v.text("button.yes"), v.text("button.thats_it")}, "|")
	if got := said(t, h); got != want {
		t.Errorf("said %s\nwant %s", got, want)
	}
}

// A slow line carries a conversation all the same.
func TestBrowserSlowLine(t *testing.T) {
	t.Parallel()
	b, h := browsertest.Start(t), startPages(t)
	v := visitor{b.Tab(t, h.home, browsertest.Phone), t, mustContent(t), locales.French}
	v.Network(browsertest.Slow3G)
	v.Open(h.url)
	v.begin()
	v.Until(`document.querySelector("#typing").hidden`)
	v.chooseLanguage()
	v.same(h)
}

// A double click is one press, on whatever is clicked.
func TestBrowserDoubleClick(t *testing.T) {
	t.Parallel()
	b, h := browsertest.Start(t), startPages(t)
	v := visit(t, b, h, browsertest.Desktop, locales.French)
	v.Click(browsertest.One(".begin button"), 2)
	v.asked("Français")
	v.press("Français")
	v.asked(v.text("button.agree"))
	time.Sleep(500 * time.Millisecond) // a person reads first
	v.Click(browsertest.Find(".choice .label", v.text("button.agree")), 2)
	v.asked(v.text("button.adult"))
	time.Sleep(500 * time.Millisecond)
	// A question slides under the finger that pressed the one before.
	both := `(() => { for (const label of [` + quoted(v.text("button.adult")) + `, ` + quoted(v.text("button.minor")) + `])
		[...document.querySelectorAll(".line.live .choice")].find((e) => e.textContent.trim() === label).click();
		return document.querySelectorAll("#pending > *").length; })()`
	if n := browsertest.Eval[int](v.Tab, both); n != 1 {
		t.Errorf("two presses at once said %d things", n)
	}
	v.settled()
	v.Click(browsertest.One("#text"), 1)
	v.Type("Fatima")
	// Where the send button was, the microphone is a moment later.
	v.Click(browsertest.One("#send"), 2)
	v.settled()
	if v.Count("#recording:not([hidden])") != 0 {
		t.Error("the second click began a recording")
	}
	v.send("tapis")
	want := strings.Join([]string{"👋", "Français", v.text("button.agree"), v.text("button.adult"), "Fatima", "tapis"}, "|")
	if got := said(t, h); got != want {
		t.Errorf("said %s\nwant %s", got, want)
	}
}

// Photos, sounds and files leave the page and are shown again; nobody else gets them.
func TestBrowserFiles(t *testing.T) {
	t.Parallel()
	b, h := browsertest.Start(t), startPages(t)
	v := visit(t, b, h, browsertest.Phone, locales.French)
	v.toName()
	dir := t.TempDir()

	// Large enough that the page makes it smaller before it leaves.
	photo := filepath.Join(dir, "tapis.jpg")
	write(t, photo, bigPhoto(t))
	v.Choose("#file", photo)
	v.settled()
	v.Until(`document.querySelector("#log .photo img")?.naturalWidth > 0`)
	if w := browsertest.Eval[int](v.Tab, `document.querySelector("#log .photo img").naturalWidth`); w > 1600 {
		t.Errorf("the photo left with %d pixels", w)
	}
	sound := filepath.Join(dir, "salam.wav")
	write(t, sound, wave(8000))
	v.Choose("#file", sound)
	v.settled()
	v.Until(`document.querySelectorAll("#log audio").length === 1`)

	t.Log("the recorder, with the browser's own test tone for a voice")
	v.Click(browsertest.One("#record"), 1)
	v.Until(`document.querySelector("#elapsed").textContent !== "0:00"`)
	v.Picture(os.Getenv("MAALEM_SCREENSHOTS"), "recording")
	if v.Count("#text:not([hidden])") != 0 {
		t.Error("one can write while recording")
	}
	v.Click(browsertest.One("#record"), 1)
	v.settled()
	v.Until(`document.querySelectorAll("#log audio").length === 2`)
	v.Do(`const a = [...document.querySelectorAll("#log audio")].pop(); a.muted = true; await a.play(); if (!(a.readyState >= 2)) throw new Error("nothing to hear")`)
	time.Sleep(500 * time.Millisecond) // sooner it would be the second half of a double click
	v.Click(browsertest.One("#record"), 1)
	v.Until(`document.querySelector("#recording").hidden === false`)
	v.Click(browsertest.One("#discard"), 1)
	v.Until(`document.querySelector("#recording").hidden`)

	var kinds []bot.MediaKind
	for _, l := range lines(t, h) {
		if m := l.Message.Media; m != nil && l.Message.Echo {
			kinds = append(kinds, m.Kind)
			if m.Hash == "" {
				t.Errorf("a %s without content", m.Kind)
			}
		}
	}
	if want := []bot.MediaKind{bot.MediaPhoto, bot.MediaVoice, bot.MediaVoice}; !slices.Equal(kinds, want) {
		t.Errorf("the store has %v, want %v", kinds, want)
	}

	path := browsertest.Eval[string](v.Tab, `document.querySelector("#log .photo img").getAttribute("src")`)
	status := `fetch(` + quoted(path) + `).then((r) => r.status)`
	if got := browsertest.Eval[int](v.Tab, status); got != 200 {
		t.Errorf("the owner gets %d", got)
	}
	other := visit(t, b, h, browsertest.Phone, locales.French)
	other.begin()
	if got := browsertest.Eval[int](other.Tab, status); got != 404 {
		t.Errorf("somebody else gets %d", got)
	}
}

func mustContent(t *testing.T) *content {
	t.Helper()
	c, err := loadContent()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func quoted(s string) string { return `"` + s + `"` }

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// bigPhoto is a picture that does not compress well, as phones make them.
func bigPhoto(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 2400, 1200))
	x := uint32(1)
	for i := range img.Pix {
		x = x*1664525 + 1013904223
		img.Pix[i] = byte(x >> 24)
	}
	img.Set(0, 0, color.Black)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// wave is half a second of a tone at 8 kHz, with n bytes of samples.
func wave(n int) []byte {
	var b bytes.Buffer
	for _, part := range []any{[]byte("RIFF"), uint32(36 + n), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(1),
		uint32(8000), uint32(16000), uint16(2), uint16(16), []byte("data"), uint32(n)} {
		_ = binary.Write(&b, binary.LittleEndian, part) // a bytes.Buffer takes everything
	}
	for i := range n / 2 {
		_ = binary.Write(&b, binary.LittleEndian, int16(8000*(i%20-10)/10))
	}
	return b.Bytes()
}

// A person shares where they are.
func TestBrowserPlace(t *testing.T) {
	t.Parallel()
	b, h := browsertest.Start(t), startPages(t)
	v := visit(t, b, h, browsertest.Phone, locales.French)
	v.Stand(29.697, -9.732) // Tiznit
	v.toName()
	v.send("Fatima")
	v.send("tapis")
	v.press(v.text("button.send_place"))
	v.asked(v.text("button.woman"))
	if n, err := h.store.Count(t.Context(), bot.Nation, bot.All("province:MA-TIZ")); err != nil || n != 1 {
		t.Errorf("%d people are in Tiznit (%v)", n, err)
	}
	v.same(h)
}
