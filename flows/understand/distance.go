package understand

import "unicode/utf8"

// maxCompared is the number of letters that are compared of two words.
const maxCompared = 32

// similar reports whether two words with the same consonants differ in at most a
// third of their letters, a quarter when the consonants are only three; one
// difference is always allowed.
func similar(a, b string, consonants int) bool {
	var ra, rb [maxCompared]rune
	na, nb := letterise(&ra, a), letterise(&rb, b)
	part := 3
	if consonants < 4 {
		part = 4
	}
	allowed := max(1, max(na, nb)/part)
	if na-nb > allowed || nb-na > allowed {
		return false
	}
	var row [maxCompared + 1]int
	for j := range nb + 1 {
		row[j] = j
	}
	for i := 1; i <= na; i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= nb; j++ {
			cost := diagonal
			if ra[i-1] != rb[j-1] {
				cost++
			}
			diagonal = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[nb] <= allowed
}

func letterise(into *[maxCompared]rune, s string) int {
	n := 0
	for _, r := range s {
		if n == maxCompared {
			break
		}
		into[n] = r
		n++
	}
	return n
}

// distanceOne reports whether a and b differ by at most one insertion, deletion,
// substitution or swap of neighbours.
func distanceOne(a, b string) bool {
	for len(a) > 0 && len(b) > 0 {
		ra, sa := utf8.DecodeRuneInString(a)
		rb, sb := utf8.DecodeRuneInString(b)
		if ra == rb {
			a, b = a[sa:], b[sb:]
			continue
		}
		restA, restB := a[sa:], b[sb:]
		if restA == restB || restA == b || a == restB {
			return true
		}
		nextA, na := utf8.DecodeRuneInString(restA)
		nextB, nb := utf8.DecodeRuneInString(restB)
		return nextA == rb && nextB == ra && restA[na:] == restB[nb:]
	}
	return utf8.RuneCountInString(a)+utf8.RuneCountInString(b) <= 1
}
