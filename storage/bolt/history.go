package bolt

import (
	"slices"
	"time"

	"maalem/bot"
)

// putHistory adds a line to the kept chat of an address. A file that a line shows is
// held by it, so that it is not swept before the line goes.
func (b *batch) putHistory(h historyRow, at time.Time) error {
	bucket := b.tx.Bucket(bucketHistory)
	seq, err := bucket.NextSequence()
	if err != nil {
		return err
	}
	prefix := appendPart(nil, h.owner)
	if err := bucket.Put(appendUint64(slices.Clone(prefix), seq), append(appendTime(nil, at), h.body...)); err != nil {
		return err
	}
	for _, hash := range h.media {
		if err := b.tally(bot.Tally{Name: mediaTally + hash, Delta: 1}); err != nil {
			return err
		}
	}
	if !nowAndThen(seq, 6) { // is enough: the bound is on growth
		return nil
	}
	return trim(bucket, prefix, HistoryKeep, b.dropHistory)
}

// dropHistory removes a line and lets go of the files that it shows.
func (b *batch) dropHistory(key []byte) error {
	bucket := b.tx.Bucket(bucketHistory)
	row := bucket.Get(key)
	if row == nil {
		return nil
	}
	line, err := readLine(key, row)
	if err != nil {
		return err
	}
	for _, hash := range shown(&line.Message) {
		if err := b.tally(bot.Tally{Name: mediaTally + hash, Delta: -1}); err != nil {
			return err
		}
	}
	return bucket.Delete(key)
}

// eraseHistory removes the whole kept chat of an address.
func (b *batch) eraseHistory(owner string) error {
	prefix := appendPart(nil, owner)
	bucket := b.tx.Bucket(bucketHistory)
	keys, _, _ := window(bucket, prefix, 1<<20, func(k []byte) bool { return hasPrefix(k, prefix) })
	for _, k := range keys {
		if err := b.dropHistory(k); err != nil {
			return err
		}
	}
	return nil
}

// shown are the stored files that a message shows or plays.
func shown(m *bot.Message) []string {
	var hashes []string
	for _, f := range []*bot.Media{m.Media, m.Recording} {
		if f != nil && f.Hash != "" {
			hashes = append(hashes, f.Hash)
		}
	}
	return hashes
}
