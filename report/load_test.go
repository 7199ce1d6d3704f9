package report_test

import (
	"bytes"
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

// at is a time that was.
func at(s sc.Seconds) *sc.Seconds { return &s }

// says runs tables of results and a piece of the text that each must hold, or,
// with "!" in front, must not.
func says(t *testing.T, cases map[string]struct {
	r    sc.Result
	want string
}) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := textOf(t, c.r)
			want, not := strings.CutPrefix(c.want, "!")
			if strings.Contains(text, want) == not {
				t.Errorf("want %q in\n%s", c.want, text)
			}
		})
	}
}

func holding(c sc.Capacity) sc.Result { return sc.Result{Measured: sc.Measured{Capacity: &c}} }

func TestCapacityIsSaidInWords(t *testing.T) {
	t.Parallel()
	says(t, map[string]struct {
		r    sc.Result
		want string
	}{
		"all held":                       {holding(sc.Capacity{Target: 400, Held: 400, For: 600, Survived: 400}), "  held        400 of 400 sessions for 10 min; all answered at the end\n"},
		"some lost":                      {holding(sc.Capacity{Target: 20, Held: 20, For: 60, Survived: 10, Lost: 10}), "20 of 20 sessions for 60.0 s; 10 answered at the end, 10 did not\n"},
		"not all asked":                  {holding(sc.Capacity{Target: 20, Held: 20, Survived: 5}), "20 of 20 sessions; 5 of them were asked at the end, and answered\n"},
		"none asked":                     {holding(sc.Capacity{Held: 24, StoppedBy: vocabtest.Class("open.timeout")}), "  held        24 sessions\n"},
		"who waited for a place":         {holding(sc.Capacity{StoppedBy: vocabtest.Class("open.timeout"), Phase: "open", Entered: true}), "  stopped by  open.timeout, waiting in open; it got in once the others had left: it was a place that it waited for\n"},
		"who was turned away":            {holding(sc.Capacity{StoppedBy: vocabtest.Class("open.session-limit"), Phase: "open"}), "  stopped by  open.session-limit, waiting in open\n"},
		"nothing stopped it":             {holding(sc.Capacity{Held: 1}), "!stopped by"},
		"threads were full":              {holding(sc.Capacity{StoppedBy: vocabtest.Class("open.timeout"), Cause: sc.CauseThreads}), "  cause       the coordinators: their service threads are all taken\n"},
		"the balancer was full":          {holding(sc.Capacity{StoppedBy: vocabtest.Class("tcp.timeout"), Cause: sc.CauseBalancer}), "  cause       the balancer, or what else stands in front"},
		"what was full cannot be told":   {holding(sc.Capacity{StoppedBy: vocabtest.Class("open.timeout")}), "  cause       that cannot be told from outside\n"},
		"nothing was full":               {holding(sc.Capacity{Held: 1}), "!cause"},
		"threads as declared":            {holding(sc.Capacity{Threads: 8, From: sc.ThreadsDeclared}), "  threads     8 for each coordinator, as declared\n"},
		"threads from pages":             {holding(sc.Capacity{Threads: 8, From: sc.ThreadsPages}), "8 for each coordinator, as their own pages say\n"},
		"threads measured":               {holding(sc.Capacity{Threads: 8, From: sc.ThreadsMeasured}), "8 for each coordinator, measured: what the fullest held when the next one waited\n"},
		"threads assumed":                {holding(sc.Capacity{Threads: 64, From: sc.ThreadsAssumed}), "64 for each coordinator, assumed: it is Impala's default, and nobody said another\n"},
		"threads unknown":                {holding(sc.Capacity{Held: 1}), "!threads"},
		"both ceilings":                  {holding(sc.Capacity{Nominal: 640, NMinus1: 576}), "  nominal     640 sessions at most, however they are placed; 576 with one coordinator lost\n"},
		"both ceilings of a policy":      {holding(sc.Capacity{Safe: 404, SafeLost: 366, Policy: sc.FlowHash}), "  fits        404 sessions with a chance of 99.9 %, as flow-hash places them; 366 with one coordinator lost\n"},
		"both ceilings of no policy":     {holding(sc.Capacity{Safe: 404, SafeLost: 366, Policy: sc.AutoPolicy}), "as chance places them, since no policy was declared; 366"},
		"no headroom":                    {holding(sc.Capacity{Target: 400, MoreCoord: 1, MoreThr: 76}), "  headroom    for 400 to fit with one coordinator lost: add 1 coordinator, or set fe_service_threads to 76\n"},
		"headroom":                       {holding(sc.Capacity{Target: 360, SafeLost: 366}), "  headroom    360 fit with one coordinator lost, too\n"},
		"headroom for nobody in special": {holding(sc.Capacity{SafeLost: 366}), "!headroom"},
	})
}

