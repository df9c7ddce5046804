package bot

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"maalem/locales"
)

// Sender takes what is to be said from the outbox to its channel.
type Sender struct {
	Channel Channel
	Outbox  Outbox
	Workers int // messages in flight at once
	Now     func() time.Time
	Log     *slog.Logger
	Stats   SenderStats
	last    atomic.Int64 // when something was sent last, Unix nanoseconds
}

// SenderStats are a sender's counters since start.
type SenderStats struct {
	Sent     atomic.Int64
	Failures [FailRejected + 1]atomic.Int64
}

// Times of the sender.
const (
	leaseFor  = 2 * time.Minute // longer than any single send may take
	lookEvery = time.Second     // without a hint
	// arriveWithin is how long what is in flight at a stop has to arrive.
	arriveWithin = 5 * time.Second
	// giveUpAfter so many attempts of which nobody knows how they ended a message is
	// given up, if others go out meanwhile: then it is the message. While nothing
	// goes out it is the network, and everything waits for as long as that takes.
	giveUpAfter = 30
	meanwhile   = 5 * time.Minute
)

// Run sends until ctx ends, then lets what is in flight arrive, within reason: what
// is cut off may have arrived, and would be said again after the start.
func (s *Sender) Run(ctx context.Context) error {
	sends, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(arriveWithin, cut) })()
	jobs := make(chan Outgoing)
	var inFlight sync.WaitGroup
	for range s.Workers {
		inFlight.Go(func() {
			for m := range jobs {
				s.send(sends, m)
			}
		})
	}
	defer inFlight.Wait()
	defer close(jobs)
	ready := s.Outbox.Ready(s.Channel.Name())
	for ctx.Err() == nil {
		batch, err := s.Outbox.Lease(ctx, s.Channel.Name(), s.Workers, leaseFor)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("the outbox cannot be read", "channel", s.Channel.Name(), "error", err)
		}
		for _, m := range batch {
			select {
			case jobs <- m:
			case <-ctx.Done():
				return nil // unsent: its lease dies with the process
			}
		}
		if len(batch) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
		case <-ready:
		case <-time.After(lookEvery):
		}
	}
	return nil
}

// send sends one message and settles it.
func (s *Sender) send(ctx context.Context, m Outgoing) {
	if m.Position > 0 {
		m.Message.Text = strings.ReplaceAll(m.Message.Text, "{position}", locales.LTR(strconv.Itoa(m.Position)))
	}
	_, err := s.Channel.Send(ctx, m)
	done := Sent{ID: m.ID, To: m.To, Lane: m.Lane, Done: true}
	if err != nil {
		if ctx.Err() != nil {
			return // cut off: it is sent again after the start
		}
		done = s.failed(m, done, err)
	} else {
		s.Stats.Sent.Add(1)
		s.last.Store(s.Now().UnixNano())
	}
	// A settlement must not be lost to the stop that interrupts it.
	if err := s.Outbox.Settle(context.WithoutCancel(ctx), []Sent{done}); err != nil {
		s.Log.Error("a sent message could not be settled", "channel", s.Channel.Name(), "error", err)
	}
}

// failed decides by the closed list of failures.
func (s *Sender) failed(m Outgoing, done Sent, err error) Sent {
	fail := &SendError{Failure: FailUnknown, Reason: "unclassified"}
	errors.As(err, &fail)
	s.Stats.Failures[fail.Failure].Add(1)
	s.Log.Warn("a message was not sent", "channel", s.Channel.Name(), "failure", fail.Failure.String(), "attempt", m.Attempt+1)
	now := s.Now()
	again := func(d time.Duration) { done.Done, done.RetryAt = false, now.Add(d) }
	switch {
	case fail.Failure == FailGone || fail.Failure == FailRejected:
		// done: trying again would change nothing
	case fail.Failure == FailUnknown && m.Attempt+1 >= giveUpAfter && now.UnixNano()-s.last.Load() < int64(meanwhile):
		s.Log.Error("a message was given up", "channel", s.Channel.Name(), "attempts", m.Attempt+1)
	case fail.Failure == FailThrottled:
		again(fail.After)
	case fail.Failure == FailAccountBlocked:
		again(time.Minute)
	default:
		again(min(time.Second<<min(m.Attempt, 6), time.Minute))
	}
	return done
}
