package report_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestRead_RefusesTooLongFile(t *testing.T) {
	t.Parallel()
	file := bytes.NewReader(make([]byte, report.MaxResult+1))
	_, err := report.Read(file)
	if err == nil || !strings.Contains(err.Error(), "more than 67108864 bytes") {
		t.Errorf("Read fails with %v", err)
	}
}

func TestWrite_InvalidUTF8IsStable(t *testing.T) {
	t.Parallel()
	r := scenarios.Result{Schema: scenarios.Schema, Exit: scenarios.ExitInconclusive, Coords: []scenarios.CoordTally{{Name: "a\xffb"}}, Notes: []string{`\ufffd`}}
	r.Nodes = []scenarios.NodeTally{{Coordinators: map[string]int{"a\xff": 0, "a\u00e9": 0}}}
	first := render(t, report.FormatJSON, r, report.Style{})
	read, err := report.Read(bytes.NewReader(first))
	if err != nil {
		t.Fatal(err)
	}
	if again := render(t, report.FormatJSON, read, report.Style{}); !bytes.Equal(again, first) {
		t.Errorf("written again it is\n%s\nnot\n%s", again, first)
	}
}

// small is a result that has a value under most keys, and is short: the fuzzer
// takes long over long seeds.
func small() scenarios.Result {
	r := aRun()
	node := r.Nodes[0].Address
	look := scenarios.Look{Planned: 2}
	for i, outcome := range []scenarios.Outcome{scenarios.OutcomeOK, scenarios.OutcomeFailed} {
		look.Add(scenarios.Observation{Part: scenarios.PartOrdered + scenarios.Part(2*i), Node: node, Outcome: outcome, Class: vocabtest.Class("open.eof"), Text: "EOF",
			Who: scenarios.Identity{Coordinator: "c1:25000", PID: 4711, Version: "4"}})
	}
	r.Looks = []scenarios.Look{look}
	r.Errors = look.Errors
	r.Sessions = scenarios.Sessions{Scout: 1}
	r.Sessions.Count(r.Pooled())
	r.Nodes[0] = scenarios.NodeTallyOf(node, r.Pooled())
	r.Coords[0].Sessions, r.Coords[0].Failed, r.Coords[1].Sessions = 2, 1, 0
	r.Coords[0].Share, r.Coords[1].Share = 1, 0
	r.Findings[0].Status, r.Verdict, r.Exit, r.Complete = scenarios.StatusInconclusive, scenarios.StatusInconclusive, scenarios.ExitInconclusive, false
	r.Phases.Record([scenarios.NumPhases]time.Duration{scenarios.PhaseOpen: time.Millisecond})
	r.Stopped = &scenarios.Stop{By: scenarios.StopStalled, Text: "t", Hint: scenarios.Fixes{{Setting: "tls.enabled", Value: "true", Why: "w"}}}
	r.Failures = []scenarios.Failure{{Time: r.Started, Node: node, Phase: scenarios.PhaseOpen, Class: vocabtest.Class("open.eof"), Text: "EOF"}}
	r.TLS = []scenarios.Cert{{Node: node, Seen: r.Started, NotAfter: r.Started, Issuer: "CN=a", SANs: []string{"b"}}}
	r.Detect = &scenarios.Detectable{Sessions: 2, Dead: .5}
	r.Silent = []scenarios.SilentNode{{Node: node, Phase: scenarios.PhaseTCP, Class: vocabtest.Class("tcp.refused"), Text: "t", Hint: scenarios.Fixes{{Setting: "tls.enabled", Value: "true", Why: "w"}}}}
	r.Remarks, r.Notes = []string{"n"}, []string{"n"}
	withLoad(&r)
	return r
}

