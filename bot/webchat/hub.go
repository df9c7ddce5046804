package webchat

import "sync"

// Bounds on open streams. A browser gives one host six connections over plain
// HTTP: a person's fifth tab asks now and then instead.
const (
	maxStreams    = 20_000
	maxStreamsOwn = 4
)

// hub knows which addresses have a page open.
type hub struct {
	mu    sync.Mutex
	open  map[string]map[chan struct{}]struct{} // by address ID
	count int
}

// listen registers for wake-ups until stop is called; false when there are too
// many listeners. A wake-up while one is pending is the same wake-up.
func (h *hub) listen(id string) (wake <-chan struct{}, stop func(), ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.count >= maxStreams || len(h.open[id]) >= maxStreamsOwn {
		return nil, nil, false
	}
	c := make(chan struct{}, 1)
	if h.open[id] == nil {
		h.open[id] = map[chan struct{}]struct{}{}
	}
	h.open[id][c] = struct{}{}
	h.count++
	return c, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.open[id], c)
		if len(h.open[id]) == 0 {
			delete(h.open, id)
		}
		h.count--
	}, true
}

// wake tells every page of the address to look again.
func (h *hub) wake(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.open[id] {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
