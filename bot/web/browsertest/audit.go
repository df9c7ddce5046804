package browsertest

import (
	_ "embed" // the script
	"encoding/json"
	"fmt"
	"slices"

	"github.com/chromedp/cdproto/accessibility"
)

//go:embed audit.js
var audit string

// named are the roles that say nothing to a screen reader without a name.
var named = []string{"button", "link", "textbox", "checkbox", "radio", "combobox", "DisclosureTriangle", "image", "Audio", "log", "RootWebArea"}

// Audit lists what is wrong with the page as it stands for people with poor
// sight, clumsy fingers, or a screen reader: contrast, sizes, overflow, structure
// and names.
func (tab *Tab) Audit() []string {
	tab.t.Helper()
	complaints := Eval[[]string](tab, audit)
	for _, n := range tab.Tree() {
		if slices.Contains(named, n.Role) && n.Name == "" {
			complaints = append(complaints, fmt.Sprintf("a %s without a name", n.Role))
		}
	}
	return complaints
}

// Node is an element as a screen reader gets it.
type Node struct{ Role, Name string }

// Tree is what a screen reader gets, in order.
func (tab *Tab) Tree() []Node {
	tab.t.Helper()
	text := func(v *accessibility.Value) string {
		var s string
		if v != nil {
			_ = json.Unmarshal(v.Value, &s) // what is no text has no name
		}
		return s
	}
	var out []Node
	for _, n := range Call(tab, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if !n.Ignored {
			out = append(out, Node{text(n.Role), text(n.Name)})
		}
	}
	return out
}
