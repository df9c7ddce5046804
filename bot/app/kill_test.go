package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"maalem/bot"
	"maalem/bot/telegram"
	"maalem/bot/telegram/telegramtest"
	"maalem/storage/bolt"
)

const testToken = "424242:AAHsecretSecretsecret_-secretSecret"

var kills = flag.Int("kills", 100, "how often TestKill kills the program, half of them by polling, half by webhook")

// TestKill registers people on the real program, in a process of its own, and
// kills it at any moment. Whatever the moment: an answer that the network was
// told to forget has had its effect, once; nobody is asked anything twice or
// never; only a reply that was on its way comes again, and once for each kill.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED with -short: kills under load; run go test ./bot/app -run Kill")
	}
	for _, updates := range []telegram.Updates{telegram.Poll, telegram.Webhook} {
		t.Run(string(updates), func(t *testing.T) {
			t.Parallel()
			killed(t, updates, max(1, *kills/2))
		})
	}
}

func killed(t *testing.T, updates telegram.Updates, times int) {
	server := telegramtest.New(testToken)
	server.Forget = true
	api, busy := listen(t, server)
	settings := onMachine(t, api, updates)
	cfg, err := readConfig(func(name string) string { return settings[name] })
	if err != nil {
		t.Fatal(err)
	}
	var now atomic.Pointer[program]
	server.Hook = hookTo(&now)
	t.Cleanup(server.Close)
	c := &crowd{server: server, size: 16, think: 20 * time.Millisecond, plan: newRehearsal(t, cfg.Controller)}
	server.OnAccept = c.hear
	autopsies := autopsies{t: t, c: c, inFlight: map[repeat]bool{}}

	start := func() *program {
		p := startProgram(t, settings)
		now.Store(p)
		return p
	}
	c.gather()
	var atStart int
	for range times {
		p := start()
		if rand.IntN(5) == 0 { // before, while or just after it opens its file
			time.Sleep(rand.N(200 * time.Millisecond))
		} else {
			p.await(t)
			time.Sleep(rand.N(200 * time.Millisecond))
		}
		if p.addr.Load() == nil {
			atStart++
		}
		p.kill()
		for busy.Load() > 0 { // what had left the program still arrives
			time.Sleep(time.Millisecond)
		}
		autopsies.begin(cfg.StorePath)
		checkTokenUntold(t, p.log.String())
	}
	p := start()
	through := c.leave(time.Minute)
	p.stop(t)
	checkTokenUntold(t, p.log.String())
	autopsies.running.Wait()

	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.wrong {
		t.Error(s)
	}
	if !through {
		for _, p := range c.people {
			if p != nil && p.heard < len(p.told) {
				t.Errorf("%d waits for message %d after act %d of %d: %q", p.id, p.heard+1, p.done, len(p.acts), p.told[p.heard].text)
			}
		}
	}
	for _, r := range c.repeats {
		if !autopsies.inFlight[r] {
			t.Errorf("%d was told message %d again after kill %d, when it was not on its way", r.chat, r.index+1, r.epoch)
		}
		delete(autopsies.inFlight, r) // once
	}
	checkRegistered(t, cfg.StorePath, c.people)
	t.Logf("%d kills, %d of them before it served; %d people registered by %d messages; at the kills %d answers were not acknowledged "+
		"and %d replies on their way, %d of which came again", times, atStart, len(c.people), server.Count(),
		autopsies.unacknowledged, autopsies.onTheirWay, len(c.repeats))
	if times >= 20 && (autopsies.unacknowledged == 0 || autopsies.onTheirWay == 0) {
		t.Error("no kill came while anything was under way: the test shows nothing")
	}
}

