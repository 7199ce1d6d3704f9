package report_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	sc "github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// textOf is the text of r without line breaks inside its paragraphs.
func textOf(t *testing.T, r sc.Result) string {
	t.Helper()
	return strings.Join(textLines(t, r, report.Style{Width: 1000}), "\n") + "\n"
}

// at is a pointer to s.
func at(s sc.Seconds) *sc.Seconds { return &s }

// textCase is a result, and a piece of text that its report must or must not hold.
type textCase struct {
	r         sc.Result
	want, not string
}

func says(t *testing.T, cases map[string]textCase) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := textOf(t, c.r)
			if !strings.Contains(text, c.want) || c.not != "" && strings.Contains(text, c.not) {
				t.Errorf("want %q and not %q in\n%s", c.want, c.not, text)
			}
		})
	}
}

func holding(c sc.Capacity) sc.Result { return sc.Result{Measured: sc.Measured{Capacity: &c}} }

func TestWrite_CapacityFacts(t *testing.T) {
	t.Parallel()
	timeout := vocabtest.Class("open.timeout")
	says(t, map[string]textCase{
		"all held":               {r: holding(sc.Capacity{Target: 400, Held: 400, For: 600, Survived: 400}), want: "  held        400 of 400 sessions for 10 min; all answered at the end\n"},
		"some lost":              {r: holding(sc.Capacity{Target: 20, Held: 20, For: 60, Survived: 10, Lost: 10}), want: "20 of 20 sessions for 60.0 s; 10 answered at the end, 10 did not\n"},
		"not all asked":          {r: holding(sc.Capacity{Target: 20, Held: 20, Survived: 5}), want: "20 of 20 sessions; at the end 5 of them answered, and no other was asked\n"},
		"none asked":             {r: holding(sc.Capacity{Held: 24, StoppedBy: timeout}), want: "  held        24 sessions\n"},
		"waited for a slot":      {r: holding(sc.Capacity{StoppedBy: timeout, Phase: "open", Entered: true}), want: "  stopped by  open.timeout, waiting in open; it got in after the others were closed: it was waiting for a free slot\n"},
		"refused":                {r: holding(sc.Capacity{StoppedBy: vocabtest.Class("open.session-limit"), Phase: "open"}), want: "  stopped by  open.session-limit, waiting in open\n"},
		"nothing stopped it":     {r: holding(sc.Capacity{Held: 1}), not: "stopped by"},
		"threads full":           {r: holding(sc.Capacity{StoppedBy: timeout, Cause: sc.CauseThreads}), want: "  cause       coordinators: all service threads are in use\n"},
		"balancer full":          {r: holding(sc.Capacity{StoppedBy: vocabtest.Class("tcp.timeout"), Cause: sc.CauseBalancer}), want: "  cause       the balancer, or something else in front"},
		"cause unknown":          {r: holding(sc.Capacity{StoppedBy: timeout}), want: "  cause       unknown: a full coordinator and a full balancer look the same to a client\n"},
		"nothing full":           {r: holding(sc.Capacity{Held: 1}), not: "cause"},
		"threads declared":       {r: holding(sc.Capacity{Threads: 8, From: sc.ThreadsDeclared}), want: "  threads     8 per coordinator (declared)\n"},
		"threads from pages":     {r: holding(sc.Capacity{Threads: 8, From: sc.ThreadsPages}), want: "8 per coordinator (from the coordinators' web pages)\n"},
		"threads measured":       {r: holding(sc.Capacity{Threads: 8, From: sc.ThreadsMeasured}), want: "8 per coordinator (measured: held by the fullest one when the next session waited)\n"},
		"threads assumed":        {r: holding(sc.Capacity{Threads: 64, From: sc.ThreadsAssumed}), want: "64 per coordinator (assumed: Impala's default)\n"},
		"threads of no source":   {r: holding(sc.Capacity{Threads: 64}), want: "64 per coordinator\n"},
		"threads unknown":        {r: holding(sc.Capacity{Held: 1}), not: "threads"},
		"limit":                  {r: holding(sc.Capacity{Nominal: 640, NominalOneDown: 576}), want: "  limit       640 sessions, however they are placed; limit with one down: 576\n"},
		"safe limit by policy":   {r: holding(sc.Capacity{Safe: 404, SafeOneDown: 366, Policy: sc.PolicyFlowHash}), want: "  safe limit  404 sessions fit in 99.9 % of runs, placed by flow-hash; limit with one down: 366\n"},
		"safe limit at random":   {r: holding(sc.Capacity{Safe: 404, SafeOneDown: 366, Policy: sc.PolicyAuto}), want: "placed at random (no policy was declared); limit with one down: 366"},
		"safe limit as seen":     {r: holding(sc.Capacity{Safe: 320, SafeOneDown: 256, Even: true, Policy: sc.PolicyAuto}), want: "placed evenly (as the held ones were); limit with one down: 256"},
		"no ceiling":             {r: holding(sc.Capacity{Held: 8, Threads: 8, Holders: []sc.Holder{{Name: "a", Held: 4}, {Name: "b", Held: 4}}}), not: "one coordinator down"},
		"no headroom":            {r: holding(sc.Capacity{Target: 400, MoreCoord: 1, MoreThr: 76}), want: "  headroom    to hold 400 with one down: add 1 coordinator, or set fe_service_threads to 76\n"},
		"headroom is not judged": {r: holding(sc.Capacity{Target: 360, SafeOneDown: 366}), not: "headroom"},
	})
}

