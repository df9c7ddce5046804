package telegramtest

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// Transport serves h over connections in memory until the test ends. Nothing of
// it is the operating system's, so it works within testing/synctest, where time
// passes only when everybody waits.
func Transport(t testing.TB, h http.Handler) http.RoundTripper {
	l := NewPipes()
	server := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(l) })
	transport := l.Transport()
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
		serving.Wait()
	})
	return transport
}

// Pipes is a listener of connections in memory.
type Pipes struct {
	calls  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// NewPipes makes a listener.
func NewPipes() *Pipes { return &Pipes{calls: make(chan net.Conn), closed: make(chan struct{})} }

// Transport reaches the listener, whatever the address.
func (l *Pipes) Transport() *http.Transport {
	return &http.Transport{
		MaxIdleConns: 256, MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Hour, DisableCompression: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			here, there := net.Pipe()
			select {
			case l.calls <- there:
				return here, nil
			case <-l.closed:
				return nil, &net.OpError{Op: "dial", Net: "pipe", Err: net.ErrClosed}
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		},
	}
}

// Accept is net.Listener's.
func (l *Pipes) Accept() (net.Conn, error) {
	select {
	case c := <-l.calls:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close is net.Listener's.
func (l *Pipes) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// Addr is net.Listener's.
func (l *Pipes) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }
