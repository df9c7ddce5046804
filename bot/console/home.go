package console

import (
	"cmp"
	"net/http"
	"slices"

	"maalem/bot"
	"maalem/bot/staff"
)

// cell is a line of a table of counts.
type cell struct {
	Name  string
	Count int
}

type overview struct {
	All, Finished, Announced int
	Regions, Crafts, Langs   []cell
	Waiting, Late            int // questions to a human
}

// home is the counts that the visitor's scope has.
func (v *visit) home() error {
	ctx, scope := v.r.Context(), v.account.Scope()
	var o overview
	for _, n := range []struct {
		into *int
		f    bot.Filter
	}{{&o.All, nil}, {&o.Finished, bot.All("finished")}, {&o.Announced, bot.Filter{{Any: []string{"consent:announcements"}}, {Any: []string{"stopped"}, Not: true}}}} {
		got, err := v.People.Count(ctx, scope, n.f)
		if err != nil {
			return err
		}
		*n.into = got
	}
	if v.account.Role == staff.Viewer {
		for _, n := range []*int{&o.Finished, &o.Announced} {
			if *n > 0 && *n < 5 || o.All-*n > 0 && o.All-*n < 5 {
				*n = staff.Hidden
			}
		}
	}
	for _, t := range []struct {
		into   *[]cell
		prefix string
		say    func(string) string
	}{{&o.Regions, "region:", v.Named}, {&o.Crafts, "craft:", v.Named}, {&o.Langs, "lang:", func(l string) string { return v.T("lang." + l) }}} {
		counts, err := v.People.Counts(ctx, scope, nil, t.prefix)
		if err != nil {
			return err
		}
		*t.into = v.table(counts, t.say)
	}
	var err error
	if o.Waiting, o.Late, err = v.waiting(); err != nil {
		return err
	}
	v.show(http.StatusOK, "home", o)
	return nil
}

// table puts counts in order, the largest first; a viewer sees no small cell.
func (v *visit) table(counts map[string]int, say func(string) string) []cell {
	if v.account.Role == staff.Viewer {
		counts = staff.HideSmall(counts)
	}
	var out []cell
	for id, n := range counts {
		out = append(out, cell{say(id), n})
	}
	slices.SortFunc(out, func(a, b cell) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Name, b.Name)) })
	return out
}
