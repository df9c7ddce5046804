package expr

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
)

func TestPrecedence(t *testing.T) {
	table(t, `
		1 + 2 * 3                              => 7
		(1 + 2) * 3                            => 9
		10 - 3 - 2                             => 5
		20 div 2 div 5                         => 2
		2 * 7 mod 4                            => 2
		-7 mod 4                               => -3
		-2 * 3                                 => -6
		- - 2                                  => 2
		--${age}                               => 34
		-(${age} - 4) + 1                      => -29
		1 < 2 = true()                         => true
		3 > 2 > 1                              => false
		1 = 1 = 1                              => true
		1 + 1 = 2 and 2 + 2 = 5 or true()      => true
		true() or false() and false()          => true
		(true() or false()) and false()        => false
		1 < 2 and 2 <= 2 and 3 >= 3 and 4 != 5 => true
		not(1 = 1) or 1 = 2                    => false
		.5 + 5.                                => 5.5
	`)
}

func TestNamesAndSpaces(t *testing.T) {
	table(t, `
		${age}-1              => 33
		${age} -1             => 33
		5-3                   => 2
		${q.a-b}              => 7
		${ age }              => 34
		${q.a-b}div 7         => 1
		count-selected(${crafts})-1 => 1
		today()-today()       => 0
		.='tiznit'            => true
		"it's"                => it's
		‘yes’                 => yes
		“l’atelier”           => l’atelier
	`)
	for _, src := range []string{"${age}\u00a0>=\n18", "\u200f${age}\u200e > 18\t"} {
		if !mustParse(t, src).True(person()) {
			t.Errorf("%q is false", src)
		}
	}
}

func TestEmptyAndNotANumber(t *testing.T) {
	table(t, `
		${empty} > 3              => false
		${empty} < 3              => false
		${empty} <= ${empty}      => false
		${empty} = ''             => true
		${empty} != ''            => false
		${nobody} = ''            => true
		${empty} = 0              => false
		${empty} != 0             => true
		${name} > 3               => false
		${empty} + 1              =>
		1 div 0                   =>
		0 div 0                   =>
		1 div 0 > 5               => true
		number('x') = number('x') => false
		number('x') != 1          => true
		number('x') = ''          => false
		string(number('x'))       => NaN
		not(number('x'))          => true
		coalesce(${empty} + 1, 0) => 0
		${name} and true()        => true
		${empty} or false()       => false
		number('1e5')             =>
		number('+212')            =>
		number(' 42 ')            => 42
		-${empty}                 =>
	`)
	for _, src := range []string{"1 div 0", "${empty} + 1", "number('x')", "-1 div 0", "-0 div 5"} {
		v := mustParse(t, src).Eval(person())
		if v != v || v.String() == "-0" || v.Kind() == Number && v != Num(0) {
			t.Errorf("%s leaves %v", src, v)
		}
	}
}

func TestEquality(t *testing.T) {
	table(t, `
		${code} = 612                            => true
		'1' = '1.0'                              => true
		'a' = 'A'                                => false
		${name} = 'Fadma'                        => true
		${name} = 5                              => false
		${longue} = '12345678901234567891'       => false
		${longue} = '12345678901234567890'       => true
		${yes} = true()                          => true
		${yes} = 1                               => true
		${yes} = 'true'                          => true
		${stored} = false()                      => true
		${empty} = false()                       => true
		(1 = 2) = false()                        => true
		selected(${crafts}, 'potier') = 1        => true
	`)
}

func TestDates(t *testing.T) {
	table(t, `
		today()                                       => 2026-03-21
		now()                                         => 2026-03-21T09:30:00.000+01:00
		today() > ${born}                             => true
		${born} = '1992-02-29'                        => true
		${born} < '1992-03-01'                        => true
		'1992-02-29' < '1992-03-01'                   => true
		${born} = date('1992-02-29T23:59')            => true
		now() = today()                               => true
		now() > today()                               => false
		now() > ${met}                                => false
		now() >= ${met}                               => true
		${empty} < today()                            => false
		${empty} = today()                            => false
		${name} = today()                             => false
		(today() - ${born}) div 365.25 >= 34          => true
		today() - date('2026-03-01')                  => 20
		date(today() + 7)                             => 2026-03-28
		. <= today() + 7                              => false
		${born} <= today() + 7                        => true
		date('2026-02-30')                            =>
		date('hier')                                  =>
		date(-1)                                      => 1969-12-31
		date(99999999)                                =>
		number(date('1970-01-02'))                    => 1
		format-date(${born}, '%d/%m/%Y')              => 29/02/1992
		format-date(${born}, '%e.%n.%y le jour')      => 29.2.92 le jour
		format-date(now(), '%Y-%m-%d %H:%M:%S')       => 2026-03-21 09:30:00
		format-date(now(), '%h:%M')                   => 9:30
		format-date('2026-01-05', '%e/%n')            => 5/1
		format-date(today() + 1, '%d')                => 22
		format-date(${empty}, '%d')                   =>
		format-date(${born}, concat('%', 'b'))        =>
		if(${born}, 'known', 'unknown')               => known
	`)
}

