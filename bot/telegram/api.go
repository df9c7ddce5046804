package telegram

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// callLimit is how long a call may take. Close to its limits Telegram holds a
// request for up to 15 s and then delivers: a shorter one would turn a message
// that arrived into one that is sent twice.
const callLimit = 30 * time.Second

// maxAnswer bounds what the API server may answer, in bytes: 100 updates of the
// largest size, several times over.
const maxAnswer = 16 << 20

// api calls methods of the Bot API. Its errors are *fault and carry no token.
type api struct {
	bot   tgbotapi.BotAPI
	net   http.RoundTripper
	files string   // base of downloads; it contains the token
	hide  []string // what clean takes out of texts
}

func newAPI(cfg Config) *api {
	a := &api{
		// Built by hand: the library's constructors call getMe, and an
		// assistant must start without a network.
		bot:   tgbotapi.BotAPI{Token: cfg.Token},
		net:   cfg.Transport,
		files: cfg.APIURL + "/file/bot" + cfg.Token + "/",
		hide:  []string{cfg.Token, url.QueryEscape(cfg.Token)},
	}
	a.bot.SetAPIEndpoint(cfg.APIURL + "/bot%s/%s")
	if _, secret, ok := strings.Cut(cfg.Token, ":"); ok && len(secret) >= 8 {
		a.hide = append(a.hide, secret)
	}
	if a.net == nil {
		a.net = &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			TLSHandshakeTimeout: 10 * time.Second,
			// Many workers send at once to one host; with the default of two
			// idle connections nearly each of them would dial anew.
			MaxIdleConns:        256,
			MaxIdleConnsPerHost: 256,
			IdleConnTimeout:     90 * time.Second,
			DisableCompression:  true,
		}
	}
	return a
}

// call calls a method with callLimit and returns its result.
func (a *api) call(ctx context.Context, method string, p tgbotapi.Params, files ...tgbotapi.RequestFile) (json.RawMessage, *fault) {
	return a.callWithin(ctx, callLimit, method, p, files...)
}

func (a *api) callWithin(ctx context.Context, limit time.Duration, method string, p tgbotapi.Params, files ...tgbotapi.RequestFile) (json.RawMessage, *fault) {
	if err := ctx.Err(); err != nil {
		return nil, &fault{unsent: true, text: err.Error()}
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	x := &exchange{ctx: ctx, net: a.net}
	// The library knows no contexts: a copy of its client (it has no locks)
	// carries this call's.
	b := a.bot
	b.Client = x
	var resp *tgbotapi.APIResponse
	var err error
	if len(files) > 0 {
		resp, err = b.UploadFiles(method, p, files)
	} else {
		resp, err = b.MakeRequest(method, p)
	}
	if err == nil {
		return resp.Result, nil
	}
	return nil, a.explain(err, resp, x)
}

// exchange is one HTTP exchange. It goes to the RoundTripper directly: there are
// no redirects and no cookies here, and http.Client would put the URL, and so
// the token, into every error.
type exchange struct {
	ctx    context.Context
	net    http.RoundTripper
	status int // of the answer; 0 when there was none
	after  time.Duration
}

func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	resp, err := x.net.RoundTrip(req.WithContext(x.ctx))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body := bodies.Get().(*body)
	body.Reset()
	if _, err := body.ReadFrom(io.LimitReader(resp.Body, maxAnswer+1)); err != nil {
		bodies.Put(body)
		return nil, err
	}
	if body.Len() > maxAnswer {
		return nil, errors.New("the answer is too long")
	}
	x.status = resp.StatusCode
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		x.after = time.Duration(s) * time.Second
	}
	resp.Body = body
	return resp, nil
}

// body is a whole answer. Reading to its end is what lets the connection be used
// again: the library's decoder stops before it.
type body struct{ bytes.Buffer }

var bodies = sync.Pool{New: func() any { return new(body) }}

// Close gives the buffer back; the library's results are copies.
func (b *body) Close() error {
	if b.Cap() <= 1<<20 {
		bodies.Put(b)
	}
	return nil
}

// fault is a failed call: all that is needed to decide what it means.
type fault struct {
	code    int           // the API's error_code, else the HTTP status; 0 = no answer
	foreign bool          // the answer was not the API's, such as a proxy's HTML page
	unsent  bool          // nothing of the request can have been acted upon
	retry   time.Duration // with code 429: how long to wait
	migrate int64         // the chat goes on under this id
	text    string        // cleaned
}

func (f *fault) Error() string {
	if f.code == 0 {
		return f.text
	}
	return fmt.Sprintf("%d %s", f.code, f.text)
}

func (a *api) explain(err error, resp *tgbotapi.APIResponse, x *exchange) *fault {
	f := &fault{text: a.clean(err)}
	var refused *tgbotapi.Error
	switch {
	case errors.As(err, &refused):
		f.code = refused.Code
		// UploadFiles leaves Code out of its error; the answer has it.
		if f.code == 0 && resp != nil {
			f.code = resp.ErrorCode
		}
		if f.code == 0 {
			f.code = x.status
		}
		if refused.RetryAfter > 0 {
			f.code, f.retry = http.StatusTooManyRequests, time.Duration(refused.RetryAfter)*time.Second
		}
		f.migrate = refused.MigrateToChatID
	case x.status != 0:
		f.code, f.foreign, f.text = x.status, true, "the answer is not the Bot API's"
	default:
		f.unsent = neverSent(err)
	}
	if f.code == http.StatusTooManyRequests {
		if f.retry == 0 {
			f.retry = max(x.after, retryUntold)
		}
		f.retry = min(f.retry, retryLongest)
	}
	return f
}

const (
	// retryUntold is the wait when a 429 does not say how long.
	retryUntold = 5 * time.Second
	// retryLongest bounds what is believed of retry_after.
	retryLongest = time.Hour
)

// neverSent reports that the connection never came to be: the one case in which
// a failed request certainly had no effect.
func neverSent(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") {
		return true
	}
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(err, &dns) || errors.As(err, &cert) || errors.As(err, &record) ||
		// net/http does not export this one's type.
		strings.HasSuffix(err.Error(), "TLS handshake timeout")
}

// longNumber is what might be a chat's id or a phone number in an error's text.
var longNumber = regexp.MustCompile(`\d{6,}`)

// clean is an error's text fit for a log: without URL, token and long numbers,
// on one line, at most 200 bytes.
func (a *api) clean(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	s := err.Error()
	for _, h := range a.hide {
		s = strings.ReplaceAll(s, h, "…")
	}
	s = longNumber.ReplaceAllString(s, "…")
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if len(s) > 200 {
		s = strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}
