package expr

import "fmt"

// Code names a kind of mistake, for those who word it in another language; Near is then its one argument.
type Code string

const (
	TooLong         Code = "too-long"
	TooDeep         Code = "too-deep"
	NotText         Code = "not-text" // bytes that are not UTF-8, or a control character
	BadCharacter    Code = "bad-character"
	OpenQuote       Code = "open-quote"
	BadReference    Code = "bad-reference"
	QuotedReference Code = "quoted-reference"
	NodePath        Code = "node-path"
	NullWord        Code = "null-word"
	BareName        Code = "bare-name"
	MissingOperand  Code = "missing-operand"
	MissingOperator Code = "missing-operator"
	OpenParenthesis Code = "open-parenthesis"
	UnknownFunction Code = "unknown-function"
	ArgumentCount   Code = "argument-count"
	BadPattern      Code = "bad-pattern"
	BigPattern      Code = "big-pattern"
	BadDateFormat   Code = "bad-date-format"
	BadNumber       Code = "bad-number"
	BadChoiceField  Code = "bad-choice-field"

	// Found by Check.
	UnknownField Code = "unknown-field"
	NoSelf       Code = "no-self"
	NeedsNumber  Code = "needs-number"
	NeedsDate    Code = "needs-date"
	NeedsChoice  Code = "needs-choice"
	NeedsTruth   Code = "needs-truth"
)

// Error is one mistake in an expression: where, what, and what to do.
type Error struct {
	Offset int    // bytes from the start of the source, 0 at its beginning
	Code   Code   // the kind of mistake
	Near   string // the piece of source, or the name, that it is about; may be empty
	What   string // the mistake, in plain English
	Fix    string // what to write instead, in plain English
}

// Error words the mistake for a log or a developer.
func (e *Error) Error() string {
	return fmt.Sprintf("at byte %d: %s; %s", e.Offset, e.What, e.Fix)
}
