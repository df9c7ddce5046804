package app

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/jpeg"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"maalem/bot/telegram/telegramtest"
	"maalem/storage/bolt"
)

// talk is one person's chat on Telegram with the program of open.
type talk struct {
	t      *testing.T
	person *telegramtest.Person
	seen   int
}

// answer is what came since the last call, once all is quiet.
func (k *talk) answer() []telegramtest.Message {
	time.Sleep(10 * time.Second)
	all := k.person.Sees()
	fresh := all[k.seen:]
	k.seen = len(all)
	return fresh
}

// says sends a text and gives the last message that came for it.
func (k *talk) says(text string) telegramtest.Message {
	k.t.Helper()
	k.person.Say(text)
	return k.last()
}

func (k *talk) last() telegramtest.Message {
	k.t.Helper()
	got := k.answer()
	if len(got) == 0 {
		k.t.Fatal("nothing came")
	}
	return got[len(got)-1]
}

func (k *talk) presses(label string) telegramtest.Message {
	k.t.Helper()
	if !k.person.Press(label) {
		k.t.Fatalf("no button %q is to be seen", label)
	}
	return k.last()
}

// towards answers the first questions in French, up to the name's.
func (k *talk) towardsTheName() telegramtest.Message {
	k.t.Helper()
	k.says("bonjour")
	k.presses("Français")
	k.presses("J'accepte")
	return k.presses("Oui, 18 ans ou plus")
}

func (k *talk) registers(name string) {
	k.t.Helper()
	k.towardsTheName()
	k.says(name)
	k.says("tapis")
	k.says("tiznit")
	k.presses("Femme")
	k.presses("Oui")
	k.presses("C'est bien ça")
}

// onTelegram runs a scene between people on Telegram and the program.
func onTelegram(t *testing.T, settings map[string]string, scene func(t *testing.T, h *house, server *telegramtest.Server, k *talk)) {
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New(testToken)
		h, stop := open(t, server, settings)
		scene(t, h, server, &talk{t: t, person: server.Person(7)})
		stop()
		if strings.Contains(h.log.String(), "level=ERROR") {
			t.Errorf("the operator was told of errors:\n%s", h.log)
		}
	})
}

// Every press is answered, so that no button spins: also of a question long past,
// of a message that never had it, and with data that nobody gave out.
func TestTelegramButtons(t *testing.T) {
	onTelegram(t, nil, func(t *testing.T, _ *house, server *telegramtest.Server, k *talk) {
		k.says("bonjour")
		old := k.presses("Français")
		k.presses("J'accepte")
		name := k.presses("Oui, 18 ans ou plus")
		forged := []string{old.Buttons[0].Data, old.Buttons[2].Data, "zzzzzzz.99.99", "'; drop table", "u.human.", "1.0.901", strings.Repeat("x", 64)}
		for _, data := range forged {
			k.person.PressData(old, data)
			for _, m := range k.answer() {
				if len(m.Buttons) > 0 && m.Buttons[0].Data == old.Buttons[0].Data {
					t.Errorf("%q asked for consent again", data)
				}
			}
		}
		if n := server.Calls("answerCallbackQuery"); n != 3+len(forged) {
			t.Errorf("%d of %d presses were answered", n, 3+len(forged))
		}
		k.says("encore")
		if craft := k.says("Fatima"); !strings.Contains(craft.Text, "métier") {
			t.Errorf("after %q and forged presses the name leads to %q", name.Text, craft.Text)
		}
	})
}

