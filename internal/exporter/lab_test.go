package exporter_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/impala-lbcheck/impala-lbcheck/internal/exporter"
	"github.com/impala-lbcheck/impala-lbcheck/lbcheck"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// runTime is how long a run takes in these tests, by the clock of the bubble.
const runTime = 30 * time.Second

// lab is an exporter whose files and runs are a test's.
type lab struct {
	t   *testing.T
	e   *exporter.Exporter
	end func()

	mu       sync.Mutex
	files    map[string]string
	password string
	panics   bool
	good     string        // the password that is not rejected; "": any
	goodWeb  string        // the same of the web pages
	accepted time.Duration // after how long a run's first session is good; 0: with the run
	sent     []string
	sentWeb  []string // passwords that runs sent to web pages
	running  int
	most     int // that ran together
	stopped  int // runs that were told to end
	log      bytes.Buffer
}

const twoTargets = `every: 5m
concurrent: 1
targets:
  prod:
    scenario: smoke
    endpoints: [prod.example.com]
    settings:
      auth.mechanism: ldap
      auth.user: svc
      auth.password_file: /run/secrets/prod
      auth.allow_cleartext: true
  test: {scenario: smoke, endpoints: [test.example.com]}
`

func newLab(t *testing.T, config string) *lab {
	l := &lab{t: t, files: map[string]string{"exporter.yaml": config}, password: "first"}
	ctx, cancel := context.WithCancel(t.Context())
	var err error
	l.e, err = exporter.New(ctx, exporter.Options{
		File: "exporter.yaml", Read: l.read, Login: l.login, Run: l.run, Version: "0.1.0",
		Log: slog.New(slog.NewTextHandler(&l.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); l.e.Run(ctx) }()
	l.end = func() { cancel(); <-ended }
	return l
}

func (l *lab) set(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
}

func (l *lab) read(_ context.Context, name string) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text, ok := l.files[name]
	if !ok {
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	return []byte(text), nil
}

func (l *lab) login(_ context.Context, t exporter.Target) (lbcheck.Options, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var with lbcheck.Options
	if t.Scenario.Target.WebPasswordFile != "" {
		with.WebPassword = "of the pages"
	}
	if t.Scenario.Auth.PasswordFile == "" {
		return with, nil
	}
	if l.password == "" {
		return lbcheck.Options{}, fs.ErrNotExist
	}
	with.Password = l.password
	return with, nil
}

// run takes a while, unless its context ends before.
func (l *lab) run(ctx context.Context, s scenarios.Scenario, with lbcheck.Options) (scenarios.Result, error) {
	l.set(func() {
		l.sent = append(l.sent, strings.Join(s.Target.Endpoints, ",")+" "+with.Password)
		if s.Target.WebUser != "" {
			l.sentWeb = append(l.sentWeb, with.WebPassword)
		}
		l.running++
		l.most = max(l.most, l.running)
	})
	defer l.set(func() { l.running-- })
	started := time.Now()
	if l.accepted > 0 {
		time.Sleep(l.accepted)
		with.Run.Observe(scenarios.Observation{Outcome: scenarios.OutcomeOK})
	}
	select {
	case <-time.After(runTime):
	case <-ctx.Done():
		time.Sleep(time.Second) // sessions are closed
		l.set(func() { l.stopped++ })
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.panics {
		panic("a fault of ours")
	}
	r := scenarios.Result{Verdict: scenarios.StatusPass, Complete: true, Started: started, Measured: scenarios.Measured{Scenario: s}}
	if with.Password != "" && l.good != "" && with.Password != l.good {
		r.Verdict, r.Complete = scenarios.StatusInconclusive, false
		r.Stopped = &scenarios.Stop{By: scenarios.StopScout, Class: vocab.Class{Phase: vocab.PhaseSASL, Kind: vocab.KindRejected}}
	}
	if l.goodWeb != "" && s.Target.WebPort != 0 && with.WebPassword != l.goodWeb {
		r.Pages = []scenarios.Page{{Coordinator: "c1", Needs: scenarios.PageNeedsLogin, Err: "401"}}
	}
	return r, nil
}

// runs are the runs so far, in their order.
func (l *lab) runs() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.sent...)
}

// get asks the exporter.
func (l *lab) get(path string) (code int, body string) {
	w := httptest.NewRecorder()
	l.e.Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, w.Body.String()
}

// scrape scrapes a target and returns its metrics by name, and by label where there is one.
func (l *lab) scrape(target string) map[string]float64 {
	l.t.Helper()
	code, body := l.get("/probe?target=" + target)
	if code != 200 {
		l.t.Fatalf("%s: %d %s", target, code, body)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(body))
	if err != nil {
		l.t.Fatalf("%v in %s", err, body)
	}
	out := map[string]float64{}
	for name, f := range families {
		for _, m := range f.Metric {
			key := strings.TrimPrefix(name, "impala_lbcheck_")
			for _, label := range m.Label {
				if n := label.GetName(); n != "scenario" && n != "endpoint" {
					key += " " + label.GetValue()
				}
			}
			out[key] = m.GetGauge().GetValue()
		}
	}
	return out
}
