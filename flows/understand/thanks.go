package understand

// Thanks reports whether a text is nothing but politeness: thanks, please, all right.
func Thanks(text string) bool {
	ts := tokens(text)
	if len(ts) == 0 || len(ts) > longestRequest {
		return false
	}
	for i := 0; i < len(ts); {
		_, size := phraseAt(lex().polite, ts, i)
		if size == 0 {
			return false
		}
		i += size
	}
	return true
}
