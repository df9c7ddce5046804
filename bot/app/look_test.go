package app

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"maalem/bot/web/browsertest"
)

// firstLoad is the most that the chat's first load may weigh, compressed and
// without fonts, in bytes: LOOK's budget for a slow line.
const firstLoad = 60_000

// part is what a page or one of its assets refers to.
var part = regexp.MustCompile(`(?:src|href)="(/static/[^"]+)"|url\("(\./[^"]+)"\)|from "(\./[^"]+)"|import "(\./[^"]+)"`)

// load gets a page and everything that it refers to, as a browser does, and gives
// what came over the line by path.
func load(t *testing.T, home, path string) (bytes map[string]int, text map[string]string) {
	t.Helper()
	bytes, text = map[string]int{}, map[string]string{}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	open := []string{path}
	for len(open) > 0 {
		next := open[0]
		open = open[1:]
		if _, done := bytes[next]; done {
			continue
		}
		got := func(encoding string) string {
			r, err := http.NewRequestWithContext(t.Context(), "GET", home+next, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Accept-Encoding", encoding)
			resp, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Fatalf("%s: %d, %v", next, resp.StatusCode, err)
			}
			return string(body)
		}
		bytes[next], text[next] = len(got("gzip")), got("identity")
		if strings.HasSuffix(next, ".woff2") || strings.HasSuffix(next, ".png") {
			continue
		}
		for _, m := range part.FindAllStringSubmatch(text[next], -1) {
			for _, to := range m[1:] {
				if to != "" {
					open = append(open, strings.Replace(to, "./", "/static/", 1))
				}
			}
		}
	}
	return bytes, text
}

// The first load fits a slow line, and comes from nowhere else.
func TestFirstLoadIsLight(t *testing.T) {
	h := startPages(t)
	for _, path := range []string{"/", "/chat"} {
		bytes, text := load(t, h.home, path)
		sum := 0
		for name, n := range bytes {
			if !strings.HasSuffix(name, ".woff2") {
				sum += n
			}
			if strings.HasSuffix(name, ".css") || strings.HasSuffix(name, ".js") || !strings.Contains(name, ".") {
				for _, link := range regexp.MustCompile(`(?:src|href|url|import|from)\s*[=(]?\s*["']?(?:https?:)?//[^"')\s]*`).FindAllString(text[name], -1) {
					t.Errorf("%s: %s loads from another host", name, link)
				}
			}
		}
		t.Logf("%s: %d files, %d bytes without fonts", path, len(bytes), sum)
		if sum > firstLoad {
			t.Errorf("%s weighs %d bytes, at most %d", path, sum, firstLoad)
		}
		if path == "/chat" && len(bytes) < 12 {
			t.Errorf("only %d files were found: %v", len(bytes), bytes)
		}
	}
}

// What a browser really loads at first stays within the budget too.
func TestBrowserFirstLoadIsLight(t *testing.T) {
	t.Parallel()
	b, h := browsertest.Start(t), startPages(t)
	tab := b.Tab(t, h.home, browsertest.Phone)
	tab.Open(h.url)
	tab.Until(`document.documentElement.classList.contains("scripted")`)
	sum := browsertest.Eval[int](tab, `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
		.filter((e) => !e.name.endsWith(".woff2")).reduce((n, e) => n + e.transferSize, 0)`)
	t.Logf("%d bytes, headers counted", sum)
	if sum > firstLoad || sum < 5_000 {
		t.Errorf("%d bytes, at most %d", sum, firstLoad)
	}
}

// physical finds declarations that do not turn round with the writing.
var physical = regexp.MustCompile(`(?:^|[;{\s])((?:margin|padding|border)-(?:left|right|top|bottom)[a-z-]*|left|right|top|bottom|(?:min-|max-)?(?:width|height)|border-(?:top|bottom)-(?:left|right)-radius)\s*:|(?:text-align|float|clear)\s*:\s*(left|right|justify)`)

// Pages turn round with their direction: only logical properties in their styles.
func TestStylesAreLogical(t *testing.T) {
	h := startPages(t)
	_, text := load(t, h.home, "/chat")
	sheets := 0
	for name, css := range text {
		if !strings.HasSuffix(name, ".css") {
			continue
		}
		sheets++
		css = regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(css, "")
		css = regexp.MustCompile(`\([a-z-]+:[^)]*\)`).ReplaceAllString(css, "") // media queries ask about the screen
		for _, m := range physical.FindAllString(css, -1) {
			t.Errorf("%s: %q", name, m)
		}
	}
	if sheets < 2 {
		t.Errorf("%d style sheets were read", sheets)
	}
}

// The letters that a phone may lack come with the page: each font is there, may be
// loaded, and has the letters it is for.
func TestBrowserFonts(t *testing.T) {
	t.Parallel()
	b, h := browsertest.Start(t), startPages(t)
	_, text := load(t, h.home, "/chat")
	tab := b.Tab(t, h.home, browsertest.Phone)
	tab.Open(h.url)
	samples := map[string]string{"noto-sans": "Żłḥɣṭ", "noto-naskh": "گڤڭپ", "noto-tifinagh": "ⵣⵯⵥ"}
	found := 0
	for name := range text {
		if !strings.HasSuffix(name, ".woff2") {
			continue
		}
		for family, sample := range samples {
			if !strings.HasPrefix(name, "/static/"+family) {
				continue
			}
			found++
			// A letter that a font lacks comes from the next: then both widths are the same.
			same := browsertest.Eval[bool](tab, `(async () => {
				document.fonts.add(await new FontFace("Sample", "url(`+name+`)").load());
				const c = document.createElement("canvas").getContext("2d"), width = (font, s) => { c.font = "40px " + font; return c.measureText(s).width; };
				return [...`+quoted(sample)+`].some((s) => width("Sample, monospace", s) === width("monospace", s) && width("Sample, serif", s) === width("serif", s));
			})()`)
			if same {
				t.Errorf("%s lacks one of %s", name, sample)
			}
		}
	}
	if found != 5 {
		t.Errorf("%d fonts, not 5", found)
	}
}
