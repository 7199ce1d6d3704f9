//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// startPrometheus starts Prometheus with the configuration of deploy/, at the exporter's
// address here, with shorter intervals, and with a scrape of a stranger. It begins without data.
func (r *exporterRun) startPrometheus(ctx context.Context, flags ...string) (*process, error) {
	l, from := r.lab, filepath.Join(r.lab.root, "deploy", "prometheus")
	b, err := os.ReadFile(filepath.Join(from, "prometheus.yml"))
	if err != nil {
		return nil, err
	}
	config := strings.ReplaceAll(string(b), "127.0.0.1:9841", exporterAddress())
	config = strings.Replace(config, "[alerts.yml]", "["+filepath.Join(from, "alerts.yml")+"]", 1)
	config = "global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\n" + config + fmt.Sprintf(`
  - job_name: stranger
    metrics_path: /probe
    params: {target: ["%s"]}
    static_configs:
      - targets: ["%s"]
`, r.stranger.Addr(), exporterAddress())
	file, data := l.file("run", "prometheus.yml"), l.file("run", "prometheus-data")
	if err := errors.Join(os.WriteFile(file, []byte(config), 0o644), os.RemoveAll(data)); err != nil {
		return nil, err
	}
	p, err := l.procs.start("prometheus", exec.Command("/usr/bin/prometheus", append(flags, "--config.file="+file, "--storage.tsdb.path="+data,
		fmt.Sprintf("--web.listen-address=127.0.0.1:%d", prometheusPort))...), nil)
	if err != nil {
		return nil, err
	}
	return p, p.await(ctx, 20*time.Second, func(ctx context.Context) error {
		_, _, err := get(ctx, fmt.Sprintf("http://127.0.0.1:%d/-/ready", prometheusPort))
		return err
	})
}

// alerts asks Prometheus which alerts fire: name and labels.
func (r *exporterRun) alerts(ctx context.Context) ([]map[string]string, error) {
	var answer struct {
		Data struct {
			Alerts []struct {
				State  string            `json:"state"`
				Labels map[string]string `json:"labels"`
			} `json:"alerts"`
		} `json:"data"`
	}
	if err := r.ask(ctx, "/api/v1/alerts", &answer); err != nil {
		return nil, err
	}
	var firing []map[string]string
	for _, a := range answer.Data.Alerts {
		if a.State == "firing" {
			firing = append(firing, a.Labels)
		}
	}
	return firing, nil
}

// value asks Prometheus for the one value of a query.
func (r *exporterRun) value(ctx context.Context, query string) (float64, error) {
	values, err := r.query(ctx, query)
	if err != nil {
		return 0, err
	}
	if len(values) != 1 {
		return 0, fmt.Errorf("%s has %d values, want one", query, len(values))
	}
	return values[0], nil
}

// query asks Prometheus for the values of a query.
func (r *exporterRun) query(ctx context.Context, query string) ([]float64, error) {
	var answer struct {
		Data struct {
			Result []struct {
				Value [2]json.RawMessage `json:"value"`
			} `json:"result"`
		} `json:"data"`
	}
	if err := r.ask(ctx, "/api/v1/query?query="+url.QueryEscape(query), &answer); err != nil {
		return nil, fmt.Errorf("%s: %w", query, err)
	}
	var values []float64
	for _, v := range answer.Data.Result {
		var n float64
		if _, err := fmt.Sscanf(strings.Trim(string(v.Value[1]), `"`), "%g", &n); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", query, v.Value[1], err)
		}
		values = append(values, n)
	}
	return values, nil
}

// ask reads an answer of Prometheus.
func (r *exporterRun) ask(ctx context.Context, path string, answer any) error {
	code, body, err := get(ctx, fmt.Sprintf("http://127.0.0.1:%d%s", prometheusPort, path))
	if err == nil && code != http.StatusOK {
		err = fmt.Errorf("%d %s", code, tail(body))
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(body, answer)
}
