package bolt

import (
	"slices"

	"go.etcd.io/bbolt"
)

// The index of what belongs to whom: owner, kind, and the key of the row. Erasing
// a person costs what the person left, not what everybody left.
const (
	ownedTimer  = 't' // a timer's ID
	ownedLog    = 'l' // the key of a log row
	ownedUnsure = 'u' // the key of an unsure message
)

// present is a value for rows that are only there.
var present = []byte{1}

func ownedKey(owner string, kind byte, key []byte) []byte {
	return append(append(appendPart(make([]byte, 0, len(owner)+len(key)+3), owner), kind), key...)
}

// own adds a row to the index; a row of nobody is not in it.
func own(owned *bbolt.Bucket, owner string, kind byte, key []byte) error {
	if owner == "" {
		return nil
	}
	return owned.Put(ownedKey(owner, kind, key), present)
}

// disown takes a row out of the index.
func disown(owned *bbolt.Bucket, owner string, kind byte, key []byte) error {
	if owner == "" {
		return nil
	}
	return owned.Delete(ownedKey(owner, kind, key))
}

// eraseOwned removes every row that the index gives to owner.
func (b *batch) eraseOwned(owner string) error {
	prefix := appendPart(nil, owner)
	var rows [][]byte
	c := b.tx.Bucket(bucketOwned).Cursor()
	for k, _ := c.Seek(prefix); k != nil && hasPrefix(k, prefix); k, _ = c.Next() {
		rows = append(rows, slices.Clone(k[len(prefix):]))
	}
	for _, row := range rows {
		kind, key := row[0], row[1:]
		var err error
		switch kind {
		case ownedTimer:
			err = b.dropTimer(string(key))
		case ownedLog:
			err = b.dropLog(key)
		case ownedUnsure:
			err = b.dropUnsure(key)
		default:
			err = errCorrupt
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dropLog removes a log row and its place in the index.
func (b *batch) dropLog(key []byte) error {
	bucket := b.tx.Bucket(bucketLogs)
	row := bucket.Get(key)
	if row == nil {
		return nil
	}
	owner, err := logOwner(row)
	if err != nil {
		return err
	}
	if err := disown(b.tx.Bucket(bucketOwned), owner, ownedLog, key); err != nil {
		return err
	}
	return bucket.Delete(key)
}

// logOwner reads whose a log row is.
func logOwner(row []byte) (string, error) {
	if len(row) < timeSize {
		return "", errCorrupt
	}
	owner, _, err := cutPart(row[timeSize:])
	return string(owner), err
}
