package app

import (
	"bytes"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"maalem/bot/web/browsertest"
	"maalem/bot/webchat"
	"maalem/locales"
)

var pictures = flag.String("pictures", "", "folder into which TestPictures takes the README's pictures")

// TestPictures takes the pictures of the README from the real pages:
//
//	go test -run TestPictures ./bot/app -pictures ../webchat/pictures
func TestPictures(t *testing.T) {
	if *pictures == "" {
		t.Skip("takes pictures only with -pictures FOLDER")
	}
	b := browsertest.Start(t)
	official := func(c *webchat.Config) { c.Unofficial = false }
	for _, p := range []struct {
		name, theme string
		lang        locales.Lang
		say         []string // after the consents
	}{
		{"darija", "light", locales.Darija, []string{"smiti Fatima, mn Tiznit, kandir zrabi"}},
		{"french", "light", locales.French, []string{"Fatima Zahra", "tapis"}},
		{"tamazight", "dark", locales.Tamazight, []string{"Fadma"}},
	} {
		h := startPages(t, official)
		v := visit(t, b, h, browsertest.Phone, p.lang)
		v.Theme(p.theme)
		v.toName()
		for _, text := range p.say {
			v.send(text)
		}
		v.Do(`document.activeElement.blur(); await document.fonts.ready; await new Promise((r) => setTimeout(r, 400))`)
		take(v, p.name)
	}
	v := visit(t, b, startPages(t, official), browsertest.Phone, locales.French)
	v.Open(v.Home() + "/")
	v.Do(`await document.fonts.ready`)
	take(v, "home")
}

// take keeps a picture, as small as its format allows without losing anything.
func take(v visitor, name string) {
	v.t.Helper()
	v.Picture(*pictures, name)
	path := filepath.Join(*pictures, name+".png")
	data, err := os.ReadFile(path)
	if err != nil {
		v.t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		v.t.Fatal(err)
	}
	var small bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, img); err != nil {
		v.t.Fatal(err)
	}
	if small.Len() < len(data) {
		write(v.t, path, small.Bytes())
	}
}
