package app

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"maalem/bot"
	"maalem/bot/staff"
	"maalem/bot/web/browsertest"
)

// A coordinator signs in by a link and looks round, in French and Arabic, on a phone and
// on a desk: every page can be read, reached and understood by everybody.
func TestBrowserConsole(t *testing.T) {
	b := browsertest.Start(t)
	h := startPages(t)
	c, err := loadContent()
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for i := range 70 {
		place := []string{"MA-TIZ", "MA-FES", "MA-MAR"}[i%3]
		craft := []string{"potier", "tapissier zelligeur", "bijoutier"}[i%3]
		name := []string{"Fatima Zahra Aït Lahcen", "عبد الرحمان الفيلالي", "ⴼⴰⴹⵎⴰ ⵓⵄⵍⵉ", `<b>Robert</b> "; drop`}[i%4]
		a := bot.Artisan{ID: fmt.Sprintf("PERSON%04d", i), Finished: i%5 > 0, Lang: "ary", Created: time.Now().Unix() - int64(i)*86400,
			Addresses: []bot.Address{{Channel: "web", ID: "x"}}, Consents: []bot.Consent{{Purpose: bot.PurposeGuidance, Given: true, Wording: "2026-11.2", Channel: "web", At: time.Now().Unix()}},
			Values: []bot.Value{{Field: "name", Value: name}, {Field: "craft", Value: craft}, {Field: "place", Value: place}, {Field: "gender", Value: "female"}, {Field: "phone", Value: "+212612345678"}}}
		body, err := bot.EncodeRecord(&a)
		if err != nil {
			t.Fatal(err)
		}
		ref := bot.Ref{Kind: bot.KindArtisan, ID: a.ID}
		if err := h.store.Commit(ctx, bot.Turn{Expect: []bot.Expect{{Ref: ref}}, Changes: []bot.Change{{Ref: ref, Body: body, Words: []string{"fatima"},
			Bits: []bot.Bit{{Facet: "region:" + c.names.Region(place), On: true}, {Facet: "lang:ary", On: true}, {Facet: "craft:" + "potier", On: true}}}}}); err != nil {
			t.Fatal(err)
		}
	}
	anna, said := bot.Address{Channel: "web", ID: "anna"}, 0
	for _, text := range append(asking, "أنا <b>ساكنة</b> فتزنيت", "w kandir zrabi") {
		if said++; h.engine.Handle(ctx, bot.Inbound{From: anna, Key: fmt.Sprint(said), Text: text, At: time.Now().Add(time.Duration(said) * time.Second)}) != nil {
			t.Fatal("a message was not taken")
		}
	}
	waiting, _, err := h.engine.Inbox(ctx, h.store, bot.Nation, bot.TicketOpen, "", 9)
	if err != nil || len(waiting) != 1 || waiting[0].Region != "MA-09" || len(waiting[0].Replies) != 2 {
		t.Fatalf("these questions wait: %+v (%v)", waiting, err)
	}
	for _, lang := range []string{"fr", "ar"} {
		for _, width := range []int{browsertest.Phone, browsertest.Desktop} {
			t.Run(fmt.Sprint(lang, width), func(t *testing.T) {
				a, err := h.staff.Add(ctx, staff.Operator, staff.Account{Name: "Naïma Aït Taleb", Role: staff.Admin, Lang: lang})
				if err != nil {
					t.Fatal(err)
				}
				link, err := h.staff.Link(ctx, staff.Operator, a.ID)
				if err != nil {
					t.Fatal(err)
				}
				tab := b.Tab(t, h.home, width)
				look := func(name string) {
					t.Helper()
					for _, theme := range []string{"dark", "light"} {
						tab.Theme(theme)
						for _, complaint := range tab.Audit() {
							t.Errorf("%s, %s: %s", name, theme, complaint)
						}
					}
					tab.Picture(os.Getenv("MAALEM_SCREENSHOTS"), fmt.Sprintf("console-%s-%s-%d", name, lang, width))
				}
				tab.Open(linkTo(h.home, link))
				look("enter")
				tab.Click(browsertest.One("button.main"), 1)
				tab.Until(`document.querySelector(".counts")`)
				look("home")
				tab.Open(h.home + "/console/people")
				look("people-masked")
				tab.Do(`document.querySelector("select[name=reason]").selectedIndex = 1`)
				tab.Click(browsertest.One("form.gate button"), 1)
				tab.Until(`document.querySelector("form.gate.open")`)
				look("people")
				tab.Open(h.home + "/console/people/PERSON0001")
				look("person")
				tab.Open(h.home + "/console/inbox")
				look("inbox")
				tab.Open(h.home + "/console/answers")
				tab.Do(`document.querySelector("[name=title]").value = "Prix d'un stand"; document.querySelector("[name=text_fr]").value = "Le stand est gratuit."`)
				tab.Click(browsertest.One("button.main"), 1)
				tab.Until(`document.querySelector(".done")`)
				look("answers")
				tab.Open(h.home + "/console/inbox/" + waiting[0].ID)
				look("question-asked")
				tab.Click(browsertest.One("p.row a:first-child"), 1)
				tab.Until(`document.querySelector("textarea").value.includes("gratuit")`)
				tab.Click(browsertest.One("form[action$=answer] button"), 1)
				tab.Until(`document.querySelector(".done")`)
				look("question")
				tab.Open(h.home + "/console/staff")
				look("staff")
				tab.Open(h.home + "/console/staff/" + a.ID)
				look("one")
				tab.Open(h.home + "/console/account")
				look("account")
				tab.Open(h.home + "/console/audit")
				look("audit")
			})
		}
	}
}
