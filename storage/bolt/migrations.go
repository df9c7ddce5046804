package bolt

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

// currentFormat is the format that this program writes. A store of a higher one is
// refused, a lower one is brought up to date when it is opened.
//
//	1  the first
//	2  an index of what belongs to whom (bucket owned), messages that nobody knows
//	   whether they were sent (bucket unsure), when the store began (meta born)
//	3  artisans by ordinal and by search word (bucket people)
//	4  waiting lists in order (bucket claims), lists (bucket lists)
const currentFormat = 4

// migrateRows is how many rows one transaction of a migration looks at.
const migrateRows = 5000

// migration is one numbered step from a format to the next. It works from the key
// from on, on up to rows rows, and gives the key where to go on, nil when it is
// done. It must bear being run again over rows that it did already.
type migration struct {
	format uint64 // which the store has with this step done
	name   string
	step   func(tx *bbolt.Tx, from []byte, rows int, now time.Time) (next []byte, err error)
}

// migrations in the order in which they run; never change or remove one that a
// landed program had.
var migrations = []migration{
	{2, "buckets of format 2", createFormat2},
	{2, "timers by owner", ownTimers},
	{2, "log rows by owner", ownLogs},
	{3, "buckets of format 3", createFormat3},
	{3, "artisans by ordinal", listArtisans},
	{4, "waiting lists in order", orderWaiting},
	{4, "buckets of format 4", createFormat4},
}

// migrate makes one transaction of what a store of an older format still needs,
// and tells whether there is more. The format is raised first and the step to go
// on with kept beside it: an older program refuses the file from then on, and
// whoever dies in the middle goes on where it stood.
func migrate(db *bbolt.DB, rows int, now time.Time) (more bool, err error) {
	err = db.Update(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		format, _, err := cutUvarint(meta.Get(metaFormat))
		if err != nil {
			return ErrForeign
		}
		at := slices.IndexFunc(migrations, func(m migration) bool { return m.format > format })
		var from []byte
		if row := meta.Get(metaMigrating); row != nil {
			i, rest, err := cutUvarint(row)
			if err != nil || i >= uint64(len(migrations)) {
				return errCorrupt
			}
			at, from = int(i), slices.Clone(rest)
		}
		if at < 0 {
			return nil
		}
		m := migrations[at]
		next, err := m.step(tx, from, rows, now)
		if err != nil {
			return fmt.Errorf("migrate to format %d, %s: %w", m.format, m.name, err)
		}
		if next == nil {
			at++
		}
		more = at < len(migrations)
		if err := meta.Put(metaFormat, binary.AppendUvarint(nil, m.format)); err != nil {
			return err
		}
		if !more {
			return meta.Delete(metaMigrating)
		}
		return meta.Put(metaMigrating, append(binary.AppendUvarint(nil, uint64(at)), next...))
	})
	return more, err
}

func createFormat2(tx *bbolt.Tx, _ []byte, _ int, now time.Time) ([]byte, error) {
	for _, name := range [][]byte{bucketOwned, bucketUnsure} {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return nil, err
		}
	}
	return nil, tx.Bucket(bucketMeta).Put(metaBorn, appendTime(nil, now))
}

// ownTimers puts each timer's owner into its row by ID and into the index.
func ownTimers(tx *bbolt.Tx, from []byte, rows int, _ time.Time) ([]byte, error) {
	if len(from) == 0 {
		from = []byte{'i'}
	}
	bucket, owned := tx.Bucket(bucketTimers), tx.Bucket(bucketOwned)
	ids, due, next := window(bucket, from, rows, func(k []byte) bool { return k[0] == 'i' })
	for i, key := range ids {
		id, at := key[1:], due[i][:timeSize]
		t, err := decodeTimer(bucket.Get(timerDueKey(at, string(id))))
		if err != nil {
			return nil, err
		}
		if err := bucket.Put(key, append(slices.Clone(at), t.Owner...)); err != nil {
			return nil, err
		}
		if err := own(owned, t.Owner, ownedTimer, id); err != nil {
			return nil, err
		}
	}
	return next, nil
}

func ownLogs(tx *bbolt.Tx, from []byte, rows int, _ time.Time) ([]byte, error) {
	owned := tx.Bucket(bucketOwned)
	keys, values, next := window(tx.Bucket(bucketLogs), from, rows, func([]byte) bool { return true })
	for i, key := range keys {
		owner, err := logOwner(values[i])
		if err != nil {
			return nil, err
		}
		if err := own(owned, owner, ownedLog, key); err != nil {
			return nil, err
		}
	}
	return next, nil
}

func createFormat3(tx *bbolt.Tx, _ []byte, _ int, _ time.Time) ([]byte, error) {
	_, err := tx.CreateBucketIfNotExists(bucketPeople)
	return nil, err
}

// listArtisans puts each artisan under their ordinal. Their words come when the
// engine looks them through: it alone can read a record.
func listArtisans(tx *bbolt.Tx, from []byte, rows int, _ time.Time) ([]byte, error) {
	kind := byte(bot.KindArtisan)
	if len(from) == 0 {
		from = []byte{kind}
	}
	people := tx.Bucket(bucketPeople)
	keys, values, next := window(tx.Bucket(bucketRecords), from, rows, func(k []byte) bool { return k[0] == kind })
	for i, key := range keys {
		r, _, err := parseRecord(values[i])
		if err != nil {
			return nil, err
		}
		if !r.hasOrdinal {
			continue // deleted
		}
		if err := people.Put(ordinalKey(r.ordinal), key[1:]); err != nil {
			return nil, err
		}
	}
	return next, nil
}

func createFormat4(tx *bbolt.Tx, _ []byte, _ int, _ time.Time) ([]byte, error) {
	_, err := tx.CreateBucketIfNotExists(bucketLists)
	return nil, err
}

// window copies up to n rows from the key from on, as long as in says so, and the
// key of the row after them, nil when there is none.
func window(bucket *bbolt.Bucket, from []byte, n int, in func(k []byte) bool) (keys, values [][]byte, next []byte) {
	c := bucket.Cursor()
	k, v := c.Seek(from)
	for ; k != nil && in(k) && len(keys) < n; k, v = c.Next() {
		keys, values = append(keys, slices.Clone(k)), append(values, slices.Clone(v))
	}
	if k != nil && in(k) {
		next = slices.Clone(k)
	}
	return keys, values, next
}
