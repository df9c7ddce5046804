package flows

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"maalem/locales"
)

// Texts gives the catalog's text of a key.
type Texts func(key string) (locales.Text, bool)

// yamlFlow is a built-in flow as written: texts are catalog keys.
type yamlFlow struct {
	Flow   string      `yaml:"flow"`
	Title  string      `yaml:"title"`
	Light  bool        `yaml:"light"`
	Left   string      `yaml:"left"`
	Fields []yamlField `yaml:"fields"`
	States []yamlState `yaml:"states"`
}

type yamlField struct {
	Name    string `yaml:"name"`
	Type    Type   `yaml:"type"`
	Profile bool   `yaml:"profile"`
	Label   string `yaml:"label"`
	Sign    string `yaml:"sign"`
}

type yamlState struct {
	ID           string            `yaml:"id"`
	Tell         words             `yaml:"tell"`
	Ask          words             `yaml:"ask"`
	Pick         words             `yaml:"pick"`
	End          *words            `yaml:"end"`
	Effect       string            `yaml:"effect"`
	Say          words             `yaml:"say"` // an effect's words
	With         map[string]string `yaml:"with"`
	Field        string            `yaml:"field"`
	Choices      []yamlChoice      `yaml:"choices"`
	Optional     bool              `yaml:"optional"`
	Known        bool              `yaml:"known"`
	Min          *float64          `yaml:"min"`
	Max          *float64          `yaml:"max"`
	When         string            `yaml:"when"`
	Must         string            `yaml:"must"`
	Else         string            `yaml:"else"`
	Retry        string            `yaml:"retry"`
	Confirm      string            `yaml:"confirm"`
	Which        string            `yaml:"which"`
	Gather       bool              `yaml:"gather"`
	ShareContact string            `yaml:"share_contact"`
	SharePlace   string            `yaml:"share_place"`
	Options      string            `yaml:"options"`
	Near         bool              `yaml:"near"`
	New          string            `yaml:"new"`
	Next         string            `yaml:"next"`
	Go           []yamlJump        `yaml:"go"`
	Then         string            `yaml:"then"`
	Given        map[string]string `yaml:"given"`
}

type yamlChoice struct {
	ID       string   `yaml:"id"`
	Label    string   `yaml:"label"`
	Synonyms words    `yaml:"synonyms"`
	When     string   `yaml:"when"`
	To       string   `yaml:"to"`
	Change   string   `yaml:"change"`
	From     *float64 `yaml:"from"`
	Below    *float64 `yaml:"below"`
	Silent   bool     `yaml:"silent"`
	// Self is a language tag: the label is that language's own name, everywhere.
	Self locales.Lang `yaml:"self"`
}

type yamlJump struct {
	If string `yaml:"if"`
	To string `yaml:"to"`
}

// words is one key or a list of them.
type words []string

// UnmarshalYAML reads a scalar or a sequence.
func (w *words) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		if n.Value != "" && n.Tag != "!!null" {
			*w = words{n.Value}
		}
		return nil
	}
	var list []string
	if err := n.Decode(&list); err != nil {
		return err
	}
	*w = list
	return nil
}

// maxYAML bounds a flow file.
const maxYAML = 1 << 20

// FromYAML reads a built-in flow and resolves its texts. The error is Problems
// when keys are missing, otherwise says where the file is malformed.
func FromYAML(file string, data []byte, texts Texts) (Source, error) {
	if len(data) > maxYAML {
		return Source{}, fmt.Errorf("%s: %d bytes, at most %d", file, len(data), maxYAML)
	}
	var y yamlFlow
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&y); err != nil {
		return Source{}, fmt.Errorf("%s: %w", file, err)
	}
	r := &resolver{flow: y.Flow, texts: texts}
	src := Source{ID: y.Flow, Light: y.Light, Title: r.text("", "title", y.Title), Words: r.words(), Left: r.text("", "left", y.Left)}
	for _, f := range y.Fields {
		src.Fields = append(src.Fields, Field{Name: f.Name, Type: f.Type, Profile: f.Profile,
			Label: r.text("", "field "+f.Name, f.Label), Sign: f.Sign})
	}
	for _, s := range y.States {
		src.States = append(src.States, r.state(s))
	}
	if len(r.problems) > 0 {
		return Source{}, r.problems
	}
	return src, nil
}

