package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is the command line; no command means serve.
var cli struct {
	Serve      struct{}    `cmd:"" default:"1" help:"Run everything: the chat page, and Telegram with TELEGRAM_TOKEN."`
	Check      struct{}    `cmd:"" help:"Compile every flow and catalog; exit 1 and a list on problems."`
	Diagram    diagramCmd  `cmd:"" help:"Print a flow as a Mermaid state diagram."`
	Simulate   simulateCmd `cmd:"" help:"Chat in the terminal, on the real engine and a throw-away store."`
	Understand readCmd     `cmd:"" help:"Say what the assistant makes of a text."`
	Backup     backupCmd   `cmd:"" help:"Save everything in one archive; a running server goes on."`
	Restore    restoreCmd  `cmd:"" help:"Put a backup in the store's place, held until it is released."`
	Release    struct{}    `cmd:"" help:"End the hold of a restored store."`
	Compact    struct{}    `cmd:"" help:"Rewrite the store without free space; no server may run on it."`
	Status     struct{}    `cmd:"" help:"Say how the store is: problems, hold, last backup."`
	Staff      staffCmd    `cmd:"" help:"Accounts of the console: add, list, link, remove."`
	Log        logCmd      `cmd:"" help:"Print what was not understood, put aside after failures, dropped, or asked of a human."`
}

type logCmd struct {
	Name string `arg:"" enum:"misunderstood,quarantine,dropped,tickets" help:"misunderstood (masked, for new synonyms), quarantine, dropped, or tickets: the questions to a human."`
}

type diagramCmd struct {
	Flow string `arg:"" help:"The flow's id, for example register."`
}

type readCmd struct {
	Lang  string `help:"The language that the person chose."`
	State string `placeholder:"FLOW/STATE" help:"As the answer to this question, register/craft for example."`
	JSON  bool   `help:"Print JSON (always so)."`
	Text  string `arg:"" help:"The text, or - for one text a line on standard input."`
}

// exitCode is an error with its own exit code.
type exitCode struct {
	code int
	error
}

// Main runs the command line of the process and gives its exit code: 0 done, 1
// failed, 2 wrongly configured.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser := kong.Must(&cli, kong.Name("maalem"), kong.Description("The chat assistant of Moroccan artisans."))
	k, err := parser.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "maalem:", err, "(maalem --help lists what there is)")
		return 2
	}
	if err := run(ctx, k.Command()); err != nil {
		fmt.Fprintln(os.Stderr, "maalem:", err)
		var e exitCode
		if errors.As(err, &e) {
			return e.code
		}
		return 1
	}
	return 0
}

func run(ctx context.Context, command string) error {
	switch command {
	case "check":
		return check(os.Stdout, os.Getenv("MAALEM_RECORDINGS"))
	case "diagram <flow>":
		return diagram(cli.Diagram.Flow)
	case "simulate":
		return simulate(ctx, cli.Simulate, os.Stdin, os.Stdout)
	case "understand <text>":
		return read(cli.Understand)
	case "staff add", "staff list", "staff link <id>", "staff remove <id>", "backup <file>", "restore <file>", "release", "compact", "status", "log <name>":
		return storeCommand(ctx, command)
	}
	return serve(ctx)
}

func diagram(id string) error {
	c, err := loadContent()
	if err != nil {
		return err
	}
	for _, f := range c.flows {
		if f.ID() == id {
			text, err := f.Mermaid()
			if err == nil {
				fmt.Print(text)
			}
			return err
		}
	}
	return fmt.Errorf("no flow %q", id)
}