func TestWrite_CapacityBars(t *testing.T) {
	t.Parallel()
	holders := func(n ...int) []sc.Holder {
		out := make([]sc.Holder, len(n))
		for i := range n {
			out[i] = sc.Holder{Name: string(rune('a' + i)), Held: n[i]}
		}
		return out
	}
	for name, c := range map[string]struct {
		c    sc.Capacity
		want []string
	}{
		"with free threads": {sc.Capacity{Threads: 35, Held: 20, Holders: holders(10, 10)}, []string{
			"  a              10        20  ##########..........               |",
			"  b              10        20  ##########..........               |",
			"  # held; . what it would hold with one coordinator down; | its 35 threads",
		}},
		"too many with one down": {sc.Capacity{Threads: 20, Holders: holders(18, 17)}, []string{
			"  a              18        35  ##################..|..............",
			"  b              17        35  #################...|..............",
		}},
		"full": {sc.Capacity{Threads: 8, Holders: holders(8, 8, 8)}, []string{
			"  a               8        12  #######################|...........",
		}},
		"more than its threads": {sc.Capacity{Threads: 5, Holders: holders(35, 0)}, []string{
			"  a              35        35  #####|#############################",
			"  b               0        35  .....|.............................",
		}},
		"one coordinator": {sc.Capacity{Threads: 35, Holders: holders(7)}, []string{
			"  a               7  #######                            |",
			"  # held; | its 35 threads",
		}},
		"threads unknown": {sc.Capacity{Holders: holders(35, 0)}, []string{
			"  a              35        35  ###################################",
			"  b               0        35  ...................................",
			"  # held; . what it would hold with one coordinator down",
		}},
		"unidentified": {sc.Capacity{Threads: 35, Holders: []sc.Holder{{Held: 7}}}, []string{
			"  (unidentified)     7  #######",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.c.Nominal = 1 // what follows for one down may be said
			text := strings.Join(textLines(t, holding(c.c), report.Style{}), "\n") + "\n"
			for _, want := range c.want {
				if !strings.Contains(text, want+"\n") {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
		})
	}
}

func TestWrite_IdleSteps(t *testing.T) {
	t.Parallel()
	idle := func(i sc.IdleSeen) sc.Result { return sc.Result{Measured: sc.Measured{Idle: &i}} }
	step := func(s sc.IdleStep) sc.Result { return idle(sc.IdleSeen{Steps: []sc.IdleStep{s}}) }
	says(t, map[string]textCase{
		"times scaled down": {r: idle(sc.IdleSeen{Scale: .01}), want: "  The scenario's times were multiplied by 0.01.\n"},
		"times as written":  {r: idle(sc.IdleSeen{Scale: 1}), not: "multiplied"},
		"alive":             {r: step(sc.IdleStep{After: 55, Outcome: sc.OutcomeOK}), want: "  55 s  alive  when asked  -            -\n"},
		"closed while idle": {r: step(sc.IdleStep{After: 65, Outcome: sc.OutcomeFailed, Cut: sc.CutFIN, At: 60.0124}), want: "  65 s  closed (FIN)  after 60.012 s  -            -\n"},
		"cut silently":      {r: step(sc.IdleStep{After: 65, Outcome: sc.OutcomeFailed, Cut: sc.CutSilent, Class: vocabtest.Class("execute.timeout"), Text: "no answer"}), want: "  65 s  cut silently  when asked  -            execute.timeout: no answer\n"},
		"dead otherwise":    {r: step(sc.IdleStep{After: 65, Outcome: sc.OutcomeFailed, Cut: sc.CutOther, Class: vocabtest.Class("execute.garbage")}), want: "  65 s  dead  when asked  -            execute.garbage\n"},
		"unknown":           {r: step(sc.IdleStep{After: 65}), want: "  65 s  unknown  -         -            -\n"},
	})
}

func TestWrite_WatchEventsByTime(t *testing.T) {
	t.Parallel()
	w := sc.WatchSeen{
		For: 60, Event: at(10), EventEnd: at(11), EventText: "exit status 1", Noticed: at(10.5), Sessions: 120, Errors: 3, FirstErr: at(12), LastErr: at(14), Outage: 2.5,
		Long: []sc.LongSession{{Coordinator: "b", Outcome: sc.OutcomeFailed, At: 10.5, Cut: sc.CutRST, Class: vocabtest.Class("execute.reset")}, {Coordinator: "a", Outcome: sc.OutcomeOK}, {Outcome: sc.OutcomeFailed, At: 13, Cut: sc.CutOther}, {}},
		Coords: []sc.Appearance{
			{Name: "a", Last: 59, PIDs: []int32{1, 2}},
			{Name: "b", Gone: at(9.5), Back: at(40), Peak: .61, PIDs: []int32{7, 8}},
		},
	}
	want := `Events, in seconds since the start
       9.5  b answers for the last time
      10.0  the command starts
      10.5  the first effect on a session, 0.5 s after the command
      10.5  the long session on b is lost: reset (RST) (execute.reset)
      11.0  the command fails: exit status 1
      12.0  the first new session that fails is due
      13.0  a long session is lost: dead
      14.0  the last new session that fails is due
      40.0  b answers again, restarted: pid 7 then 8; in the 10 s after that it gets up to 61.0 % of new sessions
      59.0  a was restarted: pid 1 then 2
  new         120 sessions in 60.0 s, 3 of them failed
  outage      2.5 s, from when the first failed session was due to the first good one after the last failed
  long        1 of 4 sessions stayed open to the end; 2 lost; 1 never opened, or ended with the run
`
	if text := textOf(t, sc.Result{Measured: sc.Measured{Watch: &w}}); !strings.Contains(text, want) {
		t.Errorf("want\n%s\nin\n%s", want, text)
	}
}

func TestWrite_WatchWithoutEvents(t *testing.T) {
	t.Parallel()
	text := textOf(t, sc.Result{Measured: sc.Measured{Watch: &sc.WatchSeen{For: 60, Sessions: 120}}})
	if want := "since the start\n  new         120 sessions in 60.0 s, 0 of them failed\n\n"; !strings.Contains(text, want) || strings.Contains(text, "outage") {
		t.Errorf("want %q in\n%s", want, text)
	}
}

func TestWrite_BoundsWatchEvents(t *testing.T) {
	t.Parallel()
	w := sc.WatchSeen{Long: make([]sc.LongSession, 133)}
	for i := range w.Long {
		w.Long[i].Outcome = sc.OutcomeFailed
	}
	text := textOf(t, sc.Result{Measured: sc.Measured{Watch: &w}})
	if n := strings.Count(text, "a long session is lost"); n != 100 || !strings.Contains(text, "... and 33 more events in the JSON") {
		t.Errorf("%d lines:\n%s", n, text)
	}
}

func TestWrite_QueryByCoordinator(t *testing.T) {
	t.Parallel()
	text := textOf(t, sc.Result{Measured: sc.Measured{Queries: []sc.QueryTally{
		{Coordinator: "a", Runs: 3, Times: []sc.Seconds{9, 1, 2}},
		{Coordinator: "b", Runs: 2, Times: []sc.Seconds{3, 1}},
		{Coordinator: "c", Runs: 2, Failed: 2, Class: vocabtest.Class("execute.admission"), Example: "pool is full"},
		{Coordinator: "d", Runs: 2, Failed: 1, Class: vocabtest.Class("execute.admission"), Example: "another text", Times: []sc.Seconds{1}},
	}}})
	for _, want := range []string{
		"  a               3       0   2.0 s    9.0 s  -\n", "  b               2       0   2.0 s    3.0 s  -\n",
		"  c               2       2       -        -  execute.admission\n", "\n  execute.admission: pool is full\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "another text") {
		t.Errorf("a class is shown twice:\n%s", text)
	}
}

func TestWrite_LoadFacts(t *testing.T) {
	t.Parallel()
	l := sc.LoadStats{Late: 1, Dropped: 2, Cores: 1.93, OfCores: 2, Needs: []sc.Resource{{Name: "descriptors", Need: 448, Have: 256}, {Name: "ports", Need: 200}}}
	l.Login.Record(120 * time.Millisecond)
	l.Owed.Record(time.Microsecond)
	text := textOf(t, sc.Result{Measured: sc.Measured{Load: &l}})
	for _, want := range []string{
		"  login         1  120.0  120.0  120.0  120.0\n", "  owed lag      1    0.0    0.0    0.0    0.0\n",
		"  late        1 session started more than 50 ms later than due\n", "  dropped     2 sessions never started: no slot was free\n",
		"  cores       1.93 of 2 used by impala-lbcheck, on average\n", "  needs       descriptors 448 of 256 (TOO FEW), ports 200\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "  lag ") {
		t.Errorf("a row without data:\n%s", text)
	}
}

func TestWrite_Logins(t *testing.T) {
	t.Parallel()
	usual, slow := sc.Spread{Count: 11, P50: .02, P95: .04, Max: .05}, sc.Spread{Count: 12, P50: 3, P95: 3.1, Max: 3.2}
	node := func(last byte, s *sc.Spread) sc.NodeTally {
		return sc.NodeTally{Address: netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, last}), 21050), Login: s}
	}
	many := make([]sc.CoordTally, 30)
	for i := range many {
		many[i] = sc.CoordTally{Name: fmt.Sprintf("c%02d", i), Login: &usual}
	}
	many[29].Login = &slow
	for name, tc := range map[string]struct {
		r    sc.Result
		want []string
		not  string
	}{
		"coordinators and nodes": {sc.Result{Measured: sc.Measured{Nodes: []sc.NodeTally{node(2, &usual), node(3, &slow)}}, Coords: []sc.CoordTally{{Name: "a", Login: &usual}, {Name: "b", Login: &slow}, {Name: "c"}}},
			[]string{
				"\nLogins from their start, in milliseconds\n",
				"  a               11    20.0    40.0    50.0\n", "  b               12  3000.0  3100.0  3200.0\n",
				"  127.0.0.3:21050     12  3000.0  3100.0  3200.0\n",
			}, "  c "},
		"one of each":         {sc.Result{Measured: sc.Measured{Nodes: []sc.NodeTally{node(2, &usual)}}, Coords: []sc.CoordTally{{Name: "a", Login: &usual}}}, nil, "Logins"},
		"of many the slowest": {sc.Result{Coords: many}, []string{"  c29             12  3000.0", "  ... and 6 more coordinators that log in faster, in the JSON\n"}, "  c23             11    20.0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := textOf(t, tc.r)
			for _, want := range tc.want {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
			if strings.Contains(text[max(0, strings.Index(text, "Logins")):], tc.not) {
				t.Errorf("%q in\n%s", tc.not, text)
			}
		})
	}
}

