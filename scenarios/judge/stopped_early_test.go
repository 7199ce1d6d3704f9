package judge

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// cutShort is a run that ended after so many good sessions and failures of a class.
func cutShort(by scenarios.StopReason, good, failed int, class string) scenarios.Measured {
	node := netip.MustParseAddrPort("192.0.2.1:21050")
	look := scenarios.Look{Kind: scenarios.LookFirst, Planned: 40, Cut: true}
	for i := range good + failed {
		o := scenarios.Observation{Seq: i, Part: scenarios.PartOrdered, Node: node, Outcome: scenarios.OutcomeOK}
		o.Who = scenarios.Identity{Coordinator: []string{"coord-1:25000", "coord-2:25000"}[i%2], PID: 1, Source: scenarios.SourcePing}
		if i >= good {
			o.Outcome, o.Class, o.Who = scenarios.OutcomeFailed, vocabtest.Class(class), scenarios.Identity{}
		}
		look.Add(o)
	}
	m := scenarios.Measured{
		Scenario: judgetest.Declared(2), Looks: []scenarios.Look{look},
		Stopped: &scenarios.Stop{By: by, Class: vocabtest.Class(class), Text: "why it ended"},
	}
	m.Sessions.Count(m.Pooled())
	return m
}

func TestStopped_TwoRejectionsFail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		e    scenarios.Measured
		want scenarios.Status
	}{
		"a scout's and a session's":     {cutShort(scenarios.StopRejected, 4, 1, "sasl.rejected"), scenarios.StatusFail},
		"two sessions'":                 {cutShort(scenarios.StopRejected, 4, 2, "sasl.rejected"), scenarios.StatusFail},
		"both while settling":           {cutShort(scenarios.StopRejected, 0, 0, "sasl.rejected"), scenarios.StatusInconclusive},
		"a lone failure, interrupted":   {cutShort(scenarios.StopInterrupted, 4, 1, "open.eof"), scenarios.StatusInconclusive},
		"twenty refused on every node":  {cutShort(scenarios.StopAllRefused, 4, 20, "open.eof"), scenarios.StatusFail},
		"none refused of the last look": {cutShort(scenarios.StopAllRefused, 4, 0, "open.eof"), scenarios.StatusInconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := Judge(c.e)
			for _, f := range j.Findings {
				if f.ID == scenarios.ErrorsRate && f.Status != c.want {
					t.Errorf("errors.rate is %s: %s", f.Status, f.Message)
				}
			}
			if j.Verdict == scenarios.StatusPass {
				t.Error("a run that was cut short passed")
			}
		})
	}
}

func TestStopped_NothingMeasuredSaysWhy(t *testing.T) {
	t.Parallel()
	j := Judge(cutShort(scenarios.StopScout, 0, 0, "tcp.refused"))
	if len(j.Findings) != 1 || !strings.HasPrefix(j.Findings[0].Message, "nothing was measured: why it ended") {
		t.Errorf("findings = %+v", j.Findings)
	}
}