func TestFunctions(t *testing.T) {
	table(t, `
		selected(${crafts}, 'tisserand')           => true
		selected(${crafts}, 'tisse')               => false
		selected(${crafts}, 'tisserand potier')    => false
		selected(${empty}, 'x')                    => false
		selected(${empty}, '')                     => true
		selected(${crafts}, ' potier ')            => true
		selected('1 2 3', 2)                       => true
		count-selected(${crafts})                  => 2
		count-selected(${empty})                   => 0
		count-selected('  a   b ')                 => 2
		selected-at(${crafts}, 1)                  => potier
		selected-at(${crafts}, 2)                  =>
		selected-at(${crafts}, -1)                 =>
		selected-at(${crafts}, ${empty})           =>
		selected-at(${crafts}, 999999999999999999) =>
		jr:choice-name(${craft}, '${craft}')       => الزليج
		jr:choice-name('zarbiya', ${craft})        => ⵜⴰⵣⵔⴱⵉⵜ
		if(${age} >= 18, 'adult', 'minor')         => adult
		coalesce(${empty}, '', ${name})            => Fadma
		coalesce(${empty}, ${empty})               =>
		concat('a', 1 + 1, true(), ${empty})       => a2true
		concat(${price})                           => 12.5
		contains(${name}, 'adm')                   => true
		contains(${name}, '')                      => true
		starts-with(${name}, 'Fa')                 => true
		ends-with(${name}, 'ma')                   => true
		ends-with(${name}, 'Fa')                   => false
		normalize-space('  a   b ')                => a b
		string-length()                            => 6
		number()                                   =>
		string()                                   => tiznit
		int(-2.7)                                  => -2
		int('3.9')                                 => 3
		floor(-2.1)                                => -3
		round(2.5)                                 => 3
		round(-2.5)                                => -2
		round(1.005, 2)                            => 1.01
		round(1234.5, -2)                          => 1200
		round(0.1 + 0.2, 20)                       => 0.3
		round(${price}, ${empty})                  =>
		round(12345678901234567, 1)                => 12345678901234568
		min(3, 1, 2)                               => 1
		max(3, ${age}, 2)                          => 34
		max(3, ${empty})                           =>
		0.1 + 0.2                                  => 0.30000000000000004
		100000000000000000000 * 10                 => 1000000000000000000000
		not(${empty})                              => true
	`)
}

func TestTextIsCountedInCharacters(t *testing.T) {
	table(t, `
		string-length(${ar})        => 8
		string-length(${tfng})      => 6
		string-length('تارودانت')   => 8
		substr(${tfng}, 0, 2)       => ⵜⵉ
		substr(${tfng}, 2)          => ⵣⵏⵉⵜ
		substr(${tfng}, -2)         => ⵉⵜ
		substr(${tfng}, 1, -1)      => ⵉⵣⵏⵉ
		substr(${ar}, 2, 3)         => ز
		substr(${tfng}, 4, 2)       =>
		substr(${tfng}, 99)         =>
		substr(${tfng}, 0, 99)      => ⵜⵉⵣⵏⵉⵜ
		substr(${tfng}, ${empty})   =>
		contains(${ar}, 'راب')      => true
		starts-with(${tfng}, 'ⵜ')   => true
		regex(${tfng}, '[ⴰ-ⵯ]{6}')  => true
		concat(${tfng}, ' · ', 'تيزنيت') => ⵜⵉⵣⵏⵉⵜ · تيزنيت
	`)
}