// withLoad adds each part that only some kinds of run have.
func withLoad(r *scenarios.Result) {
	one, when := 1, scenarios.Seconds(1)
	r.Load = &scenarios.LoadStats{Late: 1, Cores: .5, OfCores: 2, Needs: []scenarios.Resource{{Name: "ports", Need: 2, Have: 1}}}
	r.Load.Login.Record(time.Millisecond)
	r.Load.Lag.Record(time.Second)
	r.Capacity = &scenarios.Capacity{Target: 2, Held: 2, For: 1, Survived: 1, Lost: 1, StoppedBy: vocabtest.Class("open.timeout"), Threads: 1, From: scenarios.ThreadsMeasured, Safe: 1,
		Holders: []scenarios.Holder{{Name: "c1:25000", Held: 1}, {Name: "c2:25000", Held: 1}}}
	r.Queries = []scenarios.QueryTally{{Coordinator: "c1:25000", Runs: 2, Failed: 1, Class: vocabtest.Class("execute.admission"), Example: "full", Times: []scenarios.Seconds{1}}}
	r.Idle = &scenarios.IdleSeen{Scale: .1, Steps: []scenarios.IdleStep{{After: 1, Outcome: scenarios.OutcomeFailed, Cut: scenarios.CutFIN, At: 1, Class: vocabtest.Class("execute.eof")}, {After: 2, Outcome: scenarios.OutcomeOK}}}
	r.Idle.Summarize()
	r.Watch = &scenarios.WatchSeen{For: 9, Event: &when, EventText: "t", Noticed: &when, Sessions: 2, Errors: 1, FirstErr: &when, LastErr: &when, Outage: 1,
		Long:   []scenarios.LongSession{{Coordinator: "c1:25000", Outcome: scenarios.OutcomeUnknown, At: 1, Cut: scenarios.CutRST}},
		Coords: []scenarios.Appearance{{Name: "c1:25000", Gone: &when, Back: &when, Peak: .5, PIDs: []int32{1, 2}}}}
	r.Series = &scenarios.Series{Points: []scenarios.Point{{Started: 1, OK: 1}, {Held: 1}, {Started: 1, Failed: 1, Open: 1, LagMax: 1}}}
	r.Series.Points[2].Logins.Record(time.Minute)
	r.Pages = []scenarios.Page{{Coordinator: "c1", When: scenarios.PageBefore, Quiescing: true, Threads: 2, InUse: &one, Err: "e"}}
	r.Tags = []scenarios.TagTimes{{Metric: "query", Tag: "node", Value: "a"}}
}

// FuzzResultJSON: whatever a file holds, reading it does not panic, and what is
// read can be rendered in every format and stored as the same bytes again.
func FuzzResultJSON(f *testing.F) {
	const most = "1099511627776" // sessions in one cell
	for _, seed := range []string{
		string(render(f, report.FormatJSON, small(), report.Style{})),
		`{"schema":"impala-lbcheck/result/1","coordinators":[{"name":"a.b:1","expected":1e12},{"name":"c.b:1","expected":0}],"duration_s":1e12}`,
		`{"schema":"impala-lbcheck/result/1","tls":[{"node":"[fe80::1%\u001b]:1","not_after":"0001-01-01T00:00:00Z","seen":"9999-12-31T23:59:59Z"}]}`,
		`{"schema":"impala-lbcheck/result/1","capacity":{},"idle":{},"watch":{},"series":{},"load":{},"tags":[{}],"pages":[{"when":"\u001b"}],"queries":[{}]}`,
		strings.ReplaceAll(`{"schema":"impala-lbcheck/result/1","sessions":{"attempted":MOST,"ok":MOST},"looks":[{"tally":[{"node":"192.0.2.1:1","coordinator":"a","ok":MOST}]}],
			"nodes":[{"address":"192.0.2.1:1","sessions":MOST,"coordinators":{"a":MOST}}],"coordinators":[{"name":"a","sessions":MOST,"share":1},{"name":"b"}],
			"capacity":{"threads":1,"held":MOST,"survived":MOST,"coordinators":[{"name":"a","held":MOST},{"name":"b"}]},"queries":[{"coordinator":"a","runs":2,"times_s":[1e9,0]}],
			"series":{"width_s":1e9,"points":[{"started":MOST,"ok":MOST,"open":MOST,"held":MOST,"login_max_s":1e9,"logins":"ABgAZQE"},{},{},{}]}}`, "MOST", most),
	} {
		if _, err := report.Read(strings.NewReader(seed)); err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(seed))
	}
	f.Add([]byte(`{"schema":"impala-lbcheck/result/1","phases":{"open":{"hdr":"HISTEwAAAAA="}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := report.Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		for _, format := range report.Formats() {
			got := render(t, format, r, report.Style{Explain: true, Width: 80})
			if i := bytes.IndexFunc(got, isControl); i >= 0 && format == report.FormatText {
				t.Errorf("the text holds %q", got[i:min(i+8, len(got))])
			}
			if format == report.FormatHTML {
				if _, err := readPage(got); err != nil {
					t.Errorf("the page: %v", err)
				}
			}
		}
		stored := render(t, report.FormatJSON, r, report.Style{})
		read, err := report.Read(bytes.NewReader(stored))
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if again := render(t, report.FormatJSON, read, report.Style{}); !bytes.Equal(again, stored) {
			t.Errorf("written again it is\n%s\nnot\n%s", again, stored)
		}
	})
}
