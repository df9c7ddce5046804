package web

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate allows Burst at once and then one every Every.
type Rate struct {
	Burst int
	Every time.Duration
}

// Limiter keeps a Rate per household. It remembers at most a fixed number of
// them; while more are active at once, the surplus shares one allowance, so that
// a flood of addresses costs neither memory nor the limit.
type Limiter struct {
	rate Rate
	most int
	now  func() time.Time

	mu      sync.Mutex
	buckets map[netip.Prefix]*rate.Limiter
	surplus *rate.Limiter
	swept   time.Time
}

// NewLimiter keeps r for at most most households, by the clock now.
func NewLimiter(r Rate, most int, now func() time.Time) *Limiter {
	l := &Limiter{rate: r, most: most, now: now, buckets: map[netip.Prefix]*rate.Limiter{}}
	l.surplus = l.bucket()
	return l
}

func (l *Limiter) bucket() *rate.Limiter {
	return rate.NewLimiter(rate.Every(l.rate.Every), l.rate.Burst)
}

// Allow takes one from the household's allowance, or says how long to wait.
func (l *Limiter) Allow(home netip.Prefix) (ok bool, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b, ok := l.buckets[home]
	if !ok {
		if len(l.buckets) >= l.most {
			l.sweep(now)
		}
		if len(l.buckets) < l.most {
			b = l.bucket()
			l.buckets[home] = b
		} else {
			b = l.surplus
		}
	}
	if b.AllowN(now, 1) {
		return true, 0
	}
	missing := 1 - b.TokensAt(now)
	return false, time.Duration(missing * float64(l.rate.Every)).Round(time.Second)
}

// sweep forgets households whose allowance is full again: they are as good as
// new. At most once per Every, before which little can have filled up.
func (l *Limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < l.rate.Every {
		return
	}
	l.swept = now
	for home, b := range l.buckets {
		if b.TokensAt(now) >= float64(l.rate.Burst) {
			delete(l.buckets, home)
		}
	}
}
