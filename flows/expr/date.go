package expr

import (
	"math"
	"strconv"
	"strings"
	"time"
)

const (
	secondsADay = 24 * 60 * 60
	firstDay    = -719162 // 0001-01-01 in days since 1970-01-01
	lastDay     = 2932896 // 9999-12-31
)

// offsetLayout keeps seconds: zones before standard time had them (Casablanca until 1913: -00:30:20).
const offsetLayout = "-07:00:00"

// dayNumber is the Date of so many whole days since 1970-01-01; Empty outside the years 1 to 9999.
func dayNumber(days float64) Value {
	days = math.Floor(days)
	if !(days >= firstDay && days <= lastDay) { // also NaN
		return Value{}
	}
	return Value{kind: Date, num: days}
}

// Time is a Date as a time: midnight UTC of a plain day, the moment itself when there is a time of day.
// It is the zero time for other kinds.
func (v Value) Time() time.Time {
	if v.kind != Date {
		return time.Time{}
	}
	if !v.timed() {
		return time.Unix(int64(v.num)*secondsADay, 0).UTC()
	}
	zone, _ := time.Parse(offsetLayout, v.str) // written by Moment
	_, offset := zone.Zone()
	wall := int64(math.Round(v.num * secondsADay * 1000))
	return time.UnixMilli(wall - int64(offset)*1000).In(time.FixedZone("", offset))
}

// timed tells a Date with a time of day from a plain day.
func (v Value) timed() bool { return v.kind == Date && v.str != "" }

// readDay reads an ISO day, alone or before a time of day: 2026-03-21, 2026-03-21T09:30.
func readDay(s string) (Value, bool) {
	s = strings.Trim(s, " \t\r\n")
	if len(s) < len(time.DateOnly) || len(s) > len(time.DateOnly) && s[len(time.DateOnly)] != 'T' {
		return Value{}, false
	}
	t, err := time.Parse(time.DateOnly, s[:len(time.DateOnly)])
	if err != nil {
		return Value{}, false
	}
	v := Day(t.Date())
	return v, v.kind == Date
}

// toDay is XPath's date(): the day of a date, of an ISO text, or of a count of days since 1970-01-01.
func toDay(v Value) Value {
	switch v.kind {
	case Date, Number:
		return dayNumber(v.num)
	case String:
		day, _ := readDay(v.str)
		return day
	}
	return Value{}
}

// formatDate writes a date by the pattern of format-date. The pattern was checked by badDateFormat, or is dynamic.
func formatDate(v Value, pattern string) Value {
	if v.kind != Date {
		v = toDay(v)
	}
	if v.kind != Date || badDateFormat(pattern) >= 0 {
		return Value{}
	}
	t := v.Time()
	var b []byte
	for i := 0; i < len(pattern) && len(b) < maxText; i++ {
		if pattern[i] != '%' {
			b = append(b, pattern[i])
			continue
		}
		i++
		if pattern[i] == 'h' {
			b = strconv.AppendInt(b, int64(t.Hour()), 10)
			continue
		}
		b = t.AppendFormat(b, dateLayouts[pattern[i]])
	}
	return Str(string(b))
}

// dateLayouts are the letters of format-date (ODK XForms specification) that do not depend on a language,
// as layouts of package time. %a and %b are words of one language, so an expression cannot know them.
// %h, the hour of 24 without a leading zero, is written by formatDate: package time has no layout for it.
var dateLayouts = map[byte]string{
	'Y': "2006", 'y': "06", 'm': "01", 'n': "1", 'd': "02", 'e': "2",
	'H': "15", 'h': "15", 'M': "04", 'S': "05",
}

// badDateFormat is the offset of the first % that format-date does not know, or -1.
func badDateFormat(pattern string) int {
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' {
			continue
		}
		if i+1 == len(pattern) || dateLayouts[pattern[i+1]] == "" {
			return i
		}
		i++
	}
	return -1
}
