package app

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"maalem/bot"
	"maalem/flows/understand"
	"maalem/locales"
	"maalem/storage/memory"
)

type simulateCmd struct {
	Lang   string `help:"Begin in this language (ary, ar, fr, zgh, zgh-Latn)."`
	Script string `help:"A file with one user message a line; # comments; !press !contact !place !photo !voice !burst !early !phone !code !wait !restart." type:"existingfile"`
}

// simulator is a terminal in the place of a channel. It can hold several phones.
type simulator struct {
	engine  *bot.Engine
	store   *memory.Store
	content *content
	spoken  recordings
	now     time.Time
	dice    *rand.ChaCha8
	out     io.Writer
	n       int
	phone   string                  // the one in the hand
	last    map[string][]bot.Button // what each phone shows, the newest first
	code    string                  // the newest code on any of them
}

// terminal is the simulator's channel. It plays recordings by naming them.
const terminal = "terminal"

func terminalCaps(string) bot.Caps {
	return bot.Caps{Buttons: 100, TextLimit: 1 << 20, AskContact: true, AskPlace: true, Voice: true}
}

// simulateStart is the simulator's first moment and simulateSeed its dice: always
// the same, so that a script always gives the same dialogue.
var (
	simulateStart = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	simulateSeed  = [32]byte{'m', 'a', 'a', 'l', 'e', 'm'}
)

func newSimulator(c *content, spoken recordings, out io.Writer) (*simulator, error) {
	s := &simulator{content: c, spoken: spoken, now: simulateStart, dice: rand.NewChaCha8(simulateSeed), out: out,
		phone: "1", last: map[string][]bot.Button{}}
	s.store = memory.New(func() time.Time { return s.now })
	return s, s.restart()
}

