package bolt

import (
	"context"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"maalem/bot"
)

// listKey is a list's name and the key in it.
func listKey(list, key string) []byte { return append(appendPart(nil, list), key...) }

func (b *batch) entry(e bot.Entry) error {
	bucket := b.tx.Bucket(bucketLists)
	if e.On {
		return bucket.Put(listKey(e.List, e.Key), present)
	}
	return bucket.Delete(listKey(e.List, e.Key))
}

// Listed implements bot.Lists: the keys of several lists, merged.
func (s *Store) Listed(_ context.Context, scope bot.Scope, list, after string, n int) ([]string, error) {
	var out []string
	err := s.view("list", func(tx *bbolt.Tx) error {
		for _, name := range scope.Logs(list) {
			prefix := appendPart(nil, name)
			c := tx.Bucket(bucketLists).Cursor()
			k, _ := c.Seek(append(slices.Clone(prefix), after...))
			if k != nil && string(k) == string(prefix)+after {
				k, _ = c.Next()
			}
			for i := 0; i < n && k != nil && hasPrefix(k, prefix); i++ {
				out = append(out, string(k[len(prefix):]))
				k, _ = c.Next()
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read list %s: %w", list, err)
	}
	slices.Sort(out)
	return out[:min(n, len(out))], nil
}
