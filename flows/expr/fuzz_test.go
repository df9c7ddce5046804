package expr

import "testing"

func FuzzParse(f *testing.F) {
	for _, src := range []string{
		"${age} >= 18 and selected(${crafts}, 'tisserand')", "if(. > 3, 'a', concat(${a}, \"b\"))", "-(1 + .5) * 2 div 3 mod 4",
		"regex(., '^[\\u0600-\\u06FF]{2,}$')", "regex(., ${name})", "format-date(now(), '%d/%m/%Y %H:%M')", "jr:choice-name(${craft}, '${craft}')",
		"substr(., -3, 2)", "round(${price}, -2)", "selected-at(${crafts}, 1) != ''", "“l’eau” = ‘x’", "../a | /b[1]", "${a} = null",
		"region = ${region}", "date('2026-03-21') + 1 > today()", "coalesce(number(), min(1, max(2, ${age})))", "((((", "not(", "1 = 1 = 1",
	} {
		f.Add(src, "Fadma ⵜⵉⵣⵏⵉⵜ 12 2026-03-21")
	}
	f.Fuzz(func(t *testing.T, src, answer string) {
		for _, parse := range []func(string) (*Program, error){Parse, ParseFilter} {
			p, err := parse(src)
			if err != nil {
				if e := err.(*Error); e.Offset < 0 || e.Offset > len(src) || e.What == "" || e.Fix == "" || e.Code == "" {
					t.Fatalf("%q: incomplete %+v", src, e)
				}
				continue
			}
			env := person()
			env["."], env["name"], env["a"] = Str(answer), Str(answer), Str(answer)
			r := row{env, map[string]Value{"region": Str(answer)}}
			got := p.Eval(r)
			if got != got || !got.IsEmpty() && got.True() != p.True(r) {
				t.Fatalf("%q: %v as a value, %v as a condition", src, got, p.True(r))
			}
			again, err := parse(p.Source())
			if err != nil || again.Eval(r) != got {
				t.Fatalf("%q is not stable: %v", src, err)
			}
			for _, e := range p.Check(form) {
				if e.Offset < 0 || e.Offset >= len(src) {
					t.Fatalf("%q: %+v is outside", src, e)
				}
			}
		}
	})
}
