package bot

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// indexed counts the changes of what artisans are found and counted by (facets and
// words). Raise it with such a change: the next start looks everybody through.
//
//	1  regions, words
//	2  who has no known region, channels, words of any length
const indexed = 2

// reindexSlice is how many artisans one turn of Reindex rewrites: some milliseconds
// of the store's writer.
const reindexSlice = 50

// progress is how far Reindex came: a KindSetting, "indexed".
type progress struct {
	_     struct{} `cbor:",toarray"`
	To    int      // the index that it makes
	After string   // the last artisan done
	Done  bool
}

// reindexAgain is how long Reindex waits before it tries again.
const reindexAgain = time.Minute

// KeepIndexed is Reindex for as long as it takes: what hinders it (a full disk) is told
// and waited for. It must not end what serves people, and ends with ctx.
func (e *Engine) KeepIndexed(ctx context.Context, people People) {
	again := time.NewTimer(reindexAgain)
	defer again.Stop()
	for {
		err := e.Reindex(ctx, people)
		if err == nil || ctx.Err() != nil {
			return
		}
		e.Log.Error("artisans of an older program are not all found and counted yet; it is tried again", "error", err)
		again.Reset(reindexAgain)
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
	}
}

// Reindex brings the facets and words of artisans of an older program up to date, in
// slices, while people are served; it goes on where a kill interrupted it and does
// nothing when all is done. Facets that no longer exist stay, and are asked by nobody.
func (e *Engine) Reindex(ctx context.Context, people People) error {
	ref := Ref{KindSetting, "indexed"}
	for {
		got, err := e.Store.Read(ctx, ref)
		if err != nil {
			return fmt.Errorf("reindex: %w", err)
		}
		var at progress
		if got[0].Body != nil {
			if err := decode(got[0].Body, &at); err != nil {
				return fmt.Errorf("reindex: %w", err)
			}
		}
		if at.To == indexed && at.Done {
			return nil
		}
		if at.To != indexed {
			at = progress{To: indexed}
		}
		page, err := people.Page(ctx, KindArtisan, at.After, reindexSlice)
		if err != nil {
			return fmt.Errorf("reindex: %w", err)
		}
		if err := e.reindexSlice(ctx, page); err != nil {
			return fmt.Errorf("reindex: %w", err)
		}
		if at.Done = len(page) < reindexSlice; len(page) > 0 {
			at.After = page[len(page)-1].Ref.ID
		}
		body, err := encode(&at)
		if err != nil {
			return err
		}
		err = e.Store.Commit(ctx, Turn{Expect: []Expect{{ref, got[0].Version}}, Changes: []Change{{Ref: ref, Body: body}}})
		if err != nil {
			return fmt.Errorf("reindex: %w", err)
		}
	}
}

// reindexSlice rewrites a page in one turn, and one by one when somebody of it said
// something meanwhile.
func (e *Engine) reindexSlice(ctx context.Context, page []Stored) error {
	if len(page) == 0 {
		return nil
	}
	var t Turn
	for _, s := range page {
		e.reindexed(&t, s)
	}
	err := e.Store.Commit(ctx, t)
	if !errors.Is(err, ErrConflict) {
		return err
	}
	for _, s := range page {
		for {
			got, err := e.Store.Read(ctx, s.Ref)
			if err != nil {
				return err
			}
			if got[0].Body == nil {
				break // deleted meanwhile
			}
			var t Turn
			e.reindexed(&t, got[0])
			if err = e.Store.Commit(ctx, t); err == nil {
				break
			}
			if !errors.Is(err, ErrConflict) {
				return err
			}
		}
	}
	return nil
}

// reindexed adds an artisan as they are, with all facets and words. One that cannot be
// read is left, and told.
func (e *Engine) reindexed(t *Turn, s Stored) {
	var a Artisan
	if err := decode(s.Body, &a); err != nil {
		e.Log.Error("an artisan's record cannot be read, and is not found by searches", "error", err)
		return
	}
	t.Expect = append(t.Expect, Expect{s.Ref, s.Version})
	t.Changes = append(t.Changes, Change{Ref: s.Ref, Body: s.Body, Bits: bits(nil, &a, e.Province, e.Region), Words: a.words()})
}
