package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/looplab/fsm"

	"maalem/flows/expr"
	"maalem/flows/understand"
	"maalem/locales"
)

// Bounds of a Source. A flow past them is a mistake or an attack.
const (
	maxStates = 2000
	// maxPassing is how many states a step may pass without waiting.
	maxPassing = 256
	// Label limits of the narrowest channel, in characters: a reply button
	// and a row of a list (WhatsApp; see the platforms note).
	maxButtonLabel = 20
	maxRowLabel    = 24
	maxButtons     = 3
)

var (
	goodID = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	hole   = regexp.MustCompile(`\{([a-z_]+)\}`)
)

// Compile checks a Source and makes it a Flow. The error is Problems: all of
// them, located.
func Compile(src Source) (*Flow, error) {
	c := &compiler{
		f:    &Flow{source: src, index: map[string]int{}, fields: map[string]Field{}},
		seen: map[string]bool{},
	}
	c.run()
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	encoded, err := src.Encode()
	if err != nil {
		return nil, err
	}
	f := c.f
	f.encoded, f.hash = encoded, hashOf(encoded)
	f.machines.New = func() any { return fsm.NewFSM(f.start, f.events, fsm.Callbacks{}) }
	f.yesNo = sync.OnceValue(func() *understand.Chooser {
		return understand.NewChooser([]understand.Option{{ID: "yes", Labels: labels(src.Words.Yes)}, {ID: "no", Labels: labels(src.Words.No)}})
	})
	return f, nil
}

type compiler struct {
	f        *Flow
	problems Problems
	seen     map[string]bool // (event, source) pairs
}

func (c *compiler) problem(state, part, format string, args ...any) {
	c.problems = append(c.problems, Problem{c.f.source.ID, state, part, fmt.Sprintf(format, args...)})
}

func (c *compiler) run() {
	src := &c.f.source
	if !goodID.MatchString(src.ID) {
		c.problem("", "id", "%q is not a flow id (lower-case letters, digits, _)", src.ID)
	}
	if len(src.States) == 0 || len(src.States) > maxStates {
		c.problem("", "states", "%d states; between 1 and %d are possible", len(src.States), maxStates)
		return
	}
	c.text("", "title", src.Title)
	if !src.Left.IsZero() {
		c.complete("", "left", src.Left)
	}
	for _, fd := range src.Fields {
		if _, twice := c.f.fields[fd.Name]; twice {
			c.problem("", "field "+fd.Name, "declared twice")
		}
		if !knownType(fd.Type) {
			c.problem("", "field "+fd.Name, "unknown type %q", fd.Type)
		}
		c.f.fields[fd.Name] = fd
	}
	for i, s := range src.States {
		if !goodID.MatchString(s.ID) {
			c.problem(s.ID, "id", "%q is not a state id", s.ID)
		}
		if _, twice := c.f.index[s.ID]; twice {
			c.problem(s.ID, "id", "a second state of this name: duplicate events leave it")
			continue
		}
		c.f.index[s.ID] = i
	}
	for i := range src.States {
		c.f.states = append(c.f.states, c.state(i, src.States[i]))
	}
	c.f.start = src.States[0].ID
	c.reach()
}

func knownType(t Type) bool {
	switch t {
	case Text, Name, Place, Crafts, Number, Phone, Date, Choice, Photo, Given:
		return true
	}
	return false
}

