package compare

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// quantiles are those that are compared of each time.
var quantiles = []float64{.5, .95, .99}

// rowsOf are the figures that one of the runs has.
func rowsOf(before, after scenarios.Result) []Row {
	var out []Row
	add := func(name string, u Unit, was, is figure) {
		if was.count+is.count > 0 {
			out = append(out, Row{name, u, valueOf(was), valueOf(is), was.differs(is)})
		}
	}
	add("failed sessions", UnitShare, errorRate(before.Measured), errorRate(after.Measured))
	was, is := before.Pooled().ByCoordinator(), after.Pooled().ByCoordinator()
	for _, name := range names(before, after) {
		add("share of "+name, UnitShare, share(was, name), share(is, name))
	}
	for _, metric := range metrics() {
		for _, q := range quantiles {
			l := Limit{metric: metric, quantile: q}
			add(fmt.Sprintf("%s p(%g)", metric, q*100), UnitMilliseconds, figureOf(before.Measured, l), figureOf(after.Measured, l))
		}
	}
	for _, c := range counts {
		add(c.name, c.unit, c.of(before.Measured), c.of(after.Measured))
	}
	return out
}

// names lists the coordinators of both, sorted.
func names(before, after scenarios.Result) []string {
	all := slices.Concat(before.Pooled().Coordinators(), after.Pooled().Coordinators())
	slices.Sort(all)
	return slices.Compact(all)
}

func share(of map[string]int, name string) figure {
	total := 0
	for _, n := range of {
		total += n
	}
	return proportion(of[name], total)
}

// metrics are the times, in the order in which a session meets them.
func metrics() []string {
	out := []string{scenarios.MetricLag, scenarios.MetricLogin}
	for p := scenarios.PhaseTCP; p < scenarios.NumPhases; p++ {
		out = append(out, scenarios.MetricPhase+p.String())
	}
	return out
}

// counts are the figures without chance in them.
var counts = []struct {
	name string
	unit Unit
	of   func(scenarios.Measured) figure
}{
	{"sessions held", UnitSessions, func(m scenarios.Measured) figure {
		if m.Capacity == nil {
			return figure{}
		}
		return whole(m.Capacity.Held)
	}},
	{"sessions that fit with one coordinator lost", UnitSessions, func(m scenarios.Measured) figure {
		if m.Capacity == nil || m.Capacity.SafeOneDown == 0 {
			return figure{}
		}
		return whole(m.Capacity.SafeOneDown)
	}},
	{"outage", UnitSeconds, func(m scenarios.Measured) figure {
		if m.Watch == nil {
			return figure{}
		}
		v := float64(m.Watch.Outage)
		return figure{1, v, v, v}
	}},
}