func TestWrite_Series(t *testing.T) {
	t.Parallel()
	series := func(started ...int) *sc.Series {
		s := &sc.Series{}
		for _, n := range started {
			s.Points = append(s.Points, sc.Point{Started: n, Held: n})
		}
		return s
	}
	long := &sc.Series{Width: 2, Points: make([]sc.Point, 128)}
	for i := range long.Points {
		long.Points[i] = sc.Point{Started: 1, Held: i + 1}
	}
	for name, c := range map[string]struct {
		s         *sc.Series
		want, not string
	}{
		"every level, and only 0 is blank":       {s: series(0, 1, 125, 250, 375, 500, 625, 750, 875, 999, 1000), want: "Over time, 1 s per column\n  started [ ..:-=+*#@@] @ is 1000 in 1 s\n  held    [ ..:-=+*#@@] @ is 1000\n"},
		"all zero":                               {s: series(0, 0, 0, 0, 0), not: "held    ["},
		"too few points":                         {s: series(1, 2, 3, 4), not: "Over time"},
		"two points per column, held at the end": {s: long, want: "Over time, 4 s per column\n  started [" + strings.Repeat("@", 64) + "] @ is 2 in 4 s\n  held    [........::::::::--------"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Join(textLines(t, sc.Result{Measured: sc.Measured{Series: c.s}}, report.Style{}), "\n") + "\n"
			if !strings.Contains(text, c.want) || c.not != "" && strings.Contains(text, c.not) {
				t.Errorf("want %q and not %q in\n%s", c.want, c.not, text)
			}
		})
	}
}

