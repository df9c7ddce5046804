package channeltest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"maalem/bot"
	"maalem/locales"
)

func caps(t *testing.T, n Network) {
	name := n.Channel.Name()
	if name == "" || strings.Contains(name, ":") {
		t.Errorf("name %q", name)
	}
	for person := range 10 {
		a := n.Address(person)
		if a.Channel != name {
			t.Errorf("an address of %q on the channel %q", a.Channel, name)
		}
		if back, ok := bot.ParseAddress(a.String()); !ok || back != a {
			t.Errorf("address %q is not readable again", a)
		}
	}
	if c := n.Channel.Caps(); c.Buttons < 0 || c.TextLimit != 0 && c.TextLimit < 160 {
		t.Errorf("caps %+v", c)
	}
}

func seen(t *testing.T, n Network) {
	// What a network could take for markup, and both directions of writing.
	texts := []string{
		"Bonjour Fatima", "السلام عليكم، \u2068Fatima\u2069", "ⴰⵣⵓⵍ ⴼⵍⵍⴰⵎ",
		"<b>1 < 2</b> & \\_*[x](y)~`>#+-=|{}.! &amp; &lt;", "a\nb\n\nc", "👩🏽‍🎨 zellige",
	}
	for i, text := range texts {
		send(t, n, 0, uint64(i+1), bot.Message{Lang: locales.French, Text: text})
	}
	until(t, "all texts are there", func() bool { return len(n.Sees(0)) >= len(texts) })
	for i, s := range n.Sees(0) {
		if s.Text != texts[i] {
			t.Errorf("sent %q, seen %q", texts[i], s.Text)
		}
	}
	if others := n.Sees(1); len(others) != 0 {
		t.Errorf("somebody else sees %q", others)
	}
}

func long(t *testing.T, n Network) {
	limit := n.Channel.Caps().TextLimit
	size := 2*limit + limit/2
	if limit == 0 {
		size, limit = 50_000, 100_000 // it arrives in one piece, whatever its length
	}
	clusters := []string{"مَرْحَبًا ", "ⵜⴰⵎⴰⵣⵉⵖⵜ ", "👩🏽‍🎨 ", "\u2068Fatima 0612\u2069 ", "é\u0301 ", "mot ", "\n", "\n\n"}
	var b strings.Builder
	for i := 0; n.Length(b.String()) < size; i++ {
		for j := range 50 {
			b.WriteString(clusters[(i*7+j*j)%len(clusters)])
		}
	}
	text := b.String()
	send(t, n, 0, 1, bot.Message{Lang: locales.Arabic, Text: text, Choices: []bot.Button{{Data: "y", Label: "نعم"}}})
	until(t, "the last piece is there", func() bool {
		s := n.Sees(0)
		return len(s) > 0 && len(s[len(s)-1].Buttons) == 1
	})
	var whole strings.Builder
	for i, s := range n.Sees(0) {
		if l := n.Length(s.Text); l > limit {
			t.Errorf("piece %d is %d long, at most %d", i, l, limit)
		}
		if !utf8.ValidString(s.Text) || strings.Contains(s.Text, "\uFFFD") {
			t.Errorf("piece %d has a broken character", i)
		}
		if strings.Count(s.Text, "\u2068") != strings.Count(s.Text, "\u2069") {
			t.Errorf("piece %d breaks a pair of isolates", i)
		}
		if r, _ := utf8.DecodeRuneInString(s.Text); unicode.Is(unicode.M, r) || r == '\u200d' {
			t.Errorf("piece %d begins within a grapheme cluster: %q", i, r)
		}
		whole.WriteString(s.Text)
	}
	if bare(whole.String()) != bare(text) {
		t.Error("the pieces together are not the text")
	}
}

// bare is a text without its white space, of which a cut takes some.
func bare(s string) string { return strings.Join(strings.Fields(s), "") }

func choices(t *testing.T, n Network) {
	most := n.Channel.Caps().Buttons
	if most == 0 {
		t.Skip("the channel has no buttons")
	}
	got := make(chan bot.Inbound, 100)
	receive(t, n, passOn(got, commit))
	buttons := make([]bot.Button, most)
	for i := range buttons {
		data := fmt.Sprintf("%02d:", i)
		buttons[i] = bot.Button{Data: data + strings.Repeat("x", 32-len(data)), Label: fmt.Sprintf("خيار %d", i)}
	}
	send(t, n, 0, 1, bot.Message{Lang: locales.Arabic, Text: "اختاروا", Choices: buttons})
	until(t, "the buttons are there", func() bool { return len(n.Sees(0)) == 1 && len(n.Sees(0)[0].Buttons) == most })
	for i, label := range n.Sees(0)[0].Buttons {
		if !strings.Contains(label, buttons[i].Label) {
			t.Errorf("button %d is labelled %q, not %q", i, label, buttons[i].Label)
		}
		n.Press(0, label)
		in := next(t, got, "the press")
		if in.Press != buttons[i].Data || in.From != n.Address(0) {
			t.Errorf("button %d came back as %q from %s", i, in.Press, in.From.Redacted())
		}
	}
}

func failures(t *testing.T, n Network) {
	check := func(t *testing.T, m bot.Outgoing) {
		_, err := n.Channel.Send(t.Context(), m)
		if err == nil {
			t.Error("no error")
			return
		}
		var failed *bot.SendError
		if !errors.As(err, &failed) {
			t.Errorf("%T is no SendError: %v", err, err)
			return
		}
		if failed.Failure == bot.FailThrottled && failed.After <= 0 {
			t.Error("throttled, and not for how long")
		}
		if m.To.ID != "" && strings.Contains(err.Error(), m.To.ID) {
			t.Error("the error names the address")
		}
	}
	t.Run("foreign address", func(t *testing.T) {
		m := outgoing(n, 0, 1, bot.Message{Text: "x"})
		m.To = bot.Address{Channel: "pigeon", ID: "post office"}
		check(t, m)
	})
	t.Run("nothing to say", func(t *testing.T) { check(t, outgoing(n, 0, 2, bot.Message{})) })
	t.Run("context over", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := n.Channel.Send(ctx, outgoing(n, 0, 3, bot.Message{Text: "x"}))
		var failed *bot.SendError
		if err != nil && !errors.As(err, &failed) {
			t.Errorf("%T is no SendError: %v", err, err)
		}
	})
	id := uint64(10)
	for name, breaks := range n.Break {
		t.Run(name, func(t *testing.T) {
			id++
			breaks()
			defer n.Mend()
			check(t, outgoing(n, 1, id, bot.Message{Text: "x"}))
		})
	}
}

func idempotent(t *testing.T, n Network) {
	if !n.Channel.Caps().Idempotent {
		t.Skip("the network does not promise it")
	}
	for range 2 {
		send(t, n, 0, 1, bot.Message{Text: "once"})
	}
	send(t, n, 0, 2, bot.Message{Text: "end"})
	until(t, "the end is there", func() bool {
		s := n.Sees(0)
		return len(s) > 0 && s[len(s)-1].Text == "end"
	})
	if s := n.Sees(0); len(s) != 2 {
		t.Errorf("seen %d messages, not 2", len(s))
	}
}
