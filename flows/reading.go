package flows

import (
	"fmt"
	"time"

	"maalem/locales"
)

// Reading is what a question makes of a text, for whoever wants to know why.
type Reading struct {
	// Values are the answers by field, Typed those that are kept as words only.
	Values map[string]string `json:"values,omitempty"`
	Typed  map[string]string `json:"typed,omitempty"`
	// Asks is what a yes or another choice is awaited for: "confirm", "which", "facts".
	Asks    string   `json:"asks,omitempty"`
	Options []string `json:"options,omitempty"`
	// Understood is false when the question would be put again.
	Understood bool `json:"understood"`
}

// Read takes a text as the answer to a question, out of any conversation. The error
// says that there is no such question.
func (f *Flow) Read(question, text string, env Env) (*Reading, error) {
	at, ok := f.index[question]
	if !ok || !f.states[at].waits() {
		return nil, fmt.Errorf("flow %s has no question %q", f.source.ID, question)
	}
	w := &walk{f: f, env: &env, pick: -1}
	// Asked long ago, so that nothing counts as typed before the question was read.
	w.run = Run{Flow: f.source.ID, Hash: f.hash, State: at, AskedAt: env.Now.Add(-time.Hour).UnixMilli()}
	if err := w.read(Input{Text: text}); err != nil {
		return nil, err
	}
	r := &Reading{Understood: !w.step.Missed && !w.step.Quiet}
	answers := w.step.Learnt
	if p := w.run.Pending; p != nil {
		answers = p.Answers
		r.Options = p.Options
		r.Asks = map[PendingKind]string{PendingConfirm: "confirm", PendingWhich: "which", PendingFacts: "facts", PendingChange: "change"}[p.Kind]
	}
	r.Values, r.Typed = map[string]string{}, map[string]string{}
	for _, a := range answers {
		if a.Value != "" {
			r.Values[a.Field] = a.Value
		} else if a.Typed != "" {
			r.Typed[a.Field] = locales.StripBidi(a.Typed)
		}
	}
	return r, nil
}