func TestCapacityIsDrawnToScale(t *testing.T) {
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
		"with room to spare": {sc.Capacity{Threads: 35, Held: 20, Holders: holders(10, 10)}, []string{
			"  a              10        20  ##########..........               |",
			"  b              10        20  ##########..........               |",
			"  # held; . what it would take if one coordinator were lost; | its 35 threads",
		}},
		"with the loss of one too much": {sc.Capacity{Threads: 20, Holders: holders(18, 17)}, []string{
			"  a              18        35  ##################..|..............",
			"  b              17        35  #################...|..............",
		}},
		"full": {sc.Capacity{Threads: 8, Holders: holders(8, 8, 8)}, []string{
			"  a               8        12  #######################|...........",
		}},
		"one beyond what its threads allow": {sc.Capacity{Threads: 5, Holders: holders(35, 0)}, []string{
			"  a              35        35  #####|#############################",
			"  b               0        35  .....|.............................",
		}},
		"alone, with nobody to take over": {sc.Capacity{Threads: 35, Holders: holders(7)}, []string{
			"  a               7  #######                            |",
			"  # held; | its 35 threads",
		}},
		"without a limit that is known": {sc.Capacity{Holders: holders(35, 0)}, []string{
			"  a              35        35  ###################################",
			"  b               0        35  ...................................",
			"  # held; . what it would take if one coordinator were lost",
		}},
		"where nobody knows who holds": {sc.Capacity{Threads: 35, Holders: []sc.Holder{{Held: 7}}}, []string{
			"  (nobody said)     7  #######",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Join(textLines(t, holding(c.c), report.Style{}), "\n") + "\n"
			for _, want := range c.want {
				if !strings.Contains(text, want+"\n") {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
		})
	}
}

func TestIdleTellsBetweenWhichTimesTheCutLies(t *testing.T) {
	t.Parallel()
	says(t, map[string]struct {
		r    sc.Result
		want string
	}{
		"a bracket":             {sc.Result{Measured: sc.Measured{Idle: &sc.IdleSeen{LastAlive: 345, FirstDead: 355, Cut: sc.CutRST}}}, "  Dead after 355 s of idling, alive after 345 s: the cut lies between the two.\n"},
		"when it was seen":      {sc.Result{Measured: sc.Measured{Idle: &sc.IdleSeen{LastAlive: 55, FirstDead: 65, Cut: sc.CutFIN, At: 60.0004}}}, "the cut lies between the two; it was seen after 60 s.\n"},
		"a cut in silence":      {sc.Result{Measured: sc.Measured{Idle: &sc.IdleSeen{LastAlive: 345, FirstDead: 355, Cut: sc.CutSilent}}}, "; nobody is told, and who speaks again waits until a deadline of its own.\n"},
		"no cut":                {sc.Result{Measured: sc.Measured{Idle: &sc.IdleSeen{LastAlive: 605}}}, "  Nothing is cut up to 605 s of idling.\n"},
		"all dead":              {sc.Result{Measured: sc.Measured{Idle: &sc.IdleSeen{FirstDead: 55}}}, "  Dead after 55 s of idling.\n"},
		"no rhyme":              {sc.Result{Measured: sc.Measured{Idle: &sc.IdleSeen{LastAlive: 605, FirstDead: 55}}}, "  One was dead after 55 s though another lived for 605 s"},
		"nothing":               {sc.Result{Measured: sc.Measured{Idle: &sc.IdleSeen{}}}, "  No session of the ladder tells.\n"},
		"times scaled down":     {sc.Result{Measured: sc.Measured{Idle: &sc.IdleSeen{Scale: .01}}}, "  The scenario's times were multiplied by 0.01.\n"},
		"times as written":      {sc.Result{Measured: sc.Measured{Idle: &sc.IdleSeen{Scale: 1}}}, "!multiplied"},
		"a step that was seen":  {sc.Result{Measured: sc.Measured{Idle: &sc.IdleSeen{Steps: []sc.IdleStep{{After: 65, Outcome: sc.Failed, Cut: sc.CutFIN, At: 60.012}}}}}, "  65 s  closed (FIN)  after 60.012 s  -            -\n"},
		"a step in silence":     {sc.Result{Measured: sc.Measured{Idle: &sc.IdleSeen{Steps: []sc.IdleStep{{After: 65, Outcome: sc.Failed, Cut: sc.CutSilent, Class: vocabtest.Class("execute.timeout"), Text: "no answer"}}}}}, "  65 s  cut in silence  when asked  -            execute.timeout: no answer\n"},
		"a step of another end": {sc.Result{Measured: sc.Measured{Idle: &sc.IdleSeen{Steps: []sc.IdleStep{{After: 65, Outcome: sc.Failed, Cut: sc.CutOther, Class: vocabtest.Class("execute.garbage")}}}}}, "  65 s  dead  when asked  -            execute.garbage\n"},
		"a step nobody took":    {sc.Result{Measured: sc.Measured{Idle: &sc.IdleSeen{Steps: []sc.IdleStep{{After: 65}}}}}, "  65 s  unknown  -     -            -\n"},
	})
}

func TestWatchIsToldInTheOrderOfTime(t *testing.T) {
	t.Parallel()
	w := sc.WatchSeen{
		For: 60, Event: at(10), EventEnd: at(11), EventText: "exit status 1", Noticed: at(10.5), Sessions: 120, Errors: 3, FirstErr: at(12), LastErr: at(14), Outage: 2.5,
		Long: []sc.LongSession{{Coordinator: "b", Outcome: sc.Failed, At: 10.5, Cut: sc.CutRST, Class: vocabtest.Class("execute.reset")}, {Coordinator: "a", Outcome: sc.OK}, {Outcome: sc.Failed, At: 13, Cut: sc.CutOther}, {}},
		Coords: []sc.Appearance{
			{Name: "a", Last: 59, PIDs: []int32{1, 2}},
			{Name: "b", Gone: at(9.5), Back: at(40), Peak: .61, PIDs: []int32{7, 8}},
		},
	}
	want := `What was seen, in seconds since the start
       9.5  b answers for the last time before it is gone
      10.0  the command that was given is started
      10.5  noticed for the first time, 0.5 s after the command
      10.5  the long session on b is lost: reset (RST) (execute.reset)
      11.0  the command has failed: exit status 1
      12.0  due: the first new session that fails
      13.0  a long session is lost: dead
      14.0  due: the last new session that fails
      40.0  b answers again, restarted: pid 7 then 8; in 10 s after that it gets up to 61.0 % of the new sessions
      59.0  a has been restarted: pid 1 then 2
  new         120 sessions in 60.0 s, 3 of them failed
  outage      2.5 s, from when the first that failed was due to the first good one after the last
  long        1 of 4 sessions stayed open to the end; 2 lost; 1 never opened, or the run ended first
`
	if text := textOf(t, sc.Result{Measured: sc.Measured{Watch: &w}}); !strings.Contains(text, want) {
		t.Errorf("want\n%s\nin\n%s", want, text)
	}
}

func TestAWatchWithoutTroubleIsShort(t *testing.T) {
	t.Parallel()
	text := textOf(t, sc.Result{Measured: sc.Measured{Watch: &sc.WatchSeen{For: 60, Sessions: 120}}})
	if want := "since the start\n  new         120 sessions in 60.0 s, 0 of them failed\n\n"; !strings.Contains(text, want) || strings.Contains(text, "outage") {
		t.Errorf("want %q in\n%s", want, text)
	}
}

func TestWatchIsBounded(t *testing.T) {
	t.Parallel()
	w := sc.WatchSeen{Long: make([]sc.LongSession, 133)}
	for i := range w.Long {
		w.Long[i].Outcome = sc.Failed
	}
	text := textOf(t, sc.Result{Measured: sc.Measured{Watch: &w}})
	if n := strings.Count(text, "a long session is lost"); n != 100 || !strings.Contains(text, "... and 33 more events in the JSON") {
		t.Errorf("%d lines:\n%s", n, text)
	}
}

func TestTheStatementIsToldByCoordinator(t *testing.T) {
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
		t.Errorf("a class is told twice:\n%s", text)
	}
}

