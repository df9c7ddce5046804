package app

import (
	"context"
	"time"

	"maalem/storage/media"
)

// mediaInUse tells which of the files whose hashes begin with prefix are referred to.
func (o *operations) mediaInUse(ctx context.Context, prefix string) (map[string]bool, error) {
	counts, err := o.store.Tallies(ctx, "media:"+prefix, 1<<30)
	if err != nil {
		return nil, err
	}
	used := make(map[string]bool, len(counts))
	for name := range counts {
		used[name[len("media:"):]] = true
	}
	return used, nil
}

// discard lets the files of somebody who was erased go soon. It never waits: what does
// not fit, or is left when the program ends, goes with the sweep a day later.
func (o *operations) discard(hashes []string) {
	select {
	case o.erased <- hashes:
	default:
	}
}

// maxErased bounds the files that wait to be discarded.
const maxErased = 10_000

// discardErased removes the files of people who were erased, until ctx ends.
func (o *operations) discardErased(ctx context.Context) error {
	var waiting []string
	again := time.NewTicker(media.DiscardAfter)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case hashes := <-o.erased:
			waiting = append(waiting, o.discardNow(ctx, hashes, time.Now())...)
		case now := <-again.C:
			waiting = o.discardNow(ctx, waiting, now)
		}
		if len(waiting) > maxErased {
			waiting = waiting[len(waiting)-maxErased:]
		}
	}
}

// discardNow removes what may go, and gives back what is too young.
func (o *operations) discardNow(ctx context.Context, hashes []string, now time.Time) (young []string) {
	for _, hash := range hashes {
		switch kept, err := o.files.Discard(ctx, hash, now, o.mediaInUse); {
		case err != nil && ctx.Err() == nil:
			o.log.Error("a file of somebody erased could not be removed; the sweep will try again", "error", err)
		case kept:
			young = append(young, hash)
		}
	}
	return young
}
