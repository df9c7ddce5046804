package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"maalem/bot"
	"maalem/bot/console"
	"maalem/bot/staff"
	"maalem/bot/telegram"
	"maalem/bot/web"
	"maalem/bot/webchat"
	"maalem/locales"
	"maalem/storage/bolt"
	"maalem/storage/media"
)

// sendWorkers is how many messages of one channel are in flight at once.
const sendWorkers = 32

// serve runs everything until ctx ends: stop receiving, finish turns, settle, close.
func serve(ctx context.Context) error {
	cfg, err := fromEnvironment()
	if err != nil {
		return err
	}
	return serveOn(ctx, cfg, network{listen: net.Listen, control: listenControl, greet: greet}, slog.New(slog.NewTextHandler(os.Stderr, nil)))
}

// network is what lies between the program and the world; tests have their own.
type network struct {
	listen   func(network, address string) (net.Listener, error)
	control  func(path string) (net.Listener, error)  // for the store commands; nil: none
	greet    func(Config, net.Addr, []string, string) // once it listens, with what is wrong
	telegram http.RoundTripper                        // nil: the real one
}

func serveOn(ctx context.Context, cfg Config, on network, log *slog.Logger) (err error) {
	c, err := loadContent()
	if err != nil {
		return err
	}
	store, err := bolt.Open(ctx, cfg.StorePath, bolt.Options{Log: log})
	switch {
	case errors.Is(err, bolt.ErrLocked):
		return exitCode{2, fmt.Errorf("another Maalem is running on %s; stop it first, or set MAALEM_STORE", cfg.StorePath)}
	case err != nil:
		return unusable(err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	onDisk, err := media.Open(mediaPath(cfg.StorePath))
	if err != nil {
		return unusable(err)
	}
	ops, err := operate(cfg, store, onDisk, on.control, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, ops.close()) }()
	meters := newMeters()
	files := keeping{onDisk, meters}

	site, err := web.New(web.Config{PublicURL: cfg.PublicURL, TrustedProxies: cfg.Proxies, Sorry: c.sorry, Log: log})
	if err != nil {
		return err
	}
	spoken, err := keepRecordings(ctx, cfg.Recordings, c, store, files)
	if err != nil {
		return err
	}
	channels := map[string]bot.Channel{}
	var tg *telegram.Channel
	if cfg.TelegramToken != "" {
		known := fileIDs{settings{store}, spoken.hashes(), log}
		t := cfg.telegram()
		t.Media, t.Offsets, t.Logger, t.Commands, t.Transport = files, settings{store}, log, c.commands, on.telegram
		t.Remember, t.Recall = known.remember, known.recall
		if tg, err = telegram.New(t); err != nil {
			return exitCode{2, err}
		}
		channels[tg.Name()] = tg
		if cfg.TelegramUpdates == telegram.Webhook {
			site.Handle("POST "+telegram.WebhookPath, tg.Handler(), web.Rules{})
		}
	}
	caps := func(name string) bot.Caps {
		if ch := channels[name]; ch != nil {
			return ch.Caps()
		}
		return bot.Caps{}
	}
	engine, err := c.engine(bot.Config{Store: store, Caps: caps, Controller: cfg.Controller, Now: time.Now,
		Recording: spoken.find, Observe: meters.observe, Discard: ops.discard, Flood: cfg.Flood, Log: log})
	if err != nil {
		return err
	}
	if err := engine.LoadCooperatives(ctx, store); err != nil {
		return err
	}
	chat, err := webchat.New(ctx, webchat.Config{Site: site, Keys: settings{store}, History: store, Media: files,
		Strings: c.pageStrings, Telegram: telegramLink(tg), Forget: engine.Forget,
		Unofficial: !cfg.Official, Zone: engine.Zone, Log: log})
	if err != nil {
		return err
	}
	channels[chat.Name()] = chat
	if err := errors.Join(engine.Publish(ctx, store), engine.ListTickets(ctx, store)); err != nil {
		return err
	}
	ops.office = &staff.Office{Store: store, Now: time.Now}
	if _, err := c.console(ctx, site, ops.office, store, engine, files, log); err != nil {
		return err
	}
	site.Handle("GET /healthz", health(ops), web.Rules{})
	var senders []*bot.Sender
	for _, ch := range channels {
		senders = append(senders, &bot.Sender{Channel: ch, Outbox: store, Workers: sendWorkers, Now: time.Now, Log: log})
	}
	meters.watch(engine, senders, store)
	site.Handle("GET /metrics", meters.handler(cfg), web.Rules{})

	listener, err := on.listen("tcp", cfg.Listen)
	if err != nil {
		return exitCode{2, fmt.Errorf("MAALEM_LISTEN: %w", err)}
	}
	if ops.base = cfg.base(); cfg.PublicURL == nil {
		ops.base = "http://" + reachable(listener.Addr())
	}
	entry, err := ops.office.First(ctx)
	if err != nil {
		return err
	}
	if entry != "" {
		entry = linkTo(ops.base, entry)
	}
	on.greet(cfg, listener.Addr(), ops.problems(), entry)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return ops.run(ctx) })
	group.Go(func() error { engine.KeepIndexed(ctx, store); return nil })
	group.Go(func() error { return runParts(ctx, engine, store, senders, site.Server(cfg.Listen), listener) })
	return group.Wait()
}

