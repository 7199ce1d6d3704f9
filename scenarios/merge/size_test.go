package merge_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// What a merge may take: 1000 shards of a million sessions each, of 60 KB at the most.
const (
	maxDocument = 60_000
	maxMemory   = 500 << 20
	maxTime     = 10 * time.Second
)

func TestMerge_OfAThousandShardsIsSmallAndQuick(t *testing.T) {
	text := millionSessions(t)
	if len(text) > maxDocument {
		t.Errorf("a shard of a million sessions has %d bytes, more than %d", len(text), maxDocument)
	}
	docs := make([]merge.Document, shardsOfSize)
	for i := range docs {
		own := bytes.Replace(text, []byte(`"index":1,`), fmt.Appendf(nil, `"index":%d,`, i+1), 1)
		own = bytes.Replace(own, []byte(`"run":"shard"`), fmt.Appendf(nil, `"run":"shard-%d"`, i), 1)
		var err error
		if docs[i], err = merge.NewDocument(fmt.Sprint(i), own); err != nil {
			t.Fatal(err)
		}
	}
	peak := watchMemory(t)
	begun, worked := time.Now(), cpuTime(t)
	r, err := merge.Documents(docs, merge.Options{})
	took, worked := time.Since(begun), cpuTime(t)-worked
	if err != nil {
		t.Fatal(err)
	}
	memory := peak()
	t.Logf("%d shards of %d bytes: %s, of them %s at work, %d MB", len(docs), len(text), took.Round(time.Millisecond), worked.Round(time.Millisecond), memory>>20)
	if r.Sessions.OK != shardsOfSize*sessionsEach || r.Phases.Count(scenarios.PhaseOpen) != r.Sessions.OK || len(r.Findings) == 0 {
		t.Errorf("%+v, %d opened, %d findings", r.Sessions, r.Phases.Count(scenarios.PhaseOpen), len(r.Findings))
	}
	if !raceEnabled && (min(took, worked) > maxTime || memory > maxMemory) {
		t.Errorf("it took %s, worked %s, and had %d bytes; %s and %d are the most", took, worked, memory, maxTime, maxMemory)
	}
	if n := len(written(t, r)); n > report.MaxResult {
		t.Errorf("the sum has %d bytes, which nobody reads", n)
	}
}

// millionSessions is a shard of a load with a million sessions, as a file.
func millionSessions(t *testing.T) []byte {
	s := scenarioOf(scenarios.KindStages)
	r := resultOf(s, "shard", &scenarios.Shard{Index: 1, Count: shardsOfSize}, nil)
	rnd := rand.New(rand.NewPCG(1, 1))
	m := &r.Measured
	nodes := []netip.AddrPort{m.Nodes[0].Address, m.Nodes[1].Address}
	look := scenarios.Look{Kind: scenarios.LookWhole, Planned: sessionsEach}
	logins := scenarios.LoginTimes{Coordinators: scenarios.TimesByName{}, Nodes: scenarios.TimesByName{}}
	for i := range sessionsEach {
		o := scenarios.Observation{Seq: i, Part: scenarios.PartArrival, Node: nodes[rnd.IntN(2)], Outcome: scenarios.OutcomeOK, Closed: scenarios.OutcomeOK, Open: 8}
		o.Due = time.Duration(i) * 50 * time.Microsecond
		o.Start = o.Due + time.Duration(rnd.IntN(200))*time.Microsecond
		for _, p := range []scenarios.Phase{scenarios.PhaseTCP, scenarios.PhaseOpen, scenarios.PhaseExecute, scenarios.PhaseFetch, scenarios.PhaseClose} {
			o.Phases[p] = time.Duration(float64(p)*500*math.Exp(rnd.NormFloat64()/8)) * time.Microsecond
		}
		o.End = o.Start + o.Login() + 20*time.Millisecond
		o.Who = scenarios.Identity{Coordinator: fmt.Sprintf("coord-%d.example.com:25000", rnd.IntN(5)), PID: 7, Version: "impalad version 4.5.0", Source: scenarios.SourcePing}
		look.Add(o)
		m.Phases.Record(o.Phases)
		m.Load.Add(o)
		m.Series.Add(o)
		logins.All.Record(o.Login() - o.Lag())
		addTo(logins, o)
	}
	m.Looks = []scenarios.Look{look}
	m.Scenario.Thresholds = nil
	m.Logins = scenarios.LoginsOf(logins)
	pooled := m.Pooled()
	m.Sessions.Count(pooled)
	for i := range m.Nodes {
		m.Nodes[i] = scenarios.NodeTallyOf(nodes[i], pooled)
		m.Nodes[i].Login = m.Logins.Over(nodes[i])
	}
	judge.Conclude(&r, judge.Judge(r.Measured))
	var line bytes.Buffer
	if err := json.Compact(&line, written(t, r)); err != nil {
		t.Fatal(err)
	}
	return line.Bytes()
}

// watchMemory returns what ends the watch, and tells the most that the heap held.
func watchMemory(t *testing.T) (peak func() uint64) {
	t.Helper()
	done, result := make(chan struct{}), make(chan uint64)
	go func() {
		var most uint64
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse+m.StackInuse)
			select {
			case <-done:
				result <- most
				return
			case <-tick.C:
			}
		}
	}()
	return func() uint64 { close(done); return <-result }
}
