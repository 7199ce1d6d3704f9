package compare

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// Schema is the version of a comparison as JSON.
const Schema = "impala-lbcheck/comparison/1"

// Comparison is how one run differs from an earlier one. Without a limit its verdict is
// skipped: nothing was judged.
type Comparison struct {
	Schema   string              `json:"schema"`
	Verdict  scenarios.Status    `json:"verdict"`
	Exit     int                 `json:"exit"`
	Summary  string              `json:"summary"` // in one sentence
	Old      Side                `json:"old"`
	New      Side                `json:"new"`
	Differs  []string            `json:"differs"` // settings, and other things, that may be why figures differ
	Level    float64             `json:"level"`   // confidence of the intervals
	Rows     []Row               `json:"rows"`
	Findings []scenarios.Finding `json:"findings"`
}

// Side is one of the two runs.
type Side struct {
	Run          string           `json:"run"`
	Tool         string           `json:"tool"`
	Scenario     string           `json:"scenario"`
	Started      time.Time        `json:"started"`
	Verdict      scenarios.Status `json:"verdict"`
	Sessions     int              `json:"sessions"`
	Coordinators int              `json:"coordinators"` // seen
}

// Row is one figure of both runs.
type Row struct {
	Name    string `json:"name"`    // "share of coord-a1:25000", "session.open p(95)"
	Unit    Unit   `json:"unit"`    //
	Old     Value  `json:"old"`     //
	New     Value  `json:"new"`     //
	Differs bool   `json:"differs"` // by more than chance: the intervals do not meet
}

// Unit is what a figure counts.
type Unit string

// The units.
const (
	UnitShare        Unit = "share" // from 0 to 1
	UnitMilliseconds Unit = "ms"
	UnitSessions     Unit = "sessions"
	UnitSeconds      Unit = "s"
)

// Value is a figure and the interval around it.
type Value struct {
	Count int      `json:"count"`           // of the samples; 0: the run has no such figure
	Value *float64 `json:"value,omitempty"` // nil: it is infinite, for so many sessions failed, or there is none
	Low   *float64 `json:"low,omitempty"`   // nil, as High: there are too few samples for a bound
	High  *float64 `json:"high,omitempty"`
}

// Compare tells how the run after differs from the one before, and holds it against the limits. It fails
// where the two are of different kinds.
func Compare(before, after scenarios.Result, limits []Limit) (Comparison, error) {
	base, err := Baseline(before, after.Scenario, limits)
	if err != nil {
		return Comparison{}, err
	}
	c := Comparison{
		Schema: Schema, Old: sideOf(before), New: sideOf(after), Level: Level,
		Differs: slices.Concat([]string{}, base.Differs, otherDifferences(before, after)), Rows: rowsOf(before, after),
	}
	m := after.Measured
	m.Baseline = base
	c.Findings = slices.Concat([]scenarios.Finding{}, judged(m, !after.Complete))
	c.conclude()
	return c, nil
}

func sideOf(r scenarios.Result) Side {
	return Side{
		Run: r.Run, Tool: r.Tool, Scenario: r.Scenario.Name, Started: r.Started, Verdict: r.Verdict,
		Sessions: r.Sessions.Attempted, Coordinators: len(r.Pooled().Coordinators()),
	}
}

// otherDifferences are those that no setting has.
func otherDifferences(before, after scenarios.Result) []string {
	var out []string
	if was, is := sideOf(before).Coordinators, sideOf(after).Coordinators; was != is {
		out = append(out, fmt.Sprintf("coordinators seen: %d and %d", was, is))
	}
	for i, r := range []scenarios.Result{before, after} {
		if !r.Complete {
			out = append(out, []string{"the earlier run", "the later run"}[i]+" did not complete")
		}
	}
	return out
}

// conclude draws the verdict.
func (c *Comparison) conclude() {
	differ := 0
	for _, r := range c.Rows {
		if r.Differs {
			differ++
		}
	}
	verb := "differ"
	if differ == 1 {
		verb = "differs"
	}
	rows := fmt.Sprintf("%d of %s %s by more than chance", differ, phrase.Count(len(c.Rows), "figure"), verb)
	if c.Old.Run != "" && c.Old.Run == c.New.Run {
		rows += "; both are one run, " + c.Old.Run
	}
	if len(c.Findings) == 0 {
		c.Verdict, c.Summary = scenarios.StatusSkipped, "COMPARED: "+rows+"; no limit was set."
		return
	}
	c.Verdict = scenarios.VerdictOf(c.Findings)
	first := c.Findings[slices.IndexFunc(c.Findings, func(f scenarios.Finding) bool { return f.Status == c.Verdict })]
	switch c.Verdict {
	case scenarios.StatusPass:
		c.Summary = fmt.Sprintf("PASS: no figure is worse than its limit (%d judged); %s.", len(c.Findings), rows)
	case scenarios.StatusFail:
		c.Exit = scenarios.ExitFail
		c.Summary = fmt.Sprintf("FAIL: %s (%s); %s.", first.Message, first.ID, rows)
	default:
		c.Exit = scenarios.ExitInconclusive
		c.Summary = fmt.Sprintf("INCONCLUSIVE: %s (%s); %s.", phrase.Join(first.Message, first.Note), first.ID, rows)
	}
}

// valueOf is a figure as a row has it.
func valueOf(f figure) Value {
	return Value{f.count, finite(f.value, f.count), finite(f.low, f.count), finite(f.high, f.count)}
}

// Change is how much the new value is above the old one, as a share of it; NaN where
// that cannot be told.
func (r Row) Change() float64 {
	if r.Old.Value == nil || r.New.Value == nil || *r.Old.Value == 0 {
		return math.NaN()
	}
	return (*r.New.Value - *r.Old.Value) / *r.Old.Value
}

// String is the value in its unit, with its interval.
func (v Value) String(u Unit) string {
	if v.Count == 0 {
		return "-"
	}
	if v.Value == nil {
		return "infinite"
	}
	text := u.format(*v.Value)
	switch {
	case u == UnitSessions || u == UnitSeconds:
	case v.Low != nil && v.High != nil:
		text += fmt.Sprintf(" (%s to %s)", u.format(*v.Low), u.format(*v.High))
	default:
		text += " (too few)"
	}
	return text
}

func (u Unit) format(v float64) string {
	switch u {
	case UnitShare:
		return percent(v)
	case UnitMilliseconds:
		return milliseconds(v)
	}
	return fmt.Sprintf("%g", v)
}
