package judge

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// TestJudge_NothingMeasuredNeverPasses judges evidence of every kind that is made at
// random: nothing that was measured, or a certificate that was refused, is never a
// pass. So that this can fail, some of the evidence of every kind must pass.
func TestJudge_NothingMeasuredNeverPasses(t *testing.T) {
	t.Parallel()
	const runs = 1000
	for _, kind := range scenarios.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			passes, refusals, empties := 0, 0, 0
			for seed := range uint64(runs) {
				e := randomEvidence(judgetest.Source(seed), kind)
				refused, sessions := e.Sessions.Refused > 0, 0
				for _, l := range e.Looks {
					refused = refused || l.Refused > 0
					n, _, _, _ := l.All().Total()
					sessions += n
				}
				empty := sessions == 0 && (kind != scenarios.KindCapacity || e.Capacity == nil || e.Capacity.Held == 0)
				if kind == scenarios.KindCertificates {
					empty = len(e.TLS) == 0
				}
				if kind == scenarios.KindAudit {
					empty = e.Audit == nil || e.Audit.Type == ""
				}
				verdict := Judge(e).Verdict
				if verdict == scenarios.StatusPass && (refused || empty) {
					t.Fatalf("seed %d passes, of which certificates were refused: %v, nothing was measured: %v", seed, refused, empty)
				}
				if verdict == scenarios.StatusFail && !refused && empty && len(judgetest.FailedIDs(Judge(e).Findings)) == 0 {
					t.Fatalf("seed %d fails without a finding", seed)
				}
				passes += count(verdict == scenarios.StatusPass)
				refusals += count(refused)
				empties += count(empty)
			}
			if passes < runs/100 || refusals < runs/10 || empties < runs/20 {
				t.Errorf("%d passes, %d with refusals, %d empty: the evidence tries nothing", passes, refusals, empties)
			}
		})
	}
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// randomEvidence is what a run of a kind could have seen.
func randomEvidence(r *rand.Rand, kind scenarios.Kind) scenarios.Measured {
	s := judgetest.Declared(3)
	s.Kind, s.TLS.Enabled = kind, kind == scenarios.KindCertificates || chance(r, 2)
	s.Expect.TLS.DaysLeft = 7
	s.Expect.Coordinators.Names = s.Expect.Coordinators.Names[:r.IntN(4)]
	if chance(r, 4) {
		s.Expect.TLS.Issuer = []string{"O=Amazon"}
	}
	if chance(r, 8) {
		s.Expect.TLS.Root = []string{"O=Example Trust"}
	}
	if kind == scenarios.KindStages && chance(r, 2) {
		s.Thresholds = map[string][]string{"session": {"error_rate < 10%"}}
	}
	e := scenarios.Measured{Scenario: s}
	if !chance(r, 8) && kind != scenarios.KindCertificates {
		e.Looks = []scenarios.Look{randomLook(r, kind)}
	}
	if chance(r, 3) {
		e.Sessions.Refused = 1 + r.IntN(3)
	}
	if s.TLS.Enabled && !chance(r, 6) {
		e.TLS = randomCerts(r)
	}
	if chance(r, 10) {
		by := []scenarios.StopReason{scenarios.StopCertificate, scenarios.StopScout, scenarios.StopInterrupted, scenarios.StopGenerator}
		e.Stopped = &scenarios.Stop{By: by[r.IntN(len(by))], Text: "stopped"}
	}
	all := e.Pooled()
	e.Sessions.Count(all)
	for i := range 2 {
		e.Nodes = append(e.Nodes, scenarios.NodeTallyOf(judgetest.NodeAddr(i), all))
	}
	addSeen(r, kind, &e)
	return e
}

// randomAudit is a good Classic load balancer, one that cuts idle connections early, or
// one that could not be read.
func randomAudit(r *rand.Rand) *scenarios.Audited {
	if chance(r, 4) {
		return &scenarios.Audited{Name: "lb", Unread: []scenarios.AuditUnread{{Action: "elasticloadbalancing:DescribeLoadBalancers", Missing: "elasticloadbalancing:DescribeLoadBalancers"}}}
	}
	idle := []string{"3600", "60"}[r.IntN(2)]
	return &scenarios.Audited{
		Type: scenarios.BalancerClassic, Name: "lb", Zones: []string{"a"},
		Attributes: map[string]string{"ConnectionSettings.IdleTimeout": idle, "CrossZoneLoadBalancing.Enabled": "true"},
		Groups:     []scenarios.AuditTargets{{Name: "its instances", Targets: []scenarios.AuditTarget{{ID: "i-1", Zone: "a", State: "inservice"}}}},
	}
}

