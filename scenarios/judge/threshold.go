package judge

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Threshold is one limit that the user set, such as "session.open: p(99) < 2s".
type Threshold struct {
	Metric   string          // "session", or "session." and a phase
	Expr     string          // as written
	Phase    scenarios.Phase // meaningless where Whole
	Whole    bool            // the metric is "session": no time, only counts
	Agg      Aggregation
	Quantile float64 // of P: 0 < q < 1
	Op       string  // "<", "<=", ">", ">="
	Limit    float64 // nanoseconds, sessions, or a share from 0 to 1, as Agg has it
}

// Aggregation is what a threshold makes of many sessions.
type Aggregation string

// The aggregations. P and Max are times of the sessions that went through the
// phase, one that failed in it taken as endless; Count is how many finished it;
// ErrorRate is the share of all sessions that failed in it.
const (
	P         Aggregation = "p"
	Max       Aggregation = "max"
	Count     Aggregation = "count"
	ErrorRate Aggregation = "error_rate"
)

var thresholdForm = regexp.MustCompile(`^\s*([a-z_]+)\s*(?:\(\s*([0-9.]+)\s*\))?\s*(<=|>=|<|>)\s*(\S.*?)\s*$`)

// ParseThreshold reads a limit on a metric. Metrics are "session" and
// "session." with the name of a phase; "med" is p(50). It fails on a metric,
// an aggregation or a unit that cannot be had, saying which can.
func ParseThreshold(metric, expr string) (Threshold, error) {
	t := Threshold{Metric: metric, Expr: expr}
	fail := func(format string, args ...any) (Threshold, error) {
		return Threshold{}, fmt.Errorf("threshold %q: %s", metric+": "+expr, fmt.Sprintf(format, args...))
	}
	phase, isPhase := strings.CutPrefix(metric, "session.")
	switch {
	case metric == "session":
		t.Whole = true
	case !isPhase || t.Phase.UnmarshalText([]byte(phase)) != nil || t.Phase == scenarios.Resolve:
		return fail("no such metric; there are session and session.PHASE, with a phase of tcp, tls, sasl, open, execute, fetch, close")
	}
	m := thresholdForm.FindStringSubmatch(expr)
	if m == nil {
		return fail("not of the form p(99) < 2s")
	}
	if err := t.aggregate(m[1], m[2]); err != nil {
		return fail("%v", err)
	}
	t.Op = m[3]
	var err error
	if t.Limit, err = t.limit(m[4]); err != nil {
		return fail("%v", err)
	}
	return t, nil
}

// aggregate reads the name and the number in brackets.
func (t *Threshold) aggregate(name, arg string) error {
	t.Agg = Aggregation(name)
	switch {
	case name == "med" && arg == "":
		t.Agg, t.Quantile = P, .5
	case name == "p":
		q, err := strconv.ParseFloat(arg, 64)
		if err != nil || !(q > 0 && q < 100) {
			return fmt.Errorf("p needs a percentage between 0 and 100, as in p(99)")
		}
		t.Quantile = q / 100
	case (t.Agg == Max || t.Agg == Count || t.Agg == ErrorRate) && arg == "":
	default:
		return fmt.Errorf("no such aggregation; there are p(99), med, max, count and error_rate")
	}
	if t.Whole && (t.Agg == P || t.Agg == Max) {
		return fmt.Errorf("times are kept by phase: use session.open or another phase")
	}
	return nil
}

// limit reads the right-hand side.
func (t *Threshold) limit(s string) (float64, error) {
	switch t.Agg {
	case Count:
		n, err := strconv.ParseUint(s, 10, 31)
		if err != nil {
			return 0, fmt.Errorf("%q is no number of sessions", s)
		}
		return float64(n), nil
	case ErrorRate:
		number, percent := strings.CutSuffix(s, "%")
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if percent {
			v /= 100
		}
		if err != nil || !(v >= 0 && v <= 1) {
			return 0, fmt.Errorf("%q is no share such as 0.1%%", s)
		}
		return v, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%q is no time such as 300ms or 2s", s)
	}
	return float64(d), nil
}

// Needs is how many samples the threshold's claim rests on: for p(q) as many
// as one of them may lie beyond, 1/(1-q); else 1.
func (t Threshold) Needs() int {
	if t.Agg != P {
		return 1
	}
	return int(math.Ceil(1/(1-t.Quantile) - 1e-6))
}

// CheckThresholds reads all thresholds of a scenario. It fails on one that
// cannot be read, and on a p(q) for which the run, whatever it comes to, takes
// too few sessions.
func CheckThresholds(s scenarios.Scenario) error {
	_, most, err := parseAll(s)
	if err != nil {
		return err
	}
	ceiling := Plan(s, 1).Ceiling
	if most.Needs() > ceiling {
		return fmt.Errorf("threshold %q: needs %d sessions, and this run takes %d at most: use --sessions %d",
			most.Metric+": "+most.Expr, most.Needs(), ceiling, most.Needs())
	}
	return nil
}

// holds compares.
func (t Threshold) holds(v float64) bool {
	switch t.Op {
	case "<":
		return v < t.Limit
	case "<=":
		return v <= t.Limit
	case ">":
		return v > t.Limit
	}
	return v >= t.Limit
}

// format writes a value in the threshold's unit.
func (t Threshold) format(v float64) string {
	switch t.Agg {
	case Count:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case ErrorRate:
		return percent(v)
	}
	if math.IsInf(v, 1) {
		return "never (sessions failed there)"
	}
	return time.Duration(v).Round(10 * time.Microsecond).String()
}
