package app

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"maalem/bot"
	"maalem/bot/telegram"
	"maalem/bot/telegram/telegramtest"
	"maalem/flows/understand"
	"maalem/storage/memory"
)

// newcomer is somebody on Telegram who registers. What they do, and what they are
// to be told in turn, was worked out beforehand on an engine with neither disk nor
// network: whatever comes otherwise was lost, repeated or skipped on the way.
type newcomer struct {
	id    int64
	name  string // nobody else's
	acts  []act
	told  []told
	until []int // until[i]: how much of told answers acts[:i+1]
	// facets and values are the artisan's in the end.
	facets []string
	values []bot.Value

	// The rest is the crowd's.
	heard   int                  // of told
	done    int                  // of acts
	updates []int64              // the acts' updates
	screen  telegramtest.Message // the newest with buttons
}

// act is one thing that somebody does: a text, or the press of a button by its place.
type act struct {
	text  string
	press int
}

// told is one message as it must arrive.
type told struct {
	text    string
	buttons int
}

func (x told) is(text string, buttons int) bool { return x.text == text && x.buttons == buttons }

// scripts are words of people of each language, in the order of the first screen.
var scripts = []struct {
	greeting string
	letters  []string // for names
	first    string
	craft    []string
	place    []string
}{
	{"salam", arabicLetters, "فاطمة", []string{"zrabi", "الزليج"}, []string{"tiznit", "فاس"}},
	{"السلام عليكم", arabicLetters, "محمد", []string{"زرابي", "خزف"}, []string{"تيزنيت", "مراكش"}},
	{"bonjour", latinLetters, "Zineb", []string{"tapis", "poterie"}, []string{"Tiznit", "Safi"}},
	{"azul", latinLetters, "Fadma", []string{"zrabi", "zellige"}, []string{"tiznit", "Fes"}},
}

var (
	latinLetters  = []string{"ba", "di", "fu", "ga", "hi", "ju", "ka", "li", "mu", "na", "ri", "su", "ta", "wi", "zu", "cha"}
	arabicLetters = []string{"با", "دي", "فو", "غا", "حي", "جو", "كا", "لي", "مو", "نا", "ري", "سو", "طا", "وي", "زو", "شا"}
)

// uniqueName gives nobody the name of another n.
func uniqueName(first string, letters []string, n int) string {
	last := ""
	for i := 0; i < 4 || n > 0; i++ {
		last += letters[n%len(letters)]
		n /= len(letters)
	}
	r := []rune(last)
	return first + " " + strings.ToUpper(string(r[:1])) + string(r[1:])
}

// rehearsal works newcomers out.
type rehearsal struct {
	content *content
	ctl     bot.Controller
	caps    bot.Caps
}

// facets are all sets that a newcomer may come to belong to.
var facets = []string{"all", "finished", "gender:woman", "gender:man",
	"lang:ary", "lang:ar", "lang:fr", "lang:zgh", "consent:guidance", "consent:announcements",
	"craft:tisserand", "craft:potier", "craft:maroquinier", "craft:dinandier", "craft:zelligeur", "craft:brodeur", "craft:ceramiste",
	"province:MA-TIZ", "province:MA-FES", "province:MA-MAR", "province:MA-SAF"}

func newRehearsal(t testing.TB, ctl bot.Controller) *rehearsal {
	t.Helper()
	c, err := loadContent()
	if err != nil {
		t.Fatal(err)
	}
	channel, err := telegram.New(telegram.Config{Token: testToken, APIURL: "http://localhost"})
	if err != nil {
		t.Fatal(err)
	}
	return &rehearsal{content: c, ctl: ctl, caps: channel.Caps()}
}

// newcomer works out number n's registration: presses and typing, in each language.
func (r *rehearsal) newcomer(n int) (p *newcomer, err error) {
	for k := range 5 { // one made-up name in hundreds has something of a place or a craft in it, and is asked about
		if p, err = r.named(n, n+k<<16); err == nil {
			return p, nil
		}
	}
	return nil, err
}

