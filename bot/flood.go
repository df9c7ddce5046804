package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"maalem/locales"
)

// Flood bounds what one address may say, so that the channel never waits for one
// person and one person never fills the disk.
type Flood struct {
	// Rate is messages a second in the long run; 0 = no bound.
	Rate float64
	// Burst is how many may come at once.
	Burst int
}

// DefaultFlood lets anybody type as fast as they can, and stops a program.
var DefaultFlood = Flood{Rate: 2, Burst: 20}

// floodKeep bounds how many addresses are remembered. An address that is
// forgotten has been quiet for long, or the table was full of others.
const floodKeep = 50_000

// flood remembers addresses that speak, in two generations: when the younger one
// is full the older one goes, so that memory is bounded without a clock.
type flood struct {
	Flood
	mu         sync.Mutex
	young, old map[Address]*speaker
}

type speaker struct {
	limit   *rate.Limiter
	noticed bool
}

func newFlood(f Flood) *flood {
	return &flood{Flood: f, young: map[Address]*speaker{}}
}

// admit tells whether a message may be answered; notice is true for the first
// that may not, after one that might.
func (f *flood) admit(a Address, now time.Time) (ok, notice bool) {
	if f.Rate <= 0 {
		return true, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.young[a]
	if s == nil {
		if s = f.old[a]; s == nil {
			s = &speaker{limit: rate.NewLimiter(rate.Limit(f.Rate), max(1, f.Burst))}
		}
		if len(f.young) >= floodKeep/2 {
			f.old, f.young = f.young, map[Address]*speaker{}
		}
		f.young[a] = s
	}
	if s.limit.AllowN(now, 1) {
		s.noticed = false
		return true, false
	}
	notice = !s.noticed
	s.noticed = true
	return false, notice
}

// drop commits a flooding address's surplus as dropped: acknowledged, counted and
// not answered, but for one notice.
func (e *Engine) drop(ctx context.Context, in *Inbound, notice bool) error {
	e.stats.Dropped.Add(1)
	t := Turn{Key: in.From.Channel + "/" + in.Key, At: e.Now(), Append: []LogRow{{Log: LogDropped, Owner: in.From.String()}}}
	if notice {
		d, err := e.open(ctx, in.From, in)
		if err != nil {
			return err
		}
		d.say("flood.notice", locales.Args{})
		t.Out, t.History = d.turn.Out, d.turn.History
	}
	if err := e.Store.Commit(ctx, t); err != nil && !errors.Is(err, ErrDuplicate) {
		return fmt.Errorf("commit dropped message: %w", err)
	}
	return nil
}
