package expr

import (
	"errors"
	"strings"
	"testing"
)

// mistakes is a table: the source, the piece of it where the mistake begins ("" = anywhere), its code, words of the fix.
func TestMistakesAreLocated(t *testing.T) {
	for _, m := range []struct {
		src, at string
		code    Code
		fix     string
	}{
		{"", "", MissingOperand, "leave the cell empty"},
		{"  \u200f ", "", MissingOperand, "leave the cell empty"},
		{"${age} >", "", MissingOperand, "after it"},
		{"${age} > and 3", "and", MissingOperand, "before it"},
		{"(${age} > 3", "(", OpenParenthesis, "add )"},
		{"not(${age} > 3", "(", OpenParenthesis, "add )"},
		{"${age} > 3)", ")", MissingOperator, "add ( before"},
		{"${age} 3", "3", MissingOperator, "join with"},
		{"${age}, 3", ",", MissingOperator, "and, or"},
		{"if(1, 2, )", ")", MissingOperand, "there"},
		{"${age} > 3 AND ${b} = 1", "AND", MissingOperator, "write: and"},
		{"${age} == 3", "= 3", MissingOperand, "one of ="},
		{"${age} && ${b}", "&&", BadCharacter, "write: and"},
		{"${age} || ${b}", "||", BadCharacter, "write: or"},
		{"!${age}", "!", BadCharacter, "not("},
		{"${age} ≥ 3", "≥", BadCharacter, ">="},
		{"${age} > ١٨", "١", BadCharacter, "18"},
		{"if(${a}، 1, 2)", "،", BadCharacter, "comma"},
		{"${age} > 3 ☃", "☃", BadCharacter, "remove it"},
		{"'abc", "'", OpenQuote, "same quote"},
		{"${a} = “abc'", "“", OpenQuote, "same quote"},
		{"${age > 3", "${", BadReference, "${name}"},
		{"${} > 3", "${", BadReference, "${name}"},
		{"${last-saved#age} > 3", "${", BadReference, "${name}"},
		{"${my age} > 3", "${", BadReference, "${name}"},
		{"$age > 3", "$", BadCharacter, "${name}"},
		{"'Salam ${name}'", "'", QuotedReference, "concat"},
		{"age > 3", "age", BareName, "${age}"},
		{"${craft} = zellige", "zellige", BareName, "'zellige'"},
		{"${age} = null", "null", NullWord, "''"},
		{"${age} != NULL", "NULL", NullWord, "''"},
		{"${yes} = true", "true", UnknownFunction, "true()"},
		{"not ${yes}", "not", UnknownFunction, "not(condition)"},
		{"today > ${born}", "today", UnknownFunction, "today()"},
		{"../age > 3", "../", NodePath, "${name}"},
		{"/data/age > 3", "/", NodePath, "${name}"},
		{"${a} / 2", "/", NodePath, "div"},
		{"./age", "/", NodePath, "${name}"},
		{"${a}[1]", "[", NodePath, "${name}"},
		{"child::age", "::", NodePath, "${name}"},
		{"* > 3", "*", NodePath, "${a} * ${b}"},
		{"pulldata('x', 'y', 'z', 1)", "pulldata", UnknownFunction, "choices sheet"},
		{"instance('x')/root/item", "instance", UnknownFunction, "choices sheet"},
		{"Selected(${a}, 'x')", "Selected", UnknownFunction, "selected(${q}, 'choice')"},
		{"slected(${a}, 'x')", "slected", UnknownFunction, "selected(${q}, 'choice')"},
		{"foo:bar(1)", "foo:bar", UnknownFunction, "use one of"},
		{"selected(${a})", "selected", ArgumentCount, "selected(${q}, 'choice')"},
		{"today(1)", "today", ArgumentCount, "today()"},
		{"concat()", "concat", ArgumentCount, "concat(${a}"},
		{"jr:choice-name(${a})", "jr:", ArgumentCount, "'${q}'"},
		{"jr:choice-name(${a}, 'a')", "'a'", BadChoiceField, "'${q}'"},
		{"jr:choice-name(${a}, 1)", "1", BadChoiceField, "'${q}'"},
		{"format-date(today(), '%d %b')", "%b", BadDateFormat, "language"},
		{"format-date(today(), '100%')", "%'", BadDateFormat, "%Y"},
		{"format-date(today(), '%é')", "%é", BadDateFormat, "%Y"},
		{"1 + " + strings.Repeat("9", 400), "999", BadNumber, "smaller"},
		{"'a\x00b'", "\x00", NotText, "anew"},
		{"'a\xffb'", "\xff", NotText, "anew"},
		{"regex(., '^(?=.*x).{3}')", "(?=", BadPattern, "several regex()"},
		{"regex(., 'ab(?<!x)')", "(?<!", BadPattern, "several regex()"},
		{"regex(., '(?>a)')", "(?>", BadPattern, "several regex()"},
		{`regex(., '(a)[\1]\1')`, `\1')`, BadPattern, "several regex()"},
		{"regex(., '[a-z&&[^b]]')", "&&", BadPattern, "several regex()"},
		{"regex(., 'a)b')", "a)b", BadPattern, "correct"},
		{"regex(., 'a(b')", "a(b", BadPattern, "correct"},
		{"regex(., 'é[z-a]')", "z-a", BadPattern, "correct"},
		{"regex(., 'ab++')", "++", BadPattern, "correct"},
		{`regex(., '\p{IsArabic}')`, `\p{`, BadPattern, "correct"},
		{"regex(., '((.{1,90}){1,90}){1,90}')", "{1,90}", BadPattern, "correct"},
		{"regex(., '(.{1,30}){1,30}.{1,900}y{5}' ) or regex(., '(\\d{9}){99}(\\w{20}){50}(a{9}b{9}){40}')", "'(\\d", BigPattern, "string-length"},
		{strings.Repeat("regex(., .) or ", 11) + "1", "", BigPattern, "string-length"},
		{strings.Repeat("(", MaxNesting+1) + "1", "", TooDeep, "split"},
		{strings.Repeat("not(", 2000), "", TooDeep, "split"},
		{strings.Repeat("1", MaxSource+1), "", TooLong, "split"},
	} {
		_, err := Parse(m.src)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%.60q: accepted", m.src)
			continue
		}
		want := strings.Index(m.src, m.at)
		if m.at == "" {
			want = e.Offset
		}
		if e.Offset != want || e.Code != m.code || !strings.Contains(e.Fix, m.fix) {
			t.Errorf("%.60q: %s at %d (%s; %s), want %s at %d with %q", m.src, e.Code, e.Offset, e.What, e.Fix, m.code, want, m.fix)
		}
		if e.What == "" || e.Fix == "" || e.Offset < 0 || e.Offset > len(m.src) || !strings.Contains(e.Error(), e.What) {
			t.Errorf("%.60q: incomplete %+v", m.src, e)
		}
	}
}

