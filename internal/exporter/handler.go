package exporter

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Handler answers scrapes: /probe?target=NAME, /targets for Prometheus' discovery of
// them, /metrics for the exporter itself, and /-/healthy.
func (e *Exporter) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /probe", e.serveProbe)
	mux.Handle("GET /metrics", promhttp.HandlerFor(e.own.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "healthy") })
	mux.HandleFunc("GET /targets", e.serveTargets)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		var b strings.Builder
		for _, name := range e.Targets() {
			fmt.Fprintf(&b, "/probe?target=%s\n", name)
		}
		plain(w, http.StatusOK, b.String()+"/targets\n/metrics\n/-/healthy")
	})
	return mux
}

// serveTargets lists the targets as Prometheus' http_sd_configs have it.
func (e *Exporter) serveTargets(w http.ResponseWriter, _ *http.Request) {
	type group struct {
		Targets []string `json:"targets"`
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode([]group{{e.Targets()}}) // to who has left already, at worst
}

// serveProbe answers a scrape of a target.
func (e *Exporter) serveProbe(w http.ResponseWriter, r *http.Request) {
	names := r.URL.Query()["target"]
	if len(names) != 1 {
		plain(w, http.StatusBadRequest, "one target is needed: /probe?target=NAME; / lists the names")
		return
	}
	c, ok := e.probe(names[0])
	if !ok {
		e.own.unknown.Inc()
		plain(w, http.StatusNotFound, "the exporter's file has no target of this name; a host is none, and / lists the names")
		return
	}
	ServeMetrics(w, r, c)
}

// ServeMetrics answers a scrape with the metrics of a collector.
func ServeMetrics(w http.ResponseWriter, r *http.Request, c prometheus.Collector) {
	registry := prometheus.NewRegistry()
	if err := registry.Register(c); err != nil {
		plain(w, http.StatusInternalServerError, err.Error())
		return
	}
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}

// plain answers with a line of text. Nothing of the request is repeated in it.
func plain(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(code)
	fmt.Fprintln(w, text)
}