func TestLoadSaysWhatTheGeneratorOwes(t *testing.T) {
	t.Parallel()
	l := sc.LoadStats{Late: 1, Dropped: 2, Cores: 1.93, OfCores: 2, Needs: []sc.Resource{{Name: "descriptors", Need: 448, Have: 256}, {Name: "ports", Need: 200}}}
	l.Login.Record(120 * time.Millisecond)
	l.Owed.Record(time.Microsecond)
	text := textOf(t, sc.Result{Measured: sc.Measured{Load: &l}})
	for _, want := range []string{
		"  login         1  120.1  120.1  120.1  120.1\n", "  own lag       1    0.0    0.0    0.0    0.0\n",
		"  late        1 session started more than 50 ms after they were due\n", "  dropped     2 sessions never started, for want of a free slot\n",
		"  cores       1.93 of 2 used by impala-lbcheck, on average\n", "  needs       descriptors 448 of 256 (TOO FEW), ports 200\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "  lag ") {
		t.Errorf("a lag that nobody had:\n%s", text)
	}
}

func TestTheCourseIsDrawnToScale(t *testing.T) {
	t.Parallel()
	course := func(started ...int) *sc.Series {
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
		s    *sc.Series
		want string
	}{
		"every level, and only nothing is empty": {course(0, 1, 125, 250, 375, 500, 625, 750, 875, 999, 1000), "Course of the run, 1 s a column\n  started [ ..:-=+*#@@] @ is 1000 in 1 s\n  held    [ ..:-=+*#@@] @ is 1000\n"},
		"what never was is left out":             {course(0, 0, 0, 0, 0), "!held    ["},
		"few points are no picture":              {course(1, 2, 3, 4), "!Course"},
		"two points a column, the last one held": {long, "Course of the run, 4 s a column\n  started [" + strings.Repeat("@", 64) + "] @ is 2 in 4 s\n  held    [........::::::::--------"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Join(textLines(t, sc.Result{Measured: sc.Measured{Series: c.s}}, report.Style{}), "\n") + "\n"
			want, not := strings.CutPrefix(c.want, "!")
			if strings.Contains(text, want) == not {
				t.Errorf("want %q in\n%s", c.want, text)
			}
		})
	}
}

