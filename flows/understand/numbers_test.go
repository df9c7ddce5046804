package understand

import "testing"

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		in   string
		want float64
	}{
		{"12", 12}, {"١٢", 12}, {"۱۲", 12}, {"１２", 12}, {"3 snin", 3}, {"١٢ عام", 12}, {"12 ans", 12}, {"12ans", 12}, {"1.250", 1250}, {"1,250", 1250}, {"1 250", 1250},
		{"1 250,50", 1250.5}, {"1.250,50", 1250.5}, {"1,250.50", 1250.5}, {"12,5", 12.5}, {"12.50", 12.5}, {"٣٫٥", 3.5}, {"١٬٢٥٠", 1250}, {"1 000 000", 1000000}, {"0,250", 0.25},
		{"1.000.000", 1000000}, {"-5", -5}, {"environ 20 ans", 20}, {"2000dh", 2000}, {"2000 درهم", 2000}, {"\u200f١٥\u200e", 15}, {"5️⃣", 5},
		{"trois", 3}, {"vingt-deux", 22}, {"vingt et un", 21}, {"quatre-vingt-dix", 90}, {"quatre vingt trois", 83}, {"soixante-dix-sept", 77}, {"cent", 100}, {"deux cents", 200}, {"mille", 1000}, {"deux mille", 2000},
		{"tlata", 3}, {"جوج", 2}, {"jouj", 2}, {"tlata snin", 3}, {"خمسة وعشرين", 25}, {"khamsa w 3chrin", 25}, {"خمسة و عشرين عام", 25}, {"عشرين عام", 20}, {"عشر سنوات", 10}, {"3chra", 10}, {"ربعطاش", 14},
		{"ⵙⵉⵏ", 2}, {"krad", 3}, {"ⵙⵉⵏ ⴷ ⵎⵔⴰⵡ", 12}, {"simraw d sin", 22}, {"mraw", 10}, {"ⵎⵔⴰⵡ ⵏ ⵉⵙⴳⴳⵯⴰⵙⵏ", 10}, {"3 alf", 3000}, {"تلت آلاف", 3000}, {"ألف", 1000}, {"kandir had lkhedma 3chrin 3am", 20},
		{"3 w noss", 3.5}, {"depuis 5 ans", 5}, {"5 سنين", 5}, {"hadi 7 snin", 7}, {"zero", 0}, {"مية وخمسين", 150},
		{"عندي 45 عام", 45}, {"خمسة وربعين", 45}, {"khamsa w rb3in", 45}, {"quarante-cinq ans", 45}, {"۴۵", 45}, {"\u200f45\u200e", 45}, {"منذ عشرين سنة", 20}, {"une vingtaine", 20}, {"kter mn 20", 20}, {"alf w khmsmya", 1500},
		{"ألف وخمسمية", 1500}, {"mille cinq cents", 1500}, {"ⵙⵉⵎⵔⴰⵡ ⵏ ⵉⵙⴳⴳⵯⴰⵙⵏ", 20}, {"عامين", 2}, {"3amayn", 2}, {"10 ans d'experience", 10}, {"~20", 20}, {"tltmya", 300},
	} {
		if got, ok := Number(c.in); !ok || got != c.want {
			t.Errorf("Number(%q) = %v %v, want %v", c.in, got, ok, c.want)
		}
	}
	for _, in := range []string{"", "3ndi", "7bes", "bezaf", "3 wla 4", "entre 5 et 10", "Fatima", "tlata rb3a", "9999999999999999999999", "بزاف", "3andi bezaf"} {
		if got, ok := Number(in); ok {
			t.Errorf("Number(%q) = %v, want none", in, got)
		}
	}
}

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		in       string
		want     float64
		doubtful bool
	}{
		{"2000dh", 2000, false}, {"2000 درهم", 2000, false}, {"2 000 DH", 2000, false}, {"٢٠٠٠ درهم", 2000, false}, {"200 000 ريال", 10000, true}, {"2000 ryal", 100, true}, {"مليون", 10000, true},
		{"1 million", 10000, true}, {"جوج مليون", 20000, true}, {"3 مليون", 30000, true}, {"500", 500, false}, {"50000", 50000, true}, {"1.250,50 dh", 1250.5, false}, {"3000 dirhams", 3000, false},
		{"alf dh", 1000, false}, {"ألف درهم", 1000, false}, {"alf ryal", 50, true}, {"5 alf ryal", 250, true}, {"2k", 2000, true}, {"ⵎⵔⴰⵡ ⵏ ⵉⴷⵔⵉⵎⵏ", 10, false}, {"2,5 million", 25000, true}, {"1500 mad", 1500, false}, {"0 dh", 0, false},
	} {
		got, doubtful, ok := Money(c.in)
		if !ok || got != c.want || doubtful != c.doubtful {
			t.Errorf("Money(%q) = %v %v %v, want %v %v", c.in, got, doubtful, ok, c.want, c.doubtful)
		}
	}
	for _, in := range []string{"", "500 euros", "100 $", "dh", "-20 dh", "بزاف", "100 دولار", "100 dh wla 200"} {
		if got, _, ok := Money(in); ok {
			t.Errorf("Money(%q) = %v, want none", in, got)
		}
	}
}

