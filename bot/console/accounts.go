package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"maalem/bot/staff"
)

type accountsPage struct {
	Accounts []staff.Account
	Form     staff.Account
	Problem  string // what is wrong with the form
}

func (v *visit) staff() error {
	return v.staffPage(http.StatusOK, staff.Account{Role: staff.Viewer, Lang: "fr"}, "")
}

func (v *visit) staffPage(status int, form staff.Account, problem string) error {
	all, err := v.Office.List(v.r.Context())
	if err != nil {
		return err
	}
	v.show(status, "staff", accountsPage{all, form, problem})
	return nil
}

// form reads an account's fields; an administrator is national whatever was ticked.
func (v *visit) form() staff.Account {
	_ = v.r.ParseForm()
	a := staff.Account{Name: v.r.PostFormValue("name"), Role: staff.Role(v.r.PostFormValue("role")), Lang: v.r.PostFormValue("lang"), Regions: v.r.PostForm["region"]}
	if a.Role == staff.Admin {
		a.Regions = nil
	}
	return a
}

func (v *visit) addStaff() error {
	form := v.form()
	a, err := v.Office.Add(v.r.Context(), v.by(), form)
	if errors.Is(err, staff.ErrInvalid) {
		return v.staffPage(http.StatusUnprocessableEntity, form, v.T("problem.account"))
	}
	if err != nil {
		return err
	}
	return v.showLink(a)
}

type fresh struct {
	staff.Account
	Link string
}

// showLink shows a new link, this once.
func (v *visit) showLink(a staff.Account) error {
	token, err := v.Office.Link(v.r.Context(), v.by(), a.ID)
	if err != nil {
		return err
	}
	v.show(http.StatusOK, "link", fresh{a, v.Site.URL(v.r) + "/console/in/" + token})
	return nil
}

type one struct {
	staff.Account
	Problem string
}

func (v *visit) oneStaff() error { return v.onePage(http.StatusOK, "") }

func (v *visit) onePage(status int, problem string) error {
	a, err := v.Office.Get(v.r.Context(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	v.show(status, "account_of", one{a, problem})
	return nil
}

func (v *visit) changeStaff() error {
	form := v.form()
	_, err := v.Office.Change(v.r.Context(), v.by(), v.r.PathValue("id"), form.Role, form.Regions, form.Lang)
	switch {
	case errors.Is(err, staff.ErrLast):
		return v.onePage(http.StatusConflict, v.T("problem.last"))
	case errors.Is(err, staff.ErrInvalid):
		return v.onePage(http.StatusUnprocessableEntity, v.T("problem.account"))
	case err != nil:
		return err
	}
	return v.to("/console/staff", "changed")
}

func (v *visit) linkStaff() error {
	a, err := v.Office.Get(v.r.Context(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	return v.showLink(a)
}

// removeStaff wants the name typed: it cannot be undone.
func (v *visit) removeStaff() error {
	a, err := v.Office.Get(v.r.Context(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if strings.Join(strings.Fields(v.r.PostFormValue("confirm")), " ") != a.Name {
		return v.onePage(http.StatusUnprocessableEntity, v.T("problem.confirm"))
	}
	if err := v.Office.Remove(v.r.Context(), v.by(), a.ID); errors.Is(err, staff.ErrLast) {
		return v.onePage(http.StatusConflict, v.T("problem.last"))
	} else if err != nil {
		return err
	}
	return v.to("/console/staff", "removed")
}

type trail struct {
	Lines []staff.Line
	Names map[string]string
	Next  uint64
}

// audit lists what was done, newest first.
func (v *visit) audit() error {
	before, _ := strconv.ParseUint(v.r.URL.Query().Get("before"), 10, 64)
	lines, err := v.Office.Audit(v.r.Context(), v.account.Scope(), before, perPage)
	if err != nil {
		return err
	}
	all, err := v.Office.List(v.r.Context())
	if err != nil {
		return err
	}
	t := trail{Lines: lines, Names: map[string]string{staff.Operator.ID: v.T("operator")}}
	for _, a := range all {
		t.Names[a.ID] = a.Name
	}
	if len(lines) == perPage {
		t.Next = lines[len(lines)-1].Seq
	}
	v.show(http.StatusOK, "audit", t)
	return nil
}

// Who says an account by its name, or by its ID when it is gone.
func (t trail) Who(id string) string {
	if name := t.Names[id]; name != "" {
		return name
	}
	return id
}
