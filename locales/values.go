package locales

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Args are the values for a text's placeholders. Besides string, whole and decimal
// numbers, Lang (its own name) and time.Time (its day), the types below say how a
// value is to be written; a Text or []Text is said in the language of the sentence.
// Anything else is written as fmt does. A nil value counts as missing.
type Args map[string]any

// Values that say how they are written.
type (
	// Phone is a telephone number as it should be read, "+212 6 12 34 56 78".
	Phone string
	// Code is what runs left to right whatever stands around it: door codes, tariff
	// codes, ranges, years, file names.
	Code string
	// Clock is written as its time of day, 09:30.
	Clock time.Time
	// Amount is money, in dirhams.
	Amount float64
	// Items is written as a list, "a, b et c".
	Items []string
)

// format writes a value for lang and says whether it always runs left to right.
func format(lang Lang, value any) (s string, ltr bool) {
	switch v := value.(type) {
	case string:
		return v, false
	case Text:
		return v.within(lang), false
	case []Text:
		items := make([]string, len(v))
		for i, t := range v {
			items[i] = t.within(lang)
		}
		return List(lang, items), false
	case Items:
		return List(lang, v), false
	case []string:
		return List(lang, v), false
	case Lang:
		return v.SelfName(), false
	case Phone:
		return string(v), true
	case Code:
		return string(v), true
	case Clock:
		return TimeOfDay(lang, time.Time(v)), true
	case Amount:
		return Money(lang, float64(v)), false
	case time.Time:
		return Date(lang, v), false
	}
	if n, ok := toFloat(value); ok {
		return count(lang, n), true
	}
	return fmt.Sprint(value), false // recovers from a panicking String method
}

// within is a label inside a sentence: as Label, without the capital of a sentence
// in the Latin view.
func (t Text) within(lang Lang) string {
	form, _, latin := t.pick(lang, nil)
	if latin {
		return inLatin(form)
	}
	return form
}

// toFloat reads a count: any number, or a string that is one.
func toFloat(value any) (float64, bool) {
	switch v := value.(type) {
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case int32:
		return float64(v), true
	case uint:
		return float64(v), true
	case uint32:
		return float64(v), true
	case uint64:
		return float64(v), true
	case float32:
		return float64(v), true
	case float64:
		return v, true
	case string:
		n, err := strconv.ParseFloat(ToWestern(v), 64)
		return n, err == nil
	}
	return 0, false
}

// List joins items as a sentence does: "a, b et c", «أ، ب وج», "a, b ⴷ c". Items
// that run against the language are isolated, so that the separators stay between them.
func List(lang Lang, items []string) string {
	comma, and := ", ", " et "
	switch lang {
	case Arabic, Darija:
		comma, and = "، ", " و" // it is written together with the Arabic word after it
		if len(items) > 0 && FirstStrong(items[len(items)-1]) != RightToLeft {
			and = " و "
		}
	case Tamazight:
		and = " ⴷ "
	case TamazightLatin:
		and = " d "
	}
	var b strings.Builder
	for i, item := range items {
		switch {
		case i == 0:
		case i == len(items)-1:
			b.WriteString(and)
		default:
			b.WriteString(comma)
		}
		item = settle(strings.ToValidUTF8(item, "\ufffd"))
		if runsAgainst(lang, item) {
			item = Isolate(item)
		}
		b.WriteString(item)
	}
	return b.String()
}

func runsAgainst(lang Lang, s string) bool {
	if startsWithLink(s) || endsInLink(s) || strings.Contains(s, "\n") {
		return false
	}
	if lang.RTL() {
		return FirstStrong(s) != RightToLeft
	}
	return hasRTL(s)
}
