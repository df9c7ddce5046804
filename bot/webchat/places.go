package webchat

import (
	"net/netip"
	"sync"
	"time"
)

// Bounds on what strangers make us hold at once: uploads that are being received, and
// answers that are being fetched, each for as long as a bad line needs. A household's
// share leaves room for the others: one could otherwise hold all places with a few
// bytes a minute. A page with a full history takes 700 kB until it is fetched.
const (
	maxUploads    = 32
	maxUploadsOwn = 8
	maxAnswers    = 4096
	maxAnswersOwn = 128
	placeWait     = 10 * time.Second
)

// places are what can be held at once: so many in all, and by one household.
type places struct {
	all  chan struct{}
	own  int
	wait time.Duration // how long somebody may wait for one

	mu    sync.Mutex
	homes map[netip.Prefix]*home
}

type home struct {
	own   chan struct{}
	users int // who have a place, or wait for one
}

func newPlaces(all, own int) *places {
	return &places{all: make(chan struct{}, all), own: own, wait: placeWait, homes: map[netip.Prefix]*home{}}
}

// enter waits for a place; false when there was none in time. Leave must be called.
func (p *places) enter(from netip.Prefix) (leave func(), ok bool) {
	p.mu.Lock()
	h := p.homes[from]
	if h == nil {
		h = &home{own: make(chan struct{}, p.own)}
		p.homes[from] = h
	}
	h.users++
	p.mu.Unlock()
	gone := func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if h.users--; h.users == 0 {
			delete(p.homes, from)
		}
	}
	late := time.NewTimer(p.wait)
	defer late.Stop()
	// The household's first: who waits for it must not hold another's place.
	select {
	case h.own <- struct{}{}:
	case <-late.C:
		gone()
		return nil, false
	}
	select {
	case p.all <- struct{}{}:
	case <-late.C:
		<-h.own
		gone()
		return nil, false
	}
	return func() { <-p.all; <-h.own; gone() }, true
}
