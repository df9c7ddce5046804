//go:build !linux

package bolt

// prefetch is a hint that only Linux takes from us.
func prefetch(string) {}
