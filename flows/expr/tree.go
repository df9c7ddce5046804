package expr

import (
	"math"
	"regexp"
	"strings"
)

type op uint8

const (
	opLiteral op = iota
	opField      // name
	opColumn     // name
	opSelf
	opMinus // args[0], val is the factor 1 or -1
	opOr    // args
	opAnd
	opChain // args[0] ops[0] args[1] ops[1] … from left to right, all of one precedence
	opCall  // call, args

	// The two-sided operators, in node.ops.
	opEqual
	opDiffer
	opLess
	opAtMost
	opMore
	opAtLeast
	opPlus
	opTake
	opTimes
	opDiv
	opMod
)

// node is one step of a compiled expression. Operators of one precedence are one node however many they are,
// so that depth is bounded by MaxNesting and not by the length of the source.
type node struct {
	op   op
	at   int // byte offset in the source
	name string
	val  Value
	call *function
	args []*node
	ops  []op
	re   *regexp.Regexp // of regex() with a literal pattern
}

func (n *node) eval(env Env) Value {
	switch n.op {
	case opLiteral:
		return n.val
	case opField:
		return env.Field(n.name)
	case opSelf:
		return env.Self()
	case opColumn:
		if row, ok := env.(Row); ok {
			return row.Column(n.name)
		}
		return Value{}
	case opMinus:
		return number(n.val.num * n.args[0].eval(env).Number())
	case opOr, opAnd:
		return Truth(n.decide(env))
	case opChain:
		return n.chain(env)
	default: // opCall
		return n.call.eval(n, env)
	}
}

// holds is eval as a condition; it spares the commonest steps a Value.
func (n *node) holds(env Env) bool {
	switch {
	case n.op == opOr || n.op == opAnd:
		return n.decide(env)
	case n.op == opChain && len(n.ops) == 1 && n.ops[0] < opPlus:
		return compare(n.ops[0], n.args[0].eval(env), n.args[1].eval(env))
	}
	return n.eval(env).True()
}

// decide reads no further than the first condition that decides.
func (n *node) decide(env Env) bool {
	decides := n.op == opOr
	for _, a := range n.args {
		if a.holds(env) == decides {
			return decides
		}
	}
	return !decides
}

func (n *node) chain(env Env) Value {
	v := n.args[0].eval(env)
	for i, o := range n.ops {
		v = operate(o, v, n.args[i+1].eval(env))
	}
	return v
}

func operate(o op, a, b Value) Value {
	if o < opPlus {
		return Truth(compare(o, a, b))
	}
	x, y := a.Number(), b.Number()
	switch o {
	case opPlus:
		return number(x + y)
	case opTake:
		return number(x - y)
	case opTimes:
		return number(x * y)
	case opDiv:
		return number(x / y)
	default: // opMod: the sign of the left side, as XPath and Go's Mod have it
		return number(math.Mod(x, y))
	}
}

func compare(o op, a, b Value) bool {
	if o == opEqual || o == opDiffer {
		return Equal(a, b) == (o == opEqual)
	}
	x, y := a.num, b.num
	if a.kind != Number || b.kind != Number {
		x, y = sides(a, b)
	}
	switch o { // with NaN on a side all four are false
	case opLess:
		return x < y
	case opAtMost:
		return x <= y
	case opMore:
		return x > y
	default:
		return x >= y
	}
}

// sides reads two values for comparison by size: as days if each is a date or the text of an ISO day,
// with their time of day only when both carry one, else as numbers.
func sides(a, b Value) (x, y float64) {
	if a.kind == Date || b.kind == Date || a.kind == String && b.kind == String {
		a, b = likeDay(a), likeDay(b)
		if a.kind == Date && b.kind == Date && !(a.timed() && b.timed()) {
			return math.Floor(a.num), math.Floor(b.num)
		}
	}
	return a.Number(), b.Number()
}

func likeDay(v Value) Value {
	if v.kind == String {
		if day, ok := readDay(v.str); ok {
			return day
		}
	}
	return v
}

// exactDigits is how many decimal digits a float64 always keeps. Two longer texts of digits (bar codes, register
// numbers) are compared as texts, or different ones would be equal.
const exactDigits = 15

// Equal is "=": yes/no by meaning; dates by day; else as numbers if both read as numbers, else as texts.
// Nothing equals what is not a number.
func Equal(a, b Value) bool {
	switch {
	case a.kind == Bool || b.kind == Bool:
		return meaning(a) == meaning(b)
	case a.kind == Date || b.kind == Date:
		x, y := sides(a, b)
		return x == y
	case a.kind == Number || b.kind == Number:
		return a.Number() == b.Number()
	case a.str == b.str: // Strings and Empty
		return true
	case len(a.str) > exactDigits && len(b.str) > exactDigits:
		return false
	}
	x, isNumber := readNumber(a.str)
	if !isNumber {
		return false
	}
	y, isNumber := readNumber(b.str)
	return isNumber && x == y
}

// meaning is True, save that the stored text of no is no.
func meaning(v Value) bool { return v.True() && v.str != "false" }

// collect lists what an expression reads, in order of appearance.
func (p *Program) collect(n *node) {
	switch n.op {
	case opField:
		p.fields = once(p.fields, n.name)
	case opColumn:
		p.columns = once(p.columns, n.name)
	case opSelf:
		p.self = true
	case opChain:
		for i, o := range n.ops {
			if o == opEqual || o == opDiffer {
				p.test(n.args[i], n.args[i+1])
				p.test(n.args[i+1], n.args[i])
			}
		}
	case opCall:
		if len(n.args) == 0 && n.call.min == 0 && n.call.max == 1 {
			p.self = true // string-length() is string-length(.)
		}
		if n.call.choices {
			p.test(n.args[0], n.args[1])
			p.test(n.args[1], n.args[0])
		}
	}
	for _, a := range n.args {
		p.collect(a)
	}
	if n.op == opCall && n.name != "" { // jr:choice-name
		p.fields = once(p.fields, n.name)
	}
}

func (p *Program) test(question, literal *node) {
	field := question.name
	if question.op == opSelf {
		field = "."
	} else if question.op != opField {
		return
	}
	if literal.op != opLiteral {
		return
	}
	for _, choice := range strings.Fields(literal.val.String()) {
		p.tested = append(p.tested, Tested{field, choice, literal.at})
	}
}

func once(names []string, name string) []string {
	for _, n := range names {
		if n == name {
			return names
		}
	}
	return append(names, name)
}
