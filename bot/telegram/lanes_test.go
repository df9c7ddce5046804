package telegram

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"
)

// TestLanes: within a chat by id, and nothing past a failure.
func TestLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := lanes{waiting: map[int64][]job{}}
		var ended []string
		broken := errors.New("broken")
		submit := func(chat, id int64, wait <-chan struct{}, err error) {
			l.submit(chat, job{id: id,
				run: func() error { <-wait; return err },
				done: func(err error) {
					ended = append(ended, fmt.Sprintf("%d:%d %v", chat, id, err))
				}})
			synctest.Wait()
		}
		first, later := make(chan struct{}), make(chan struct{})
		close(later)
		submit(1, 1, first, nil)
		submit(1, 4, later, nil) // overtook 2 and 3 on the way here
		submit(1, 2, later, nil)
		submit(1, 3, later, broken)
		submit(2, 9, later, nil) // another chat
		close(first)
		synctest.Wait()
		submit(1, 5, later, nil)
		want := []string{"2:9 <nil>", "1:1 <nil>", "1:2 <nil>", "1:3 broken", "1:4 " + errBehind.Error(), "1:5 <nil>"}
		if !reflect.DeepEqual(ended, want) {
			t.Errorf("ended %q, want %q", ended, want)
		}
		if len(l.waiting) != 0 {
			t.Errorf("%d chats are still kept", len(l.waiting))
		}
	})
}
