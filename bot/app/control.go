package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Store commands reach a running server by a Unix socket beside the store's file,
// for its owner only: nothing trusts loopback. Whoever runs a command and finds
// nobody there opens the store itself.

// controlPath is the socket of a store.
func controlPath(store string) string { return store + ".sock" }

// stalled is how long a client of the socket may take nothing before it is let go.
const stalled = 10 * time.Minute

// listenControl makes the socket. The caller has the store's lock, so a socket that
// is there already was left by a process that was killed; anything else by that
// name is not ours to remove.
func listenControl(path string) (net.Listener, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() != os.ModeSocket {
		return nil, fmt.Errorf("control socket: %s exists and is no socket", path)
	}
	if conn, err := net.DialTimeout("unix", path, time.Second); err == nil {
		return nil, errors.Join(fmt.Errorf("control socket: somebody answers at %s", path), conn.Close())
	}
	// Born in a folder that nobody else may enter, it never has another mode.
	dir, err := os.MkdirTemp(filepath.Dir(path), ".s-*")
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	defer os.RemoveAll(dir)
	born := filepath.Join(dir, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: born, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	l.SetUnlinkOnClose(false) // the name changes
	if err = os.Chmod(born, 0o600); err == nil {
		err = os.Rename(born, path)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("control socket: %w", err), l.Close())
	}
	return l, nil
}

// control answers the store commands.
func (o *operations) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, r *http.Request) {
		st, err := o.status(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(st)
	})
	mux.HandleFunc("GET /log", func(w http.ResponseWriter, r *http.Request) {
		var all bytes.Buffer // a log is bounded (bot.LogKeep)
		if err := o.printLog(r.Context(), r.FormValue("name"), &all); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = all.WriteTo(w)
	})
	mux.HandleFunc("POST /release", func(w http.ResponseWriter, r *http.Request) {
		if err := o.store.Release(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		o.log.Info("the store was released")
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /backup", func(w http.ResponseWriter, r *http.Request) {
		out := &paced{w, http.NewResponseController(w)}
		if _, err := o.write(r.Context(), out); err != nil {
			o.log.Error("a backup was not finished", "error", err)
			panic(http.ErrAbortHandler) // the client must see that it is not whole
		}
	})
	mux.HandleFunc("POST /staff", o.staffControl)
	mux.HandleFunc("POST /compact", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "a running Maalem cannot compact its store: stop it, run maalem compact, and start it again", http.StatusConflict)
	})
	return mux
}

// paced gives each write its own deadline.
type paced struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (p *paced) Write(b []byte) (int, error) {
	if err := p.control.SetWriteDeadline(time.Now().Add(stalled)); err != nil {
		return 0, err
	}
	return p.ResponseWriter.Write(b)
}

// serveControl answers at the socket until ctx ends.
func (o *operations) serveControl(ctx context.Context, l net.Listener) error {
	server := &http.Server{Handler: o.control(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(o.log.Handler(), slog.LevelWarn),
		BaseContext: func(net.Listener) context.Context { return ctx }}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	err := server.Serve(l)
	if ctx.Err() != nil && errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// remote is a running server, seen from a command.
type remote struct{ client *http.Client }

// errNobody: no server runs on the store.
var errNobody = errors.New("nobody answers at the control socket")

func dialControl(store string) (*remote, error) {
	path := controlPath(store)
	conn, err := net.DialTimeout("unix", path, time.Second)
	if err != nil {
		return nil, errNobody
	}
	_ = conn.Close()
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", path)
	}
	return &remote{&http.Client{Transport: &http.Transport{DialContext: dial}}}, nil
}

// ask makes a request and copies what is answered to out.
func (r *remote) ask(ctx context.Context, method, path string, out io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://maalem"+path, nil)
	if err != nil {
		return err
	}
	res, err := r.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 300 {
		why, _ := io.ReadAll(io.LimitReader(res.Body, 4096))
		return errors.New(strings.TrimSpace(string(why)))
	}
	if _, err = io.Copy(out, res.Body); err != nil {
		return fmt.Errorf("the server broke off: %w", err)
	}
	return nil
}
