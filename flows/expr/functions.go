package expr

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// wants is what a function expects of all its arguments, for Check.
type wants uint8

const (
	wantsAnything wants = iota
	wantsNumbers
	wantsDate   // the first argument
	wantsChoice // a select question, or its words
)

// function is one entry of the closed list.
type function struct {
	usage    string
	min, max int  // arguments; max -1 is any number
	result   Kind // Empty: that of its arguments
	wants    wants
	choices  bool                            // compares an answer with choices
	named    bool                            // the second argument names a question
	prepare  func(p *parser, n *node) *Error // what literal arguments allow to do at Parse; may be nil
	eval     func(n *node, env Env) Value
}

// functions are those that real forms use: a measurement over 221 public forms (core), and what is cheap beside it.
var functions = map[string]*function{
	"selected":       {usage: "selected(${q}, 'choice')", min: 2, max: 2, result: Bool, wants: wantsChoice, choices: true, eval: selected},
	"count-selected": {usage: "count-selected(${q})", min: 1, max: 1, result: Number, wants: wantsChoice, eval: countSelected},
	"selected-at":    {usage: "selected-at(${q}, 0)", min: 2, max: 2, result: String, wants: wantsChoice, eval: selectedAt},
	"jr:choice-name": {usage: "jr:choice-name(${q}, '${q}')", min: 2, max: 2, result: String, named: true, eval: choiceName},
	"not": {usage: "not(condition)", min: 1, max: 1, result: Bool, eval: func(n *node, env Env) Value {
		return Truth(!n.args[0].holds(env))
	}},
	"true": {usage: "true()", result: Bool, eval: func(*node, Env) Value {
		return Truth(true)
	}},
	"false": {usage: "false()", result: Bool, eval: func(*node, Env) Value {
		return Truth(false)
	}},
	"if":       {usage: "if(condition, then, else)", min: 3, max: 3, eval: choose},
	"coalesce": {usage: "coalesce(${a}, ${b})", min: 1, max: -1, eval: coalesce},
	"regex":    {usage: "regex(., 'pattern')", min: 2, max: 2, result: Bool, prepare: prepareRegex, eval: matches},
	"string": {usage: "string(${q})", max: 1, result: String, eval: func(n *node, env Env) Value {
		return Str(n.text(0, env))
	}},
	"string-length":   {usage: "string-length(${q})", max: 1, result: Number, eval: stringLength},
	"normalize-space": {usage: "normalize-space(${q})", max: 1, result: String, eval: normalizeSpace},
	"contains": {usage: "contains(${q}, 'text')", min: 2, max: 2, result: Bool, eval: func(n *node, env Env) Value {
		return Truth(strings.Contains(n.text(0, env), n.text(1, env)))
	}},
	"starts-with": {usage: "starts-with(${q}, 'text')", min: 2, max: 2, result: Bool, eval: func(n *node, env Env) Value {
		return Truth(strings.HasPrefix(n.text(0, env), n.text(1, env)))
	}},
	"ends-with": {usage: "ends-with(${q}, 'text')", min: 2, max: 2, result: Bool, eval: func(n *node, env Env) Value {
		return Truth(strings.HasSuffix(n.text(0, env), n.text(1, env)))
	}},
	"substr": {usage: "substr(${q}, from, to), counted from 0", min: 2, max: 3, result: String, eval: substr},
	"concat": {usage: "concat(${a}, ' ', ${b})", min: 1, max: -1, result: String, eval: concat},
	"number": {usage: "number(${q})", max: 1, result: Number, wants: wantsNumbers, eval: func(n *node, env Env) Value {
		return number(n.arg(0, env).Number())
	}},
	"int": {usage: "int(${q})", min: 1, max: 1, result: Number, wants: wantsNumbers, eval: func(n *node, env Env) Value {
		return number(math.Trunc(n.arg(0, env).Number()))
	}},
	"floor": {usage: "floor(${q})", min: 1, max: 1, result: Number, wants: wantsNumbers, eval: func(n *node, env Env) Value {
		return number(math.Floor(n.arg(0, env).Number()))
	}},
	"round": {usage: "round(${q}, 2)", min: 1, max: 2, result: Number, wants: wantsNumbers, eval: round},
	"min": {usage: "min(${a}, ${b})", min: 1, max: -1, result: Number, wants: wantsNumbers, eval: func(n *node, env Env) Value {
		return extreme(n, env, math.Min)
	}},
	"max": {usage: "max(${a}, ${b})", min: 1, max: -1, result: Number, wants: wantsNumbers, eval: func(n *node, env Env) Value {
		return extreme(n, env, math.Max)
	}},
	"today": {usage: "today()", result: Date, eval: func(_ *node, env Env) Value {
		return env.Today()
	}},
	"now": {usage: "now()", result: Date, eval: func(_ *node, env Env) Value {
		return Moment(env.Now())
	}},
	"date": {usage: "date('2026-03-21')", min: 1, max: 1, result: Date, wants: wantsDate, eval: func(n *node, env Env) Value {
		return toDay(n.arg(0, env))
	}},
	"format-date": {usage: "format-date(${q}, '%d/%m/%Y')", min: 2, max: 2, result: String, wants: wantsDate, prepare: prepareDateFormat, eval: func(n *node, env Env) Value {
		return formatDate(n.arg(0, env), n.text(1, env))
	}},
}

