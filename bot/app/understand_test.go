package app

import (
	"fmt"
	"testing"
)

// What a question makes of a text is said without a conversation.
func TestUnderstandAtAQuestion(t *testing.T) {
	c, err := loadContent()
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []struct{ state, text, want string }{
		{"register/craft", "fkhar o zrabi", "map[craft:potier tapissier] map[]  [] true"},
		{"register/craft", "je ne fais pas de tapis", "map[] map[]  [] false"},
		{"register/place", "taza", "map[place:MA-TAZ] map[] which [MA-TAZ bab_taza] true"},
		{"register/age", "moins de 18", "map[age:no] map[]  [] true"},
		{"register/name", "smiti Fatima, mn Tiznit, kandir zrabi", "map[craft:tapissier name:Fatima place:MA-TIZ] map[] facts [] true"},
	} {
		read, err := c.answers(q.state, "fr")
		if err != nil {
			t.Fatal(err)
		}
		got, err := read(q.text)
		if err != nil {
			t.Fatal(err)
		}
		if s := fmt.Sprintf("%v %v %v %v %v", got.Values, got.Typed, got.Asks, got.Options, got.Understood); s != q.want {
			t.Errorf("%s %q: %s, want %s", q.state, q.text, s, q.want)
		}
	}
	for _, state := range []string{"", "register", "register/none", "register/finish", "none/name"} {
		if _, err := c.answers(state, ""); err == nil {
			t.Errorf("%q is a question", state)
		}
	}
}
