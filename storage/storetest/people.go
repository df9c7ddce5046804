package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"maalem/bot"
)

// people: a store of 90 artisans in three regions, every second a potter, every
// third a weaver, and what is asked of it.
func people(t *testing.T, s Store, _ *Clock) {
	const n = 90
	for i := range n {
		region := fmt.Sprintf("region:MA-%02d", 1+i%3)
		if i == 89 { // of the third, which no scope below has
			region = "region:" + bot.NoRegion
		}
		bits := []bot.Bit{{Facet: region, On: true}}
		if i%2 == 0 {
			bits = append(bits, bot.Bit{Facet: "craft:potier", On: true})
		}
		if i%3 == 0 {
			bits = append(bits, bot.Bit{Facet: "craft:tisserand", On: true})
		}
		turn := put(person(fmt.Sprint("p", i)), 0, "x", bits...)
		turn.Changes[0].Words = []string{"fatima", fmt.Sprint("f", i), "~ftm"}
		must(t, s.Commit(ctx, turn))
	}
	south := bot.Scope{Regions: []string{"MA-01", "MA-02"}}
	for _, c := range []struct {
		scope bot.Scope
		f     bot.Filter
		want  int
	}{
		{bot.Nation, nil, n},
		{bot.Scope{}, nil, 0}, // a forgotten scope shows nothing
		{bot.Scope{Regions: []string{""}}, nil, 0},
		{bot.Scope{Regions: []string{bot.NoRegion}}, nil, 0}, // which is no region
		{bot.Nation, bot.All("region:" + bot.NoRegion), 1},
		{bot.Scope{Regions: []string{"MA-12"}}, nil, 0},
		{south, nil, 60},
		{south, bot.All("craft:potier"), 30},
		{bot.Nation, bot.Filter{{Any: []string{"craft:potier", "craft:tisserand"}}}, 60},
		{bot.Nation, bot.Filter{{Any: []string{"craft:potier"}, Not: true}}, 45},
		{bot.Nation, bot.Filter{{Any: []string{"craft:potier", "craft:tisserand"}, Not: true}}, 30},
		{bot.Nation, bot.Filter{{Any: []string{"craft:potier"}}, {Any: []string{"craft:tisserand"}, Not: true}}, 30},
		{bot.Nation, bot.Filter{{}}, 0},
		{bot.Nation, bot.Filter{{Not: true}}, n},
		{bot.Nation, bot.Filter{{Any: []string{"craft:nobody"}}}, 0},
		{bot.Nation, bot.Filter{{Any: []string{"craft:nobody"}, Not: true}}, n},
	} {
		got, err := s.Count(ctx, c.scope, c.f)
		must(t, err)
		if got != c.want {
			t.Errorf("count %+v %+v = %d, want %d", c.scope, c.f, got, c.want)
		}
		if rows := list(t, s, c.scope, c.f, nil, 7); len(rows) != c.want {
			t.Errorf("list %+v %+v gives %d, want %d", c.scope, c.f, len(rows), c.want)
		}
	}
	counts, err := s.Counts(ctx, south, bot.All("craft:potier"), "region:")
	must(t, err)
	if len(counts) != 2 || counts["MA-01"] != 15 || counts["MA-02"] != 15 {
		t.Errorf("counts by region: %v", counts)
	}
	for id, want := range map[string]bool{"p0": true, "p2": false, "nobody": false} {
		if got, err := s.Sees(ctx, south, id); err != nil || got != want {
			t.Errorf("sees %s: %v %v", id, got, err)
		}
	}
	if rows := list(t, s, bot.Nation, nil, nil, 100); rows[0] != "p89" || rows[89] != "p0" {
		t.Errorf("not newest first: %v … %v", rows[0], rows[89])
	}
}

// list pages through everything and sees nobody twice.
func list(t *testing.T, s Store, scope bot.Scope, f bot.Filter, terms []bot.Term, n int) []string {
	t.Helper()
	var ids []string
	var from bot.Cursor
	for {
		rows, next, err := s.List(ctx, scope, f, terms, from, n)
		must(t, err)
		if len(rows) > n {
			t.Fatalf("%d rows of at most %d", len(rows), n)
		}
		for _, r := range rows {
			if slices.Contains(ids, r.Ref.ID) {
				t.Fatalf("%s came twice", r.Ref.ID)
			}
			ids = append(ids, r.Ref.ID)
		}
		if next == 0 {
			return ids
		}
		from = next
	}
}

