package telegram

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"maalem/bot"
	"maalem/bot/telegram/telegramtest"
)

// TestRate sends far more than is allowed and counts where Telegram does.
func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New(testToken)
		c := newTest(t, server, func(cfg *Config) { cfg.Rate = DefaultRate })
		const announcements, replies = 400, 40
		start := time.Now()
		var sending sync.WaitGroup
		work := make(chan int, announcements)
		for i := range announcements {
			work <- i
		}
		close(work)
		for range 64 {
			sending.Go(func() {
				for i := range work {
					sendTo(t, c, int64(1000+i), bot.LaneAnnounce, "announcement")
				}
			})
		}
		var slowest time.Duration
		for i := range replies { // two a second, in the midst of it
			time.Sleep(500 * time.Millisecond)
			asked := time.Now()
			sendTo(t, c, int64(1+i), bot.LaneReply, "reply")
			slowest = max(slowest, time.Since(asked))
		}
		sending.Wait()
		took := time.Since(start)

		accepted := server.Accepted()
		checkRate(t, accepted, DefaultRate+DefaultRate/5, time.Second)
		var announced []telegramtest.Message
		for _, m := range accepted {
			if m.Text == "announcement" {
				announced = append(announced, m)
			}
		}
		checkRate(t, announced, DefaultRate-keptForReplies+1, time.Second)
		if most := 2 * time.Second / DefaultRate; slowest > most {
			t.Errorf("a reply waited %s behind announcements, at most %s", slowest, most)
		}
		if least := announcements * time.Second / DefaultRate; took < least || took > 2*least {
			t.Errorf("took %s; the rate allows %s", took, least)
		}
	})
}

func TestChatRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New(testToken)
		c := newTest(t, server, func(cfg *Config) { cfg.ChatRate = 1 })
		start := time.Now()
		for range chatBurst {
			sendTo(t, c, 1, bot.LaneReply, "x")
		}
		if took := time.Since(start); took > 0 {
			t.Errorf("a burst of %d took %s", chatBurst, took)
		}
		for range 3 {
			sendTo(t, c, 1, bot.LaneReply, "x")
			sendTo(t, c, 2, bot.LaneReply, "another chat")
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("three more took %s, not 3s", took)
		}
	})
}

// TestSilence: after a 429 nobody sends, whatever the lane, and all are told
// how long; afterwards all goes on.
func TestSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := telegramtest.New(testToken)
		c := newTest(t, server, nil)
		server.Inject(telegramtest.Fault{Kind: telegramtest.Throttle, RetryAfter: 30})
		for i, lane := range []bot.Lane{bot.LaneAnnounce, bot.LaneReply, bot.LaneService} {
			_, err := c.Send(t.Context(), bot.Outgoing{ID: 1, To: address(int64(i + 1)), Lane: lane, Message: bot.Message{Text: "x"}})
			var failed *bot.SendError
			if !errors.As(err, &failed) || failed.Failure != bot.FailThrottled || failed.After < 30*time.Second || failed.After > 31*time.Second {
				t.Errorf("lane %d: %v", lane, err)
			}
		}
		if n := server.Calls("sendMessage"); n != 1 {
			t.Errorf("%d calls during the silence", n-1)
		}
		time.Sleep(31 * time.Second)
		sendTo(t, c, 1, bot.LaneReply, "x")
		if server.Early() != 0 {
			t.Error("it was too early")
		}
	})
}

func TestGateStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(0.1, 0)
		g.all.AllowN(time.Now(), 1)
		for _, lane := range []bot.Lane{bot.LaneReply, bot.LaneService, bot.LaneAnnounce} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if e := g.wait(ctx, lane, 1); e == nil || e.Failure != bot.FailOffline {
				t.Errorf("lane %d: %v", lane, e)
			}
			cancel()
		}
	})
}

func TestChatsForgotten(t *testing.T) {
	g := newGate(0, 1)
	g.chatsMost = 8
	for id := range int64(100) { // all busy
		g.chat(id).AllowN(time.Now(), chatBurst/2)
		if len(g.chats) > g.chatsMost {
			t.Fatalf("%d chats are kept, at most %d", len(g.chats), g.chatsMost)
		}
	}
	g.chat(1000).AllowN(time.Now(), chatBurst)
	for id := range int64(6) { // those of above that are left are busy as well
		delete(g.chats, id+94)
	}
	for id := range int64(100) {
		g.chat(2000 + id)
	}
	if left := g.chat(1000).Tokens(); left > chatBurst/2 {
		t.Errorf("a busy chat was forgotten for quiet ones: it has %.0f tokens", left)
	}
}

func sendTo(t *testing.T, c *Channel, chat int64, lane bot.Lane, text string) {
	t.Helper()
	if _, err := c.Send(t.Context(), bot.Outgoing{To: address(chat), Lane: lane, Message: bot.Message{Text: text}}); err != nil {
		t.Error(err)
	}
}
