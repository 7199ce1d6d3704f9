package compare

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/generator"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// Judge holds a run against its baseline. A figure fails where it differs from that of
// the earlier run by more than chance, and by more than it may.
func Judge(e scenarios.Measured) []scenarios.Finding { return judged(e, e.Stopped != nil) }

// judged is Judge of a run that may not have completed.
func judged(e scenarios.Measured, incomplete bool) []scenarios.Finding {
	if e.Baseline == nil {
		return nil
	}
	var out []scenarios.Finding
	for _, b := range e.Baseline.Figures {
		l, err := ParseLimit(b.Limit)
		if err != nil {
			out = append(out, scenarios.Finding{ID: scenarios.BaselinePrefix + "unreadable", Message: err.Error()})
			continue
		}
		f := regression(l, figureBefore(b), figureOf(e, l))
		excuse(&f, l, e)
		withhold(&f, e.Baseline.Incomplete, incomplete)
		out = append(out, f)
	}
	return out
}

// regression compares what a figure was with what it is.
func regression(l Limit, was, is figure) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.BaselinePrefix + l.String()}
	switch {
	case was.count == 0:
		f.Message = fmt.Sprintf("the earlier run lacks %s", l.name())
		return f
	case is.count == 0:
		f.Message = fmt.Sprintf("this run lacks %s, which the earlier run has", l.name())
		return f
	case math.IsInf(was.value, 0):
		f.Message = fmt.Sprintf("the earlier run lacks %s: so many sessions failed", l.name())
		return f
	}
	most := l.most(was.value)
	f.Observed, f.Expected, f.Limit = finite(is.value, 1), finite(was.value, 1), phrase.Num(most)
	f.Message = fmt.Sprintf("%s is %s, and was %s%s; the limit is %s", l.name(), l.format(is.value), l.format(was.value), changed(was.value, is.value), l.format(most))
	f.Explain = fmt.Sprintf("%s %s, before %s", intervals(l), l.interval(is), l.interval(was))
	f.Status, f.Note, f.Fix = l.weigh(was, is, most)
	return f
}

// weigh says what the difference amounts to.
func (l Limit) weigh(was, is figure, most float64) (scenarios.Status, string, scenarios.Fixes) {
	worse, clearly := is.value > most, is.above(was)
	if l.metric == metricCapacity {
		worse, clearly = is.value < most, is.value < most
	}
	switch {
	case worse && clearly:
		return scenarios.StatusFail, "", nil
	case l.metric == metricErrors && min(was.count, is.count) < rateNeeds(most):
		return scenarios.StatusInconclusive, fmt.Sprintf("That takes %s or more in both runs; there are %d, and were %d",
			phrase.Count(rateNeeds(most), "session"), is.count, was.count), phrase.Try("allow a larger share of failed sessions", "take more sessions")
	case l.timed() && (!was.bounded() || !is.bounded() && !clearly):
		n := stats.QuantileNeeds(l.quantile, Level)
		return scenarios.StatusInconclusive, fmt.Sprintf("That takes %s or more in both runs, of which not too many failed; there are %d, and were %d",
			phrase.Count(n, "session"), is.count, was.count), phrase.Try("compare a percentile nearer to the median", "take more sessions")
	case worse:
		return scenarios.StatusInconclusive, "Chance alone may explain the difference", phrase.Try("take more sessions in both runs")
	}
	return scenarios.StatusPass, "", nil
}

// rateNeeds is how many sessions it takes to say that no larger share than most failed. It
// is as many as the percentile takes that lets so many fail, from the median to p(99): of
// so many sessions without a failure, the interval of their share ends at most.
func rateNeeds(most float64) int {
	return stats.QuantileNeeds(min(max(1-most, .5), .99), Level)
}

// withhold lets no limit pass where one of the runs did not complete: what it did not get
// to may be what is worse.
func withhold(f *scenarios.Finding, before, now bool) {
	if f.Status != scenarios.StatusPass {
		return
	}
	for _, run := range []struct {
		incomplete bool
		name       string
	}{{before, "The earlier run"}, {now, "This run"}} {
		if run.incomplete {
			f.Status = scenarios.StatusInconclusive
			f.Note = phrase.Join(f.Note, run.name+" did not complete")
		}
	}
	if f.Status != scenarios.StatusPass {
		f.Fix = phrase.Try("compare runs that completed")
	}
}

// excuse takes back a failure that is not the service's alone.
func excuse(f *scenarios.Finding, l Limit, e scenarios.Measured) {
	switch c := e.Capacity; {
	case f.Status != scenarios.StatusFail:
	case l.timed() && generator.Of(e).Behind():
		f.Status = scenarios.StatusInconclusive
		f.Note = phrase.Join(f.Note, "The generator did not keep up (see load.lag), so the service is not the only cause")
	case l.metric == metricCapacity && c != nil && c.Target > 0 && c.Held >= c.Target:
		f.Status = scenarios.StatusInconclusive
		f.Note = phrase.Join(f.Note, fmt.Sprintf("This run asked for %s and got them: it does not tell how many more there are", phrase.Count(c.Target, "session")))
	case l.metric == metricCapacity && c != nil && (c.StoppedBy.IsLocal() || slices.ContainsFunc(e.Looks, func(l scenarios.Look) bool { return l.Local() > 0 })):
		f.Status = scenarios.StatusInconclusive
		f.Note = phrase.Join(f.Note, "This machine was full before the service was")
	}
}

func intervals(l Limit) string {
	if l.metric == metricCapacity {
		return "Held:"
	}
	return fmt.Sprintf("Intervals of %s:", phrase.Percent(Level))
}

// interval is "40 to 43 ms".
func (l Limit) interval(f figure) string {
	return fmt.Sprintf("%s to %s (%d)", l.format(f.low), l.format(f.high), f.count)
}

// format writes a value of the figure.
func (l Limit) format(v float64) string {
	switch {
	case math.IsInf(v, 1) && l.timed():
		return "unbounded"
	case math.IsInf(v, -1):
		return "0"
	case l.metric == metricErrors:
		return percent(v)
	case l.metric == metricCapacity:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return milliseconds(v)
}

// changed is " (+27 %)"; "" where it was nothing.
func changed(was, is float64) string {
	if was == 0 || math.IsInf(is, 0) {
		return ""
	}
	return fmt.Sprintf(" (%+.0f %%)", 100*(is-was)/was)
}

// percent writes a share with as many digits as tell.
func percent(share float64) string {
	return strconv.FormatFloat(math.Round(share*1e4)/100, 'f', -1, 64) + " %"
}

// milliseconds writes a time with three digits.
func milliseconds(v float64) string {
	text := strconv.FormatFloat(v, 'g', 3, 64)
	if v >= 100 {
		text = strconv.FormatFloat(v, 'f', 0, 64)
	}
	return text + " ms"
}
