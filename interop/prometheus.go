//go:build linux

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Ports of the proofs with Prometheus.
const (
	prometheusPort  = 21800
	exporterPort    = 21801
	healthySimPort  = 21810
	deadSimPort     = 21820
	prometheusLimit = 40 * time.Second // from the start of the server until the alerts are as they must be
)

// prometheusProofs check what we export with Debian's Prometheus.
func prometheusProofs(l *lab) []proof {
	return []proof{
		{name: "prometheus.files", run: l.provePrometheusFiles},
		{name: "prometheus.exporter", run: l.proveExporter},
	}
}

// promtool runs promtool with a file as its standard input; "": none.
func (l *lab) promtool(ctx context.Context, stdin []byte, args ...string) error {
	cmd := exec.CommandContext(ctx, "/usr/bin/promtool", args...)
	cmd.Dir, cmd.Stdin = filepath.Join(l.root, "deploy", "prometheus"), strings.NewReader(string(stdin))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("promtool %s: %w: %s", strings.Join(args, " "), err, tail(out))
	}
	return nil
}

// provePrometheusFiles has promtool check the rules, their tests, the configuration and
// the metrics of every stored run and of runs that pass, fail and measure nothing.
func (l *lab) provePrometheusFiles(ctx context.Context) (evidence, error) {
	if err := l.packages(); err != nil {
		return evidence{}, err
	}
	for _, args := range [][]string{{"check", "rules", "alerts.yml"}, {"test", "rules", "alerts_test.yml"}, {"check", "config", "prometheus.yml"}} {
		if err := l.promtool(ctx, nil, args...); err != nil {
			return evidence{}, err
		}
	}
	files, err := filepath.Glob(filepath.Join(l.root, "testdata", "golden", "*.prometheus"))
	if err != nil || len(files) < 15 {
		return evidence{}, fmt.Errorf("%d files of stored runs: %w", len(files), cmp.Or(err, errors.New("too few")))
	}
	for name, run := range map[string]toolRun{
		"pass": {args: []string{"demo", "--tls"}}, "fail": {args: []string{"demo", "--fault", "dead@2"}, want: expectation{exit: 1}},
		"unmeasured": {args: []string{"smoke", "127.0.0.1:1"}, want: expectation{exit: 4}},
	} {
		file := l.file("run", "prometheus-"+name+".prom")
		run.name = "prometheus-" + name
		a, err := l.runTool(ctx, run, "--out", file)
		if err != nil || a.code != run.want.exit {
			return evidence{}, fmt.Errorf("%v: exit %d, want %d: %w", run.args, a.code, run.want.exit, cmp.Or(err, errors.New(tail(a.stderr))))
		}
		files = append(files, file)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err == nil {
			err = l.promtool(ctx, b, "check", "metrics")
		}
		if err != nil {
			return evidence{}, fmt.Errorf("%s: %w", filepath.Base(file), err)
		}
	}
	return evidence{numbers: fmt.Sprintf("promtool finds nothing in the rules, their tests, the configuration and %d files of metrics", len(files))}, nil
}
