package bot

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"maalem/flows"
	"maalem/flows/understand"
	"maalem/locales"
)

// Config is what the engine is made of. All fields without a remark are needed.
type Config struct {
	Store  Turns
	Flows  []*flows.Flow
	Texts  func(key string) (locales.Text, bool)
	Reader *understand.Reader
	// Show says a stored value in a language ("MA-TIZ" → "Tiznit").
	Show func(t flows.Type, value string, l locales.Lang) string
	// Province is the province of a place, "" when unknown.
	Province func(place string) string
	// Region is the region of a place, "" when unknown.
	Region func(place string) string
	// Caps of each channel by name.
	Caps func(channel string) Caps
	// Controller of the personal data; while its name is empty nothing is announced.
	Controller Controller
	Zone       *time.Location
	Now        func() time.Time
	// Recording is what is spoken in a slot ("register/name"), per language; nil =
	// nothing is recorded.
	Recording func(slot string, l locales.Lang) (Media, bool)
	// Rand is where ids, codes and nonces come from; nil = the system's.
	Rand io.Reader
	// Observe is told how long each Inbound took until it was committed or not, waiting for
	// others of its address included; may be nil.
	Observe func(channel string, took time.Duration)
	// Discard is told which files somebody referred to who was erased; they shall go soon
	// unless somebody else refers to them too. May be nil: then they go with the sweep.
	Discard func(hashes []string)
	// Flood bounds what one address may say; its zero value is no bound.
	Flood Flood
	Log   *slog.Logger
}

// Controller is who answers for the data under law 09-08.
type Controller struct {
	Name, Contact, Declaration string
	Partner                    string // the one named partner for sharing, if any
	Usual                      string // when advisers usually answer, in words
	Cap                        int    // announcements a week at most
}

// Engine turns Inbounds into Turns. Turns of one address never overlap; different
// addresses run in parallel.
type Engine struct {
	Config
	flows   map[string]*flows.Flow
	byHash  sync.Map // flows.Hash → *flows.Flow, the older ones compiled on demand
	stripes [1024]sync.Mutex
	seed    maphash.Seed
	stats   Stats
	flood   *flood
	rand    *dice
	coops   *cooperatives
	guesses *rate.Limiter // of codes, by everybody together
}

// Stats are the engine's counters since start.
type Stats struct {
	Turns, Conflicts, Duplicates, Quarantined, Dropped atomic.Int64
}

// New checks that every flow starts and effects only what exists.
func New(c Config) (*Engine, error) {
	e := &Engine{Config: c, flows: map[string]*flows.Flow{}, seed: maphash.MakeSeed(), flood: newFlood(c.Flood), rand: newDice(c.Rand), coops: newCooperatives(),
		guesses: rate.NewLimiter(rate.Every(wrongEvery/maxGuesses), maxGuesses)}
	for _, f := range c.Flows {
		e.flows[f.ID()] = f
		e.byHash.Store(f.Hash(), f)
	}
	var errs []error
	for _, f := range c.Flows {
		for _, then := range f.Starts() {
			if e.flows[then.Name] == nil {
				errs = append(errs, fmt.Errorf("%s/%s (then): no flow %q", f.ID(), then.State, then.Name))
			}
		}
		for _, effect := range f.Effects() {
			if effects[effect.Name] == nil {
				errs = append(errs, fmt.Errorf("%s/%s (effect): no effect %q", f.ID(), effect.State, effect.Name))
			}
		}
	}
	for _, key := range engineTexts {
		if _, ok := c.Texts(key); !ok {
			errs = append(errs, fmt.Errorf("the catalog lacks %q", key))
		}
	}
	return e, errors.Join(errs...)
}

// Stats gives the counters.
func (e *Engine) Stats() *Stats { return &e.stats }

// maxGuesses is how many codes all addresses together may type in wrongEvery, which is
// as long as a code is open: who uses up all of them finds one open code with a chance
// of one in 7,500, and nobody else can join a phone meanwhile.
const maxGuesses = 120

// maxTries is how often a failing turn is computed before it is put aside.
const maxTries = 3

// maxConflicts bounds recomputing; conflicts come from consoles and other
// addresses of the same person, a few at a time.
const maxConflicts = 50

// Handle takes one Inbound. nil means committed: the channel may acknowledge. An
// error means that nothing happened and the message must come again.
func (e *Engine) Handle(ctx context.Context, in Inbound) error {
	if e.Observe != nil {
		began := e.Now()
		defer func() { e.Observe(in.From.Channel, e.Now().Sub(began)) }()
	}
	stripe := &e.stripes[maphash.String(e.seed, in.From.String())%uint64(len(e.stripes))]
	stripe.Lock()
	defer stripe.Unlock()
	if ok, notice := e.flood.admit(in.From, e.Now()); !ok {
		return e.drop(ctx, &in, notice)
	}
	switch why, err := e.attempt(ctx, &in, nil); {
	case why != nil:
		return e.quarantine(ctx, &in, why)
	case errors.Is(err, ErrDuplicate):
		e.stats.Duplicates.Add(1)
		return nil
	case err != nil:
		return fmt.Errorf("take a message: %w", err)
	}
	e.stats.Turns.Add(1)
	return nil
}