// A shared position and a shared contact come from Telegram's own buttons; a
// contact proves a number only when it is the sender's own.
func TestTelegramSharing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "maalem.db")
	onTelegram(t, map[string]string{"MAALEM_STORE": "bolt:" + path}, func(t *testing.T, _ *house, server *telegramtest.Server, k *talk) {
		keyboard := func(m telegramtest.Message, data string) {
			t.Helper()
			if len(m.Keyboard) != 1 || m.Keyboard[0].Data != data {
				t.Errorf("under %q is the keyboard %v, not one for a %s", m.Text, m.Keyboard, data)
			}
		}
		k.towardsTheName()
		k.says("Fatima")
		keyboard(k.says("tapis"), "location")
		k.person.Send(`"location":{"latitude":29.69,"longitude":-9.73}`)
		if m := k.last(); !strings.Contains(m.Text, "Tiznit") || len(m.Keyboard) != 0 {
			t.Errorf("a position near Tiznit leads to %q with the keyboard %v", m.Text, m.Keyboard)
		}
		k.presses("Femme")
		k.presses("Oui")
		k.presses("C'est bien ça")
		k.says("mon profil")
		keyboard(k.presses("Compléter mon profil"), "contact")
		k.person.Send(`"contact":{"phone_number":"212612345678","first_name":"Fatima","user_id":7}`)
		if m := k.last(); !strings.Contains(m.Text, "travaillez") {
			t.Errorf("a shared contact leads to %q", m.Text)
		}

		other := &talk{t: t, person: server.Person(8)}
		other.registers("Zineb")
		other.says("mon profil")
		other.presses("Compléter mon profil")
		other.person.Send(`"contact":{"phone_number":"+212 661-223344","first_name":"Autre","user_id":7}`)
		other.answer()
	})
	proven := map[string]bool{}
	for _, a := range artisans(t, path) {
		phone, _ := a.Value("phone")
		proven[phone.Value] = phone.Proven
	}
	if want := map[string]bool{"+212612345678": true, "+212661223344": false}; !maps.Equal(proven, want) {
		t.Errorf("numbers and whether they are proven: %v, want %v", proven, want)
	}
}

// Links start what they name; what they carry is untrusted.
func TestTelegramLinks(t *testing.T) {
	onTelegram(t, nil, func(t *testing.T, _ *house, _ *telegramtest.Server, k *talk) {
		if m := k.says("/start register"); len(m.Buttons) != 4 {
			t.Errorf("a newcomer with a link is not asked for the language: %q", m.Text)
		}
		if m := k.presses("Français"); len(m.Buttons) == 0 || m.Buttons[0].Label != "J'accepte" {
			t.Errorf("the link does not lead to the registration: %q", m.Text)
		}
		consent := k.says("/start")
		for _, payload := range []string{"fair_12", "fair_99999999999999999999", "../../etc/passwd", "<b>x</b>", "'; drop table", strings.Repeat("a", 500), "register register"} {
			m := k.says("/start " + payload)
			if m.Text != consent.Text || strings.Contains(m.Text, payload) {
				t.Errorf("/start %.20s: %q", payload, m.Text)
			}
		}
	})
}

// The menu of commands is there in the languages of phones, and its words work.
func TestTelegramCommands(t *testing.T) {
	onTelegram(t, nil, func(t *testing.T, _ *house, server *telegramtest.Server, k *talk) {
		k.registers("Fatima")
		french, arabic := server.Menu("fr"), server.Menu("ar")
		if len(french) < 3 || french[0] != "/menu Menu" || arabic[0] != "/menu القائمة" || !slices.Equal(server.Menu(""), french) {
			t.Errorf("menus: %v, %v, %v", server.Menu(""), french, arabic)
		}
		menu := k.says("/menu")
		for _, line := range french[1:] {
			name, _, _ := strings.Cut(line, " ")
			if m := k.says(name); strings.Contains(m.Text, "compris") || m.Text == menu.Text {
				t.Errorf("%s leads to %q", name, m.Text)
			}
			k.says("/menu@maalem_bot")
		}
	})
}

