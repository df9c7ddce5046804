package main

import (
	"go/build"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// Imports point one way: main → bot/app → {bot/*, storage/*} → bot → flows → {flows/*, locales}.
// A channel knows no other channel, bot no network and no store, locales nobody.
func TestImportsPointOneWay(t *testing.T) {
	may := map[string][]string{
		"locales":          {},
		"locales/catalog":  {"locales"},
		"flows/expr":       {},
		"flows/understand": {"locales"},
		"flows":            {"locales", "flows/expr", "flows/understand"},
		"flows/library":    {"locales", "flows", "flows/understand"},
		"bot":              {"locales", "flows", "flows/understand"},
		"bot/app": {"bot", "bot/console", "bot/staff", "bot/telegram", "bot/web", "bot/webchat", "flows", "flows/library", "flows/understand", "locales",
			"locales/catalog", "storage/archive", "storage/bolt", "storage/media", "storage/memory"},
		"bot/channeltest":           {"bot", "locales"},
		"bot/telegram":              {"bot", "locales"},
		"bot/campaign":              {"bot", "locales"},
		"bot/staff":                 {"bot"},
		"bot/console":               {"bot", "bot/staff", "bot/web", "flows/understand", "locales"},
		"bot/web":                   {"bot", "locales"},
		"bot/web/browsertest":       {},
		"bot/webchat":               {"bot", "bot/web", "locales"},
		"storage/archive":           {},
		"storage/bolt":              {"bot"},
		"storage/memory":            {"bot"},
		"storage/media":             {"bot"},
		"storage/storetest":         {"bot"},
		"bot/telegram/telegramtest": {"bot", "locales"},
	}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() || path == "." {
			return err
		}
		if strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" {
			return filepath.SkipDir
		}
		pkg, err := build.ImportDir(path, 0)
		if err != nil {
			return nil // a folder without Go files
		}
		allowed, known := may[path]
		if !known {
			t.Errorf("%s: a new package; say here what it may import", path)
		}
		for _, imp := range pkg.Imports {
			if own, ok := strings.CutPrefix(imp, "maalem/"); ok && !contains(allowed, own) {
				t.Errorf("%s imports %s", path, own)
			}
			if path == "bot" && imp == "net/http" {
				t.Errorf("bot imports net/http")
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
