package telegram

import (
	"errors"
	"fmt"
	"slices"
	"sync"
)

// errBehind is how an update ends that came after one of its chat that failed:
// it was not tried, and comes again after that one.
var errBehind = errors.New("an earlier update of the chat failed")

// lanes runs updates of one chat one after the other and those of different
// chats at the same time. What it holds is bounded by whoever submits.
type lanes struct {
	mu sync.Mutex
	// waiting has an entry for each chat that is being served: what comes after.
	waiting map[int64][]job
}

// job is one update on its way: run handles it, done hears how it ended.
type job struct {
	id   int64
	run  func() error
	done func(error)
}

// submit takes a job for a chat. When a job fails, those waiting behind it end
// with errBehind: order is kept over a retry. Waiting ones are ordered by id,
// since a webhook's requests may overtake each other on the way here.
func (l *lanes) submit(chat int64, j job) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if queue, busy := l.waiting[chat]; busy {
		at := len(queue)
		for at > 0 && queue[at-1].id > j.id {
			at--
		}
		l.waiting[chat] = slices.Insert(queue, at, j)
		return
	}
	l.waiting[chat] = nil
	go l.serve(chat, j)
}

func (l *lanes) serve(chat int64, j job) {
	for {
		err := guarded(j.run)
		l.mu.Lock()
		var behind []job
		if err != nil {
			behind = l.waiting[chat]
			l.waiting[chat] = nil
		}
		next, more := job{}, false
		if queue := l.waiting[chat]; len(queue) > 0 {
			next, more = queue[0], true
			l.waiting[chat] = queue[1:]
		} else {
			delete(l.waiting, chat)
		}
		l.mu.Unlock()

		j.done(err)
		for _, b := range behind {
			b.done(errBehind)
		}
		if !more {
			return
		}
		j = next
	}
}

// guarded turns a panic into an error: one update must not end the program. It
// says where, never with what.
func guarded(run func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while handling an update: %T", p)
		}
	}()
	return run()
}
