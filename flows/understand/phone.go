package understand

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Phone reads the one phone number in a text and gives it in E.164 form. Numbers
// without + or 00 are Moroccan; others need their country code. What is a valid
// number is the phone library's to say. Two numbers are none.
func Phone(text string) (e164 string, ok bool) {
	var found string
	for _, candidate := range phoneCandidates(limit(text)) {
		n, err := phonenumbers.Parse(candidate, "MA")
		if err != nil || !phonenumbers.IsValidNumber(n) {
			continue
		}
		if candidate[0] != '+' && n.GetCountryCode() != 212 {
			continue
		}
		got := phonenumbers.Format(n, phonenumbers.E164)
		if found != "" && found != got {
			return "", false
		}
		found = got
	}
	return found, found != ""
}

// phoneCandidates gives the runs of digits of a text that are long enough to be
// a phone number (8 to 15), 00 turned into +, everything in between left out.
func phoneCandidates(text string) []string {
	var out []string
	var b strings.Builder
	flush := func() {
		s := b.String()
		b.Reset()
		if strings.HasPrefix(s, "00") {
			s = "+" + s[2:]
		}
		if n := len(strings.TrimPrefix(s, "+")); n >= 8 && n <= 15 {
			out = append(out, s)
		}
	}
	for _, r := range text {
		switch d := digitOf(r); {
		case d >= 0:
			b.WriteByte(byte('0' + d))
		case r == '+' || r == '＋':
			flush()
			b.WriteByte('+')
		case r == ' ' || r == '.' || r == '-' || r == '(' || r == ')' || r == '/' || r == '\u00a0' || r == '\u202f' || r == '_' ||
			r == '–' || r == '‑' || r == '‐' || bidiMark(r) || r == '\u200b' || r == '\u200c' || r == '\u200d' || r == '\ufeff':
		default:
			flush()
		}
	}
	flush()
	return out
}

// digitOf is the value of a Western, Arabic-Indic, Persian or fullwidth digit, -1
// for anything else.
func digitOf(r rune) int {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0')
	case r >= 0x0660 && r <= 0x0669:
		return int(r - 0x0660)
	case r >= 0x06F0 && r <= 0x06F9:
		return int(r - 0x06F0)
	case r >= 0xFF10 && r <= 0xFF19:
		return int(r - 0xFF10)
	}
	return -1
}
