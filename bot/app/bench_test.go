package app

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"maalem/bot/telegram"
	"maalem/bot/telegram/telegramtest"
)

// BenchmarkTelegram is 64 people who register, each answering as soon as they are
// answered: the program in a process of its own, with its file, against a Bot API
// server in this one, on the same cores. It reports turns a second, the program's
// own processor time a turn, its resident memory without the file's pages, and
// how long a person waits for the answer.
func BenchmarkTelegram(b *testing.B) {
	for _, updates := range []telegram.Updates{telegram.Poll, telegram.Webhook} {
		b.Run(string(updates), func(b *testing.B) { crowded(b, updates) })
	}
}

func crowded(b *testing.B, updates telegram.Updates) {
	const people, warm = 64, 500
	server := telegramtest.New(testToken)
	server.Forget = true
	api, _ := listen(b, server)
	settings := onMachine(b, api, updates)
	cfg, err := readConfig(func(name string) string { return settings[name] })
	if err != nil {
		b.Fatal(err)
	}
	var now atomic.Pointer[program]
	server.Hook = hookTo(&now)
	b.Cleanup(server.Close)

	// Everybody is worked out before the clock runs.
	r := &runners{server: server, next: make(map[int64]*runner)}
	plan := newRehearsal(b, cfg.Controller)
	for turns := 0; turns < warm+b.N+people*20; {
		p, err := plan.newcomer(len(r.waiting))
		if err != nil {
			b.Fatal(err)
		}
		r.waiting = append(r.waiting, p)
		turns += len(p.acts)
	}
	server.OnAccept = r.hear
	p := startProgram(b, settings)
	now.Store(p)
	p.await(b)
	for range people {
		r.paused = append(r.paused, r.join())
	}
	r.run(warm)
	before, mine := usage(b, p.cmd.Process.Pid), usage(b, os.Getpid())
	b.ResetTimer()
	r.run(b.N)
	b.StopTimer()
	after, spent := usage(b, p.cmd.Process.Pid), usage(b, os.Getpid()).cpu-mine.cpu
	p.stop(b)

	if n := len(r.wrong); n > 0 {
		b.Fatalf("%d wrong answers, the first: %s", n, r.wrong[0])
	}
	slices.Sort(r.waits)
	b.ReportMetric(float64(len(r.waits))/b.Elapsed().Seconds(), "turns/s")
	b.ReportMetric((after.cpu-before.cpu).Seconds()*1e3/float64(len(r.waits)), "cpu-ms/turn")
	b.ReportMetric(spent.Seconds()*1e3/float64(len(r.waits)), "server-cpu-ms/turn")
	b.ReportMetric(float64(after.own)/(1<<20), "own-MB")
	b.ReportMetric(r.waits[len(r.waits)/2].Seconds()*1e3, "p50-ms")
	b.ReportMetric(r.waits[len(r.waits)*99/100].Seconds()*1e3, "p99-ms")
	b.ReportMetric(0, "ns/op")
}

// runners are newcomers who lose no time.
type runners struct {
	server *telegramtest.Server

	mu      sync.Mutex
	waiting []*newcomer
	next    map[int64]*runner
	left    int // turns until all pause
	active  int // people who wait for an answer
	paused  []*runner
	done    chan struct{}
	waits   []time.Duration
	wrong   []string
}

type runner struct {
	p     *newcomer
	asked time.Time
}

// run lets everybody go on for n turns in all, and until each is answered.
func (r *runners) run(n int) {
	r.mu.Lock()
	r.done, r.left, r.waits = make(chan struct{}), n, make([]time.Duration, 0, n+len(r.paused))
	paused := r.paused
	r.paused, r.active = nil, len(paused)
	for _, x := range paused {
		r.act(x)
	}
	r.mu.Unlock()
	<-r.done
}

func (r *runners) join() *runner {
	x := &runner{p: r.waiting[0]}
	r.waiting = r.waiting[1:]
	r.next[x.p.id] = x
	return x
}

// act does the next thing, with mu held.
func (r *runners) act(x *runner) {
	a := x.p.acts[x.p.done]
	x.p.done++
	x.asked = time.Now()
	who := r.server.Person(x.p.id)
	if a.text != "" {
		who.Say(a.text)
	} else {
		who.PressData(x.p.screen, x.p.screen.Buttons[a.press].Data)
	}
}

func (r *runners) hear(m telegramtest.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	x := r.next[m.Chat]
	if x == nil || x.p.heard >= len(x.p.told) || !x.p.told[x.p.heard].is(m.Text, len(m.Buttons)) {
		r.wrong = append(r.wrong, fmt.Sprintf("%d: %q", m.Chat, m.Text))
		if len(r.wrong) == 1 {
			close(r.done)
		}
		return
	}
	if x.p.heard++; len(m.Buttons) > 0 {
		x.p.screen = m
	}
	if x.p.heard < x.p.until[x.p.done-1] {
		return
	}
	r.waits = append(r.waits, time.Since(x.asked))
	if x.p.done == len(x.p.acts) {
		delete(r.next, x.p.id)
		x = r.join()
	}
	if r.left--; r.left > 0 {
		r.act(x)
		return
	}
	r.paused = append(r.paused, x)
	if r.active--; r.active == 0 {
		close(r.done)
	}
}

// used is what a process has taken from the machine.
type used struct {
	cpu time.Duration
	own int64 // bytes of resident memory that are no file's
}

// usage reads Linux's account of a process; elsewhere there is none.
func usage(b *testing.B, pid int) (u used) {
	b.Helper()
	dir := "/proc/" + strconv.Itoa(pid)
	stat, err := os.ReadFile(dir + "/stat")
	if err != nil {
		b.Skipf("NOT MEASURED: this system tells nothing about processes: %v", err)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	for _, at := range []int{11, 12} { // user and system time, in ticks
		n, err := strconv.ParseInt(fields[at], 10, 64)
		if err != nil {
			b.Fatal(err)
		}
		u.cpu += time.Duration(n) * time.Second / 100 // USER_HZ, the same on all of Go's Linux ports
	}
	status, err := os.ReadFile(dir + "/status")
	if err != nil {
		b.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			u.own = kb << 10
		}
	}
	return u
}
