package report_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	sc "github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestSentence(t *testing.T) {
	t.Parallel()
	five := make([]sc.CoordTally, 5)
	for i := range five {
		five[i].Sessions = 8
	}
	two := []sc.NodeTally{{Sessions: 28}, {Sessions: 28}}
	even := sc.Finding{ID: sc.BalanceImbalance, Status: sc.StatusPass}
	missing := sc.Finding{ID: sc.BalanceCoverage, Status: sc.StatusFail, Subject: "c2:25000", Message: "got none of 40 sessions where 8 were due."}
	var declared sc.Scenario
	declared.Expect.Coordinators.Count = 5
	kind := func(k sc.Kind) sc.Scenario { return sc.Scenario{Kind: k, Expect: declared.Expect} }
	slow := sc.LoadStats{}
	slow.Login.Record(400 * time.Millisecond)
	for name, c := range map[string]struct {
		r    sc.Result
		want string
	}{
		"capacity: its finding and note": {
			r: sc.Result{Verdict: sc.StatusPass, Complete: true, Coords: five,
				Findings: []sc.Finding{even, {ID: sc.CapacityHeld, Status: sc.StatusPass, Message: "400 sessions stayed logged in.", Note: "Not if one coordinator dies: then 366."}}, Measured: sc.Measured{Scenario: kind(sc.KindCapacity), Sessions: sc.Sessions{Attempted: 400}, Nodes: two}},
			want: "PASS: 400 sessions stayed logged in. Not if one coordinator dies: then 366.",
		},
		"notes of other findings": {
			r: sc.Result{Verdict: sc.StatusPass, Complete: true,
				Findings: []sc.Finding{{ID: sc.IdleCut, Status: sc.StatusPass, Message: "nothing is cut"}, {ID: sc.PagesKeepalive, Status: sc.StatusPass, Note: "n"}}, Measured: sc.Measured{Scenario: kind(sc.KindIdle)}},
			want: "PASS: nothing is cut; see the note on pages.keepalive.",
		},
		"watch: its finding": {
			r:    sc.Result{Verdict: sc.StatusPass, Complete: true, Findings: []sc.Finding{{ID: sc.WatchOutage, Status: sc.StatusPass, Message: "none of 600 new sessions failed"}}, Measured: sc.Measured{Scenario: kind(sc.KindWatch)}},
			want: "PASS: none of 600 new sessions failed.",
		},
		"query: its finding": {
			r:    sc.Result{Verdict: sc.StatusPass, Complete: true, Findings: []sc.Finding{{ID: sc.QuerySucceeds, Status: sc.StatusPass, Message: "10 of 10 runs succeeded"}}, Measured: sc.Measured{Scenario: kind(sc.KindQuery)}},
			want: "PASS: 10 of 10 runs succeeded.",
		},
		"capacity without its finding": {
			r:    sc.Result{Verdict: sc.StatusPass, Complete: true, Coords: five, Findings: []sc.Finding{even}, Measured: sc.Measured{Scenario: kind(sc.KindCapacity), Sessions: sc.Sessions{Attempted: 56}, Nodes: two}},
			want: "PASS: 56 sessions over 2 nodes reached all 5 coordinators.",
		},
		"stages: time of logins": {
			r:    sc.Result{Verdict: sc.StatusPass, Complete: true, Coords: five, Findings: []sc.Finding{even}, Measured: sc.Measured{Scenario: kind(sc.KindStages), Sessions: sc.Sessions{Attempted: 56}, Nodes: two, Load: &slow}},
			want: "PASS: 56 sessions over 2 nodes reached all 5 coordinators; no share is off by more than chance and 50 %; login p99 400 ms.",
		},
		"capacity failed": {
			r:    sc.Result{Verdict: sc.StatusFail, Complete: true, Findings: []sc.Finding{{ID: sc.CapacityHeld, Status: sc.StatusFail, Message: "24 of 40 sessions got in", Note: "n"}, even}, Measured: sc.Measured{Scenario: kind(sc.KindCapacity)}},
			want: "FAIL: 24 of 40 sessions got in (capacity.held); 1 of 2 findings failed.",
		},
		"stopped by a limit": {
			r:    sc.Result{Measured: sc.Measured{Scenario: kind(sc.KindCapacity), Stopped: &sc.Stop{By: sc.StopGuard, Text: "400 sessions would take 70 of 64 threads."}}},
			want: "INCONCLUSIVE: nothing was measured; stopped early: 400 sessions would take 70 of 64 threads.",
		},
		"pass: what was reached and would be caught": {
			r: sc.Result{Verdict: sc.StatusPass, Complete: true, Coords: five,
				Findings: []sc.Finding{even}, Detect: &sc.Detectable{Sessions: 40, Hot3x: .97}, Measured: sc.Measured{Scenario: declared, Sessions: sc.Sessions{Attempted: 56}, Nodes: two}},
			want: "PASS: 56 sessions over 2 nodes reached all 5 coordinators; no share is off by more than chance and 50 %; such a run catches a coordinator with 3x its share in 97 % of cases.",
		},
		"pass: balance not judged": {
			r:    sc.Result{Verdict: sc.StatusPass, Complete: true, Coords: five[:1], Measured: sc.Measured{Scenario: declared, Sessions: sc.Sessions{Attempted: 1}, Nodes: two[:1]}},
			want: "PASS: 1 session over 1 node reached 1 of 5 coordinators.",
		},
		"pass: a node without a session is not counted": {
			r:    sc.Result{Verdict: sc.StatusPass, Complete: true, Coords: five[:1], Measured: sc.Measured{Scenario: declared, Sessions: sc.Sessions{Attempted: 28}, Nodes: []sc.NodeTally{{Sessions: 28}, {}}}},
			want: "PASS: 28 sessions over 1 node reached 1 of 5 coordinators.",
		},
		"pass: no coordinators declared": {
			r: sc.Result{Verdict: sc.StatusPass, Complete: true, Coords: five,
				Findings: []sc.Finding{{ID: sc.VersionsSame, Status: sc.StatusPass, Note: "2 versions"}}, Measured: sc.Measured{Sessions: sc.Sessions{Attempted: 40}, Nodes: two}},
			want: "PASS: 40 sessions over 2 nodes reached 5 coordinators (no number was declared); see the note on versions.same.",
		},
		"pass: a note that names one coordinator is said": {
			r: sc.Result{Verdict: sc.StatusPass, Complete: true, Coords: []sc.CoordTally{{Name: "a:25000", Sessions: 8}, {Name: "b:25000", Sessions: 8}},
				Findings: []sc.Finding{{ID: sc.ErrorsRate, Status: sc.StatusPass, Note: "Logins are slow on b:25000 (median 3s)."}, {ID: sc.LoadLag, Status: sc.StatusPass, Note: "n"}}, Measured: sc.Measured{Sessions: sc.Sessions{Attempted: 16}, Nodes: two}},
			want: "PASS: 16 sessions over 2 nodes reached 2 coordinators (no number was declared); note: Logins are slow on b:25000 (median 3s) (errors.rate); see the note on load.lag.",
		},
		"pass: a note that names one node is said": {
			r: sc.Result{Verdict: sc.StatusPass, Complete: true, Coords: five[:1],
				Findings: []sc.Finding{{ID: sc.ErrorsRate, Status: sc.StatusPass, Note: "Logins are slow over 127.0.0.3:1 (median 3s)"}},
				Measured: sc.Measured{Sessions: sc.Sessions{Attempted: 16}, Nodes: []sc.NodeTally{{Address: netip.MustParseAddrPort("127.0.0.2:1"), Sessions: 8}, {Address: netip.MustParseAddrPort("127.0.0.3:1"), Sessions: 8}}}},
			want: "PASS: 16 sessions over 2 nodes reached 1 coordinator (no number was declared); note: Logins are slow over 127.0.0.3:1 (median 3s) (errors.rate).",
		},
		"pass: a note that names several is only pointed at": {
			r: sc.Result{Verdict: sc.StatusPass, Complete: true, Coords: []sc.CoordTally{{Name: "a:25000", Sessions: 8}, {Name: "b:25000", Sessions: 8}},
				Findings: []sc.Finding{{ID: sc.BalanceReach, Status: sc.StatusPass, Note: "a:25000 and b:25000"}}, Measured: sc.Measured{Sessions: sc.Sessions{Attempted: 16}, Nodes: two}},
			want: "PASS: 16 sessions over 2 nodes reached 2 coordinators (no number was declared); see the note on balance.reach.",
		},
		"certificates, two of one node, and an intermediate one that ends first": {
			r: sc.Result{Verdict: sc.StatusPass, Complete: true, Measured: sc.Measured{Scenario: sc.Scenario{Kind: sc.KindCertificates}, TLS: []sc.Cert{
				{NotAfter: sc.Cert{}.Seen.AddDate(0, 0, 57)}, {NotAfter: sc.Cert{}.Seen.AddDate(0, 0, 57), Path: []sc.Certificate{{NotAfter: sc.Cert{}.Seen.AddDate(0, 0, 40)}}}}}},
			want: "PASS: the certificates of 1 node passed; the first to expire has 40 days left.",
		},
		"certificates alone": {
			r:    sc.Result{Verdict: sc.StatusPass, Complete: true, Measured: sc.Measured{Scenario: sc.Scenario{Kind: sc.KindCertificates}, TLS: []sc.Cert{{NotAfter: sc.Cert{}.Seen.AddDate(0, 0, 57)}}}},
			want: "PASS: the certificates of 1 node passed; the first to expire has 57 days left.",
		},
		"fail: the first finding": {
			r:    sc.Result{Verdict: sc.StatusFail, Complete: true, Findings: []sc.Finding{even, missing}},
			want: "FAIL: c2:25000: got none of 40 sessions where 8 were due (balance.coverage); 1 of 2 findings failed.",
		},
		"fail: stopped early": {
			r:    sc.Result{Verdict: sc.StatusFail, Findings: []sc.Finding{missing}, Measured: sc.Measured{Stopped: &sc.Stop{By: sc.StopRejected, Class: vocabtest.Class("sasl.rejected"), Text: "two logins were refused"}}},
			want: "FAIL: c2:25000: got none of 40 sessions where 8 were due (balance.coverage); 1 of 1 finding failed; stopped early: two logins were refused (sasl.rejected).",
		},
		"nothing measured": {
			r:    sc.Result{Measured: sc.Measured{Stopped: &sc.Stop{By: sc.StopScout, Class: vocabtest.Class("tcp.refused"), Text: "the first session failed (tcp.refused 127.0.0.1:1): connection refused."}}},
			want: "NOTHING MEASURED: the first session failed (tcp.refused 127.0.0.1:1): connection refused.",
		},
		"interrupted": {
			r:    sc.Result{Measured: sc.Measured{Sessions: sc.Sessions{Attempted: 23}, Stopped: &sc.Stop{By: sc.StopInterrupted}}},
			want: "INCONCLUSIVE: 23 sessions prove nothing either way; interrupted after 23 sessions.",
		},
		"inconclusive": {
			r:    sc.Result{Complete: true, Findings: []sc.Finding{even, {ID: sc.IdentitySound, Message: "nothing tells the coordinators apart"}}, Measured: sc.Measured{Sessions: sc.Sessions{Attempted: 40}}},
			want: "INCONCLUSIVE: nothing tells the coordinators apart (identity.sound); 1 of 2 findings could not be judged.",
		},
		"skipped": {
			r:    sc.Result{Verdict: sc.StatusSkipped, Complete: true},
			want: "SKIPPED: there was nothing to judge.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := report.Sentence(c.r); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
