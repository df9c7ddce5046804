package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
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
	Script string `help:"A file with one user message a line; # comments; !press !contact !place !photo !voice !wait !restart." type:"existingfile"`
}

// simulator is a terminal in the place of a channel.
type simulator struct {
	engine  *bot.Engine
	store   *memory.Store
	content *content
	now     time.Time
	out     io.Writer
	n       int
	last    []bot.Button
}

// terminal is the simulator's one address.
var terminal = bot.Address{Channel: "terminal", ID: "1"}

func terminalCaps(string) bot.Caps {
	return bot.Caps{Buttons: 100, TextLimit: 1 << 20, AskContact: true, AskPlace: true}
}

// simulateStart is the simulator's first moment: always the same, so that a script
// always gives the same dialogue.
var simulateStart = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func simulate(ctx context.Context, cmd simulateCmd, in io.Reader, out io.Writer) error {
	c, err := loadContent()
	if err != nil {
		return err
	}
	s := &simulator{content: c, now: simulateStart, out: out}
	s.store = memory.New(func() time.Time { return s.now })
	if err := s.restart(); err != nil {
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
		l := locales.Lang(cmd.Lang)
		if !l.Valid() {
			return exitCode{2, fmt.Errorf("no language %q: ary, ar, fr, zgh or zgh-Latn", cmd.Lang)}
		}
		s.out = io.Discard
		for _, text := range []string{"salam", l.Base().SelfName()} {
			if err := s.line(ctx, text); err != nil {
				return err
			}
		}
		if l.Base() == locales.Tamazight {
			label := "Tifinagh"
			if l == locales.TamazightLatin {
				label = "2"
			}
			if err := s.line(ctx, label); err != nil {
				return err
			}
		}
		s.out = out
		s.show(s.last)
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
	ctl := bot.Controller{Name: "Maalem (simulation)", Contact: "—", Declaration: "—", Cap: 2}
	var err error
	s.engine, err = s.content.engine(bot.Config{Store: s.store, Caps: terminalCaps, Controller: ctl, Now: func() time.Time { return s.now },
		Rand: s.dice, Recording: s.spoken.find, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err == nil {
		err = s.engine.LoadCooperatives(context.Background(), s.store)
	}
	return err
}

// line is one line of a script or of the keyboard.
func (s *simulator) line(ctx context.Context, line string) error {
	if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
		return nil
	}
	fmt.Fprintln(s.out, "> "+line)
	s.now = s.now.Add(5 * time.Second)
	in := bot.Inbound{From: terminal, Text: line}
	directive, arg, _ := strings.Cut(line, " ")
	switch directive {
	case "!press":
		in.Text, in.Press = "", s.button(arg)
		if in.Press == "" {
			return fmt.Errorf("no button %q is on the screen", arg)
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
	case "!wait":
		d, err := time.ParseDuration(arg)
		if err != nil {
			return fmt.Errorf("!wait wants a duration such as 25h: %w", err)
		}
		return s.wait(ctx, d)
	case "!restart":
		return s.restart()
	}
	s.n++
	in.Key, in.At = strconv.Itoa(s.n), s.now
	if err := s.engine.Handle(ctx, in); err != nil {
		return err
	}
	return s.deliver(ctx)
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

// deliver prints what is in the outbox.
func (s *simulator) deliver(ctx context.Context) error {
	for {
		batch, err := s.store.Lease(ctx, terminal.Channel, 1, time.Minute)
		if err != nil || len(batch) == 0 {
			return err
		}
		m := batch[0]
		for _, l := range strings.Split(locales.StripBidi(m.Message.Text), "\n") {
			fmt.Fprintln(s.out, strings.TrimRight("< "+l, " "))
		}
		s.show(m.Message.Choices)
		if err := s.store.Settle(ctx, []bot.Sent{{ID: m.ID, To: m.To, Done: true}}); err != nil {
			return err
		}
	}
}

func (s *simulator) show(choices []bot.Button) {
	if len(choices) > 0 {
		s.last = choices
	}
	for i, b := range choices {
		label := b.Label
		if b.Twin != "" {
			label += " (" + b.Twin + ")"
		}
		fmt.Fprintf(s.out, "  %d %s\n", i+1, label)
	}
}

// button finds a label among the last choices.
func (s *simulator) button(label string) string {
	for i, b := range s.last {
		if strconv.Itoa(i+1) == label || understand.Fold(b.Label) == understand.Fold(label) || b.Twin == label {
			return b.Data
		}
	}
	return ""
}
