package expr

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// parser turns tokens into a tree, one token ahead, by climbing precedences.
type parser struct {
	lexer
	tok     token
	filter  bool // bare names are columns of the choices sheet
	depth   int  // parentheses and calls that are open
	regexes int  // what is left of maxRegexCost
}

// levels are the two-sided operators from the loosest to the tightest; unary minus is tighter than all.
var levels = [...]map[string]op{
	{"or": opOr},
	{"and": opAnd},
	{"=": opEqual, "!=": opDiffer},
	{"<": opLess, "<=": opAtMost, ">": opMore, ">=": opAtLeast},
	{"+": opPlus, "-": opTake},
	{"*": opTimes, "div": opDiv, "mod": opMod},
}

func (p *parser) whole() (*node, *Error) {
	if len(p.src) > MaxSource {
		return nil, &Error{MaxSource, TooLong, "", fmt.Sprintf("the expression is longer than %d bytes", MaxSource),
			"split it over calculate questions"}
	}
	for i, r := range p.src {
		if r == utf8.RuneError && !strings.HasPrefix(p.src[i:], "\uFFFD") || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return nil, &Error{i, NotText, "", "there are bytes here that are not text", "type the expression anew"}
		}
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	root, err := p.level(0)
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokEnd {
		return nil, p.unexpected()
	}
	return root, nil
}

func (p *parser) advance() (err *Error) {
	p.tok, err = p.lexer.next()
	return err
}

func (p *parser) at(sign string) bool { return p.tok.kind == tokSign && p.tok.text == sign }

func (p *parser) level(l int) (*node, *Error) {
	if l == len(levels) {
		return p.unary()
	}
	first, err := p.level(l + 1)
	if err != nil {
		return nil, err
	}
	var chain *node
	for p.tok.kind == tokSign || p.tok.kind == tokName {
		o, ok := levels[l][p.tok.text]
		if !ok {
			break
		}
		if chain == nil {
			chain = &node{op: opChain, at: first.at, args: []*node{first}}
			if o == opOr || o == opAnd {
				chain.op = o
			}
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		next, err := p.level(l + 1)
		if err != nil {
			return nil, err
		}
		chain.args = append(chain.args, next)
		if chain.op == opChain {
			chain.ops = append(chain.ops, o)
		}
	}
	if chain == nil {
		return first, nil
	}
	return chain, nil
}

func (p *parser) unary() (*node, *Error) {
	at, sign := p.tok.at, 0.0
	for p.at("-") {
		if sign == 0 {
			sign = 1
		}
		sign = -sign
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	n, err := p.primary()
	if err != nil || sign == 0 {
		return n, err
	}
	if n.op == opLiteral && n.val.kind == Number {
		return &node{op: opLiteral, at: at, val: number(sign * n.val.num)}, nil
	}
	return &node{op: opMinus, at: at, val: number(sign), args: []*node{n}}, nil
}

func (p *parser) primary() (*node, *Error) {
	t := p.tok
	n := &node{at: t.at}
	switch {
	case t.kind == tokNumber:
		f, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return nil, &Error{t.at, BadNumber, t.text, "the number is too large", "write a smaller one"}
		}
		n.val = number(f)
	case t.kind == tokString:
		if name := referenceIn(t.text); name != "" {
			return nil, &Error{t.at, QuotedReference, name, "inside quotes ${" + name + "} is only letters, not the answer",
				"remove the quotes, or write concat('…', ${" + name + "})"}
		}
		n.val = Str(t.text)
	case t.kind == tokRef:
		n.op, n.name = opField, t.text
	case p.at("."):
		n.op = opSelf
	case p.at("("):
		return p.group()
	case t.kind == tokName:
		if err := p.advance(); err != nil {
			return nil, err
		}
		if p.at("(") {
			return p.arguments(t)
		}
		if p.filter && !strings.Contains(t.text, ":") && !isOperatorWord(t.text) && !strings.EqualFold(t.text, "null") {
			n.op, n.name = opColumn, t.text
			return n, nil
		}
		return nil, bareName(t)
	default:
		return nil, p.unexpectedOperand()
	}
	return n, p.advance()
}

// open counts one more parenthesis; closed by p.close.
func (p *parser) open() *Error {
	if p.depth++; p.depth > MaxNesting {
		return &Error{p.tok.at, TooDeep, "", fmt.Sprintf("more than %d parentheses inside one another", MaxNesting),
			"split the expression over calculate questions"}
	}
	return p.advance()
}

func (p *parser) close(opened int) *Error {
	if p.tok.kind == tokEnd {
		return &Error{opened, OpenParenthesis, "(", "this parenthesis is not closed", "add )"}
	}
	if !p.at(")") {
		return p.unexpected()
	}
	p.depth--
	return p.advance()
}

func (p *parser) group() (*node, *Error) {
	at := p.tok.at
	if err := p.open(); err != nil {
		return nil, err
	}
	n, err := p.level(0)
	if err != nil {
		return nil, err
	}
	return n, p.close(at)
}

// arguments parses a call; p.tok is the parenthesis after its name.
func (p *parser) arguments(name token) (*node, *Error) {
	f, ok := functions[name.text]
	if !ok {
		return nil, unknownFunction(name)
	}
	n := &node{op: opCall, at: name.at, call: f}
	opened := p.tok.at
	if err := p.open(); err != nil {
		return nil, err
	}
	for count := 0; !p.at(")"); count++ {
		if count > 0 {
			if !p.at(",") {
				return nil, p.close(opened)
			}
			if err := p.advance(); err != nil {
				return nil, err
			}
		}
		if f.named && count == 1 {
			if err := p.choiceField(n); err != nil {
				return nil, err
			}
			continue
		}
		arg, err := p.level(0)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, arg)
	}
	given := len(n.args)
	if n.name != "" {
		given++
	}
	if given < f.min || f.max >= 0 && given > f.max {
		return nil, &Error{name.at, ArgumentCount, name.text,
			fmt.Sprintf("%s has %d arguments here", name.text, given), "write " + f.usage}
	}
	if f.prepare != nil {
		if err := f.prepare(p, n); err != nil {
			return nil, err
		}
	}
	return n, p.close(opened)
}

// choiceField reads the second argument of jr:choice-name, which XLSForm writes '${name}', in quotes.
func (p *parser) choiceField(n *node) *Error {
	name := ""
	switch p.tok.kind {
	case tokRef:
		name = p.tok.text
	case tokString:
		if s := trimSpace(p.tok.text); s == "${"+referenceIn(s)+"}" {
			name = referenceIn(s)
		}
	}
	if name == "" {
		return &Error{p.tok.at, BadChoiceField, p.tok.text, "the second argument of jr:choice-name is the question whose choices are meant",
			"write jr:choice-name(${q}, '${q}')"}
	}
	n.name = name
	return p.advance()
}

// referenceIn finds the first ${name} in a text; "" if there is none. ${2} is no name: patterns may contain it.
func referenceIn(s string) string {
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			return ""
		}
		s = s[i+2:]
		if end := strings.IndexByte(s, '}'); end >= 0 {
			if name := trimSpace(s[:end]); isName(name) {
				return name
			}
		}
	}
}