func TestDate(t *testing.T) {
	today := Day{2026, 11, 24} // a Tuesday
	for _, c := range []struct {
		in        string
		want      Day
		ambiguous bool
	}{
		{"12/5/2027", Day{2027, 5, 12}, false}, {"12-05-2027", Day{2027, 5, 12}, false}, {"12.05.27", Day{2027, 5, 12}, false}, {"١٢/٥/٢٠٢٧", Day{2027, 5, 12}, false}, {"2027-05-12", Day{2027, 5, 12}, false},
		{"12 / 5 / 2027", Day{2027, 5, 12}, false}, {"5/25/2027", Day{2027, 5, 25}, true}, {"12-05", Day{2027, 5, 12}, true}, {"25/12", Day{2026, 12, 25}, true}, {"24/11", Day{2026, 11, 24}, true},
		{"lyoum", today, false}, {"aujourd'hui", today, false}, {"اليوم", today, false}, {"ⴰⵙⵙⴰ", today, false}, {"assa", today, false},
		{"ghedda", Day{2026, 11, 25}, false}, {"demain", Day{2026, 11, 25}, false}, {"غدا", Day{2026, 11, 25}, false}, {"ⴰⵙⴽⴽⴰ", Day{2026, 11, 25}, false}, {"azkka", Day{2026, 11, 25}, false}, {"après-demain", Day{2026, 11, 26}, false},
		{"بعد غد", Day{2026, 11, 26}, false}, {"hier", Day{2026, 11, 23}, false}, {"lbare7", Day{2026, 11, 23}, false},
		{"12 mai 2027", Day{2027, 5, 12}, false}, {"le 1er août 2027", Day{2027, 8, 1}, false}, {"12 ماي 2027", Day{2027, 5, 12}, false}, {"15 غشت", Day{2027, 8, 15}, true}, {"3 يوليوز 2027", Day{2027, 7, 3}, false},
		{"20 شتنبر 2027", Day{2027, 9, 20}, false}, {"٥ نونبر ٢٠٢٧", Day{2027, 11, 5}, false}, {"10 دجنبر", Day{2026, 12, 10}, true}, {"12 ⵎⴰⵢⵢⵓ 2027", Day{2027, 5, 12}, false}, {"5 yulyuz 2027", Day{2027, 7, 5}, false},
		{"15 ⵖⵓⵛⵜ 2027", Day{2027, 8, 15}, false}, {"mars 3 2027", Day{2027, 3, 3}, false}, {"vendredi", Day{2026, 11, 27}, true}, {"نهار الجمعة", Day{2026, 11, 27}, true}, {"tnin", Day{2026, 11, 30}, true}, {"15 f ghocht 2027", Day{2027, 8, 15}, false},
		{"29/02/2028", Day{2028, 2, 29}, false}, {"le 12/5/2027 à 10h", Day{2027, 5, 12}, false}, {"ⴰⵢⵏⴰⵙ", Day{2026, 11, 30}, true}, {"1 janvier", Day{2027, 1, 1}, true},
		{"25 دجنبر 2026", Day{2026, 12, 25}, false}, {"nhar 25 dujanbir 2026", Day{2026, 12, 25}, false}, {"25 ⴷⵓⵊⴰⵏⴱⵉⵔ 2026", Day{2026, 12, 25}, false}, {"\u200f25/12/2026\u200e", Day{2026, 12, 25}, false}, {"2026/12/25", Day{2026, 12, 25}, false},
		{"٣ يناير ٢٠٢٧", Day{2027, 1, 3}, false}, {"had nhar", today, false}, {"be3d ghedda", Day{2026, 11, 26}, false}, {"الجمعة الجاية", Day{2026, 11, 27}, true}, {"simana jaya", Day{2026, 12, 1}, false},
	} {
		got, amb, ok := Date(c.in, today)
		if !ok || got != c.want || amb != c.ambiguous {
			t.Errorf("Date(%q) = %v %v %v, want %v %v", c.in, got, amb, ok, c.want, c.ambiguous)
		}
	}
	for _, in := range []string{"", "32/5/2027", "30/2/2027", "29/02/2027", "2027", "mai", "bientôt", "0612345678", "12/5/20277", "99/99", "Fatima"} {
		if got, _, ok := Date(in, today); ok {
			t.Errorf("Date(%q) = %v, want none", in, got)
		}
	}
}

