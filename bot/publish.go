package bot

import (
	"context"
	"errors"
	"fmt"

	"maalem/flows"
)

// flow finds a run's flow: the published one, or the stored Source it began on.
func (e *Engine) flow(ctx context.Context, r *flows.Run) (*flows.Flow, error) {
	if f, ok := e.byHash.Load(r.Hash); ok {
		return f.(*flows.Flow), nil
	}
	got, err := e.Store.Read(ctx, Ref{KindSource, string(r.Hash)})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errRead, err)
	}
	src, err := flows.DecodeSource(got[0].Body)
	if err != nil {
		return nil, err
	}
	f, err := flows.Compile(src)
	if err != nil {
		return nil, err
	}
	e.byHash.Store(r.Hash, f)
	return f, nil
}

// Publish stores the Sources of the current flows, so that a run that begins now
// can be finished by a later program, and removes those of earlier ones on which
// nobody is any more.
func (e *Engine) Publish(ctx context.Context, people People) error {
	for _, f := range e.flows {
		ref := Ref{KindSource, string(f.Hash())}
		got, err := e.Store.Read(ctx, ref)
		if err != nil {
			return fmt.Errorf("publish flow %s: %w", f.ID(), err)
		}
		if got[0].Body != nil {
			continue
		}
		t := Turn{At: e.Now(), Expect: []Expect{{ref, got[0].Version}}, Changes: []Change{{Ref: ref, Body: f.Encoded()}}}
		if err := e.Store.Commit(ctx, t); err != nil && !errors.Is(err, ErrConflict) {
			return fmt.Errorf("publish flow %s: %w", f.ID(), err)
		}
	}
	return e.retire(ctx, people)
}

// runsOf is the kept count of runs under way on a Source.
func runsOf(h flows.Hash) string { return "runs:" + string(h) }

// retire removes Sources that are neither current nor used. A run begins on a
// current one only, so that a count of nought stays nought.
func (e *Engine) retire(ctx context.Context, people People) error {
	after := ""
	for {
		page, err := people.Page(ctx, KindSource, after, 100)
		if err != nil {
			return fmt.Errorf("retire flows: %w", err)
		}
		for _, s := range page {
			after = s.Ref.ID
			if _, current := e.byHash.Load(flows.Hash(s.Ref.ID)); current {
				continue
			}
			runs, err := people.Tallies(ctx, runsOf(flows.Hash(s.Ref.ID)), 1)
			if err != nil {
				return fmt.Errorf("retire flows: %w", err)
			}
			if len(runs) > 0 {
				continue
			}
			t := Turn{At: e.Now(), Expect: []Expect{{s.Ref, s.Version}}, Changes: []Change{{Ref: s.Ref}}}
			if err := e.Store.Commit(ctx, t); err != nil && !errors.Is(err, ErrConflict) {
				return fmt.Errorf("retire flows: %w", err)
			}
		}
		if len(page) < 100 {
			return nil
		}
	}
}
