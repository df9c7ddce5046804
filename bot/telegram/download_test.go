package telegram

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"maalem/bot"
	"maalem/bot/telegram/telegramtest"
)

func TestDownload(t *testing.T) {
	voice := []byte("OggS voice")
	keep := func(kind bot.MediaKind, name string, data []byte) (bot.Media, error) {
		return bot.Media{Kind: kind, Hash: "hash of " + string(data), Name: name, MIME: "audio/ogg", Size: int64(len(data))}, nil
	}
	fault := func(kind telegramtest.Kind, method string, times int) telegramtest.Fault {
		return telegramtest.Fault{Kind: kind, Method: method, Times: times}
	}
	kept := bot.Media{Kind: bot.MediaVoice, Hash: "hash of OggS voice", External: "v", MIME: "audio/ogg", Size: 10, Seconds: 4}
	told := func(problem string, size int64) bot.Media {
		return bot.Media{Kind: bot.MediaVoice, External: "v", Size: size, Seconds: 4, Problem: problem}
	}
	for _, tt := range []struct {
		name   string
		size   string // as the update says
		data   []byte
		faults []telegramtest.Fault
		put    func(bot.MediaKind, string, []byte) (bot.Media, error)
		want   bot.Media
	}{
		{"good", "10", voice, nil, keep, kept},
		{"size not told", "0", voice, nil, keep, kept},
		{"larger than told", "3", voice, nil, keep, told("file.too_big", 3)},
		{"too large, as told", "20971521", voice, nil, keep, told("file.too_big", 20971521)},
		{"too large, as found", "0", make([]byte, maxDownload+1), nil, keep, told("file.too_big", 0)},
		{"not there", "10", nil, nil, keep, told("error.sorry", 10)},
		{"two faults of getFile", "10", voice, []telegramtest.Fault{fault(telegramtest.ServerError, "getFile", 1), fault(telegramtest.ResetBefore, "getFile", 1)}, keep, kept},
		{"two faults of the file", "10", voice, []telegramtest.Fault{fault(telegramtest.HTML, "file", 1), fault(telegramtest.Hang, "file", 1)}, keep, kept},
		{"throttled", "10", voice, []telegramtest.Fault{{Kind: telegramtest.Refuse, Method: "getFile", Code: 429, RetryAfter: 3}}, keep, kept},
		{"three faults", "10", voice, []telegramtest.Fault{fault(telegramtest.HTML, "file", 3)}, keep, told("error.sorry", 10)},
		{"a kind that is refused", "10", voice, nil, func(bot.MediaKind, string, []byte) (bot.Media, error) {
			return bot.Media{}, &bot.MediaError{Key: "file.wrong_kind"}
		}, told("file.wrong_kind", 10)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := telegramtest.New(testToken)
				if tt.data != nil {
					server.AddFile("v", tt.data)
				}
				server.Inject(tt.faults...)
				c := newTest(t, server, func(cfg *Config) { cfg.Media = shelf{put: tt.put} })
				var got []bot.Media
				during(t, c, func(_ context.Context, in bot.Inbound) error {
					got = append(got, *in.Media)
					return nil
				}, func() {
					server.Person(1).Send(`"voice":{"file_id":"v","duration":4,"file_size":` + tt.size + `}`)
					time.Sleep(5 * time.Minute)
				})
				if len(got) != 1 || got[0] != tt.want {
					t.Errorf("\n got %+v\nwant %+v", got, tt.want)
				}
			})
		})
	}
}

// TestDiskFull: what our own store cannot take is not lost, it comes again.
func TestDiskFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New(testToken)
		server.AddFile("v", []byte("OggS"))
		fails := 3
		c := newTest(t, server, func(cfg *Config) {
			cfg.Media = shelf{put: func(bot.MediaKind, string, []byte) (bot.Media, error) {
				if fails--; fails >= 0 {
					return bot.Media{}, errors.New("no space left on device")
				}
				return bot.Media{Hash: "h"}, nil
			}}
		})
		var got []bot.Inbound
		during(t, c, func(_ context.Context, in bot.Inbound) error { got = append(got, in); return nil }, func() {
			server.Person(1).Send(`"voice":{"file_id":"v"}`)
			server.Person(1).Say("after it")
			time.Sleep(time.Minute)
		})
		if len(got) != 2 || got[0].Media == nil || got[0].Media.Hash != "h" || got[1].Text != "after it" {
			t.Errorf("got %+v", got)
		}
	})
}

// TestFileMemory: however many files come at once, two of the largest are in
// memory at most.
func TestFileMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New(testToken)
		server.AddFile("v", bytes.Repeat([]byte("x"), 10))
		var mu sync.Mutex
		inside, most := 0, 0
		c := newTest(t, server, func(cfg *Config) {
			cfg.Media = shelf{put: func(bot.MediaKind, string, []byte) (bot.Media, error) {
				mu.Lock()
				inside++
				most = max(most, inside)
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				inside--
				mu.Unlock()
				return bot.Media{Hash: "h"}, nil
			}}
		})
		during(t, c, func(context.Context, bot.Inbound) error { return nil }, func() {
			for p := range int64(20) {
				server.Person(p + 1).Send(`"voice":{"file_id":"v"}`) // may be 20 MB, for all we know
			}
			time.Sleep(time.Minute)
		})
		if server.Pending() != 0 || most != 2 {
			t.Errorf("%d not taken, %d in memory at once", server.Pending(), most)
		}
	})
}

// TestEndlessFile: a length that nobody told.
func TestEndlessFile(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 11 {
			_, _ = w.Write([]byte("x"))
			_ = http.NewResponseController(w).Flush()
		}
	}))
	defer server.Close()
	a := newAPI(Config{Token: testToken, APIURL: server.URL})
	if _, err := a.file(t.Context(), "x", 10); !errors.Is(err, errTooBig) {
		t.Errorf("11 bytes of at most 10: %v", err)
	}
	if data, err := a.file(t.Context(), "x", 11); err != nil || len(data) != 11 {
		t.Errorf("11 bytes of at most 11: %d, %v", len(data), err)
	}
}

// TestFilePaths: getFile's path goes into a URL with our token in it.
func TestFilePaths(t *testing.T) {
	a := newAPI(Config{Token: testToken, APIURL: "http://telegram.test", Transport: refusing{errors.New("asked")}})
	for path, asked := range map[string]bool{
		"voice/file_1.oga": true, "/voice/a b?c#d": true, "..": false, "../../bot1:x/getMe": false, "a//b": false, "a/./b": false, "": false,
	} {
		_, err := a.file(t.Context(), path, 10)
		if got := !errors.Is(err, errNoFile); got != asked {
			t.Errorf("%q: %v", path, err)
		}
	}
}