func TestWrite_PagesByCoordinator(t *testing.T) {
	t.Parallel()
	n := func(i int) *int { return &i }
	text := textOf(t, sc.Result{Measured: sc.Measured{Pages: []sc.Page{
		{Coordinator: "a", When: sc.PageBefore, Healthy: new(true), Threads: 64, InUse: n(2), Sessions: n(1), Version: "4.5"},
		{Coordinator: "b", When: sc.PageBefore, Err: "no route"},
		{Coordinator: "c", When: sc.PageBefore, Healthy: new(false), InUse: n(0)},
		{Coordinator: "a", When: sc.PageDuring, Healthy: new(true), Quiescing: true, Threads: 64, InUse: n(60), Sessions: n(59)},
		{Coordinator: "a", When: sc.PageAfter, Healthy: new(true), Threads: 64, InUse: n(2), Sessions: n(1)},
	}}})
	for _, want := range []string{
		"  a                 2      60      2  64        59  quiescing  4.5\n",
		"  b                 -       -      -   -         -  -          -\n",
		"  c                 0       -      -   -         -  unhealthy  -\n",
		"  b, before: no route\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestWrite_JSONListsAreNeverNull(t *testing.T) {
	t.Parallel()
	r := sc.Result{Measured: sc.Measured{Capacity: &sc.Capacity{}, Idle: &sc.IdleSeen{}, Watch: &sc.WatchSeen{}, Series: &sc.Series{}}}
	stored := render(t, report.FormatJSON, r, report.Style{})
	for _, want := range []string{`"coordinators": []`, `"steps": []`, `"appearances": []`, `"points": []`} {
		if !bytes.Contains(stored, []byte(want)) {
			t.Errorf("no %s in\n%s", want, stored)
		}
	}
	if r.Capacity.Holders != nil || r.Idle.Steps != nil || r.Watch.Coords != nil || r.Series.Points != nil {
		t.Error("writing changed the result")
	}
}

// A drain without effect: the command ran, and no session noticed.
func TestWrite_WatchCommandWithoutEffect(t *testing.T) {
	t.Parallel()
	text := textOf(t, sc.Result{Verdict: sc.StatusPass, Complete: true, Measured: sc.Measured{Watch: &sc.WatchSeen{For: 9, Event: at(2), EventEnd: at(3), Sessions: 90}}})
	if !strings.Contains(text, "the command ends") || strings.Contains(text, "first effect") {
		t.Error(text)
	}
}
