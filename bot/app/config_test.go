package app

import (
	"errors"
	"strings"
	"testing"
)

// Every problem of a configuration is named in one message, with exit code 2.
func TestConfigReportsAllProblems(t *testing.T) {
	env := map[string]string{
		"MAALEM_STORE": "postgres://somewhere", "MAALEM_PUBLIC_URL": "maalem.example", "MAALEM_TRUSTED_PROXIES": "10.0.0.0/8, nobody",
		"TELEGRAM_RATE": "fast", "TELEGRAM_CHAT_RATE": "-1", "MAALEM_ADDRESS_RATE": "x", "TELEGRAM_UPDATES": "webhook", "MAALEM_LISTEN": "everywhere",
	}
	_, err := readConfig(func(name string) string { return env[name] })
	var exit exitCode
	if !errors.As(err, &exit) || exit.code != 2 {
		t.Fatalf("no exit code 2: %v", err)
	}
	for _, part := range []string{"not in this build", "MAALEM_PUBLIC_URL", "nobody", "TELEGRAM_RATE", "TELEGRAM_CHAT_RATE", "MAALEM_ADDRESS_RATE", "TELEGRAM_TOKEN", "MAALEM_LISTEN"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not named in: %v", part, err)
		}
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