// TestStop stops the program in order, again and again, while people register:
// what is on its way is finished, so that nobody hears anything twice.
func TestStop(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED with -short: stopping under load; run go test ./bot/app -run Stop")
	}
	for _, updates := range []telegram.Updates{telegram.Poll, telegram.Webhook} {
		t.Run(string(updates), func(t *testing.T) {
			server := telegramtest.New(testToken)
			server.Forget = true
			api, _ := listen(t, distant{server})
			settings := onMachine(t, api, updates)
			cfg, err := readConfig(func(name string) string { return settings[name] })
			if err != nil {
				t.Fatal(err)
			}
			var now atomic.Pointer[program]
			server.Hook = hookTo(&now)
			t.Cleanup(server.Close)
			c := &crowd{server: server, size: 16, think: 20 * time.Millisecond, plan: newRehearsal(t, cfg.Controller)}
			server.OnAccept = c.hear
			c.gather()
			busy := 0
			for range 6 {
				p := startProgram(t, settings)
				now.Store(p)
				p.await(t)
				time.Sleep(300*time.Millisecond + rand.N(100*time.Millisecond))
				under := len(server.Unconfirmed())
				p.stop(t)
				busy += under
			}
			if busy == 0 {
				t.Error("no stop came while anything was under way: the test shows nothing")
			}
			p := startProgram(t, settings)
			now.Store(p)
			through := c.leave(time.Minute)
			p.stop(t)
			c.mu.Lock()
			defer c.mu.Unlock()
			for _, s := range c.wrong {
				t.Error(s)
			}
			if !through {
				t.Error("not everybody is through")
			}
			if len(c.repeats) > 0 {
				t.Errorf("%d messages came twice", len(c.repeats))
			}
			checkRegistered(t, cfg.StorePath, c.people)
		})
	}
}

// distant answers a little later than it accepts, as a network does.
type distant struct{ *telegramtest.Server }

func (s distant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.Server.ServeHTTP(w, r)
	if strings.HasSuffix(r.URL.Path, "/sendMessage") {
		time.Sleep(5 * time.Millisecond)
	}
}

// onMachine are the settings of a program that reaches a Bot API server of ours,
// with all rates off.
func onMachine(t testing.TB, api string, updates telegram.Updates) map[string]string {
	return map[string]string{
		"MAALEM_STORE": "bolt:" + filepath.Join(t.TempDir(), "maalem.db"), "TELEGRAM_TOKEN": testToken, "TELEGRAM_API_URL": api,
		"TELEGRAM_UPDATES": string(updates), "TELEGRAM_RATE": "0", "TELEGRAM_CHAT_RATE": "0", "MAALEM_ADDRESS_RATE": "0",
		"MAALEM_PUBLIC_URL": "http://localhost:1", // where the hook really goes, hookTo knows
	}
}

// listen serves the Bot API on loopback and counts what it is working on, other
// than long polls, which end with their connection.
func listen(t testing.TB, server http.Handler) (url string, busy *atomic.Int64) {
	busy = new(atomic.Int64)
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		busy.Add(1)
		defer busy.Add(-1)
		server.ServeHTTP(w, r)
	}))
	t.Cleanup(api.Close)
	return api.URL, busy
}

// hookTo is a client that reaches the pages of the present program, whatever the address.
func hookTo(now *atomic.Pointer[program]) *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		p := now.Load()
		if p == nil || p.addr.Load() == nil {
			return nil, errors.New("nobody serves")
		}
		return (&net.Dialer{}).DialContext(ctx, network, *p.addr.Load())
	}}}
}

func checkTokenUntold(t *testing.T, log string) {
	t.Helper()
	_, secret, _ := strings.Cut(testToken, ":")
	if strings.Contains(log, secret) {
		t.Errorf("the token is in the log:\n%s", log)
	}
}

// autopsies look into the files that killed programs left.
type autopsies struct {
	t       *testing.T
	c       *crowd
	running sync.WaitGroup

	// With c.mu held.
	inFlight                   map[repeat]bool // replies that may come once more
	unacknowledged, onTheirWay int
}

// remains is what the network knew of a person at a kill.
type remains struct {
	p           *newcomer
	heard, done int
	known       int // acts whose update the network was told to forget
}

// begin copies the file that was left and looks into it beside the next program.
func (a *autopsies) begin(path string) {
	file, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		file, err = nil, nil
	}
	if err != nil {
		a.t.Fatal(err)
	}
	copied := filepath.Join(a.t.TempDir(), "left.db")
	if err := os.WriteFile(copied, file, 0o600); err != nil {
		a.t.Fatal(err)
	}
	a.c.mu.Lock()
	defer a.c.mu.Unlock()
	a.c.epoch++
	unconfirmed := a.c.server.Unconfirmed()
	var left []remains
	for _, p := range a.c.people {
		if p == nil {
			continue
		}
		r := remains{p: p, heard: p.heard, done: p.done}
		for _, id := range p.updates {
			if !unconfirmed[id] {
				r.known++
			}
		}
		a.unacknowledged += p.done - r.known
		left = append(left, r)
	}
	epoch := a.c.epoch
	a.running.Go(func() {
		defer os.Remove(copied)
		queued, err := waiting(copied)
		a.c.mu.Lock()
		defer a.c.mu.Unlock()
		if err != nil {
			a.c.complain("the file after kill %d: %v", epoch, err)
			return
		}
		for _, r := range left {
			a.examine(epoch, r, queued[r.p.id])
		}
	})
}