func chance(r *rand.Rand, oneIn int) bool { return r.IntN(oneIn) == 0 }

// randomLook is good, now and then with failures, refusals or no session at all.
func randomLook(r *rand.Rand, kind scenarios.Kind) scenarios.Look {
	which := scenarios.LookWhole
	if kind == scenarios.KindLooks {
		which = scenarios.LookFirst
	}
	var dealt []int
	if !chance(r, 6) {
		each, failed := 8+r.IntN(10), 0
		if chance(r, 4) {
			failed = r.IntN(4)
		}
		dealt = judgetest.Dealt([]int{each, each, each}, failed)
	}
	l := judgetest.LookOf(which, 2, dealt)
	l.Cut = chance(r, 8)
	if chance(r, 4) {
		l.Refused = 1 + r.IntN(5)
	}
	return l
}

// randomCerts are those of one or two nodes, now and then with something wrong.
func randomCerts(r *rand.Rand) []scenarios.Cert {
	changes := []func(*scenarios.Cert){
		func(c *scenarios.Cert) {
			c.Chain = scenarios.ChainStatus(r.IntN(int(scenarios.ChainWeakSignature) + 1))
		},
		func(c *scenarios.Cert) { c.HostOK = false },
		func(c *scenarios.Cert) { c.NotAfter = c.Seen.Add(time.Duration(r.IntN(60)-30) * day) },
		func(c *scenarios.Cert) { c.Path[1].NotAfter = c.Seen.Add(time.Duration(r.IntN(60)-30) * day) },
		func(c *scenarios.Cert) { c.Path[0].KeyBits = 160 + r.IntN(200) },
		func(c *scenarios.Cert) { c.Version = []string{"TLS1.1", "TLS1.2", ""}[r.IntN(3)] },
		func(c *scenarios.Cert) { c.Path, c.Sent = nil, nil },
		func(c *scenarios.Cert) { c.Fingerprint = "cd" },
	}
	var out []scenarios.Cert
	for i := range 1 + r.IntN(2) {
		c := chained(i, leafAt, nil)
		if chance(r, 4) {
			changes[r.IntN(len(changes))](&c)
		}
		out = append(out, c)
	}
	return out
}

// addSeen adds what only runs of one kind see, most often something good.
func addSeen(r *rand.Rand, kind scenarios.Kind, e *scenarios.Measured) {
	if chance(r, 10) {
		return
	}
	sessions := e.Sessions.Attempted
	switch kind {
	case scenarios.KindCapacity:
		held := sessions * r.IntN(2)
		e.Scenario.Capacity.Hold = held
		e.Capacity = &scenarios.Capacity{Target: held, Held: held, Survived: held, For: 60}
		for i := range 3 {
			e.Capacity.Holders = append(e.Capacity.Holders, scenarios.Holder{Name: judgetest.CoordName(i), Held: held / 3})
		}
	case scenarios.KindQuery:
		for i := range 3 {
			e.Queries = append(e.Queries, scenarios.QueryTally{Coordinator: judgetest.CoordName(i), Runs: 2, Times: []scenarios.Seconds{.1, .1}})
		}
		if chance(r, 4) {
			e.Queries[0].Failed, e.Queries[0].Class = 1, vocabtest.Class("execute.admission")
		}
	case scenarios.KindIdle:
		e.Idle = &scenarios.IdleSeen{Scale: 1, Steps: []scenarios.IdleStep{{After: 10, Outcome: scenarios.OutcomeOK}, {After: 60, Outcome: scenarios.Outcome(r.IntN(3))}}}
		e.Idle.Summarize()
	case scenarios.KindHandleReuse:
		e.Handles = []scenarios.HandleTally{{Opened: judgetest.CoordName(0), Answered: judgetest.CoordName(0), Reached: sessions / 2, Foreign: r.IntN(4) / 3, Unknown: r.IntN(3) / 2}}
	case scenarios.KindAudit:
		e.Audit = randomAudit(r)
	case scenarios.KindWatch:
		e.Watch = &scenarios.WatchSeen{For: 60, Sessions: sessions}
	}
}
