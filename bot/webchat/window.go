package webchat

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"maalem/bot"
	"maalem/locales"
)

// window is what a page shows: of the last Shown lines those that it does not
// have yet. What is older than First is no longer kept, and leaves the page too:
// erased words must not stay on a shared screen.
type window struct {
	First uint64 `json:"first"` // 0 = leave the page as it is
	Last  uint64 `json:"last"`
	// Reset: the page has lines that are newer than the newest kept one, so its
	// history was erased; these are all that there is.
	Reset bool    `json:"reset,omitempty"`
	Lines []shown `json:"lines"`
}

// shown is a line as pages get it.
type shown struct {
	Seq     uint64       `json:"seq"`
	At      int64        `json:"at"` // Unix milliseconds
	Me      bool         `json:"me,omitempty"`
	Lang    locales.Lang `json:"lang,omitempty"`
	Text    string       `json:"text,omitempty"`
	Choices []choice     `json:"choices,omitempty"`
	Multi   bool         `json:"multi,omitempty"`
	Place   string       `json:"place,omitempty"`  // label of "share my position"
	Listen  string       `json:"listen,omitempty"` // path of the spoken text
	Media   *file        `json:"media,omitempty"`

	// For pages that the server renders; the page's script finds them by itself.
	Live  bool      `json:"-"`
	Clock time.Time `json:"-"`
}

type choice struct {
	Data  string `json:"data"`
	Label string `json:"label"`
	Twin  string `json:"twin,omitempty"`
	On    bool   `json:"on,omitempty"`
}

type file struct {
	Kind bot.MediaKind `json:"kind"`
	Path string        `json:"path,omitempty"` // empty when its content was not kept
	Name string        `json:"name,omitempty"`
}

// window reads what an address's page shows, without lines up to after.
func (c *Chat) window(ctx context.Context, a bot.Address, after uint64) (window, error) {
	lines, err := c.cfg.History.Lines(ctx, a, 0, Shown)
	if err != nil {
		return window{}, fmt.Errorf("read history: %w", err)
	}
	v := window{Lines: []shown{}}
	if len(lines) > 0 {
		v.First, v.Last = lines[0].Seq, lines[len(lines)-1].Seq
	}
	if after > v.Last {
		v.Reset, after = true, 0
	}
	for _, l := range lines {
		if l.Seq > after {
			v.Lines = append(v.Lines, show(l, c.cfg.Zone))
		}
	}
	return v, nil
}

func show(l bot.Line, zone *time.Location) shown {
	m := l.Message
	s := shown{Seq: l.Seq, At: l.At.UnixMilli(), Me: m.Echo, Lang: m.Lang, Text: m.Text, Multi: m.Multi,
		Place: m.AskPlace, Clock: l.At.In(zone)}
	for _, b := range m.Choices {
		s.Choices = append(s.Choices, choice{b.Data, b.Label, twin(b), b.On})
	}
	if m.Echo {
		s.Lang = "" // what a person types is in any language, whatever theirs is
	}
	if m.Recording != nil && m.Recording.Hash != "" {
		s.Listen = mediaPath(m.Recording.Hash)
	}
	switch {
	case m.Media != nil:
		s.Media = &file{Kind: m.Media.Kind, Name: fileName(m.Media.Name)}
		if m.Media.Hash != "" {
			s.Media.Path = mediaPath(m.Media.Hash)
		}
	case m.Kind != "":
		s.Media = &file{Kind: m.Kind}
	}
	return s
}

// twin is the French beside a Tamazight label, without the sign that the label has.
func twin(b bot.Button) string {
	sign, _, ok := strings.Cut(b.Label, " ")
	if rest, same := strings.CutPrefix(b.Twin, sign+" "); ok && same && !strings.ContainsFunc(sign, unicode.IsLetter) {
		return rest
	}
	return b.Twin
}

func mediaPath(hash string) string { return "/chat/media/" + hash }

// arrange finds what a page makes of its lines together: the question that is
// live, the choice that was taken, and toggled questions that a later line
// repeats. log.js does the same as lines arrive; a test holds the two together.
func arrange(lines []shown) []shown {
	var out []shown
	question := -1
	for _, l := range lines {
		if l.Me {
			if question >= 0 && out[question].Live && !out[question].Multi && take(&out[question], l.Text) {
				out[question].Live = false
			}
			out = append(out, l)
			continue
		}
		if len(l.Choices) > 0 || l.Place != "" {
			if question >= 0 {
				old := &out[question]
				old.Live = false
				if old.Multi && l.Multi && old.Text == l.Text {
					out = append(out[:question], out[question+1:]...)
				}
			}
			l.Live = true
			out = append(out, l)
			question = len(out) - 1
			continue
		}
		out = append(out, l)
	}
	return out
}

// take marks the choice that the words are the label of.
func take(q *shown, said string) bool {
	for i := range q.Choices {
		if same(q.Choices[i].Label, said) {
			q.Choices[i].On = true
			return true
		}
	}
	return false
}

var marks = regexp.MustCompile(`[\x{200e}\x{200f}\x{061c}\x{202a}-\x{202e}\x{2066}-\x{2069}]`)

func same(a, b string) bool {
	return strings.TrimSpace(marks.ReplaceAllString(a, "")) == strings.TrimSpace(marks.ReplaceAllString(b, ""))
}

// piece is a stretch of a text: a link, or words.
type piece struct {
	Text string
	Link bool
}

// link is a web address in a text; bidi marks and closing punctuation around it
// are not part of it.
var link = regexp.MustCompile(`https?://[^\s<>"'\x{200e}\x{200f}\x{061c}\x{202a}-\x{202e}\x{2066}-\x{2069}]*[^\s<>"'.,;:!?)\]»،؛؟\x{200e}\x{200f}\x{061c}\x{202a}-\x{202e}\x{2066}-\x{2069}]`)

// Pieces cuts the text at its links; what a person wrote gets none.
func (s shown) Pieces() []piece {
	if s.Me {
		return []piece{{Text: s.Text}}
	}
	var out []piece
	rest := s.Text
	for {
		at := link.FindStringIndex(rest)
		if at == nil {
			break
		}
		if at[0] > 0 {
			out = append(out, piece{Text: rest[:at[0]]})
		}
		out = append(out, piece{rest[at[0]:at[1]], true})
		rest = rest[at[1]:]
	}
	if rest != "" {
		out = append(out, piece{Text: rest})
	}
	return out
}
