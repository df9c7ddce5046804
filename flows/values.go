package flows

import (
	"strconv"
	"time"

	"maalem/flows/expr"
)

// What conditions and texts read of a run: walk is the expr.Env of its flow.

// value is what a field holds: the run's answer, else what is known of the person.
func (w *walk) value(field string) (string, bool) {
	if field == fieldWish && w.run.Wish != "" {
		return w.run.Wish, true
	}
	if a, ok := w.run.Answer(field); ok {
		return a.Value, !a.Forgotten
	}
	return w.env.Known(field)
}

// Field reads ${name}.
func (w *walk) Field(name string) expr.Value {
	v, ok := w.value(name)
	if !ok || v == "" {
		return expr.Value{}
	}
	return typed(w.f.fields[name].Type, v)
}

func typed(t Type, v string) expr.Value {
	switch t {
	case Number:
		return number(v)
	case Date:
		return day(v)
	}
	return expr.Str(v)
}

func number(v string) expr.Value {
	n, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return expr.Value{}
	}
	return expr.Num(n)
}

func day(v string) expr.Value {
	t, err := time.Parse(time.DateOnly, v)
	if err != nil {
		return expr.Value{}
	}
	return expr.Day(t.Date())
}

// Self reads ".": constraints are evaluated through constrained, which sets it.
func (w *walk) Self() expr.Value { return expr.Value{} }

// Today is the day in the person's zone.
func (w *walk) Today() expr.Value { return expr.Day(w.env.Now.Date()) }

// Now is the moment in the person's zone.
func (w *walk) Now() time.Time { return w.env.Now }

// ChoiceName is the label of a choice.
func (w *walk) ChoiceName(field, value string) string {
	return w.show(w.f.fields[field], Answer{Field: field, Value: value})
}

// constrained evaluates a constraint with "." set.
type constrained struct {
	*walk
	self expr.Value
}

func (c constrained) Self() expr.Value { return c.self }
