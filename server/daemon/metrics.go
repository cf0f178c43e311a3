package daemon

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"libslapi/server/replica"
)

// metricsURL reads the value of a "metrics" line: http://HOST:PORT/PATH.
// Another host than the own machine needs the word "public" behind it.
func metricsURL(text string, public bool) (addr, path string, err error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" || u.Port() == "" || u.RawQuery != "" || u.User != nil {
		return "", "", fmt.Errorf("metrics: %q is not http://HOST:PORT/PATH", text)
	}
	ip := net.ParseIP(u.Hostname())
	if !public && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", "", fmt.Errorf("metrics: %s is not this machine; write \"public\" behind the URL to let others read the figures", u.Hostname())
	}
	path = u.Path
	if path == "" || path == "/" {
		path = "/metrics"
	}
	return u.Host, path, nil
}

// listenMetrics serves the figures for Prometheus, when that is configured.
func (d *Daemon) listenMetrics() error {
	g := &d.cfg.Global
	if g.Metrics == "" {
		return nil
	}
	addr, path, err := metricsURL(g.Metrics, g.MetricsPublic)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(&collector{d: d}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle(path, promhttp.HandlerFor(reg, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 20 * time.Second}))
	s := &http.Server{
		Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
	d.metrics, d.metricsAddr = s, l.Addr().String()
	d.log.status("metrics at http://" + d.metricsAddr + path)
	go func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			d.slog.Error("metrics", "error", err)
		}
	}()
	return nil
}

func (d *Daemon) stopMetrics() {
	if d.metrics == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if d.metrics.Shutdown(ctx) != nil {
		d.metrics.Close()
	}
}

// collector reads the server's counters when Prometheus asks.
type collector struct{ d *Daemon }

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("slapid_"+name, help, labels, nil)
}

var (
	metricConnections = desc("connections_total", "Connections accepted.")
	metricOpen        = desc("connections", "Connections open.")
	metricInitiated   = desc("operations_initiated_total", "Operations begun.", "operation")
	metricCompleted   = desc("operations_completed_total", "Operations ended.", "operation")
	metricReceived    = desc("received_pdus_total", "Requests received.")
	metricBytes       = desc("sent_bytes_total", "Octets sent.")
	metricPDUs        = desc("sent_pdus_total", "Messages sent.")
	metricEntries     = desc("sent_entries_total", "Entries sent.")
	metricReferrals   = desc("sent_referrals_total", "Referral URLs sent in search references.")
	metricRunning     = desc("operations_running", "Operations under way.")
	metricWaiting     = desc("operations_waiting", "Operations that wait for their turn.")
	metricWriters     = desc("write_waiters", "Connections on which a write waits for the client.")
	metricStart       = desc("start_time_seconds", "When the server began.")
	metricDBEntries   = desc("database_entries", "Entries of a database.", "database", "suffix")
	metricLag         = desc("consumer_lag_seconds", "For how long a copy has not been known to be complete.", "database", "rid", "provider")
	metricDelay       = desc("consumer_delay_seconds", "From the last replicated change to its place in the copy.", "database", "rid", "provider")
	metricConsumed    = desc("consumer_changes_total", "Changes that a consumer made in its copy.", "database", "rid", "provider")
	metricRefreshed   = desc("consumer_refreshed_entries", "Entries of the refresh under way, or of the last one.", "database", "rid", "provider")
	metricFollowing   = desc("consumer_following", "1 while a consumer is in the persist stage.", "database", "rid", "provider")
	metricDBBytes     = desc("database_bytes", "Size of the data file of a database.", "database", "suffix")
)

// Describe says nothing: the databases may change.
func (c *collector) Describe(ch chan<- *prometheus.Desc) {
	for _, x := range []*prometheus.Desc{
		metricConnections, metricOpen, metricInitiated, metricCompleted, metricReceived, metricBytes, metricPDUs, metricEntries,
		metricReferrals, metricRunning, metricWaiting, metricWriters, metricStart, metricDBEntries, metricDBBytes,
		metricLag, metricDelay, metricConsumed, metricRefreshed, metricFollowing,
	} {
		ch <- x
	}
}

// Collect gives the figures of this moment.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	put := func(d *prometheus.Desc, t prometheus.ValueType, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, t, v, labels...)
	}
	const count, gauge = prometheus.CounterValue, prometheus.GaugeValue
	st := c.d.front.Stats()
	put(metricConnections, count, float64(st.Connections))
	put(metricOpen, gauge, float64(st.Current))
	for _, o := range monitorOps {
		put(metricInitiated, count, float64(st.Initiated[o.kind]), strings.ToLower(o.name))
		put(metricCompleted, count, float64(st.Completed[o.kind]), strings.ToLower(o.name))
	}
	put(metricReceived, count, float64(st.Received))
	put(metricBytes, count, float64(st.Bytes))
	put(metricPDUs, count, float64(st.PDUs))
	put(metricEntries, count, float64(st.Entries))
	put(metricReferrals, count, float64(st.Referrals))
	put(metricRunning, gauge, float64(st.Running))
	put(metricWaiting, gauge, float64(st.Waiting))
	put(metricWriters, gauge, float64(st.WriteWaiters))
	put(metricStart, gauge, float64(c.d.begun.UnixNano())/1e9)
	for _, cd := range c.d.tree.Config().Databases {
		for _, r := range c.d.consumersOf(cd.Name) {
			labels := []string{cd.Name, fmt.Sprintf("%03d", r.Set.RID), r.Set.Provider}
			following := 0.0
			if r.Phase == replica.PhaseFollow {
				following = 1
			}
			put(metricLag, gauge, r.Lag().Seconds(), labels...)
			put(metricDelay, gauge, r.Delay.Seconds(), labels...)
			put(metricConsumed, count, float64(r.Received), labels...)
			put(metricRefreshed, gauge, float64(r.Refreshed), labels...)
			put(metricFollowing, gauge, following, labels...)
		}
	}
	for _, cd := range c.d.tree.Config().Databases {
		n, bytes, ok := c.d.databaseSize(cd)
		if !ok || len(cd.Suffixes) == 0 {
			continue
		}
		put(metricDBEntries, gauge, float64(n), cd.Name, cd.Suffixes[0].Pretty)
		put(metricDBBytes, gauge, float64(bytes), cd.Name, cd.Suffixes[0].Pretty)
	}
}