// unusable is the error of a store that does not open. What only another path, or
// another program, mends is the configuration's; a full or failing disk is not.
func unusable(err error) error {
	var at *fs.PathError
	disk := errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EIO)
	if errors.Is(err, bolt.ErrForeign) || errors.Is(err, bolt.ErrNewer) || errors.Is(err, bolt.ErrDamaged) || errors.As(err, &at) && !disk {
		return exitCode{2, fmt.Errorf("MAALEM_STORE: %w", err)}
	}
	return err
}

// runParts runs the parts until ctx ends or one of them fails.
func runParts(ctx context.Context, engine *bot.Engine, store *bolt.Store, senders []*bot.Sender, server *http.Server, l net.Listener) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, sender := range senders {
		ch := sender.Channel
		group.Go(func() error {
			if err := ch.Receive(ctx, engine.Handle); err != nil && ctx.Err() == nil {
				return fmt.Errorf("receive from %s: %w", ch.Name(), err)
			}
			return nil // asked to stop
		})
		group.Go(func() error { return sender.Run(ctx) })
	}
	group.Go(func() error {
		return (&bot.Scheduler{Engine: engine, Timers: store, Every: 5 * time.Second}).Run(ctx)
	})
	group.Go(func() error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		return server.Shutdown(stop)
	})
	return group.Wait()
}

// console registers the staff's pages.
func (c *content) console(ctx context.Context, site *web.Site, office *staff.Office, store *bolt.Store, engine *bot.Engine, files console.Files, log *slog.Logger) (*console.Console, error) {
	return console.New(ctx, console.Config{Site: site, Office: office, People: store, Keys: settings{store}, Inbox: engine, Lists: store, Media: files,
		Name: c.names.Name, Crafts: c.crafts(), Zone: engine.Zone, Now: time.Now, Log: log})
}

// commands is Telegram's menu of commands, in its order: words that the engine
// understands typed as well.
func (c *content) commands(l locales.Lang) []telegram.Command {
	var out []telegram.Command
	for _, cmd := range [][2]string{{"menu", "button.menu"}, {"register", "button.register"}, {"language", "button.language"}, {"human", "menu.human"}} {
		if t, ok := c.catalog.Text(cmd[1]); ok {
			out = append(out, telegram.Command{Name: cmd[0], Description: t.Label(l)})
		}
	}
	return out
}

// pageStrings are the words around the web chat.
func (c *content) pageStrings(l locales.Lang) map[string]string {
	words := map[string]string{}
	for _, key := range c.catalog.Keys() {
		if strings.HasPrefix(key, "web.") {
			words[key] = c.pageString(key, l)
		}
	}
	return words
}

func (c *content) pageString(key string, l locales.Lang) string {
	t, _ := c.catalog.Text(key)
	if t.Legal || len(locales.Placeholders(t.Label(l))) > 0 {
		return t.Render(l, locales.Args{"size": webchat.MaxUpload >> 20})
	}
	return t.Label(l)
}

// sorry is what an error page says, to somebody whose language it does not know.
func (c *content) sorry(status int) []web.Phrase {
	key := "web.went_wrong"
	switch status {
	case http.StatusNotFound:
		key = "web.not_found"
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		key = "web.busy"
	case http.StatusRequestEntityTooLarge:
		key = "web.too_big"
	}
	var out []web.Phrase
	for _, l := range locales.All() {
		out = append(out, web.Phrase{Lang: l, Text: c.pageString(key, l)})
	}
	return out
}

func telegramLink(tg *telegram.Channel) func() string {
	if tg == nil {
		return nil
	}
	return func() string {
		if name := tg.Username(); name != "" {
			return "https://t.me/" + name
		}
		return ""
	}
}

// health tells the public only ok or degraded.
func health(ops *operations) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(ops.problems()) > 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintln(w, "degraded")
			return
		}
		fmt.Fprintln(w, "ok")
	})
}

// reachable is an address that whoever sits here can open: [::] is none.
func reachable(at net.Addr) string {
	if tcp, ok := at.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
	}
	return at.String()
}

// greet says where to go. entry is the first administrator's link, while nobody has
// signed in to the console.
func greet(cfg Config, listening net.Addr, problems []string, entry string) {
	at := reachable(listening)
	fmt.Printf("Maalem is ready · المعلم واجد · ⴰⵎⵄⵍⵍⵎ\n\n  Chat      http://%s/chat\n  Console   http://%s/console\n  Data      %s\n", at, at, cfg.StorePath)
	if cfg.TelegramToken == "" {
		fmt.Println("  Telegram  not connected (set TELEGRAM_TOKEN to the token that BotFather gave)")
	} else {
		fmt.Println("  Telegram  connecting; it is tried again until it answers")
	}
	if entry != "" {
		fmt.Println("\n  The first administrator signs in here, once, within 15 minutes (start again for a new link):\n  " + entry)
	}
	if !cfg.Official {
		fmt.Println("\n  Before real people use it: set MAALEM_CONTROLLER, MAALEM_CONTROLLER_CONTACT and\n  MAALEM_CONTROLLER_DECLARATION (law 09-08); nothing may be announced until then.")
	}
	for _, p := range problems {
		fmt.Println("\n  Look at this: " + p)
	}
	fmt.Println("\nStop with Ctrl-C.")
}
