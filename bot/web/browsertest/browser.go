// Package browsertest drives the pages in a real Chromium, as a person would:
// letters come as key events, clicks land where the pointer is, and what covers a
// button is what gets clicked.
//
// It refuses to know what a page says. Its invariants: a test without a browser
// is skipped loudly, or fails where one is required; a tab that ends checks that
// no script threw, that the security policy refused nothing, and that no other
// host was asked.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long something that must happen may take before a test gives
// up; nothing is measured by it.
const patience = 45 * time.Second

// Sizes of screens in CSS pixels.
const (
	Phone   = 360
	Desktop = 1280
)

// Zone is where the browser's person lives.
const Zone = "Africa/Casablanca"

// Browser is one Chromium with a profile of its own.
type Browser struct{ ctx context.Context }

// Start runs a Chromium until the test ends. Where none is found the test is
// skipped, loudly, unless MAALEM_TEST_REQUIRE=browser says that it must be there.
func Start(t *testing.T) *Browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(find(t)), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("use-fake-device-for-media-stream", true), chromedp.Flag("use-fake-ui-for-media-stream", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, leave := chromedp.NewContext(alloc)
	t.Cleanup(func() { leave(); stop() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	return &Browser{ctx}
}

func find(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if strings.Contains(os.Getenv("MAALEM_TEST_REQUIRE"), "browser") {
		t.Fatal("no Chromium found, and MAALEM_TEST_REQUIRE asks for one")
	}
	t.Skip("BROWSER TEST NOT RUN: no Chromium on this machine")
	return ""
}

// Tab is one page with its own cookies and storage: another person's device.
type Tab struct {
	t    testing.TB
	ctx  context.Context
	home string // what may be asked

	mu       sync.Mutex
	requests []string
	problems []string
}

// Tab opens a blank page of a width in CSS pixels. Only addresses that begin with
// home may be asked from it; the end of the test checks that, and that no script
// failed.
func (b *Browser) Tab(t testing.TB, home string, width int) *Tab {
	t.Helper()
	ctx, leave := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	tab := &Tab{t: t, ctx: ctx, home: strings.TrimRight(home, "/")}
	t.Cleanup(func() {
		if t.Failed() {
			tab.report()
		}
		tab.sound()
		leave()
	})
	if err := chromedp.Listen(ctx, tab.note); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	Call(tab, network.Enable, network.EnableParams{})
	Call(tab, runtime.Enable, cdp.Empty{})
	Call(tab, log.Enable, cdp.Empty{})
	Call(tab, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: Zone})
	Call(tab, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	tab.Width(width)
	return tab
}

// Width gives the screen a width in CSS pixels; a narrow one is a phone with touch.
func (tab *Tab) Width(px int) {
	tab.t.Helper()
	tab.Size(px, 740)
}

// Size gives the screen, or what a keyboard leaves of it, a size in CSS pixels.
func (tab *Tab) Size(width, height int) {
	tab.t.Helper()
	phone := width < 600
	Call(tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: int64(width), Height: int64(height), DeviceScaleFactor: 1, Mobile: phone})
	Call(tab, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: phone})
}

func (tab *Tab) note(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		tab.requests = append(tab.requests, e.Request.URL)
	case *runtime.EventExceptionThrown:
		what := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			what += " " + e.ExceptionDetails.Exception.Description
		}
		tab.problems = append(tab.problems, "a script failed: "+what)
	case *log.EventEntryAdded:
		// Failed requests are part of tests; what the policy refuses is not.
		if e.Entry.Source != log.EntrySourceNetwork {
			tab.problems = append(tab.problems, e.Entry.Text)
		}
	}
}

// sound fails the test when a script threw, the policy refused something, or
// another host was asked.
func (tab *Tab) sound() {
	tab.t.Helper()
	tab.mu.Lock()
	defer tab.mu.Unlock()
	for _, p := range tab.problems {
		tab.t.Errorf("the page has a problem: %s", p)
	}
	for _, r := range tab.requests {
		if !strings.HasPrefix(r, tab.home+"/") && !strings.HasPrefix(r, "data:") && !strings.HasPrefix(r, "blob:"+tab.home) {
			tab.t.Errorf("the page asked another host: %s", r)
		}
	}
}

// Call runs one command of the browser's protocol.
func Call[P, R any](tab *Tab, command cdp.Command[P, R], params P) R {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	r, err := chromedp.Call(ctx, command, params)
	if err != nil {
		tab.t.Fatalf("browser: %s: %v", command.Method, err)
	}
	return r
}

// Eval is the value of an expression; promises are awaited.
func Eval[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		tab.t.Fatalf("browser: %s: %v", expression, err)
	}
	return v
}