func simulate(ctx context.Context, cmd simulateCmd, in io.Reader, out io.Writer) error {
	c, err := loadContent()
	if err != nil {
		return err
	}
	spoken, err := namedRecordings(os.Getenv("MAALEM_RECORDINGS"), c)
	if err != nil {
		return exitCode{2, err}
	}
	s, err := newSimulator(c, spoken, out)
	if err != nil {
		return err
	}
	if cmd.Script != "" {
		f, err := os.Open(cmd.Script)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	if cmd.Lang != "" {
		if err := s.speak(ctx, locales.Lang(cmd.Lang)); err != nil {
			return err
		}
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		if err := s.line(ctx, lines.Text()); err != nil {
			return err
		}
	}
	return lines.Err()
}

// restart makes a new engine on the same store, as a new process would.
func (s *simulator) restart() error {
	ctl := bot.Controller{Name: "Maalem (simulation)", Contact: "—", Declaration: "—", Usual: "9:00-16:00", Cap: 2}
	var err error
	s.engine, err = s.content.engine(bot.Config{Store: s.store, Caps: terminalCaps, Controller: ctl, Now: func() time.Time { return s.now },
		Rand: s.dice, Recording: s.spoken.find, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err == nil {
		err = s.engine.LoadCooperatives(context.Background(), s.store)
	}
	return err
}

// speak passes the language question, silently but for what comes after it.
func (s *simulator) speak(ctx context.Context, l locales.Lang) error {
	if !l.Valid() {
		return exitCode{2, fmt.Errorf("no language %q: ary, ar, fr, zgh or zgh-Latn", l)}
	}
	answers := []string{"salam", l.Base().SelfName()}
	switch l {
	case locales.Tamazight:
		answers = append(answers, "1")
	case locales.TamazightLatin:
		answers = append(answers, "2")
	}
	out := s.out
	defer func() { s.out = out }()
	for i, text := range answers {
		s.out = io.Discard
		if i == len(answers)-1 {
			s.out = out
		}
		s.now = s.now.Add(5 * time.Second)
		if err := s.say(ctx, bot.Inbound{Text: text}); err != nil {
			return err
		}
		if err := s.deliver(ctx); err != nil {
			return err
		}
	}
	return nil
}

// line is one line of a script or of the keyboard.
func (s *simulator) line(ctx context.Context, line string) error {
	if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
		return nil
	}
	fmt.Fprintln(s.out, "> "+line)
	s.now = s.now.Add(5 * time.Second)
	in := bot.Inbound{Text: line}
	directive, arg, _ := strings.Cut(line, " ")
	switch directive {
	case "!press":
		in.Text, in.Press = "", s.button(arg)
		if in.Press == "" {
			return fmt.Errorf("no button %q is or was on the screen", arg)
		}
	case "!contact":
		in.Text, in.Contact = "", &bot.Contact{Phone: arg, Own: true}
	case "!place":
		lat, lon, _ := strings.Cut(arg, ",")
		y, err1 := strconv.ParseFloat(strings.TrimSpace(lat), 64)
		x, err2 := strconv.ParseFloat(strings.TrimSpace(lon), 64)
		if err1 != nil || err2 != nil {
			return fmt.Errorf("!place wants LAT,LON")
		}
		in.Text, in.Place = "", &bot.GeoPoint{Lat: y, Lon: x}
	case "!photo", "!voice":
		kind := bot.MediaPhoto
		if directive == "!voice" {
			kind = bot.MediaVoice
		}
		in.Text, in.Media = "", &bot.Media{Kind: kind, Hash: "simulated-" + strconv.Itoa(s.n), Name: arg}
	case "!early": // sent before the question on the screen was, by the network's clock
		s.now = s.now.Add(-5 * time.Second)
		in.Text, in.At = arg, s.now.Add(-3*time.Second)
	case "!burst": // several messages before anything can be answered
		for text := range strings.SplitSeq(arg, "|") {
			if err := s.say(ctx, bot.Inbound{Text: strings.TrimSpace(text)}); err != nil {
				return err
			}
			s.now = s.now.Add(100 * time.Millisecond)
		}
		return s.deliver(ctx)
	case "!code": // types the newest code that any phone shows
		if in.Text = s.code; in.Text == "" {
			return fmt.Errorf("no code was shown")
		}
	case "!phone": // another phone is taken in the hand
		if s.phone = arg; arg == "" {
			return fmt.Errorf("!phone wants a name")
		}
		return nil
	case "!wait":
		d, err := time.ParseDuration(arg)
		if err != nil {
			return fmt.Errorf("!wait wants a duration such as 25h: %w", err)
		}
		return s.wait(ctx, d)
	case "!restart":
		return s.restart()
	}
	if err := s.say(ctx, in); err != nil {
		return err
	}
	return s.deliver(ctx)
}

// say hands one message of the phone in the hand to the engine.
func (s *simulator) say(ctx context.Context, in bot.Inbound) error {
	s.n++
	in.From = bot.Address{Channel: terminal, ID: s.phone}
	if in.Key = strconv.Itoa(s.n); in.At.IsZero() {
		in.At = s.now
	}
	return s.engine.Handle(ctx, in)
}

// wait moves the clock and fires what comes due on the way.
func (s *simulator) wait(ctx context.Context, d time.Duration) error {
	end := s.now.Add(d)
	for {
		next, err := s.store.Next(ctx)
		if err != nil {
			return err
		}
		if next.IsZero() || next.After(end) {
			break
		}
		if next.After(s.now) {
			s.now = next
		}
		due, err := s.store.Due(ctx, s.now, 100)
		if err != nil {
			return err
		}
		for _, t := range due {
			if err := s.engine.Fire(ctx, t); err != nil {
				return err
			}
		}
	}
	s.now = end
	return s.deliver(ctx)
}

// deliver prints what is in the outbox. What comes to a phone that is not in the
// hand is marked with its name.
func (s *simulator) deliver(ctx context.Context) error {
	for {
		batch, err := s.store.Lease(ctx, terminal, 1, time.Minute)
		if err != nil || len(batch) == 0 {
			return err
		}
		m := batch[0]
		s.print(m)
		if err := s.store.Settle(ctx, []bot.Sent{{ID: m.ID, To: m.To, Done: true}}); err != nil {
			return err
		}
	}
}

// shownCode is a code to be typed: four digits for a deletion, six to join phones.
var shownCode = regexp.MustCompile(`\b(\d{6}|\d{4})\b`)

func (s *simulator) print(m bot.Outgoing) {
	mark := "< "
	if m.To.ID != s.phone {
		mark = "<[" + m.To.ID + "] "
	}
	if code := shownCode.FindString(m.Message.Text); code != "" {
		s.code = code
	}
	if m.Message.Text != "" {
		for _, l := range strings.Split(locales.StripBidi(m.Message.Text), "\n") {
			fmt.Fprintln(s.out, strings.TrimRight(mark+l, " "))
		}
	}
	if rec := m.Message.Recording; rec != nil {
		fmt.Fprintln(s.out, mark+"🔊 "+rec.Name)
	}
	if f := m.Message.File; f != nil {
		fmt.Fprintln(s.out, mark+"📎 "+f.Name)
		for _, l := range strings.Split(strings.TrimSpace(strings.TrimPrefix(locales.StripBidi(string(f.Body)), "\ufeff")), "\n") {
			fmt.Fprintln(s.out, strings.TrimRight(mark+"   "+l, " "))
		}
	}
	for i, b := range m.Message.Choices {
		label := b.Label
		if b.Twin != "" {
			label += " (" + b.Twin + ")"
		}
		fmt.Fprintf(s.out, "  %d %s\n", i+1, label)
	}
	s.last[m.To.ID] = append(m.Message.Choices[:len(m.Message.Choices):len(m.Message.Choices)], s.last[m.To.ID]...)
}

// button finds a label on the screen, the newest message first: an older one is a
// late press. A number is a choice of the newest message.
func (s *simulator) button(label string) string {
	buttons := s.last[s.phone]
	if n, err := strconv.Atoi(label); err == nil && n >= 1 && n <= len(buttons) {
		return buttons[n-1].Data
	}
	for _, b := range buttons {
		if understand.Fold(b.Label) == understand.Fold(label) || b.Twin == label {
			return b.Data
		}
	}
	return ""
}
