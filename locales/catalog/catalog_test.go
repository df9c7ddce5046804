package catalog

import "testing"

// TestNoProblems is what a translator's mistake meets first.
func TestNoProblems(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Error(err)
	}
	for _, p := range c.Problems() {
		t.Error(p)
	}
}