func TestPhone(t *testing.T) {
	for in, want := range map[string]string{
		"0612345678": "+212612345678", "06 12 34 56 78": "+212612345678", "06.12.34.56.78": "+212612345678", "06-12-34-56-78": "+212612345678", "+212612345678": "+212612345678",
		"00212612345678": "+212612345678", "+212 6 12 34 56 78": "+212612345678", "٠٦١٢٣٤٥٦٧٨": "+212612345678", "\u202a+212 612-345678\u202c": "+212612345678", "\u20660612345678\u2069": "+212612345678",
		"tel: 0612345678": "+212612345678", "نمرتي 0612345678": "+212612345678", "(+212) 612 345 678": "+212612345678", "+33 6 12 34 56 78": "+33612345678", "0033612345678": "+33612345678", "0712345678": "+212712345678",
		"0522 43 12 34": "+212522431234", "smiti Fatima 0661234567": "+212661234567", "612345678": "+212612345678", "٠٠٢١٢٦١٢٣٤٥٦٧٨": "+212612345678", "+212(0)612345678": "+212612345678",
		"0 6 1 2 3 4 5 6 7 8": "+212612345678", "+212 06 12 34 56 78": "+212612345678", "00212 6 12 34 56 78": "+212612345678", "+٢١٢ ٦١٢ ٣٤ ٥٦ ٧٨": "+212612345678", "۰۶۱۲۳۴۵۶۷۸": "+212612345678", "０６１２３４５６７８": "+212612345678",
		"\u20660612\u00a0345\u00a0678\u2069": "+212612345678", "\u200e+212612345678\u200f": "+212612345678", "06/12/34/56/78": "+212612345678", "06_12_34_56_78": "+212612345678", "nmrti hiya 0612345678": "+212612345678", "212612345678": "+212612345678",
		"نمرتي ٠٦١٢٣٤٥٦٧٨ عيطو ليا": "+212612345678", "ⵓⵟⵟⵓⵏ ⵉⵏⵓ 0612345678": "+212612345678", "06 12 34 56 78 (whatsapp)": "+212612345678", "+212 (0) 612345678": "+212612345678", "(0612) 345678": "+212612345678", "0034612345678": "+34612345678",
	} {
		if got, ok := Phone(in); !ok || got != want {
			t.Errorf("Phone(%q) = %q %v, want %q", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "06123", "Fatima", "33612345678", "123456789012345678", "0612345678 0661234567", "+999123456789", "2027-05-12", "06 ou 07"} {
		if got, ok := Phone(in); ok {
			t.Errorf("Phone(%q) = %q, want none", in, got)
		}
	}
}
