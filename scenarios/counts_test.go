package scenarios

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
)

// conserving is a result in which everything is counted: five good sessions and one that
// failed, after a scout. It has what several kinds of run have, each for the same sessions.
func conserving() Result {
	var r Result
	r.Schema = Schema
	nodes := []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:1"), netip.MustParseAddrPort("192.0.2.2:1")}
	look := Look{Kind: LookWhole, Planned: 6}
	logins := LoginTimes{Coordinators: TimesByName{}, Nodes: TimesByName{}}
	r.Load, r.Series = &LoadStats{}, &Series{}
	for i := range 6 {
		o := Observation{Seq: i, Part: PartArrival, Node: nodes[i%2], Outcome: OutcomeOK, Closed: OutcomeOK, Open: 1, Who: Identity{Coordinator: "c", PID: 1, Source: SourcePing}}
		o.Due, o.Start = time.Duration(i)*time.Second, time.Duration(i)*time.Second+time.Millisecond
		o.Phases[PhaseOpen] = time.Millisecond
		if i == 5 {
			o.Outcome, o.Failed, o.Class, o.Text = OutcomeFailed, PhaseExecute, vocabtest.Class("execute.eof"), "EOF"
		}
		look.Add(o)
		r.Load.Add(o)
		r.Series.Add(o)
		if o.Outcome == OutcomeOK {
			r.Phases.Record(o.Phases)
		}
		logins.All.Record(time.Millisecond)
		for at, by := range map[string]TimesByName{"c": logins.Coordinators, o.Node.String(): logins.Nodes} {
			times := by[at]
			times.Record(time.Millisecond)
			by[at] = times
		}
		if c, ok := CloseTallyOf(o); ok {
			r.Closes = MergeCloses(r.Closes, c)
		}
	}
	r.Looks, r.Errors = []Look{look}, MergeErrors(nil, look.Errors...)
	r.Sessions.Count(r.Pooled())
	r.Sessions.Scout = 1
	r.Scouts = []Scout{{Address: nodes[0], Attempts: 1, Outcome: OutcomeOK}}
	r.Logins = LoginsOf(logins)
	for _, n := range nodes {
		t := NodeTallyOf(n, r.Pooled())
		t.Login = r.Logins.Over(n)
		r.Nodes = append(r.Nodes, t)
		r.TLS = append(r.TLS, Cert{Node: n, Sessions: 3, SANs: []string{}})
	}
	spread := r.Logins.Coordinators["c"]
	r.Coords = []CoordTally{{Name: "c", Sessions: 6, Failed: 1, Share: 1, Login: &spread}}
	r.Failures = []Failure{{Node: nodes[1], Phase: PhaseExecute, Class: vocabtest.Class("execute.eof")}}
	r.HTTP = &HTTPCounts{Requests: 20, Connections: 7}
	r.Tags = []TagTimes{{Metric: MetricLogin, Tag: TagCoordinator, Value: "c", Times: logins.All.Clone()}}
	r.Queries = []QueryTally{{Coordinator: "c", Runs: 6, Failed: 1, Times: []Seconds{1, 1, 1, 1, 1}}}
	r.Capacity = &Capacity{Held: 6, Survived: 5, Lost: 1, Holders: []Holder{{"c", 6}}}
	r.Idle = &IdleSeen{}
	for i := range 6 {
		step := IdleStep{After: Seconds(1 + i), Outcome: OutcomeOK}
		if i == 5 {
			step.Outcome = OutcomeFailed
		}
		r.Idle.Steps = append(r.Idle.Steps, step)
	}
	r.Idle.Summarize()
	r.Watch = &WatchSeen{Sessions: 4, Errors: 1, Long: []LongSession{{Outcome: OutcomeOK}, {Outcome: OutcomeOK}}, Coords: []Appearance{{Name: "c", Sessions: 4}}}
	r.Handles = []HandleTally{{Opened: "c", Answered: "c", Reached: 3}}
	r.Exit = ExitInconclusive
	return r
}

// A coordinator may have failed to close every one of its sessions.
func TestCheckCounts_EveryCloseFailed(t *testing.T) {
	t.Parallel()
	r := conserving()
	r.Closes[0].Failed, r.Sessions.LeftOpen = r.Closes[0].Closes, r.Closes[0].Closes
	if err := r.Check(); err != nil {
		t.Error(err)
	}
}

