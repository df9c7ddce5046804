package app

import (
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Every problem of a configuration is named in one message, with exit code 2.
func TestConfigReportsAllProblems(t *testing.T) {
	env := map[string]string{
		"MAALEM_STORE": "postgres://somewhere", "MAALEM_PUBLIC_URL": "maalem.example", "MAALEM_TRUSTED_PROXIES": "10.0.0.0/8, nobody",
		"TELEGRAM_TOKEN": "1:x", "TELEGRAM_RATE": "fast", "TELEGRAM_CHAT_RATE": "-1", "MAALEM_ADDRESS_RATE": "x", "TELEGRAM_UPDATES": "webhook", "MAALEM_LISTEN": "everywhere",
	}
	_, err := readConfig(func(name string) string { return env[name] })
	var exit exitCode
	if !errors.As(err, &exit) || exit.code != 2 {
		t.Fatalf("no exit code 2: %v", err)
	}
	for _, part := range []string{"not in this build", "MAALEM_PUBLIC_URL", "nobody", "TELEGRAM_RATE", "TELEGRAM_CHAT_RATE", "MAALEM_ADDRESS_RATE", "webhook", "MAALEM_LISTEN"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not named in: %v", part, err)
		}
	}
	if strings.Contains(err.Error(), "wants to be paid") {
		t.Errorf("a rate that is no number is complained of twice: %v", err)
	}
}

// Without any variable there is a working configuration.
func TestConfigDefaults(t *testing.T) {
	c, err := readConfig(func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	if c.StorePath != "maalem.db" || c.Listen != "127.0.0.1:8080" || c.Flood.Rate != 2 || c.Flood.Burst != 20 || c.TelegramRate != 25 {
		t.Errorf("%+v", c)
	}
}

// What contradicts itself is refused.
func TestConfigContradictions(t *testing.T) {
	for name, env := range map[string]map[string]string{
		"a rate that only a paying bot has": {"TELEGRAM_TOKEN": "1:x", "TELEGRAM_RATE": "500"},
		"an unknown way of updates":         {"TELEGRAM_TOKEN": "1:x", "TELEGRAM_UPDATES": "pigeon"},
		"webhook without a public address":  {"TELEGRAM_TOKEN": "1:x", "TELEGRAM_UPDATES": "webhook"},
		"webhook without a token":           {"TELEGRAM_UPDATES": "webhook", "MAALEM_PUBLIC_URL": "https://maalem.example"},
		"a webhook over plain http":         {"TELEGRAM_TOKEN": "1:x", "TELEGRAM_UPDATES": "webhook", "MAALEM_PUBLIC_URL": "http://maalem.example"},
		"an address that is none":           {"MAALEM_LISTEN": "everywhere"},
		"a rate that is no number":          {"MAALEM_ADDRESS_RATE": "NaN"},
		"hours that no day has":             {"MAALEM_ADVISER_HOURS": "25"},
		"hours that end before they begin":  {"MAALEM_ADVISER_HOURS": "16:00-9:00"},
		"a rate without end":                {"TELEGRAM_CHAT_RATE": "Inf"},
		"a password in the public address":  {"MAALEM_PUBLIC_URL": "https://user:secret@maalem.example"},
		"a question in the public address":  {"MAALEM_PUBLIC_URL": "https://maalem.example/?a=b"},
		"a store that is a folder":          {"MAALEM_STORE": "bolt:" + t.TempDir()},
		"a store in no folder":              {"MAALEM_STORE": "bolt:" + filepath.Join(t.TempDir(), "gone", "m.db")},
	} {
		if _, err := readConfig(func(n string) string { return env[n] }); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	env := map[string]string{"TELEGRAM_TOKEN": "1:x", "TELEGRAM_RATE": "500", "TELEGRAM_API_URL": "http://127.0.0.1:9000", "TELEGRAM_UPDATES": "webhook", "MAALEM_PUBLIC_URL": "http://127.0.0.1:8080"}
	if _, err := readConfig(func(n string) string { return env[n] }); err != nil {
		t.Errorf("another Bot API server: %v", err)
	}
}

// What only another configuration mends is told as the configuration's, in one line.
func TestUnusableStores(t *testing.T) {
	for name, prepare := range map[string]func(path string) error{
		"another program's file":       func(path string) error { return os.WriteFile(path, []byte("once upon a time"), 0o600) },
		"a file in place of the media": func(path string) error { return os.WriteFile(mediaPath(path), nil, 0o600) },
	} {
		path := filepath.Join(t.TempDir(), "m.db")
		if err := prepare(path); err != nil {
			t.Fatal(err)
		}
		on := network{listen: func(string, string) (net.Listener, error) { return nil, errors.New("it began to listen") }}
		err := serveOn(t.Context(), Config{StorePath: path}, on, slog.New(slog.DiscardHandler))
		var exit exitCode
		if !errors.As(err, &exit) || exit.code != 2 || !strings.HasPrefix(err.Error(), "MAALEM_STORE: ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, err := range []error{&fs.PathError{Op: "write", Path: "m.db", Err: syscall.ENOSPC}, errors.New("anything")} {
		var exit exitCode
		if errors.As(unusable(err), &exit) {
			t.Errorf("%v is told as a mistake of the configuration", err)
		}
	}
}
