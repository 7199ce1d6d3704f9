//go:build linux

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// exporterRun is the exporter in front of two simulated clusters, and the server that
// scrapes it.
type exporterRun struct {
	lab      *lab
	exporter *process
	stranger *stranger
}

// proveExporter lets a real Prometheus scrape the exporter: the alerts of the cluster with
// a dead coordinator fire, those of its healthy twin do not, and a stranger whom a scrape
// names sees no connection.
func (l *lab) proveExporter(ctx context.Context) (evidence, error) {
	if err := l.packages(); err != nil {
		return evidence{}, err
	}
	stranger, err := listenAsStranger(ctx)
	if err != nil {
		return evidence{}, err
	}
	defer stranger.Close()
	r := &exporterRun{lab: l, stranger: stranger}
	if err := r.startExporter(ctx); err != nil {
		return evidence{}, err
	}
	defer r.exporter.stop()
	server, err := r.startPrometheus(ctx)
	if err != nil {
		return evidence{}, err
	}
	defer server.stop()
	began := time.Now()
	firing, err := r.awaitAlerts(ctx, server)
	if err != nil {
		return evidence{}, err
	}
	took := time.Since(began)
	queries, err := r.askDashboard(ctx)
	if err != nil {
		return evidence{}, err
	}
	if err := r.checkStranger(ctx); err != nil {
		return evidence{}, err
	}
	server.stop()
	native, err := r.takeNative(ctx)
	if err != nil {
		return evidence{}, err
	}
	if err := r.endExporter(); err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("%s fire after %.0f s for the dead coordinator alone; %d queries of the dashboard have answers; a stranger is answered with 404 and sees 0 connections; %d native histograms, with which the dashboard has its answers, too", strings.Join(firing, ", "), took.Seconds(), queries, native)}, nil
}

// startExporter starts the clusters and the exporter, which logs in to both.
func (r *exporterRun) startExporter(ctx context.Context) error {
	l, password := r.lab, r.lab.file("run", "prometheus-password")
	if err := os.WriteFile(password, []byte("a secret of the exporter's\n"), 0o600); err != nil {
		return err
	}
	var config strings.Builder
	config.WriteString("every: 10s\ntargets:\n")
	for _, c := range []struct {
		name  string
		port  int
		flags []string
	}{{"healthy", healthySimPort, nil}, {"dead", deadSimPort, []string{"--fault", "dead@2"}}} {
		flags := append([]string{"--tls", "--ca-out", l.file("run", c.name+"-ca.pem"), "--auth", "ldap", "--user", "svc", "--password-file", password}, c.flags...)
		cluster, err := l.startSim(ctx, "prometheus-"+c.name, c.port, 4, flags...)
		if err != nil {
			return err
		}
		fmt.Fprintf(&config, "  %s:\n    scenario: smoke\n    endpoints: [\"%s\"]\n    settings:\n", c.name, strings.Join(cluster.addresses(), `", "`))
		for key, value := range map[string]string{
			"expect.coordinators": strings.Join(cluster.names(), ","), "auth.mechanism": "ldap", "auth.user": "svc", "auth.password_file": password,
			"tls.enabled": "true", "tls.ca_cert": l.file("run", c.name+"-ca.pem"), "tls.server_name": "impala.example.com",
		} {
			fmt.Fprintf(&config, "      %s: \"%s\"\n", key, value)
		}
	}
	file := l.file("run", "exporter.yaml")
	if err := os.WriteFile(file, []byte(config.String()), 0o644); err != nil {
		return err
	}
	tool, err := l.tool()
	if err != nil {
		return err
	}
	r.exporter, err = l.procs.start("exporter", exec.Command(tool, "exporter", "--config", file, "--listen", exporterAddress()), nil)
	if err != nil {
		return err
	}
	return r.exporter.await(ctx, 10*time.Second, func(ctx context.Context) error {
		_, _, err := get(ctx, "http://"+exporterAddress()+"/-/healthy")
		return err
	})
}

