package run

import (
	"fmt"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// demand is what a scenario asks of the service and of this machine, by its
// own numbers: nothing is resolved or sent.
type demand struct {
	rate    scenarios.Rate // new sessions a second, at the most; 0: not paced
	open    int            // at once
	lasts   time.Duration  // as far as that is known
	endless bool           // the service alone says when it ends
	follows bool           // it may be long enough for nodes to come and go
	text    string         // what it will do, in one line; "": look after look
}

// demandOf reads a scenario.
func demandOf(s scenarios.Scenario) demand {
	d := demand{rate: s.Load.Rate, open: s.Load.Concurrency}
	switch s.Kind {
	case scenarios.KindStages:
		return ofStages(s, d)
	case scenarios.KindCapacity:
		return ofCapacity(s, d)
	case scenarios.KindIdle:
		return ofIdle(s, d)
	case scenarios.KindWatch:
		d.open, d.lasts, d.follows = s.Load.Concurrency+s.Watch.Long, time.Duration(s.Watch.For), true
		d.text = fmt.Sprintf("new sessions at %s for %s, %d in all, beside %d that stay open",
			s.Load.Rate, s.Watch.For, scenarios.Stage{Rate: s.Load.Rate, For: s.Watch.For}.Sessions(0), s.Watch.Long)
		return d
	}
	d.lasts = lasting(s, budget.Plan(s, len(s.Target.Endpoints)).Typical)
	return d
}

func ofStages(s scenarios.Scenario, d demand) demand {
	d.rate, d.follows = 0, true
	var texts []string
	held := 0
	for _, st := range s.Load.Stages {
		texts = append(texts, stageText(st, s.Load.Rate))
		d.rate = max(d.rate, st.Rate)
		if st.Hold > 0 {
			d.rate = max(d.rate, s.Load.Rate)
		}
		held = max(held, st.Hold, st.Closed)
	}
	d.open += held // sessions may outlive their stage
	d.lasts, _ = s.Load.StagesTake()
	d.text = strings.Join(texts, ", then ")
	return d
}

// stageText says what a stage does; pace is load.rate.
func stageText(st scenarios.Stage, pace scenarios.Rate) string {
	switch {
	case st.Closed > 0:
		return fmt.Sprintf("%d at once for %s", st.Closed, st.For)
	case st.Hold > 0:
		return holding(st.Hold, pace, st.For)
	case st.Ramp > 0 && st.For == 0:
		return fmt.Sprintf("ramp to %s in %s", st.Rate, st.Ramp)
	case st.Ramp > 0:
		return fmt.Sprintf("ramp to %s in %s and keep it for %s", st.Rate, st.Ramp, st.For)
	}
	return fmt.Sprintf("%s for %s", st.Rate, st.For)
}

// holding says how sessions are opened and kept.
func holding(hold int, pace scenarios.Rate, stay scenarios.Duration) string {
	text := fmt.Sprintf("open %d sessions together", hold)
	if pace > 0 {
		text = fmt.Sprintf("ramp to %d held sessions at %s, about %s,", hold, pace, max(Pacer{pace}.Due(hold), time.Second).Round(time.Second))
	}
	if stay == 0 {
		return strings.TrimSuffix(text, ",") + ", and ask each once"
	}
	return text + fmt.Sprintf(" and hold them %s", stay)
}

func ofCapacity(s scenarios.Scenario, d demand) demand {
	c := s.Capacity
	d.follows, d.endless = true, c.UntilFull
	d.open += c.Hold
	d.lasts = Pacer{s.Load.Rate}.Due(c.Hold) + time.Duration(c.For)
	switch {
	case !c.UntilFull:
		d.text = holding(c.Hold, s.Load.Rate, c.For)
	case c.Hold > 0:
		d.text = fmt.Sprintf("open sessions%s and keep them until one gets no answer, or %d are held", atPace(s.Load.Rate), c.Hold)
	default:
		d.text = fmt.Sprintf("open sessions%s and keep them until one gets no answer", atPace(s.Load.Rate))
		k := s.Expect.Coordinators.K()
		threads := c.Threads
		if threads == 0 {
			threads = scenarios.DefaultThreads
		}
		d.open += k * threads
	}
	return d
}

// atPace is " at 10/s", or nothing where there is no pace.
func atPace(pace scenarios.Rate) string {
	if pace <= 0 {
		return ""
	}
	return " at " + pace.String()
}

func ofIdle(s scenarios.Scenario, d demand) demand {
	var longest scenarios.Duration
	for _, step := range s.Idle.Steps {
		longest = max(longest, s.Idle.Scaled(step))
	}
	d.open, d.lasts = len(s.Idle.Steps), time.Duration(longest)
	d.text = fmt.Sprintf("%d sessions that are left alone, the longest for %s", len(s.Idle.Steps), longest)
	return d
}