func (r *rehearsal) named(n, name int) (*newcomer, error) {
	rng := rand.New(rand.NewPCG(2, uint64(n)))
	p := &newcomer{id: int64(firstChat + n)}
	ctx := context.Background()
	store := memory.New(time.Now)
	engine, err := r.content.engine(bot.Config{Store: store, Caps: func(string) bot.Caps { return r.caps }, Controller: r.ctl, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	var screen []bot.Button
	do := func(a act) error {
		in := bot.Inbound{From: bot.Address{Channel: telegram.Name, ID: strconv.FormatInt(p.id, 10)}, Key: strconv.Itoa(len(p.acts)), Text: a.text}
		if a.text == "" {
			if a.press >= len(screen) {
				return fmt.Errorf("act %d presses button %d of %d", len(p.acts), a.press, len(screen))
			}
			in.Press = screen[a.press].Data
		}
		if err := engine.Handle(ctx, in); err != nil {
			return err
		}
		before := len(p.told)
		for {
			batch, err := store.Lease(ctx, telegram.Name, 1, time.Minute)
			if err != nil {
				return err
			}
			if len(batch) == 0 {
				break
			}
			m := batch[0]
			p.told = append(p.told, told{m.Message.Text, len(m.Message.Choices)})
			if len(m.Message.Choices) > 0 {
				screen = m.Message.Choices
			}
			if err := store.Settle(ctx, []bot.Sent{{ID: m.ID, To: m.To, Lane: m.Lane, Done: true}}); err != nil {
				return err
			}
		}
		if len(p.told) == before {
			return fmt.Errorf("act %d (%+v) is not answered", len(p.acts), a)
		}
		p.acts, p.until = append(p.acts, a), append(p.until, len(p.told))
		return nil
	}
	// choose presses the button at a place, or types its number or its label.
	choose := func(at int) error {
		switch rng.IntN(4) {
		case 0:
			return do(act{text: strconv.Itoa(at + 1)})
		case 1:
			if at < len(screen) {
				return do(act{text: screen[at].Label})
			}
		}
		return do(act{press: at})
	}
	say := func(text string) error { return do(act{text: text}) }

	lang := n % len(scripts)
	s := scripts[lang]
	p.name = uniqueName(s.first, s.letters, name)
	if name, doubtful, ok := understand.PersonName(p.name); !ok || doubtful || name != p.name {
		return nil, fmt.Errorf("%q is no name that is simply taken", p.name)
	}
	steps := []func() error{
		func() error { return say(s.greeting) },
		func() error { return choose(lang) },
	}
	if lang == 3 {
		steps = append(steps, func() error { return choose(rng.IntN(2)) })
	}
	steps = append(steps,
		func() error { return choose(0) }, // consent
		func() error { return choose(0) }, // of age
		func() error { return say(p.name) },
		func() error {
			if rng.IntN(2) == 0 {
				return say(s.craft[rng.IntN(len(s.craft))])
			}
			return choose(rng.IntN(6))
		},
		func() error { return say(s.place[rng.IntN(len(s.place))]) },
		func() error { return do(act{press: rng.IntN(3)}) }, // gender, or rather not
		func() error { return choose(rng.IntN(2)) },         // announcements
	)
	if rng.IntN(4) == 0 { // the name was written wrongly
		wrong := p.name
		p.name += "ou"
		if s.letters[0] == arabicLetters[0] {
			p.name = wrong + "وي"
		}
		steps = append(steps,
			func() error { return choose(1) },
			func() error { return say(p.name) })
	}
	steps = append(steps, func() error { return choose(0) }) // all is right
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("newcomer %d: %w", n, err)
		}
	}
	for _, f := range facets {
		if in, err := store.Count(ctx, bot.Nation, bot.All(f)); err != nil {
			return nil, err
		} else if in == 1 {
			p.facets = append(p.facets, f)
		}
	}
	page, err := store.Page(ctx, bot.KindArtisan, "", 1)
	if err != nil || len(page) != 1 {
		return nil, fmt.Errorf("newcomer %d is no artisan: %v", n, err)
	}
	var a bot.Artisan
	if err := cbor.Unmarshal(page[0].Body[1:], &a); err != nil { // after the format's byte
		return nil, err
	}
	p.values = a.Values
	if !slices.Contains(p.facets, "finished") {
		return nil, fmt.Errorf("newcomer %d has not finished; the last words are %q", n, p.told[len(p.told)-1].text)
	}
	return p, nil
}

