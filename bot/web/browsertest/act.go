package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Do evaluates statements for what they do.
func (tab *Tab) Do(statements string) {
	tab.t.Helper()
	Eval[bool](tab, "(async () => {"+statements+"; return true})()")
}

func (tab *Tab) run(actions ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		tab.t.Fatalf("browser: %v", err)
	}
}

// Open goes to an address and waits until it is loaded.
func (tab *Tab) Open(url string) {
	tab.t.Helper()
	tab.run(chromedp.Navigate(url))
}

// Reload loads the page again.
func (tab *Tab) Reload() {
	tab.t.Helper()
	tab.run(chromedp.Reload())
}

// Type presses the keys of a text, one after the other, wherever the focus is;
// "\r" is Enter, "\t" is Tab.
func (tab *Tab) Type(text string) {
	tab.t.Helper()
	tab.run(chromedp.KeyEvent(text))
}

// Until waits for an expression to become true; while a page is replaced there
// may be nothing to evaluate in.
func (tab *Tab) Until(expression string) {
	tab.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(tab.ctx, time.Second)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		cancel()
		if err == nil && ok {
			return
		}
	}
	tab.t.Fatalf("waited in vain until %s", expression)
}

// Says waits until the page shows a text.
func (tab *Tab) Says(text string) {
	tab.t.Helper()
	tab.Until("document.body.innerText.includes(" + quote(text) + ")")
}

// Count is how many elements match a selector.
func (tab *Tab) Count(selector string) int {
	tab.t.Helper()
	return Eval[int](tab, "document.querySelectorAll("+quote(selector)+").length")
}

// spot is where a person would touch an element: scrolled into view, visible and
// not under something else. No promise: it also works where scripts are off.
const spot = `(() => {
	const e = %s;
	if (!e) return "no such element";
	e.scrollIntoView({ block: "nearest" });
	const r = e.getBoundingClientRect(), x = r.left + r.width / 2, y = r.top + r.height / 2;
	if (r.width === 0 || r.height === 0) return "it has no size";
	const top = document.elementFromPoint(x, y);
	if (!top || !(e.contains(top) || top.contains(e) && top.closest("label"))) return "it is covered by " + (top ? top.outerHTML.slice(0, 120) : "nothing");
	return JSON.stringify([x, y]);
})()`

// Click clicks the element that an expression gives with the mouse, count times
// in quick succession.
func (tab *Tab) Click(element string, count int) {
	tab.t.Helper()
	x, y := tab.spot(element)
	for i := range count {
		for _, kind := range []input.DispatchMouseEventType{chromedp.MousePressed, chromedp.MouseReleased} {
			Call(tab, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: x, Y: y, Button: input.MouseButtonLeft, ClickCount: int64(i + 1)})
		}
	}
}

// Tap touches the element with a finger.
func (tab *Tab) Tap(element string) {
	tab.t.Helper()
	x, y := tab.spot(element)
	tab.run(chromedp.TapXY(x, y))
}

func (tab *Tab) spot(element string) (x, y float64) {
	tab.t.Helper()
	why, before := "", ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		before, why = why, Eval[string](tab, fmt.Sprintf(spot, element))
		var at [2]float64
		if json.Unmarshal([]byte(why), &at) == nil && why == before { // it stands still
			return at[0], at[1]
		}
	}
	tab.t.Fatalf("%s cannot be clicked: %s", element, why)
	return 0, 0
}

// Find is an expression for the last element of a selector whose text is text;
// marks of direction, which nobody sees, and spaces around it aside.
func Find(selector, text string) string {
	return `[...document.querySelectorAll(` + quote(selector) + `)].filter((e) => ` + bare("e.textContent") + ` === ` + bare(quote(text)) + `).pop()`
}

func bare(expression string) string {
	return expression + `.replace(/[\u200e\u200f\u061c\u2066-\u2069]/g, "").trim()`
}

// One is an expression for the first element of a selector.
func One(selector string) string { return "document.querySelector(" + quote(selector) + ")" }

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always encodes
	}
	return string(b)
}

// Choose puts files into a file field, as the system's dialog does.
func (tab *Tab) Choose(selector string, files ...string) {
	tab.t.Helper()
	found := Call(tab, runtime.Evaluate, runtime.EvaluateParams{Expression: One(selector)})
	Call(tab, dom.SetFileInputFiles, dom.SetFileInputFilesParams{Files: files, ObjectID: found.Result.ObjectID})
}

// Line is a connection; zero rates are unlimited.
type Line struct {
	Offline  bool
	Latency  time.Duration
	Down, Up int // bytes per second
}

// Slow3G is the browsers' own preset of that name.
var Slow3G = Line{Latency: 2 * time.Second, Down: 50_000, Up: 50_000}

// Network gives the tab a connection, and tells the page whether there is one.
func (tab *Tab) Network(l Line) {
	tab.t.Helper()
	rate := func(n int) float64 {
		if n == 0 {
			return -1
		}
		return float64(n)
	}
	Call(tab, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{Offline: l.Offline, Latency: float64(l.Latency.Milliseconds()), DownloadThroughput: rate(l.Down), UploadThroughput: rate(l.Up)}}})
	Call(tab, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: l.Offline, Latency: float64(l.Latency.Milliseconds()), DownloadThroughput: rate(l.Down), UploadThroughput: rate(l.Up)})
}

// Scripts switches the page's scripts on or off, for the next page loaded.
func (tab *Tab) Scripts(on bool) {
	tab.t.Helper()
	Call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
}

// Theme sets what the page is told that the person prefers: "light" or "dark".
func (tab *Tab) Theme(scheme string) {
	tab.t.Helper()
	Call(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// Picture keeps a screenshot in the folder, for a person to look at; nothing
// happens when the folder is "".
func (tab *Tab) Picture(folder, name string) {
	tab.t.Helper()
	if folder == "" {
		return
	}
	shot := Call(tab, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng})
	if err := os.WriteFile(filepath.Join(folder, name+".png"), shot.Data, 0o644); err != nil {
		tab.t.Fatal(err)
	}
}

// report says what the page looked like when a test failed.
func (tab *Tab) report() {
	ctx, cancel := context.WithTimeout(tab.ctx, 5*time.Second)
	defer cancel()
	if text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText")); err == nil {
		tab.t.Logf("the page says:\n%s", strings.TrimSpace(text))
	}
	tab.mu.Lock()
	tab.t.Logf("asked: %q", tab.requests)
	tab.mu.Unlock()
	tab.Picture(os.Getenv("MAALEM_SCREENSHOTS"), strings.ReplaceAll(tab.t.Name(), "/", "-")+"-failed")
}

// Cookies is how many cookies the browser keeps for this person.
func (tab *Tab) Cookies() int {
	tab.t.Helper()
	return len(Call(tab, network.GetCookies, network.GetCookiesParams{URLs: []string{tab.home + "/chat"}}).Cookies)
}
