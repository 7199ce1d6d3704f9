package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/internal/exporter"
	"github.com/impala-lbcheck/impala-lbcheck/internal/httpserve"
	"github.com/impala-lbcheck/impala-lbcheck/lbcheck"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/threshold"
)

// exporterAddress is where the exporter listens unless another address is given.
const exporterAddress = "127.0.0.1:9841"

// newExporter returns the command that answers Prometheus.
func newExporter(e env) *cobra.Command {
	var config, listen string
	check := false
	cmd := &cobra.Command{
		Use:   "exporter",
		Short: "Answer Prometheus: run scenarios as it asks for them, and export the results",
		Long: `Serve the results of scenarios to Prometheus until interrupted, in the way of its
blackbox exporter: /probe?target=NAME has the metrics of a target that the file names,
/metrics those of the exporter, and /-/healthy says that it lives.

A scrape never waits for a run: it gets the last result and its age, and starts a run
where that is older than "every". A target has one run at a time, all of them together at
most "concurrent". Only targets of the file are connected to; any other is answered with
404. A login that was rejected is not sent again until its secret changes. The file, and
the scenarios that it names, are read again when they change.

Variables IMPALA_LBCHECK_* are not read: what they set would hold for every target.
docs/exporter.md has the file's format, the metrics, alerts and a dashboard.`,
		Example: `  impala-lbcheck exporter --config exporter.yaml
  impala-lbcheck exporter --config exporter.yaml --check
  impala-lbcheck exporter --config exporter.yaml --listen 0.0.0.0:9841`,
		GroupID: groupCheck,
		Args:    none,
	}
	cmd.Flags().StringVar(&config, "config", "", "`FILE.yaml` with the targets; needed")
	cmd.Flags().StringVar(&listen, "listen", exporterAddress, "serve on `HOST:PORT`; other machines can reach what is not loopback, and nobody has to log in there")
	cmd.Flags().BoolVar(&check, "check", false, "check the file, and serve nothing")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if config == "" {
			return errors.New("no --config: which file names the targets? docs/exporter.md has one to start from")
		}
		return serveExporter(cmd.Context(), e, config, listen, check)
	}
	return cmd
}

// exporterLine is the line that exporter prints when it is ready.
type exporterLine struct {
	Address string   `json:"address"`
	Targets []string `json:"targets"`
}

// serveExporter answers until the context ends, and returns when every session is closed.
func serveExporter(ctx context.Context, e env, config, listen string, check bool) error {
	ex, err := exporter.New(ctx, exporter.Options{
		File:    config,
		Read:    func(ctx context.Context, name string) ([]byte, error) { return readFile(ctx, name, maxSettings) },
		Permit:  func(t exporter.Target) error { return e.permit(t.Scenario, scenarios.Shard{}) },
		Login:   func(ctx context.Context, t exporter.Target) (lbcheck.Options, error) { return targetOptions(ctx, e, t) },
		Log:     slog.New(slog.NewTextHandler(e.err, nil)),
		Version: version(),
	})
	if err != nil {
		return err
	}
	if check {
		_, err := fmt.Fprintf(e.out, "%s: OK\n", config)
		return err
	}
	l, err := httpserve.Listen(ctx, listen, true)
	if err != nil {
		return fmt.Errorf("--listen %s: %w", listen, err)
	}
	serving := make(chan error, 1)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		serving <- httpserve.Serve(ctx, l, ex.Handler())
		stop()
	}()
	err = writeJSON(e.out, exporterLine{Address: l.Addr().String(), Targets: ex.Targets()}, "")
	if err != nil {
		stop()
	}
	ex.Run(ctx)
	if served := <-serving; served != nil {
		err = &exitError{exitInternal, errors.Join(err, served)}
	}
	return err
}

// targetOptions reads what a target names, as a run of its scenario would. Nobody can be
// asked, and a secret in the environment is for no target.
func targetOptions(ctx context.Context, e env, t exporter.Target) (lbcheck.Options, error) {
	with, err := readSecrets(ctx, env{err: e.err, environ: withoutSecrets(e.environ)}, t.Scenario)
	if err != nil {
		return lbcheck.Options{}, err
	}
	politeness := kindOf(t.Scenario).ratePolite && !t.Sets("load.rate") && !threshold.NeedsRate(t.Scenario)
	return with.options(e.memory, run.Options{Tool: version(), RateIsDefault: politeness}), nil
}