func exporterAddress() string { return fmt.Sprintf("127.0.0.1:%d", exporterPort) }

// awaitAlerts waits until both alerts of the dead coordinator fire and the healthy twin
// has had two runs, and fails where an alert fires for anything else.
func (r *exporterRun) awaitAlerts(ctx context.Context, server *process) (fired []string, err error) {
	want := []string{"ImpalaBalancerFails", "ImpalaCoordinatorMissing"}
	err = server.await(ctx, prometheusLimit, func(ctx context.Context) error {
		firing, err := r.alerts(ctx)
		if err != nil {
			return err
		}
		fired = nil
		for _, a := range firing {
			if a["target"] != "dead" {
				return fmt.Errorf("an alert of another target: %v", a)
			}
			fired = append(fired, a["alertname"])
		}
		slices.Sort(fired)
		if !slices.Equal(fired, want) {
			return fmt.Errorf("%v fire, want %v", fired, want)
		}
		passed, err := r.value(ctx, `impala_lbcheck_exporter_runs_total{target="healthy", verdict="pass"} and on () (impala_lbcheck_verdict{target="healthy", verdict="pass"} == 1)`)
		if err == nil && passed < 2 {
			err = fmt.Errorf("the healthy twin has passed %v times, want 2", passed)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	quiet, err := r.value(ctx, `count(count_over_time(ALERTS{target="healthy", alertstate="firing"}[5m])) or vector(0)`)
	if err != nil || quiet != 0 {
		return nil, fmt.Errorf("%v alerts fired for the healthy twin: %w", quiet, cmp.Or(err, errors.New("it is healthy")))
	}
	return fired, nil
}

// askDashboard asks every query of the dashboard, which must have an answer; those of a
// capacity have none, as there was none.
func (r *exporterRun) askDashboard(ctx context.Context) (asked int, err error) {
	b, err := os.ReadFile(filepath.Join(r.lab.root, "deploy", "grafana", "dashboard.json"))
	if err != nil {
		return 0, err
	}
	var dashboard struct {
		Panels []struct {
			Targets []struct {
				Expr string `json:"expr"`
			} `json:"targets"`
		} `json:"panels"`
	}
	if err := json.Unmarshal(b, &dashboard); err != nil {
		return 0, err
	}
	for _, p := range dashboard.Panels {
		for _, q := range p.Targets {
			values, err := r.query(ctx, strings.ReplaceAll(q.Expr, "$target", ".+"))
			none := strings.Contains(q.Expr, "_capacity_") || strings.Contains(q.Expr, "_session_failures")
			if err != nil || len(values) == 0 != none {
				return asked, fmt.Errorf("%s has %d values: %w", q.Expr, len(values), cmp.Or(err, errors.New("that is not what was expected")))
			}
			asked++
		}
	}
	return asked, nil
}

// checkStranger scrapes the stranger, as Prometheus has all the time.
func (r *exporterRun) checkStranger(ctx context.Context) error {
	code, _, err := get(ctx, "http://"+exporterAddress()+"/probe?target="+r.stranger.Addr().String())
	up, upErr := r.value(ctx, `up{job="stranger"}`)
	seen := r.stranger.connections.Load()
	if err := errors.Join(err, upErr); err != nil || code != http.StatusNotFound || up != 0 || seen != 0 {
		return fmt.Errorf("the stranger: %d, want 404; up %v, want 0; %d connections, want 0: %w", code, up, seen, cmp.Or(err, errors.New("it must be left alone")))
	}
	return nil
}

// endExporter ends the exporter, which must close its sessions and exit with 0.
func (r *exporterRun) endExporter() error {
	if err := syscall.Kill(r.exporter.cmd.Process.Pid, syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-r.exporter.ended:
	case <-time.After(stopTimeout):
		return errors.New("the exporter does not end on SIGTERM")
	}
	if code := r.exporter.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("the exporter exits with %d: %s", code, r.exporter.logTail())
	}
	return nil
}
