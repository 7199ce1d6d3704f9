package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/internal/exporter"
	"github.com/impala-lbcheck/impala-lbcheck/internal/httpserve"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// metricsPlace is where the metrics of a run are served while it goes on.
type metricsPlace struct {
	address string // "": they are not
	public  bool   // other machines may reach it
}

// bind gives cmd the flags.
func (p *metricsPlace) bind(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.address, "metrics-listen", "", "serve the run so far to Prometheus at `ADDRESS`, such as 127.0.0.1:0, while it lasts")
	cmd.Flags().BoolVar(&p.public, "metrics-public", false, "let --metrics-listen take an address that other machines can reach; nobody has to log in there")
}

// metricsServer serves the metrics of a run so far.
type metricsServer struct {
	stop  context.CancelFunc
	ended chan struct{}

	mu    sync.Mutex
	soFar func() scenarios.Result // nil: the run has not begun
	last  prometheus.Collector    // what was scraped last; nil: nothing was
	at    time.Time               // when
}

// keepMetrics is how long the same metrics are sent again: making them takes from the run.
const keepMetrics = time.Second / 2

// listen serves until close, also after a signal: what is scraped last is the whole run.
func (p *metricsPlace) listen(ctx context.Context, e env) (*metricsServer, error) {
	l, err := httpserve.Listen(ctx, p.address, p.public)
	if errors.Is(err, httpserve.ErrPublic) {
		err = fmt.Errorf("%w; if they should, add --metrics-public", err)
	}
	if err != nil {
		return nil, fmt.Errorf("--metrics-listen %s: %w", p.address, err)
	}
	s := &metricsServer{ended: make(chan struct{})}
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) { exporter.ServeMetrics(w, r, s) })
	go func() {
		defer close(s.ended)
		if err := httpserve.Serve(ctx, l, mux); err != nil {
			fmt.Fprintln(e.err, "impala-lbcheck: --metrics-listen:", oneLine(err))
		}
	}()
	fmt.Fprintf(e.err, "metrics: http://%s/metrics\n", l.Addr())
	return s, nil
}

// show has the metrics be those of what soFar returns.
func (s *metricsServer) show(soFar func() scenarios.Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.soFar, s.last = soFar, nil
}

// current are the metrics as they are, or as they were keepMetrics ago at the most; nil:
// there are none yet.
func (s *metricsServer) current() prometheus.Collector {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.soFar != nil && (s.last == nil || time.Since(s.at) >= keepMetrics) {
		s.last, s.at = report.Metrics(s.soFar()), time.Now()
	}
	return s.last
}

// close ends the server.
func (s *metricsServer) close() {
	s.stop()
	<-s.ended
}

// Describe sends nothing: what there is depends on the run.
func (s *metricsServer) Describe(chan<- *prometheus.Desc) {}

// Collect sends what is known now.
func (s *metricsServer) Collect(ch chan<- prometheus.Metric) {
	if m := s.current(); m != nil {
		m.Collect(ch)
	}
}