// attempt computes the turn of a message or of a timer and commits it, anew after a
// conflict. why is set when the
// turn itself is at fault, maxTries times: it will fail for ever and has to be put
// aside. err is the store's: what was asked may be asked again.
func (e *Engine) attempt(ctx context.Context, in *Inbound, due *Timer) (why, err error) {
	for tries, conflicts := 0, 0; tries < maxTries; {
		turn, err := e.compute(ctx, in, due)
		if errors.Is(err, errRead) {
			return nil, err
		} else if err != nil {
			why = err
			tries++
			continue
		}
		switch err := e.Store.Commit(ctx, turn); {
		case err == nil:
			e.committed(&turn)
			return nil, nil
		case errors.Is(err, ErrConflict) && conflicts < maxConflicts:
			conflicts++
			e.stats.Conflicts.Add(1)
		case errors.Is(err, ErrInvalid):
			why = err // computed anew it is hardly another one: ids and codes are
			tries++
		default:
			return nil, fmt.Errorf("commit turn: %w", err)
		}
	}
	return why, nil
}

func (e *Engine) compute(ctx context.Context, in *Inbound, due *Timer) (Turn, error) {
	if due != nil {
		return e.fire(ctx, *due)
	}
	return e.turn(ctx, in)
}

// committed lets what is kept in memory follow.
func (e *Engine) committed(t *Turn) {
	for _, c := range t.Changes {
		if c.Ref.Kind == KindCooperative {
			e.coops.follow(c)
		}
	}
	if len(t.Erase) == 0 || e.Discard == nil {
		return
	}
	var files []string
	for _, n := range t.Tally {
		if hash, media := strings.CutPrefix(n.Name, mediaTally); media && n.Delta < 0 {
			files = append(files, hash)
		}
	}
	if len(files) > 0 {
		e.Discard(files)
	}
}

// errRead marks failures of reading the store.
var errRead = errors.New("read records")

// turn computes the turn of an Inbound; a panic in a flow is an error of this
// message only.
func (e *Engine) turn(ctx context.Context, in *Inbound) (t Turn, err error) {
	defer e.recovered(&err)
	d, err := e.open(ctx, in.From, in)
	if err != nil {
		return Turn{}, err
	}
	if err := d.inbound(in); err != nil {
		return Turn{}, err
	}
	return d.close()
}

// recovered, when deferred, makes a panic in a flow an error of this turn only.
func (e *Engine) recovered(err *error) {
	if p := recover(); p != nil {
		e.Log.Error("a turn panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		*err = errors.New("turn panicked")
	}
}

// quarantine commits a message that failed three times raw, with an apology.
func (e *Engine) quarantine(ctx context.Context, in *Inbound, why error) error {
	e.stats.Quarantined.Add(1)
	e.Log.Error("message quarantined", "channel", in.From.Channel, "why", why)
	body, err := encode(Quarantined{Key: in.Key, Text: in.Text, Press: in.Press, Why: why.Error()})
	if err != nil {
		return err
	}
	for range maxConflicts {
		d, err := e.open(ctx, in.From, in)
		if err != nil {
			return err
		}
		d.say("quarantine.apology", nil)
		d.turn.Append = append(d.turn.Append, LogRow{LogQuarantine, in.From.String(), body})
		t, err := d.close()
		if err != nil {
			return err
		}
		switch err := e.Store.Commit(ctx, t); {
		case err == nil, errors.Is(err, ErrDuplicate):
			return nil
		case errors.Is(err, ErrInvalid):
			return e.note(ctx, in, err)
		case !errors.Is(err, ErrConflict):
			return fmt.Errorf("commit quarantine: %w", err)
		}
	}
	return fmt.Errorf("commit quarantine: %w", ErrConflict)
}

// note only writes down that a message came which not even an apology can answer: its
// address is none that a store takes. Without an owner it carries no words of a person.
func (e *Engine) note(ctx context.Context, in *Inbound, why error) error {
	body, err := encode(Quarantined{Key: in.Key, Why: why.Error()})
	if err != nil {
		return err
	}
	err = e.Store.Commit(ctx, Turn{Key: in.From.Channel + "/" + in.Key, At: e.Now(), Append: []LogRow{{LogQuarantine, "", body}}})
	if err != nil && !errors.Is(err, ErrDuplicate) {
		return fmt.Errorf("note a message: %w", err)
	}
	return nil
}

// Forget drops the conversation of a device that forgot it, when nobody is
// registered there; a person's data goes only by "delete my data".
func (e *Engine) Forget(ctx context.Context, a Address) error {
	for range maxConflicts {
		d, err := e.open(ctx, a, nil)
		if err != nil {
			return err
		}
		if len(d.conv.People) > 0 || d.read[0].Body == nil {
			return nil
		}
		if err := d.end(); err != nil {
			return err
		}
		if err := e.Store.Commit(ctx, d.turn); !errors.Is(err, ErrConflict) {
			return err
		}
	}
	return ErrConflict
}
