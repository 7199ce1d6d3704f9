package exporter

import (
	"context"
	"errors"
	"log/slog"
	"slices"
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
	logins *logins
	files  []readFile // that were read last; of New, and then of Run's goroutine

	mu         sync.Mutex
	concurrent int
	targets    map[string]*targetState
	running    map[string]context.CancelFunc // by target: also the runs of targets that are no longer in the file
	waiting    []*targetState                // that are due and were asked for
	resumed    int                           // how often a login was no longer being tried
}

// targetState is a target that the file names, and what became of it.
type targetState struct {
	Target
	due    time.Time // when a scrape may start the next one
	held   bool      // it waits until a login is no longer being tried
	latest attempt
	result prometheus.Collector // of the last run that had a result; nil: there was none
	ended  time.Time            // when that one had ended
}

// New reads the configuration and returns an exporter that has run nothing yet.
func New(ctx context.Context, opt Options) (*Exporter, error) {
	if opt.Run == nil {
		opt.Run = lbcheck.Run
	}
	e := &Exporter{opt: opt, seal: newSeal(), targets: map[string]*targetState{}, running: map[string]context.CancelFunc{}}
	e.logins = &logins{ended: e.resume, tried: map[fingerprint]bool{}}
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
	e.targets, e.waiting = map[string]*targetState{}, nil // nothing is started any more
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
	if due := e.running[name] == nil && !time.Now().Before(t.due); due && !slices.Contains(e.waiting, t) {
		e.waiting = append(e.waiting, t)
	}
	e.startWaiting()
	return t.collector(e.running[name] != nil, slices.Contains(e.waiting, t)), true
}

// startWaiting starts the runs that there is room for. What has been due longest is first.
func (e *Exporter) startWaiting() {
	slices.SortStableFunc(e.waiting, func(a, b *targetState) int { return a.due.Compare(b.due) })
	for len(e.running) < e.concurrent {
		i := slices.IndexFunc(e.waiting, func(t *targetState) bool { return !t.held })
		if i < 0 {
			return
		}
		t := e.waiting[i]
		e.waiting = slices.Delete(e.waiting, i, i+1)
		e.start(t)
	}
}

// resume starts what waited for a login that another run tried.
func (e *Exporter) resume() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.resumed++
	for _, t := range e.waiting {
		t.held = false
	}
	e.startWaiting()
}

// start starts a run of a target.
func (e *Exporter) start(t *targetState) {
	ctx, cancel := context.WithCancel(e.ctx)
	e.running[t.Name] = cancel
	before, resumed := t.latest, e.resumed
	e.runs.Go(func() {
		a := e.attempt(ctx, t.Target, before)
		e.end(t, a, resumed)
	})
}

// end keeps what became of a run, which was started when logins had been resumed so many
// times. One that was held waits until they are again.
func (e *Exporter) end(t *targetState, a attempt, resumed int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.startWaiting()
	e.running[t.Name]()
	delete(e.running, t.Name)
	current := e.targets[t.Name] == t
	if a.outcome == held {
		if t.held = resumed == e.resumed; current {
			e.waiting = append(e.waiting, t)
		}
		return
	}
	t.latest, t.due = a, time.Now().Add(t.Every)
	if a.metrics != nil {
		t.result, t.ended = a.metrics, time.Now()
	}
	if current {
		e.own.count(t.Name, a)
	}
}

// counts are how many targets there are, and how many runs go on.
func (e *Exporter) counts() (targets, running int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.targets), len(e.running)
}
