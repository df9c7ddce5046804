package expr

import "testing"

// typical is the kind of condition that most forms have.
const typical = "${age} >= 18 and selected(${crafts}, 'tisserand')"

// TestAllocations holds what the benchmark measures: a turn evaluates many conditions.
func TestAllocations(t *testing.T) {
	p, env := mustParse(t, typical), Env(person())
	if n := testing.AllocsPerRun(100, func() { p.True(env) }); n > 2 {
		t.Errorf("%v allocations, want at most 2", n)
	}
}

func BenchmarkTrue(b *testing.B) {
	p, env := mustParse(b, typical), Env(person())
	b.ReportAllocs()
	for b.Loop() {
		if !p.True(env) {
			b.Fatal("false")
		}
	}
}

func BenchmarkRegex(b *testing.B) {
	p, env := mustParse(b, `regex(${code}, '0[5-7][0-9]{8}|[0-9]{4}')`), Env(person())
	b.ReportAllocs()
	for b.Loop() {
		if !p.True(env) {
			b.Fatal("false")
		}
	}
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(typical); err != nil {
			b.Fatal(err)
		}
	}
}
