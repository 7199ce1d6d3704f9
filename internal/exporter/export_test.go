package exporter

import "github.com/prometheus/client_golang/prometheus"

// Gatherers are what a scrape of a target, and one of the exporter itself, gather.
func Gatherers(e *Exporter, target string) []prometheus.Gatherer {
	c, _ := e.probe(target)
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(c)
	return []prometheus.Gatherer{registry, e.own.registry}
}
