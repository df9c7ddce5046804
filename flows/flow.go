package flows

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"github.com/looplab/fsm"

	"maalem/flows/expr"
	"maalem/flows/understand"
	"maalem/locales"
)

// Flow is a compiled Source: immutable and safe for concurrent use. Its
// transition table is a looplab/fsm machine, pooled because a machine holds the
// current state; no callbacks are registered and its context is never cancelled
// (a machine cancelled mid-way stays wedged).
type Flow struct {
	source   Source
	hash     Hash
	encoded  []byte
	states   []state
	index    map[string]int
	fields   map[string]Field
	start    string
	machines sync.Pool
	events   []fsm.EventDesc
	yesNo    func() *understand.Chooser
}

// state is a State with its conditions compiled.
type state struct {
	State
	at    int
	when  *expr.Program
	must  *expr.Program
	jumps []*expr.Program
	shown []*expr.Program // per choice: its When, nil = always
	holes [][]string      // per Say: the fields in its placeholders
	slot  string          // of its recording
	// jump and pick are the events of the branches: of Go, and of each choice.
	jump, pick []string
	// choosers are what typed answers are matched with, by which choices are
	// offered: folding the names each time was a fifth of a turn.
	choosers *sync.Map // uint64 → *understand.Chooser
	typ      Type
}

// waits reports whether the state waits for the person.
func (s *state) waits() bool { return s.Kind == Ask || s.Kind == Pick }

// leads reports whether choices of the state lead to different places: then they
// are ways and no answers that could be changed afterwards.
func (s *state) leads() bool {
	for i := range s.Choices {
		if s.Choices[i].To != "" || s.Choices[i].Change != "" {
			return true
		}
	}
	return false
}

// Events of every machine: one shape for all flows. "Back" is the run's trail
// and universal words are the engine's, so neither is an edge.
const (
	eventAnswer = "answer" // a waiting state was answered
	eventSkip   = "skip"   // its relevance is false, or the person skipped
	eventDone   = "done"   // a passing state passed
	eventBranch = "branch:"
)

// Hash names the flow's Source by content.
func (f *Flow) Hash() Hash { return f.hash }

// ID is the flow's name.
func (f *Flow) ID() string { return f.source.ID }

// Title is the flow's topic, for "we were at: …".
func (f *Flow) Title() locales.Text { return f.source.Title }

// Light reports whether the flow is dropped rather than kept when interrupted.
func (f *Flow) Light() bool { return f.source.Light }

// Left is what is said when the flow is dropped; zero: nothing.
func (f *Flow) Left() locales.Text { return f.source.Left }

// Encoded is the stored form of the flow's Source. It must not be changed.
func (f *Flow) Encoded() []byte { return f.encoded }

// Field describes a field of the flow.
func (f *Flow) Field(name string) (Field, bool) {
	fd, ok := f.fields[name]
	return fd, ok
}

// StateName names the state a run is in; empty when the run is out of range.
func (f *Flow) StateName(r *Run) string {
	if r.State < 0 || r.State >= len(f.states) {
		return ""
	}
	return f.states[r.State].ID
}

// FreeText reports whether the run waits where anything may be typed, so that
// content intents are not considered there.
func (f *Flow) FreeText(r *Run) bool {
	if r.State < 0 || r.State >= len(f.states) {
		return false
	}
	s := &f.states[r.State]
	return s.Kind == Ask && (s.typ == Text || s.typ == Name) && r.Pending == nil
}

// Slots lists the recording slots of the flow, "register/name": one for every
// state that says something.
func (f *Flow) Slots() []string {
	var slots []string
	for i := range f.states {
		if len(f.states[i].Say) > 0 {
			slots = append(slots, f.states[i].slot)
		}
	}
	return slots
}

// fire moves a pooled machine from one state by an event and says where it is.
func (f *Flow) fire(from int, event string) (int, error) {
	m := f.machines.Get().(*fsm.FSM)
	defer f.machines.Put(m)
	m.SetState(f.states[from].ID)
	err := m.Event(context.Background(), event)
	var same fsm.NoTransitionError
	if err != nil && !errors.As(err, &same) {
		return from, fmt.Errorf("flow %s: %s in state %s: %w", f.source.ID, event, f.states[from].ID, err)
	}
	return f.index[m.Current()], nil
}

func branchEvent(i int) string { return eventBranch + strconv.Itoa(i) }

// Mermaid draws the flow's state machine with fsm's own visualizer.
func (f *Flow) Mermaid() (string, error) {
	m := fsm.NewFSM(f.start, f.events, fsm.Callbacks{})
	return fsm.VisualizeForMermaidWithGraphType(m, fsm.StateDiagram)
}

// Mention is where a flow names what it does not hold itself.
type Mention struct{ State, Name string }

// Starts lists the flows that this one starts, with the states that do.
func (f *Flow) Starts() []Mention {
	var all []Mention
	for i := range f.states {
		if then := f.states[i].Then; then != "" && then != ThenReturn && then[0] != '=' {
			all = append(all, Mention{f.states[i].ID, then})
		}
	}
	return all
}

// Effects lists the effects that the flow names, with the states that have them.
func (f *Flow) Effects() []Mention {
	var all []Mention
	for i := range f.states {
		if f.states[i].Effect != "" {
			all = append(all, Mention{f.states[i].ID, f.states[i].Effect})
		}
	}
	return all
}