func TestConcatIsBounded(t *testing.T) {
	env := answers{"a": Str(strings.Repeat("ⵜ", 10_000))}
	got := mustParse(t, "concat("+strings.Repeat("${a},", 99)+"${a})").Eval(env).String()
	if len(got) > maxText || len(got) < maxText-3 || strings.Trim(got, "ⵜ") != "" {
		t.Errorf("%d bytes, want about %d, cut at a character", len(got), maxText)
	}
}

// counting counts what is read.
type counting struct {
	answers
	reads *[]string
}

func (c counting) Field(name string) Value {
	*c.reads = append(*c.reads, name)
	return c.answers.Field(name)
}

func TestOnlyWhatDecidesIsRead(t *testing.T) {
	for src, want := range map[string][]string{
		"if(${yes}, ${age}, ${name})":         {"yes", "age"},
		"if(${empty}, ${age}, ${name})":       {"empty", "name"},
		"coalesce(${empty}, ${age}, ${name})": {"empty", "age"},
		"${yes} or ${age}":                    {"yes"},
		"${empty} and ${age}":                 {"empty"},
	} {
		var reads []string
		mustParse(t, src).Eval(counting{person(), &reads})
		if !reflect.DeepEqual(reads, want) {
			t.Errorf("%s reads %v, want %v", src, reads, want)
		}
	}
}

func TestWhatAProgramTells(t *testing.T) {
	const src = "selected(${b}, 'x') and ${a} != 'y z' and selected('n s', ${b}) and . = 3 and ${a} = '' and ${c} > 1 and jr:choice-name(${b}, '${d}') = ''"
	p := mustParse(t, src)
	if got, want := p.Fields(), []string{"b", "a", "c", "d"}; !reflect.DeepEqual(got, want) {
		t.Errorf("Fields %v, want %v", got, want)
	}
	want := []Tested{{"b", "x", 15}, {"a", "y", 32}, {"a", "z", 32}, {"b", "n", 51}, {"b", "s", 51}, {".", "3", 72}}
	if got := p.Selected(); !reflect.DeepEqual(got, want) {
		t.Errorf("Selected %v, want %v", got, want)
	}
	if p.Source() != src || !p.UsesSelf() || mustParse(t, "${a}").UsesSelf() || !mustParse(t, "string-length() > 1").UsesSelf() {
		t.Error("Source or UsesSelf is wrong")
	}
}

func TestFilter(t *testing.T) {
	p, err := ParseFilter("region = ${region} and (name != 'autre' or selected(${crafts}, name))")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Columns(); !reflect.DeepEqual(got, []string{"region", "name"}) {
		t.Errorf("Columns %v", got)
	}
	env := answers{"region": Str("souss")}
	for region, want := range map[string]bool{"souss": true, "oriental": false} {
		r := row{env, map[string]Value{"region": Str(region), "name": Str("tiznit")}}
		if p.True(r) != want {
			t.Errorf("%s: %v", region, !want)
		}
	}
	if p.True(env) {
		t.Error("without a row the columns are empty")
	}
	var e *Error
	if _, err := ParseFilter("region = null"); !errors.As(err, &e) || e.Code != NullWord {
		t.Errorf("null in a filter: %v", err)
	}
}

func TestProgramsAreShared(t *testing.T) {
	p := mustParse(t, "regex(${name}, concat('F', '.*')) and regex(${name}, '\\p{L}+') and ${age} > 3")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 50 {
				if !p.True(person()) {
					t.Error("false")
				}
			}
		})
	}
	group.Wait()
}

func TestValues(t *testing.T) {
	if Str("") != (Value{}) || Num(0) != Num(negativeZero()) || Day(2026, 3, 21) == Moment(noon) || Str("1") == Num(1) {
		t.Error("values do not compare by content")
	}
	if !Moment(noon).Time().Equal(noon) {
		t.Errorf("Moment lost its time: %v", Moment(noon).Time())
	}
	if !Day(10000, 1, 1).IsEmpty() || !Day(0, 12, 31).IsEmpty() || Day(9999, 12, 31).IsEmpty() || Day(1, 1, 1).String() != "0001-01-01" {
		t.Error("dates outside the years 1 to 9999 are Empty")
	}
	if !Str("x").Time().IsZero() {
		t.Error("a text has no time")
	}
}

func negativeZero() float64 { z := 0.0; return -z }