func TestLongAndDeepIsAccepted(t *testing.T) {
	for src, want := range map[string]string{
		strings.Repeat("(", MaxNesting) + "1" + strings.Repeat(")", MaxNesting): "1",
		strings.Repeat("1+", MaxSource/2-1) + "1":                               "5000",
		strings.Repeat("-", MaxSource-1) + "1":                                  "-1",
		strings.Repeat("1 or ", MaxSource/5-1) + "1":                            "true",
		strings.Repeat("1=", MaxSource/2-1) + "1":                               "true",
	} {
		if got := mustParse(t, src).Eval(person()).String(); got != want {
			t.Errorf("%.20q…: %s, want %s", src, got, want)
		}
	}
}

func TestRegex(t *testing.T) {
	table(t, `
		regex('0612345678', '0[5-7]\d{8}')           => true
		regex('06123456789', '0[5-7]\d{8}')          => false
		regex('x0612345678', '^0[5-7]\d{8}$')        => false
		regex('ab', 'a|ab')                          => true
		regex('ba', 'a|b')                           => false
		regex(${ar}, '[\u0600-\u06FF]+')             => true
		regex(${name}, '[\u0600-\u06FF]+')           => false
		regex(${name}, '\\u0600')                    => false
		regex(${name}, '(?i)fADMA')                  => true
		regex(${age}, '[0-9]{2}')                    => true
		regex(${empty}, '.*')                        => true
		regex(${empty}, '.+')                        => false
		regex('a]', '[^]x]]')                        => true
		regex('aa', concat('a', '+'))                => true
		regex('aa', concat('(', 'a'))                => false
		regex('aa', concat('a(?=', 'a)'))            => false
		regex('aa', concat('a{1,900}', ''))          => false
		regex(., concat('.', '*'))                   => true
	`)
	env := answers{"long": Str(strings.Repeat("a", maxMatched+1)), "pattern": Str(strings.Repeat("a?", maxDynamic))}
	for _, src := range []string{"regex(${long}, 'a+')", "regex('a', ${pattern})"} {
		if mustParse(t, src).True(env) {
			t.Errorf("%s is not bounded", src)
		}
	}
}
