package limits

import (
	"fmt"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/pace"
)

// Demand is what a scenario takes of the service and of this machine, by its
// own numbers: nothing is resolved or sent.
type Demand struct {
	Rate  scenarios.Rate // new sessions a second, at most; 0: not paced
	Open  int            // sessions open at once
	Lasts time.Duration  // as far as that is known
	Text  string         // what it will do, in one line; "": look after look
}

// DemandOf reads a scenario.
func DemandOf(s scenarios.Scenario) Demand {
	d := Demand{Rate: s.Load.Rate, Open: s.Load.Concurrency}
	if demand := kindOf(s).demand; demand != nil {
		return demand(s, d)
	}
	d.Lasts = LooksLast(s, budget.Plan(s, len(s.Target.Endpoints)).Typical)
	return d
}

// LooksLast estimates how long looks of that number of sessions take; unpaced sessions
// count as nothing.
func LooksLast(s scenarios.Scenario, sessions int) time.Duration {
	d := time.Duration(s.Load.Settle) + pace.Pacer{Rate: s.Load.Rate}.Due(sessions)
	if s.Load.Burst > 0 {
		d += time.Duration(s.Load.BurstHold)
	}
	return d
}

// Cost says what a run may take: typically a first look of so many sessions, its burst and
// the scouts, and at most ceiling. Where nothing is paced how long it lasts depends on the
// service.
func Cost(s scenarios.Scenario, look, burst, scouts, ceiling int) (text string, lasts time.Duration) {
	if d := DemandOf(s); d.Text != "" {
		return d.Text, d.Lasts
	}
	text, lasts = fmt.Sprintf("usually %d + %d sessions and %s", look, burst, phrase.Count(scouts, "scout")), LooksLast(s, look+burst+scouts)
	if s.Load.Rate > 0 {
		text += ", " + about(lasts)
	}
	return text + "; at most " + phrase.Count(ceiling, "session"), lasts
}

// about is a time to whole seconds, and never none.
func about(d time.Duration) string {
	return fmt.Sprintf("about %s", max(d, time.Second).Round(time.Second))
}

func watchDemand(s scenarios.Scenario, d Demand) Demand {
	d.Open, d.Lasts = s.Load.Concurrency+s.Watch.Long, time.Duration(s.Watch.For)
	d.Text = fmt.Sprintf("new sessions at %s for %s, %d in all, beside %d that stay open",
		s.Load.Rate, s.Watch.For, s.WatchArrivals(), s.Watch.Long)
	return d
}

func stagesDemand(s scenarios.Scenario, d Demand) Demand {
	d.Rate = 0
	var texts []string
	held := 0
	for _, st := range s.Load.Stages {
		texts = append(texts, StageText(st, s.Load.Rate))
		d.Rate = max(d.Rate, st.Rate)
		if st.Hold > 0 {
			d.Rate = max(d.Rate, s.Load.Rate)
		}
		held = max(held, st.Hold, st.Closed)
	}
	d.Open += held // sessions may outlive their stage
	d.Lasts, _ = s.Load.StagesTake()
	d.Text = strings.Join(texts, ", then ")
	return d
}

// StageText says what a stage does; rate is load.rate.
func StageText(st scenarios.Stage, rate scenarios.Rate) string {
	switch {
	case st.Closed > 0:
		return fmt.Sprintf("%d at once for %s", st.Closed, st.For)
	case st.Hold > 0:
		return holding(st.Hold, rate, st.For)
	case st.Ramp > 0 && st.For == 0:
		return fmt.Sprintf("ramp to %s in %s", st.Rate, st.Ramp)
	case st.Ramp > 0:
		return fmt.Sprintf("ramp to %s in %s and keep it for %s", st.Rate, st.Ramp, st.For)
	}
	return fmt.Sprintf("%s for %s", st.Rate, st.For)
}

// holding says how sessions are opened and kept.
func holding(hold int, rate scenarios.Rate, stay scenarios.Duration) string {
	text := fmt.Sprintf("open %s together", phrase.Count(hold, "session"))
	if rate > 0 {
		text = fmt.Sprintf("ramp to %s at %s, %s,", phrase.Count(hold, "held session"), rate, about(pace.Pacer{Rate: rate}.Due(hold)))
	}
	if stay == 0 {
		return strings.TrimSuffix(text, ",") + ", and ask each once"
	}
	return text + fmt.Sprintf(" and hold them %s", stay)
}

func capacityDemand(s scenarios.Scenario, d Demand) Demand {
	c := s.Capacity
	d.Open += c.Hold
	d.Lasts = pace.Pacer{Rate: s.Load.Rate}.Due(c.Hold) + time.Duration(c.For)
	switch {
	case !c.UntilFull:
		d.Text = holding(c.Hold, s.Load.Rate, c.For)
	case c.Hold > 0:
		d.Text = fmt.Sprintf("open sessions%s and keep them until one gets no answer, or %d are held", atPace(s.Load.Rate), c.Hold)
	default:
		d.Text = fmt.Sprintf("open sessions%s and keep them until one gets no answer", atPace(s.Load.Rate))
		d.Open += budget.Coordinators(s) * budget.Threads(s)
	}
	return d
}

// atPace is " at 10/s", or nothing where there is no pace.
func atPace(rate scenarios.Rate) string {
	if rate <= 0 {
		return ""
	}
	return " at " + rate.String()
}

func idleDemand(s scenarios.Scenario, d Demand) Demand {
	var longest scenarios.Duration
	for _, step := range s.Idle.Steps {
		longest = max(longest, s.Idle.Scaled(step))
	}
	d.Open, d.Lasts = len(s.Idle.Steps), time.Duration(longest)
	d.Text = fmt.Sprintf("%s, the longest for %s", phrase.Count(len(s.Idle.Steps), "idle session"), longest)
	return d
}

// reuseOpen is the session whose handle is used, and the one over whose connection.
const reuseOpen = 2

func reuseDemand(s scenarios.Scenario, d Demand) Demand {
	n := s.Reuse.Handles
	d.Open, d.Lasts = reuseOpen, pace.Pacer{Rate: s.Load.Rate}.Due(reuseOpen*n)
	d.Text = phrase.Count(n, "session") + ", each used over a second connection with a session of its own"
	return d
}
