package expr

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Kind is the type of a value.
type Kind uint8

// A select_multiple is a String of names separated by one space. A Date may carry a time of day.
// As a static kind (see [Program.Check]), Empty means "not known".
const (
	Empty Kind = iota
	String
	Number
	Bool
	Date
)

// Value is what expressions compute with: small, immutable, comparable with == (same kind and same content;
// [Equal] is the expression language's own "="). The zero Value is Empty, and so are the empty text and what
// is not a finite number: a constructed Value always holds something worth storing.
type Value struct {
	kind Kind
	num  float64 // Number; Bool as 0 or 1; Date as days of wall time since 1970-01-01
	str  string  // String; offset from UTC (offsetLayout) of a Date that has a time of day
}

// Str is a text value.
func Str(s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{kind: String, str: s}
}

// Num is a number; NaN and the infinities are Empty.
func Num(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Value{}
	}
	return number(f)
}

// number keeps NaN and infinities, which live only inside an evaluation.
func number(f float64) Value { return Value{kind: Number, num: f + 0} } // + 0 turns -0 into 0

// Truth is yes or no.
func Truth(b bool) Value {
	if b {
		return Value{kind: Bool, num: 1}
	}
	return Value{kind: Bool}
}

// Day is a civil date, without time or zone. Outside the years 1 to 9999 it is Empty.
func Day(year int, month time.Month, day int) Value {
	return dayNumber(float64(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsADay))
}

// Moment is a date with its time of day, to the millisecond, as the clock on the wall of t's Location shows it.
func Moment(t time.Time) Value {
	_, offset := t.Zone() // seconds
	wall := t.UnixMilli() + int64(offset)*1000
	v := dayNumber(math.Floor(float64(wall) / (secondsADay * 1000)))
	if v.kind != Date {
		return v
	}
	v.num = float64(wall) / (secondsADay * 1000)
	v.str = t.Format(offsetLayout)
	return v
}

// Kind of the value.
func (v Value) Kind() Kind { return v.kind }

// IsEmpty tells that there is nothing to store.
func (v Value) IsEmpty() bool { return v.kind == Empty }

// Number is the value as a number, as XPath's number() does: NaN for what does not read as one,
// days since 1970-01-01 for a Date.
func (v Value) Number() float64 {
	switch v.kind {
	case Number, Bool, Date:
		return v.num
	case String:
		if f, ok := readNumber(v.str); ok {
			return f
		}
	}
	return math.NaN()
}

// True is the value as a condition, as XPath's boolean() does: a text is true when it is not empty.
func (v Value) True() bool {
	switch v.kind {
	case Number, Bool:
		return v.num != 0 && v.num == v.num // NaN is false
	case String, Date:
		return true
	}
	return false
}

// String is the text that XLSForm stores: numbers without exponent, dates as 2026-03-21,
// moments as 2026-03-21T09:30:00.000+01:00, true and false.
func (v Value) String() string {
	switch v.kind {
	case String:
		return v.str
	case Bool:
		if v.num != 0 {
			return "true"
		}
		return "false"
	case Number:
		switch {
		case math.IsNaN(v.num):
			return "NaN"
		case math.IsInf(v.num, 1):
			return "Infinity"
		case math.IsInf(v.num, -1):
			return "-Infinity"
		}
		return strconv.FormatFloat(v.num, 'f', -1, 64)
	case Date:
		if v.timed() {
			return v.Time().Format("2006-01-02T15:04:05.000-07:00")
		}
		return v.Time().Format(time.DateOnly)
	}
	return ""
}

// readNumber reads a number as XPath does: digits, one point, a leading minus, spaces around.
// No exponent, no plus (a phone number is not a number), no other script: understanding typed digits is done before.
func readNumber(s string) (float64, bool) {
	s = strings.Trim(s, " \t\r\n")
	digits, point := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' && !point:
			point = true
		case c == '-' && i == 0:
		default:
			return 0, false
		}
	}
	if digits == 0 {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}
