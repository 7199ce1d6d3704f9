package exporter

import (
	"context"
	"errors"
	"log/slog"
	"reflect"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/impala-lbcheck/impala-lbcheck/lbcheck"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Options are what an exporter is given besides its file.
type Options struct {
	// File is the name of the configuration.
	File string
	// Read reads a file that the configuration names, and the configuration itself.
	Read func(ctx context.Context, name string) ([]byte, error)
	// Permit is asked of each target of a configuration that is otherwise good. Its error
	// refuses the configuration. nil: it is not asked.
	Permit func(Target) error
	// Login reads what a target's scenario logs in with, and returns the options of
	// its run. It is called before every run.
	Login func(ctx context.Context, t Target) (lbcheck.Options, error)
	// Run carries a scenario out; nil is [lbcheck.Run].
	Run func(context.Context, scenarios.Scenario, lbcheck.Options) (scenarios.Result, error)
	// Log is told of runs and of changes of the file.
	Log *slog.Logger
	// Version is that of this program.
	Version string
}

// Exporter runs scenarios as scrapes ask for them.
type Exporter struct {
	opt    Options
	seal   seal
	own    *ownMetrics
	ctx    context.Context // of all runs
	cancel context.CancelCauseFunc
	runs   sync.WaitGroup
	files  []file // that were read last; of New, and then of Run's goroutine

	mu         sync.Mutex
	concurrent int
	targets    map[string]*target
	running    map[string]context.CancelFunc // by target: also the runs of targets that are no longer in the file
}

// target is one that the file names, and what became of it.
type target struct {
	Target
	due    time.Time // when a scrape may start the next one
	latest attempt
	result prometheus.Collector // of the last run that had a result; nil: there was none
	ended  time.Time            // when that one had ended
}

// New reads the configuration and returns an exporter that has run nothing yet.
func New(ctx context.Context, opt Options) (*Exporter, error) {
	if opt.Run == nil {
		opt.Run = lbcheck.Run
	}
	e := &Exporter{opt: opt, seal: newSeal(), targets: map[string]*target{}, running: map[string]context.CancelFunc{}}
	e.own = newOwnMetrics(opt.Version, e.counts)
	e.ctx, e.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	c, files, err := e.load(ctx)
	if err != nil {
		return nil, err
	}
	e.files = files
	e.apply(c)
	return e, nil
}

// errStopped is why the runs of an exporter end with it.
var errStopped = errors.New("the exporter stops")

// Run reads the configuration again where it changes, until ctx ends. Then it ends the
// runs that go on, and returns when every session is closed.
func (e *Exporter) Run(ctx context.Context) {
	e.watch(ctx)
	e.mu.Lock()
	e.targets = map[string]*target{} // a scrape starts nothing any more
	e.mu.Unlock()
	e.cancel(errStopped)
	e.runs.Wait()
}

// Targets are the names of the targets.
func (e *Exporter) Targets() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.names()
}

// probe is what a scrape of a target gets. Where its result is too old, a run starts.
func (e *Exporter) probe(name string) (prometheus.Collector, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	t, ok := e.targets[name]
	if !ok {
		return nil, false
	}
	due := e.running[name] == nil && !time.Now().Before(t.due)
	if due && len(e.running) < e.concurrent {
		e.start(t)
		due = false
	}
	return t.collector(e.running[name] != nil, due), true
}

// start starts a run of a target.
func (e *Exporter) start(t *target) {
	ctx, cancel := context.WithCancel(e.ctx)
	e.running[t.Name] = cancel
	before := t.latest
	e.runs.Go(func() {
		a := e.attempt(ctx, t.Target, before)
		e.end(t, a)
	})
}

// end keeps what became of a run.
func (e *Exporter) end(t *target, a attempt) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.running[t.Name]()
	delete(e.running, t.Name)
	t.latest, t.due = a, time.Now().Add(t.Every)
	if a.metrics != nil {
		t.result, t.ended = a.metrics, time.Now()
	}
	switch now := e.targets[t.Name]; {
	case now == t:
		e.own.count(t.Name, a)
	case now != nil && now.logsInAs(t.Target): // the file has changed meanwhile
		now.latest.rejected = a.rejected
	}
}

// logsInAs reports whether a target logs in where another one does, and as that one.
func (t Target) logsInAs(other Target) bool {
	return reflect.DeepEqual(t.Scenario.Auth, other.Scenario.Auth) && reflect.DeepEqual(t.Scenario.Target, other.Scenario.Target)
}

// counts are how many targets there are, and how many runs go on.
func (e *Exporter) counts() (targets, running int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.targets), len(e.running)
}
