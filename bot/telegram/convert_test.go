package telegram

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"maalem/bot"
	"maalem/locales"
)

// Shapes as the Bot API gives them.
const (
	fatima  = `"from":{"id":42,"is_bot":false,"first_name":"Fatima","language_code":"ar"},"chat":{"id":42,"first_name":"Fatima","type":"private"},"date":1800000000`
	inGroup = `"from":{"id":42,"is_bot":false,"first_name":"Fatima"},"chat":{"id":-100123,"title":"Tisseuses","type":"supergroup"},"date":1800000000`
)

func private42(in bot.Inbound) bot.Inbound {
	in.From = bot.Address{Channel: "telegram", ID: "42"}
	in.Key = "00000000000000000007"
	if in.Press == "" {
		in.At, in.Grain = time.Unix(1800000000, 0).UTC(), time.Second
	}
	in.Hint = locales.Arabic
	return in
}

func TestConvert(t *testing.T) {
	group := bot.Inbound{Kind: bot.InboundGroup, From: bot.Address{Channel: "telegram", ID: "-100123"}, Key: "00000000000000000007",
		At: time.Unix(1800000000, 0).UTC(), Grain: time.Second}
	member := func(chat, before, now string) string {
		return `"my_chat_member":{` + chat + `,"old_chat_member":{"user":{"id":1},"status":"` + before + `"},"new_chat_member":{"user":{"id":1},"status":"` + now + `"}}`
	}
	for _, tt := range []struct {
		name, update string
		want         bot.Inbound
	}{
		{"text", `"message":{"message_id":1,` + fatima + `,"text":"smiti Fatima"}`, bot.Inbound{Text: "smiti Fatima"}},
		{"text with a newer field", `"message":{"message_id":1,` + fatima + `,"text":"x","paid_message_star_count":3,"reply_to_story":{"id":1}}`, bot.Inbound{Text: "x"}},
		{"a field of a wrong type costs that field only", `"message":{"message_id":"one",` + fatima + `,"entities":7,"text":"x"}`, bot.Inbound{Text: "x"}},
		{"start", `"message":{` + fatima + `,"text":"/start"}`, bot.Inbound{Text: "start"}},
		{"deep link", `"message":{` + fatima + `,"text":"/start fair_12"}`, bot.Inbound{Text: "start", Start: "fair_12"}},
		{"deep link to the named bot", `"message":{` + fatima + `,"text":"/Start@maalem_bot   register "}`, bot.Inbound{Text: "start", Start: "register"}},
		{"deep link with a foreign payload", `"message":{` + fatima + `,"text":"/start ../fair 12"}`, bot.Inbound{Text: "start"}},
		{"deep link, too long", `"message":{` + fatima + `,"text":"/start ` + strings.Repeat("a", 65) + `"}`, bot.Inbound{Text: "start"}},
		{"command", `"message":{` + fatima + `,"text":"/menu"}`, bot.Inbound{Text: "menu"}},
		{"command with words", `"message":{` + fatima + `,"text":"/language  fr"}`, bot.Inbound{Text: "language fr"}},
		{"no command", `"message":{` + fatima + `,"text":"/ و"}`, bot.Inbound{Text: "/ و"}},
		{"own contact", `"message":{` + fatima + `,"contact":{"phone_number":"212612345678","first_name":"Fatima","last_name":"A","user_id":42}}`,
			bot.Inbound{Contact: &bot.Contact{Phone: "212612345678", Name: "Fatima A", Own: true}}},
		{"somebody else's contact", `"message":{` + fatima + `,"contact":{"phone_number":"+212612345678","first_name":"Ali","user_id":43}}`,
			bot.Inbound{Contact: &bot.Contact{Phone: "+212612345678", Name: "Ali"}}},
		{"contact without Telegram", `"message":{` + fatima + `,"contact":{"phone_number":"0612345678","first_name":"Ali"}}`,
			bot.Inbound{Contact: &bot.Contact{Phone: "0612345678", Name: "Ali"}}},
		{"place", `"message":{` + fatima + `,"location":{"latitude":29.69,"longitude":-9.73}}`, bot.Inbound{Place: &bot.GeoPoint{Lat: 29.69, Lon: -9.73}}},
		{"venue", `"message":{` + fatima + `,"location":{"latitude":29.69,"longitude":-9.73},"venue":{"location":{"latitude":29.69,"longitude":-9.73},"title":"Souk","address":"Tiznit"}}`,
			bot.Inbound{Place: &bot.GeoPoint{Lat: 29.69, Lon: -9.73}}},
		{"no place on earth", `"message":{` + fatima + `,"location":{"latitude":91,"longitude":0}}`, bot.Inbound{Kind: bot.InboundOther}},
		{"sticker", `"message":{` + fatima + `,"sticker":{"file_id":"s","width":512,"height":512}}`, bot.Inbound{Kind: bot.InboundOther}},
		{"poll", `"message":{` + fatima + `,"poll":{"id":"1","question":"?","options":[]}}`, bot.Inbound{Kind: bot.InboundOther}},
		{"die", `"message":{` + fatima + `,"dice":{"emoji":"🎲","value":3}}`, bot.Inbound{Kind: bot.InboundOther}},
		{"invented since", `"message":{` + fatima + `,"checklist":{"title":"x"}}`, bot.Inbound{Kind: bot.InboundOther}},
		{"edit", `"edited_message":{` + fatima + `,"edit_date":1800000000,"text":"smiti Fatna"}`, bot.Inbound{Kind: bot.InboundEdit, Text: "smiti Fatna"}},
		{"edited caption", `"edited_message":{` + fatima + `,"caption":"zrabi","photo":[{"file_id":"p"}]}`, bot.Inbound{Kind: bot.InboundEdit, Text: "zrabi"}},
		{"press", `"callback_query":{"id":"9","from":{"id":42,"language_code":"ar"},"message":{"message_id":3,"chat":{"id":42,"type":"private"},"date":1700000000,"text":"?"},"data":"k3:1:2"}`,
			bot.Inbound{Press: "k3:1:2"}},
		{"press on a message that is gone", `"callback_query":{"id":"9","from":{"id":42,"language_code":"ar"},"message":{"message_id":3,"chat":{"id":42,"type":"private"},"date":0},"data":"k"}`, bot.Inbound{Press: "k"}},
		{"press without a message", `"callback_query":{"id":"9","from":{"id":42,"language_code":"ar"},"data":"k"}`, bot.Inbound{Press: "k"}},
		{"blocked", member(fatima, "member", "kicked"), bot.Inbound{Kind: bot.InboundBlocked}},
		{"back", member(fatima, "kicked", "member"), bot.Inbound{Kind: bot.InboundBack}},
	} {
		got, _, ok := convertJSON(t, tt.update)
		if want := private42(tt.want); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v (%v)\nwant %+v", tt.name, got, ok, want)
		}
	}
	for _, update := range []string{
		`"message":{` + inGroup + `,"text":"salam"}`,
		`"message":{` + inGroup + `,"text":"/start@maalem_bot"}`,
		member(inGroup, "left", "member"),
	} {
		if got, _, ok := convertJSON(t, update); !ok || !reflect.DeepEqual(got, group) {
			t.Errorf("a group:\n got %+v (%v)\nwant %+v", got, ok, group)
		}
	}
	for name, update := range map[string]string{
		"a bot":                      `"message":{"from":{"id":42,"is_bot":true},"chat":{"id":42,"type":"private"},"text":"x"}`,
		"a pinned message":           `"message":{` + fatima + `,"pinned_message":{"message_id":1,"text":"x"}}`,
		"a group that moved":         `"message":{` + inGroup + `,"migrate_to_chat_id":-100124}`,
		"somebody left a group":      `"message":{` + inGroup + `,"left_chat_member":{"id":7}}`,
		"we were taken from a group": member(inGroup, "member", "kicked"),
		"an edit in a group":         `"edited_message":{` + inGroup + `,"text":"x"}`,
		"a press in a group":         `"callback_query":{"id":"9","from":{"id":42},"message":{"message_id":3,` + inGroup + `},"data":"k"}`,
		"a game's press":             `"callback_query":{"id":"9","from":{"id":42},"game_short_name":"g"}`,
		"a first start":              member(fatima, "member", "member"),
		"a poll's end":               `"poll":{"id":"1","question":"?","options":[]}`,
	} {
		if got, _, ok := convertJSON(t, update); ok {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestConvertFiles(t *testing.T) {
	for name, tt := range map[string]struct {
		update string
		want   attachment
	}{
		"voice": {`"voice":{"file_id":"v","duration":4,"mime_type":"audio/ogg","file_size":9000}`, attachment{bot.MediaVoice, "v", "", "audio/ogg", 9000, 4}},
		"audio": {`"audio":{"file_id":"a","duration":4,"file_name":"note.m4a","mime_type":"audio/mp4","file_size":9}`, attachment{bot.MediaVoice, "a", "note.m4a", "audio/mp4", 9, 4}},
		"the largest photo": {`"photo":[{"file_id":"s","width":90,"height":60},{"file_id":"l","width":1280,"height":853,"file_size":100},{"file_id":"m","width":320,"height":213}]`,
			attachment{bot.MediaPhoto, "l", "", "image/jpeg", 100, 0}},
		"video":              {`"video":{"file_id":"v","duration":9,"mime_type":"video/mp4"}`, attachment{bot.MediaVideo, "v", "", "video/mp4", 0, 9}},
		"round video":        {`"video_note":{"file_id":"v","length":240,"duration":9}`, attachment{bot.MediaVideo, "v", "", "video/mp4", 0, 9}},
		"animation":          {`"animation":{"file_id":"g","duration":2},"document":{"file_id":"g"}`, attachment{bot.MediaVideo, "g", "", "", 0, 2}},
		"document":           {`"document":{"file_id":"d","file_name":"facture.pdf","mime_type":"application/pdf","file_size":5}`, attachment{bot.MediaFile, "d", "facture.pdf", "application/pdf", 5, 0}},
		"a picture as file":  {`"document":{"file_id":"d","file_name":"IMG.JPG","mime_type":"image/jpeg"}`, attachment{bot.MediaPhoto, "d", "IMG.JPG", "image/jpeg", 0, 0}},
		"a drawing as file":  {`"document":{"file_id":"d","mime_type":"image/svg+xml"}`, attachment{bot.MediaFile, "d", "", "image/svg+xml", 0, 0}},
		"a name that climbs": {`"document":{"file_id":"d","file_name":"..\\..\\/etc/pass\u0000wd"}`, attachment{bot.MediaFile, "d", "passwd", "", 0, 0}},
		"lies":               {`"voice":{"file_id":"v","duration":-4,"file_size":-9}`, attachment{bot.MediaVoice, "v", "", "", 0, 0}},
	} {
		in, file, ok := convertJSON(t, `"message":{`+fatima+`,"caption":"ha hiya",`+tt.update+`}`)
		if !ok || file == nil || *file != tt.want || in.Text != "ha hiya" {
			t.Errorf("%s:\n got %+v %q\nwant %+v", name, file, in.Text, tt.want)
		}
	}
}

func convertJSON(t *testing.T, update string) (bot.Inbound, *attachment, bool) {
	t.Helper()
	raw := `{"update_id":7,` + update + `}`
	if !json.Valid([]byte(raw)) {
		t.Fatalf("not JSON: %s", raw)
	}
	u, ok := decode([]byte(raw))
	if !ok {
		t.Fatalf("not decoded: %s", raw)
	}
	return convert(u)
}

func FuzzConvert(f *testing.F) {
	for _, raw := range hostileUpdates {
		f.Add([]byte(strings.Replace(raw, "%d", "7", 1)))
	}
	f.Add([]byte(`{"update_id":7,"message":{` + fatima + `,"voice":{"file_id":"v"},"caption":"x"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		u, ok := decode(raw)
		if !ok {
			return
		}
		in, file, ok := convert(u)
		if !ok {
			return
		}
		if back, valid := bot.ParseAddress(in.From.String()); !valid || back != in.From || in.From.ID == "0" {
			t.Errorf("address %q", in.From)
		}
		if in.Key != fmt.Sprintf("%020d", u.UpdateID) || len(in.Key) != 20 {
			t.Errorf("key %q", in.Key)
		}
		if len(in.Text) > maxText+maxShort || !utf8.ValidString(in.Text) || len(in.Press) > maxPress || len(in.Start) > 64 {
			t.Errorf("%d bytes of text, %d of press, %d of start", len(in.Text), len(in.Press), len(in.Start))
		}
		if y := in.At.Year(); !in.At.IsZero() && (y < 1970 || y > 2300) {
			t.Errorf("sent in the year %d", y)
		}
		if file != nil && (file.id == "" || file.size < 0 || strings.ContainsAny(file.name, "/\\\x00")) {
			t.Errorf("file %+v", file)
		}
	})
}
