package app

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"maalem/bot"
	"maalem/bot/telegram"
)

// Config is everything that the environment decides.
type Config struct {
	StorePath string // of the bolt file
	Listen    string
	PublicURL *url.URL
	Proxies   []netip.Prefix

	BackupDir  string // of the daily backups; empty = none are made
	BackupKeep int    // how many stay

	TelegramToken   string
	TelegramAPI     string
	TelegramUpdates telegram.Updates
	TelegramRate    float64
	TelegramChat    float64
	TelegramPaid    bool

	Controller bot.Controller
	Official   bool // the controller, their contact and the declaration are all named
	Flood      bot.Flood
	Recordings string // folder of recordings; "" = none

	MetricsToken string // opens /metrics to other machines; "" = to none
}

// readConfig reads the environment and reports every problem at once.
func readConfig(env func(string) string) (Config, error) {
	var problems []error
	bad := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	get := func(name, otherwise string) string {
		if v := strings.TrimSpace(env(name)); v != "" {
			return v
		}
		return otherwise
	}
	number := func(name string, otherwise float64) float64 {
		v, err := strconv.ParseFloat(get(name, strconv.FormatFloat(otherwise, 'g', -1, 64)), 64)
		if err != nil || !(v >= 0) || math.IsInf(v, 0) { // NaN is neither more nor less than 0
			bad("%s: a number of messages per second is needed, 0 or more", name)
			return otherwise // one complaint about it is enough
		}
		return v
	}
	c := Config{
		Listen:        get("MAALEM_LISTEN", "127.0.0.1:8080"),
		TelegramToken: get("TELEGRAM_TOKEN", ""), TelegramAPI: strings.TrimRight(get("TELEGRAM_API_URL", telegram.DefaultAPIURL), "/"),
		TelegramUpdates: telegram.Updates(get("TELEGRAM_UPDATES", string(telegram.Poll))),
		TelegramRate:    number("TELEGRAM_RATE", telegram.DefaultRate), TelegramChat: number("TELEGRAM_CHAT_RATE", telegram.DefaultChatRate),
		TelegramPaid: get("TELEGRAM_PAID", "") == "1",
		Controller: bot.Controller{Name: get("MAALEM_CONTROLLER", "Maalem"), Contact: get("MAALEM_CONTROLLER_CONTACT", "—"),
			Declaration: get("MAALEM_CONTROLLER_DECLARATION", "—"), Partner: get("MAALEM_PARTNER", ""), Usual: get("MAALEM_ADVISER_HOURS", "9:00-16:00"), Cap: 2},
	}
	if !hours(c.Controller.Usual) {
		bad("MAALEM_ADVISER_HOURS: write two times of a day, for example 9:00-16:00")
	}
	c.Official = get("MAALEM_CONTROLLER", "") != "" && get("MAALEM_CONTROLLER_CONTACT", "") != "" && get("MAALEM_CONTROLLER_DECLARATION", "") != ""
	c.Flood = bot.Flood{Rate: number("MAALEM_ADDRESS_RATE", bot.DefaultFlood.Rate), Burst: bot.DefaultFlood.Burst}
	c.MetricsToken = get("MAALEM_METRICS_TOKEN", "")
	c.Recordings = get("MAALEM_RECORDINGS", "")
	scheme, path, _ := strings.Cut(get("MAALEM_STORE", "bolt:maalem.db"), ":")
	switch {
	case scheme == "postgres" || scheme == "postgresql":
		bad("MAALEM_STORE: PostgreSQL is not in this build; use bolt:PATH")
	case scheme != "bolt" || path == "":
		bad("MAALEM_STORE: write bolt:PATH, for example bolt:maalem.db")
	}
	c.StorePath = filepath.Clean(path)
	if why := noStore(c.StorePath); why != "" && path != "" {
		bad("MAALEM_STORE: %s", why)
	}
	if c.BackupDir = get("MAALEM_BACKUP_DIR", c.StorePath+".backups"); c.BackupDir == "off" {
		c.BackupDir = ""
	}
	var err error
	if c.BackupKeep, err = strconv.Atoi(get("MAALEM_BACKUP_KEEP", "7")); err != nil || c.BackupKeep < 1 {
		bad("MAALEM_BACKUP_KEEP: how many daily backups stay, 1 or more")
	}
	if raw := get("MAALEM_PUBLIC_URL", ""); raw != "" {
		u, err := url.Parse(raw)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			bad("MAALEM_PUBLIC_URL: a base such as https://maalem.example is needed")
		}
		c.PublicURL = u
	}
	for p := range strings.FieldsFuncSeq(get("MAALEM_TRUSTED_PROXIES", ""), func(r rune) bool { return r == ',' || r == ' ' }) {
		prefix, err := netip.ParsePrefix(p)
		if err != nil {
			addr, err := netip.ParseAddr(p)
			if err != nil {
				bad("MAALEM_TRUSTED_PROXIES: %q is neither an address nor a network", p)
				continue
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		c.Proxies = append(c.Proxies, prefix)
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		bad("MAALEM_LISTEN: an address such as 127.0.0.1:8080 is needed")
	}
	switch {
	case c.TelegramToken != "":
		if err := c.telegram().Validate(); err != nil {
			problems = append(problems, err)
		}
	case c.TelegramUpdates == telegram.Webhook:
		bad("TELEGRAM_UPDATES=webhook needs TELEGRAM_TOKEN, and MAALEM_PUBLIC_URL")
	case c.TelegramUpdates != telegram.Poll:
		bad("TELEGRAM_UPDATES: poll or webhook")
	}
	if err := errors.Join(problems...); err != nil {
		return c, exitCode{2, fmt.Errorf("the configuration has problems:\n%w", err)}
	}
	return c, nil
}

// hours tells "9:00-16:00" from what would be said to people as hours and is none.
func hours(s string) bool {
	from, to, ok := strings.Cut(s, "-")
	begin, err1 := time.Parse("15:04", strings.TrimSpace(from))
	end, err2 := time.Parse("15:04", strings.TrimSpace(to))
	return ok && err1 == nil && err2 == nil && begin.Before(end)
}

// noStore says why no file can be at a path, as far as looking tells; "" when it can.
func noStore(path string) string {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return path + " is no plain file"
	}
	folder := filepath.Dir(path)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return "there is no folder " + folder
	}
	return ""
}

// telegram is the part of the configuration that the channel checks by itself.
func (c Config) telegram() telegram.Config {
	public := ""
	if c.PublicURL != nil {
		public = strings.TrimRight(c.PublicURL.String(), "/")
	}
	return telegram.Config{Token: c.TelegramToken, APIURL: c.TelegramAPI, Updates: c.TelegramUpdates, PublicURL: public,
		Rate: c.TelegramRate, ChatRate: c.TelegramChat, Paid: c.TelegramPaid}
}

func fromEnvironment() (Config, error) { return readConfig(os.Getenv) }
