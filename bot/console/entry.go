package console

import (
	"errors"
	"net/http"
	"strings"

	"maalem/bot/staff"
	"maalem/bot/web"
	"maalem/locales"
)

// arrive shows a button and uses nothing up: messengers open links to preview them.
func (v *visit) arrive() error {
	a, err := v.Office.Look(v.r.Context(), v.r.PathValue("token"))
	if errors.Is(err, staff.ErrNobody) {
		v.show(http.StatusNotFound, "stale", nil)
		return nil
	}
	if err != nil {
		return err
	}
	v.lang = locales.Lang(a.Lang)
	v.show(http.StatusOK, "enter", a)
	return nil
}

// signIn uses the link up.
func (v *visit) signIn() error {
	if ok, _ := v.enter.Allow(web.Household(v.Site.Client(v.r))); !ok {
		v.Site.Error(v.w, v.r, http.StatusTooManyRequests)
		return nil
	}
	token, _, err := v.Office.SignIn(v.r.Context(), v.r.PathValue("token"), device(v.r.UserAgent()))
	if errors.Is(err, staff.ErrNobody) {
		v.show(http.StatusNotFound, "stale", nil)
		return nil
	}
	if err != nil {
		return err
	}
	v.cookie.Write(v.w, token)
	return v.to("/console", "")
}

// signOut ends this session.
func (v *visit) signOut() error {
	if err := v.Office.End(v.r.Context(), v.by(), v.account.ID, v.session.ID()); err != nil {
		return err
	}
	v.cookie.Clear(v.w)
	return v.to("/console", "")
}

// device says a browser in plain words.
func device(agent string) string {
	pick := func(names ...[2]string) string {
		for _, n := range names {
			if strings.Contains(agent, n[0]) {
				return n[1]
			}
		}
		return ""
	}
	browser := pick([2]string{"Firefox/", "Firefox"}, [2]string{"Edg", "Edge"}, [2]string{"SamsungBrowser", "Samsung"}, [2]string{"OPR/", "Opera"}, [2]string{"Chrome/", "Chrome"}, [2]string{"Safari/", "Safari"})
	system := pick([2]string{"Android", "Android"}, [2]string{"iPhone", "iPhone"}, [2]string{"iPad", "iPad"}, [2]string{"Windows", "Windows"}, [2]string{"Mac OS", "Mac"}, [2]string{"Linux", "Linux"})
	return strings.Trim(browser+", "+system, ", ")
}

type mine struct {
	Sessions []staff.Session
	This     string
}

func (v *visit) myAccount() error {
	sessions, err := v.Office.Sessions(v.r.Context(), v.account.ID)
	if err != nil {
		return err
	}
	v.show(http.StatusOK, "account", mine{sessions, v.session.ID()})
	return nil
}

func (v *visit) myLanguage() error {
	a := v.account
	lang := v.r.FormValue("lang")
	if lang != "fr" && lang != "ar" {
		return errMissing
	}
	if _, err := v.Office.Change(v.r.Context(), v.by(), a.ID, a.Role, a.Regions, lang); err != nil {
		return err
	}
	return v.to("/console/account", "language")
}

func (v *visit) endSession() error {
	if err := v.Office.End(v.r.Context(), v.by(), v.account.ID, v.r.PathValue("id")); err != nil {
		return err
	}
	return v.to("/console/account", "session")
}

// identities opens names and phones for an hour, or hides them again.
func (v *visit) identities() error {
	reason := strings.TrimSpace(v.r.FormValue("reason") + " " + v.r.FormValue("words"))
	if v.r.FormValue("hide") != "" {
		reason = ""
	} else if reason == "" {
		return v.to("/console/people", "reason")
	}
	if r := []rune(reason); len(r) > 200 {
		reason = string(r[:200])
	}
	if err := v.Office.Unlock(v.r.Context(), v.by(), &v.session, reason); err != nil {
		return err
	}
	return v.to("/console/people", "")
}
