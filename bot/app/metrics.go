package app

import (
	"context"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"maalem/bot"
	"maalem/bot/webchat"
	"maalem/storage/bolt"
)

// meters is what operators watch. Labels are channels, lanes and kinds: never a
// person, an address or a text.
type meters struct {
	registry *prometheus.Registry
	took     *prometheus.HistogramVec
	files    *prometheus.CounterVec // kept
	bytes    *prometheus.CounterVec
	refused  *prometheus.CounterVec
}

func newMeters() *meters {
	m := &meters{
		registry: prometheus.NewRegistry(),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "maalem_turn_seconds", Help: "From an incoming message to its commit.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"channel"}),
		files:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "maalem_media_kept_total", Help: "Files kept."}, []string{"kind"}),
		bytes:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "maalem_media_kept_bytes_total", Help: "Bytes of files kept."}, []string{"kind"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "maalem_media_refused_total", Help: "Files refused for their size or content."}, []string{"kind"}),
	}
	m.registry.MustRegister(m.took, m.files, m.bytes, m.refused, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// observe takes the time of one turn.
func (m *meters) observe(channel string, took time.Duration) {
	m.took.WithLabelValues(channel).Observe(took.Seconds())
}

// watch reads what the parts count by themselves, each time that somebody asks.
func (m *meters) watch(engine *bot.Engine, senders []*bot.Sender, store *bolt.Store) {
	m.registry.MustRegister(&counted{engine, senders, store})
}

// counted gives the parts' own counters.
type counted struct {
	engine  *bot.Engine
	senders []*bot.Sender
	store   *bolt.Store
}

func described(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("maalem_"+name, help, labels, nil)
}

var (
	descTurns       = described("turns_total", "Turns committed.")
	descConflicts   = described("turn_conflicts_total", "Turns computed again because a record had changed meanwhile.")
	descDuplicates  = described("messages_duplicate_total", "Messages that came again after they were committed.")
	descQuarantined = described("messages_quarantined_total", "Messages put aside after three failures.")
	descDropped     = described("messages_dropped_total", "Messages of addresses that flooded.")
	descQueued      = described("outbox_queued", "Messages that wait to be sent.", "channel", "lane")
	descSent        = described("sends_total", "Messages sent.", "channel")
	descFailed      = described("send_failures_total", "Attempts to send that failed.", "channel", "failure")
	descCommits     = described("store_commits_total", "Commits of the store; each holds the turns that came together.")
	descCommitted   = described("store_turns_total", "Turns that those commits answered, duplicates among them.")
	descWriting     = described("store_commit_seconds_total", "Time that commits took, together.")
	descBytes       = described("store_bytes", "Size of the store's file.")
	descHealthy     = described("store_writes", "1 while the disk takes what is committed.")
)

// lanes in the words of operators.
var lanes = map[bot.Lane]string{bot.LaneReply: "reply", bot.LaneService: "service", bot.LaneAnnounce: "announce"}

// Describe implements prometheus.Collector.
func (c *counted) Describe(to chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, to) }

// Collect implements prometheus.Collector.
func (c *counted) Collect(to chan<- prometheus.Metric) {
	count := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	s := c.engine.Stats()
	count(descTurns, float64(s.Turns.Load()))
	count(descConflicts, float64(s.Conflicts.Load()))
	count(descDuplicates, float64(s.Duplicates.Load()))
	count(descQuarantined, float64(s.Quarantined.Load()))
	count(descDropped, float64(s.Dropped.Load()))
	for _, sender := range c.senders {
		channel := sender.Channel.Name()
		queued, err := c.store.Queued(context.Background(), channel)
		if err != nil {
			to <- prometheus.NewInvalidMetric(descQueued, err)
			continue
		}
		for lane, name := range lanes {
			gauge(descQueued, float64(queued[lane]), channel, name)
		}
		count(descSent, float64(sender.Stats.Sent.Load()), channel)
		for failure := range sender.Stats.Failures {
			count(descFailed, float64(sender.Stats.Failures[failure].Load()), channel, bot.SendFailure(failure).String())
		}
	}
	disk := c.store.Stats()
	count(descCommits, float64(disk.Commits))
	count(descCommitted, float64(disk.Turns))
	count(descWriting, disk.Writing.Seconds())
	gauge(descBytes, float64(disk.Bytes))
	healthy := 1.0
	if c.store.Health() != nil {
		healthy = 0
	}
	gauge(descHealthy, healthy)
}

// keeping counts what a media store keeps and refuses.
type keeping struct {
	webchat.Files
	m *meters
}

func (k keeping) Put(ctx context.Context, kind bot.MediaKind, name string, data []byte) (bot.Media, error) {
	kept, err := k.Files.Put(ctx, kind, name, data)
	label := string(kind)
	switch err.(type) {
	case nil:
		k.m.files.WithLabelValues(label).Inc()
		k.m.bytes.WithLabelValues(label).Add(float64(kept.Size))
	case *bot.MediaError:
		k.m.refused.WithLabelValues(label).Inc()
	}
	return kept, err
}

// handler shows the meters to who knows the token; without one, to a process on
// this machine that asks by a loopback name. A proxy on this machine asks from
// loopback too, in the name of strangers: what it adds to a request, or a public
// address of ours, closes the page. Nothing that a client can write opens it.
func (m *meters) handler(cfg Config) http.Handler {
	page := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case cfg.MetricsToken != "" && bearer(r, cfg.MetricsToken), cfg.ownMachine(r):
			page.ServeHTTP(w, r)
		case cfg.MetricsToken != "":
			w.Header().Set("WWW-Authenticate", `Bearer realm="metrics"`)
			w.WriteHeader(http.StatusUnauthorized)
		default:
			http.NotFound(w, r)
		}
	})
}

func bearer(r *http.Request, token string) bool {
	got, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && subtle.ConstantTimeCompare([]byte(got), []byte(token)) == 1
}

// ownMachine reports whether a request comes from this machine and for nobody else.
func (c Config) ownMachine(r *http.Request) bool {
	if len(c.Proxies) > 0 || c.PublicURL != nil && !loopback(c.PublicURL.Host) {
		return false
	}
	for _, h := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via"} {
		if r.Header.Values(h) != nil {
			return false
		}
	}
	return loopback(c.Listen) && loopback(r.RemoteAddr) && loopback(r.Host)
}

// loopback reports whether a host, with a port or without, names this machine alone.
func loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback() || strings.EqualFold(host, "localhost")
}
