package understand

import "strings"

// Sounds are the words of a name as they are heard: one key for the spellings of
// two scripts (Al Amal, l'Amal, الأمل), so that names can be found by any of them.
// Articles standing alone are left out. It serves for looking up, never for
// showing, and different names may share a key.
func Sounds(name string) []string {
	var out []string
	for _, t := range tokens(name) {
		word := t.fold
		for _, article := range [...]string{"ال", "al"} {
			if rest, ok := strings.CutPrefix(word, article); ok && len([]rune(rest)) > 2 {
				word = rest
				break
			}
		}
		if key := skeleton(nil, word); len(key) > 1 {
			out = append(out, string(key))
		}
	}
	return out
}