// arg is an argument, or "." where a function is called without.
func (n *node) arg(i int, env Env) Value {
	if len(n.args) == 0 {
		return env.Self()
	}
	return n.args[i].eval(env)
}

func (n *node) text(i int, env Env) string {
	v := n.arg(i, env)
	if v.kind == String {
		return v.str
	}
	return v.String()
}

func isWordSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// cutWord takes the first word of a list of choices.
func cutWord(list string) (word, rest string) {
	for list != "" && isWordSpace(list[0]) {
		list = list[1:]
	}
	for i := 0; i < len(list); i++ {
		if isWordSpace(list[i]) {
			return list[:i], list[i+1:]
		}
	}
	return list, ""
}

// selected tells whether a choice is among the chosen; the empty choice is "selected" when nothing is (JavaRosa).
func selected(n *node, env Env) Value {
	list, choice := n.text(0, env), strings.Trim(n.text(1, env), " \t\r\n")
	word, rest := cutWord(list)
	if choice == "" {
		return Truth(word == "")
	}
	for word != "" {
		if word == choice {
			return Truth(true)
		}
		word, rest = cutWord(rest)
	}
	return Truth(false)
}

func countSelected(n *node, env Env) Value {
	count := 0
	for word, rest := cutWord(n.text(0, env)); word != ""; word, rest = cutWord(rest) {
		count++
	}
	return number(float64(count))
}

// selectedAt counts from 0; outside the list it is Empty.
func selectedAt(n *node, env Env) Value {
	word, rest := cutWord(n.text(0, env))
	i := math.Trunc(n.args[1].eval(env).Number())
	if !(i >= 0) {
		return Value{}
	}
	for ; i > 0 && word != ""; i-- {
		word, rest = cutWord(rest)
	}
	return Str(word)
}

func choiceName(n *node, env Env) Value { return Str(env.ChoiceName(n.name, n.text(0, env))) }

// choose computes only the branch that it returns.
func choose(n *node, env Env) Value {
	if n.args[0].holds(env) {
		return n.args[1].eval(env)
	}
	return n.args[2].eval(env)
}

// coalesce is the first argument that says something; those after it are not computed.
func coalesce(n *node, env Env) Value {
	for _, a := range n.args {
		v := a.eval(env)
		if v.kind != Empty && !(v.kind == Number && math.IsNaN(v.num)) {
			return v
		}
	}
	return Value{}
}

func stringLength(n *node, env Env) Value {
	return number(float64(utf8.RuneCountInString(n.text(0, env))))
}

func normalizeSpace(n *node, env Env) Value {
	return Str(strings.Join(strings.Fields(n.text(0, env)), " "))
}

// substr counts characters from 0, to is not included, negative positions count from the end (JavaRosa).
func substr(n *node, env Env) Value {
	s := n.text(0, env)
	length := utf8.RuneCountInString(s)
	from, to := n.args[1].eval(env).Number(), float64(length)
	if len(n.args) == 3 {
		to = n.args[2].eval(env).Number()
	}
	a, okA := position(from, length)
	b, okB := position(to, length)
	if !okA || !okB || a >= b {
		return Value{}
	}
	start, end, i := len(s), len(s), 0
	for at := range s {
		if i == a {
			start = at
		}
		if i == b {
			end = at
			break
		}
		i++
	}
	return Str(s[start:end])
}

func position(f float64, length int) (int, bool) {
	if math.IsNaN(f) {
		return 0, false
	}
	f = math.Trunc(f)
	if f < 0 {
		f += float64(length)
	}
	return int(min(max(f, 0), float64(length))), true
}

func concat(n *node, env Env) Value {
	if len(n.args) == 1 {
		return Str(n.text(0, env))
	}
	var b strings.Builder
	for _, a := range n.args {
		s := a.eval(env).String()
		if room := maxText - b.Len(); len(s) > room {
			for room > 0 && !utf8.RuneStart(s[room]) {
				room--
			}
			b.WriteString(s[:room])
			break
		}
		b.WriteString(s)
	}
	return Str(b.String())
}

// round goes to the nearest, halves up (XPath), in decimal: round(1.005, 2) is 1.01. Digits may be negative.
func round(n *node, env Env) Value {
	x := n.args[0].eval(env).Number()
	if len(n.args) == 1 {
		return number(math.Floor(x + 0.5))
	}
	digits := math.Trunc(n.args[1].eval(env).Number())
	if math.IsNaN(x) || math.IsInf(x, 0) || !(digits >= -exactDigits) {
		return number(math.NaN())
	}
	d := int(min(digits, exactDigits))
	shifted := math.Floor(shift(x, d) + 0.5)
	if math.IsInf(shifted, 0) || math.Abs(shifted) >= 1<<53 { // no digit there to round
		return number(x)
	}
	return number(shift(shifted, -d))
}

// shift multiplies by a power of ten on the decimal text, where it is exact.
func shift(x float64, digits int) float64 {
	f, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'f', -1, 64)+"e"+strconv.Itoa(digits), 64)
	return f
}

// extreme is not a number as soon as one argument is not.
func extreme(n *node, env Env, pick func(x, y float64) float64) Value {
	x := n.args[0].eval(env).Number()
	for _, a := range n.args[1:] {
		x = pick(x, a.eval(env).Number())
	}
	return number(x)
}
