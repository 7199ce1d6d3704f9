package threshold

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// Threshold is one limit that the user set, such as "session.open: p(99) < 2s".
type Threshold struct {
	Metric   Metric
	Expr     string // as written
	Agg      Aggregation
	Quantile float64 // of AggregateP: 0 < q < 1
	Op       string  // "<", "<=", ">", ">="
	Limit    float64 // nanoseconds, sessions, or a share from 0 to 1, as Agg has it

	share *big.Rat // Limit of AggregateErrorRate, as written
}

// Aggregation is what a threshold makes of many sessions.
type Aggregation string

// The aggregations. AggregateP, AggregateMin and AggregateMax are times of the sessions that went through
// the metric's phases, one that failed there taken as endless; AggregateCount is how many
// finished; AggregateErrorRate is the share of all sessions that failed there.
const (
	AggregateP         Aggregation = "p"
	AggregateMin       Aggregation = "min"
	AggregateMax       Aggregation = "max"
	AggregateCount     Aggregation = "count"
	AggregateErrorRate Aggregation = "error_rate"
)

// timed reports whether the aggregation is of times.
func (a Aggregation) timed() bool { return a == AggregateP || a == AggregateMin || a == AggregateMax }

var thresholdForm = regexp.MustCompile(`^\s*([a-z_]+)\s*(?:\(\s*([0-9.]+)\s*\))?\s*(<=|>=|<|>)\s*(\S.*?)\s*$`)

// Parse reads a limit on a metric, such as "session.open" or
// "session.open{coordinator=*}"; see [Metric]. "med" is p(50). It fails on a metric, an aggregation or a unit that cannot be
// had, saying which can.
func Parse(metric, expr string) (Threshold, error) {
	t := Threshold{Expr: expr}
	if err := t.read(metric, expr); err != nil {
		return Threshold{}, fmt.Errorf("threshold %q: %w", metric+": "+expr, err)
	}
	return t, nil
}

func (t *Threshold) read(metric, expr string) (err error) {
	if t.Metric, err = parseMetric(metric); err != nil {
		return err
	}
	m := thresholdForm.FindStringSubmatch(expr)
	if m == nil {
		return errors.New("not of the form p(99) < 2s")
	}
	if err := t.aggregate(m[1], m[2]); err != nil {
		return err
	}
	if err := t.supported(); err != nil {
		return err
	}
	t.Op = m[3]
	return t.readLimit(m[4])
}

// aggregate reads the name and the number in brackets.
func (t *Threshold) aggregate(name, arg string) error {
	t.Agg = Aggregation(name)
	switch {
	case name == "med" && arg == "":
		t.Agg, t.Quantile = AggregateP, .5
	case name == "p":
		q, err := strconv.ParseFloat(arg, 64)
		if err != nil || !(q > 0 && q < 100) {
			return errors.New("p needs a percentage between 0 and 100, as in p(99)")
		}
		t.Quantile = q / 100
	case (t.Agg == AggregateMin || t.Agg == AggregateMax || t.Agg == AggregateCount || t.Agg == AggregateErrorRate) && arg == "":
	default:
		return errors.New("no such aggregation; there are p(99), med, min, max, count and error_rate")
	}
	return nil
}

// supported refuses what no run records.
func (t *Threshold) supported() error {
	switch {
	case t.Metric.Name == sessionMetric && t.Agg.timed():
		return errors.New("times are kept by phase: use session.open or another phase, session.login, or query")
	case t.Metric.Name == lagMetric && t.Agg == AggregateErrorRate:
		return errors.New("a late start is no error; use p(99), max or count")
	case t.Metric.Tag == byNode && t.Metric.Name != sessionMetric && t.Agg == AggregateErrorRate:
		return fmt.Errorf("failed sessions are counted by node and by phase, but not by both at once; use session{node=%s} or %s{coordinator=*}", t.Metric.Value, t.Metric.Name)
	}
	return nil
}

// readLimit reads the right-hand side.
func (t *Threshold) readLimit(s string) error {
	switch t.Agg {
	case AggregateCount:
		n, err := strconv.ParseUint(s, 10, 31)
		if err != nil {
			return fmt.Errorf("%q is no number of sessions", s)
		}
		t.Limit = float64(n)
		return nil
	case AggregateErrorRate:
		return t.readShare(s)
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return fmt.Errorf("%q is no time such as 300ms or 2s", s)
	}
	t.Limit = float64(d)
	return nil
}

// readShare reads a share as it is written: in binary 0.7 of 100 is less than 7 of 1000.
func (t *Threshold) readShare(s string) error {
	number, percent := strings.CutSuffix(s, "%")
	number = strings.TrimSpace(number)
	share, ok := new(big.Rat).SetString(number)
	if _, err := strconv.ParseFloat(number, 64); err != nil || !ok {
		return fmt.Errorf("%q is no share such as 0.1%%", s)
	}
	if percent {
		share.Quo(share, big.NewRat(100, 1))
	}
	if share.Sign() < 0 || share.Cmp(big.NewRat(1, 1)) > 0 {
		return fmt.Errorf("%q is no share such as 0.1%%", s)
	}
	t.share = share
	t.Limit, _ = share.Float64()
	return nil
}

// Needs is how many samples the threshold's claim rests on: for p(q) as many
// as one of them may lie beyond, 1/(1-q); else 1.
func (t Threshold) Needs() int {
	if t.Agg != AggregateP {
		return 1
	}
	return int(math.Ceil(1/(1-t.Quantile) - 1e-6))
}

// measurement is what a threshold is held against.
type measurement struct {
	v        float64
	part, of int // v as counts, where it is an error rate
}

// holds compares; error rates by their counts.
func (t Threshold) holds(m measurement) bool {
	order := cmp.Compare(m.v, t.Limit)
	if t.share != nil {
		order = big.NewRat(int64(m.part), int64(max(1, m.of))).Cmp(t.share)
	}
	switch t.Op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

// worse reports whether a is further from holding than b.
func (t Threshold) worse(a, b float64) bool {
	if strings.HasPrefix(t.Op, "<") {
		return a > b
	}
	return a < b
}

// String writes it as the user did.
func (t Threshold) String() string { return t.Metric.String() + ": " + t.Expr }

// name is the left-hand side in words.
func (t Threshold) name() string {
	if t.Agg == AggregateP {
		return fmt.Sprintf("p(%g) of %s", t.Quantile*100, t.Metric.Name)
	}
	return fmt.Sprintf("%s of %s", t.Agg, t.Metric.Name)
}

// format writes a value in the threshold's unit.
func (t Threshold) format(v float64) string {
	switch {
	case t.Agg == AggregateCount:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case t.Agg == AggregateErrorRate:
		return phrase.Percent(v)
	case math.IsInf(v, 1) && t.Metric.fromDue():
		return "infinite (sessions failed, or did not start)"
	case math.IsInf(v, 1):
		return "infinite (sessions failed in that phase)"
	}
	return time.Duration(v).Round(10 * time.Microsecond).String()
}

// unit is a value as a finding holds it: milliseconds, sessions or a share. An
// endless time has none.
func (t Threshold) unit(v float64) *float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	if t.Agg.timed() {
		v /= 1e6
	}
	return phrase.Num(v)
}

// parseAll reads a scenario's thresholds in the order of their metrics.
func parseAll(s scenarios.Scenario) (all []Threshold, err error) {
	for _, metric := range slices.Sorted(maps.Keys(s.Thresholds)) {
		for _, expr := range s.Thresholds[metric] {
			t, err := Parse(metric, expr)
			if err != nil {
				return nil, err
			}
			all = append(all, t)
		}
	}
	return all, nil
}
