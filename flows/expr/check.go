package expr

import (
	"math"
	"slices"
	"strings"
)

// Check finds what is wrong once the form is known: unknown ${name}, and operations that can never mean what
// was written, such as ${age} > 'x'. It reports all of it, in order of appearance.
//
// types gives the Kind of a question, and false when there is none of that name; Empty means that its kind is not
// known, and is accepted everywhere. It is asked about "." as well: false there says that "." has no meaning in
// this column. Text answers are accepted as numbers, for they may hold digits (choices named 1, 2, 3).
func (p *Program) Check(types func(field string) (Kind, bool)) []Error {
	c := checker{types: types}
	c.visit(p.root)
	slices.SortStableFunc(c.errors, func(a, b Error) int { return a.Offset - b.Offset })
	return c.errors
}

// Kind is the kind of what Eval returns, for typing a calculate question; Empty when it depends on the answers.
// Any kind may also come out Empty.
func (p *Program) Kind(types func(field string) (Kind, bool)) Kind {
	c := checker{types: types}
	return c.kind(p.root)
}

type checker struct {
	types  func(field string) (Kind, bool)
	errors []Error
}

func (c *checker) add(n *node, code Code, near, what, fix string) {
	c.errors = append(c.errors, Error{n.at, code, near, what, fix})
}

func (c *checker) visit(n *node) {
	for _, a := range n.args {
		c.visit(a)
	}
	switch n.op {
	case opField:
		c.known(n, n.name)
	case opSelf:
		c.known(n, ".")
	case opMinus:
		c.number(n.args[0])
	case opChain:
		for i, o := range n.ops {
			left, right := n.args[i], n.args[i+1]
			switch {
			case o >= opPlus:
				if i == 0 {
					c.number(left)
				}
				c.number(right)
			case i > 0: // the left side is the yes or no of the comparison before
				c.truth(right)
			default:
				c.pair(o, left, right)
			}
		}
	case opCall:
		c.callee(n)
	}
}

func (c *checker) known(n *node, name string) {
	if _, ok := c.types(name); ok {
		return
	}
	if name == "." {
		c.add(n, NoSelf, ".", ". has no meaning in this column", "write ${name}")
		return
	}
	c.add(n, UnknownField, name, "there is no question named "+name, "correct the name, or add the question")
}

func (c *checker) callee(n *node) {
	if n.name != "" {
		c.known(n, n.name)
	}
	if len(n.args) == 0 {
		if n.call.max == 1 {
			c.known(n, ".")
		}
		return
	}
	switch n.call.wants {
	case wantsNumbers:
		for _, a := range n.args {
			c.number(a)
		}
	case wantsDate:
		c.date(n.args[0])
	case wantsChoice:
		switch c.kind(n.args[0]) {
		case Number, Bool, Date:
			c.add(n.args[0], NeedsChoice, "", n.usageName()+" is for questions with choices", "compare with = instead")
		}
		if choice := n.args[len(n.args)-1]; n.call.choices && choice.op == opLiteral && len(strings.Fields(choice.val.String())) > 1 {
			c.add(choice, NeedsChoice, choice.val.String(), "one choice is tested at a time, and its name has no spaces",
				"write selected(…, 'a') and selected(…, 'b')")
		}
	}
}

func (n *node) usageName() string { return n.call.usage[:strings.IndexByte(n.call.usage, '(')] }

// pair checks a comparison.
func (c *checker) pair(o op, left, right *node) {
	for _, s := range [...][2]*node{{left, right}, {right, left}} {
		side, other := s[0], s[1]
		bySize := o != opEqual && o != opDiffer
		switch kind := c.kind(other); {
		case kind == Number:
			c.number(side)
		case kind == Date:
			if side.isText() || side.op == opLiteral && side.val.kind == Number {
				c.date(side)
			}
		case kind == Bool && bySize:
			c.add(other, NeedsNumber, "", "yes or no has no size", "compare with = or !=")
			return
		case kind == Bool:
			c.truth(side)
		case bySize && side.isText() && !side.isNumber() && !side.isDay():
			c.number(side)
		}
	}
}

func (n *node) isText() bool { return n.op == opLiteral && n.val.kind == String }

func (n *node) isNumber() bool { return !math.IsNaN(n.val.Number()) }

func (n *node) isDay() bool {
	_, ok := readDay(n.val.str)
	return ok
}

// number reports a literal text that can never be a number; an answer may always be one.
func (c *checker) number(n *node) {
	if n.isText() && !n.isNumber() {
		c.add(n, NeedsNumber, n.val.str, "'"+n.val.str+"' is not a number", "write a number without quotes")
	}
}

func (c *checker) date(n *node) {
	switch {
	case n.isText() && !n.isDay():
		c.add(n, NeedsDate, n.val.str, "'"+n.val.str+"' is not a date", "write it as date('2026-03-21')")
	case n.op == opLiteral && n.val.kind == Number:
		c.add(n, NeedsDate, n.val.String(), n.val.String()+" is not a date", "compare dates with dates; for an age: (today() - ${birth}) div 365.25")
	case c.kind(n) == Bool:
		c.add(n, NeedsDate, "", "yes or no is not a date", "give a date")
	}
}

// truth reports a literal text compared with yes or no that is neither.
func (c *checker) truth(n *node) {
	if n.isText() && n.val.str != "true" && n.val.str != "false" {
		c.add(n, NeedsTruth, n.val.str, "yes or no is compared with '"+n.val.str+"'", "compare with true() or false()")
	}
}

// kind is what a step computes; Empty when not known.
func (c *checker) kind(n *node) Kind {
	switch n.op {
	case opLiteral:
		return n.val.kind
	case opField, opSelf:
		name := n.name
		if n.op == opSelf {
			name = "."
		}
		kind, _ := c.types(name)
		return kind
	case opMinus:
		return Number
	case opOr, opAnd:
		return Bool
	case opChain:
		if n.ops[0] < opPlus {
			return Bool
		}
		return Number
	case opCall:
		if n.call.result != Empty {
			return n.call.result
		}
		results := n.args
		if n.call == functions["if"] {
			results = n.args[1:]
		}
		return c.common(results)
	}
	return Empty
}

// common is the kind of all that are not the literal ”; Empty when they differ.
func (c *checker) common(nodes []*node) Kind {
	common := Empty
	for _, n := range nodes {
		if n.op == opLiteral && n.val.kind == Empty {
			continue
		}
		kind := c.kind(n)
		if kind == Empty || common != Empty && kind != common {
			return Empty
		}
		common = kind
	}
	return common
}
