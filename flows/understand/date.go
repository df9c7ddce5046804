package understand

import "time"

// Date reads the one day in a text: d/M/y with any separator and digits, month
// names of the four languages, today and tomorrow, days of the week. The day
// comes first. ambiguous means to show it in words and ask: the year was not said
// (the next such day is taken), only month-first makes sense of it, or it was a
// day of the week. today is the reader's day; the clock is not consulted.
func Date(text string, today Day) (day Day, ambiguous bool, ok bool) {
	in := plainDigits(limit(text))
	if d, amb, found := numericDate([]rune(in), today); found {
		return d, amb, true
	}
	ts := tokens(text)
	l := lex()
	for i := range ts {
		if n, size := phraseAt(l.months, ts, i); size > 0 {
			return namedMonth(ts, i, size, n, today)
		}
		if n, size := monthAfterArticle(l, ts[i]); size {
			return namedMonth(ts, i, 1, n, today)
		}
	}
	return relativeDay(l, ts, today)
}

func monthAfterArticle(l *lexicon, t token) (int, bool) {
	for _, p := range []string{"ل", "d", "f", "ف", "ب", "u", "n"} {
		if len(t.fold) > len(p)+3 && t.fold[:len(p)] == p {
			if n, ok := l.months[t.fold[len(p):]]; ok {
				return n, true
			}
		}
	}
	return 0, false
}

// relativeDay reads today, tomorrow and days of the week.
func relativeDay(l *lexicon, ts []token, today Day) (Day, bool, bool) {
	best, bestSize, found := 0, 0, false
	weekday := false
	for i := range ts {
		if n, size := phraseAt(l.days, ts, i); size > bestSize {
			best, bestSize, found, weekday = n, size, true, false
		}
		if n, size := phraseAt(l.weekdays, ts, i); size > 0 && !found {
			best, bestSize, found, weekday = n, size, true, true
		}
	}
	if !found || len(ts) > 8 {
		return Day{}, false, false
	}
	t := time.Date(today.Year, time.Month(today.Month), today.Day, 12, 0, 0, 0, time.UTC)
	if weekday {
		ahead := (best - int(t.Weekday()) + 7) % 7
		if ahead == 0 {
			ahead = 7
		}
		return dayOf(t.AddDate(0, 0, ahead)), true, true
	}
	return dayOf(t.AddDate(0, 0, best)), false, true
}

func dayOf(t time.Time) Day { return Day{t.Year(), int(t.Month()), t.Day()} }

// numericDate reads 12/5/2027, 2027-05-12, 12-05, ١٢/٥/٢٠٢٧.
func numericDate(rs []rune, today Day) (Day, bool, bool) {
	for i := 0; i < len(rs); {
		if !digit(rs[i]) {
			i++
			continue
		}
		parts, end := dateParts(rs, i)
		if len(parts) >= 2 {
			if d, amb, ok := assemble(parts, today); ok {
				return d, amb, true
			}
			return Day{}, false, false
		}
		i = end
	}
	return Day{}, false, false
}

type datePart struct{ value, digits int }

// dateParts reads two or three numbers with one separator, spaces around it allowed.
func dateParts(rs []rune, i int) (parts []datePart, end int) {
	for {
		p := datePart{}
		for i < len(rs) && digit(rs[i]) && p.digits < 5 {
			p.value = p.value*10 + int(rs[i]-'0')
			p.digits++
			i++
		}
		parts = append(parts, p)
		if i < len(rs) && digit(rs[i]) || len(parts) == 3 {
			for i < len(rs) && digit(rs[i]) {
				i++
				parts = nil
			}
			return parts, i
		}
		j := i
		for j < len(rs) && rs[j] == ' ' {
			j++
		}
		if j < len(rs) && (rs[j] == '/' || rs[j] == '-' || rs[j] == '.' || rs[j] == '\\' || rs[j] == '–') {
			j++
			for j < len(rs) && rs[j] == ' ' {
				j++
			}
		} else if j == i {
			return parts, i
		}
		if j >= len(rs) || !digit(rs[j]) {
			return parts, i
		}
		i = j
	}
}

func assemble(p []datePart, today Day) (Day, bool, bool) {
	for _, x := range p {
		if x.digits > 4 || x.digits == 3 {
			return Day{}, false, false
		}
	}
	if len(p) == 3 && p[0].digits == 4 {
		return checked(Day{p[0].value, p[1].value, p[2].value}, false)
	}
	d, m := p[0], p[1]
	if d.digits > 2 || m.digits > 2 {
		return Day{}, false, false
	}
	swapped := false
	if m.value > 12 && d.value <= 12 {
		d, m, swapped = m, d, true
	}
	if len(p) == 2 {
		day, ok := next(d.value, m.value, today)
		return day, true, ok
	}
	return checked(Day{fullYear(p[2], today), m.value, d.value}, swapped)
}

// fullYear gives a two-digit year its century: at most twenty years ahead.
func fullYear(p datePart, today Day) int {
	if p.digits > 2 {
		return p.value
	}
	y := today.Year/100*100 + p.value
	if y > today.Year+20 {
		y -= 100
	}
	return y
}

// next is the first day d/m from today on.
func next(d, m int, today Day) (Day, bool) {
	for y := today.Year; y < today.Year+9; y++ {
		day := Day{y, m, d}
		if !valid(day) {
			continue
		}
		if y > today.Year || m > today.Month || m == today.Month && d >= today.Day {
			return day, true
		}
	}
	return Day{}, false
}

func checked(d Day, ambiguous bool) (Day, bool, bool) {
	if !valid(d) || d.Year < 1900 || d.Year > 2200 {
		return Day{}, false, false
	}
	return d, ambiguous, true
}

func valid(d Day) bool {
	if d.Month < 1 || d.Month > 12 || d.Day < 1 || d.Day > 31 {
		return false
	}
	return dayOf(time.Date(d.Year, time.Month(d.Month), d.Day, 12, 0, 0, 0, time.UTC)) == d
}

// namedMonth reads the numbers around the name of a month: 12 mai 2027, mai 12.
func namedMonth(ts []token, at, size, month int, today Day) (Day, bool, bool) {
	l := lex()
	day, year := 0, 0
	take := func(t token) {
		n := 0
		for _, r := range t.fold {
			if !digit(r) || n > 9999 {
				return
			}
			n = n*10 + int(r-'0')
		}
		switch {
		case n > 31 && len(t.fold) == 2:
			year = fullYear(datePart{n, 2}, today)
		case n > 31 && year == 0:
			year = n
		case n >= 1 && n <= 31 && day == 0:
			day = n
		case year == 0 && len(t.fold) == 2:
			year = fullYear(datePart{n, 2}, today)
		}
	}
	for i := max(0, at-4); i < at; i++ {
		take(ts[i])
	}
	for i := at + size; i < len(ts) && i < at+size+4; i++ {
		take(ts[i])
	}
	if day == 0 {
		for i := max(0, at-4); i < at; i++ {
			if n, s := phraseAt(l.ordinals, ts[:at], i); s > 0 && n == 1 {
				day = 1
				break
			}
			if n, s := phraseAt(l.numbers, ts[:at], i); s > 0 && n >= 1 && n <= 31 {
				day = n
				break
			}
		}
	}
	if day == 0 {
		return Day{}, false, false
	}
	if year == 0 {
		d, ok := next(day, month, today)
		return d, true, ok
	}
	return checked(Day{year, month, day}, false)
}
