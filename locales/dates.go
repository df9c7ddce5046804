package locales

import (
	"strconv"
	"time"
)

// Date writes the day of t, in t's own zone, with the Moroccan month name: "15
// septembre 2027", "15 شتنبر 2027". (CLDR's bare "ar" has the Middle East's months.)
func Date(lang Lang, t time.Time) string {
	return DayMonth(lang, t) + " " + strconv.Itoa(t.Year())
}

// DayMonth is Date without its year.
func DayMonth(lang Lang, t time.Time) string {
	day := strconv.Itoa(t.Day())
	if lang == French && t.Day() == 1 {
		day = "1er"
	}
	return day + " " + Month(lang, t.Month())
}

// ShortDate writes d/M/y, "15/9/2027", the form that people type; it is
// left-to-right and needs LTR in Arabic text.
func ShortDate(t time.Time) string {
	return strconv.Itoa(t.Day()) + "/" + strconv.Itoa(int(t.Month())) + "/" + strconv.Itoa(t.Year())
}

// TimeOfDay writes HH:mm, "09:30", the same in every language.
func TimeOfDay(lang Lang, t time.Time) string { return t.Format("15:04") }

// Month is the name of a month as Moroccans use it, within a date.
func Month(lang Lang, m time.Month) string {
	if m < time.January || m > time.December {
		return strconv.Itoa(int(m))
	}
	switch lang {
	case Arabic, Darija:
		return monthsArabic[m-1]
	case Tamazight:
		return monthsTamazight[m-1]
	case TamazightLatin:
		return inLatin(monthsTamazight[m-1])
	}
	return monthsFrench[m-1]
}

// Weekday is the name of a day of the week.
func Weekday(lang Lang, d time.Weekday) string {
	if d < time.Sunday || d > time.Saturday {
		return strconv.Itoa(int(d))
	}
	switch lang {
	case Darija:
		return daysDarija[d]
	case Arabic:
		return daysArabic[d]
	case Tamazight:
		return daysTamazight[d]
	case TamazightLatin:
		return inLatin(daysTamazight[d])
	}
	return daysFrench[d]
}

// Month and day names: CLDR 48 for ar-MA, fr and zgh; Darija's days as MediaWiki's
// ary translators write them. Darija uses the months of Moroccan Arabic.
var (
	monthsFrench = [12]string{"janvier", "février", "mars", "avril", "mai", "juin",
		"juillet", "août", "septembre", "octobre", "novembre", "décembre"}
	monthsArabic = [12]string{"يناير", "فبراير", "مارس", "أبريل", "ماي", "يونيو",
		"يوليوز", "غشت", "شتنبر", "أكتوبر", "نونبر", "دجنبر"}
	monthsTamazight = [12]string{"ⵉⵏⵏⴰⵢⵔ", "ⴱⵕⴰⵢⵕ", "ⵎⴰⵕⵚ", "ⵉⴱⵔⵉⵔ", "ⵎⴰⵢⵢⵓ", "ⵢⵓⵏⵢⵓ",
		"ⵢⵓⵍⵢⵓⵣ", "ⵖⵓⵛⵜ", "ⵛⵓⵜⴰⵏⴱⵉⵔ", "ⴽⵜⵓⴱⵔ", "ⵏⵓⵡⴰⵏⴱⵉⵔ", "ⴷⵓⵊⴰⵏⴱⵉⵔ"}

	daysFrench    = [7]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
	daysArabic    = [7]string{"الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"}
	daysDarija    = [7]string{"الحد", "التنين", "التلات", "لاربع", "الخميس", "الجمعة", "السبت"}
	daysTamazight = [7]string{"ⴰⵙⴰⵎⴰⵙ", "ⴰⵢⵏⴰⵙ", "ⴰⵙⵉⵏⴰⵙ", "ⴰⴽⵕⴰⵙ", "ⴰⴽⵡⴰⵙ", "ⴰⵙⵉⵎⵡⴰⵙ", "ⴰⵙⵉⴹⵢⴰⵙ"}
)
