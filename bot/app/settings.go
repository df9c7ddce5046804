package app

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"

	"github.com/fxamacker/cbor/v2"

	"maalem/bot"
	"maalem/bot/telegram"
)

// settings keeps small values of the channels as records.
type settings struct{ store bot.Turns }

// update changes a setting; it is computed again while others change it too.
func (s settings) update(ctx context.Context, name string, change func(old []byte) []byte) ([]byte, error) {
	ref := bot.Ref{Kind: bot.KindSetting, ID: name}
	for {
		got, err := s.store.Read(ctx, ref)
		if err != nil {
			return nil, err
		}
		body := change(got[0].Body)
		if string(body) == string(got[0].Body) {
			return body, nil
		}
		err = s.store.Commit(ctx, bot.Turn{Expect: []bot.Expect{{Ref: ref, Version: got[0].Version}}, Changes: []bot.Change{{Ref: ref, Body: body}}})
		if !errors.Is(err, bot.ErrConflict) {
			return body, err
		}
	}
}

// Key implements web.Keys.
func (s settings) Key(ctx context.Context, name string) ([]byte, error) {
	return s.update(ctx, "key/"+name, func(old []byte) []byte {
		if len(old) == 32 {
			return old
		}
		key := make([]byte, 32)
		rand.Read(key)
		return key
	})
}

// fileIDs keeps under which id Telegram has each recording, so that a restart does
// not upload them all again. What people send is not among them: nothing of theirs
// may stay when they delete their data.
type fileIDs struct {
	settings
	recorded map[string]bool // by hash
	log      *slog.Logger
}

func (f fileIDs) remember(ctx context.Context, hash, id string) {
	if !f.recorded[hash] {
		return
	}
	if _, err := f.update(ctx, "telegram/file/"+hash, func([]byte) []byte { return []byte(id) }); err != nil && ctx.Err() == nil {
		f.log.Warn("a recording's id at Telegram was not kept; it will be uploaded again", "error", err)
	}
}

func (f fileIDs) recall(ctx context.Context, hash string) string {
	if !f.recorded[hash] {
		return ""
	}
	got, err := f.store.Read(ctx, bot.Ref{Kind: bot.KindSetting, ID: "telegram/file/" + hash})
	if err != nil {
		return "" // it is uploaded again
	}
	return string(got[0].Body)
}

// Load implements telegram.Offsets.
func (s settings) Load(ctx context.Context) (telegram.State, error) {
	var st telegram.State
	got, err := s.store.Read(ctx, bot.Ref{Kind: bot.KindSetting, ID: "telegram"})
	if err != nil || got[0].Body == nil {
		return st, err
	}
	return st, cbor.Unmarshal(got[0].Body, &st)
}

// Save implements telegram.Offsets.
func (s settings) Save(ctx context.Context, st telegram.State) error {
	body, err := cbor.Marshal(st)
	if err != nil {
		return err
	}
	_, err = s.update(ctx, "telegram", func([]byte) []byte { return body })
	return err
}