// Whatever people write is shown as they wrote it, in words and not as markup: a
// server as strict as Telegram takes it.
func TestTelegramHostileWords(t *testing.T) {
	onTelegram(t, nil, func(t *testing.T, _ *house, server *telegramtest.Server, k *talk) {
		const hostile = `<b>x</b> &amp; "y" </i> &`
		k.towardsTheName()
		k.says("Fatima")
		k.says(hostile)
		time.Sleep(time.Minute)
		k.says(hostile)
		time.Sleep(time.Minute)
		k.says(hostile) // said again where it was asked whether they are meant: they are
		k.says("tiznit")
		k.presses("Femme")
		if m := k.presses("Oui"); !strings.Contains(m.Text, hostile) {
			t.Errorf("the summary shows %q", m.Text)
		}
		for _, m := range server.Accepted() {
			if m.Params.Get("parse_mode") != "HTML" {
				t.Errorf("%q went out without markup", m.Text)
			}
		}
		long := k.says(strings.Repeat("😀 ", 5000)) // longer than any message of Telegram
		if long.Text == "" {
			t.Error("a very long message is not answered")
		}
	})
}

// A voice note and a picture are fetched and kept; what cannot be fetched is said.
func TestTelegramFilesIn(t *testing.T) {
	voice := append([]byte("OggS\x00\x02"), bytes.Repeat([]byte("voice"), 100)...)
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "maalem.db")
	onTelegram(t, map[string]string{"MAALEM_STORE": "bolt:" + path}, func(t *testing.T, _ *house, server *telegramtest.Server, k *talk) {
		server.AddFile("voice-1", voice)
		server.AddFile("photo-1", photo.Bytes())
		k.towardsTheName()
		k.person.Send(`"voice":{"file_id":"voice-1","file_unique_id":"v","duration":3,"mime_type":"audio/ogg"}`)
		if m := k.last(); !strings.Contains(m.Text, "métier") {
			t.Errorf("a spoken name leads to %q", m.Text)
		}
		for _, sent := range []string{
			`"photo":[{"file_id":"photo-1","file_unique_id":"p","width":8,"height":8}]`, // where a craft is asked
			`"voice":{"file_id":"not-there","file_unique_id":"n","duration":3}`,
			`"document":{"file_id":"d","file_name":"film.mp4","file_size":99999999}`,
			`"sticker":{"file_id":"s","file_unique_id":"s","width":1,"height":1}`,
			`"poll":{"id":"1","question":"?","options":[]}`,
		} {
			k.person.Send(sent)
			if m := k.last(); !strings.Contains(m.Text, "métier") {
				t.Errorf("after %s the question does not stand: %q", sent, m.Text)
			}
		}
		k.says("tapis")
		k.says("tiznit")
	})
	var kept [][]byte
	err := filepath.WalkDir(path+".media", func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(p)
		kept = append(kept, body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(kept, func(b []byte) bool { return bytes.Equal(b, voice) }) {
		t.Errorf("%d files are kept, and none is the voice note", len(kept))
	}
	people := artisans(t, path)
	if len(people) != 1 {
		t.Fatalf("%d people", len(people))
	}
	name, _ := people[0].Value("name")
	sum := sha256.Sum256(voice)
	if hash := hex.EncodeToString(sum[:]); name.Media != hash {
		t.Errorf("the name is %+v, want the voice note %s", name, hash)
	}
	store, err := bolt.Open(t.Context(), path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if held, err := store.Tallies(t.Context(), "media:"+name.Media, 1); err != nil || len(held) != 1 {
		t.Errorf("nothing holds the voice note: %v, %v", held, err)
	}
}

// A recording goes out as a voice message: uploaded once, then by Telegram's own
// id, over a restart too.
func TestTelegramRecordings(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "fr"), 0o700); err != nil {
		t.Fatal(err)
	}
	voice := append([]byte("OggS\x00\x02"), bytes.Repeat([]byte("recording"), 100)...)
	if err := os.WriteFile(filepath.Join(dir, "fr", "register.name.ogg"), voice, 0o600); err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{"MAALEM_RECORDINGS": dir, "MAALEM_STORE": "bolt:" + filepath.Join(t.TempDir(), "maalem.db")}
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New(testToken)
		listens := func(chat int64) telegramtest.Message {
			t.Helper()
			k := &talk{t: t, person: server.Person(chat)}
			name := k.towardsTheName()
			k.presses("🔊 Écouter")
			for _, m := range k.person.Sees() {
				if m.Method == "sendVoice" {
					return m
				}
			}
			t.Fatalf("nothing is spoken under %q", name.Text)
			return telegramtest.Message{}
		}
		_, stop := open(t, server, settings)
		first, second := listens(7), listens(8)
		stop()
		_, stop = open(t, server, settings)
		third := listens(9)
		stop()
		if first.Size != len(voice) || second.Size != 0 || third.Size != 0 {
			t.Errorf("%d, %d and %d bytes were uploaded, want %d once", first.Size, second.Size, third.Size, len(voice))
		}
		if first.File == "" || second.File != first.File || third.File != first.File {
			t.Errorf("the ids are %q, %q, %q", first.File, second.File, third.File)
		}
		if !strings.Contains(second.Text, "nom") {
			t.Errorf("the recording has no words with it: %q", second.Text)
		}
	})
}

