package webchat

import (
	"net/netip"
	"sync"
	"time"
)

// Bounds on uploads that are being received, each of which may take as long as a bad
// line needs. A household's share leaves room for the others: a stranger could
// otherwise hold all places with a few bytes a minute.
const (
	maxUploads    = 32
	maxUploadsOwn = 8
	placeWait     = 10 * time.Second
)

// places are where uploads are received: so many in all, and of one household.
type places struct {
	all  chan struct{}
	wait time.Duration // how long somebody may wait for one

	mu    sync.Mutex
	homes map[netip.Prefix]*home
}

type home struct {
	own   chan struct{}
	users int // who have a place, or wait for one
}

func newPlaces() *places {
	return &places{all: make(chan struct{}, maxUploads), wait: placeWait, homes: map[netip.Prefix]*home{}}
}

// enter waits for a place; false when there was none in time. Leave must be called.
func (p *places) enter(from netip.Prefix) (leave func(), ok bool) {
	p.mu.Lock()
	h := p.homes[from]
	if h == nil {
		h = &home{own: make(chan struct{}, maxUploadsOwn)}
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
