package flows

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong with a Source, located.
type Problem struct {
	Flow  string
	State string // empty: of the whole flow
	Part  string // "say", "choice woman", "when"…
	What  string
}

func (p Problem) String() string {
	at := p.Flow
	if p.State != "" {
		at += "/" + p.State
	}
	if p.Part != "" {
		at += " (" + p.Part + ")"
	}
	return at + ": " + p.What
}

// Problems is the error of Compile: everything wrong at once.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return fmt.Sprintf("%d problems:\n%s", len(ps), strings.Join(lines, "\n"))
}