type resolver struct {
	flow     string
	texts    Texts
	problems Problems
}

func (r *resolver) text(state, part, key string) locales.Text {
	if key == "" {
		return locales.Text{}
	}
	t, ok := r.texts(key)
	if !ok {
		r.problems = append(r.problems, Problem{r.flow, state, part, fmt.Sprintf("no text %q in the catalog", key)})
	}
	return t
}

func (r *resolver) list(state, part string, keys words) []locales.Text {
	var ts []locales.Text
	for _, k := range keys {
		ts = append(ts, r.text(state, part, k))
	}
	return ts
}

func (r *resolver) state(y yamlState) State {
	s := State{ID: y.ID, Field: y.Field, Optional: y.Optional, Known: y.Known, Min: y.Min, Max: y.Max,
		When: y.When, Must: y.Must, Gather: y.Gather, Next: y.Next, With: y.With, Effect: y.Effect, Then: y.Then, Given: y.Given,
		Else: r.text(y.ID, "else", y.Else), Retry: r.text(y.ID, "retry", y.Retry), Confirm: r.text(y.ID, "confirm", y.Confirm),
		Options: y.Options, Near: y.Near, New: r.text(y.ID, "new", y.New),
		Which: r.text(y.ID, "which", y.Which), ShareContact: r.text(y.ID, "share_contact", y.ShareContact), SharePlace: r.text(y.ID, "share_place", y.SharePlace)}
	var kinds []string
	one := func(k Kind, w words) {
		kinds = append(kinds, string(k))
		s.Kind, s.Say = k, r.list(y.ID, string(k), w)
	}
	if y.Tell != nil {
		one(Tell, y.Tell)
	}
	if y.Ask != nil {
		one(Ask, y.Ask)
	}
	if y.Pick != nil {
		one(Pick, y.Pick)
	}
	if y.End != nil {
		one(End, *y.End)
	}
	if y.Effect != "" {
		one(Effect, y.Say)
	}
	if len(kinds) == 0 && len(y.Go) > 0 {
		kinds, s.Kind = append(kinds, "branch"), Branch
	}
	if len(kinds) != 1 {
		r.problems = append(r.problems, Problem{r.flow, y.ID, "", "a state is one of tell, ask, pick, effect, end or go; this one is " + strings.Join(kinds, " and ")})
	}
	if s.Field == "" && (s.Kind == Ask || s.Kind == Pick) {
		s.Field = y.ID
	}
	for _, c := range y.Choices {
		o := Option{ID: c.ID, When: c.When, To: c.To, Change: c.Change, From: c.From, Below: c.Below, Silent: c.Silent, Synonyms: r.list(y.ID, "choice "+c.ID, c.Synonyms)}
		if c.Self != "" {
			o.Label = locales.Plain(c.Self.SelfName())
		} else {
			o.Label = r.text(y.ID, "choice "+c.ID, c.Label)
		}
		s.Choices = append(s.Choices, o)
	}
	for _, j := range y.Go {
		s.Go = append(s.Go, Jump(j))
	}
	return s
}

// words are the sentences any question may need, by their catalog keys.
func (r *resolver) words() Words {
	t := func(key string) locales.Text { return r.text("", "words", key) }
	return Words{
		Yes: t("button.yes"), No: t("button.no"), Skip: t("button.skip"), Advisor: t("button.advisor"),
		NotChosen: t("choice.not_understood"), DidYouMean: t("choice.confirm"),
		NumberAgain: t("number.again"), NumberRange: t("number.range"), PhoneAgain: t("phone.again"), DateAgain: t("date.again"), PhotoAgain: t("photo.ask"),
		NoSkip: t("skip.refused"), NoBack: t("back.nothing"), VoiceKept: t("voice.kept"), VoiceChoice: t("voice.choice"),
		Late: t("late.button"), Joined: t("burst.joined"), Heard: t("facts.heard"), Right: t("facts.right"), Wish: t("register.facts.wish"),
		Changed: t("profile.changed"), PhotoKept: t("photo.kept"), PlaceKept: t("place.kept"), Correction: t("correction.offer"),
	}
}
