package soak

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/lbcheck"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// round is one run: a scenario, the way in, and what is wrong with the cluster.
type round struct {
	scenario scenarios.Scenario
	way      way
	trouble  trouble
	shards   int // that do it side by side, and are merged; 1: none
	seed     uint64
}

func (r round) String() string {
	said := fmt.Sprintf("%s over %s", r.scenario.Name, r.way.name)
	if r.shards > 1 {
		said += fmt.Sprintf(" in %d shards", r.shards)
	}
	if r.trouble.fault == "" {
		return said + ", healthy"
	}
	return said + " with " + r.trouble.fault
}

// phaseOfHung is how long a phase may take where something hangs.
const phaseOfHung = 700 * ms

// seen is what a round showed.
type seen struct {
	observations []scenarios.Observation
	result       scenarios.Result
	cluster      simcluster.Stats
}

// play runs a round.
func (r round) play(t *testing.T, p *clusters, k tokens) seen {
	t.Helper()
	config := simcluster.Config{Coordinators: 3, Nodes: 2, Balance: balance(r.scenario), Seed: r.seed}
	if r.trouble.fault != "" {
		f, err := simcluster.ParseFault(r.trouble.fault)
		if err != nil {
			t.Fatal(err)
		}
		config.Faults = []simcluster.Fault{f}
	}
	r.way.configure(&config, k)
	c := p.start(config, r.way.login == scenarios.MechanismKerberos)
	s := r.scenario
	if s.Kind.Has("seed") {
		s.Seed = r.seed
	}
	opt := r.way.aim(t, &s, c, k)
	if s.Kind.Has("expect.coordinators") {
		s.Expect.Coordinators = scenarios.ExpectCoordinators{Names: c.Names}
	}
	if r.trouble.hangs {
		s.Load.Timeout = phaseOfHung
	}
	out := r.run(t, s, opt)
	out.cluster = p.stop()
	return out
}

// run carries the scenario out, in one part or in several.
func (r round) run(t *testing.T, s scenarios.Scenario, opt lbcheck.Options) seen {
	t.Helper()
	var (
		out     seen
		mu      sync.Mutex
		all     sync.WaitGroup
		results = make([]scenarios.Result, r.shards)
		errs    = make([]error, r.shards)
	)
	opt.Run.Observe = func(o scenarios.Observation) {
		mu.Lock()
		defer mu.Unlock()
		out.observations = append(out.observations, o)
	}
	start := time.Now().Add(time.Second) // of all shards
	for i := range results {
		opt := opt
		if r.shards > 1 {
			opt.Run.Shard, opt.Run.StartAt = scenarios.Shard{Index: i + 1, Count: r.shards}, start
		}
		all.Go(func() { results[i], errs[i] = lbcheck.Run(t.Context(), s, opt) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatalf("%s: %v", r, err)
		}
	}
	out.result = results[0]
	if r.shards > 1 {
		for _, shard := range results {
			r.stored(t, shard)
		}
		var err error
		if out.result, err = merge.Merge(results, merge.Options{}); err != nil {
			t.Errorf("%s: %v", r, err)
		}
		r.sums(t, results, out.result)
	}
	r.stored(t, out.result)
	return out
}

// stored writes the result in every format, and reads it back.
func (r round) stored(t *testing.T, result scenarios.Result) {
	t.Helper()
	result.Summary = report.Sentence(result)
	var doc bytes.Buffer
	for _, f := range report.Formats() {
		to := io.Discard
		if f == report.FormatJSON {
			to = &doc
		}
		if err := report.Write(to, f, result, report.Style{}); err != nil {
			t.Errorf("%s: as %s: %v", r, f, err)
		}
	}
	if _, err := report.Read(&doc); err != nil {
		t.Errorf("%s: its result is refused: %v", r, err)
	}
}

// sums holds the sum against its parts.
func (r round) sums(t *testing.T, parts []scenarios.Result, sum scenarios.Result) {
	t.Helper()
	var all scenarios.Sessions
	for _, p := range parts {
		s := p.Sessions
		all.Attempted += s.Attempted
		all.OK += s.OK
		all.Failed += s.Failed
		all.Unknown += s.Unknown
		all.LeftOpen += s.LeftOpen
		all.Scout += s.Scout
		all.Settle += s.Settle
		all.Refused += s.Refused
	}
	if all != sum.Sessions {
		t.Errorf("%s: the shards had %+v, and the sum has %+v", r, all, sum.Sessions)
	}
}

// verdict holds the verdict against what is wrong with the cluster.
func (r round) verdict(t *testing.T, result scenarios.Result) {
	t.Helper()
	switch kind := r.scenario.Kind.OrLooks(); {
	case r.trouble.fault == "" && result.Verdict == scenarios.StatusFail:
		t.Errorf("%s: %s", r, report.Sentence(result))
	case slices.Contains(r.trouble.never, kind) && result.Verdict == scenarios.StatusPass:
		t.Errorf("%s: it passed: %s", r, report.Sentence(result))
	}
}

// deck deals rounds without end: each scenario over each way as often as every other, each
// fault as often as every other, and between two faults none.
type deck struct {
	rng      *rand.Rand
	pairs    []round
	troubles []trouble
	next     int
}

func newDeck(t *testing.T, seed uint64) *deck {
	t.Helper()
	d := &deck{rng: rand.New(rand.NewPCG(seed, 0))}
	for _, s := range allScenarios(t) {
		for _, w := range ways {
			if takes(s, w) {
				d.pairs = append(d.pairs, round{scenario: s, way: w, shards: 1})
			}
		}
	}
	return d
}

// deal is the next round. Every fifth is done by two shards, where the scenario is one that
// machines share.
func (d *deck) deal() round {
	if d.next%(2*len(d.pairs)) == 0 {
		d.rng.Shuffle(len(d.pairs), func(i, j int) { d.pairs[i], d.pairs[j] = d.pairs[j], d.pairs[i] })
	}
	r := d.pairs[d.next/2%len(d.pairs)]
	r.seed = d.rng.Uint64N(1 << 32)
	if d.next%2 == 1 {
		r.trouble = d.trouble(r.way)
	}
	if d.next%5 == 0 && shared(r.scenario) {
		r.shards = 2
	}
	d.next++
	return r
}

// shared reports whether machines share scenarios of the kind.
func shared(s scenarios.Scenario) bool {
	switch s.Kind.OrLooks() {
	case scenarios.KindLooks, scenarios.KindStages, scenarios.KindCapacity, scenarios.KindHandleReuse:
		return true
	}
	return false
}

// trouble is the fault that had to wait longest of those that fit the way.
func (d *deck) trouble(w way) trouble {
	for {
		if i := slices.IndexFunc(d.troubles, func(f trouble) bool { return f.fits(w) }); i >= 0 {
			f := d.troubles[i]
			d.troubles = slices.Delete(d.troubles, i, i+1)
			return f
		}
		fresh := slices.Clone(troubles)
		d.rng.Shuffle(len(fresh), func(i, j int) { fresh[i], fresh[j] = fresh[j], fresh[i] })
		d.troubles = append(d.troubles, fresh...)
	}
}
