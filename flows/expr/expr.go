// Package expr is the one expression language of Maalem: the subset of XPath that XLSForm authors write
// in relevant, constraint, calculation, default, choice_filter and repeat_count, and that built-in flows use too.
//
// It refuses to know flows, questions, stores, clocks and languages: answers, the day and the names of choices
// come through [Env], and what is wrong comes back as a located [Error] that others word in a person's language.
//
// Its invariant: a [Program] that Parse accepted always ends, with bounded time and memory, without panic and
// without error, whatever the answers are. What cannot be computed is Empty or false, as authors expect of XPath.
//
// Where it departs from XPath 1.0 it follows what authors rely on in JavaRosa (ODK, Kobo):
//   - '-' is a character of names (count-selected, a-b);
//   - = compares as numbers if both sides read as numbers, else as text; a date and an ISO day compare by day;
//   - regex matches the whole value, not a part of it (javarosa #531);
//   - a result that is not a finite number leaves Eval as Empty, so it is never stored (javarosa #822).
//
// and is kinder in three places: typographic quotes are quotes (as pyxform makes them), coalesce skips what is not
// a number, and yes/no compares with the words 'true' and 'false' by meaning.
package expr

import "time"

// Limits of one expression; hostile workbooks are an everyday case.
const (
	MaxSource  = 10_000    // bytes of an expression
	MaxNesting = 100       // parentheses and calls inside one another
	maxText    = 64 * 1024 // bytes that concat builds; what is beyond is cut at a character
)

// Env answers what an expression asks about. Its methods are called during Eval only, from the calling goroutine.
type Env interface {
	// Field is the answer to ${name}; Empty when not answered or not relevant.
	// A select_multiple is a String of choice names separated by one space.
	Field(name string) Value
	// Self is ".", the answer that a constraint judges.
	Self() Value
	// Today is the Date of the person's zone (Africa/Casablanca).
	Today() Value
	// Now is the moment in the person's zone: its Location gives the wall time that authors see.
	Now() time.Time
	// ChoiceName is the label of a choice of a question in the person's language, "" when there is none.
	ChoiceName(field, value string) string
}

// Row is the Env of a choice_filter: one row of the choices sheet.
// A program made by [ParseFilter] and evaluated with a plain Env reads every column as Empty.
type Row interface {
	Env
	// Column is the cell of this choice under the given header ("name" is the choice itself).
	Column(name string) Value
}

// Program is a compiled expression: immutable, reusable, safe for concurrent use.
type Program struct {
	source  string
	root    *node
	fields  []string
	columns []string
	tested  []Tested
	self    bool
}

// Tested is a literal choice that an expression compares an answer with: selected(${q}, 'x') or ${q} = 'x'.
// Field is "." for the question itself. Comparisons with questions that have no choices are listed as well:
// only the compiler knows which have. [Equal] tells whether a choice of the form is the one meant ('1' is 01).
type Tested struct {
	Field, Choice string
	Offset        int // bytes from the start of the source to the literal
}

// Parse compiles an expression. The error is an *[Error] that says where, what, and what to write instead.
func Parse(src string) (*Program, error) { return compile(src, false) }

// ParseFilter compiles a choice_filter, where a bare name is a column of the choices sheet.
func ParseFilter(src string) (*Program, error) { return compile(src, true) }

func compile(src string, filter bool) (*Program, error) {
	p := parser{lexer: lexer{src: src}, filter: filter, regexes: maxRegexCost}
	root, err := p.whole()
	if err != nil {
		return nil, err
	}
	prog := &Program{source: src, root: root}
	prog.collect(root)
	return prog, nil
}

// Source is the text that was parsed, unchanged.
func (p *Program) Source() string { return p.source }

// Fields lists every ${name} in order of appearance, once. The caller must not change it.
func (p *Program) Fields() []string { return p.fields }

// Columns lists the columns of the choices sheet that a filter reads, in order, once. The caller must not change it.
func (p *Program) Columns() []string { return p.columns }

// Selected lists the literal choices that the expression tests, in order. The caller must not change it.
func (p *Program) Selected() []Tested { return p.tested }

// UsesSelf tells whether "." is read, openly or by a function without its argument.
func (p *Program) UsesSelf() bool { return p.self }

// Eval computes the expression. What is not a finite number comes back as Empty.
func (p *Program) Eval(env Env) Value {
	v := p.root.eval(env)
	if v.kind == Number {
		return Num(v.num)
	}
	return v
}

// True computes the expression as a condition: Empty, false, zero and what is not a number are false.
func (p *Program) True(env Env) bool { return p.root.holds(env) }
