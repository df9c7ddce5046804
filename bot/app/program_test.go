package app

import (
	"bufio"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// asProgram in the environment makes the test binary be the program itself, so
// that a test can start, stop and kill it.
const asProgram = "MAALEM_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "" {
		os.Exit(m.Run())
	}
	go func() { // whoever started us holds the other end; a test that died must leave nothing running
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(3)
	}()
	os.Args = os.Args[:1]
	os.Exit(Main())
}

// program is the program in a process of its own.
type program struct {
	cmd   *exec.Cmd
	stdin io.Closer
	log   logbook
	addr  atomic.Pointer[string] // where its pages are, once it has said so
	ready chan struct{}          // closed then, or when it ended before
	ended chan struct{}
	err   error // how it ended; after ended
}

// logbook keeps what a process writes.
type logbook struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// chatLine is where the greeting tells the address.
var chatLine = regexp.MustCompile(`http://(\S+)/chat`)

// startProgram starts `maalem serve` with these settings and nothing of the
// environment that would change it; it does not wait until it serves.
func startProgram(t testing.TB, settings map[string]string) *program {
	t.Helper()
	env := map[string]string{asProgram: "1", "MAALEM_LISTEN": "127.0.0.1:0", "HOME": os.Getenv("HOME"), "PATH": os.Getenv("PATH")}
	maps.Copy(env, settings)
	p := &program{cmd: exec.Command(os.Args[0]), ready: make(chan struct{}), ended: make(chan struct{})}
	for k, v := range env {
		p.cmd.Env = append(p.cmd.Env, k+"="+v)
	}
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdin = stdin
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			if m := chatLine.FindStringSubmatch(lines.Text()); m != nil && p.addr.Load() == nil {
				p.addr.Store(&m[1])
				close(p.ready)
			}
		}
		if p.addr.Load() == nil {
			close(p.ready)
		}
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(p.kill)
	return p
}

// await waits until the program serves.
func (p *program) await(t testing.TB) {
	t.Helper()
	<-p.ready
	if p.addr.Load() == nil {
		t.Fatalf("the program ended instead of serving: %v\n%s", p.err, &p.log)
	}
}

// kill ends the program as a power cut would, as far as the program can tell.
func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
	_ = p.stdin.Close()
}

// stop asks the program to end and waits for it.
func (p *program) stop(t testing.TB) {
	t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(30 * time.Second):
		t.Errorf("the program does not stop:\n%s", &p.log)
		p.kill()
	}
	_ = p.stdin.Close()
	if p.err != nil {
		t.Errorf("the program did not stop in order: %v\n%s", p.err, &p.log)
	}
}