// examine holds what the file says of a person against what the network knew, with c.mu held.
func (a *autopsies) examine(epoch int, r remains, queued []told) {
	p, reached := r.p, r.heard
	if len(queued) > 0 {
		first := r.heard
		if r.heard > 0 && p.told[r.heard-1] == queued[0] {
			first-- // it had arrived, and the program did not know yet
			a.inFlight[repeat{epoch, first, p.id}] = true
			a.onTheirWay++
		}
		for i, m := range queued {
			if first+i >= len(p.told) || p.told[first+i] != m {
				a.c.complain("kill %d: %d had heard %d messages, and %q waits as number %d", epoch, p.id, r.heard, m.text, first+i+1)
				return
			}
		}
		reached = first + len(queued)
	}
	// A turn is there with all its replies or not at all; nothing that the network
	// has forgotten is missing, and nothing is there that was not said.
	turns := slices.Index(p.until, reached) + 1
	if turns == 0 && reached > 0 {
		a.c.complain("kill %d: %d has half a turn, %d messages of %v", epoch, p.id, reached, p.until)
	}
	if turns < r.known || turns > r.done {
		a.c.complain("kill %d: %d did %d things, the network was told that %d are taken, %d have had their effect", epoch, p.id, r.done, r.known, turns)
	}
}

// waiting reads the whole outbox of a store's file.
func waiting(path string) (map[int64][]told, error) {
	ctx := context.Background()
	store, err := bolt.Open(ctx, path, bolt.Options{})
	if err != nil {
		return nil, err
	}
	queued := map[int64][]told{}
	for err == nil {
		var left map[bot.Lane]int
		if left, err = store.Queued(ctx, telegram.Name); len(left) == 0 {
			break
		}
		var batch []bot.Outgoing
		batch, err = store.Lease(ctx, telegram.Name, 1<<20, time.Hour)
		var sent []bot.Sent
		for _, m := range batch {
			var id int64
			if id, err = strconv.ParseInt(m.To.ID, 10, 64); err != nil {
				break
			}
			queued[id] = append(queued[id], told{m.Message.Text, len(m.Message.Choices)})
			sent = append(sent, bot.Sent{ID: m.ID, To: m.To, Lane: m.Lane, Done: true})
		}
		if len(sent) > 0 {
			err = errors.Join(err, store.Settle(ctx, sent))
		}
		<-store.Ready(telegram.Name) // with the commit that settles them
	}
	return queued, errors.Join(err, store.Close())
}

// checkRegistered: everybody is an artisan, once, with their own answers.
func checkRegistered(t *testing.T, path string, people map[int64]*newcomer) {
	t.Helper()
	store, err := bolt.Open(t.Context(), path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{}
	for _, p := range people {
		if p == nil {
			continue
		}
		for _, f := range p.facets {
			want[f]++
		}
	}
	for facet, n := range want {
		if got, err := store.Count(t.Context(), bot.Nation, bot.All(facet)); err != nil || got != n {
			t.Errorf("%d people are in %s, want %d (%v)", got, facet, n, err)
		}
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	registered := map[string]bot.Artisan{}
	for _, a := range artisans(t, path) {
		name, _ := a.Value("name")
		if _, twice := registered[name.Value]; twice {
			t.Errorf("%s is registered twice", name.Value)
		}
		registered[name.Value] = a
	}
	for _, p := range people {
		if p == nil {
			continue // complained about already
		}
		if a, ok := registered[p.name]; !ok {
			t.Errorf("%s is not registered", p.name)
		} else if !sameAnswers(a.Values, p.values) {
			t.Errorf("%s is registered with %v, not with %v", p.name, a.Values, p.values)
		}
		delete(registered, p.name)
	}
	for name := range registered {
		t.Errorf("nobody of the name %q has registered", name)
	}
}

// sameAnswers: the same values, typed in the same words.
func sameAnswers(a, b []bot.Value) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

// artisans reads everybody out of a file that nobody has open.
func artisans(t *testing.T, path string) (all []bot.Artisan) {
	t.Helper()
	store, err := bolt.Open(t.Context(), path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for after := ""; ; {
		page, err := store.Page(t.Context(), bot.KindArtisan, after, 500)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page {
			var a bot.Artisan
			if err := cbor.Unmarshal(r.Body[1:], &a); err != nil { // after the format's byte
				t.Fatal(err)
			}
			all, after = append(all, a), r.Ref.ID
		}
		if len(page) == 0 {
			return all
		}
	}
}
