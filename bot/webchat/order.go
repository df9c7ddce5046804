package webchat

import (
	"context"
	"errors"
	"sync"
)

// order lets one message of an address in at a time. It remembers only addresses
// that have one on the way.
type order struct {
	mu    sync.Mutex
	lines map[string]*line
}

type line struct {
	turn    chan struct{} // holds one token while somebody is in
	waiting int
}

// maxWaiting messages of one address may queue; a page sends one after the other,
// so more are several tabs at most.
const maxWaiting = 8

var errCrowded = errors.New("too many messages at once")

// enter waits until nobody else of the address is in. Leave must be called.
func (o *order) enter(ctx context.Context, id string) (leave func(), err error) {
	o.mu.Lock()
	l := o.lines[id]
	if l == nil {
		l = &line{turn: make(chan struct{}, 1)}
		o.lines[id] = l
	}
	if l.waiting >= maxWaiting {
		o.mu.Unlock()
		return nil, errCrowded
	}
	l.waiting++
	o.mu.Unlock()

	done := func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		if l.waiting--; l.waiting == 0 {
			delete(o.lines, id)
		}
	}
	select {
	case l.turn <- struct{}{}:
		return func() { <-l.turn; done() }, nil
	case <-ctx.Done():
		done()
		return nil, ctx.Err()
	}
}
