package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fxamacker/cbor/v2"

	"maalem/bot"
	"maalem/locales"
)

// recordings are what a person reads, spoken: one file for a state and a language,
// in a folder of its own for each language: ary/register.name.ogg. They are made by
// people; there is no synthetic voice.
type recordings map[string]bot.Media // "fr/register/name"

func (r recordings) find(slot string, l locales.Lang) (bot.Media, bool) {
	m, ok := r[string(l)+"/"+slot]
	return m, ok
}

// hashes are the contents of all recordings.
func (r recordings) hashes() map[string]bool {
	out := make(map[string]bool, len(r))
	for _, m := range r {
		out[m.Hash] = true
	}
	return out
}

// recordingTypes are the endings of recordings. Ogg with Opus is what phones play
// as a voice note.
var recordingTypes = []string{".ogg", ".oga", ".opus", ".mp3"}

// maxRecording bounds one recording, in bytes: some minutes of speech.
const maxRecording = 4 << 20

// recorded lists the recordings in a folder: slot and language → file. A file that
// belongs to no state is a mistake, and said.
func recorded(dir string, slots []string) (map[string]string, error) {
	found := map[string]string{}
	if dir == "" {
		return found, nil
	}
	if _, err := os.Stat(dir); err != nil {
		return nil, fmt.Errorf("MAALEM_RECORDINGS: %w", err)
	}
	var problems []error
	for _, l := range locales.All() {
		files, err := os.ReadDir(filepath.Join(dir, string(l)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("MAALEM_RECORDINGS: %w", err)
		}
		for _, f := range files {
			ending := filepath.Ext(f.Name())
			slot := strings.Replace(strings.TrimSuffix(f.Name(), ending), ".", "/", 1)
			if !slices.Contains(recordingTypes, ending) || !slices.Contains(slots, slot) {
				problems = append(problems, fmt.Errorf("MAALEM_RECORDINGS: %s/%s belongs to no question; write flow.state.ogg", l, f.Name()))
				continue
			}
			found[string(l)+"/"+slot] = filepath.Join(dir, string(l), f.Name())
		}
	}
	return found, errors.Join(problems...)
}

// slots are all places where something may be spoken.
func (c *content) slots() []string {
	var slots []string
	for _, f := range c.flows {
		slots = append(slots, f.Slots()...)
	}
	return slots
}

// keepRecordings puts the folder's files into the media store and holds them there,
// letting go of those of the start before that are no longer among them.
func keepRecordings(ctx context.Context, dir string, c *content, store bot.Turns, files bot.MediaStore) (recordings, error) {
	found, err := recorded(dir, c.slots())
	if err != nil {
		return nil, exitCode{2, err}
	}
	out := recordings{}
	var hashes []string
	for slot, path := range found {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read recording: %w", err)
		}
		if len(data) > maxRecording {
			return nil, exitCode{2, fmt.Errorf("MAALEM_RECORDINGS: %s has %d bytes, at most %d", path, len(data), maxRecording)}
		}
		m, err := files.Put(ctx, bot.MediaVoice, filepath.Base(path), data)
		if refused := (*bot.MediaError)(nil); errors.As(err, &refused) {
			return nil, exitCode{2, fmt.Errorf("MAALEM_RECORDINGS: %s is no recording that phones play", path)}
		}
		if err != nil {
			return nil, fmt.Errorf("keep recording: %w", err)
		}
		out[slot] = m
		hashes = append(hashes, m.Hash)
	}
	slices.Sort(hashes)
	return out, holdRecordings(ctx, store, slices.Compact(hashes))
}

// holdRecordings counts the references of this start's recordings and gives back
// those of the one before, in one turn.
func holdRecordings(ctx context.Context, store bot.Turns, hashes []string) error {
	ref := bot.Ref{Kind: bot.KindSetting, ID: "recordings"}
	got, err := store.Read(ctx, ref)
	if err != nil {
		return fmt.Errorf("hold recordings: %w", err)
	}
	var before []string
	if got[0].Body != nil {
		if err := cbor.Unmarshal(got[0].Body, &before); err != nil {
			return fmt.Errorf("hold recordings: %w", err)
		}
	}
	if slices.Equal(before, hashes) {
		return nil
	}
	body, err := cbor.Marshal(hashes)
	if err != nil {
		return err
	}
	t := bot.Turn{Expect: []bot.Expect{{Ref: ref, Version: got[0].Version}}, Changes: []bot.Change{{Ref: ref, Body: body}}}
	for _, h := range hashes {
		t.Tally = append(t.Tally, bot.Tally{Name: "media:" + h, Delta: 1})
	}
	for _, h := range before {
		t.Tally = append(t.Tally, bot.Tally{Name: "media:" + h, Delta: -1})
	}
	return store.Commit(ctx, t)
}

// namedRecordings are the folder's recordings by name only, for a terminal.
func namedRecordings(dir string, c *content) (recordings, error) {
	found, err := recorded(dir, c.slots())
	out := recordings{}
	for slot, path := range found {
		out[slot] = bot.Media{Kind: bot.MediaVoice, Hash: path, Name: filepath.Base(path)}
	}
	return out, err
}