// words: found by the beginning of a word or by all of one; a new name replaces the
// old one, a deleted person is not found.
func words(t *testing.T, s Store, _ *Clock) {
	name := func(id string, v bot.Version, words ...string) {
		turn := put(person(id), v, "x")
		turn.Changes[0].Words = words
		must(t, s.Commit(ctx, turn))
	}
	name("a", 0, "fatima", "bennani", "~ftm")
	name("b", 0, "فاطمه", "~ftm")
	name("c", 0, "fatiha", "212612345678")
	find := func(want string, terms ...bot.Term) {
		t.Helper()
		if got := fmt.Sprint(list(t, s, bot.Nation, nil, terms, 2)); got != want {
			t.Errorf("found %s for %v, want %s", got, terms, want)
		}
	}
	find("[c a]", bot.Term{Prefix: "fati"})
	find("[b a]", bot.Term{Prefix: "fatima", Exact: "~ftm"})
	find("[a]", bot.Term{Prefix: "fat"}, bot.Term{Prefix: "ben"})
	find("[c]", bot.Term{Prefix: "2126"})
	find("[]", bot.Term{Exact: "fat"})
	find("[]", bot.Term{})
	must(t, s.Commit(ctx, put(person("a"), 1, "y"))) // without a word about words
	find("[a]", bot.Term{Prefix: "bennani"})
	name("a", 2, "khadija")
	find("[]", bot.Term{Prefix: "bennani"})
	find("[a]", bot.Term{Prefix: "khad"})
	must(t, s.Commit(ctx, put(person("a"), 3, "")))
	find("[]", bot.Term{Prefix: "khad"})
	find("[c b]")
	name("a", 4, "khadija") // back again, as somebody new
	find("[a c b]")
	most := make([]string, bot.MaxWords)
	for i := range most {
		most[i] = fmt.Sprintf("w%0*d", bot.MaxWordLen-1, i)
	}
	name("d", 0, most...)
	find("[d]", bot.Term{Prefix: most[31]})
	for _, bad := range [][]string{append(most, "x"), {""}, {most[0] + "x"}, {"a\x00b"}} {
		turn := put(person("e"), 0, "x")
		turn.Changes[0].Words = bad
		if err := s.Commit(ctx, turn); !errors.Is(err, bot.ErrInvalid) {
			t.Errorf("the words %q: %v", bad, err)
		}
	}
	turn := put(conv(anna), 0, "x")
	turn.Changes[0].Words = []string{"anna"}
	if err := s.Commit(ctx, turn); !errors.Is(err, bot.ErrInvalid) {
		t.Errorf("words of a conversation: %v", err)
	}
	find("[d a c b]")
}

// listing goes on while people come and go: nobody who is there all the time is
// missed or doubled.
func listing(t *testing.T, s Store, _ *Clock) {
	const n = 200
	for i := range n {
		must(t, s.Commit(ctx, put(person(fmt.Sprint("p", i)), 0, "x", bot.Bit{Facet: "all", On: true})))
	}
	r := rand.New(rand.NewPCG(1, 2))
	gone := map[string]bool{}
	var ids []string
	var from bot.Cursor
	for more := true; more; more = from != 0 {
		rows, next, err := s.List(ctx, bot.Nation, bot.All("all"), nil, from, 1+r.IntN(20))
		must(t, err)
		for _, row := range rows {
			ids = append(ids, row.Ref.ID)
		}
		from = next
		must(t, s.Commit(ctx, put(person(fmt.Sprint("new", len(ids))), 0, "x", bot.Bit{Facet: "all", On: true})))
		if id := fmt.Sprint("p", r.IntN(n)); !gone[id] {
			gone[id] = true
			must(t, s.Commit(ctx, put(person(id), 1, "")))
		}
	}
	seen := map[string]int{}
	for _, id := range ids {
		seen[id]++
	}
	for i := range n {
		id := fmt.Sprint("p", i)
		if seen[id] > 1 || seen[id] == 0 && !gone[id] {
			t.Errorf("%s came %d times", id, seen[id])
		}
	}
}

