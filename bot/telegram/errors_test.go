package telegram

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"maalem/bot"
)

// TestSendErrors is the table of what Telegram and the networks before it answer.
func TestSendErrors(t *testing.T) {
	json := func(code int, description, parameters string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(code)
			_, _ = w.Write([]byte(`{"ok":false,"error_code":` + strconv.Itoa(code) + `,"description":"` + description + `"` + parameters + `}`))
		}
	}
	page := func(code int, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
			_, _ = w.Write([]byte("<html>" + testToken + "</html>"))
		}
	}
	for _, tt := range []struct {
		name  string
		serve http.HandlerFunc
		want  bot.SendFailure
		after time.Duration
	}{
		{"429", json(429, "Too Many Requests: retry after 7", `,"parameters":{"retry_after":7}`), bot.FailThrottled, 7 * time.Second},
		{"429 that does not say how long", json(429, "Too Many Requests", ""), bot.FailThrottled, retryUntold},
		{"429 for a year", json(429, "x", `,"parameters":{"retry_after":31536000}`), bot.FailThrottled, retryLongest},
		{"429 of a proxy", page(429, "Retry-After", "9"), bot.FailThrottled, 9 * time.Second},
		{"blocked", json(403, "Forbidden: bot was blocked by the user", ""), bot.FailGone, 0},
		{"deactivated", json(403, "Forbidden: user is deactivated", ""), bot.FailGone, 0},
		{"never met", json(403, "Forbidden: bot can't initiate conversation with a user", ""), bot.FailGone, 0},
		{"no chat", json(400, "Bad Request: chat not found", ""), bot.FailGone, 0},
		{"forbidden, with status 200", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"ok":false,"error_code":403,"description":"Forbidden"}`))
		}, bot.FailGone, 0},
		{"empty", json(400, "Bad Request: message text is empty", ""), bot.FailRejected, 0},
		{"too large", json(413, "Request Entity Too Large", ""), bot.FailRejected, 0},
		{"too large for a proxy", page(413), bot.FailRejected, 0},
		{"token refused", json(401, "Unauthorized", ""), bot.FailAccountBlocked, 0},
		{"token unknown", json(404, "Not Found", ""), bot.FailAccountBlocked, 0},
		{"their fault", json(500, "Internal Server Error", ""), bot.FailUnknown, 0},
		{"a page", page(502), bot.FailUnknown, 0},
		{"a page that forbids", page(403), bot.FailUnknown, 0},
		{"a page that is fine", page(200), bot.FailUnknown, 0},
		{"nothing", func(http.ResponseWriter, *http.Request) {}, bot.FailUnknown, 0},
		{"a broken answer", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"ok":tr`)) }, bot.FailUnknown, 0},
		{"half an answer", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{"ok":`))
		}, bot.FailUnknown, 0},
		{"an endless answer", func(w http.ResponseWriter, _ *http.Request) {
			chunk := []byte(strings.Repeat(" ", 1<<20))
			for range maxAnswer>>20 + 1 {
				_, _ = w.Write(chunk)
			}
		}, bot.FailUnknown, 0},
		{"a broken connection", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, bot.FailUnknown, 0},
	} {
		for _, upload := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				server := httptest.NewServer(tt.serve)
				defer server.Close()
				a := newAPI(Config{Token: testToken, APIURL: server.URL})
				var files []tgbotapi.RequestFile
				if upload {
					files = append(files, tgbotapi.RequestFile{Name: "photo", Data: tgbotapi.FileBytes{Name: "p", Bytes: []byte("x")}})
				}
				_, f := a.call(t.Context(), "sendPhoto", tgbotapi.Params{"chat_id": "1"}, files...)
				checkFault(t, f, tt.want, tt.after)
			})
		}
	}
}

func checkFault(t *testing.T, f *fault, want bot.SendFailure, after time.Duration) {
	t.Helper()
	if f == nil {
		t.Fatal("no error")
	}
	if e := f.sendError(); e.Failure != want || e.After != after {
		t.Errorf("%v (%s, after %s), want %s after %s", e, e.Failure, e.After, want, after)
	}
	checkSecret(t, f.Error())
	checkSecret(t, f.sendError().Error())
}

// refusing fails every request as a network does.
type refusing struct{ err error }

func (r refusing) RoundTrip(*http.Request) (*http.Response, error) { return nil, r.err }

func TestNetworkErrors(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		want bot.SendFailure
	}{
		{"refused", &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}, bot.FailOffline},
		{"no name", &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "api.telegram.org"}}, bot.FailOffline},
		{"dial timeout", &net.OpError{Op: "dial", Err: context.DeadlineExceeded}, bot.FailOffline},
		{"certificate", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, bot.FailOffline},
		{"no TLS", tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, bot.FailOffline},
		{"handshake", errors.New("net/http: TLS handshake timeout"), bot.FailOffline},
		{"reset while reading", &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, bot.FailUnknown},
		{"reset while writing", &net.OpError{Op: "write", Err: errors.New("broken pipe")}, bot.FailUnknown},
		{"timeout", context.DeadlineExceeded, bot.FailUnknown},
		{"with the URL", &url.Error{Op: "Post", URL: "https://api.telegram.org/bot" + testToken + "/sendMessage", Err: errors.New("EOF")}, bot.FailUnknown},
		{"with the token", errors.New("parse http://x/bot" + url.QueryEscape(testToken) + ": " + testToken + " for 212612345678"), bot.FailUnknown},
	} {
		a := newAPI(Config{Token: testToken, APIURL: "http://telegram.test", Transport: refusing{tt.err}})
		_, f := a.call(t.Context(), "sendMessage", tgbotapi.Params{})
		checkFault(t, f, tt.want, 0)
		if strings.Contains(f.Error(), "212612345678") {
			t.Errorf("%s: the error tells a number: %v", tt.name, f)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a := newAPI(Config{Token: testToken, APIURL: "http://telegram.test", Transport: refusing{errors.New("called")}})
	_, f := a.call(ctx, "sendMessage", nil)
	checkFault(t, f, bot.FailOffline, 0)
}

func TestConfig(t *testing.T) {
	good := Config{Token: testToken, Rate: DefaultRate, ChatRate: DefaultChatRate}
	for name, tt := range map[string]struct {
		change func(*Config)
		want   string // part of the error; empty = none
	}{
		"good":                      {func(*Config) {}, ""},
		"another server, rates off": {func(c *Config) { c.APIURL, c.Rate, c.ChatRate = "http://127.0.0.1:9000/", 0, 0 }, ""},
		"paid":                      {func(c *Config) { c.Paid, c.Rate = true, 500 }, ""},
		"webhook on loopback":       {func(c *Config) { c.Updates, c.PublicURL = Webhook, "http://127.0.0.1:8080" }, ""},
		"no token":                  {func(c *Config) { c.Token = "" }, "token"},
		"a token with a slash":      {func(c *Config) { c.Token = testToken + "/../x" }, "token"},
		"no URL":                    {func(c *Config) { c.APIURL = "telegram" }, "API address"},
		"a format in the URL":       {func(c *Config) { c.APIURL = "http://x/%s" }, "API address"},
		"too fast":                  {func(c *Config) { c.Rate = 31 }, "paid"},
		"off and not paid":          {func(c *Config) { c.Rate = 0 }, "paid"},
		"too fast even for money":   {func(c *Config) { c.Paid, c.Rate = true, 1001 }, "1000"},
		"negative":                  {func(c *Config) { c.ChatRate = -1 }, "negative"},
		"a way that is none":        {func(c *Config) { c.Updates = "pigeon" }, "pigeon"},
		"webhook without address":   {func(c *Config) { c.Updates = Webhook }, "public"},
		"webhook without TLS":       {func(c *Config) { c.Updates, c.PublicURL = Webhook, "http://maalem.ma" }, "public"},
	} {
		cfg := good
		tt.change(&cfg)
		_, err := New(cfg)
		switch {
		case err == nil && tt.want != "":
			t.Errorf("%s: no error", name)
		case err != nil && (tt.want == "" || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: %v", name, err)
		case err != nil:
			checkSecret(t, err.Error())
		}
	}
}
