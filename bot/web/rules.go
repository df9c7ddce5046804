package web

import (
	"net/http"
	"time"
)

// Limits of a page that names none.
const (
	DefaultBody = 64 << 10
	DefaultTime = 30 * time.Second
)

// Rules bound what one request to a page may cost.
type Rules struct {
	// Body is the largest request body in bytes; 0 = DefaultBody.
	Body int64
	// Time is for reading the request and, counted anew, for writing the answer;
	// 0 = DefaultTime.
	Time time.Duration
	// Stream lifts Time: the page writes for as long as it likes and sets its
	// own deadline for each write.
	Stream bool
}

// limited applies rules. Deadlines are per page because one for the whole server
// would have to be as long as a photo takes on a bad line.
func (s *Site) limited(next http.Handler, rules Rules) http.Handler {
	if rules.Body == 0 {
		rules.Body = DefaultBody
	}
	if rules.Time == 0 {
		rules.Time = DefaultTime
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > rules.Body {
			drain(r)
			s.Error(w, r, http.StatusRequestEntityTooLarge)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, rules.Body)
		// A writer without deadlines (a test's recorder) says so; there is
		// nothing to bound there.
		c := http.NewResponseController(w)
		var read, write time.Time
		if !rules.Stream {
			// A read deadline that passes while the page still works ends its
			// context, hence none for streams.
			now := time.Now()
			read, write = now.Add(rules.Time), now.Add(2*rules.Time)
		}
		_ = c.SetReadDeadline(read)
		_ = c.SetWriteDeadline(write)
		next.ServeHTTP(w, r)
	})
}