// state checks one state and compiles its conditions and edges.
func (c *compiler) state(i int, s State) state {
	st := state{State: s, at: i, choosers: new(sync.Map), slot: c.f.source.ID + "/" + s.ID}
	for j := range s.Go {
		st.jump = append(st.jump, branchEvent(j))
	}
	for j := range s.Choices {
		st.pick = append(st.pick, branchEvent(len(s.Go)+j))
	}
	next := s.Next
	if next == "" && s.Kind != End {
		if i+1 < len(c.f.source.States) {
			next = c.f.source.States[i+1].ID
		} else {
			c.problem(s.ID, "next", "a dead end: no state follows and none is named")
		}
	}
	st.Next = next
	switch s.Kind {
	case Ask, Pick:
		fd, known := c.f.fields[s.Field]
		if !known {
			c.problem(s.ID, "field", "unknown field %q", s.Field)
		}
		if known && fd.Type == Given {
			c.problem(s.ID, "field", "field %q is given, it cannot be asked", s.Field)
		}
		st.typ = fd.Type
		if len(s.Say) == 0 {
			c.problem(s.ID, "say", "a question without words")
		}
		if s.Kind == Pick && len(s.Choices) == 0 {
			c.problem(s.ID, "choices", "no choices: nobody could answer")
		}
		c.edge(s.ID, eventAnswer, next)
		c.edge(s.ID, eventSkip, next)
	case Tell:
		if len(s.Say) == 0 {
			c.problem(s.ID, "say", "tells nothing")
		}
		c.edge(s.ID, eventDone, next)
		c.edge(s.ID, eventSkip, next)
	case Effect:
		if s.Effect == "" {
			c.problem(s.ID, "effect", "no effect named")
		}
		c.edge(s.ID, eventDone, next)
		c.edge(s.ID, eventSkip, next)
	case Branch:
		if len(s.Go) == 0 {
			c.problem(s.ID, "go", "a branch without conditions")
		}
		c.edge(s.ID, eventDone, next)
		c.edge(s.ID, eventSkip, next)
	case End:
		if s.When != "" {
			c.problem(s.ID, "when", "an end cannot be passed over")
		}
	default:
		c.problem(s.ID, "kind", "unknown kind %q", s.Kind)
	}
	for j, t := range s.Say {
		st.holes = append(st.holes, c.text(s.ID, fmt.Sprintf("say %d", j+1), t))
	}
	for part, t := range map[string]locales.Text{"retry": s.Retry, "confirm": s.Confirm, "which": s.Which, "else": s.Else} {
		if !t.IsZero() {
			c.complete(s.ID, part, t)
		}
	}
	if (s.Must == "") != s.Else.IsZero() {
		c.problem(s.ID, "must", "a constraint and the words for it (else) belong together")
	}
	st.when = c.condition(s.ID, "when", s.When, "")
	st.must = c.condition(s.ID, "must", s.Must, st.typ)
	c.choices(&st)
	for j, jump := range s.Go {
		st.jumps = append(st.jumps, c.condition(s.ID, fmt.Sprintf("go %d", j+1), jump.If, ""))
		if jump.If == "" {
			c.problem(s.ID, fmt.Sprintf("go %d", j+1), "a jump without a condition")
		}
		c.edge(s.ID, branchEvent(j), jump.To)
	}
	return st
}

func (c *compiler) choices(st *state) {
	s := &st.State
	ids := map[string]bool{}
	for j, o := range s.Choices {
		part := "choice " + o.ID
		if o.ID == "" || ids[o.ID] {
			c.problem(s.ID, part, "choice ids must be there and differ")
		}
		ids[o.ID] = true
		c.complete(s.ID, part, o.Label)
		limit := maxButtonLabel
		if len(s.Choices) > maxButtons {
			limit = maxRowLabel
		}
		for _, l := range locales.All() {
			if n := len([]rune(o.Label.Label(l))); n > limit {
				c.problem(s.ID, part, "label too long in %s: %d characters, a channel takes %d: %q", l, n, limit, o.Label.Label(l))
			}
		}
		st.shown = append(st.shown, c.condition(s.ID, part, o.When, ""))
		switch {
		case o.To != "":
			c.edge(s.ID, branchEvent(len(s.Go)+j), o.To)
		case o.Change != "":
			to := ""
			for _, other := range c.f.source.States {
				if other.Field == o.Change && (other.Kind == Ask || other.Kind == Pick) {
					to = other.ID
					break
				}
			}
			if to == "" {
				c.problem(s.ID, part, "changes field %q, which no state asks", o.Change)
				break
			}
			st.Choices[j].To = to
			c.edge(s.ID, branchEvent(len(s.Go)+j), to)
		}
	}
}

func (c *compiler) edge(from, event, to string) {
	if to == "" {
		return // reported as a dead end
	}
	if _, ok := c.f.index[to]; !ok {
		c.problem(from, event, "goes to %q, which does not exist", to)
		return
	}
	if key := event + " " + from; c.seen[key] {
		c.problem(from, event, "duplicate event: two ways out under one name")
	} else {
		c.seen[key] = true
	}
	c.f.events = append(c.f.events, fsm.EventDesc{Name: event, Src: []string{from}, Dst: to})
}