// crowd is newcomers who register at the same time, each answering as soon as
// they have thought about what they were told. Set its fields, then gather.
type crowd struct {
	server *telegramtest.Server
	size   int           // how many at once
	think  time.Duration // at most this long
	plan   *rehearsal

	mu       sync.Mutex
	people   map[int64]*newcomer
	active   int
	leaving  bool // whoever is through is not followed by another
	epoch    int  // how often the program was killed
	repeats  []repeat
	wrong    []string
	finished chan struct{} // closed when the last one has left
}

// repeat is a message that came to somebody again.
type repeat struct {
	epoch, index int
	chat         int64
}

// firstChat is the chat of newcomer 0.
const firstChat = 1000

// gather lets the first people come. The server's OnAccept must be hear.
func (c *crowd) gather() {
	c.people, c.finished = map[int64]*newcomer{}, make(chan struct{})
	for range c.size {
		c.join()
	}
}

// join lets one more person come.
func (c *crowd) join() {
	c.mu.Lock()
	n := len(c.people)
	c.people[int64(firstChat+n)] = nil // the place is taken
	c.active++
	c.mu.Unlock()
	p, err := c.plan.newcomer(n)
	c.mu.Lock()
	if err != nil {
		c.complain("%v", err)
		c.active--
		c.mu.Unlock()
		return
	}
	c.people[p.id] = p
	c.mu.Unlock()
	c.act(p)
}

// complain notes what must not be, with mu held.
func (c *crowd) complain(format string, args ...any) {
	if len(c.wrong) < 20 {
		c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
	}
}

// act lets a person do the next thing.
func (c *crowd) act(p *newcomer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := p.acts[p.done]
	p.done++
	who := c.server.Person(p.id)
	if a.text != "" {
		p.updates = append(p.updates, who.Say(a.text))
	} else {
		p.updates = append(p.updates, who.PressData(p.screen, p.screen.Buttons[a.press].Data))
	}
}

// hear is what happens when a message arrives at somebody's phone.
func (c *crowd) hear(m telegramtest.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.people[m.Chat]
	switch {
	case p == nil:
		c.complain("a message came to a stranger: %q", m.Text)
	case p.heard < len(p.told) && p.told[p.heard].is(m.Text, len(m.Buttons)):
		p.heard++
		if len(m.Buttons) > 0 {
			p.screen = m
		}
		if p.heard > p.until[p.done-1] {
			c.complain("%d: %q came before it was asked for", p.id, m.Text)
		}
		if p.heard == p.until[p.done-1] {
			c.next(p)
		}
	case p.heard > 0 && p.told[p.heard-1].is(m.Text, len(m.Buttons)):
		c.repeats = append(c.repeats, repeat{c.epoch, p.heard - 1, p.id})
	default:
		want := "nothing more"
		if p.heard < len(p.told) {
			want = p.told[p.heard].text
		}
		c.complain("%d: after %d messages %q came, not %q", p.id, p.heard, m.Text, want)
	}
}

// next lets a person who was fully answered go on, with mu held.
func (c *crowd) next(p *newcomer) {
	if p.done < len(p.acts) {
		time.AfterFunc(rand.N(c.think+1), func() { c.act(p) })
		return
	}
	c.active--
	switch {
	case !c.leaving:
		time.AfterFunc(rand.N(c.think+1), c.join)
	case c.active == 0:
		close(c.finished)
	}
}

// leave lets nobody new come and waits until everybody is through.
func (c *crowd) leave(within time.Duration) (ok bool) {
	c.mu.Lock()
	c.leaving = true
	if c.active == 0 {
		c.mu.Unlock()
		return true
	}
	c.mu.Unlock()
	select {
	case <-c.finished:
		return true
	case <-time.After(within):
		return false
	}
}

// heard is how many messages everybody was told together.
func (c *crowd) heard() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.people {
		if p != nil {
			n += p.heard
		}
	}
	return n + len(c.repeats)
}
