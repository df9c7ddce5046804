package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"maalem/bot/staff"
	"maalem/storage/bolt"
)

type staffCmd struct {
	Add struct {
		Role   string   `required:"" help:"admin, coordinator, advisor, analyst, editor or viewer."`
		Region []string `help:"A region such as MA-09; none = the whole country. May be given again."`
		Name   string   `required:"" help:"Whose account it is."`
		Lang   string   `default:"fr" help:"fr or ar."`
	} `cmd:"" help:"Make an account and print its one-time link."`
	List   struct{} `cmd:"" help:"List the accounts."`
	Link   oneCmd   `cmd:"" help:"Print a new one-time link."`
	Remove oneCmd   `cmd:"" help:"End an account and its sessions at once."`
}

type oneCmd struct {
	ID string `arg:"" help:"The account's ID, from staff list."`
}

// request is the command as a form, for the running server.
func (c *staffCmd) request(command string) url.Values {
	verb := strings.Fields(command)[1]
	v := url.Values{"do": {verb}}
	switch verb {
	case "add":
		v["role"], v["region"], v["name"], v["lang"] = []string{c.Add.Role}, c.Add.Region, []string{c.Add.Name}, []string{c.Add.Lang}
	case "link":
		v.Set("id", c.Link.ID)
	case "remove":
		v.Set("id", c.Remove.ID)
	}
	return v
}

// linkTo is the address of a one-time link.
func linkTo(base, token string) string { return strings.TrimRight(base, "/") + "/console/in/" + token }

// staffWork carries a command out and says what came of it.
func staffWork(ctx context.Context, o *staff.Office, base string, v url.Values, out io.Writer) error {
	link := func(a staff.Account) error {
		token, err := o.Link(ctx, staff.Operator, a.ID)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s, %s, may sign in once, within %d minutes:\n%s\n", a.Name, a.Role, int(staff.LinkLasts.Minutes()), linkTo(base, token))
		return err
	}
	switch v.Get("do") {
	case "add":
		a, err := o.Add(ctx, staff.Operator, staff.Account{Name: v.Get("name"), Role: staff.Role(v.Get("role")), Regions: v["region"], Lang: v.Get("lang")})
		if err != nil {
			return err
		}
		return link(a)
	case "link":
		a, err := o.Get(ctx, v.Get("id"))
		if err != nil {
			return err
		}
		return link(a)
	case "remove":
		return o.Remove(ctx, staff.Operator, v.Get("id"))
	case "list":
		all, err := o.List(ctx)
		if err != nil {
			return err
		}
		for _, a := range all {
			where := "national"
			if len(a.Regions) > 0 {
				where = strings.Join(a.Regions, " ")
			}
			entered := "never signed in"
			if a.Entered > 0 {
				entered = "since " + time.Unix(a.Entered, 0).Format(time.DateOnly)
			}
			if _, err := fmt.Fprintf(out, "%s  %-11s  %s  (%s, %s)\n", a.ID, a.Role, a.Name, where, entered); err != nil {
				return err
			}
		}
		return nil
	}
	return errors.New("unknown staff command")
}

// base is where the pages are for whoever sits at this machine.
func (c Config) base() string {
	if c.PublicURL != nil {
		return strings.TrimRight(c.PublicURL.String(), "/")
	}
	return "http://" + c.Listen
}

// staffOffline carries a staff command out on a store that no server uses; the first
// one makes it.
func staffOffline(ctx context.Context, cfg Config, command string, log *slog.Logger) (err error) {
	store, err := bolt.Open(ctx, cfg.StorePath, bolt.Options{Log: log})
	if errors.Is(err, bolt.ErrLocked) {
		return fmt.Errorf("another process is using %s and does not answer at %s", cfg.StorePath, controlPath(cfg.StorePath))
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return staffWork(ctx, &staff.Office{Store: store, Now: time.Now}, cfg.base(), cli.Staff.request(command), os.Stdout)
}

// staffControl answers the staff commands at the control socket.
func (o *operations) staffControl(w http.ResponseWriter, r *http.Request) {
	if o.office == nil {
		http.Error(w, "this server has no console", http.StatusNotFound)
		return
	}
	var out strings.Builder
	if err := staffWork(r.Context(), o.office, o.base, r.URL.Query(), &out); err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	_, _ = io.WriteString(w, out.String())
}
