package telegram

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"maalem/bot"
	"maalem/bot/telegram/telegramtest"
)

// BenchmarkUpdate decodes and converts one update of an ordinary text.
func BenchmarkUpdate(b *testing.B) {
	raw := []byte(`{"update_id":7,"message":{"message_id":1,` + fatima + `,"text":"smiti Fatima, mn Tiznit, kandir zrabi"}}`)
	b.ReportAllocs()
	for b.Loop() {
		u, ok := decode(raw)
		if !ok {
			b.Fatal("not decoded")
		}
		if _, _, ok := convert(u); !ok {
			b.Fatal("not converted")
		}
	}
}

// BenchmarkSend is one message with choices to a server on this machine, whose
// work is in the figure, from 16 workers.
func BenchmarkSend(b *testing.B) {
	server := telegramtest.New(testToken)
	server.Forget = true
	c := overTCP(b, server, Poll)
	choices := []bot.Button{{Data: "k3:1:0", Label: "نعم"}, {Data: "k3:1:1", Label: "لا"}}
	b.ReportAllocs()
	b.SetParallelism(8)
	var id atomic.Uint64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n := id.Add(1)
			if _, err := c.Send(b.Context(), bot.Outgoing{ID: n, To: address(int64(n%64 + 1)), Lane: bot.LaneReply,
				Message: bot.Message{Text: "شنو سميتك؟", Choices: choices}}); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkTurn is 64 people who answer as soon as they are answered: update in,
// reply out, with an engine that does nothing. What the store and the flows take
// comes on top.
func BenchmarkTurn(b *testing.B) {
	for _, updates := range []Updates{Poll, Webhook} {
		b.Run(string(updates), func(b *testing.B) { turns(b, updates) })
	}
}

func turns(b *testing.B, updates Updates) {
	const people, workers = 64, 32
	server := telegramtest.New(testToken)
	server.Forget = true
	var left atomic.Int64
	left.Store(int64(b.N))
	done := make(chan struct{})
	server.OnAccept = func(m telegramtest.Message) {
		if n := left.Add(-1); n == 0 {
			close(done)
		} else if n > 0 {
			server.Person(m.Chat).Say("smiti Fatima")
		}
	}
	c := overTCP(b, server, updates)
	replies := make(chan bot.Outgoing, people)
	ctx, cancel := context.WithCancel(b.Context())
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for {
				select {
				case m := <-replies:
					if _, err := c.Send(ctx, m); err != nil && ctx.Err() == nil {
						b.Error(err)
					}
				case <-ctx.Done():
					return
				}
			}
		})
	}
	var id atomic.Uint64
	running.Go(func() {
		_ = c.Receive(ctx, func(_ context.Context, in bot.Inbound) error {
			replies <- bot.Outgoing{ID: id.Add(1), To: in.From, Lane: bot.LaneReply, Message: bot.Message{Text: "شنو سميتك؟"}}
			return nil
		})
	})
	b.ReportAllocs()
	b.ResetTimer()
	for p := range people {
		server.Person(int64(p + 1)).Say("salam")
	}
	<-done
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
	cancel()
	running.Wait()
}

// overTCP is a channel, rates off, that speaks to the server by loopback.
func overTCP(b *testing.B, server *telegramtest.Server, updates Updates) *Channel {
	api := httptest.NewServer(server)
	b.Cleanup(api.Close)
	cfg := Config{Token: testToken, APIURL: api.URL, Updates: updates}
	var handler atomic.Pointer[http.Handler]
	if updates == Webhook {
		pages := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*handler.Load()).ServeHTTP(w, r) }))
		b.Cleanup(pages.Close)
		b.Cleanup(server.Close)
		cfg.PublicURL = pages.URL
		server.Hook = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	}
	c, err := New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	h := c.Handler()
	handler.Store(&h)
	return c
}