// condition compiles an expression; self is the type of "." where it has one.
func (c *compiler) condition(state, part, text string, self Type) *expr.Program {
	if text == "" {
		return nil
	}
	p, err := expr.Parse(text)
	if err != nil {
		c.problem(state, part, "bad condition %q: %v", text, err)
		return nil
	}
	bad := p.Check(func(field string) (expr.Kind, bool) {
		if field == "." {
			return kindOf(self), self != ""
		}
		fd, ok := c.f.fields[field]
		return kindOf(fd.Type), ok
	})
	for _, e := range bad {
		c.problem(state, part, "bad condition %q: %v", text, &e)
	}
	return p
}

func kindOf(t Type) expr.Kind {
	switch t {
	case Number:
		return expr.Number
	case Date:
		return expr.Date
	}
	return expr.String
}

// text checks a text and returns the fields named in its placeholders.
func (c *compiler) text(state, part string, t locales.Text) []string {
	c.complete(state, part, t)
	var names []string
	for _, forms := range t.Forms {
		for _, form := range forms {
			for _, m := range hole.FindAllStringSubmatch(form, -1) {
				if slices.Contains(names, m[1]) {
					continue
				}
				names = append(names, m[1])
				if _, ok := c.f.fields[m[1]]; !ok {
					c.problem(state, part, "unknown field {%s} in %q", m[1], t.Key)
				}
			}
		}
	}
	return names
}

// complete reports languages that a text lacks.
func (c *compiler) complete(state, part string, t locales.Text) {
	if t.IsZero() {
		c.problem(state, part, "no text (%s)", t.Key)
		return
	}
	var missing []string
	for _, l := range locales.All() {
		if !t.Has(l) {
			missing = append(missing, string(l))
		}
	}
	if len(missing) > 0 {
		c.problem(state, part, "missing translation of %q: %s", t.Key, strings.Join(missing, ", "))
	}
}

// reach finds states that cannot be reached, from which no end can be reached,
// and cycles in which nobody is asked anything.
func (c *compiler) reach() {
	out := make([][]int, len(c.f.states))
	in := make([][]int, len(c.f.states))
	for _, e := range c.f.events {
		from, to := c.f.index[e.Src[0]], c.f.index[e.Dst]
		out[from] = append(out[from], to)
		in[to] = append(in[to], from)
	}
	reachable := flood(out, 0)
	var ends []int
	for i := range c.f.states {
		if c.f.states[i].Kind == End {
			ends = append(ends, i)
		}
	}
	ending := flood(in, ends...)
	for i := range c.f.states {
		switch {
		case !reachable[i]:
			c.problem(c.f.states[i].ID, "", "unreachable: no way leads here")
		case !ending[i]:
			c.problem(c.f.states[i].ID, "", "no way out: no end can be reached from here")
		}
	}
	c.idleCycles(out)
}

func flood(edges [][]int, from ...int) []bool {
	seen := make([]bool, len(edges))
	for len(from) > 0 {
		i := from[len(from)-1]
		from = from[:len(from)-1]
		if seen[i] {
			continue
		}
		seen[i] = true
		from = append(from, edges[i]...)
	}
	return seen
}

// idleCycles looks for cycles through passing states only, or through waiting
// states that can all be passed over at once.
func (c *compiler) idleCycles(out [][]int) {
	const open, done = 1, 2
	mark := make([]int, len(out))
	var visit func(i int)
	visit = func(i int) {
		mark[i] = open
		for _, j := range out[i] {
			s := &c.f.states[j]
			if s.waits() && s.When == "" && !s.Known {
				continue
			}
			switch mark[j] {
			case open:
				c.problem(c.f.states[j].ID, "", "a cycle without input: it could turn for ever")
			case 0:
				visit(j)
			}
		}
		mark[i] = done
	}
	for i := range out {
		if mark[i] == 0 && (!c.f.states[i].waits() || c.f.states[i].When != "" || c.f.states[i].Known) {
			visit(i)
		}
	}
}