func TestPagesOfACoordinatorShareARow(t *testing.T) {
	t.Parallel()
	n := func(i int) *int { return &i }
	text := textOf(t, sc.Result{Measured: sc.Measured{Pages: []sc.Page{
		{Coordinator: "a", When: sc.PageBefore, Healthy: true, Threads: 64, InUse: n(2), Sessions: n(1), Version: "4.5"},
		{Coordinator: "b", When: sc.PageBefore, Err: "no route"},
		{Coordinator: "c", When: sc.PageBefore, InUse: n(0)},
		{Coordinator: "a", When: sc.PageDuring, Healthy: true, Quiescing: true, Threads: 64, InUse: n(60), Sessions: n(59)},
		{Coordinator: "a", When: sc.PageAfter, Healthy: true, Threads: 64, InUse: n(2), Sessions: n(1)},
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

func TestListsOfEveryPartAreStoredAsLists(t *testing.T) {
	t.Parallel()
	r := sc.Result{Measured: sc.Measured{Capacity: &sc.Capacity{}, Idle: &sc.IdleSeen{}, Watch: &sc.WatchSeen{}, Series: &sc.Series{}}}
	stored := render(t, report.JSON, r, report.Style{})
	for _, want := range []string{`"coordinators": []`, `"steps": []`, `"appearances": []`, `"points": []`} {
		if !bytes.Contains(stored, []byte(want)) {
			t.Errorf("no %s in\n%s", want, stored)
		}
	}
	if r.Capacity.Holders != nil || r.Idle.Steps != nil || r.Watch.Coords != nil || r.Series.Points != nil {
		t.Error("writing changed the result")
	}
}

// A drain that cost nothing: the command ran and nothing was noticed.
func TestACommandThatNobodyNoticedIsReported(t *testing.T) {
	t.Parallel()
	text := textOf(t, sc.Result{Verdict: sc.Pass, Complete: true, Measured: sc.Measured{Watch: &sc.WatchSeen{For: 9, Event: at(2), EventEnd: at(3), Sessions: 90}}})
	if !strings.Contains(text, "the command has ended") || strings.Contains(text, "noticed") {
		t.Error(text)
	}
}
