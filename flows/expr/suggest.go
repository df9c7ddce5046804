package expr

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

func quoteRune(r rune) string { return strconv.QuoteRuneToGraphic(r) }

func isOperatorWord(s string) bool { return s == "or" || s == "and" || s == "div" || s == "mod" }

// unexpected words a token that stands where an operator should.
func (p *parser) unexpected() *Error {
	t := p.tok
	e := &Error{t.at, MissingOperator, t.text, "nothing joins this to what is before it", "join with and, or, =, <, >, +, -, *, div, mod, or remove it"}
	switch {
	case t.kind == tokEnd:
		e.What, e.Fix = "the expression ends too early", "complete it"
	case p.at(")"):
		e.What, e.Fix = "this ) closes nothing", "remove it, or add ( before"
	case p.at(","):
		e.What, e.Fix = "a comma separates the arguments of a function only", "join with and, or"
	case t.kind == tokName && isOperatorWord(strings.ToLower(t.text)):
		e.What, e.Fix = t.text+" is written in small letters", "write: "+strings.ToLower(t.text)
	}
	return e
}

// unexpectedOperand words a token that stands where a value should.
func (p *parser) unexpectedOperand() *Error {
	t := p.tok
	e := &Error{t.at, MissingOperand, t.text, "a value is missing before " + t.text, "write ${name}, a number or 'a text' there"}
	switch {
	case t.kind == tokEnd && trimSpace(p.src) == "":
		e.What, e.Fix = "the expression is empty", "write one, or leave the cell empty"
	case t.kind == tokEnd:
		e.What, e.Fix = "the expression ends where a value should follow", "write ${name}, a number or 'a text' after it"
	case p.at("*"):
		e.Code, e.What, e.Fix = NodePath, "* multiplies two values; as a path into the form it is not supported", "write ${a} * ${b}"
	case p.at("="):
		e.What, e.Fix = "a value is missing before =", "write a comparison as one of = != < <= > >="
	}
	return e
}

// bareName words a name that is neither function nor, here, a column.
func bareName(t token) *Error {
	name := t.text
	e := &Error{t.at, BareName, name, name + " alone means nothing here", "write ${" + name + "} for an answer, '" + name + "' for a text"}
	switch low := strings.ToLower(name); {
	case low == "null":
		e.Code, e.What, e.Fix = NullWord, "there is no "+name+" in expressions", "write '' for an empty answer"
	case low == "not", low == "true", low == "false":
		e.Code, e.What, e.Fix = UnknownFunction, low+" is a function", "write "+functions[low].usage
	case isOperatorWord(low):
		e.Code, e.What, e.Fix = MissingOperand, name+" needs a value before it", "write ${name}, a number or 'a text' before it"
	case functions[name] != nil:
		e.Code, e.What, e.Fix = UnknownFunction, name+" is a function", "write "+functions[name].usage
	}
	return e
}

// instead tells what to use for functions of XPath and XLSForm that a chat does not have.
var instead = map[string]string{
	"pulldata":            "put the values in the choices sheet, or ask the question",
	"instance":            "put the values in the choices sheet, or ask the question",
	"indexed-repeat":      "use ${name} inside the repeat",
	"position":            "number the questions in their labels",
	"index":               "number the questions in their labels",
	"count":               "ask how many with an integer question",
	"count-non-empty":     "add up if(${a} != '', 1, 0)",
	"sum":                 "write ${a} + ${b}",
	"join":                "write concat(${a}, ' ', ${b})",
	"boolean":             "write ${q} != ''",
	"boolean-from-string": "write ${q} = 'true'",
	"ceiling":             "write -floor(-${q})",
	"substring":           "write " + substrUsage,
	"substring-before":    "write " + substrUsage,
	"substring-after":     "write " + substrUsage,
	"matches":             "write regex(., 'pattern')",
	"once":                "use the default column",
	"uuid":                "remove it: each submission has its own identifier",
	"random":              "remove it",
	"date-time":           "write date('2026-03-21')",
	"decimal-date-time":   "write number(${q})",
	"format-date-time":    "write format-date(${q}, '%d/%m/%Y %H:%M')",
	"current":             "write ${name}",
	"last-saved":          "remove it",
	"property":            "remove it",
	"version":             "remove it",
	"distance":            "remove it",
	"area":                "remove it",
	"pow":                 "write ${a} * ${a}",
	"abs":                 "write if(${a} < 0, -${a}, ${a})",
	"length":              "write string-length(${q})",
	"len":                 "write string-length(${q})",
	"lower-case":          "write regex(., '(?i)pattern') to compare without regard to capitals",
	"translate":           "remove it",
	"selected-count":      "write count-selected(${q})",
	"choice-name":         "write jr:choice-name(${q}, '${q}')",
	"choice-label":        "write jr:choice-name(${q}, '${q}')",
	"jr:itext":            "write jr:choice-name(${q}, '${q}')",
	"concatenate":         "write concat(${a}, ' ', ${b})",
	"isnull":              "write ${q} = ''",
	"empty":               "write ${q} = ''",
	"or":                  "write or between two conditions: ${a} = 1 or ${b} = 1",
	"and":                 "write and between two conditions: ${a} = 1 and ${b} = 1",
	"text":                "paths into the form are not supported: write ${name}",
	"node":                "paths into the form are not supported: write ${name}",
	"checklist":           "add up if(condition, 1, 0)",
	"weighted-checklist":  "add up if(condition, 2, 0)",
	"digest":              "remove it",
	"randomize":           "remove it",
	"year":                "write format-date(${q}, '%Y')",
	"once-only":           "use the default column",
}

const substrUsage = "substr(${q}, from, to), counted from 0"

// unknownFunction suggests the function meant, if one is near.
func unknownFunction(t token) *Error {
	e := &Error{t.at, UnknownFunction, t.text, "there is no function " + t.text, ""}
	if fix, ok := instead[t.text]; ok {
		e.Fix = fix
		return e
	}
	names := slices.Sorted(maps.Keys(functions))
	nearest, best := "", 3 // more than two slips of the finger is another word
	if len(t.text) < 32 {
		for _, name := range names {
			if d := distance(strings.ToLower(t.text), name); d < best {
				nearest, best = name, d
			}
		}
	}
	if nearest != "" {
		e.Fix = "did you mean " + functions[nearest].usage + "?"
	} else {
		e.Fix = "use one of " + strings.Join(names, ", ")
	}
	return e
}

// distance counts the letters to add, remove or replace between two words (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
