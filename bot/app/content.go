package app

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"
	_ "time/tzdata" // Morocco changes its offset around Ramadan; small machines lack the table

	"maalem/bot"
	"maalem/flows"
	"maalem/flows/library"
	"maalem/flows/understand"
	"maalem/locales"
	"maalem/locales/catalog"
)

// content is what ships inside the program, compiled.
type content struct {
	catalog *catalog.Catalog
	flows   []*flows.Flow
	reader  *understand.Reader
	names   *library.Names
}

// loadContent compiles everything; the error lists all that is wrong.
func loadContent() (*content, error) {
	var errs []error
	c := &content{}
	var err error
	if c.catalog, err = catalog.Load(); err != nil {
		errs = append(errs, err)
	}
	if c.catalog != nil {
		if c.flows, err = library.Flows(c.catalog.Text); err != nil {
			errs = append(errs, err)
		}
	}
	data, err := library.Data()
	if err != nil {
		return nil, errors.Join(append(errs, err)...)
	}
	c.names = library.NewNames(data)
	if c.reader, err = understand.New(data); err != nil {
		errs = append(errs, err)
	}
	return c, errors.Join(errs...)
}

// show says a stored value in a language.
func (c *content) show(t flows.Type, value string, l locales.Lang) string {
	switch t {
	case flows.Crafts:
		var names []string
		for id := range strings.FieldsSeq(value) {
			names = append(names, c.names.Name(id, l))
		}
		return locales.List(l, names)
	case flows.Place:
		return c.names.Name(value, l)
	case flows.Phone:
		return locales.LTR(value)
	case flows.Date:
		if t, err := time.Parse(time.DateOnly, value); err == nil {
			return locales.Date(l, t)
		}
	}
	return value
}

// engine puts the content to work; cfg says the rest, and may bring content of its own.
func (c *content) engine(cfg bot.Config) (*bot.Engine, error) {
	zone, err := time.LoadLocation("Africa/Casablanca")
	if err != nil {
		return nil, err
	}
	if cfg.Flows == nil {
		cfg.Flows = c.flows
	}
	if cfg.Show == nil {
		cfg.Show = c.show
	}
	cfg.Texts, cfg.Reader, cfg.Province, cfg.Region, cfg.Zone = c.catalog.Text, c.reader, c.names.Province, c.names.Region, zone
	return bot.New(cfg)
}

// check prints what is wrong with the content, and says whether anything is. dir is
// the folder of recordings, "" when there is none.
func check(out io.Writer, dir string) error {
	c, err := loadContent()
	if err != nil {
		return err
	}
	if _, err := c.engine(bot.Config{Log: slog.New(slog.DiscardHandler)}); err != nil {
		return err
	}
	problems := c.catalog.Problems()
	for _, p := range problems {
		fmt.Fprintln(out, p)
	}
	if len(problems) > 0 {
		return fmt.Errorf("%d problems in the catalogs", len(problems))
	}
	slots := c.slots()
	found, err := recorded(dir, slots)
	if err != nil {
		return err
	}
	for _, l := range locales.All() {
		var missing []string
		for _, slot := range slots {
			if found[string(l)+"/"+slot] == "" {
				missing = append(missing, slot)
			}
		}
		fmt.Fprintf(out, "%s: %d texts, %d wait for a reviewer; recordings: %d of %d\n", l, len(c.catalog.Keys()), len(c.catalog.Unsigned(l)), len(slots)-len(missing), len(slots))
		if len(missing) > 0 {
			fmt.Fprintf(out, "  not recorded: %s\n", strings.Join(missing, " "))
		}
	}
	fmt.Fprintf(out, "%d flows, all sound\n", len(c.flows))
	return nil
}

// crafts are the ids of all crafts, for the console's filters.
func (c *content) crafts() []string {
	all, err := library.Crafts()
	if err != nil {
		return nil // loadContent has read them already
	}
	ids := make([]string, 0, len(all))
	for _, craft := range all {
		ids = append(ids, craft.ID)
	}
	return ids
}