// "My data" is a document, after the words that announce it.
func TestTelegramMyData(t *testing.T) {
	onTelegram(t, nil, func(t *testing.T, _ *house, _ *telegramtest.Server, k *talk) {
		k.registers("Fatima")
		k.person.Say("mes données")
		got := k.answer()
		at := slices.IndexFunc(got, func(m telegramtest.Message) bool { return m.Method == "sendDocument" })
		if at < 1 || got[at].Size == 0 || got[at-1].Text == "" {
			t.Fatalf("no document after its words: %+v", got)
		}
	})
}

// Edits are noted and change nothing; a group is declined once and then left in peace.
func TestTelegramEditsAndGroups(t *testing.T) {
	onTelegram(t, nil, func(t *testing.T, _ *house, server *telegramtest.Server, k *talk) {
		k.towardsTheName()
		k.says("Fatima")
		server.Push(7, "edited_message", fmt.Appendf(nil, `{"message_id":1,"date":%d,"edit_date":%d,"from":{"id":7,"first_name":"F"},"chat":{"id":7,"type":"private"},"text":"poterie"}`,
			time.Now().Unix()-10, time.Now().Unix()))
		if m := k.last(); strings.Contains(m.Text, "travaillez") {
			t.Errorf("an edit is answered by %q", m.Text)
		}
		if m := k.says("tapis"); !strings.Contains(m.Text, "travaillez") {
			t.Errorf("after an edit the craft leads to %q", m.Text)
		}
		const group = -100
		in := []byte(`{"message_id":5,"date":1,"from":{"id":7,"first_name":"F"},"chat":{"id":-100,"type":"supergroup"},"text":"/start@maalem_bot"}`)
		server.Push(group, "my_chat_member", []byte(`{"chat":{"id":-100,"type":"supergroup"},"from":{"id":7,"first_name":"F"},"date":1,`+
			`"old_chat_member":{"user":{"id":1},"status":"left"},"new_chat_member":{"user":{"id":1},"status":"member"}}`))
		for range 5 {
			server.Push(group, "message", in)
		}
		time.Sleep(time.Minute)
		if n := len(server.Person(group).Sees()); n != 1 {
			t.Errorf("the group was told %d things", n)
		}
		time.Sleep(48 * time.Hour)
		server.Push(group, "message", in)
		time.Sleep(time.Minute)
		if n := len(server.Person(group).Sees()); n != 2 {
			t.Errorf("two days later the group has been told %d things", n)
		}
	})
}

// A server that lacks everything optional stops no chat.
func TestTelegramPoorServer(t *testing.T) {
	onTelegram(t, nil, func(t *testing.T, _ *house, server *telegramtest.Server, k *talk) {
		for _, method := range []string{"getMe", "setMyCommands", "answerCallbackQuery", "getFile", "sendVoice", "sendDocument", "getWebhookInfo"} {
			server.Inject(telegramtest.Fault{Kind: telegramtest.Refuse, Method: method, Code: 404, Description: "Not Found", Times: -1})
		}
		k.registers("Fatima")
	})
}