// Each count of a result is held against the others. Whoever changes one of them by hand
// is told which two contradict each other.
func TestCheckCounts(t *testing.T) {
	t.Parallel()
	if err := conserving().Check(); err != nil {
		t.Fatal(err)
	}
	one := func() Times {
		var t Times
		t.Record(time.Millisecond)
		return t
	}
	for name, c := range map[string]struct {
		change func(*Result)
		want   string
	}{
		"more attempts than ends":            {func(r *Result) { r.Sessions.Attempted = 7 }, "sessions: 7 attempted, but 5 ok, 1 failed and 0 unknown"},
		"a session that no cell has":         {func(r *Result) { r.Sessions.Attempted, r.Sessions.OK = 7, 6 }, "sessions: 6 ok, 1 failed and 0 unknown, but the looks have 5 ok, 1 failed and 0 unknown"},
		"an attempt of a scout":              {func(r *Result) { r.Scouts[0].Attempts = 3 }, "scouts: they made 3 attempts, but sessions.scout is 1"},
		"no attempt of a scout":              {func(r *Result) { r.Sessions.Scout = 2 }, "scouts: they made 1 attempts, but sessions.scout is 2"},
		"a certificate that was not refused": {func(r *Result) { r.Looks[0].Refused = 1 }, "looks: 1 sessions were refused, but sessions.refused is 0"},
		"a certificate of nobody":            {func(r *Result) { r.TLS[0].Sessions = 9 }, "tls: certificates of 12 sessions, but there were 7"},
		"a failure that is listed twice":     {func(r *Result) { r.Failures = append(r.Failures, r.Failures[0], r.Failures[0]) }, "failures: 3 are listed, but 1 sessions failed"},
		"too many failures":                  {func(r *Result) { r.Failures = make([]Failure, MaxFailures+1) }, "failures: list of 201; the limit is 200"},
		"more calls again than calls":        {func(r *Result) { r.HTTP.Reauthentications = 21 }, "http: 21 of 20 requests were sent once more"},
		"a share of others":                  {func(r *Result) { r.Coords[0].Share = .5 }, `coordinators: the share of "c" is 0.5, but it has 6 of 6 sessions`},
		"more failed closes than closes":     {func(r *Result) { r.Closes[0].Failed = 6 }, `closes: 6 of 5 failed on "c"`},
		"a failed close of none left open":   {func(r *Result) { r.Closes[0].Failed = 1 }, "closes: 1 failed, but 0 sessions are left open"},
		"a close of a session too many":      {func(r *Result) { r.Closes[0].Closes = 7 }, "closes: 7 of good sessions, but 5 were good, and 1 more were before the first look"},
		"a good session that was not closed": {func(r *Result) { r.Closes[0].Closes = 4 }, "closes: 4 of good sessions, but 5 were good"},
		"more left open than opened":         {func(r *Result) { r.Sessions.LeftOpen = 3 }, "sessions: 5 were closed and 3 are left open, but 6 were attempted, and 1 more before the first look"},
		"a session left open of handshakes":  {func(r *Result) { r.Sessions.LeftOpen, r.Scenario.Kind = 1, KindCertificates }, "sessions: 1 are left open, but there are none in a scenario of kind certificates"},
		"more than certain":                  {func(r *Result) { r.Detect = &Detectable{Hot2x: 1.5} }, "detectable: chances of 0, 0, 1.5 and 0; 1 is certain"},
		"an error of another class":          {func(r *Result) { r.Errors[0].Class = vocabtest.Class("open.eof") }, `errors: 1 open.eof on "c", but 0 in the looks`},
		"an error on another coordinator":    {func(r *Result) { r.Errors[0].Coordinator = "d" }, `errors: 1 execute.eof on "d", but 0 in the looks`},
		"a group of another class":           {func(r *Result) { r.Looks[0].Failures[0].Class = vocabtest.Class("open.eof") }, `looks[0]: its groups have 1 open.eof, but its errors 0`},
		"a good group of another node":       {func(r *Result) { r.Looks[0].Successes[0].Node = r.Nodes[1].Address }, `looks[0]: its groups have 0 ok on "c" over 192.0.2.1:1, but the cells 3`},
		"a failed group of another node":     {func(r *Result) { r.Looks[0].Failures[0].Node = r.Nodes[0].Address }, `looks[0]: its groups have 1 failed on "c" over 192.0.2.1:1, but the cells 0`},
		"a coordinator that no session met":  {func(r *Result) { r.Looks[0].Seen[0].Coordinator = "d" }, `looks[0]: "d" was seen, but has no sessions`},
		"a phase of nobody":                  {func(r *Result) { r.Phases.Merge(r.Phases.Clone()) }, "phases: open was timed 10 times, but there were 6 sessions"},
		"a login of nobody":                  {func(r *Result) { r.Logins.All.Count = 7 }, "logins: 7 were timed, but 5 sessions were good and 1 failed"},
		"logins of other times":              {func(r *Result) { r.Logins.Times.All = one() }, "logins: 6, but the times of 1"},
		"logins by node that are more":       {func(r *Result) { r.Logins.Times.Nodes["192.0.2.3:1"] = one() }, "logins: 6, but 6 by coordinators and 7 by nodes"},
		"logins of a coordinator":            {func(r *Result) { r.Logins.Coordinators["c"] = Spread{Count: 5} }, `logins: 5 on "c", but the times of 6`},
		"a coordinator's logins":             {func(r *Result) { r.Coords[0].Login.Count = 5 }, `coordinators: "c" has 5 logins, but 6 were timed`},
		"a coordinator's logins beyond all":  {func(r *Result) { r.Logins.Times, r.Logins.Coordinators["c"] = nil, Spread{Count: 7} }, `logins: 7 on "c", but it has 6 sessions`},
		"a node's logins":                    {func(r *Result) { r.Nodes[0].Login.Count = 2 }, "nodes: 192.0.2.1:1 has 2 logins, but 3 were timed"},
		"a node's logins beyond all":         {func(r *Result) { r.Nodes[0].Login.Count = 4 }, "nodes: 192.0.2.1:1 has 4 logins, but 3 sessions"},
		"the lag of nobody":                  {func(r *Result) { r.Load.Lag.Merge(one()) }, "load: the lag of 7 sessions, but 6 were attempted"},
		"a lag without what was owed":        {func(r *Result) { r.Load.Owed = one() }, "load: the lag of 6 sessions, but what was owed of it of 1"},
		"more late sessions than any":        {func(r *Result) { r.Load.Late = 7 }, "load: 7 of 6 sessions were late"},
		"a scheduled login of nobody":        {func(r *Result) { r.Load.Login.Merge(one()) }, "load: 7 logins were timed, but 5 sessions were good and 1 failed"},
		"a scheduled login that is missing":  {func(r *Result) { r.Load.Login = one() }, "load: 1 logins were timed, but 6 in logins"},
		"a tag of nobody":                    {func(r *Result) { r.Tags[0].Times.Merge(one()) }, `tags: session.login was timed 7 times for coordinator "c", but of 6 sessions`},
		"a tag of another coordinator":       {func(r *Result) { r.Tags[0].Value = "d" }, `tags: session.login was timed 6 times for coordinator "d", but of 0 sessions`},
		"a point of a session too many":      {func(r *Result) { r.Series.Points[2].Started = 2 }, "series: its points have 7 sessions, 5 ok and 1 failed, but there were 6, 5 ok, 1 failed and 0 unknown"},
		"a point that ends more than start":  {func(r *Result) { r.Series.Points[2].Failed = 1 }, "series.points[2]: 1 ok and 1 failed, but 1 started"},
		"a point that holds more than open":  {func(r *Result) { r.Series.Points[2].Held, r.Series.Points[2].Open = 2, 1 }, "series.points[2]: 2 held, but 1 open"},
		"more failed runs than runs":         {func(r *Result) { r.Queries[0].Failed = 7 }, `queries: 7 of 6 runs failed on "c"`},
		"a run without a time":               {func(r *Result) { r.Queries[0].Times = nil }, `queries: the times of 0 runs on "c", but 5 succeeded`},
		"runs on another coordinator":        {func(r *Result) { r.Queries[0].Coordinator = "d" }, `queries: 6 runs on "d", but it has 0 sessions`},
		"runs of nobody":                     {func(r *Result) { r.Queries[0] = QueryTally{Runs: 2, Failed: 2} }, "queries: 0 runs succeeded and 2 failed, but of the sessions 5 and 1"},
		"a holder of others":                 {func(r *Result) { r.Capacity.Holders[0].Held = 5 }, "capacity: 6 sessions were held, but 5 by all coordinators"},
		"more held than attempted":           {func(r *Result) { r.Capacity.Held, r.Capacity.Holders[0].Held = 7, 7 }, "capacity: 7 sessions were held, but 6 attempted"},
		"more answers than held":             {func(r *Result) { r.Capacity.Survived = 6 }, "capacity: 6 sessions survived and 1 were lost, but 6 were held"},
		"more lost than failed":              {func(r *Result) { r.Capacity.Survived, r.Capacity.Lost = 4, 2 }, "capacity: 4 sessions survived and 2 were lost, but 5 were good and 1 failed"},
		"a step of nobody":                   {func(r *Result) { r.Idle.Steps[0].Outcome = OutcomeUnknown }, "idle: its steps are 4 ok, 1 failed and 1 unknown, but the sessions 5 ok and 1 failed"},
		"a cut that no step shows":           {func(r *Result) { r.Idle.FirstDead = 3 }, "idle: last alive after 5 s and first dead after 3 s, but the steps say 5 and 6"},
		"more watched failures than watched": {func(r *Result) { r.Watch.Errors = 5 }, "watch: 5 of 4 new sessions failed"},
		"a watched session of nobody":        {func(r *Result) { r.Watch.Sessions = 5 }, "watch: 5 new sessions, 1 of them failed, and long ones 2 ok, 0 failed and 0 unknown, but the sessions 5 ok and 1 failed"},
		"an appearance of nobody":            {func(r *Result) { r.Watch.Coords[0].Sessions = 5 }, "watch: coordinators were reached by 5 new sessions, but there were 4"},
		"more handles than pairs":            {func(r *Result) { r.Handles[0].Foreign = 1 }, "handles: 4 were used over a second connection, but 5 sessions were good and 1 failed"},
		"a sum of other parts":               {func(r *Result) { r.Sources = []SourceRun{{Run: "a", Sessions: 3}, {Run: "b", Sessions: 4}} }, "sources: they attempted 7 sessions, but the sum has 6"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := conserving()
			c.change(&r)
			if err := r.Check(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Check fails with %v, want %q", err, c.want)
			}
			b, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := DecodeResult(b); err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("DecodeResult fails with %v, want one line with %q", err, c.want)
			}
		})
	}
}
