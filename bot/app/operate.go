package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"maalem/bot"
	"maalem/bot/staff"
	"maalem/storage/bolt"
	"maalem/storage/media"
)

type (
	backupCmd struct {
		File string `arg:"" help:"A new file for the archive (tar, zstd)."`
	}
	restoreCmd struct {
		Force bool   `help:"Replace an existing store."`
		File  string `arg:"" type:"existingfile" help:"An archive that maalem backup made."`
	}
)

// operations are what a running server does for its operator: it answers the store
// commands, makes backups, sweeps media and knows what is wrong.
type operations struct {
	vault
	backups *backups
	socket  net.Listener           // nil when there is none
	stale   atomic.Pointer[string] // what is wrong with the backups, as last looked
	office  *staff.Office          // of the console
	base    string                 // where the console is
	erased  chan []string          // files of people who were erased, see discard
}

// operate prepares the operations of an open store; close ends what it made.
// control makes the socket for the store commands; nil = none.
func operate(cfg Config, store *bolt.Store, files *media.Store, control func(path string) (net.Listener, error), log *slog.Logger) (*operations, error) {
	o := &operations{vault: vault{store, files, log}, erased: make(chan []string, 256)}
	var err error
	if cfg.BackupDir != "" {
		if o.backups, err = openBackups(cfg.BackupDir, cfg.BackupKeep); err != nil {
			return nil, err
		}
	}
	o.lookAtBackups()
	if control == nil {
		return o, nil
	}
	if o.socket, err = control(controlPath(cfg.StorePath)); err != nil {
		// Answering people matters more: the commands then need a stopped server.
		log.Error("store commands will not reach this server", "error", err)
	}
	return o, nil
}

// close takes the socket away; it comes before the store is closed.
func (o *operations) close() error {
	if o.socket == nil {
		return nil
	}
	return errors.Join(ignoreClosed(o.socket.Close()), os.Remove(controlPath(o.store.Path())))
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Times of the operations.
const (
	backupLook = 10 * time.Minute
	sweepMedia = time.Hour
	lookAround = time.Minute
)

// run works until ctx ends.
func (o *operations) run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	if o.socket != nil {
		group.Go(func() error { return o.serveControl(ctx, o.socket) })
	}
	group.Go(func() error {
		every(ctx, lookAround, o.watch())
		return nil
	})
	group.Go(func() error { return o.discardErased(ctx) })
	group.Go(func() error {
		every(ctx, sweepMedia, func() {
			if err := o.files.Sweep(ctx, time.Now(), o.mediaInUse); err != nil && ctx.Err() == nil {
				o.log.Error("media could not be swept", "error", err)
			}
		})
		return nil
	})
	if o.backups != nil {
		group.Go(func() error {
			every(ctx, backupLook, func() {
				if err := o.backups.daily(ctx, time.Now(), &o.vault); err != nil && ctx.Err() == nil {
					o.log.Error("the daily backup failed", "error", err)
				}
			})
			return nil
		})
	}
	return group.Wait()
}

// every calls f after each d until ctx ends.
func every(ctx context.Context, d time.Duration, f func()) {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			f()
		}
	}
}

// problems are the reasons why the health is not good, for the operator's eyes.
func (o *operations) problems() []string {
	var out []string
	if err := o.store.Health(); err != nil {
		out = append(out, "the store cannot write: "+err.Error())
	}
	if since, _ := o.store.Held(context.Background()); !since.IsZero() {
		out = append(out, "the store is held since its restore of "+since.Local().Format(time.DateTime)+": announcements and reminders wait for maalem release")
	}
	if why := o.stale.Load(); why != nil && *why != "" {
		out = append(out, *why)
	}
	return out
}

// lookAtBackups notes whether they are stale: it reads a folder, which must not
// happen each time that somebody asks for the health.
func (o *operations) lookAtBackups() {
	if o.backups == nil {
		return
	}
	born, err := o.store.Born()
	why := o.backups.stale(time.Now(), born)
	if err != nil {
		why = err.Error()
	}
	o.stale.Store(&why)
}

// watch gives a function that logs the problems when they change.
func (o *operations) watch() func() {
	var before []string
	return func() {
		o.lookAtBackups()
		now := o.problems()
		for _, p := range now {
			if !slices.Contains(before, p) {
				o.log.Warn("health is degraded", "because", p)
			}
		}
		if len(now) == 0 && len(before) > 0 {
			o.log.Info("health is good again")
		}
		before = now
	}
}

// status is what maalem status prints.
type status struct {
	Problems   []string         `json:"problems"`
	Held       time.Time        `json:"held,omitzero"`
	Unsure     map[string]int64 `json:"unsure"`
	LastBackup time.Time        `json:"last_backup,omitzero"`
	Bytes      int64            `json:"bytes"`
	Running    bool             `json:"running"`
}

func (o *operations) status(ctx context.Context) (status, error) {
	st := status{Problems: o.problems(), Bytes: o.store.Stats().Bytes, Running: true, Unsure: map[string]int64{}}
	var err error
	if st.Held, err = o.store.Held(ctx); err != nil {
		return st, err
	}
	counts, err := o.store.Tallies(ctx, "unsure:", 1<<10)
	for name, n := range counts {
		st.Unsure[name[len("unsure:"):]] = n
	}
	if o.backups != nil {
		st.LastBackup, _ = o.backups.last(time.Now())
	}
	return st, err
}

