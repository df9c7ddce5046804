package telegramtest

import (
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Kind is a way to fail.
type Kind int

// Ways to fail.
const (
	Throttle    Kind = iota // 429; everything sent is refused until RetryAfter is over
	Refuse                  // Code and Description, as the Bot API answers
	ServerError             // 500 as the Bot API answers
	HTML                    // 502 with a page of HTML, as a proxy answers
	Hang                    // no answer, until the client gives up
	ResetBefore             // the connection breaks and nothing was accepted
	ResetAfter              // it was accepted, then the connection breaks
)

// Fault is one way to fail, and when.
type Fault struct {
	Kind
	Method      string // empty = whatever sends a message; "file" = downloads
	Chat        int64  // 0 = any
	Times       int    // how often; 0 = once, below 0 = until Mend
	RetryAfter  int    // seconds
	Code        int
	Description string
	Parameters  map[string]any
}

// Inject adds faults; of those that fit a request the first is used.
func (s *Server) Inject(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		if f.Times == 0 {
			f.Times = 1
		}
		s.faults = append(s.faults, &f)
	}
}

// Mend removes all faults, and ends a 429.
func (s *Server) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.chaos, s.silent = nil, nil, time.Time{}
	s.updates.repeat = 0
}

type chaos struct {
	rand *rand.Rand
	p    float64
	from []Fault
}

// Chaos fails what is sent with probability p, by one of the faults, the same
// way for the same seed.
func (s *Server) Chaos(seed uint64, p float64, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chaos = &chaos{rand.New(rand.NewPCG(seed, seed)), p, faults}
}

// Repeat hands the confirmed updates of n answers out a second time.
func (s *Server) Repeat(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.updates.repeat = n
}

// pick finds the fault of a request, with mu held.
func (s *Server) pick(method string, form url.Values) *Fault {
	sends := strings.HasPrefix(method, "send") && method != "sendChatAction"
	if sends && time.Now().Before(s.silent) {
		s.early++
		left := time.Until(s.silent)
		return &Fault{Kind: Refuse, Code: 429, RetryAfter: int((left + time.Second - 1) / time.Second)}
	}
	chat, _ := strconv.ParseInt(form.Get("chat_id"), 10, 64)
	for i, f := range s.faults {
		if f.Method != method && (f.Method != "" || !sends) || f.Chat != 0 && f.Chat != chat {
			continue
		}
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
			}
		}
		return f
	}
	if c := s.chaos; c != nil && sends && len(c.from) > 0 && c.rand.Float64() < c.p {
		f := c.from[c.rand.IntN(len(c.from))]
		return &f
	}
	return nil
}

func (s *Server) fail(w http.ResponseWriter, r *http.Request, f *Fault) {
	switch f.Kind {
	case Throttle:
		s.mu.Lock()
		s.silent = time.Now().Add(time.Duration(f.RetryAfter) * time.Second)
		s.mu.Unlock()
		refuse(w, 429, "Too Many Requests: retry after "+strconv.Itoa(f.RetryAfter), map[string]any{"retry_after": f.RetryAfter})
	case Refuse:
		params := f.Parameters
		if f.RetryAfter > 0 {
			params = map[string]any{"retry_after": f.RetryAfter}
		}
		refuse(w, f.Code, f.Description, params)
	case ServerError:
		refuse(w, 500, "Internal Server Error", nil)
	case HTML:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte("<html><body>" + r.URL.Path + ": Bad Gateway</body></html>"))
	case Hang:
		<-r.Context().Done()
	default:
		reset(w)
	}
}

// reset breaks the connection, with an RST where there is one.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