// scopedLogs: a scope reads its own regions' rows, newest first; what lasts is not pruned.
func scopedLogs(t *testing.T, s Store, _ *Clock) {
	for i := range 30 {
		region := []string{"", "MA-01", "MA-02"}[i%3]
		must(t, s.Commit(ctx, bot.Turn{Append: []bot.LogRow{{Log: bot.LogOf(bot.LogAudit, region), Body: []byte{byte(i)}}}}))
	}
	for _, c := range []struct {
		scope bot.Scope
		want  int
		first byte
	}{{bot.Nation, 30, 29}, {bot.Scope{Regions: []string{"MA-01"}}, 10, 28}, {bot.Scope{Regions: []string{"MA-02", "MA-01"}}, 20, 29}, {bot.Scope{Regions: []string{"MA-01", "MA-01"}}, 10, 28}, {bot.Scope{}, 0, 0}, {bot.Scope{Regions: []string{"MA-03"}}, 0, 0}} {
		var all []bot.LogLine
		var before uint64
		for {
			rows, err := s.LogBack(ctx, c.scope, bot.LogAudit, before, 7)
			must(t, err)
			if len(rows) == 0 {
				break
			}
			all = append(all, rows...)
			before = rows[len(rows)-1].Seq
		}
		if len(all) != c.want || c.want > 0 && all[0].Body[0] != c.first {
			t.Errorf("%+v: %d rows, want %d", c.scope, len(all), c.want)
		}
		if !slices.IsSortedFunc(all, func(a, b bot.LogLine) int { return int(int64(b.Seq) - int64(a.Seq)) }) {
			t.Errorf("%+v: not newest first", c.scope)
		}
	}
	if !bot.Lasting(bot.LogOf(bot.LogAudit, "MA-01")) || bot.Lasting(bot.LogDropped) {
		t.Error("the wrong log lasts")
	}
}

// lists: a scope reads its own regions' keys in their order, page by page; an entry is
// in a list once, whatever list's name begins like another.
func lists(t *testing.T, s Store, _ *Clock) {
	enter := func(list, region, key string, on bool) {
		t.Helper()
		must(t, s.Commit(ctx, bot.Turn{Entries: []bot.Entry{{List: bot.LogOf(list, region), Key: key, On: on}}}))
	}
	for i := range 9 {
		enter("open", []string{"", "MA-01", "MA-02"}[i%3], fmt.Sprintf("k%d", i), true)
	}
	enter("open", "MA-01", "k1", true) // again
	enter("open", "MA-02", "k5", false)
	enter("open", "MA-02", "k5", false) // again
	enter("opened", "MA-01", "k0", true)
	for _, c := range []struct {
		scope bot.Scope
		want  string
	}{{bot.Nation, "[k0 k1 k2 k3 k4 k6 k7 k8]"}, {bot.Scope{Regions: []string{"MA-01"}}, "[k1 k4 k7]"}, {bot.Scope{Regions: []string{"MA-02", "MA-01", "MA-02"}}, "[k1 k2 k4 k7 k8]"}, {bot.Scope{}, "[]"}, {bot.Scope{Regions: []string{"MA-03"}}, "[]"}} {
		all, after := []string{}, ""
		for {
			page, err := s.Listed(ctx, c.scope, "open", after, 2)
			must(t, err)
			if len(page) == 0 {
				break
			}
			all = append(all, page...)
			after = page[len(page)-1]
		}
		if fmt.Sprint(all) != c.want {
			t.Errorf("%+v: %v, want %s", c.scope, all, c.want)
		}
	}
	for _, e := range []bot.Entry{{Key: "k"}, {List: "open"}} {
		if err := s.Commit(ctx, bot.Turn{Entries: []bot.Entry{e}}); !errors.Is(err, bot.ErrInvalid) {
			t.Errorf("%+v: %v, want invalid", e, err)
		}
	}
}