// printTickets writes the questions to a human, a line each. Voice notes are named by
// their file, in the media folder beside the store.
func (o *operations) printTickets(ctx context.Context, w io.Writer) error {
	for after := ""; ; {
		page, err := o.store.Page(ctx, bot.KindTicket, after, 200)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, row := range page {
			after = row.Ref.ID
			var t bot.Ticket
			if err := bot.DecodeRecord(row.Body, &t); err != nil {
				return err
			}
			if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%q\t%s\n", time.Unix(t.At, 0).Local().Format(time.DateTime), row.Ref.ID, t.State, t.Where, t.Question, t.Media); err != nil {
				return err
			}
		}
	}
}

// printLog writes a log, a row a line, oldest first: time, and what the log says.
func (o *operations) printLog(ctx context.Context, name string, w io.Writer) error {
	if name == "tickets" {
		return o.printTickets(ctx, w)
	}
	after := uint64(0)
	for {
		rows, err := o.store.Log(ctx, name, after, 500)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, row := range rows {
			text, err := row.Describe(name)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(w, "%s\t%s\n", row.At.Local().Format(time.DateTime), text); err != nil {
				return err
			}
			after = row.Seq
		}
	}
}

func (st status) print(w io.Writer) {
	running := "no server runs on the store"
	if st.Running {
		running = "a server runs on the store"
	}
	fmt.Fprintf(w, "%s; %.1f MB\n", running, float64(st.Bytes)/1e6)
	if !st.LastBackup.IsZero() {
		fmt.Fprintf(w, "last backup: %s\n", st.LastBackup.Local().Format(time.DateTime))
	}
	for _, channel := range slices.Sorted(maps.Keys(st.Unsure)) {
		fmt.Fprintf(w, "unsure messages on %s: %d\n", channel, st.Unsure[channel])
	}
	for _, p := range st.Problems {
		fmt.Fprintln(w, "problem:", p)
	}
}

// storeCommand carries out a command through the running server, or on the store itself.
func storeCommand(ctx context.Context, command string) error {
	cfg, err := fromEnvironment()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if command == "restore <file>" {
		f, err := os.Open(cli.Restore.File)
		if err != nil {
			return err
		}
		defer f.Close()
		done, err := restoreFrom(ctx, f, cfg.StorePath, cli.Restore.Force, log)
		if err == nil {
			fmt.Println(done)
		}
		return err
	}
	server, err := dialControl(cfg.StorePath)
	if err == nil {
		return server.command(ctx, command)
	}
	if strings.HasPrefix(command, "staff ") {
		return staffOffline(ctx, cfg, command, log)
	}
	if command == "compact" {
		before, after, err := bolt.Compact(cfg.StorePath)
		if errors.Is(err, bolt.ErrLocked) {
			return fmt.Errorf("another process is using %s: stop it first", cfg.StorePath)
		}
		if err == nil {
			fmt.Printf("%s: %.1f MB, was %.1f MB\n", cfg.StorePath, float64(after)/1e6, float64(before)/1e6)
		}
		return err
	}
	return offline(ctx, cfg, command, log)
}

// command asks the running server.
func (r *remote) command(ctx context.Context, command string) error {
	if strings.HasPrefix(command, "staff ") {
		return r.ask(ctx, "POST", "/staff?"+cli.Staff.request(command).Encode(), os.Stdout)
	}
	switch command {
	case "backup <file>":
		return saveAs(cli.Backup.File, func(w io.Writer) error { return r.ask(ctx, "POST", "/backup", w) })
	case "release":
		return r.ask(ctx, "POST", "/release", io.Discard)
	case "compact":
		return r.ask(ctx, "POST", "/compact", io.Discard)
	case "log <name>":
		return r.ask(ctx, "GET", "/log?name="+cli.Log.Name, os.Stdout)
	}
	var answer bytes.Buffer
	if err := r.ask(ctx, "GET", "/status", &answer); err != nil {
		return err
	}
	var st status
	if err := json.Unmarshal(answer.Bytes(), &st); err != nil {
		return err
	}
	st.print(os.Stdout)
	return nil
}

// offline carries out a command on a store that no server uses.
func offline(ctx context.Context, cfg Config, command string, log *slog.Logger) (err error) {
	if _, err := os.Stat(cfg.StorePath); err != nil {
		return fmt.Errorf("there is no store: %w", err)
	}
	store, err := bolt.Open(ctx, cfg.StorePath, bolt.Options{Log: log})
	if errors.Is(err, bolt.ErrLocked) {
		return fmt.Errorf("another process is using %s and does not answer at %s", cfg.StorePath, controlPath(cfg.StorePath))
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	files, err := media.Open(mediaPath(cfg.StorePath))
	if err != nil {
		return err
	}
	o := &operations{vault: vault{store, files, log}}
	if cfg.BackupDir != "" {
		o.backups = &backups{dir: cfg.BackupDir, keep: cfg.BackupKeep}
		o.lookAtBackups()
	}
	switch command {
	case "backup <file>":
		return saveAs(cli.Backup.File, func(w io.Writer) error { _, err := o.write(ctx, w); return err })
	case "release":
		return store.Release(ctx)
	case "log <name>":
		return o.printLog(ctx, cli.Log.Name, os.Stdout)
	}
	st, err := o.status(ctx)
	if err == nil {
		st.Running = false
		st.print(os.Stdout)
	}
	return err
}
